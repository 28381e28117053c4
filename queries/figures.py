"""Figures: the city's headline, series over time, and what each unit reported.

A figure keeps its status, basis, source, date and coverage. Illustrative figures stand in only where a
real one does not exist, and are never summed with real ones (the warehouse keeps them apart by status).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from queries.catalogue import typed
from queries.warehouse import Warehouse, remembered

STATUS_CHOICES = {
    "all": ("published", "reported", "illustrative"),
    "real": ("published", "reported"),
    "illustrative": ("illustrative",),
}
CITY_COVERAGE = 0.5
"""A sum of office reports counts as the city's figure from this share of the population on."""


@dataclass(frozen=True)
class Figure:
    """One figure with all that is needed to trust it.

    ``value`` is a fraction for a rate, else the count. ``units_reporting`` of ``units_expected`` units, with
    ``population_share`` of the people, are in a sum; they are None for a figure that was published as such.
    """

    indicator_id: str
    basis: str | None
    status: str
    source_id: str
    period_start: dt.date | None
    period_end: dt.date
    value: float | None
    numerator: float | None
    denominator: float | None
    qualifier: str | None
    basis_evidence: str | None
    date_basis: str
    period_label: str | None
    note_vi: str | None
    note_en: str | None
    units_reporting: int | None
    units_expected: int | None
    population_share: float | None
    reporting_level: str | None


@dataclass(frozen=True)
class Period:
    """A reporting period with its first and last day."""

    start: dt.date
    end: dt.date


_CITY_SERIES = """
WITH city_figures AS (
    SELECT o.indicator_id, i.basis, o.status, o.source_id, o.period_start, o.period_end, o.value, o.numerator,
           o.denominator, o.qualifier, o.basis_evidence, o.date_basis, o.period_label, o.note_vi, o.note_en,
           NULL AS units_reporting, NULL AS units_expected, NULL AS population_share, NULL AS reporting_level
    FROM observation AS o JOIN indicator AS i USING (indicator_id)
    WHERE o.unit_key = '01'
    UNION ALL
    SELECT a.indicator_id, i.basis, a.status,
           CASE a.status WHEN 'illustrative' THEN 'sample-generator' ELSE 'office-reports' END,
           a.period_start, a.period_end, a.value, a.numerator, a.denominator, NULL, NULL, 'reference', NULL, NULL, NULL,
           a.units_reporting, a.units_expected, a.population_share, a.reporting_level
    FROM observation_area AS a JOIN indicator AS i USING (indicator_id)
    WHERE a.area_kind = 'city'
)
SELECT * FROM city_figures ORDER BY period_end, status, source_id
"""


@remembered
def reform_day(w: Warehouse) -> dt.date:
    """The first day of today's wards; districts reported until the day before."""
    row = w.row("SELECT min(valid_from) AS day FROM unit WHERE level = 'ward' AND valid_to IS NULL")
    return row["day"] if row and row["day"] else dt.date(2025, 7, 1)


@remembered
def periods(w: Warehouse) -> tuple[Period, ...]:
    """Periods that offices reported on, the latest first."""
    rows = w.rows(
        """
        SELECT min(period_start) AS start, period_end AS end FROM observation_area
        WHERE indicator_id LIKE 'model.%' AND area_kind = 'city' GROUP BY period_end ORDER BY period_end DESC
        """
    )
    return tuple(Period(row["start"], row["end"]) for row in rows)


def city_series(w: Warehouse, indicator_id: str, statuses: tuple[str, ...]) -> list[Figure]:
    """All figures of the whole city for one indicator, oldest first: published ones and sums of reports."""
    return list(_city_series(w, indicator_id, statuses))


@remembered
def _city_series(w: Warehouse, indicator_id: str, statuses: tuple[str, ...]) -> tuple[Figure, ...]:
    rows = _city_rows(w).get(indicator_id, ())
    return tuple(typed(Figure, row) for row in rows if row["status"] in statuses)


@remembered
def _city_rows(w: Warehouse) -> dict[str, list[dict[str, Any]]]:
    """All figures of the whole city by indicator: screens ask for many, and one query takes as long as that of one."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in w.rows(_CITY_SERIES):
        found.setdefault(row["indicator_id"], []).append(row)
    return found


def headline(
    w: Warehouse, indicator_id: str, statuses: tuple[str, ...], until: dt.date | None = None
) -> Figure | None:
    """The city's figure to show first: the latest real one up to a day, an illustrative one only for want of it.

    A figure whose source gives no date of its own comes after those that are dated; a sum of reports counts
    from half of the population on.
    """
    return best(city_series(w, indicator_id, statuses), until)


def best(series: list[Figure], until: dt.date | None = None) -> Figure | None:
    """The figure of a series to show first (see ``headline``)."""
    usable = [
        f
        for f in series
        if f.value is not None
        and (until is None or f.period_end <= until)
        and (f.status != "reported" or f.population_share is None or f.population_share >= CITY_COVERAGE)
    ]
    return max(usable, key=_standing, default=None)


def _standing(f: Figure) -> tuple[bool, bool, dt.date, bool, str]:
    real, dated = f.status != "illustrative", f.date_basis != "undated"
    # Of two figures of one day the exact one comes before “over” and “about”.
    return (real, dated, f.period_end, f.qualifier is None, f.source_id)


def implied_total(series: list[Figure]) -> Figure | None:
    """A total that follows from a source giving both the count and its rate; None where no source gives both.

    The figure returned has ``denominator`` filled in; it is an estimate, to be shown as such.
    """
    whole = [
        f for f in series if f.status != "illustrative" and f.value and f.units_reporting == f.units_expected
    ]
    known = [f for f in whole if f.denominator]
    if known:
        return max(known, key=_standing)
    implied = [replace(f, denominator=f.numerator / f.value) for f in whole if f.numerator and f.value]
    return max(implied, key=_standing, default=None)


def area_values(
    w: Warehouse, indicator_id: str, period_end: dt.date, area_kind: str, statuses: tuple[str, ...]
) -> pd.DataFrame:
    """Sums over areas for one period: former districts, or phường against xã. One row an area with its coverage."""
    return w.frame(
        """
        SELECT a.area_key, coalesce(u.name_vi, a.area_key) AS name_vi, coalesce(u.name_en, a.area_key) AS name_en,
               i.basis, a.numerator, a.denominator, a.value, CASE WHEN a.estimated_share > 0 THEN 'apportioned' ELSE a.status END AS status,
               a.status AS origin_status, a.estimated_share, a.units_reporting, a.units_expected, a.population_share
        FROM observation_area AS a
        JOIN indicator AS i USING (indicator_id)
        LEFT JOIN unit AS u ON u.unit_key = a.area_key
        WHERE a.indicator_id = ? AND a.period_end = ? AND a.area_kind = ? AND list_contains(?, a.status)
        ORDER BY name_vi COLLATE vi
        """,
        indicator_id,
        period_end,
        area_kind,
        list(statuses),
    )
