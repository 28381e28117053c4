"""Coverage: who was expected to report, who did, how late, and which share of the people that is.

For a kind of report and a period there are either real reports or illustrative ones, never both (``report_status``);
every answer says which.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pandas as pd

from queries.catalogue import CITY, typed
from queries.figures import reform_day
from queries.rules import threshold
from queries.warehouse import Warehouse, recent

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def as_of(w: Warehouse) -> dt.date:
    """The day, in Hà Nội, that days overdue are counted to: the build knows of no report that came later."""
    return w.built_at.astimezone(HANOI).date()


@dataclass(frozen=True)
class Coverage:
    """How many of the units of an area that were to report for a period did so.

    ``reported`` = in time + ``late`` + ``undated`` (the file does not say when), ``missing`` = ``expected`` - ``reported``.
    ``population_share`` (a fraction; None where no population is known) is of the area's people: those in units that
    reported. ``median_days`` from the end of the period to the report is over those whose day is known. ``due`` is the
    last day in time, ``overdue`` the days since then up to ``as_of`` (0 while there is still time).
    """

    report: str
    period_end: dt.date
    status: str
    area: str
    level: str
    expected: int
    reported: int
    late: int
    undated: int
    missing: int
    population_share: float | None
    median_days: float | None
    due: dt.date
    overdue: int
    as_of: dt.date


def coverage(
    w: Warehouse, report: str, period_end: dt.date, statuses: tuple[str, ...], area: str = CITY
) -> Coverage | None:
    """Coverage of a period; None where no unit has reported under these statuses.

    ``area`` is the city, a former district by its key, or ``phuong`` or ``xa``. A ward that lies in several former
    districts is expected in each, with its share of the people.
    """
    units = who_reported(w, report, period_end, statuses, area)
    if units.empty:
        return None
    has_reported, people = units["state"] != "missing", units["people"].sum()
    days = units["days_after_period"].dropna()
    due, today = _due(w, period_end), as_of(w)
    return Coverage(
        report=report,
        period_end=period_end,
        status=str(units["status"].iloc[0]),
        area=area,
        level=str(units["level"].iloc[0]),
        expected=len(units),
        reported=int(has_reported.sum()),
        late=int((units["state"] == "late").sum()),
        undated=int((has_reported & units["reported_on"].isna()).sum()),
        missing=int((~has_reported).sum()),
        population_share=float(units.loc[has_reported, "people"].sum() / people) if people else None,
        median_days=float(days.median()) if len(days) else None,
        due=due,
        overdue=max((today - due).days, 0),
        as_of=today,
    )


def _due(w: Warehouse, period_end: dt.date) -> dt.date:
    return period_end + dt.timedelta(days=threshold(w, "report_due_days"))


@recent
def who_reported(
    w: Warehouse, report: str, period_end: dt.date, statuses: tuple[str, ...], area: str = CITY
) -> pd.DataFrame:
    """Every unit that was to report for a period: the missing first, then the late, the most populous first in each.

    One row a unit: unit_key, names, level, former district (names), peer_group, population, ``people`` (those of the
    population who live in the area), state (missing, late or reported), status, reported_on, days_after_period,
    last_reported (end of the last period it reported for), periods_missed in a row, and ``overdue``: the days by which a
    late report came after the time allowed, or for which a missing one has been due; missing where nothing is overdue.
    """
    return w.frame(
        """
        WITH
        asked AS (
            SELECT ? AS report, CAST(? AS DATE) AS period_end, ? AS statuses, ? AS area, CAST(? AS DATE) AS due,
                   CAST(? AS DATE) AS as_of
        ),
        lying_in AS (
            SELECT unit_key, max(part) AS part FROM (
                SELECT unit_key, 1.0 AS part FROM unit, asked WHERE area IN ('01', type, unit_key)
                UNION ALL
                SELECT from_key, weight FROM unit_bridge, asked
                WHERE vintage = 'districts_2025_06' AND to_key = area AND weight > 0
            ) GROUP BY unit_key
        ),
        expected AS (
            SELECT s.*, s.population * l.part AS people, a.due, a.as_of,
                   CASE WHEN NOT s.has_reported THEN 'missing' WHEN s.is_late THEN 'late' ELSE 'reported' END AS state
            FROM report_status AS s
            JOIN asked AS a ON a.report = s.report AND a.period_end = s.period_end AND list_contains(a.statuses, s.status)
            JOIN lying_in AS l ON l.unit_key = s.unit_key
        )
        SELECT e.unit_key, u.name_vi, u.name_en, u.level, d.name_vi AS district_vi, d.name_en AS district_en, g.peer_group,
               e.population, e.people, e.state, e.status, e.reported_on, e.days_after_period,
               CASE WHEN e.state = 'late' THEN date_diff('day', e.due, e.reported_on)
                    WHEN e.state = 'missing' AND e.as_of > e.due THEN date_diff('day', e.due, e.as_of) END AS overdue,
               e.last_reported, e.periods_missed
        FROM expected AS e
        JOIN unit AS u USING (unit_key)
        LEFT JOIN unit AS d ON d.unit_key = u.main_district_key
        LEFT JOIN unit_peer_group AS g USING (unit_key)
        ORDER BY list_position(['missing', 'late', 'reported'], e.state), e.population DESC NULLS LAST, u.name_vi COLLATE vi
        """,
        *(report, period_end, list(statuses), area, _due(w, period_end), as_of(w)),
    )


def late_and_missing(
    w: Warehouse, report: str, period_end: dt.date, statuses: tuple[str, ...], area: str = CITY
) -> pd.DataFrame:
    """The units that have not reported for a period and those that were late, as in ``who_reported``."""
    units = who_reported(w, report, period_end, statuses, area)
    return units[units["state"] != "reported"].reset_index(drop=True)


@dataclass(frozen=True)
class PeriodCoverage:
    """Coverage of the whole city in one period.

    ``reported`` = ``in_time`` + ``late`` + ``undated`` (day not known); with ``missing`` they make up ``expected``.
    ``population_share`` (a fraction; None where no population is known) lives in units that reported.
    """

    period_end: dt.date
    status: str
    level: str
    expected: int
    reported: int
    in_time: int
    late: int
    undated: int
    missing: int
    population_share: float | None


def history(w: Warehouse, report: str, statuses: tuple[str, ...]) -> list[PeriodCoverage]:
    """Coverage of the city period by period, oldest first; real and illustrative periods say which they are."""
    rows = w.rows(
        """
        SELECT s.period_end, s.status, u.level, count(*) AS expected, count(*) FILTER (s.has_reported) AS reported,
               count(*) FILTER (NOT s.is_late) AS in_time, count(*) FILTER (s.is_late) AS late,
               count(*) FILTER (s.has_reported AND s.is_late IS NULL) AS undated,
               count(*) FILTER (NOT s.has_reported) AS missing,
               coalesce(sum(s.population) FILTER (s.has_reported), 0) / nullif(sum(s.population), 0) AS population_share
        FROM report_status AS s JOIN unit AS u USING (unit_key)
        WHERE s.report = ? AND list_contains(?, s.status)
        GROUP BY ALL ORDER BY s.period_end
        """,
        report,
        list(statuses),
    )
    return [typed(PeriodCoverage, row) for row in rows]


@dataclass(frozen=True)
class InBoth:
    """One indicator at two periods over the units that have a figure at both, so that like is compared with like.

    ``level`` is ward or district where the same tier reported both times. Across July 2025 it is ``former_district``: the
    districts whose wards of today have all reported, summed up by their shares. ``units`` of ``expected`` units are in
    both, with ``population_share`` of the people (a fraction). A rate is a sum over a sum of those units, a count their
    sum; ``status`` is the same at both periods. ``estimated_share`` (0 to 1) of the second figure had to be divided between
    former districts.
    """

    indicator_id: str
    basis: str | None
    status: str
    level: str
    units: int
    expected: int
    population_share: float | None
    value_first: float
    value_second: float
    estimated_share: float


_REPORTING_UNITS = """
    SELECT o.indicator_id, o.unit_key, o.period_end, o.status, o.numerator, o.denominator, o.value, 0 AS estimated_share
    FROM observation AS o JOIN unit AS u USING (unit_key)
    WHERE u.level = (SELECT level FROM asked) AND o.status <> 'published'
"""
_FORMER_DISTRICTS = """
    SELECT o.indicator_id, o.area_key AS unit_key, o.period_end, o.status, o.numerator, o.denominator, o.value, o.estimated_share
    FROM observation_area AS o
    WHERE o.area_kind = 'district' AND o.units_reporting = o.units_expected
"""


def in_both(
    w: Warehouse, indicator_ids: tuple[str, ...], first: dt.date, second: dt.date, statuses: tuple[str, ...]
) -> dict[str, InBoth]:
    """Several indicators at two periods, each over the units that have a figure at both; left out where no unit has.

    Real figures are set against real ones only, illustrative against illustrative.
    """
    reform = reform_day(w)
    level = "district" if first < reform else "ward"
    crosses = (first < reform) != (second < reform)
    rows = w.rows(
        """
        WITH
        asked AS (SELECT CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS second_day, ? AS level),
        kept AS (
            -- figures
              AND list_contains(?, o.indicator_id) AND list_contains(?, o.status)
              AND o.period_end IN (?, ?) AND o.value IS NOT NULL
        ),
        tier AS (
            SELECT count(*) AS expected, sum(population) AS people FROM unit AS u, asked AS a
            WHERE u.level = a.level AND (u.level = 'district' OR u.valid_to IS NULL)
        )
        SELECT f.indicator_id, any_value(i.basis) AS basis, f.status, any_value(a.level) AS level, count(*) AS units,
               any_value(t.expected) AS expected, sum(u.population) / any_value(t.people) AS population_share,
               CASE any_value(i.kind) WHEN 'rate' THEN sum(f.numerator) / sum(f.denominator) ELSE sum(f.value) END AS value_first,
               CASE any_value(i.kind) WHEN 'rate' THEN sum(s.numerator) / sum(s.denominator) ELSE sum(s.value) END AS value_second,
               coalesce(sum(s.estimated_share * coalesce(s.denominator, s.value)) / nullif(sum(coalesce(s.denominator, s.value)), 0), 0)
                   AS estimated_share
        FROM kept AS f
        JOIN asked AS a ON f.period_end = a.first_day
        JOIN kept AS s USING (indicator_id, unit_key, status)
        JOIN unit AS u USING (unit_key)
        JOIN indicator AS i USING (indicator_id)
        CROSS JOIN tier AS t
        WHERE s.period_end = a.second_day
        GROUP BY f.indicator_id, f.status
        """.replace("-- figures", _FORMER_DISTRICTS if crosses else _REPORTING_UNITS),
        *(first, second, level, list(indicator_ids), list(statuses), first, second),
    )
    over = {"level": "former_district"} if crosses else {}
    return {row["indicator_id"]: typed(InBoth, row | over) for row in rows}


def present_in_both(
    w: Warehouse, indicator_id: str, first: dt.date, second: dt.date, statuses: tuple[str, ...]
) -> InBoth | None:
    """One indicator at two periods over the units that have a figure at both; None where no unit has (see ``in_both``)."""
    return in_both(w, (indicator_id,), first, second, statuses).get(indicator_id)
