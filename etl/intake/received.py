"""What was handed in at once: copied first, so that what is read is what is kept, then read and judged."""

from __future__ import annotations

import csv
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from etl.contracts import Contract
from etl.files import sha256_of
from etl.intake.check_command import drop_rows, read_together
from etl.intake.findings import ERROR, WARNING
from etl.intake.ledger import Entry, FileEntry, in_force
from etl.intake.reading import tell
from etl.intake.record import KEPT, REJECTED, CountedTable, Intake
from etl.intake.reference import Reference
from etl.intake.strict import STRICT_BYTES
from etl.intake.versions import OWN_COLUMNS, columns_of, key_of, plain_text, rows_file, write_rows
from etl.problems import Problem

CLEAN, WARNINGS, ERRORS, UNREADABLE, DUPLICATE = "clean", "warnings", "errors", "unreadable", "duplicate"
_BLOCK = 1 << 20
_NAME_BYTES = 80
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass
class Received:
    """One file: its copy, what was read, and the verdict. ``stored``: the safe name of the copy.

    ``said_before``: the receipt under which the same bytes were handed in and still count, if any.
    """

    name: str
    stored: str
    path: Path
    size: int
    intake: Intake
    number: int
    verdict: str = CLEAN
    said_before: str | None = None
    accepted: bool = False


def shown_name(given: str) -> str:
    """The name a file was given, without folders and marks that cannot be shown; at most 200 characters."""
    last = re.split(r"[/\\]", given)[-1]
    kept = "".join(char for char in unicodedata.normalize("NFC", last) if char.isprintable())
    return kept.strip()[:200] or "tep"


def safe_name(number: int, given: str) -> str:
    """A name for the disk: number, ASCII letters, digits, dot, dash; short; the ending stays."""
    plain = unicodedata.normalize("NFKD", shown_name(given).replace("đ", "d").replace("Đ", "D"))
    plain = _UNSAFE.sub("-", plain.encode("ascii", "ignore").decode()).strip(".-") or "tep"
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > 8:
        stem, ending = plain, ""
    return f"{number:03d}-{stem[:_NAME_BYTES]}{dot if ending else ''}{ending}"


def receive(
    files: list[Path], names: list[str], folder: Path, reference: Reference, entries: list[Entry]
) -> list[Received]:
    """Copy the files into ``folder`` and read the copies. What cannot be read is a finding, never an exception.

    Raises Problem where a copy cannot be written.
    """
    listed = [shown_name(name) for name in names] + [shown_name(str(path)) for path in files[len(names) :]]
    copies = [
        _copy(path, folder / safe_name(n, name))
        for n, (path, name) in enumerate(zip(files, listed, strict=True))
    ]
    intakes = read_together([read_from for read_from, _ in copies], reference, listed, folder)
    found = []
    for number, ((path, changed), intake) in enumerate(zip(copies, intakes, strict=True)):
        if changed:
            tell(intake, "changed_while_read")
            for table in intake.tables:
                drop_rows(table, REJECTED)
        stored = safe_name(number, listed[number])
        size = path.stat().st_size if path.is_file() else 0
        found.append(Received(listed[number], stored, path, size, intake, number))
    for received in found:
        _judge(received, entries)
    return found


def _copy(path: Path, target: Path) -> tuple[Path, bool]:
    """(the file to read, whether it changed meanwhile). What is not to be kept (no file, too large) is not copied."""
    try:
        before = path.stat()
        if not path.is_file() or before.st_size > STRICT_BYTES:
            return path, False
        with path.open("rb") as source:
            copied = _write_copy(source.fileno(), target)
        after = path.stat()
    except OSError:
        return path, False  # reading says why
    same = (before.st_size, before.st_mtime_ns, before.st_ino) == (
        after.st_size,
        after.st_mtime_ns,
        after.st_ino,
    )
    return target, not same or copied != before.st_size


def _write_copy(source: int, target: Path) -> int:
    try:
        with target.open("wb") as stream:
            while block := os.read(source, _BLOCK):
                stream.write(block)
            stream.flush()
            os.fsync(stream.fileno())
            return stream.tell()
    except OSError as error:
        raise Problem(
            f"{target.parent}: không ghi được ({error.strerror}). Chưa có gì được nhận.",
            f"{target.parent}: it cannot be written ({error.strerror}). Nothing was taken.",
        ) from error


def _judge(received: Received, entries: list[Entry]) -> None:
    intake = received.intake
    if intake.readable and not intake.errors and not any(table.rows_in for table in intake.tables):
        tell(intake, "no_rows")
    codes = {finding.code for finding in intake.findings}
    levels = {finding.level for finding in intake.findings}
    received.said_before = next(
        (e.receipt for e in reversed(in_force(entries)) for f in e.files if f.accepted and f.sha256 == intake.sha256),
        None,
    )  # fmt: skip
    if not intake.readable:
        received.verdict = UNREADABLE
    elif ERROR in levels:
        received.verdict = ERRORS
    elif "file_repeated" in codes:
        received.verdict = DUPLICATE
    else:
        received.verdict = WARNINGS if WARNING in levels else CLEAN


def write_candidates(received: list[Received], folder: Path, contracts: list[Contract]) -> list[str]:
    """Write the loadable rows of the given files to ``rows-<table>.csv`` in ``folder``; the tables that have any.

    Raises OSError.
    """
    written = []
    for contract in contracts:
        tables = [table for file in received for table in file.intake.tables if table.table == contract.table]
        if any(table.count(KEPT) for table in tables):
            rows = (line for file in received for line in _rows_of(file, contract))
            write_rows(rows_file(folder, contract.table), (*OWN_COLUMNS, *columns_of(contract)), rows)
            written.append(contract.table)
    return written


def _rows_of(file: Received, contract: Contract) -> Iterator[list[str]]:
    columns = columns_of(contract)
    for table in file.intake.tables:
        if table.table != contract.table:
            continue
        if isinstance(table, CountedTable) and table.rows_csv and table.count(KEPT):
            yield from _rows_from(table.rows_csv, file.number)
        for row in table.kept:
            key = key_of(contract, row.values, str(row.unit_key))
            own = [key, str(row.unit_key), str(file.number), str(row.line)]
            yield own + [plain_text(row.values.get(name)) for name in columns]


def _rows_from(path: Path, number: int) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        lines = csv.reader(stream)
        next(lines)
        for key, unit_key, _, *rest in lines:
            yield [key, unit_key, str(number), *rest]


def file_entry(received: Received, contracts: dict[str, Contract]) -> FileEntry:
    """What the book says of a file."""
    intake = received.intake
    reports: set[tuple[str, str, str]] = set()
    for table in intake.tables:
        unit = contracts[table.table].reporting_unit
        if isinstance(table, CountedTable):
            reports |= {(table.table, *report) for report in table.reports}
        for row in table.rows:
            if unit and row.unit_key and row.values.get(unit.at):
                reports.add((table.table, row.unit_key, plain_text(row.values[unit.at])))
    return FileEntry(
        name=received.name,
        sha256=intake.sha256 or (sha256_of(received.path) if received.path.is_file() else ""),
        size=received.size,
        verdict=received.verdict,
        accepted=received.accepted,
        rows=intake.count(KEPT) if received.accepted else 0,
        errors=intake.errors,
        warnings=sum(1 for finding in intake.findings if finding.level == WARNING),
        stored=received.stored if received.accepted else None,
        reports=[list(report) for report in sorted(reports)],
    )
