"""A new build published while readers look: nobody fails, nobody sees two builds on one screen, and what it costs.

    python -m benchmarks.new_build [--sessions 40] [--think 2] [--minutes 2] [--every 6] [--rounds 3] [--alone]

Two kinds of builds are made from the published one: in one of them all figures and all counts of schools are tripled.
First each screen's rerun warm, and its first rerun after a build that the server has not seen (aim: at most twice as long),
builds published one after another, while as many others look at the screen as make a crowd (``--alone``: nobody else, who
then sees a build at once and waits for its first drawing). Then ``--sessions`` readers rerun over all screens while
a build of the other kind is published every few seconds. Every element of every rerun is held against what the screen
shows at rest with either kind: a rerun with elements that belong to one kind only beside elements that belong to the other
only, or with two builds' numbers in its words, is mixed. Ends with 1 where a session failed or a rerun was mixed.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import hashlib
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets import Subprotocol
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from benchmarks import readers
from benchmarks.pages import Visitor, cpu_seconds, running
from benchmarks.users import TIMEOUT, quantile
from etl.publish import current_build_id, publish, warehouse_path
from tests.serving import ROOT, Server
from ui.warming import CROWD

NUMBER = re.compile(rb"\bb[0-9a-f]{12}\b")
NO_NUMBER = b"b" + 12 * b"0"
TOOK = re.compile(rb"\d,\d gi\xc3\xa2y")
"""How long a reader's own question took, which is no figure of a build."""
WARM_RERUNS = 5
RATIO_AIM = 2.0
LOOK_AGAIN = 0.3
COMPANY_PAUSE = 1.0
"""Seconds between two looks of those who keep a reader company."""
AT_REST = 3
"""Looks at a screen at rest: elements that change from one to the next by themselves are not compared."""

Shown = frozenset[str]


@dataclass
class Looking(Visitor):
    """A visitor who reads: digests of all elements on the screen, and the builds' numbers in them."""

    elements: set[str] = field(default_factory=set)
    builds: set[bytes] = field(default_factory=set)
    _known: dict[str, tuple[str, frozenset[bytes]]] = field(default_factory=dict)

    async def rerun(self) -> float:
        """One run; ``elements`` and ``builds`` are of this run alone."""
        self.elements, self.builds = set(), set()
        return await super().rerun()

    def note(self, kind: str | None, message: ForwardMsg) -> None:
        super().note(kind, message)
        if kind not in ("delta", "ref_hash"):
            return
        key = message.ref_hash or message.hash
        if kind == "delta" and key not in self._known:
            delta = message.delta
            if delta.new_element.WhichOneof("type") == "download_button":  # a new one at each run
                delta.new_element.download_button.ClearField("deferred_file_id")
            raw = delta.SerializeToString(deterministic=True)
            alike = TOOK.sub("0,0 giây".encode(), NUMBER.sub(NO_NUMBER, raw))
            plain = hashlib.blake2b(alike, digest_size=12).hexdigest()
            self._known[key] = plain, frozenset(NUMBER.findall(raw))
        digest, numbers = self._known[key]
        self.elements.add(digest)
        self.builds |= numbers


@dataclass
class Builds:
    """A folder of builds made from one: those with odd numbers have other figures than those with even numbers."""

    folder: Path
    scratch: Path
    made: int = 0
    stamps: dict[bytes, int] = field(default_factory=dict)

    def prepare(self, origin: Path) -> None:
        """Make one file of either kind, to be copied."""
        for kind in (0, 1):
            path = self.scratch / f"{kind}.duckdb"
            shutil.copy(origin, path)
            with duckdb.connect(str(path)) as connection:
                # A day long past, so that the age on the screen stays the same number of days.
                connection.execute("UPDATE build SET built_at = TIMESTAMP '2026-01-01 05:00:00'")
                if kind:
                    connection.execute(
                        "UPDATE observation SET value = 3 * value, numerator = 3 * numerator, denominator = 3 * denominator"
                    )
                    connection.execute(
                        "UPDATE school SET classes = 3 * classes, pupils = 3 * pupils, teachers = 3 * teachers"
                    )

    def publish(self) -> bytes:
        """Publish the next build as the project does, each of the other kind than the one before; its number."""
        kind = self.made % 2
        self.made += 1
        number = f"b{self.made:012x}"
        path = self.scratch / "next.duckdb"
        shutil.copy(self.scratch / f"{kind}.duckdb", path)
        with duckdb.connect(str(path)) as connection:
            later = dt.timedelta(milliseconds=self.made)
            connection.execute("UPDATE build SET build_id = ?, built_at = built_at + ?", [number, later])
        publish(self.folder, path, number)
        self.stamps[number.encode()] = kind
        return number.encode()


@dataclass
class Seen:
    """What readers met while builds were published. ``after`` are seconds of a session's first rerun with a new build."""

    seconds: list[float] = field(default_factory=list)
    after: list[float] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    mixed: Counter[str] = field(default_factory=Counter)
    elsewhere: Counter[str] = field(default_factory=Counter)
    """Elements that neither kind shows at rest, by screen."""
    builds: set[bytes] = field(default_factory=set)


def addresses() -> list[str]:
    """The usual view of every screen and one other."""
    return [one for path in readers.WALKED for one in (readers.usual(path), *readers.fresh(path, 1))]


async def looking(url: str, url_path: str) -> Looking:
    """A reader with an open session."""
    address = url.replace("http:", "ws:") + "/_stcore/stream"
    connection = await connect(
        address, subprotocols=[Subprotocol("streamlit")], max_size=None, open_timeout=TIMEOUT
    )
    return Looking(connection, url_path)


async def standing(url: str, number: bytes) -> None:
    """Wait until a build is what the server shows."""
    visitor = await looking(url, "")
    while visitor.builds != {number}:
        await visitor.rerun()
        await asyncio.sleep(LOOK_AGAIN)
    await visitor.connection.close()


async def at_rest(url: str, some: list[str]) -> dict[str, Shown]:
    """Each address -> the elements that stand there again and again, in this session and the next."""
    found: dict[str, Shown] = {}
    for address in some:
        looks = []
        for _ in range(AT_REST):
            visitor = await looking(url, address)
            await visitor.rerun()  # the first run gives every control its value, the others do not
            for _ in range(2):
                await visitor.rerun()
                looks.append(frozenset(visitor.elements))
            await visitor.connection.close()
        found[address] = frozenset.intersection(*looks)
    return found


@dataclass
class Judge:
    """Knows what each address shows with either kind of figures."""

    kinds: tuple[dict[str, Shown], dict[str, Shown]]
    stamps: dict[bytes, int]

    def judge(self, visitor: Looking, seen: Seen) -> None:
        """Whether one rerun is of one build."""
        first, second = (kind[visitor.url_path] for kind in self.kinds)
        own = (visitor.elements & (first - second), visitor.elements & (second - first))
        seen.builds |= visitor.builds
        kinds = {self.stamps.get(number, -1) for number in visitor.builds}
        wrong = len(visitor.builds) > 1 or all(own) or any(own[1 - kind] for kind in kinds if kind >= 0)
        if wrong:
            seen.mixed[visitor.url_path] += 1
        if visitor.elements - first - second:
            seen.elsewhere[visitor.url_path] += 1


async def read(url: str, some: list[str], number: int, think: float, judge: Judge, seen: Seen, stop: asyncio.Event) -> None:  # fmt: skip
    """One reader who looks at one screen after another until it is over."""
    walk = readers.Reader(number)
    visitor: Looking | None = None
    before: set[bytes] = set()
    try:
        visitor = await looking(url, some[number % len(some)])
        while not stop.is_set():
            took = await asyncio.wait_for(visitor.rerun(), TIMEOUT)
            seen.faults.update(visitor.faults)
            visitor.faults.clear()
            judge.judge(visitor, seen)
            (seen.after if before and visitor.builds != before else seen.seconds).append(took)
            before = visitor.builds or before
            await asyncio.sleep(think * walk.chance.uniform(0.5, 1.5))
            if walk.chance.random() < readers.MOVE_SHARE:
                visitor.url_path = walk.chance.choice(some)
    except (WebSocketException, OSError, TimeoutError) as error:
        seen.faults[f"session lost: {error!r}"[:120]] += 1
    finally:
        if visitor is not None:
            await visitor.connection.close()


@dataclass
class Cost:
    """Seconds of a screen, and the processor's, warm and at the first rerun after a new build."""

    warm: list[float] = field(default_factory=list)
    warm_cpu: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    first_cpu: list[float] = field(default_factory=list)
    until: list[float] = field(default_factory=list)
    """From publishing to the run that showed the build."""


@asynccontextmanager
async def company(url: str, address: str, others: int) -> AsyncIterator[None]:
    """So many others who look at a screen now and then."""
    stop = asyncio.Event()

    async def look() -> None:
        visitor = await looking(url, address)
        while not stop.is_set():
            await visitor.rerun()
            await asyncio.sleep(COMPANY_PAUSE)
        await visitor.connection.close()

    there = [asyncio.create_task(look()) for _ in range(others)]
    await asyncio.sleep(COMPANY_PAUSE if others else 0)
    yield
    stop.set()
    await asyncio.gather(*there)


async def costs(server: Server, builds: Builds, rounds: int, others: int) -> dict[str, Cost]:
    """Each screen's own costs, with so many others there; a new build before each look."""
    out = {readers.usual(path): Cost() for path in readers.WALKED}
    for _ in range(rounds):
        for address, cost in out.items():
            async with company(server.url, address, others):
                await one_cost(server, builds, address, cost)
    return out


async def one_cost(server: Server, builds: Builds, address: str, cost: Cost) -> None:
    """A screen warm, then with a new build."""
    visitor = await looking(server.url, address)
    await visitor.rerun()
    for _ in range(WARM_RERUNS):
        await timed(server, visitor, cost.warm, cost.warm_cpu)
    number, published = await asyncio.to_thread(builds.publish), time.monotonic()
    while True:  # the server may show a new build later than it is there
        seconds, cpu = list[float](), list[float]()
        await timed(server, visitor, seconds, cpu)
        if visitor.builds == {number}:
            break
        await asyncio.sleep(LOOK_AGAIN)
    cost.first += seconds
    cost.first_cpu += cpu
    cost.until.append(time.monotonic() - published - seconds[0])
    await visitor.connection.close()


async def timed(server: Server, visitor: Looking, seconds: list[float], cpu: list[float]) -> None:
    """One rerun: its seconds, and the processor's that the server took."""
    worked = cpu_seconds(server.process.pid)
    seconds.append(await visitor.rerun())
    cpu.append(cpu_seconds(server.process.pid) - worked)


def cost_table(found: dict[str, Cost]) -> str:
    """One row a screen, in ms."""
    lines = [
        "| screen | warm, ms | first after a new build | ratio | CPU warm | CPU first | shown after, s |",
        "|---|" + "---:|" * 6,
    ]
    for address, cost in found.items():
        warm, first = statistics.median(cost.warm), statistics.median(cost.first)
        cpu = 1000 * statistics.mean(cost.warm_cpu), 1000 * statistics.median(cost.first_cpu)
        lines.append(
            f"| /{address.partition('?')[0]} | {1000 * warm:.0f} | {1000 * first:.0f} | {first / warm:.1f} "
            f"| {cpu[0]:.0f} | {cpu[1]:.0f} | {statistics.median(cost.until):.1f} |"
        )
    return "\n".join(lines)


async def under_load(server: Server, builds: Builds, asked: argparse.Namespace, judge: Judge) -> Seen:
    """Readers rerun while builds come in."""
    seen, stop, some = Seen(), asyncio.Event(), addresses()
    reading = [
        asyncio.create_task(read(server.url, some, n, asked.think, judge, seen, stop)) for n in range(asked.sessions)
    ]  # fmt: skip
    await asyncio.sleep(asked.every)
    until = time.monotonic() + 60 * asked.minutes
    while time.monotonic() < until:
        await asyncio.to_thread(builds.publish)
        await asyncio.sleep(asked.every)
    stop.set()
    await asyncio.gather(*reading)
    return seen


def told(seen: Seen, published: int) -> bool:
    """Print what the readers met; whether all was well."""
    print(
        f"\n{len(seen.seconds) + len(seen.after)} reruns while {published} builds were published, "
        f"{len(seen.builds)} of which somebody saw: {seen.mixed.total()} mixed, {seen.faults.total()} failed, "
        f"{seen.elsewhere.total()} with an element that neither kind shows at rest"
    )
    for what, found in (("with the build that stood there", seen.seconds), ("with a new one", seen.after)):
        if found:
            print(f"{what}: {len(found)}, p50 {quantile(found, 50):.2f} s, p95 {quantile(found, 95):.2f}, longest {max(found):.2f}")  # fmt: skip
    for name, counted in (("mixed", seen.mixed), ("failed", seen.faults), ("neither", seen.elsewhere)):
        for what, times in counted.most_common(10):
            print(f"{name}: {times} × /{what}", file=sys.stderr)
    return not seen.mixed and not seen.faults


async def both(server: Server, builds: Builds, asked: argparse.Namespace) -> bool:
    """The costs of each screen, then the load."""
    found = await costs(server, builds, asked.rounds, 0 if asked.alone else CROWD)
    print(cost_table(found))
    high = [a for a, c in found.items() if statistics.median(c.first) > RATIO_AIM * statistics.median(c.warm)]
    print(f"\nmore than {RATIO_AIM:g} times a warm rerun: {len(high)} of {len(found)} screens")
    rest: dict[int, dict[str, Shown]] = {}
    for _ in range(2):
        number = builds.publish()
        await standing(server.url, number)
        rest[builds.stamps[number]] = await at_rest(server.url, addresses())
    differ = [a for a in addresses() if rest[0][a] != rest[1][a]]
    print(f"{len(differ)} of {len(addresses())} views differ between the two kinds", flush=True)
    before = builds.made
    seen = await under_load(server, builds, asked, Judge((rest[0], rest[1]), builds.stamps))
    return told(seen, builds.made - before)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sessions", type=int, default=40)
    parser.add_argument("--think", type=float, default=2, help="seconds between two reruns of a session")
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--every", type=float, default=6, help="seconds between two builds")
    parser.add_argument("--rounds", type=int, default=3, help="rounds over all screens for their costs")
    parser.add_argument("--alone", action="store_true", help="costs with nobody else there")
    parser.add_argument("--warehouse", type=Path, default=ROOT / "data" / "warehouse")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "warehouse"
        folder.mkdir()
        current = current_build_id(asked.warehouse)
        if current is None:
            parser.error(f"nothing is published in {asked.warehouse}")
        builds = Builds(folder, Path(scratch))
        builds.prepare(warehouse_path(asked.warehouse, current))
        builds.publish()
        with running(ROOT, Path(scratch) / "log", WAREHOUSE_DIR=str(folder)) as server:
            good = asyncio.run(both(server, builds, asked))
            wrong = [line for line in server.text().splitlines() if "Traceback" in line or "ERROR" in line]
            print(f"errors in the server's log: {len(wrong)}")
    return 0 if good and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
