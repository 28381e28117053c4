"""Exports of each screen from a country's data against the same from Hà Nội's: each format, time in all and per row.

    python -m benchmarks.national --keep DIR
    python -m benchmarks.national_exports --country DIR/warehouse [--warehouse data/warehouse] [--runs 3]

A screen's workbook holds all its tables; the other formats are of its largest table. Each is written cold once, for
what is read from disk, and then ``--runs`` times; the median counts. A file of at most twice Hà Nội's rows is held to twice its
time; a larger one to twice its time per row, since it is a larger file. The column ``by`` says which.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from exports import Table, write_csv, write_csv_zip, write_geojson, write_json, write_parquet, write_xlsx
from exports.screens import Shown, tables_of
from queries.explore import Choice
from queries.figures import periods
from queries.warehouse import Warehouse, current_warehouse
from tests.serving import ROOT

SCREENS = ("", "mo-hinh", "ban-do", "phuong-xa", "truong-hoc", "mang-luoi", "tra-cuu", "tu-dien", "nguon")
UNIT = "00118@2025-07-01"
PLACED = ("ban-do", "truong-hoc")
"""Screens whose largest table goes onto a map."""
MOST_TIMES = 2.0


@dataclass(frozen=True)
class Written:
    """One file: its rows, and the median of the seconds that it took."""

    rows: int
    seconds: float


def written(make: Callable[[], int], runs: int) -> Written:
    """A file written again and again; what ``make`` gives are its rows."""
    make()
    taken, rows = [], 0
    for _ in range(runs):
        started = time.perf_counter()
        rows = make()
        taken.append(time.perf_counter() - started)
    return Written(rows, statistics.median(taken))


def asked(w: Warehouse) -> Shown:
    """The latest period of a build, one ward, and on the analyst's desk three indicators of all wards in it."""
    last = periods(w)[0].end
    several = tuple(f"model.family.{what}" for what in ("total", "recognised", "recognised_of_total"))
    desk = Choice(indicators=several, levels=("ward",), first=last, last=last)
    return Shown(period_end=last, unit=UNIT, choice=desk)


def rows_of(table: Table) -> int:
    """How many rows a table has."""
    found = table.warehouse.cursor().execute(f"SELECT count(*) FROM ({table.sql})", list(table.parameters))
    row = found.fetchone()
    return int(row[0]) if row else 0


def files_of(w: Warehouse, screen: str, out: Path, runs: int) -> Iterator[tuple[str, Written]]:
    """Each format of a screen."""
    tables = tables_of(screen, w, asked(w))
    yield "XLSX, all tables", written(lambda: write_xlsx(tables, out, "vi"), runs)
    table = max((one for one in tables if one.frame is None), key=rows_of)
    rows = rows_of(table)
    writers: dict[str, Callable[[], int]] = {
        "XLSX": lambda: write_xlsx(table, out, "vi"),
        "CSV": lambda: write_csv(table, out, "vi", decimal=","),
        "CSV in an archive": lambda: write_csv_zip(table, out, "vi"),
        "JSON": lambda: write_json(table, out),
        "Parquet": lambda: write_parquet(table, out),
    }
    if screen in PLACED:
        writers["GeoJSON"] = lambda: write_geojson(table, out)
    for name, write in writers.items():
        yield name, Written(rows, written(write, runs).seconds)


def line(screen: str, name: str, here: Written, country: Written) -> tuple[str, bool]:
    """One row of the table, and whether the aim is missed."""
    plain = country.seconds / here.seconds
    per_row = plain * max(1, here.rows) / max(1, country.rows)
    by_row = country.rows > MOST_TIMES * here.rows
    told = (
        f"| /{screen} | {name} | {here.rows:,} | {country.rows:,} | {1000 * here.seconds:.0f} | {1000 * country.seconds:.0f} |"
        f" {plain:.2f} | {per_row:.2f} | {'row' if by_row else 'file'} |"
    )
    return told, (per_row if by_row else plain) > MOST_TIMES


def main() -> int:
    """Print one Markdown table row a file; 1 where an aim is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--warehouse", type=Path, default=ROOT / "data" / "warehouse")
    parser.add_argument("--country", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    here, country = current_warehouse(args.warehouse), current_warehouse(args.country)
    print(
        "| screen | file | rows | rows, country | ms | ms, country | ratio | ratio per row | by |\n|---|---|---:|---:|---:|---:|---:|---:|---|"
    )
    missed = []
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "out"
        for screen in SCREENS:
            pairs = zip(
                files_of(here, screen, out, args.runs), files_of(country, screen, out, args.runs), strict=True
            )
            for (name, one), (_, other) in pairs:
                told, is_missed = line(screen, name, one, other)
                print(told, flush=True)
                missed += [f"/{screen} {name}"] * is_missed
    print(f"above {MOST_TIMES:g} times: {', '.join(missed) or 'none'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
