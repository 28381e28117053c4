"""What was understood of a file: the record that can be shown beside the rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from etl.intake.findings import ERROR, Finding
from etl.intake.grid import Sheet

KEPT, REJECTED, DUPLICATE = "kept", "rejected", "duplicate"


@dataclass(frozen=True)
class CellRecord:
    """One cell as it stood and as it was read. ``place`` is its column in the file from 1, None for headings."""

    column: str
    place: int | None
    raw: str
    value: object | None
    rule: str


@dataclass
class ReadRow:
    """One row of a table. ``values`` has the contract's columns; periods as codes, days as dates."""

    line: int
    values: dict[str, object | None] = field(default_factory=dict)
    cells: list[CellRecord] = field(default_factory=list)
    unit_key: str | None = None
    state: str = KEPT


@dataclass(frozen=True)
class Skipped:
    """A line that is no row: ``heading``, ``header``, ``units``, ``blank``, ``total``, ``section`` or ``note``, or
    ``unfilled``: a row of our form left without figures."""

    line: int
    kind: str


@dataclass
class TableRead:
    """One table found in a file. ``columns``: contract column → (place in the file from 1, header as written).

    ``taken_from_headings``: contract column → what the lines above the table say for all its rows.
    """

    table: str
    sheet: str | None
    header_lines: tuple[int, ...]
    columns: dict[str, tuple[int, str]]
    rows: list[ReadRow] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    taken_from_headings: dict[str, str] = field(default_factory=dict)

    @property
    def rows_in(self) -> int:
        """Rows of the table: kept + rejected + duplicate."""
        return len(self.rows)

    def count(self, state: str) -> int:
        """How many rows are ``kept``, ``rejected`` or ``duplicate``."""
        return sum(1 for row in self.rows if row.state == state)

    @property
    def kept(self) -> list[ReadRow]:
        """The rows that can be loaded."""
        return [row for row in self.rows if row.state == KEPT]


@dataclass
class CountedTable(TableRead):
    """A table too large to hold row by row: counts by state, the rows that can be loaded as a file
    (``versions.write_rows``; None where they were not wanted), and (unit_key, period or day) of the reports in it."""

    counts: dict[str, int] = field(default_factory=dict)
    rows_csv: Path | None = None
    reports: list[tuple[str, str]] = field(default_factory=list)

    @property
    def rows_in(self) -> int:
        """Rows of the table: kept + rejected + duplicate."""
        return sum(self.counts.values())

    def count(self, state: str) -> int:
        """How many rows are ``kept``, ``rejected`` or ``duplicate``."""
        return self.counts.get(state, 0)


@dataclass
class Intake:
    """One file: what it is, its tables and its findings. ``kind``: ``text``, ``workbook`` or empty where unreadable."""

    file: str
    sha256: str = ""
    kind: str = ""
    encoding: str | None = None
    delimiter: str | None = None
    sheets: list[Sheet] = field(default_factory=list, repr=False)
    tables: list[TableRead] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def readable(self) -> bool:
        """Whether a table was found."""
        return bool(self.tables)

    @property
    def errors(self) -> int:
        """Findings that keep something out."""
        return sum(1 for finding in self.findings if finding.level == ERROR)

    def count(self, state: str) -> int:
        """Rows in that state over all tables."""
        return sum(table.count(state) for table in self.tables)
