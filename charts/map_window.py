"""A map drawn without a browser: the same wards, colours and names that the screen shows, as an image."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageChops, ImageDraw

from charts.map_labels import SIZE, TILE, Label, font, pixel, shown
from charts.palette import Palette

EQUATOR_KM = 40075.016686
FINE = 2
"""How many times finer the shapes are drawn than they are shown, for smooth edges."""
HATCH = 7
"""Pixels between the lines over a ward without a figure."""
PALE = 0.82
"""How much of the paper is in the colour of a class that was filtered out."""
COLUMN = (9, 130)
"""Width and greatest height of a column, in pixels."""
ROUND_LENGTHS = (1, 2, 5)
Point = tuple[float, float]


@dataclass(frozen=True)
class Camera:
    """Where a map looks: its middle in degrees, and the zoom as deck.gl counts it."""

    lon: float
    lat: float
    zoom: float


@dataclass(frozen=True)
class Column:
    """A standing column; ``height`` from 0 to 1 of the tallest one."""

    lon: float
    lat: float
    height: float
    colour: str


@dataclass(frozen=True)
class Dot:
    """A point such as a school, or several of them; ``radius`` in pixels, ``text`` stands in it."""

    lon: float
    lat: float
    colour: str
    radius: float = 4.0
    text: str = ""


@dataclass(frozen=True)
class Frame:
    """What one map shows. ``fills``: the number of a ward and its colour (#RRGGBB); others are hatched as missing.
    With columns and without any fill the columns speak, and wards are plain ground.

    ``sizes`` are radii in pixels of wards that are drawn as circles. A ward in ``faded`` is drawn pale: its class was
    filtered out.
    """

    fills: Mapping[int, str]
    caption: str = ""
    sizes: Mapping[int, float] | None = None
    faded: frozenset[int] = frozenset()
    columns: tuple[Column, ...] = ()


@dataclass(frozen=True)
class Scene:
    """What all maps of an image have in common. ``shapes`` and ``lines`` are FeatureCollections as JSON text.

    ``lines`` (former districts) are drawn over the wards; ``labels`` are those to choose from: what stands depends on
    the zoom. ``selected`` wards have a border. ``to_scale`` is False for hexagons, which have neither scale nor true
    direction.
    """

    shapes: str
    camera: Camera
    lines: str | None = None
    labels: tuple[Label, ...] = ()
    selected: tuple[int, ...] = ()
    dots: tuple[Dot, ...] = ()
    to_scale: bool = True


@dataclass(frozen=True)
class _Canvas:
    """An image of a map window, and how places become pixels on it."""

    image: Image.Image
    camera: Camera
    scale: float

    def at(self, lon: float, lat: float) -> Point:
        x, y = pixel(lon, lat, self.camera.zoom)
        middle_x, middle_y = pixel(self.camera.lon, self.camera.lat, self.camera.zoom)
        width, height = self.image.size
        return (x - middle_x) * self.scale + width / 2, (y - middle_y) * self.scale + height / 2

    def ring(self, points: list[Any]) -> list[Point]:
        return [self.at(lon, lat) for lon, lat in points]


def window(
    scene: Scene, frame: Frame, palette: Palette, width: int, height: int, north: str, scale: int = 2
) -> Image.Image:
    """One map as an image of ``width`` by ``height`` pixels, times ``scale``. ``north`` is the letter at the arrow."""
    fine = Image.new("RGB", (width * scale * FINE, height * scale * FINE), palette.surface)
    canvas = _Canvas(fine, scene.camera, scale * FINE)
    features = _from_large_to_small(json.loads(scene.shapes)["features"])
    _wards(canvas, features, frame, palette)
    if scene.lines:
        for ring in (
            ring for f in json.loads(scene.lines)["features"] for ring in _outer_rings(f["geometry"])
        ):
            _line(canvas, canvas.ring(ring), palette.ink, 1.3)
    for feature in (f for f in features if f["properties"]["n"] in scene.selected):
        _border(canvas, feature, frame, palette.accent, 3)
    for column in sorted(frame.columns, key=lambda c: -c.lat):
        _stand(canvas, column, palette)
    for dot in scene.dots:
        _disc(canvas, canvas.at(dot.lon, dot.lat), dot.radius, dot.colour, palette.surface)
    image = fine.resize((width * scale, height * scale), Image.Resampling.LANCZOS)
    drawn = _Canvas(image, scene.camera, scale)
    _texts(drawn, scene, palette)
    if scene.to_scale:
        _scale_bar(drawn, palette)
        _north(drawn, palette, north)
    return image


def scale_length(camera: Camera, most: float = 140) -> tuple[float, float]:
    """The longest round distance in km that fits in so many pixels, and its pixels."""
    km = EQUATOR_KM * math.cos(math.radians(camera.lat)) / (TILE * 2**camera.zoom)
    power = math.floor(math.log10(km * most))
    found = max(r * 10.0**p for p in (power - 1, power) for r in ROUND_LENGTHS if r * 10.0**p <= km * most)
    return found, found / km


# ---- Parts of the window -----------------------------------------------------------------------------------------


def _from_large_to_small(features: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A ward that lies within another one is drawn after it."""

    def size(feature: dict[str, Any]) -> float:
        rings = list(_outer_rings(feature["geometry"]))
        if not rings:
            return 0.0
        xs, ys = zip(*(point for ring in rings for point in ring), strict=True)
        return float((max(xs) - min(xs)) * (max(ys) - min(ys)))

    return sorted(features, key=lambda f: (-size(f), f["properties"]["n"]))


def _outer_rings(geometry: dict[str, Any]) -> Iterator[list[Any]]:
    if geometry["type"] == "Polygon":
        yield geometry["coordinates"][0]
    elif geometry["type"] == "MultiPolygon":
        yield from (polygon[0] for polygon in geometry["coordinates"])


def _wards(canvas: _Canvas, features: list[dict[str, Any]], frame: Frame, palette: Palette) -> None:
    draw = ImageDraw.Draw(canvas.image)
    ground = mixed(palette.surface, palette.line, 0.5) if frame.columns and not frame.fills else None
    hatched = Image.new("L", canvas.image.size, 0)
    mask = ImageDraw.Draw(hatched)
    for feature in features:
        n = feature["properties"]["n"]
        colour = frame.fills.get(n, ground)
        fill = paled(colour, n in frame.faded, palette)
        if feature["geometry"]["type"] == "Point":
            spot, radius = canvas.at(*feature["geometry"]["coordinates"]), _radius(frame, n)
            _disc(canvas, spot, radius, fill, palette.muted)
            mask.circle(spot, radius * canvas.scale, fill=0 if colour else 255)
        for ring in _outer_rings(feature["geometry"]):
            points = canvas.ring(ring)
            draw.polygon(points, fill=fill)
            mask.polygon(points, fill=0 if colour else 255)
    canvas.image.paste(palette.muted, mask=ImageChops.multiply(hatched, _stripes(canvas)))
    edge = mixed(palette.muted, palette.surface, 0.35)
    for ring in (ring for f in features for ring in _outer_rings(f["geometry"])):
        _line(canvas, canvas.ring(ring), edge, 0.5)


def _stripes(canvas: _Canvas) -> Image.Image:
    width, height = canvas.image.size
    stripes = Image.new("L", canvas.image.size, 0)
    draw = ImageDraw.Draw(stripes)
    for x in range(-height, width, round(HATCH * canvas.scale)):
        draw.line([(x, height), (x + height, 0)], fill=255, width=max(1, round(canvas.scale)))
    return stripes


def _radius(frame: Frame, n: int) -> float:
    return (frame.sizes or {}).get(n, 7.0)


def _line(canvas: _Canvas, points: list[Point], colour: str, width: float) -> None:
    ImageDraw.Draw(canvas.image).line(
        points, fill=colour, width=max(1, round(width * canvas.scale)), joint="curve"
    )


def _border(canvas: _Canvas, feature: dict[str, Any], frame: Frame, colour: str, width: float) -> None:
    if feature["geometry"]["type"] == "Point":
        spot = canvas.at(*feature["geometry"]["coordinates"])
        radius = (_radius(frame, feature["properties"]["n"]) + width) * canvas.scale
        ImageDraw.Draw(canvas.image).circle(spot, radius, outline=colour, width=round(width * canvas.scale))
    for ring in _outer_rings(feature["geometry"]):
        _line(canvas, canvas.ring(ring), colour, width)


def _disc(canvas: _Canvas, spot: Point, radius: float, fill: str, edge: str) -> None:
    ImageDraw.Draw(canvas.image).circle(
        spot, radius * canvas.scale, fill=fill, outline=edge, width=max(1, round(0.8 * canvas.scale))
    )


def _stand(canvas: _Canvas, column: Column, palette: Palette) -> None:
    """A column with a lit face and a shaded side."""
    draw = ImageDraw.Draw(canvas.image)
    x, y = canvas.at(column.lon, column.lat)
    width, tallest = (part * canvas.scale for part in COLUMN)
    top, side = y - max(column.height, 0.0) * tallest, width * 0.4
    shade = mixed(column.colour, palette.ink, 0.35)
    draw.polygon(
        [(x + width / 2, y), (x + width / 2 + side, y - side), (x + width / 2 + side, top - side), (x + width / 2, top)],
        fill=shade,
    )  # fmt: skip
    draw.polygon(
        [(x - width / 2, top), (x - width / 2 + side, top - side), (x + width / 2 + side, top - side), (x + width / 2, top)],
        fill=mixed(column.colour, palette.surface, 0.25),
    )  # fmt: skip
    draw.rectangle((x - width / 2, top, x + width / 2, y), fill=column.colour, outline=shade)


def _texts(canvas: _Canvas, scene: Scene, palette: Palette) -> None:
    draw = ImageDraw.Draw(canvas.image)
    letters = font(500, SIZE * canvas.scale)
    for label in shown(scene.labels, scene.camera.zoom):
        x, y = canvas.at(label.lon, label.lat)
        draw.multiline_text(
            (x, y), label.text, font=letters, fill=palette.ink, anchor="mm", align="center",
            stroke_width=round(1.5 * canvas.scale), stroke_fill=palette.surface,
        )  # fmt: skip
    for dot in scene.dots:
        if dot.text:
            draw.text(
                canvas.at(dot.lon, dot.lat), dot.text, font=font(600, 11 * canvas.scale), fill=palette.surface, anchor="mm"
            )  # fmt: skip


def _scale_bar(canvas: _Canvas, palette: Palette) -> None:
    draw = ImageDraw.Draw(canvas.image)
    km, length = scale_length(canvas.camera)
    left, low = 16 * canvas.scale, canvas.image.height - 18 * canvas.scale
    right, tick, line = left + length * canvas.scale, 5 * canvas.scale, max(1, round(1.5 * canvas.scale))
    draw.line(
        [(left, low - tick), (left, low), (right, low), (right, low - tick)], fill=palette.ink, width=line
    )
    text = f"{km:g} km" if km >= 1 else f"{km * 1000:g} m"
    draw.text(
        ((left + right) / 2, low - tick), text, font=font(500, 11 * canvas.scale), fill=palette.ink, anchor="ms",
        stroke_width=round(canvas.scale), stroke_fill=palette.surface,
    )  # fmt: skip


def _north(canvas: _Canvas, palette: Palette, letter: str) -> None:
    draw = ImageDraw.Draw(canvas.image)
    s = canvas.scale
    x, y = canvas.image.width - 26 * s, 22 * s
    draw.polygon([(x, y), (x - 7 * s, y + 24 * s), (x, y + 18 * s)], fill=palette.ink)
    draw.polygon(
        [(x, y), (x + 7 * s, y + 24 * s), (x, y + 18 * s)], outline=palette.ink, fill=palette.surface
    )
    draw.text((x, y - 3 * s), letter, font=font(600, 12 * s), fill=palette.ink, anchor="ms")


def paled(colour: str | None, faded: bool, palette: Palette) -> str:
    """The colour of a class, pale where it was filtered out; the paper's own for a missing figure."""
    return mixed(colour or palette.surface, palette.surface, PALE if faded else 0)


def mixed(colour: str, other: str, share: float) -> str:
    """A colour (#RRGGBB) with a share of another one in it."""
    pairs = ((int(colour[k : k + 2], 16), int(other[k : k + 2], 16)) for k in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)
