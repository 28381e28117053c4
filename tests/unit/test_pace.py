"""How far it is to a target, how fast it goes, how fast it must go, and where the trend leads."""

from __future__ import annotations

import csv
import datetime as dt
import math
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from queries import pace
from queries.catalogue import Target, governing_targets
from queries.figures import STATUS_CHOICES, Figure
from queries.gaps import gaps
from queries.pace import PaceRules
from queries.projection import Projection, log_odds, project, rate_of, spread
from queries.warehouse import Warehouse, current_warehouse
from tests.conftest import BuildWarehouse, reference_only
from tests.serving import ROOT

ALL, SAMPLE = STATUS_CHOICES["all"], STATUS_CHOICES["illustrative"]
FAMILY = "model.family.recognised_of_total"
RULES = PaceRules(270, 460, 0.5, 4, 250, 0.8)
D = dt.date
Q3_2025, Q2_2026, Q3_2026 = D(2025, 9, 30), D(2026, 6, 30), D(2026, 9, 30)
FIGURE = Figure(
    FAMILY, "recognised_of_total", "reported", "s", None, Q3_2026, 0.7, 700, 1000, None, None,
    "reference", None, None, None, None, None, None, "ward",
)  # fmt: skip


def target(value: float = 0.8, year: int = 2030, value_max: float | None = None) -> Target:
    return Target(FAMILY, "city", year, value, value_max, "s", True, "", "", None, None, None, None)


def at(day: dt.date, rate: float, qualifier: str | None = None, reporting_level: str = "ward") -> Figure:
    return replace(
        FIGURE,
        period_end=day,
        value=rate,
        numerator=1000 * rate,
        denominator=1000,
        qualifier=qualifier,
        reporting_level=reporting_level,
    )


# ---- Standing ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("met", "per_year", "needed", "standing"),
    [
        (True, None, None, "met"),
        (True, -0.05, None, "met"),
        (False, 0.020, 0.020, "on_track"),
        (False, 0.030, 0.020, "on_track"),
        (False, 0.0199, 0.020, "behind"),
        (False, 0.010, 0.020, "behind"),
        (False, 0.0099, 0.020, "far_behind"),
        (False, 0.0, 0.020, "far_behind"),
        (False, -0.010, 0.020, "far_behind"),
        (False, 0.0, 0.0, "on_track"),
        (False, -0.001, 0.0, "far_behind"),
        (False, None, 0.020, "too_little_data"),
        (False, float("nan"), 0.020, "too_little_data"),
        (False, 0.030, None, "missed"),
        (False, None, None, "missed"),
    ],
)
def test_the_standing_follows_the_pace_needed(met, per_year, needed, standing):
    assert pace.standing_of(met, per_year, needed, RULES) == standing


def test_the_share_that_parts_behind_from_far_behind_is_the_rules():
    assert pace.standing_of(False, 0.012, 0.020, replace(RULES, behind_share=0.7)) == "far_behind"
    assert pace.standing_of(False, 0.012, 0.020, replace(RULES, behind_share=0.6)) == "behind"


@pytest.mark.parametrize(
    ("days", "chosen"),
    [
        ([], None),
        ([Q3_2026], None),
        ([D(2026, 1, 31)], None),
        ([D(2026, 1, 3), D(2026, 1, 4)], D(2026, 1, 3)),
        ([Q3_2025, D(2025, 12, 31), D(2026, 3, 31)], Q3_2025),
        ([D(2025, 12, 31), D(2025, 6, 30)], D(2025, 12, 31)),
        ([D(2025, 6, 27)], D(2025, 6, 27)),
        ([D(2025, 6, 26)], None),
        ([D(2025, 10, 10), D(2025, 9, 20)], D(2025, 10, 10)),
    ],
    ids=["none", "itself", "eight months", "shortest span", "a year", "nearest", "longest span", "too long ago", "tie"],
)  # fmt: skip
def test_the_year_before_is_the_period_nearest_to_a_year_within_limits(days, chosen):
    assert pace.year_before(days, Q3_2026, RULES) == chosen


@given(st.floats(0, 1), st.floats(0, 1), st.dates(D(2021, 1, 1), D(2030, 12, 30)))
def test_the_pace_needed_leads_to_the_target(rate, goal, day):
    needed = pace.pace_needed(rate, day, target(goal))
    assert needed is not None
    years = (D(2030, 12, 31) - day).days / 365.25
    assert needed * years + rate == pytest.approx(goal, abs=1e-9)


@pytest.mark.parametrize("day", [D(2030, 12, 31), D(2031, 3, 31)])
def test_no_pace_is_needed_once_the_year_is_over(day):
    assert pace.pace_needed(0.7, day, target()) is None


def test_a_change_over_a_leap_year_is_put_on_a_year_of_365_and_a_quarter_days():
    assert pace.annualised(D(2023, 9, 30), 0.6, D(2024, 9, 30), 0.66) == pytest.approx(0.06 * 365.25 / 366)


# ---- Targets whose year is over -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("series", "met"),
    [
        ([], None),
        ([at(D(2024, 8, 17), 0.72)], True),
        ([at(D(2024, 8, 17), 0.68)], None),
        ([at(D(2025, 6, 30), 0.68)], None),
        ([at(D(2025, 9, 30), 0.68)], False),
        ([at(D(2025, 12, 31), 0.70)], True),
        ([at(D(2025, 12, 31), 0.70, qualifier="nearly")], False),
        ([at(D(2024, 8, 17), 0.68), at(D(2026, 3, 31), 0.69)], False),
        ([at(D(2024, 8, 17), 0.68), at(D(2026, 3, 31), 0.71)], None),
        ([at(D(2025, 9, 30), 0.68), at(D(2026, 3, 31), 0.71)], False),
    ],
)
def test_a_target_of_2025_was_met_missed_or_cannot_be_told(series, met):
    assert pace.past_target(series, target(0.7, 2025)).met is met


@pytest.mark.parametrize(("rate", "met"), [(0.84, False), (0.85, True), (0.88, True), (0.93, True)])
def test_the_lower_end_of_a_range_is_what_must_be_met(rate, met):
    (gap,) = gaps(at(Q3_2026, rate), [target(0.85, 2030, 0.9)], [])
    assert gap.met is met
    if not met:
        assert pace.pace_needed(rate, Q3_2026, target(0.85, 2030, 0.9)) == pytest.approx(
            0.01 / (1553 / 365.25)
        )


# ---- Projection --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "freedom", "printed"),
    [
        (0.8, 1, 3.078), (0.8, 2, 1.886), (0.8, 3, 1.638), (0.8, 4, 1.533), (0.8, 7, 1.415), (0.8, 30, 1.310),
        (0.95, 1, 12.706), (0.95, 2, 4.303), (0.95, 3, 3.182), (0.95, 8, 2.306), (0.95, 120, 1.980), (0.5, 5, 0.727),
    ],
)  # fmt: skip
def test_the_quantiles_of_students_t_are_those_of_the_printed_tables(level, freedom, printed):
    assert spread(level, freedom) == pytest.approx(printed, abs=6e-4)


@pytest.mark.parametrize(
    ("rate", "numerator", "denominator", "expected"),
    [
        (0.5, None, None, 0.0),
        (0.8, 80, 100, math.log(4)),
        (1.0, 10, 10, math.log(10.5 / 0.5)),
        (0.0, 0, 10, math.log(0.5 / 10.5)),
        (1.2, 12, 10, math.log(10.5 / 0.5)),
        (1.0, None, None, None),
        (0.0, 0, 0, None),
    ],
)
def test_none_and_all_are_moved_by_half_a_count(rate, numerator, denominator, expected):
    found = log_odds(rate, numerator, denominator)
    assert found is None if expected is None else found == pytest.approx(expected)


QUARTERS = [Q3_2025, D(2025, 12, 31), D(2026, 3, 31), Q2_2026, Q3_2026]
COUNTS = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(
    st.lists(COUNTS, min_size=3, max_size=5), st.floats(0.01, 0.99), st.integers(1, 40_000)
)  # fmt: skip
def test_a_projection_and_its_interval_stay_between_none_and_all(counts, level, days):
    series = [
        replace(FIGURE, period_end=day, value=part / whole, numerator=part, denominator=whole)
        for day, (part, whole) in zip(QUARTERS, counts, strict=False)
    ]
    found = project(series, series[-1].period_end + dt.timedelta(days=days), level)
    assert found is not None
    for point in found.path:
        assert 0 <= point.low <= point.mid <= point.high <= 1
    assert found.path[0].day == series[-1].period_end
    assert [p.day for p in found.path] == sorted(p.day for p in found.path)


@given(st.floats(-3, 3), st.floats(-0.5, 0.5))
def test_a_trend_that_never_swayed_is_carried_on_exactly(start, slope):
    def rate(day: dt.date) -> float:
        return rate_of(start + slope * (day - Q3_2025).days / 365.25)

    found = project([replace(FIGURE, period_end=d, value=rate(d)) for d in QUARTERS], D(2030, 12, 31), 0.8)
    assert found is not None
    end = found.at_end
    assert end.mid == pytest.approx(rate(D(2030, 12, 31)), abs=1e-9)
    assert end.high - end.low < 1e-6


def test_the_interval_is_that_of_a_prediction_by_least_squares():
    rates = [0.70, 0.72, 0.71, 0.74, 0.75]
    found = project([at(d, r) for d, r in zip(QUARTERS, rates, strict=True)], D(2030, 12, 31), 0.8)
    assert found is not None
    x = pd.Series([(d - Q3_2025).days / 365.25 for d in QUARTERS])
    y = pd.Series([math.log(r / (1 - r)) for r in rates])
    slope = ((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum()
    s = math.sqrt(((y - y.mean() - slope * (x - x.mean())) ** 2).sum() / 3)
    far = (D(2030, 12, 31) - Q3_2025).days / 365.25 - x.mean()
    mid = y.mean() + slope * far
    half = 1.63774 * s * math.sqrt(1 + 1 / 5 + far**2 / ((x - x.mean()) ** 2).sum())
    for value, expected in (
        (found.at_end.low, mid - half),
        (found.at_end.mid, mid),
        (found.at_end.high, mid + half),
    ):
        assert value == pytest.approx(1 / (1 + math.exp(-expected)), abs=1e-5)  # fmt: skip
    assert found.at_end.high - found.at_end.low > found.path[0].high - found.path[0].low


HALVES = [D(2024, 6, 30), D(2024, 12, 31), D(2025, 6, 30)]


@pytest.mark.parametrize(
    ("series", "real", "outcome"),
    [
        ([at(d, 0.7) for d in QUARTERS], False, None),
        ([at(d, 0.7) for d in QUARTERS[:3]], False, "few_periods"),
        ([at(Q3_2026, 0.7)], False, "few_periods"),
        ([at(d, 0.7) for d in QUARTERS[:3]], True, "real_too_few"),
        ([at(D(2026, 9, n), 0.7) for n in (1, 10, 20, 30)], False, "short_span"),
        ([at(d, 0.5, reporting_level="district") for d in HALVES] + [at(d, 0.7) for d in QUARTERS[:3]], False, "few_periods"),
        ([replace(at(d, 1.0), numerator=None, denominator=None) for d in QUARTERS], False, "no_counts"),
        ([at(d, 0.7) for d in [*QUARTERS, D(2031, 3, 31)]], False, "past"),
    ],
    ids=["drawn", "three", "one", "few real ones", "one month", "not across July 2025", "all without counts", "past"],
)  # fmt: skip
def test_a_projection_is_drawn_or_says_why_not(series, real, outcome):
    found = pace.projection_of(series, real, D(2030, 12, 31), RULES)
    assert isinstance(found, Projection) if outcome is None else found == outcome


def test_no_trend_runs_across_july_2025():
    districts = [at(d, 0.2, reporting_level="district") for d in HALVES]
    found = pace.projection_of([*districts, *(at(d, 0.7) for d in QUARTERS)], False, D(2030, 12, 31), RULES)
    assert isinstance(found, Projection)
    assert (found.first, found.periods) == (Q3_2025, 5)
    assert found.at_end.mid == pytest.approx(0.7)


# ---- Many units --------------------------------------------------------------------------------------------------


def units(rows: list[tuple[float | None, float | None, dt.date | None, float | None]]) -> pd.DataFrame:
    """Units with rate, total, the day a year before and the rate then."""
    frame = pd.DataFrame(rows, columns=["value", "denominator", "then_day", "then_value"])
    return frame.astype({"value": float, "denominator": float, "then_value": float})


def test_every_unit_has_its_gap_what_it_lacks_its_pace_and_its_standing():
    frame = pace.with_standing(
        units(
            [
                (0.80, 1000, Q3_2025, 0.79),
                (0.70, 1000, Q3_2025, 0.65),
                (0.70, 1000, Q3_2025, 0.69),
                (0.70, 1000, Q3_2025, 0.685),
                (0.70, 1000, Q3_2025, 0.72),
                (0.70, None, Q3_2025, 0.65),
                (0.70, 1000, None, None),
                (None, None, None, None),
            ]
        ),
        Q3_2026, target(), RULES, ended=False,
    )  # fmt: skip
    assert frame["standing"].tolist() == [
        "met", "on_track", "far_behind", "behind", "far_behind", "on_track", "too_little_data", "too_little_data"
    ]  # fmt: skip
    assert frame["lacking"].tolist()[:5] == pytest.approx([0, 100, 100, 100, 100])
    assert frame["lacking"].isna().tolist()[5:] == [True, False, True]
    assert frame["gap"].tolist()[:2] == pytest.approx([0, -0.1])
    assert frame["pace"].iloc[1] == pytest.approx(0.05 * 365.25 / 365)
    assert frame["needed"].isna().tolist() == [True, *[False] * 6, True]
    assert pace.standing_counts(frame) == {
        "met": 1, "on_track": 2, "behind": 1, "far_behind": 2, "too_little_data": 2
    }  # fmt: skip


@pytest.mark.parametrize("day", [D(2030, 12, 31), D(2031, 3, 31)])
def test_once_the_year_of_the_target_is_over_a_unit_has_met_or_missed_it(day):
    frame = pace.with_standing(units([(0.8, 10, None, None), (0.79, 10, None, None)]), day, target(), RULES, False)  # fmt: skip
    assert frame["standing"].tolist() == ["met", "missed"]
    assert frame["needed"].isna().all()


@pytest.mark.parametrize(
    ("goal", "ended", "standing"), [(None, False, "no_target"), (target(), True, "ended")]
)
def test_without_a_target_or_after_the_end_of_a_title_there_is_no_progress(goal, ended, standing):
    frame = pace.with_standing(units([(0.8, 10, Q3_2025, 0.7)]), Q3_2026, goal, RULES, ended)
    assert frame["standing"].tolist() == [standing]
    assert frame["gap"].isna().all()


@given(st.integers(0, 50_000), st.integers(1, 50_000), st.integers(1, 99))
def test_the_units_lacking_agree_with_the_points_lacking(part, whole, goal):
    assume(part <= whole)
    one = units([(part / whole, whole, None, None)])
    row = pace.with_standing(one, Q3_2026, target(goal / 100), RULES, False).iloc[0]
    assert row["lacking"] == pytest.approx(max(0.0, -row["gap"]) * whole)
    exact = max(0.0, goal / 100 * whole - part)
    assert abs(row["lacking"] - exact) <= 1e-6 * whole
    assert (row["lacking"] == 0) == (row["gap"] >= 0)


# ---- The warehouse -----------------------------------------------------------------------------------------------


def test_all_wards_are_judged_at_once_as_each_is_alone(full):
    frame = pace.paces_of_units(full, FAMILY, Q3_2026, SAMPLE)
    assert len(frame) == 126
    assert frame["unit_key"].is_unique
    silent = frame[frame["value"].isna()]
    assert len(silent) > 0
    assert set(silent["standing"]) == {"too_little_data"}
    for row in frame[frame["value"].notna()].iloc[::9].to_dict("records"):
        alone = pace.pace_of_unit(full, FAMILY, row["unit_key"], SAMPLE, Q3_2026)
        assert alone.standing == row["standing"]
        assert alone.gap is not None
        assert alone.gap.difference == pytest.approx(row["gap"])
        assert alone.gap.units == pytest.approx(row["lacking"])
        if alone.year is not None:
            assert alone.year.comparison == "own"
            assert alone.year.per_year == pytest.approx(row["pace"])
        if alone.needed is not None:
            assert alone.needed == pytest.approx(row["needed"])


def test_a_ward_of_today_begins_in_q3_2025_and_has_no_pace_before_its_first_year(full):
    early = pace.paces_of_units(full, FAMILY, D(2026, 3, 31), SAMPLE)
    assert set(early["standing"]) == {"met", "too_little_data"}
    assert early["then_day"].isna().all()
    found = pace.pace_of_unit(full, FAMILY, "00118@2025-07-01", SAMPLE, D(2026, 3, 31))
    assert found.series[0].period_end == Q3_2025
    assert (found.standing, found.lack, found.no_projection) == (
        "too_little_data",
        "no_year_ago",
        "few_periods",
    )


def test_before_july_2025_the_list_is_of_districts(full):
    frame = pace.paces_of_units(full, FAMILY, D(2025, 6, 30), SAMPLE)
    assert len(frame) == 30
    assert set(frame["then_day"]) == {pd.Timestamp(2024, 6, 30)}
    assert "too_little_data" not in set(frame["standing"])


def test_the_citys_published_figures_are_compared_with_published_ones_and_carry_no_projection(full):
    found = pace.pace_of_city(full, FAMILY, ALL, Q3_2026)
    assert found.figure is not None
    assert found.figure.status == "published"
    assert {f.status for f in found.series} == {"published"}
    assert found.year is not None
    assert (found.year.comparison, found.year.then_day, found.year.rate_then) == (
        "published",
        D(2023, 8, 15),
        0.7125,
    )
    assert found.year.per_year == pytest.approx(0.0085 * 365.25 / 368)
    assert found.needed == pytest.approx(0.079 / (2327 / 365.25))
    assert found.standing == "behind"
    assert (found.projection, found.no_projection) == (None, "real_too_few")
    assert [(p.target.year, p.met) for p in found.past] == [(2025, True)]


def test_illustrative_figures_are_projected_only_where_the_reader_asks_for_them_or_nothing_real_exists(full):
    asked = pace.pace_of_city(full, FAMILY, SAMPLE, Q3_2026)
    assert asked.projection is not None
    assert (asked.projection.status, asked.projection.first, asked.projection.periods) == (
        "illustrative",
        Q3_2025,
        5,
    )
    no_real = pace.pace_of_city(full, "model.citizen_staff.recognised_of_total", ALL, Q3_2026)
    assert no_real.projection is not None
    assert no_real.projection.status == "illustrative"
    assert pace.pace_of_city(full, FAMILY, STATUS_CHOICES["real"], Q3_2026).projection is None


def test_a_comparison_of_the_city_leaves_out_units_that_reported_only_once(full):
    found = pace.pace_of_city(full, FAMILY, SAMPLE, Q3_2026).year
    own = full.frame(
        "SELECT unit_key, period_end, numerator, denominator FROM observation WHERE indicator_id = ? AND status = 'illustrative'",
        FAMILY,
    )
    now = own[own["period_end"] == pd.Timestamp(Q3_2026)].set_index("unit_key")
    then = own[own["period_end"] == pd.Timestamp(Q3_2025)].set_index("unit_key")
    both = now.index.intersection(then.index)
    assert len(both) < min(len(now), len(then))
    assert found is not None
    assert (found.comparison, found.units) == ("matched_units", len(both))
    assert found.rate_now == pytest.approx(
        now.loc[both, "numerator"].sum() / now.loc[both, "denominator"].sum()
    )
    assert found.rate_then == pytest.approx(
        then.loc[both, "numerator"].sum() / then.loc[both, "denominator"].sum()
    )


def test_across_july_2025_the_city_is_compared_over_former_districts_that_reported_in_full(full):
    found = pace.pace_of_city(full, FAMILY, SAMPLE, Q2_2026).year
    areas = full.frame(
        """
        SELECT area_key, period_end, numerator, denominator FROM observation_area
        WHERE area_kind = 'district' AND indicator_id = ? AND status = 'illustrative' AND units_reporting = units_expected
        """,
        FAMILY,
    )
    now = areas[areas["period_end"] == pd.Timestamp(Q2_2026)].set_index("area_key")
    then = areas[areas["period_end"] == pd.Timestamp(2025, 6, 30)].set_index("area_key").loc[now.index]
    assert 15 < len(now) < 30
    assert found is not None
    assert (found.comparison, found.units, found.then_day) == ("matched_districts", len(now), D(2025, 6, 30))
    assert found.rate_now == pytest.approx(now["numerator"].sum() / now["denominator"].sum())
    assert found.rate_then == pytest.approx(then["numerator"].sum() / then["denominator"].sum())


def test_a_former_district_goes_on_across_july_2025_with_what_was_estimated(full):
    across = pace.pace_of_unit(full, FAMILY, "001@legacy", SAMPLE, Q2_2026)
    assert across.year is not None
    assert across.year.comparison == "area_sums"
    assert 0 < across.estimated_share < 1
    assert across.figure is not None
    assert Q2_2026 in across.estimated_days
    assert max(across.estimated_days) > D(2025, 7, 1) <= min(across.estimated_days)
    assert across.projection is not None
    assert across.projection.first >= Q3_2025
    within = pace.pace_of_unit(full, FAMILY, "001@legacy", SAMPLE, Q3_2026)
    assert within.year is not None
    assert within.year.comparison == "matched_units"


def test_a_figure_from_before_the_programme_does_not_speak_for_today(full):
    found = pace.pace_of_unit(full, FAMILY, "002@legacy", ALL, Q3_2026)
    assert found.figure is not None
    assert found.figure.status == "illustrative"
    old = full.rows("SELECT period_end FROM observation WHERE unit_key = '002@legacy' AND indicator_id = ? AND status = 'published'", FAMILY)  # fmt: skip
    assert [row["period_end"] for row in old] == [D(2019, 12, 31)]


@pytest.mark.parametrize(
    ("indicator_id", "standing", "reason"),
    [
        ("model.district.recognised_of_total", "ended", "ended"),
        ("model.family.recognised_of_registered", "no_target", "no_target"),
        ("plan.citizen.digital_proficient", "too_little_data", "no_figure"),
        ("school.national_standard.public", "too_little_data", "real_too_few"),
    ],
)
def test_where_there_is_no_pace_it_says_so(full, indicator_id, standing, reason):
    found = pace.pace_of_city(full, indicator_id, ALL, Q3_2026)
    assert (found.standing, found.no_projection, found.projection) == (standing, reason, None)


def test_without_any_figure_there_is_too_little_data(empty):
    found = pace.pace_of_city(empty, FAMILY, ALL)
    assert (found.standing, found.lack, found.year, found.gap) == ("too_little_data", "no_figure", None, None)
    frame = pace.paces_of_units(empty, FAMILY, Q3_2026, ALL)
    assert pace.standing_counts(frame) == {"too_little_data": 126}


def test_the_governing_targets_come_first_on_record_and_every_target_is_there(full):
    listed = pace.targets_on_record(full, FAMILY)
    governing = governing_targets(full, FAMILY)
    assert [t.target for t in listed[: len(governing)]] == governing
    count = full.row("SELECT count(*) AS n FROM target WHERE indicator_id = ?", FAMILY)
    assert count is not None
    assert len(listed) == count["n"] > len(governing)
    assert pace.target_to_meet(full, FAMILY) == governing[-1]
    dated = {t.target.document_no: t.issued_on for t in listed}
    assert dated["387/QĐ-TTg"] == D(2022, 3, 25)
    assert all(t.source is not None for t in listed)


# ---- Offices' own files ------------------------------------------------------------------------------------------

LOST, LATE = "00118", "00004"
"""The large ward that falls silent, and one that reported in the second year only."""


def reports_with_a_silent_ward(folder: Path) -> Path:
    """Districts report 40% for H1 2025; wards 50% for Q3 2025 and 60% a year later; one huge ward at 0% falls silent.

    In Q2 2026 one ward in every former district is missing.
    """
    reference_only(folder)
    with (ROOT / "data" / "reference" / "unit.csv").open(encoding="utf-8-sig", newline="") as file:
        every = list(csv.DictReader(file))
    districts = [row["code"] for row in every if row["level"] == "district"]
    wards = [row for row in every if row["level"] == "ward" and not row["valid_to"]]
    first_of = {row["main_district_key"]: row["code"] for row in reversed(wards)}
    lines = ["period,unit_code,unit_name,model,total,registered,recognised,note"]
    lines += [f"2025-H1,{code},,family,4000,2000,1600," for code in districts]
    for row in wards:
        code = row["code"]
        if code == LOST:
            lines.append(f"2025-Q3,{code},,family,9000000,0,0,")
            continue
        lines += [] if code == LATE else [f"2025-Q3,{code},,family,1000,800,500,"]
        lines += [] if code in first_of.values() else [f"2026-Q2,{code},,family,1000,800,580,"]
        lines.append(f"2026-Q3,{code},,family,1000,800,600,")
    report = folder / "reports" / "all.csv"
    report.parent.mkdir()
    report.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return folder


@pytest.fixture(scope="session")
def silent(build_warehouse: BuildWarehouse) -> Warehouse:
    return current_warehouse(build_warehouse("pace-silent-ward", reports_with_a_silent_ward))


def test_a_large_ward_that_falls_silent_does_not_move_the_citys_pace(silent):
    found = pace.pace_of_city(silent, FAMILY, ALL, Q3_2026)
    assert found.figure is not None
    assert found.figure.value == pytest.approx(0.6)
    assert found.year is not None
    assert (found.year.comparison, found.year.units) == ("matched_units", 124)
    assert [found.year.rate_then, found.year.rate_now] == pytest.approx([0.5, 0.6])
    assert found.year.people_share is not None
    assert 0.9 < found.year.people_share < 1
    assert found.needed == pytest.approx(0.2 / (1553 / 365.25))
    assert found.standing == "on_track"
    assert found.gap is not None
    assert found.gap.partial


def test_where_no_former_district_is_whole_the_citys_sums_are_compared_and_it_says_so(silent):
    found = pace.pace_of_city(silent, FAMILY, ALL, Q2_2026)
    assert found.year is not None
    assert (found.year.comparison, found.year.units, found.year.then_day) == (
        "city_sums",
        None,
        D(2025, 6, 30),
    )
    assert [found.year.rate_then, found.year.rate_now] == pytest.approx([0.4, 0.58])


def test_a_ward_that_reported_once_has_too_little_data(silent):
    frame = pace.paces_of_units(silent, FAMILY, Q3_2026, ALL).set_index("code")
    assert frame.loc[LATE, "standing"] == "too_little_data"
    assert frame.loc[LATE, "lacking"] == pytest.approx(200)
    assert frame["value"].isna().sum() == 1
    assert pd.isna(frame["value"][LOST])
    assert set(frame.drop([LATE, LOST])["standing"]) == {"on_track"}
    one = pace.pace_of_unit(silent, FAMILY, f"{LATE}@2025-07-01", ALL, Q3_2026)
    assert (one.standing, one.lack) == ("too_little_data", "no_year_ago")
    assert one.no_projection == "few_periods"
