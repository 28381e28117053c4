"""Hà Nội in UNESCO's network of learning cities: the road, the network, the members, duties, framework, weeks."""

import streamlit as st

from queries.network import SCOPES
from ui import address, network
from ui.context import view, warehouse_of

current = view()
words = current.words
found = warehouse_of(current)

st.title(words("network.title"))
st.caption(words("network.intro"))
network.membership_panel(current, found)

st.header(words("network.section_road"))
network.road_panel(current, found)
scope = address.choose(
    "road",
    words("network.choose_road"),
    (*SCOPES, "all"),
    lambda s: words(f"network.scope_{s}"),
    segmented=True,
)
network.milestones_panel(current, found, scope)

st.header(words("network.section_network"))
network.size_panel(current, found)

st.header(words("network.section_members"))
left, right = st.columns(2, gap="large")
with left:
    network.vietnam_panel(current, found)
with right:
    network.named_panel(current, found)

st.header(words("network.section_duties"))
network.duties_panel(current, found)

st.header(words("network.section_features"))
network.features_panel(current, found)

st.header(words("network.section_weeks"))
network.weeks_panel(current, found)
