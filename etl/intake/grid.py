"""Cells in their places, the same for text files and workbooks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from etl.intake.folding import clean

Stored = float | bool | dt.date | None


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one cell: its text, and the typed value where a workbook stores one.

    ``fault`` is the code of a finding for a cell without a readable value (a formula without its result).
    """

    text: str = ""
    stored: Stored = None
    fault: str | None = None

    @property
    def blank(self) -> bool:
        """Nothing stands here."""
        return self.fault is None and not clean(self.text)


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its line (or row of the sheet) and cells. ``fault``: the code of what broke the record."""

    line: int
    cells: tuple[Cell, ...]
    hidden: bool = False
    fault: str | None = None

    @property
    def blank(self) -> bool:
        """No cell holds anything."""
        return all(cell.blank for cell in self.cells)

    def at(self, column: int) -> Cell:
        """The cell in a column counted from 0; an empty one beyond the end."""
        return self.cells[column] if column < len(self.cells) else Cell()


@dataclass
class Sheet:
    """The records of a text file or of one sheet. ``name`` is None for text files.

    ``filled`` holds (line, column) of cells that took the value of the merged area they lie in.
    """

    rows: list[Row]
    name: str | None = None
    hidden: bool = False
    date_1904: bool = False
    filled: set[tuple[int, int]] = field(default_factory=set)
