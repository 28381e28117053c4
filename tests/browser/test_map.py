"""The map in a browser with the network cut: the colours of known wards, clicks, the address, the files."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Request, expect

from charts.classes import classified
from charts.map import HEIGHT, camera_on
from charts.map_labels import pixel
from charts.palette import palette
from queries.catalogue import indicator
from queries.figures import periods
from queries.map import units_on
from queries.shapes import ShapeKind, anchors, bounds, map_units
from queries.timeline import WARDS_NOW
from queries.warehouse import Warehouse, current_warehouse
from tests.browser.conftest import FLAGS, Driver
from tests.browser.test_screens import Screen, pick, query_of
from tests.outlined import with_outlines
from tests.serving import Server

PATH = "ban-do"
FAMILY = "model.family.recognised_of_total"
DRAWS = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
NEAR = 3
"""How far a channel of a drawn colour may be off."""


@pytest.fixture(scope="module")
def browser(driver: Driver) -> Iterator[Browser]:
    """A browser that draws WebGL in software."""
    browser = driver.launch(*(flag for flag in FLAGS if flag != "--disable-gpu"), *DRAWS)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def outlined(warehouse_full: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All figures, and a square as the outline of each ward but three."""
    return with_outlines(warehouse_full, tmp_path_factory.mktemp("outlined"), 3)


@pytest.fixture
def found(warehouse_full: Path) -> Warehouse:
    return current_warehouse(warehouse_full)


def number_of(found: Warehouse, code: str) -> int:
    return next(unit.n for unit in map_units(found) if unit.code == code)


def spot(
    found: Warehouse, kind: ShapeKind, n: int, page: Page, within: ShapeKind | None = None
) -> tuple[float, float]:
    """Where the middle of a ward is on the page; ``within``: the shapes that the map was fitted to."""
    whole = bounds(found, within or kind)
    assert whole
    camera, anchor = camera_on(whole, 0), anchors(found, kind)[n]
    x, y = pixel(anchor.lon, anchor.lat, camera.zoom)
    middle_x, middle_y = pixel(camera.lon, camera.lat, camera.zoom)
    box = page.get_by_test_id("stDeckGlJsonChart").first.bounding_box()
    assert box
    return box["x"] + box["width"] / 2 + x - middle_x, box["y"] + HEIGHT / 2 + y - middle_y


def colour_at(page: Page, place: tuple[float, float]) -> tuple[int, ...]:
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    found = image.getpixel((round(place[0]), round(place[1])))
    assert isinstance(found, tuple)
    return found


def expected(found: Warehouse, indicator_id: str, n: int, dark: bool) -> tuple[int, ...]:
    """The colour of a ward's class in the legend."""
    of = indicator(found, indicator_id)
    assert of
    units = units_on(found, of, periods(found)[0].end, WARDS_NOW, ("illustrative",))
    classes = classified(units["value"], "quantile", 5)
    k = classes.index[n]
    colour = classes.colours(palette(dark))[k] if k >= 0 else palette(dark).missing
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


def wait_for_colour(page: Page, place: tuple[float, float], wanted: tuple[int, ...]) -> None:
    """Drawing is slow without a graphics card."""
    for _ in range(60):
        seen = colour_at(page, place)
        if all(abs(a - b) <= NEAR for a, b in zip(seen, wanted, strict=True)):
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"{seen} where the legend says {wanted}")


def click_until(page: Page, place: tuple[float, float], done: Callable[[], bool]) -> None:
    """Click a ward. A click counts as one only if the browser is quick enough, which software drawing is not always."""
    for _ in range(8):
        page.mouse.move(place[0] - 3, place[1])
        page.wait_for_timeout(400)
        page.mouse.move(*place)
        page.wait_for_timeout(400)
        page.mouse.down()
        page.mouse.up()
        for _ in range(24):
            if done():
                return
            page.wait_for_timeout(250)
    raise AssertionError("no click was taken")


@pytest.mark.parametrize("dark", [False, True])
def test_wards_have_the_colours_of_the_legend(screen: Screen, found: Warehouse, dark: bool) -> None:
    page = screen(PATH, layer="hex", extra="-", dark=dark, height=1500)
    shown = set()
    for code in ("00004", "09931", "00433", "10015"):
        n = number_of(found, code)
        wanted = expected(found, FAMILY, n, dark)
        wait_for_colour(page, spot(found, "hex", n, page), wanted)
        shown.add(wanted)
    assert len(shown) > 1


@pytest.mark.parametrize("kind", ["boundary", "circle"])
def test_outlines_and_circles_have_the_colours_of_the_legend(
    screen: Screen, serve: Callable[[Path], Server], outlined: Path, kind: ShapeKind
) -> None:
    """Also of the wards whose outline is missing: n is 0 to 2."""
    build = current_warehouse(outlined)
    page = screen(PATH, on=serve(outlined), layer=kind, extra="-", height=1500)
    for n in (1, number_of(build, "09931"), number_of(build, "10015")):
        place = spot(build, kind, n, page, within="boundary")
        wait_for_colour(page, place, expected(build, FAMILY, n, False))


def test_another_indicator_recolours_the_same_shapes(
    screen: Screen, settled: Callable[[Page], None], found: Warehouse
) -> None:
    page = screen(PATH, layer="hex", extra="-", height=1500)
    n = number_of(found, "00004")
    place = spot(found, "hex", n, page)
    wait_for_colour(page, place, expected(found, FAMILY, n, False))
    asked: list[str] = []

    def note(request: Request) -> None:
        if "geojson" in request.url:
            asked.append(request.url)

    page.on("request", note)
    for other in ("Đăng ký / tổng số", "Công nhận / đăng ký"):
        pick(page, "Chỉ số", other)
        settled(page)
    wanted = expected(found, "model.family.recognised_of_registered", n, False)
    wait_for_colour(page, spot(found, "hex", n, page), wanted)
    assert asked == []


def test_click_puts_a_ward_beside_and_takes_it_away(screen: Screen, found: Warehouse) -> None:
    page = screen(PATH, layer="hex", extra="-", height=1500)
    n = number_of(found, "00004")
    place = spot(found, "hex", n, page)
    wait_for_colour(page, place, expected(found, FAMILY, n, False))
    click_until(page, place, lambda: query_of(page).get("pick") == "00004")
    expect(page.get_by_role("link", name="Phường Ba Đình")).to_be_visible()
    page.mouse.move(5, 5)
    wait_for_colour(page, place, expected(found, FAMILY, n, False))  # a click does not pale the map
    click_until(page, place, lambda: "pick" not in query_of(page))
    expect(page.get_by_role("link", name="Phường Ba Đình")).to_have_count(0)


def test_ward_is_found_by_keyboard_without_diacritics(
    screen: Screen, settled: Callable[[Page], None]
) -> None:
    page = screen(PATH)
    box = page.get_by_role("textbox", name="Tìm phường, xã")
    box.fill("ba dinh")
    box.press("Enter")
    settled(page)
    page.get_by_role("button", name="Phường Ba Đình").first.focus()
    page.keyboard.press("Enter")
    settled(page)
    assert query_of(page)["pick"] == "00004"
    expect(page.get_by_role("link", name="Phường Ba Đình")).to_be_visible()


def test_address_reopens_the_same_map(screen: Screen, settled: Callable[[Page], None]) -> None:
    page = screen(PATH, layer="hex")
    pick(page, "Chủ đề", "Dòng họ học tập")
    settled(page)
    page.get_by_text("Thay đổi", exact=True).click()
    settled(page)
    page.get_by_text("×4", exact=True).click()
    settled(page)
    address = query_of(page)
    assert address == {"about": "clan", "mode": "change", "zoom": "2"}
    again = screen(PATH, **address)
    assert again.locator("h3").all_text_contents() == page.locator("h3").all_text_contents()


def test_legend_filters_when_clicked(
    screen: Screen, settled: Callable[[Page], None], found: Warehouse
) -> None:
    page = screen(PATH, layer="hex", extra="-", height=1500)
    n = number_of(found, "00004")
    wanted = expected(found, FAMILY, n, False)
    wait_for_colour(page, spot(found, "hex", n, page), wanted)
    page.get_by_role("toolbar", name="Chú giải").get_by_role("button").first.click()
    settled(page)
    assert query_of(page)["show"] == "0"
    page.wait_for_timeout(1500)
    assert sum(colour_at(page, spot(found, "hex", n, page))) > sum(wanted) + 60


def download(page: Page, name: str) -> bytes:
    with page.expect_download() as saved:
        page.get_by_role("button", name=name).click()
    return Path(saved.value.path()).read_bytes()


def test_files_hold_what_is_on_the_screen(screen: Screen, found: Warehouse) -> None:
    page = screen(PATH, layer="hex", pick="00004")
    image = Image.open(io.BytesIO(download(page, "Ảnh PNG"))).convert("RGB")
    assert image.width > 1500
    colours = {colour for _, colour in image.getcolors(1 << 24) or []}
    units_colours = {expected(found, FAMILY, unit.n, False) for unit in map_units(found)}
    assert len(units_colours) == 6  # five classes and no figure
    legend = image.crop((image.width - 2 * 290, 0, image.width - 2 * 240, image.height))
    in_legend = {colour for _, colour in legend.getcolors(1 << 24) or []}
    classes = units_colours - {expected_missing()}
    assert classes <= colours
    assert classes <= in_legend
    shapes = json.loads(download(page, "GeoJSON"))
    assert len(shapes["features"]) == 126
    table = download(page, "Bảng CSV").decode("utf-8-sig").splitlines()
    assert len(table) == 127
    assert "Minh họa" in table[1]


def expected_missing() -> tuple[int, ...]:
    return tuple(int(palette(False).missing[i : i + 2], 16) for i in (1, 3, 5))


def test_click_counts_over_time(screen: Screen, found: Warehouse) -> None:
    page = screen(PATH, layer="hex", extra="-", mode="time", height=1700)
    n = number_of(found, "00004")
    place = spot(found, "hex", n, page)
    page.wait_for_timeout(3000)
    click_until(page, place, lambda: query_of(page).get("pick") == "00004")
    expect(page.get_by_role("link", name="Phường Ba Đình")).to_be_visible()
    click_until(page, place, lambda: "pick" not in query_of(page))


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("mode", ["one", "change"])
def test_legend_says_how_many_at_every_width(
    screen: Screen, settled: Callable[[Page], None], lang: str, mode: str
) -> None:
    page = screen(PATH, lang=lang, mode=mode, layer="hex")
    name = {"vi": "Chú giải", "en": "Legend"}[lang]
    classes = page.get_by_role("toolbar", name=name).get_by_role("button")
    for width in (1280, 1024, 390):
        page.set_viewport_size({"width": width, "height": 900})
        settled(page)
        expect(classes.first).to_be_visible()
        assert classes.count() >= 5
        for pill in classes.all():
            cut = pill.evaluate(
                """(pill) => [pill, ...pill.querySelectorAll("*")].some((e) => e.scrollWidth > e.clientWidth + 1
                    && getComputedStyle(e).overflowX !== "visible")"""
            )
            box = pill.bounding_box()
            assert not cut, pill.text_content()
            assert box and box["x"] + box["width"] <= width


def test_view_and_selection_come_back_from_the_address(
    screen: Screen, settled: Callable[[Page], None]
) -> None:
    wanted = {
        "layer": "circle",
        "area": "inner",
        "zoom": "1",
        "pick": "00004,00008",
        "show": "1",
        "method": "equal",
    }
    page = screen(PATH, **wanted)
    assert query_of(page) == wanted
    expect(page.get_by_role("link", name="Phường Ba Đình")).to_be_visible()
    page.get_by_text("×8", exact=True).click()
    settled(page)
    assert query_of(page) == wanted | {"zoom": "3"}
    page.reload()
    settled(page)
    assert query_of(page) == wanted | {"zoom": "3"}
    expect(page.get_by_role("link", name="Phường Ba Đình")).to_be_visible()


def test_playing_stops_at_the_last_period(screen: Screen) -> None:
    page = screen(PATH, layer="hex", extra="-", mode="time", period="2025-Q4")
    page.get_by_role("button", name="Chạy").click()
    expect(page.get_by_role("button", name="Dừng")).to_be_visible()
    expect(page.get_by_role("button", name="Chạy")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("quý III/2026").last).to_be_visible()
    assert query_of(page)["at"] == "2026-Q3"


@pytest.mark.parametrize(
    ("width", "dark", "lang"), [(1280, False, "vi"), (390, False, "vi"), (1280, True, "en")]
)
@pytest.mark.parametrize("mode", ["one", "time"])
def test_map_is_sound_and_accessible(
    screen: Screen, axe_findings: Callable[[Page], list[str]], width: int, dark: bool, lang: str, mode: str
) -> None:
    page = screen(PATH, width=width, dark=dark, lang=lang, mode=mode, pick="00004,00008")
    expect(page.locator("h1").first).to_be_visible()
    overflow = page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
    assert overflow <= 0
    assert axe_findings(page) == []


def test_settings_and_table_are_accessible(
    screen: Screen, settled: Callable[[Page], None], axe_findings: Callable[[Page], list[str]]
) -> None:
    page = screen(PATH)
    page.get_by_text("Bảng số liệu của tất cả").click()
    settled(page)
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    page.get_by_role("button", name="Cách vẽ").click()
    expect(page.get_by_text("CARTO")).to_be_visible()
    assert axe_findings(page) == []
