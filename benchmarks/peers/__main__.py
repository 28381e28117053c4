"""The dashboard's page on models beside the same four charts in Apache Superset and in plain Streamlit.

    python -m benchmarks.peers [--warehouse DIR] [--cache DIR] [--rounds 3] [--pictures DIR]

Everything is set up here: an environment for each in the cache folder (from PyPI, once), the rows of the published build
as files, Superset's metadata with dashboard, charts and filter. All servers run all the time, on this machine only; one
is asked at a time, in turn, round after round: first readers in Chromium whose browser has nothing yet, then twenty
readers at once. The numbers are this machine's: compare within one run.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.pages import served
from benchmarks.peers import install, superset
from benchmarks.peers.browser import Screen, chromium, pick_in_streamlit, pick_in_superset, visited
from benchmarks.peers.data import MODELS, PEER_GROUP, Rows, export
from benchmarks.peers.load import Opened, by_address, by_list, by_request, crowd
from benchmarks.peers.serving import started
from benchmarks.peers.table import Measured, table
from tests.serving import ROOT, free_port

HERE = Path(__file__).resolve().parent
PAUSE = 2
"""Seconds in which a server puts twenty sessions away."""
OURS = ", ".join(f".st-key-models_{chart}" for chart in ("trend", "funnel", "distribution", "ranking"))
PICKED = 3
"""So many other models each reader in a browser picks."""


@dataclass
class Contestant:
    """One of those compared: its screen in a browser, and how twenty readers ask it."""

    name: str
    screen: Screen
    opened: Callable[[Contestant], Opened]
    measured: Measured = field(default_factory=Measured)
    requests: dict[str, str] = field(default_factory=dict)
    hosts: set[str] = field(default_factory=set)


def dashboard(stack: ExitStack, folder: Path, warehouse: Path) -> Contestant:
    url = stack.enter_context(served(ROOT, folder / "dashboard.log", WAREHOUSE_DIR=str(warehouse)))
    screen = Screen(f"{url}/mo-hinh", OURS, pick_in_streamlit)
    addresses = tuple(f"mo-hinh?model={model}" for model in MODELS)
    return Contestant("the dashboard, /mo-hinh", screen, lambda _: by_address(url, addresses))


def plain(stack: ExitStack, programs: Path, folder: Path, rows: Rows, cached: bool) -> Contestant:
    """Streamlit with the settings it comes with, but for a port, no window of its own and nothing told to its makers."""
    own = folder / f"plain-{cached}"
    own.mkdir()
    shutil.copy(HERE / "plain.py", own)
    shutil.copy(rows.csv, own)
    port = free_port()
    settings = {
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "browser.gatherUsageStats": "false",
    }
    command = [str(programs / "streamlit"), "run", "plain.py"]
    command += [f"--{name}={value}" for name, value in settings.items()]
    environment = {"PERIOD": rows.period, "PEER_GROUP": PEER_GROUP, "CACHED": "1" if cached else ""}
    health = f"http://127.0.0.1:{port}/_stcore/health"
    server = stack.enter_context(started(command, own, own / "log", {**os.environ, **environment}, health))
    screen = Screen(server.url, ".stPlotlyChart", pick_in_streamlit)
    name = "plain Streamlit, `st.cache_data`" if cached else "plain Streamlit"
    return Contestant(name, screen, lambda _: by_list(server.url, rows.models))


def superset_dashboard(stack: ExitStack, made: superset.Installed, rows: Rows, cached: bool) -> Contestant:
    """Two workers; the metadata and the charts are those of ``made``."""
    url = stack.enter_context(superset.serving(made, cached)).url
    cookies = superset.signed_in(url, made)
    address = f"{url}/superset/dashboard/{superset.SLUG}/"
    screen = Screen(address, "[class*=dashboard-chart-id-]", pick_in_superset, cookies, answers=True)

    def opened(own: Contestant) -> Opened:
        return by_request(url, own.requests, cookies, rows.models)

    return Contestant(f"Superset 6.1, {'cache in files' if cached else 'no cache'}", screen, opened)


def contestants(
    stack: ExitStack, folder: Path, cache: Path, warehouse: Path
) -> tuple[list[Contestant], Rows]:
    """All of them, running."""
    programs = {name: install.environment(name, cache) for name in ("streamlit", "superset")}
    rows = export(warehouse, folder)
    made = superset.prepared(programs["superset"], folder / "superset")
    with superset.serving(made, cached=False) as server:
        superset.dashboard(server.url, made, rows)
    found = [
        dashboard(stack, folder, warehouse),
        *(plain(stack, programs["streamlit"], folder, rows, cached) for cached in (True, False)),
        *(superset_dashboard(stack, made, rows, cached) for cached in (True, False)),
    ]
    return found, rows


def in_browser(found: list[Contestant], rows: Rows, rounds: int, pictures: Path | None) -> None:
    """Visits of readers whose browser has nothing yet; the last of each leaves a picture where they are wanted."""
    with chromium() as browser:
        for number in range(rounds):
            for one in found:
                wanted = pictures and number == rounds - 1
                picture = pictures / f"{found.index(one)}.png" if pictures and wanted else None
                visit, traffic = visited(browser, one.screen, rows.models[1 : 1 + PICKED], picture)
                one.measured.visits.append(visit)
                one.requests, one.hosts = traffic.first_requests, one.hosts | traffic.hosts


async def twenty(found: list[Contestant], rows: Rows, rounds: int) -> None:
    for _ in range(rounds):
        for one in found:
            await crowd(one.opened(one), len(rows.models), one.measured.crowd)
            await asyncio.sleep(PAUSE)


def remarks(found: list[Contestant], rows: Rows, before: float, seconds: float) -> list[str]:
    """What the table does not say."""
    lines = [
        f"{rows.count:,} rows; Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}; load "
        f"{before:.1f} before, {os.getloadavg()[0]:.1f} after; {seconds / 60:.1f} minutes."
    ]
    asking = ", ".join(f"{one.name} {statistics.median(one.measured.crowd.asking):.0%}" for one in found)
    lines.append(f"Of one core, asking for twenty readers took: {asking}.")
    lines += [
        f"{one.name} wanted something of {', '.join(sorted(one.hosts))}; the browser did not ask."
        for one in found
        if one.hosts
    ]
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--warehouse", type=Path, default=ROOT / "data" / "warehouse")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "peers")
    parser.add_argument(
        "--rounds", type=int, default=3, help="visits in a browser; twenty readers come once less"
    )
    parser.add_argument("--pictures", type=Path, help="folder for a picture of each screen")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers are stopped then as well
    before, start = os.getloadavg()[0], time.monotonic()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        found, rows = contestants(stack, Path(name), chosen.cache.resolve(), chosen.warehouse.resolve())
        in_browser(found, rows, chosen.rounds, chosen.pictures)
        asyncio.run(twenty(found, rows, max(1, chosen.rounds - 1)))
    print(table({one.name: one.measured for one in found}))
    print("\n" + "\n".join(remarks(found, rows, before, time.monotonic() - start)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
