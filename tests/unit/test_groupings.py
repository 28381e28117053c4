"""Adding units up: a rate of a group is a sum over a sum, with its coverage and what was estimated."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from queries import figures, timeline
from queries.figures import STATUS_CHOICES
from queries.groupings import added_up
from queries.peers import peer_groups

ALL = STATUS_CHOICES["all"]
FAMILY = "model.family.recognised_of_total"
PERIOD, BEFORE = dt.date(2026, 9, 30), dt.date(2025, 6, 30)


def units(**columns) -> pd.DataFrame:
    rows = {
        "unit_key": ["a", "b", "c"], "type": ["phuong", "phuong", "xa"], "population": [100, 300, 50], "basis": "x",
        "numerator": [10.0, 90.0, 5.0], "denominator": [100.0, 100.0, 50.0], "value": [0.1, 0.9, 0.1],
        "status": "reported", "origin_status": "reported", "estimated_share": [0.0, 0.0, 0.0],
    }  # fmt: skip
    return pd.DataFrame(rows | columns)


def test_a_rate_of_a_group_is_a_sum_over_a_sum():
    sums = added_up(units(denominator=[100.0, 900.0, 50.0]), "type").set_index("area_key")
    assert sums.loc["phuong", "value"] == pytest.approx(100 / 1000)
    assert sums.loc["xa", "value"] == pytest.approx(0.1)


def test_units_without_a_figure_count_as_expected_and_not_as_reporting():
    sums = added_up(units(value=[0.1, None, 0.1], numerator=[10.0, None, 5.0], denominator=[100.0, None, 50.0]), "type")  # fmt: skip
    row = sums.set_index("area_key").loc["phuong"]
    assert (row["units_reporting"], row["units_expected"]) == (1, 2)
    assert row["population_share"] == pytest.approx(0.25)
    assert row["value"] == pytest.approx(0.1)


def test_a_group_with_an_estimated_member_is_estimated():
    sums = added_up(units(status=["reported", "apportioned", "reported"], estimated_share=[0.0, 0.5, 0.0]), "type")  # fmt: skip
    rows = sums.set_index("area_key")
    assert rows.loc["phuong", "status"] == "apportioned"
    assert rows.loc["phuong", "origin_status"] == "reported"
    assert rows.loc["phuong", "estimated_share"] == pytest.approx(0.25)
    assert rows.loc["xa", "status"] == "reported"


def test_illustrative_figures_are_not_added_to_real_ones():
    mixed = units(origin_status=["reported", "illustrative", "reported"], status=["reported", "illustrative", "reported"])  # fmt: skip
    phuong = added_up(mixed, "type").query("area_key == 'phuong'").set_index("origin_status")
    assert phuong.loc["reported", "denominator"] == 100
    assert phuong.loc["illustrative", "denominator"] == 100


def test_types_of_wards_add_up_to_what_the_warehouse_says(full):
    ours = added_up(timeline.values_on(full, FAMILY, PERIOD, timeline.WARDS_NOW, ALL), "type")
    theirs = figures.area_values(full, FAMILY, PERIOD, "type", ALL)
    columns = ["value", "numerator", "denominator", "units_reporting", "units_expected", "population_share"]
    ours, theirs = (f.set_index("area_key").sort_index()[columns].astype(float) for f in (ours, theirs))
    pd.testing.assert_frame_equal(ours, theirs)


@pytest.mark.parametrize(
    ("period", "vintage"), [(PERIOD, timeline.WARDS_NOW), (BEFORE, timeline.DISTRICTS), (BEFORE, timeline.WARDS_NOW)]
)  # fmt: skip
def test_every_unit_is_in_one_peer_group_and_none_is_lost(full, period, vintage):
    every = timeline.values_on(full, FAMILY, period, vintage, ALL)
    sums = added_up(every, "peer_group")
    assert set(sums["area_key"]) <= set(peer_groups(full))
    assert sums["units_expected"].sum() == len(every)
    assert sums["denominator"].sum() == pytest.approx(every["denominator"].sum())


def test_no_figures_no_sums(empty):
    assert added_up(timeline.values_on(empty, FAMILY, PERIOD, timeline.WARDS_NOW, ALL), "type").empty
