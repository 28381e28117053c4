"""One map on the screen: the deck, the words at its pointer, and what a click does."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pydeck as pdk
import streamlit as st

from charts import map as charts
from charts.map import Bounds, Edge, Shown
from charts.map_labels import TILE, Label, in_lines
from charts.map_window import Camera, Column, Dot
from i18n import Lang
from queries import map as places
from queries import schools
from queries.catalogue import short_names
from queries.figures import Period
from queries.shapes import (
    KM_PER_DEGREE,
    Anchor,
    ShapeKind,
    Stroke,
    anchors,
    bounds,
    district_numbers,
    map_units,
    strokes,
)
from queries.timeline import DISTRICTS, WARDS_NOW
from queries.warehouse import Warehouse
from ui import map_choices, map_files, map_panels
from ui.context import View
from ui.geometry import shape_url
from ui.kept import kept
from ui.map_choices import CITY, INNER, MISSING, PICKED, Manner, Sight, Subject
from ui.map_scene import Layered, Scene, lead_of, period_words, pointer_texts

ENTRIES = 48
BUILDS = 16
"""Lists of names that are kept: each build, language and kind of shapes has one."""
_CLICKS = "_map_clicks"
CELLS = (0.06, 0.03, 0.015, 0.0)
"""How wide the cells are in which schools are one dot, in degrees, by step of zoom."""
SMALLEST, LARGEST = 4.0, 16.0
"""Radii of circles in a view of the whole city, in pixels."""
HANOI: Bounds = (105.28, 20.56, 106.03, 21.39)
MOST_HATCHED = 30
WIDE = 900
"""Pixels around the middle of the map within which schools are sent one by one."""


def draw(
    view: View,
    found: Warehouse,
    subject: Subject,
    manner: Manner,
    sight: Sight,
    shown: Scene,
    layered: Layered,
    picked: Sequence[str],
    filtered: Sequence[str],
    *,
    place: str = "a",
) -> None:
    """A map with the words at its pointer. A click puts a unit beside the others or takes it away."""
    drawing = Drawing(
        subject.key, manner, sight, layered.period, tuple(picked), tuple(filtered), place, on_a_phone(),
        st.session_state.get(_CLICKS, 0),
    )  # fmt: skip
    made = _finished(view, found, subject, shown, layered, drawing)
    st.html(made.style)
    key = f"map_{place}"
    st.pydeck_chart(
        made.deck, key=key, height=height_of(manner), alt=made.alt, selection_mode="single-object",
        on_select=lambda: _clicked(key, made.codes),
    )  # fmt: skip


@dataclass(frozen=True)
class Drawing:
    """All that a map is drawn from, but for the view. ``of`` is the key of its subject, ``period`` of its figures.

    ``place`` tells two maps of one page apart, ``serial`` one click from the next.
    """

    of: str
    manner: Manner
    sight: Sight
    period: Period
    picked: tuple[str, ...]
    filtered: tuple[str, ...]
    place: str
    phone: bool
    serial: int


@dataclass(frozen=True)
class Finished:
    """A map ready to be shown: the deck, the rules for its pointer, what it says in words, the unit of each shape."""

    deck: pdk.Deck
    style: str
    alt: str
    codes: tuple[str, ...]


@kept(ENTRIES)
def _finished(
    view: View, _found: Warehouse, _subject: Subject, _shown: Scene, _layered: Layered, drawing: Drawing
) -> Finished:
    made = composed(
        view, _found, drawing.manner, drawing.sight, _shown, _layered, drawing.picked, drawing.filtered, drawing.place
    )  # fmt: skip
    units = units_of(_found, made.kind, len(_layered.index))
    texts = pointer_texts(view, _subject.indicator, _shown, _layered)
    missing = [n for n, unit in enumerate(units) if _layered.index[unit] < 0]
    rules = charts.pointer_rules(
        {n: texts[unit] for n, unit in enumerate(units)}, f"m{drawing.place}", lead_of(view, _layered), missing
    )  # fmt: skip
    listed = map_choices.codes_of(_found, _layered.vintage)
    names = _names_sheet(view.build_id, view.lang, made.kind, _layered.vintage, view, _layered, units)
    return Finished(
        deck=charts.deck(made, view.palette),
        style=f"<style>{names}{rules}</style>",
        alt=f"{map_panels.title_of(view, _subject, _shown)} {period_words(view, _layered.period)}",
        codes=tuple(listed[unit] for unit in units),
    )


def units_of(found: Warehouse, kind: ShapeKind, size: int) -> tuple[int, ...]:
    """The number of the unit that each shape of a map belongs to: a former district is drawn as all its wards."""
    return district_numbers(found) if kind == "district" else tuple(range(size))


@kept(BUILDS)
def _names_sheet(
    build_id: str, lang: Lang, kind: ShapeKind, vintage: str, _view: View, _layered: Layered, _units: Sequence[int]
) -> str:  # fmt: skip
    """The rules that say a unit's name at the pointer, and a ward's former district under it; the same in every period."""
    words, frame = _view.words, _layered.units
    names = [words.pick(*pair) for pair in zip(frame["name_vi"], frame["name_en"], strict=True)]
    if vintage == WARDS_NOW:
        districts = [
            words.pick(*pair) for pair in zip(frame["district_vi"], frame["district_en"], strict=True)
        ]
        names = [f"{name}\n{former or ''}" for name, former in zip(names, districts, strict=True)]
    return map_files.sheet(charts.pointer_rules({n: names[unit] for n, unit in enumerate(_units)}, "mn"))


def _clicked(key: str, codes: Sequence[str]) -> None:
    """What a click selected, put beside the others; the next map has a new layer for the pointer."""
    objects = st.session_state[key]["selection"]["objects"]
    for selected in objects.values():
        n = (selected[0].get("properties") or {}).get("n") if selected else None
        if isinstance(n, int) and n < len(codes):
            st.session_state[_CLICKS] = st.session_state.get(_CLICKS, 0) + 1
            map_choices.toggle(codes[n])


def composed(
    view: View,
    found: Warehouse,
    manner: Manner,
    sight: Sight,
    shown: Scene,
    layered: Layered,
    picked: Sequence[str],
    filtered: Sequence[str],
    place: str = "a",
) -> Shown:
    """Everything that stands on a map; the image that is handed out is made of the same."""
    kind = map_choices.kind_of(found, manner.layer, layered.vintage)
    codes = map_choices.codes_of(found, layered.vintage)
    numbers = tuple(codes.index(code) for code in picked if code in codes)
    area = area_bounds(found, kind, layered.vintage, sight.area, numbers)
    room = charts.NARROW_ROOM if manner.mode == "side" or on_a_phone() else charts.ROOM
    camera = charts.camera_on(area, sight.zoom, room)
    upright = manner.mode == "columns"
    fills = _fills(view, shown, layered, filtered, upright)
    labels = (
        labels_of(found.build_id, kind, layered.vintage, found, layered)
        if "names" in manner.extra and not upright
        else ()
    )
    return Shown(
        kind=kind,
        shapes=shape_url(view, found, "boundary" if kind == "district" else kind),
        fills=tuple(fills[unit] for unit in units_of(found, kind, len(fills))),
        camera=camera,
        borders=_borders(found, kind, manner),
        lines=_lines(view, found, kind) if "districts" in manner.extra or kind == "district" else None,
        radii=_radii(layered, camera) if kind == "circle" else (),
        picked=numbers,
        edges=_edges(found, kind, layered, numbers, around="neighbours" in manner.extra),
        hatch=() if upright else _hatch(found, kind, layered, filtered),
        names=map_files.names_url(kind, labels) if labels else None,
        labels=labels,
        dots=_schools(view, found, sight, camera) if "schools" in manner.extra else (),
        columns=_columns(found, kind, shown, layered, filtered) if upright else (),
        corner=_corner(camera, height_of(manner)) if kind not in ("hex", "hex_district") else None,
        north=view.words("map_export.north"),
        basemap="basemap" in manner.extra and kind not in ("hex", "hex_district"),
        serial=st.session_state.get(_CLICKS, 0),
        place=place,
    )


def lines_of(found: Warehouse, kind: ShapeKind) -> ShapeKind | None:
    """The outlines of former districts that fit these shapes; None where units are such districts, or none are there."""
    if kind in ("district", "hex_district"):
        return None
    if kind == "hex":
        return "hex_district"
    return "district" if bounds(found, "district") else None


def _lines(view: View, found: Warehouse, kind: ShapeKind) -> str | None:
    """The file of the outlines of former districts, each border once where they are no hexagons."""
    lines = "district" if kind == "district" else lines_of(found, kind)
    if lines == "hex_district":
        return shape_url(view, found, lines)
    return map_files.lines_url(found, of_districts=True) if lines else None


def _borders(found: Warehouse, kind: ShapeKind, manner: Manner) -> tuple[str, ...]:
    """The files of the borders between outlines that nothing else draws; none where shapes have borders of their own."""
    if kind != "boundary":
        return ()
    kinds = (False,) if "districts" in manner.extra else (False, True)
    return tuple(map_files.lines_url(found, of_districts) for of_districts in kinds)


def _edges(
    found: Warehouse, kind: ShapeKind, layered: Layered, numbers: Sequence[int], *, around: bool
) -> tuple[Edge, ...]:
    """Borders around the chosen units; with ``around`` also around their neighbours and their former districts."""
    edges = [Edge("picked", map_files.units_url(found, kind, f"{n}", [n]), n) for n in numbers]
    if not around:
        return tuple(edges)
    for n in numbers:
        edges.append(
            Edge("beside", map_files.units_url(found, kind, f"beside{n}", _beside(found, layered, n)))
        )
    if lines := lines_of(found, kind):
        edges += [
            Edge("district", map_files.units_url(found, lines, f"{n}", [n]))
            for n in sorted({district_numbers(found)[n] for n in numbers})
        ]
    return tuple(edges)


def _hatch(
    found: Warehouse, kind: ShapeKind, layered: Layered, filtered: Sequence[str]
) -> tuple[Stroke, ...]:
    """Strokes over units without a figure; none where these are so many that grey alone says it."""
    missing = [n for n, k in enumerate(layered.index) if k < 0]
    if len(missing) > MOST_HATCHED or not passes(-1, filtered):
        return ()
    every = strokes(found, kind)
    return tuple(stroke for n in missing for stroke in every[n])


def area_bounds(found: Warehouse, kind: ShapeKind, vintage: str, area: str, picked: Sequence[int]) -> Bounds:
    """West, south, east and north of the area to look at; the whole city where there is no such unit."""
    middles = anchors(found, kind)
    wanted = _wanted(found, vintage, area, picked)
    near = [anchor for n, anchor in enumerate(middles) if n in wanted]
    if not near:
        whole = bounds(found, "boundary") if kind == "circle" else None
        return whole or bounds(found, kind) or HANOI
    return _around(near)


def _wanted(found: Warehouse, vintage: str, area: str, picked: Sequence[int]) -> set[int]:
    if area == CITY:
        return set()
    if area == PICKED:
        return set(picked)
    districts = places.former_districts(found)
    keys = {key for key, (code, _, _) in districts.items() if code == area}
    if area == INNER:
        keys = set(places.inner_districts(found))
    if vintage == DISTRICTS:
        return {n for n, key in enumerate(districts) if key in keys}
    return {unit.n for unit in map_units(found) if unit.district_key in keys}


def _around(near: Sequence[Anchor]) -> Bounds:
    """A box around units: twice the circle that fits in each, at least a kilometre."""
    boxes = []
    for anchor in near:
        up = max(2 * anchor.radius_km, 1.0) / KM_PER_DEGREE
        across = up / math.cos(math.radians(anchor.lat))
        boxes.append((anchor.lon - across, anchor.lat - up, anchor.lon + across, anchor.lat + up))
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def _fills(
    view: View, shown: Scene, layered: Layered, filtered: Sequence[str], upright: bool
) -> tuple[str, ...]:
    palette = view.palette
    if upright:
        return tuple(charts.faded(palette.missing, palette) for _ in layered.index)

    def fill(k: int) -> str:
        colour = shown.colours[k] if k >= 0 else palette.missing
        return charts.faded(colour, palette) if not passes(k, filtered) else colour

    return tuple(fill(k) for k in layered.index)


def on_a_phone() -> bool:
    """Whether the browser says that its screen is a telephone's."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


def height_of(manner: Manner) -> int:
    """Pixels that a map is high."""
    return charts.NARROW_HEIGHT if manner.mode == "side" else charts.HEIGHT


def passes(k: int, filtered: Sequence[str]) -> bool:
    """Whether a class stays in full colour: nothing is filtered, or it was picked. -1 stands for no figure."""
    return not filtered or (str(k) if k >= 0 else MISSING) in filtered


def _radii(layered: Layered, camera: Camera) -> tuple[float, ...]:
    """Areas of circles go by how many there are: of a rate its denominator, else the value; people where missing."""
    units = layered.units
    size = units["denominator"].fillna(units["value"].abs()).where(units["value"].notna())
    share = (size / size.max()).fillna(0.0) if size.notna().any() else size.fillna(0.0)
    nearer = 2 ** max(camera.zoom - 8.6, 0)
    grown = min(nearer, 3.0)
    return tuple(round(max(SMALLEST, LARGEST * math.sqrt(part)) * grown, 1) for part in share)


@kept(BUILDS)
def labels_of(
    build_id: str, kind: ShapeKind, vintage: str, _found: Warehouse, _layered: Layered
) -> tuple[Label, ...]:
    """The names of all units of a map in the middle of their shapes, in Vietnamese; more people rank higher.

    They are the same for all figures of a build: ``build_id``, ``kind`` and ``vintage`` say which.
    """
    names, units = short_names(_found), _layered.units
    return tuple(
        Label(n, in_lines(names[key][0]), anchor.lon, anchor.lat, float(people) if people == people else 0.0)
        for n, (anchor, key, people) in enumerate(
            zip(anchors(_found, kind), units["unit_key"], units["population"], strict=False)
        )
    )


def _beside(found: Warehouse, layered: Layered, n: int) -> tuple[int, ...]:
    """The units that a unit shares a border with."""
    keys = layered.units["unit_key"]
    near = set(places.neighbours(found, [keys.iloc[n]]))
    return tuple(other for other, key in enumerate(keys) if key in near)


def _columns(
    found: Warehouse, kind: ShapeKind, shown: Scene, layered: Layered, filtered: Sequence[str]
) -> tuple[Column, ...]:
    """A column a unit with a figure: as high as there are many, in the colour of its class."""
    units = layered.units
    heights = units["numerator"].fillna(units["value"]) if shown.kind == "rate" else units["value"]
    top = float(heights.max() or 1)
    return tuple(
        Column(anchor.lon, anchor.lat, float(height) / top, shown.colours[k])
        for anchor, height, k in zip(anchors(found, kind), heights, layered.index, strict=False)
        if k >= 0 and height == height and passes(k, filtered)
    )


def _schools(view: View, found: Warehouse, sight: Sight, camera: Camera) -> tuple[Dot, ...]:
    """Schools as dots in the colour of their level; those that stand close together as one grey dot with their number."""
    register = schools.register(found, view.statuses, view.period_end)
    if register is None:
        return ()
    palette = view.palette
    colours = dict(zip(schools.COUNTED, palette.category, strict=True))
    reach = WIDE / 2 * 360 / (TILE * 2**camera.zoom)
    return tuple(
        Dot(dot.lon, dot.lat, colours.get(dot.level, palette.muted), 4.0)
        if dot.count == 1
        else Dot(dot.lon, dot.lat, palette.target, 6 + 2.2 * math.log2(dot.count), str(dot.count))
        for dot in places.school_dots(found, register, CELLS[sight.zoom])
        if abs(dot.lon - camera.lon) < reach and abs(dot.lat - camera.lat) < reach
    )


def _corner(camera: Camera, height: int) -> tuple[float, float]:
    """Where the scale bar begins: the lower left of what the map shows for certain, however narrow the screen."""
    per_pixel = 360 / (TILE * 2**camera.zoom)
    left = camera.lon - 165 * per_pixel
    low = camera.lat - (height / 2 - 24) * per_pixel * math.cos(math.radians(camera.lat))
    return left, low
