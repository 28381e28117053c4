"""One cell by its contract: a typed value and the rule that gave it, or what is wrong and what it may be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from etl.contracts import Column
from etl.intake import dates, numbers
from etl.intake.folding import clean, fold
from etl.intake.grid import Cell
from etl.intake.numbers import Reading, Style
from etl.intake.reference import Reference
from etl.rules import FALSE_WORDS, TRUE_WORDS


@dataclass
class ColumnProof:
    """What the other cells of a column say about it: its style, order of dates, stored numbers and texts of dates."""

    style: Style = field(default_factory=Style)
    order: str | None = None
    stored: Sequence[float] = ()
    texts: Sequence[str] = ()
    serials: bool = True


def column_proof(
    cells: Sequence[Cell], file_style: Style, file_order: str | None, serials: bool, whole: bool
) -> ColumnProof:
    """The proof of one column, or else of the whole file where the column itself is silent.

    ``whole``: the contract asks for whole numbers in it.
    """
    texts = [cell.text for cell in cells if cell.stored is None and not cell.blank]
    style = numbers.style_of(texts, whole=whole)
    stored = [
        float(c.stored) for c in cells if isinstance(c.stored, float) and not isinstance(c.stored, bool)
    ]
    return ColumnProof(
        file_style if style.silent else style, dates.order_of(texts) or file_order, stored, texts, serials
    )


def read_cell(cell: Cell, column: Column, table: str, proof: ColumnProof, reference: Reference) -> Reading:
    """The typed value of a cell. Columns of units are resolved by ``units`` and come here as text."""
    if column.type == "integer":
        return _integer(cell, proof)
    if column.type == "number":
        return _decimal(cell, column, proof)
    if column.type == "date":
        return _date(cell, proof)
    if column.type == "period":
        return _period(cell)
    if column.type == "boolean":
        return _boolean(cell)
    words = reference.spellings.get((table, column.name))
    if words is not None:
        return _choice(cell.text, words)
    text = clean(cell.text)
    return Reading(text or None, "text" if text else "blank")


def _integer(cell: Cell, proof: ColumnProof) -> Reading:
    if isinstance(cell.stored, (bool, dt.date)):
        return Reading(None, "not_a_number", True)
    if cell.stored is not None:
        return numbers.read_stored_integer(cell.stored, proof.stored)
    return numbers.read_integer(cell.text, proof.style)


def _decimal(cell: Cell, column: Column, proof: ColumnProof) -> Reading:
    if isinstance(cell.stored, (bool, dt.date)):
        return Reading(None, "not_a_number", True)
    if cell.stored is not None:
        return Reading(cell.stored, "stored_number")
    return numbers.read_decimal(cell.text, proof.style, column.minimum, column.maximum)


def _date(cell: Cell, proof: ColumnProof) -> Reading:
    if isinstance(cell.stored, bool):
        return Reading(None, "not_a_date", True)
    if isinstance(cell.stored, dt.date):
        return dates.read_stored_date(cell.stored, proof.texts)
    if cell.stored is not None:
        return dates.read_serial(cell.stored) if proof.serials else Reading(None, "not_a_date", True)
    return dates.read_date(cell.text, proof.order, serials=proof.serials)


def _period(cell: Cell) -> Reading:
    if isinstance(
        cell.stored, dt.date
    ):  # Excel makes 1 July 2026 of “7/2026”: the month, or the quarter that it begins
        day = cell.stored
        return Reading(
            None, "ambiguous_period", True, (f"{day:%Y-%m}", f"{day.year}-Q{(day.month + 2) // 3}")
        )
    if cell.blank:
        return Reading(None, "blank")
    period = dates.period_of(cell.text)
    return Reading(period.code, "period") if period else Reading(None, "not_a_period", True)


_TRUE = frozenset(map(fold, TRUE_WORDS))
_FALSE = frozenset(map(fold, FALSE_WORDS))


def _boolean(cell: Cell) -> Reading:
    word = fold(cell.text)
    if not word:
        return Reading(None, "blank")
    if word in numbers.MISSING:
        return Reading(None, "missing_mark")
    if word in _TRUE:
        return Reading(True, "word")
    return Reading(False, "word") if word in _FALSE else Reading(None, "not_a_boolean", True)


def _choice(text: str, words: Mapping[str, frozenset[str]]) -> Reading:
    word = fold(text)
    if not word:
        return Reading(None, "blank")
    codes = words.get(word, frozenset())
    if len(codes) == 1:
        return Reading(next(iter(codes)), "spelling")
    return Reading(None, "not_allowed" if not codes else "ambiguous_word", True, tuple(sorted(codes)))
