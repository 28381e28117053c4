"""Text to records: line ends of every kind mixed, quotes doubled, escaped or stray, and the line of each record."""

from __future__ import annotations

import re
from collections import Counter

from etl.intake.grid import Cell, Row

DELIMITERS = (",", ";", "\t", "|")
_LINE_END = re.compile(r"\r\n|\n|\r")
_LONGEST_RECORD = 50
"""Lines that a quoted cell may span. A quote open for longer was never meant to be one."""


def lines_of(text: str) -> list[str]:
    """The lines of a text, whatever ends them."""
    lines = _LINE_END.split(text)
    if lines and not lines[-1]:
        lines.pop()
    return lines


def _cells(record: str, delimiter: str) -> tuple[list[str], bool]:
    """The cells of one record, and whether a quote is still open at its end."""
    if '"' not in record:
        return record.split(delimiter), False
    cells: list[str] = []
    position, length = 0, len(record)
    while position <= length:
        start = position
        while start < length and record[start] == " ":
            start += 1
        if start < length and record[start] == '"':
            cell, position, closed = _quoted(record, start + 1, delimiter)
            if not closed:
                return [*cells, cell], True
        else:
            end = record.find(delimiter, position)
            end = length if end < 0 else end
            cell, position = record[position:end], end + 1
        cells.append(cell)
    return cells, False


def _quoted(record: str, position: int, delimiter: str) -> tuple[str, int, bool]:
    """A cell from behind its opening quote: text, where the next begins, whether it was closed.

    A quote counts as closing only before a delimiter or the end; any other is one of the cell's own.
    """
    out: list[str] = []
    length = len(record)
    while position < length:
        char = record[position]
        after = record[position + 1 : position + 2]
        if (char == "\\" and after == '"') or (char == '"' and after == '"'):
            out.append('"')
            position += 2
        elif char == '"' and (not after or after == delimiter or _ends(record, position + 1, delimiter)):
            end = record.find(delimiter, position)
            return "".join(out), (length if end < 0 else end) + 1, True
        else:
            out.append(char)
            position += 1
    return "".join(out), length + 1, False


def _ends(record: str, position: int, delimiter: str) -> bool:
    rest = record[position:].lstrip(" ")
    return not rest or rest.startswith(delimiter)


def records(lines: list[str], delimiter: str) -> list[Row]:
    """Every record with the line at which it begins.

    A quoted cell may span lines. Where a line inside it is a whole record by its number of delimiters, or the quote
    never closes, the opening quote is stray: its line alone is broken, and the lines behind it are read as they stand.
    """
    usual = _usual_count(lines, delimiter)
    found: list[Row] = []
    number = 0
    while number < len(lines):
        cells, is_open = _cells(lines[number], delimiter)
        taken = 1
        if is_open:
            cells, taken = _joined(lines, number, delimiter, usual)
        fault = "quote_unclosed" if is_open and taken == 1 else None
        if fault:
            cells = lines[number].split(delimiter)
        found.append(Row(number + 1, tuple(Cell(cell) for cell in cells), fault=fault))
        number += taken
    return found


def _usual_count(lines: list[str], delimiter: str) -> int:
    counts = Counter(line.count(delimiter) for line in lines[:1000] if delimiter in line)
    return counts.most_common(1)[0][0] if counts else 0


def _joined(lines: list[str], start: int, delimiter: str, usual: int) -> tuple[list[str], int]:
    for taken in range(2, min(_LONGEST_RECORD, len(lines) - start) + 1):
        if usual and lines[start + taken - 1].count(delimiter) >= usual:
            break
        cells, is_open = _cells("\n".join(lines[start : start + taken]), delimiter)
        if not is_open:
            return cells, taken
    return [], 1
