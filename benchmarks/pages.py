"""How fast each screen is, over the real websocket, against a bare page with the same settings.

    python -m benchmarks.pages [--processes 1] [--warehouse DIR] [--fresh 8] [--rounds 3] [url_path ...]

Two servers run on this machine: the dashboard, and a page with a title and a selectbox. Each target is asked in
turn, round after round, so that a slow moment of the machine hits all of them. `one` is the median time of a rerun
of a single visitor; `twenty` is reruns per second while twenty visitors rerun at once, and with it the processor's
time that the server spends on a rerun. Then one visitor makes choices that nobody has made yet, each after a rerun of
the bare page. The ratios and differences are what counts: the times are this machine's.

Bytes are those of the websocket before packing: of a rerun of an unchanged view; of it, what came whole although the
browser had it (small: elements under ``global.minCachedMessageSize`` and containers, which Streamlit always sends
whole; large: the others, which is to be 0); of the largest rerun after a choice; and of a first visit. An exception
on a screen, or an address that does not exist, ends the run with 1.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets import Subprotocol
from websockets.asyncio.client import ClientConnection, connect

from benchmarks import readers
from tests.serving import ROOT, Server, start_server

SCREENS = tuple(readers.usual(path) for path in readers.USUAL)
BARE = "bare page"
BARE_PAGE = """import streamlit as st
st.title("Trang trống")
st.selectbox("Kỳ", ["2026-Q2", "2026-Q3"])
"""
ROUNDS = 3
ONE_RERUNS = 10
VISITORS = 20
VISITOR_RERUNS = 4
FRESH = 8
PAUSE = 2
"""Seconds in which a server puts twenty sessions away, so that the next target does not pay for them."""
KEPT_RUNS = 2
"""A browser lets go of an element that so many runs did not use (``global.maxCachedMessageAge``)."""
TICKS = os.sysconf("SC_CLK_TCK")
ONE_AIM, TWENTY_AIM, FRESH_AIM, SIZE_AIM = 2.0, 0.3, 150, 250_000


@dataclass
class Visitor:
    """One browser's connection: what it keeps between reruns is what a browser keeps."""

    connection: ClientConnection
    url_path: str
    page_hash: str = ""
    kept: dict[str, int] = field(default_factory=dict)
    size: int = 0
    whole: int = 0
    """Bytes of elements in the last run that could have come as a reference and came whole."""
    small: int = 0
    """Bytes of what was on the screen already and came again because it is too small for a reference."""
    faults: list[str] = field(default_factory=list)
    dark: bool = False
    runs: int = 0
    _pages: dict[str, str] = field(default_factory=dict)
    _shown: set[str] = field(default_factory=set)

    async def rerun(self) -> float:
        """Ask for one run of the script; return its seconds."""
        ask, shown = self._ask(), set[str]()
        self.size = self.whole = self.small = 0
        self.runs += 1
        start = time.perf_counter()
        await self.connection.send(ask.SerializeToString())
        while True:
            raw = await self.connection.recv(decode=False)
            self.size += len(raw)
            message = ForwardMsg.FromString(raw)
            kind = message.WhichOneof("type")
            if kind == "script_finished":
                if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    break
                continue
            self._keep(kind, message, len(raw), shown)
            self.note(kind, message)
        seconds = time.perf_counter() - start
        self._shown = shown
        self.kept = {key: run for key, run in self.kept.items() if self.runs - run < KEPT_RUNS}
        return seconds

    def _ask(self) -> BackMsg:
        ask = BackMsg()
        path, _, ask.rerun_script.query_string = self.url_path.partition("?")
        if self.page_hash and path in self._pages:
            ask.rerun_script.page_script_hash = self._pages[path]
        else:
            ask.rerun_script.page_name = path
        ask.rerun_script.cached_message_hashes.extend(self.kept)
        ask.rerun_script.context_info.url = f"http://localhost/{path}"
        ask.rerun_script.context_info.color_scheme = "dark" if self.dark else "light"
        return ask

    def _keep(self, kind: str | None, message: ForwardMsg, size: int, shown: set[str]) -> None:
        """Note what a browser keeps of a message, and whether it had it already."""
        if kind == "ref_hash":
            self.kept[message.ref_hash] = self.runs
        elif message.metadata.cacheable and message.hash:
            self.whole += size
            self.kept[message.hash] = self.runs
        elif kind == "delta":
            shown.add(message.hash)
            if message.hash in self._shown:
                self.small += size

    def note(self, kind: str | None, message: ForwardMsg) -> None:
        if kind == "navigation":
            self.page_hash = message.navigation.page_script_hash
            self._pages = {
                "" if page.is_default else page.url_pathname: page.page_script_hash
                for page in message.navigation.app_pages
            }
        elif kind == "page_not_found":
            self.faults.append("there is no screen at this address")
        elif kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
            exception = message.delta.new_element.exception
            self.faults.append(f"{exception.type} {exception.message}".strip())


@dataclass
class Measured:
    """What came out for one screen. ``cpu_ms`` is of the server, for each rerun of twenty visitors."""

    one_ms: list[float] = field(default_factory=list)
    per_second: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    asking: list[float] = field(default_factory=list)
    """The part of a core that the twenty visitors took themselves."""
    fresh_ms: list[float] = field(default_factory=list)
    """Of each choice that nobody had made yet: what it took more than the rerun of the bare page before it."""
    fresh_cpu_ms: list[float] = field(default_factory=list)
    fresh_size: int = 0
    fresh_slowest: str = ""
    first_size: int = 0
    size: int = 0
    whole: int = 0
    small: int = 0
    faults: set[str] = field(default_factory=set)

    def add(self, visitor: Visitor) -> None:
        self.size, self.whole, self.small = visitor.size, visitor.whole, visitor.small
        self.faults |= set(visitor.faults)

    def add_fresh(self, visitor: Visitor, above_ms: float, cpu_ms: float) -> None:
        if above_ms > max(self.fresh_ms, default=-float("inf")):
            self.fresh_slowest = visitor.url_path
        self.fresh_ms.append(above_ms)
        self.fresh_cpu_ms.append(cpu_ms)
        self.fresh_size = max(self.fresh_size, visitor.size)
        self.faults |= set(visitor.faults)


@asynccontextmanager
async def arrived(url: str, url_path: str) -> AsyncIterator[Visitor]:
    """A visitor whose first run is over."""
    address = url.replace("http:", "ws:") + "/_stcore/stream"
    async with connect(address, subprotocols=[Subprotocol("streamlit")], max_size=None) as connection:
        visitor = Visitor(connection, url_path)
        await visitor.rerun()
        yield visitor


async def visit(url: str, url_path: str, reruns: int, measured: Measured) -> list[float]:
    """One visitor: the first run, which is not counted, then so many reruns."""
    async with arrived(url, url_path) as visitor:
        measured.first_size = visitor.size
        seconds = [await visitor.rerun() for _ in range(reruns)]
    measured.add(visitor)
    return seconds


async def twenty(url: str, url_path: str, measured: Measured) -> float:
    start = time.perf_counter()
    await asyncio.gather(*(visit(url, url_path, VISITOR_RERUNS, measured) for _ in range(VISITORS)))
    return VISITORS * (VISITOR_RERUNS + 1) / (time.perf_counter() - start)


async def measure(
    targets: dict[str, tuple[str, str]],
    processes: Mapping[str, int] | None = None,
    rounds: int = ROUNDS,
) -> dict[str, Measured]:
    """Each target's name -> what came out, from several rounds over all of them.

    ``processes`` are the servers' numbers by address; without them the processor's time is not measured.
    """
    out = {name: Measured() for name in targets}
    for url, url_path in targets.values():  # caches filled, bytecode compiled
        await visit(url, url_path, 1, Measured())
    for _ in range(rounds):
        for name, (url, url_path) in targets.items():
            seconds = await visit(url, url_path, ONE_RERUNS, out[name])
            out[name].one_ms += [1000 * s for s in seconds]
            worked = cpu_seconds(processes[url]) if processes else 0.0
            start, own = time.perf_counter(), time.process_time()
            out[name].per_second.append(await twenty(url, url_path, out[name]))
            out[name].asking.append((time.process_time() - own) / (time.perf_counter() - start))
            if processes:
                spent = cpu_seconds(processes[url]) - worked
                out[name].cpu_ms.append(1000 * spent / (VISITORS * (VISITOR_RERUNS + 1)))
            await asyncio.sleep(PAUSE)
    return out


async def measure_fresh(
    bare: Server, dashboard: Server, url_paths: Sequence[str], results: dict[str, Measured], most: int
) -> None:
    """Choices that nobody has made yet, one visitor a screen, in turn with reruns of the bare page."""
    async with arrived(bare.url, "") as beside:
        for url_path in url_paths:
            async with arrived(dashboard.url, url_path) as visitor:
                for address in readers.fresh(url_path.partition("?")[0], most):
                    plain = await beside.rerun()
                    visitor.url_path = address
                    worked = cpu_seconds(dashboard.process.pid)
                    above = await visitor.rerun() - plain
                    worked = cpu_seconds(dashboard.process.pid) - worked
                    results[f"/{url_path}"].add_fresh(visitor, 1000 * above, 1000 * worked)


def family(process: int) -> list[int]:
    """A process and those that it started, where several serve."""
    started = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    return [process, *map(int, started)]


def cpu_seconds(process: int) -> float:
    """The processor's time that a process and those that it started have taken so far."""
    return sum(map(_cpu_seconds, family(process)))


def _cpu_seconds(process: int) -> float:
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (ProcessLookupError, FileNotFoundError):  # one that answered a question has ended meanwhile
        return 0.0
    return (int(told[11]) + int(told[12])) / TICKS


@contextmanager
def running(folder: Path, log: Path, **environment: str) -> Iterator[Server]:
    """That folder's dashboard while it runs."""
    server = start_server(folder, log, **environment)
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def served(folder: Path, log: Path, **environment: str) -> Iterator[str]:
    """The address of that folder's dashboard while it runs."""
    with running(folder, log, **environment) as server:
        yield server.url


def bare_project(folder: Path) -> Path:
    """The same launcher and settings around a page with almost nothing on it."""
    shutil.copy(ROOT / "serve.py", folder)
    shutil.copytree(ROOT / ".streamlit", folder / ".streamlit")
    shutil.copytree(ROOT / "static", folder / "static")
    (folder / "dashboard.py").write_text(BARE_PAGE, encoding="utf-8")
    # Streamlit as it comes, on asyncio's loop: the dashboard brings uvloop, which this file hides.
    (folder / "uvloop.py").write_text("raise ImportError\n", encoding="utf-8")
    return folder


def targets_of(bare: str, dashboard: str, url_paths: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Each target's name -> the server's address and the path there."""
    return {BARE: (bare, "")} | {f"/{url_path}": (dashboard, url_path) for url_path in url_paths}


def times(got: Measured, bare: Measured) -> float:
    """A single visitor's rerun, as a multiple of the bare page's."""
    return statistics.median(got.one_ms) / statistics.median(bare.one_ms)


def share(got: Measured, bare: Measured) -> float:
    """Reruns a second of twenty visitors, as a part of the bare page's: the median over the rounds."""
    return statistics.median(a / b for a, b in zip(got.per_second, bare.per_second, strict=True))


def table(results: dict[str, Measured]) -> str:
    bare = results[BARE]
    lines = [
        "| screen | one: ms | × bare | 20: reruns/s | of bare's | server's CPU, ms "
        "| new choice: ms above bare | most | CPU, ms | kB a rerun | small again | large again | new choice, most | first |",
        "|---|" + "---:|" * 13,
    ]
    for name, got in results.items():
        one, many = statistics.median(got.one_ms), statistics.median(got.per_second)
        cpu = f"{statistics.median(got.cpu_ms):.1f}" if got.cpu_ms else ""
        fresh = " | | "
        if got.fresh_ms:
            middle = statistics.median(got.fresh_ms), max(got.fresh_ms), statistics.median(got.fresh_cpu_ms)
            fresh = " | ".join(f"{one:.0f}" for one in middle)
        sizes = (got.size, got.small, got.whole, got.fresh_size, got.first_size)
        lines.append(
            f"| {name.partition('?')[0]} | {one:.1f} | {times(got, bare):.2f} | {many:.1f} | {share(got, bare):.2f} "
            f"| {cpu} | {fresh} | " + " | ".join(f"{size / 1000:.1f}" for size in sizes) + " |"
        )
    return "\n".join(lines)


def missed(results: dict[str, Measured]) -> list[str]:
    """A line for each aim that a screen misses."""
    bare, lines = results[BARE], []
    for name, got in results.items():
        found = (
            ("one visitor × bare", times(got, bare), ONE_AIM, times(got, bare) > ONE_AIM),
            ("20 visitors, of bare's", share(got, bare), TWENTY_AIM, share(got, bare) < TWENTY_AIM),
            ("kB", max(got.size, got.fresh_size) / 1000, SIZE_AIM / 1000, max(got.size, got.fresh_size) > SIZE_AIM),
            ("kB large again", got.whole / 1000, 0, got.whole > 0),
        )  # fmt: skip
        lines += [f"{name}: {what} {value:.2f} (aim {aim:g})" for what, value, aim, bad in found if bad]
        if got.fresh_ms and max(got.fresh_ms) > FRESH_AIM:
            lines.append(
                f"{name}: new choice {statistics.median(got.fresh_ms):.0f} ms above bare, "
                f"most {max(got.fresh_ms):.0f} at {got.fresh_slowest} (aim {FRESH_AIM})"
            )
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("url_paths", nargs="*", default=SCREENS, help="screens to measure (default: all)")
    parser.add_argument("--warehouse", type=Path, help="warehouse folder (default: data/warehouse)")
    parser.add_argument("--fresh", type=int, default=FRESH, help="choices a screen that nobody has made yet")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument(
        "--processes", type=int, default=1, help="processes of the dashboard (1); the bare page has one"
    )
    chosen = parser.parse_args()
    own = {"WAREHOUSE_DIR": str(chosen.warehouse.resolve())} if chosen.warehouse else {}
    own["PROCESSES"] = str(chosen.processes)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        logs = folder / "bare.log", folder / "dashboard.log"
        with running(bare_project(folder), logs[0]) as bare, running(ROOT, logs[1], **own) as dashboard:
            targets = targets_of(bare.url, dashboard.url, chosen.url_paths)
            processes = {server.url: server.process.pid for server in (bare, dashboard)}
            results = asyncio.run(measure(targets, processes, chosen.rounds))
            asyncio.run(measure_fresh(bare, dashboard, chosen.url_paths, results, chosen.fresh))
    load = os.getloadavg()[0]
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}, load {load:.1f}; "
        f"processes of the dashboard: {chosen.processes}\n"
    )
    print(table(results))
    print(
        f"\nThe twenty visitors took at most {max(max(got.asking) for got in results.values()):.2f} of a core."
    )
    print("", *missed(results), sep="\n")
    faulty = {name: got.faults for name, got in results.items() if got.faults}
    for name, faults in faulty.items():
        print(f"{name}: {'; '.join(sorted(faults))}", file=sys.stderr)
    return 1 if faulty else 0


if __name__ == "__main__":
    sys.exit(main())
