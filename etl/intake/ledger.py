"""The book of what was handed in: one line an event, only ever added to.

``DATA/intake/ledger.jsonl`` holds one JSON object a line. Each names the digest of the line before it, so that a line
changed or taken out afterwards is noticed. A line without its end was cut off by a crash; it never counted, and the
next entry ends it with a mark that keeps it unreadable. The number ``sequence`` orders entries, not the clock.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from etl.problems import Problem

SUBMIT, UNDO, REFUSED, PUBLISHED = "submit", "undo", "refused", "published"
_CUT = b" <cut off>\n"
_WAIT = 120.0
"""Seconds that an entry waits for the one before it."""


@dataclass(frozen=True)
class FileEntry:
    """One file of an entry. ``stored``: its name below ``received/<receipt>/``, None where it was not kept.

    ``reports``: (table, unit_key, period or day) of each office's report in it, accepted or not.
    """

    name: str
    sha256: str
    size: int
    verdict: str
    accepted: bool
    rows: int
    errors: int
    warnings: int
    stored: str | None = None
    reports: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True)
class Entry:
    """One event. ``kind``: submit, undo, refused, or published (the build that first held what was in the book).

    ``at`` is what the clock said, UTC. ``changes``: rows added, replaced and unchanged. ``undoes``: a receipt.
    """

    sequence: int
    receipt: str
    kind: str
    by: str
    role: str
    at: str
    files: list[FileEntry] = field(default_factory=list)
    changes: dict[str, int] = field(default_factory=dict)
    note: str = ""
    undoes: str | None = None
    build_id: str | None = None
    tables: list[str] = field(default_factory=list)
    before: str = ""


def intake_folder(data_dir: Path) -> Path:
    """Where the book and what was received lie."""
    return data_dir / "intake"


def received_folder(data_dir: Path, receipt: str) -> Path:
    """Where the files of one receipt lie."""
    return intake_folder(data_dir) / "received" / receipt


def _path(data_dir: Path) -> Path:
    return intake_folder(data_dir) / "ledger.jsonl"


def has_ledger(data_dir: Path) -> bool:
    """Whether anything was ever handed in here."""
    return _path(data_dir).is_file()


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()[:16]


def _entry(raw: dict[str, Any]) -> Entry:
    return Entry(**{**raw, "files": [FileEntry(**file) for file in raw["files"]]})


def read_ledger(data_dir: Path) -> list[Entry]:
    """All entries, oldest first. Raises Problem where the book cannot be read or was changed."""
    return [entry for entry, _ in _lines(data_dir)]


def _lines(data_dir: Path) -> list[tuple[Entry, bytes]]:
    path = _path(data_dir)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise cannot("read", path, error) from error
    found: list[tuple[Entry, bytes]] = []
    before = ""
    for number, line in enumerate(data.split(b"\n")[:-1], start=1):  # what has no end yet does not count
        if line.endswith(_CUT[:-1]):
            continue
        try:
            entry = _entry(json.loads(line))
        except (ValueError, TypeError, KeyError) as error:
            raise _damaged(path, number) from error
        if entry.before != before:
            raise _damaged(path, number)
        found.append((entry, line))
        before = _digest(line)
    return found


def _damaged(path: Path, number: int) -> Problem:
    return Problem(
        f"{path}, dòng {number}: sổ nộp số liệu bị sửa hoặc hỏng. Khôi phục tệp này từ bản sao lưu.",
        f"{path}, line {number}: the book of submissions was changed or is damaged. Restore this file from a backup.",
        file=str(path),
    )


def cannot(what: str, path: Path, error: OSError) -> Problem:
    """The message for a file of the intake that cannot be read or written."""
    verb = {"read": "đọc", "write": "ghi"}[what]
    done = {"read": "read", "write": "written"}[what]
    why = error.strerror or type(error).__name__
    return Problem(
        f"{path}: không {verb} được ({why}). Chưa có gì được nhận. Kiểm tra chỗ trống và quyền ghi, rồi làm lại.",
        f"{path}: it cannot be {done} ({why}). Nothing was taken. Check free space and permissions, then try again.",
        file=str(path),
    )


@contextlib.contextmanager
def only_one_entry(data_dir: Path, wait: float = _WAIT) -> Iterator[None]:
    """Hold the book's lock, waiting for others. Raises Problem after ``wait`` seconds or where it cannot be made."""
    folder = intake_folder(data_dir)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stream = (folder / ".lock").open("w")
    except OSError as error:
        raise cannot("write", folder, error) from error
    with stream:
        until = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() >= until:
                    raise Problem(
                        "Một lượt nộp khác đang được ghi. Chờ nó xong rồi thử lại.",
                        "Another submission is being written. Wait for it to finish, then try again.",
                    ) from error
                time.sleep(0.05)
        yield


def next_receipt(entries: list[Entry], at: dt.datetime, content: str) -> str:
    """The receipt of the next entry: ``R``, date and time, a short digest. Later receipts never sort before
    earlier ones, even when the clock went back."""
    stamp = f"R{at:%Y%m%dT%H%M%SZ}"
    latest = max((entry.receipt[: len(stamp)] for entry in entries), default=stamp)
    stamp = max(stamp, latest)
    digest = hashlib.sha256(f"{len(entries) + 1}\0{content}".encode()).hexdigest()[:6]
    return f"{stamp}-{len(entries) + 1:06d}-{digest}"


def append(data_dir: Path, entry: Entry) -> Entry:
    """Write one entry to the end of the book and have it on the disk before returning. Call it under the lock.

    ``sequence`` and ``before`` are filled in here. Raises Problem where it cannot be written; it does not count then.
    """
    lines = _lines(data_dir)
    before = _digest(lines[-1][1]) if lines else ""
    values = asdict(entry) | {"sequence": len(lines) + 1, "before": before}
    line = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
    path = _path(data_dir)
    try:
        new = not path.exists()
        with path.open("ab", buffering=0) as stream:
            if _is_cut(path):
                _write_all(stream.fileno(), _CUT)
            _write_all(stream.fileno(), line)
            os.fsync(stream.fileno())
            _write_all(stream.fileno(), b"\n")  # the end makes it count, so it comes when the rest is safe
            os.fsync(stream.fileno())
        if new:
            sync_folder(path.parent)
    except OSError as error:
        raise cannot("write", path, error) from error
    return _entry(values)


def _is_cut(path: Path) -> bool:
    with path.open("rb") as stream:
        if not stream.seek(0, os.SEEK_END):
            return False
        stream.seek(-1, os.SEEK_END)
        return stream.read(1) != b"\n"


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def in_force(entries: list[Entry]) -> list[Entry]:
    """The submissions that count, oldest first: those that no undo in force takes back."""
    taken_back = undone_by(entries)
    return [entry for entry in entries if entry.kind == SUBMIT and entry.receipt not in taken_back]


def undone_by(entries: list[Entry]) -> dict[str, str]:
    """Receipt taken back → receipt of the undo that does it. An undo that was itself undone takes nothing back."""
    found: dict[str, str] = {}
    for entry in reversed(entries):
        if entry.kind == UNDO and entry.undoes and entry.receipt not in found:
            found[entry.undoes] = entry.receipt
    return found


def tables_undone_since_publishing(entries: list[Entry]) -> frozenset[str]:
    """Tables that may be smaller in the next build, because a submission was taken back since the last one."""
    last = max((entry.sequence for entry in entries if entry.kind == PUBLISHED), default=0)
    return frozenset(
        table for entry in entries if entry.kind == UNDO and entry.sequence > last for table in entry.tables
    )
