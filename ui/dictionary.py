"""The panels of the data dictionary: indicators with definition, cadence and coverage; tables with their columns."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from i18n import decimal, percent, period_name, short_date
from queries import dictionary
from queries.dictionary import DescribedColumn, DescribedTable, ListedIndicator
from queries.sources import PAGE_SIZE, part
from queries.warehouse import Warehouse
from ui.cached import panel
from ui.context import View
from ui.frames import show_empty
from ui.provenance import escaped
from ui.sources import TEXT_WIDTH, none_found, title_words

SECTIONS = ("indicators", "tables")
CADENCES = (0, 3, 6, 12)
"""Months of a period that have words of their own; 0 is a count at one date."""
TABLES = 8
"""Tables on one page."""


# ---- Indicators --------------------------------------------------------------------------------------------------


def _figures_words(entry: ListedIndicator, view: View) -> str:
    words = view.words
    counts = [
        words("sources.figures_count", mark=words(f"common.mark_{mark}").lower(), n=decimal(n, view.lang))
        for mark, n in (
            ("published", entry.published),
            ("reported", entry.reported),
            ("illustrative", entry.illustrative),
        )
        if n
    ]
    if not counts:
        return f":orange[:material/hourglass_empty:] {words('sources.figures_none')}"
    span = (
        words(
            "sources.figures_span",
            first=period_name(None, entry.first, view.lang),
            last=period_name(None, entry.last, view.lang),
        )
        if entry.first and entry.last
        else words("sources.figures_undated")
    )
    return words("sources.figures", counts=", ".join(counts), span=span)


def _reports_words(entry: ListedIndicator, view: View) -> str:
    """How often offices report it, and how many of them are in the last period."""
    words = view.words
    often = ", ".join(words(f"dictionary.every_{n}") if n in CADENCES else words("dictionary.every_other", n=n) for n in entry.months)  # fmt: skip
    share = percent(entry.population_share, view.lang, 1) if entry.population_share is not None else "–"
    return words(
        "dictionary.reports", often=often, day=short_date(entry.last_reported, view.lang),
        reporting=decimal(entry.units_reporting, view.lang), expected=decimal(entry.units_expected, view.lang), share=share,
    )  # fmt: skip


def _indicator(entry: ListedIndicator, view: View) -> str:
    words, i = view.words, entry.indicator
    lines = [
        f"**{escaped(words.pick(i.name_vi, i.name_en))}**",
        escaped(words.pick(i.definition_vi, i.definition_en)),
    ]
    caveat = words.pick(i.caveat_vi, i.caveat_en)
    if caveat:
        lines.append(f"*{words('common.prov_caveat')}:* {escaped(caveat)}")
    about = [
        words("sources.indicator_unit", unit=escaped(words.pick(i.unit_vi, i.unit_en))),
        words("sources.indicator_basis", basis=words(f"common.basis_{i.basis}")) if i.basis else "",
        words("sources.indicator_source", source=title_words(entry.source, view)) if entry.source else "",
    ]
    lines += [
        f":small[{' · '.join(part for part in about if part)}]",
        f":small[{_figures_words(entry, view)} · `{i.indicator_id}`]",
    ]
    if entry.last_reported is not None:
        lines.append(f":small[{_reports_words(entry, view)}]")
    return "  \n".join(lines)


@panel
def indicators_panel(view: View, _found: Warehouse, sought: str, theme: str, number: int) -> None:
    """One page of the catalogue: definition, caveat, unit, basis, source and which figures there are."""
    words, listed = view.words, dictionary.listed_indicators(_found)
    if not listed:
        show_empty(view, body=words("sources.empty_reference"))
        return
    shown = part(dictionary.indicators_found(listed, sought, theme), number)
    if not shown.rows:
        none_found(view, sought)
        return
    st.caption(
        words(
            "sources.indicator_count",
            matching=decimal(shown.matching, view.lang),
            all=decimal(len(listed), view.lang),
            first=decimal((shown.number - 1) * PAGE_SIZE + 1, view.lang),
            last=decimal((shown.number - 1) * PAGE_SIZE + len(shown.rows), view.lang),
        )
    )
    for entry_theme, entries in groupby(shown.rows, key=lambda entry: entry.indicator.theme):
        st.markdown("## " + words(f"sources.theme_{entry_theme}"))
        st.markdown("\n\n".join(_indicator(entry, view) for entry in entries), width=TEXT_WIDTH + 120)


# ---- Tables and columns ------------------------------------------------------------------------------------------


def _cell(text: str) -> str:
    return escaped(text).replace("|", "\\|").replace("\n", " ")


def _column(column: DescribedColumn, view: View) -> str:
    """One row of a Markdown table: name, meaning, type and rules."""
    words = view.words
    label, definition = (
        words.pick(column.label_vi, column.label_en),
        words.pick(column.definition_vi, column.definition_en),
    )
    meaning = f"**{_cell(label or '')}**. {_cell(definition or '')}"
    unit = words.pick(column.unit_vi, column.unit_en)
    if unit:
        meaning += f" ({_cell(unit)})"
    if column.values:
        codes = "; ".join(
            f"`{v.value}` {_cell(words.pick(v.label_vi, v.label_en) or '')}" for v in column.values
        )
        meaning += f" {codes}."
    rules = [words(f"dictionary.type_{column.type}")]
    if column.key_position:
        rules.append(words("dictionary.in_key"))
    elif column.required:
        rules.append(words("dictionary.required"))
    if column.refers_to:
        rules.append(f"→ `{column.refers_to}`")
    return f"| `{column.column_name}` | {meaning} | {', '.join(rules)} |"


def _table(table: DescribedTable, columns: list[DescribedColumn], view: View) -> str:
    words = view.words
    lines = [words("dictionary.one_row", row=escaped(words.pick(table.row_vi, table.row_en) or ""))]
    cadence, caveat = (
        words.pick(table.cadence_vi, table.cadence_en),
        words.pick(table.caveat_vi, table.caveat_en),
    )
    if cadence:
        lines.append(words("dictionary.cadence", cadence=escaped(cadence)))
    if caveat:
        lines.append(f"*{words('common.prov_caveat')}:* {escaped(caveat)}")
    head = f"| {words('dictionary.column')} | {words('dictionary.meaning')} | {words('dictionary.rules')} |"
    lines.append("\n".join([head, "|---|---|---|", *(_column(column, view) for column in columns)]))
    return "\n\n".join(lines)


def page_of_tables(view: View, found: Warehouse, sought: str, number: int) -> None:
    """Some tables of the warehouse; of a table found by its columns those columns alone."""
    words, listed = view.words, dictionary.described_tables(found)
    shown = part(dictionary.tables_found(listed, sought), number, TABLES)
    if not shown.rows:
        none_found(view, sought)
        return
    st.caption(
        words(
            "dictionary.table_count", matching=decimal(shown.matching, view.lang), all=decimal(len(listed), view.lang),
            first=decimal((shown.number - 1) * TABLES + 1, view.lang),
            last=decimal((shown.number - 1) * TABLES + len(shown.rows), view.lang),
        )
    )  # fmt: skip
    for table in shown.rows:
        fitting = dictionary.columns_found(table, sought)
        size = (
            words("dictionary.view")
            if table.rows is None
            else words("dictionary.rows", n=decimal(table.rows, view.lang))
        )
        title = f"`{table.table_name}` · {words.pick(table.title_vi, table.title_en)} · {size}"
        with st.expander(title, expanded=bool(sought)):
            st.markdown(_table(table, fitting or list(table.columns), view))


def tables_matching(found: Warehouse, sought: str) -> int:
    """How many tables a text is found in."""
    return len(dictionary.tables_found(dictionary.described_tables(found), sought))
