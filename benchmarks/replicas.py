"""How much faster two replicas are than one, behind nginx as deploy/nginx sets it up, over the real websocket and TLS.

    python -m benchmarks.replicas [--warehouse DIR] [--page PATH] [--visitors N] [--seconds S] [--rounds N]

Two servers run on this machine, with one nginx before the first of them and one before both. A load generator in a
process of its own keeps visitors rerunning one page without a pause, in turn through one nginx and the other. All of
them share the machine's cores, so the share of each is measured and printed: what the generator takes, replicas lack.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from websockets import Subprotocol
from websockets.asyncio.client import connect

from benchmarks.pages import Visitor
from tests.deploy.install import find
from tests.deploy.proxied import UNSAFE, Proxy, start_proxy, start_replica
from tests.deploy.readers import Reader, host_and_port
from tests.serving import ROOT, Server

TICKS = os.sysconf("SC_CLK_TCK")
WARM_RERUNS = 3


@dataclass
class Round:
    """What one round through one nginx gave. Shares are of one core."""

    per_second: float
    p95_ms: float
    generator: float
    nginx: float
    replicas: list[float]
    faults: list[str]


async def load(url: str, page: str, visitors: int, seconds: float) -> dict[str, Any]:
    """Visitors rerun a page for so long; what the reruns took and what processor time it cost this process."""
    times: list[float] = []
    faults: list[str] = []
    began = asyncio.Event()
    ready = 0

    async def visit() -> None:
        nonlocal ready
        reader = Reader(url, page)
        await reader.get("/_stcore/health")
        cookie = "; ".join(f"{name}={value}" for name, value in reader.cookies.items())
        async with connect(
            url.replace("http", "ws", 1) + "/_stcore/stream", subprotocols=[Subprotocol("streamlit")],
            additional_headers={"Cookie": cookie}, ssl=UNSAFE, max_size=None,
        ) as connection:  # fmt: skip
            visitor = Visitor(connection, page)
            for _ in range(WARM_RERUNS):
                await visitor.rerun()
            ready += 1
            await began.wait()
            while time.perf_counter() < until:
                times.append(await visitor.rerun())
            faults.extend(visitor.faults)

    tasks = [asyncio.create_task(visit()) for _ in range(visitors)]
    while ready < visitors and not any(task.done() for task in tasks):
        await asyncio.sleep(0.05)
    print("begin", flush=True)
    start, cpu = time.perf_counter(), own_seconds()
    until = start + seconds
    began.set()
    await asyncio.gather(*tasks)
    wall = time.perf_counter() - start
    return {"reruns": len(times), "wall": wall, "cpu": own_seconds() - cpu, "times": times, "faults": faults}


def own_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def seconds_of(pids: list[int]) -> float:
    """Processor time that processes have used."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def family(pid: int) -> list[int]:
    """A process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [pid, *map(int, children)]


def measure(proxy: Proxy, servers: list[Server], chosen: argparse.Namespace) -> Round:
    command = [
        sys.executable, "-m", "benchmarks.replicas", "--load", proxy.url, "--page", chosen.page,
        "--visitors", str(chosen.visitors), "--seconds", str(chosen.seconds),
    ]  # fmt: skip
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as generator:
        assert generator.stdout is not None
        if generator.stdout.readline().strip() != "begin":
            raise RuntimeError("the load generator did not begin")
        before = [seconds_of(family(proxy.process.pid)), *(seconds_of([s.process.pid]) for s in servers)]
        told = json.loads(generator.stdout.readline())
        after = [seconds_of(family(proxy.process.pid)), *(seconds_of([s.process.pid]) for s in servers)]
    shares = [(b - a) / told["wall"] for a, b in zip(before, after, strict=True)]
    p95 = statistics.quantiles(told["times"], n=20)[-1]
    rate = told["reruns"] / told["wall"]
    return Round(rate, 1000 * p95, told["cpu"] / told["wall"], shares[0], shares[1:], told["faults"])


def table(one: list[Round], two: list[Round]) -> str:
    def row(name: str, rounds: list[Round]) -> str:
        rate = statistics.median(r.per_second for r in rounds)
        p95 = statistics.median(r.p95_ms for r in rounds)
        shares = [statistics.median(r.generator for r in rounds), statistics.median(r.nginx for r in rounds)]
        servers = [statistics.median(values) for values in zip(*(r.replicas for r in rounds), strict=True)]
        parts = " + ".join(f"{share:.0%}" for share in servers)
        return f"| {name} | {rate:.1f} | {p95:.0f} | {shares[0]:.0%} | {shares[1]:.0%} | {parts} |"

    ratios = [b.per_second / a.per_second for a, b in zip(one, two, strict=True)]
    return "\n".join([
        "| replicas | reruns/s | p95 ms | generator: share of a core | nginx | replicas |",
        "|---|---:|---:|---:|---:|---:|",
        row("one", one), row("two", two), "",
        f"two ÷ one: {statistics.median(ratios):.2f} (rounds: {', '.join(f'{r:.2f}' for r in ratios)})",
    ])  # fmt: skip


def compared(chosen: argparse.Namespace) -> tuple[list[Round], list[Round]]:
    warehouse = chosen.warehouse.resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with ThreadPoolExecutor() as pool:
            servers = list(pool.map(lambda n: start_replica(n, folder, warehouse), range(2)))
        addresses = [host_and_port(server.url) for server in servers]
        proxies = [start_proxy(folder / "one", addresses[:1]), start_proxy(folder / "two", addresses)]
        try:
            rounds = [[measure(proxy, servers, chosen) for proxy in proxies] for _ in range(chosen.rounds)]
        finally:
            for proxy in proxies:
                proxy.stop()
            for server in servers:
                server.stop()
    return [r[0] for r in rounds], [r[1] for r in rounds]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--warehouse", type=Path, default=ROOT / "data" / "warehouse", help="warehouse folder"
    )
    parser.add_argument("--page", default="mo-hinh", help="the page that visitors rerun")
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=8, help="of one round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--load", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.load:
        print(json.dumps(asyncio.run(load(chosen.load, chosen.page, chosen.visitors, chosen.seconds))))
        return 0
    if find() is None:
        print("nginx is not here: python -m tests.deploy.install", file=sys.stderr)
        return 2
    one, two = compared(chosen)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}; ", end="")
    print(f"{chosen.visitors} visitors on /{chosen.page}, {chosen.rounds} rounds of {chosen.seconds:.0f} s\n")
    print(table(one, two))
    faults = sorted({fault for r in (*one, *two) for fault in r.faults})
    print("\n".join(faults), file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
