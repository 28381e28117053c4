"""Hà Nội in UNESCO's network of learning cities: the road, duties, framework, the network and its members, weeks."""

import streamlit as st

from queries.network import SCOPES
from ui import address, network, network_duties, network_features, network_html, network_members, reports
from ui.context import view, warehouse_of

current = view()
words = current.words
found = warehouse_of(current)

network_html.style(current)
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
network.steps_panel(current, found)

st.header(words("network.section_duties"))
today = network_duties.today()
network_duties.duties_panel(current, found, today)

st.header(words("network.section_features"))
network_features.features_panel(current, found)

st.header(words("network.section_network"))
network.size_panel(current, found)

st.header(words("network.section_named"))
network_members.named_panel(current, found)

st.header(words("network.section_members"))
choice = network_members.choose(current, found)
network_members.members_panel(current, found, choice)
network_members.download(current, found, choice, today)

st.header(words("network.section_beside"))
network_members.beside_panel(current, found)

st.header(words("network.section_weeks"))
network.weeks_panel(current, found)

reports.network_documents(current, found)
