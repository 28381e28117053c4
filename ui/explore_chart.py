"""The chart beside the table of the analyst's desk: the same choices, and a click on it keeps units in the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from charts import explore as charts
from charts.base import Chart, Look
from charts.explore import Subject
from queries import explore
from queries.catalogue import Indicator, indicators
from queries.explore import Choice
from queries.warehouse import Warehouse
from ui import address
from ui.cached import panel
from ui.context import View
from ui.frames import PLOTLY, in_words_of, show_notes, show_title
from ui.kept import kept

KINDS = ("bars", "trend", "spread", "scatter", "none")
MOST_UNITS = 40
ENTRIES = 32
_SERIAL = "_explore_clicks"


@kept(ENTRIES)
def _rows(build_id: str, _found: Warehouse, choice: Choice, indicator_id: str) -> tuple[pd.DataFrame, bool]:
    del build_id  # part of the key
    return explore.chart_rows(_found, choice, indicator_id)


def charted(found: Warehouse, choice: Choice) -> list[Indicator]:
    """The indicators of a choice that a chart can be of, in the catalogue's order."""
    ids = explore.indicator_ids(found, choice)
    return [i for i in indicators(found) if ids is not None and i.indicator_id in ids]


def choose_chart(view: View, found: Warehouse, choice: Choice) -> tuple[str, tuple[Indicator, ...]]:
    """The kind of chart and the one or two indicators that it is about."""
    words, of = view.words, {i.indicator_id: i for i in charted(found, choice)}
    kinds = tuple(k for k in KINDS if k != "scatter" or len(of) > 1)

    def name(indicator_id: str) -> str:
        return words.pick(of[indicator_id].name_vi, of[indicator_id].name_en)

    kind = address.choose(
        "chart",
        words("explore.chart"),
        kinds,
        lambda k: words(f"explore.chart_{k}"),
        segmented=True,
        wrap=True,
    )
    if kind == "none" or not of:
        return "none", ()
    if len(of) == 1:
        return kind, tuple(of.values())
    first = address.choose("chart_of", words("explore.chart_of"), tuple(of), name)
    if kind != "scatter":
        return kind, (of[first],)
    others = tuple(i for i in of if i != first)
    second = address.choose("versus", words("explore.versus"), others, name)
    return kind, (of[first], of[second])


@kept(ENTRIES)
def _names(
    view: View, _frames: list[pd.DataFrame], choice: Choice, of: tuple[Indicator, ...]
) -> dict[str, str]:
    """The names of the units in the figures of a choice, by key, in the order of names."""
    del choice, of  # part of the key
    column = "unit_vi" if view.lang == "vi" else "unit_en"
    names: dict[str, str] = {}
    for frame in _frames:
        names |= dict(zip(frame["unit_key"], frame[column], strict=True))
    return dict(sorted(names.items(), key=lambda item: str(item[1])))


def choose_only(
    view: View, frames: list[pd.DataFrame], choice: Choice, of: tuple[Indicator, ...]
) -> tuple[str, ...]:
    """The units that the table is narrowed down to: by a click on the chart, or from this list."""
    names = _names(view, frames, choice, of)
    return address.choose_several(
        "only", view.words("explore.only"), tuple(names), names.__getitem__,
        most=MOST_UNITS, placeholder=view.words("explore.any_unit"), help=view.words("explore.only_help"),
    )  # fmt: skip


def _clicked(key: str) -> Callable[[], None]:
    """Take the units that were clicked on into the list, or out of it where they were in it."""

    def taken() -> None:
        state: Any = st.session_state.get(key)
        points = state["selection"]["points"] if state else []
        keys = [str(p["customdata"][0]) for p in points if p.get("customdata")]
        chosen = list(st.session_state.get(address.chosen_key("only"), []))
        for unit in dict.fromkeys(keys):
            chosen = [c for c in chosen if c != unit] if unit in chosen else [*chosen, unit]
        st.session_state[address.chosen_key("only")] = chosen[-MOST_UNITS:]
        st.session_state[_SERIAL] = st.session_state.get(_SERIAL, 0) + 1

    return taken


def frames_of(found: Warehouse, build_id: str, choice: Choice, of: tuple[Indicator, ...]) -> list[tuple[pd.DataFrame, bool]]:  # fmt: skip
    """The figures of each indicator of a chart, and whether some were left out."""
    return [_rows(build_id, found, choice, i.indicator_id) for i in of]


def _subject(view: View, indicator: Indicator, chosen: str) -> Subject:
    words = view.words
    unit = words.pick(indicator.unit_vi, indicator.unit_en) or ""
    return Subject(indicator, words.pick(indicator.name_vi, indicator.name_en) or "", unit, chosen)


@dataclass(frozen=True)
class Drawing:
    """What a chart is drawn from, but for its figures: the kind, the indicators, the units that stand out.

    ``choice`` is what was asked for as a long table in the usual order; ``chosen`` says in words what was chosen of it.
    """

    kind: str
    of: tuple[Indicator, ...]
    choice: Choice
    only: tuple[str, ...]
    chosen: str


@kept(ENTRIES)
def drawn(view: View, _frames: list[pd.DataFrame], drawing: Drawing) -> Chart | None:
    """The chart of a drawing; None where there is nothing to draw."""
    look = Look(view.words, view.palette)
    if not _frames or any(frame.empty for frame in _frames):
        return None
    subjects = [_subject(view, i, drawing.chosen) for i in drawing.of]
    if drawing.kind == "scatter":
        return charts.scatter(_frames[0], _frames[1], (subjects[0], subjects[1]), drawing.only, look)
    draw = {"bars": charts.bars, "trend": charts.trend, "spread": charts.spread}[drawing.kind]
    return draw(_frames[0], subjects[0], drawing.only, look)


def show(view: View, chart: Chart, drawing: Drawing) -> None:
    """A chart that answers to clicks, with its words and its table twin."""
    key = f"explore_chart_{st.session_state.get(_SERIAL, 0)}"
    _above(view, chart, drawing)
    st.plotly_chart(
        chart.figure, theme=None, key=key, config=PLOTLY, alt=chart.alt, on_select=_clicked(key), selection_mode="points"
    )  # fmt: skip
    _below(view, chart, drawing)


@panel
def _above(view: View, _chart: Chart, drawing: Drawing) -> None:
    show_title(_chart)


@panel
def _below(view: View, _chart: Chart, drawing: Drawing) -> None:
    """The notes of a chart and its table twin."""
    show_notes(_chart)
    with st.expander(view.words("common.table_twin"), icon=":material/table:"):
        st.dataframe(in_words_of(_chart.table, view), hide_index=True, alt=_chart.title)
