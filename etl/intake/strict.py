"""Report files read as the build reads them: by the form to the letter, large ones by DuckDB's scanner."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb

from etl.check import Checker, FileCount
from etl.contracts import Contract, load_contracts
from etl.files import InputFile, recognise
from etl.intake.reading import tell
from etl.intake.record import DUPLICATE, KEPT, REJECTED, CountedTable, Intake
from etl.intake.reference import Reference
from etl.intake.versions import OWN_COLUMNS, columns_of, fetched, write_rows
from etl.intake.workbook import Limits
from etl.periods import spellings
from etl.problems import Problem, Text

STRICT_BYTES = 64 * 1024 * 1024
"""The largest text file that is taken at all."""
_TOLD = 5000
"""How many broken rules of one large file are told one by one."""
_CATALOGUE = ("source", "unit", "indicator", "learning_model")


def stage_files(con: duckdb.DuckDBPyConnection, data_dir: Path, files: list[InputFile]) -> list[FileCount]:
    """Read and judge report files into the attached database ``stage`` of a scratch connection.

    What became of each file, in the order of their numbers there: the catalogue's first.

    Raises Problem where a file cannot be read at all.
    """
    contracts = load_contracts()
    wanted = {n: c for n, c in contracts.items() if n in _CATALOGUE or c.kind == "report"}
    con.execute("ATTACH ':memory:' AS stage")
    checker = Checker(con, wanted)
    for name in _CATALOGUE:
        path = data_dir / "reference" / f"{name}.csv"
        checker.load(recognise(path, f"reference/{name}.csv", [wanted[name]], "reference"))
    checker.use_units()
    for file in files:
        checker.load(file)
    checker.settle()
    return checker.counts


def key_sql(contract: Contract) -> str:
    """SQL of ``versions.key_of`` over a staged table."""
    unit = contract.reporting_unit
    code = unit.code if unit else None
    parts = ["unit_key" if name == code else f"CAST({name} AS VARCHAR)" for name in contract.key]
    return f"concat_ws('|', {', '.join(parts)})"


def is_for_strict(path: Path) -> bool:
    """Whether a file is text too large to be interpreted and small enough to be read by the form."""
    try:
        if not path.is_file() or not Limits().text_bytes < path.stat().st_size <= STRICT_BYTES:
            return False
        with path.open("rb") as stream:
            return stream.read(2) != b"PK"
    except OSError:
        return False


def read_strictly(path: Path, name: str, reference: Reference, work: Path | None) -> Intake | None:
    """Read a large file by the form; None where it does not follow the form. Rows to load go to a file in ``work``."""
    try:
        file = recognise(path, name, reference.reports(), "reported")
        with tempfile.TemporaryDirectory() as spill, duckdb.connect() as con:
            con.execute("SET memory_limit = '700MB'")
            con.execute("SET temp_directory = ?", [spill])
            con.execute("SET threads = 2")
            counts = stage_files(con, reference.data_dir, [file])
            return _as_intake(con, counts, reference, work)
    except Problem:
        return None


def _as_intake(
    con: duckdb.DuckDBPyConnection, counts: list[FileCount], reference: Reference, work: Path | None
) -> Intake:
    count = counts[-1]  # after the catalogue
    file, contract = count.file, load_contracts()[count.file.table]
    intake = Intake(file.name, file.sha256, "text", "utf-8", file.delimiter)
    table = CountedTable(
        contract.table, None, (1,), {column: (n, column) for n, column in enumerate(file.columns, start=1)},
        counts={KEPT: count.kept, REJECTED: count.rejected, DUPLICATE: count.duplicate},
    )  # fmt: skip
    intake.tables.append(table)
    tell(intake, "read_strictly", detail=f"{file.size >> 20} MB")
    for line, column, rule, value, vi, en in con.execute(
        "SELECT line, column_name, rule, value, reason_vi, reason_en FROM stage.reject WHERE file_no = ?"
        f" ORDER BY line, rule LIMIT {_TOLD}",
        [len(counts) - 1],
    ).fetchall():
        place = table.columns.get(column, (None, ""))[0]
        tell(
            intake,
            rule,
            line=line,
            column=column or None,
            place=place,
            value=value,
            reason=Text(vi, en),
            detail=Text(vi, en),
        )
    if work is not None:
        table.rows_csv = work / f".{file.path.name}.rows"
        write_rows(
            table.rows_csv,
            (*OWN_COLUMNS, *columns_of(contract)),
            _rows(con, contract, reference),
            durable=False,
        )
        with table.rows_csv.open(encoding="utf-8", newline="") as stream:
            at = contract.reporting_unit.at if contract.reporting_unit else contract.key[0]
            table.reports = sorted({(row["_unit_key"], row[at]) for row in csv.DictReader(stream)})
    return intake


def _rows(con: duckdb.DuckDBPyConnection, contract: Contract, reference: Reference) -> Iterator[list[object]]:
    """Staged rows as they are kept: periods by their codes again, and the unit's name, which staging leaves out."""
    codes = {(p.start.isoformat(), p.end.isoformat()): p.code for _, p in spellings()}
    unit = contract.reporting_unit
    named = unit.name if unit else None
    names = [name for name in columns_of(contract) if name != named]
    has_period = any(column.type == "period" for column in contract.columns)
    start = "CAST(period_start AS VARCHAR)" if has_period else "NULL"
    listed = ", ".join(f"CAST({name} AS VARCHAR)" for name in names)
    for key, unit_key, line, first, *values in fetched(
        con,
        f"SELECT {key_sql(contract)}, unit_key, line, {start}, {listed} FROM stage.{contract.table} ORDER BY line",
    ):
        row = dict(zip(names, values, strict=True))
        if has_period:
            row["period"] = codes[str(first), str(row["period"])]
        if named:
            row[named] = reference.by_key[str(unit_key)].name
        yield [key, unit_key, "0", line, *(row[name] for name in columns_of(contract))]
