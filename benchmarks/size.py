"""Whether screens stay as fast when ten times the figures are behind them.

    python -m benchmarks.size [--times 10] [url_path ...]

The project's own data and the same with so many times the reporting periods (each made from a period of the sample)
are built into scratch warehouses and served side by side; the screens of both are asked in turn as in
`benchmarks.pages`. The ratio of large to small is what counts.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.pages import Measured, measure, served
from etl.build import build
from tests.serving import ROOT

SCREENS = ("mo-hinh", "phuong-xa?unit=00097@2025-07-01")
FIRST_HALF_YEAR, LAST_QUARTER = 2000, 2049


def more_periods(data: Path, times: int) -> None:
    """Add periods before and after those of the sample until there are so many times as many."""
    for table in ("learning_models", "participation"):
        folder = data / "sample" / table
        halves = sorted(folder.glob("*-H*.csv"))
        quarters = sorted(folder.glob("*-Q*.csv"))
        wanted = times * (len(halves) + len(quarters))
        names = [f"{y}-H{h}" for y in range(2020, FIRST_HALF_YEAR - 1, -1) for h in (2, 1)]
        names += [f"{y}-Q{q}" for y in range(2026, LAST_QUARTER + 1) for q in (1, 2, 3, 4)]
        added = 0
        for number, name in enumerate(names):
            if len(halves) + len(quarters) + added >= wanted:
                break
            path = folder / f"{name}.csv"
            if not path.exists():
                kind = halves if "H" in name else quarters
                copied(kind[number % len(kind)], path, name)
                added += 1


def copied(model: Path, path: Path, period: str) -> None:
    """The same reports for another period."""
    with (
        model.open(encoding="utf-8", newline="") as source,
        path.open("w", encoding="utf-8", newline="") as target,
    ):
        rows = csv.DictReader(source)
        writer = csv.DictWriter(target, rows.fieldnames or [], lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow(row | {"period": period, "reported_on": ""})


def line(name: str, got: Measured) -> tuple[float, float]:
    return statistics.median(got.one_ms), statistics.median(got.per_second)


def main() -> int:
    """Print one Markdown table row per screen."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("url_paths", nargs="*", default=SCREENS)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        sizes = {}
        for size, times in (("small", 1), ("large", args.times)):
            data = folder / size
            for part in ("reference", "published", "sample"):
                shutil.copytree(ROOT / "data" / part, data / part)
            more_periods(data, times)
            result = build(data, folder / f"warehouse-{size}", allow_shrink=True)
            sizes[size] = result.tables["observation"]
        with (
            served(ROOT, folder / "small.log", WAREHOUSE_DIR=str(folder / "warehouse-small")) as small,
            served(ROOT, folder / "large.log", WAREHOUSE_DIR=str(folder / "warehouse-large")) as large,
        ):
            targets = {
                f"{size} {path}": (url, path)
                for path in args.url_paths
                for size, url in (("small", small), ("large", large))
            }
            results = asyncio.run(measure(targets))
    print(f"observations: {sizes['small']} and {sizes['large']}\n")
    print("| screen | ms a rerun | ten times | ratio | 20 visitors: reruns/s | ten times | ratio |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for path in args.url_paths:
        one, many = line("small", results[f"small {path}"])
        one_large, many_large = line("large", results[f"large {path}"])
        print(
            f"| /{path} | {one:.1f} | {one_large:.1f} | {one_large / one:.2f} | {many:.1f} | {many_large:.1f} | {many / many_large:.2f} |"
        )
    faults = {name: got.faults for name, got in results.items() if got.faults}
    print(*(f"{name}: {'; '.join(sorted(f))}" for name, f in faults.items()), sep="\n", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
