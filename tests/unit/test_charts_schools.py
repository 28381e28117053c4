"""Charts of schools, and what they ask the warehouse."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from charts import schools as school_charts
from charts.base import Chart, Look
from charts.palette import palette
from i18n import words_in
from queries import schools
from queries.catalogue import Source, Target
from queries.figures import Figure
from queries.schools import Filters, Register, SchoolYear
from queries.warehouse import Warehouse, current_warehouse

VI = Look(words_in("vi"), palette(False))
EN = Look(words_in("en"), palette(True))
SOURCE = Source("s", "Title", "example.vn", None, None, "https://example.vn/a", "press", None)
FIGURE = Figure(
    "school.count", None, "published", "s", None, dt.date(2025, 9, 30), 2954, None, None, None, None, "reference",
    "2025-2026", None, None, None, None, None, None,
)  # fmt: skip
TARGET = Target(
    "school.national_standard.public",
    "city",
    2025,
    0.8,
    0.85,
    "s",
    True,
    "",
    "",
    None,
    "Kế hoạch",
    None,
    None,
)


def year(start: int, comparable: bool = True, note: str | None = None) -> SchoolYear:
    return SchoolYear(
        f"{start}-{start + 1}", dt.date(start, 9, 1), dt.date(start + 1, 8, 31), comparable, note, note
    )


YEARS = [
    year(start, start != 2021, "Phạm vi khác." if start == 2021 else None) for start in range(2014, 2027)
]


def total(label: str, day: dt.date, value: float, **changes: Any) -> Figure:
    return replace(FIGURE, period_label=label, period_end=day, value=value, **changes)


SERIES = [
    total("2018-2019", dt.date(2018, 9, 30), 2689),
    total("06/2022", dt.date(2022, 6, 30), 2835),
    total("2023-2024", dt.date(2023, 9, 30), 2874),
    total("2024-2025", dt.date(2024, 9, 30), 2913),
    total("2025-2026", dt.date(2025, 9, 30), 2954),
    total("12/2025", dt.date(2025, 12, 5), 2913, date_basis="undated", note_vi="Không nêu ngày chốt."),
]


def lines(chart: Chart) -> list[tuple[list[float], str]]:
    return [
        (list(t.y), t.line.dash)
        for t in chart.figure.data
        if t.type == "scatter" and t.mode == "lines" and len(t.x or ()) == 2
    ]


# ---- Published totals over time ----------------------------------------------------------------------------------


def test_a_total_of_another_coverage_is_marked_named_and_never_joined_by_a_line():
    chart = school_charts.totals_trend(SERIES, YEARS, "count", VI)
    joined = {value for pair, _ in lines(chart) for value in pair}
    assert joined == {2689, 2874, 2913, 2954}
    symbols = {value: t.marker.symbol for t in chart.figure.data if t.mode == "markers+text" for value in t.y}
    assert symbols[2835] == "diamond-open" != symbols[2954]
    assert any("2.835" in note and "Phạm vi khác" in note for note in chart.notes)


def test_the_line_is_dotted_across_years_without_figures_and_whole_between_neighbours():
    dashes = {
        tuple(pair): dash for pair, dash in lines(school_charts.totals_trend(SERIES, YEARS, "count", VI))
    }
    assert dashes == {(2689, 2874): "dot", (2874, 2913): "solid", (2913, 2954): "solid"}


def test_a_figure_that_only_has_a_printing_day_is_not_drawn_but_said():
    chart = school_charts.totals_trend(SERIES, YEARS, "count", VI)
    drawn = [day for t in chart.figure.data for day in (t.x or ())]
    assert dt.date(2025, 12, 5) not in drawn
    assert any("05/12/2025" in note and "2.913" in note for note in chart.notes)
    assert len(chart.table) == len(SERIES)


def test_the_most_exact_of_two_figures_of_a_day_is_drawn_and_the_table_has_both():
    series = [
        total("2025-2026", dt.date(2025, 9, 30), 2_300_000, qualifier="over", source_id="a"),
        total("2025-2026", dt.date(2025, 9, 30), 2_327_000, source_id="b"),
    ]
    chart = school_charts.totals_trend(series, YEARS, "pupils", EN)
    assert [value for t in chart.figure.data for value in t.y] == [2_327_000]
    assert list(chart.table.iloc[:, 1]) == ["over 2,300,000", "2,327,000"]


def test_the_title_says_where_it_came_from_and_where_it_is_in_the_readers_language():
    assert school_charts.totals_trend(SERIES, YEARS, "count", VI).title == "Từ 2.689 lên 2.954 trường"
    assert school_charts.totals_trend(SERIES, YEARS, "count", EN).title == "From 2,689 up to 2,954 schools"


@pytest.mark.parametrize("part", [SERIES[:1], SERIES[1:2], SERIES[-1:]])
def test_one_figure_alone_makes_a_chart(part):
    chart = school_charts.totals_trend(part, YEARS, "count", VI)
    assert chart.title
    assert len(chart.table) == 1


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("2025-2026", "năm học 2025–2026"),
        ("2015", "năm 2015"),
        ("06/2022", "tháng 6/2022"),
        ("2021-2050", "30/06/2022"),
    ],
)
def test_a_date_is_worded_as_its_source_does(label, words):
    assert school_charts.date_of(label, None, dt.date(2022, 6, 30), VI) == words


# ---- The register ------------------------------------------------------------------------------------------------


def levels(*rows: tuple[str, str, int, int | None, int | None]) -> pd.DataFrame:
    """Rows of level, ownership, schools, pupils, classes; a fifth of the schools are without any mark."""
    return pd.DataFrame(
        [
            {
                "level": level, "ownership": ownership, "schools": n, "pupils": pupils, "pupils_known": n if pupils else 0,
                "classes": classes, "classes_known": n if classes else 0, "teachers": None, "teachers_known": 0,
                "pupils_with_classes": pupils, "classes_with_pupils": classes, "pupils_with_teachers": None,
                "teachers_with_pupils": None, "standard": n // 2, "standard_known": n, "happy": 0, "happy_known": 0,
            }
            for level, ownership, n, pupils, classes in rows
        ]
    )  # fmt: skip


FRAME = levels(
    ("preschool", "public", 30, 9000, 300),
    ("preschool", "private", 10, 1000, 50),
    ("primary", "public", 20, 20000, 500),
    ("university", "public", 5, 50000, 900),
)


def test_universities_do_not_count_among_the_three_thousand_schools():
    chart = school_charts.levels(FRAME, "b", VI)
    assert chart.title == "Mầm non nhiều nhất: 40 trường, 67% tổng số"
    assert "Đại học" not in chart.alt
    assert chart.table["Cộng"].sum() == 60


def test_an_average_is_a_sum_over_a_sum_and_not_a_mean_of_averages():
    chart = school_charts.level_ratio(FRAME, "pupils_per_school", True, "b", EN)
    assert chart is not None
    assert list(chart.figure.data[0].x) == [250, 1000]
    assert "Whole city 500" in chart.alt


def test_an_average_that_the_register_has_no_numbers_for_is_not_drawn():
    assert school_charts.level_ratio(FRAME, "pupils_per_teacher", True, "b", VI) is None
    assert school_charts.quality(FRAME, "happy", None, "b", VI) is None


def test_the_average_of_a_register_that_covers_some_wards_does_not_speak_for_the_city():
    chart = school_charts.level_ratio(FRAME, "pupils_per_school", False, "b", VI)
    assert chart is not None
    assert "Toàn thành phố" not in chart.alt


def test_the_national_standard_by_level_is_of_public_schools_as_the_target_is():
    chart = school_charts.quality(FRAME, "standard", TARGET, "b", VI)
    assert chart is not None
    assert list(chart.table.iloc[:, 2]) == [30, 20]
    assert "80–85%" in chart.alt


@pytest.mark.parametrize(("kind", "drawn"), [("city", 12), ("district", 30), ("type", 30)])
def test_places_are_ranked_and_the_table_has_them_all(kind, drawn):
    areas = pd.DataFrame(
        {
            "area_key": [f"k{n}" for n in range(30)],
            "name_vi": [f"Nơi {n}" for n in range(30)],
            "name_en": [f"Place {n}" for n in range(30)],
            "schools": range(60, 30, -1),
            "public": range(40, 10, -1),
            "private": [20] * 30,
        }
    )
    chart = school_charts.places(areas, kind, "b", VI)
    assert len(chart.figure.data[0].y) == drawn
    assert len(chart.table) == 30


def wards(*rows: tuple[str, int | None, float | None, float | None, float | None]) -> pd.DataFrame:
    """Rows of name, population, schools, preschools, pupils."""
    frame = pd.DataFrame(
        rows, columns=["name_vi", "population", "schools", "preschools", "pupils"], dtype=object
    )
    for column in ("population", "schools", "preschools", "pupils"):
        frame[column] = pd.to_numeric(frame[column])
    people = frame["population"]
    return frame.assign(
        unit_key=frame["name_vi"],
        code=[f"{n:05d}" for n in range(len(frame))],
        name_en=frame["name_vi"],
        district_vi="Q",
        district_en="D",
        population_as_of="2025",
        residents_per_preschool=people / frame["preschools"].replace(0, float("nan")),
        pupils_per_1000=1000 * frame["pupils"] / people,
    )


def test_a_ward_without_any_preschool_comes_first_and_one_outside_the_register_is_only_counted():
    frame = wards(
        ("A", 1000, 2, 1, 200), ("B", 9000, 3, 1, 300), ("C", 500, 1, 0, 100), ("D", 800, None, None, None)
    )
    chart = school_charts.few_preschools(frame, "b", VI)
    assert chart is not None
    assert list(chart.figure.data[0].y) == ["C", "B", "A"]
    assert chart.title.startswith("1 phường, xã không có trường mầm non")
    assert chart.notes == ("1 phường, xã chưa có trường nào trong danh sách, chưa tính được.",)
    assert "Toàn thành phố" not in chart.alt


def test_few_pupils_are_ranked_from_the_lowest():
    chart = school_charts.few_pupils(wards(("A", 1000, 2, 1, 200), ("B", 9000, 3, 1, 300)), "b", EN)
    assert chart is not None
    assert chart.title == "B: 33 pupils per 1,000 residents"
    assert "Whole city 50" in chart.alt


def test_nothing_is_drawn_where_no_ward_can_be_worked_out():
    frame = wards(("A", None, None, None, None))
    assert school_charts.few_preschools(frame, "b", VI) is None
    assert school_charts.few_pupils(frame, "b", VI) is None


# ---- The national standard ---------------------------------------------------------------------------------------


def rate(value: float, day: dt.date, **changes: Any) -> Figure:
    return replace(FIGURE, value=value, period_end=day, basis="of_total", period_label=None, **changes)


def test_rates_of_all_schools_are_named_beside_the_chart_of_public_ones_and_not_drawn_in_it():
    public = [rate(0.8, dt.date(2024, 9, 30), qualifier="nearly")]
    everyone = [rate(0.643, dt.date(2022, 6, 30), qualifier="about")]
    chart = school_charts.standard_trend(public, everyone, [TARGET], "", VI)
    assert chart is not None
    assert "64,3" in chart.notes[0]
    assert 64.3 not in [value for t in chart.figure.data for value in (t.y or ())]
    assert chart.title == "Gần 80% trường công lập đạt chuẩn quốc gia; chỉ tiêu 2025: 80–85%"


def test_a_target_that_is_a_range_is_shown_as_a_range():
    assert school_charts.target_range(TARGET, VI) == "80–85%"
    assert school_charts.target_range(replace(TARGET, value_max=None), EN) == "80%"


def test_without_any_rate_there_is_no_chart_of_the_standard():
    assert school_charts.standard_trend([], [], [TARGET], "", VI) is None


# ---- Asking the register -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small() -> Warehouse:
    con = duckdb.connect()
    con.execute(
        """
        CREATE TABLE unit AS SELECT * FROM (VALUES
            ('001@legacy', 'Quận Ba Đình', 'Ba Dinh District', 'district', 'quan', '001@legacy', NULL, DATE '2025-06-30', 1, '2019'),
            ('w1', 'Phường Đống Đa', 'Dong Da Ward', 'ward', 'phuong', '001@legacy', DATE '2025-07-01', NULL, 1000, '2025'),
            ('w2', 'Xã Ba Vì', 'Ba Vi Commune', 'ward', 'xa', '001@legacy', DATE '2025-07-01', NULL, 500, '2025')
        ) t (unit_key, name_vi, name_en, level, type, main_district_key, valid_from, valid_to, population, population_as_of);
        ALTER TABLE unit ADD COLUMN code VARCHAR;
        CREATE TABLE school AS SELECT * FROM (VALUES
            (DATE '2025-09-30', 'A1', 'Trường Mầm non Hoa Sữa', 'preschool', 'public', 'w1', 10, 200, 20, true, true, '2025-2026', 'reported'),
            (DATE '2025-09-30', 'A2', 'Trường Tiểu học Bình Minh', 'primary', 'public', 'w1', 10, 300, 20, false, NULL, '2025-2026', 'reported'),
            (DATE '2025-09-30', 'A3', 'Trường Đại học Số Ba', 'university', 'private', 'w1', NULL, NULL, NULL, NULL, NULL, '2025-2026', 'reported'),
            (DATE '2024-09-30', 'S1', 'Trường minh họa', 'primary', 'public', 'w2', 5, 100, 9, true, true, '2024-2025', 'illustrative')
        ) t (as_of, school_code, school_name, level, ownership, unit_key, classes, pupils, teachers, national_standard,
             happy_school, school_year, status);
        """
    )
    return Warehouse(Path("small.duckdb"), "small", dt.datetime(2026, 11, 1, tzinfo=dt.UTC), con)


def the_register(w: Warehouse) -> Register:
    found = schools.register(w, ("published", "reported", "illustrative"), dt.date(2026, 9, 30))
    assert found is not None
    return found


def test_the_register_of_the_period_is_the_latest_one_by_then(small):
    assert the_register(small) == Register(dt.date(2025, 9, 30), "reported", "2025-2026", 2, 1, 1, 2)
    before = schools.register(small, ("illustrative", "reported"), dt.date(2024, 12, 31))
    assert before is not None
    assert before.as_of == dt.date(2024, 9, 30)


def test_a_period_before_every_register_falls_back_to_the_latest_one(small):
    early = schools.register(small, ("reported", "illustrative"), dt.date(2021, 6, 30))
    assert early is not None
    assert early.as_of == dt.date(2025, 9, 30)


def test_a_status_that_no_register_has_gives_none(small):
    assert schools.register(small, ("published",)) is None


@pytest.mark.parametrize(
    ("sought", "codes"),
    [
        ("", ["A1", "A2", "A3"]),
        ("hoa sua", ["A1"]),
        ("Hoa Sữa", ["A1"]),
        ("dong da", ["A1", "A2", "A3"]),
        ("đống", ["A1", "A2", "A3"]),
        ("DAI HOC", ["A3"]),
        ("a2", ["A2"]),
        ("hòa", []),
        ("%", []),
        ("' OR 1=1 --", []),
    ],
)
def test_schools_are_found_by_name_code_or_ward_with_or_without_diacritics(small, sought, codes):
    of = the_register(small)
    filters = Filters(sought=sought)
    assert list(schools.sought(small, of, filters, 100, 0)["school_code"]) == codes
    assert schools.count_sought(small, of, filters) == len(codes)


def test_filters_and_pages_narrow_the_register(small):
    of = the_register(small)
    assert schools.count_sought(small, of, Filters(level="primary")) == 1
    assert schools.count_sought(small, of, Filters(ownership="private")) == 1
    assert schools.count_sought(small, of, Filters(district="001@legacy")) == 3
    assert list(schools.sought(small, of, Filters(), 1, 1)["school_code"]) == ["A2"]


def test_a_ward_outside_the_register_has_no_rate_rather_than_a_rate_of_zero(small):
    supply = schools.supply(small, the_register(small)).set_index("unit_key")
    assert supply.loc["w1", "residents_per_preschool"] == 1000
    assert supply.loc["w1", "pupils_per_1000"] == 500
    assert supply.loc["w2", ["schools", "pupils_per_1000"]].isna().all()


def test_the_published_warehouse_answers_what_the_page_asks(warehouse_full: Path):
    w = current_warehouse(warehouse_full)
    ratios = schools.published_ratios(w).set_index("school_year")
    assert ratios.loc["2025-2026", "schools"] == 2954
    assert ratios.loc["2025-2026", "pupils"] == 2_327_000  # the exact figure, not “over 2.3 million”
    assert not {"2014-2015", "2015-2016", "2017-2018", "2021-2022"} & set(ratios.index)


@pytest.mark.parametrize("filters", [Filters(), Filters(ownership="public"), Filters(sought="trường")])
def test_pages_put_together_are_the_whole_list(full, filters):
    of = schools.register(full, ("illustrative",))
    assert of is not None
    n = schools.count_sought(full, of, filters)
    whole = schools.sought(full, of, filters, n, 0)
    assert len(whole) == n > 700
    pages = [schools.sought(full, of, filters, 700, offset) for offset in range(0, n, 700)]
    assert pd.concat(pages, ignore_index=True).equals(whole)
    places = [schools.LEVELS.index(level) for level in whole["level"]]
    assert places == sorted(places)
    assert schools.sought(full, of, filters, 50, n).empty
