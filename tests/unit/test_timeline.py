"""The time line across July 2025: figures on chosen boundaries, former districts going on, what units are made of."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pandas as pd
import pytest

from queries import figures, timeline
from queries.peers import peer_group_of, peer_groups
from queries.rules import method_rules, threshold
from queries.timeline import DISTRICTS, VINTAGES, WARDS_BEFORE, WARDS_NOW
from queries.warehouse import Warehouse, current_warehouse
from tests.conftest import DATA, BuildWarehouse
from tests.etl.offices import mixed

FAMILY = "model.family.recognised_of_total"
COUNT = "model.family.recognised"
LAST_HALF, Q3 = dt.date(2025, 6, 30), dt.date(2026, 9, 30)
ALL = figures.STATUS_CHOICES["all"]
REAL = figures.STATUS_CHOICES["real"]
ILLUSTRATIVE = figures.STATUS_CHOICES["illustrative"]
HONG_HA, BA_DINH_DISTRICT = "00097@2025-07-01", "001@legacy"


@pytest.mark.parametrize(
    ("day", "vintage"), [(LAST_HALF, DISTRICTS), (dt.date(2025, 7, 1), WARDS_NOW), (Q3, WARDS_NOW)]
)
def test_offices_reported_on_districts_until_the_reform(full: Warehouse, day: dt.date, vintage: str) -> None:
    assert timeline.vintage_of(full, day) == vintage


@pytest.mark.parametrize(("vintage", "units"), list(zip(VINTAGES, (126, 30, 526), strict=True)))
@pytest.mark.parametrize("day", [LAST_HALF, Q3])
def test_every_unit_of_the_vintage_has_its_row_and_the_sum_is_the_city_s(
    full: Warehouse, vintage: str, units: int, day: dt.date
) -> None:
    rows = timeline.values_on(full, FAMILY, day, vintage, ILLUSTRATIVE)
    assert len(rows) == rows["unit_key"].nunique() == units
    city = next(f for f in figures.city_series(full, FAMILY, ILLUSTRATIVE) if f.period_end == day)
    assert rows["numerator"].sum() == pytest.approx(city.numerator, rel=1e-9)
    assert rows["denominator"].sum() == pytest.approx(city.denominator, rel=1e-9)
    own = timeline.vintage_of(full, day) == vintage
    assert (rows["status"].dropna().unique().tolist() == ["illustrative"]) is own
    assert set(rows["origin_status"].dropna()) == {"illustrative"}


def test_wards_that_did_not_report_stay_in_the_list_without_a_value(full: Warehouse) -> None:
    rows = timeline.values_on(full, FAMILY, Q3, WARDS_NOW, ILLUSTRATIVE)
    reported = full.rows(
        "SELECT unit_key, value FROM observation WHERE indicator_id = ? AND period_end = ? AND status = 'illustrative'",
        FAMILY,
        Q3,
    )
    known = rows[rows["value"].notna()]
    assert dict(zip(known["unit_key"], known["value"], strict=True)) == {
        r["unit_key"]: r["value"] for r in reported
    }
    assert 0 < len(known) < len(rows)


def test_a_status_that_is_not_wanted_leaves_no_value(full: Warehouse) -> None:
    assert timeline.values_on(full, FAMILY, Q3, DISTRICTS, REAL)["value"].isna().all()


def test_a_ward_s_series_reaches_back_as_an_estimate_and_is_its_own_since_the_reform(full: Warehouse) -> None:
    series = timeline.series_on(full, COUNT, HONG_HA, ILLUSTRATIVE)
    assert [f.period_end for f in series] == sorted(f.period_end for f in series)
    before = [f for f in series if f.period_end <= LAST_HALF]
    after = [f for f in series if f.period_end > LAST_HALF]
    assert len(before) == 9
    for figure in before:
        assert (figure.status, figure.origin_status, figure.weight_method) == (
            "apportioned",
            "illustrative",
            "population_share",
        )
        assert figure.estimated_share > 0.9
        assert figure.value_low == 0 < (figure.value or 0) < (figure.value_high or 0)
        assert figure.value_by_area != figure.value_by_people
    assert after
    assert {(f.status, f.weight_method, f.estimated_share) for f in after} == {("illustrative", "none", 0)}


def test_a_former_district_goes_on_as_the_sum_of_its_wards(full: Warehouse) -> None:
    series = timeline.series_on(full, FAMILY, BA_DINH_DISTRICT, ILLUSTRATIVE)
    for figure in series:
        areas = figures.area_values(full, FAMILY, figure.period_end, "district", ILLUSTRATIVE)
        assert figure.value == pytest.approx(areas.set_index("area_key").loc[BA_DINH_DISTRICT, "value"])
    assert series[0].status == "illustrative"
    assert series[-1].status == "apportioned"
    assert 0 < series[-1].estimated_share < 0.2


def test_former_districts_are_compared_across_the_reform(full: Warehouse) -> None:
    rows = timeline.across_reform(full, FAMILY, Q3, ILLUSTRATIVE)
    assert len(rows) == 30
    assert (pd.to_datetime(rows["before_end"]).dt.date == LAST_HALF).all()
    assert set(rows["basis"]) == {"recognised_of_total"}
    now = timeline.values_on(full, FAMILY, Q3, DISTRICTS, ILLUSTRATIVE).set_index("unit_key")["value"]
    assert rows.set_index("unit_key")["now"].to_dict() == pytest.approx(now.to_dict())
    assert (rows["units_reporting"] <= rows["units_expected"]).all()
    assert (rows["units_reporting"] < rows["units_expected"]).any()


def test_nothing_is_compared_across_the_reform_before_it(full: Warehouse) -> None:
    assert timeline.across_reform(full, FAMILY, LAST_HALF, ILLUSTRATIVE).empty


def test_real_figures_are_not_set_against_illustrative_ones(partly: Warehouse) -> None:
    """In that build only wards have real figures, so there is nothing real of before to set them against."""
    q2 = dt.date(2026, 6, 30)
    assert not timeline.values_on(partly, FAMILY, q2, DISTRICTS, REAL)["value"].isna().all()
    assert timeline.across_reform(partly, FAMILY, q2, ALL).empty


def test_what_a_unit_is_made_of(full: Warehouse) -> None:
    pieces = timeline.made_of(full, HONG_HA, WARDS_BEFORE)
    assert "Phường Phúc Xá" in {p.name_vi for p in pieces if p.weight_method == "whole"}
    assert sum(p.to_share for p in pieces) == pytest.approx(1)
    districts = timeline.made_of(full, HONG_HA, DISTRICTS)
    assert districts[0].name_vi == "Quận Tây Hồ"
    assert len(districts) > 2
    assert timeline.made_of(full, HONG_HA, WARDS_NOW) == []


def test_an_empty_build_answers_with_units_and_no_values(empty: Warehouse) -> None:
    rows = timeline.values_on(empty, FAMILY, Q3, WARDS_NOW, ALL)
    assert len(rows) == 126
    assert rows["value"].isna().all()
    assert timeline.series_on(empty, FAMILY, HONG_HA, ALL) == []


# ---- Peer groups and thresholds ----------------------------------------------------------------------------------


def test_each_ward_and_each_former_district_is_in_one_peer_group(full: Warehouse) -> None:
    groups = peer_groups(full)
    members = [key for group in groups.values() for key in group.members]
    assert len(members) == len(set(members)) == 156
    assert sum(len(g.members) for g in groups.values() if g.level == "ward") == 126
    assert all(len(g.members) >= 10 for g in groups.values())


@pytest.mark.parametrize(
    ("unit", "group"),
    [
        ("00070@2025-07-01", "phuong_core"),
        ("00097@2025-07-01", "phuong_dense"),
        ("10015@2025-07-01", "phuong_open"),
        ("001@legacy", "district_urban"),
        ("269@legacy", "district_rural"),
    ],
)
def test_peer_groups_of_known_places(full: Warehouse, unit: str, group: str) -> None:
    found = peer_group_of(full, unit)
    assert found is not None
    assert found.peer_group == group


def test_the_city_and_an_old_ward_have_no_peer_group(full: Warehouse) -> None:
    assert peer_group_of(full, "01") is None
    assert peer_group_of(full, "00001@legacy") is None


def test_thresholds_come_from_the_warehouse(full: Warehouse) -> None:
    rules = method_rules(full)
    assert threshold(full, "report_due_days") == rules["report_due_days"].value == 30
    assert all(rule.explanation_vi and rule.explanation_en for rule in rules.values())
    with pytest.raises(KeyError):
        threshold(full, "no_such_rule")


def test_peer_groups_follow_the_file(build_warehouse: BuildWarehouse) -> None:
    """Editing data/reference/peer_group.csv moves wards from one group to another."""

    def moved(data: Path) -> Path:
        mixed(data)
        (data / "reference").unlink()  # a link to the project's own tables
        shutil.copytree(DATA / "reference", data / "reference")
        path = data / "reference" / "peer_group.csv"
        text = path.read_text(encoding="utf-8")
        path.write_text(
            text.replace("phuong,25000,", "phuong,50000,").replace("8000,25000", "8000,50000"),
            encoding="utf-8",
        )
        return data

    found = current_warehouse(build_warehouse("peers", moved))
    assert len(peer_groups(found)["phuong_core"].members) == 2


@pytest.mark.parametrize("vintage", VINTAGES)
@pytest.mark.parametrize("day", [LAST_HALF, Q3])
@pytest.mark.parametrize("indicator", [FAMILY, COUNT])
def test_figures_that_need_no_move_are_those_of_the_view(
    full: Warehouse, vintage: str, day: dt.date, indicator: str
) -> None:
    names = (
        "value",
        "status",
        "weight_method",
        "estimated_share",
        "covered_share",
        "value_low",
        "value_high",
    )
    rows = timeline.values_on(full, indicator, day, vintage, ALL).dropna(subset=["value"])
    shown = rows.set_index("unit_key")[list(names)].sort_index()
    view = full.frame(
        """
        SELECT * FROM observation_reexpressed
        WHERE vintage = ? AND indicator_id = ? AND period_end = ? AND origin_status <> 'published'
          AND unit_key IN (SELECT to_key FROM unit_bridge WHERE vintage = ? AND weight_method = 'none')
        """,
        vintage,
        indicator,
        day,
        vintage,
    )
    view = view.dropna(subset=["value"]).set_index("unit_key")[list(names)].sort_index()
    pd.testing.assert_frame_equal(shown, view, check_dtype=False, rtol=1e-12)
