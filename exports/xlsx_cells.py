"""Cells of a workbook: real numbers and days with their formats, texts that stay texts."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from exports.reading import kind_of
from exports.table import Column, Table
from exports.text import said
from i18n import Lang
from queries.catalogue import Indicator, indicator

ROWS_A_SHEET = 1_048_575
"""Beside the header."""
LONGEST_TEXT = 32_767
LONGEST_NAME = 31
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
FIRST_DAY = dt.date(1900, 3, 1)
"""Spreadsheets count days from 1900 on, and do not agree before this one: such a day is a text."""
EXACT = 2**53
"""Whole numbers beyond it lose digits in a spreadsheet: they are texts."""
ILLUSTRATIVE_INK = "#8A5A00"
WIDEST, NARROWEST = 48, 9

Worksheet = Any
"""Of xlsxwriter, which says nothing of its types."""
Cell = Callable[[Worksheet, int, int, Any, Sequence[Any], bool], None]
"""``cell(sheet, row, column, value, record, marked)``; ``marked`` where the row is of illustrative figures."""


class Formats:
    """The formats of a workbook, each made once."""

    def __init__(self, workbook: Any, lang: Lang) -> None:
        self._workbook = workbook
        self.lang: Lang = lang
        self._made: dict[tuple[str, bool], Any] = {}
        self.days = "dd/mm/yyyy" if lang == "vi" else "d mmm yyyy"
        self.times = f"{self.days} hh:mm"
        self.header = workbook.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#F6F4F0", "bottom": 1}
        )
        self.wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        self.link = workbook.add_format({"font_color": "#0B5C75", "underline": 1})
        self.day = workbook.add_format({"num_format": self.days, "align": "left", "valign": "top"})

    def number(self, shown: str, marked: bool = False) -> Any:
        """A format for numbers, and for texts with ``@``."""
        key = (shown, marked)
        if key not in self._made:
            ink = {"italic": True, "font_color": ILLUSTRATIVE_INK} if marked else {}
            self._made[key] = self._workbook.add_format({"num_format": shown, **ink})
        return self._made[key]


def cell_of(column: Column, type_: str, table: Table, formats: Formats) -> Cell:
    """How the cells of a column are written."""
    kind = kind_of(type_)
    if kind == "flag":
        return lambda sheet, row, n, value, _, marked: _flag(
            sheet, row, n, value, formats.number("General", marked)
        )
    if kind in ("date", "timestamp"):
        shown = formats.days if kind == "date" else formats.times
        return lambda sheet, row, n, value, _, marked: _day(
            sheet, row, n, value, formats.number(shown, marked)
        )
    if kind in ("whole", "number"):
        if column.kind == "figure" and column.indicator is None:
            return _figures(table, formats)
        shown = number_format(column)
        return lambda sheet, row, n, value, _, marked: _number(
            sheet, row, n, value, formats.number(shown, marked)
        )
    words = {code: label.of(formats.lang) for code, label in column.labels.items()}

    def text(sheet: Worksheet, row: int, n: int, value: Any, _: Sequence[Any], marked: bool) -> None:
        told = value if isinstance(value, str) else str(value)
        sheet.write_string(
            row, n, storable(words.get(told, told)), formats.number("@", True) if marked else None
        )

    return text


def number_format(column: Column) -> str:
    """How the numbers of a column are shown."""
    if column.kind == "figure":
        return figure_format(column.indicator)
    if column.kind == "share":
        return percent_format(1 if column.decimals is None else column.decimals)
    if column.kind == "count":
        return "#,##0"
    if column.kind == "whole":
        return "0"
    return "General" if column.decimals is None else _decimals("#,##0", column.decimals)


def figure_format(of: Indicator | None) -> str:
    """How the figures of an indicator are shown: a rate as percent with the indicator's decimals, a count with thousands."""
    if of is None:
        return "General"
    if of.kind == "rate":
        return percent_format(1 if of.decimals is None else of.decimals)
    return _decimals("#,##0", of.decimals or 0)


def percent_format(decimals: int) -> str:
    """A share of 1 as percent."""
    return _decimals("0", decimals) + "%"


def _decimals(start: str, decimals: int) -> str:
    return start + ("." + "0" * decimals if decimals else "")


def _figures(table: Table, formats: Formats) -> Cell:
    """Figures of many indicators in one column: each row says of which."""
    place = _place_of_indicator(table)
    known: dict[Any, str] = {}

    def figure(sheet: Worksheet, row: int, n: int, value: Any, record: Sequence[Any], marked: bool) -> None:
        of = record[place] if place is not None else None
        if of not in known:
            known[of] = figure_format(indicator(table.warehouse, of) if of else None)
        _number(sheet, row, n, value, formats.number(known[of], marked))

    return figure


def _place_of_indicator(table: Table) -> int | None:
    return next((n for n, column in enumerate(table.columns) if column.name == "indicator_id"), None)


def _number(sheet: Worksheet, row: int, n: int, value: Any, shown: Any) -> None:
    number = float(value) if isinstance(value, Decimal) else value
    if isinstance(number, int) and abs(number) > EXACT:
        sheet.write_string(row, n, str(number), shown)
    elif math.isfinite(number):
        sheet.write_number(row, n, number, shown)


def _day(sheet: Worksheet, row: int, n: int, value: Any, shown: Any) -> None:
    if isinstance(value, dt.datetime):
        value = value.replace(tzinfo=None)
    if (
        not isinstance(value, dt.date)
        or (value.date() if isinstance(value, dt.datetime) else value) < FIRST_DAY
    ):
        sheet.write_string(row, n, str(value), shown)
    else:
        sheet.write_datetime(row, n, value, shown)


def _flag(sheet: Worksheet, row: int, n: int, value: Any, shown: Any) -> None:
    sheet.write_boolean(row, n, value, shown)


def storable(text: str) -> str:
    """A text that a cell can hold; one that is too long ends in the words that say so.

    xlsxwriter takes a text between these two marks for XML of its own and writes it as it stands; a blank at the end
    keeps it a text.
    """
    if text.startswith("<r>") and text.endswith("</r>"):
        text += " "
    if len(text) <= LONGEST_TEXT:
        return text
    ending = " … " + said("exports.cut").vi
    return text[: LONGEST_TEXT - len(ending)] + ending


def sheet_name(name: str, taken: set[str]) -> str:
    """A name that a sheet may have, and that none of ``taken`` has; it is added to them."""
    plain = " ".join(name.translate(FORBIDDEN).split()).strip("'") or "-"
    short, n = plain[:LONGEST_NAME].strip(" '"), 1
    while short.casefold() in taken:
        n += 1
        ending = f" ({n})"
        short = plain[: LONGEST_NAME - len(ending)].strip(" '") + ending
    taken.add(short.casefold())
    return short


def width_of(column: Column, values: Sequence[Any], lang: Lang) -> float:
    """A width that the first values fit into; headers wrap."""
    header = max((len(word) for word in column.header.of(lang).split()), default=0)
    half = len(column.header.of(lang)) / 2
    longest = max((_length(column, value, lang) for value in values if value is not None), default=0)
    return float(min(WIDEST, max(NARROWEST, header + 3, half, longest + 2)))


def _length(column: Column, value: Any, lang: Lang) -> int:
    if isinstance(value, str):
        return len(column.labels[value].of(lang) if value in column.labels else value)
    if isinstance(value, dt.datetime):
        return 17
    return 11 if isinstance(value, float | dt.date) else len(str(value))
