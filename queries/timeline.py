"""The time line across 1 January and 1 July 2025: figures on the boundaries that the reader picks.

Whole units move whole; divided ones by what the resolution says of their people, then by weights
(``unit_bridge``). What was estimated travels along: ``status`` is ``apportioned`` then, ``origin_status`` says
what the moved figures were, and the band says how far off the division can be.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from queries.catalogue import typed
from queries.figures import reform_day
from queries.warehouse import Warehouse, recent, remembered

WARDS_NOW, DISTRICTS, WARDS_BEFORE = "wards_2025_07", "districts_2025_06", "wards_2025_01"
VINTAGES = (WARDS_NOW, DISTRICTS, WARDS_BEFORE)


@dataclass(frozen=True)
class MovedFigure:
    """A figure on chosen boundaries. ``value`` is a fraction for a rate, else the count.

    ``status`` is apportioned where a part (``estimated_share``, 0 to 1) had to be estimated, else equal to
    ``origin_status``. ``covered_share`` of the unit is in units that reported. ``value_by_area`` and
    ``value_by_people`` are the figure under either way of dividing; ``value_low`` and ``value_high`` where all of
    what was divided lies elsewhere, or here. They equal ``value`` where nothing was estimated.
    """

    indicator_id: str
    basis: str | None
    unit_key: str
    period_start: dt.date | None
    period_end: dt.date
    status: str
    origin_status: str
    source_id: str
    numerator: float | None
    denominator: float | None
    value: float | None
    weight_method: str
    estimated_share: float
    covered_share: float
    value_by_area: float | None
    value_by_people: float | None
    value_low: float | None
    value_high: float | None


def vintage_of(w: Warehouse, period_end: dt.date) -> str:
    """The boundaries that offices reported on at a day: former districts until 30 June 2025, today's wards since."""
    return DISTRICTS if period_end < reform_day(w) else WARDS_NOW


_MOVED = "SELECT * FROM observation_reexpressed"
# What that gives for units that nothing is moved to; the view would be planned with all its ways of moving.
_AS_REPORTED = """
    SELECT CAST(? AS VARCHAR) AS vintage, indicator_id, unit_key, period_end, status, status AS origin_status, numerator,
           denominator, value, 'none' AS weight_method, 0.0 AS estimated_share, 1.0 AS covered_share,
           value AS value_by_area, value AS value_by_people, value AS value_low, value AS value_high
    FROM observation
"""


@remembered
def _moved_to(w: Warehouse, period_end: dt.date) -> frozenset[str]:
    """The boundaries to which office reports of a period have to be moved from other units."""
    rows = w.rows(
        """
        SELECT DISTINCT b.vintage FROM observation AS o JOIN unit_bridge AS b ON b.from_key = o.unit_key
        WHERE o.period_end = ? AND o.status <> 'published' AND b.weight_method <> 'none' AND b.weight > 0
        """,
        period_end,
    )
    return frozenset(row["vintage"] for row in rows)


@recent
def values_on(
    w: Warehouse, indicator_id: str, period_end: dt.date, vintage: str, statuses: tuple[str, ...]
) -> pd.DataFrame:
    """Every unit of a vintage with its figure for a period on those boundaries; value is missing where there is none.

    One row a unit: names, type, population (today's wards and districts), former district, peer group, numerator,
    denominator, value, status, origin_status, weight_method, estimated_share, covered_share and the band. Published
    figures, which speak of single units only, are left out.
    """
    moves = vintage in _moved_to(w, period_end)
    return w.frame(
        """
        SELECT u.unit_key, u.code, u.name_vi, u.name_en, u.type, coalesce(u.population, f.population) AS population,
               i.basis, d.name_vi AS district_vi, d.name_en AS district_en, u.main_district_key, g.peer_group,
               o.numerator, o.denominator, o.value, o.status, o.origin_status, o.weight_method, o.estimated_share,
               o.covered_share, o.value_by_area, o.value_by_people, o.value_low, o.value_high
        FROM unit_bridge AS b
        JOIN unit AS u ON u.unit_key = b.to_key
        LEFT JOIN indicator AS i ON i.indicator_id = ?
        LEFT JOIN former_ward AS f ON f.unit_key = u.unit_key
        LEFT JOIN unit AS d ON d.unit_key = coalesce(u.main_district_key, CASE WHEN u.level = 'ward' THEN u.parent_key END)
        LEFT JOIN unit_peer_group AS g ON g.unit_key = u.unit_key
        LEFT JOIN (
            -- figures
        ) AS o
            ON o.unit_key = u.unit_key AND o.vintage = ? AND o.indicator_id = ? AND o.period_end = ?
            AND list_contains(?, o.origin_status) AND o.origin_status <> 'published'
        WHERE b.vintage = ? AND b.weight_method = 'none'
        ORDER BY u.name_vi COLLATE vi, u.unit_key
        """.replace("-- figures", _MOVED if moves else _AS_REPORTED),
        indicator_id,
        *(() if moves else (vintage,)),
        vintage,
        indicator_id,
        period_end,
        list(statuses),
        vintage,
    )


def figures_over(
    w: Warehouse, indicator_id: str, ends: Sequence[dt.date], vintage: str, statuses: tuple[str, ...]
) -> dict[tuple[dt.date, str], float]:
    """The values of ``values_on`` for several periods at once, by period and unit; nan for a figure without a value.

    Where a unit has figures of several statuses of origin, the last of them by name counts.
    """
    found: dict[tuple[dt.date, str], float] = {}
    if not ends:
        return found
    rows = w.rows(
        """
        SELECT DISTINCT o.period_end FROM observation AS o JOIN unit_bridge AS b ON b.from_key = o.unit_key
        WHERE o.indicator_id = ? AND o.status <> 'published' AND b.vintage = ? AND b.weight_method <> 'none' AND b.weight > 0
        """,
        indicator_id,
        vintage,
    )
    moving = {row["period_end"] for row in rows}
    moved = [end for end in ends if end in moving]
    for some, source, own in (
        (moved, _MOVED, ()),
        ([end for end in ends if end not in moving], _AS_REPORTED, (vintage,)),
    ):
        if some:
            figures = w.tuples(
                """
                SELECT o.period_end, o.unit_key, coalesce(o.value, 'nan'::DOUBLE)
                FROM (
                    -- figures
                ) AS o
                WHERE o.vintage = ? AND o.indicator_id = ? AND list_contains(?, o.period_end)
                  AND list_contains(?, o.origin_status) AND o.origin_status <> 'published'
                ORDER BY CAST(o.origin_status AS VARCHAR)
                """.replace("-- figures", source),
                *own, vintage, indicator_id, some, list(statuses),
            )  # fmt: skip
            found |= {(end, key): value for end, key, value in figures}
    return found


def series_on(w: Warehouse, indicator_id: str, unit_key: str, statuses: tuple[str, ...]) -> list[MovedFigure]:
    """All figures of a unit on its own boundaries, oldest first: its own and those moved there from other units."""
    rows = w.rows(
        """
        SELECT o.*, i.basis
        FROM observation_reexpressed AS o
        JOIN indicator AS i USING (indicator_id)
        WHERE o.indicator_id = ? AND o.unit_key = ? AND list_contains(?, o.origin_status)
          AND o.vintage = (SELECT vintage FROM unit_bridge WHERE from_key = ? AND weight_method = 'none')
        ORDER BY o.period_end, o.origin_status, o.source_id
        """,
        indicator_id,
        unit_key,
        list(statuses),
        unit_key,
    )
    return [typed(MovedFigure, row) for row in rows]


def across_reform(
    w: Warehouse, indicator_id: str, period_end: dt.date, statuses: tuple[str, ...]
) -> pd.DataFrame:
    """Former districts before July 2025 and now, today's wards added up: one row a district with a figure at both ends.

    ``before`` is what the district reported last (``before_end``), ``now`` the sum of its part of today's wards at
    ``period_end``, with ``estimated_share`` (of what comes from wards lying in several districts), ``units_reporting``
    of ``units_expected`` wards and their share of the people (``population_share``). Real figures are set against real
    ones only, illustrative against illustrative. Empty where the period is of before July 2025.
    """
    return w.frame(
        """
        WITH reform AS (SELECT CAST(? AS DATE) AS day),
        last_before AS (
            SELECT indicator_id, area_key, status, value, numerator, denominator, period_start, period_end
            FROM observation_area
            WHERE area_kind = 'district' AND indicator_id = ? AND list_contains(?, status)
              AND period_end < (SELECT day FROM reform)
            QUALIFY row_number() OVER (PARTITION BY area_key, status ORDER BY period_end DESC) = 1
        )
        SELECT n.area_key AS unit_key, u.name_vi, u.name_en, n.status AS origin_status, i.basis,
               b.value AS before, b.period_start AS before_start, b.period_end AS before_end,
               b.numerator AS before_numerator, b.denominator AS before_denominator,
               n.value AS now, n.numerator, n.denominator, n.estimated_share, n.units_reporting, n.units_expected,
               n.population_share
        FROM observation_area AS n
        JOIN last_before AS b ON b.area_key = n.area_key AND b.status = n.status
        JOIN indicator AS i ON i.indicator_id = n.indicator_id
        JOIN unit AS u ON u.unit_key = n.area_key
        WHERE n.area_kind = 'district' AND n.indicator_id = ? AND n.period_end = ? AND n.period_end >= (SELECT day FROM reform)
          AND list_contains(?, n.status)
        ORDER BY u.name_vi COLLATE vi
        """,
        reform_day(w),
        indicator_id,
        list(statuses),
        indicator_id,
        period_end,
        list(statuses),
    )


@dataclass(frozen=True)
class Piece:
    """One part of a unit on other boundaries: how much of it goes there or comes from there, and how that is known.

    ``weight`` is the share of the other unit that goes over, ``to_share`` the share of this unit's people that come
    from it; both fractions. ``estimated`` where neither whole nor by law.
    """

    unit_key: str
    name_vi: str
    name_en: str
    weight: float
    to_share: float
    weight_method: str
    estimated: bool


def made_of(w: Warehouse, unit_key: str, source_vintage: str) -> list[Piece]:
    """Of which units of a vintage a unit is made up, the largest share of its people first; none on its own vintage."""
    rows = w.rows(
        """
        SELECT u.unit_key, u.name_vi, u.name_en, b.weight, b.to_share, b.weight_method, b.estimated
        FROM unit_bridge AS b
        JOIN unit AS u ON u.unit_key = b.from_key
        JOIN unit_bridge AS own ON own.from_key = b.from_key AND own.weight_method = 'none' AND own.vintage = ?
        WHERE b.to_key = ? AND b.weight > 0 AND b.weight_method <> 'none'
        ORDER BY b.to_share DESC, u.name_vi COLLATE vi
        """,
        source_vintage,
        unit_key,
    )
    return [typed(Piece, row) for row in rows]
