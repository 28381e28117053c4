"""Pieces of HTML for the page of the network: its style, links to sources, tables that turn into cards on a telephone."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from queries.catalogue import Source
from ui.context import ROOT, View
from ui.ward_html import esc, table

_STYLE = "\n".join((ROOT / "static" / name).read_text(encoding="utf-8") for name in ("wards.css", "network.css"))  # fmt: skip


def style(view: View) -> None:
    """The rules that this page is drawn by, in the colours of the reader's theme."""
    link = st.get_option(f"theme.{'dark' if view.dark else 'light'}.linkColor")
    colours = view.palette
    names = {"w-link": link, "n-good": colours.above, "n-bad": colours.below, "n-accent": colours.accent}
    st.html(f"<style>:root {{ {' '.join(f'--{name}: {value};' for name, value in names.items())} }}\n{_STYLE}</style>")  # fmt: skip


def source_link(source: Source | None) -> str:
    """A source in one word, as a link where it has an address."""
    if source is None:
        return ""
    name = esc(source.publisher or source.title)
    return f'<a href="{esc(source.url)}">{name}</a>' if source.url else name


def rows(label: str, columns: Sequence[str], cells: Sequence[Sequence[str]], kind: str = "") -> str:
    """A table whose rows become blocks with labelled lines on a telephone; empty cells vanish there."""
    return table(label, columns, cells, kind=f"n-stack {kind}")


def block(*parts: str) -> str:
    """Parts in the type of this page."""
    return f'<div class="w n-block">{"".join(parts)}</div>'


def more(summary: str, inside: str) -> str:
    """A part that opens on demand."""
    return f'<details class="n-more"><summary>{esc(summary)}</summary>{inside}</details>'
