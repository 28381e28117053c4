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
from contextlib import AsyncExitStack
from pathlib import Path

from websockets import Subprotocol
from websockets.asyncio.client import connect

from benchmarks.pages import Measured, Visitor, measure, served
from etl.build import build
from queries.catalogue import BASES
from tests.serving import ROOT

PERIOD = "2026-Q2"
"""Both have it; the latest one of the larger data has other figures."""
SCREENS = (f"mo-hinh?period={PERIOD}", f"phuong-xa?unit=00097@2025-07-01&period={PERIOD}")
FRESH_WARDS = 30
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


def fresh_views(screen: str) -> list[str]:
    """Addresses of a screen that nobody has asked for yet: every model and basis, or wards one after another."""
    page = screen.partition("?")[0]
    if page == "mo-hinh":
        models = ("citizen", "family", "clan", "community", "unit")
        return [f"{page}?period={PERIOD}&model={m}&basis={b}" for m in models for b in BASES]
    with (ROOT / "data" / "reference" / "unit.csv").open(encoding="utf-8", newline="") as stream:
        wards = [u["unit_key"] for u in csv.DictReader(stream) if u["level"] == "ward" and not u["valid_to"]]
    return [f"{page}?period={PERIOD}&unit={key}" for key in wards[-FRESH_WARDS:]]


async def ask_fresh(servers: dict[str, str], screen: str, into: dict[str, Measured]) -> None:
    """Each fresh view once on every server in turn; its milliseconds go to ``into``, by the server's name."""
    async with AsyncExitStack() as open_ones:
        visitors = {}
        for size, url in servers.items():
            address = url.replace("http:", "ws:") + "/_stcore/stream"
            subprotocols = [Subprotocol("streamlit")]
            connection = await open_ones.enter_async_context(
                connect(address, subprotocols=subprotocols, max_size=None)
            )
            visitors[size] = Visitor(connection, screen)
            await visitors[size].rerun()
        for path in fresh_views(screen):
            for size, visitor in visitors.items():
                visitor.url_path = path
                into[size].one_ms.append(1000 * await visitor.rerun())
                into[size].add(visitor)


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
            fresh = {path: {"small": Measured(), "large": Measured()} for path in args.url_paths}
            for path in args.url_paths:
                asyncio.run(ask_fresh({"small": small, "large": large}, path, fresh[path]))
    print(f"observations: {sizes['small']} and {sizes['large']}\n")
    print("| screen | | small | ten times | ratio |")
    print("|---|---|---:|---:|---:|")
    for path in args.url_paths:
        one, large_one = results[f"small {path}"], results[f"large {path}"]
        first, large_first = fresh[path]["small"], fresh[path]["large"]
        for words, got, other in (
            ("ms a rerun", one.one_ms, large_one.one_ms),
            ("ms a rerun, view never asked for", first.one_ms, large_first.one_ms),
            ("20 visitors: reruns/s", one.per_second, large_one.per_second),
        ):
            a, b = statistics.median(got), statistics.median(other)
            print(f"| /{path} | {words} | {a:.1f} | {b:.1f} | {b / a:.2f} |")
    asked = results | {f"{size} {path}": m for path, both in fresh.items() for size, m in both.items()}
    faults = {name: got.faults for name, got in asked.items() if got.faults}
    print(*(f"{name}: {'; '.join(sorted(f))}" for name, f in faults.items()), sep="\n", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
