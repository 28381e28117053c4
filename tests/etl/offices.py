"""Files as offices send them, and what becomes of them: read, checked and staged by the real thing, without a build."""

from __future__ import annotations

import csv
import shutil
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


MIXED_SAMPLE = ("2025-H1", "2025-Q4", "2026-Q2", "2026-Q3")
MIXED_FAMILY = (1000, 800, 700)
"""What each of the hundred wards reports on families: total, registered, recognised."""
MIXED_SCHOOLS = table(
    SCHOOLS_HEADER,
    "2024-10-15,T1,Trường Một,primary,public,00001,10,300,20,true,,,",
    "2024-10-15,T2,Trường Hai,preschool,private,00001,5,100,10,false,,,",
    "2024-10-15,T3,Trung tâm Ba,continuing,public,00006,4,80,9,,,,",
)


def mixed(folder: Path) -> Path:
    """A data folder in which some offices have sent files and the sample stands in for the others.

    For Q2 2026 the hundred most populous wards reported on families, for Q3 2026 three; one ward reported on
    participation in Q3 2026; a register of schools came for the school year 2024-2025.
    """
    for name in ("reference", "published"):
        (folder / name).symlink_to(DATA / name)
    for what in ("learning_models", "participation"):
        (folder / "sample" / what).mkdir(parents=True)
        for period in MIXED_SAMPLE:
            (folder / "sample" / what / f"{period}.csv").symlink_to(DATA / "sample" / what / f"{period}.csv")
    registers = folder / "sample" / "schools"
    registers.mkdir()
    (registers / "2025-09-30.csv").symlink_to(DATA / "sample" / "schools" / "2025-09-30.csv")
    earlier = "2024-09-30,MH-1,Trường minh họa 1,primary,public,00001,1,30,2,true,,,"
    (registers / "2024-09-30.csv").write_text(table(SCHOOLS_HEADER, earlier), encoding="utf-8")
    wards = todays_wards()
    total, registered, recognised = MIXED_FAMILY
    figures = f"family,{total},{registered},{recognised},"
    reports = folder / "reports"
    reports.mkdir()
    written = {
        "q2.csv": table(MODELS_HEADER, *(f"2026-Q2,{code},,{figures}" for code, _ in wards[:100])),
        "q3.csv": table(MODELS_HEADER, *(f"2026-Q3,{code},,{figures}" for code, _ in wards[:3])),
        "tham-gia.csv": table(
            PARTICIPATION_HEADER, "2026-Q3,00004,,digital.skills,300,400,", "2026-Q3,00004,,clc.active,0,0,"
        ),
        "truong.csv": MIXED_SCHOOLS,
    }
    for name, content in written.items():
        (reports / name).write_text(content, encoding="utf-8")
    return folder


REPORTING_DUE_DAYS = 20
"""The time allowed in the folder of ``reporting``: an edited threshold, not the project's own."""
REPORTING = {
    "2025-Q3": {"in time": "2025-10-20", "late": "2025-10-21", "stopped": "2025-09-30", "undated": ""},
    "2025-Q4": {"in time": "2026-01-20", "late": "2026-01-21", "started": "2026-01-02", "undated": ""},
    "2026-Q2": {"in time": "2026-07-20", "late": "2026-07-21"},
    "2026-Q3": {"in time": "2026-10-19", "late": "2026-12-31"},
}
"""Which wards sent real reports on models, and the day they wrote on them."""
REPORTING_WARDS = ("in time", "late", "stopped", "started", "undated", "silent")


def reporting_ward(name: str) -> tuple[str, int]:
    """Code and population of one of ``REPORTING_WARDS``: they are the six most populous."""
    return todays_wards()[REPORTING_WARDS.index(name)]


def reporting(folder: Path) -> Path:
    """A data folder in which a few wards report on models in time, late, or not at all.

    The sample stands in for the first half of 2025 and Q1 2026, where no office sent anything, and for participation,
    on which only the city itself sent a file, for Q2 2026.
    """
    shutil.copytree(DATA / "reference", folder / "reference")
    rules = folder / "reference" / "method_rule.csv"
    due = rules.read_text(encoding="utf-8")
    rules.write_text(
        due.replace("report_due_days,1,30,", f"report_due_days,1,{REPORTING_DUE_DAYS},"), encoding="utf-8"
    )
    for what in ("learning_models", "participation"):
        (folder / "sample" / what).mkdir(parents=True)
        for period in ("2025-H1", "2026-Q1", "2026-Q2", "2026-Q3"):
            (folder / "sample" / what / f"{period}.csv").symlink_to(DATA / "sample" / what / f"{period}.csv")
    header = MODELS_HEADER.replace("note", "reported_on,note")
    rows = [
        f"{period},{reporting_ward(name)[0]},,family,1000,800,{700 + 10 * step},{day},"
        for step, (period, sent) in enumerate(REPORTING.items())
        for name, day in sent.items()
    ]
    rows.append(
        f"2025-Q3,{reporting_ward('in time')[0]},,clan,10,8,7,2025-11-30,"
    )  # sent again, with more in it
    written = {
        "models.csv": table(header, *rows),
        "city.csv": table(PARTICIPATION_HEADER, "2026-Q2,01,,digital.skills,300,400,"),
    }
    (folder / "reports").mkdir()
    for name, content in written.items():
        (folder / "reports" / name).write_text(content, encoding="utf-8")
    return folder


def todays_wards() -> list[tuple[str, int]]:
    """Code and population of today's 126 wards, the most populous first."""
    units = rows_of(DATA / "reference" / "unit.csv")
    wards = [(u["code"], int(u["population"])) for u in units if u["level"] == "ward" and not u["valid_to"]]
    return sorted(wards, key=lambda ward: (-ward[1], ward[0]))


def rows_of(path: Path) -> list[dict[str, str]]:
    """The records of a CSV of ours."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def opened(warehouse: Path) -> duckdb.DuckDBPyConnection:
    """The published build of a warehouse folder."""
    build_id = (warehouse / "CURRENT").read_text(encoding="utf-8").strip()
    return duckdb.connect(str(warehouse / f"{build_id}.duckdb"), read_only=True)
