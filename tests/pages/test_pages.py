"""Every screen, in both languages, with all figures, with none, with a single row, and with a bad address."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from queries import overview
from queries.figures import periods
from queries.warehouse import current_warehouse

SCREENS = {
    "": ("Hà Nội đang ở đâu", "Where Hà Nội stands"),
    "mo-hinh": ("Mô hình học tập", "Learning models"),
    "ban-do": ("Bản đồ", "Map"),
    "phuong-xa": ("Phường, xã và quận, huyện cũ", "Wards and former districts"),
    "truong-hoc": ("Trường học", "Schools"),
    "sql": ("Truy vấn SQL", "SQL"),
    "tra-cuu": ("Tra cứu", "Explore"),
    "mang-luoi": ("Thành phố học tập", "Learning city"),
    "tu-dien": ("Từ điển dữ liệu", "Data dictionary"),
    "nguon": ("Nguồn và phương pháp", "Sources and method"),
    "chat-luong": ("Chất lượng số liệu", "Data quality"),
    "nop-so-lieu": ("Nộp số liệu", "Submit figures"),
}
LANGUAGES = ("vi", "en")
OpenPage = Callable[..., AppTest]
CARD = re.compile(r'<p class="c-label">(.*?)</p>\s*<p class="c-value">(.*?)</p>')
SLIPS = re.compile(r"\bnan\b|\bNaN\b|\bNone\b|\bNaT\b|\{[a-z_]+\}|<NA>")


def texts(screen: AppTest) -> list[str]:
    """All words on a screen."""
    kinds = (screen.title, screen.markdown, screen.caption, screen.warning, screen.info, screen.error)
    words = [element.value for kind in kinds for element in kind]
    words += [part for metric in screen.metric for part in (metric.label, metric.value)]
    return words


def cards_of(screen: AppTest) -> dict[str, str]:
    """The figure cards of a screen: what each is of -> its value."""
    pairs = (CARD.findall(element.value) for element in screen.markdown)
    return dict(pair for found in pairs for pair in found)


def assert_sound(screen: AppTest, heading: str) -> None:
    """Nothing failed, the heading is there, and no slip of the pen shows."""
    assert not screen.exception, [e.message for e in screen.exception]
    assert heading in screen.title[0].value
    slips = [text for text in texts(screen) if SLIPS.search(text)]
    assert not slips, slips


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", SCREENS)
def test_screen_with_all_figures(open_page: OpenPage, warehouse_full: Path, path: str, lang: str) -> None:
    assert_sound(open_page(warehouse_full, path, lang=lang), SCREENS[path][LANGUAGES.index(lang)])


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", SCREENS)
def test_screen_with_reference_tables_only(
    open_page: OpenPage, warehouse_empty: Path, path: str, lang: str
) -> None:
    assert_sound(open_page(warehouse_empty, path, lang=lang), SCREENS[path][LANGUAGES.index(lang)])


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", SCREENS)
def test_screen_with_one_row_of_one_ward(
    open_page: OpenPage, warehouse_one_row: Path, path: str, lang: str
) -> None:
    assert_sound(open_page(warehouse_one_row, path, lang=lang), SCREENS[path][LANGUAGES.index(lang)])


# Screens that add up by a grouping, and those that have no such choice.
GROUPED = [(path, group) for path in ("", "mo-hinh", "truong-hoc") for group in ("city", "district", "type")]
UNGROUPED = [(path, "city") for path in SCREENS if path not in ("", "mo-hinh", "truong-hoc")]


@pytest.mark.parametrize(("path", "group"), GROUPED + UNGROUPED)
@pytest.mark.parametrize("period", ["2026-Q3", "2025-H1"])
def test_every_grouping_before_and_after_july_2025(
    open_page: OpenPage, warehouse_full: Path, path: str, group: str, period: str
) -> None:
    assert_sound(open_page(warehouse_full, path, group=group, period=period), SCREENS[path][0])


@pytest.mark.parametrize("status", ["all", "real", "illustrative"])
@pytest.mark.parametrize("path", SCREENS)
def test_every_choice_of_status(open_page: OpenPage, warehouse_full: Path, path: str, status: str) -> None:
    assert_sound(open_page(warehouse_full, path, status=status), SCREENS[path][0])


@pytest.mark.parametrize(
    "model",
    ["citizen_resident", "citizen_staff", "family", "clan", "community", "unit", "commune", "district"],
)
@pytest.mark.parametrize("basis", ["recognised_of_total", "registered_of_total", "recognised_of_registered"])
def test_every_model_on_every_basis(
    open_page: OpenPage, warehouse_full: Path, model: str, basis: str
) -> None:
    assert_sound(open_page(warehouse_full, "mo-hinh", model=model, basis=basis), "Mô hình học tập")


@pytest.mark.parametrize("path", SCREENS)
@pytest.mark.parametrize(
    "query",
    [{"period": "1999-Q9"}, {"group": "hamlet"}, {"status": "'; drop table unit"}, {"lang": "xx"}, {"model": "<b>"}, {"find": "x" * 500}],
    ids=lambda q: next(iter(q)),
)  # fmt: skip
def test_bad_address_shows_the_default_and_says_so(
    open_page: OpenPage, warehouse_full: Path, path: str, query: dict[str, str]
) -> None:
    screen = open_page(warehouse_full, path, **query)
    assert_sound(screen, SCREENS[path][0])
    if next(iter(query)) in ("period", "group", "status", "lang"):
        assert any("Liên kết yêu cầu" in warning.value for warning in screen.warning)


def test_nothing_published_says_what_to_do(open_page: OpenPage, tmp_path: Path) -> None:
    screen = open_page(tmp_path / "none")
    assert not screen.exception
    assert "make run" in screen.error[0].value


def test_headline_is_the_published_figure_and_not_the_illustrative_one(
    open_page: OpenPage, warehouse_full: Path
) -> None:
    cards = cards_of(open_page(warehouse_full))
    assert cards["Gia đình học tập"] == "72,1%"
    assert cards["Trường mầm non, phổ thông"] == "2.954"
    assert cards["Thành phố thành viên UNESCO"] == "425"


def test_numbers_are_written_in_the_reader_s_language(open_page: OpenPage, warehouse_full: Path) -> None:
    cards = cards_of(open_page(warehouse_full, lang="en"))
    assert cards["Learning families"] == "72.1%"
    assert "2,954" in cards.values()


def test_banner_says_when_illustrative_figures_are_on_screen(
    open_page: OpenPage, warehouse_full: Path
) -> None:
    shown = open_page(warehouse_full)
    assert any("minh họa" in warning.value for warning in shown.warning)
    hidden = open_page(warehouse_full, status="real")
    assert not any("minh họa" in warning.value for warning in hidden.warning)


def test_real_reports_replace_the_illustrative_ones_and_the_banner_says_so(
    open_page: OpenPage, warehouse_one_row: Path
) -> None:
    screen = open_page(warehouse_one_row, "mo-hinh")
    assert any("số báo cáo thật" in info.value for info in screen.info)
    assert not any("minh họa" in warning.value for warning in screen.warning)


def test_search_finds_a_ward_without_diacritics(open_page: OpenPage, warehouse_full: Path) -> None:
    screen = open_page(warehouse_full, "mo-hinh", find="ba dinh")
    assert not screen.exception
    assert not any("Không có đơn vị nào" in warning.value for warning in screen.warning)
    nobody = open_page(warehouse_full, "mo-hinh", find="zzzz")
    assert any("Không có đơn vị nào" in warning.value for warning in nobody.warning)


@pytest.mark.parametrize("period", ["2024-H2", "2025-H1", "2025-Q3", "2026-Q3"])
@pytest.mark.parametrize("boundary", ["reported", "districts", "wards"])
@pytest.mark.parametrize("model", ["family", "commune", "district"])
def test_units_on_every_boundaries_before_and_after_july_2025(
    open_page: OpenPage, warehouse_full: Path, model: str, boundary: str, period: str
) -> None:
    screen = open_page(warehouse_full, "mo-hinh", model=model, boundary=boundary, period=period, lang="en")
    assert_sound(screen, "Learning models")
    words = " ".join(texts(screen))
    moved = (boundary == "wards" and period < "2025-Q") or (boundary == "districts" and period > "2025-Q")
    shown = model != "district" or period < "2025-Q"
    assert ("cannot be divided or added up" in words) == (moved and shown and model != "family")
    assert ("a ward's figure is an estimate" in words) == (
        model == "family" and moved and boundary == "wards"
    )
    assert ("of former districts" in words or "former districts are up" in words) == (
        model == "family" and period > "2025-Q"
    )


@pytest.mark.parametrize("peers", ["phuong_dense", "xa_sparse", "all"])
def test_wards_are_ranked_among_their_peers(open_page: OpenPage, warehouse_full: Path, peers: str) -> None:
    screen = open_page(warehouse_full, "mo-hinh", peers=peers)
    assert_sound(screen, "Mô hình học tập")
    assert not screen.session_state["_address_rejected"]
    titles = [m.value for m in screen.markdown if "cao nhất" in m.value and "thấp nhất" in m.value]
    assert len(titles) == 2  # the groups, and the ranking in one of them


@pytest.mark.parametrize("name", ["boundary", "peers"])
def test_boundaries_and_peers_that_do_not_exist_are_said_to_be_rejected(
    open_page: OpenPage, warehouse_full: Path, name: str
) -> None:
    screen = open_page(warehouse_full, "mo-hinh", **{name: "hamlet"})
    assert_sound(screen, "Mô hình học tập")
    assert any("Liên kết yêu cầu" in warning.value for warning in screen.warning)


@pytest.mark.parametrize(
    ("heard", "said"),
    [("89%", "89,06%"), ("89", "89,06%"), ("0.721", "72,1%"), ("55", "Không có số đã công bố nào"), ("abc", "Không đọc được")],
)  # fmt: skip
def test_who_heard_a_rate_is_told_where_it_comes_from(
    open_page: OpenPage, warehouse_full: Path, heard: str, said: str
) -> None:
    screen = open_page(warehouse_full, "mo-hinh", heard=heard)
    assert_sound(screen, "Mô hình học tập")
    answer = " ".join(box.value for kind in (screen.info, screen.warning) for box in kind)
    assert said in answer
    assert ("Màn hình: **72,1%**" in answer) == said.endswith("%")


def test_learning_district_says_when_and_why_it_ended(open_page: OpenPage, warehouse_full: Path) -> None:
    screen = open_page(warehouse_full, "mo-hinh", model="district", lang="en")
    assert any("30 Jun 2025" in info.value for info in screen.info)


def test_pull_of_units_adds_up_to_the_city_s_distance_from_the_target(warehouse_full: Path) -> None:
    found = current_warehouse(warehouse_full)
    period = periods(found)[0].end
    for group in ("city", "district", "type"):
        pulls = overview.pulls(
            found, "model.family.recognised_of_total", period, group, ("illustrative",), 0.8
        )
        rate = pulls["numerator"].sum() / pulls["denominator"].sum()
        assert pulls["pull"].sum() == pytest.approx(rate - 0.8)
        assert "01" not in set(pulls["area_key"])
