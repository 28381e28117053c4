"""Clicks that come before the answer to the click before: a slow network must not lose a choice."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settle
from tests.browser.test_screens import pick, query_of
from tests.serving import Server

Settled = Callable[[Page], None]
LATE = 1000
"""Milliseconds that all of the server's answers come late."""
# The page's own socket, whose messages wait for `window.late` milliseconds before the page hears of them.
WAITING = """(() => {
    window.late = 0;
    window.WebSocket = new Proxy(window.WebSocket, { construct(Socket, args) {
        const socket = new Socket(...args), listen = socket.addEventListener.bind(socket);
        socket.addEventListener = (kind, told, options) => listen(
            kind,
            kind === "message"
                ? (event) => window.late ? setTimeout(() => told.call(socket, event), window.late) : told.call(socket, event)
                : told,
            options,
        );
        return socket;
    } });
})()"""


@pytest.fixture
def slow(new_page: Callable[..., Page], server: Server) -> Callable[[str], Page]:
    """`slow("tra-cuu?lang=en")`: a screen that stands, and whose answers come late from now on."""

    def open_it(address: str) -> Page:
        page = new_page()
        page.add_init_script(WAITING)
        page.goto(f"{server.url}/{address}")
        settle(page)
        page.evaluate("late => window.late = late", LATE)
        return page

    return open_it


def click(page: Page, *names: str, gap: int) -> None:
    """Press one button after the other, without waiting for more than ``gap`` milliseconds between them."""
    for name in names:
        found = page.get_by_role("radio", name=name).or_(page.get_by_role("button", name=name))
        found.first.click()
        page.wait_for_timeout(gap)


@pytest.mark.parametrize("gap", [0, 500])
def test_each_of_some_quick_clicks_counts(slow: Callable[[str], Page], settled: Settled, gap: int) -> None:
    page = slow("tra-cuu?lang=en")
    click(page, "City", "Former districts", "Periods as columns", gap=gap)
    page.wait_for_timeout(2 * LATE)
    settled(page)
    assert query_of(page) == {"lang": "en", "tiers": "ward,city,district", "shape": "by_period"}
    chosen = page.locator("[data-testid=stButtonGroup] [aria-checked=true], [aria-pressed=true]")
    assert {"City", "Former districts", "Wards", "Periods as columns"} <= set(chosen.all_inner_texts())


def test_going_back_takes_up_the_choice_before(slow: Callable[[str], Page], settled: Settled) -> None:
    page = slow("tra-cuu?lang=en")
    page.evaluate("window.late = 0")
    click(page, "Periods as columns", gap=0)
    page.wait_for_url("**shape=by_period**")
    settled(page)
    page.go_back()
    settled(page)
    assert query_of(page) == {"lang": "en"}
    expect(page.get_by_role("radio", name="One figure a row")).to_be_checked()


def test_a_link_leads_back_to_what_was_chosen_before(slow: Callable[[str], Page], settled: Settled) -> None:
    page = slow("phuong-xa?lang=en&unit=00004%402025-07-01")
    page.evaluate("window.late = 0")
    first = page.get_by_test_id("stPageLink-NavLink")
    neighbour = first.nth(1).inner_text().split("\n")[-1]
    page.get_by_role("combobox", name=re.compile("Ward or former district")).fill(neighbour)
    page.keyboard.press("Enter")
    page.wait_for_function("!location.search.includes('00004')")
    settled(page)
    page.wait_for_timeout(1200)
    page.get_by_role("link", name="Ba Dinh Ward").first.click()
    page.wait_for_url("**unit=00004**")
    settled(page)
    expect(page.get_by_role("heading", name="Ba Dinh Ward").first).to_be_visible()
    pick(page, "Reporting period", "Q2 2026")
    page.wait_for_url("**period=2026-Q2**")
    settled(page)
    expect(page.get_by_role("heading", name="Ba Dinh Ward").first).to_be_visible()
    assert query_of(page) == {"lang": "en", "unit": "00004@2025-07-01", "period": "2026-Q2"}
