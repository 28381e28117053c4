"""Where the city stands in one look."""

import streamlit as st

from queries import catalogue
from ui import address, overview
from ui.context import view, warehouse_of

current = view()
words = current.words
found = warehouse_of(current)

st.title(words("overview.title"))
st.markdown(words("overview.lead"))
overview.model_cards(current, found)

st.header(words("overview.city_title"))
overview.city_cards(current, found)

listed = {m.model: m for m in catalogue.learning_models(found) if m.ended_on is None}
left, right = st.columns([3, 2], gap="large")
with left:
    code = address.choose(
        "model",
        words("overview.pull_choose"),
        tuple(listed),
        lambda m: words.pick(listed[m].name_vi, listed[m].name_en),
        default="family",
    )
    overview.pull_panel(current, found, listed[code])
with right:
    overview.changes_panel(current, found)
    overview.missing_panel(current, found)
