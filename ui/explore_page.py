"""What the page of the analyst's desk puts together: the words above, the table with its pages, the chart."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from zoneinfo import ZoneInfo

import streamlit as st

from exports import Table, from_asked
from i18n import decimal
from queries import explore
from queries.bases import MixedBases
from queries.catalogue import Indicator
from queries.explore import Asked, Choice, TooWide
from queries.warehouse import Warehouse
from ui import address, downloads, explore_chart, explore_table
from ui.context import View
from ui.explore_chart import Drawing
from ui.explore_choices import Desk
from ui.frames import show_empty
from ui.kept import kept

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
ENTRIES, FEW = 64, 32
"""Tables that are kept, and those that are ready for a file."""


def nothing_asked(view: View, desk: Desk) -> bool:
    """Say so where no indicator was chosen; all of them at once is a question for the full export."""
    if desk.choice.indicators:
        return False
    show_empty(view, view.words("explore.no_indicator_title"), view.words("explore.no_indicator"))
    return True


@kept(ENTRIES)
def _asked(build_id: str, _found: Warehouse, choice: Choice) -> Asked:
    del build_id  # part of the key
    return explore.asked(_found, choice)


@kept(ENTRIES)
def _narrowed(
    build_id: str, _found: Warehouse, _table: Asked, choice: Choice, only: tuple[str, ...]
) -> Asked:
    del build_id, choice  # part of the key
    return explore.narrowed(_found, _table, only)


def table_of(view: View, found: Warehouse, desk: Desk) -> Asked | None:
    """The table asked for; None, with words on what to change, where it would be too wide."""
    try:
        return _asked(found.build_id, found, desk.choice)
    except TooWide as wide:
        st.warning(
            view.words("explore.too_wide", columns=wide.columns, most=explore.MOST_COLUMNS),
            icon=":material/view_column:",
        )
        return None


def told(view: View, found: Warehouse, desk: Desk) -> str:
    """What is in the table, in words."""
    summary = explore_table.summary_of(found.build_id, found, _plain(desk.choice))
    return explore_table.summary_words(view, summary, desk.choice)


def chart(view: View, found: Warehouse, desk: Desk, kind: str, of: tuple[Indicator, ...]) -> tuple[str, ...]:
    """Draw the chart, and return the units that the table is to be narrowed down to."""
    choice = _plain(desk.choice)
    asked = explore_chart.frames_of(found, found.build_id, choice, of)
    frames = [rows for rows, _ in asked]
    only = explore_chart.choose_only(view, frames, choice, of)
    if kind == "none":
        return only
    drawing = Drawing(kind, of, choice, only, _chosen_words(view, desk))
    try:
        drawn = explore_chart.drawn(view, frames, drawing)
    except MixedBases:
        st.info(view.words("explore.not_stated_apart"), icon=":material/info:")
        return only
    if drawn is None:
        show_empty(view, body=view.words("explore.no_common" if kind == "scatter" else "explore.empty"))
        return only
    explore_chart.show(view, drawn, drawing)
    if any(more for _, more in asked):
        st.caption(view.words("explore.chart_cut", most=decimal(explore.MOST_POINTS, view.lang)))
    return only


def _plain(choice: Choice) -> Choice:
    """The same figures as a long table in the usual order, whatever the reader's table looks like."""
    return replace(choice, shape="long", sort="")


def _chosen_words(view: View, desk: Desk) -> str:
    words, choice = view.words, desk.choice
    parts = [words(f"explore.boundaries_{choice.boundaries}")]
    if choice.group != "none":
        parts.append(words(f"explore.group_{choice.group}"))
    return ", ".join(parts)


def table(view: View, found: Warehouse, table: Asked, desk: Desk, only: tuple[str, ...]) -> None:
    """The table page by page, narrowed down to some units where these are named."""
    words, rows, choice = view.words, desk.rows, desk.choice
    asked = _narrowed(found.build_id, found, table, choice, only)
    total = explore_table.count_of(found.build_id, found, asked, choice, only)
    pages = max(1, math.ceil(total / rows))
    number = 1
    if pages > 1:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            number = _page_number(view, pages)
            st.caption(
                words(
                    "explore.page_of", pages=decimal(pages, view.lang), total=decimal(total, view.lang),
                    first=decimal((number - 1) * rows + 1, view.lang), last=decimal(min(number * rows, total), view.lang),
                )
            )  # fmt: skip
    if not total:
        show_empty(view, words("explore.empty_title"), words("explore.empty"))
        return
    title = words("explore.table_title", total=decimal(total, view.lang))
    explore_table.draw_page(view, found, asked, choice, only, (number - 1) * rows, rows, title)
    today = dt.datetime.now(HANOI).date()
    downloads.offer(view, lambda: _to_take(found.build_id, found, asked, choice, only, today), total)


@kept(FEW)
def _to_take(
    build_id: str, _found: Warehouse, _asked: Asked, choice: Choice, only: tuple[str, ...], today: dt.date
) -> Table:
    """The table for a file, with the words that travel along."""
    del build_id, choice, only  # part of the key
    return from_asked(_found, _asked, made_on=today)


def _page_number(view: View, pages: int) -> int:
    """Which page to show; a number to type, since there may be thousands."""
    text = address.search("rows_page", view.words("explore.page"), placeholder="1", width=110)
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text) <= pages else 1
