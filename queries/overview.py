"""What the first page asks: who pulls the city forward and back, what changed, what is missing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd

from queries.bases import basis_in
from queries.catalogue import learning_models
from queries.coverage import in_both
from queries.figures import CITY_COVERAGE, reform_day
from queries.warehouse import Warehouse


def pulls(
    w: Warehouse, indicator_id: str, period_end: dt.date, group: str, statuses: tuple[str, ...], target: float
) -> pd.DataFrame:
    """How far each unit or area moves the city's rate above or below a target, in fractions of 1.

    ``group``: city (every unit that reported), district (former districts) or type (phường, xã). One row each: name, basis, rate,
    numerator, denominator, ``estimated_share`` (of a former district after July 2025 that had to be divided from wards), and
    ``pull`` = (numerator - target × denominator) / the denominators of all that reported. The pulls add up to the city's rate minus the target.
    """
    level = "district" if period_end < reform_day(w) else "ward"
    return w.frame(
        """
        WITH figures AS (
            SELECT u.unit_key AS area_key, u.name_vi, u.name_en, o.indicator_id, o.value, o.numerator, o.denominator, o.status,
                   0 AS estimated_share
            FROM observation AS o JOIN unit AS u USING (unit_key)
            WHERE ? = 'city' AND o.indicator_id = ? AND o.period_end = ? AND list_contains(?, o.status)
              AND o.status <> 'published' AND u.level = ?
            UNION ALL
            SELECT a.area_key, coalesce(u.name_vi, a.area_key), coalesce(u.name_en, a.area_key), a.indicator_id, a.value,
                   a.numerator, a.denominator, a.status, a.estimated_share
            FROM observation_area AS a LEFT JOIN unit AS u ON u.unit_key = a.area_key
            WHERE a.area_kind <> 'city' AND a.area_kind = ? AND a.indicator_id = ? AND a.period_end = ? AND list_contains(?, a.status)
        )
        SELECT f.*, i.basis, (numerator - ? * denominator) / sum(denominator) OVER () AS pull
        FROM figures AS f JOIN indicator AS i USING (indicator_id) WHERE denominator > 0 ORDER BY pull DESC, area_key
        """,
        *(group, indicator_id, period_end, list(statuses), level),
        *(group, indicator_id, period_end, list(statuses)),
        target,
    )


def previous_period(w: Warehouse, period_end: dt.date, statuses: tuple[str, ...]) -> dt.date | None:
    """The last day of the latest earlier period whose reports are of the same status; None where there is none."""
    row = w.row(
        """
        WITH days AS (
            SELECT DISTINCT status, period_end FROM report_status WHERE report = 'learning_models' AND list_contains(?, status)
        )
        SELECT max(b.period_end) AS day FROM days AS n JOIN days AS b USING (status)
        WHERE n.period_end = ? AND b.period_end < n.period_end
        """,
        list(statuses),
        period_end,
    )
    return row["day"] if row else None


@dataclass(frozen=True)
class Change:
    """One model's rate in two periods, fractions of 1, of the same status and on the same basis.

    ``level`` says over what: the ward or district units that reported both times, the former districts all of whose
    wards did (former_district), or the city's sums over whoever reported (city; ``units`` is None then). ``units`` of
    ``expected`` units; ``estimated_share`` (a fraction) of what is compared had to be divided between former districts.
    """

    model: str
    basis: str
    status: str
    level: str
    rate_before: float
    rate_now: float
    units: int | None
    expected: int | None
    estimated_share: float


def changes(
    w: Warehouse, basis: str, period_end: dt.date, before: dt.date, statuses: tuple[str, ...]
) -> list[Change]:
    """Rates of each model now and in a period before, over the units that reported in both, in the catalogue's order.

    Across July 2025 the units are the former districts; where those wholly reported hold less than half of the
    people, the city's own sums are compared instead; learning communes are left out there, since what is counted changed
    from 526 to 126. So is a model of which no unit reported twice. Real figures are compared with real ones only,
    illustrative with illustrative.
    """
    crosses = before < reform_day(w) <= period_end
    ids = {
        f"model.{m.model}.{basis}": m.model
        for m in learning_models(w)
        if not (crosses and m.model == "commune")
    }
    found = {
        each.indicator_id: Change(
            ids[each.indicator_id], basis_in(each.indicator_id), each.status, each.level, each.value_first, each.value_second, each.units,
            each.expected, each.estimated_share,
        )
        for each in in_both(w, tuple(ids), before, period_end, statuses).values()
        if each.level != "former_district" or (each.population_share or 0) >= CITY_COVERAGE
    }  # fmt: skip
    if crosses:
        sums = _city_sums(w, tuple(ids), before, period_end, statuses)
        city = {
            row["indicator_id"]: Change(
                ids[row["indicator_id"]], basis_in(row["indicator_id"]), row["status"], "city", row["rate_before"], row["rate_now"], None, None, 0.0
            )
            for row in sums
        }  # fmt: skip
        found = city | found
    return [found[indicator_id] for indicator_id in ids if indicator_id in found]


def _city_sums(
    w: Warehouse, indicator_ids: tuple[str, ...], before: dt.date, now: dt.date, statuses: tuple[str, ...]
) -> list[dict[str, Any]]:
    """The city's sums of one status at two periods, over whoever reported at each."""
    return w.rows(
        """
        SELECT n.indicator_id, n.status, b.value AS rate_before, n.value AS rate_now
        FROM observation_area AS n JOIN observation_area AS b USING (indicator_id, area_kind, area_key, status)
        WHERE n.area_kind = 'city' AND list_contains(?, n.indicator_id) AND n.period_end = ? AND b.period_end = ?
          AND list_contains(?, n.status) AND n.value IS NOT NULL AND b.value IS NOT NULL
        """,
        list(indicator_ids),
        now,
        before,
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
