"""Quality flags: figures that obey the rules of their file and still deserve a look, and what was checked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from queries.catalogue import typed
from queries.warehouse import Warehouse, recent

FLAG_RULES = (
    "rate_above_100",
    "total_falls",
    "recognised_falls",
    "rate_jump",
    "count_jump",
    "copied",
    "families_population",
)
"""The rules in the order of presentation."""


@dataclass(frozen=True)
class Flag:
    """One figure that runs into one rule (``FLAG_RULES``).

    ``severity`` is warning, or note where a figure only goes back to what it was before a jump. Values are those of
    the indicator: a fraction for a rate (``kind``), else the count. ``expected_low`` and ``expected_high`` are the bounds
    from which on the rule speaks, None where it has none; ``previous_value`` is the same unit's figure in the period that
    ends on ``previous_end``, None where the rule does not compare. The sentence says it all in words.
    """

    flag_rule: str
    severity: str
    unit_key: str
    unit_vi: str
    unit_en: str
    population: int | None
    indicator_id: str
    indicator_vi: str
    indicator_en: str
    kind: str
    period_start: dt.date | None
    period_end: dt.date
    status: str
    source_id: str
    value: float
    previous_end: dt.date | None
    previous_value: float | None
    expected_low: float | None
    expected_high: float | None
    sentence_vi: str
    sentence_en: str


@dataclass(frozen=True)
class Checked:
    """How much was held against the rules: units and periods with a report, the first and the last period's end.

    ``compared`` counts the reports that had one of the same kind and status before them to be compared with.
    """

    units: int
    periods: int
    first_end: dt.date
    last_end: dt.date
    compared: int


@recent
def flags(
    w: Warehouse,
    statuses: tuple[str, ...],
    period_end: dt.date | None = None,
    unit_key: str | None = None,
    indicator_id: str | None = None,
) -> list[Flag]:
    """Flags on figures of these statuses, narrowed to a period, a unit or an indicator where one is given.

    The latest period first; in it warnings before notes, units with more people first, then by rule and size of change.
    """
    rows = w.rows(
        """
        SELECT f.*, u.name_vi AS unit_vi, u.name_en AS unit_en, u.population, i.name_vi AS indicator_vi,
               i.name_en AS indicator_en, i.kind
        FROM quality_flag AS f
        JOIN unit AS u USING (unit_key)
        JOIN indicator AS i USING (indicator_id)
        WHERE list_contains(?, f.status)
          AND (? IS NULL OR f.period_end = ?) AND (? IS NULL OR f.unit_key = ?) AND (? IS NULL OR f.indicator_id = ?)
        ORDER BY f.period_end DESC, f.severity = 'note', u.population DESC NULLS LAST, f.unit_key,
                 list_position(?, f.flag_rule), abs(f.value - f.previous_value) DESC NULLS LAST, i.position, f.status,
                 f.source_id
        """,
        list(statuses),
        *(period_end, period_end, unit_key, unit_key, indicator_id, indicator_id),
        list(FLAG_RULES),
    )
    return [typed(Flag, row) for row in rows]


def flag_counts(w: Warehouse, statuses: tuple[str, ...], period_end: dt.date) -> dict[str, int]:
    """How many figures of a period run into each rule, notes included; rules without any are left out."""
    rows = w.rows(
        """
        SELECT flag_rule, count(*) AS n FROM quality_flag WHERE list_contains(?, status) AND period_end = ?
        GROUP BY flag_rule ORDER BY list_position(?, flag_rule)
        """,
        list(statuses),
        period_end,
        list(FLAG_RULES),
    )
    return {row["flag_rule"]: row["n"] for row in rows}


@recent
def checked(
    w: Warehouse,
    statuses: tuple[str, ...],
    period_end: dt.date | None = None,
    unit_key: str | None = None,
) -> Checked | None:
    """What was checked for a period, a unit or both; None where no report of these statuses is there."""
    row = w.row(
        """
        WITH sent AS (
            SELECT report, unit_key, period_end, status,
                   period_end > min(period_end) OVER (PARTITION BY report, status, unit_key) AS has_earlier
            FROM report_status WHERE has_reported AND list_contains(?, status)
        )
        SELECT count(DISTINCT unit_key) AS units, count(DISTINCT period_end) AS periods, min(period_end) AS first_end,
               max(period_end) AS last_end, count(*) FILTER (WHERE has_earlier) AS compared
        FROM sent WHERE (? IS NULL OR period_end = ?) AND (? IS NULL OR unit_key = ?)
        """,
        list(statuses),
        *(period_end, period_end, unit_key, unit_key),
    )
    return typed(Checked, row) if row and row["units"] else None
