"""What the build before made of each file, so that a file that has not changed is not read again.

One DuckDB file beside the builds holds, for each small file of the last build, its typed rows, its rejects and its
account as they were before files were held against each other. Each is kept under a key of everything that reading
depends on: the file's bytes, the code and contracts and, for reports, the reference tables. Keys repeated between files,
references, marts and checks are worked out anew in every build, so a build with remembered rows is that without them.

The file is written whole, beside the builds, and swapped in; what cannot be used of it is as if it were not there.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from etl.contracts import Contract
from etl.files import InputFile, digest_of_code
from etl.rules import stored_columns

NAME = ".remembered"
"""In the warehouse folder. Removing it costs one slower build."""
MOST_BYTES = 512 * 1024 * 1024
"""Input beyond this is read again by each build, so that the file stays about that small."""


class Unusable(Exception):
    """What is remembered does not add up."""


@dataclass(frozen=True)
class Entry:
    """What was read of one file: its place in the file of memory, its records, those refused and those kept."""

    number: int
    rows_in: int
    rejected: int

    @property
    def kept(self) -> int:
        """Rows that are remembered."""
        return self.rows_in - self.rejected


@dataclass(frozen=True)
class Reading:
    """A file of this build with its number there, and what became of it before files were held against each other."""

    file_no: int
    file: InputFile
    rows_in: int
    rejected: int


class Memory:
    """The remembered file, opened as the database ``before`` of a connection; empty where there is none to use."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, path: Path | None, files: Iterable[InputFile], reports: set[str]
    ) -> None:
        """``reports``: tables whose rows are judged with the reference tables. ``path`` None: remember nothing."""
        self.con = con
        self._reports = reports
        self._code = f"{digest_of_code()} {duckdb.__version__}"
        reference = hashlib.sha256()
        for file in files:
            if file.name.startswith("reference/"):
                reference.update(f"{file.name}\0{file.sha256}\n".encode())
        self._reference = reference.hexdigest()
        self._entries: dict[str, Entry] = {}
        if path is not None and path.is_file():
            self._open(path)

    def _open(self, path: Path) -> None:
        try:
            self.con.execute(f"ATTACH '{str(path).replace(chr(39), chr(39) * 2)}' AS before (READ_ONLY)")
            found = self.con.execute("SELECT key, then_no, rows_in, rejected FROM before.entry").fetchall()
        except duckdb.Error:
            return  # damaged, of another version, or half of a file: everything is read again
        self._entries = {key: Entry(*rest) for key, *rest in found}

    def close(self) -> None:
        """Let go of the file."""
        self.con.execute("DETACH DATABASE IF EXISTS before")

    def key_of(self, file: InputFile) -> str:
        """Everything that the rows and rejects of a file depend on."""
        parts = [self._code, file.table, file.delimiter, *file.columns, file.sha256]
        if file.table in self._reports:
            parts.append(self._reference)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def entry_of(self, file: InputFile) -> Entry | None:
        """What was read of these bytes before, None where they have to be read."""
        return self._entries.get(self.key_of(file)) if self._entries else None

    def bring_back(self, found: list[tuple[int, InputFile, Entry]], contracts: dict[str, Contract]) -> None:
        """Stage the rows and rejects of files as if they had been read; ``found`` has each with its number in this build.

        Raises Unusable where there are not as many rows as there should be, duckdb.Error where they cannot be read.
        """
        if not found:
            return
        columns = [
            list(column)
            for column in zip(*((n, f.name, f.status, e.number) for n, f, e in found), strict=True)
        ]
        self.con.execute(
            "CREATE OR REPLACE TEMP TABLE brought AS SELECT unnest(CAST(? AS INTEGER[])) AS file_no,"
            " unnest(CAST(? AS VARCHAR[])) AS name, unnest(CAST(? AS VARCHAR[])) AS status, unnest(CAST(? AS INTEGER[])) AS then_no",
            columns,
        )
        for table in sorted({file.table for _, file, _ in found}):
            wanted = {
                number: entry.kept for number, file, entry in found if file.table == table and entry.kept
            }
            if wanted:
                self._bring_rows(contracts[table], wanted)
        self.con.execute(
            "INSERT INTO stage.reject SELECT b.file_no, b.name, r.* EXCLUDE (then_no), false FROM before.reject AS r"
            " JOIN brought AS b USING (then_no) ORDER BY b.file_no, r.rowid"
        )
        self.con.execute("DROP TABLE brought")

    def _bring_rows(self, contract: Contract, wanted: dict[int, int]) -> None:
        """Rows come to lie as if all files had been read one after another."""
        rows, names = (
            f"stage.{contract.table}__rows",
            ", ".join(f"r.{name}" for name, _ in stored_columns(contract)),
        )
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE all_rows AS SELECT *, rowid AS place FROM {rows} UNION ALL BY NAME"
            f" SELECT b.file_no, r.line, b.status AS file_status, {names}, r.rowid AS place"
            f" FROM before.{contract.table} AS r JOIN brought AS b USING (then_no)"
        )
        counted = dict(self.con.execute("SELECT file_no, count(*) FROM all_rows GROUP BY 1").fetchall())
        if any(counted.get(file_no) != kept for file_no, kept in wanted.items()):
            raise Unusable(contract.table)
        self.con.execute(f"DELETE FROM {rows}")
        self.con.execute(f"INSERT INTO {rows} SELECT * EXCLUDE (place) FROM all_rows ORDER BY file_no, place")
        self.con.execute("DROP TABLE all_rows")

    def write(self, path: Path, readings: list[Reading], contracts: dict[str, Contract]) -> None:
        """Write what is to be remembered from what is staged. Files beyond MOST_BYTES in all are left out."""
        kept, size, keys = [], 0, set()
        for reading in readings:
            key = self.key_of(reading.file)
            size += reading.file.size
            if size <= MOST_BYTES and key not in keys:
                keys.add(key)
                kept.append((reading.file_no, key, reading.rows_in, reading.rejected))
        self.con.execute(f"ATTACH '{str(path).replace(chr(39), chr(39) * 2)}' AS after (BLOCK_SIZE 16384)")
        self.con.execute("BEGIN")
        self.con.execute(
            "CREATE TABLE after.entry AS SELECT unnest(CAST(? AS INTEGER[])) AS then_no, unnest(CAST(? AS VARCHAR[])) AS key,"
            " unnest(CAST(? AS BIGINT[])) AS rows_in, unnest(CAST(? AS BIGINT[])) AS rejected",
            [list(column) for column in zip(*kept, strict=True)] or [[], [], [], []],
        )
        for table in sorted({reading.file.table for reading in readings}):
            names = ", ".join(name for name, _ in stored_columns(contracts[table]))
            self.con.execute(
                f"CREATE TABLE after.{table} AS SELECT file_no AS then_no, line, {names} FROM stage.{table}__rows"
                " WHERE file_no IN (SELECT then_no FROM after.entry) ORDER BY rowid"
            )
        self.con.execute(
            "CREATE TABLE after.reject AS SELECT file_no AS then_no, line, column_name, rule, value, reason_vi, reason_en"
            " FROM stage.reject WHERE NOT across_files AND file_no IN (SELECT then_no FROM after.entry) ORDER BY rowid"
        )
        self.con.execute("COMMIT")
        self.con.execute("DETACH after")


def remember(written: Path, out_dir: Path) -> None:
    """Swap in a file that ``Memory.write`` wrote."""
    with written.open("rb") as stream:
        os.fsync(stream.fileno())
    written.replace(out_dir / NAME)
