"""What the first page asks: the period before, what changed over what, who pulls the city, what has no real figure."""

from __future__ import annotations

import datetime as dt

import pytest

from queries import catalogue, figures, overview
from queries.figures import CITY_COVERAGE, STATUS_CHOICES
from queries.overview import Change
from queries.warehouse import Warehouse, current_warehouse
from tests.unit.test_figures import lay_out_offices_that_report

ALL, REAL, ILLUSTRATIVE = (STATUS_CHOICES[key] for key in ("all", "real", "illustrative"))
BASIS = "recognised_of_total"
FAMILY, CLAN = f"model.family.{BASIS}", f"model.clan.{BASIS}"
H2_2024, H1, Q3_2025, Q4_2025 = (
    dt.date(2024, 12, 31), dt.date(2025, 6, 30), dt.date(2025, 9, 30), dt.date(2025, 12, 31),
)  # fmt: skip
Q1, Q2, Q3 = dt.date(2026, 3, 31), dt.date(2026, 6, 30), dt.date(2026, 9, 30)


@pytest.fixture(scope="session")
def offices(build_warehouse) -> Warehouse:
    """Samples of Q4 2025 and Q1 2026; real reports of three wards for Q2 2026 and of a hundred for Q3 2026."""
    return current_warehouse(build_warehouse("offices", lay_out_offices_that_report))


def by_model(changes: list[Change]) -> dict[str, Change]:
    return {change.model: change for change in changes}


# ---- The period before -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period_end", "statuses", "before"),
    [
        (Q3, ALL, Q2),
        (Q2, ALL, None),
        (Q1, ALL, Q4_2025),
        (Q4_2025, ALL, None),
        (Q3, REAL, Q2),
        (Q3, ILLUSTRATIVE, None),
        (Q1, REAL, None),
    ],
)
def test_the_period_before_has_reports_of_the_same_status(offices, period_end, statuses, before):
    assert overview.previous_period(offices, period_end, statuses) == before


def test_before_the_first_wards_report_stands_the_last_of_the_districts(full):
    assert overview.previous_period(full, Q3_2025, ALL) == H1


# ---- What changed ------------------------------------------------------------------------------------------------


def test_a_change_is_over_the_wards_that_reported_in_both_periods(offices):
    (change,) = overview.changes(offices, BASIS, Q3, Q2, ALL)
    assert (change.model, change.level, change.status) == ("family", "ward", "reported")
    assert (change.units, change.expected) == (3, 126)
    assert change.rate_before == pytest.approx((750 + 751 + 752) / 3000)
    assert change.rate_now == pytest.approx((800 + 801 + 802) / 3000)


def test_a_model_of_which_no_ward_reported_twice_is_not_compared(offices):
    series = figures.city_series(offices, CLAN, ("reported",))
    assert [f.period_end for f in series] == [Q2, Q3]
    assert "clan" not in by_model(overview.changes(offices, BASIS, Q3, Q2, ALL))


def test_illustrative_figures_are_never_compared_with_reported_ones(offices):
    assert overview.changes(offices, BASIS, Q2, Q1, ALL) == []
    assert overview.changes(offices, BASIS, Q1, Q4_2025, REAL) == []
    assert len(overview.changes(offices, BASIS, Q1, Q4_2025, ALL)) == 7


def test_across_july_2025_the_former_districts_wholly_reported_are_compared(full):
    changes = by_model(overview.changes(full, BASIS, Q3_2025, H1, ALL))
    assert {change.level for change in changes.values()} == {"former_district"}
    ends = []
    for day in (H1, Q3_2025):
        areas = figures.area_values(full, FAMILY, day, "district", ALL).set_index("area_key")
        ends.append(areas)
    whole = ends[1].index[ends[1]["units_reporting"] == ends[1]["units_expected"]]
    assert 0 < len(whole) < 30
    family = changes["family"]
    assert (family.units, family.expected) == (len(whole), 30)
    for rate, areas in ((family.rate_before, ends[0]), (family.rate_now, ends[1])):
        kept = areas.loc[whole]
        assert rate == pytest.approx(kept["numerator"].sum() / kept["denominator"].sum())
    assert 0 < family.estimated_share < 0.1


def test_where_too_few_former_districts_are_whole_the_citys_sums_are_compared_and_it_says_so(full):
    areas = figures.area_values(full, FAMILY, Q3, "district", ALL).set_index("area_key")
    people = {u["unit_key"]: u["population"] for u in full.rows("SELECT unit_key, population FROM unit")}
    whole = areas.index[areas["units_reporting"] == areas["units_expected"]]
    assert sum(people[key] for key in whole) < CITY_COVERAGE * sum(people[key] for key in areas.index)
    family = by_model(overview.changes(full, BASIS, Q3, H1, ALL))["family"]
    city = {f.period_end: f.value for f in figures.city_series(full, FAMILY, ILLUSTRATIVE)}
    assert (family.level, family.units, family.expected) == ("city", None, None)
    assert (family.rate_before, family.rate_now) == pytest.approx((city[H1], city[Q3]))


@pytest.mark.parametrize(("now", "before"), [(Q3_2025, H1), (Q3, H1)])
def test_learning_communes_and_districts_are_not_compared_across_july_2025(full, now, before):
    across = by_model(overview.changes(full, BASIS, now, before, ALL))
    assert {"commune", "district"}.isdisjoint(across)
    assert len(across) == 6
    assert {"commune", "district"} <= set(by_model(overview.changes(full, BASIS, H1, H2_2024, ALL)))


# ---- Who pulls the city ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", ["city", "type", "district"])
@pytest.mark.parametrize("target", [0.7, 0.8, 0.0])
@pytest.mark.parametrize("period_end", [Q3, H1])
def test_pulls_add_up_to_the_distance_of_the_city_from_the_target(full, group, target, period_end):
    pulls = overview.pulls(full, FAMILY, period_end, group, ALL, target)
    if group == "type" and period_end < dt.date(2025, 7, 1):
        assert pulls.empty
        return
    city = next(f for f in figures.city_series(full, FAMILY, ILLUSTRATIVE) if f.period_end == period_end)
    assert city.value is not None
    assert pulls["pull"].sum() == pytest.approx(city.value - target)
    assert pulls["pull"].is_monotonic_decreasing
    assert ((pulls["pull"] > 0) == (pulls["value"] > target)).all()


def test_no_reports_no_pulls(empty, offices):
    assert overview.pulls(empty, FAMILY, Q3, "city", ALL, 0.8).empty
    assert overview.pulls(offices, FAMILY, Q1, "city", REAL, 0.8).empty


# ---- What is missing ---------------------------------------------------------------------------------------------


def test_models_without_a_real_figure_are_named(full, empty):
    assert list(overview.models_without_real_figures(full, BASIS)["model"]) == [
        "citizen_staff", "commune", "district",
    ]  # fmt: skip
    assert len(overview.models_without_real_figures(empty, BASIS)) == len(catalogue.TITLES)
