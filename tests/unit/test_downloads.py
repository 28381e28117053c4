"""Files to take away: made whole or not at all, fetched by those who know the address, gone after their time."""

from __future__ import annotations

import datetime as dt
import http.client
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import openpyxl
import pytest
import uvicorn

from exports import from_asked, write_xlsx
from exports.screens import Shown, all_tables, has_tables, screen_name, tables_of
from queries import explore
from queries.explore import Choice
from queries.warehouse import Warehouse
from ui import downloads
from ui.downloads import FORMATS, Manner, keep, send, write

FAMILY = "model.family.recognised_of_total"
SCREENS = ("", "mo-hinh", "ban-do", "phuong-xa", "truong-hoc", "mang-luoi", "tu-dien", "nguon")
Q3 = dt.date(2026, 9, 30)


@pytest.fixture(scope="module")
def asked() -> Iterator[Callable[..., tuple[int, bytes, str]]]:
    """A request to ``send`` on a loopback port: status, body and disposition."""
    server = uvicorn.Server(uvicorn.Config(send, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]

    def ask(path: str, method: str = "GET") -> tuple[int, bytes, str]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request(method, quote(path, safe="/%"))
            got = connection.getresponse()
            return got.status, got.read(), got.headers.get("Content-Disposition", "")
        finally:
            connection.close()

    yield ask
    server.should_exit = True
    thread.join(10)


Ask = Callable[..., tuple[int, bytes, str]]


def made(path: Path) -> None:
    path.write_bytes(b"x" * 1000)


def test_a_file_that_waits_is_fetched_under_its_name(asked: Ask) -> None:
    link, size = keep(made, "số liệu.csv")
    status, body, disposition = asked(link)
    assert (status, body, size) == (200, b"x" * 1000, 1000)
    assert disposition.startswith("attachment")
    assert asked(link, "HEAD")[:2] == (200, b"")
    assert asked(link, "POST")[0] == 404


@pytest.mark.parametrize(
    "path", ["/xuat/", "/xuat/abc", "/xuat/abc/x.csv", "/xuat/../etc/passwd", "/xuat/%2e%2e/x"]
)
def test_an_address_that_nobody_was_given_is_no_file(asked: Ask, path: str) -> None:
    keep(made, "x.csv")
    status, body, _ = asked(path)
    assert status == 404
    assert "Hãy xuất lại" in body.decode()


def test_files_go_when_their_time_is_over(asked: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "KEPT_FOR", -1)
    old, _ = keep(made, "old.csv")
    monkeypatch.setattr(downloads, "KEPT_FOR", 60)
    new, _ = keep(made, "new.csv")
    assert asked(old)[0] == 404
    assert asked(new)[0] == 200
    assert not list(downloads.folder().rglob("old.csv"))


def test_a_file_that_fails_leaves_nothing() -> None:
    def fails(path: Path) -> None:
        path.write_text("half", encoding="utf-8")
        raise OSError("disk full")

    before = set(downloads.folder().rglob("*"))
    with pytest.raises(OSError):
        keep(fails, "x.csv")
    assert set(downloads.folder().rglob("*")) == before


@pytest.mark.parametrize("wanted", FORMATS)
def test_every_format_can_be_written(full: Warehouse, tmp_path: Path, wanted: downloads.Format) -> None:
    table = from_asked(full, explore.asked(full, Choice(indicators=(FAMILY,), levels=("ward",), first=Q3)))
    heard: list[tuple[int, int]] = []
    rows = write(table, tmp_path / "x", "vi", Manner(wanted), lambda done, total: heard.append((done, total)))
    assert rows == 112
    assert (tmp_path / "x").stat().st_size > 500
    assert heard


@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_is_a_workbook(full: Warehouse, tmp_path: Path, screen: str) -> None:
    assert has_tables(screen)
    chosen = Shown(period_end=Q3, unit="00097@2025-07-01")
    tables = tables_of(screen, full, chosen)
    rows = write_xlsx(tables, tmp_path / "x.xlsx", "vi")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx", read_only=True)
    assert len(book.sheetnames) > len(tables)
    assert rows > 0


@pytest.mark.parametrize(
    ("chosen", "with_figures"),
    [(Shown(), True), (Shown(period_end=dt.date(2025, 6, 30), unit="001@legacy", model="clan"), True), (Shown(), False)],
    ids=["usual", "before", "empty"],
)  # fmt: skip
def test_all_screens_are_one_workbook(
    full: Warehouse, empty: Warehouse, tmp_path: Path, chosen: Shown, with_figures: bool
) -> None:
    w = full if with_figures else empty
    tables = all_tables(w, chosen)
    write_xlsx(tables, tmp_path / "all.xlsx", "en")
    names = openpyxl.load_workbook(tmp_path / "all.xlsx", read_only=True).sheetnames
    assert len(set(names)) == len(names) > len(tables)
    assert all(part.vi for part in screen_name(w, "all"))


def test_a_screens_figures_are_those_of_its_choices(full: Warehouse) -> None:
    tables = tables_of("phuong-xa", full, Shown(period_end=Q3, unit="00097@2025-07-01"))
    own = next(t for t in tables if "số liệu của chính đơn vị" in t.title.vi)
    found = full.frame(own.sql, *own.parameters)
    assert set(found["unit_key"]) == {"00097@2025-07-01"}
    expected = full.row("SELECT count(*) AS n FROM observation WHERE unit_key = '00097@2025-07-01'")
    assert expected is not None
    assert len(found) == expected["n"]


def test_more_periods_than_a_sheet_has_columns_are_rows(
    full: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = Shown(period_end=Q3)
    wide = tables_of("", full, chosen)[0]
    monkeypatch.setattr(explore, "MOST_COLUMNS", 2)
    long = tables_of("", full, chosen)[0]
    assert (wide.shape, long.shape) == ("by_period", "long")
    assert long.column("period_end") is not None
    assert full.frame(long.sql, *long.parameters)["value"].notna().any()
