"""Where every figure comes from, how it is worked out, and what is not known."""

import streamlit as st

from queries.sources import KINDS, USES, sources_found
from ui import address, method, sources
from ui.context import view, warehouse_of

current = view()
words = current.words
found = warehouse_of(current)
hint = words("sources.find_hint")

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
        text = address.search("find_source", words("sources.find_source"), placeholder=hint, width=320)
        kind = address.choose(
            "source_kind",
            words("sources.choose_kind"),
            ("all", *KINDS),
            lambda k: words(f"sources.kind_{k}"),
            width=220,
        )
        use = address.choose(
            "source_use", words("sources.choose_use"), USES, lambda u: words(f"sources.use_{u}"), width=200
        )
        matching = sources_found(sources.all_sources(current, found), text, kind, use)
        number = sources.page_number("source_page", len(matching), current)
    sources.sources_panel(current, found, text, kind, use, number)

elif section == "contradictions":
    text = address.search(
        "find_contradiction", words("sources.find_contradiction"), placeholder=hint, width=320
    )
    sources.contradictions_panel(current, found, text)

elif section == "gaps":
    sources.plan_panel(current, found)
    sources.gaps_panel(current, found)

else:
    sources.build_panel(current, found)
