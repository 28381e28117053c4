"""The analyst's desk: choose figures, see them as a table and a chart, keep the choice, take it away."""

import streamlit as st

from ui import downloads, explore_chart, explore_choices, explore_page, saved_views, screens
from ui.context import view, warehouse_of

current = view()
words = current.words
found = warehouse_of(current)

st.title(words("explore.title"))
st.caption(words("explore.intro"))
saved_views.links(current)
desk = explore_choices.choose(current, found)

if explore_page.nothing_asked(current, desk):
    pass
elif (table := explore_page.table_of(current, found, desk)) is not None:
    screens.remember_desk(desk.choice)
    st.markdown(explore_page.told(current, found, desk))
    left, right = st.columns([3, 2], gap="large")
    with right:
        kind, of = explore_chart.choose_chart(current, found, desk.choice)
        only = explore_page.chart(current, found, desk, kind, of)
    with left:
        explore_page.table(current, found, table, desk, only)
saved_views.keep_form(current)
st.header(words("downloads.section"))
screens.all_button(current, found)
downloads.everything(current, found)
