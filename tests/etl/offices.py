"""Files as offices send them, and what becomes of them: read, checked and staged by the real thing, without a build."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from etl.check import Checker, FileCount
from etl.contracts import Contract, load_contracts
from etl.files import recognise

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "data"
CATALOGUE = ("source", "unit", "indicator", "learning_model")
OFFICE_TABLES = ("learning_models", "participation", "schools")

MODELS_HEADER = "period,unit_code,unit_name,model,total,registered,recognised,note"
PARTICIPATION_HEADER = "period,unit_code,unit_name,indicator,numerator,denominator,note"
SCHOOLS_HEADER = "as_of,school_code,school_name,level,ownership,unit_code,classes,pupils,teachers,national_standard,happy_school,lat,lon"


@dataclass(frozen=True)
class Reject:
    """One reason why a row was refused."""

    file: str
    line: int
    column: str
    rule: str
    value: str | None
    vi: str
    en: str


@dataclass
class Desk:
    """A data officer's desk: files are put on it one by one."""

    folder: Path
    con: duckdb.DuckDBPyConnection
    contracts: dict[str, Contract]
    checker: Checker

    def take(self, name: str, content: str | bytes) -> FileCount:
        """Read, type and judge one file."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        reports = [c for c in self.contracts.values() if c.kind == "report"]
        return self.checker.load(recognise(path, name, reports, "reported"))

    def rejects(self) -> list[Reject]:
        """Every reason so far, by file and line."""
        rows = self.con.execute(
            "SELECT file, line, column_name, rule, value, reason_vi, reason_en FROM stage.reject ORDER BY file_no, line, rule"
        ).fetchall()
        return [Reject(*row) for row in rows]

    def kept(self, table: str, columns: str = "*") -> list[tuple[object, ...]]:
        """Rows of a staged table in the order of the files."""
        return self.con.execute(f"SELECT {columns} FROM stage.{table} ORDER BY file_no, line").fetchall()


@contextmanager
def desk(folder: Path, contracts: Mapping[str, Contract] | None = None) -> Iterator[Desk]:
    """A desk with today's catalogue of units, indicators and models, or with contracts of one's own and no catalogue."""
    own = dict(contracts) if contracts else {n: load_contracts()[n] for n in (*CATALOGUE, *OFFICE_TABLES)}
    with duckdb.connect() as con:
        con.execute("ATTACH ':memory:' AS stage")
        checker = Checker(con, own)
        if contracts is None:
            for name in CATALOGUE:
                checker.load(
                    recognise(DATA / "reference" / f"{name}.csv", f"{name}.csv", [own[name]], "reference")
                )
            checker.use_units()
        yield Desk(folder, con, own, checker)


def table(header: str, *rows: str) -> str:
    """A CSV of that header and those rows."""
    return "\n".join([header, *rows]) + "\n"
