"""The map as a deck: wards filled by class, with lines, names, points and columns over them.

Shapes travel as a file that the browser keeps; what changes with the indicator travels as one expression over the
number ``n`` of each shape, and the words that stand at the pointer as one rule of style a shape (``pointer_rules``).
"""

from __future__ import annotations

import base64
import html
import json
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pydeck as pdk

from charts.map_labels import TILE, Label, shown
from charts.map_window import Camera, Column, Dot, mixed, scale_length
from charts.palette import Palette
from queries.shapes import ShapeKind

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


@dataclass(frozen=True)
class Shown:
    """What one map shows. ``fills`` has the colour (#RRGGBB) of each unit by ``n``; ``radii`` of circles, in pixels.

    ``picked`` and ``beside`` are the units with a border of their own, ``district`` the former district with a thick
    one. ``serial`` differs after each click, ``place`` tells two maps of one page apart.
    """

    kind: ShapeKind
    shapes: str
    fills: tuple[str, ...]
    camera: Camera
    lines: str | None = None
    line_count: int = 0
    radii: tuple[float, ...] = ()
    picked: tuple[int, ...] = ()
    beside: tuple[int, ...] = ()
    districts: tuple[int, ...] = ()
    labels: tuple[Label, ...] = ()
    dots: tuple[Dot, ...] = ()
    columns: tuple[Column, ...] = ()
    corner: tuple[float, float] | None = None
    north: str = ""
    basemap: bool = False
    serial: int = 0
    place: str = "a"


class CompactDeck(pdk.Deck):  # type: ignore[misc]
    """A deck whose description has no blanks: it travels at each change."""

    def to_json(self) -> str:
        """The description as JSON text."""
        return json.dumps(json.loads(super().to_json()), ensure_ascii=False, separators=(",", ":"))


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
        *_borders(m, palette),
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
    rules = [f"[class^={prefix}]:after{{white-space:pre-line}}"]
    if lead:
        rules.append(f'[class^={prefix}]:before{{content:"{_quoted(lead)}"}}')
    if lead and without:
        rules.append(",".join(f".{prefix}{n}:before" for n in without) + "{content:none}")
    rules += [f'.{prefix}{n}:after{{content:"{_quoted(text)}"}}' for n, text in texts.items()]
    return "".join(rules)


def _quoted(text: str) -> str:
    """A text as it stands between quotation marks in a rule of style."""
    return text.replace("\\", "").replace('"', "”").replace("<", "‹").replace("\n", "\\A ")


def swatch(colour: str, edge: str) -> str:
    """A square of a colour as an image address, for the words of a legend."""
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' width='16' height='16' viewBox='0 0 8 8'>"
        f"<path fill='{html.escape(colour)}' stroke='{edge}' d='M.5.5h7v7h-7z'/></svg>"
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def faded(colour: str, palette: Palette) -> str:
    """A colour of a class that was filtered out."""
    return mixed(colour, palette.surface, FADED)


def rgba(colour: str, opacity: int = 255) -> list[int]:
    """#RRGGBB as the four numbers of a deck."""
    return [*(int(colour[k : k + 2], 16) for k in (1, 3, 5)), opacity]


def choice_by_number(values: Sequence[str], first: int = 0) -> str:
    """An expression that gives the value of a shape by its number; short where neighbours in the list are alike."""
    if len(set(values)) <= 1:
        return values[0] if values else "0"
    half = len(values) // 2
    low, high = choice_by_number(values[:half], first), choice_by_number(values[half:], first + half)
    return low if low == high else f"(properties.n<{first + half}?{low}:{high})"


# ---- Layers ------------------------------------------------------------------------------------------------------


def _wards(m: Shown, palette: Palette) -> pdk.Layer:
    """The units. What fills them is set on the layer below, which a selection does not repaint."""
    fills = choice_by_number([_literal(rgba(colour)[:3]) for colour in m.fills])
    part = "points-circle" if m.kind == "circle" else "polygons-fill"
    return pdk.Layer(
        "GeoJsonLayer",
        id=f"wards-{m.kind}",
        data=m.shapes,
        stroked=True,
        filled=True,
        opacity=0.75 if m.basemap else 1,
        _sub_layer_props={part: {"getFillColor": f"@@={fills}"}},
        get_line_color=rgba(palette.muted if m.kind == "circle" else palette.surface),
        line_width_units=pdk.types.String("pixels"),
        get_line_width=0.8,
        **_radius(m),
        update_triggers={"getFillColor": _mark(fills), "getPointRadius": _mark(m.radii)},
    )


def _radius(m: Shown, least: float = 0) -> dict[str, Any]:
    """How large points are drawn; nothing for shapes that are no points."""
    if m.kind != "circle":
        return {}
    radii = choice_by_number([f"{max(radius, least):g}" for radius in m.radii])
    return {"get_point_radius": radii, "point_radius_units": pdk.types.String("pixels")}


def _borders(m: Shown, palette: Palette) -> list[pdk.Layer]:
    found = []
    if m.lines:
        thick = [str(3 if n in m.districts else 1.2) for n in range(m.line_count)]
        found.append(_outline("lines", m.lines, m, rgba(palette.ink, 200), choice_by_number(thick)))
    if m.beside:
        found.append(_around(m, "beside", m.beside, palette.ink, 2.2))
    if m.picked:
        found.append(_around(m, "picked", m.picked, palette.accent, 3.5))
    return found


def _around(m: Shown, name: str, units: Sequence[int], colour: str, width: float) -> pdk.Layer:
    """A border around some units alone."""
    wide = choice_by_number([f"{width:g}" if n in units else "0" for n in range(len(m.fills))])
    return _outline(name, m.shapes, m, rgba(colour), wide)


def _outline(name: str, data: str, m: Shown, colour: list[int], width: str) -> pdk.Layer:
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
        **_radius(m),
        update_triggers={"getLineWidth": _mark(width), "getPointRadius": _mark(m.radii)},
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
    data = [
        {"p": [c.lon, c.lat], "h": round(c.height * TALLEST_KM * 1000 * _nearness(m)), "c": rgba(c.colour)}
        for c in m.columns
    ]
    return [
        pdk.Layer(
            "ColumnLayer",
            id="columns",
            data=data,
            get_position="p",
            get_elevation="h",
            get_fill_color="c",
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
    data = [{"p": [d.lon, d.lat], "c": rgba(d.colour), "r": d.radius, "t": d.text} for d in m.dots]
    spots = pdk.Layer(
        "ScatterplotLayer",
        id="dots",
        data=data,
        get_position="p",
        get_fill_color="c",
        get_radius="r",
        radius_units=pdk.types.String("pixels"),
        stroked=True,
        get_line_color=rgba(palette.surface),
        get_line_width=1,
        line_width_units=pdk.types.String("pixels"),
    )
    counts = [{"p": row["p"], "t": row["t"]} for row in data if row["t"]]
    return [spots, *([_text("dot-counts", counts, palette.surface, None, 11)] if counts else [])]


def _names(m: Shown, palette: Palette) -> list[pdk.Layer]:
    names = [
        {"p": [round(la.lon, 4), round(la.lat, 4)], "t": la.text} for la in shown(m.labels, m.camera.zoom)
    ]
    return [_text("names", names, palette.ink, palette.surface, 12)] if names else []


def _text(name: str, data: list[dict[str, Any]], colour: str, halo: str | None, size: int) -> pdk.Layer:
    outline = {"outline_width": 4, "outline_color": rgba(halo)} if halo else {}
    return pdk.Layer(
        "TextLayer",
        id=name,
        data=data,
        get_position="p",
        get_text="t",
        get_size=size,
        get_color=rgba(colour)[:3],
        character_set=pdk.types.String("auto"),
        font_family=pdk.types.String("Be Vietnam Pro, sans-serif"),
        font_weight=600,
        font_settings={"sdf": True, "fontSize": 64, "buffer": 12, "radius": 16, "smoothing": 0.2},
        **outline,
    )


def _scale(m: Shown, palette: Palette) -> list[pdk.Layer]:
    """A bar of a round length and the arrow to the north, in the corner of the area; they move with the map."""
    if m.corner is None:
        return []
    lon, lat = m.corner
    km, length = scale_length(m.camera, 110)
    per_pixel = 360 / (TILE * 2**m.camera.zoom)
    end, tick = lon + length * per_pixel, 5 * per_pixel * math.cos(math.radians(lat))
    bar = [[lon, lat + tick], [lon, lat], [end, lat], [end, lat + tick]]
    text = f"{km:g} km" if km >= 1 else f"{km * 1000:g} m"
    words = [
        {"p": [round((lon + end) / 2, 5), round(lat + 2.2 * tick, 5)], "t": text},
        {"p": [round(lon, 5), round(lat + 6 * tick, 5)], "t": f"↑ {m.north}"},
    ]
    return [
        pdk.Layer(
            "PathLayer",
            id="scale",
            data=[{"path": [[round(x, 5), round(y, 5)] for x, y in bar]}],
            get_path="path",
            get_color=rgba(palette.ink),
            width_units=pdk.types.String("pixels"),
            get_width=2,
        ),
        _text("scale-words", words, palette.ink, palette.surface, 12),
    ]


def _literal(numbers: Sequence[int]) -> str:
    return "[" + ",".join(str(number) for number in numbers) + "]"


def _mark(value: object) -> int:
    """A short mark that differs where a value does, for a layer to see that it has to draw anew."""
    return zlib.crc32(repr(value).encode())
