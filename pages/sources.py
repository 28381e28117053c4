"""Where every figure comes from, how it is worked out, and what is not known."""

import streamlit as st

from queries import sources as rows
from ui import address, method, sources
from ui.context import view, warehouse_of

current = view()
words = current.words
found = warehouse_of(current)

st.title(words("sources.title"))
st.markdown(words("sources.lead"), width=sources.TEXT_WIDTH)
section = address.choose(
    "section",
    words("sources.choose_section"),
    sources.SECTIONS,
    lambda s: words(f"sources.section_{s}"),
    segmented=True,
    label_visibility="collapsed",
)

if section == "method":
    method.chapter(current, found)

elif section == "sources":
    sources.credits_panel(current, found)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sought = address.search("find_source", words("sources.find_source"), placeholder=words("sources.find_hint"), width=320)
        kind = address.choose(
            "source_kind", words("sources.choose_kind"), ("all", *rows.KINDS), lambda k: words(f"sources.kind_{k}"), width=220
        )
        use = address.choose(
            "source_use", words("sources.choose_use"), rows.USES, lambda u: words(f"sources.use_{u}"), width=200
        )
        listed = rows.sources_found(sources.all_sources(current, found), sought, kind, use)
        number = sources.page_number("source_page", len(listed), current)
    sources.sources_panel(current, found, sought, kind, use, number)

elif section == "indicators":
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sought = address.search(
            "find_indicator", words("sources.find_indicator"), placeholder=words("sources.find_hint"), width=320
        )
        theme = address.choose(
            "theme", words("sources.choose_theme"), ("all", *rows.THEMES), lambda t: words(f"sources.theme_{t}"), width=260
        )
        catalogue = rows.indicators_found(sources.all_indicators(current, found), sought, theme)
        number = sources.page_number("indicator_page", len(catalogue), current)
    sources.indicators_panel(current, found, sought, theme, number)

elif section == "contradictions":
    sought = address.search(
        "find_contradiction", words("sources.find_contradiction"), placeholder=words("sources.find_hint"), width=320
    )
    sources.contradictions_panel(current, found, sought)

elif section == "gaps":
    sources.plan_panel(current, found)
    sources.gaps_panel(current, found)

else:
    sources.build_panel(current, found)
