"""Figures that obey every rule and still deserve a look, told before they are published.

The rules are those of the build (``marts/80_quality_flag.sql``, thresholds in ``method_rule``), run on the rows handed in
together with the reported figures of the published build, in a scratch database. Sentences are those of the build.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from etl.contracts import load_contracts
from etl.intake.findings import LOOK, NOTE, WARNING, Finding
from etl.intake.received import Received
from etl.intake.versions import create_rows, insert_rows, rows_file
from etl.periods import spellings
from etl.problems import Text
from etl.publish import current_build_id, warehouse_path
from etl.rules import stored_columns
from etl.words import literal

_MARTS = Path(__file__).parent.parent / "marts"
_JUDGED = ("learning_models", "participation")
_REFERENCE = ("method_rule", "indicator", "learning_model", "unit", "peer_group")
_NOT_BUILT = Text(
    "Chưa có bản xuất bản nào đọc được nên chưa so được với kỳ trước.",
    "No published build can be read, so nothing is held against earlier periods.",
)


def flags(received: list[Received], folder: Path, out_dir: Path) -> list[Text]:
    """Add a finding to each file for each figure that the build would flag; notes on what could not be done.

    ``folder`` holds the rows that would be taken in.
    """
    tables = [table for table in _JUDGED if rows_file(folder, table).is_file()]
    if not tables:
        return []
    build_id = current_build_id(out_dir)
    if build_id is None:
        return [_NOT_BUILT]
    try:
        with duckdb.connect() as con:
            con.execute("SET memory_limit = '600MB'")
            con.execute(f"ATTACH {literal(str(warehouse_path(out_dir, build_id)))} AS published (READ_ONLY)")
            found = _found(con, folder, tables)
    except duckdb.IOException:
        return [_NOT_BUILT]
    for number, line, rule, severity, indicator, value, vi, en in found:
        table, column = _place(indicator)
        file = received[int(number)]
        at = next((t for t in file.intake.tables if t.table == table), None)
        place = at.columns.get(column, (None, ""))[0] if at else None
        file.intake.findings.append(
            Finding(
                rule, WARNING if severity == "warning" else NOTE, file.intake.file, Text(vi, en), LOOK,
                at.sheet if at else None, line, column, place, f"{value:.6g}",
            )
        )  # fmt: skip
    return []


def _place(indicator: str) -> tuple[str, str]:
    """(table, column) in which a flagged indicator is reported."""
    if not indicator.startswith("model."):
        return "participation", "numerator"
    what = indicator.split(".")[2]
    return "learning_models", what.split("_of_")[0]


def _found(
    con: duckdb.DuckDBPyConnection, folder: Path, tables: list[str]
) -> list[tuple[str, int, str, str, str, float, str, str]]:
    contracts = load_contracts()
    con.execute("ATTACH ':memory:' AS stage")
    for name in _REFERENCE:
        con.execute(f"CREATE TABLE stage.{name} AS SELECT * FROM published.main.{name}")
    con.execute("CREATE TABLE unit_peer_group AS SELECT * FROM published.main.unit_peer_group")
    con.execute("CREATE TABLE school AS SELECT * FROM published.main.school LIMIT 0")
    con.execute("CREATE TABLE stage.file (file_no INTEGER, name VARCHAR)")
    con.execute("CREATE TABLE period (code VARCHAR, period_start DATE, period_end DATE)")
    for table in (*_JUDGED, "published_figure"):
        columns = ", ".join(f"{name} {kind}" for name, kind in stored_columns(contracts[table]))
        con.execute(
            f"CREATE TABLE stage.{table} (file_no INTEGER, line BIGINT, file_status VARCHAR, {columns})"
        )
    for table in tables:
        _stage(con, folder, table)
    con.execute((_MARTS / "40_observation.sql").read_text(encoding="utf-8"))
    con.execute("CREATE TABLE handed_in AS SELECT * FROM observation")
    con.execute(
        "INSERT INTO observation BY NAME SELECT * FROM published.main.observation AS o WHERE status = 'reported'"
        " AND NOT EXISTS (SELECT 1 FROM handed_in AS h WHERE h.indicator_id = o.indicator_id"
        " AND h.unit_key = o.unit_key AND h.period_end = o.period_end)"
    )
    con.execute((_MARTS / "80_quality_flag.sql").read_text(encoding="utf-8"))
    return con.execute(
        "SELECT h.file, h.line, f.flag_rule, f.severity, f.indicator_id, f.value, f.sentence_vi, f.sentence_en"
        " FROM quality_flag AS f JOIN handed_in AS h USING (indicator_id, unit_key, period_end) WHERE f.status = 'reported'"
        " ORDER BY CAST(h.file AS INTEGER), h.line, f.flag_rule, f.indicator_id"
    ).fetchall()


def _stage(con: duckdb.DuckDBPyConnection, folder: Path, table: str) -> None:
    """Put rows handed in where the build would have them. A file is known by its number."""
    contract = load_contracts()[table]
    create_rows(con, f"{table}__candidate", contract)
    insert_rows(con, f"{table}__candidate", rows_file(folder, table))
    con.execute(
        f"INSERT INTO stage.file SELECT DISTINCT CAST(_file AS INTEGER), _file FROM {table}__candidate"
        " WHERE CAST(_file AS INTEGER) NOT IN (SELECT file_no FROM stage.file)"
    )
    codes = {code for (code,) in con.execute(f"SELECT DISTINCT period FROM {table}__candidate").fetchall()}
    known = {period.code: period for _, period in spellings() if period.code in codes}
    con.executemany("INSERT INTO period VALUES (?, ?, ?)", [[p.code, p.start, p.end] for p in known.values()])
    names = [c.name for c in contract.columns if c.type == "integer"]
    own = "model" if table == "learning_models" else "indicator"
    figures = ", ".join(f"CAST(c.{name} AS BIGINT) AS {name}" for name in names)
    con.execute(
        f"INSERT INTO stage.{table} BY NAME SELECT CAST(c._file AS INTEGER) AS file_no, CAST(c._line AS BIGINT) AS line,"
        f" 'reported' AS file_status, c._unit_key AS unit_key, p.period_start, p.period_end AS period, c.{own}, {figures}"
        f" FROM {table}__candidate AS c JOIN period AS p ON p.code = c.period"
    )
    con.execute("DELETE FROM period")
