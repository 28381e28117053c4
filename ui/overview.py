"""The panels of the first page."""

from __future__ import annotations

import streamlit as st

from charts import overview as charts
from charts.base import Look
from charts.models import Labels
from i18n import decimal, period_name, short_date
from queries import catalogue, figures, network, overview
from queries.catalogue import LearningModel
from queries.overview import Change
from queries.warehouse import Warehouse
from ui.cached import panel
from ui.cards import card, figure_card, show_cards
from ui.context import View
from ui.frames import show_chart, show_empty, show_table
from ui.pace import wards_pace_panel
from ui.provenance import escaped, more, source_words, status_words

HEADLINE_BASIS = "recognised_of_total"
CITY_CARDS = (
    ("school.count", "card_schools"),
    ("school.pupils", "card_pupils"),
    ("participation.association.members", "card_members"),
)


@panel
def model_cards(view: View, _found: Warehouse) -> None:
    """One card a model that still exists, in the catalogue's order; the ended one is named below."""
    words = view.words
    models = catalogue.learning_models(_found)
    show_cards(
        [
            figure_card(
                view,
                _found,
                f"model.{model.model}.{HEADLINE_BASIS}",
                words.pick(model.short_name_vi, model.short_name_en),
                model,
            )
            for model in models
            if model.ended_on is None
        ]
    )
    for model in models:
        if model.ended_on is not None:
            name = words.pick(model.name_vi, model.name_en)
            reason = escaped(words.pick(model.end_reason_vi, model.end_reason_en))
            ended = words("overview.ended", day=short_date(model.ended_on, view.lang))
            st.caption(f":material/event_busy: {escaped(name)}: {ended}. {reason}")


@panel
def city_cards(view: View, _found: Warehouse) -> None:
    """Schools, pupils, members and the network."""
    cards = [figure_card(view, _found, i, view.words(f"overview.{key}")) for i, key in CITY_CARDS]
    show_cards([*cards, _network_card(view, _found)])


def _network_card(view: View, found: Warehouse) -> str:
    """How large the network is, and since when Hà Nội is in it."""
    words = view.words
    total = network.latest_total(found)
    days = {m.milestone_id: m.happened_on for m in network.milestones(found)}
    announced, certified = days.get(network.ADMITTED), days.get(network.CERTIFIED)
    label = words("overview.card_network")
    if total is None:
        return card(label, "–", [f":small[{words('cards.none')}]"])
    countries = words("overview.network_countries", n=decimal(total.countries, view.lang))
    lines = [f":small[{countries} · {short_date(total.observed_on, view.lang)}]"]
    if announced and certified:
        member = words(
            "overview.network_member",
            announced=short_date(announced, view.lang),
            certified=short_date(certified, view.lang),
        )
        lines.append(f":green[:material/check_circle:] {member}")
    source = more(words("common.source_button"), [source_words(total.source, view)])
    return card(label, decimal(total.members, view.lang), lines, more=source)


@panel
def pull_panel(view: View, _found: Warehouse, model: LearningModel) -> None:
    """The five units that pull forward and the five that pull back."""
    indicator_id = f"model.{model.model}.{HEADLINE_BASIS}"
    targets = catalogue.governing_targets(_found, indicator_id)
    if view.period_end is None or not targets:
        show_empty(view, body=view.words("overview.pull_none"))
        return
    target = targets[-1]
    pulls = overview.pulls(_found, indicator_id, view.period_end, view.group, view.statuses, target.value)
    if pulls.empty:
        show_empty(view, body=view.words("overview.pull_none"))
        return
    words = view.words
    labels = Labels(
        model=words.pick(model.short_name_vi, model.short_name_en),
        counted=words.pick(model.counted_vi, model.counted_en),
        basis=words(f"common.basis_{HEADLINE_BASIS}"),
        period=view.period,
        mark=words(f"common.mark_{pulls['status'].iloc[0]}"),
        level="",
    )
    show_chart(charts.pull_bars(pulls, target, labels, Look(words, view.palette)), view, key="overview_pull")


def standing_panel(view: View, found: Warehouse, model: LearningModel) -> None:
    """How many units have met the target, are on track or behind."""
    label = view.words.pick(model.short_name_vi, model.short_name_en)
    wards_pace_panel(view, found, f"model.{model.model}.{HEADLINE_BASIS}", label, list_units=False)


@panel
def changes_panel(view: View, _found: Warehouse) -> None:
    """Rates now and one period before, over what can be compared."""
    words, lang = view.words, view.lang
    st.markdown(f"### {words('overview.changes_title')}")
    before = overview.previous_period(_found, view.period_end, view.statuses) if view.period_end else None
    rows: list[Change] = []
    if view.period_end and before:
        rows = overview.changes(_found, HEADLINE_BASIS, view.period_end, before, view.statuses)
    if not rows or before is None:
        show_empty(view, body=words("overview.changes_none"))
        return
    earlier = next(p for p in figures.periods(_found) if p.end == before)
    said = [
        words("overview.changes_caption", period=view.period, before=period_name(earlier.start, earlier.end, lang)),
        *(words(f"overview.changes_over_{level}") for level in dict.fromkeys(row.level for row in rows)),
    ]  # fmt: skip
    marks = " ".join(status_words(status, view) for status in dict.fromkeys(row.status for row in rows))
    st.markdown(f"{marks} :small[{' '.join(said)}]")
    models = {m.model: m for m in catalogue.learning_models(_found)}
    names = [words.pick(models[row.model].short_name_vi, models[row.model].short_name_en) for row in rows]
    table = charts.changes_table(rows, names, Look(words, view.palette))
    show_table(table, words("overview.changes_title"), view)


@panel
def missing_panel(view: View, _found: Warehouse) -> None:
    """What has no real figure, and what is not measured."""
    words, lang = view.words, view.lang
    st.markdown(f"### {words('overview.missing_title')}")
    without = overview.models_without_real_figures(_found, HEADLINE_BASIS)
    if len(without):
        names = list(without["name_vi" if lang == "vi" else "name_en"])
        key = "missing_models" if "illustrative" in view.statuses else "missing_models_hidden"
        st.markdown(words(f"overview.{key}", names="; ".join(names)))
    st.markdown(words("overview.missing_gaps", n=overview.gap_count(_found)))
