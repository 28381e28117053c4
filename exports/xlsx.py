"""XLSX: workbooks that spreadsheets open as they are: data, charts, definitions, sources, filters and notes as sheets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlsxwriter

from exports import xlsx_cells
from exports.facts import Facts, facts_of
from exports.files import Progress, stage, unheard, whole_or_nothing
from exports.reading import QUERY, Reading, opened
from exports.table import Table
from exports.text import Text, said
from exports.xlsx_cells import Formats, Worksheet, cell_of, sheet_name, storable, width_of
from exports.xlsx_charts import Placed, chart_of
from exports.xlsx_words import contents, definitions, filters, notes, sources
from i18n import Lang

LARGE = 20_000
"""Rows from which a workbook is written row by row and not kept in memory."""
KEPT = 64
"""First rows of a table that are kept: for widths and for the names of lines."""
LINES_A_CHART = 24
"""Rows of the sheet that a chart takes."""


@dataclass
class _Book:
    """A workbook being written."""

    workbook: Any
    formats: Formats
    lang: Lang
    reading: Reading
    progress: Progress
    total: int
    done: int = 0
    names: set[str] = field(default_factory=set)

    def sheet(self, name: str) -> Worksheet:
        """A new sheet, under a name that is allowed and free."""
        return self.workbook.add_worksheet(sheet_name(name, self.names))


def write_xlsx(
    tables: Table | Sequence[Table],
    path: Path,
    lang: Lang,
    *,
    title: Text | None = None,
    progress: Progress = unheard,
) -> int:
    """Write one table, or all tables of a page or of all pages, as a workbook; returns the rows of all of them.

    Words are in the reader's language, numbers and days real ones with formats; rates are shown as percent and are
    fractions of 1 inside. Rows of illustrative figures are in italics and another colour. Several tables have a sheet
    of contents before them. A table that is longer than a sheet goes on on the next. A text longer than 32,767 letters,
    which no cell can hold, is cut and says so. Raises duckdb.Error and OSError, and what ``progress`` raises; no file is
    left then. ValueError where there is no table, or where tables are of several builds.
    """
    listed = [tables] if isinstance(tables, Table) else list(tables)
    if not listed:
        raise ValueError("no table to write")
    if len({table.build_id for table in listed}) > 1:
        raise ValueError("tables of several builds in one workbook")
    with (
        whole_or_nothing(path) as part,
        opened(listed[0].warehouse.path, part, len(listed)) as reading,
        part.open("wb") as stream,
    ):
        first = stage(progress, 0, QUERY / 4)
        facts = [
            facts_of(reading, table, stage(first, n / len(listed), (n + 1) / len(listed)))
            for n, table in enumerate(listed)
        ]
        total: int = sum(found.rows for found in facts)
        options = {
            "constant_memory": total > LARGE,
            "tmpdir": str(reading.folder),
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        workbook = xlsxwriter.Workbook(stream, options)
        heard = stage(progress, QUERY / 4, 1)
        book = _Book(workbook, Formats(workbook, lang), lang, reading, heard, max(1, total))
        _fill(book, listed, facts, title or listed[0].title)
        workbook.close()
        progress(1, 1)
    return total


def _fill(book: _Book, tables: list[Table], facts: list[Facts], title: Text) -> None:
    lang = book.lang
    _properties(book, tables, title)
    several = len(tables) > 1
    names = [
        _table_sheet_name(table, n, lang) if several else said("exports.sheet_data").of(lang)
        for n, table in enumerate(tables, 1)
    ]
    names = [sheet_name(name, set()) for name in names]
    if several:
        sheet = book.sheet(said("exports.sheet_contents").of(lang))
        _put(book, sheet, *contents(tables, facts, names, lang))
        for row, name in enumerate(names, start=1):
            sheet.write_url(
                row,
                0,
                f"internal:'{name.replace(chr(39), chr(39) * 2)}'!A1",
                book.formats.link,
                storable(name),
            )
    placed = [
        one
        for table, found, name in zip(tables, facts, names, strict=True)
        if (one := _put_table(book, table, found, name)) is not None
    ]
    _put_charts(book, placed)
    for key, told in (
        ("exports.sheet_definitions", definitions),
        ("exports.sheet_sources", sources),
        ("exports.sheet_filters", filters),
        ("exports.sheet_notes", notes),
    ):
        _put(book, book.sheet(said(key).of(lang)), *told(tables, facts, lang))


def _table_sheet_name(table: Table, number: int, lang: Lang) -> str:
    return f"{number} {table.title.of(lang)}"


def _properties(book: _Book, tables: list[Table], title: Text) -> None:
    first = tables[0]
    book.workbook.set_properties(
        {
            "title": title.of(book.lang),
            "company": said("exports.product").of(book.lang),
            "comments": said("exports.about_build").of(book.lang) + ": " + first.build_id,
            "created": dt.datetime.combine(first.made_on, dt.time()),
        }
    )
    book.workbook.set_custom_property("build_id", first.build_id)


# ---- Data -----------------------------------------------------------------------------------------------------------


def _put_table(book: _Book, table: Table, facts: Facts, name: str) -> Placed | None:
    """The rows of a table on a sheet, or on several; where they can be drawn, on which of its cells they stand."""
    columns = table.shown(book.lang)
    places = [list(facts.types).index(c.name) for c in columns]
    cells = [cell_of(c, facts.types[c.name], table, book.formats) for c in columns]
    marks = _marks(facts)
    kept: list[tuple[Any, ...]] = []
    sheet, row = _data_sheet(book, table, name), 0
    for record in _records(book, facts):
        if row == xlsx_cells.ROWS_A_SHEET:
            _finish(book, sheet, table, row, kept)
            sheet, row = _data_sheet(book, table, name), 0
        row += 1
        marked = any(record[place] == "illustrative" for place in marks)
        for n, (place, cell) in enumerate(zip(places, cells, strict=True)):
            if (value := record[place]) is not None:
                cell(sheet, row, n, value, record, marked)
        if len(kept) < KEPT:
            kept.append(tuple(record[place] for place in places))
    _finish(book, sheet, table, row, kept)
    return Placed(table, facts, columns, tuple(kept), sheet.get_name()) if facts.rows <= KEPT else None


def _records(book: _Book, facts: Facts) -> Iterator[tuple[Any, ...]]:
    for some in book.reading.batches(facts.source):
        yield from some
        book.done += len(some)
        book.progress(min(book.done, book.total), book.total + 1)


def _marks(facts: Facts) -> list[int]:
    """Where in a row it says that its figures are illustrative."""
    return [n for n, name in enumerate(facts.types) if name in ("status", "origin_status")]


def _data_sheet(book: _Book, table: Table, name: str) -> Worksheet:
    sheet = book.sheet(name)
    for n, column in enumerate(table.shown(book.lang)):
        sheet.write_string(0, n, column.header.of(book.lang), book.formats.header)
    sheet.freeze_panes(1, 0)
    return sheet


def _finish(book: _Book, sheet: Worksheet, table: Table, rows: int, kept: Sequence[tuple[Any, ...]]) -> None:
    columns = table.shown(book.lang)
    if columns:
        sheet.autofilter(0, 0, rows, len(columns) - 1)
    for n, column in enumerate(columns):
        sheet.set_column(n, n, width_of(column, [row[n] for row in kept], book.lang))
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)


def _put_charts(book: _Book, placed: Sequence[Placed]) -> None:
    drawn = [chart for one in placed if (chart := chart_of(book.workbook, one, book.lang)) is not None]
    if not drawn:
        return
    sheet = book.sheet(said("exports.sheet_charts").of(book.lang))
    for n, chart in enumerate(drawn):
        sheet.insert_chart(n * LINES_A_CHART, 0, chart)


# ---- Words ----------------------------------------------------------------------------------------------------------


def _put(book: _Book, sheet: Worksheet, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A sheet of words: a header, then rows of texts, whole numbers and days."""
    for n, header in enumerate(headers):
        sheet.write_string(0, n, header, book.formats.header)
    for row, cells in enumerate(rows, start=1):
        for n, value in enumerate(cells):
            match value:
                case None | "":
                    pass
                case int():
                    sheet.write_number(row, n, value, book.formats.number("#,##0"))
                case dt.date():
                    sheet.write_datetime(row, n, value, book.formats.day)
                case _:
                    sheet.write_string(row, n, storable(str(value)), book.formats.wrapped)
    for n, header in enumerate(headers):
        longest = max([len(header), *(len(str(cells[n])) for cells in rows if cells[n] is not None)])
        sheet.set_column(n, n, min(70, max(10, longest + 2)))
    sheet.freeze_panes(1, 0)
