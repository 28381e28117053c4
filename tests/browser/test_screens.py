"""What only a browser shows: requests, console, addresses, accessibility, small and large screens."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.serving import Server

SCREENS = (
    "",
    "mo-hinh",
    "ban-do",
    "phuong-xa",
    "truong-hoc",
    "tra-cuu",
    "sql",
    "mang-luoi",
    "tu-dien",
    "nguon",
    "chat-luong",
    "nop-so-lieu",
)
Screen = Callable[..., Page]


def query_of(page: Page) -> dict[str, str]:
    """The choices in a page's address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def pick(page: Page, label: str, option: str) -> None:
    """Choose an option in a list by its label."""
    page.get_by_role("combobox", name=re.compile(label)).click()
    page.get_by_role("option", name=option, exact=True).click()


@pytest.mark.parametrize("path", SCREENS)
def test_screen_is_sound_and_accessible(
    screen: Screen, settled: Callable[[Page], None], axe_findings: Callable[[Page], list[str]], path: str
) -> None:
    page = screen(path)
    expect(page.locator("h1").first).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "vi"
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        settled(page)
        overflow = page.evaluate(
            "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
        )
        assert overflow <= 0, f"{overflow} px wider than a screen of {width}"
        assert axe_findings(page) == []


@pytest.mark.parametrize("path", SCREENS)
def test_screen_in_the_dark_theme_and_in_english(
    screen: Screen, axe_findings: Callable[[Page], list[str]], path: str
) -> None:
    page = screen(path, dark=True, lang="en")
    expect(page.locator("h1").first).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"
    assert axe_findings(page) == []


@pytest.mark.parametrize("path", SCREENS)
def test_screen_without_figures_is_drawn_on_purpose(
    screen: Screen, server_empty: Server, server_one_row: Server, path: str
) -> None:
    for server in (server_empty, server_one_row):
        expect(screen(path, on=server).locator("h1").first).to_be_visible()


def test_address_reopens_the_same_view(screen: Screen, settled: Callable[[Page], None]) -> None:
    page = screen("mo-hinh")
    pick(page, "Kỳ báo cáo", "quý I/2026")
    settled(page)
    pick(page, "Mô hình", "Dòng họ học tập")
    settled(page)
    page.get_by_role("radio", name="English").or_(page.get_by_role("button", name="English")).first.click()
    settled(page)
    assert query_of(page) == {"period": "2026-Q1", "model": "clan", "lang": "en"}
    again = screen("mo-hinh", **query_of(page))
    expect(again.get_by_text("Learning clan: trend and targets")).to_be_visible()
    assert again.locator("h3").all_text_contents() == page.locator("h3").all_text_contents()


def test_choices_survive_going_to_another_page_and_back(
    screen: Screen, settled: Callable[[Page], None]
) -> None:
    page = screen("", lang="en", period="2026-Q1")
    page.get_by_role("link", name="Schools").first.click()
    settled(page)
    expect(page.locator("h1").first).to_contain_text("Schools")
    assert query_of(page)["lang"] == "en"
    assert query_of(page)["period"] == "2026-Q1"
    page.go_back()
    settled(page)
    expect(page.locator("h1").first).to_contain_text("Where Hà Nội stands")
    assert query_of(page) == {"lang": "en", "period": "2026-Q1"}


def test_going_back_finds_the_choices_of_that_page_as_they_were(
    screen: Screen, settled: Callable[[Page], None]
) -> None:
    page = screen("truong-hoc", lang="en", level="primary")
    page.get_by_role("link", name="Learning models").first.click()
    settled(page)
    expect(page.locator("h1").first).to_contain_text("Learning models")
    page.go_back()
    settled(page)
    expect(page.locator("h1").first).to_contain_text("Schools")
    assert query_of(page) == {"lang": "en", "level": "primary"}


def test_bad_address_is_answered_in_words(screen: Screen) -> None:
    page = screen("", period="1999-Q9")
    expect(page.get_by_text("Liên kết yêu cầu")).to_be_visible()
    assert "period" not in query_of(page)


def test_every_card_tells_where_its_figure_comes_from(screen: Screen) -> None:
    page = screen("")
    cards = page.locator(".c-card")
    assert cards.count() >= 10
    for card in cards.all():
        expect(card.locator("summary")).to_contain_text("Nguồn và cách tính")
    family = cards.filter(has_text="Gia đình học tập")
    expect(family.get_by_text("Định nghĩa")).to_be_hidden()
    family.locator("summary").press("Enter")
    expect(family.get_by_text("Định nghĩa")).to_be_visible()
    expect(family.locator('details a[href^="http"]').first).to_be_visible()


def test_chart_has_words_and_a_table_for_those_who_cannot_see_it(screen: Screen) -> None:
    page = screen("mo-hinh")
    charts = page.locator('[data-testid="stPlotlyChart"]')
    charts.first.wait_for()
    named = page.locator('[role="img"][aria-label], [data-testid="stPlotlyChart"][aria-label]')
    assert named.count() >= charts.count() > 3
    page.get_by_text("Xem dưới dạng bảng").first.click()
    table = page.locator(".c-twin table").first
    expect(table).to_be_visible()
    assert table.locator("tbody tr").count() > 3
