"""The page of the network in a browser with the network cut: the map drawn, the address, the file, accessibility."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from charts.network_map import projected
from charts.palette import palette
from tests.browser.test_screens import pick, query_of
from tests.serving import Server

Screen = Callable[..., Page]
Colour = tuple[int, int, int]
HANOI = (105.84117, 21.0245)
SAHARA = (12.0, 22.0)
ATLANTIC = (-40.0, 30.0)
MAP = ".st-key-network_world .js-plotly-plot"
# Where a place on the axes is on the screen, by the axes that the browser really has.
PIXEL = """([selector, x, y]) => {
    const drawn = document.querySelector(selector), box = drawn.getBoundingClientRect(), full = drawn._fullLayout;
    return [box.left + full.xaxis._offset + full.xaxis.l2p(x), box.top + full.yaxis._offset + full.yaxis.l2p(y)];
}"""


def rgb(code: str) -> Colour:
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def near(one: Colour, other: Colour) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= 12


def choose(page: Page, label: str, option: str) -> None:
    """Choose in a list further down: a list that opens while the page still scrolls closes again."""
    page.get_by_role("combobox", name=re.compile(label)).scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    pick(page, label, option)


class Shot:
    """What the map looks like, asked by longitude and latitude."""

    def __init__(self, page: Page) -> None:
        page.locator(MAP).scroll_into_view_if_needed()
        page.wait_for_function(
            "selector => document.querySelector(selector)?._fullLayout?.xaxis?.l2p", arg=MAP
        )
        page.wait_for_timeout(400)
        self._page = page
        self._image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")

    def place(self, lon: float, lat: float) -> tuple[int, int]:
        x, y = self._page.evaluate(PIXEL, [MAP, *projected(lon, lat)])
        return round(x), round(y)

    def colour(self, lon: float, lat: float) -> Colour:
        found = self._image.getpixel(self.place(lon, lat))
        assert isinstance(found, tuple)
        return found[0], found[1], found[2]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_map_draws_land_sea_and_ha_noi_where_they_are(screen: Screen, width: int, dark: bool) -> None:
    shot, colours = Shot(screen("mang-luoi", width=width, dark=dark)), palette(dark)
    assert near(shot.colour(*HANOI), rgb(colours.accent))
    assert near(shot.colour(*SAHARA), rgb(colours.line))
    assert not near(shot.colour(*ATLANTIC), rgb(colours.line))
    assert not near(shot.colour(*ATLANTIC), rgb(colours.accent))


def test_the_map_fills_the_width_of_a_telephone_and_no_more_height_than_it_needs(screen: Screen) -> None:
    box = screen("mang-luoi", width=390).locator(MAP).bounding_box()
    assert box is not None
    assert box["width"] > 340
    assert box["height"] < 240


def test_closing_in_on_viet_nam_spreads_its_members(screen: Screen) -> None:
    whole, near_by = Shot(screen("mang-luoi")), Shot(screen("mang-luoi", country="VNM"))
    vinh = (105.69232, 18.67337)

    def apart(shot: Shot) -> int:
        return abs(shot.place(*HANOI)[1] - shot.place(*vinh)[1])

    assert apart(near_by) > 4 * apart(whole)
    assert near(near_by.colour(*HANOI), rgb(palette(False).accent))
    assert near(near_by.colour(*vinh), rgb(palette(False).main))


def test_filters_go_into_the_address_and_reopen_the_same_view(
    screen: Screen, settled: Callable[[Page], None]
) -> None:
    page = screen("mang-luoi", lang="en")
    choose(page, "Region", "Asia and the Pacific")
    settled(page)
    choose(page, "Year of joining", "2024")
    settled(page)
    choose(page, "Country", "Viet Nam (6)")
    settled(page)
    search = page.get_by_role("textbox", name="Find a city or country")
    search.fill("son la")
    search.press("Enter")
    settled(page)
    expect(page.get_by_text("1 of the 336 members")).to_be_visible()
    wanted = {"lang": "en", "region": "asia_pacific", "joined": "2024", "country": "VNM", "member": "son la"}
    assert query_of(page) == wanted
    again = screen("mang-luoi", **wanted)
    expect(again.get_by_text("1 of the 336 members")).to_be_visible()
    assert again.locator("h3").all_text_contents() == page.locator("h3").all_text_contents()


def test_changing_the_region_lets_go_of_a_country_outside_of_it(
    screen: Screen, settled: Callable[[Page], None]
) -> None:
    page = screen("mang-luoi", region="asia_pacific", country="VNM")
    choose(page, "Khu vực", "Châu Phi")
    settled(page)
    assert query_of(page) == {"region": "africa"}
    expect(page.get_by_text("38 trong 336 thành viên")).to_be_visible()


def test_the_file_that_is_handed_out_opens_and_holds_what_is_on_screen(
    screen: Screen, tmp_path: Path
) -> None:
    page = screen("mang-luoi", country="VNM", joined="2024")
    with page.expect_download() as handed:
        page.get_by_role("button", name="Tải danh sách này").click()
    name = handed.value.suggested_filename
    assert re.fullmatch(r"unesco-learning-cities_2024_VNM_\d{8}_build-[0-9a-f]+\.csv", name)
    handed.value.save_as(tmp_path / name)
    content = (tmp_path / name).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    rows = lines[lines.index([]) + 2 :]
    assert [row[0] for row in rows] == ["Sơn La", "Thành phố Hồ Chí Minh"]
    said = " ".join(cell for line in lines[: lines.index([])] for cell in line)
    for part in ("VNM", "2024", "2 trong 336", "không phải danh sách chính thức", "GeoNames", "425"):
        assert part in said


def test_a_focal_area_opens_by_the_keyboard_to_its_evidence(screen: Screen) -> None:
    page = screen("mang-luoi")
    line = page.locator("details.n-focal summary", has_text="Khơi dậy việc học")
    line.focus()
    line.press("Enter")
    table = page.get_by_role("region", name="Khơi dậy việc học trong gia đình và cộng đồng")
    expect(table).to_be_visible()
    expect(table.get_by_text("72,1%")).to_be_visible()
    expect(table.get_by_text("80% năm 2030")).to_be_visible()


@pytest.mark.parametrize(
    ("width", "dark", "lang"), [(1280, False, "vi"), (390, True, "en"), (390, False, "vi")]
)
def test_everything_unfolded_is_accessible_and_fits(
    screen: Screen, axe_findings: Callable[[Page], list[str]], width: int, dark: bool, lang: str
) -> None:
    page = screen("mang-luoi", width=width, dark=dark, lang=lang, road="all", region="africa")
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    overflow = page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
    assert overflow <= 0
    assert axe_findings(page) == []


def test_without_figures_road_duties_and_map_are_still_there(screen: Screen, server_empty: Server) -> None:
    page = screen("mang-luoi", on=server_empty)
    expect(page.get_by_text("Các bước xét công nhận")).to_be_visible()
    assert near(Shot(page).colour(*HANOI), rgb(palette(False).accent))
    expect(page.get_by_text("Có chỉ số, chưa có số liệu").first).to_be_visible()
