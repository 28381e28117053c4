"""One ward of today or one former district at a time: what it is, where it came from, what it reports, who is like it.

A ward's own figures begin with quý III/2025. A former district goes on after July 2025 as the sum of its share of
today's wards (``observation_area``). A unit is compared with others of its tier at the period of its own latest
figure, on one status: illustrative figures are never set against real ones.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from queries.catalogue import Indicator, indicators, typed
from queries.figures import periods
from queries.own import Own, in_tier, level_of, reported_by, with_basis
from queries.schools import LEVELS, Register
from queries.warehouse import Warehouse, recent, remembered


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
    SELECT s.ward_key, u.unit_key, u.name_vi, u.name_en, u.short_name_vi AS short_vi, u.population, s.share AS area,
           s.share_method = 'resolution_single_district' AS area_by_law, coalesce(b.weight, 0) AS people,
           coalesce(b.weight_method, 'none') AS people_method, coalesce(b.estimated, false) AS estimated,
           coalesce(b.to_share, 0) AS of_district
    FROM ward_district_share AS s
    LEFT JOIN unit_bridge AS b
        ON b.vintage = 'districts_2025_06' AND b.from_key = s.ward_key AND b.to_key = s.district_key
"""


def districts_of_ward(w: Warehouse, ward_key: str) -> list[Share]:
    """The former districts that a ward of today lay in, the one with most of its people first."""
    return list(_districts_by_ward(w).get(ward_key, ()))


@remembered
def _districts_by_ward(w: Warehouse) -> dict[str, list[Share]]:
    rows = w.rows(
        _SHARES
        + """
        JOIN unit AS u ON u.unit_key = s.district_key
        WHERE s.share > 0 OR b.weight > 0
        ORDER BY people DESC, area DESC
        """
    )
    found: dict[str, list[Share]] = {}
    for row in rows:
        found.setdefault(row["ward_key"], []).append(typed(Share, row))
    return found


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
    return list(_predecessors_by_ward(w).get(ward_key, ()))


@remembered
def _predecessors_by_ward(w: Warehouse) -> dict[str, list[Predecessor]]:
    rows = w.rows(
        """
        SELECT s.to_key, f.unit_key, f.name_vi, f.name_en, d.name_vi AS district_vi, d.name_en AS district_en,
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
        ORDER BY s.part = 'whole' DESC, people DESC, area DESC, f.name_vi COLLATE vi
        """
    )
    found: dict[str, list[Predecessor]] = {}
    for row in rows:
        one = typed(Predecessor, row | {"older": tuple(row["older"] or ())})
        found.setdefault(row["to_key"], []).append(one)
    return found


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


# What stands for each unit of a tier: what wards of today reported, sums over former districts.
_TIERS = {
    "ward": """
    WITH tier AS (
        SELECT o.indicator_id, o.unit_key, o.period_end, o.status, o.numerator, o.denominator, o.value, 0.0 AS estimated_share
        FROM observation AS o JOIN unit AS w ON w.unit_key = o.unit_key AND w.level = 'ward' AND w.valid_to IS NULL
        WHERE o.status <> 'published'
    )
    """,
    "district": """
    WITH tier AS (
        SELECT indicator_id, area_key AS unit_key, period_end, status, numerator, denominator, value, estimated_share
        FROM observation_area WHERE area_kind = 'district'
    )
    """,
}


def _with_tier(level: str, query: str) -> str:
    """A query, given as a whole in the code, that may ask ``tier``, the figures of all units of a level."""
    return _TIERS[level] + query


@dataclass(frozen=True)
class _Field:
    """The figures of one indicator of all units of a tier at one period and status.

    ``values`` with ``groups``, each unit's peer group by its position; ``single`` as in Reading; ``city`` is the city's figure.
    """

    values: np.ndarray[Any, np.dtype[np.float64]]
    groups: np.ndarray[Any, np.dtype[np.int64]]
    single: bool
    city: float | None


@recent
def _fields(
    w: Warehouse, level: str, period_end: dt.date, status: str, indicator_ids: tuple[str, ...]
) -> dict[str, _Field]:
    """The same of several indicators that anybody reported. What one unit asks serves the next one of its tier."""
    frame = w.frame(
        _with_tier(
            level,
            """
        SELECT t.indicator_id, list(t.value) AS "values", list(g.position) AS "groups",
               coalesce(max(t.denominator) = 1, false) AS single, any_value(c.value) AS city
        FROM tier AS t
        JOIN unit_peer_group AS m USING (unit_key)
        JOIN peer_group AS g USING (peer_group)
        LEFT JOIN observation_area AS c
            ON c.indicator_id = t.indicator_id AND c.area_kind = 'city' AND c.period_end = ? AND c.status = ?
        WHERE t.period_end = ? AND t.status = ? AND t.value IS NOT NULL AND t.indicator_id IN (SELECT unnest(?))
        GROUP BY t.indicator_id
        """,
        ),
        period_end,
        status,
        period_end,
        status,
        list(indicator_ids),
    )
    return {
        row["indicator_id"]: _Field(
            np.asarray(row["values"], dtype=float),
            np.asarray(row["groups"]),
            bool(row["single"]),
            None if pd.isna(row["city"]) else float(row["city"]),
        )
        for row in frame.to_dict("records")
    }


@remembered
def _group_position(w: Warehouse, unit_key: str) -> int | None:
    row = w.row(
        "SELECT position FROM unit_peer_group JOIN peer_group USING (peer_group) WHERE unit_key = ?", unit_key
    )
    return row["position"] if row else None


def _place(field: _Field, group: int | None, value: float, direction: str | None) -> dict[str, Any]:
    """Where a value stands in a field, as Reading says it."""
    better = field.values < value if direction == "down" else field.values > value
    peers = field.groups == group
    return {
        "group_rank": 1 + int((better & peers).sum()),
        "group_size": int(peers.sum()),
        "group_median": _median(field.values[peers]),
        "city_rank": 1 + int(better.sum()),
        "city_size": len(field.values),
        "city_value": field.city,
        "single": field.single,
    }


def _median(values: np.ndarray[Any, np.dtype[np.float64]]) -> float | None:
    if not len(values):
        return None
    ordered = np.sort(values)
    low, high = ordered[(len(values) - 1) // 2], ordered[len(values) // 2]
    return float(low + (high - low) * 0.5)  # the way in which the warehouse takes the middle of two


def _latest(rows: Sequence[Own], statuses: tuple[str, ...], until: dt.date) -> tuple[Own, list[Own]] | None:
    """The figure of one indicator to show, a real one first, and those of its status up to it, oldest first."""
    usable = [
        row for row in rows if row.status in statuses and row.value is not None and row.period_end <= until
    ]
    if not usable:
        return None
    own = max(usable, key=lambda row: (row.status == "reported", row.period_end))
    past = [row for row in usable if row.status == own.status and row.period_end <= own.period_end]
    return own, sorted(past, key=lambda row: row.period_end)


def readings(
    w: Warehouse,
    unit_key: str,
    level: str,
    themes: tuple[str, ...],
    statuses: tuple[str, ...],
    until: dt.date,
) -> dict[str, Reading]:
    """The latest figure up to a day of every indicator of some themes that a unit reported, in the catalogue's order."""
    reported = in_tier(w, unit_key, level)
    asked = [i for i in indicators(w) if i.theme in themes and i.indicator_id in reported]
    latest = {
        i.indicator_id: found
        for i in asked
        if (found := _latest(reported[i.indicator_id], statuses, until)) is not None
    }
    alike: dict[tuple[dt.date, str], list[str]] = {}
    for indicator_id, (own, _) in latest.items():
        alike.setdefault((own.period_end, own.status), []).append(indicator_id)
    fields: dict[str, _Field] = {}
    for (period_end, status), ids in alike.items():
        fields |= _fields(w, level, period_end, status, tuple(ids))
    group = _group_position(w, unit_key)
    return {
        i.indicator_id: _reading(i, *latest[i.indicator_id], fields[i.indicator_id], group)
        for i in asked
        if i.indicator_id in latest
    }


def _reading(i: Indicator, own: Own, past: Sequence[Own], field: _Field, group: int | None) -> Reading:
    known = {
        "definition_source_id": i.source_id,
        "decimals": i.decimals if i.decimals is not None else 1,
        "days": tuple(row.period_end for row in past),
        "values": tuple(row.value for row in past),
    }
    return typed(
        Reading, vars(i) | own._asdict() | _place(field, group, own.value or 0.0, i.direction) | known
    )


def field_of(
    w: Warehouse, unit_key: str, level: str, indicator_id: str, period_end: dt.date, status: str
) -> pd.DataFrame:
    """A unit among all of its tier at one period, by name: one row a unit, value missing where it did not report.

    Columns: unit_key, name_vi, name_en, type, value, numerator, denominator, estimated_share, basis, is_self, is_peer,
    is_neighbour, border_km (missing where they only touch at a point, or are no neighbours).
    """
    return w.frame(
        _with_tier(
            level,
            """
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
        """,
        ),
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
    found: dict[str, list[Point]] = {}
    for key in unit_keys:
        rows = in_tier(w, key, None).get(indicator_id, ())
        usable = [row for row in rows if row.status in statuses and row.value is not None]
        usable.sort(key=lambda row: (row.period_end, row.status))
        found[key] = [typed(Point, with_basis(w, indicator_id, row) | {"unit_key": key}) for row in usable]
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


@recent
def _mostly_reported(
    w: Warehouse, level: str, period_end: dt.date, statuses: tuple[str, ...]
) -> dict[str, tuple[str, str]]:
    """Indicators that at least half of the units of a tier with a report for a period gave, with their names, in order."""
    rows = w.rows(
        """
        WITH given AS (
            SELECT o.indicator_id, o.unit_key
            FROM observation AS o JOIN unit AS u USING (unit_key)
            WHERE o.period_end = ? AND list_contains(?, o.status) AND o.status <> 'published' AND u.level = ?
              AND (o.indicator_id LIKE 'model.%.recognised_of_total' OR o.indicator_id LIKE 'participation.%')
        ),
        given_by AS (SELECT indicator_id, count(*) AS n FROM given GROUP BY indicator_id)
        SELECT i.indicator_id, i.name_vi, i.name_en
        FROM given_by AS g JOIN indicator AS i USING (indicator_id)
        WHERE g.n >= 0.5 * (SELECT count(DISTINCT unit_key) FROM given)
        ORDER BY i.position
        """,
        period_end,
        list(statuses),
        level,
    )
    return {row["indicator_id"]: (row["name_vi"], row["name_en"]) for row in rows}


def not_reported(
    w: Warehouse, unit_key: str, period_end: dt.date, statuses: tuple[str, ...]
) -> list[tuple[str, str]]:
    """Indicators that at least half of its tier reported for a period and a unit that did report left out, by name.

    Of a title that is missing altogether the rate of all is named, not each of its counts and rates.
    """
    given = {
        indicator_id
        for indicator_id, rows in reported_by(w, unit_key).items()
        if re.fullmatch(r"model\..*\.recognised_of_total|participation\..*", indicator_id)
        and any(r.period_end == period_end and r.status in statuses and r.status != "published" for r in rows)
    }
    if not given:
        return []
    mostly = _mostly_reported(w, level_of(w, unit_key) or "", period_end, statuses)
    return [names for indicator_id, names in mostly.items() if indicator_id not in given]


# ---- Schools and the week -----------------------------------------------------------------------------------------


@recent
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
