"""Questions in SQL to the documented tables, with their words beside the editor."""

import streamlit as st

from ui import sql
from ui.context import view, warehouse_of
from ui.sql_tables import beside

current = view()
words = current.words
found = warehouse_of(current)

st.title(words("sql.title"))
st.markdown(words("sql.lead"), width=900)
left, right = st.columns([3, 2], gap="large")
with left:
    query = sql.asked(current)
    answer = sql.answered(current, found, query)
    sql.show(current, found, answer)
    sql.take_away(current, found, answer)
with right:
    beside(current, found)
