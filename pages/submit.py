"""Where offices' files come in: checked, compared, published, and taken back."""

import streamlit as st

from ui import address, roles, submit
from ui.context import view, warehouse_of

current = view()
words = current.words
found = warehouse_of(current)
person = roles.person()

st.title(words("submit.title"))
st.markdown(words("submit.lead"), width=900)
submit.identity(current, person)
if person.may("preview"):
    chosen = address.choose(
        "section",
        words("submit.choose_section"),
        submit.SECTIONS,
        lambda s: words(f"submit.section_{s}"),
        segmented=True,
        label_visibility="collapsed",
    )
    submit.section(current, found, person, chosen)
