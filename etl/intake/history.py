"""The book told back: what was handed in when and by whom, every version of a row, and who has reported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from etl.contracts import load_contracts
from etl.intake.changes import open_state, unit_words
from etl.intake.dates import period_of
from etl.intake.ledger import PUBLISHED, REFUSED, Entry, read_ledger, undone_by
from etl.intake.reference import Reference, Unit, load_reference, records
from etl.intake.versions import measured
from etl.problems import Problem


def history(data_dir: Path, unit_key: str | None = None) -> dict[str, Any]:
    """Entries of the book, newest first; with ``unit_key`` only those with a report of that unit."""
    entries = read_ledger(data_dir)
    undone = undone_by(entries)
    told = [
        {
            "receipt": entry.receipt, "sequence": entry.sequence, "kind": entry.kind, "by": entry.by, "role": entry.role,
            "at": entry.at,
            "files": [
                {"name": f.name, "sha256": f.sha256, "verdict": f.verdict, "rows": f.rows, "accepted": f.accepted,
                 "errors": f.errors, "units": sorted({report[1] for report in f.reports})}
                for f in entry.files
            ],
            "changes": entry.changes, "build_id": _build_of(entry, entries), "undoes": entry.undoes,
            "undone_by": undone.get(entry.receipt), "note": entry.note,
        }
        for entry in reversed(entries)
        if entry.kind != PUBLISHED and (unit_key is None or _is_about(entry, entries, unit_key))
    ]  # fmt: skip
    return {"entries": told}


def _build_of(entry: Entry, entries: list[Entry]) -> str | None:
    """The first build made after an entry, which holds it; None for refused attempts and until there is one."""
    if entry.kind == REFUSED:
        return None
    return next((e.build_id for e in entries if e.kind == PUBLISHED and e.sequence > entry.sequence), None)


def _is_about(entry: Entry, entries: list[Entry], unit_key: str) -> bool:
    if entry.undoes:
        subject = next((e for e in entries if e.receipt == entry.undoes), None)
        return subject is not None and _is_about(subject, entries, unit_key)
    return any(report[1] == unit_key for file in entry.files for report in file.reports)


def versions(data_dir: Path, table: str, unit_key: str, period: str) -> dict[str, Any]:
    """Every version of a unit's rows of a table and period (or day), oldest first, and which is in force."""
    contract = load_contracts().get(table)
    if contract is None or contract.kind != "report":
        raise Problem(f"{table}: không có bảng báo cáo này.", f"{table}: there is no such report table.")
    entries = read_ledger(data_dir)
    by_receipt = {entry.receipt: entry for entry in entries if entry.kind != PUBLISHED}
    undone = undone_by(entries)
    unit = contract.reporting_unit
    at = unit.at if unit else contract.key[0]
    own = [name for name in contract.key if name not in (at, unit.code if unit else None)]
    names = measured(contract)
    with open_state(data_dir, entries) as con:
        rows = con.execute(
            f"SELECT v.sequence, v.receipt, f.sequence IS NOT NULL, v._file, v._line, {', '.join(f'v.{n}' for n in [*own, *names])}"
            f" FROM {table}__version AS v LEFT JOIN {table}__force AS f ON f._key = v._key AND f.sequence = v.sequence"
            f" WHERE v._unit_key = ? AND v.{at} = ? ORDER BY v._key, v.sequence",
            [unit_key, period],
        ).fetchall()
        by_hand = con.execute(
            f"SELECT _file, _line, {', '.join([*own, *names])} FROM {table}__hand AS h WHERE _unit_key = ? AND split_part(_key, '|', 1) = ?"
            f" AND _key NOT IN (SELECT _key FROM {table}__force) ORDER BY _key",
            [unit_key, _day_text(period)],
        ).fetchall()
    told = []
    for sequence, receipt, is_in_force, number, line, *values in rows:
        entry = by_receipt[receipt]
        told.append({
            "receipt": receipt, "sequence": sequence, "at": entry.at, "by": entry.by,
            "file": entry.files[int(number)].name, "line": int(line), "in_force": is_in_force,
            "undone_by": undone.get(receipt), "row": dict(zip(own, values, strict=False)),
            "values": dict(zip(names, values[len(own) :], strict=True)),
        })  # fmt: skip
    for file, line, *values in by_hand:
        told.append({
            "receipt": None, "sequence": None, "at": None, "by": None, "file": file, "line": int(line), "in_force": True,
            "undone_by": None, "row": dict(zip(own, values, strict=False)),
            "values": dict(zip(names, values[len(own) :], strict=True)),
        })  # fmt: skip
    return {"table": table, "unit_key": unit_key, "period": period, "versions": told}


def _day_text(period: str) -> str:
    found = period_of(period)
    return found.end.isoformat() if found else period


def reporters(data_dir: Path, period: str | None = None) -> dict[str, Any]:
    """Of each unit that was to report for a period: what it sent and when, what was refused, and whether it is late.

    ``period`` defaults to the last quarter that has ended. From the book only: files put into the reports folder by
    hand and the illustrative sample do not count. ``late``: the first accepted report came after the day it was due, or
    none came and that day has passed.
    """
    reference = load_reference(data_dir)
    span = period_of(period or last_quarter(reference.today))
    if span is None:
        raise Problem(
            f"{period}: không phải kỳ báo cáo. Viết 2025, 2025-H1, 2025-Q3 hoặc 2025-07.",
            f"{period}: not a period. Write 2025, 2025-H1, 2025-Q3 or 2025-07.",
        )
    due = span.end + dt.timedelta(days=_due_days(data_dir))
    entries = read_ledger(data_dir)
    undone = undone_by(entries)
    units = [
        _reporter(unit, entries, undone, span.code, due, reference)
        for unit in expected_units(reference, span.end)
    ]
    return {"period": span.code, "due": due.isoformat(), "units": units}


def last_quarter(today: dt.date) -> str:
    """The last quarter that has ended."""
    quarter = (today.month - 1) // 3
    return f"{today.year}-Q{quarter}" if quarter else f"{today.year - 1}-Q4"


def _due_days(data_dir: Path) -> int:
    return next(
        int(float(r["value"])) for r in records(data_dir, "method_rule") if r["rule_id"] == "report_due_days"
    )


def expected_units(reference: Reference, day: dt.date) -> list[Unit]:
    """Units that report at a day: wards since July 2025, districts before."""
    there = [unit for unit in reference.units if unit.in_force(day)]
    level = "district" if any(unit.level == "district" for unit in there) else "ward"
    return [unit for unit in there if unit.level == level]


def _reporter(
    unit: Unit, entries: list[Entry], undone: dict[str, str], period: str, due: dt.date, reference: Reference
) -> dict[str, Any]:
    sent, refused = [], []
    for entry, file, tables in _reports_of(unit.key, entries, period):
        what = {"receipt": entry.receipt, "at": entry.at, "file": file.name, "tables": tables}
        if not file.accepted:
            refused.append({**what, "errors": file.errors})
        elif entry.receipt not in undone:
            sent.append(what)
    first = min((dt.datetime.fromisoformat(str(s["at"])).date() for s in sent), default=None)
    return {
        "unit_key": unit.key,
        "unit": unit_words(unit.key, reference),
        "state": "sent" if sent else "refused" if refused else "silent",
        "late": (first or reference.today) > due,
        "sent": sent,
        "refused": refused,
    }


def _reports_of(unit_key: str, entries: list[Entry], period: str) -> Iterator[tuple[Entry, Any, list[str]]]:
    for entry in entries:
        for file in entry.files:
            tables = sorted({table for table, key, at in file.reports if key == unit_key and at == period})
            if tables:
                yield entry, file, tables
