"""The figure card: label, value, trend, date, status, gap to target, source. The same everywhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import streamlit as st

from charts import told
from charts.sparkline import sparkline
from queries import catalogue, figures
from queries.catalogue import Indicator, LearningModel
from queries.figures import Figure
from queries.gaps import Gap, gaps
from queries.pace import pace_of_city
from queries.warehouse import Warehouse
from ui.context import View
from ui.provenance import coverage_words, date_words, provenance, status_words, value_words
from ui.standing import standing_words
from ui.ward_html import esc, image


def gap_words(gap: Gap, counted: str, view: View, *, rough: bool = False) -> str:
    """One target and how far it is, as a line of Markdown with an icon; ``rough`` as in ``charts.told``."""
    icon = ":green[:material/check_circle:]" if gap.met else ":orange[:material/flag:]"
    return f"{icon} {told.gap_words(gap, view.words, counted, rough=rough)}"


def _trend(series: list[Figure], shown: Figure, indicator: Indicator) -> list[Figure]:
    """The dated figures of the same status up to the shown one, one a day, oldest first.

    None for published figures of schools: their coverage differs from year to year, so no line may join them.
    """
    if indicator.theme == "school" and shown.status == "published":
        return []
    by_day: dict[dt.date, Figure] = {}
    for figure in series:
        if figure.status == shown.status and figure.period_end <= shown.period_end:
            same_day = [by_day[figure.period_end]] if figure.period_end in by_day else []
            kept = figures.best([*same_day, figure])
            if kept is not None and kept.date_basis != "undated":
                by_day[figure.period_end] = kept
    return list(by_day.values())


def _gap_lines(view: View, found: Warehouse, to_targets: list[Gap], counted: str) -> list[str]:
    """One line a target; the one still to be met says whether the city is on track to it."""
    lines = [gap_words(gap, counted, view) for gap in to_targets]
    if to_targets and not to_targets[-1].met:
        way = pace_of_city(found, to_targets[-1].target.indicator_id, view.statuses, view.period_end)
        if way.target == to_targets[-1].target:
            lines[-1] += f" :small[{view.words('pace.title_plain')}:] {standing_words(way.standing, view)}"
    return lines


def figure_card(
    view: View, found: Warehouse, indicator_id: str, label: str, model: LearningModel | None = None
) -> str:
    """The card of one indicator for the whole city."""
    words = view.words
    indicator = catalogue.indicator(found, indicator_id)
    series = figures.city_series(found, indicator_id, view.statuses)
    figure = figures.best(series, view.period_end) or figures.best(series)
    if indicator is None or figure is None:
        return card(label, "–", [f":small[{words('cards.none')}]"])
    targets = catalogue.governing_targets(found, indicator_id)
    counted = words.pick(model.counted_vi, model.counted_en) if model else ""
    lines = [f"{status_words(figure.status, view)} :small[{date_words(figure, view)}]"]
    lines += _gap_lines(view, found, gaps(figure, targets, series), counted)
    if indicator.kind == "rate" and not targets:
        lines.append(f":small[{words('cards.no_target')}]")
    if figure.units_reporting is not None and figure.units_reporting < (figure.units_expected or 0):
        lines.append(f":small[{coverage_words(figure, view)}]")
    return card(
        label,
        value_words(figure.value, indicator.kind, figure.status, figure.qualifier, view),
        lines,
        picture=_picture(view, label, indicator, _trend(series, figure, indicator)),
        more=provenance(figure, indicator, catalogue.source(found, figure.source_id), view),
    )


def _picture(view: View, label: str, indicator: Indicator, trend: list[Figure]) -> str:
    if len(trend) < 2:
        return ""
    told_values = (
        f"{date_words(f, view)}: {value_words(f.value, indicator.kind, f.status, f.qualifier, view)}" for f in trend
    )  # fmt: skip
    line = sparkline([(f.period_end, f.value or 0.0) for f in trend], view.palette)
    return image(line, f"{label}. {'; '.join(told_values)}", kind="c-line")


def card(label: str, value: str, lines: Sequence[str], *, picture: str = "", more: str = "") -> str:
    """A card as text for ``show_cards``: ``lines`` in Markdown, a picture and what opens on demand in HTML."""
    parts = [f'<p class="c-label">{esc(label)}</p>', f'<p class="c-value">{esc(value)}</p>', picture]
    head = "\n".join(part for part in parts if part)
    return "\n\n".join([f'<div class="c-card">\n{head}', *lines, *([more] if more else []), "</div>"])


def show_cards(cards: Sequence[str], kind: str = "") -> None:
    """Cards side by side, one element of text: every element costs each reader's rerun.

    ``kind`` c-wide makes them wider, c-alone gives a single one the room there is. Their rules are in
    ``static/cards.css``.
    """
    st.markdown("\n\n".join([f'<div class="c-cards {kind}">', *cards, "</div>"]), unsafe_allow_html=True)
