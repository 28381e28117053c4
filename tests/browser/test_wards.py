"""The page of one unit in a browser: what it prints, what its address does, and whether everybody can use it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pypdf import PageObject, PdfReader

from tests.browser.test_screens import Screen, pick, query_of

PAGE = "phuong-xa"
# The most former wards, the most neighbours, merged names, few of all; small and large former districts.
PRINTED = {
    "00097@2025-07-01": ("Phường Hồng Hà", "Hong Ha Ward", "61,3%"),
    "00070@2025-07-01": ("Phường Hoàn Kiếm", "Hoan Kiem Ward", "97,0%"),
    "00004@2025-07-01": ("Phường Ba Đình", "Ba Dinh Ward", "82,7%"),
    "09562@2025-07-01": ("Phường Yên Nghĩa", "Yen Nghia Ward", None),
    "09661@2025-07-01": ("Xã Minh Châu", "Minh Chau Commune", None),
    "001@legacy": ("Quận Ba Đình cũ", "Ba Dinh District (former)", "81,7%"),
    "020@legacy": ("Huyện Thanh Trì cũ", "Thanh Tri District (former)", None),
    "269@legacy": ("Thị xã Sơn Tây cũ", "Son Tay Town (former)", None),
}
A4 = (210, 297)
CLIPPED = """() => [...document.querySelectorAll('.w-page')].map(page => {
    const top = page.getBoundingClientRect().top;
    const bottom = Math.max(...[...page.children].map(part => part.getBoundingClientRect().bottom));
    const wide = [...page.querySelectorAll('table, img')].some(
        part => part.getBoundingClientRect().right > page.getBoundingClientRect().right + 1);
    return wide || bottom - top > page.clientHeight + 1;
})"""


def printed(page: Page) -> PdfReader:
    """What the browser's print command makes of a page."""
    return PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True)))


def text_of(page_of_paper: PageObject) -> str:
    return re.sub(r"\s+", " ", page_of_paper.extract_text())


@pytest.mark.parametrize(
    ("unit", "lang"),
    [
        *((unit, "vi") for unit in PRINTED),
        *((unit, "en") for unit in ("00070@2025-07-01", "00004@2025-07-01", "020@legacy")),
    ],
)
def test_a_unit_prints_on_two_a4_pages(screen: Screen, unit: str, lang: str) -> None:
    name, english, figure = PRINTED[unit]
    page = screen(PAGE, unit=unit, lang=lang)
    pages = printed(page).pages
    assert len(pages) == 2
    for paper in pages:
        size = tuple(round(float(side) / 72 * 25.4) for side in paper.mediabox.upper_right)
        assert size == A4
    first, second = (text_of(paper) for paper in pages)
    assert (name if lang == "vi" else english) in first
    if figure:
        assert (figure if lang == "vi" else figure.replace(",", ".")) in first
    for text in (first, second):
        assert ("bản dựng" if lang == "vi" else "build") in text
    assert ("Nguồn" if lang == "vi" else "Sources") in second
    for chrome in ("Kỳ báo cáo", "Reporting period", "Xem dưới dạng bảng", "Tổng quan"):
        assert chrome not in first.partition("Nguồn")[0] + second
    page.emulate_media(media="print")
    assert page.evaluate(CLIPPED) == [False, False]


def test_a_dark_screen_prints_on_white(screen: Screen) -> None:
    page = screen(PAGE, unit="00097@2025-07-01", dark=True)
    page.emulate_media(media="print", color_scheme="dark")
    background = "e => getComputedStyle(document.querySelector(e)).backgroundColor"
    assert page.evaluate(background, "body") == "rgb(255, 255, 255)"
    assert page.evaluate(background, '[data-testid="stApp"]') == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('.w-sheet h1')).color") == "rgb(31, 35, 40)"


def test_other_pages_print_as_they_did(screen: Screen) -> None:
    page = screen(PAGE, unit="00097@2025-07-01")
    page.get_by_role("link", name="Nguồn và phương pháp").first.click()
    expect(page.locator("h1").first).to_contain_text("Nguồn và phương pháp")
    page.wait_for_timeout(300)
    page.emulate_media(media="print")
    expect(page.locator("h1").first).to_be_visible()


@pytest.mark.parametrize("unit", ["00097@2025-07-01", "001@legacy"])
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, False), (1280, True)])
def test_a_unit_is_accessible(
    screen: Screen, axe_findings: Callable[[Page], list[str]], unit: str, width: int, dark: bool
) -> None:
    page = screen(PAGE, unit=unit, width=width, dark=dark)
    overflow = page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
    assert overflow <= 0
    assert axe_findings(page) == []


def test_an_address_reopens_the_same_view(screen: Screen, settled: Callable[[Page], None]) -> None:
    page = screen(PAGE)
    pick(page, "Phường, xã, quận, huyện cũ", "Phường Ba Đình")
    settled(page)
    page.get_by_role("combobox", name="Mô hình").scroll_into_view_if_needed()
    page.wait_for_timeout(300)  # a list that opens while the page still scrolls closes again
    pick(page, "Mô hình", "Dòng họ học tập")
    settled(page)
    page.get_by_role("button", name="Lùi trước 7/2025").or_(
        page.get_by_role("radio", name="Lùi trước 7/2025")
    ).first.click()
    settled(page)
    assert query_of(page) == {"unit": "00004@2025-07-01", "model": "clan", "back": "1"}
    again = screen(PAGE, **query_of(page))
    assert again.locator("h1").all_text_contents() == page.locator("h1").all_text_contents()
    assert again.locator("h3").all_text_contents() == page.locator("h3").all_text_contents()


def test_a_name_in_the_address_becomes_the_unit_s_key(screen: Screen) -> None:
    page = screen(PAGE, unit="phúc xá")
    expect(page.locator("h1").first).to_contain_text("Phường Hồng Hà")
    expect(page.get_by_text("Gồm toàn bộ Phường Phúc Xá cũ").first).to_be_visible()
    assert query_of(page)["unit"] == "00097@2025-07-01"


def test_the_way_to_the_next_unit_and_back_keeps_the_choices(
    screen: Screen, settled: Callable[[Page], None]
) -> None:
    page = screen(PAGE, unit="00097@2025-07-01", lang="en", model="clan")
    page.get_by_role("link", name="Hong Son Commune").first.click()
    settled(page)
    expect(page.locator("h1").first).to_contain_text("Hong Son Commune")
    assert query_of(page)["model"] == "clan"
    assert query_of(page)["lang"] == "en"
    page.get_by_role("link", name="Hong Ha Ward").first.click()
    settled(page)
    expect(page.locator("h1").first).to_contain_text("Hong Ha Ward")


def test_a_link_to_a_neighbour_opens_it_in_the_same_language(screen: Screen) -> None:
    page = screen(PAGE, unit="00097@2025-07-01", lang="en")
    page.locator(".w-table a", has_text="Tay Ho Ward").first.click()
    expect(page.locator("h1").first).to_contain_text("Tay Ho Ward")
    assert query_of(page)["lang"] == "en"


def test_typing_an_old_name_finds_the_unit(screen: Screen, settled: Callable[[Page], None]) -> None:
    page = screen(PAGE)
    page.get_by_label("Tìm theo tên nay, tên cũ hoặc mã").fill("Phuc Xa")
    page.keyboard.press("Enter")
    settled(page)
    page.locator(".w-list a", has_text="Phường Hồng Hà").first.click()
    expect(page.locator("h1").first).to_contain_text("Phường Hồng Hà")
