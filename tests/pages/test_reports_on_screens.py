"""Documents offered on the screens: what a click gives, and long work that is watched, stopped and left."""

from __future__ import annotations

import io
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from pptx import Presentation
from pypdf import PdfReader
from streamlit.testing.v1 import AppTest

from exports.reports import Cancelled
from queries.warehouse import current_warehouse
from tests.pages.test_pages import texts
from ui import downloads, reports

OpenPage = Callable[..., AppTest]
Offered = dict[str, tuple[str, Callable[[], bytes]]]
BA_DINH, HONG_HA = "00004@2025-07-01", "00097@2025-07-01"


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Offered:
    """What stands behind the download buttons of documents, by key: name and maker."""
    found: Offered = {}
    real = st.download_button

    def noted(label: str, data: Any, file_name: str = "", **options: Any) -> bool:
        if str(options.get("key", "")).startswith("report_"):
            found[options["key"]] = (file_name, data)
        return real(label, data, file_name, **options)

    monkeypatch.setattr(st, "download_button", noted)
    return found


def pdf_words(made: bytes) -> str:
    return " ".join("\n".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages).split())


@pytest.mark.parametrize(
    ("lang", "title", "period"),
    [("vi", "Tài liệu in và trình chiếu", "quý IV/2025"), ("en", "Documents to print and show", "Q4 2025")],
)
def test_the_first_page_offers_brief_draft_and_deck_of_its_period_and_language(
    open_page: OpenPage, warehouse_full: Path, offered: Offered, lang: str, title: str, period: str
) -> None:
    screen = open_page(warehouse_full, lang=lang, period="2025-Q4")
    assert not screen.exception
    assert title in [header.value for header in screen.header]
    assert set(offered) == {"report_brief", "report_draft", "report_deck"}
    name, make = offered["report_brief"]
    assert name.startswith(f"tom-tat_2025-q4_{lang}_")
    assert period in pdf_words(make())
    assert "UNESCO" in pdf_words(offered["report_draft"][1]())
    name, make = offered["report_deck"]
    assert name.endswith(".pptx")
    deck = Presentation(io.BytesIO(make()))
    assert len(deck.slides) == 13
    assert deck.core_properties.language == {"vi": "vi-VN", "en": "en-GB"}[lang]


def test_the_deck_follows_the_status_of_the_screen(
    open_page: OpenPage, warehouse_full: Path, offered: Offered
) -> None:
    screen = open_page(warehouse_full, status="real")
    assert "Bộ trang chiếu theo cả tình trạng đang chọn" in " ".join(texts(screen))
    deck = Presentation(io.BytesIO(offered["report_deck"][1]()))
    said = " ".join(s.text_frame.text for page in deck.slides for s in page.shapes if s.has_text_frame)
    assert "không phải số thật" not in said.replace("Minh họa: sinh ra để xem thử, không phải số thật.", "")


@pytest.mark.parametrize(("unit", "title"), [(BA_DINH, "Phường Ba Đình"), ("001@legacy", "Quận Ba Đình")])
def test_the_page_of_a_unit_offers_its_profile(
    open_page: OpenPage, warehouse_full: Path, offered: Offered, unit: str, title: str
) -> None:
    screen = open_page(warehouse_full, "phuong-xa", unit=unit)
    assert not screen.exception
    name, make = offered["report_profile"]
    assert name.startswith(f"ho-so_{unit[:3]}")
    made = make()
    assert made.startswith(b"%PDF-")
    assert title in pdf_words(made)
    assert current_warehouse(warehouse_full).build_id in pdf_words(made)


def test_the_page_of_the_network_offers_the_draft(
    open_page: OpenPage, warehouse_full: Path, offered: Offered
) -> None:
    assert not open_page(warehouse_full, "mang-luoi").exception
    assert list(offered) == ["report_draft"]


@pytest.mark.parametrize("page", ["", "phuong-xa", "mang-luoi"])
def test_without_figures_the_documents_are_offered_all_the_same(
    open_page: OpenPage, warehouse_empty: Path, offered: Offered, page: str
) -> None:
    screen = open_page(warehouse_empty, page, lang="en")
    assert not screen.exception
    for name, make in offered.values():
        assert make()[:2] == (b"PK" if name.endswith("pptx") else b"%P")


def test_a_file_that_is_no_playlist_is_told_and_the_others_are_offered(
    open_page: OpenPage,
    warehouse_full: Path,
    offered: Offered,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PRESENTATIONS_DIR", str(tmp_path))
    (tmp_path / "xau.yml").write_text("title: [", encoding="utf-8")
    for name in ("mot", "hai"):
        (tmp_path / f"{name}.yml").write_text(f"title: {name}\nslides: [{{kind: title}}]\n", encoding="utf-8")
    screen = open_page(warehouse_full)
    assert "xau.yml" in " ".join(texts(screen))
    assert screen.selectbox[-1].options == ["hai", "mot"]
    assert len(Presentation(io.BytesIO(offered["report_deck"][1]())).slides) == 1


# ---- Long work ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["pdf", "zip"])
def test_profiles_of_all_wards_are_made_under_a_bar_and_then_wait(
    open_page: OpenPage, warehouse_full: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr(reports, "wards_of", lambda _found: [BA_DINH, HONG_HA])
    kept: list[tuple[str, int]] = []
    real = downloads.keep

    def noted(make: Callable[[Path], object], name: str) -> tuple[str, int]:
        kept.append(real(make, name))
        return kept[-1]

    monkeypatch.setattr(downloads, "keep", noted)
    screen = open_page(warehouse_full, "phuong-xa")
    screen.radio(key="report_form").set_value(form)
    screen.button(key="report_profiles").click().run()
    assert not screen.exception
    link, size = kept[0]
    assert link in " ".join(m.value for m in screen.markdown)
    path = downloads.folder() / link.split("/")[2] / link.rpartition("/")[2]
    assert path.stat().st_size == size
    if form == "pdf":
        assert len(PdfReader(path).pages) == 2
    else:
        assert len(zipfile.ZipFile(path).namelist()) == 2


def test_what_fails_is_told_in_words(
    open_page: OpenPage, warehouse_full: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_: object) -> tuple[str, int]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(downloads, "keep", full_disk)
    screen = open_page(warehouse_full, "phuong-xa")
    screen.button(key="report_profiles").click().run()
    assert not screen.exception
    assert (
        "Không làm được tài liệu: \\[Errno 28\\] No space left on device. Hãy thử lại."
        in screen.error[0].value
    )


def begun(make: reports.Maker) -> reports.Work:
    return reports.Work(make, "ho-so.pdf")


def test_stopped_work_ends_soon_and_leaves_no_file() -> None:
    before = set(downloads.folder().iterdir())
    started = threading.Event()

    def make(path: Path, told: reports.Told, stopped: reports.Stopped) -> None:
        path.write_bytes(b"begun")
        for n in range(1000):
            if stopped():
                raise Cancelled
            told(n, 1000, "x")
            started.set()
            time.sleep(0.01)

    work = begun(make)
    assert started.wait(5)
    assert not work.wait(0)
    work.stop()
    assert work.wait(2)
    assert work.result is None
    assert work.problem == ""
    assert set(downloads.folder().iterdir()) == before


def test_work_that_was_stopped_while_its_last_part_was_made_keeps_nothing() -> None:
    go = threading.Event()

    def make(path: Path, told: reports.Told, stopped: reports.Stopped) -> None:
        go.wait(5)
        path.write_bytes(b"whole")

    work = begun(make)
    work.stop()
    go.set()
    assert work.wait(2)
    assert work.result is None


def test_a_second_work_waits_for_the_first_and_can_be_stopped_meanwhile() -> None:
    go = threading.Event()
    first = begun(lambda path, told, stopped: (go.wait(5), path.write_bytes(b"1")))
    second = begun(lambda path, told, stopped: path.write_bytes(b"2"))
    assert not second.wait(0.3)
    second.stop()
    assert second.wait(2)
    go.set()
    assert first.wait(2)
    assert first.result is not None
    assert first.result[1] == 1


def test_a_browser_that_has_gone_stops_the_work(
    open_page: OpenPage, warehouse_full: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    works: list[reports.Work] = []
    wait = reports.Work.wait

    class Noted(reports.Work):
        def __init__(self, make: reports.Maker, name: str) -> None:
            works.append(self)
            super().__init__(make, name)

        def wait(self, seconds: float) -> bool:
            raise ConnectionAbortedError("the browser has gone")

    monkeypatch.setattr(reports, "Work", Noted)
    screen = open_page(warehouse_full, "phuong-xa")
    screen.button(key="report_profiles").click().run()
    assert screen.exception
    assert wait(works[0], 20)
    assert works[0].result is None
