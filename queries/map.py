"""What the map page asks: which indicators units have figures of, when, for whom, and what lies beside a unit.

A row of ``units_on`` is one unit of a map; ``n`` is the number that its shape has in ``queries.shapes``.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from queries.catalogue import TITLES, Indicator, typed
from queries.figures import Period, reform_day
from queries.schools import Register
from queries.shapes import map_units
from queries.timeline import DISTRICTS, WARDS_NOW, figures_over, values_on
from queries.warehouse import Warehouse, remembered

OF_THE_AREA = ("commune", "district")
"""Titles that a whole area earns or not: nothing of them can be divided or added up on other boundaries."""
THEMES = ("participation", "school")
WHOLE = 0.999
"""The share of a unit that has to be covered for a sum over its parts to stand for all of it."""


def subject_of(indicator: Indicator) -> str:
    """The subject that an indicator is chosen under: its learning model, else its theme."""
    return indicator.model or indicator.theme


@remembered
def mapped_indicators(w: Warehouse) -> tuple[Indicator, ...]:
    """Indicators that wards or former districts have figures of, in the catalogue's order: one basis each."""
    rows = w.rows(
        """
        SELECT * FROM indicator
        WHERE (list_contains(?, model) OR list_contains(?, theme)) AND indicator_id IN (
            SELECT o.indicator_id FROM observation AS o JOIN unit AS u USING (unit_key)
            WHERE o.status <> 'published' AND u.level IN ('ward', 'district')
        )
        ORDER BY position, indicator_id
        """,
        list(TITLES),
        list(THEMES),
    )
    return tuple(typed(Indicator, row) for row in rows)


def mapped_periods(w: Warehouse, indicator_id: str, statuses: tuple[str, ...]) -> tuple[Period, ...]:
    """Periods for which units have figures of an indicator with one of these statuses, the latest first."""
    return _mapped_periods(w, statuses).get(indicator_id, ())


@remembered
def _mapped_periods(w: Warehouse, statuses: tuple[str, ...]) -> dict[str, tuple[Period, ...]]:
    """The same of all indicators, which costs as much as of one."""
    rows = w.rows(
        """
        SELECT o.indicator_id, min(o.period_start) AS start, o.period_end AS end
        FROM observation AS o JOIN unit AS u USING (unit_key)
        WHERE o.status <> 'published' AND list_contains(?, o.status) AND u.level IN ('ward', 'district')
        GROUP BY o.indicator_id, o.period_end ORDER BY o.period_end DESC
        """,
        list(statuses),
    )
    found: dict[str, list[Period]] = {}
    for row in rows:
        found.setdefault(row["indicator_id"], []).append(Period(row["start"], row["end"]))
    return {indicator_id: tuple(periods) for indicator_id, periods in found.items()}


def nearest_period(listed: Sequence[Period], wanted: dt.date | None) -> Period | None:
    """The period asked for, else the last one before it, else the first one there is; None where there are none."""
    if not listed:
        return None
    until = [p for p in listed if wanted is None or p.end <= wanted]
    return until[0] if until else listed[-1]


def vintage_for(w: Warehouse, boundary: str, period_end: dt.date) -> str:
    """The boundaries to draw: as reported (former districts until June 2025), the former districts, or today's wards."""
    if boundary == "districts" or (boundary == "reported" and period_end < reform_day(w)):
        return DISTRICTS
    return WARDS_NOW


def is_moved(w: Warehouse, vintage: str, period_end: dt.date) -> bool:
    """Whether figures of a period have to be moved to get onto these boundaries."""
    return (vintage == DISTRICTS) == (period_end >= reform_day(w))


def units_on(
    w: Warehouse, indicator: Indicator, period_end: dt.date, vintage: str, statuses: tuple[str, ...]
) -> pd.DataFrame:
    """Every unit of a map with its figure, as ``timeline.values_on`` gives it, in the order of ``n`` from 0.

    A title that a whole area earns is not moved: on other boundaries than those of its day every value is missing.
    """
    units = values_on(w, indicator.indicator_id, period_end, vintage, statuses)
    units = units.sort_values(["unit_key", "origin_status"]).drop_duplicates("unit_key", keep="last")
    if vintage == WARDS_NOW:
        units = units.set_index("unit_key").reindex([u.unit_key for u in map_units(w)]).reset_index()
    if indicator.model in OF_THE_AREA and is_moved(w, vintage, period_end):
        units[["value", "numerator", "denominator"]] = float("nan")
    units = units.reset_index(drop=True)
    units.insert(0, "n", range(len(units)))
    return units


def values_over(
    w: Warehouse, indicator: Indicator, ends: Sequence[dt.date], vintage: str, statuses: tuple[str, ...]
) -> list[list[float]]:
    """The values of every unit of a map for each of some periods, as ``units_on`` has them; nan where there is none."""
    keys = unit_keys(w, vintage)
    found = figures_over(w, indicator.indicator_id, ends, vintage, statuses)
    refused = {end for end in ends if indicator.model in OF_THE_AREA and is_moved(w, vintage, end)}
    missing = [math.nan] * len(keys)
    return [missing if end in refused else [found.get((end, key), math.nan) for key in keys] for end in ends]


def unit_keys(w: Warehouse, vintage: str) -> list[str]:
    """The units of a map in the order of ``n``."""
    if vintage == WARDS_NOW:
        return [unit.unit_key for unit in map_units(w)]
    rows = w.rows("SELECT to_key FROM unit_bridge WHERE vintage = ? AND weight_method = 'none'", vintage)
    return sorted({row["to_key"] for row in rows})


@dataclass(frozen=True)
class Change:
    """How figures changed between two periods. ``units`` as ``units_on`` with ``then``, ``now`` and ``value`` (now − then).

    ``left_out`` units had a figure at both ends that cannot be compared: another status, or only a part of the unit
    reported. ``refused`` where the two periods have no figures on these boundaries that are like each other.
    """

    units: pd.DataFrame
    left_out: int
    refused: bool


def change_between(
    w: Warehouse, indicator: Indicator, then: dt.date, now: dt.date, vintage: str, statuses: tuple[str, ...]
) -> Change:
    """The change of every unit that has a whole figure of one status at both ends; missing elsewhere.

    A ward's own report is not set against a figure divided from its former district's: across July 2025 only former
    districts are compared.
    """
    before, after = (units_on(w, indicator, day, vintage, statuses) for day in (then, now))
    both = before["value"].notna() & after["value"].notna()
    refused = vintage == WARDS_NOW and is_moved(w, vintage, then) != is_moved(w, vintage, now)
    whole = (before["covered_share"].fillna(0) >= WHOLE) & (after["covered_share"].fillna(0) >= WHOLE)
    like = both & whole & (before["origin_status"] == after["origin_status"]) & (not refused)
    moved = (before["status"] == "apportioned") | (after["status"] == "apportioned")
    units = after.assign(
        then=before["value"].where(like),
        now=after["value"].where(like),
        value=(after["value"] - before["value"]).where(like),
        status=after["origin_status"].where(~moved, "apportioned"),
        estimated_share=pd.concat([before["estimated_share"], after["estimated_share"]], axis=1).max(axis=1),
    )
    return Change(units, int((both & ~like).sum()), bool(refused))


def figures_beside(
    w: Warehouse, unit_keys: Sequence[str], period_end: dt.date, vintage: str, statuses: tuple[str, ...]
) -> pd.DataFrame:
    """The rates of some units at one period: one row an indicator and unit, in the catalogue's order.

    Of learning models the headline basis (recognised of total), and the rates of participation; each row has one basis.
    """
    return w.frame(
        """
        SELECT i.indicator_id, i.name_vi, i.name_en, i.model, i.decimals, o.unit_key, o.value, o.status, o.origin_status
        FROM observation_reexpressed AS o JOIN indicator AS i USING (indicator_id)
        WHERE o.vintage = ? AND o.period_end = ? AND list_contains(?, o.unit_key) AND list_contains(?, o.origin_status)
          AND i.kind = 'rate' AND o.origin_status <> 'published' AND (i.model IS NULL OR i.basis = 'recognised_of_total')
          AND (i.model IS NULL OR NOT list_contains(?, i.model))
        ORDER BY i.position, i.indicator_id
        """,
        vintage,
        period_end,
        list(unit_keys),
        list(statuses),
        list(OF_THE_AREA),
    )


def neighbours(w: Warehouse, unit_keys: Sequence[str]) -> tuple[str, ...]:
    """Units that share a border or a corner with one of some units, without these."""
    rows = w.rows(
        """
        SELECT DISTINCT other FROM (
            SELECT unit_key_a AS one, unit_key_b AS other FROM unit_neighbour
            UNION ALL SELECT unit_key_b, unit_key_a FROM unit_neighbour
        ) WHERE list_contains(?, one) AND NOT list_contains(?, other) ORDER BY other
        """,
        list(unit_keys),
        list(unit_keys),
    )
    return tuple(row["other"] for row in rows)


@remembered
def former_districts(w: Warehouse) -> dict[str, tuple[str, str, str]]:
    """Former districts by key, in the order that the shapes number them: code, name in Vietnamese and in English."""
    rows = w.rows(
        "SELECT unit_key, code, name_vi, name_en FROM unit WHERE level = 'district' ORDER BY unit_key"
    )
    return {row["unit_key"]: (row["code"], row["name_vi"], row["name_en"]) for row in rows}


@remembered
def inner_districts(w: Warehouse) -> tuple[str, ...]:
    """The former urban districts (quận) by key, which make up the inner city."""
    rows = w.rows("SELECT unit_key FROM unit WHERE level = 'district' AND type = 'quan' ORDER BY unit_key")
    return tuple(row["unit_key"] for row in rows)


@dataclass(frozen=True)
class SchoolDot:
    """Schools that stand at one place: one with its name, or ``count`` of them in one cell of a grid."""

    lon: float
    lat: float
    count: int
    name: str
    level: str


def school_dots(w: Warehouse, of: Register, step: float) -> list[SchoolDot]:
    """Schools of a register as dots, those in one cell of ``step`` degrees as one; 0 leaves each on its own.

    A cluster stands at the middle of its schools and has no name; ``level`` is the one that most of them have.
    """
    rows = w.rows(
        """
        WITH placed AS (
            SELECT school_code, school_name, level, lon, lat,
                   CASE WHEN ? > 0 THEN CAST(floor(lon / ?) AS INTEGER) || '/' || CAST(floor(lat / ?) AS INTEGER)
                        ELSE school_code END AS cell
            FROM school
            WHERE as_of = ? AND status = ? AND lon IS NOT NULL AND lat IS NOT NULL
        )
        SELECT round(avg(lon), 4) AS lon, round(avg(lat), 4) AS lat, count(*) AS count, mode(level ORDER BY level) AS level,
               CASE WHEN count(*) = 1 THEN any_value(school_name) ELSE '' END AS name
        FROM placed GROUP BY cell ORDER BY cell
        """,
        step,
        step or 1,
        step or 1,
        of.as_of,
        of.status,
    )
    return [typed(SchoolDot, row) for row in rows]
