"""How charts and empty places are shown, the same everywhere."""

from __future__ import annotations

import streamlit as st

from charts.base import Chart
from ui.context import View

PLOTLY = {"displayModeBar": False, "responsive": True, "scrollZoom": False}


def show_chart(chart: Chart, view: View, key: str) -> None:
    """A chart with its title, subtitle, notes, alt text and table twin."""
    st.markdown(f"#### {chart.title}")
    st.caption(chart.subtitle)
    st.plotly_chart(chart.figure, theme=None, key=key, config=PLOTLY, alt=chart.alt)
    for note in chart.notes:
        st.caption(note)
    with st.expander(view.words("common.table_twin"), icon=":material/table:"):
        st.dataframe(chart.table, hide_index=True, alt=chart.title)


def show_empty(view: View, title: str = "", body: str = "") -> None:
    """A place without figures: what is missing and what to do."""
    st.info(
        body or view.words("common.empty_reports"),
        title=title or view.words("common.empty_title"),
        icon=":material/inbox:",
    )
