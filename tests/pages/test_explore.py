"""The analyst's desk by AppTest: every choice draws, clicks of words, saved views, nothing chosen, nothing there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from queries import explore
from queries.dictionary import listed_indicators
from tests.conftest import DATA
from tests.pages.test_pages import assert_sound
from ui.saved_views import saved

OpenPage = Callable[..., AppTest]
HEADING = {"vi": "Tra cứu và xuất số liệu", "en": "Explore and export"}
TWO = "model.family.recognised_of_total,model.clan.recognised_of_total"


def table(screen: AppTest):
    """The table of figures (not the chart's twin): the widest one."""
    return max((d.value for d in screen.dataframe), key=lambda frame: frame.shape[1])


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("shape", explore.SHAPES)
@pytest.mark.parametrize("chart", ["bars", "trend", "spread", "scatter", "none"])
def test_every_shape_with_every_chart(
    open_page: OpenPage, warehouse_full: Path, shape: str, chart: str, lang: str
) -> None:
    screen = open_page(
        warehouse_full, "tra-cuu", shape=shape, chart=chart, lang=lang, indicators=TWO, since="2026-Q2"
    )
    assert_sound(screen, HEADING[lang])
    assert not screen.warning[1:]
    assert len(table(screen)) == 50


@pytest.mark.parametrize("group", explore.GROUPS)
@pytest.mark.parametrize("boundaries", explore.BOUNDARIES)
def test_every_grouping_on_all_boundaries(
    open_page: OpenPage, warehouse_full: Path, group: str, boundaries: str
) -> None:
    screen = open_page(warehouse_full, "tra-cuu", sum_by=group, borders=boundaries, tiers="district,ward")
    assert_sound(screen, HEADING["vi"])
    if (boundaries, group) == ("wards_2025_01", "peer_group"):  # made of today's wards and of districts
        assert any("Nới lựa chọn" in i.value for i in screen.info)
        return
    assert len(table(screen)) > 1


def test_a_page_of_rows_is_all_that_is_sent(open_page: OpenPage, warehouse_full: Path) -> None:
    screen = open_page(warehouse_full, "tra-cuu", rows_each="25", rows_page="3", gaps="hide")
    assert len(table(screen)) == 25
    assert any("dòng 51–75 của" in c.value for c in screen.caption)


def test_what_is_missing_is_said(open_page: OpenPage, warehouse_full: Path) -> None:
    screen = open_page(warehouse_full, "tra-cuu", since="2026-Q3", rows_each="250")
    shown = table(screen)
    assert (shown["Giá trị"] == "Chưa báo cáo").sum() == 14
    assert any("Thiếu 14 số" in m.value for m in screen.markdown)
    hidden = table(open_page(warehouse_full, "tra-cuu", since="2026-Q3", rows_each="250", gaps="hide"))
    assert len(hidden) == len(shown) - 14


def test_an_estimated_figure_is_marked(open_page: OpenPage, warehouse_full: Path) -> None:
    screen = open_page(warehouse_full, "tra-cuu", borders="wards_2025_07", until="2025-H1")
    shown = table(screen)
    assert shown["Giá trị"].str.startswith("≈").all()
    assert (shown["Khoảng có thể"] != "").all()


@pytest.mark.parametrize("sought", ["gia dinh", "GIA ĐÌNH", "learning family"])
def test_indicators_are_found_with_and_without_diacritics(
    open_page: OpenPage, warehouse_full: Path, sought: str
) -> None:
    screen = open_page(warehouse_full, "tra-cuu", find_figure=sought)
    (picker,) = [m for m in screen.multiselect if m.key == "indicators_chosen"]
    number = int("".join(c for c in picker.label if c.isdigit()))
    assert 3 <= number < 60
    everything = [m for m in open_page(warehouse_full, "tra-cuu").multiselect if m.key == "indicators_chosen"]
    assert len(everything[0].options) == len(picker.options)  # those that do not fit come after


def test_units_kept_by_the_chart_narrow_the_table_down(open_page: OpenPage, warehouse_full: Path) -> None:
    screen = open_page(warehouse_full, "tra-cuu", only="00097@2025-07-01,00004@2025-07-01")
    assert set(table(screen)["Đơn vị"]) == {"Phường Hồng Hà", "Phường Ba Đình"}


def test_nothing_chosen_is_said(open_page: OpenPage, warehouse_full: Path) -> None:
    screen = open_page(warehouse_full, "tra-cuu", indicators="-")
    assert_sound(screen, HEADING["vi"])
    assert any("ít nhất một chỉ số" in i.value for i in screen.info)


def test_too_wide_a_table_is_refused_in_words(open_page: OpenPage, warehouse_full: Path) -> None:
    ids = [
        x.indicator.indicator_id for x in listed_indicators(explore_warehouse(warehouse_full)) if x.figures
    ]
    screen = open_page(
        warehouse_full, "tra-cuu", shape="by_indicator", indicators=",".join(ids), tiers="city,district,ward"
    )
    assert_sound(screen, HEADING["vi"])
    assert any("nhiều hơn 60" in w.value for w in screen.warning)


def explore_warehouse(folder: Path):
    from queries.warehouse import current_warehouse

    return current_warehouse(folder)


@pytest.mark.parametrize("bad", [{"indicators": "x"}, {"shape": "y"}, {"since": "1999-Q9"}, {"only": "zz"}, {"units": "00097"}])  # fmt: skip
def test_a_bad_address_is_answered_in_words(
    open_page: OpenPage, warehouse_full: Path, bad: dict[str, str]
) -> None:
    screen = open_page(warehouse_full, "tra-cuu", **bad)
    assert_sound(screen, HEADING["vi"])
    assert any("Liên kết yêu cầu" in w.value for w in screen.warning)


def test_rates_of_unknown_bases_do_not_share_an_axis(open_page: OpenPage, warehouse_full: Path) -> None:
    unknown = "model.family.basis_not_stated"
    screen = open_page(warehouse_full, "tra-cuu", indicators=unknown, tiers="city,district,ward")
    assert_sound(screen, HEADING["vi"])
    assert len(table(screen)) > 1


def test_without_figures_and_with_one_row(
    open_page: OpenPage, warehouse_empty: Path, warehouse_one_row: Path
) -> None:
    assert_sound(open_page(warehouse_empty, "tra-cuu"), HEADING["vi"])
    screen = open_page(warehouse_one_row, "tra-cuu")
    assert_sound(screen, HEADING["vi"])
    assert len(table(screen)) == 50  # one ward, and those that did not report


def test_saved_views_open_and_new_ones_are_kept(
    open_page: OpenPage, warehouse_full: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for view in saved(DATA / "views")[0]:
        assert_sound(open_page(warehouse_full, "tra-cuu", **view.query), HEADING["vi"])
    monkeypatch.setenv("VIEWS_DIR", str(tmp_path))
    (tmp_path / "hỏng.yml").write_text("[]", encoding="utf-8")
    screen = open_page(warehouse_full, "tra-cuu", shape="by_period", status="illustrative")
    (name,) = [t for t in screen.text_input if t.label == "Tên"]
    name.set_value("Của tôi")
    next(b for b in screen.button if b.label == "Lưu").click().run()
    assert any("Đã lưu “Của tôi”" in s.value for s in screen.success)
    (kept,) = saved(tmp_path)[0]
    assert kept.query == {"shape": "by_period", "status": "illustrative"}
    assert any("hỏng.yml" in w.value for w in screen.warning)
    again = open_page(warehouse_full, "tra-cuu")
    assert any("Của tôi" in m.value and "shape=by_period" in m.value for m in again.markdown)
