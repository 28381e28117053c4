"""Reading the rows of a table beside the screens: in a database of its own, with little memory and no way out.

The warehouse's file is attached read-only to an empty database, so that an export has its own memory limit and its own
threads, spills to a folder beside the file it writes, and can neither read nor write any other file.

A table's query runs once: its rows are laid down as Parquet in that folder, small and in order. From there they are
counted, looked through and written, which needs no memory for sorting. Where the order is known apart from the rows, they
are laid down as they come and then sorted part by part, each part within the memory limit: sorting all of them at once
would spill.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from exports.files import Progress, stage, unheard
from queries import engine

if TYPE_CHECKING:
    from exports.table import Kind, Table

SHOWN = "shown"
"""The name under which SQL finds the rows of a frame."""
MEMORY_LIMIT = "320MiB"
"""Of one export, which sorts on disk beyond it. With Python and its packages a process stays under 600 MiB."""
THREADS = 2
ROW_GROUP = 30_720
"""Rows that are laid down together. What is written of them as text stands in memory until its turn comes."""
BATCH = 5_000
"""Rows that are read at once where Python writes them."""
PARTS = 12
"""Files in which the rows of one table are laid down at most."""
PART = 200_000
"""Rows of the long table that are sorted at once within the memory limit."""
LISTEN_SECONDS = 0.1
QUERY = 0.4
"""About which share of an export is over when the query is, which does not tell how far it is."""
HEAD = 1 << 16


FAILURES: tuple[type[Exception], ...] = (duckdb.Error, OSError)
"""What a writer raises where it cannot do its work: the query fails, or the disk."""


def literal(text: str) -> str:
    """A text as SQL, where no parameter can stand."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A name as SQL."""
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True)
class Rows:
    """Rows of a table: ``source`` stands for them in SQL, with ``parameters``; ``types`` are DuckDB's by column."""

    source: str
    parameters: tuple[Any, ...]
    types: Mapping[str, str]


@dataclass
class Reading:
    """A connection that reads a warehouse, and the folder in which it lays rows down."""

    connection: duckdb.DuckDBPyConnection
    folder: Path
    _tables: int = 0

    def types(self, table: Table) -> dict[str, str]:
        """DuckDB's type of each column that the query of a table gives."""
        self._show(table)
        return given_types(self.connection, table.sql, table.parameters)

    def staged(self, table: Table, progress: Progress = unheard) -> Rows:
        """The rows of a table laid down, by running its query once; how far it is shows where they are sorted in parts."""
        types = self.types(table)
        columns = ", ".join(_storable(name, type_) for name, type_ in types.items())
        self._tables += 1
        files, source = _staged_files(self.folder, self._tables), f"export_rows_{self._tables}"
        order = table.order
        if order is None or order.leading is None:
            rows = f"SELECT {columns} FROM ({table.sql}\n)"  # noqa: S608
            self._lay(rows, table.parameters, files[0], stage(progress, 0, 0))
            written = files[:1]
        else:
            leading = quoted(order.leading)
            rows = f"SELECT {columns}, {leading} FROM ({order.rows}\n)"  # noqa: S608
            self._lay(rows, table.parameters, files[0], stage(progress, 0, 0))
            written = self._sorted(leading, order.by, types, files, progress)
        view = f"CREATE TEMP VIEW {source} AS SELECT * FROM {_read(written)}"  # noqa: S608
        self.connection.execute(view)
        return Rows(source, (), given_types(self.connection, f"FROM {source}", ()))

    def _sorted(
        self, leading: str, by: str, columns: Iterable[str], files: Sequence[Path], progress: Progress
    ) -> list[Path]:
        """Rows in the first file written in order into the others, each with the rows of some leading values."""
        source = _read(files[:1])
        counted = self.connection.execute(
            f"SELECT {leading}, count(*) FROM {source} GROUP BY 1 ORDER BY 1"  # noqa: S608
        ).fetchall()
        told = ", ".join(quoted(name) for name in columns)
        written: list[Path] = []
        parts = _parts(counted)
        for (first, last), file in zip(parts, files[1:], strict=False):
            share = (len(written) + 1) / (len(parts) + 1)
            part = f"SELECT {told} FROM {source} WHERE {leading} BETWEEN ? AND ? ORDER BY {by}"  # noqa: S608
            self._lay(part, (first, last), file, stage(progress, share, share))
            written.append(file)
        return written or [files[0]]

    def _lay(self, sql: str, parameters: Sequence[Any], file: Path, progress: Progress) -> None:
        copy = f"COPY ({sql}) TO {literal(str(file))} (FORMAT parquet, ROW_GROUP_SIZE {ROW_GROUP}, USE_TMP_FILE false)"
        copied(self.connection, copy, parameters, None, 0, progress)

    def batches(self, rows: Rows) -> Iterator[list[tuple[Any, ...]]]:
        """Rows in their order, some thousands at a time."""
        cursor = self.connection.execute(f"SELECT * FROM {rows.source}", list(rows.parameters))  # noqa: S608
        while some := cursor.fetchmany(BATCH):
            yield some

    def _show(self, table: Table) -> None:
        if table.frame is not None:
            self.connection.register(SHOWN, table.frame)


@contextmanager
def opened(warehouse: Path, out: Path | None = None, tables: int = 1) -> Iterator[Reading]:
    """A warehouse to read so many tables from, one after the other, and to write no file with but ``out``.

    Raises duckdb.Error where the warehouse's file is no longer there.
    """
    with tempfile.TemporaryDirectory(prefix=".export-", dir=out.parent if out else None) as name:
        folder = Path(name)
        settings: dict[str, Any] = {
            "memory_limit": MEMORY_LIMIT,
            "threads": THREADS,
            "temp_directory": str(folder / "spill"),
            "autoinstall_known_extensions": False,
        }
        connection = duckdb.connect(":memory:", config=settings)
        try:
            for statement in engine.beside(warehouse, "warehouse"):
                connection.execute(statement)
            connection.execute("USE warehouse")
            files = [file for n in range(1, tables + 1) for file in _staged_files(folder, n)]
            files += [out] if out else []
            connection.execute(f"SET allowed_paths = [{', '.join(literal(str(file)) for file in files)}]")
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            yield Reading(connection, folder)
        finally:
            connection.close()


def _staged_files(folder: Path, number: int) -> list[Path]:
    """Where the rows of a table are laid down: as they come, and then in parts."""
    return [folder / f"rows-{number}-{part}.parquet" for part in range(PARTS + 1)]


def _read(files: Sequence[Path]) -> str:
    return f"read_parquet([{', '.join(literal(str(file)) for file in files)}])"


def _parts(counted: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges of values with about PART rows each, at most PARTS of them, from values with how often they are there."""
    most = max(PART, -(-sum(n for _, n in counted) // (PARTS - 1)))
    found: list[tuple[int, int]] = []
    rows = 0
    for value, n in counted:
        if not found or (rows + n > most and len(found) < PARTS):
            found.append((value, value))
            rows = 0
        found[-1] = (found[-1][0], value)
        rows += n
    return found


def _storable(name: str, type_: str) -> str:
    """A column as Parquet can hold it without loss."""
    column = quoted(name)
    if type_ in ("HUGEINT", "UHUGEINT"):
        return f"CAST({column} AS DECIMAL(38, 0)) AS {column}"
    if type_.startswith(("ENUM", "UNION", "BIT", "VARIANT")):
        return f"CAST({column} AS VARCHAR) AS {column}"
    return column


def given_types(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any]) -> dict[str, str]:
    """The same on a connection that is open."""
    rows = connection.execute(f"DESCRIBE SELECT * FROM ({sql}\n)", list(parameters)).fetchall()  # noqa: S608
    return {row[0]: row[1] for row in rows}


def kind_of(type_: str) -> Kind:
    """What a column of a type holds, where nobody said."""
    if type_.removeprefix("U") in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT") or type_.endswith(
        ",0)"
    ):
        return "whole"
    if type_ in ("DOUBLE", "FLOAT") or type_.startswith("DECIMAL"):
        return "number"
    if type_.startswith("TIMESTAMP"):
        return "timestamp"
    kinds: Mapping[str, Kind] = {"DATE": "date", "BOOLEAN": "flag"}
    return kinds.get(type_, "text")


def copied(
    connection: duckdb.DuckDBPyConnection,
    statement: str,
    parameters: Sequence[Any],
    out: Path | None,
    rows: int,
    progress: Progress,
) -> int:
    """Run COPY and tell how far it is by the size of ``out``, of which ``rows`` are expected; returns the rows written.

    DuckDB's own measure is not asked: with its progress bar on it can wait for ever for a lock that the running query
    holds.
    """
    with ThreadPoolExecutor(1) as worker:
        running = worker.submit(lambda: connection.execute(statement, list(parameters)).fetchall())
        done, told = None, 0
        try:
            while done is None:
                with suppress(NotYet):
                    done = running.result(LISTEN_SECONDS)
                    break
                told = max(told, min(_rows_in(out), rows - 1)) if out else 0
                progress(told, max(1, rows))
        except BaseException:
            while not running.done():
                connection.interrupt()
                with suppress(Exception):
                    running.result(LISTEN_SECONDS)
            raise
    return int(done[0][0])


def _rows_in(out: Path) -> int:
    """About how many rows are in a file of lines that is growing."""
    try:
        size = out.stat().st_size
        with out.open("rb") as stream:
            head = stream.read(HEAD)
    except FileNotFoundError:
        return 0
    return int(size * head.count(b"\n") / max(1, len(head)))


def facts_sql(rows: Rows) -> tuple[str, list[str]]:
    """A query that says which statuses, bases, indicators, sources and periods the rows have.

    Its columns are those that are returned, then how many rows, then whether a figure was estimated in part.
    """
    kept = [name for name in rows.types if _tells(name)]
    estimated = [
        name
        for name, type_ in rows.types.items()
        if name.endswith("_estimated") and kind_of(type_) == "number"
    ]
    any_estimated = (
        " OR ".join(f"coalesce(bool_or({quoted(name)} > 0), false)" for name in estimated) or "false"
    )
    columns = "".join(f"{quoted(name)}, " for name in kept)
    return f"SELECT {columns}count(*), {any_estimated} FROM {rows.source} GROUP BY ALL", kept  # noqa: S608


def _tells(name: str) -> bool:
    known = ("status", "origin_status", "basis", "indicator_id", "period_end", "other_source_ids")
    return name in known or name == "source_id" or name.endswith("_source_id")
