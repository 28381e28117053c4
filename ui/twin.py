"""Tables as HTML: one element, and no editor of tables for the browser to fetch."""

from __future__ import annotations

from typing import Any

import pandas as pd

from i18n import decimal
from ui.context import View
from ui.ward_html import esc


def number_words(value: Any, view: View) -> str:
    """A number in the reader's language, one decimal where it has any; nothing where it is missing."""
    if pd.isna(value):
        return ""
    return decimal(float(value), view.lang, 0 if float(value).is_integer() else 1)


def twin(table: pd.DataFrame, title: str, view: View) -> str:
    """The figures of a chart as a table that opens under it, for those who cannot see it or want the numbers."""
    summary = esc(view.words("common.table_twin"))
    return f'<details class="c-twin"><summary>{summary}</summary>{_scrolling(table, title, view)}</details>'


def open_table(table: pd.DataFrame, title: str, view: View) -> str:
    """A short table that stands open."""
    return f'<div class="c-twin c-open">{_scrolling(table, title, view)}</div>'


def _scrolling(table: pd.DataFrame, title: str, view: View) -> str:
    numeric = [pd.api.types.is_numeric_dtype(table[name]) for name in table.columns]
    marks = [' class="c-num"' if is_number else "" for is_number in numeric]
    head = "".join(
        f'<th scope="col"{mark}>{esc(name)}</th>' for name, mark in zip(table.columns, marks, strict=True)
    )
    columns = [
        [number_words(value, view) if is_number else esc("" if pd.isna(value) else value) for value in table[name].tolist()]
        for name, is_number in zip(table.columns, numeric, strict=True)
    ]  # fmt: skip
    rows = "".join(
        "<tr>" + "".join(f"<td{mark}>{cell}</td>" for cell, mark in zip(row, marks, strict=True)) + "</tr>"
        for row in zip(*columns, strict=True)
    )
    return (
        f'<div tabindex="0" role="region" aria-label="{esc(title)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
