"""What readers and programs do with the dashboard, as a list that can be done on any engine.

Each visit gives its answer as plain data. ``recording`` notes which functions and which SQL a visit used.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped]

from tests.serving import ROOT

Visit = tuple[str, Callable[[], Any]]
WARD, COMMUNE, DISTRICT = "00097@2025-07-01", "00376@2025-07-01", "001@legacy"
SCREENS: tuple[tuple[str, dict[str, str]], ...] = (
    ("", {}), ("", {"group": "district"}), ("", {"group": "type", "lang": "en"}), ("", {"period": "2025-H1"}), ("", {"status": "real"}),
    ("mo-hinh", {}), ("mo-hinh", {"group": "district"}), ("mo-hinh", {"group": "type", "model": "clan"}),
    ("mo-hinh", {"model": "citizen_resident", "basis": "registered_of_total"}),
    ("mo-hinh", {"period": "2025-H1", "group": "district", "basis": "recognised_of_registered"}),
    ("ban-do", {}), ("ban-do", {"boundary": "districts"}), ("ban-do", {"about": "school"}), ("ban-do", {"period": "2025-H1"}),
    ("ban-do", {"extra": "schools,neighbours", "mode": "change"}), ("ban-do", {"mode": "time"}),
    ("phuong-xa", {}), ("phuong-xa", {"unit": WARD}), ("phuong-xa", {"unit": COMMUNE, "model": "commune"}),
    ("phuong-xa", {"unit": DISTRICT}), ("phuong-xa", {"unit": WARD, "period": "2025-H1", "status": "illustrative"}),
    ("phuong-xa", {"unit": "Ba Đình"}),
    ("truong-hoc", {}), ("truong-hoc", {"group": "district"}), ("truong-hoc", {"group": "type", "find": "Chu Văn An"}),
    ("mang-luoi", {}), ("mang-luoi", {"region": "asia_pacific", "road": "all"}),
    ("tra-cuu", {}), ("tra-cuu", {"shape": "by_period", "sum_by": "district"}), ("tra-cuu", {"borders": "wards_2025_07", "order": "up"}),
    ("tu-dien", {}), ("tu-dien", {"dictionary": "tables"}), ("nguon", {}), ("nguon", {"section": "method"}), ("nguon", {"section": "gaps"}),
    ("chat-luong", {}), ("nop-so-lieu", {}), ("sql", {}), ("trinh-chieu", {}),
)  # fmt: skip
"""Screens with what stands in their address."""
OWN = {"id", "url", "elementId", "uuid", "deferredFileId", "version"}
"""Names of values that a run makes up; ``version`` is a digest of files beside the warehouse."""
AGO = re.compile(r" \(\d+ (?:(?:giây|phút|giờ|ngày) trước|(?:second|minute|hour|day)s? ago)\)")
ADDRESSES = (
    "", "/openapi.json", "/observations?limit=500", "/observations?boundaries=wards_2025_07&level=ward&limit=500",
    "/observations?group=district&indicator=model.family.recognised_of_total&limit=500", "/observations?sort=value&status=published&format=csv",
    "/units?limit=1000", f"/units/{WARD}", "/units?type=xa&on=2026-01-01", "/indicators", "/indicators/model.family.recognised_of_total",
    "/schools?limit=1000", "/schools?level=primary&ownership=public&offset=100&limit=100", "/schools/MH-00004-001", "/members", "/members?year=2024",
    "/sources", "/sources/2dep-vn-8f0165", "/units/none", "/observations?group=hamlet",
)  # fmt: skip
"""What programs ask for; every documented table is asked for besides, a page from its middle."""


def visits(folder: Path) -> Iterator[Visit]:
    """Every visit of a published folder with its name; nothing is done before a visit is called."""
    os.environ["WAREHOUSE_DIR"] = str(folder)
    yield from _screens()
    yield from _programs(folder)
    yield from _files(folder)
    yield from _analysts(folder)


# ---- Screens ------------------------------------------------------------------------------------------------------


def _screens() -> Iterator[Visit]:
    from streamlit.runtime.pages_manager import PagesManager

    original = PagesManager.__init__

    def as_served(self: PagesManager, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        PagesManager.uses_pages_directory = False  # AppTest would start in an old mode, because pages/ exists

    PagesManager.__init__ = as_served  # type: ignore[method-assign]
    for path, query in SCREENS:
        words = "&".join(f"{name}={value}" for name, value in query.items())
        yield f"screen /{path}{'?' if words else ''}{words}", partial(_screen, path, query)


def _screen(path: str, query: dict[str, str]) -> list[Any]:
    """All elements of a screen in their order, as the browser would be sent them."""
    from streamlit.testing.v1 import AppTest
    from streamlit.util import calc_hash

    screen = AppTest.from_file(ROOT / "dashboard.py", default_timeout=120)
    for name, value in query.items():
        screen.query_params[name] = value
    if path:
        screen._page_hash = calc_hash(path)
    screen.run()
    if screen.exception:
        raise RuntimeError(screen.exception[0].message)
    waiting: list[Any] = [screen._tree]
    found: list[Any] = []
    while waiting:
        node = waiting.pop()
        if hasattr(node, "proto") and not hasattr(node, "children"):
            found.append((node.type, _sent(node)))
        waiting += [child for _, child in sorted(getattr(node, "children", {}).items(), reverse=True)]
    return found


def _sent(element: Any) -> Any:
    """What an element shows, without what differs from run to run: ids, addresses, and how long ago the build was."""
    return shown(MessageToDict(element.proto))


def shown(value: Any) -> Any:
    """A message to the browser as plain data; JSON inside it is read, numbers of charts are listed."""
    if isinstance(value, dict):
        if {"bdata", "dtype"} <= value.keys():
            return np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"]).tolist()
        return {name: shown(kept) for name, kept in value.items() if name not in OWN}
    if isinstance(value, list):
        return [shown(kept) for kept in value]
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return shown(json.loads(value))
        except ValueError:
            return value
    return AGO.sub("", value) if isinstance(value, str) else value


# ---- Programs -----------------------------------------------------------------------------------------------------


def _programs(folder: Path) -> Iterator[Visit]:
    import httpx

    from api.app import interface
    from queries.sources import table_titles
    from queries.warehouse import current_warehouse

    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(interface(lambda: folder)), base_url="http://loopback"
    )
    loop = asyncio.new_event_loop()

    def get(path: str) -> tuple[int, bytes]:
        answer = loop.run_until_complete(client.get(f"/api/v1{path}", timeout=60))
        return answer.status_code, answer.content

    tables = [f"/tables/{name}?offset=20&limit=2000" for name in table_titles(current_warehouse(folder))]
    for path in (*ADDRESSES, *tables):
        yield f"api {path}", partial(get, path)


# ---- Files --------------------------------------------------------------------------------------------------------


def _files(folder: Path) -> Iterator[Visit]:
    import duckdb

    from exports.csv import write_csv
    from exports.screens import Shown, all_tables
    from exports.warehouse_file import write_warehouse
    from queries.warehouse import current_warehouse

    w = current_warehouse(folder)

    def written(write: Callable[[Path], Any], read: Callable[[Path], Any]) -> Any:
        with tempfile.TemporaryDirectory() as place:
            path = Path(place) / "file"
            write(path)
            return read(path)

    def counted(path: Path) -> list[Any]:
        """The tables and views of a file of the whole warehouse, each with how many rows it has."""
        with duckdb.connect(str(path), read_only=True) as con:
            names = con.execute("SELECT table_name FROM information_schema.tables ORDER BY ALL").fetchall()
            return [(n, con.execute(f'SELECT count(*) FROM "{n}"').fetchall()) for (n,) in names]

    tables = all_tables(w, Shown(unit=WARD))
    for n, table in enumerate(tables):
        write = partial(write_csv, table, lang="vi")
        yield f"csv {n + 1}: {table.title.en}", partial(written, write, Path.read_bytes)
    yield "the whole warehouse", partial(written, partial(write_warehouse, w), counted)
    for command in (["brief"], ["profiles", "--unit", WARD], ["report"], ["deck"]):
        yield f"document {' '.join(command)}", partial(_document, command)


def _document(command: list[str]) -> int:
    """A document made by the command line; what it says is asked by functions whose answers are compared."""
    from exports.__main__ import main

    with tempfile.TemporaryDirectory() as place:
        done = main([*command, "--out", place])
        return done if any(Path(place).iterdir()) else 1


# ---- Analysts -----------------------------------------------------------------------------------------------------


def _analysts(folder: Path) -> Iterator[Visit]:
    from queries import sql
    from queries.warehouse import current_warehouse

    w = current_warehouse(folder)

    def answered(text: str) -> Any:
        found = sql.run(w, text).wait()
        return (found.frame, found.more, found.tables) if isinstance(found, sql.Result) else found

    def refused(text: str) -> str:
        found = sql.run(w, text).wait()
        return found.kind if isinstance(found, sql.Problem) else "answered"

    for name, text in sql.EXAMPLES.items():
        yield f"sql {name}", partial(answered, text)
    for text in ("SELECT * FROM read_text('/etc/hosts')", "DELETE FROM unit", "SELECT nothing FROM unit"):
        yield f"sql refused: {text}", partial(refused, text)
