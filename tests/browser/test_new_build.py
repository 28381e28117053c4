"""A new build while readers are there: a crowd sees it once its views are drawn, whoever is alone at once."""

from __future__ import annotations

import re
import shutil
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets import Subprotocol
from websockets.asyncio.client import connect

from benchmarks.pages import Visitor
from queries.warehouse import POINTER
from tests.serving import ROOT, finished, start_server
from ui.warming import CROWD

BUILD = re.compile(r"\bb[0-9a-f]{12}\b")
PAGES = ("", "mo-hinh", "chat-luong")


@dataclass
class Reading(Visitor):
    """A visitor that notes which builds one rerun speaks of."""

    builds: set[str] = field(default_factory=set)

    async def build(self) -> str:
        """Ask for one run; the one build that it shows."""
        self.builds.clear()
        await self.rerun()
        assert not self.faults, self.faults
        (build,) = self.builds
        return build

    def note(self, kind: str | None, message: ForwardMsg) -> None:
        super().note(kind, message)
        if kind == "delta":
            self.builds |= set(BUILD.findall(message.delta.new_element.markdown.body))


def publish(warehouse: Path, folder: Path) -> str:
    """Put another build in place; returns its id."""
    build = (warehouse / POINTER).read_text(encoding="utf-8").strip()
    shutil.copy(warehouse / f"{build}.duckdb", folder)
    (folder / "next").write_text(build, encoding="utf-8")
    (folder / "next").replace(folder / POINTER)
    return build


@pytest.mark.parametrize("readers", [1, CROWD + 2])
def test_readers_see_one_build_or_the_other_and_a_crowd_the_new_one_once_it_is_drawn(
    readers: int, warehouse_full: Path, warehouse_one_row: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "warehouse"
    folder.mkdir()
    old = publish(warehouse_one_row, folder)
    server = start_server(ROOT, tmp_path / "log", WAREHOUSE_DIR=str(folder))

    async def go() -> list[list[str]]:
        address = server.url.replace("http:", "ws:") + "/_stcore/stream"
        async with AsyncExitStack() as open_ones:
            visitors = []
            for number in range(readers):
                connection = await open_ones.enter_async_context(
                    connect(address, subprotocols=[Subprotocol("streamlit")], max_size=None)
                )
                visitors.append(Reading(connection, PAGES[number % len(PAGES)]))
            seen = [[await v.build() for v in visitors] for _ in range(3)]
            assert {b for builds in seen for b in builds} == {old}
            new = publish(warehouse_full, folder)
            rounds: list[list[str]] = []
            until = time.monotonic() + 60
            while not rounds or set(rounds[-1]) != {new}:
                assert time.monotonic() < until, rounds[-3:]
                rounds.append([await v.build() for v in visitors])
            return [["new" if build == new else "old" for build in builds] for builds in rounds]

    try:
        rounds = finished(go())
    finally:
        server.stop()
    flat = [build for builds in rounds for build in builds]
    assert flat == sorted(flat, reverse=True), "nobody goes back to the old build"
    assert (flat[0] == "new") == (readers == 1)
    assert "could not be drawn" not in server.text()
