"""The shapes that maps draw: outlines, equal hexagons and true centres of today's wards, and former districts.

A build without outlines has hexagons and centres only. Hexagons come in plane coordinates; here they are laid over
the city, as large together as the city is, so that one view shows each kind. Coordinates are longitude and latitude
(WGS 84); a FeatureCollection travels as text, since it goes to the browser as a file.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import shapely
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from queries.catalogue import typed
from queries.warehouse import Warehouse, remembered

ShapeKind = Literal["boundary", "hex", "circle", "district", "hex_district"]
WARD_KINDS: tuple[ShapeKind, ...] = ("boundary", "hex", "circle")
Bounds = tuple[float, float, float, float]
Point = tuple[float, float]
Stroke = tuple[float, float, float]
"""Longitude and latitude of the middle, and half the extent in longitude."""

DECIMALS = 6
"""As the outlines are stored: with fewer a border can touch itself."""
SCREEN_DECIMALS = 5
"""About one metre, which is all that a screen can show."""
LINES_ORIGIN = (105, 20)
"""Longitude and latitude from which the lines of ``screen_lines`` are counted, so that their numbers are short."""
KM_PER_DEGREE = 111.195
CELL_AREA = math.sqrt(3) / 2
"""Of a hexagon whose neighbours' centres are 1 away."""
SEGMENTS = 8
"""Points of a quarter of the circle that stands for an outline that is missing."""
STROKES = 3
"""That a square shape would have between its corners and its middle."""
FLAT_MIDDLE = 0.05
"""How exactly, as a share of a shape's extent, the middle of a shape is looked for."""


class UnknownShape(ValueError):
    """There is no such kind of shape."""


@dataclass(frozen=True)
class MapUnit:
    """One ward of today. ``n`` numbers the wards in the order of their keys, from 0: a map knows a ward by it.

    ``lat`` and ``lon`` are of the true centre, in degrees. ``population`` in people, ``area_km2`` in km²; the names of
    the former district most of which it was are empty where that is not known.
    """

    n: int
    unit_key: str
    code: str
    type: str
    name_vi: str
    name_en: str
    short_vi: str
    lat: float
    lon: float
    area_km2: float | None
    population: int | None
    district_key: str | None
    district_vi: str | None
    district_en: str | None


@dataclass(frozen=True)
class Anchor:
    """The middle of a shape, where its label stands: the centre of the largest circle that fits in.

    ``radius_km`` is that circle's, on the map's own scale; 0 for a point.
    """

    lon: float
    lat: float
    radius_km: float


@remembered
def map_units(w: Warehouse) -> tuple[MapUnit, ...]:
    """Today's wards that have a place, in the order of their keys."""
    rows = w.rows("""
        SELECT row_number() OVER (ORDER BY u.unit_key) - 1 AS n, u.unit_key, u.code, u.type, u.name_vi, u.name_en,
               u.short_name_vi AS short_vi, u.lat, u.lon, u.area_km2, u.population,
               d.unit_key AS district_key, d.name_vi AS district_vi, d.name_en AS district_en
        FROM unit AS u LEFT JOIN unit AS d ON d.unit_key = u.main_district_key
        WHERE u.level = 'ward' AND u.valid_to IS NULL AND u.lat IS NOT NULL AND u.lon IS NOT NULL
        ORDER BY u.unit_key
        """)
    return tuple(typed(MapUnit, row) for row in rows)


def has_outlines(w: Warehouse) -> bool:
    """Whether the outline of at least one of today's wards is there."""
    return any(unit.unit_key in _drawn(w, "boundary") for unit in map_units(w))


def without_outline(w: Warehouse) -> tuple[MapUnit, ...]:
    """Wards whose outline is missing; on the map of outlines a circle of their size stands at their true centre."""
    return tuple(unit for unit in map_units(w) if unit.unit_key not in _drawn(w, "boundary"))


@remembered
def shapes(w: Warehouse, kind: ShapeKind) -> str:
    """A FeatureCollection as JSON text: each of today's wards once, or each former district.

    Properties: ``n`` (its number in ``map_units``; of a district its place in the order of keys), ``k`` (unit_key),
    ``vi`` and ``en`` (names), and ``approx`` 1 where a circle stands for an outline that is missing. Kinds: boundary,
    hex, circle (points), district (outlines), hex_district (around the hexagons of its wards). UnknownShape for others.
    """
    return _collection([(told, _written(drawn, DECIMALS)) for told, drawn in _features(w, kind)])


@remembered
def screen_shapes(w: Warehouse, kind: ShapeKind) -> str:
    """The same for drawing alone: to the metre, and of the properties ``n``."""
    return _collection(
        [({"n": told["n"]}, _written(drawn, SCREEN_DECIMALS)) for told, drawn in _features(w, kind)]
    )


def some_shapes(w: Warehouse, kind: ShapeKind, numbers: Collection[int]) -> str:
    """Of ``screen_shapes`` those with these numbers, for a border around them."""
    features = [
        found
        for found in json.loads(screen_shapes(w, kind))["features"]
        if found["properties"]["n"] in numbers
    ]
    return _written_out(features)


def screen_lines(w: Warehouse, of_districts: bool) -> str:
    """The borders of the outlines of wards, each once: those of former districts and of the city, or all others.

    A JSON list of straight lines, each as four whole numbers of 10**-SCREEN_DECIMALS degrees: longitude and latitude of
    its start from LINES_ORIGIN on, and the way to its end. Two wards share a border where their outlines have two corners
    in a row in common.
    """
    return _screen_lines(w)[of_districts]


@remembered
def _screen_lines(w: Warehouse) -> tuple[str, str]:
    """Both kinds of borders: all others, and those of former districts and of the city."""
    district_of = {unit.unit_key: unit.district_key for unit in map_units(w)}
    sides: dict[tuple[Point, Point], list[str | None]] = {}
    outlines = _outlines(w)
    for key in district_of.keys() & outlines:
        for start, end in _sides(_written(outlines[key], SCREEN_DECIMALS)):
            sides.setdefault((min(start, end), max(start, end)), []).append(district_of[key])
    steps = 10**SCREEN_DECIMALS
    lines: tuple[list[list[int]], list[list[int]]] = ([], [])
    for start, end in sorted(sides):
        districts = sides[start, end]
        west, south = (round((at - of) * steps) for at, of in zip(start, LINES_ORIGIN, strict=True))
        east, north = (round((to - at) * steps) for to, at in zip(end, start, strict=True))
        inside = len(districts) > 1 and len(set(districts)) == 1
        lines[not inside].append([west, south, east, north])
    others, of_districts = (json.dumps(found, separators=(",", ":")) for found in lines)
    return others, of_districts


@remembered
def district_numbers(w: Warehouse) -> tuple[int, ...]:
    """The number of the former district of each ward, in the order of ``map_units``; -1 where it is not known."""
    places = {key: n for n, (key, _, _) in enumerate(_districts(w))}
    return tuple(places.get(unit.district_key or "", -1) for unit in map_units(w))


@remembered
def anchors(w: Warehouse, kind: ShapeKind) -> tuple[Anchor, ...]:
    """Where the label of each unit stands, in the order of ``shapes`` of that kind."""
    return tuple(_anchor(found) for _, found in _features(w, kind))


@remembered
def bounds(w: Warehouse, kind: ShapeKind) -> Bounds | None:
    """West, south, east and north of all shapes of a kind, in degrees; None where there are none."""
    found = [drawn.bounds for _, drawn in _features(w, kind)]
    if not found:
        return None
    west, south, east, north = zip(*found, strict=True)
    return min(west), min(south), max(east), max(north)


@remembered
def shape_sources(w: Warehouse, kind: ShapeKind) -> tuple[str, ...]:
    """The source_id of every source that shapes of a kind come from."""
    if kind == "circle":
        rows = w.rows(
            "SELECT DISTINCT source_id FROM unit WHERE level = 'ward' AND valid_to IS NULL ORDER BY 1"
        )
    else:
        stored = "boundary" if kind in ("boundary", "district") else "hex"
        rows = w.rows("SELECT DISTINCT source_id FROM unit_shape WHERE kind = ? ORDER BY 1", stored)
    return tuple(row["source_id"] for row in rows if row["source_id"])


@remembered
def strokes(w: Warehouse, kind: ShapeKind) -> tuple[tuple[Stroke, ...], ...]:
    """The strokes from south-west to north-east that hatch each unit, in the order of ``shapes``; none for points."""
    return tuple(_strokes(drawn) for _, drawn in _features(w, kind))


# ---- How each kind is made ---------------------------------------------------------------------------------------


def _features(w: Warehouse, kind: str) -> list[tuple[dict[str, Any], BaseGeometry]]:
    made: dict[str, Callable[[Warehouse], dict[str, BaseGeometry]]] = {
        "boundary": _outlines,
        "hex": _cells,
        "circle": _centres,
        "district": _district_outlines,
        "hex_district": _districts_of_cells,
    }
    if kind not in made:
        raise UnknownShape(kind)
    found = made[kind](w)
    if kind in WARD_KINDS:
        units = [(unit.n, unit.unit_key, unit.name_vi, unit.name_en) for unit in map_units(w)]
    else:
        units = [(n, key, vi, en) for n, (key, vi, en) in enumerate(_districts(w))]
    missing = {unit.unit_key for unit in without_outline(w)} if kind == "boundary" else set()
    return [
        ({"n": n, "k": key, "vi": vi, "en": en} | ({"approx": 1} if key in missing else {}), found[key])
        for n, key, vi, en in units
        if key in found
    ]


@remembered
def _drawn(w: Warehouse, kind: str) -> dict[str, BaseGeometry]:
    rows = w.rows("SELECT unit_key, geometry FROM unit_shape WHERE kind = ?", kind)
    return {row["unit_key"]: shape(json.loads(row["geometry"])) for row in rows}


@remembered
def _districts(w: Warehouse) -> tuple[tuple[str, str, str], ...]:
    rows = w.rows("SELECT unit_key, name_vi, name_en FROM unit WHERE level = 'district' ORDER BY unit_key")
    return tuple((row["unit_key"], row["name_vi"], row["name_en"]) for row in rows)


@remembered
def _outlines(w: Warehouse) -> dict[str, BaseGeometry]:
    if not has_outlines(w):
        return {}
    return _drawn(w, "boundary") | {unit.unit_key: _disc(unit) for unit in without_outline(w)}


def _disc(unit: MapUnit) -> BaseGeometry:
    """A circle of the ward's own size around its true centre."""
    radius = math.sqrt((unit.area_km2 or 1) / math.pi) / KM_PER_DEGREE
    flat = shapely.Point(0, 0).buffer(radius, quad_segs=SEGMENTS)
    wider = 1 / math.cos(math.radians(unit.lat))
    return shapely.transform(flat, lambda points: points * (wider, 1) + (unit.lon, unit.lat))


def _centres(w: Warehouse) -> dict[str, BaseGeometry]:
    return {unit.unit_key: shapely.Point(unit.lon, unit.lat) for unit in map_units(w)}


@remembered
def _cells(w: Warehouse) -> dict[str, BaseGeometry]:
    """Hexagons on the map's own projection, where they keep their form, around the middle of all true centres."""
    units = map_units(w)
    cells = {
        unit.unit_key: _drawn(w, "hex")[unit.unit_key] for unit in units if unit.unit_key in _drawn(w, "hex")
    }
    if not cells:
        return {}
    west, east = min(u.lon for u in units), max(u.lon for u in units)
    south, north = min(u.lat for u in units), max(u.lat for u in units)
    left, low, right, high = shapely.GeometryCollection(list(cells.values())).bounds
    middle = ((left + right) / 2, (low + high) / 2)
    area = sum(u.area_km2 or 0 for u in units) / len(units)
    step = math.sqrt((area or 1) / CELL_AREA) / KM_PER_DEGREE / math.cos(math.radians((south + north) / 2))
    zero = ((west + east) / 2, (mercator(south) + mercator(north)) / 2)

    def placed(points: Any) -> Any:
        moved = (points - middle) * step + zero
        moved[:, 1] = [latitude(y) for y in moved[:, 1]]
        return moved

    return {key: shapely.transform(cell, placed) for key, cell in cells.items()}


def _district_outlines(w: Warehouse) -> dict[str, BaseGeometry]:
    return {key: _drawn(w, "boundary")[key] for key, _, _ in _districts(w) if key in _drawn(w, "boundary")}


def _districts_of_cells(w: Warehouse) -> dict[str, BaseGeometry]:
    cells = _cells(w)
    wards: dict[str, list[BaseGeometry]] = {}
    for unit in map_units(w):
        if unit.district_key and unit.unit_key in cells:
            wards.setdefault(unit.district_key, []).append(cells[unit.unit_key])
    # Corners that two cells share differ in their last digits: a grid joins them.
    return {key: shapely.union_all(found, grid_size=1e-4) for key, found in wards.items()}


def mercator(lat: float) -> float:
    """A latitude on the map's projection, in degrees of longitude."""
    return math.degrees(math.asinh(math.tan(math.radians(lat))))


def latitude(y: float) -> float:
    """The latitude of a height on the map's projection, the inverse of ``mercator``."""
    return math.degrees(math.atan(math.sinh(math.radians(y))))


def _anchor(drawn: BaseGeometry) -> Anchor:
    if drawn.geom_type == "Point":
        return Anchor(round(drawn.x, DECIMALS), round(drawn.y, DECIMALS), 0.0)
    squeeze = math.cos(math.radians(drawn.centroid.y))
    even = shapely.transform(drawn, lambda points: points * (squeeze, 1))
    extent = max(even.bounds[2] - even.bounds[0], even.bounds[3] - even.bounds[1])
    circle = shapely.maximum_inscribed_circle(even, tolerance=extent * FLAT_MIDDLE)
    lon, lat = circle.coords[0]
    return Anchor(round(lon / squeeze, DECIMALS), round(lat, DECIMALS), circle.length * KM_PER_DEGREE)


def _strokes(drawn: BaseGeometry) -> tuple[Stroke, ...]:
    squeeze = math.cos(math.radians(drawn.centroid.y))
    even = shapely.transform(drawn, lambda points: points / (1, squeeze))
    west, south, east, north = even.bounds
    first, last = south - east, north - west
    step = math.sqrt(2 * even.area) / STROKES
    found = []
    for place in range(math.ceil((last - first) / step) if step else 0):
        up = first + (place + 0.5) * step
        cut = even.intersection(shapely.LineString([(west, west + up), (east, east + up)]))
        found += [part.bounds for part in shapely.get_parts(cut) if part.length > step / 4]
    return tuple(
        (round((left + right) / 2, 4), round((low + high) / 2 * squeeze, 4), round((right - left) / 2, 4))
        for left, low, right, high in found
    )


def _collection(features: list[tuple[dict[str, Any], dict[str, Any]]]) -> str:
    return _written_out(
        [
            {"type": "Feature", "properties": properties, "geometry": geometry}
            for properties, geometry in features
        ]
    )


def _written_out(features: list[dict[str, Any]]) -> str:
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":"))


def _sides(geometry: dict[str, Any]) -> Iterator[tuple[Point, Point]]:
    """Every two corners in a row of an outline."""
    parts = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for ring in (ring for part in parts for ring in part):
        yield from itertools.pairwise((lon, lat) for lon, lat in ring)


def _written(drawn: BaseGeometry, decimals: int) -> dict[str, Any]:
    """A shape as GeoJSON."""

    def rounded(coordinates: Any) -> Any:
        if isinstance(coordinates[0], float | int):
            return [round(number, decimals) for number in coordinates]
        return [rounded(part) for part in coordinates]

    given = mapping(drawn)
    return {"type": given["type"], "coordinates": rounded(given["coordinates"])}
