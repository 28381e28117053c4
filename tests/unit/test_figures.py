"""The city's figures: which one is shown first, who reported, what changed."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from queries import catalogue, figures, timeline
from queries.bases import MixedBases, one_basis
from queries.figures import STATUS_CHOICES, Figure, best, headline, implied_total
from queries.published import published_about
from queries.warehouse import Warehouse, current_warehouse
from tests.conftest import DATA, reference_only

ALL, REAL, ILLUSTRATIVE = (STATUS_CHOICES[key] for key in ("all", "real", "illustrative"))
FAMILY, CLAN = "model.family.recognised_of_total", "model.clan.recognised_of_total"
BASIS = "recognised_of_total"
Q4_2025, Q1, Q2, Q3 = (
    dt.date(2025, 12, 31), dt.date(2026, 3, 31), dt.date(2026, 6, 30), dt.date(2026, 9, 30),
)  # fmt: skip
HEADER = "period,unit_code,unit_name,model,total,registered,recognised,note\n"
FIGURE = Figure(
    FAMILY, BASIS, "published", "a", None, dt.date(2024, 8, 17), 0.7, None, None, None, None, "publication",
    None, None, None, None, None, None, None,
)  # fmt: skip


def wards() -> list[dict[str, str]]:
    """Today's wards, the most populous first."""
    with (DATA / "reference" / "unit.csv").open(encoding="utf-8", newline="") as file:
        today = [
            row
            for row in csv.DictReader(file)
            if row["level"] == "ward" and row["valid_from"] == "2025-07-01"
        ]
    return sorted(today, key=lambda row: -float(row["population"]))


WARDS = wards()
FEW, MOST = WARDS[:3], WARDS[:100]


def report(period: str, units: list[dict[str, str]], model: str, recognised: int) -> str:
    return "".join(
        f"{period},{u['code']},{u['name_vi']},{model},1000,900,{recognised + place % 10},\n"
        for place, u in enumerate(units)
    )


def lay_out_offices_that_report(folder: Path) -> Path:
    """Published figures, samples of two quarters, three wards' reports of the next and a hundred wards' of the last."""
    reference_only(folder)
    (folder / "published").mkdir()
    shutil.copy(DATA / "published" / "learning_models.csv", folder / "published")
    samples = folder / "sample" / "learning_models"
    samples.mkdir(parents=True)
    for name in ("2025-Q4.csv", "2026-Q1.csv", "2026-Q2.csv"):
        shutil.copy(DATA / "sample" / "learning_models" / name, samples)
    reports = folder / "reports"
    reports.mkdir()
    second = HEADER + report("2026-Q2", FEW, "family", 750) + report("2026-Q2", FEW[:1], "clan", 500)
    third = HEADER + report("2026-Q3", MOST, "family", 800) + report("2026-Q3", FEW[1:], "clan", 600)
    (reports / "q2.csv").write_text(second, encoding="utf-8", newline="\n")
    (reports / "q3.csv").write_text(third, encoding="utf-8", newline="\n")
    return folder


@pytest.fixture(scope="session")
def one_row(warehouse_one_row: Path) -> Warehouse:
    return current_warehouse(warehouse_one_row)


@pytest.fixture(scope="session")
def offices(build_warehouse) -> Warehouse:
    return current_warehouse(build_warehouse("offices", lay_out_offices_that_report))


# ---- The figure to show first ------------------------------------------------------------------------------------


def test_the_latest_dated_figure_comes_before_the_newer_undated_one_of_the_unesco_dossier(full):
    dossier = [f for f in figures.city_series(full, FAMILY, REAL) if f.date_basis == "undated"]
    assert [(f.value, f.period_end) for f in dossier] == [(0.67, dt.date(2025, 12, 5))]
    first = headline(full, FAMILY, ALL)
    assert first is not None
    assert (first.value, first.period_end, first.status) == (0.721, dt.date(2024, 8, 17), "published")


@pytest.mark.parametrize("model", ["citizen_resident", "family", "clan", "community", "unit"])
def test_an_illustrative_figure_never_stands_where_a_real_one_exists(full, model):
    first = headline(full, f"model.{model}.{BASIS}", ALL)
    assert first is not None
    assert first.status == "published"
    assert first == headline(full, f"model.{model}.{BASIS}", REAL)


@pytest.mark.parametrize("model", ["citizen_staff", "commune", "district"])
def test_an_illustrative_figure_is_shown_only_where_nothing_real_exists(full, model):
    first = headline(full, f"model.{model}.{BASIS}", ALL)
    assert first is not None
    assert first.status == "illustrative"
    assert headline(full, f"model.{model}.{BASIS}", REAL) is None


@pytest.mark.parametrize(
    ("until", "day", "value", "status"),
    [
        (None, Q3, (800 * 100 + 450) / 100_000, "reported"),
        (Q3, Q3, (800 * 100 + 450) / 100_000, "reported"),
        (dt.date(2026, 9, 29), dt.date(2024, 8, 17), 0.721, "published"),
        (dt.date(2024, 8, 17), dt.date(2024, 8, 17), 0.721, "published"),
        (dt.date(2024, 8, 16), dt.date(2023, 8, 15), 0.7125, "published"),
    ],
)
def test_the_figure_is_the_latest_up_to_a_day_and_reports_of_three_wards_are_not_the_citys(
    offices, until, day, value, status
):
    first = headline(offices, FAMILY, ALL, until)
    assert first is not None
    assert (first.period_end, first.status) == (day, status)
    assert first.value == pytest.approx(value)


def test_before_the_first_figure_there_is_none(offices):
    assert headline(offices, FAMILY, ALL, dt.date(2010, 1, 1)) is None


def test_a_sum_of_reports_carries_its_coverage(offices):
    sums = {f.period_end: f for f in figures.city_series(offices, FAMILY, ("reported",))}
    people = sum(float(w["population"]) for w in WARDS)
    for day, units in ((Q2, FEW), (Q3, MOST)):
        assert (sums[day].units_reporting, sums[day].units_expected) == (len(units), 126)
        share = sum(float(w["population"]) for w in units) / people
        assert sums[day].population_share == pytest.approx(share)
    assert (sums[Q2].population_share or 1) < figures.CITY_COVERAGE < (sums[Q3].population_share or 0)


@pytest.mark.parametrize(
    ("share", "shown"), [(0.0, False), (0.4999, False), (0.5, True), (0.51, True), (1.0, True)]
)
def test_a_sum_of_reports_is_the_citys_from_half_of_the_population_on(share, shown):
    figure = replace(
        FIGURE, status="reported", population_share=share, units_reporting=60, units_expected=126
    )
    assert (best([figure]) is figure) is shown


UNDATED = replace(FIGURE, date_basis="undated", period_end=dt.date(2025, 12, 5))
SAMPLE = replace(FIGURE, status="illustrative", period_end=Q3, date_basis="reference")
OVER = replace(FIGURE, qualifier="over", source_id="z")
WITHOUT_VALUE = replace(FIGURE, value=None, period_end=Q3)


@pytest.mark.parametrize(
    ("series", "first"),
    [
        ([], None),
        ([WITHOUT_VALUE], None),
        ([WITHOUT_VALUE, FIGURE], FIGURE),
        ([UNDATED, FIGURE, SAMPLE], FIGURE),
        ([UNDATED, SAMPLE], UNDATED),
        ([SAMPLE], SAMPLE),
        ([OVER, FIGURE], FIGURE),
        ([FIGURE, OVER], FIGURE),
        ([replace(OVER, period_end=Q1), FIGURE], replace(OVER, period_end=Q1)),
    ],
)
def test_real_before_illustrative_dated_before_undated_later_before_earlier_exact_before_over(series, first):
    assert best(series) == first
    assert best(series[::-1]) == first


def test_of_two_figures_of_one_day_the_exact_one_is_shown(full):
    indicator_id = "participation.association.members_of_population"
    same_day = {
        f.value: f.qualifier
        for f in figures.city_series(full, indicator_id, ("published",))
        if f.period_end == dt.date(2024, 12, 31)
    }
    assert same_day == {0.24: "nearly", 0.2344: None}
    first = headline(full, indicator_id, REAL, dt.date(2024, 12, 31))
    assert first is not None
    assert first.value == 0.2344


def test_nothing_is_shown_where_nothing_was_sent(empty):
    assert headline(empty, FAMILY, ALL) is None
    assert figures.city_series(empty, FAMILY, ALL) == []


def test_one_wards_report_is_in_the_series_but_is_not_the_citys_figure(one_row):
    assert [f.value for f in figures.city_series(one_row, FAMILY, ALL)] == [0.7]
    assert headline(one_row, FAMILY, ALL) is None


# ---- A total that follows from a count and its rate --------------------------------------------------------------


def test_a_total_follows_from_a_count_and_its_rate():
    found = implied_total([replace(FIGURE, numerator=700_000)])
    assert found is not None
    assert found.denominator == pytest.approx(1_000_000)


WHOLE_SUM = replace(
    FIGURE, status="reported", numerator=70, denominator=100, units_reporting=126, units_expected=126
)
PART_SUM = replace(WHOLE_SUM, units_reporting=125)


@pytest.mark.parametrize(
    ("series", "total"),
    [
        ([], None),
        ([FIGURE], None),
        ([replace(FIGURE, numerator=7, value=0.0)], None),
        ([PART_SUM], None),
        ([replace(SAMPLE, numerator=70, denominator=100)], None),
        ([WHOLE_SUM], 100),
        ([PART_SUM, replace(FIGURE, numerator=7000)], 10_000),
        ([WHOLE_SUM, replace(FIGURE, numerator=7000, period_end=Q3)], 100),
    ],
)
def test_sums_of_some_units_and_illustrative_figures_give_no_total(series, total):
    found = implied_total(series)
    assert (found.denominator if found else None) == (pytest.approx(total) if total else None)


# ---- Bases -------------------------------------------------------------------------------------------------------


def test_figures_on_two_bases_do_not_go_together():
    other = replace(FIGURE, basis="recognised_of_registered")
    with pytest.raises(MixedBases, match=r"recognised_of_registered.*recognised_of_total"):
        one_basis([FIGURE, other])
    with pytest.raises(MixedBases):
        one_basis([FIGURE, replace(FIGURE, basis=None)])


def test_figures_on_one_basis_share_it():
    assert one_basis([FIGURE, UNDATED]) == BASIS
    assert one_basis([]) is None


def test_a_series_of_one_indicator_is_on_one_basis(full):
    for basis in catalogue.BASES:
        assert one_basis(figures.city_series(full, f"model.family.{basis}", ALL)) == basis


# ---- What units reported -----------------------------------------------------------------------------------------


def as_reported(w, indicator_id, day, statuses):
    return timeline.values_on(w, indicator_id, day, timeline.vintage_of(w, day), statuses)


def test_units_that_sent_nothing_are_listed_without_a_value(offices):
    units = as_reported(offices, FAMILY, Q2, ALL)
    assert len(units) == 126
    assert units["unit_key"].is_unique
    reported = units[units["value"].notna()]
    assert set(reported["code"]) == {w["code"] for w in FEW}
    assert set(reported["status"]) == {"reported"}
    assert reported["value"].tolist() == (reported["numerator"] / reported["denominator"]).tolist()


@pytest.mark.parametrize(
    ("period_end", "units", "types"),
    [
        (dt.date(2025, 6, 30), 30, {"quan", "huyen", "thi_xa"}),
        (dt.date(2025, 9, 30), 126, {"phuong", "xa"}),
    ],
)
def test_districts_report_until_mid_2025_and_wards_after(full, period_end, units, types):
    found = as_reported(full, FAMILY, period_end, ALL)
    assert len(found) == units
    assert set(found["type"]) == types


def test_with_real_figures_only_no_illustrative_value_is_listed(full):
    units = as_reported(full, FAMILY, Q3, REAL)
    assert len(units) == 126
    assert units["value"].isna().all()


def test_phuong_and_xa_are_sums_and_say_how_many_reported(offices):
    found = figures.area_values(offices, FAMILY, Q3, "type", ALL).set_index("area_key")
    for kind in ("phuong", "xa"):
        expected = [w for w in WARDS if w["type"] == kind]
        reporting = [(place, w) for place, w in enumerate(MOST) if w["type"] == kind]
        row = found.loc[kind]
        assert (row["units_reporting"], row["units_expected"]) == (len(reporting), len(expected))
        assert row["numerator"] == sum(800 + place % 10 for place, _ in reporting)
        assert row["value"] == pytest.approx(row["numerator"] / (1000 * len(reporting)))
        people = sum(float(w["population"]) for w in expected)
        share = sum(float(w["population"]) for _, w in reporting) / people
        assert row["population_share"] == pytest.approx(share)


def test_areas_add_up_to_the_city(full):
    city = next(f for f in figures.city_series(full, FAMILY, ILLUSTRATIVE) if f.period_end == Q3)
    for kind in ("type", "district"):
        areas = figures.area_values(full, FAMILY, Q3, kind, ALL)
        assert areas["numerator"].sum() == pytest.approx(city.numerator, rel=1e-12)
        assert areas["denominator"].sum() == pytest.approx(city.denominator, rel=1e-12)
    types = figures.area_values(full, FAMILY, Q3, "type", ALL)
    assert types["units_reporting"].sum() == city.units_reporting
    assert types["units_expected"].sum() == 126


# ---- Periods -----------------------------------------------------------------------------------------------------


def test_periods_are_listed_with_the_newest_first(full, offices, empty):
    assert [p.end for p in figures.periods(offices)] == [Q3, Q2, Q1, Q4_2025]
    assert figures.periods(offices)[0].start == dt.date(2026, 7, 1)
    ends = [p.end for p in figures.periods(full)]
    assert ends == sorted(ends, reverse=True)
    assert len(ends) == 14
    assert figures.periods(empty) == ()


def test_wards_of_today_begin_on_1_july_2025(full, empty):
    assert figures.reform_day(full) == figures.reform_day(empty) == dt.date(2025, 7, 1)


def test_the_title_of_learning_district_ended_with_the_districts_and_no_other_did(full):
    ended = {m.model: m.ended_on for m in catalogue.learning_models(full) if m.ended_on}
    assert ended == {"district": dt.date(2025, 6, 30)}
    days = [f.period_end for f in figures.city_series(full, f"model.district.{BASIS}", ALL)]
    assert max(days) == dt.date(2025, 6, 30)


# ---- What is published about a model -----------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["family", "clan", "community", "unit"])
def test_published_figures_are_listed_for_the_city_first_then_districts_then_wards_the_latest_first(
    full, model
):
    listed = published_about(full, model)
    count = full.row(
        "SELECT count(*) AS n FROM observation JOIN indicator USING (indicator_id) WHERE status = 'published' AND model = ?",
        model,
    )
    assert count is not None
    assert len(listed) == count["n"] > 0
    level = {
        row["name_vi"]: row["level"]
        for row in full.rows("SELECT name_vi, level FROM unit ORDER BY level DESC")
    }
    rank = [{"city": 0, "district": 1, "ward": 2}[level[f.place_vi]] for f in listed]
    assert rank == sorted(rank)
    for place in set(rank):
        days = [f.period_end for f, r in zip(listed, rank, strict=True) if r == place]
        assert days == sorted(days, reverse=True)
    assert all(f.source_title for f in listed)
