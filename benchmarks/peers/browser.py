"""What a reader waits for in Chromium: the first chart, all four, and four others after another model was picked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.install import find

WATCH = (Path(__file__).resolve().parent / "watch.js").read_text(encoding="utf-8")
FLAGS = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"]
CHARTS = 4
QUIET_MS = 1000
"""So long without a painted chart, and all is drawn."""
LONGEST_MS = 180_000
SETTLED = f"""(answers) => {{
    const charts = window.peers.charts(), answered = window.peers.answered;
    return charts.length === {CHARTS}
        && charts.every((chart) => !answers || chart.number in answered)
        && charts.every((chart) => chart.times.some((time) => time > (answered[chart.number] ?? 0)))
        && performance.now() - window.peers.last > {QUIET_MS};
}}"""


@dataclass(frozen=True)
class Screen:
    """What is visited: the address, a selector of its four charts, and how a model is picked there.

    ``answers``: charts draw what was answered to requests of their own, and move into place for a while after.
    """

    address: str
    charts: str
    pick: Callable[[Page, str], None]
    cookies: dict[str, str] = field(default_factory=dict)
    answers: bool = False


@dataclass
class Visit:
    """Milliseconds until the first and the last of the four charts, kB that came, and each change of the model in ms."""

    first: float = 0
    four: float = 0
    kilobytes: float = 0
    changes: list[float] = field(default_factory=list)


@dataclass
class Traffic:
    """Bytes as they came over the line (frames of websockets: unpacked), other hosts that were wanted, and the first
    request of each chart that asks for its own figures: address -> body."""

    size: int = 0
    hosts: set[str] = field(default_factory=set)
    first_requests: dict[str, str] = field(default_factory=dict)

    def watch(self, page: Page) -> None:
        line = page.context.new_cdp_session(page)
        line.send("Network.enable")
        line.on("Network.loadingFinished", self.loaded)
        page.on("websocket", lambda socket: socket.on("framereceived", self.received))
        page.on("request", lambda request: self.asked(request.url, request.post_data))

    def loaded(self, event: dict[str, Any]) -> None:
        self.size += int(event["encodedDataLength"])

    def received(self, payload: str | bytes) -> None:
        self.size += len(payload)

    def asked(self, url: str, body: str | None) -> None:
        parts = urlsplit(url)
        if parts.hostname not in ("127.0.0.1", "localhost", None):
            self.hosts.add(parts.hostname)
        if body and "/chart/data?" in url and "slice_id" in url:
            self.first_requests.setdefault(f"{parts.path}?{parts.query}", body)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        yield browser
        browser.close()


def painted(page: Page, answers: bool, last: bool) -> list[float]:
    """When each of the four charts stood there, in ms since the navigation or the choice, the earliest first."""
    page.wait_for_function(SETTLED, arg=answers, timeout=LONGEST_MS)
    return moments(page.evaluate("() => ({...window.peers, charts: window.peers.charts()})"), answers, last)


def moments(seen: dict[str, Any], answers: bool, last: bool) -> list[float]:
    """Of what `watch.js` noted, one moment a chart.

    The first time that it was painted, or the ``last`` one: a chart that was there before may change its frame first and
    its figures after. A chart that ``answers`` its own request moves into place: there it is the first frame after the
    answer, so that the movement does not count.
    """
    found = []
    for chart in seen["charts"]:
        since = seen["answered"].get(chart["number"], 0) if answers else 0
        times = [time for time in chart["times"] if time > since]
        found.append(times[-1 if last and not answers else 0] - seen["start"])
    return sorted(found)


def visited(
    browser: Browser, screen: Screen, models: tuple[str, ...], picture: Path | None
) -> tuple[Visit, Traffic]:
    """A reader whose browser has nothing yet opens the screen and picks one model after the other."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(LONGEST_MS)
    context.add_cookies(
        [{"name": name, "value": value, "url": screen.address} for name, value in screen.cookies.items()]
    )
    context.add_init_script(f"({WATCH})({json.dumps(screen.charts)})")
    page, traffic, visit = context.new_page(), Traffic(), Visit()
    traffic.watch(page)
    page.goto(screen.address, wait_until="commit")
    times = painted(page, screen.answers, last=False)
    visit.first, visit.four, visit.kilobytes = times[0], times[CHARTS - 1], traffic.size / 1000
    for model in models:
        screen.pick(page, model)
        visit.changes.append(painted(page, screen.answers, last=True)[CHARTS - 1])
    if picture:
        page.screenshot(path=picture)
    context.close()
    return visit, traffic


def pick_in_streamlit(page: Page, model: str) -> None:
    """By its name in the list that is labelled as models."""
    label = page.get_by_text("Mô hình", exact=True)
    page.get_by_test_id("stSelectbox").filter(has=label).locator("input").click()
    page.get_by_role("option", name=model, exact=True).click()


def pick_in_superset(page: Page, model: str) -> None:
    """In the filter, and then the button that applies it: time runs from the button."""
    page.locator("[data-test=filter-bar] .ant-select").click()
    page.locator(".ant-select-item-option").filter(has_text=model).click()
    page.locator("[data-test=filter-bar__apply-button]").click()
