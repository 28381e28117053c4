"""The page of the network of learning cities: what it says of road, duties, framework and members; how light it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.test_pages import SLIPS, assert_sound

OpenPage = Callable[..., AppTest]
MOST_ELEMENTS = 95


def html_of(screen: AppTest) -> str:
    """All that the page says in HTML."""
    return " ".join(str(e.proto.body) for e in screen.get("html"))


def opened(open_page: OpenPage, warehouse: Path, **query: str) -> AppTest:
    screen = open_page(warehouse, "mang-luoi", **query)
    assert_sound(screen, "Learning city" if query.get("lang") == "en" else "Thành phố học tập")
    said = re.sub(r"<style>.*?</style>", "", html_of(screen), flags=re.DOTALL)
    assert not SLIPS.search(said), SLIPS.search(said)
    return screen


def elements(block) -> int:
    """How many elements a screen has, blocks counted with them."""
    return sum(
        1 + (elements(child) if hasattr(child, "children") else 0) for child in block.children.values()
    )


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("name", ["warehouse_full", "warehouse_empty", "warehouse_one_row"])
def test_the_page_is_sound_and_light(
    open_page: OpenPage, request: pytest.FixtureRequest, name: str, lang: str
) -> None:
    screen = opened(open_page, request.getfixturevalue(name), lang=lang)
    assert elements(screen._tree) < MOST_ELEMENTS


def test_every_milestone_says_done_or_planned_and_where_it_is_from(
    open_page: OpenPage, warehouse_full: Path
) -> None:
    said = html_of(opened(open_page, warehouse_full, road="all"))
    for sentence in (
        "✓ Đã diễn ra",
        "○ Dự kiến",
        "Chương trình 05 của Thành ủy Hà Nội",
        "tháng 6/2027",
        "29/01/2026",
    ):
        assert sentence in said, sentence
    assert "vneconomy.vn" in said


def test_steps_say_where_ha_noi_stood_and_what_is_not_known(
    open_page: OpenPage, warehouse_full: Path
) -> None:
    said = html_of(opened(open_page, warehouse_full))
    for sentence in (
        "3/8 bước có nguồn nói đến",
        "Không tìm thấy ngày nộp hồ sơ.",
        "✓ 04/12/2025",
        "? Suy ra, chưa rõ ngày",
    ):
        assert sentence in said, sentence


def test_duties_have_an_owner_a_state_a_legend_and_a_place_to_edit_them(
    open_page: OpenPage, warehouse_full: Path
) -> None:
    said = html_of(opened(open_page, warehouse_full))
    for sentence in (
        "data/reference/duty_state.csv", "? Chưa có thông tin: 8", "✓ Đã xong</span>: 0", "chưa giao",
        "Suy luận: hai năm sau ngày công bố là 12/2027, sau ngày nhận chứng nhận là 01/2028", "Giải thưởng Thành phố học tập",
        "nhóm chuyên đề", "ICLC 7",
    ):  # fmt: skip
        assert sentence.replace("? Chưa có thông tin: 8", "? Chưa có thông tin</span>: 8") in said, sentence


def test_focal_areas_show_figures_targets_documents_gaps_and_the_rule(
    open_page: OpenPage, warehouse_full: Path
) -> None:
    screen = opened(open_page, warehouse_full)
    said = html_of(screen)
    assert said.count('class="n-focal"') == 12
    for sentence in (
        "72,1%",
        "80% năm 2030",
        "291/KH-UBND",
        "◆ Đã công bố",
        "Chưa có chỉ số nào nói lên lĩnh vực này.",
        "○ Minh họa",
    ):
        assert sentence in said, sentence
    assert any("trạng thái của chỉ số yếu nhất" in text.value for text in screen.markdown)
    assert any(text.value.count("12 lĩnh vực: ") for text in screen.markdown)


def test_with_real_figures_only_nothing_illustrative_is_in_the_framework(
    open_page: OpenPage, warehouse_full: Path
) -> None:
    assert "Minh họa" not in html_of(opened(open_page, warehouse_full, status="real"))


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ({}, 336),
        ({"region": "africa"}, 38),
        ({"joined": "2025"}, 45),
        ({"joined": "unknown"}, 67),
        ({"country": "VNM"}, 6),
        ({"member": "ha noi"}, 1),
        ({"member": "Hà Nội"}, 1),
        ({"region": "asia_pacific", "joined": "2024", "country": "VNM"}, 2),
    ],
)
def test_filters_in_the_address_narrow_map_and_table(
    open_page: OpenPage, warehouse_full: Path, query: dict[str, str], rows: int
) -> None:
    screen = opened(open_page, warehouse_full, **query)
    assert not screen.session_state["_address_rejected"]
    (table,) = [t.value for t in screen.dataframe if "Căn cứ" in t.value.columns]
    assert len(table) == rows


def test_a_choice_that_nobody_fits_says_so_and_offers_no_file(
    open_page: OpenPage, warehouse_full: Path
) -> None:
    screen = opened(open_page, warehouse_full, member="zzzz")
    assert any("Không có thành phố nào khớp" in box.value for box in screen.info)
    assert screen.get("download_button")[0].proto.disabled


@pytest.mark.parametrize("name", ["region", "joined", "country", "road"])
def test_a_filter_that_does_not_exist_is_said_to_be_rejected(
    open_page: OpenPage, warehouse_full: Path, name: str
) -> None:
    screen = opened(open_page, warehouse_full, **{name: "atlantis"})
    assert any("Liên kết yêu cầu" in warning.value for warning in screen.warning)


def test_a_country_outside_of_the_region_is_said_to_be_rejected(
    open_page: OpenPage, warehouse_full: Path
) -> None:
    screen = opened(open_page, warehouse_full, region="africa", country="VNM")
    assert any("Liên kết yêu cầu" in warning.value for warning in screen.warning)


def test_ha_noi_stands_beside_its_compatriots_and_cities_of_its_size(
    open_page: OpenPage, warehouse_full: Path
) -> None:
    said = html_of(opened(open_page, warehouse_full))
    for sentence in (
        "Việt Nam có 6 thành viên",
        "10 thành viên khác có cỡ như Hà Nội",
        "49 thành viên chưa rõ dân số",
        "Wuhan",
    ):
        assert sentence in said, sentence
