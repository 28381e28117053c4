"""How far a figure is from a target."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.catalogue import Target
from queries.figures import Figure
from queries.gaps import gaps

INDICATOR = "model.family.recognised_of_total"
FIGURE = Figure(
    INDICATOR, "recognised_of_total", "published", "s", None, dt.date(2024, 8, 17), 0.7, None, None, None, None,
    "publication", None, None, None, None, None, None, None,
)  # fmt: skip
SUM = replace(
    FIGURE, status="reported", numerator=700, denominator=1000, units_reporting=126, units_expected=126
)


def target(value: float, indicator_id: str = INDICATOR, year: int = 2030) -> Target:
    return Target(indicator_id, "city", year, value, None, "s", True, "", "", None, None, None, None)


@pytest.mark.parametrize(
    ("value", "qualifier", "goal", "difference", "met"),
    [
        (0.721, None, 0.7, 0.021, True),
        (0.7, None, 0.7, 0.0, True),
        (0.1 + 0.2, None, 0.3, 0.0, True),
        (0.7, "over", 0.7, 0.0, True),
        (0.7, "at_least", 0.7, 0.0, True),
        (0.7, "nearly", 0.7, 0.0, False),
        (0.7, "about", 0.7, 0.0, False),
        (0.72, "nearly", 0.7, 0.02, True),
        (0.721, None, 0.8, -0.079, False),
        (0.0, None, 0.8, -0.8, False),
    ],
)
def test_a_target_is_met_just_met_nearly_met_or_missed(value, qualifier, goal, difference, met):
    (gap,) = gaps(replace(FIGURE, value=value, qualifier=qualifier), [target(goal)], [])
    assert gap.difference == pytest.approx(difference, abs=1e-9)
    assert gap.met is met


@pytest.mark.parametrize(("goal", "lacking"), [(0.8, 100), (0.7, 0), (0.6, 0), (1.0, 300)])
def test_what_is_lacking_is_counted_in_families(goal, lacking):
    (gap,) = gaps(SUM, [target(goal)], [])
    assert gap.units == pytest.approx(lacking)
    assert not gap.estimated
    assert not gap.partial


def test_where_only_some_units_reported_what_is_lacking_is_theirs_alone():
    (gap,) = gaps(replace(SUM, units_reporting=60), [target(0.8)], [])
    assert gap.partial
    assert gap.units == pytest.approx(100)


def test_a_total_worked_out_from_a_count_and_its_rate_is_an_estimate():
    source = replace(FIGURE, numerator=1_400_000, value=0.7)
    (gap,) = gaps(FIGURE, [target(0.8)], [source])
    assert gap.estimated
    assert not gap.partial
    assert gap.units == pytest.approx(200_000)


@pytest.mark.parametrize(
    "series", [[], [FIGURE], [replace(SUM, units_reporting=60)], [replace(SUM, status="illustrative")]]
)
def test_without_a_total_the_gap_is_in_points_only(series):
    (gap,) = gaps(FIGURE, [target(0.8)], series)
    assert gap.units is None
    assert gap.difference == pytest.approx(-0.1)


def test_each_target_has_a_gap_of_its_own_in_the_given_order():
    found = gaps(FIGURE, [target(0.7, year=2025), target(0.8)], [])
    assert [(g.target.year, g.met) for g in found] == [(2025, True), (2030, False)]


def test_a_figure_without_a_value_or_without_targets_has_no_gap():
    assert gaps(replace(FIGURE, value=None), [target(0.8)], []) == []
    assert gaps(FIGURE, [], []) == []


@pytest.mark.parametrize("other", ["model.family.recognised_of_registered", "model.clan.recognised_of_total"])
def test_a_target_of_another_basis_or_model_cannot_be_held_against_a_figure(other):
    with pytest.raises(ValueError, match=other):
        gaps(FIGURE, [target(0.8, other)], [])


@given(st.integers(0, 10_000), st.integers(1, 10_000), st.floats(0, 1))
def test_adding_what_is_lacking_meets_the_target(part, whole, goal):
    part = min(part, whole)
    figure = replace(SUM, value=part / whole, numerator=part, denominator=whole)
    (gap,) = gaps(figure, [target(goal)], [])
    assert gap.units is not None
    assert gap.units >= 0
    assert (part + gap.units) / whole >= goal - 1e-5
    if gap.met:
        assert gap.units == 0
