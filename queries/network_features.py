"""The Key Features of Learning Cities: three areas, twelve focal areas, and what speaks for each in Hà Nội.

There is no score. The state of a focal area is that of its weakest indicator that has a target of the city and can be
judged. Where a real figure can be held against a target, illustrative ones have no say.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from queries.catalogue import Indicator, Source, indicator, source, typed
from queries.figures import Figure, headline
from queries.network import with_source
from queries.pace import Pace, pace_of_city
from queries.warehouse import Warehouse

AreaState = Literal[
    "met", "on_track", "behind", "far_behind", "missed", "too_little_data", "no_target", "no_figure", "no_indicator"
]  # fmt: skip
AREA_STATES: tuple[AreaState, ...] = (
    "missed", "far_behind", "behind", "on_track", "met", "too_little_data", "no_target", "no_figure", "no_indicator",
)  # fmt: skip
WEAKEST_FIRST: tuple[AreaState, ...] = ("missed", "far_behind", "behind", "on_track", "met")


@dataclass(frozen=True)
class FocalArea:
    """One of the three areas or of the twelve focal areas of the Key Features, with who worded its name."""

    focal_area_id: str
    level: str
    area_id: str | None
    name_vi: str
    name_en: str
    label_origin_vi: str | None
    label_origin_en: str | None
    source: Source


@dataclass(frozen=True)
class Spoken:
    """An indicator that speaks for a focal area, and why; ``figure`` is the city's headline, None where there is none."""

    indicator: Indicator
    reason_vi: str
    reason_en: str
    figure: Figure | None
    figure_source: Source | None
    pace: Pace


@dataclass(frozen=True)
class Document:
    """A document as evidence for a focal area."""

    document_no: str | None
    title_vi: str
    title_en: str
    issuer_vi: str
    issuer_en: str
    issued_on: dt.date | None
    issued_text: str | None
    source: Source | None


@dataclass(frozen=True)
class KnownGap:
    """Something about a focal area that is not measured or was not found."""

    subject_vi: str
    subject_en: str
    detail_vi: str
    detail_en: str


@dataclass(frozen=True)
class AreaStanding:
    """The state of a focal area by the rule; ``decided_by`` is the indicator that made it, None where none did.

    ``illustrative`` says that only illustrative figures could be judged.
    """

    state: AreaState
    decided_by: Spoken | None
    illustrative: bool


@dataclass(frozen=True)
class Evidence:
    """Everything on record about one focal area."""

    area: FocalArea
    standing: AreaStanding
    indicators: tuple[Spoken, ...]
    documents: tuple[Document, ...]
    gaps: tuple[KnownGap, ...]


def focal_areas(w: Warehouse) -> list[FocalArea]:
    """The three areas and twelve focal areas, in the framework's order."""
    return with_source(w, FocalArea, "SELECT * FROM focal_area ORDER BY focal_area_id")


def standing_of_area(spoken: Sequence[Spoken]) -> AreaStanding:
    """The state of a focal area from its indicators, by the rule of this module."""
    if not spoken:
        return AreaStanding("no_indicator", None, False)
    shown = [s for s in spoken if s.figure is not None]
    held = [s for s in shown if s.pace.target is not None]
    real = [s for s in held if s.figure is not None and s.figure.status != "illustrative"]
    for state in WEAKEST_FIRST:
        deciding = next((s for s in real or held if s.pace.standing == state), None)
        if deciding is not None:
            return AreaStanding(state, deciding, not real)
    if not shown:
        return AreaStanding("no_figure", None, False)
    has_target = any(s.pace.target is not None for s in spoken)
    return AreaStanding("too_little_data" if has_target else "no_target", None, False)


def evidence(w: Warehouse, statuses: tuple[str, ...]) -> list[Evidence]:
    """The twelve focal areas with their indicators, documents and gaps, in the framework's order."""
    return [
        Evidence(area, standing_of_area(spoken), spoken, _documents(w, area), _gaps(w, area))
        for area in focal_areas(w)
        if area.level == "focal_area"
        for spoken in [_spoken(w, area, statuses)]
    ]


def _spoken(w: Warehouse, area: FocalArea, statuses: tuple[str, ...]) -> tuple[Spoken, ...]:
    rows = w.rows(
        "SELECT * FROM focal_area_indicator WHERE focal_area_id = ? ORDER BY position", area.focal_area_id
    )
    found = []
    for row in rows:
        known = indicator(w, row["indicator_id"])
        if known is not None:
            pace = pace_of_city(w, known.indicator_id, statuses)
            figure = pace.figure or headline(w, known.indicator_id, statuses)
            origin = source(w, figure.source_id) if figure else None
            found.append(Spoken(known, row["reason_vi"], row["reason_en"], figure, origin, pace))
    return tuple(found)


def _documents(w: Warehouse, area: FocalArea) -> tuple[Document, ...]:
    return tuple(
        with_source(
            w,
            Document,
            """
            SELECT d.* FROM focal_area_document AS f JOIN legal_document AS d USING (document_id)
            WHERE f.focal_area_id = ? ORDER BY d.issued_on NULLS LAST, d.document_id
            """,
            area.focal_area_id,
        )
    )


def _gaps(w: Warehouse, area: FocalArea) -> tuple[KnownGap, ...]:
    rows = w.rows(
        """
        SELECT g.* FROM focal_area_gap AS f JOIN data_gap AS g USING (gap_id)
        WHERE f.focal_area_id = ? ORDER BY g.gap_id
        """,
        area.focal_area_id,
    )
    return tuple(typed(KnownGap, row) for row in rows)
