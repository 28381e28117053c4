"""The SQL page in a browser: writing, running, cancelling, the address, accessibility."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_screens import Screen, query_of

SLOW = "SELECT max(sin(range)) FROM range(1000000000000)"


@pytest.mark.parametrize(("width", "dark", "lang"), [(1280, False, "vi"), (390, True, "en")])
def test_page_is_accessible_and_fits(
    screen: Screen, axe_findings: Callable[[Page], list[str]], width: int, dark: bool, lang: str
) -> None:
    for query in ({"q": "SELECT code, name_vi FROM unit LIMIT 5"}, {"q": "SELECT nope FROM unit"}, {"find_table": "unit_key"}):  # fmt: skip
        page = screen("sql", width=width, dark=dark, lang=lang, **query)
        overflow = page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")  # fmt: skip
        assert overflow <= 0
        assert axe_findings(page) == []


def test_a_written_query_runs_with_the_keyboard_and_is_in_the_address(
    screen: Screen, settled: Callable[[Page], None]
) -> None:
    page = screen("sql", lang="en")
    editor = page.get_by_role("textbox", name="SQL query")
    editor.fill("SELECT count(*) AS wards\nFROM unit WHERE level = 'ward' AND valid_to IS NULL")
    editor.press("Control+Enter")
    settled(page)
    expect(page.get_by_text("1 rows", exact=True)).to_be_visible()
    assert "count(*)" in query_of(page)["q"]
    again = screen("sql", **query_of(page))
    expect(again.get_by_text("1 rows", exact=True)).to_be_visible()
    editor.fill("SELECT 1")
    page.get_by_role("button", name="Run").click()
    settled(page)
    assert query_of(page)["q"] == "SELECT 1"
    page.go_back()
    settled(page)
    expect(editor).to_have_value("SELECT count(*) AS wards\nFROM unit WHERE level = 'ward' AND valid_to IS NULL")  # fmt: skip


def test_a_running_query_can_be_cancelled_and_another_session_does_not_notice(
    screen: Screen, settled: Callable[[Page], None]
) -> None:
    other = screen("nguon", lang="en")
    page = screen("sql", lang="en")
    page.get_by_role("textbox", name="SQL query").fill(SLOW)
    page.get_by_role("button", name="Run").click()
    cancel = page.get_by_role("button", name="Cancel")
    expect(cancel).to_be_visible()
    other.get_by_role("radio", name="Tiếng Việt").or_(
        other.get_by_role("button", name="Tiếng Việt")
    ).first.click()
    expect(other.locator("h1").first).to_contain_text("Nguồn và phương pháp", timeout=5_000)
    cancel.click()
    settled(page)
    expect(page.get_by_text("Stopped as you asked")).to_be_visible()
    expect(cancel).to_have_count(0)
