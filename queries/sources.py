"""What the figures rest on: sources and what uses them, the indicators, contradictions, gaps, refused rows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from queries.catalogue import Source, typed
from queries.dictionary import THEMES
from queries.text import fits
from queries.warehouse import Warehouse, recent, remembered

KINDS = (
    "law",
    "official",
    "legal_portal",
    "press",
    "dataset",
    "derived",
    "font",
    "report",
    "sample",
    "not_recorded",
)
"""Kinds of sources in the order in which they are listed."""
USES = ("all", "used", "unused")
PAGE_SIZE = 20

_LABELLED = re.compile(r"^(?P<vi>[^:|]*): .* \| (?P<en>[^:|]*): .*$", re.DOTALL)

T = TypeVar("T")


@dataclass(frozen=True)
class Use:
    """How many rows of a table point to a source, with the table's title."""

    table: str
    title_vi: str
    title_en: str
    rows: int


@dataclass(frozen=True)
class ListedSource:
    """A source, the month in which it was read (``2026-11``), and what uses it, the most rows first."""

    source: Source
    retrieved_on: str | None
    uses: tuple[Use, ...]

    @property
    def rows(self) -> int:
        """Rows of all tables that point to the source."""
        return sum(use.rows for use in self.uses)


@dataclass(frozen=True)
class Statement:
    """What one source says; ``value_text`` is the value as printed, in Vietnamese number style."""

    statement_vi: str
    statement_en: str
    value_text: str | None
    source: Source | None


@dataclass(frozen=True)
class Contradiction:
    """Statements that disagree, and how this product reads them."""

    contradiction_id: str
    subject_vi: str
    subject_en: str
    reading_vi: str
    reading_en: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class DataGap:
    """One thing that is not measured or was not found."""

    gap_id: str
    theme: str
    subject_vi: str
    subject_en: str
    detail_vi: str
    detail_en: str


@dataclass(frozen=True)
class PlanTask:
    """A task of the plan with the indicator that measures it, or the gap that says why none does.

    ``real`` and ``illustrative`` are how many figures that indicator has, any place and period.
    """

    position: int
    task_vi: str
    task_en: str
    indicator_vi: str | None
    indicator_en: str | None
    real: int
    illustrative: int
    gap_vi: str | None
    gap_en: str | None
    gap_detail_vi: str | None
    gap_detail_en: str | None


@dataclass(frozen=True)
class RefusedRow:
    """One column of one row that broke a rule. The column's label is None where the warehouse has no such column."""

    file: str
    line: int
    column_name: str | None
    column_vi: str | None
    column_en: str | None
    value: str | None
    reason_vi: str
    reason_en: str


@dataclass(frozen=True)
class Part(Generic[T]):
    """One page of a longer list: its rows, its number and how many pages there are."""

    rows: tuple[T, ...]
    number: int
    pages: int
    matching: int


def part(rows: Sequence[T], number: int, size: int = PAGE_SIZE) -> Part[T]:
    """Page ``number`` (from 1) of a list; the last one where the list is shorter than that."""
    pages = max(1, -(-len(rows) // size))
    number = min(max(1, number), pages)
    return Part(tuple(rows[(number - 1) * size : number * size]), number, pages, len(rows))


def table_titles(w: Warehouse) -> dict[str, tuple[str, str]]:
    """The Vietnamese and English title of every table, as its contract words them."""
    rows = w.rows("SELECT table_name, title_vi, title_en FROM dictionary_table ORDER BY table_name")
    return {row["table_name"]: (row["title_vi"], row["title_en"]) for row in rows}


def _tables_with(w: Warehouse, column: str) -> list[str]:
    """Tables, not views, that have a column, without the table of sources itself."""
    rows = w.rows(
        """
        SELECT c.table_name FROM duckdb_columns() AS c
        JOIN duckdb_tables() AS t USING (database_oid, schema_oid, table_oid)
        WHERE c.column_name = ? AND NOT c.internal AND c.table_name <> 'source' ORDER BY c.table_name
        """,
        column,
    )
    return [row["table_name"] for row in rows]


@remembered
def uses(w: Warehouse) -> dict[str, tuple[Use, ...]]:
    """By source, how many rows of which tables point to it, the most rows first.

    A row counts once for its own source and once for each further source that it names.
    """
    counted: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for table in _tables_with(w, "source_id"):
        for row in w.rows(
            "SELECT source_id, count(*) AS rows FROM query_table(?) WHERE source_id IS NOT NULL GROUP BY source_id",
            table,
        ):
            counted[row["source_id"]][table] += row["rows"]
    for table in _tables_with(w, "other_source_ids"):
        for row in w.rows(
            """
            SELECT source_id, count(*) AS rows
            FROM (SELECT unnest(string_split(other_source_ids, ' ')) AS source_id FROM query_table(?))
            GROUP BY source_id
            """,
            table,
        ):
            counted[row["source_id"]][table] += row["rows"]
    titles = table_titles(w)
    return {
        source_id: tuple(
            Use(table, *titles[table], rows)
            for table, rows in sorted(by_table.items(), key=lambda item: (-item[1], item[0]))
        )
        for source_id, by_table in counted.items()
    }


@recent
def listed_sources(w: Warehouse) -> list[ListedSource]:
    """Every source with what uses it: by kind as in ``KINDS``, then by title."""
    used = uses(w)
    rows = w.rows(
        "SELECT * FROM source ORDER BY list_position(?, kind) NULLS LAST, title COLLATE vi, source_id",
        list(KINDS),
    )
    return [
        ListedSource(typed(Source, row), row["retrieved_on"], used.get(row["source_id"], ())) for row in rows
    ]


def sources_found(
    listed: Sequence[ListedSource], sought: str, kind: str = "all", use: str = "all"
) -> list[ListedSource]:
    """Sources of a kind, used or not, in whose title, publisher, number, address or id the sought text stands."""
    return [
        entry
        for entry in listed
        if kind in ("all", entry.source.kind)
        and (use == "all" or (use == "used") == bool(entry.uses))
        and _any_fits(
            sought,
            entry.source.title,
            entry.source.publisher,
            entry.source.document_no,
            entry.source.url,
            entry.source.source_id,
        )
    ]


def licences(w: Warehouse) -> list[tuple[str, list[Source]]]:
    """Licences that ask for credit or limit use, each with its sources; what is our own work is left out."""
    grouped: dict[str, list[Source]] = defaultdict(list)
    for row in w.rows(
        """
        SELECT * FROM source WHERE licence IS NOT NULL AND licence <> 'own work'
        ORDER BY licence, title COLLATE vi, source_id
        """
    ):
        grouped[row["licence"]].append(typed(Source, row))
    return list(grouped.items())


def contradictions(w: Warehouse) -> list[Contradiction]:
    """Every contradiction with its statements in order; contradictions by subject."""
    rows = w.rows(
        """
        SELECT c.contradiction_id, c.subject_vi, c.subject_en, c.reading_vi, c.reading_en, c.statement_vi,
               c.statement_en, c.value_text, s.*
        FROM contradiction AS c
        LEFT JOIN source AS s ON s.source_id = c.source_id
        ORDER BY c.subject_vi COLLATE vi, c.contradiction_id, c.position
        """
    )
    grouped: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[row["contradiction_id"]].append(row)
    return [
        Contradiction(
            contradiction_id,
            own[0]["subject_vi"],
            own[0]["subject_en"],
            own[0]["reading_vi"],
            own[0]["reading_en"],
            tuple(
                Statement(
                    r["statement_vi"],
                    r["statement_en"],
                    r["value_text"],
                    typed(Source, r) if r["source_id"] else None,
                )
                for r in own
            ),
        )
        for contradiction_id, own in grouped.items()
    ]


def contradictions_found(listed: Sequence[Contradiction], sought: str) -> list[Contradiction]:
    """Contradictions in whose subject, statements, values or reading the sought text stands, in either language."""
    return [
        c
        for c in listed
        if _any_fits(
            sought,
            *(c.subject_vi, c.subject_en, c.reading_vi, c.reading_en),
            *(text for s in c.statements for text in (s.statement_vi, s.statement_en, s.value_text)),
        )
    ]


def data_gaps(w: Warehouse) -> list[DataGap]:
    """What is not measured or was not found, by theme."""
    rows = w.rows(
        "SELECT * FROM data_gap ORDER BY list_position(?, theme) NULLS LAST, subject_vi COLLATE vi",
        list(THEMES),
    )
    return [typed(DataGap, row) for row in rows]


def plan_tasks(w: Warehouse) -> list[PlanTask]:
    """Every task of the plan in its order, with the indicator or the gap, and how many figures there are."""
    rows = w.rows(
        """
        WITH figures AS (
            SELECT indicator_id, count(*) FILTER (WHERE status <> 'illustrative') AS real,
                   count(*) FILTER (WHERE status = 'illustrative') AS illustrative
            FROM observation GROUP BY indicator_id
        )
        SELECT t.position, t.task_vi, t.task_en, i.name_vi AS indicator_vi, i.name_en AS indicator_en,
               coalesce(f.real, 0) AS real, coalesce(f.illustrative, 0) AS illustrative, g.subject_vi AS gap_vi,
               g.subject_en AS gap_en, g.detail_vi AS gap_detail_vi, g.detail_en AS gap_detail_en
        FROM plan_task AS t
        LEFT JOIN indicator AS i ON i.indicator_id = t.indicator_id
        LEFT JOIN figures AS f ON f.indicator_id = t.indicator_id
        LEFT JOIN data_gap AS g ON g.gap_id = t.gap_id
        ORDER BY t.position
        """
    )
    return [typed(PlanTask, row) for row in rows]


def refused_rows(w: Warehouse, limit: int) -> list[RefusedRow]:
    """Rows that were refused, by file and line, with the label of the column at fault; at most ``limit``."""
    rows = w.rows(
        """
        SELECT r.file, r.line, r.column_name, r.value, r.reason_vi, r.reason_en, any_value(c.comment) AS comment
        FROM reject AS r
        LEFT JOIN build_file AS f ON f.file = r.file
        LEFT JOIN duckdb_columns() AS c ON c.table_name = f.table_name AND c.column_name = r.column_name AND NOT c.internal
        GROUP BY r.file, r.line, r.column_name, r.rule, r.value, r.reason_vi, r.reason_en
        ORDER BY r.file, r.line, r.column_name, r.rule LIMIT ?
        """,
        limit,
    )
    found = []
    for row in rows:
        label = _LABELLED.match(row["comment"] or "")
        found.append(
            typed(
                RefusedRow,
                {
                    **row,
                    "column_vi": label["vi"] if label else None,
                    "column_en": label["en"] if label else None,
                },
            )
        )
    return found


def _any_fits(sought: str, *texts: str | None) -> bool:
    return not sought or any(fits(text, sought) for text in texts if text)
