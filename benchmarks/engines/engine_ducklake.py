"""``queries/engine.py`` for DuckLake: the same four functions, so that it can stand in that module's place.

A build is one snapshot of a lake: Parquet files in a folder, and a catalog that says which of them belong to which
snapshot. The catalog is a DuckDB, SQLite or PostgreSQL database. In a folder of builds ``<build_id>.ducklake`` is a small
JSON file that names catalog and snapshot, and ``CURRENT`` names the build, as with files.

It needs DuckDB 1.5 with DuckLake's extension from PyPI, which DuckDB 2.0 does not have yet.
"""

from __future__ import annotations

import functools
import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

EXTENSIONS = {"sqlite": "sqlite_scanner", "postgres": "postgres_scanner"}
"""What a kind of catalog needs besides DuckLake itself."""
_LAKE = "lake"


def find(folder: Path, build_id: str) -> Path | None:
    """Where a published build lies in a folder of builds, for the functions below; None where it is not there."""
    path = folder / f"{build_id}.ducklake"
    return path if build_id and path.is_file() else None


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """One published build, opened read-only. Cursors of the connection serve threads side by side."""
    root = duckdb.connect(":memory:")
    for statement in beside(path, _LAKE):
        root.execute(statement)
    return _Cursors(root)  # type: ignore[return-value]


def beside(path: Path, name: str) -> tuple[str, ...]:
    """Statements that put a build, read-only and under a name, into an empty database.

    After them the database may be shut off from files (``enable_external_access``), the build still answers. Where the
    lake lies is said anew: a reader may have the folder mounted elsewhere than the writer.
    """
    told = json.loads(path.read_text(encoding="utf-8"))
    data = (path.parent / told["data"]).resolve()
    files, lake = literal(f"{data}/"), literal(address(path.parent, told["catalog"]))
    how = f"READ_ONLY, SNAPSHOT_VERSION {int(told['snapshot'])}, DATA_PATH {files}, OVERRIDE_DATA_PATH true"
    return (
        *loading(told["catalog"]),
        f"SET allowed_directories = [{files}]",
        f"ATTACH {lake} AS {name} ({how})",
    )


def save(path: Path, out: Path, progress: Callable[[int, int], object]) -> int:
    """Write a build as one DuckDB file; returns its bytes, tells how many of all are done. Raises OSError."""
    out.unlink(missing_ok=True)  # the caller may have made it empty, which is no database
    with duckdb.connect(":memory:") as con:
        for statement in beside(path, _LAKE):
            con.execute(statement)
        con.execute(f"ATTACH {literal(str(out))} AS saved")
        tables = con.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = ? ORDER BY table_name", [_LAKE]
        ).fetchall()
        for n, (table,) in enumerate(tables):
            con.execute(f'CREATE TABLE saved."{table}" AS FROM {_LAKE}."{table}"')
            progress(n, len(tables))
        con.execute("USE saved")
        for statement in views(con, _LAKE):
            con.execute(statement)
        con.execute("USE memory")
        con.execute("DETACH saved")
    size = out.stat().st_size
    progress(size, size)
    return size


# ---- What the writing side needs too ------------------------------------------------------------------------------


def loading(catalog: str) -> tuple[str, ...]:
    """Statements that load what a catalog needs."""
    kind = catalog.partition(":")[0]
    names = ("ducklake", *((EXTENSIONS[kind],) if kind in EXTENSIONS else ()))
    return tuple(f"LOAD {literal(str(_extension(name)))}" for name in names)


def address(folder: Path, catalog: str) -> str:
    """A catalog as ATTACH takes it. One that is a file lies in ``folder``, whatever the process's own folder is."""
    kind, _, place = catalog.partition(":")
    if kind == "postgres":
        return f"ducklake:postgres:{place}"
    file = (folder / place).resolve()
    return f"ducklake:sqlite:{file}" if kind == "sqlite" else f"ducklake:{file}"


def views(con: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    """The statements that made a database's views, in an order in which they can be run."""
    found: list[tuple[str, str]] = con.execute(
        "SELECT view_name, sql FROM duckdb_views() WHERE database_name = ? AND NOT internal", [database]
    ).fetchall()
    names = {name for name, _ in found}
    done: dict[str, str] = {}
    while len(done) < len(found):
        ready = {
            name: sql
            for name, sql in found
            if name not in done and not any(other in sql for other in names - done.keys() - {name})
        }
        if not ready:
            raise ValueError("views that need each other")
        done |= ready
    return list(done.values())


def literal(text: str) -> str:
    """A text as SQL, where no parameter can stand."""
    return "'" + text.replace("'", "''") + "'"


@functools.cache
def _extension(name: str) -> Path:
    """The binary of an extension inside its package from PyPI: nothing is fetched from the internet."""
    package = importlib.import_module(f"duckdb_extension_{name}")
    assert package.__file__
    return (
        Path(package.__file__).parent / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"
    )


class _Cursors:
    """What the rest takes for a connection to the build: each cursor begins in the lake."""

    def __init__(self, root: duckdb.DuckDBPyConnection) -> None:
        self._root = root

    def cursor(self) -> duckdb.DuckDBPyConnection:
        cursor = self._root.cursor()
        cursor.execute(f"USE {_LAKE}")
        return cursor

    def execute(self, sql: str, parameters: Any = None) -> duckdb.DuckDBPyConnection:
        return self.cursor().execute(sql, parameters)
