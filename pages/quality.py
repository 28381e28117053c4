"""Who has reported, who is late, which figures deserve a look, and what was refused."""

import streamlit as st

from ui import address, quality_page, roles
from ui.context import view, warehouse_of
from ui.coverage import REPORTS, coverage_panel
from ui.quality import period_flags_panel

current = view()
words = current.words
found = warehouse_of(current)

st.title(words("quality_page.title"))
st.markdown(words("quality_page.lead"), width=900)
quality_page.take_away(current, found)

st.header(words("quality_page.reported_title"))
report = address.choose(
    "report",
    words("quality_page.report"),
    REPORTS,
    lambda r: words(f"common.table_{r}"),
    segmented=True,
)
coverage_panel(current, found, report)

quality_page.senders(current, roles.person())

st.header(words("quality_page.look_title"))
left, right = st.columns([3, 2], gap="large")
with left:
    period_flags_panel(current, found)
with right:
    quality_page.rules_panel(current, found)

st.header(words("quality_page.refused_title"))
quality_page.refused_panel(current, found)
