"""All figures of one unit, asked once for all that its page shows of it."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from queries.catalogue import indicator
from queries.warehouse import Warehouse, recent, remembered


class Own(NamedTuple):
    """One figure of one unit, with its ``status`` and source.

    The last five are of sums over the wards that a former district became, and None for what a unit reported itself.
    """

    period_start: dt.date | None
    period_end: dt.date
    status: str
    source_id: str
    numerator: float | None
    denominator: float | None
    value: float | None
    qualifier: str | None
    basis_evidence: str | None
    date_basis: str
    period_label: str | None
    note_vi: str | None
    note_en: str | None
    estimated_share: float | None
    units_reporting: int | None
    units_expected: int | None
    population_share: float | None
    reporting_level: str | None


@remembered
def _levels(w: Warehouse) -> dict[str, tuple[str, bool]]:
    rows = w.rows("SELECT unit_key, level, valid_to IS NULL AS in_force FROM unit")
    return {row["unit_key"]: (row["level"], row["in_force"]) for row in rows}


def level_of(w: Warehouse, unit_key: str) -> str | None:
    """The level of a unit, None where there is no such unit."""
    return _levels(w).get(unit_key, (None, False))[0]


def is_ward_of_today(w: Warehouse, unit_key: str) -> bool:
    """Whether a unit is one of today's wards."""
    return _levels(w).get(unit_key) == ("ward", True)


@recent
def reported_by(w: Warehouse, unit_key: str) -> dict[str, list[Own]]:
    """What a unit reported and what was published about it, real and illustrative, by indicator; not to be changed."""
    rows = w.tuples(
        """
        SELECT indicator_id, period_start, period_end, status, source_id, numerator, denominator, value, qualifier,
               basis_evidence, date_basis, period_label, note_vi, note_en, NULL, NULL, NULL, NULL, NULL
        FROM observation WHERE unit_key = ?
        """,
        unit_key,
    )
    return _by_indicator(rows)


@recent
def summed_over(w: Warehouse, district_key: str) -> dict[str, list[Own]]:
    """Sums of a former district, of its own reports and then of its share of today's wards, by indicator; not to be changed."""
    rows = w.tuples(
        """
        SELECT indicator_id, period_start, period_end, status,
               CASE status WHEN 'illustrative' THEN 'sample-generator' ELSE 'office-reports' END, numerator, denominator,
               value, NULL, NULL, 'reference', NULL, NULL, NULL, estimated_share, units_reporting, units_expected,
               population_share, reporting_level
        FROM observation_area WHERE area_kind = 'district' AND area_key = ?
        """,
        district_key,
    )
    return _by_indicator(rows)


def _by_indicator(rows: list[tuple[Any, ...]]) -> dict[str, list[Own]]:
    found: dict[str, list[Own]] = {}
    for indicator_id, *rest in rows:
        found.setdefault(indicator_id, []).append(Own._make(rest))
    return found


@recent
def in_tier(w: Warehouse, unit_key: str, level: str | None) -> dict[str, list[Own]]:
    """What stands for a unit in its tier: a ward's own reports, a former district's sums. Nothing published.

    ``level`` (ward, district) keeps one tier; None keeps both. A ward stands for itself alone: one unit of one, nothing estimated.
    Not to be changed.
    """
    own = level_of(w, unit_key)
    if level is not None and own != level:
        return {}
    if own == "district":
        return summed_over(w, unit_key)
    if not is_ward_of_today(w, unit_key):
        return {}
    return {
        indicator_id: [_alone(row) for row in rows if row.status != "published"]
        for indicator_id, rows in reported_by(w, unit_key).items()
    }


def _alone(row: Own) -> Own:
    return row._replace(estimated_share=0.0, units_reporting=1, units_expected=1, population_share=1.0)


def with_basis(w: Warehouse, indicator_id: str, row: Own) -> dict[str, Any]:
    """A figure as columns by name, with its indicator and what that is a rate of."""
    known = indicator(w, indicator_id)
    return {"indicator_id": indicator_id, "basis": known.basis if known else None, **row._asdict()}
