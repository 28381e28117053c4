"""How fast each screen is, over the real websocket, against a bare page with the same settings.

    python -m benchmarks.pages [--warehouse DIR] [url_path ...]

Two servers run on this machine: the dashboard, and a page with a title and a selectbox. Each target is asked in
turn, round after round, so that a slow moment of the machine hits all of them. `one` is the median time of a rerun
of a single visitor; `twenty` is reruns per second while twenty visitors rerun at once. The ratios are what counts:
the times are this machine's. An exception on a screen, or an address that does not exist, ends the run with 1.
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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets import Subprotocol
from websockets.asyncio.client import ClientConnection, connect

from tests.serving import ROOT, start_server

SCREENS = ("", "mo-hinh", "ban-do", "phuong-xa?unit=00097@2025-07-01", "truong-hoc", "mang-luoi", "nguon")
BARE_PAGE = """import streamlit as st
st.title("Trang trống")
st.selectbox("Kỳ", ["2026-Q2", "2026-Q3"])
"""
ROUNDS = 3
ONE_RERUNS = 10
VISITORS = 20
VISITOR_RERUNS = 4
PAUSE = 2
"""Seconds in which a server puts twenty sessions away, so that the next target does not pay for them."""


@dataclass
class Visitor:
    """One browser's connection: what it keeps between reruns is what a browser keeps."""

    connection: ClientConnection
    url_path: str
    page_hash: str = ""
    kept: set[str] = field(default_factory=set)
    size: int = 0
    faults: list[str] = field(default_factory=list)

    async def rerun(self) -> float:
        """Ask for one run of the script; return its seconds."""
        ask = BackMsg()
        path, _, ask.rerun_script.query_string = self.url_path.partition("?")
        if self.page_hash:
            ask.rerun_script.page_script_hash = self.page_hash
        else:
            ask.rerun_script.page_name = path
        ask.rerun_script.cached_message_hashes.extend(self.kept)
        self.size = 0
        start = time.perf_counter()
        await self.connection.send(ask.SerializeToString())
        while True:
            raw = await self.connection.recv(decode=False)
            self.size += len(raw)
            message = ForwardMsg.FromString(raw)
            kind = message.WhichOneof("type")
            if message.metadata.cacheable and message.hash:
                self.kept.add(message.hash)
            if kind == "script_finished":
                return time.perf_counter() - start
            self.note(kind, message)

    def note(self, kind: str | None, message: ForwardMsg) -> None:
        if kind == "navigation":
            self.page_hash = message.navigation.page_script_hash
        elif kind == "page_not_found":
            self.faults.append("there is no screen at this address")
        elif kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
            exception = message.delta.new_element.exception
            self.faults.append(f"{exception.type} {exception.message}".strip())


@dataclass
class Measured:
    """What came out for one screen."""

    one_ms: list[float] = field(default_factory=list)
    per_second: list[float] = field(default_factory=list)
    size: int = 0
    faults: set[str] = field(default_factory=set)

    def add(self, visitor: Visitor) -> None:
        self.size = visitor.size
        self.faults |= set(visitor.faults)


async def visit(url: str, url_path: str, reruns: int, measured: Measured) -> list[float]:
    """One visitor: the first run, which is not counted, then so many reruns."""
    address = url.replace("http:", "ws:") + "/_stcore/stream"
    async with connect(address, subprotocols=[Subprotocol("streamlit")], max_size=None) as connection:
        visitor = Visitor(connection, url_path)
        await visitor.rerun()
        seconds = [await visitor.rerun() for _ in range(reruns)]
    measured.add(visitor)
    return seconds


async def twenty(url: str, url_path: str, measured: Measured) -> float:
    start = time.perf_counter()
    await asyncio.gather(*(visit(url, url_path, VISITOR_RERUNS, measured) for _ in range(VISITORS)))
    return VISITORS * (VISITOR_RERUNS + 1) / (time.perf_counter() - start)


async def measure(targets: dict[str, tuple[str, str]]) -> dict[str, Measured]:
    """Each target's name -> what came out, from several rounds over all of them."""
    out = {name: Measured() for name in targets}
    for url, url_path in targets.values():  # caches filled, bytecode compiled
        await visit(url, url_path, 1, Measured())
    for _ in range(ROUNDS):
        for name, (url, url_path) in targets.items():
            seconds = await visit(url, url_path, ONE_RERUNS, out[name])
            out[name].one_ms += [1000 * s for s in seconds]
            out[name].per_second.append(await twenty(url, url_path, out[name]))
            await asyncio.sleep(PAUSE)
    return out


@contextmanager
def served(folder: Path, log: Path, **environment: str) -> Iterator[str]:
    """The address of that folder's dashboard while it runs."""
    server = start_server(folder, log, **environment)
    try:
        yield server.url
    finally:
        server.stop()


def bare_project(folder: Path) -> Path:
    """The same launcher and settings around a page with almost nothing on it."""
    shutil.copy(ROOT / "serve.py", folder)
    shutil.copytree(ROOT / ".streamlit", folder / ".streamlit")
    shutil.copytree(ROOT / "static", folder / "static")
    (folder / "dashboard.py").write_text(BARE_PAGE, encoding="utf-8")
    return folder


def targets_of(bare: str, dashboard: str, url_paths: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Each target's name -> the server's address and the path there."""
    return {"bare page": (bare, "")} | {f"/{url_path}": (dashboard, url_path) for url_path in url_paths}


def table(results: dict[str, Measured]) -> str:
    bare = results["bare page"]
    bare_one, bare_many = statistics.median(bare.one_ms), statistics.median(bare.per_second)
    lines = [
        "| screen | one visitor: ms a rerun | × bare | 20 visitors: reruns/s | bare ÷ it | kB a rerun |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, got in results.items():
        one, many = statistics.median(got.one_ms), statistics.median(got.per_second)
        lines.append(
            f"| {name} | {one:.1f} | {one / bare_one:.2f} | {many:.1f} | {bare_many / many:.2f} "
            f"| {got.size / 1000:.1f} |"
        )
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("url_paths", nargs="*", default=SCREENS, help="screens to measure (default: all)")
    parser.add_argument("--warehouse", type=Path, help="warehouse folder (default: data/warehouse)")
    chosen = parser.parse_args()
    own = {"WAREHOUSE_DIR": str(chosen.warehouse.resolve())} if chosen.warehouse else {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        logs = folder / "bare.log", folder / "dashboard.log"
        with served(bare_project(folder), logs[0]) as bare, served(ROOT, logs[1], **own) as dashboard:
            results = asyncio.run(measure(targets_of(bare, dashboard, chosen.url_paths)))
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}\n")
    print(table(results))
    faulty = {name: got.faults for name, got in results.items() if got.faults}
    for name, faults in faulty.items():
        print(f"{name}: {'; '.join(sorted(faults))}", file=sys.stderr)
    return 1 if faulty else 0


if __name__ == "__main__":
    sys.exit(main())
