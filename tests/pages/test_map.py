"""The map page: every view of it, with all figures, none, and one; with outlines, without, and with three missing."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from queries.map import mapped_indicators
from queries.warehouse import current_warehouse
from tests.outlined import with_outlines
from tests.pages.test_pages import OpenPage, assert_sound, texts

PATH = "ban-do"
HEADING = {"vi": "Bản đồ", "en": "Map"}
FAMILY = "model.family.recognised_of_total"


def decks(screen: AppTest) -> list[dict[str, Any]]:
    """The decks on a screen as the browser gets them."""
    return [json.loads(element.proto.json) for element in screen.get("deck_gl_json_chart")]


def layer(deck: dict[str, Any], start: str) -> dict[str, Any] | None:
    return next((found for found in deck["layers"] if found["id"].startswith(start)), None)


def colours(deck: dict[str, Any]) -> str:
    """The expression that fills the units."""
    wards = layer(deck, "wards-")
    assert wards
    part = next(iter(wards["_subLayerProps"].values()))
    return str(part["getFillColor"])


def pills(screen: AppTest, key: str) -> list[str]:
    """The legend's classes with their counts, without the swatches."""
    found = next(group for group in screen.button_group if group.key == key)
    return [option.content.partition(") ")[2].replace("**", "") for option in found.proto.options]


@pytest.fixture(scope="session")
def outlined(tmp_path_factory: pytest.TempPathFactory, warehouse_full: Path) -> Callable[[int], Path]:
    """`outlined(3)`: all figures, and an outline for all wards but three; each is a square around its centre."""

    @functools.cache
    def build(missing: int) -> Path:
        return with_outlines(warehouse_full, tmp_path_factory.mktemp("outlined"), missing)

    return build


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("mode", ["one", "side", "change", "time", "columns"])
@pytest.mark.parametrize("boundary", ["reported", "districts", "wards"])
def test_every_way_to_look(
    open_page: OpenPage, warehouse_full: Path, mode: str, boundary: str, lang: str
) -> None:
    screen = open_page(warehouse_full, PATH, mode=mode, boundary=boundary, lang=lang)
    assert_sound(screen, HEADING[lang])
    assert len(decks(screen)) == (2 if mode == "side" else 1)
    assert not [warning.value for warning in screen.warning if "Liên kết" in warning.value]


def test_every_indicator_is_drawn(open_page: OpenPage, warehouse_full: Path) -> None:
    for indicator in mapped_indicators(current_warehouse(warehouse_full)):
        about = indicator.model or indicator.theme
        screen = open_page(warehouse_full, PATH, about=about, measure=indicator.indicator_id)
        assert_sound(screen, HEADING["vi"])
        assert not screen.warning or "Liên kết" not in screen.warning[-1].value, indicator.indicator_id
        assert "chưa có số liệu" not in " ".join(texts(screen)), indicator.indicator_id


@pytest.mark.parametrize("layer_code", ["boundary", "hex", "circle"])
@pytest.mark.parametrize("missing", [0, 3, 125])
def test_outlines_of_some_wards_only(
    open_page: OpenPage, outlined: Callable[[int], Path], missing: int, layer_code: str
) -> None:
    screen = open_page(outlined(missing), PATH, layer=layer_code)
    assert_sound(screen, HEADING["vi"])
    deck = decks(screen)[0]
    assert layer(deck, f"wards-{layer_code}")
    said = [info.value for info in screen.info if "chưa có ranh giới" in info.value]
    assert bool(said) == (missing > 0 and layer_code == "boundary")
    if said:
        assert said[0].startswith(f"{missing} phường, xã")


def test_without_outlines_hexagons_come_first_and_outlines_are_no_choice(
    open_page: OpenPage, warehouse_full: Path
) -> None:
    screen = open_page(warehouse_full, PATH)
    assert layer(decks(screen)[0], "wards-hex")
    asked = open_page(warehouse_full, PATH, layer="boundary")
    assert_sound(asked, HEADING["vi"])
    assert any("boundary" in warning.value for warning in asked.warning)


def test_no_figures_at_all(open_page: OpenPage, warehouse_empty: Path) -> None:
    screen = open_page(warehouse_empty, PATH)
    assert_sound(screen, HEADING["vi"])
    assert not decks(screen)
    assert any("Không có báo cáo" in info.value for info in screen.info)


def test_one_ward_reported(open_page: OpenPage, warehouse_one_row: Path) -> None:
    screen = open_page(warehouse_one_row, PATH)
    assert_sound(screen, HEADING["vi"])
    assert pills(screen, "show_chosen") == ["70% · 1", "Không có số liệu · 125"]
    assert f"([[47,127,136],[201,206,214]])[('0{'1' * 125}')[properties.n]]" in colours(decks(screen)[0])


def test_status_real_only_has_nothing_to_draw(open_page: OpenPage, warehouse_full: Path) -> None:
    screen = open_page(warehouse_full, PATH, status="real")
    assert_sound(screen, HEADING["vi"])
    assert not decks(screen)


@pytest.mark.parametrize("method", ["quantile", "natural", "equal", "target"])
@pytest.mark.parametrize("steps", ["3", "7"])
def test_legend_counts_every_ward_once(
    open_page: OpenPage, warehouse_full: Path, method: str, steps: str
) -> None:
    screen = open_page(warehouse_full, PATH, method=method, steps=steps)
    assert_sound(screen, HEADING["vi"])
    counts = [int(text.rpartition(" · ")[2]) for text in pills(screen, "show_chosen")]
    assert sum(counts) == 126
    assert len(counts) <= int(steps) + 1


def test_legend_filters_the_map(open_page: OpenPage, warehouse_full: Path) -> None:
    whole = colours(decks(open_page(warehouse_full, PATH))[0])
    filtered = colours(decks(open_page(warehouse_full, PATH, show="0"))[0])
    assert whole != filtered
    assert "[244,235,221]" in whole and "[244,235,221]" in filtered  # the lowest class keeps its colour
    assert "[20,83,92]" in whole and "[20,83,92]" not in filtered  # the highest one fades


def test_picked_wards_stand_side_by_side(open_page: OpenPage, warehouse_full: Path) -> None:
    screen = open_page(warehouse_full, PATH, pick="00004,00008")
    said = " ".join(texts(screen))
    assert "Phường Ba Đình" in said and "(phuong-xa?unit=00004@2025-07-01" in said
    assert layer(decks(screen)[0], "picked-")
    assert layer(decks(screen)[0], "beside-") is None
    more = open_page(warehouse_full, PATH, pick="00004,00008", extra="neighbours")
    assert layer(decks(more)[0], "beside-")
    assert layer(decks(more)[0], "district-")


@pytest.mark.parametrize("kind", ["boundary", "hex", "circle"])
def test_neighbours_and_former_district_of_a_ward(
    open_page: OpenPage, outlined: Callable[[int], Path], kind: str
) -> None:
    screen = open_page(outlined(3), PATH, layer=kind, pick="00004", extra="neighbours")
    assert_sound(screen, HEADING["vi"])
    edges = {start: layer(decks(screen)[0], start) for start in ("picked-", "beside-")}
    assert len({edge["data"] for edge in edges.values() if edge}) == 2


def test_what_a_line_costs_is_paid_once(open_page: OpenPage, outlined: Callable[[int], Path]) -> None:
    """Lines take ten times as long to draw as areas: outlines are filled alone, and each border is one line."""
    deck = decks(open_page(outlined(0), PATH, pick="00004"))[0]
    stroked = [found for found in deck["layers"] if found.get("stroked")]
    assert len({found["data"] for found in stroked}) == len(stroked)
    assert deck["layers"][0]["data"] not in {found["data"] for found in stroked}
    whole = decks(open_page(outlined(0), PATH, extra="-"))[0]
    assert layer(whole, "borders0") and layer(whole, "borders1") and layer(whole, "lines") is None


def test_former_districts_are_drawn_as_their_wards(
    open_page: OpenPage, outlined: Callable[[int], Path]
) -> None:
    screen = open_page(outlined(0), PATH, boundary="districts", layer="boundary")
    assert_sound(screen, HEADING["vi"])
    wards = layer(decks(screen)[0], "wards-district")
    assert wards and "boundary" in wards["data"]
    numbers = colours(decks(screen)[0]).rpartition("('")[2].partition("'")[0]
    assert len(numbers) == 126


def test_missing_wards_are_hatched_and_listed(open_page: OpenPage, outlined: Callable[[int], Path]) -> None:
    for kind in ("boundary", "hex", "circle"):
        screen = open_page(outlined(3), PATH, layer=kind)
        listed = next(text for text in texts(screen) if "phường, xã không có số liệu" in text)
        assert listed.startswith(":small[**14 ") and listed.count(",") == 14  # one of them in “phường, xã”
        hatch = layer(decks(screen)[0], "hatch")
        assert (hatch is None) == (kind == "circle")
        if hatch:
            assert len(hatch["data"]) >= 2 * 14
        filtered = open_page(outlined(3), PATH, layer=kind, show="0")
        assert layer(decks(filtered)[0], "hatch") is None


def test_many_missing_wards_are_grey_and_listed(open_page: OpenPage, warehouse_one_row: Path) -> None:
    screen = open_page(warehouse_one_row, PATH)
    assert layer(decks(screen)[0], "hatch") is None
    assert any(expander.label.startswith("125 ") for expander in screen.expander)


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("kind", ["boundary", "hex", "circle"])
def test_credits_lead_in_the_language_of_the_reader(
    open_page: OpenPage, outlined: Callable[[int], Path], kind: str, lang: str
) -> None:
    screen = open_page(outlined(0), PATH, layer=kind, lang=lang)
    start = {
        "vi": {"boundary": "Ranh giới 126", "hex": "Sơ đồ ô lục giác", "circle": "Vòng tròn đặt tại tâm"},
        "en": {"boundary": "Outlines of", "hex": "Hexagon layout", "circle": "Circles stand"},
    }
    said = [caption.value for caption in screen.caption if caption.value.startswith(start[lang][kind])]
    assert len(said) == 1
    assert ("Địa chỉ trang giữ" if lang == "vi" else "The page's address keeps") in said[0]


def test_names_leave_room_for_schools_and_come_with_nearness(
    open_page: OpenPage, outlined: Callable[[int], Path]
) -> None:
    def standing(**query: str) -> int:
        names = layer(decks(open_page(outlined(0), PATH, **query))[0], "names")
        return str(names["getSize"]).partition("[")[0].count("1") if names else 0

    plain, near, nearest = (standing(zoom=zoom) for zoom in "012")
    assert 0 < plain < near < nearest
    assert plain > standing(extra="names,schools")
    assert standing(extra="names,schools", zoom="2") > 0


def test_classes_of_schools_are_whole_numbers(open_page: OpenPage, warehouse_full: Path) -> None:
    for method in ("quantile", "natural", "equal"):
        screen = open_page(warehouse_full, PATH, about="school", measure="school.count", method=method)
        assert not [text for text in pills(screen, "show_chosen") if "," in text]


def test_all_that_changes_with_the_indicator_is_small(
    open_page: OpenPage, outlined: Callable[[int], Path]
) -> None:
    """Nothing but names and colours travels with the deck; 30 kB are the aim for the page."""
    for query in (
        {},
        {"pick": "00004,00008,00025,00070", "extra": "names,districts,neighbours"},
        {"mode": "change"},
    ):
        screen = open_page(outlined(0), PATH, **query)
        assert all(
            len(json.dumps(deck, ensure_ascii=False, separators=(",", ":"))) < 9_000 for deck in decks(screen)
        )


@pytest.mark.parametrize(
    "query",
    [
        {"pick": "99999"}, {"pick": "00004,00004"}, {"pick": "00004,00008,00025,00070,00082"}, {"show": "9"},
        {"layer": "globe"}, {"mode": "spin"}, {"method": "best"}, {"area": "999"}, {"zoom": "99"}, {"steps": "0"},
        {"measure": "school.count"}, {"about": "'; drop table unit"}, {"extra": "all"}, {"mode": "change", "against": "1999"},
    ],
    ids=lambda query: "-".join(query.values()),
)  # fmt: skip
def test_bad_address_shows_the_default_and_says_so(
    open_page: OpenPage, warehouse_full: Path, query: dict[str, str]
) -> None:
    screen = open_page(warehouse_full, PATH, **query)
    assert_sound(screen, HEADING["vi"])
    assert any("Liên kết yêu cầu" in warning.value for warning in screen.warning)


def test_wards_are_not_compared_across_july_2025(open_page: OpenPage, warehouse_full: Path) -> None:
    screen = open_page(warehouse_full, PATH, mode="change", boundary="wards", against="2024-H1")
    assert any("Không so được hai kỳ này theo phường, xã" in info.value for info in screen.info)
    districts = open_page(warehouse_full, PATH, mode="change", boundary="districts", against="2024-H1")
    assert not any("Không so được hai kỳ" in info.value for info in districts.info)
    assert any("không so được" in info.value for info in districts.info)  # partly reported ones are left out


def test_divided_figures_are_marked(open_page: OpenPage, warehouse_full: Path) -> None:
    screen = open_page(warehouse_full, PATH, boundary="wards", period="2024-H1")
    assert any("≈ Phân bổ" in text for text in texts(screen))
    assert any("được chia ra" in info.value for info in screen.info)
    reported = open_page(warehouse_full, PATH, period="2024-H1")
    assert not any("≈ Phân bổ" in text for text in texts(reported))
    assert layer(decks(reported)[0], "wards-hex_district")


def test_title_of_an_area_is_not_divided(open_page: OpenPage, warehouse_full: Path) -> None:
    screen = open_page(warehouse_full, PATH, about="commune", boundary="wards", period="2024-H1")
    assert_sound(screen, HEADING["vi"])
    assert any("không chia hay cộng" in info.value for info in screen.info)


def test_another_period_is_said(open_page: OpenPage, warehouse_full: Path) -> None:
    screen = open_page(warehouse_full, PATH, about="school", measure="school.count")
    assert any("không có số liệu của quý III/2026" in info.value for info in screen.info)


def test_no_host_is_asked_unless_the_basemap_is_switched_on(
    open_page: OpenPage, outlined: Callable[[int], Path]
) -> None:
    warehouse = outlined(0)
    assert "carto" not in json.dumps(decks(open_page(warehouse, PATH))[0])
    assert "carto" in json.dumps(decks(open_page(warehouse, PATH, extra="basemap"))[0])
