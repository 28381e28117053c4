"""Cells of text formats as SQL: what DuckDB writes for one column, so that no row passes through Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from exports.reading import kind_of, quoted
from exports.safety import guarded_sql
from exports.table import Column
from i18n import Lang, words_in

Words = Literal["labels", "codes"]
Decimal = Literal[".", ","]
_FLOATS = ("DOUBLE", "FLOAT")


@dataclass(frozen=True)
class Spelling:
    """How a CSV file is written: words or codes, the decimal sign, and what stands before the first header."""

    words: Words = "labels"
    decimal: Decimal = "."
    mark: str = ""

    @property
    def separator(self) -> str:
        """Between cells: as spreadsheets set to English and to Vietnamese expect."""
        return "," if self.decimal == "." else ";"


@dataclass(frozen=True)
class Cell:
    """An SQL expression, the parameters that it asks for in order, and whether it gives a text that could run."""

    sql: str
    parameters: tuple[str, ...] = ()
    is_text: bool = False


def text_cell(column: Column, type_: str, lang: Lang, spelling: Spelling) -> Cell:
    """A cell of CSV: days as 2026-09-30, times as 2026-09-30 08:15:00 (UTC), numbers without thousands separators.

    Where words are asked for, codes, yes and no are told in the reader's language.
    """
    name, kind, labelled = quoted(column.name), kind_of(type_), spelling.words == "labels"
    if kind == "flag" and labelled:
        words = words_in(lang)
        yes_no = (words("exports.word_yes"), words("exports.word_no"))
        return Cell(f"CASE {name} WHEN true THEN ? WHEN false THEN ? END", yes_no)
    if kind == "timestamp":
        return Cell(f"strftime(CAST({name} AS TIMESTAMP), '%Y-%m-%d %H:%M:%S')")
    if kind == "number":
        return Cell(_number(name, type_, spelling.decimal))
    if kind != "text":
        return Cell(name)
    text = name if type_ == "VARCHAR" else f"CAST({name} AS VARCHAR)"
    if not labelled or not column.labels:
        return Cell(text, is_text=True)
    cases = " ".join("WHEN ? THEN ?" for _ in column.labels)
    told = tuple(part for code, label in column.labels.items() for part in (code, label.of(lang)))
    return Cell(f"CASE {text} {cases} ELSE {text} END", told, is_text=True)


def select_cells(cells: Sequence[Cell], source: str) -> tuple[str, list[str]]:
    """A query for the cells of all rows of a source, texts that could run made harmless; with its parameters."""
    inner = ", ".join(f"{cell.sql} AS c{n}" for n, cell in enumerate(cells))
    outer, asked = [], []
    for n, cell in enumerate(cells):
        sql, parameters = guarded_sql(f"c{n}") if cell.is_text else (f"c{n}", [])
        outer.append(f"{sql} AS c{n}")
        asked += parameters
    asked += [part for cell in cells for part in cell.parameters]
    return f"SELECT {', '.join(outer)} FROM (SELECT {inner} FROM {source})", asked  # noqa: S608


def json_cell(column: Column, type_: str) -> str:
    """A value of JSON: a number that is none as null, times with their zone."""
    name = quoted(column.name)
    if type_ in _FLOATS:
        return f"CASE WHEN isfinite({name}) THEN {name} END"
    if kind_of(type_) == "timestamp":
        return f"strftime(CAST({name} AS TIMESTAMP), '%Y-%m-%dT%H:%M:%SZ')"
    return name


def _number(name: str, type_: str, decimal: Decimal) -> str:
    """The shortest text that is read back as the same number; whole ones without a decimal sign."""
    text = f"CAST({name} AS VARCHAR)"
    if decimal == ",":
        text = f"replace({text}, '.', ',')"
    if type_ not in _FLOATS:
        return text
    whole = f"{name} = trunc({name}) AND abs({name}) < 1e15"
    return f"CASE WHEN NOT isfinite({name}) THEN NULL WHEN {whole} THEN CAST(CAST({name} AS BIGINT) AS VARCHAR) ELSE {text} END"
