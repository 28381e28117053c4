"""Every version of every row handed in, and which is in force: later submissions supersede earlier ones row by row.

Accepted rows lie in ``received/<receipt>/rows-<table>.csv``: the contract's columns as text, after ``_key`` (what the
row is about: day on which the period ends, unit, model, indicator or school), ``_unit_key``, ``_file`` (its number in
the submission) and ``_line``. Nothing there is changed later; what is in force is worked out from the book each time.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb

from etl.contracts import Contract, load_contracts
from etl.intake.dates import period_of
from etl.intake.ledger import (
    SUBMIT,
    Entry,
    cannot,
    has_ledger,
    in_force,
    only_one_entry,
    read_ledger,
    received_folder,
    tables_undone_since_publishing,
)

LAID_OUT = Path("reports") / "nop"
"""Below the data folder: the rows in force as the build reads them. Written from the book; never edit them."""
OWN_COLUMNS = ("_key", "_unit_key", "_file", "_line")
_FETCHED = 10_000


def report_contracts() -> list[Contract]:
    """The contracts of what offices send."""
    return [contract for contract in load_contracts().values() if contract.kind == "report"]


def columns_of(contract: Contract) -> list[str]:
    """Names of the contract's columns, in order."""
    return [column.name for column in contract.columns]


def measured(contract: Contract) -> list[str]:
    """The columns that say something about the row's key: all but the key and the unit's name."""
    unit = contract.reporting_unit
    name = unit.name if unit else None
    return [column for column in columns_of(contract) if column not in contract.key and column != name]


def plain_text(value: object | None) -> str:
    """A typed value as the strict reader takes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return value.isoformat()
    return "" if value is None else str(value)


def last_day(at: object | None) -> dt.date | None:
    """The last day of a period's code, or the day itself."""
    if isinstance(at, dt.date):
        return at
    period = period_of(at) if isinstance(at, str) else None
    return period.end if period else None


def key_of(contract: Contract, values: dict[str, object | None], unit_key: str) -> str:
    """What a row is about, as one text. Periods count by their last day, as in the warehouse."""
    unit = contract.reporting_unit
    parts = []
    for name in contract.key:
        value = values.get(name)
        if unit and name == unit.code:
            parts.append(unit_key)
        elif contract.column(name).type == "period":
            parts.append(plain_text(last_day(value)))
        else:
            parts.append(plain_text(value))
    return "|".join(parts)


def rows_file(folder: Path, table: str) -> Path:
    """Where the accepted rows of one table lie in the folder of a receipt."""
    return folder / f"rows-{table}.csv"


def open_versions(
    data_dir: Path, entries: Iterable[Entry], tables: Iterable[str] | None = None
) -> duckdb.DuckDBPyConnection:
    """A scratch database with a table ``<table>__version`` per report contract: ``sequence``, ``receipt``, the
    file's own columns, and a view ``<table>__force`` of the rows that the given entries leave in force.

    Raises Problem where accepted rows cannot be read.
    """
    entries = list(entries)
    con = duckdb.connect()
    con.execute("SET memory_limit = '600MB'")
    con.execute("SET threads = 2")
    counts = {entry.receipt for entry in in_force(entries)}
    contracts = load_contracts()
    for table in tables or [contract.table for contract in report_contracts()]:
        create_rows(
            con, f"{table}__version", contracts[table], "sequence BIGINT, receipt VARCHAR, counts BOOLEAN"
        )
        for entry in entries:
            path = rows_file(received_folder(data_dir, entry.receipt), table)
            if entry.kind == SUBMIT and table in entry.tables:
                insert_rows(con, f"{table}__version", path, {
                    "sequence": entry.sequence, "receipt": entry.receipt, "counts": entry.receipt in counts,
                })  # fmt: skip
        con.execute(
            f"CREATE VIEW {table}__force AS SELECT * FROM {table}__version WHERE counts"
            " QUALIFY row_number() OVER (PARTITION BY _key ORDER BY sequence DESC) = 1"
        )
    return con


def create_rows(con: duckdb.DuckDBPyConnection, name: str, contract: Contract, more: str = "") -> None:
    """An empty table of rows as they lie in ``rows-<table>.csv``, with ``more`` columns before them."""
    columns = ", ".join(f"{column} VARCHAR" for column in (*OWN_COLUMNS, *columns_of(contract)))
    con.execute(f"CREATE TABLE {name} ({more}{', ' if more else ''}{columns})")


def insert_rows(
    con: duckdb.DuckDBPyConnection, name: str, path: Path, more: dict[str, object] | None = None
) -> None:
    """Add the rows of a file, by column name: a contract may have grown since. Raises Problem."""
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            header = next(csv.reader(stream))
    except OSError as error:
        raise cannot("read", path, error) from error
    more = more or {}
    columns = ", ".join(f"'{column}': 'VARCHAR'" for column in header)
    given = "".join(f"? AS {column}, " for column in more)
    con.execute(
        f"INSERT INTO {name} BY NAME SELECT {given}* FROM read_csv(?, header = true, auto_detect = false, delim = ',',"
        f" quote = '\"', escape = '\"', parallel = false, max_line_size = 20000000, columns = {{{columns}}})",
        [*more.values(), str(path)],
    )


def write_rows(
    path: Path, header: Iterable[str], rows: Iterable[Iterable[object]], *, durable: bool = True
) -> int:
    """Write a CSV, and have it on the disk where it is to be ``durable``; how many rows it holds. Raises OSError."""
    written = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            written += 1
        if durable:
            stream.flush()
            os.fsync(stream.fileno())
    return written


def fetched(
    con: duckdb.DuckDBPyConnection, sql: str, values: list[object] | None = None
) -> Iterator[tuple[object, ...]]:
    """The rows of a query, some at a time."""
    answer = con.execute(sql, values or [])
    while rows := answer.fetchmany(_FETCHED):
        yield from rows


def lay_out(data_dir: Path) -> frozenset[str]:
    """Write the rows in force to ``reports/nop``, one file a receipt and table, and remove what no longer counts.

    Does nothing where nothing was ever handed in. Gives the tables that may be smaller than in the published build,
    because a submission was taken back since. Raises Problem.
    """
    if not has_ledger(data_dir):
        return frozenset()
    with only_one_entry(data_dir):
        return lay_out_locked(data_dir, read_ledger(data_dir))


def lay_out_locked(data_dir: Path, entries: list[Entry]) -> frozenset[str]:
    """The same, for who holds the book's lock and has read it."""
    folder = data_dir / LAID_OUT
    try:
        wanted = _write_all(data_dir, folder, entries)
        for path in folder.glob("*") if folder.is_dir() else ():
            if path.name not in wanted:
                path.unlink()
    except OSError as error:
        raise cannot("write", folder, error) from error
    return tables_undone_since_publishing(entries)


def _write_all(data_dir: Path, folder: Path, entries: list[Entry]) -> set[str]:
    live = in_force(entries)
    wanted: set[str] = set()
    if not live:
        return wanted
    folder.mkdir(parents=True, exist_ok=True)
    with open_versions(data_dir, entries) as con:
        for contract in report_contracts():
            columns = columns_of(contract)
            for entry in live:
                if contract.table not in entry.tables:
                    continue
                name = f"{entry.receipt}-{contract.table}.csv"
                rows = fetched(
                    con,
                    f"SELECT {', '.join(columns)} FROM {contract.table}__force WHERE sequence = ?"
                    " ORDER BY CAST(_file AS BIGINT), CAST(_line AS BIGINT)",
                    [entry.sequence],
                )
                if _replace_if_other(folder / name, columns, rows):
                    wanted.add(name)
    return wanted


def _replace_if_other(path: Path, header: list[str], rows: Iterable[tuple[object, ...]]) -> bool:
    """Put a file in place in one step, unless it holds these rows already; whether there are any rows."""
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=".new", dir=path.parent)
    os.close(descriptor)
    new = Path(name)
    try:
        if not write_rows(new, header, rows, durable=False):  # it can always be made again
            return False
        if not path.is_file() or path.read_bytes() != new.read_bytes():
            new.chmod(0o644)
            new.replace(path)
        return True
    finally:
        new.unlink(missing_ok=True)
