"""The entry that Streamlit runs: which pages there are and in what order."""

from __future__ import annotations

import streamlit as st
from streamlit.navigation.page import Page

from i18n import Words
from ui import shell


def pages(words: Words) -> list[Page]:
    """The pages. Each address is unlike its file's name, so that no file can be run past this entry.

    They have no icons: Streamlit would fetch a page's icon for the browser's tab from the internet. The navigation holds
    what fits a screen of 1024 pixels; hidden pages are linked from the top of every page (ui/shell.py).
    """
    return [
        st.Page("pages/overview.py", title=words("common.page_overview"), url_path="tong-quan", default=True),
        st.Page("pages/models.py", title=words("common.page_models"), url_path="mo-hinh"),
        st.Page("pages/map.py", title=words("common.page_map"), url_path="ban-do"),
        st.Page("pages/wards.py", title=words("common.page_wards"), url_path="phuong-xa"),
        st.Page("pages/schools.py", title=words("common.page_schools"), url_path="truong-hoc"),
        st.Page("pages/explore.py", title=words("common.page_explore"), url_path="tra-cuu"),
        st.Page("pages/network.py", title=words("common.page_network"), url_path="mang-luoi"),
        st.Page("pages/sources.py", title=words("common.page_sources"), url_path="nguon"),
        _aside("pages/quality.py", words("quality_page.title"), "chat-luong"),
        _aside("pages/submit.py", words("submit.title"), "nop-so-lieu"),
        _aside("pages/dictionary.py", words("common.page_dictionary"), "tu-dien"),
        _aside("pages/query.py", words("common.page_sql"), "sql"),
        _aside("pages/presentation.py", words("presentation.start"), "trinh-chieu"),
    ]


def _aside(file: str, title: str, url_path: str) -> Page:
    """A page beside the navigation."""
    return st.Page(file, title=title, url_path=url_path, visibility="hidden")


# Shared choices by page; a page that is not named here has them all.
CHOICES = {
    "ban-do": ("period", "status"),
    "phuong-xa": ("period", "status"),
    "mang-luoi": ("status",),
    "sql": (),
    "tra-cuu": ("status",),
    "tu-dien": (),
    "nguon": ("period", "status"),
    "chat-luong": ("period", "status"),
    "nop-so-lieu": (),
    "trinh-chieu": (),
}

shell.run(pages, CHOICES)
