"""What goes across cells: rules of the contract, keys within a file and across files, totals, rates, time."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import duckdb
import pandas as pd

from etl.contracts import SQL_TYPE, Contract
from etl.intake.dates import period_of
from etl.intake.record import DUPLICATE, KEPT, REJECTED, Intake, ReadRow, TableRead
from etl.intake.reference import Reference
from etl.problems import Text
from etl.rules import conditions

_RATE_TOLERANCE = 0.0051
"""Rates are printed to a percent at least."""


@dataclass(frozen=True)
class Broken:
    """A rule that a row breaks: its code, the columns it speaks of (the first is where it is told), and why."""

    line: int
    rule: str
    columns: tuple[str, ...]
    reason: Text


def reasons_of(contract: Contract) -> dict[tuple[str, str], Text]:
    """(rule, first column) → what the contract says when the rule is broken."""
    present = tuple(column.name for column in contract.columns)
    return {(c.rule, c.columns[0]): c.reason for c in conditions(contract, present)}


def simple_rules(
    contract: Contract, row: ReadRow, refused: Collection[str], reasons: Mapping[tuple[str, str], Text]
) -> Iterator[Broken]:
    """Required values and ranges. ``refused``: columns that hold something unreadable, told elsewhere."""
    for column in contract.columns:
        value = row.values.get(column.name)
        if value is None:
            if column.required and column.name not in refused:
                yield Broken(row.line, "required", (column.name,), reasons["required", column.name])
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            if column.minimum is not None and value < column.minimum:
                yield Broken(row.line, "minimum", (column.name,), reasons["minimum", column.name])
            if column.maximum is not None and value > column.maximum:
                yield Broken(row.line, "maximum", (column.name,), reasons["maximum", column.name])


def rules_across_columns(contract: Contract, rows: list[ReadRow], reference: Reference) -> list[Broken]:
    """The contract's own rules, in its own SQL, over the rows that could be read."""
    if not rows or not contract.rules:
        return []
    frame = pd.DataFrame(
        {c.name: [_as_text(row.values.get(c.name), c.type) for row in rows] for c in contract.columns},
        dtype="object",
    )
    frame["n"] = range(len(rows))
    frame["indicator__kind"] = pd.Series(
        [reference.indicator_kinds.get(str(row.values.get("indicator"))) for row in rows], dtype="object"
    )
    casts = ", ".join(f'CAST("{c.name}" AS {SQL_TYPE[c.type]}) AS "{c.name}"' for c in contract.columns)
    checks = ", ".join(f"coalesce(({rule.check}), true)" for rule in contract.rules)
    with duckdb.connect() as con:
        con.register("rows_read", frame)
        answers = con.execute(
            f"SELECT n, {checks} FROM (SELECT n, indicator__kind, {casts} FROM rows_read) AS typed ORDER BY n"
        ).fetchall()
    return [
        Broken(rows[n].line, rule.id, rule.columns, rule.reason)
        for n, *held in answers
        for rule, holds in zip(contract.rules, held, strict=True)
        if not holds
    ]


def _as_text(value: object, kind: str) -> str | None:
    if kind == "period" and isinstance(value, str):
        period = period_of(value)
        return period.end.isoformat() if period else None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return value.isoformat()
    return None if value is None else str(value)


@dataclass(frozen=True)
class Place:
    """A row and where it stands."""

    intake: Intake
    table: TableRead
    row: ReadRow

    @property
    def words(self) -> str:
        """File, sheet and line."""
        sheet = f" [{self.table.sheet}]" if self.table.sheet else ""
        return f"{self.intake.file}{sheet}:{self.row.line}"


def same_keys(intakes: Iterable[Intake], contracts: Mapping[str, Contract]) -> Iterator[list[Place]]:
    """Kept rows of all files that share a key, in the order of the files; only where there are several."""
    found: dict[tuple[object, ...], list[Place]] = defaultdict(list)
    for intake in intakes:
        for table in intake.tables:
            key = contracts[table.table].key
            for row in table.kept:
                found[(table.table, *(row.values.get(name) for name in key))].append(
                    Place(intake, table, row)
                )
    return (places for places in found.values() if len(places) > 1)


def settle(places: list[Place], contract: Contract) -> bool:
    """Keep the first of rows that say the same; refuse all where they differ. Whether they differ."""
    unit = contract.reporting_unit
    checked = unit.name if unit else None
    contents = {
        tuple(place.row.values.get(c.name) for c in contract.columns if c.name != checked) for place in places
    }
    differ = len(contents) > 1
    for number, place in enumerate(places):
        place.row.state = REJECTED if differ else (DUPLICATE if number else KEPT)
    return differ


def sum_of(rows: list[ReadRow], column: str, choice: tuple[str, object] | None) -> int | None:
    """The sum of a column over rows; None where a figure is missing. ``choice``: only rows with that value."""
    chosen = [row for row in rows if choice is None or row.values.get(choice[0]) == choice[1]]
    values = [row.values.get(column) for row in chosen]
    if not values or not all(isinstance(value, int) for value in values):
        return None
    return sum(value for value in values if isinstance(value, int))


def rate_fits(shares: Iterable[float], row: ReadRow) -> bool | None:
    """Whether a rate of the file is one that the row's counts give; None where they give none."""
    pairs = (
        ("recognised", "total"),
        ("recognised", "registered"),
        ("registered", "total"),
        ("numerator", "denominator"),
    )
    given = []
    for top, bottom in pairs:
        a, b = row.values.get(top), row.values.get(bottom)
        if isinstance(a, int) and isinstance(b, int) and b > 0:
            given.append(a / b)
    if not given:
        return None
    return any(abs(share - rate) <= _RATE_TOLERANCE for share in shares for rate in given)
