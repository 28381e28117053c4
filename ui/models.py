"""The panels of the page on learning models. Each asks, charts and lays out one thing."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from charts import models as charts
from charts.base import Look
from charts.models import Labels
from i18n import percent, period_name, short_date
from queries import catalogue, figures
from queries.catalogue import LearningModel, Target
from queries.figures import Figure
from queries.text import fits
from queries.warehouse import Warehouse
from ui.cached import panel
from ui.cards import figure_card
from ui.context import View
from ui.frames import show_chart, show_empty
from ui.provenance import coverage_words, escaped, value_words


def _labels(view: View, model: LearningModel, basis: str, status: str | None, level: str) -> Labels:
    words = view.words
    return Labels(
        model=words.pick(model.name_vi, model.name_en),
        counted=words.pick(model.counted_vi, model.counted_en),
        basis=words(f"common.basis_{basis}"),
        period=view.period,
        mark=words(f"common.mark_{status}") if status else "–",
        level=words(f"common.level_{level}"),
    )


def _look(view: View) -> Look:
    return Look(view.words, view.palette)


def _next_target(found: Warehouse, indicator_id: str) -> Target | None:
    targets = catalogue.governing_targets(found, indicator_id)
    return targets[-1] if targets else None


def _units(view: View, found: Warehouse, indicator_id: str) -> tuple[pd.DataFrame, str | None, str]:
    """What units reported in the period, the status of those figures, and the tier that reported."""
    assert view.period_end is not None
    units = figures.unit_values(found, indicator_id, view.period_end, view.statuses)
    statuses = units["status"].dropna().unique()
    level = "district" if view.period_end < figures.reform_day(found) else "ward"
    return units, (statuses[0] if len(statuses) else None), level


@panel
def ended_panel(view: View, _found: Warehouse, model: LearningModel) -> None:
    """That a title no longer exists, since when and why."""
    if model.ended_on is None:
        return
    words = view.words
    reason = words.pick(model.end_reason_vi, model.end_reason_en)
    name = words.pick(model.name_vi, model.name_en)
    day = short_date(model.ended_on, view.lang)
    st.info(words("models.ended", model=name, day=day, reason=escaped(reason)), icon=":material/event_busy:")


@panel
def headline_panel(view: View, _found: Warehouse, model: LearningModel, basis: str) -> None:
    """Where the city stands on this basis, with targets and provenance."""
    label = view.words.pick(model.short_name_vi, model.short_name_en)
    figure_card(view, _found, f"model.{model.model}.{basis}", label, model, width="stretch")


@panel
def trend_panel(view: View, _found: Warehouse, model: LearningModel, basis: str) -> None:
    """The city over time on one basis, with targets and the breaks."""
    indicator_id = f"model.{model.model}.{basis}"
    series = [f for f in figures.city_series(_found, indicator_id, view.statuses) if f.value is not None]
    labels = _labels(view, model, basis, None, "ward")
    if not series:
        show_empty(view, body=view.words("models.trend_empty", model=labels.model))
        return
    targets = catalogue.governing_targets(_found, indicator_id)
    show_chart(charts.trend(series, targets, labels, _look(view)), view, key="models_trend")


@panel
def distribution_panel(view: View, _found: Warehouse, model: LearningModel, basis: str) -> None:
    """How many units lie in which band."""
    indicator_id = f"model.{model.model}.{basis}"
    units, status, level = _units(view, _found, indicator_id)
    if status is None or view.period_end is None:
        show_empty(view)
        return
    if units["denominator"].max() == 1:
        st.caption(view.words("models.distribution_single"))
        return
    city = next((f.value for f in _city(view, _found, indicator_id) if f.status == status), None)
    target = _next_target(_found, indicator_id)
    chart = charts.distribution(
        units, city, target.value if target else None, _labels(view, model, basis, status, level), _look(view)
    )
    show_chart(chart, view, key="models_distribution")


def _city(view: View, found: Warehouse, indicator_id: str) -> list[Figure]:
    """The sums over the city for the chosen period."""
    series = figures.city_series(found, indicator_id, view.statuses)
    return [f for f in series if f.period_end == view.period_end and f.units_reporting is not None]


@panel
def funnel_panel(view: View, _found: Warehouse, model: LearningModel) -> None:
    """Total, registered and recognised of the chosen period."""
    steps: dict[str, Figure] = {}
    for what in ("total", "registered", "recognised"):
        for figure in _city(view, _found, f"model.{model.model}.{what}"):
            steps[what] = figure
    if not steps:
        show_empty(view)
        return
    example = next(iter(steps.values()))
    labels = _labels(view, model, "recognised_of_total", example.status, example.reporting_level or "ward")
    values = [steps[w].value if w in steps else None for w in ("total", "registered", "recognised")]
    chart = charts.funnel(values[0], values[1], values[2], coverage_words(example, view), labels, _look(view))
    show_chart(chart, view, key="models_funnel")


@panel
def groups_panel(view: View, _found: Warehouse, model: LearningModel, basis: str, kind: str = "") -> None:
    """Phường against xã, or former districts, from sums."""
    kind = kind or view.group
    indicator_id = f"model.{model.model}.{basis}"
    if view.period_end is None:
        return
    if kind == "type" and view.period_end < figures.reform_day(_found):
        st.caption(view.words("models.groups_type_before"))
        return
    areas = figures.area_values(_found, indicator_id, view.period_end, kind, view.statuses)
    if areas.empty:
        show_empty(view)
        return
    target = _next_target(_found, indicator_id)
    labels = _labels(view, model, basis, areas["status"].iloc[0], "ward")
    chart = charts.groups(areas, kind, target.value if target else None, labels, _look(view))
    show_chart(chart, view, key=f"models_groups_{kind}")


@panel
def ranking_panel(view: View, _found: Warehouse, model: LearningModel, basis: str, sought: str) -> None:
    """All units from the highest rate to the lowest, or those whose name fits a search."""
    indicator_id = f"model.{model.model}.{basis}"
    units, status, level = _units(view, _found, indicator_id)
    if status is None:
        return
    units["matches"] = [
        fits(vi, sought) or fits(en, sought)
        for vi, en in zip(units["name_vi"], units["name_en"], strict=True)
    ]
    if not units["matches"].any():
        st.warning(view.words("models.search_none", text=escaped(sought)), icon=":material/search_off:")
        return
    target = _next_target(_found, indicator_id)
    chart = charts.ranking(
        units, target.value if target else None, _labels(view, model, basis, status, level), _look(view)
    )
    show_chart(chart, view, key="models_ranking")


@panel
def published_panel(view: View, _found: Warehouse, model: LearningModel) -> None:
    """Every published figure about the model, bases side by side in words and never on one axis."""
    words, lang = view.words, view.lang
    published = figures.published_about(_found, model.model)
    st.markdown("### " + words("models.published_title", model=words.pick(model.name_vi, model.name_en)))
    if not published:
        show_empty(view)
        return
    st.caption(words("models.published_help"))

    table = pd.DataFrame(
        {
            words("models.published_place"): [words.pick(f.place_vi, f.place_en) for f in published],
            words("common.date"): [period_name(f.period_start, f.period_end, lang) for f in published],
            words("models.published_value"): [
                value_words(f.value, f.kind, "published", f.qualifier, view) for f in published
            ],
            words("models.published_basis"): [
                words(f"common.basis_{f.basis}") if f.kind == "rate" and f.basis else "" for f in published
            ],
            words("models.published_what"): [words.pick(f.indicator_vi, f.indicator_en) for f in published],
            words("models.published_date_kind"): [words(f"common.date_{f.date_basis}") for f in published],
            words("models.published_note"): [words.pick(f.note_vi, f.note_en) for f in published],
            words("models.published_link"): [f.url for f in published],
        }
    )
    st.dataframe(
        table,
        hide_index=True,
        alt=words("models.published_title", model=words.pick(model.name_vi, model.name_en)),
        column_config={
            words("models.published_link"): st.column_config.LinkColumn(display_text=r"https?://([^/]+)")
        },
    )


@panel
def about_panel(view: View, _found: Warehouse, model: LearningModel, basis: str) -> None:
    """What the model is, who recognises it, and every target with the reason why one governs."""
    words, lang = view.words, view.lang
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"### {words('models.about_title')}")
        for key, vi, en in (
            ("denominator", model.denominator_vi, model.denominator_en),
            ("before", model.recognised_by_before_vi, model.recognised_by_before_en),
            ("after", model.recognised_by_after_vi, model.recognised_by_after_en),
            ("cycle", model.cycle_vi, model.cycle_en),
            ("criteria", model.criteria_vi, model.criteria_en),
        ):
            text = words.pick(vi, en)
            if text:
                st.markdown(f"**{words(f'models.about_{key}')}**: {escaped(text)}")
    with right:
        st.markdown(f"### {words('models.targets_title')}")
        rows = catalogue.targets(_found, f"model.{model.model}.recognised_of_total")
        if not rows:
            show_empty(view)
            return
        table = pd.DataFrame(
            {
                words("models.targets_year"): [t.year for t in rows],
                words("models.targets_value"): [percent(t.value, lang, 0) for t in rows],
                words("models.targets_scope"): [words(f"models.scope_{t.scope}") for t in rows],
                words("models.targets_document"): [t.document_no or "" for t in rows],
                words("models.targets_governs"): [t.governs and t.scope == "city" for t in rows],
                words("models.targets_reason"): [words.pick(t.reason_vi, t.reason_en) for t in rows],
            }
        )
        st.dataframe(table, hide_index=True, alt=words("models.targets_title"))
