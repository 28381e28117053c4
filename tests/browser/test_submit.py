"""The submit page in a browser: two files in, one published, taken back; and the page for every eye and width."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import ONE_ROW, reference_only
from tests.serving import ROOT, Server, start_server

Screen = Callable[..., Page]
WRONG = "period,unit_code,unit_name,model,total,registered,recognised,note\n2026-Q3,99999,Xã Không Có,clan,100,80,70,\n"


@pytest.fixture(scope="module")
def steward(tmp_path_factory: pytest.TempPathFactory, warehouse_empty: Path) -> Iterator[Server]:
    """A server of its own for this machine's steward, over a data folder that the test may change."""
    folder = tmp_path_factory.mktemp("steward")
    data = reference_only(folder / "data")
    shutil.copytree(warehouse_empty, data / "warehouse")
    server = start_server(
        ROOT,
        folder / "log.txt",
        DATA_DIR=str(data),
        WAREHOUSE_DIR=str(data / "warehouse"),
        INTAKE_LOCAL="steward",
    )
    yield server
    server.stop()


def test_files_are_checked_published_and_taken_back(
    screen: Screen,
    settled: Callable[[Page], None],
    axe_findings: Callable[[Page], list[str]],
    steward: Server,
    tmp_path: Path,
) -> None:
    good, wrong = tmp_path / "ba-dinh.csv", tmp_path / "sai.csv"
    good.write_text(ONE_ROW, encoding="utf-8")
    wrong.write_text(WRONG, encoding="utf-8")
    page = screen("nop-so-lieu", on=steward)
    page.get_by_test_id("stFileUploader").locator("input").set_input_files([good, wrong])
    page.get_by_role("button", name="Kiểm tra 2 tệp").click()
    only_right = page.get_by_role("button", name="Chỉ tệp không có lỗi (1)")
    expect(only_right).to_be_visible()
    expect(page.get_by_role("button", name="Công bố tất cả (2 tệp)")).to_be_disabled()
    settled(page)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        settled(page)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width
        assert axe_findings(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})

    only_right.click()
    expect(page.get_by_text("Biên nhận: R")).to_be_visible(timeout=60_000)
    settled(page)
    page.get_by_text("Lịch sử", exact=True).click()
    page.get_by_role("button", name="Hoàn tác…").click()
    page.get_by_role("dialog").get_by_role("button", name="Hoàn tác", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=60_000)
    settled(page)
    page.get_by_text("Gửi tệp", exact=True).click()
    expect(page.get_by_text("Đã xuất bản")).to_be_visible()
    book = (Path(steward.log).parent / "data" / "intake" / "ledger.jsonl").read_text(encoding="utf-8")
    assert [kind for kind in ("submit", "undo") if f'"kind":"{kind}"' in book] == ["submit", "undo"]


def test_without_a_role_the_page_only_explains(
    screen: Screen, axe_findings: Callable[[Page], list[str]]
) -> None:
    page = screen("nop-so-lieu", dark=True, lang="en", width=390)
    expect(page.get_by_text("read-only")).to_be_visible()
    expect(page.get_by_test_id("stFileUploader")).to_have_count(0)
    assert axe_findings(page) == []
