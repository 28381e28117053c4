"""Whether exports of two million rows stay small in memory and near DuckDB's own COPY.

    python -m benchmarks.exports [--rows 2000000] [--runs 3] [--all]

The project's own data are built into a scratch warehouse whose figures are repeated, a year earlier each time, until
there are so many. The long table of the analyst's desk is then written by `exports`, and by DuckDB's own COPY of the
same query to the same format with its own settings; each in a process of its own, in turn. Times are of the writing
alone, peaks of the whole process with its imports. `--all` adds the formats for which DuckDB has no like.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from exports import from_asked, write_csv, write_csv_zip, write_json, write_parquet, write_xlsx
from queries.explore import Choice, asked
from queries.warehouse import current_warehouse
from tests.serving import ROOT

COMPARED = {"Parquet": "parquet", "CSV, codes": "csv", "CSV, words": "csv"}
FURTHER = ("JSON", "CSV in an archive", "XLSX")
MOST_TIMES = 2.0
MOST_MIB = 600


def many_figures(folder: Path, rows: int) -> None:
    """A warehouse with at least so many figures in `folder`."""
    from etl.build import build

    data = folder / "data"
    for part in ("reference", "published", "sample"):
        shutil.copytree(ROOT / "data" / part, data / part)
    result = build(data, folder, allow_shrink=True)
    times = -(-rows // result.tables["observation"])
    with duckdb.connect(str(folder / f"{result.build_id}.duckdb")) as connection:
        connection.execute(
            "INSERT INTO observation SELECT * EXCLUDE (years) REPLACE ("
            " CAST(period_start - to_years(CAST(years AS INTEGER)) AS DATE) AS period_start,"
            " CAST(period_end - to_years(CAST(years AS INTEGER)) AS DATE) AS period_end)"
            " FROM observation, range(1, ?) AS earlier(years)",
            [times],
        )


def write(folder: Path, name: str, own: bool) -> None:
    """Write one file and print seconds, peak in MiB, rows and bytes."""
    w = current_warehouse(folder)
    question = asked(w, Choice())
    table, out = from_asked(w, question), folder / "out"
    writers: dict[str, Callable[[], int]] = {
        "Parquet": lambda: write_parquet(table, out),
        "CSV, codes": lambda: write_csv(table, out, "vi", words="codes"),
        "CSV, words": lambda: write_csv(table, out, "vi", decimal=","),
        "JSON": lambda: write_json(table, out),
        "CSV in an archive": lambda: write_csv_zip(table, out, "vi"),
        "XLSX": lambda: write_xlsx(table, out, "vi"),
    }
    started = time.perf_counter()
    if own:
        with duckdb.connect(str(w.path), read_only=True) as connection:
            copy = f"COPY ({question.sql}) TO '{out}' (FORMAT {COMPARED[name]})"
            found = connection.execute(copy, list(question.parameters)).fetchone()
        rows = found[0] if found else 0
    else:
        rows = writers[name]()
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([seconds, peak, rows, out.stat().st_size]))
    out.unlink()


def measured(folder: Path, name: str, own: bool) -> list[float]:
    """The same in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.exports", "--folder", str(folder), "--write", name]
    done = subprocess.run(
        [*command, *(["--own"] if own else [])], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found: list[float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> int:
    """Print one Markdown table row a format; 1 where an aim is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--write", help=argparse.SUPPRESS)
    parser.add_argument("--own", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.write:
        write(args.folder, args.write, args.own)
        return 0
    missed = False
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        many_figures(folder, args.rows)
        print(
            "| format | rows | MB | DuckDB's own, s | export, s | ratio | own peak, MiB | export's peak, MiB |"
        )
        print("|---|---:|---:|---:|---:|---:|---:|---:|")
        for name in COMPARED:
            own, ours = [], []
            for _ in range(args.runs):
                own.append(measured(folder, name, own=True))
                ours.append(measured(folder, name, own=False))
            seconds = statistics.median(run[0] for run in own)
            taken = statistics.median(run[0] for run in ours)
            peak = max(run[1] for run in ours)
            missed = missed or taken > MOST_TIMES * seconds or peak > MOST_MIB
            print(
                f"| {name} | {ours[0][2]:,.0f} | {ours[0][3] / 1e6:.0f} | {seconds:.1f} | {taken:.1f} |"
                f" {taken / seconds:.2f} | {max(run[1] for run in own):.0f} | {peak:.0f} |",
                flush=True,
            )
        for name in FURTHER if args.all else ():
            seconds, peak, rows, size = measured(folder, name, own=False)
            missed = missed or peak > MOST_MIB
            print(
                f"| {name} | {rows:,.0f} | {size / 1e6:.0f} | | {seconds:.1f} | | | {peak:.0f} |", flush=True
            )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
