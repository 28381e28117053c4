"""What the chapter on method shows: worked examples and rules, each taken from the warehouse."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from queries.catalogue import BASES, Source, Target, typed
from queries.figures import Figure, city_series, implied_total
from queries.warehouse import Warehouse

SAMPLE_TOLERANCE = 0.01
"""How far the illustrative sum of the city may lie from a published figure that it follows."""


@dataclass(frozen=True)
class MeanOrSum:
    """A rate of the city worked out from sums, and what the mean of the units' rates would be, for one period."""

    name_vi: str
    name_en: str
    status: str
    of_sums: float
    mean: float
    units: int
    lowest: float
    highest: float


@dataclass(frozen=True)
class Reform:
    """How many units of each kind there were on the eve of the reform and are since; how many wards were divided."""

    districts: int
    wards_before: int
    wards_divided: int
    wards_now: int
    phuong: int
    xa: int


@dataclass(frozen=True)
class NamedTarget:
    """A target with the names of its indicator and its source; the title's own name where it is about a title."""

    target: Target
    name_vi: str
    name_en: str
    model_vi: str | None
    model_en: str | None
    source: Source | None


@dataclass(frozen=True)
class Anchor:
    """A published figure of the city and the illustrative sum of the period in which its day lies."""

    name_vi: str
    name_en: str
    kind: str
    basis: str | None
    published: float
    qualifier: str | None
    published_start: dt.date | None
    published_end: dt.date
    sample: float
    sample_start: dt.date | None
    sample_end: dt.date


def worked_example(w: Warehouse, model: str) -> list[Figure]:
    """The latest published city rates of one title: one a basis, and one more a basis for figures without a date."""
    latest: dict[tuple[str | None, bool], Figure] = {}
    for basis in BASES:
        for figure in city_series(w, f"model.{model}.{basis}", ("published",)):
            if figure.value is not None:
                latest[basis, figure.date_basis == "undated"] = figure
    return sorted(latest.values(), key=lambda f: (f.date_basis == "undated", f.period_end))


def implied_example(w: Warehouse, model: str) -> Figure | None:
    """The figure from which the number of all families, clans… is inferred where none is reported."""
    return implied_total(city_series(w, f"model.{model}.recognised_of_total", ("published", "reported")))


def mean_or_sum(w: Warehouse, period_end: dt.date, statuses: tuple[str, ...]) -> MeanOrSum | None:
    """The city's rate of a period from sums beside the mean of the units' rates, for the title where they differ most.

    Rates are recognised of the total. None where nothing was reported for the period.
    """
    row = w.row(
        """
        SELECT i.name_vi, i.name_en, a.status, a.value AS of_sums, avg(o.value) AS mean, count(o.value) AS units,
               min(o.value) AS lowest, max(o.value) AS highest
        FROM observation_area AS a
        JOIN indicator AS i USING (indicator_id)
        JOIN observation AS o USING (indicator_id, period_end, status)
        JOIN unit AS u ON u.unit_key = o.unit_key AND u.level = a.reporting_level
        WHERE i.theme = 'model' AND i.basis = 'recognised_of_total' AND a.area_kind = 'city' AND a.period_end = ?
          AND list_contains(?, a.status)
        GROUP BY i.name_vi, i.name_en, a.status, a.value
        HAVING count(o.value) > 1
        ORDER BY a.status = 'illustrative', abs(avg(o.value) - a.value) DESC, i.name_vi
        LIMIT 1
        """,
        period_end,
        list(statuses),
    )
    return typed(MeanOrSum, row) if row else None


def reform(w: Warehouse) -> Reform:
    """Counts of units before and after July 2025, and of the wards that went to several new ones."""
    row = w.row(
        """
        SELECT count(*) FILTER (WHERE level = 'district') AS districts,
               count(*) FILTER (WHERE level = 'ward' AND valid_to IS NOT NULL) AS wards_before,
               (SELECT count(DISTINCT s.from_key) FROM unit_succession AS s JOIN unit AS f ON f.unit_key = s.from_key
                WHERE f.level = 'ward' AND s.part = 'part') AS wards_divided,
               count(*) FILTER (WHERE level = 'ward' AND valid_to IS NULL) AS wards_now,
               count(*) FILTER (WHERE type = 'phuong' AND valid_to IS NULL) AS phuong,
               count(*) FILTER (WHERE type = 'xa' AND valid_to IS NULL) AS xa
        FROM unit
        """
    )
    assert row is not None
    return typed(Reform, row)


@dataclass(frozen=True)
class MovedWards:
    """How many wards of before July 2025 moved whole, were divided as the resolution says, or by estimate."""

    whole: int
    by_law: int
    estimated: int


def moved_wards(w: Warehouse) -> MovedWards:
    """The wards of before July 2025 by the surest way of moving them that holds for all of their people."""
    row = w.row(
        """
        WITH moved AS (
            SELECT b.from_key, bool_or(b.estimated) AS estimated, bool_and(b.weight_method = 'whole') AS whole
            FROM unit_bridge AS b JOIN unit AS u ON u.unit_key = b.from_key
            WHERE b.vintage = 'wards_2025_07' AND b.weight_method <> 'none' AND u.level = 'ward' GROUP BY b.from_key
        )
        SELECT count(*) FILTER (WHERE whole) AS whole, count(*) FILTER (WHERE NOT whole AND NOT estimated) AS by_law,
               count(*) FILTER (WHERE estimated) AS estimated
        FROM moved
        """
    )
    assert row is not None
    return typed(MovedWards, row)


def most_mixed_ward(w: Warehouse) -> str | None:
    """The ward of today whose people come from the most former districts, the most evenly of them."""
    row = w.row(
        """
        SELECT to_key FROM unit_bridge AS b JOIN unit AS u ON u.unit_key = b.from_key
        WHERE b.vintage = 'wards_2025_07' AND b.weight > 0 AND u.level = 'district'
        GROUP BY to_key ORDER BY count(*) DESC, max(b.to_share), to_key LIMIT 1
        """
    )
    return str(row["to_key"]) if row else None


def status_counts(w: Warehouse) -> dict[str, int]:
    """How many figures the warehouse has of each status."""
    return {
        row["status"]: row["n"]
        for row in w.rows("SELECT status, count(*) AS n FROM observation GROUP BY status")
    }


def named_targets(w: Warehouse) -> list[NamedTarget]:
    """Every target with the words of its indicator, in the order of the catalogue, the city's governing one first."""
    rows = w.rows(
        """
        SELECT t.*, i.name_vi, i.name_en, m.name_vi AS model_vi, m.name_en AS model_en, s.title, s.publisher,
               s.published_on, s.url, s.kind, s.licence
        FROM target AS t
        JOIN indicator AS i USING (indicator_id)
        LEFT JOIN learning_model AS m ON m.model = i.model
        LEFT JOIN source AS s ON s.source_id = t.source_id
        ORDER BY i.position, (t.scope = 'city' AND t.governs) DESC, t.year, t.scope, t.source_id, t.document_no
        """
    )
    return [
        NamedTarget(
            typed(Target, row),
            row["name_vi"],
            row["name_en"],
            row["model_vi"],
            row["model_en"],
            typed(Source, {**row, "document_no": None}) if row["title"] else None,
        )
        for row in rows
    ]


def sample_anchors(w: Warehouse) -> list[Anchor]:
    """Published city figures that the illustrative figures follow: their sum lies within ``SAMPLE_TOLERANCE`` of them.

    One row a published figure. The sum is that of the period in which the figure's day lies. Figures whose
    source gives no date are not among them, nor is any period for which offices have sent files.
    """
    rows = w.rows(
        """
        SELECT i.name_vi, i.name_en, i.kind, i.basis, o.value AS published, o.qualifier,
               o.period_start AS published_start, o.period_end AS published_end, a.value AS sample,
               a.period_start AS sample_start, a.period_end AS sample_end
        FROM observation AS o
        JOIN indicator AS i USING (indicator_id)
        JOIN observation_area AS a
            ON a.indicator_id = o.indicator_id AND a.area_kind = 'city' AND a.status = 'illustrative'
            AND o.period_end BETWEEN a.period_start AND a.period_end
        WHERE o.status = 'published' AND o.unit_key = '01' AND o.date_basis <> 'undated'
          AND abs(a.value - o.value) <= ? * o.value
        ORDER BY i.position, o.period_end, o.source_id
        """,
        SAMPLE_TOLERANCE,
    )
    return [typed(Anchor, row) for row in rows]
