"""One ward of today or one former district at a time: what it is, where it came from, what it reports, who is like it.

A ward's own figures begin with quý III/2025. A former district goes on after July 2025 as the sum of its share of
today's wards (``observation_area``). A unit is compared with others of its tier at the period of its own latest
figure, on one status: illustrative figures are never set against real ones.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from queries.catalogue import typed
from queries.figures import periods
from queries.schools import LEVELS, Register
from queries.warehouse import Warehouse


@dataclass(frozen=True)
class Facts:
    """What a unit is. ``population`` as of the day or year in ``population_as_of``; ``density`` in people per km²."""

    unit_key: str
    code: str
    name_vi: str
    name_en: str
    short_vi: str
    level: str
    type: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    area_km2: float | None
    population: int | None
    population_as_of: str | None
    density: float | None
    source_id: str | None
    source_title: str | None
    source_url: str | None
    group_vi: str
    group_en: str
    group_reason_vi: str
    group_reason_en: str
    group_size: int


def facts(w: Warehouse, unit_key: str) -> Facts:
    """The facts of a ward of today or a former district. LookupError where the key is of neither."""
    row = w.row(
        """
        SELECT u.unit_key, u.code, u.name_vi, u.name_en, u.short_name_vi AS short_vi, u.level, u.type, u.valid_from,
               u.valid_to, u.area_km2, u.population, u.population_as_of, m.density, u.source_id,
               s.title AS source_title, s.url AS source_url,
               g.name_vi AS group_vi, g.name_en AS group_en, g.reason_vi AS group_reason_vi,
               g.reason_en AS group_reason_en,
               (SELECT count(*) FROM unit_peer_group AS o WHERE o.peer_group = m.peer_group) AS group_size
        FROM unit AS u JOIN unit_peer_group AS m USING (unit_key) JOIN peer_group AS g USING (peer_group)
        LEFT JOIN source AS s ON s.source_id = u.source_id
        WHERE u.unit_key = ?
        """,
        unit_key,
    )
    if row is None:
        raise LookupError(unit_key)
    return typed(Facts, row)


# ---- Where it came from, what became of it ------------------------------------------------------------------------


@dataclass(frozen=True)
class Share:
    """The part of a ward of today that lay in a former district, seen from either side.

    ``unit_key`` and the names are of the other unit. ``people`` is the part of the ward's people (fraction),
    ``area`` of its land; ``people_method`` says how the first is known, ``area_by_law`` that the resolution puts
    all the land there. ``of_district`` is the part of the former district's people.
    """

    unit_key: str
    name_vi: str
    name_en: str
    short_vi: str
    population: int | None
    area: float
    area_by_law: bool
    people: float
    people_method: str
    estimated: bool
    of_district: float


_SHARES = """
    SELECT u.unit_key, u.name_vi, u.name_en, u.short_name_vi AS short_vi, u.population, s.share AS area,
           s.share_method = 'resolution_single_district' AS area_by_law, coalesce(b.weight, 0) AS people,
           coalesce(b.weight_method, 'none') AS people_method, coalesce(b.estimated, false) AS estimated,
           coalesce(b.to_share, 0) AS of_district
    FROM ward_district_share AS s
    LEFT JOIN unit_bridge AS b
        ON b.vintage = 'districts_2025_06' AND b.from_key = s.ward_key AND b.to_key = s.district_key
"""


def districts_of_ward(w: Warehouse, ward_key: str) -> list[Share]:
    """The former districts that a ward of today lay in, the one with most of its people first."""
    rows = w.rows(
        _SHARES
        + """
        JOIN unit AS u ON u.unit_key = s.district_key
        WHERE s.ward_key = ? AND (s.share > 0 OR b.weight > 0)
        ORDER BY people DESC, area DESC
        """,
        ward_key,
    )
    return [typed(Share, row) for row in rows]


def wards_of_district(w: Warehouse, district_key: str) -> list[Share]:
    """Today's wards that came from a former district, those with most of its people first."""
    rows = w.rows(
        _SHARES
        + """
        JOIN unit AS u ON u.unit_key = s.ward_key
        WHERE s.district_key = ? AND (s.share > 0 OR b.weight > 0)
        ORDER BY of_district DESC, area DESC, u.short_name_vi COLLATE vi
        """,
        district_key,
    )
    return [typed(Share, row) for row in rows]


@dataclass(frozen=True)
class Predecessor:
    """A ward of before July 2025 of which all or a part went into a ward of today.

    ``resolution_part`` is what the resolution says of land and people, ``clause`` where. ``area`` and ``people``
    are the parts of the former ward that went there (fractions), ``estimated`` where the law does not settle the
    people; ``population`` is the former ward's at the census. ``older`` are names merged into it on 1 January 2025.
    """

    unit_key: str
    name_vi: str
    name_en: str
    district_vi: str
    district_en: str
    resolution_part: str
    population_part: str
    area: float
    people: float
    estimated: bool
    clause: int
    population: int | None
    population_as_of: dt.date | None
    population_source_id: str | None
    source_id: str
    older: tuple[str, ...]


def predecessors(w: Warehouse, ward_key: str) -> list[Predecessor]:
    """The former wards of a ward of today: whole ones first, then by the part of their people that came."""
    rows = w.rows(
        """
        SELECT f.unit_key, f.name_vi, f.name_en, d.name_vi AS district_vi, d.name_en AS district_en,
               s.resolution_part, s.population_part, s.area_share AS area, coalesce(b.weight, 0) AS people,
               coalesce(b.estimated, false) AS estimated, s.resolution_clause AS clause, c.population,
               c.population_as_of, c.population_source_id, s.source_id,
               (SELECT list(r.name_2024 ORDER BY r.name_2024 COLLATE vi) FROM ward_recoding_2025_01 AS r
                WHERE r.unit_key = f.unit_key AND r.change = 'merged') AS older
        FROM ward_succession AS s
        JOIN unit AS f ON f.unit_key = s.from_key
        JOIN unit AS d ON d.unit_key = f.parent_key
        LEFT JOIN former_ward AS c ON c.unit_key = s.from_key
        LEFT JOIN unit_bridge AS b
            ON b.vintage = 'wards_2025_07' AND b.from_key = s.from_key AND b.to_key = s.to_key
        WHERE s.to_key = ?
        ORDER BY s.part = 'whole' DESC, people DESC, area DESC, f.name_vi COLLATE vi
        """,
        ward_key,
    )
    return [typed(Predecessor, row | {"older": tuple(row["older"] or ())}) for row in rows]


# ---- What it reports, and where that puts it ----------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """The latest figure of one indicator that a unit reported, and where it stands among units like it.

    ``value`` is a fraction for a rate, else the count. ``estimated_share`` of a former district's sum had to be
    estimated; ``units_reporting`` of ``units_expected`` wards, with ``population_share`` of the people, are in it.
    Ranks, the median of the peer group and the city's figure are of the same period and status; the ranks count the
    units that have a figure (``group_size``, ``city_size``). ``single``: each unit has just one, recognised or not.
    ``days`` and ``values`` are the unit's figures of the same status up to this one, oldest first.
    """

    indicator_id: str
    model: str | None
    name_vi: str
    name_en: str
    short_name_vi: str | None
    short_name_en: str | None
    unit_vi: str | None
    unit_en: str | None
    kind: str
    basis: str | None
    decimals: int
    direction: str | None
    numerator_indicator_id: str | None
    definition_source_id: str | None
    value: float | None
    numerator: float | None
    denominator: float | None
    status: str
    source_id: str
    period_start: dt.date | None
    period_end: dt.date
    estimated_share: float
    units_reporting: int
    units_expected: int
    population_share: float | None
    group_rank: int
    group_size: int
    group_median: float | None
    city_rank: int
    city_size: int
    city_value: float | None
    single: bool
    days: tuple[dt.date, ...]
    values: tuple[float, ...]


# What wards of today reported, and sums over former districts. Its two parameters, both the level asked for, keep one of
# them; None keeps both.
_TIER = """
    WITH tier AS (
        SELECT o.indicator_id, o.unit_key, o.period_start, o.period_end, o.status, o.source_id, o.numerator, o.denominator,
               o.value, 0.0 AS estimated_share, 1 AS units_reporting, 1 AS units_expected, 1.0 AS population_share
        FROM observation AS o JOIN unit AS u USING (unit_key)
        WHERE u.level = 'ward' AND u.valid_to IS NULL AND o.status <> 'published' AND coalesce(?, 'ward') = 'ward'
        UNION ALL
        SELECT indicator_id, area_key, period_start, period_end, status,
               CASE status WHEN 'illustrative' THEN 'sample-generator' ELSE 'office-reports' END, numerator, denominator,
               value, estimated_share, units_reporting, units_expected, population_share
        FROM observation_area WHERE area_kind = 'district' AND coalesce(?, 'district') = 'district'
    )
"""


def _with_tier(query: str) -> str:
    """A query, given as a whole in the code, that may ask ``tier``."""
    return _TIER + query


def readings(
    w: Warehouse,
    unit_key: str,
    level: str,
    themes: tuple[str, ...],
    statuses: tuple[str, ...],
    until: dt.date,
) -> dict[str, Reading]:
    """The latest figure up to a day of every indicator of some themes that a unit reported, in the catalogue's order."""
    rows = w.rows(
        _with_tier("""
        , asked AS (SELECT ? AS unit_key, ? AS themes, ? AS statuses, CAST(? AS DATE) AS until),
        usable AS MATERIALIZED (
            SELECT
                t.*, q.unit_key AS asked_key,
                i.direction
            FROM tier AS t JOIN indicator AS i USING (indicator_id), asked AS q
            WHERE t.unit_key = q.unit_key AND list_contains(q.statuses, t.status) AND list_contains(q.themes, i.theme)
              AND t.period_end <= q.until AND t.value IS NOT NULL
        ),
        own AS MATERIALIZED (
            FROM usable
            QUALIFY row_number() OVER (PARTITION BY indicator_id ORDER BY status = 'reported' DESC, period_end DESC) = 1
        ),
        past AS (
            SELECT u.indicator_id, list(u.period_end ORDER BY u.period_end) AS days,
                   list(u.value ORDER BY u.period_end) AS "values"
            FROM usable AS u JOIN own USING (indicator_id, unit_key, status)
            WHERE u.period_end <= own.period_end
            GROUP BY ALL
        ),
        field AS (
            SELECT f.indicator_id, f.unit_key, f.value, f.denominator, m.peer_group = g.peer_group AS is_peer,
                   CASE own.direction WHEN 'down' THEN -f.value ELSE f.value END AS height
            FROM tier AS f
            JOIN own ON own.indicator_id = f.indicator_id AND own.period_end = f.period_end AND own.status = f.status
            JOIN unit_peer_group AS m ON m.unit_key = f.unit_key
            JOIN unit_peer_group AS g ON g.unit_key = own.unit_key
            WHERE f.value IS NOT NULL
        ),
        place AS (
            SELECT f.indicator_id,
                   1 + count(*) FILTER (WHERE f.is_peer AND f.height > me.height) AS group_rank,
                   count(*) FILTER (WHERE f.is_peer) AS group_size, median(f.value) FILTER (WHERE f.is_peer) AS group_median,
                   1 + count(*) FILTER (WHERE f.height > me.height) AS city_rank, count(*) AS city_size,
                   coalesce(max(f.denominator) = 1, false) AS single
            FROM field AS f
            JOIN field AS me ON me.indicator_id = f.indicator_id
            JOIN asked AS q ON q.unit_key = me.unit_key
            GROUP BY f.indicator_id
        )
        SELECT
            own.*, p.*, past.days, past."values", c.value AS city_value, i.model, i.name_vi, i.name_en, i.short_name_vi,
            i.short_name_en, i.unit_vi, i.unit_en, i.kind, i.basis, i.decimals,
            i.numerator_indicator_id, i.source_id AS definition_source_id
        FROM own
        JOIN indicator AS i USING (indicator_id)
        JOIN place AS p USING (indicator_id)
        JOIN past USING (indicator_id)
        LEFT JOIN observation_area AS c
            ON c.indicator_id = own.indicator_id AND c.area_kind = 'city' AND c.period_end = own.period_end
           AND c.status = own.status
        ORDER BY i.position, i.indicator_id
        """),
        level,
        level,
        unit_key,
        list(themes),
        list(statuses),
        until,
    )
    return {
        row["indicator_id"]: typed(
            Reading,
            row
            | {
                "days": tuple(row["days"]),
                "values": tuple(row["values"]),
                "decimals": row["decimals"] if row["decimals"] is not None else 1,
            },
        )
        for row in rows
    }


def field_of(
    w: Warehouse, unit_key: str, level: str, indicator_id: str, period_end: dt.date, status: str
) -> pd.DataFrame:
    """A unit among all of its tier at one period, by name: one row a unit, value missing where it did not report.

    Columns: unit_key, name_vi, name_en, type, value, numerator, denominator, estimated_share, basis, is_self, is_peer,
    is_neighbour, border_km (missing where they only touch at a point, or are no neighbours).
    """
    return w.frame(
        _with_tier("""
        , asked AS (SELECT ? AS unit_key)
        SELECT u.unit_key, u.name_vi, u.name_en, u.type, t.value, t.numerator, t.denominator, t.estimated_share, i.basis,
               u.unit_key = q.unit_key AS is_self, m.peer_group = g.peer_group AS is_peer,
               n.contact IS NOT NULL AS is_neighbour, CASE WHEN n.contact = 'border' THEN n.shared_border_km END AS border_km
        FROM asked AS q
        JOIN unit_peer_group AS g ON g.unit_key = q.unit_key
        JOIN unit AS u ON u.level = ? AND (u.level = 'district' OR u.valid_to IS NULL)
        JOIN unit_peer_group AS m ON m.unit_key = u.unit_key
        JOIN indicator AS i ON i.indicator_id = ?
        LEFT JOIN tier AS t
            ON t.unit_key = u.unit_key AND t.indicator_id = i.indicator_id AND t.period_end = ? AND t.status = ?
        LEFT JOIN unit_neighbour AS n
            ON (n.unit_key_a = q.unit_key AND n.unit_key_b = u.unit_key)
            OR (n.unit_key_b = q.unit_key AND n.unit_key_a = u.unit_key)
        ORDER BY u.short_name_vi COLLATE vi, u.unit_key
        """),
        level,
        level,
        unit_key,
        level,
        indicator_id,
        period_end,
        status,
    )


@dataclass(frozen=True)
class Point:
    """One figure of a unit in a line over time; ``estimated_share`` of it had to be estimated."""

    unit_key: str
    basis: str | None
    period_start: dt.date | None
    period_end: dt.date
    status: str
    value: float
    numerator: float | None
    denominator: float | None
    estimated_share: float
    units_reporting: int | None
    units_expected: int | None


def lines(
    w: Warehouse, unit_keys: Sequence[str], indicator_id: str, statuses: tuple[str, ...]
) -> dict[str, list[Point]]:
    """The figures of several wards of today and former districts over time, oldest first, by unit.

    Wards with what they reported; former districts with what they reported and, after July 2025, the sum of their
    share of today's wards. Published figures, each from a source of its own, are no part of a line.
    """
    rows = w.rows(
        _with_tier("""
        SELECT
            t.*,
            i.basis
        FROM tier AS t JOIN indicator AS i USING (indicator_id)
        WHERE t.indicator_id = ? AND list_contains(?, t.unit_key) AND list_contains(?, t.status) AND t.value IS NOT NULL
        ORDER BY list_position(?, t.unit_key), t.period_end
        """),
        None,
        None,
        indicator_id,
        list(unit_keys),
        list(statuses),
        list(unit_keys),
    )
    found: dict[str, list[Point]] = {key: [] for key in unit_keys}
    for row in rows:
        found[row["unit_key"]].append(typed(Point, row))
    return found


# ---- Reporting ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Report:
    """Whether a unit reported for one period. ``days`` after its end, None where the day is not known."""

    report: str
    period_start: dt.date | None
    period_end: dt.date
    status: str
    has_reported: bool
    days: int | None
    is_late: bool | None


def reports(w: Warehouse, unit_key: str, statuses: tuple[str, ...]) -> list[Report]:
    """Every report that a unit owed, the latest period first."""
    rows = w.rows(
        """
        SELECT report, period_end, status, has_reported, days_after_period AS days, is_late
        FROM report_status
        WHERE unit_key = ? AND list_contains(?, status)
        ORDER BY period_end DESC, report
        """,
        unit_key,
        list(statuses),
    )
    starts = {period.end: period.start for period in periods(w)}
    return [typed(Report, row | {"period_start": starts.get(row["period_end"])}) for row in rows]


def not_reported(
    w: Warehouse, unit_key: str, period_end: dt.date, statuses: tuple[str, ...]
) -> list[tuple[str, str]]:
    """Indicators that at least half of its tier reported for a period and a unit that did report left out, by name.

    Of a title that is missing altogether the rate of all is named, not each of its counts and rates.
    """
    rows = w.rows(
        """
        WITH asked AS (SELECT ? AS unit_key, CAST(? AS DATE) AS period_end, ? AS statuses),
        given AS (
            SELECT o.indicator_id, o.unit_key
            FROM observation AS o JOIN unit AS u USING (unit_key), asked AS q
            WHERE o.period_end = q.period_end AND list_contains(q.statuses, o.status) AND o.status <> 'published'
              AND u.level = (SELECT level FROM unit WHERE unit_key = q.unit_key)
              AND (o.indicator_id LIKE 'model.%.recognised_of_total' OR o.indicator_id LIKE 'participation.%')
        ),
        given_by AS (SELECT indicator_id, count(*) AS n FROM given GROUP BY indicator_id)
        SELECT i.name_vi, i.name_en
        FROM given_by AS g JOIN indicator AS i USING (indicator_id), asked AS q
        WHERE g.n >= 0.5 * (SELECT count(DISTINCT unit_key) FROM given)
          AND EXISTS (SELECT 1 FROM given AS o WHERE o.unit_key = q.unit_key)
          AND NOT EXISTS (SELECT 1 FROM given AS o WHERE o.unit_key = q.unit_key AND o.indicator_id = g.indicator_id)
        ORDER BY i.position
        """,
        unit_key,
        period_end,
        list(statuses),
    )
    return [(row["name_vi"], row["name_en"]) for row in rows]


# ---- Schools and the week -----------------------------------------------------------------------------------------


def schools_of(w: Warehouse, unit_key: str, of: Register) -> pd.DataFrame:
    """The schools of a ward, or of the wards most of which lay in a former district, by level.

    One row a level: schools, of which public, pupils and classes as sums over the schools that gave the number
    (``pupils_known`` of them did).
    """
    return w.frame(
        """
        SELECT s.level, count(*) AS schools, count(*) FILTER (WHERE s.ownership = 'public') AS public,
               sum(s.pupils) AS pupils, count(s.pupils) AS pupils_known, sum(s.classes) AS classes
        FROM school AS s JOIN unit AS u USING (unit_key)
        WHERE (s.unit_key = ? OR u.main_district_key = ?) AND s.as_of = ? AND s.status = ?
        GROUP BY s.level
        ORDER BY list_position(?, s.level)
        """,
        unit_key,
        unit_key,
        of.as_of,
        of.status,
        list(LEVELS),
    )
