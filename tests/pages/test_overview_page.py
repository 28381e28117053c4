"""The first page: who reported, whether the city is on track, what changed, in the reader's words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from queries.figures import STATUS_CHOICES, headline
from queries.gaps import gaps
from queries.pace import pace_of_city
from queries.warehouse import current_warehouse
from tests.conftest import BuildWarehouse
from tests.etl.offices import reporting
from tests.pages.test_pages import assert_sound, texts

OpenPage = Callable[..., AppTest]
TITLE = {"vi": "Hà Nội đang ở đâu", "en": "Where Hà Nội stands"}


def opened(open_page: OpenPage, warehouse: Path, **query: str) -> list[str]:
    """All words of the first page, which is sound."""
    screen = open_page(warehouse, **query)
    assert_sound(screen, TITLE[query.get("lang", "vi")])
    return texts(screen)


@pytest.mark.parametrize(
    ("query", "sentences"),
    [
        (
            {},
            [
                "**112/126 phường, xã đã báo cáo** về mô hình học tập quý III/2026, chiếm **88,6% dân số**; 11 đơn vị báo cáo chậm; 14 đơn vị chưa báo cáo, quá hạn",
                "Hạn nộp: 30/10/2026, tức 30 ngày sau khi hết kỳ.",
                "Tham gia học tập: 112/126 phường, xã đã báo cáo, chiếm 89,3% dân số",
                "### Quý III/2026: thêm 10 đơn vị chưa báo cáo so với kỳ trước",
                "quý III/2026 so với quý II/2026. Chỉ tính các phường, xã có báo cáo cả hai kỳ.",
            ],
        ),
        (
            {"lang": "en", "period": "2025-Q3"},
            [
                "**117/126 wards and communes have reported** on learning models for Q3 2025, with **92.5% of the population**",
                "### Q3 2025: the first report by wards and communes",
                "Wards report in place of districts since 1 July 2025, so former districts are compared",
            ],
        ),
        (
            {"period": "2025-H1"},
            [
                "**30/30 quận, huyện, thị xã đã báo cáo** về mô hình học tập 6 tháng đầu năm 2025, chiếm **100,0% dân số**; 3 đơn vị báo cáo chậm; không còn đơn vị nào thiếu.",
                "Chỉ tính các quận, huyện có báo cáo cả hai kỳ.",
            ],
        ),
    ],
)  # fmt: skip
def test_the_headline_says_who_reported_and_how_late(
    open_page: OpenPage, warehouse_full: Path, query: dict[str, str], sentences: list[str]
) -> None:
    words = opened(open_page, warehouse_full, **query)
    for sentence in sentences:
        assert any(sentence in text for text in words), sentence


def test_every_sentence_on_coverage_carries_the_mark_of_its_status(
    open_page: OpenPage, warehouse_full: Path
) -> None:
    said = [text for text in opened(open_page, warehouse_full) if "đã báo cáo**" in text]
    assert len(said) == 1
    assert said[0].count("Minh họa") == 2, "one for the models, one for participation"


def test_with_real_reports_only_nobody_is_called_silent_where_nobody_reported(
    open_page: OpenPage, warehouse_full: Path
) -> None:
    words = opened(open_page, warehouse_full, status="real")
    assert not any("đã báo cáo**" in text or "chưa báo cáo, quá hạn" in text for text in words)
    assert any("Không có báo cáo nào cho lựa chọn này" in text for text in words)


def test_real_and_illustrative_reports_of_one_screen_each_say_which_they_are(
    open_page: OpenPage, build_warehouse: BuildWarehouse
) -> None:
    words = opened(open_page, build_warehouse("reporting", reporting), lang="en")
    (said,) = [text for text in words if "have reported** on learning models" in text]
    models, participation = said.split(":material/fact_check:")
    assert "**2/126 wards and communes" in models
    assert ":blue-badge[:material/description: Reported]" in models
    assert "Illustrative" not in models
    assert ":orange-badge[:material/science: Illustrative]" in participation


def test_an_undated_report_is_neither_late_nor_in_time(
    open_page: OpenPage, build_warehouse: BuildWarehouse
) -> None:
    words = opened(open_page, build_warehouse("reporting", reporting), period="2025-Q3")
    assert any("1 đơn vị không ghi ngày báo cáo nên chưa rõ có chậm không" in text for text in words)


@pytest.mark.parametrize("status", ["all", "real", "illustrative"])
def test_a_card_says_whether_the_city_is_on_track_to_a_target_that_it_has_not_met(
    open_page: OpenPage, warehouse_full: Path, status: str
) -> None:
    found, statuses = current_warehouse(warehouse_full), STATUS_CHOICES[status]
    standings = {
        "behind": "Behind", "on_track": "On track", "far_behind": "Far behind", "too_little_data": "Too little data",
    }  # fmt: skip
    wanted = []
    for model in ("citizen_resident", "citizen_staff", "family", "clan", "community", "unit"):
        indicator_id = f"model.{model}.recognised_of_total"
        figure, way = headline(found, indicator_id, statuses), pace_of_city(found, indicator_id, statuses)
        if figure is not None and way.target is not None:
            (gap,) = gaps(figure, [way.target], [])
            wanted += [] if gap.met else [standings[way.standing]]
    words = opened(open_page, warehouse_full, status=status, lang="en")
    cards = [
        card for text in words for card in text.split('<div class="c-card">')[1:] if "Target 2030" in card
    ]
    marked = [
        name for text in cards for name in standings.values() if f" {name}]" in text and "Pace:" in text
    ]
    assert sorted(marked) == sorted(wanted)
    assert marked
