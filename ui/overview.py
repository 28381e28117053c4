"""The panels of the first page."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from charts import overview as charts
from charts.base import Look
from charts.models import Labels
from i18n import decimal, percent, period_name, points, short_date
from queries import catalogue, figures, network, overview
from queries.catalogue import LearningModel
from queries.warehouse import Warehouse
from ui.cached import panel
from ui.cards import CARD_WIDTH, figure_card
from ui.context import View
from ui.frames import show_chart, show_empty
from ui.provenance import escaped, source_words

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
    with st.container(horizontal=True, gap="small"):
        for model in models:
            if model.ended_on is None:
                label = words.pick(model.short_name_vi, model.short_name_en)
                figure_card(view, _found, f"model.{model.model}.{HEADLINE_BASIS}", label, model)
    for model in models:
        if model.ended_on is not None:
            name = words.pick(model.name_vi, model.name_en)
            reason = escaped(words.pick(model.end_reason_vi, model.end_reason_en))
            ended = words("overview.ended", day=short_date(model.ended_on, view.lang))
            st.caption(f":material/event_busy: {escaped(name)}: {ended}. {reason}")


@panel
def city_cards(view: View, _found: Warehouse) -> None:
    """Schools, pupils, members and the network."""
    words = view.words
    with st.container(horizontal=True, gap="small"):
        for indicator_id, key in CITY_CARDS:
            figure_card(view, _found, indicator_id, words(f"overview.{key}"))
        _network_card(view, _found)


def _network_card(view: View, found: Warehouse) -> None:
    """How large the network is, and since when Hà Nội is in it."""
    words = view.words
    total = network.latest_total(found)
    days = {m.milestone_id: m.happened_on for m in network.milestones(found)}
    announced, certified = days.get(network.ADMITTED), days.get(network.CERTIFIED)
    with st.container(border=True, width=CARD_WIDTH, height="stretch"):
        st.metric(words("overview.card_network"), decimal(total.members if total else None, view.lang))
        if total is None:
            st.caption(words("cards.none"))
            return
        countries = words("overview.network_countries", n=decimal(total.countries, view.lang))
        lines = [f":small[{countries} · {short_date(total.observed_on, view.lang)}]"]
        if announced and certified:
            member = words(
                "overview.network_member",
                announced=short_date(announced, view.lang),
                certified=short_date(certified, view.lang),
            )
            lines.append(f":green[:material/check_circle:] {member}")
        st.markdown("\n\n".join(lines))
        with st.popover(words("common.source_button"), icon=":material/info:", type="tertiary"):
            st.markdown(source_words(total.source, view))


@panel
def pull_panel(view: View, _found: Warehouse, model: LearningModel) -> None:
    """The five units that pull forward and the five that pull back."""
    indicator_id = f"model.{model.model}.{HEADLINE_BASIS}"
    targets = catalogue.governing_targets(_found, indicator_id)
    if view.period_end is None or not targets:
        show_empty(view, body=view.words("overview.pull_none"))
        return
    target = targets[-1].value
    pulls = overview.pulls(_found, indicator_id, view.period_end, view.group, view.statuses, target)
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


@panel
def changes_panel(view: View, _found: Warehouse) -> None:
    """Rates now and one period before, over the units that are in both."""
    words, lang = view.words, view.lang
    st.markdown(f"### {words('overview.changes_title')}")
    before = overview.previous_period(_found, view.period_end) if view.period_end else None
    rows = pd.DataFrame()
    if view.period_end and before:
        rows = overview.changes(_found, HEADLINE_BASIS, view.period_end, before, view.statuses)
    if rows.empty or view.period_end is None or before is None:
        show_empty(view, body=words("overview.changes_none"))
        return
    earlier = next(p for p in figures.periods(_found) if p.end == before)
    mark = words(f"common.mark_{_status(view, _found)}")
    tiers_differ = rows["units"].isna().all()
    st.caption(
        words(
            "overview.changes_caption_tiers" if tiers_differ else "overview.changes_caption",
            period=view.period,
            before=period_name(earlier.start, earlier.end, lang),
            mark=mark,
        )
    )
    table = pd.DataFrame(
        {
            words("overview.changes_model"): rows["short_name_vi" if lang == "vi" else "short_name_en"],
            words("overview.changes_before"): [percent(v, lang) for v in rows["rate_before"]],
            words("overview.changes_now"): [percent(v, lang) for v in rows["rate_now"]],
            words("overview.changes_difference"): [
                points(now - then, lang)
                for now, then in zip(rows["rate_now"], rows["rate_before"], strict=True)
            ],
            words("overview.changes_units"): ["–" if pd.isna(n) else decimal(n, lang) for n in rows["units"]],
        }
    )
    st.dataframe(table, hide_index=True, alt=words("overview.changes_title"))


def _status(view: View, found: Warehouse) -> str:
    """The status of the sums that the chosen period shows."""
    assert view.period_end is not None
    areas = figures.area_values(
        found, f"model.family.{HEADLINE_BASIS}", view.period_end, "city", view.statuses
    )
    return "illustrative" if areas.empty else str(areas["status"].iloc[0])


@panel
def missing_panel(view: View, _found: Warehouse) -> None:
    """Who has not reported, what has no real figure, and what is not measured."""
    words, lang = view.words, view.lang
    st.markdown(f"### {words('overview.missing_title')}")
    if view.period_end is not None:
        level = words(
            "common.level_district" if view.period_end < figures.reform_day(_found) else "common.level_ward"
        )
        silent = overview.silent_units(_found, view.period_end, view.statuses)
        names = list(silent["name_vi" if lang == "vi" else "name_en"])
        if names:
            listed = ", ".join(names[:12])
            if len(names) > 12:
                listed += " " + words("overview.missing_more", n=len(names) - 12)
            st.markdown(
                words("overview.missing_units", n=len(names), level=level, period=view.period, names=listed)
            )
        else:
            st.markdown(words("overview.missing_units_none", level=level, period=view.period))
    without = overview.models_without_real_figures(_found, HEADLINE_BASIS)
    if len(without):
        names = list(without["name_vi" if lang == "vi" else "name_en"])
        key = "missing_models" if "illustrative" in view.statuses else "missing_models_hidden"
        st.markdown(words(f"overview.{key}", names="; ".join(names)))
    st.markdown(words("overview.missing_gaps", n=overview.gap_count(_found)))
