"""Many readers at once, over the real websocket: how long they wait, whether anything fails, and what they take of memory.

    python -m benchmarks.users [--sessions 200] [--think 5] [--minutes 2] [--warm 60] [--processes 1]
    python -m benchmarks.users --soak            50 sessions for 10 minutes, memory minute by minute

Each reader opens a session and walks over all screens by chance (`benchmarks.readers`, given by a seed): another screen
or another choice after a pause of half to one and a half times ``--think`` seconds; most look at what many look at, some
at what nobody has asked for yet. What is counted begins ``--warm`` seconds after all have come. With ``--leave N`` a
reader goes after N views and another comes. The readers live in this process, the server in one of its own; the part of a
core that either takes is told: near one, the figures are about that process and not about the other.

In a soak nobody pauses in the ``--warm`` seconds, and half of the views are new ones: caches, which are bounded, are full
then, and what grows later is a leak. Memory is the server's: resident (RSS) and its share where pages are shared (PSS), before anybody comes, with all
sessions open after one view each, while they walk, and after they are gone. Streamlit keeps a session that broke off for
two minutes, for a reader who comes back. An exception on a screen, or a session that the server ends, ends the run with 1.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from websockets import Subprotocol
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from benchmarks import readers
from benchmarks.pages import Visitor, cpu_seconds, family, running
from tests.serving import ROOT, Server
from ui.dispatch import cookie_name

MIB = 1 << 20
TIMEOUT = 60
FILLING_SHARE = 0.5
"""Of the views in the ``--warm`` seconds of a soak, how many are new ones."""
COMING = 10
"""New sessions a second."""
SAMPLE_SECONDS = 10
GONE_SECONDS = 130
"""Streamlit forgets a session that broke off after 120 seconds, at the next one that comes or goes."""
P95_AIM, SESSION_AIM, GROWTH_AIM = 1.0, 3.0, 0.05


@dataclass(frozen=True)
class Memory:
    """Bytes of a process: resident, and its share of what several processes hold."""

    rss: int
    pss: int

    @classmethod
    def of(cls, process: int) -> Memory:
        """What the process and those that it started hold now."""
        rss = pss = 0
        for one in family(process):
            try:
                lines = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
            except (
                ProcessLookupError,
                FileNotFoundError,
            ):  # one that answered a question has ended meanwhile
                continue
            told = {
                name: int(rest.split()[0]) * 1024 for name, _, rest in (line.partition(":") for line in lines)
            }
            rss, pss = rss + told["Rss"], pss + told["Pss"]
        return cls(rss, pss)

    def __str__(self) -> str:
        return f"{self.rss / MIB:.0f} MiB resident, {self.pss / MIB:.0f} its share"


@dataclass
class Crowd:
    """What all readers met. ``seconds`` by screen, of those reruns that count."""

    url: str
    think: float
    leave: int
    own: float
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    slowest: tuple[float, str] = (0.0, "")
    faults: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    came: int = 0
    open: int = 0
    counting: bool = False
    filling: bool = False
    """Whether nobody pauses and half of the views are new ones, so that caches are full soon."""
    walking: asyncio.Event = field(default_factory=asyncio.Event)
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def seat(self, number: int) -> None:
        """One reader after another on one seat, until it is over."""
        while not self.stop.is_set():
            self.came += 1
            try:
                await self.read(readers.Reader(1000 * number + self.came, self.own))
            except (WebSocketException, OSError, TimeoutError) as error:
                self.lost[repr(error)[:100]] += 1
                await asyncio.sleep(1)

    async def read(self, reader: readers.Reader) -> None:
        """One reader from coming to leaving."""
        address = self.url.replace("http:", "ws:") + "/_stcore/stream"
        async with connect(
            address, subprotocols=[Subprotocol("streamlit")], max_size=None, open_timeout=TIMEOUT
        ) as connection:
            visitor = Visitor(connection, readers.usual(reader.path), dark=reader.dark)
            await self.look(visitor)
            self.open += 1
            try:
                await self.walking.wait()
                await self.pause(reader, 0.0)  # they do not all begin at once
                views = 1
                while not self.stop.is_set() and (not self.leave or views < self.leave):
                    reader.own = FILLING_SHARE if self.filling else self.own
                    visitor.url_path = reader.next()
                    await self.look(visitor)
                    await self.pause(reader, 0.5)
                    views += 1
            finally:
                self.open -= 1

    async def look(self, visitor: Visitor) -> None:
        """One view; what went wrong on it is kept."""
        took = await asyncio.wait_for(visitor.rerun(), TIMEOUT)
        self.faults.update(f"{visitor.url_path}: {fault}" for fault in visitor.faults)
        visitor.faults.clear()
        if self.counting:
            self.seconds[f"/{visitor.url_path.partition('?')[0]}"].append(took)
            self.slowest = max(self.slowest, (took, visitor.url_path))

    async def pause(self, reader: readers.Reader, least: float) -> None:
        """Time to read, at an end where it is over."""
        if self.filling:
            return
        try:
            seconds = self.think * reader.chance.uniform(least, least + 1 if least else 2)
            await asyncio.wait_for(self.stop.wait(), seconds)
        except TimeoutError:
            return


def quantile(found: Sequence[float], percent: int) -> float:
    """The value that so many percent do not exceed; the only one where there is just one."""
    return statistics.quantiles(found, n=100, method="inclusive")[percent - 1] if len(found) > 1 else found[0]


def spread(found: Sequence[float]) -> str:
    """Median, 95th and 99th percent and the longest, in ms, as cells of a table."""
    return " | ".join(
        f"{1000 * one:.0f}" for one in (*(quantile(found, p) for p in (50, 95, 99)), max(found))
    )


def table(seconds: dict[str, list[float]]) -> str:
    """All screens together, then each."""
    lines = ["| screen | reruns | p50, ms | p95 | p99 | longest |", "|---|" + "---:|" * 5]
    every = [one for found in seconds.values() for one in found]
    named = [("all", every), *sorted(seconds.items())]
    return "\n".join(
        [*lines, *(f"| {name} | {len(found)} | {spread(found)} |" for name, found in named if found)]
    )


def growth(samples: Sequence[tuple[float, Memory]]) -> float:
    """How much more is held at any moment than at first; the larger of RSS and PSS."""
    after = [memory for _, memory in samples]
    return max(max(m.rss for m in after) / after[0].rss, max(m.pss for m in after) / after[0].pss) - 1


async def sampled(process: int, seconds: float) -> list[tuple[float, Memory]]:
    """What the process holds from now on: minutes passed and memory, every ten seconds."""
    start = time.monotonic()
    found = [(0.0, Memory.of(process))]
    while (passed := time.monotonic() - start) < seconds:
        await asyncio.sleep(min(SAMPLE_SECONDS, seconds - passed + 0.01))
        found.append(((time.monotonic() - start) / 60, Memory.of(process)))
    return found


async def look_at_all(url: str, processes: int) -> None:
    """Open every screen once in each process, so that memory before the crowd holds all modules and what every view needs."""
    for number in range(processes):
        async with seated(url, number) as visitor:
            for path in readers.WALKED:
                visitor.url_path = readers.usual(path)
                await visitor.rerun()


@asynccontextmanager
async def seated(url: str, process: int) -> AsyncIterator[Visitor]:
    """A visitor of that process of the server."""
    cookie = f"{cookie_name(urlsplit(url).port or 0)}={process}"
    async with connect(
        url.replace("http:", "ws:") + "/_stcore/stream", subprotocols=[Subprotocol("streamlit")], max_size=None,
        additional_headers={"Cookie": cookie}, open_timeout=TIMEOUT,
    ) as connection:  # fmt: skip
        yield Visitor(connection, "")


async def load(server: Server, asked: argparse.Namespace) -> bool:
    """Run it and print what came out; whether the aims are met and nothing failed."""
    process = server.process.pid
    await look_at_all(server.url, asked.processes)
    before = Memory.of(process)
    print(f"before: {before}", flush=True)
    crowd = Crowd(server.url, asked.think, asked.leave, asked.own)
    seats = []
    for number in range(asked.sessions):
        seats.append(asyncio.create_task(crowd.seat(number)))
        await asyncio.sleep(1 / COMING)
    while crowd.open < asked.sessions and not crowd.lost:
        await asyncio.sleep(0.2)
    opened = Memory.of(process)
    each = (opened.rss - before.rss) / asked.sessions / MIB
    print(f"{crowd.open} sessions open, one view each: {opened}; {each:.2f} MiB a session", flush=True)

    crowd.filling = asked.soak
    crowd.walking.set()
    await asyncio.sleep(asked.warm)
    crowd.filling = False
    crowd.counting = True
    start, own, theirs = time.perf_counter(), time.process_time(), cpu_seconds(process)
    samples = await sampled(process, 60 * asked.minutes)
    passed = time.perf_counter() - start
    own, theirs = (time.process_time() - own) / passed, (cpu_seconds(process) - theirs) / passed
    crowd.counting = False
    still = crowd.open
    crowd.stop.set()
    await asyncio.gather(*seats)

    tell_reruns(crowd, passed, own, theirs, still)
    good = tell_memory(samples, asked.soak)
    walked = (samples[-1][1].rss - before.rss) / asked.sessions / MIB
    print(f"at the end of the walk {walked:.2f} MiB a session, caches included (aim {SESSION_AIM:g})")
    print(f"just after they left: {Memory.of(process)}")
    if asked.gone:
        await asyncio.sleep(GONE_SECONDS)
        await look_at_all(server.url, asked.processes)
        print(f"{GONE_SECONDS} s after they left: {Memory.of(process)}")
    every = [one for found in crowd.seconds.values() for one in found]
    if not asked.soak:
        good = quantile(every, 95) < P95_AIM and each < SESSION_AIM
    return good and not crowd.faults and not crowd.lost


def tell_reruns(crowd: Crowd, passed: float, own: float, theirs: float, still: int) -> None:
    """Print what the readers met."""
    reruns = sum(map(len, crowd.seconds.values()))
    print(
        f"{reruns} reruns in {passed:.0f} s: {reruns / passed:.1f} a second; of a core the server took {theirs:.2f} "
        f"({1000 * theirs * passed / max(reruns, 1):.0f} ms a rerun), the readers {own:.2f}; "
        f"load of the machine {os.getloadavg()[0]:.1f}\n"
    )
    print(table(crowd.seconds))
    print(f"\nslowest: {crowd.slowest[0]:.2f} s at /{crowd.slowest[1]}")
    print(
        f"exceptions {crowd.faults.total()}, lost sessions {crowd.lost.total()}, still open at the end {still}"
    )
    for fault, times in (crowd.faults + crowd.lost).most_common(20):
        print(f"{times} × {fault}", file=sys.stderr)


def tell_memory(samples: list[tuple[float, Memory]], soak: bool) -> bool:
    """Print memory minute by minute; whether it was flat."""
    more = growth(samples)
    if soak:
        print("\n| minute | resident, MiB | its share, MiB |\n|---:|---:|---:|")
    next_minute = 0.0
    for minutes, memory in samples if soak else ():
        if minutes >= next_minute:
            print(f"| {minutes:.0f} | {memory.rss / MIB:.1f} | {memory.pss / MIB:.1f} |")
            next_minute = int(minutes) + 1
    print(f"\nmemory grew by {more:.1%}" + (f" (aim {GROWTH_AIM:.0%})" if soak else ""))
    return more <= GROWTH_AIM


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--soak", action="store_true", help="50 sessions for 10 minutes; memory is what counts"
    )
    parser.add_argument("--sessions", type=int)
    parser.add_argument("--think", type=float, default=5, help="seconds between two views of a reader")
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--warm", type=float, help="seconds of walking that do not count (60)")
    parser.add_argument("--leave", type=int, default=0, help="views after which a reader goes (0: stays)")
    parser.add_argument(
        "--own",
        type=float,
        default=readers.OWN_SHARE,
        help="share of views that readers make up for themselves",
    )
    parser.add_argument("--gone", action="store_true", help="wait until Streamlit forgets the sessions")
    parser.add_argument("--processes", type=int, default=1, help="processes that serve (1)")
    parser.add_argument("--warehouse", type=Path, help="warehouse folder (default: data/warehouse)")
    asked = parser.parse_args()
    usual = (50, 10.0, 60.0) if asked.soak else (200, 2.0, 60.0)
    for name, value in zip(("sessions", "minutes", "warm"), usual, strict=True):
        if getattr(asked, name) is None:
            setattr(asked, name, value)
    own = {"WAREHOUSE_DIR": str(asked.warehouse.resolve())} if asked.warehouse else {}
    own["PROCESSES"] = str(asked.processes)
    with (
        tempfile.TemporaryDirectory() as scratch,
        running(ROOT, Path(scratch) / "log", **own) as server,
    ):
        good = asyncio.run(load(server, asked))
        wrong = [line for line in server.text().splitlines() if "Traceback" in line or "ERROR" in line]
        print(f"errors in the server's log: {len(wrong)}")
    return 0 if good and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
