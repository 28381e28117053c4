"""The page of one ward or former district: its addresses, its figures, and what it says where there are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from queries.warehouse import current_warehouse
from tests.pages.ward_pages import (
    DISTRICT_GROUPS,
    PAGE,
    OpenPage,
    assert_group_opens,
    assert_sound,
    html_of,
    words_of,
)

HONG_HA, BA_DINH, DISTRICT = "00097@2025-07-01", "00004@2025-07-01", "001@legacy"
DIRECTORY = "Phường, xã và quận, huyện cũ"


@pytest.mark.parametrize("group", DISTRICT_GROUPS)
def test_every_former_district_opens(open_page: OpenPage, warehouse_full: Path, group: str) -> None:
    assert_group_opens(open_page, warehouse_full, current_warehouse(warehouse_full), group)


# ---- Addresses ----------------------------------------------------------------------------------------------------


def test_without_a_unit_there_is_a_directory_of_all(open_page: OpenPage, warehouse_full: Path) -> None:
    for by in ("group", "district"):
        screen = open_page(warehouse_full, PAGE, by=by)
        assert_sound(screen, DIRECTORY)
        assert html_of(screen).count('href="?unit=') == 126 + 30
    assert_sound(open_page(warehouse_full, PAGE, lang="en"), "Wards and former districts")


@pytest.mark.parametrize(
    ("asked", "heading", "said"),
    [
        ("00097", "Phường Hồng Hà", "Mã 00097 hiện nay"),
        ("00001", "Phường Hồng Hà", "Gồm toàn bộ Phường Phúc Xá cũ"),
        ("00001@legacy", "Phường Hồng Hà", "Gồm toàn bộ Phường Phúc Xá cũ"),
        ("phuc xa", "Phường Hồng Hà", "Gồm toàn bộ Phường Phúc Xá cũ"),
        ("Hồng Hà", "Phường Hồng Hà", "toàn bộ dân của Xã Hồng Hà cũ"),  # what else the name stood for
        ("Hong Ha Ward", "Phường Hồng Hà", "được hiểu là"),
        ("001", "Quận Ba Đình cũ", "Mã 001 hiện nay"),
    ],
)
def test_a_code_or_a_name_in_the_address_is_understood_and_explained(
    open_page: OpenPage, warehouse_full: Path, asked: str, heading: str, said: str
) -> None:
    screen = open_page(warehouse_full, PAGE, unit=asked)
    assert_sound(screen, heading)
    assert said in words_of(screen)
    assert "Liên kết yêu cầu" not in words_of(screen)


@pytest.mark.parametrize(
    ("asked", "candidates"),
    [
        ("Ba Đình", (BA_DINH, DISTRICT)),
        # The code of a former ward that was divided among five.
        ("00634@legacy", ("00622@2025-07-01", "00634@2025-07-01", "00637@2025-07-01")),
        ("Mỹ Đình 2", ("00166@2025-07-01", "00592@2025-07-01")),
    ],
)
def test_what_may_mean_several_units_lists_them_and_opens_none(
    open_page: OpenPage, warehouse_full: Path, asked: str, candidates: tuple[str, ...]
) -> None:
    for lang, words in (("vi", "có thể là nhiều đơn vị"), ("en", "may mean several units")):
        screen = open_page(warehouse_full, PAGE, unit=asked, lang=lang)
        assert not screen.exception
        assert any(words in warning.value for warning in screen.warning)
        first = html_of(screen).partition('<section class="w-group">')[0]
        for key in candidates:
            assert f'href="?unit={key}' in first, key


@pytest.mark.parametrize("asked", ["Sài Gòn", "99999", "'; drop table unit", "<b>x</b>", "x" * 300])
def test_an_unknown_unit_is_answered_in_words_with_the_directory(
    open_page: OpenPage, warehouse_full: Path, asked: str
) -> None:
    for lang, words in (("vi", "không có phường, xã"), ("en", "there is no such ward")):
        screen = open_page(warehouse_full, PAGE, unit=asked, lang=lang)
        assert not screen.exception
        assert any(words in warning.value for warning in screen.warning)
        assert html_of(screen).count('href="?unit=') >= 126 + 30


@pytest.mark.parametrize(
    ("sought", "unit_key", "why"),
    [
        ("Phúc Xá", HONG_HA, "Gồm toàn bộ Phường Phúc Xá cũ."),
        ("phuc xa", HONG_HA, "Gồm toàn bộ Phường Phúc Xá cũ."),
        ("hong ha", HONG_HA, ""),
        ("Hà Đông", "268@legacy", ""),
        ("00097", HONG_HA, "Mã 00097 hiện nay."),
        ("Mỹ Đình", "00592@2025-07-01", "Gồm một phần Phường Mỹ Đình 1 cũ."),
        ("Nguyễn Trung Trực", BA_DINH, "Đã nhập vào Phường Trúc Bạch ngày 1/1/2025."),
        ("quận ba đình", "00025@2025-07-01", "Phần lớn thuộc Quận Ba Đình cũ."),
    ],
)
def test_search_finds_a_unit_and_says_why(
    open_page: OpenPage, warehouse_full: Path, sought: str, unit_key: str, why: str
) -> None:
    screen = open_page(warehouse_full, PAGE, find_unit=sought)
    assert not screen.exception
    results = html_of(screen).partition('<section class="w-group">')[0]
    entry = results.partition(f'href="?unit={unit_key}')[2].partition("</li>")[0]
    assert entry, results
    assert why in entry


def test_search_without_a_result_says_so(open_page: OpenPage, warehouse_full: Path) -> None:
    screen = open_page(warehouse_full, PAGE, find_unit="zzzz")
    assert any("Không có phường, xã hay quận, huyện cũ nào" in warning.value for warning in screen.warning)


def test_links_keep_the_reader_s_choices(open_page: OpenPage, warehouse_full: Path) -> None:
    screen = open_page(warehouse_full, PAGE, unit=HONG_HA, lang="en", period="2026-Q1", status="illustrative")
    assert_sound(screen, "Hong Ha Ward")
    assert f'href="?unit={DISTRICT}&amp;period=2026-Q1&amp;status=illustrative&amp;lang=en"' in html_of(
        screen
    )
    links = [element.proto for element in screen.get("page_link")]
    beside = [link for link in links if "unit=" in link.query_string]
    assert [link.label for link in beside] == ["Hoang Mai Ward", "Hong Son Commune"]
    assert all("lang=en" in link.query_string for link in beside)


# ---- Figures ------------------------------------------------------------------------------------------------------


def test_a_ward_says_what_it_has_not_reported_and_compares_at_its_own_period(
    open_page: OpenPage, warehouse_full: Path
) -> None:
    said = words_of(open_page(warehouse_full, PAGE, unit=HONG_HA))
    assert "Chưa có báo cáo quý III/2026; dưới đây là số của quý II/2026." in said
    assert "61,3%" in said
    assert "Đã nộp 8 trên 10 báo cáo" in said
    assert "✕ Chưa báo cáo" in said


def test_each_basis_stands_in_a_table_of_its_own(open_page: OpenPage, warehouse_full: Path) -> None:
    html = html_of(open_page(warehouse_full, PAGE, unit=HONG_HA))
    tables = [part.partition("</table>")[0] for part in html.split("<table")[1:]]
    for rate, basis in (
        ("61,3%", "Được công nhận trên tổng số"),
        ("78,8%", "Đăng ký / tổng số"),
        ("77,8%", "Công nhận / đăng ký"),
    ):
        with_rate = [t for t in tables if f"{rate}</" in t and "Gia đình học tập" in t and "Giáp" not in t]
        assert with_rate, rate
        assert all(basis in t for t in with_rate if 'data-label="Mô hình"' not in t)


def test_a_former_district_goes_on_as_a_sum_that_says_how_sure_it_is(
    open_page: OpenPage, warehouse_full: Path
) -> None:
    after = words_of(open_page(warehouse_full, PAGE, unit=DISTRICT))
    assert "5 trên 6 đơn vị đã báo cáo, chiếm 95% dân số" in after
    assert "≈&nbsp;81,7%" in after
    before = words_of(open_page(warehouse_full, PAGE, unit=DISTRICT, period="2025-H1"))
    assert "79,5%" in before
    assert "≈&nbsp;79,5%" not in before


def test_a_ward_before_it_existed_shows_its_latest_figures_and_says_so(
    open_page: OpenPage, warehouse_full: Path
) -> None:
    screen = open_page(warehouse_full, PAGE, unit=HONG_HA, period="2024-H2")
    assert_sound(screen, "Phường Hồng Hà")
    assert any("chưa có Phường Hồng Hà" in info.value for info in screen.info)


def test_a_ward_s_line_reaches_back_on_request_only(open_page: OpenPage, warehouse_full: Path) -> None:
    def notes(**query: str) -> str:
        return " ".join(
            caption.value for caption in open_page(warehouse_full, PAGE, unit=HONG_HA, **query).caption
        )

    assert "Dải nhạt" not in notes()
    assert "Dải nhạt: từ mức thấp nhất đến mức cao nhất có thể" in notes(back="1")


@pytest.mark.parametrize("unit", [HONG_HA, DISTRICT])
@pytest.mark.parametrize("model", ["citizen_resident", "clan", "commune", "district"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_kind_of_title(
    open_page: OpenPage, warehouse_full: Path, unit: str, model: str, lang: str
) -> None:
    screen = open_page(warehouse_full, PAGE, unit=unit, model=model, lang=lang)
    assert not screen.exception, [e.message for e in screen.exception]


@pytest.mark.parametrize("unit", [HONG_HA, BA_DINH, DISTRICT, "005@legacy"])
@pytest.mark.parametrize("status", ["real", "illustrative"])
def test_every_status(open_page: OpenPage, warehouse_full: Path, unit: str, status: str) -> None:
    screen = open_page(warehouse_full, PAGE, unit=unit, status=status)
    assert not screen.exception, [e.message for e in screen.exception]
    said = words_of(screen)
    assert ("○ Minh họa" in said) == (status == "illustrative")


def test_without_reports_a_unit_still_says_what_it_is(open_page: OpenPage, warehouse_empty: Path) -> None:
    for unit, heading in ((HONG_HA, "Phường Hồng Hà"), (DISTRICT, "Quận Ba Đình cũ")):
        screen = open_page(warehouse_empty, PAGE, unit=unit)
        assert_sound(screen, heading)
        assert any("Chưa có báo cáo nào" in info.value for info in screen.info)
    assert "Phường Phúc Xá" in words_of(open_page(warehouse_empty, PAGE, unit=HONG_HA))


def test_one_report_of_one_ward_is_a_figure_without_a_rank(
    open_page: OpenPage, warehouse_one_row: Path
) -> None:
    screen = open_page(warehouse_one_row, PAGE, unit=BA_DINH)
    assert_sound(screen, "Phường Ba Đình")
    said = words_of(screen)
    assert "70,0%" in said
    assert "700 trên 1.000 gia đình" in said
    assert "1/1" not in said.replace("1/1/2025", "")
    assert_sound(open_page(warehouse_one_row, PAGE, unit=HONG_HA), "Phường Hồng Hà")
    assert_sound(open_page(warehouse_one_row, PAGE, unit=DISTRICT), "Quận Ba Đình cũ")
