"""Handing in: preview, submit, undo. Received, read and judged → kept and entered in the book → laid out → built.

A crash between any two steps loses nothing that was entered: the next build lays out the book again.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from etl.build import build
from etl.contracts import load_contracts
from etl.intake.changes import ByHand, Changes, changes_of_undo, compare, open_state, submission_of
from etl.intake.check_command import drop_rows, table_entry
from etl.intake.findings import WARNING
from etl.intake.ledger import (
    PUBLISHED,
    REFUSED,
    SUBMIT,
    UNDO,
    Entry,
    append,
    cannot,
    intake_folder,
    next_receipt,
    only_one_entry,
    read_ledger,
    received_folder,
    sync_folder,
    undone_by,
)
from etl.intake.quality import flags
from etl.intake.reading import tell
from etl.intake.received import (
    CLEAN,
    DUPLICATE,
    ERRORS,
    UNREADABLE,
    WARNINGS,
    Received,
    file_entry,
    receive,
    write_candidates,
)
from etl.intake.record import KEPT, REJECTED, CountedTable
from etl.intake.reference import Reference, load_reference
from etl.intake.versions import lay_out_locked, report_contracts, rows_file
from etl.problems import Problem, Text

Clock = Callable[[], dt.datetime]
_WAIT_FOR_BUILD = 300.0


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class Person:
    """Who does it: an account name and a role. Kept in the book only."""

    by: str
    role: str = ""
    note: str = ""


@dataclass
class Looked:
    """Files read and held against what counts now."""

    received: list[Received]
    changes: Changes
    notes: list[Text]


@dataclass(frozen=True)
class Outcome:
    """What became of a submission or an undo."""

    receipt: str
    sequence: int
    accepted: list[str]
    refused: list[str]
    changes: dict[str, int]
    build_id: str | None
    published: bool
    message: Text

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return {
            "receipt": self.receipt, "sequence": self.sequence, "accepted": self.accepted, "refused": self.refused,
            "changes": self.changes, "build_id": self.build_id, "published": self.published,
            "message": {"vi": self.message.vi, "en": self.message.en},
        }  # fmt: skip


def look_at(
    files: list[Path],
    names: list[str],
    data_dir: Path,
    out_dir: Path,
    folder: Path,
    *,
    accept_rows: bool = False,
) -> Looked:
    """Read files and say what publishing them would change. Copies and rows go to ``folder``.

    Files with errors count only where the rows that are right are to be taken (``accept_rows``). Raises Problem.
    """
    reference = load_reference(data_dir)
    entries = read_ledger(data_dir)
    received = receive(files, names, folder, reference, entries)
    changes = _compare(_acceptable(received, accept_rows), data_dir, folder, entries, reference)
    conflicts = [row for row in changes.by_hand if not row.same]
    for row in conflicts:
        _tell_by_hand(received[row.file_number], row)
    if conflicts:
        changes = _compare(_acceptable(received, accept_rows), data_dir, folder, entries, reference)
    for file in received:
        if file.verdict in (CLEAN, WARNINGS) and file.said_before and not changes.moved.get(file.number):
            tell(file.intake, "submitted_before", detail=file.said_before)
            file.verdict = DUPLICATE
    notes = _notes(changes) + flags(received, folder, out_dir)
    for file in received:
        if file.verdict == CLEAN and any(f.level == WARNING for f in file.intake.findings):
            file.verdict = WARNINGS
    return Looked(received, changes, notes)


def _acceptable(received: list[Received], accept_rows: bool) -> list[Received]:
    verdicts = (CLEAN, WARNINGS, ERRORS) if accept_rows else (CLEAN, WARNINGS)
    return [file for file in received if file.verdict in verdicts]


def _compare(
    received: list[Received], data_dir: Path, folder: Path, entries: list[Entry], reference: Reference
) -> Changes:
    try:
        for path in folder.glob("rows-*.csv"):
            path.unlink()
        tables = write_candidates(received, folder, report_contracts())
    except OSError as error:
        raise cannot("write", folder, error) from error
    if not tables:
        return Changes()
    with open_state(data_dir, entries) as con:
        return compare(con, folder, tables, reference)


def _tell_by_hand(file: Received, found: ByHand) -> None:
    """Refuse a row that a file put into the reports folder by hand gives otherwise: the build could keep neither."""
    for table in file.intake.tables:
        if table.table == found.table and isinstance(table, CountedTable):
            tell(file.intake, "in_reports_folder", line=found.line, detail=found.other)
            drop_rows(table, REJECTED)
        for row in table.kept:
            if table.table == found.table and row.line == found.line:
                tell(file.intake, "in_reports_folder", sheet=table.sheet, line=row.line, detail=found.other)
                row.state = REJECTED
    file.verdict = ERRORS


def _notes(changes: Changes) -> list[Text]:
    contracts = load_contracts()
    return [
        Text(
            f"“{contracts[table].title.vi}”, {period}: số liệu minh họa (nếu có) sẽ tắt khi có số báo cáo này.",
            f"“{contracts[table].title.en}”, {period}: illustrative figures, if any, switch off once these are reported.",
        )
        for table, period in changes.switched_off
    ]


@contextmanager
def scratch(data_dir: Path | None = None) -> Iterator[Path]:
    """A folder that is gone afterwards; below the intake folder where its content is to be kept by a rename."""
    parent = None
    if data_dir is not None:
        parent = intake_folder(data_dir) / "received"
        try:
            parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot("write", parent, error) from error
    try:
        folder = Path(tempfile.mkdtemp(prefix=".new-", dir=parent))
    except OSError as error:
        raise cannot("write", parent or Path(tempfile.gettempdir()), error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Choice:
    """Which files to take. ``only_clean``: leave out files with errors and take the others; ``accept_rows``: of files
    with errors, take the rows that are right."""

    only_clean: bool = False
    accept_rows: bool = False


def submit(
    files: list[Path],
    names: list[str],
    data_dir: Path,
    out_dir: Path,
    person: Person,
    choice: Choice = Choice(),
    clock: Clock = _now,
) -> Outcome:
    """Take files in and publish. Refused attempts are entered in the book as well. Raises Problem.

    Once this returns a receipt with accepted files, they are on the disk and count, even where the build then refused.
    """
    with scratch(data_dir) as folder:
        looked = look_at(files, names, data_dir, out_dir, folder, accept_rows=choice.accept_rows)
        blocked = _choose(looked.received, choice)
        if blocked or not any(file.accepted for file in looked.received):
            for file in looked.received:
                file.accepted = False
            return _refuse(looked, data_dir, person, clock)
        entry = _enter(looked, data_dir, folder, person, clock)
    return _publish(entry, data_dir, out_dir, [f.name for f in looked.received if not f.accepted], clock)


def _choose(received: list[Received], choice: Choice) -> bool:
    """Mark the files to take; whether one with errors stops them all."""
    for file in received:
        has_rows = bool(file.intake.count(KEPT))
        right = file.verdict in (CLEAN, WARNINGS) or (file.verdict == ERRORS and choice.accept_rows)
        file.accepted = right and has_rows
    wrong = [f for f in received if f.verdict in (ERRORS, UNREADABLE) and not f.accepted]
    return bool(wrong) and not choice.only_clean


def _entry(kind: str, person: Person, at: dt.datetime, receipt: str) -> Entry:
    return Entry(0, receipt, kind, person.by, person.role, at.isoformat(timespec="seconds"), note=person.note)


def _content(received: list[Received]) -> str:
    return "".join(file.intake.sha256 for file in received)


def _refuse(looked: Looked, data_dir: Path, person: Person, clock: Clock) -> Outcome:
    contracts = load_contracts()
    with only_one_entry(data_dir):
        entries = read_ledger(data_dir)
        at = clock()
        receipt = next_receipt(entries, at, _content(looked.received))
        entry = append(
            data_dir,
            replace(
                _entry(REFUSED, person, at, receipt),
                files=[file_entry(file, contracts) for file in looked.received],
            ),
        )
    errors = sum(file.intake.errors for file in looked.received)
    if errors:
        message = Text(
            f"Không nhận tệp nào: có {errors} lỗi. Sửa rồi nộp lại, hoặc chỉ nộp các tệp sạch.",
            f"No file was taken: {errors} errors. Mend them and hand in again, or hand in the clean files only.",
        )
    else:
        message = Text(
            "Không có gì mới: các tệp này đã nộp rồi.", "Nothing is new: these files were handed in before."
        )
    refused = [file.name for file in looked.received]
    return Outcome(receipt, entry.sequence, [], refused, Changes().counts, None, False, message)


def _enter(looked: Looked, data_dir: Path, folder: Path, person: Person, clock: Clock) -> Entry:
    """Keep the accepted files and rows under a receipt, enter them in the book and lay the book out."""
    contracts = load_contracts()
    reference = load_reference(data_dir)
    taken = [file for file in looked.received if file.accepted]
    with only_one_entry(data_dir):
        entries = read_ledger(data_dir)
        at = clock()
        receipt = next_receipt(entries, at, _content(looked.received))
        changes = _compare(taken, data_dir, folder, entries, reference)
        tables = [
            contract.table for contract in report_contracts() if rows_file(folder, contract.table).is_file()
        ]
        try:
            for file in looked.received:
                if not file.accepted and file.path.parent == folder:
                    file.path.unlink(missing_ok=True)
            for leftover in folder.glob(".*.rows"):
                leftover.unlink()
            _write_record(folder / "record.json", looked.received)
            _put_in_place(folder, received_folder(data_dir, receipt))
        except OSError as error:
            raise cannot("write", intake_folder(data_dir), error) from error
        entry = append(
            data_dir,
            replace(
                _entry(SUBMIT, person, at, receipt),
                files=[file_entry(file, contracts) for file in looked.received],
                changes=changes.counts,
                tables=tables,
            ),
        )
        _lay_out(data_dir, [*entries, entry])
    return entry


def _lay_out(data_dir: Path, entries: list[Entry]) -> None:
    try:
        lay_out_locked(data_dir, entries)
    except Problem:
        return  # it is in the book; the build that follows lays out again and says why it cannot


def _write_record(path: Path, received: list[Received]) -> None:
    """What was read and how, beside the files: findings and interpretations."""
    record = [
        {
            "name": file.name, "verdict": file.verdict, "accepted": file.accepted, "sha256": file.intake.sha256,
            "encoding": file.intake.encoding, "delimiter": file.intake.delimiter,
            "tables": [table_entry(table) for table in file.intake.tables],
            "findings": [finding.as_dict() for finding in file.intake.findings],
        }
        for file in received
    ]  # fmt: skip
    with path.open("w", encoding="utf-8") as stream:
        json.dump(record, stream, ensure_ascii=False, indent=1)
        stream.flush()
        os.fsync(stream.fileno())


def _put_in_place(folder: Path, target: Path) -> None:
    if target.exists():  # left by a crash before it was entered: it never counted
        shutil.rmtree(target)
    sync_folder(folder)
    folder.rename(target)
    sync_folder(target.parent)


def undo(receipt: str, data_dir: Path, out_dir: Path, person: Person, clock: Clock = _now) -> Outcome:
    """Take a submission back, or an undo. Nothing is deleted: what was handed in before it counts again.

    Raises Problem where there is no such receipt, or where it was taken back already.
    """
    if not any(entry.receipt == receipt for entry in read_ledger(data_dir)):
        raise _no_receipt(receipt)
    with only_one_entry(data_dir):
        entries = read_ledger(data_dir)
        subject = next(e for e in entries if e.receipt == receipt and e.kind != PUBLISHED)
        if subject.kind not in (SUBMIT, UNDO):
            raise _no_receipt(receipt)
        if receipt in undone_by(entries):
            raise Problem(f"{receipt}: đã hoàn tác rồi.", f"{receipt}: it was taken back already.")
        at = clock()
        planned = replace(
            _entry(UNDO, person, at, next_receipt(entries, at, receipt)),
            undoes=receipt,
            tables=subject.tables,
        )
        counts = changes_of_undo(data_dir, entries, planned, subject.tables)
        entry = append(data_dir, replace(planned, changes=counts))
        _lay_out(data_dir, [*entries, entry])
    about = next(e for e in entries if e.receipt == submission_of(entries, entry))
    affected = [file.name for file in about.files if file.accepted]
    outcome = _publish(entry, data_dir, out_dir, [], clock)
    return replace(outcome, accepted=affected)


def _no_receipt(receipt: str) -> Problem:
    return Problem(
        f"{receipt}: không có lượt nộp nào mang biên nhận này.", f"{receipt}: no submission has this receipt."
    )


def _publish(entry: Entry, data_dir: Path, out_dir: Path, refused: list[str], clock: Clock) -> Outcome:
    """Build, and note the build in the book."""
    accepted = [file.name for file in entry.files if file.accepted]
    try:
        result = build(data_dir, out_dir, wait=_WAIT_FOR_BUILD)
    except Problem as problem:
        message = Text(
            f"Đã ghi nhận {entry.receipt} nhưng chưa xuất bản: {problem.text.vi} Không cần nộp lại; sửa nguyên nhân rồi chạy python -m etl build.",
            f"{entry.receipt} is entered but not published: {problem.text.en} It need not be handed in again; mend the cause, then run python -m etl build.",
        )
        return Outcome(entry.receipt, entry.sequence, accepted, refused, entry.changes, None, False, message)
    with only_one_entry(data_dir):
        at = clock().isoformat(timespec="seconds")
        append(
            data_dir, Entry(0, entry.receipt, PUBLISHED, entry.by, entry.role, at, build_id=result.build_id)
        )
    lost = sum(count.rejected for count in result.files if count.file.name.startswith("reports/nop/"))
    more = Text("", "")
    if lost:
        more = Text(
            f" {lost} dòng không vào được bản dựng; xem python -m etl status.",
            f" {lost} rows did not get into the build; see python -m etl status.",
        )
    message = Text(
        f"Đã xuất bản {result.build_id}, biên nhận {entry.receipt}.{more.vi}",
        f"Published {result.build_id}, receipt {entry.receipt}.{more.en}",
    )
    return Outcome(
        entry.receipt, entry.sequence, accepted, refused, entry.changes, result.build_id, True, message
    )
