"""What is published about a model: every figure, the one that somebody heard, and those without a stated basis."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from charts.published import by_basis, published_table, reasons, value_of, when
from i18n import percent_as_given
from queries import figures
from queries.catalogue import LearningModel
from queries.figures import Figure
from queries.published import PublishedFigure, heard_rate, nearest, published_about, without_basis
from queries.warehouse import Warehouse
from ui import address
from ui.cached import panel
from ui.context import View
from ui.frames import show_empty
from ui.models import look_of
from ui.provenance import date_words, escaped, value_words

SHOWN_APART = 3
"""So many figures without a stated basis are named beside the trend; the table has all."""


def _listed(found: Warehouse, model: LearningModel) -> list[PublishedFigure]:
    """Figures about the model; citizens also as published without saying which citizens."""
    subjects = (model.model, "citizen") if model.model.startswith("citizen_") else (model.model,)
    return published_about(found, *subjects)


def _headline(view: View, found: Warehouse, model: LearningModel, basis: str) -> Figure | None:
    """The figure that the card shows."""
    series = figures.city_series(found, f"model.{model.model}.{basis}", view.statuses)
    return figures.best(series, view.period_end) or figures.best(series)


def _link(figure: PublishedFigure) -> str:
    """The source by its site's name, as the table has it."""
    if not figure.url:
        return escaped(figure.source_title)
    site = urlsplit(figure.url).netloc.removeprefix("www.")
    return f"[{site}]({figure.url})"


@panel
def apart_panel(view: View, _found: Warehouse, model: LearningModel) -> None:
    """Published rates of which nobody knows what they are of: beside the trend, never on its axis."""
    words, look = view.words, look_of(view)
    apart = without_basis(_listed(_found, model)) if "published" in view.statuses else []
    if not apart:
        return
    lines = [f"**{words('models.apart_title')}**", f":small[{words('models.apart_help')}]"]
    lines += [
        f"**{value_of(f, look)}** :small[{escaped(words.pick(f.place_vi, f.place_en))}, {when(f, look)} · {_link(f)}]"
        for f in apart[:SHOWN_APART]
    ]
    if len(apart) > SHOWN_APART:
        lines.append(f":small[{words('models.apart_more', n=len(apart) - SHOWN_APART)}]")
    with st.container(border=True):
        st.markdown("\n\n".join(lines))


def ask_heard(view: View) -> str:
    """The line for a figure that somebody heard, kept in the address."""
    words = view.words
    return address.search(
        "heard", words("common.heard"), placeholder=words("models.heard_placeholder"), width=300
    )


@panel
def published_panel(view: View, _found: Warehouse, model: LearningModel, basis: str, heard: str) -> None:
    """Every published figure about the model with why it differs from the screen; those near ``heard`` alone if asked."""
    words = view.words
    listed = _listed(_found, model)
    if not listed:
        show_empty(view, body=words("models.published_none"))
        return
    headline = _headline(view, _found, model, basis)
    shown = listed
    if heard:
        rate = heard_rate(heard)
        near = nearest(listed, rate) if rate is not None else []
        _answer(view, heard, rate, near, headline)
        shown = near or listed
    if shown is listed:
        st.caption(words("models.published_help"))
        lines = []
        for title, own in by_basis(listed, basis, look_of(view)):
            lines.append(f"**{title}**")
            lines.append("\n".join(_line(view, figure, headline) for figure in own))
        st.markdown("\n\n".join(lines))
    else:
        st.caption(words("models.published_filtered", n=len(shown), all=len(listed)))
    with st.expander(words("common.table_twin"), icon=":material/table:"):
        st.dataframe(
            published_table(shown, headline, look_of(view)),
            hide_index=True,
            alt=words("models.published_title", model=words.pick(model.name_vi, model.name_en)),
            column_config={
                words("models.published_link"): st.column_config.LinkColumn(display_text=r"https?://([^/]+)")
            },
        )


def _line(view: View, figure: PublishedFigure, headline: Figure | None) -> str:
    """One figure as an item of a list: the number, of where and when, why it differs from the screen, the source."""
    look = look_of(view)
    place = escaped(view.words.pick(figure.place_vi, figure.place_en))
    why = escaped(reasons(figure, headline, look))
    return f"- **{value_of(figure, look)}** · {place}, {when(figure, look)}. {why} :small[{_link(figure)}]"


def _answer(
    view: View, heard: str, rate: float | None, near: list[PublishedFigure], headline: Figure | None
) -> None:
    """What the heard figure is, in a sentence or two, or that it is not to be found."""
    words = view.words
    if rate is None:
        st.warning(words("models.heard_unreadable", text=escaped(heard)), icon=":material/search_off:")
        return
    said = percent_as_given(rate, view.lang)
    if not near:
        st.warning(words("models.heard_none", rate=said), icon=":material/search_off:")
        return
    lines = [words("models.heard_found", rate=said)]
    lines += [_line(view, figure, headline) for figure in near]
    if headline is not None:
        lines.append(
            "\n"
            + words(
                "models.heard_screen",
                value=value_words(headline.value, "rate", headline.status, headline.qualifier, view),
                basis=words(f"common.basis_{headline.basis}"),
                date=date_words(headline, view),
            )
        )
    st.info("\n".join(lines), icon=":material/hearing:")
