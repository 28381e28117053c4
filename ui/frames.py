"""How charts and empty places are shown, the same everywhere."""

from __future__ import annotations

import time
from typing import Any

import pandas as pd
import streamlit as st

from charts.base import Chart
from ui.context import View
from ui.twin import number_words, open_table, twin

PLOTLY = {"displayModeBar": False, "responsive": True, "scrollZoom": False}
FIRST_PAUSE = 0.1
"""Seconds. Without it the first figure stood there after 880 to 1,560 ms, with it after 910 to 1,040 (benchmarks.first_visit)."""
SHORT = 150
"""Rows of a table that stands on a screen whole."""


def show_chart(chart: Chart, view: View, key: str) -> None:
    """A chart with its title, subtitle, notes, alt text and table twin."""
    show_title(chart)
    st.plotly_chart(chart.figure, theme=None, key=key, config=PLOTLY, alt=chart.alt)
    show_notes(chart)
    st.html(twin(chart.table, chart.title, view))


def let_figures_stand() -> None:
    """Wait a moment in a session's first run, between figures and charts.

    What comes together is drawn together: the browser would show the figures only once it has read the charts' script
    (1.4 MB), a second time as long.
    """
    if not st.session_state.get("_figures_stood"):
        st.session_state["_figures_stood"] = True
        time.sleep(FIRST_PAUSE)


def show_title(chart: Chart) -> None:
    """What a chart says and of what, in one element: every element costs each reader's rerun."""
    st.markdown(f"### {chart.title}\n\n:gray[:small[{chart.subtitle}]]")


def show_notes(chart: Chart) -> None:
    """The lines under a chart, where there are any."""
    if chart.notes:
        st.caption("\n\n".join(chart.notes))


def in_words_of(table: pd.DataFrame, view: View) -> Any:
    """A table whose numbers are written in the reader's language and still sort as numbers."""
    numbers = [name for name in table.columns if pd.api.types.is_numeric_dtype(table[name])]
    return table.style.format(dict.fromkeys(numbers, lambda value: number_words(value, view)))


def show_table(table: pd.DataFrame, title: str, view: View) -> None:
    """A table for reading; a long one can be sorted and scrolled, for which the browser fetches an editor of tables."""
    if len(table) <= SHORT:
        st.html(open_table(table, title, view))
    else:
        st.dataframe(in_words_of(table, view), hide_index=True, alt=title)


def show_empty(view: View, title: str = "", body: str = "") -> None:
    """A place without figures: what is missing and what to do."""
    st.info(
        body or view.words("common.empty_reports"),
        title=title or view.words("common.empty_title"),
        icon=":material/inbox:",
    )
