"""Figures by choice: every filter, sums by the rules, wide and long, what is missing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from queries import explore
from queries.explore import Choice, TooWide
from queries.warehouse import Warehouse

FAMILY = "model.family.recognised_of_total"
CLAN = "model.clan.recognised_of_total"
FAMILIES = "model.family.recognised"
Q3 = dt.date(2026, 9, 30)
HONG_HA = "00097@2025-07-01"
BA_DINH = "001@legacy"


def rows(w: Warehouse, choice: Choice) -> pd.DataFrame:
    return explore.page(w, explore.asked(w, choice), 0, 1_000_000)


def test_everything_is_every_figure_there_is(full: Warehouse) -> None:
    found = rows(full, Choice())
    expected = full.frame(
        "SELECT indicator_id, unit_key, period_end, status, source_id, value FROM observation"
    )
    key = ["indicator_id", "unit_key", "period_end", "status", "source_id"]
    left = found[[*key, "value"]].sort_values(key).reset_index(drop=True)
    right = expected[[*key, "value"]].sort_values(key).reset_index(drop=True)
    pd.testing.assert_frame_equal(left, right)
    assert explore.count(full, explore.asked(full, Choice())) == len(expected)


@pytest.mark.parametrize(
    ("choice", "condition"),
    [
        (Choice(indicators=(FAMILY,)), f"o.indicator_id = '{FAMILY}'"),
        (Choice(levels=("ward",)), "u.level = 'ward'"),
        (Choice(levels=("city", "district")), "u.level IN ('city', 'district')"),
        (Choice(units=(HONG_HA, BA_DINH)), f"o.unit_key IN ('{HONG_HA}', '{BA_DINH}')"),
        (Choice(types=("xa",), levels=("ward",)), "u.type = 'xa' AND u.level = 'ward'"),
        (Choice(first=dt.date(2026, 1, 1)), "o.period_end >= DATE '2026-01-01'"),
        (Choice(last=dt.date(2025, 6, 30)), "o.period_end <= DATE '2025-06-30'"),
        (Choice(statuses=("published",)), "o.status = 'published'"),
        (Choice(statuses=()), "false"),
        (
            Choice(bases=("registered_of_total",)),
            "(i.kind = 'count' OR i.basis = 'registered_of_total')",
        ),
        (
            Choice(peer_groups=("phuong_core",)),
            "o.unit_key IN (SELECT unit_key FROM unit_peer_group WHERE peer_group = 'phuong_core')",
        ),
        (
            Choice(districts=(BA_DINH,)),
            f"(o.unit_key = '{BA_DINH}' OR o.unit_key IN (SELECT from_key FROM unit_bridge"
            f" WHERE vintage = 'districts_2025_06' AND weight > 0 AND to_key = '{BA_DINH}'))",
        ),
    ],
    ids=str,
)
def test_a_filter_keeps_what_it_says(full: Warehouse, choice: Choice, condition: str) -> None:
    expected = full.row(
        "SELECT count(*) AS n, sum(o.value) AS total FROM observation AS o JOIN unit AS u USING (unit_key)"
        f" JOIN indicator AS i USING (indicator_id) WHERE {condition}"
    )
    found = rows(full, choice)
    assert expected is not None
    assert len(found) == expected["n"] == explore.count(full, explore.asked(full, choice))
    assert found["value"].sum() == pytest.approx(expected["total"] or 0)


@pytest.mark.parametrize("group", ["city", "district", "type"])
@pytest.mark.parametrize("day", [Q3, dt.date(2025, 6, 30)])
def test_sums_are_those_of_the_other_screens(full: Warehouse, group: explore.Group, day: dt.date) -> None:
    for indicator in (FAMILY, FAMILIES):
        found = rows(full, Choice(indicators=(indicator,), group=group, first=day, last=day)).set_index(
            "unit_key"
        )
        expected = full.frame(
            "SELECT * FROM observation_area WHERE indicator_id = ? AND area_kind = ? AND period_end = ?",
            indicator, group, day,
        ).set_index("area_key")  # fmt: skip
        if group == "type" and day < dt.date(2025, 7, 1):
            assert set(found.index) == {"quan", "huyen", "thi_xa"}  # districts have types of their own
            continue
        assert set(found.index) == set(expected.index)
        for column in ("value", "units_reporting", "units_expected", "population_share", "estimated_share"):
            both = pd.concat([found[column].astype(float), expected[column].astype(float)], axis=1)
            assert (both.iloc[:, 0] - both.iloc[:, 1]).abs().max() < 1e-9, column


def test_a_sum_is_of_numerators_over_denominators_and_of_one_status(partly: Warehouse) -> None:
    found = rows(partly, Choice(indicators=(FAMILY,), group="type", first=Q3, last=Q3))
    own = rows(
        partly, Choice(indicators=(FAMILY,), levels=("ward",), first=Q3, last=Q3, statuses=("reported",))
    )
    for _, row in found.iterrows():
        assert row["value"] == pytest.approx(row["numerator"] / row["denominator"])
        assert row["origin_status"] in ("reported", "illustrative")
    real = found[found["origin_status"] == "reported"]
    assert real["numerator"].sum() == own["numerator"].sum()
    assert not real.empty


@pytest.mark.parametrize("boundaries", explore.BOUNDARIES)
def test_the_city_is_the_same_on_all_boundaries(full: Warehouse, boundaries: explore.Boundaries) -> None:
    choice = Choice(indicators=(FAMILIES,), group="city", statuses=("illustrative",))
    expected = rows(full, choice).set_index("period_end")["value"]
    found = rows(full, replace(choice, boundaries=boundaries)).set_index("period_end")["value"]
    assert found.index.equals(expected.index)
    assert (found / expected - 1).abs().max() < 1e-9


def test_moved_figures_are_those_of_the_mart_with_band_and_method(full: Warehouse) -> None:
    found = rows(
        full,
        Choice(indicators=(FAMILY,), boundaries="wards_2025_07", levels=("ward",), last=dt.date(2025, 6, 30)),
    )
    expected = full.row(
        "SELECT count(*) AS n, sum(value) AS total FROM observation_reexpressed WHERE vintage = 'wards_2025_07'"
        " AND indicator_id = ? AND period_end <= DATE '2025-06-30' AND unit_key <> '01'", FAMILY,
    )  # fmt: skip
    assert expected is not None
    assert len(found) == expected["n"] > 1000
    assert found["value"].sum() == pytest.approx(expected["total"])
    assert set(found["status"]) == {"apportioned"}
    assert found[["weight_method", "value_low", "value_high", "estimated_share"]].notna().all(axis=None)
    assert set(rows(full, Choice(indicators=(FAMILY,), boundaries="wards_2025_01", levels=("ward",)))["unit_key"].str[-10:]) != {"2025-07-01"}  # fmt: skip


def test_units_that_did_not_report_are_rows_without_a_figure(full: Warehouse) -> None:
    choice = Choice(indicators=(FAMILY,), levels=("ward",), first=Q3, last=Q3, missing=True)
    found = rows(full, choice)
    assert len(found) == 126
    missing = found[found["is_missing"]]
    assert missing["value"].isna().all()
    assert set(missing["unit_key"]) == set(
        full.frame(
            "SELECT unit_key FROM report_status WHERE report = 'learning_models' AND period_end = ? AND NOT has_reported",
            Q3,
        )["unit_key"]
    )
    told = explore.summary(full, choice)
    assert (told.rows, told.missing, told.units) == (
        len(found) - len(missing),
        len(missing),
        126 - len(missing),
    )
    before = rows(full, replace(choice, levels=(), first=dt.date(2025, 6, 30), last=dt.date(2025, 6, 30)))
    assert set(before["level"]) == {"district"}


def test_a_missing_group_is_a_row_too(partly: Warehouse) -> None:
    choice = Choice(indicators=(FAMILY,), group="district", statuses=("reported",), missing=True)
    found = rows(partly, choice)
    days = found["period_end"].nunique()
    assert len(found) == 30 * days
    assert found["is_missing"].any()
    assert found.loc[found["is_missing"], "units_expected"].notna().all()


@pytest.mark.parametrize("shape", ["by_period", "by_indicator"])
def test_a_wide_table_holds_the_figures_of_the_long_one(full: Warehouse, shape: explore.Shape) -> None:
    choice = Choice(indicators=(FAMILY, FAMILIES), levels=("ward",), types=("xa",))
    long, table = rows(full, choice), explore.asked(full, replace(choice, shape=shape))
    wide = explore.page(full, table, 0, 10_000)
    cells = [c for c in table.columns if c.kind == "figure"]
    found = {}
    for _, row in wide.iterrows():
        for cell in cells:
            if pd.notna(row[cell.name]):
                indicator = cell.indicator.indicator_id if cell.indicator else row["indicator_id"]
                day = pd.Timestamp(cell.period.end) if cell.period else row["period_end"]
                found[(indicator, row["unit_key"], day)] = row[cell.name]
    expected = {(r.indicator_id, r.unit_key, r.period_end): r.value for r in long.itertuples()}
    assert found == expected
    for cell in cells:
        assert cell.estimated in wide.columns


def test_a_table_of_too_many_columns_is_refused(full: Warehouse) -> None:
    with pytest.raises(TooWide) as refused:
        explore.asked(full, Choice(shape="by_indicator"))
    assert refused.value.columns > explore.MOST_COLUMNS


@pytest.mark.parametrize("sort", ["value", "-value", "unit_vi", "-period_end", "numerator"])
def test_a_sort_puts_what_is_missing_last(full: Warehouse, sort: str) -> None:
    found = rows(full, Choice(indicators=(FAMILY,), levels=("ward",), missing=True, sort=sort))
    column = found[sort.removeprefix("-")]
    there = column.dropna()
    assert column.iloc[: len(there)].notna().all()
    if sort.removeprefix("-") != "unit_vi":
        assert there.is_monotonic_decreasing if sort.startswith("-") else there.is_monotonic_increasing


@pytest.mark.parametrize("shape", explore.SHAPES)
def test_a_sort_by_value_holds_in_every_shape(full: Warehouse, shape: explore.Shape) -> None:
    table = explore.asked(full, Choice(indicators=(FAMILY,), levels=("ward",), first=dt.date(2026, 1, 1), shape=shape, sort="-value"))  # fmt: skip
    found = explore.page(full, table, 0, 10_000)
    cells = [
        c.name for c in table.columns if c.kind == "figure" and c.name not in ("value_low", "value_high")
    ]
    name = cells[-1] if shape == "by_period" else cells[0]
    assert found[name].dropna().is_monotonic_decreasing


def test_a_sort_by_no_column_is_refused(full: Warehouse) -> None:
    with pytest.raises(KeyError):
        explore.asked(full, Choice(sort="1; DROP TABLE unit"))


def test_pages_join_to_the_whole(full: Warehouse) -> None:
    table = explore.asked(full, Choice(indicators=(FAMILY,), levels=("ward",), missing=True))
    whole = explore.page(full, table, 0, 10_000)
    parts = [explore.page(full, table, offset, 100) for offset in range(0, len(whole), 100)]
    assert pd.concat(parts, ignore_index=True)["unit_key"].to_list() == whole["unit_key"].to_list()


@pytest.mark.parametrize("shape", ["by_period", "by_indicator"])
@pytest.mark.parametrize("sort", ["", "-value", "unit_vi"])
@pytest.mark.parametrize("choice", [Choice(levels=("city", "ward", "district"), indicators=(FAMILY, CLAN)), Choice(indicators=(FAMILY,), group="peer_group"), Choice(indicators=(FAMILY,), boundaries="districts_2025_06", missing=True)])  # fmt: skip
def test_the_rows_of_a_page_of_a_wide_table_are_those_of_the_whole(
    full: Warehouse, shape: explore.Shape, sort: str, choice: Choice
) -> None:
    table = explore.asked(full, replace(choice, shape=shape, sort=sort))
    whole = full.frame(table.sql, *table.parameters)
    assert table.part is not None and len(whole) == explore.count(full, table) > 8
    for offset, limit in ((0, 7), (7, 50), (len(whole) - 3, 10), (len(whole), 5)):
        there = whole.iloc[offset : offset + limit].reset_index(drop=True)
        pd.testing.assert_frame_equal(explore.page(full, table, offset, limit), there, check_dtype=False)


def test_a_table_narrowed_down_keeps_its_units(full: Warehouse) -> None:
    for choice in (Choice(indicators=(FAMILY,)), Choice(indicators=(FAMILY,), group="district")):
        table = explore.asked(full, choice)
        found = explore.page(full, explore.narrowed(full, table, (BA_DINH,)), 0, 1000)
        assert set(found["unit_key"]) == {BA_DINH}
        assert explore.narrowed(full, table, ()) is table


def test_nothing_in_the_warehouse_is_an_empty_table(empty: Warehouse) -> None:
    for choice in (Choice(), Choice(group="district"), Choice(shape="by_period"), Choice(missing=True)):
        assert rows(empty, choice).empty
    assert explore.summary(empty, Choice()).rows == 0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    group=st.sampled_from(explore.GROUPS),
    boundaries=st.sampled_from(explore.BOUNDARIES),
    shape=st.sampled_from(["long", "by_period"]),
    missing=st.booleans(),
    districts=st.lists(st.sampled_from([BA_DINH, "016@legacy"]), max_size=2, unique=True),
    levels=st.lists(st.sampled_from(explore.LEVELS), max_size=2, unique=True),
    names=st.text(max_size=5),
)
def test_any_choice_is_answered(
    full: Warehouse, group: explore.Group, boundaries: explore.Boundaries, shape: explore.Shape, missing: bool,
    districts: list[str], levels: list[str], names: str,
) -> None:  # fmt: skip
    choice = Choice(
        indicators=(FAMILY, names), group=group, boundaries=boundaries, shape=shape, missing=missing,
        districts=tuple(districts), levels=tuple(levels),
    )  # fmt: skip
    found = rows(full, choice)
    assert explore.count(full, explore.asked(full, choice)) == len(found)
    if group in ("district",) and districts and not found.empty:
        assert set(found["unit_key"]) <= set(districts)
