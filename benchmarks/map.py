"""What the map costs, over the real server and in Chromium.

    python -m benchmarks.map [--warehouse DIR] [--changes 4]

Measured: the bytes of the shapes that a first visit fetches, and of all kinds together (aim: under 500 kB); the bytes
that come over the websocket when the reader picks another indicator (aim: under 30 kB) and whether shapes were fetched
again; and the time from the key press to the last pixel that changed (aim: under 0.5 s), once where nobody has asked
for that indicator yet and once where somebody has. The part until the browser hands the picture over to be drawn is
told apart, since drawing is done by the processor here: it takes as long as the other programs on the machine let it
(their load is printed), and a real screen has a chip for it.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, Response, WebSocket, sync_playwright

from i18n import words_in
from queries.shapes import ShapeKind, screen_lines, screen_shapes
from queries.warehouse import current_warehouse
from tests.browser.install import find
from tests.serving import ROOT, start_server

ALL_KINDS: tuple[ShapeKind, ...] = ("boundary", "hex", "circle", "hex_district")
"""Kinds of shapes that travel whole; former districts are drawn as their wards, and both kinds of borders as lines."""
SHAPES_AIM, CHANGE_AIM, REDRAW_AIM = 500_000, 30_000, 500
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
QUIET_MS = 1500
"""So long without a change, and the picture is finished."""
# After each frame in which something was drawn, a grid of its pixels is compared. One read a frame: each costs a wait.
WATCH = """() => {
    window.seen = {key: 0, changed: 0, handed: 0};
    document.addEventListener("keydown", (e) => {
        if (e.key === "Enter") window.seen = {key: performance.now(), changed: 0, handed: 0};
    }, true);
    const drawn = new Set(), last = new Map();
    const kind = WebGL2RenderingContext.prototype;
    for (const name of ["drawArrays", "drawElements", "drawArraysInstanced", "drawElementsInstanced"]) {
        const original = kind[name];
        kind[name] = function (...args) { drawn.add(this); return original.apply(this, args); };
    }
    const look = (gl) => {
        const handed = performance.now();
        const bound = gl.getParameter(gl.FRAMEBUFFER_BINDING);
        gl.bindFramebuffer(gl.FRAMEBUFFER, null);
        const wide = gl.drawingBufferWidth, high = gl.drawingBufferHeight, found = [];
        const all = new Uint32Array(wide * high);
        gl.readPixels(0, 0, wide, high, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(all.buffer));
        for (let x = 1; x < 24; x++) for (let y = 1; y < 24; y++) {
            found.push(all[Math.floor(high * y / 24) * wide + Math.floor(wide * x / 24)]);
        }
        gl.bindFramebuffer(gl.FRAMEBUFFER, bound);
        const text = found.join(";");
        if (last.get(gl) !== text) {
            last.set(gl, text);
            window.seen.changed = performance.now();
            window.seen.handed = handed;
        }
    };
    const ask = window.requestAnimationFrame;
    window.requestAnimationFrame = (callback) => ask.call(window, (time) => {
        callback(time);
        for (const gl of drawn) look(gl);
        drawn.clear();
    });
}"""


@dataclass
class Traffic:
    """What came from the server since the last reset: files of shapes and names, and bytes over the websocket."""

    files: list[Response] = field(default_factory=list)
    socket: int = 0

    def watch(self, page: Page) -> None:
        page.on("response", self.answered)
        page.on("websocket", self.opened)

    def answered(self, response: Response) -> None:
        if response.url.endswith("json"):
            self.files.append(response)

    def opened(self, socket: WebSocket) -> None:
        socket.on("framereceived", self.received)

    def sizes(self) -> dict[str, int]:
        """Bytes of each file by its name."""
        return {found.url.rpartition("/")[2]: len(found.body()) for found in self.files}

    def reset(self) -> None:
        self.files.clear()
        self.socket = 0

    def received(self, payload: str | bytes) -> None:
        self.socket += len(payload)


@dataclass
class Change:
    """What one change of the indicator cost, times in ms since the key: until handed over, and until drawn."""

    size: int
    handed: float
    drawn: float
    fetched: int


def picture_is_finished(page: Page) -> None:
    page.wait_for_function(
        f"() => window.seen.changed > 0 && performance.now() - window.seen.changed > {QUIET_MS}",
        timeout=60_000,
    )


def change(page: Page, traffic: Traffic, key: str) -> Change:
    """Pick the next or the previous measure by keyboard, and wait until the picture is finished."""
    label = page.get_by_text(words_in("vi")("map.measure"), exact=True)
    page.get_by_test_id("stSelectbox").filter(has=label).locator("input").click()
    page.keyboard.press(key)
    page.wait_for_timeout(300)
    traffic.reset()
    page.keyboard.press("Enter")
    picture_is_finished(page)
    seen = page.evaluate("() => window.seen")
    handed, drawn = seen["handed"] - seen["key"], seen["changed"] - seen["key"]
    return Change(traffic.socket, handed, drawn, len(traffic.files))


def measured(url: str, changes: int) -> tuple[dict[str, int], list[Change], list[Change]]:
    """The first visit's files, changes to what nobody has seen yet, and the same way back, which somebody has."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 1400})
        page.add_init_script(f"({WATCH})()")
        traffic = Traffic()
        traffic.watch(page)
        page.goto(f"{url}/ban-do")
        page.wait_for_selector("h1")
        picture_is_finished(page)
        first = traffic.sizes()
        new = [change(page, traffic, "ArrowDown") for _ in range(changes)]
        known = [change(page, traffic, "ArrowUp") for _ in range(changes)]
        browser.close()
    return first, new, known


def row(what: str, found: str, aim: str, met: bool) -> str:
    return f"| {what} | {found} | {aim} | {'yes' if met else 'NO'} |"


def spread(times: list[int]) -> str:
    """The median with the least and the most, in ms."""
    return f"{statistics.median(times):.0f} ms ({min(times)}–{max(times)})"


def report(first: dict[str, int], new: list[Change], known: list[Change], whole: int) -> list[str]:
    """One line of a Markdown table each."""
    names = ", ".join(f"{name.rpartition('-')[0]} {size / 1000:.0f}" for name, size in first.items())
    shown = sum(first.values())
    lines = [
        "| what | measured | aim | met |",
        "|---|---|---|---|",
        row(
            f"shapes and names of a first visit ({names} kB)",
            f"{shown / 1000:.0f} kB",
            "< 500 kB",
            shown < SHAPES_AIM,
        ),
        row(
            "shapes and borders of all kinds together",
            f"{whole / 1000:.0f} kB",
            "< 500 kB",
            whole < SHAPES_AIM,
        ),
    ]
    for name, found in (("not asked for before", new), ("asked for before", known)):
        what = f"change of indicator, {name}: "
        size = max(c.size for c in found)
        handed, drawn = ([round(getattr(c, part)) for c in found] for part in ("handed", "drawn"))
        again = sum(c.fetched for c in found)
        middle = statistics.median(drawn)
        lines += [
            row(what + "largest", f"{size / 1000:.1f} kB", "< 30 kB", size < CHANGE_AIM),
            row(what + "shapes fetched again", str(again), "0", again == 0),
            row(what + f"redraw, median of {len(drawn)}", spread(drawn), "< 500 ms", middle < REDRAW_AIM),
            f"| {what}until handed over | {spread(handed)} | | |",
        ]
    return lines


def main() -> int:
    """Print the table; 1 where the picture did not change at all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--warehouse", type=Path, default=ROOT / "data" / "warehouse")
    parser.add_argument("--changes", type=int, default=4)
    args = parser.parse_args()
    warehouse = current_warehouse(args.warehouse)
    texts = [screen_shapes(warehouse, kind) for kind in ALL_KINDS]
    texts += [screen_lines(warehouse, of_districts) for of_districts in (True, False)]
    whole = sum(len(text.encode()) for text in texts)
    with tempfile.TemporaryDirectory() as scratch:
        server = start_server(ROOT, Path(scratch) / "log", WAREHOUSE_DIR=os.fspath(args.warehouse))
        try:
            first, new, known = measured(server.url, args.changes)
        finally:
            server.stop()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; drawn by the processor"
    )
    print("\n".join(report(first, new, known, whole)))
    return 0 if all(c.drawn > 0 for c in (*new, *known)) else 1


if __name__ == "__main__":
    sys.exit(main())
