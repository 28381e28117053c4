"""What taking rows in would change: added, replaced, unchanged, the largest changes first."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from etl.contracts import Contract, load_contracts
from etl.files import InputFile, report_files
from etl.intake.ledger import PUBLISHED, Entry, in_force
from etl.intake.reference import Reference
from etl.intake.strict import key_sql, stage_files
from etl.intake.versions import (
    LAID_OUT,
    create_rows,
    fetched,
    insert_rows,
    measured,
    open_versions,
    report_contracts,
    rows_file,
)

ADDED, REPLACED, UNCHANGED, REMOVED = "added", "replaced", "unchanged", "removed"
_LISTED = 500


@dataclass(frozen=True)
class ByHand:
    """A row that also stands in a file put into the reports folder by hand. ``same``: with the same figures."""

    table: str
    file_number: int
    line: int
    other: str
    same: bool


@dataclass
class Changes:
    """Counts of rows, single figures (at most 500) and rows that stand in files put there by hand.

    ``moved``: per file of the submission, how many of its rows are new or different.
    ``switched_off``: (table, period) whose illustrative figures give way to reported ones.
    """

    counts: dict[str, int] = field(default_factory=lambda: {ADDED: 0, REPLACED: 0, UNCHANGED: 0})
    rows: list[dict[str, Any]] = field(default_factory=list)
    by_hand: list[ByHand] = field(default_factory=list)
    moved: dict[int, int] = field(default_factory=dict)
    switched_off: list[tuple[str, str]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return {**self.counts, "rows": self.rows}


def files_by_hand(data_dir: Path) -> list[InputFile]:
    """Report files in the reports folder that did not come by a submission."""
    own = f"{LAID_OUT.as_posix()}/"
    return [
        file for file in report_files(data_dir, load_contracts())
        if file.status == "reported" and not file.name.startswith(own)
    ]  # fmt: skip


def open_state(data_dir: Path, entries: list[Entry]) -> duckdb.DuckDBPyConnection:
    """The rows that count now: ``<table>__force`` from submissions, ``<table>__hand`` from files put there by hand,
    ``<table>__before`` both together. Raises Problem."""
    con = open_versions(data_dir, entries)
    by_hand = files_by_hand(data_dir)
    counts = stage_files(con, data_dir, by_hand) if by_hand else []
    for contract in report_contracts():
        create_rows(con, f"{contract.table}__hand", contract)
        at = contract.reporting_unit.at if contract.reporting_unit else contract.key[0]
        for number, count in enumerate(counts):
            if count.file.table == contract.table:
                listed = ", ".join(f"CAST({c} AS VARCHAR) AS {c}" for c in measured(contract))
                con.execute(
                    f"INSERT INTO {contract.table}__hand BY NAME SELECT {key_sql(contract)} AS _key, unit_key AS _unit_key,"
                    f" ? AS _file, CAST(line AS VARCHAR) AS _line, CAST({at} AS VARCHAR) AS {at}, {listed}"
                    f" FROM stage.{contract.table} WHERE file_no = {number}",
                    [count.file.name],
                )
        con.execute(
            f"CREATE VIEW {contract.table}__before AS SELECT * EXCLUDE (sequence, receipt, counts) FROM {contract.table}__force"
            f" UNION ALL BY NAME SELECT * FROM {contract.table}__hand WHERE _key NOT IN (SELECT _key FROM {contract.table}__force)"
        )
    return con


def compare(
    con: duckdb.DuckDBPyConnection, folder: Path, tables: Iterable[str], reference: Reference
) -> Changes:
    """Hold the rows in ``folder`` against the state; ``con`` comes from ``open_state``."""
    changes = Changes()
    found: list[Iterator[dict[str, Any]]] = []
    for table in tables:
        contract = load_contracts()[table]
        create_rows(con, f"{table}__candidate", contract)
        insert_rows(con, f"{table}__candidate", rows_file(folder, table))
        _count(con, contract, changes)
        _find_by_hand(con, contract, changes)
        _find_switched_off(con, contract, changes)
        found.append(_figures(con, contract, reference))
    changes.rows = heapq.nlargest(_LISTED, (row for rows in found for row in rows), key=_weight)
    return changes


def _differs(contract: Contract, one: str, other: str) -> str:
    return "(" + " OR ".join(f"{one}.{c} IS DISTINCT FROM {other}.{c}" for c in measured(contract)) + ")"


def _count(con: duckdb.DuckDBPyConnection, contract: Contract, changes: Changes) -> None:
    sql = (
        f"SELECT CAST(c._file AS INTEGER), count(*) FILTER (b._key IS NULL),"
        f" count(*) FILTER (b._key IS NOT NULL AND {_differs(contract, 'c', 'b')}), count(*)"
        f" FROM {contract.table}__candidate AS c LEFT JOIN {contract.table}__before AS b USING (_key) GROUP BY 1"
    )
    for number, added, replaced, rows in con.execute(sql).fetchall():
        changes.counts[ADDED] += added
        changes.counts[REPLACED] += replaced
        changes.counts[UNCHANGED] += rows - added - replaced
        changes.moved[number] = changes.moved.get(number, 0) + added + replaced


def _find_by_hand(con: duckdb.DuckDBPyConnection, contract: Contract, changes: Changes) -> None:
    table = contract.table
    for number, line, other, at, differs in con.execute(
        f"SELECT CAST(c._file AS INTEGER), CAST(c._line AS BIGINT), h._file, h._line, {_differs(contract, 'c', 'h')}"
        f" FROM {table}__candidate AS c JOIN {table}__hand AS h USING (_key) ORDER BY 1, 2"
    ).fetchall():
        changes.by_hand.append(ByHand(table, number, line, f"{other}:{at}", not differs))


def _find_switched_off(con: duckdb.DuckDBPyConnection, contract: Contract, changes: Changes) -> None:
    at = contract.reporting_unit.at if contract.reporting_unit else contract.key[0]
    for (period,) in con.execute(
        f"SELECT DISTINCT {at} FROM {contract.table}__candidate WHERE split_part(_key, '|', 1)"
        f" NOT IN (SELECT split_part(_key, '|', 1) FROM {contract.table}__before) ORDER BY 1"
    ).fetchall():
        changes.switched_off.append((contract.table, period))


def _figures(
    con: duckdb.DuckDBPyConnection, contract: Contract, reference: Reference
) -> Iterator[dict[str, Any]]:
    """Each single value that is new or other than before."""
    names = measured(contract)
    numbers = {c.name for c in contract.columns if c.type in ("integer", "number")}
    unit = contract.reporting_unit
    at = unit.at if unit else contract.key[0]
    own = [name for name in contract.key if name not in (at, unit.code if unit else None)]
    read = [
        "c._unit_key",
        f"c.{at}",
        "b._key IS NULL",
        *(f"c.{n}" for n in own),
        *(f"b.{n}" for n in names),
        *(f"c.{n}" for n in names),
    ]
    sql = (
        f"SELECT {', '.join(read)} FROM {contract.table}__candidate AS c"
        f" LEFT JOIN {contract.table}__before AS b USING (_key) WHERE b._key IS NULL OR {_differs(contract, 'c', 'b')}"
    )
    for values in fetched(con, sql):
        unit_key, period, new = str(values[0]), values[1], bool(values[2])
        row = dict(zip(own, values[3:], strict=False))
        befores, afters = values[3 + len(own) :][: len(names)], values[3 + len(own) + len(names) :]
        for name, before, after in zip(names, befores, afters, strict=True):
            if before != after and not (new and name not in numbers):
                yield {
                    "table": contract.table, "unit_key": unit_key, "unit": unit_words(unit_key, reference),
                    "period": period, "row": row, "column": name,
                    "before": _value(before, name in numbers), "after": _value(after, name in numbers),
                    "change": _relative(before, after) if name in numbers else None,
                    "kind": ADDED if new else REPLACED,
                }  # fmt: skip


def _value(text: object, number: bool) -> object:
    if text is None or not number:
        return text
    figure = float(str(text))
    return int(figure) if figure.is_integer() else figure


def _relative(before: object, after: object) -> float | None:
    """(after − before) / before; None where either is missing or the first is zero."""
    if before is None or after is None or float(str(before)) == 0:
        return None
    return (float(str(after)) - float(str(before))) / float(str(before))


def _weight(row: dict[str, Any]) -> tuple[bool, float]:
    """Replaced figures before new ones; a figure that was none or zero before counts as the largest change."""
    change = row["change"]
    if change is None:
        return row["kind"] == REPLACED, float("inf") if isinstance(row["after"], (int, float)) else -1.0
    return True, abs(change)


def unit_words(unit_key: str, reference: Reference) -> dict[str, str]:
    """The unit's name in both languages."""
    unit = reference.by_key.get(unit_key)
    return {"vi": unit.name, "en": unit.name_en} if unit else {"vi": unit_key, "en": unit_key}


def changes_of_undo(
    data_dir: Path, entries: list[Entry], undo: Entry, tables: Iterable[str]
) -> dict[str, int]:
    """How many rows taking back (or bringing back) a submission adds, replaces, removes or leaves."""
    counts = {ADDED: 0, REPLACED: 0, UNCHANGED: 0, REMOVED: 0}
    tables = list(tables)
    with open_versions(data_dir, entries, tables) as con:
        con.execute("CREATE TABLE later (receipt VARCHAR)")
        live = [[entry.receipt] for entry in in_force([*entries, undo])]
        if live:
            con.executemany("INSERT INTO later VALUES (?)", live)
        for table in tables:
            differs = _differs(load_contracts()[table], "a", "b")
            ours = submission_of(entries, undo)
            sql = (
                f"WITH after AS (SELECT * FROM {table}__version WHERE receipt IN (SELECT receipt FROM later)"
                " QUALIFY row_number() OVER (PARTITION BY _key ORDER BY sequence DESC) = 1)"
                f" SELECT count(*) FILTER (b._key IS NULL), count(*) FILTER ({differs} AND a._key IS NOT NULL AND b._key IS NOT NULL),"
                f" count(*) FILTER (NOT {differs} AND a._key IS NOT NULL AND b._key IS NOT NULL), count(*) FILTER (a._key IS NULL)"
                f" FROM after AS a FULL JOIN {table}__force AS b USING (_key)"
                f" WHERE coalesce(a._key, b._key) IN (SELECT _key FROM {table}__version WHERE receipt = ?)"
            )
            found = con.execute(sql, [ours]).fetchone() or (0, 0, 0, 0)
            for name, rows in zip((ADDED, REPLACED, UNCHANGED, REMOVED), found, strict=True):
                counts[name] += rows
    return counts


def submission_of(entries: list[Entry], undo: Entry) -> str:
    """The submission that an undo is about in the end: undoing an undo is about what that one took back."""
    by_receipt = {entry.receipt: entry for entry in entries if entry.kind != PUBLISHED}
    at = undo
    while at.undoes:
        at = by_receipt[at.undoes]
    return at.receipt
