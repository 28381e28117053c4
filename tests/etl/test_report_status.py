"""Who was to report, who did, how late, and for how long nobody has heard from a unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.conftest import BuildWarehouse
from tests.etl.offices import (
    REPORTING,
    REPORTING_DUE_DAYS,
    REPORTING_WARDS,
    opened,
    reporting,
    reporting_ward,
    rows_of,
    todays_wards,
)

ENDS = {
    "2025-H1": dt.date(2025, 6, 30),
    "2025-Q3": dt.date(2025, 9, 30),
    "2025-Q4": dt.date(2025, 12, 31),
    "2026-Q1": dt.date(2026, 3, 31),
    "2026-Q2": dt.date(2026, 6, 30),
    "2026-Q3": dt.date(2026, 9, 30),
}
SAMPLE = Path(__file__).resolve().parent.parent.parent / "data" / "sample"


@pytest.fixture(scope="module")
def offices(build_warehouse: BuildWarehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(build_warehouse("reporting", reporting)) as con:
        yield con


def of(con: duckdb.DuckDBPyConnection, name: str, period: str, columns: str) -> tuple[object, ...]:
    """What is known of one ward's real report on models."""
    code, _ = reporting_ward(name)
    found = con.execute(
        f"SELECT {columns} FROM report_status WHERE report = 'learning_models' AND status = 'reported'"
        " AND unit_key = ? AND period_end = ?",
        [f"{code}@2025-07-01", ENDS[period]],
    ).fetchall()
    assert len(found) == 1
    return found[0]


def test_the_reference_tables_alone_expect_nobody(warehouse_empty: Path) -> None:
    with opened(warehouse_empty) as con:
        assert con.execute("SELECT count(*) FROM report_status").fetchall() == [(0,)]


def test_units_of_the_day_are_expected_districts_until_30_june_2025_and_wards_of_today_after(
    full: duckdb.DuckDBPyConnection,
) -> None:
    found = full.execute(
        """
        SELECT s.report, s.period_end, u.level, count(*), count(DISTINCT s.unit_key),
               bool_and(coalesce(u.valid_from, s.period_end) <= s.period_end),
               bool_and(coalesce(u.valid_to, s.period_end) >= s.period_end)
        FROM report_status AS s JOIN unit AS u USING (unit_key) GROUP BY ALL ORDER BY ALL
        """
    ).fetchall()
    assert len(found) == 2 * 14
    for _, period_end, level, units, distinct, begun, not_ended in found:
        tier = ("district", 30) if period_end <= dt.date(2025, 6, 30) else ("ward", 126)
        assert (level, units, distinct, begun, not_ended) == (*tier, tier[1], True, True)


def test_who_reported_is_who_is_in_the_file(full: duckdb.DuckDBPyConnection) -> None:
    for report in ("learning_models", "participation"):
        for period in ("2025-H1", "2025-Q3", "2026-Q3"):
            senders = {row["unit_code"] for row in rows_of(SAMPLE / report / f"{period}.csv")}
            found = full.execute(
                "SELECT u.code FROM report_status AS s JOIN unit AS u USING (unit_key)"
                " WHERE s.report = ? AND s.period_end = ? AND s.has_reported",
                [report, ENDS[period]],
            ).fetchall()
            assert {code for (code,) in found} == senders
            assert len(found) == len(senders)


def test_a_real_report_of_one_office_switches_the_illustrative_ones_off_for_that_table_and_period_only(
    offices: duckdb.DuckDBPyConnection,
) -> None:
    found = offices.execute(
        "SELECT report, period_end, status, count(*), count(*) FILTER (WHERE has_reported)"
        " FROM report_status GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    models = [
        ("learning_models", ENDS[period], "reported", 126, len(sent)) for period, sent in REPORTING.items()
    ]
    stand_in = [
        ("learning_models", ENDS["2025-H1"], "illustrative", 30, 30),
        ("learning_models", ENDS["2026-Q1"], "illustrative", 126, 120),
    ]
    assert [row for row in found if row[0] == "learning_models"] == sorted([*models, *stand_in])
    participation = [(row[1], row[2]) for row in found if row[0] == "participation"]
    assert participation == [(ENDS[p], "illustrative") for p in ("2025-H1", "2026-Q1", "2026-Q3")]


def test_a_file_of_the_city_itself_makes_no_ward_silent(offices: duckdb.DuckDBPyConnection) -> None:
    citys = "SELECT DISTINCT unit_key FROM observation WHERE period_end = ? AND indicator_id LIKE 'participation.%'"
    assert offices.execute(citys, [ENDS["2026-Q2"]]).fetchall() == [("01",)]
    wards = "SELECT count(*) FROM report_status WHERE period_end = ? AND report = 'participation'"
    assert offices.execute(wards, [ENDS["2026-Q2"]]).fetchall() == [(0,)]


@pytest.mark.parametrize(
    ("name", "period", "days", "late"),
    [
        ("in time", "2025-Q3", REPORTING_DUE_DAYS, False),
        ("late", "2025-Q3", REPORTING_DUE_DAYS + 1, True),
        ("stopped", "2025-Q3", 0, False),
        ("undated", "2025-Q3", None, None),
        ("silent", "2025-Q3", None, None),
        ("in time", "2026-Q3", REPORTING_DUE_DAYS - 1, False),
        ("late", "2026-Q3", 92, True),
    ],
)
def test_a_report_is_late_from_the_day_after_the_time_allowed_and_an_undated_one_is_neither(
    offices: duckdb.DuckDBPyConnection, name: str, period: str, days: int | None, late: bool | None
) -> None:
    day = REPORTING[period].get(name)
    written = dt.date.fromisoformat(day) if day else None
    found = of(offices, name, period, "has_reported, reported_on, days_after_period, is_late")
    assert found == (day is not None, written, days, late)


def test_the_day_of_a_unit_that_sent_twice_is_the_first(offices: duckdb.DuckDBPyConnection) -> None:
    rows = offices.execute(
        "SELECT count(*) FROM observation WHERE indicator_id = 'model.clan.total' AND period_end = ? AND status = 'reported'",
        [ENDS["2025-Q3"]],
    ).fetchall()
    assert rows == [(1,)]
    assert of(offices, "in time", "2025-Q3", "reported_on") == (dt.date(2025, 10, 20),)


@pytest.mark.parametrize(
    ("name", "last", "missed"),
    [
        ("in time", ("2025-Q3", "2025-Q4", "2026-Q2", "2026-Q3"), (0, 0, 0, 0)),
        ("stopped", ("2025-Q3", "2025-Q3", "2025-Q3", "2025-Q3"), (0, 1, 2, 3)),
        ("started", (None, "2025-Q4", "2025-Q4", "2025-Q4"), (1, 0, 1, 2)),
        ("undated", ("2025-Q3", "2025-Q4", "2025-Q4", "2025-Q4"), (0, 0, 1, 2)),
        ("silent", (None, None, None, None), (1, 2, 3, 4)),
    ],
)
def test_periods_missed_in_a_row_and_the_last_one_reported_count_up_to_the_period_itself(
    offices: duckdb.DuckDBPyConnection, name: str, last: tuple[str | None, ...], missed: tuple[int, ...]
) -> None:
    found = [of(offices, name, period, "last_reported, periods_missed") for period in REPORTING]
    assert found == [(ENDS.get(day or ""), n) for day, n in zip(last, missed, strict=True)]


def test_illustrative_reports_have_a_history_of_their_own(offices: duckdb.DuckDBPyConnection) -> None:
    found = offices.execute(
        "SELECT DISTINCT last_reported, periods_missed FROM report_status"
        " WHERE report = 'learning_models' AND period_end = ? AND status = 'illustrative' ORDER BY ALL",
        [ENDS["2026-Q1"]],
    ).fetchall()
    assert found == [(ENDS["2026-Q1"], 0), (None, 1)]
    silent = offices.execute(
        "SELECT has_reported FROM report_status WHERE report = 'learning_models' AND period_end = ? AND unit_key = ?",
        [ENDS["2026-Q1"], f"{reporting_ward('silent')[0]}@2025-07-01"],
    ).fetchall()
    assert silent == [(True,)], "the ward that never reported stands in the sample, which fills no hole"


def test_a_district_is_not_silent_after_its_last_day(full: duckdb.DuckDBPyConnection) -> None:
    found = full.execute(
        "SELECT max(s.period_end), max(s.periods_missed) FROM report_status AS s JOIN unit AS u USING (unit_key)"
        " WHERE u.level = 'district'"
    ).fetchall()
    assert found == [(ENDS["2025-H1"], 0)]


def test_every_ward_counts_with_its_people(offices: duckdb.DuckDBPyConnection) -> None:
    for name in REPORTING_WARDS:
        assert of(offices, name, "2026-Q3", "population") == (reporting_ward(name)[1],)
    people = offices.execute(
        "SELECT sum(population) FROM report_status WHERE report = 'learning_models' AND period_end = ?",
        [ENDS["2026-Q3"]],
    ).fetchall()
    assert people == [(sum(people for _, people in todays_wards()),)]
