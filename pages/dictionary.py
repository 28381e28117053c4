"""The data dictionary: what every indicator, table and column means."""

import streamlit as st

from queries.dictionary import THEMES, indicators_found, listed_indicators
from ui import address, dictionary, sources
from ui.context import view, warehouse_of

current = view()
words = current.words
found = warehouse_of(current)
hint = words("sources.find_hint")

st.title(words("dictionary.title"))
st.markdown(words("dictionary.lead"), width=sources.TEXT_WIDTH)
section = address.choose(
    "dictionary",
    words("sources.choose_section"),
    dictionary.SECTIONS,
    lambda s: words(f"dictionary.section_{s}"),
    segmented=True,
    label_visibility="collapsed",
)

if section == "indicators":
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = address.search(
            "find_indicator", words("dictionary.find_indicator"), placeholder=hint, width=320
        )
        theme = address.choose(
            "theme",
            words("sources.choose_theme"),
            ("all", *THEMES),
            lambda t: words(f"sources.theme_{t}"),
            width=260,
        )
        fitting = indicators_found(listed_indicators(found), text, theme)
        number = sources.page_number("indicator_page", len(fitting), current)
    dictionary.indicators_panel(current, found, text, theme, number)

else:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = address.search("find_column", words("dictionary.find_column"), placeholder=hint, width=320)
        number = sources.page_number(
            "table_page", dictionary.tables_matching(found, text), current, dictionary.TABLES
        )
    dictionary.page_of_tables(current, found, text, number)
