"""A real server and a real browser, with the network cut.

Each test process starts at most one server a warehouse and one browser, and keeps them to its end. Every page that
a test opens is watched: a request to another host, an error on the console or in the server's log, and an uncaught
error in the page fail the test that caused it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, expect, sync_playwright

from tests.browser.install import find
from tests.serving import ROOT, Server, start_server

OWN_HOSTS = {"127.0.0.1", "localhost"}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
# At an address like /mo-hinh, Streamlit's own client first looks for a server below that path and gets a 404.
BASE_PATH_PROBE = re.compile(r"http://127\.0\.0\.1:\d+/[^/]+/_stcore/(health|host-config)")
# Nothing is being computed, and nothing is shown that waits to be replaced.
SETTLED = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    return app
        && app.dataset.testConnectionState === "CONNECTED"
        && app.dataset.testScriptState === "notRunning"
        && document.querySelector('[data-testid="stMain"] [data-testid="stVerticalBlock"]:not(:empty)')
        && !document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]');
}"""

# The same for half a second on end: on a busy machine a click may not have reached the server yet.
STEADY = f"""() => {{
    const now = performance.now();
    if (!({SETTLED})()) {{ window.standsSince = 0; return false; }}
    window.standsSince ||= now;
    return now - window.standsSince > 500;
}}"""

CONTEXT: dict[str, Any] = {"locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh"}

expect.set_options(timeout=30_000)  # a busy machine is slow, which is no fault of a screen


@dataclass
class Watch:
    """What went wrong on the pages of one test."""

    problems: list[str] = field(default_factory=list)

    def page(self, page: Page) -> None:
        page.on("console", self.console)
        page.on("pageerror", lambda error: self.problems.append(f"uncaught in the page: {error}"))
        page.on("websocket", lambda socket: self.address(socket.url))
        page.on("request", lambda request: self.address(request.url))

    def console(self, message: ConsoleMessage) -> None:
        place = message.location.get("url", "")
        if message.type == "error" and not BASE_PATH_PROBE.fullmatch(place):
            self.problems.append(f"console: {message.text} {place}")

    def address(self, url: str) -> None:
        if is_foreign(url):
            self.problems.append(f"asked another host: {url}")


def is_foreign(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme not in {"data", "blob", "about"} and parts.hostname not in OWN_HOSTS


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Server]]:
    """`serve(warehouse)` gives the dashboard over that warehouse, started at the first call."""
    servers: dict[Path, Server] = {}

    def start(warehouse: Path) -> Server:
        if warehouse not in servers:
            log = tmp_path_factory.mktemp("server") / "log.txt"
            servers[warehouse] = start_server(ROOT, log, WAREHOUSE_DIR=str(warehouse))
        return servers[warehouse]

    yield start
    for server in servers.values():
        server.stop()


@pytest.fixture(scope="session")
def server(serve: Callable[[Path], Server], warehouse_full: Path) -> Server:
    return serve(warehouse_full)


@pytest.fixture(scope="session")
def server_empty(serve: Callable[[Path], Server], warehouse_empty: Path) -> Server:
    return serve(warehouse_empty)


@pytest.fixture(scope="session")
def server_one_row(serve: Callable[[Path], Server], warehouse_one_row: Path) -> Server:
    return serve(warehouse_one_row)


@dataclass(frozen=True)
class Driver:
    """Playwright, which a process can start only once, and the browser that it is to drive."""

    playwright: Playwright
    path: str | None

    def launch(self, *flags: str) -> Browser:
        """A browser with those flags."""
        return self.playwright.chromium.launch(executable_path=self.path, args=list(flags))


@pytest.fixture(scope="session")
def driver() -> Iterator[Driver]:
    path = find()
    if path is None:
        pytest.fail("No browser found: run `make setup-dev`, or set CHROMIUM to a Chromium or Chrome.")
    with sync_playwright() as playwright:
        yield Driver(playwright, path)


@pytest.fixture(scope="session")
def browser(driver: Driver) -> Iterator[Browser]:
    browser = driver.launch(*FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    watch = Watch()
    yield watch
    assert not watch.problems, "\n".join(dict.fromkeys(watch.problems))


@pytest.fixture
def new_page(browser: Browser, watch: Watch) -> Iterator[Callable[..., Page]]:
    """A watched page without an address: `new_page(width=390, height=844, dark=True)`."""
    # One context a browser: what it has fetched and compiled serves the next test. DNS keeps it from other hosts (FLAGS).
    context = browser.contexts[0] if browser.contexts else browser.new_context(**CONTEXT)
    context.set_default_timeout(20_000)
    context.on("page", watch.page)

    def make(width: int = 1280, height: int = 900, *, dark: bool = False) -> Page:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
        return page

    yield make
    context.remove_listener("page", watch.page)
    for page in context.pages:
        if page.url.startswith("http"):
            page.evaluate("localStorage.clear(), sessionStorage.clear()")
        page.close()
    context.clear_cookies()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()


@pytest.fixture
def screen(new_page: Callable[..., Page], watch: Watch, server: Server) -> Iterator[Callable[..., Page]]:
    """A screen, opened and finished: `screen("mo-hinh", width=390, dark=True, lang="en")`.

    `on=server_empty` asks another server. An error in a server's log fails the test.
    """
    used: dict[str, tuple[Server, int]] = {}

    def open_it(
        url_path: str = "",
        *,
        on: Server = server,
        width: int = 1280,
        height: int = 900,
        dark: bool = False,
        **query: str,
    ) -> Page:
        used.setdefault(on.url, (on, len(on.text())))
        page = new_page(width, height, dark=dark)
        page.goto(f"{on.url}/{url_path}" + (f"?{urlencode(query)}" if query else ""))
        settle(page)
        return page

    yield open_it
    for on, before in used.values():
        if "Traceback" in (said := on.text()[before:]):
            watch.problems.append(f"the server's log:\n{said}")


def settle(page: Page) -> None:
    """Wait until the screen stands: the script has run and nothing on it is stale."""
    page.wait_for_function(SETTLED, timeout=60_000)
    page.evaluate("document.fonts.ready")


@pytest.fixture
def settled() -> Callable[[Page], None]:
    """`settled(page)` after a click waits until the screen stands again."""

    def wait(page: Page) -> None:
        page.wait_for_timeout(150)  # the click needs a moment to reach the server
        page.evaluate("window.standsSince = 0")
        page.wait_for_function(STEADY, timeout=60_000)
        page.evaluate("document.fonts.ready")

    return wait


@pytest.fixture
def axe_findings() -> Callable[[Page], list[str]]:
    """The serious and critical findings of axe on a page, one line each."""

    def check(page: Page) -> list[str]:
        violations = Axe().run(page).response["violations"]
        return [
            f"{found['id']} ({found['impact']}): {node['target']} {node['html'][:200]}"
            for found in violations
            if found["impact"] in {"serious", "critical"}
            for node in found["nodes"]
        ]

    return check
