"""Figures moved to other boundaries: no total lost, the law before the estimate, and how far off an estimate can be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.build import MARTS

VINTAGES = {"wards_2025_07": 126, "districts_2025_06": 30, "wards_2025_01": 526}
BEFORE, AFTER = "2024-12-31", "2026-06-30"
Rows = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def bench(warehouse_full: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The units, the bridge and the catalogue of the real build, with figures of the test's own."""
    published = (warehouse_full / "CURRENT").read_text(encoding="utf-8").strip()
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{warehouse_full / published}.duckdb' AS built (READ_ONLY)")
        con.execute("ATTACH ':memory:' AS stage")
        con.execute("CREATE TABLE stage.unit AS FROM built.unit")
        for table in ("unit_bridge", "indicator"):
            con.execute(f"CREATE TABLE {table} AS FROM built.{table}")
        con.execute("CREATE TABLE observation AS FROM built.observation LIMIT 0")
        yield con


def moved(con: duckdb.DuckDBPyConnection, figures: Rows, vintage: str, columns: str) -> Rows:
    """Put in figures (indicator, unit, day, numerator, denominator, value), all of one source, and move them."""
    con.execute("DELETE FROM observation")
    con.executemany(
        "INSERT INTO observation (indicator_id, unit_key, period_end, status, source_id, numerator, denominator, value)"
        " VALUES (?, ?, ?, 'reported', 'office-reports', ?, ?, ?)",
        figures,
    )
    for mart in ("45_reexpression_overlap", "50_observation_reexpressed"):
        sql = (MARTS / f"{mart}.sql").read_text(encoding="utf-8")
        con.execute(
            sql.replace("CREATE TABLE", "CREATE OR REPLACE TABLE").replace(
                "CREATE VIEW", "CREATE OR REPLACE VIEW"
            )
        )
    rows = con.execute(
        f"SELECT {columns} FROM observation_reexpressed WHERE vintage = ? ORDER BY indicator_id, unit_key, period_end",
        [vintage],
    )
    return rows.fetchall()


def count(unit: str, value: float, day: str = BEFORE) -> tuple[object, ...]:
    return ("model.family.recognised", unit, day, None, None, value)


def rate(unit: str, part: float, whole: float, day: str = BEFORE) -> tuple[object, ...]:
    return ("model.family.recognised_of_total", unit, day, part, whole, part / whole)


# ---- The bridge --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vintage", VINTAGES)
def test_each_unit_of_any_time_is_given_away_once_and_every_unit_receives(
    full: duckdb.DuckDBPyConnection, vintage: str
) -> None:
    bridge = f"(SELECT * FROM unit_bridge WHERE vintage = '{vintage}')"
    for weight in ("weight", "weight_by_area", "weight_by_people"):
        sums = f"SELECT from_key FROM {bridge} GROUP BY 1 HAVING abs(sum({weight}) - 1) > 1e-12"
        assert full.execute(sums).fetchall() == []
    assert full.execute(
        f"SELECT count(DISTINCT from_key), count(DISTINCT to_key) FROM {bridge}"
    ).fetchone() == (
        682,
        VINTAGES[vintage],
    )
    out_of_range = f"SELECT * FROM {bridge} WHERE NOT (0 <= weight_low AND weight_low <= weight AND weight <= weight_high AND weight_high <= 1)"
    assert full.execute(out_of_range).fetchall() == []
    certain = f"SELECT * FROM {bridge} WHERE NOT estimated AND (weight_low <> weight OR weight_high <> weight OR weight_by_area <> weight)"
    assert full.execute(certain).fetchall() == []


def test_a_ward_whose_people_the_resolution_names_is_not_estimated(full: duckdb.DuckDBPyConnection) -> None:
    by_law = """
        SELECT s.population_part, b.weight, b.estimated, count(*)
        FROM ward_succession AS s JOIN unit_bridge AS b USING (from_key, to_key)
        WHERE b.vintage = 'wards_2025_07' AND s.population_part <> 'some' GROUP BY ALL ORDER BY ALL
    """
    assert full.execute(by_law).fetchall() == [("all", 1.0, False, 368), ("none", 0.0, False, 61)]


def test_land_without_people_brings_no_people(full: duckdb.DuckDBPyConnection) -> None:
    empty_land = """
        SELECT b.weight FROM unit_bridge AS b
        JOIN (SELECT s.to_key, u.parent_key FROM ward_succession AS s JOIN unit AS u ON u.unit_key = s.from_key
              GROUP BY ALL HAVING bool_and(s.population_part = 'none')) AS p
          ON p.to_key = b.from_key AND p.parent_key = b.to_key
        WHERE b.vintage = 'districts_2025_06'
    """
    weights = [weight for (weight,) in full.execute(empty_land).fetchall()]
    assert len(weights) > 10
    assert set(weights) == {0.0}


# ---- Totals ------------------------------------------------------------------------------------------------------

APART = """
    WITH before AS (
        SELECT o.indicator_id, o.period_end, o.status, o.source_id, sum(o.numerator) AS part, sum(o.denominator) AS whole,
               sum(o.value) FILTER (WHERE i.kind = 'count') AS amount, count(*) AS units
        FROM observation AS o JOIN indicator AS i USING (indicator_id)
        WHERE i.kind = 'count' OR (o.numerator IS NOT NULL AND o.denominator IS NOT NULL) GROUP BY ALL
    ),
    after AS (
        SELECT r.indicator_id, r.period_end, r.origin_status AS status, r.source_id, sum(r.numerator) AS part,
               sum(r.denominator) AS whole, sum(r.value) FILTER (WHERE i.kind = 'count') AS amount
        FROM observation_reexpressed AS r JOIN indicator AS i USING (indicator_id)
        WHERE r.vintage = ? AND (i.kind = 'count' OR (r.numerator IS NOT NULL AND r.denominator IS NOT NULL)) GROUP BY ALL
    )
    SELECT * FROM before AS b LEFT JOIN after AS a USING (indicator_id, period_end, status, source_id)
    WHERE coalesce(abs(a.part - b.part) > 1e-9 * greatest(1, b.part), b.part IS NOT NULL)
       OR coalesce(abs(a.whole - b.whole) > 1e-9 * greatest(1, b.whole), b.whole IS NOT NULL)
       OR coalesce(abs(a.amount - b.amount) > 1e-9 * greatest(1, b.amount), b.amount IS NOT NULL)
"""


@pytest.mark.parametrize("vintage", VINTAGES)
def test_every_total_of_the_city_is_kept_for_every_indicator_and_period(
    full: duckdb.DuckDBPyConnection, partly: duckdb.DuckDBPyConnection, vintage: str
) -> None:
    for con in (full, partly):
        assert con.execute(APART, [vintage]).fetchall() == []
    compared = full.execute(
        "SELECT count(DISTINCT (indicator_id, period_end)) FROM observation_reexpressed WHERE vintage = ?",
        [vintage],
    )
    assert (compared.fetchone() or (0,))[0] > 800


AMOUNTS = st.lists(st.integers(0, 10**7), min_size=30, max_size=30)


@settings(max_examples=15, deadline=None)
@given(parts=AMOUNTS, extra=AMOUNTS, vintage=st.sampled_from(sorted(VINTAGES)))
def test_whatever_districts_report_their_sum_and_bands_hold(
    bench: duckdb.DuckDBPyConnection, parts: list[int], extra: list[int], vintage: str
) -> None:
    districts = [
        k
        for (k,) in bench.execute(
            "SELECT unit_key FROM stage.unit WHERE level = 'district' ORDER BY 1"
        ).fetchall()
    ]
    figures = [count(key, part) for key, part in zip(districts, parts, strict=True)]
    figures += [
        rate(key, part, part + more + 1) for key, part, more in zip(districts, parts, extra, strict=True)
    ]
    rows = moved(
        bench,
        figures,
        vintage,
        "numerator, denominator, value, value_low, value_high, value_by_area, value_by_people, estimated_share",
    )
    counts = [row for row in rows if row[1] is None]
    rates = [row for row in rows if row[1] is not None]
    assert len(counts) == len(rates) == VINTAGES[vintage]
    assert sum(row[2] for row in counts) == pytest.approx(sum(parts), rel=1e-9)
    assert sum(row[0] for row in rates) == pytest.approx(sum(parts), rel=1e-9)
    assert sum(row[1] for row in rates) == pytest.approx(sum(parts) + sum(extra) + 30, rel=1e-9)
    for _, _, value, low, high, area, people, share in rows:
        slack = 1e-9 * max(1.0, high)
        assert low - slack <= value <= high + slack
        assert 0 <= share <= 1
        assert area >= 0 and people >= 0
    assert all(0 <= row[3] <= row[4] <= 1 + 1e-9 for row in rates)


# ---- How figures move --------------------------------------------------------------------------------------------


def test_what_needs_no_move_passes_untouched(bench: duckdb.DuckDBPyConnection) -> None:
    ward = "00004@2025-07-01"
    rows = moved(
        bench,
        [rate(ward, 1, 3, AFTER)],
        "wards_2025_07",
        "unit_key, status, value, weight_method, estimated_share, value_low, value_high",
    )
    assert rows == [(ward, "reported", 1 / 3, "none", 0.0, 1 / 3, 1 / 3)]


def test_a_ward_that_was_taken_whole_moves_whole_and_keeps_its_status(
    bench: duckdb.DuckDBPyConnection,
) -> None:
    rows = moved(
        bench,
        [count("00001@legacy", 70)],
        "wards_2025_07",
        "unit_key, status, value, weight_method, estimated_share",
    )
    assert rows == [("00097@2025-07-01", "reported", 70.0, "whole", 0.0)]
    rows = moved(
        bench, [count("00001@legacy", 70)], "districts_2025_06", "unit_key, status, value, weight_method"
    )
    assert rows == [("001@legacy", "reported", 70.0, "whole")]


def test_a_divided_ward_is_an_estimate_with_its_extremes(bench: duckdb.DuckDBPyConnection) -> None:
    rows = moved(
        bench,
        [count("00097@legacy", 1000)],
        "wards_2025_07",
        "unit_key, status, origin_status, value, value_low, value_high, estimated_share",
    )
    assert [row[1:3] for row in rows] == [("apportioned", "reported")] * len(rows)
    assert len(rows) > 1
    assert sum(row[3] for row in rows) == pytest.approx(1000)
    assert {row[4:6] for row in rows} == {(0.0, 1000.0)}
    largest = max(rows, key=lambda row: row[3])
    assert largest[0] == "00097@2025-07-01"
    assert largest[6] == pytest.approx((1000 - largest[3]) / largest[3])


def test_the_rate_of_a_part_may_lie_anywhere_that_the_whole_allows(bench: duckdb.DuckDBPyConnection) -> None:
    (weight,) = bench.execute(
        "SELECT max(weight) FROM unit_bridge WHERE vintage = 'wards_2025_07' AND from_key = '00097@legacy'"
    ).fetchone() or (0,)
    rows = moved(
        bench, [rate("00097@legacy", 999, 1000)], "wards_2025_07", "unit_key, value, value_low, value_high"
    )
    main = next(row for row in rows if row[0] == "00097@2025-07-01")
    assert main[1] == pytest.approx(0.999)
    # the one of a thousand who does not count may live here, or may not
    assert main[2] == pytest.approx((999 - 1000 * (1 - weight)) / (1000 * weight))
    assert main[3] == pytest.approx(min(999, 1000 * weight) / (1000 * weight))


def test_rates_are_worked_out_again_from_moved_counts(bench: duckdb.DuckDBPyConnection) -> None:
    """Phúc Xá and Chương Dương went whole to Hồng Hà: their rate together is a sum over a sum."""
    rows = moved(
        bench,
        [rate("00001@legacy", 90, 100), rate("00067@legacy", 10, 900)],
        "wards_2025_07",
        "unit_key, numerator, denominator, value",
    )
    assert rows == [("00097@2025-07-01", 100.0, 1000.0, 0.1)]


def test_a_rate_without_its_counts_does_not_move(bench: duckdb.DuckDBPyConnection) -> None:
    bare = ("model.family.recognised_of_total", "001@legacy", BEFORE, None, None, 0.7)
    assert moved(bench, [bare], "wards_2025_07", "unit_key") == []
    assert moved(bench, [bare], "districts_2025_06", "unit_key, value") == [("001@legacy", 0.7)]


def test_a_district_and_its_ward_in_one_report_are_not_counted_twice(
    bench: duckdb.DuckDBPyConnection,
) -> None:
    both = [count("001@legacy", 1000), count("00001@legacy", 70)]
    assert moved(bench, both, "districts_2025_06", "unit_key, value") == [("001@legacy", 1000.0)]
    assert sum(value for (value,) in moved(bench, both, "wards_2025_07", "value")) == pytest.approx(1000)
    on_wards: dict[str, float] = dict(moved(bench, both, "wards_2025_01", "unit_key, value"))
    assert on_wards["00001@legacy"] == 70.0
    listed = bench.execute(
        "SELECT DISTINCT vintage, from_key FROM reexpression_overlap ORDER BY ALL"
    ).fetchall()
    assert listed == [
        ("districts_2025_06", "00001@legacy"),
        ("wards_2025_01", "001@legacy"),
        ("wards_2025_07", "00001@legacy"),
    ]


def test_who_is_silent_lowers_the_covered_share_and_not_the_rate(bench: duckdb.DuckDBPyConnection) -> None:
    sums = "unit_key, value, covered_share"
    every = bench.execute(
        "SELECT from_key FROM unit_bridge WHERE vintage = 'districts_2025_06' AND to_key = '017@legacy' AND weight_method = 'whole'"
        " AND from_key LIKE '%@2025-07-01' ORDER BY 1"
    ).fetchall()
    figures = [rate(key, 50, 100, AFTER) for (key,) in every]
    whole = next(row for row in moved(bench, figures, "districts_2025_06", sums) if row[0] == "017@legacy")
    part = next(row for row in moved(bench, figures[1:], "districts_2025_06", sums) if row[0] == "017@legacy")
    assert whole[1] == part[1] == 0.5
    assert 0 < part[2] < whole[2] <= 1


def test_a_figure_of_no_unit_but_the_city_stays_with_the_city(bench: duckdb.DuckDBPyConnection) -> None:
    for vintage in VINTAGES:
        assert moved(bench, [count("01", 5)], vintage, "unit_key, value, weight_method") == [
            ("01", 5.0, "none")
        ]
