"""The map as a deck: wards filled by class, with lines, names, points and columns over them.

Shapes travel as files that the browser keeps; what changes with the indicator travels as one expression over the
number ``n`` of each shape, and the words that stand at the pointer as one rule of style a shape (``pointer_rules``).

Lines cost more to draw than all else, ten times what the areas cost. So outlines are filled alone, and each border
is drawn once, from a file of its own; a border around chosen units is drawn from a file with these units alone.
"""

from __future__ import annotations

import base64
import functools
import html
import json
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pydeck as pdk

from charts.map_labels import SIZE, TILE, Label, extent, pixel, shown
from charts.map_window import Camera, Column, Dot, mixed, scale_length
from charts.palette import Palette
from queries.shapes import LINES_ORIGIN, SCREEN_DECIMALS, ShapeKind, Stroke

Bounds = tuple[float, float, float, float]
FADED = 0.88
"""How much of the surface's colour is in a unit whose class was filtered out."""
ROOM = (440, 540)
"""Pixels that the shown area has at least on the screens it is made for, wide and high."""
NARROW_ROOM = (350, 440)
"""The same where two maps stand side by side."""
HEIGHT = 580
NARROW_HEIGHT = 480
EASY = 7
"""Pixels that a circle is wide at least for the pointer to meet it."""
STEP = 1.0
"""Zoom levels of one step: twice as near."""
TALLEST_KM = 18.0
"""Of the columns in a view of the whole city."""
PITCH = 48
NAME_SIZE = 12
SCALE_WIDE, SCALE_HIGH = 110, 50
"""Pixels that the scale bar is wide at most, and high with the arrow to the north above it."""


Mark = Literal["district", "beside", "picked"]


@dataclass(frozen=True)
class Edge:
    """A border around some units: of a former district, of neighbours, or of a chosen unit. ``shapes`` is a file.

    ``unit`` is the number of the unit where it is one alone.
    """

    mark: Mark
    shapes: str
    unit: int | None = None


@dataclass(frozen=True)
class Shown:
    """What one map shows. ``fills`` has the colour (#RRGGBB) of each shape by ``n``; ``radii`` of circles, in pixels.

    ``borders`` are files of lines between shapes that have none of their own, ``lines`` one of those of former districts (of hexagons their outlines), ``edges``
    the borders around some units. ``names`` is the file of all ``labels``. ``serial`` differs after each click, ``place`` tells two maps of one page apart.
    """

    kind: ShapeKind
    shapes: str
    fills: tuple[str, ...]
    camera: Camera
    borders: tuple[str, ...] = ()
    lines: str | None = None
    radii: tuple[float, ...] = ()
    picked: tuple[int, ...] = ()
    edges: tuple[Edge, ...] = ()
    hatch: tuple[Stroke, ...] = ()
    names: str | None = None
    labels: tuple[Label, ...] = ()
    dots: tuple[Dot, ...] = ()
    columns: tuple[Column, ...] = ()
    corner: tuple[float, float] | None = None
    north: str = ""
    basemap: bool = False
    serial: int = 0
    place: str = "a"


class CompactDeck(pdk.Deck):  # type: ignore[misc]
    """A deck whose description has no blanks, since it travels at each change, and is written once.

    Nothing changes a deck once it was asked for its description.
    """

    @functools.cached_property
    def _told(self) -> str:
        return json.dumps(json.loads(super().to_json()), ensure_ascii=False, separators=(",", ":"))

    def to_json(self) -> str:
        """The description as JSON text."""
        return self._told


def camera_on(bounds: Bounds, steps: int, room: tuple[int, int] = ROOM) -> Camera:
    """Where to look so that an area fits in so many pixels, and so many steps nearer."""
    west, south, east, north = bounds
    low, high = (math.degrees(math.asinh(math.tan(math.radians(lat)))) for lat in (south, north))
    per_degree = min(room[0] / max(east - west, 1e-3), room[1] / max(high - low, 1e-3))
    zoom = min(math.log2(per_degree * 360 / TILE), 13.0) + STEP * steps
    middle = math.degrees(math.atan(math.sinh(math.radians((low + high) / 2))))
    return Camera(round((west + east) / 2, 5), round(middle, 5), round(zoom, 2))


def deck(shown_map: Shown, palette: Palette) -> pdk.Deck:
    """The deck of a map. It asks no other host unless ``basemap`` is set."""
    m = shown_map
    layers = [
        _wards(m, palette),
        *_hatch(m, palette),
        *_borders(m, palette),
        *_edges(m, palette),
        *_standing(m),
        *_dots(m, palette),
        *_names(m, palette),
        *_scale(m, palette),
        _pointer(m, palette),
    ]
    view = pdk.ViewState(
        latitude=m.camera.lat, longitude=m.camera.lon, zoom=m.camera.zoom, pitch=PITCH if m.columns else 0, bearing=0
    )  # fmt: skip
    ground = {"map_provider": "carto", "map_style": "dark" if palette.dark else "light"}
    return CompactDeck(
        layers=layers,
        initial_view_state=view,
        views=[pdk.View(type="MapView", controller={"dragRotate": bool(m.columns)})],
        tooltip={
            "html": f"<b class='mn{{n}}'></b><br><span class='m{m.place}{{n}}'></span>",
            "style": {
                "backgroundColor": palette.surface,
                "color": palette.ink,
                "border": f"1px solid {palette.line}",
                "borderRadius": "4px",
                "fontSize": "13px",
                "maxWidth": "300px",
            },
        },
        **(ground if m.basemap else {"map_provider": None}),
    )


def pointer_rules(texts: Mapping[int, str], prefix: str, lead: str = "", without: Sequence[int] = ()) -> str:
    """The rules of style by which a map says words at the pointer: a text a unit, its lines parted by line feeds.

    ``prefix`` is ``mn`` for names, ``ma`` or ``mb`` for the figures of the first or second map of a page. ``lead`` stands
    before each text but those of the units ``without`` it.
    """
    rules = [f"[class^={prefix}]:after{{content:var(--t);white-space:pre-line}}"]
    if lead:
        rules.append(f'[class^={prefix}]:before{{content:var(--l,"{_quoted(lead)}")}}')
    if lead and without:
        rules.append(",".join(f".{prefix}{n}" for n in without) + '{--l:""}')
    alike: dict[str, list[str]] = {}
    for n, text in texts.items():
        alike.setdefault(text, []).append(f".{prefix}{n}")
    rules += [f'{",".join(units)}{{--t:"{_quoted(text)}"}}' for text, units in alike.items()]
    return "".join(rules)


def _quoted(text: str) -> str:
    """A text as it stands between quotation marks in a rule of style."""
    return text.replace("\\", "").replace('"', "”").replace("<", "‹").replace("\n", "\\A ")


def swatch(colour: str, edge: str, *, hatched: bool = False) -> str:
    """A square of a colour as an image address, for the words of a legend."""
    strokes = "M1 8l7-7M8 15l7-7M1 15L15 1" if hatched else ""
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' width='16' height='16'>"
        f"<path fill='{html.escape(colour)}' stroke='{edge}' d='M1 1h14v14H1z{strokes}'/></svg>"
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def faded(colour: str, palette: Palette) -> str:
    """A colour of a class that was filtered out."""
    return mixed(colour, palette.surface, FADED)


def rgba(colour: str, opacity: int = 255) -> list[int]:
    """#RRGGBB as the four numbers of a deck."""
    return [*(int(colour[k : k + 2], 16) for k in (1, 3, 5)), opacity]


def by_number(values: Sequence[str]) -> str:
    """An expression that gives the value of a shape by its number ``n``: at most ten different values."""
    listed = list(dict.fromkeys(values))
    places = "".join(str(listed.index(value)) for value in values)
    return f"([{','.join(listed)}])[('{places}')[properties.n]]"


# ---- Layers ------------------------------------------------------------------------------------------------------


def _wards(m: Shown, palette: Palette) -> pdk.Layer:
    """The units. What fills them is set on the layer below, which a selection does not repaint."""
    fills = by_number([_literal(rgba(colour)[:3]) for colour in m.fills])
    part = "points-circle" if m.kind == "circle" else "polygons-fill"
    return pdk.Layer(
        "GeoJsonLayer",
        id=f"wards-{m.kind}",
        data=m.shapes,
        stroked=m.kind not in ("boundary", "district"),
        filled=True,
        opacity=0.75 if m.basemap else 1,
        _sub_layer_props={part: {"getFillColor": f"@@={fills}"}},
        get_line_color=rgba(palette.muted if m.kind == "circle" else palette.surface),
        line_width_units=pdk.types.String("pixels"),
        get_line_width=0.8,
        **_radius(m),
        update_triggers={"getFillColor": _mark(fills), "getPointRadius": _mark(m.radii)},
    )


def _radius(m: Shown, least: float = 0, only: int | None = None) -> dict[str, Any]:
    """How large points are drawn, all of them or one alone; nothing for shapes that are no points."""
    if m.kind != "circle":
        return {}
    radii = _literal([max(radius, least) for radius in m.radii])
    size = f"({radii})[properties.n]" if only is None else m.radii[only]
    return {"get_point_radius": size, "point_radius_units": pdk.types.String("pixels")}


def _hatch(m: Shown, palette: Palette) -> list[pdk.Layer]:
    """Strokes over units without a figure."""
    if not m.hatch:
        return []
    up = f"{math.cos(math.radians(m.camera.lat)):.3f}"
    return [
        pdk.Layer(
            "LineLayer",
            id="hatch",
            data=[list(stroke) for stroke in m.hatch],
            get_source_position=f"[this[0]-this[2],this[1]-this[2]*{up}]",
            get_target_position=f"[this[0]+this[2],this[1]+this[2]*{up}]",
            get_color=rgba(palette.muted),
            get_width=1.2,
        )
    ]


def _borders(m: Shown, palette: Palette) -> list[pdk.Layer]:
    """The lines between all units, and those of former districts over them."""
    found = [
        _straight(f"borders{place}", data, m, rgba(palette.surface), 0.8)
        for place, data in enumerate(m.borders)
    ]
    if m.lines:
        drawn = _line if m.kind == "hex" else _straight
        found.append(drawn("lines", m.lines, m, rgba(palette.ink, 200), 1.2))
    return found


def _straight(name: str, data: str, m: Shown, colour: list[int], width: float) -> pdk.Layer:
    """Thousands of straight lines from a file of ``screen_lines``: a third of the work of paths, and as thin."""
    step = f"{10**-SCREEN_DECIMALS:.0e}"
    west, south = LINES_ORIGIN
    return pdk.Layer(
        "LineLayer",
        id=f"{name}-{m.kind}",
        data=data,
        get_source_position=f"[this[0]*{step}+{west},this[1]*{step}+{south}]",
        get_target_position=f"[(this[0]+this[2])*{step}+{west},(this[1]+this[3])*{step}+{south}]",
        get_color=colour,
        get_width=width,
    )


def _edges(m: Shown, palette: Palette) -> list[pdk.Layer]:
    """Borders around some units, those of chosen ones last."""
    looks: dict[Mark, tuple[str, float]] = {
        "district": (palette.ink, 3),
        "beside": (palette.ink, 2.2),
        "picked": (palette.accent, 3.5),
    }
    return [
        _line(
            f"{mark}-{place}",
            edge.shapes,
            m,
            rgba(colour),
            width,
            _radius(m, only=edge.unit) if mark != "district" else {},
        )
        for mark, (colour, width) in looks.items()
        for place, edge in enumerate(edge for edge in m.edges if edge.mark == mark)
    ]


def _line(
    name: str, data: str, m: Shown, colour: list[int], width: float, circles: Mapping[str, Any] | None = None
) -> pdk.Layer:
    return pdk.Layer(
        "GeoJsonLayer",
        id=f"{name}-{m.kind}",
        data=data,
        filled=False,
        stroked=True,
        get_line_color=colour,
        get_line_width=width,
        line_width_units=pdk.types.String("pixels"),
        line_joint_rounded=True,
        **(circles or {}),
    )


def _pointer(m: Shown, palette: Palette) -> pdk.Layer:
    """The layer that the pointer meets: unseen, above all others, and new after each click.

    A click leaves its unit selected in the browser; with the layer gone the selection goes too, so that the next click
    on the same unit counts again.
    """
    return pdk.Layer(
        "GeoJsonLayer",
        id=f"pointer-{m.kind}-{m.place}{m.serial}",
        data=m.shapes,
        opacity=0,
        stroked=False,
        pickable=True,
        auto_highlight=True,
        highlight_color=rgba(palette.ink, 60),
        **_radius(m, EASY),
        update_triggers={"getPointRadius": _mark(m.radii)},
    )


def _standing(m: Shown) -> list[pdk.Layer]:
    if not m.columns:
        return []
    tallest = TALLEST_KM * 1000 * _nearness(m)
    colours = list(dict.fromkeys(c.colour for c in m.columns))
    data = [
        [round(c.lon, 4), round(c.lat, 4), round(c.height * tallest), colours.index(c.colour)]
        for c in m.columns
    ]
    return [
        pdk.Layer(
            "ColumnLayer",
            id="columns",
            data=data,
            get_position="[this[0],this[1]]",
            get_elevation="this[2]",
            get_fill_color=f"({_palette_of(colours)})[this[3]]",
            radius=round(700 * _nearness(m)),
            disk_resolution=12,
            extruded=True,
        )
    ]


def _nearness(m: Shown) -> float:
    """How much smaller things in km are drawn than in a view of the whole city."""
    return float(min(1.0, 2 ** (8.6 - m.camera.zoom)))


def _dots(m: Shown, palette: Palette) -> list[pdk.Layer]:
    if not m.dots:
        return []
    colours = list(dict.fromkeys(d.colour for d in m.dots))
    data = [[d.lon, d.lat, round(d.radius, 1), colours.index(d.colour)] for d in m.dots]
    spots = pdk.Layer(
        "ScatterplotLayer",
        id="dots",
        data=data,
        get_position="[this[0],this[1]]",
        get_fill_color=f"({_palette_of(colours)})[this[3]]",
        get_radius="this[2]",
        radius_units=pdk.types.String("pixels"),
        stroked=True,
        get_line_color=rgba(palette.surface),
        get_line_width=1,
        line_width_units=pdk.types.String("pixels"),
    )
    counts = [(d.lon, d.lat, d.text) for d in m.dots if d.text]
    return [spots, *([_text("dot-counts", counts, palette.surface, None, 11)] if counts else [])]


def _names(m: Shown, palette: Palette) -> list[pdk.Layer]:
    """All names are in the file, so that nothing of them travels again; those that do not stand have no size."""
    if not m.names:
        return []
    taken = _taken(m)
    free = [label for label in m.labels if not _meets(label, taken, m.camera)] if taken else m.labels
    standing = {label.n for label in shown(free, m.camera.zoom)}
    flags = "".join("1" if n in standing else "0" for n in range(len(m.labels)))
    size = f"('{flags}')[this[3]]*{NAME_SIZE}"
    return [_text("names", m.names, palette.ink, palette.surface, size, {"getSize": _mark(flags)})]


def _taken(m: Shown) -> list[Bounds]:
    """Where no name may stand, in pixels: at the scale bar with its arrow, and on dots that hold a number."""
    boxes = []
    if m.corner:
        x, y = pixel(*m.corner, m.camera.zoom)
        boxes.append((x, y - SCALE_HIGH, x + SCALE_WIDE, y))
    for dot in (dot for dot in m.dots if dot.text):
        x, y = pixel(dot.lon, dot.lat, m.camera.zoom)
        boxes.append((x - dot.radius, y - dot.radius, x + dot.radius, y + dot.radius))
    return boxes


def _meets(label: Label, taken: Sequence[Bounds], camera: Camera) -> bool:
    """Whether a name would stand on one of these boxes."""
    x, y = pixel(label.lon, label.lat, camera.zoom)
    wide, high = (size / 2 for size in extent(label.text, SIZE))
    return any(
        left - wide < x < right + wide and top - high < y < low + high for left, top, right, low in taken
    )


def _text(
    name: str,
    texts: str | list[tuple[float, float, str]],
    colour: str,
    halo: str | None,
    size: str | int,
    triggers: Mapping[str, int] | None = None,
) -> pdk.Layer:
    """Texts at places, as a file or as they stand: longitude, latitude and the words of each."""
    outline = {"outline_width": 10, "outline_color": rgba(halo)} if halo else {}
    return pdk.Layer(
        "TextLayer",
        id=name,
        data=texts,
        get_position="[this[0],this[1]]",
        get_text="this[2]",
        get_size=size,
        get_color=rgba(colour)[:3],
        character_set=pdk.types.String("auto"),
        font_family=pdk.types.String("Be Vietnam Pro, sans-serif"),
        font_weight=600,
        font_settings={"sdf": True, "fontSize": 64, "buffer": 16, "radius": 20, "smoothing": 0.2},
        update_triggers=triggers or {},
        **outline,
    )


def _scale(m: Shown, palette: Palette) -> list[pdk.Layer]:
    """A bar of a round length and the arrow to the north, in the corner of the area; they move with the map."""
    if m.corner is None:
        return []
    lon, lat = m.corner
    km, length = scale_length(m.camera, SCALE_WIDE)
    per_pixel = 360 / (TILE * 2**m.camera.zoom)
    end, tick = lon + length * per_pixel, 5 * per_pixel * math.cos(math.radians(lat))
    bar = [[lon, lat + tick], [lon, lat], [end, lat], [end, lat + tick]]
    side, low, top = lon + 8 * per_pixel, lat + 5 * tick, lat + 9 * tick
    wing = 5 * per_pixel
    arrow = [[side, low], [side, top], [side - wing, top - tick], [side, top], [side + wing, top - tick]]
    text = f"{km:g} km" if km >= 1 else f"{km * 1000:g} m"
    words = [
        (round((lon + end) / 2, 5), round(lat + 2.2 * tick, 5), text),
        (round(side + 12 * per_pixel, 5), round(lat + 6.5 * tick, 5), m.north),
    ]
    return [
        pdk.Layer(
            "PathLayer",
            id="scale",
            data=[
                {"p": [[round(x, 5), round(y, 5)] for x, y in line], "c": rgba(colour), "w": width}
                for colour, width in (*([] if m.columns else [(palette.surface, 5)]), (palette.ink, 2))
                for line in (bar, arrow)
            ],
            get_path="p",
            get_color="c",
            width_units=pdk.types.String("pixels"),
            get_width="w",
        ),
        _text("scale-words", words, palette.ink, palette.surface, 12),
    ]


def _palette_of(colours: Sequence[str]) -> str:
    """Colours as a list in an expression."""
    return "[" + ",".join(_literal(rgba(colour)) for colour in colours) + "]"


def _literal(numbers: Sequence[float]) -> str:
    return "[" + ",".join(f"{number:g}" for number in numbers) + "]"


def _mark(value: object) -> int:
    """A short mark that differs where a value does, for a layer to see that it has to draw anew."""
    return zlib.crc32(repr(value).encode())
