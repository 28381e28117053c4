"""GeoJSON: one feature a unit with its figures as properties, for programs that draw maps."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from exports.about import document, source_told
from exports.facts import Facts, facts_of
from exports.files import Progress, stage, unheard, whole_or_nothing
from exports.reading import opened
from exports.table import Column, Table
from i18n import period_code
from queries.catalogue import source
from queries.shapes import ShapeKind, has_outlines, shape_sources, shapes

UNIT = "unit_key"
LAT, LON = "lat", "lon"
OF_UNIT = ("unit_key", "unit_code", "unit_vi", "unit_en", "level")
TELLING = ("indicator_id", "period", "origin_status", "status", "source_id", "basis")
"""What sets two rows of one unit apart, in the order in which it is put into the names of properties."""
MOST_PROPERTIES = 20_000


class NoUnits(Exception):
    """The rows have no place: the table has neither a column ``unit_key`` nor ``lat`` and ``lon``."""


class TooManyFigures(Exception):
    """A unit would have more than ``MOST_PROPERTIES`` properties; ``figures`` says how many rows the table has."""

    def __init__(self, figures: int) -> None:
        super().__init__(f"{figures} rows, at most {MOST_PROPERTIES} properties a unit")
        self.figures = figures


def write_geojson(table: Table, path: Path, *, progress: Progress = unheard) -> int:
    """Write the figures of a table on the shapes of their units; returns the number of features.

    Where rows have a place of their own (``lat`` and ``lon``: schools) each row is a point. Else each unit is a feature.
    Outlines where the build has them, else hexagons; a unit without a shape (the city, a unit of before the reform) has
    a null geometry. Where a unit has one row its properties are the columns' codes. Where it has several, each is named
    by what sets the rows apart, such as ``model.family.recognised_of_total 2026-Q3 value``; what all rows share stands
    in ``about.same``. Raises NoUnits, TooManyFigures, duckdb.Error, OSError, and what ``progress`` raises; no file is
    left then.
    """
    points = all(table.column(name) is not None for name in (LAT, LON))
    if table.column(UNIT) is None and not points:
        raise NoUnits
    with whole_or_nothing(path) as part:
        with opened(table.warehouse.path, part) as reading:
            facts = facts_of(reading, table, stage(progress, 0, 0))
            rows = _rows(table, (row for some in reading.batches(facts.source) for row in some), facts)
        progress(1, 3)
        told = document(table, facts)
        features = _points(rows) if points else _units(table, rows, told)
        with part.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write('{"type": "FeatureCollection", "about": ')
            stream.write(json.dumps(told, ensure_ascii=False))
            stream.write(', "features": [')
            for n, feature in enumerate(features):
                stream.write(
                    (",\n" if n else "\n") + json.dumps(feature, ensure_ascii=False, allow_nan=False)
                )
                progress(len(features) + n, 3 * len(features))
            stream.write("\n]}\n")
        progress(1, 1)
    return len(features)


def _points(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One feature a row, numbered."""
    places = [(row[LON], row[LAT]) for row in rows]
    return [
        {"type": "Feature", "id": n, "properties": row, "geometry": None if None in place else _at(place)}
        for n, (row, place) in enumerate(zip(rows, places, strict=True))
    ]


def _at(place: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Point", "coordinates": list(place)}


def _units(table: Table, rows: list[dict[str, Any]], told: dict[str, Any]) -> list[dict[str, Any]]:
    """One feature a unit; what is known of their shapes is put into ``told``."""
    units, shared = _by_unit(table, rows)
    if any(len(properties) > MOST_PROPERTIES for properties in units.values()):
        raise TooManyFigures(len(rows))
    drawn, kinds = _shapes(table)
    sources = {s for kind in kinds for s in shape_sources(table.warehouse, kind)}
    found = [source(table.warehouse, source_id) for source_id in sorted(sources)]
    told["same"] = shared
    told["shapes"] = [source_told(one) for one in found if one]
    told["shape_kinds"] = list(kinds)
    told["without_shape"] = sorted(key for key in units if key not in drawn)
    return [
        {"type": "Feature", "id": key, "properties": properties, "geometry": drawn.get(key)}
        for key, properties in units.items()
    ]


def _rows(table: Table, found: Iterable[tuple[Any, ...]], facts: Facts) -> list[dict[str, Any]]:
    """One dictionary a row, by the columns' codes, with values that JSON has."""
    places = list(facts.types)
    kept = [(places.index(c.name), c.code) for c in table.columns]
    return [{code: _plain(row[place]) for place, code in kept} for row in found]


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float | Decimal):
        number = float(value)
        return number if math.isfinite(number) else None
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _by_unit(table: Table, rows: list[dict[str, Any]]) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """The properties of each unit, and what all rows share of that which sets rows apart."""
    own = {c.code for c in table.columns if c.name in OF_UNIT}
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row[UNIT] is not None:
            grouped.setdefault(row[UNIT], []).append(row)
    if all(len(several) == 1 for several in grouped.values()):
        return {key: several[0] for key, several in grouped.items()}, {}
    for row in rows:
        row["period"] = _period(row)
    telling = [name for name in TELLING if any(name in row for row in rows)]
    seen = {name: {row.get(name) for row in rows} for name in telling}
    apart = [name for name in telling if len(seen[name]) > 1]
    shared = {name: next(iter(values)) for name, values in seen.items() if len(values) == 1}
    figures = [c for c in table.columns if c.code not in own and c.code not in apart and not _repeats(c)]
    units = {key: dict(_properties(several, own, apart, figures)) for key, several in grouped.items()}
    return units, shared


def _repeats(column: Column) -> bool:
    """Columns that say again what the name of a property or ``about`` says."""
    return column.lang is not None or column.name in ("indicator_id", "basis", "period_start", "period_end")


def _period(row: Mapping[str, Any]) -> str | None:
    start, end = row.get("period_start"), row.get("period_end")
    if end is None:
        return None
    return period_code(dt.date.fromisoformat(start) if start else None, dt.date.fromisoformat(end))


def _properties(
    rows: list[dict[str, Any]], own: set[str], apart: list[str], figures: list[Column]
) -> Iterator[tuple[str, Any]]:
    yield from ((code, value) for code, value in rows[0].items() if code in own)
    used: set[str] = set()
    for row in rows:
        name = " ".join(str(row[part]) for part in apart if row.get(part) is not None)
        numbered, n = name, 1
        while numbered in used:
            n += 1
            numbered = f"{name} {n}"
        used.add(numbered)
        for column in figures:
            if row[column.code] is not None and row[column.code] is not False:
                yield f"{numbered} {column.code}".strip(), row[column.code]
        for part in ("origin_status", "status", "source_id"):
            if part in apart:
                yield f"{numbered} {part}", row.get(part)


def _shapes(table: Table) -> tuple[dict[str, Any], tuple[ShapeKind, ...]]:
    """The geometry of every unit that has one, and which kinds of shapes they are."""
    w = table.warehouse
    outlined = has_outlines(w)
    wards: ShapeKind = "boundary" if outlined else "hex"
    districts: ShapeKind = "district"
    found = _geometries(shapes(w, districts))
    if not found:
        districts = "hex_district"
        found = _geometries(shapes(w, districts))
    return found | _geometries(shapes(w, wards)), (wards, districts)


def _geometries(collection: str) -> dict[str, Any]:
    return {f["properties"]["k"]: f["geometry"] for f in json.loads(collection)["features"]}
