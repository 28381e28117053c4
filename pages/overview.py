"""Where the city stands in one look."""

import streamlit as st

from queries import catalogue
from ui import address, overview, reports
from ui.context import view, warehouse_of
from ui.coverage import coverage_panel
from ui.frames import let_figures_stand
from ui.quality import period_flags_panel

current = view()
words = current.words
found = warehouse_of(current)

st.title(words("overview.title"))
st.markdown(words("overview.lead"))
overview.model_cards(current, found)
let_figures_stand()

st.header(words("overview.city_title"))
overview.city_cards(current, found)

st.header(words("overview.moves_title"))
listed = {m.model: m for m in catalogue.learning_models(found) if m.ended_on is None}
code = address.choose(
    "model",
    words("overview.pull_choose"),
    tuple(listed),
    lambda m: words.pick(listed[m].name_vi, listed[m].name_en),
    default="family",
    width=420,
)
left, right = st.columns(2, gap="large")
with left:
    overview.standing_panel(current, found, listed[code])
with right:
    overview.pull_panel(current, found, listed[code])

st.header(words("overview.coverage_title"))
coverage_panel(current, found)

st.header(words("overview.look_title"))
left, right = st.columns(2, gap="large")
with left:
    overview.changes_panel(current, found)
    overview.missing_panel(current, found)
with right:
    period_flags_panel(current, found)

reports.city_documents(current, found)
