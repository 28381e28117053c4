"""The panels of the page on learning models that speak of the whole city. Each asks, charts and lays out one thing."""

from __future__ import annotations

import streamlit as st

from charts import models as charts
from charts.base import Look
from charts.models import Labels
from i18n import percent, short_date
from queries import catalogue, figures
from queries.catalogue import LearningModel, Target
from queries.figures import Figure
from queries.warehouse import Warehouse
from ui.cached import panel
from ui.cards import figure_card, show_cards
from ui.context import View
from ui.frames import show_chart, show_empty
from ui.provenance import coverage_words, escaped

OF_THE_AREA = ("commune", "district")
"""Titles that a whole area earns or not: nothing of them can be divided or added up on other boundaries."""


def labels_of(view: View, model: LearningModel, basis: str, status: str | None, level: str) -> Labels:
    """What charts of a model are titled with; ``level`` as in the words common.level_…"""
    words = view.words
    return Labels(
        model=words.pick(model.name_vi, model.name_en),
        counted=words.pick(model.counted_vi, model.counted_en),
        basis=words(f"common.basis_{basis}"),
        period=view.period,
        mark=words(f"common.mark_{status}") if status else "–",
        level=words(f"common.level_{level}"),
    )


def look_of(view: View) -> Look:
    """How charts are to look for this reader."""
    return Look(view.words, view.palette)


def next_target(found: Warehouse, indicator_id: str) -> Target | None:
    """The last of the targets that govern the city: the one that all are on the way to."""
    targets = catalogue.governing_targets(found, indicator_id)
    return targets[-1] if targets else None


def is_over(view: View, model: LearningModel) -> bool:
    """Whether the chosen period is of a time in which the title no longer exists."""
    return bool(model.ended_on and view.period_end and view.period_end > model.ended_on)


def city_sums(view: View, found: Warehouse, indicator_id: str) -> list[Figure]:
    """The sums over the city for the chosen period."""
    series = figures.city_series(found, indicator_id, view.statuses)
    return [f for f in series if f.period_end == view.period_end and f.units_reporting is not None]


@panel
def ended_panel(view: View, _found: Warehouse, model: LearningModel) -> None:
    """That a title no longer exists, since when and why."""
    if model.ended_on is None:
        return
    words = view.words
    text = words(
        "models.ended",
        model=words.pick(model.name_vi, model.name_en),
        day=short_date(model.ended_on, view.lang),
        reason=escaped(words.pick(model.end_reason_vi, model.end_reason_en)),
    )
    if is_over(view, model):
        text += " " + words("models.ended_period", period=view.period)
    st.info(text, icon=":material/event_busy:")


@panel
def headline_panel(view: View, _found: Warehouse, model: LearningModel, basis: str) -> None:
    """Where the city stands on this basis, with targets and provenance."""
    label = view.words.pick(model.short_name_vi, model.short_name_en)
    show_cards([figure_card(view, _found, f"model.{model.model}.{basis}", label, model)], "c-alone")


@panel
def trend_panel(view: View, _found: Warehouse, model: LearningModel, basis: str) -> None:
    """The city over time on one basis, with targets and the breaks."""
    indicator_id = f"model.{model.model}.{basis}"
    series = [f for f in figures.city_series(_found, indicator_id, view.statuses) if f.value is not None]
    labels = labels_of(view, model, basis, None, "ward")
    if not series:
        show_empty(view, body=view.words("models.trend_empty", model=labels.model))
        return
    targets = catalogue.governing_targets(_found, indicator_id)
    effect = "ended" if model.ended_on else "areas" if model.model in OF_THE_AREA else "reports"
    chart = charts.trend(series, targets, labels, look_of(view), effect, model.ended_on)
    show_chart(chart, view, key="models_trend")


@panel
def funnel_panel(view: View, _found: Warehouse, model: LearningModel) -> None:
    """Total, registered and recognised of the chosen period; nothing where no unit has reported."""
    steps: dict[str, Figure] = {}
    for what in ("total", "registered", "recognised"):
        for figure in city_sums(view, _found, f"model.{model.model}.{what}"):
            steps[what] = figure
    if not steps:
        return
    example = next(iter(steps.values()))
    labels = labels_of(view, model, "recognised_of_total", example.status, example.reporting_level or "ward")
    values = [steps[w].value if w in steps else None for w in ("total", "registered", "recognised")]
    chart = charts.funnel(
        values[0], values[1], values[2], coverage_words(example, view), labels, look_of(view)
    )
    show_chart(chart, view, key="models_funnel")


@panel
def about_panel(view: View, _found: Warehouse, model: LearningModel) -> None:
    """What the model is, who recognises it, and every target with the reason why one governs."""
    words = view.words
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"### {words('models.about_title')}")
        said = [
            f"**{words(f'models.about_{key}')}**: {escaped(text)}"
            for key, vi, en in (
                ("denominator", model.denominator_vi, model.denominator_en),
                ("before", model.recognised_by_before_vi, model.recognised_by_before_en),
                ("after", model.recognised_by_after_vi, model.recognised_by_after_en),
                ("cycle", model.cycle_vi, model.cycle_en),
                ("criteria", model.criteria_vi, model.criteria_en),
            )
            if (text := words.pick(vi, en))
        ]
        st.markdown("\n\n".join(said))
    with right:
        _targets(view, _found, model)


def _targets(view: View, found: Warehouse, model: LearningModel) -> None:
    words = view.words
    st.markdown(f"### {words('models.targets_title')}")
    rows = catalogue.targets(found, f"model.{model.model}.recognised_of_total")
    if not rows:
        show_empty(view, body=words("models.targets_none"))
        return
    table = {
        words("models.targets_year"): [t.year for t in rows],
        words("models.targets_value"): [percent(t.value, view.lang, 0) for t in rows],
        words("models.targets_scope"): [words(f"models.scope_{t.scope}") for t in rows],
        words("models.targets_document"): [t.document_no or "" for t in rows],
        words("models.targets_governs"): [t.governs and t.scope == "city" for t in rows],
        words("models.targets_reason"): [words.pick(t.reason_vi, t.reason_en) for t in rows],
    }
    st.dataframe(table, hide_index=True, alt=words("models.targets_title"))
