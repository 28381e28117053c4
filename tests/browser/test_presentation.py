"""The show in a browser: keys, black, autoplay, the presenter's window, new content, the way in and out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import segno
from playwright.sync_api import Page, expect

from exports import playlist
from tests.serving import ROOT, Server, start_server

SLIDES = """title: {vi: Thử, en: Trial}
seconds: 1
slides:
  - kind: title
    notes: Lời mở đầu
  - kind: figures
    notes: Đọc nhãn
  - kind: trend
  - kind: map
"""
ON = ".slide.on"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("presentations")
    (found / "mac-dinh.yml").write_text(SLIDES, encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def hall(folder: Path, warehouse_full: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("hall") / "log.txt"
    server = start_server(ROOT, log, WAREHOUSE_DIR=str(warehouse_full), PRESENTATIONS_DIR=str(folder))
    yield server
    server.stop()


def number(page: Page) -> str:
    return page.locator(".number").inner_text()


def matrix_of(page: Page) -> list[list[int]]:
    """The code on the slide as dark (1) and light (0) modules, read off its pixels."""
    code = page.locator(f"{ON} .code svg")
    size = int(str(code.get_attribute("viewBox")).split()[2])
    found: list[list[int]] = code.evaluate(
        """async (svg, size) => {
            const copy = svg.cloneNode(true);
            copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
            copy.setAttribute("width", size * 4); copy.setAttribute("height", size * 4);
            const image = new Image();
            image.src = "data:image/svg+xml," + encodeURIComponent(copy.outerHTML);
            await image.decode();
            const canvas = document.createElement("canvas");
            canvas.width = canvas.height = size * 4;
            const pen = canvas.getContext("2d");
            pen.drawImage(image, 0, 0);
            const at = (x, y) => (pen.getImageData(x * 4 + 2, y * 4 + 2, 1, 1).data[0] < 128 ? 1 : 0);
            return Array.from({length: size}, (_, y) => Array.from({length: size}, (_, x) => at(x, y)));
        }""",
        size,
    )
    return found


def test_a_show_from_the_first_key_to_new_content(
    screen: Callable[..., Page],
    hall: Server,
    folder: Path,
    axe_findings: Callable[[Page], list[str]],
) -> None:
    page = screen("trinh-chieu", on=hall, width=1280, height=720)
    expect(page.locator(ON)).to_have_count(1)
    assert page.locator("dialog").get_attribute("aria-modal") == "true"

    # Keys
    for key, shown in (
        ("ArrowRight", "2/4"), ("PageDown", "3/4"), ("Space", "4/4"), ("ArrowRight", "4/4"), ("Home", "1/4"),
        ("End", "4/4"), ("ArrowLeft", "3/4"), ("PageUp", "2/4"),
    ):  # fmt: skip
        page.keyboard.press(key)
        assert number(page) == shown, key
    assert parse_qs(urlsplit(page.url).query)["slide"] == ["2"]
    assert page.locator(f"{ON} .mark.illustrative").count() > 0
    page.keyboard.press("b")
    expect(page.locator(".black")).to_be_visible()
    page.keyboard.press(".")
    expect(page.locator(".black")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.locator(".help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".help")).to_be_hidden()

    # Touch: the right half, then the left one
    page.mouse.click(1200, 300)
    assert number(page) == "3/4"
    page.mouse.click(80, 300)
    assert number(page) == "2/4"

    # The code leads to the live page
    address = str(page.locator(f"{ON} .code").get_attribute("data-address"))
    assert address == f"{hall.url}/"
    made = [
        [int(cell) for cell in row]
        for row in segno.make(address, error="m", micro=False).matrix_iter(border=2)
    ]
    assert matrix_of(page) == made
    assert axe_findings(page) == []

    # The presenter's window says what is said and drives the hall
    with page.context.expect_page() as opened:
        page.keyboard.press("s")
    other = opened.value
    expect(other.locator(".notes")).to_contain_text("Đọc nhãn")
    expect(other.locator(".next .slide")).to_have_count(1)
    assert re.fullmatch(r"00:00:\d\d", other.locator(".clocks b").first.inner_text())
    other.keyboard.press("ArrowRight")
    expect(page.locator(".number")).to_have_text("3/4")
    page.keyboard.press("Home")
    expect(other.locator(".notes")).to_contain_text("Lời mở đầu")
    other.keyboard.press("b")
    expect(page.locator(".black")).to_be_visible()
    other.keyboard.press("b")
    assert axe_findings(other) == []
    other.close()

    # Autoplay goes to the end and stops there; a pause stands
    page.keyboard.press("p")
    expect(page.locator(".number")).to_have_text("2/4", timeout=5_000)
    page.keyboard.press("p")
    page.wait_for_timeout(1_500)
    assert number(page) == "2/4"

    # The other theme, and the other language, where the reader is
    page.keyboard.press("t")
    expect(page.locator("dialog.light")).to_have_count(1)
    assert number(page) == "2/4"
    assert axe_findings(page) == []
    page.keyboard.press("l")
    expect(page.locator("dialog[lang=en]")).to_have_count(1)
    assert number(page) == "2/4"

    # A changed file is taken in at the next change
    playlist.add(folder / "mac-dinh.yml", {"kind": "sources"})
    page.wait_for_timeout(20_000)
    assert number(page) == "2/4"
    page.keyboard.press("ArrowRight")
    assert number(page) == "3/5"


def test_the_show_is_one_click_away_and_leads_back(screen: Callable[..., Page], hall: Server) -> None:
    page = screen("mo-hinh", on=hall, model="clan")
    page.get_by_role("link", name="Trình chiếu").click()
    expect(page.locator(ON)).to_have_count(1)
    assert urlsplit(page.url).path == "/trinh-chieu"
    page.keyboard.press("Escape")
    page.wait_for_url("**/mo-hinh?*")
    assert parse_qs(urlsplit(page.url).query)["model"] == ["clan"]
