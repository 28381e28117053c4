"""The engine that answers, and where a build of it lies: the one module that changes where the warehouse moves.

Everything else in ``queries`` hands SQL and bound parameters to what ``connect`` returns. What reads a build apart from
the screens (the interface for programs, exports, queries of analysts) puts it into a database of its own by the
statements of ``beside``. ``benchmarks/engines`` holds a second one of these modules and compares the two.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

CHUNK = 1 << 22


def find(folder: Path, build_id: str) -> Path | None:
    """Where a published build lies in a folder of builds, for the functions below; None where it is not there."""
    path = folder / f"{build_id}.duckdb"
    return path if build_id and path.is_file() else None


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """One published build, opened read-only. Cursors of the connection serve threads side by side."""
    return duckdb.connect(str(path), read_only=True)


def beside(path: Path, name: str) -> tuple[str, ...]:
    """Statements that put a build, read-only and under a name, into an empty database.

    After them the database may be shut off from files (``enable_external_access``), the build still answers.
    """
    quoted = str(path).replace("'", "''")
    return (f"ATTACH '{quoted}' AS {name} (READ_ONLY)",)


def save(path: Path, out: Path, progress: Callable[[int, int], object]) -> int:
    """Write a build as one DuckDB file; returns its bytes, tells how many of all are done. Raises OSError."""
    with path.open("rb") as source, out.open("wb") as target:
        size, done = path.stat().st_size, 0
        while block := source.read(CHUNK):
            target.write(block)
            done += len(block)
            progress(done, size)
    return done
