"""Targets and pace: how far it is to the target, how fast it went last year, how fast it must go, where it leads.

Like is compared with like only: one indicator (so one basis), one status, and sums over the same units at both
ends. What was compared with what travels along as ``comparison``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd

from queries.catalogue import (
    CITY,
    Source,
    Target,
    governing_targets,
    indicator,
    learning_models,
    sources,
    typed,
)
from queries.figures import CITY_COVERAGE, Figure, best, city_series, reform_day
from queries.gaps import Gap, gaps
from queries.own import level_of, reported_by, summed_over, with_basis
from queries.projection import YEAR, Projection, project
from queries.rules import threshold
from queries.warehouse import Warehouse, remembered

Standing = Literal[
    "met", "on_track", "behind", "far_behind", "missed", "too_little_data", "no_target", "ended"
]
STANDINGS: tuple[Standing, ...] = (
    "met", "on_track", "behind", "far_behind", "missed", "too_little_data", "no_target", "ended",
)  # fmt: skip
Comparison = Literal["own", "published", "matched_units", "matched_districts", "city_sums", "area_sums"]
Lack = Literal["no_figure", "undated", "no_year_ago", "few_matched"]
NoProjection = Literal[
    "ended", "no_target", "past", "no_figure", "undated", "few_periods", "short_span", "real_too_few", "no_counts"
]  # fmt: skip

PROGRAMME_START = dt.date(2021, 1, 1)
"""The programme that the targets belong to runs from 2021; earlier figures follow older criteria."""


@dataclass(frozen=True)
class PaceRules:
    """The thresholds of this module, from ``method_rule``: days, and shares as fractions of 1."""

    year_min_days: int
    year_max_days: int
    behind_share: float
    projection_min_points: int
    projection_min_days: int
    projection_level: float


@dataclass(frozen=True)
class YearPace:
    """What changed in about a year. Rates are fractions of 1, over the same units at both ends where sums are compared.

    ``comparison``: a ward's ``own`` figures; two ``published`` ones; sums over the ``units`` units that reported both
    times (matched_units, or whole former districts across July 2025: matched_districts); or the sums of the
    city or of a former district as they are, over whoever reported (city_sums, area_sums). ``people_share`` of the
    population lives in what is compared; ``rough`` where a source says “over” or “about”.
    """

    then_day: dt.date
    now_day: dt.date
    rate_then: float
    rate_now: float
    comparison: Comparison
    units: int | None
    people_share: float | None
    rough: bool

    @property
    def per_year(self) -> float:
        """The change as a fraction of 1 in 365.25 days."""
        return annualised(self.then_day, self.rate_then, self.now_day, self.rate_now)


@dataclass(frozen=True)
class PastTarget:
    """A target whose year is over. ``met`` is None where no figure is near enough to its end to tell."""

    target: Target
    met: bool | None


@dataclass(frozen=True)
class Pace:
    """Where a unit stands on its way to a target; ``target`` is the city's governing one of the latest year.

    ``figure`` is the latest figure, the one that ``gap`` and ``needed`` (a fraction of 1 in a year) start from;
    ``estimated_share`` of it had to be estimated. ``series`` are the dated figures of its status, oldest first, those of
    ``estimated_days`` estimated in part.
    ``lack`` says what is missing for a pace of the last year, ``no_projection`` why there is none.
    """

    indicator_id: str
    unit_key: str
    standing: Standing
    lack: Lack | None
    target: Target | None
    figure: Figure | None
    estimated_share: float
    gap: Gap | None
    year: YearPace | None
    needed: float | None
    past: tuple[PastTarget, ...]
    series: tuple[Figure, ...]
    estimated_days: frozenset[dt.date]
    projection: Projection | None
    no_projection: NoProjection | None


@dataclass(frozen=True)
class TargetOnRecord:
    """A target with its document's day of issue, or what is known of it in words, and the source it was read in."""

    target: Target
    issued_on: dt.date | None
    issued_text: str | None
    source: Source | None


# ---- Pure parts ---------------------------------------------------------------------------------------------------


def end_of(target: Target) -> dt.date:
    """The last day of a target's year."""
    return dt.date(target.year, 12, 31)


def annualised(then_day: dt.date, then: float, now_day: dt.date, now: float) -> float:
    """A change per year of 365.25 days."""
    return (now - then) / ((now_day - then_day).days / YEAR)


def pace_needed(rate: float, day: dt.date, target: Target) -> float | None:
    """The change a year that leads from a rate on a day to the target (its lower end); None after its year."""
    years = (end_of(target) - day).days / YEAR
    return (target.value - rate) / years if years > 0 else None


def year_before(days: Sequence[dt.date], now: dt.date, rules: PaceRules) -> dt.date | None:
    """The day nearest to a year before ``now`` within the rule's limits, the later of two as near."""
    spans = {day: (now - day).days for day in days}
    near = [day for day, span in spans.items() if rules.year_min_days <= span <= rules.year_max_days]
    return min(near, key=lambda day: (abs(spans[day] - 365), spans[day]), default=None)


def standing_of(met: bool, pace: float | None, needed: float | None, rules: PaceRules) -> Standing:
    """Met; on track where last year's pace reaches the pace needed; behind from ``behind_share`` of it on; else far behind.

    ``needed`` is None once the target's year is over. Too little data where last year's pace is not known.
    """
    if met:
        return "met"
    if needed is None:
        return "missed"
    if pace is None or pd.isna(pace):
        return "too_little_data"
    reached = pace - needed
    if reached >= -1e-9:
        return "on_track"
    return "behind" if pace > 0 and pace >= rules.behind_share * needed - 1e-9 else "far_behind"


def alike(series: Sequence[Figure], latest: Figure) -> list[Figure]:
    """The dated figures of the latest one's status up to its day, one a day, oldest first."""
    by_day: dict[dt.date, Figure] = {}
    for f in series:
        if f.status == latest.status and f.date_basis != "undated" and f.period_end <= latest.period_end:
            kept = best([by_day[f.period_end], f]) if f.period_end in by_day else best([f])
            if kept is not None:
                by_day[f.period_end] = kept
    return [by_day[day] for day in sorted(by_day)]


def past_target(series: Sequence[Figure], target: Target) -> PastTarget:
    """Whether a target was met when its year ended, told from figures of one status, oldest first.

    Met by the last figure until then; missed where a figure of the year's second half, or the first one after,
    falls short; else not known.
    """
    until = [f for f in series if f.period_end <= end_of(target)]
    after = [f for f in series if f.period_end > end_of(target)]
    if until and _reaches(until[-1], target):
        return PastTarget(target, True)
    late = bool(until) and until[-1].period_end > dt.date(target.year, 6, 30)
    return PastTarget(target, False if late or (after and not _reaches(after[0], target)) else None)


def _reaches(figure: Figure, target: Target) -> bool:
    return any(gap.met for gap in gaps(figure, [target], []))


def projection_of(
    series: Sequence[Figure], real_exists: bool, end: dt.date, rules: PaceRules
) -> Projection | NoProjection:
    """The trend of figures of one status carried on to a day, or why there is none.

    Sums of districts and sums of wards are two kinds: only those of the last figure's kind are fitted, so that no
    trend runs across July 2025. ``real_exists`` says that the figures are real and illustrative ones are passed over.
    """
    level = series[-1].reporting_level
    fitted = [f for f in series if f.reporting_level == level]
    span = (fitted[-1].period_end - fitted[0].period_end).days
    if end <= fitted[-1].period_end:
        return "past"
    if len(fitted) < max(3, rules.projection_min_points):
        return "real_too_few" if real_exists else "few_periods"
    if span < rules.projection_min_days:
        return "short_span"
    return project(fitted, end, rules.projection_level) or "no_counts"


# ---- Asking the warehouse -----------------------------------------------------------------------------------------


def pace_rules(w: Warehouse) -> PaceRules:
    """The thresholds as the warehouse has them."""
    return PaceRules(
        int(threshold(w, "pace_year_min_days")),
        int(threshold(w, "pace_year_max_days")),
        threshold(w, "pace_behind_share"),
        int(threshold(w, "projection_min_points")),
        int(threshold(w, "projection_min_days")),
        threshold(w, "projection_level"),
    )


def target_to_meet(w: Warehouse, indicator_id: str) -> Target | None:
    """The city's governing target of the latest year; None where the city has none."""
    targets = governing_targets(w, indicator_id)
    return targets[-1] if targets else None


def pace_of_city(
    w: Warehouse, indicator_id: str, statuses: tuple[str, ...], until: dt.date | None = None
) -> Pace:
    """Where the whole city stands, from its latest figure up to a day (the latest of all where none is as old)."""
    return _pace(w, indicator_id, CITY, city_series(w, indicator_id, statuses), {}, until)


def pace_of_unit(
    w: Warehouse, indicator_id: str, unit_key: str, statuses: tuple[str, ...], until: dt.date | None = None
) -> Pace:
    """Where a ward of today stands (its own figures since Q3 2025), or a former district, or the city.

    A former district goes on after July 2025 as the sum of its share of today's wards. The city's target is
    the yardstick of them all.
    """
    if unit_key == CITY:
        return pace_of_city(w, indicator_id, statuses, until)
    rows = _own_rows(w, indicator_id, unit_key, statuses) + _area_rows(w, indicator_id, unit_key, statuses)
    estimated = {
        (r["status"], r["period_end"]): r["estimated_share"] for r in rows if r["estimated_share"] is not None
    }
    series = sorted((typed(Figure, row) for row in rows), key=lambda f: (f.period_end, f.status, f.source_id))
    return _pace(w, indicator_id, unit_key, series, estimated, until)


def _own_rows(
    w: Warehouse, indicator_id: str, unit_key: str, statuses: tuple[str, ...]
) -> list[dict[str, Any]]:
    """A ward's own figures, and what was published about a ward or former district."""
    level = level_of(w, unit_key)
    return [
        with_basis(w, indicator_id, row) | {"reporting_level": None if row.status == "published" else level}
        for row in reported_by(w, unit_key).get(indicator_id, ())
        if row.status in statuses and (level == "ward" or row.status == "published")
    ]


def _area_rows(
    w: Warehouse, indicator_id: str, unit_key: str, statuses: tuple[str, ...]
) -> list[dict[str, Any]]:
    """A former district's sums, before and after July 2025; none for a ward."""
    if level_of(w, unit_key) != "district":
        return []
    return [
        with_basis(w, indicator_id, row)
        for row in summed_over(w, unit_key).get(indicator_id, ())
        if row.status in statuses
    ]


def _pace(
    w: Warehouse,
    indicator_id: str,
    unit_key: str,
    series: list[Figure],
    estimated: dict[tuple[str, dt.date], float],
    until: dt.date | None,
) -> Pace:
    """The pace of one unit from all its figures."""
    rules, target = pace_rules(w), target_to_meet(w, indicator_id)
    usable = [f for f in series if f.period_end >= PROGRAMME_START and _whole(f)]
    latest = best(usable, until) or best(usable)
    same = _comparable(w, alike(usable, latest)) if latest else []
    days = frozenset(f.period_end for f in same if estimated.get((f.status, f.period_end), 0.0) > 0)
    share = estimated.get((latest.status, latest.period_end), 0.0) if latest else 0.0
    pace = Pace(
        indicator_id, unit_key, "no_target", None, target, latest, share, None, None, None, (), tuple(same), days, None,
        "no_target",
    )  # fmt: skip
    if has_ended(w, indicator_id):
        return replace(pace, standing="ended", no_projection="ended")
    if latest is None or latest.value is None:
        return pace if target is None else replace(
            pace, standing="too_little_data", lack="no_figure", no_projection="no_figure"
        )  # fmt: skip
    year, lack = _year(w, unit_key, same, rules)
    pace = replace(pace, year=year, lack=lack)
    if target is None:
        return pace
    (gap,) = gaps(latest, [target], series)
    needed = pace_needed(latest.value, latest.period_end, target) if same and not gap.met else None
    past_until = max(latest.period_end, until or latest.period_end)
    past = tuple(past_target(same, t) for t in governing_targets(w, indicator_id) if end_of(t) <= past_until)
    passed_over = latest.status != "illustrative" and any(f.status == "illustrative" for f in usable)
    projected = projection_of(same, passed_over, end_of(target), rules) if same else "undated"
    pace = replace(
        pace,
        gap=gap,
        needed=needed,
        past=past,
        projection=projected if isinstance(projected, Projection) else None,
        no_projection=None if isinstance(projected, Projection) else projected,
    )
    return _judged(pace, rules)


def _comparable(w: Warehouse, same: list[Figure]) -> list[Figure]:
    """Figures of one status that may be compared over time: of published ones on schools, which cover others each year, the last."""
    found = indicator(w, same[-1].indicator_id) if same else None
    return same[-1:] if found and found.theme == "school" and same[-1].status == "published" else same


def _whole(figure: Figure) -> bool:
    """Whether at least half of the people are in a sum; other figures always count."""
    return figure.population_share is None or figure.population_share >= CITY_COVERAGE


def _judged(pace: Pace, rules: PaceRules) -> Pace:
    """The pace with its standing."""
    assert pace.gap is not None
    over = next((p for p in pace.past if p.target == pace.target), None)
    if over is not None and over.met is not None:
        return replace(pace, standing=standing_of(over.met, None, None, rules))
    if over is not None or (pace.needed is None and not pace.gap.met):
        return replace(pace, standing="too_little_data")
    per_year = pace.year.per_year if pace.year else None
    return replace(pace, standing=standing_of(pace.gap.met, per_year, pace.needed, rules))


def _year(
    w: Warehouse, unit_key: str, same: list[Figure], rules: PaceRules
) -> tuple[YearPace | None, Lack | None]:
    """What changed up to the last of figures of one status in about a year; or what is missing to say so."""
    now = same[-1] if same else None
    if now is None or now.value is None:
        return None, "undated"
    day = year_before([f.period_end for f in same], now.period_end, rules)
    then = next((f for f in same if f.period_end == day), None)
    if then is None or then.value is None:
        return None, "no_year_ago"
    rough = bool(now.qualifier or then.qualifier)
    pace = YearPace(then.period_end, now.period_end, then.value, now.value, "own", None, None, rough)
    if now.units_reporting is None:
        return replace(pace, comparison="published" if now.status == "published" else "own"), None
    if now.reporting_level == then.reporting_level:
        matched = _matched_units(w, unit_key, then, now)
        return (matched, None) if matched else (None, "few_matched")
    if unit_key == CITY:
        return _matched_districts(w, then, now) or replace(pace, comparison="city_sums"), None
    return replace(pace, comparison="area_sums", people_share=now.population_share), None


def _matched(row: dict[str, Any] | None, then: Figure, now: Figure, kind: Comparison) -> YearPace | None:
    """A comparison of sums, None where they hold less than half of the people."""
    if row is None or not row["units"] or (row["people_share"] or 0) < CITY_COVERAGE:
        return None
    return YearPace(
        then.period_end, now.period_end, row["rate_then"], row["rate_now"], kind, row["units"], row["people_share"], False
    )  # fmt: skip


def _matched_units(w: Warehouse, area_key: str, then: Figure, now: Figure) -> YearPace | None:
    """Sums at both ends over the units of one tier that reported both times; a ward counts in a district with its share."""
    row = w.row(
        """
        WITH asked AS (SELECT ? AS area_key, ? AS level),
        members AS (
            SELECT u.unit_key, u.population, CASE WHEN q.area_key = '01' THEN 1.0 ELSE b.weight END AS weight
            FROM unit AS u CROSS JOIN asked AS q
            LEFT JOIN unit_bridge AS b
                ON b.from_key = u.unit_key AND b.to_key = q.area_key AND b.vintage = 'districts_2025_06'
            WHERE u.level = q.level AND (u.level = 'district' OR u.valid_to IS NULL)
              AND (q.area_key = '01' OR b.weight > 0)
        )
        SELECT count(*) AS units, sum(t.numerator * m.weight) / sum(t.denominator * m.weight) AS rate_then,
               sum(n.numerator * m.weight) / sum(n.denominator * m.weight) AS rate_now,
               sum(m.population * m.weight) / (SELECT sum(population * weight) FROM members) AS people_share
        FROM members AS m
        JOIN observation AS n USING (unit_key)
        JOIN observation AS t USING (unit_key, indicator_id, status)
        WHERE n.indicator_id = ? AND n.status = ? AND n.period_end = ? AND t.period_end = ?
          AND n.denominator > 0 AND t.denominator > 0
        """,
        area_key,
        now.reporting_level,
        now.indicator_id,
        now.status,
        now.period_end,
        then.period_end,
    )
    return _matched(row, then, now, "matched_units")


def _matched_districts(w: Warehouse, then: Figure, now: Figure) -> YearPace | None:
    """Sums at both ends over the former districts all of whose units reported both times, across July 2025."""
    row = w.row(
        """
        SELECT count(*) AS units, sum(t.numerator) / sum(t.denominator) AS rate_then,
               sum(n.numerator) / sum(n.denominator) AS rate_now,
               sum(u.population) / (SELECT sum(population) FROM unit WHERE level = 'district') AS people_share
        FROM observation_area AS n
        JOIN observation_area AS t USING (indicator_id, area_kind, area_key, status)
        JOIN unit AS u ON u.unit_key = n.area_key
        WHERE n.area_kind = 'district' AND n.indicator_id = ? AND n.status = ? AND n.period_end = ? AND t.period_end = ?
          AND n.units_reporting = n.units_expected AND t.units_reporting = t.units_expected
          AND n.denominator > 0 AND t.denominator > 0
        """,
        now.indicator_id,
        now.status,
        now.period_end,
        then.period_end,
    )
    return _matched(row, then, now, "matched_districts")


def targets_on_record(w: Warehouse, indicator_id: str) -> list[TargetOnRecord]:
    """Every target of an indicator with its document: the city's governing ones first, then the city's, then others, by year."""
    return list(_targets_on_record(w).get(indicator_id, ()))


@remembered
def _targets_on_record(w: Warehouse) -> dict[str, list[TargetOnRecord]]:
    rows = w.rows(
        """
        WITH issued AS (
            SELECT document_no, min(issued_on) AS issued_on, min(issued_text) AS issued_text
            FROM legal_document WHERE document_no IS NOT NULL GROUP BY document_no
        )
        SELECT t.*, i.issued_on, i.issued_text
        FROM target AS t LEFT JOIN issued AS i USING (document_no)
        ORDER BY (t.scope = 'city' AND t.governs) DESC, t.scope = 'city' DESC, t.year, t.scope, t.document_no
        """
    )
    known, found = sources(w), dict[str, list[TargetOnRecord]]()
    for row in rows:
        one = TargetOnRecord(
            typed(Target, row), row["issued_on"], row["issued_text"], known.get(row["source_id"])
        )
        found.setdefault(row["indicator_id"], []).append(one)
    return found


def has_ended(w: Warehouse, indicator_id: str) -> bool:
    """Whether an indicator is of a title that no longer exists (huyện học tập)."""
    found = indicator(w, indicator_id)
    return found is not None and any(
        m.model == found.model and m.ended_on is not None for m in learning_models(w)
    )


def paces_of_units(
    w: Warehouse, indicator_id: str, period_end: dt.date, statuses: tuple[str, ...]
) -> pd.DataFrame:
    """Every unit that was to report for a period, with its way to the city's target; districts until mid-2025, then wards.

    One row a unit: unit_key, code, names, type, former district, population, status, value, numerator, denominator;
    ``gap`` (fraction, positive above the target), ``lacking`` (how many families, clans… are still lacking; missing
    without a total), ``then_day`` and ``then_value`` (the unit's own figure of the same status about a year earlier),
    ``pace`` and ``needed`` (fractions a year) and ``standing``. Figures are missing where the unit did not report.
    """
    rules, target = pace_rules(w), target_to_meet(w, indicator_id)
    level = "district" if period_end < reform_day(w) else "ward"
    units = w.frame(
        """
        SELECT u.unit_key, u.code, u.name_vi, u.name_en, u.type, d.name_vi AS district_vi, d.name_en AS district_en,
               u.main_district_key, u.population, n.status, n.value, n.numerator, n.denominator,
               t.period_end AS then_day, t.value AS then_value
        FROM unit AS u
        LEFT JOIN unit AS d ON d.unit_key = u.main_district_key
        LEFT JOIN observation AS n
            ON n.unit_key = u.unit_key AND n.indicator_id = ? AND n.period_end = ?
            AND n.status <> 'published' AND list_contains(?, n.status)
        LEFT JOIN observation AS t
            ON t.unit_key = n.unit_key AND t.indicator_id = n.indicator_id AND t.status = n.status AND t.value IS NOT NULL
            AND t.indicator_id = ? AND t.period_end BETWEEN ? AND ?
        WHERE u.level = ? AND (u.level = 'district' OR u.valid_to IS NULL)
        QUALIFY row_number() OVER (
            PARTITION BY u.unit_key ORDER BY abs(n.period_end - t.period_end - 365), t.period_end DESC
        ) = 1
        ORDER BY u.name_vi COLLATE vi, u.unit_key
        """,
        indicator_id,
        period_end,
        list(statuses),
        indicator_id,
        period_end - dt.timedelta(days=rules.year_max_days),
        period_end - dt.timedelta(days=rules.year_min_days),
        level,
    )
    return with_standing(units, period_end, target, rules, has_ended(w, indicator_id))


def with_standing(
    units: pd.DataFrame, period_end: dt.date, target: Target | None, rules: PaceRules, ended: bool
) -> pd.DataFrame:
    """Units with figures now and a year earlier, with gap, lacking, pace, needed and standing added."""
    years = (pd.Timestamp(period_end) - pd.to_datetime(units["then_day"])).dt.days / YEAR
    units = units.assign(pace=(units["value"] - units["then_value"]) / years)
    if target is None or ended:
        return units.assign(
            gap=float("nan"), lacking=float("nan"), needed=float("nan"), standing="ended" if ended else "no_target"
        )  # fmt: skip
    gap = (units["value"] - target.value).round(6)
    years_left = max((end_of(target) - period_end).days / YEAR, 0.0)
    needed = (target.value - units["value"]) / (years_left or float("nan"))
    standing = [
        "too_little_data" if pd.isna(g) else standing_of(g >= 0, pace, n if years_left else None, rules)
        for g, pace, n in zip(gap, units["pace"], needed, strict=True)
    ]
    return units.assign(
        gap=gap,
        lacking=(-gap * units["denominator"]).clip(lower=0),
        needed=needed.where(gap < 0),
        standing=standing,
    )


def standing_counts(units: pd.DataFrame) -> dict[Standing, int]:
    """How many units of ``paces_of_units`` have each standing, in the order of STANDINGS; those with none are left out."""
    counts = units["standing"].value_counts()
    return {standing: int(counts[standing]) for standing in STANDINGS if standing in counts}
