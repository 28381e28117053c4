"""Copying a published build into a lake: one transaction, one snapshot, then the pointer.

The build's own DuckDB writes Parquet (``lay_out``), because the other DuckDB may be older than the file. ``take_in`` runs
in the other environment:

    python -m benchmarks.engines.lake FROM FOLDER CATALOG [BUILD_ID]
    python -m benchmarks.engines.lake --save FOLDER OUT
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.engines import engine_ducklake

DATA = "data"


def lay_out(build: Path, folder: Path) -> None:
    """Every table of a build as Parquet in a folder, with its views and comments in ``build.json``."""
    folder.mkdir(parents=True)
    with duckdb.connect(":memory:") as con:
        con.execute(f"ATTACH {engine_ducklake.literal(str(build))} AS build (READ_ONLY)")
        con.execute("USE build")
        tables = [
            name
            for (name,) in con.execute(
                "SELECT table_name FROM duckdb_tables() WHERE database_name = 'build' ORDER BY table_name"
            ).fetchall()
        ]
        for table in tables:
            con.execute(f"COPY \"{table}\" TO '{folder / table}.parquet'")
        comments = con.execute(
            "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE database_name = 'build'"
            " AND comment IS NOT NULL AND list_contains(?, table_name) ORDER BY ALL",
            [tables],
        ).fetchall()
        found = con.execute("SELECT build_id FROM build").fetchall()[0][0]
        told = {
            "build_id": found,
            "tables": tables,
            "views": engine_ducklake.views(con, "build"),
            "comments": comments,
        }
    (folder / "build.json").write_text(json.dumps(told), encoding="utf-8")


def take_in(laid: Path, folder: Path, catalog: str, build_id: str = "") -> int:
    """A laid-out build as a new snapshot of the lake in ``folder``, made the current build; returns its snapshot.

    Nobody sees half of it: tables and views are replaced in one transaction, and the files that name the build follow.
    """
    told = json.loads((laid / "build.json").read_text(encoding="utf-8"))
    build_id = build_id or told["build_id"]
    (folder / DATA).mkdir(parents=True, exist_ok=True)
    with duckdb.connect(":memory:") as con:
        for statement in engine_ducklake.loading(catalog):
            con.execute(statement)
        lake = engine_ducklake.address(folder, catalog)
        con.execute(
            f"ATTACH {engine_ducklake.literal(lake)} AS lake (DATA_PATH {engine_ducklake.literal(f'{(folder / DATA).resolve()}/')})"
        )
        con.execute("USE lake")
        con.execute("BEGIN")
        _replace(con, laid, told)
        con.execute("UPDATE build SET build_id = ? WHERE build_id <> ?", [build_id, build_id])
        con.execute("CALL lake.set_commit_message('etl', ?)", [build_id])
        con.execute("COMMIT")
        snapshot = con.execute(
            "SELECT max(snapshot_id) FROM lake.snapshots() WHERE commit_message = ?", [build_id]
        ).fetchall()[0][0]
    named = {"catalog": catalog, "data": DATA, "snapshot": snapshot}
    _write_whole(folder / f"{build_id}.ducklake", json.dumps(named))
    _write_whole(folder / "CURRENT", f"{build_id}\n")
    return int(snapshot)


def _replace(con: duckdb.DuckDBPyConnection, laid: Path, told: dict[str, Any]) -> None:
    old = con.execute("SELECT view_name FROM duckdb_views() WHERE database_name = 'lake' AND NOT internal")
    for (view,) in old.fetchall():
        con.execute(f'DROP VIEW "{view}"')
    for table in told["tables"]:
        con.execute(f"CREATE OR REPLACE TABLE \"{table}\" AS FROM '{laid / table}.parquet'")
    for table, column, comment in told["comments"]:
        con.execute(f'COMMENT ON COLUMN "{table}"."{column}" IS {engine_ducklake.literal(comment)}')
    for view in told["views"]:
        con.execute(view)


def _write_whole(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def give_out(folder: Path, out: Path) -> None:
    """The current build of a lake as a plain file of this DuckDB, published in a folder of its own."""
    build_id = (folder / "CURRENT").read_text(encoding="utf-8").strip()
    path = engine_ducklake.find(folder, build_id)
    if path is None:
        raise FileNotFoundError(folder / build_id)
    out.mkdir(parents=True)
    engine_ducklake.save(path, out / f"{build_id}.duckdb", lambda done, size: None)
    _write_whole(out / "CURRENT", f"{build_id}\n")


def main(arguments: list[str]) -> None:
    if arguments[0] == "--save":
        give_out(*map(Path, arguments[1:]))
        return
    start = time.perf_counter()
    snapshot = take_in(Path(arguments[0]), Path(arguments[1]), *arguments[2:])
    print(json.dumps({"snapshot": snapshot, "seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    main(sys.argv[1:])
