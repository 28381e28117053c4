"""What the presentation costs, over the real server and in Chromium: the time of a change, and memory over a long loop.

    python -m benchmarks.presentation [--warehouse DIR] [--changes 400] [--every MS] [--contents 3]

The show of the default playlist is opened and taken through its slides by key. Measured: the time from the key press to
the second frame after it, by when the new slide stands (aim: under 300 ms); the memory of the server (resident) and of
the page (JavaScript heap after a collection, and nodes of the document) after the first round and at the end (aim: at
most 5% more). Then the playlist is changed some times, as where new builds come in, and the heap after each is told: it
holds the new content beside what Streamlit still keeps of the one before.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import CDPSession, Page, sync_playwright

from exports import playlist
from tests.browser.install import find
from tests.serving import ROOT, start_server
from ui.presentation import CHECK_SECONDS

CHANGE_AIM, GROWTH_AIM = 300, 0.05
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
# From the key press to the second frame after it: the first one that has the new slide has been handed over by then.
WATCH = """() => {
    window.times = [];
    document.addEventListener("keydown", () => {
        const began = performance.now();
        requestAnimationFrame(() => requestAnimationFrame(() => window.times.push(performance.now() - began)));
    }, true);
}"""


def resident(process: int) -> int:
    """Bytes of memory that a process holds."""
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def heap(session: CDPSession) -> tuple[int, int]:
    """Bytes of the page's JavaScript heap after a collection, and nodes of its document."""
    session.send("HeapProfiler.collectGarbage")
    told = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return int(told["JSHeapUsedSize"]), int(told["Nodes"])


def change(page: Page, count: int, every: int) -> None:
    """So many changes by key, one every so many milliseconds."""
    for _ in range(count):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(every)


def told(label: str, page: Page, session: CDPSession, process: int) -> tuple[int, int]:
    """Print what the server and the page hold; bytes of either."""
    server, (script, nodes) = resident(process), heap(session)
    print(f"{label}: server {server / 1e6:.0f} MB, heap {script / 1e6:.1f} MB, {nodes} nodes")
    return server, script


def loop(page: Page, session: CDPSession, process: int, lists: Path, changes: int, every: int) -> bool:
    """Take the show through its slides and print what it costs; whether the aims are met."""
    page.evaluate(WATCH)
    change(page, 2 * len(playlist.read(lists / "mac-dinh.yml").slides), every)
    before = told("after the first two rounds", page, session, process)
    change(page, changes, every)
    after = told(f"after {changes} more changes", page, session, process)
    times = page.evaluate("window.times")
    grown = [now / then - 1 for then, now in zip(before, after, strict=True)]
    print(f"growth: server {grown[0]:+.1%}, heap {grown[1]:+.1%} (aim: at most {GROWTH_AIM:.0%})")
    print(
        f"{len(times)} changes: median {statistics.median(times):.0f} ms, longest {max(times):.0f} ms"
        f" (aim: under {CHANGE_AIM} ms); load of the machine {os.getloadavg()[0]:.1f}"
    )
    return max(times) < CHANGE_AIM and max(grown) <= GROWTH_AIM


def renew(page: Page, session: CDPSession, process: int, lists: Path, contents: int) -> None:
    """Change the playlist and have the show take it in, so many times."""
    for number in range(contents):
        playlist.add(lists / "mac-dinh.yml", {"kind": "text", "text": f"{number}"})
        page.wait_for_timeout(1_000 * CHECK_SECONDS + 3_000)
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(500)
        told(f"new content {number + 1}", page, session, process)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--warehouse", type=Path, default=ROOT / "data" / "warehouse")
    parser.add_argument("--changes", type=int, default=400)
    parser.add_argument("--every", type=int, default=250, help="milliseconds between two changes")
    parser.add_argument("--contents", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        lists = Path(scratch) / "presentations"
        shutil.copytree(ROOT / "data" / "presentations", lists)
        server = start_server(
            ROOT, Path(scratch) / "log.txt", WAREHOUSE_DIR=str(asked.warehouse), PRESENTATIONS_DIR=str(lists)
        )
        try:
            browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
            page = browser.new_page(viewport={"width": 1920, "height": 1080})
            page.goto(f"{server.url}/trinh-chieu?loop=1")
            page.wait_for_selector("dialog[open] .slide.on", timeout=60_000)
            page.wait_for_timeout(2_000)
            session = page.context.new_cdp_session(page)
            session.send("Performance.enable")
            met = loop(page, session, server.process.pid, lists, asked.changes, asked.every)
            renew(page, session, server.process.pid, lists, asked.contents)
            browser.close()
        finally:
            server.stop()
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
