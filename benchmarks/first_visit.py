"""A first visit in Chromium with nothing in its cache: bytes, and the time until figures stand there.

    python -m benchmarks.first_visit [--warehouse DIR] [--rounds 7] [--alone]

The overview of the dashboard against Streamlit's own bare page (a title and a selectbox, the same settings), in turn, on
loopback. For the dashboard: from the navigation to the first headline value in two frames of the browser, and to the last
change of the document before a second of quiet; for the bare page: to its title. Then the same address once more in the
same browser. Bytes are those of the network: files as they came, packed or not, and messages of the websocket. The aim is
at most 1.5 times the bare page's time. Afterwards every screen is opened once by a browser of its own, and the scripts
that it loads beside those of the bare page are listed, the largest first. ``--alone``: also the overview with one kind
of its heavy elements' scripts held back, to see what waiting for them costs.
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
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from benchmarks import readers
from benchmarks.pages import bare_project, running
from tests.browser.install import find
from tests.serving import ROOT

FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
TITLE, FIGURE = "h1", ".c-value"
AIM = 1.5
QUIET_MS = 1000
MOVING_MS = 15_000
"""So long is waited for the show, which always moves and whose words this script cannot see."""
LONGEST_MS = 90_000
LISTED = 50_000
"""Bytes from which on a script is listed by name."""
HELD_BACK = ("PlotlyChart", "DataFrame", "DeckGlJsonChart")
# Notes when the wanted element first has words in it, by the second frame after, and the document's last change.
WATCH = """(wanted) => {
    window.seen = {first: 0, last: 0};
    let found = false;
    const look = () => {
        window.seen.last = performance.now();
        if (found || !document.querySelector(wanted)?.textContent.trim()) return;
        found = true;
        requestAnimationFrame(() => requestAnimationFrame(() => { window.seen.first = performance.now(); }));
    };
    new MutationObserver(look).observe(document, {subtree: true, childList: true, characterData: true});
}"""


@dataclass
class Traffic:
    """Bytes that came over the network: of files by their names, and of websockets."""

    files: dict[str, int] = field(default_factory=dict)
    socket: int = 0
    _names: dict[str, str] = field(default_factory=dict)

    def watch(self, page: Page) -> None:
        """Count from now on what this page fetches."""
        line: CDPSession = page.context.new_cdp_session(page)
        line.send("Network.enable")
        line.on("Network.responseReceived", self._answered)
        line.on("Network.loadingFinished", self._loaded)
        page.on("websocket", lambda socket: socket.on("framereceived", self._received))

    def _answered(self, event: dict[str, Any]) -> None:
        self._names[event["requestId"]] = urlsplit(event["response"]["url"]).path.rpartition("/")[2] or "/"

    def _loaded(self, event: dict[str, Any]) -> None:
        name = self._names.get(event["requestId"])
        if name is not None:
            self.files[name] = self.files.get(name, 0) + int(event["encodedDataLength"])

    def _received(self, payload: str | bytes) -> None:
        self.socket += len(payload)

    @property
    def size(self) -> int:
        """All bytes."""
        return sum(self.files.values()) + self.socket


@dataclass
class Visits:
    """What came out for one page: ms to the first sight and to the last change, and bytes."""

    first: list[float] = field(default_factory=list)
    settled: list[float] = field(default_factory=list)
    size: list[int] = field(default_factory=list)

    def add(self, seen: dict[str, float], traffic: Traffic) -> None:
        """One visit."""
        self.first.append(seen["first"])
        self.settled.append(seen["last"])
        self.size.append(traffic.size)

    def row(self, name: str) -> str:
        """Its line of a table."""
        first, settled = statistics.median(self.first), statistics.median(self.settled)
        spread = f"{min(self.first):.0f}–{max(self.first):.0f}"
        return (
            f"| {name} | {statistics.median(self.size) / 1000:.0f} | {first:.0f} | {spread} | {settled:.0f} |"
        )


def visit(
    context: BrowserContext, address: str, wanted: str, quiet: bool = True
) -> tuple[dict[str, float], Traffic]:
    """Open an address in a new tab and wait until nothing changes any more, or, not ``quiet``, some seconds."""
    page = context.new_page()
    page.add_init_script(f"({WATCH})({wanted!r})")
    traffic = Traffic()
    traffic.watch(page)
    page.goto(address)
    still = f" && performance.now() - window.seen.last > {QUIET_MS}" if quiet else ""
    page.wait_for_function(f"() => window.seen.first > 0{still}", timeout=LONGEST_MS)
    if not quiet:
        page.wait_for_timeout(MOVING_MS)
    seen: dict[str, float] = page.evaluate("() => window.seen")
    page.close()
    return seen, traffic


def fresh(browser: Browser, without: str = "") -> BrowserContext:
    """A browser that has nothing yet; ``without``: scripts whose name begins so never come."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="vi-VN")
    if without:
        context.route(f"**/{without}.*.js", lambda route: route.abort())
    return context


def in_turn(browser: Browser, targets: dict[str, tuple[str, str]], rounds: int) -> dict[str, Visits]:
    """Each target's first and second visit, round after round."""
    out = {f"{name}{which}": Visits() for name in targets for which in (FIRST, SECOND)}
    for url, wanted in targets.values():  # the servers' own first time
        context = fresh(browser)
        visit(context, url, wanted)
        context.close()
    for _ in range(rounds):
        for name, (url, wanted) in targets.items():
            context = fresh(browser)
            for which in (FIRST, SECOND):
                out[f"{name}{which}"].add(*visit(context, url, wanted))
            context.close()
    return out


FIRST, SECOND = ", first visit", ", second visit"
BARE, OVERVIEW = "bare page", "overview"


def table(found: dict[str, Visits]) -> str:
    """Bytes and times, and the ratio to the bare page of the same kind of visit."""
    lines = [
        "| visit | kB | first sight, ms | least–most | last change, ms | × bare |",
        "|---|" + "---:|" * 5,
    ]
    for name, visits in found.items():
        bare = found[BARE + (FIRST if name.endswith(FIRST) else SECOND)]
        ratio = statistics.median(visits.first) / statistics.median(bare.first)
        lines.append(f"{visits.row(name)} {ratio:.2f} |")
    return "\n".join(lines)


def tell_scripts(browser: Browser, url: str, bare: set[str]) -> None:
    """Print what every screen loads beside the bare page: kB of scripts, and the largest of them."""
    print(
        "\n| screen | all, kB | scripts beside the bare page's, kB | the largest, kB |\n|---|---:|---:|---|"
    )
    for path in readers.USUAL:
        context = fresh(browser)
        wanted = "body" if path == readers.SHOW else TITLE
        _, traffic = visit(context, f"{url}/{readers.usual(path)}", wanted, quiet=path != readers.SHOW)
        context.close()
        own = {n: size for n, size in traffic.files.items() if n.endswith(".js") and n not in bare}
        large = sorted(((size, name) for name, size in own.items() if size >= LISTED), reverse=True)
        told = ", ".join(f"{name.partition('.')[0]} {size / 1000:.0f}" for size, name in large)
        scripts = sum(own.values()) / 1000
        print(f"| /{path} | {traffic.size / 1000:.0f} | {scripts:.0f} | {told} |", flush=True)


def alone(browser: Browser, url: str, rounds: int) -> str:
    """The overview with one kind of heavy script held back, in turn with all of them."""
    found = {name: Visits() for name in ("", *HELD_BACK)}
    for _ in range(rounds):
        for without, visits in found.items():
            context = fresh(browser, without)
            visits.add(*visit(context, url, FIGURE))
            context.close()
    lines = ["| overview | kB | first sight, ms | least–most | last change, ms |", "|---|" + "---:|" * 4]
    return "\n".join([*lines, *(v.row(f"without {name}" if name else "whole") for name, v in found.items())])


def main() -> int:
    """Print the tables; 1 where the aim is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--warehouse", type=Path, default=ROOT / "data" / "warehouse")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--alone", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        own = {"WAREHOUSE_DIR": str(asked.warehouse.resolve())}
        with (
            running(bare_project(folder), folder / "bare.log") as bare,
            running(ROOT, folder / "dashboard.log", **own) as dashboard,
        ):
            browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
            targets = {BARE: (bare.url, TITLE), OVERVIEW: (dashboard.url, FIGURE)}
            found = in_turn(browser, targets, asked.rounds)
            print(
                f"Chromium {browser.version}, {os.cpu_count()} cores, {platform.machine()}, load {os.getloadavg()[0]:.1f}\n"
            )
            print(table(found), flush=True)
            context = fresh(browser)
            plain = set(visit(context, bare.url, TITLE)[1].files)
            context.close()
            tell_scripts(browser, dashboard.url, plain)
            if asked.alone:
                print("", alone(browser, dashboard.url, asked.rounds), sep="\n")
            browser.close()
    first = {name: statistics.median(found[name + FIRST].first) for name in targets}
    return 0 if first[OVERVIEW] <= AIM * first[BARE] else 1


if __name__ == "__main__":
    sys.exit(main())
