"""Pictures of the screens for the guides, in both languages, from the data that come with the project.

    python -m scripts.screenshots

Builds into a scratch folder, serves it on a free port, and writes ``docs/images/<name>.<language>.png``. Exit code 2 where
there is no browser.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from etl.build import build
from i18n import LANGUAGES, Lang, words_in
from tests.browser.conftest import FLAGS, STEADY
from tests.browser.install import find
from tests.conftest import shipped
from tests.serving import ROOT, start_server

FOLDER = ROOT / "docs" / "images"
WIDTH = 1280
LARGEST = 150_000
"""Bytes of one picture."""
COLOURS = (256, 128, 64, 32)
DRAWN_MS = 2_500
"""Maps and the show draw themselves after the page has settled."""


@dataclass(frozen=True)
class Shot:
    """One picture: its name, the page and its choices, and its height. It begins at the page's title, at the heading whose
    key is ``heading``, or at the top of the window (``whole``)."""

    name: str
    page: str
    query: tuple[tuple[str, str], ...] = ()
    height: int = 860
    heading: str = ""
    whole: bool = False


SHOTS = (
    Shot("overview", "", height=1000, whole=True),
    Shot("ward", "phuong-xa", (("unit", "00004@2025-07-01"),)),
    Shot("map", "ban-do"),
    Shot("explore", "tra-cuu", height=1040),
    Shot("documents", "", height=300, heading="report_screens.title"),
    Shot("show", "trinh-chieu", (("slide", "3"),), height=720, whole=True),
    Shot("quality", "chat-luong", height=960),
)


@contextmanager
def served() -> Iterator[str]:
    """The address of a server that shows what comes with the project."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "data").mkdir()
        build(data_dir=shipped(folder / "data"), out_dir=folder / "warehouse", allow_shrink=True)
        server = start_server(ROOT, folder / "log", WAREHOUSE_DIR=str(folder / "warehouse"))
        try:
            yield server.url
        finally:
            server.stop()


def taken(browser: Browser, base: str, shot: Shot, lang: Lang) -> bytes:
    """One picture as PNG."""
    page: Page = browser.new_page(
        viewport={"width": WIDTH, "height": shot.height}, locale=f"{lang}-VN", color_scheme="light",
        timezone_id="Asia/Ho_Chi_Minh", reduced_motion="reduce",
    )  # fmt: skip
    try:
        page.goto(f"{base}/{shot.page}?{urlencode([*shot.query, ('lang', lang)])}")
        page.wait_for_function(STEADY, timeout=90_000)
        if not shot.whole:
            title = page.get_by_role("heading", level=1)
            begin = page.get_by_role("heading", name=words_in(lang)(shot.heading)) if shot.heading else title
            begin.first.wait_for(timeout=30_000)
            begin.first.evaluate("heading => heading.scrollIntoView({block: 'start'})")
        page.wait_for_timeout(DRAWN_MS)
        page.wait_for_function(STEADY, timeout=90_000)
        return page.screenshot(animations="disabled")
    finally:
        page.close()


def small(picture: bytes) -> bytes:
    """The picture with as many colours as fit into the largest size."""
    with Image.open(io.BytesIO(picture)) as opened:
        image = opened.convert("RGB")
    for colours in COLOURS:
        out = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= LARGEST:
            break
    return out.getvalue()


def main() -> int:
    """Take all pictures."""
    path = find()
    if path is None:
        print(
            "Không có trình duyệt: make setup-dev cài một bản. / There is no browser: make setup-dev installs one.",
            file=sys.stderr,
        )
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    with served() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for shot in SHOTS:
            for lang in LANGUAGES:
                out = FOLDER / f"{shot.name}.{lang}.png"
                out.write_bytes(small(taken(browser, base, shot, lang)))
                print(f"{out.relative_to(ROOT)}  {out.stat().st_size / 1000:.0f} kB", flush=True)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
