"""The catalogue: models, indicators, sources, targets and units, with their words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from queries.warehouse import Warehouse, remembered

CITY = "01"
TITLES = ("citizen_resident", "citizen_staff", "family", "clan", "community", "unit", "commune", "district")
BASES = ("recognised_of_total", "registered_of_total", "recognised_of_registered")

_Row = TypeVar("_Row")


def typed(kind: type[_Row], row: dict[str, Any]) -> _Row:
    """A dataclass from a row, by column name; columns that it has no field for are left out."""
    return kind(**{f.name: row.get(f.name) for f in fields(kind)})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Indicator:
    """One indicator. ``kind`` is count or rate; ``basis`` says what a rate is of; ``decimals`` are of the percent."""

    indicator_id: str
    theme: str
    model: str | None
    name_vi: str
    name_en: str
    short_name_vi: str | None
    short_name_en: str | None
    unit_vi: str | None
    unit_en: str | None
    kind: str
    basis: str | None
    direction: str | None
    decimals: int | None
    definition_vi: str
    definition_en: str
    caveat_vi: str | None
    caveat_en: str | None
    source_id: str | None
    numerator_indicator_id: str | None = None


@dataclass(frozen=True)
class Source:
    """A document, page or data set."""

    source_id: str
    title: str
    publisher: str | None
    document_no: str | None
    published_on: dt.date | None
    url: str | None
    kind: str
    licence: str | None


@dataclass(frozen=True)
class Target:
    """A target of a rate. ``value`` is a fraction; ``governs`` says whether it is the one to be held to, and why."""

    indicator_id: str
    scope: str
    year: int
    value: float
    value_max: float | None
    source_id: str
    governs: bool
    reason_vi: str
    reason_en: str
    wording_vi: str | None
    document_no: str | None
    note_vi: str | None
    note_en: str | None


@dataclass(frozen=True)
class LearningModel:
    """A title that families, clans and so on can earn. ``ended_on`` where the title no longer exists."""

    model: str
    position: int
    name_vi: str
    name_en: str
    short_name_vi: str
    short_name_en: str
    counted_vi: str
    counted_en: str
    denominator_vi: str | None
    denominator_en: str | None
    recognised_by_before_vi: str | None
    recognised_by_before_en: str | None
    recognised_by_after_vi: str | None
    recognised_by_after_en: str | None
    cycle_vi: str | None
    cycle_en: str | None
    criteria_vi: str | None
    criteria_en: str | None
    ended_on: dt.date | None
    end_reason_vi: str | None
    end_reason_en: str | None
    source_id: str | None


@remembered
def learning_models(w: Warehouse) -> tuple[LearningModel, ...]:
    """The eight titles that offices report on, in the catalogue's order."""
    rows = w.rows(
        "SELECT * FROM learning_model WHERE model IN (SELECT unnest(?)) ORDER BY position", list(TITLES)
    )
    return tuple(typed(LearningModel, row) for row in rows)


@remembered
def short_names(w: Warehouse) -> dict[str, tuple[str, str]]:
    """Names of all units without their type, by key: Vietnamese, English."""
    rows = w.rows("SELECT unit_key, coalesce(short_name_vi, name_vi) AS vi, name_en AS en FROM unit")
    return {row["unit_key"]: (row["vi"], row["en"]) for row in rows}


def unit_names(w: Warehouse, unit_key: str) -> tuple[str, str] | None:
    """The full name of a unit, Vietnamese and English; None where there is no such unit."""
    row = w.row("SELECT name_vi, name_en FROM unit WHERE unit_key = ?", unit_key)
    return (row["name_vi"], row["name_en"]) if row else None


def indicator(w: Warehouse, indicator_id: str) -> Indicator | None:
    """One indicator, None where the catalogue has no such id."""
    return _indicator_by_id(w).get(indicator_id)


def indicators(w: Warehouse) -> list[Indicator]:
    """All indicators in the catalogue's order."""
    return list(_indicator_by_id(w).values())


@remembered
def _indicator_by_id(w: Warehouse) -> dict[str, Indicator]:
    rows = w.rows("SELECT * FROM indicator ORDER BY position, indicator_id")
    return {row["indicator_id"]: typed(Indicator, row) for row in rows}


def source(w: Warehouse, source_id: str | None) -> Source | None:
    """One source, None where there is none."""
    return sources(w).get(source_id) if source_id else None


@remembered
def sources(w: Warehouse) -> Mapping[str, Source]:
    """All sources by id."""
    return {row["source_id"]: typed(Source, row) for row in w.rows("SELECT * FROM source ORDER BY source_id")}


def targets(w: Warehouse, indicator_id: str) -> list[Target]:
    """Every target of an indicator, those that govern the city first, then by year."""
    return list(_targets_by_indicator(w).get(indicator_id, ()))


@remembered
def _targets_by_indicator(w: Warehouse) -> dict[str, list[Target]]:
    found: dict[str, list[Target]] = {}
    for row in w.rows(
        "SELECT * FROM target ORDER BY (scope = 'city' AND governs) DESC, year, scope, source_id"
    ):
        found.setdefault(row["indicator_id"], []).append(typed(Target, row))
    return found


def governing_targets(w: Warehouse, indicator_id: str) -> list[Target]:
    """The city's own governing targets of an indicator, by year."""
    return [t for t in targets(w, indicator_id) if t.scope == "city" and t.governs]
