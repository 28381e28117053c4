"""Beside the editor: every documented table and column in the contracts' words, to be searched."""

from __future__ import annotations

import streamlit as st

from i18n import decimal
from queries.sql import DocumentedColumn, DocumentedTable, tables
from queries.text import fits
from queries.warehouse import Warehouse
from ui import address
from ui.cached import panel
from ui.context import View
from ui.ward_html import esc

_OWN = """
.q-tables { font-size: 0.875rem; }
.q-tables details { border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent); padding: 0.35rem 0; }
.q-tables summary { cursor: pointer; overflow-wrap: anywhere; }
.q-tables code { font-size: 0.8125rem; background: none; padding: 0; color: inherit; font-weight: 600; }
.q-tables dl { margin: 0.4rem 0 0.4rem 1rem; } .q-tables dt { margin-top: 0.45rem; overflow-wrap: anywhere; }
.q-tables dd { margin: 0; opacity: 0.85; overflow-wrap: anywhere; }
.q-tables p { margin: 0.3rem 0 0 1rem; } .q-tables :is(p, dl, dt, dd) { font-size: 0.875rem; line-height: 1.45; }
"""
_HEIGHT = 620


def beside(view: View, found: Warehouse) -> None:
    """The search and what it finds."""
    st.markdown("### " + view.words("sql.tables"))
    sought = address.search("find_table", view.words("sql.find"), placeholder=view.words("sql.find_hint"))
    with st.container(height=_HEIGHT):
        tables_panel(view, found, sought)


@panel
def tables_panel(view: View, _found: Warehouse, sought: str) -> None:
    """The tables that fit, each opening to its columns; where a column fits, the table is open and shows those."""
    kept = [(table, columns) for table in tables(_found) if (columns := _fitting(table, sought)) is not None]
    if not kept:
        st.warning(view.words("sql.find_none", text=sought.replace("`", "'")), icon=":material/search_off:")
        return
    st.caption(
        view.words(
            "sql.found",
            tables=decimal(len(kept), view.lang),
            columns=decimal(sum(len(columns) for _, columns in kept), view.lang),
        )
    )
    inside = "".join(_table(table, columns, view, is_open=bool(sought)) for table, columns in kept)
    st.html(f'<style>{_OWN}</style><div class="q-tables">{inside}</div>')


def _fitting(table: DocumentedTable, sought: str) -> tuple[DocumentedColumn, ...] | None:
    """The columns to show of a table: all where the table itself fits, None where nothing does."""
    if any(fits(text, sought) for text in (table.name, table.title_vi, table.title_en)):
        return table.columns
    found = tuple(
        c
        for c in table.columns
        if any(fits(t, sought) for t in (c.name, c.label_vi, c.label_en, c.definition_vi, c.definition_en))
    )
    return found or None


def _table(
    table: DocumentedTable, columns: tuple[DocumentedColumn, ...], view: View, *, is_open: bool
) -> str:
    words = view.words
    title, row = words.pick(table.title_vi, table.title_en), words.pick(table.row_vi, table.row_en)
    about = words("sql.one_row", row=row) + (" " + words("sql.is_view") if table.is_view else "")
    listed = "".join(_column(column, view) for column in columns)
    return (
        f"<details{' open' if is_open else ''}><summary><code>{esc(table.name)}</code> {esc(title)}</summary>"
        f"<p>{esc(about)}</p><dl>{listed}</dl></details>"
    )


def _column(column: DocumentedColumn, view: View) -> str:
    words = view.words
    marks = [column.type]
    if column.is_key:
        marks.append(words("sql.key"))
    if column.refers_to:
        marks.append(f"→ {column.refers_to}")
    lines = [esc(words.pick(column.definition_vi, column.definition_en))]
    if column.values:
        lines.append(f"{esc(words('sql.values'))}: <code>{esc(', '.join(column.values))}</code>")
    label = words.pick(column.label_vi, column.label_en)
    return (
        f"<dt><code>{esc(column.name)}</code> {esc(label)} · {esc(' · '.join(marks))}</dt>"
        f"<dd>{'<br>'.join(lines)}</dd>"
    )
