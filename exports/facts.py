"""What the rows of a table are: how many, of which statuses, bases, indicators, sources and periods."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from exports import dictionary
from exports.files import Progress, unheard
from exports.reading import Reading, Rows, facts_sql
from exports.table import Table
from exports.text import Text, same
from queries.catalogue import Indicator, Source, indicators, sources

ILLUSTRATIVE = "illustrative"


@dataclass(frozen=True)
class Facts:
    """What is in the rows of a table, and where they are to be read; ``periods`` are last days, the earliest first."""

    source: Rows
    rows: int
    statuses: tuple[str, ...]
    bases: tuple[str, ...]
    indicators: tuple[Indicator, ...]
    sources: tuple[Source, ...]
    periods: tuple[dt.date, ...]

    @property
    def types(self) -> Mapping[str, str]:
        """DuckDB's type of each column of the rows, by name."""
        return self.source.types


def facts_of(reading: Reading, table: Table, progress: Progress = unheard) -> Facts:
    """Lay the rows of a table down and look through them once."""
    source = reading.staged(table, progress)
    sql, names = facts_sql(source)
    rows = reading.connection.execute(sql, list(source.parameters)).fetchall()
    seen = {name: {row[n] for row in rows} - {None} for n, name in enumerate(names)}
    statuses = seen.get("status", set()) | seen.get("origin_status", set())
    if any(row[-1] for row in rows):
        statuses.add("apportioned")
    ids = seen.get("indicator_id", set()) | {c.indicator.indicator_id for c in table.columns if c.indicator}
    known = [i for i in indicators(table.warehouse) if i.indicator_id in ids]
    bases = seen.get("basis", set()) | {i.basis for i in known if i.basis}
    return Facts(
        source=source,
        rows=sum(row[-2] for row in rows),
        statuses=_in_order(statuses, status_words(table)),
        bases=_in_order(bases, basis_words(table)),
        indicators=tuple(known),
        sources=_sources(table, seen),
        periods=tuple(sorted(day for day in seen.get("period_end", ()) if isinstance(day, dt.date))),
    )


def status_words(table: Table) -> Mapping[str, Text]:
    """The words of every status."""
    return dictionary.labels(table.warehouse, "observation_reexpressed", "status")


def basis_words(table: Table) -> Mapping[str, Text]:
    """The words of every basis."""
    return dictionary.labels(table.warehouse, "indicator", "basis")


def in_words(codes: Iterable[str], words: Mapping[str, Text]) -> list[Text]:
    """Codes in words; a code that has none stays."""
    return [words.get(code, same(code)) for code in codes]


def _in_order(codes: Iterable[Any], words: Mapping[str, Text]) -> tuple[str, ...]:
    order = list(words)
    return tuple(
        sorted((str(c) for c in codes), key=lambda c: (order.index(c) if c in order else len(order), c))
    )


def _sources(table: Table, seen: Mapping[str, set[Any]]) -> tuple[Source, ...]:
    ids = set(table.source_ids)
    for name, found in seen.items():
        if name.endswith("source_id"):
            ids |= {str(one) for one in found}
        elif name == "other_source_ids":
            ids |= {one for several in found for one in str(several).split()}
    listed = sources(table.warehouse)
    return tuple(source for source_id, source in listed.items() if source_id in ids)
