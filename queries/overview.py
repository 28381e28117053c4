"""What the first page asks: who pulls the city forward and back, what changed, what is missing."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from queries.figures import reform_day
from queries.warehouse import Warehouse


def pulls(
    w: Warehouse, indicator_id: str, period_end: dt.date, group: str, statuses: tuple[str, ...], target: float
) -> pd.DataFrame:
    """How far each unit or area moves the city's rate above or below a target, in fractions of 1.

    ``group``: city (every unit that reported), district (former districts) or type (phường, xã). One row each: name, rate,
    numerator, denominator, and ``pull`` = (numerator - target × denominator) / the denominators of all that
    reported. The pulls add up to the city's rate minus the target.
    """
    level = "district" if period_end < reform_day(w) else "ward"
    return w.frame(
        """
        WITH figures AS (
            SELECT u.unit_key AS area_key, u.name_vi, u.name_en, o.value, o.numerator, o.denominator, o.status
            FROM observation AS o JOIN unit AS u USING (unit_key)
            WHERE ? = 'city' AND o.indicator_id = ? AND o.period_end = ? AND list_contains(?, o.status)
              AND o.status <> 'published' AND u.level = ?
            UNION ALL
            SELECT a.area_key, coalesce(u.name_vi, a.area_key), coalesce(u.name_en, a.area_key), a.value, a.numerator,
                   a.denominator, a.status
            FROM observation_area AS a LEFT JOIN unit AS u ON u.unit_key = a.area_key
            WHERE a.area_kind <> 'city' AND a.area_kind = ? AND a.indicator_id = ? AND a.period_end = ? AND list_contains(?, a.status)
        )
        SELECT *, (numerator - ? * denominator) / sum(denominator) OVER () AS pull
        FROM figures WHERE denominator > 0 ORDER BY pull DESC, area_key
        """,
        *(group, indicator_id, period_end, list(statuses), level),
        *(group, indicator_id, period_end, list(statuses)),
        target,
    )


def previous_period(w: Warehouse, period_end: dt.date) -> dt.date | None:
    """The last day of the reporting period before this one, None where it is the first."""
    row = w.row(
        "SELECT max(period_end) AS day FROM observation_area"
        " WHERE indicator_id LIKE 'model.%' AND area_kind = 'city' AND period_end < ?",
        period_end,
    )
    return row["day"] if row else None


def changes(
    w: Warehouse, basis: str, period_end: dt.date, before: dt.date, statuses: tuple[str, ...]
) -> pd.DataFrame:
    """Rates of each model now and in the period before, over the units that reported in both.

    One row a model: rate before, rate now, how many units are in both. Where the tier of units changed between
    the two periods the city's own sums are compared and ``units`` is missing; within a tier a model of which no unit
    reported twice is left out. Real figures are compared with real ones only, illustrative with illustrative.
    """
    return w.frame(
        """
        WITH
        question AS (SELECT ? AS basis, CAST(? AS DATE) AS now_day, CAST(? AS DATE) AS before_day, ? AS statuses),
        asked AS (
            SELECT o.*, i.model, q.now_day, q.before_day
            FROM observation AS o JOIN indicator AS i USING (indicator_id) CROSS JOIN question AS q
            WHERE i.theme = 'model' AND i.basis = q.basis AND list_contains(q.statuses, o.status) AND o.status <> 'published'
        ),
        matched AS (
            SELECT n.model, sum(b.numerator) / sum(b.denominator) AS rate_before,
                   sum(n.numerator) / sum(n.denominator) AS rate_now, count(*) AS units
            FROM asked AS n JOIN asked AS b USING (indicator_id, unit_key, status)
            WHERE n.period_end = n.now_day AND b.period_end = b.before_day
            GROUP BY n.model
        ),
        city AS (
            SELECT i.model, max(a.value) FILTER (WHERE a.period_end = q.before_day) AS rate_before,
                   max(a.value) FILTER (WHERE a.period_end = q.now_day) AS rate_now
            FROM observation_area AS a JOIN indicator AS i USING (indicator_id) CROSS JOIN question AS q
            WHERE i.theme = 'model' AND i.basis = q.basis AND a.area_kind = 'city'
              AND list_contains(q.statuses, a.status) AND a.period_end IN (q.now_day, q.before_day)
            GROUP BY i.model, a.status
            HAVING rate_now IS NOT NULL AND rate_before IS NOT NULL AND count(DISTINCT a.reporting_level) = 2
        )
        SELECT m.model, m.short_name_vi, m.short_name_en, coalesce(p.rate_before, c.rate_before) AS rate_before,
               coalesce(p.rate_now, c.rate_now) AS rate_now, p.units
        FROM learning_model AS m
        LEFT JOIN matched AS p USING (model)
        LEFT JOIN city AS c USING (model)
        WHERE coalesce(p.rate_now, c.rate_now) IS NOT NULL AND coalesce(p.rate_before, c.rate_before) IS NOT NULL
        ORDER BY m.position
        """,
        basis,
        period_end,
        before,
        list(statuses),
    )


def silent_units(w: Warehouse, period_end: dt.date, statuses: tuple[str, ...]) -> pd.DataFrame:
    """Units that sent nothing on any learning model for a period: name, former district, population."""
    level = "district" if period_end < reform_day(w) else "ward"
    return w.frame(
        """
        SELECT u.name_vi, u.name_en, d.name_vi AS district_vi, d.name_en AS district_en, u.population
        FROM unit AS u LEFT JOIN unit AS d ON d.unit_key = u.main_district_key
        WHERE u.level = ? AND (u.level = 'district' OR u.valid_to IS NULL)
          AND u.unit_key NOT IN (
              SELECT unit_key FROM observation
              WHERE period_end = ? AND indicator_id LIKE 'model.%' AND status <> 'published' AND list_contains(?, status)
          )
        ORDER BY u.population DESC NULLS LAST, u.name_vi COLLATE vi
        """,
        level,
        period_end,
        list(statuses),
    )


def models_without_real_figures(w: Warehouse, basis: str) -> pd.DataFrame:
    """Models for which nothing real exists on a basis for the whole city: name in both languages."""
    return w.frame(
        """
        SELECT m.model, m.name_vi, m.name_en FROM learning_model AS m
        WHERE m.model IN (SELECT DISTINCT model FROM indicator WHERE theme = 'model' AND basis = ? AND model <> 'citizen')
          AND NOT EXISTS (
              SELECT 1 FROM observation AS o JOIN indicator AS i USING (indicator_id)
              WHERE i.model = m.model AND i.basis = ? AND o.unit_key = '01' AND o.status <> 'illustrative'
          )
        ORDER BY m.position
        """,
        basis,
        basis,
    )


def gap_count(w: Warehouse) -> int:
    """How many things the plan asks for or a reader would look for are stated as not measured."""
    row = w.row("SELECT count(*) AS n FROM data_gap")
    return int(row["n"]) if row else 0
