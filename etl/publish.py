"""Putting a finished build in place, and finding, listing and taking back builds.

A warehouse folder holds one file per build and ``CURRENT``, one line with the id of the build that readers
use. ``CURRENT`` is swapped in one step, so that a crash at any instant leaves the old build or the new one.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from etl.problems import Problem

KEEP_BUILDS = 5
POINTER = "CURRENT"
_TAKEN_BACK = "TAKEN_BACK"


@dataclass(frozen=True)
class Published:
    """One build in the folder. ``built_at`` is in UTC, ISO form."""

    build_id: str
    built_at: str
    path: Path
    current: bool


def warehouse_path(out_dir: Path, build_id: str) -> Path:
    """Where a build's file lies."""
    return out_dir / f"{build_id}.duckdb"


def current_build_id(out_dir: Path) -> str | None:
    """The build that readers use, None where nothing is published yet."""
    try:
        build_id = (out_dir / POINTER).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    return build_id if build_id and warehouse_path(out_dir, build_id).is_file() else None


def _write_whole(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.new")
    with temporary.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def only_one_build(out_dir: Path) -> Iterator[None]:
    """Hold the folder's lock; raises Problem where another build holds it or the folder cannot be written."""
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
        stream = (out_dir / ".lock").open("w")
    except OSError as error:
        raise Problem(
            f"{out_dir}: không ghi được vào thư mục kho số liệu ({error.strerror}).",
            f"{out_dir}: the warehouse folder cannot be written ({error.strerror}).",
        ) from error
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Problem(
                f"{out_dir}: một lần dựng khác đang chạy. Chờ nó xong rồi thử lại.",
                f"{out_dir}: another build is running. Wait for it to finish, then try again.",
            ) from error
        yield


def point_to(out_dir: Path, build_id: str) -> None:
    """Make a build the current one, in one step; it no longer counts as taken back."""
    _write_whole(out_dir / POINTER, f"{build_id}\n")
    if is_taken_back(out_dir, build_id):
        _write_taken_back(out_dir, [other for other in _taken_back(out_dir) if other != build_id])


def publish(out_dir: Path, finished: Path, build_id: str) -> Path:
    """Move a checked file to its place, point to it and remove builds beyond the last five."""
    target = warehouse_path(out_dir, build_id)
    with finished.open("rb") as stream:
        os.fsync(stream.fileno())
    finished.replace(target)
    _sync_folder(out_dir)
    point_to(out_dir, build_id)
    for old in builds(out_dir)[KEEP_BUILDS:]:
        if not old.current:
            old.path.unlink(missing_ok=True)
    return target


def builds(out_dir: Path) -> list[Published]:
    """The builds in the folder, newest first; files that are not readable warehouses are left out."""
    current = current_build_id(out_dir)
    found = []
    for path in out_dir.glob("b*.duckdb"):
        with contextlib.suppress(duckdb.Error), duckdb.connect(str(path), read_only=True) as con:
            row = con.execute(
                "SELECT built_at, build_id, strftime(built_at, '%Y-%m-%dT%H:%M:%SZ') FROM build"
            ).fetchone()
            if row:
                found.append((row[0], Published(row[1], row[2], path, row[1] == current)))
    return [build for _, build in sorted(found, key=lambda f: (f[0], f[1].build_id), reverse=True)]


def rollback(out_dir: Path) -> tuple[str, str]:
    """Point to the build before the current one; (left, now current). Raises Problem where there is none.

    Builds that were taken back themselves are passed over.
    """
    with only_one_build(out_dir):
        current = current_build_id(out_dir)
        listed = builds(out_dir)
        place = next((n for n, build in enumerate(listed) if build.current), len(listed))
        earlier = [b.build_id for b in listed[place + 1 :] if not is_taken_back(out_dir, b.build_id)]
        if current is None or not earlier:
            raise Problem(
                "Không có bản dựng nào trước bản hiện hành để quay lại.",
                "There is no build before the current one to go back to.",
            )
        _write_taken_back(out_dir, [*_taken_back(out_dir), current])
        point_to(out_dir, earlier[0])
        return current, earlier[0]


def _write_taken_back(out_dir: Path, build_ids: list[str]) -> None:
    _write_whole(out_dir / _TAKEN_BACK, "".join(f"{build_id}\n" for build_id in build_ids))


def _taken_back(out_dir: Path) -> list[str]:
    try:
        return (out_dir / _TAKEN_BACK).read_text(encoding="utf-8").split()
    except FileNotFoundError:
        return []


def is_taken_back(out_dir: Path, build_id: str) -> bool:
    """Whether somebody rolled this build back, so that a start does not publish it again by itself."""
    return build_id in _taken_back(out_dir)
