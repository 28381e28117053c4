"""How long it takes to move figures to other boundaries, against a plain sum of the same rows.

    python -m benchmarks.boundaries [--rows 10000000] [--runs 3]

As many figures are made (fixed, in a temporary file), on the units and the bridge of the published warehouse: once of
the 526 wards of before July 2025, so that every one has to be moved, and once of districts and today's wards as
offices report, where each figure of a district is divided among about seven wards. Timed in turn, in one process: a plain
`sum … group by` of those rows by the same key, and the whole of `observation_reexpressed` on each vintage: counts,
rates, bands, methods and shares. The ratio is what counts.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import tempfile
import time
from pathlib import Path

import duckdb

from queries.timeline import VINTAGES
from tests.serving import ROOT

WAREHOUSE = ROOT / "data" / "warehouse"
NEEDED = ("unit", "unit_bridge", "indicator", "reexpression_overlap")

REPORTING = {
    "former wards": "level = 'ward' AND valid_to IS NOT NULL",
    "districts and wards": "level = 'district' OR (level = 'ward' AND valid_to IS NULL)",
}

PLAIN = """
SELECT count(*), sum(part), sum(whole), sum(amount) FROM (
    SELECT indicator_id, unit_key, period_end, status, source_id, sum(numerator) AS part, sum(denominator) AS whole, sum(value) AS amount
    FROM observation GROUP BY ALL)
"""
MOVED = """
SELECT count(*), sum(numerator), sum(denominator), sum(value), sum(value_low), sum(value_high), sum(value_by_area),
       sum(value_by_people), sum(estimated_share), sum(covered_share), min(weight_method), min(status), min(period_start)
FROM observation_reexpressed WHERE vintage = '{vintage}'
"""


def prepared(con: duckdb.DuckDBPyConnection, published: Path, rows: int, who: str) -> None:
    """The tables of a published build with so many figures of those units in place of its own."""
    con.execute(f"ATTACH '{published}' AS built (READ_ONLY)")
    for table in NEEDED:
        con.execute(f"CREATE TABLE {table} AS FROM built.{table}")
    (units,) = con.execute(f"SELECT count(*) FROM unit WHERE {who}").fetchone() or (1,)
    days = -(-rows // (units * 48))
    con.execute(
        f"""
        CREATE TABLE observation AS
        SELECT m.indicator_id, u.unit_key, d.day AS period_start, d.day AS period_end, 'reported' AS status,
               'office-reports' AS source_id, CASE WHEN m.kind = 'rate' THEN 70.0 END AS numerator,
               CASE WHEN m.kind = 'rate' THEN 100.0 END AS denominator, CASE WHEN m.kind = 'rate' THEN 0.7 ELSE 100.0 END AS value
        FROM (SELECT CAST(DATE '1990-01-01' + CAST(n AS INTEGER) AS DATE) AS day FROM range(0, {days}) AS t (n)) AS d,
             (SELECT indicator_id, kind FROM indicator WHERE theme = 'model' ORDER BY indicator_id LIMIT 48) AS m,
             (SELECT unit_key FROM unit WHERE {who}) AS u
        LIMIT {rows}
        """
    )
    con.execute((ROOT / "etl" / "marts" / "50_observation_reexpressed.sql").read_text(encoding="utf-8"))


def seconds(con: duckdb.DuckDBPyConnection, sql: str) -> float:
    start = time.perf_counter()
    con.execute(sql).fetchall()
    return time.perf_counter() - start


def main() -> None:
    """Print one Markdown table row per run and the medians."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    build_id = (WAREHOUSE / "CURRENT").read_text(encoding="utf-8").strip()
    print(f"{args.rows} rows; {platform.machine()}, DuckDB {duckdb.__version__}")
    print("| figures of | run | plain sum, s |" + "".join(f" {v}, s | ratio |" for v in VINTAGES[:2]))
    print("|---|---|---|" + "---|---|" * 2)
    for name, who in REPORTING.items():
        with tempfile.TemporaryDirectory() as scratch, duckdb.connect(str(Path(scratch) / "w.duckdb")) as con:
            prepared(con, WAREHOUSE / f"{build_id}.duckdb", args.rows, who)
            seconds(con, PLAIN)
            compare(con, name, args.runs)


def compare(con: duckdb.DuckDBPyConnection, name: str, runs: int) -> None:
    """The plain sum and the moved figures of two vintages in turn, with the medians of their ratios."""
    ratios: dict[str, list[float]] = {vintage: [] for vintage in VINTAGES[:2]}
    for run in range(1, runs + 1):
        plain = seconds(con, PLAIN)
        line = f"| {name} | {run} | {plain:.2f} |"
        for vintage, found in ratios.items():
            took = seconds(con, MOVED.format(vintage=vintage))
            found.append(took / plain)
            line += f" {took:.2f} | {took / plain:.2f} |"
        print(line, flush=True)
    medians = ", ".join(f"{v} {statistics.median(r):.2f}" for v, r in ratios.items())
    print(f"| {name} | median | ratio: {medians} |")


if __name__ == "__main__":
    main()
