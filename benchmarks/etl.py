"""How fast a large report file becomes a published warehouse, against DuckDB's own loading of the same file.

    python -m benchmarks.etl [--rows 10000000] [--runs 3]

A participation file is made (fixed seed, in a temporary folder). Each run times, one after the other in processes of
their own: DuckDB's `create table as select * from read_csv` with declared types plus a checkpoint, and a whole build
with reading, checking, key and account checks, marts and publishing. The ratio is what counts; the seconds are this
machine's. Peak memory is that of the build's process.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import duckdb

from tests.serving import ROOT

_MEASURED = """
import json, resource, sys, time
start = time.perf_counter()
{body}
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({{"seconds": seconds, "peak_mib": peak}}))
"""

_PLAIN = """
import duckdb
con = duckdb.connect(sys.argv[2])
con.execute('''create table participation as select * from read_csv(?, header = true, columns = {
    'period': 'VARCHAR', 'unit_code': 'VARCHAR', 'unit_name': 'VARCHAR', 'indicator': 'VARCHAR',
    'numerator': 'BIGINT', 'denominator': 'BIGINT', 'note': 'VARCHAR'})''', [sys.argv[1]])
con.execute("checkpoint")
con.close()
"""

_BUILD = """
from pathlib import Path
from etl.build import build
result = build(Path(sys.argv[1]), Path(sys.argv[2]))
assert result.rejected == 0, result.rejected
"""


def make_file(folder: Path, rows: int) -> Path:
    """A data folder with the project's reference tables, more report codes and one large participation file."""
    data = folder / "data"
    shutil.copytree(ROOT / "data" / "reference", data / "reference")
    shutil.copytree(ROOT / "data" / "published", data / "published")
    path = data / "reports" / "participation.csv"
    path.parent.mkdir(parents=True)
    with duckdb.connect() as con:
        con.execute(
            "CREATE TABLE unit AS SELECT * FROM read_csv(?, all_varchar = true)",
            [str(data / "reference" / "unit.csv")],
        )
        con.execute(
            "CREATE TABLE indicator AS SELECT * FROM read_csv(?, all_varchar = true)",
            [str(data / "reference" / "indicator.csv")],
        )
        per_period = 126 * 12
        periods = -(-rows // per_period)
        # More months than the calendar of reports has would be refused, so codes are multiplied until rows fit.
        months = 24 * 12
        copies = -(-periods // months)
        con.execute(
            """
            COPY (
                SELECT * EXCLUDE (k) REPLACE (CASE WHEN report_code IS NULL THEN NULL WHEN k = 0 THEN report_code ELSE report_code || '_x' || k END AS report_code,
                                  CASE WHEN k = 0 THEN indicator_id ELSE indicator_id || '_x' || k END AS indicator_id,
                                  CASE WHEN k = 0 THEN numerator_indicator_id END AS numerator_indicator_id)
                FROM indicator CROSS JOIN range(0, ?) AS copy (k) WHERE k = 0 OR report_code IS NOT NULL
            ) TO '{}' (HEADER)
            """.format(data / "reference" / "indicator.csv"),
            [copies],
        )
        con.execute("SELECT setseed(0.42)")
        con.execute(
            f"""
            COPY (
                SELECT strftime(month, '%Y-%m') AS period, code AS unit_code, name_vi AS unit_name,
                       report_code || CASE WHEN k = 0 THEN '' ELSE '_x' || k END AS indicator,
                       1000 + hash(month, code, report_code, k) % 4000 AS numerator,
                       5000 + hash(code, month, k) % 3000 AS denominator, '' AS note
                FROM (SELECT (date '2025-07-01' + to_months(m::INTEGER))::date AS month FROM range(0, {months}) AS t (m)),
                     (SELECT code, name_vi FROM unit WHERE level = 'ward' AND valid_from = '2025-07-01'),
                     (SELECT report_code FROM indicator WHERE report_code IS NOT NULL), range(0, {copies}) AS copy (k)
                LIMIT {rows}
            ) TO '{path}' (HEADER)
            """
        )
    return data


def measured(body: str, *arguments: str) -> dict[str, float]:
    """Run code in a process of its own; its seconds and peak memory in MiB."""
    code = _MEASURED.format(body=textwrap.dedent(body))
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def main() -> None:
    """Print one Markdown table row per run and the medians."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        data = make_file(folder, args.rows)
        size = (data / "reports" / "participation.csv").stat().st_size / 1e6
        print(
            f"{args.rows} rows, {size:.0f} MB; {platform.machine()}, Python {platform.python_version()}, DuckDB {duckdb.__version__}"
        )
        print("| run | DuckDB's own, s | build, s | ratio | peak of the build, MiB |\n|---|---|---|---|---|")
        ratios = []
        for run in range(1, args.runs + 1):
            plain = measured(
                _PLAIN, str(data / "reports" / "participation.csv"), str(folder / f"plain{run}.duckdb")
            )
            (folder / f"plain{run}.duckdb").unlink()
            whole = measured(_BUILD, str(data), str(folder / f"warehouse{run}"))
            shutil.rmtree(folder / f"warehouse{run}")
            ratios.append(whole["seconds"] / plain["seconds"])
            print(
                f"| {run} | {plain['seconds']:.1f} | {whole['seconds']:.1f} | {ratios[-1]:.2f} | {whole['peak_mib']:.0f} |",
                flush=True,
            )
        print(f"median ratio {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
