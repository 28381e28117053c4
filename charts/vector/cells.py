"""A map of cells: hexagons or outlines, filled by class, some of them outlined or hatched."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from charts.vector.sheet import Point, Sheet
from charts.vector.tones import Tone

EDGE = 2.0


@dataclass(frozen=True)
class Cell:
    """One unit: its rings (outer ones and holes) as longitude and latitude, its fill, and whether it stands out
    (``strong``) or has no figure (``hatched``)."""

    rings: tuple[tuple[Point, ...], ...]
    colour: str
    label: str = ""
    strong: bool = False
    hatched: bool = False


def cells(
    shapes: Sequence[Cell],
    *,
    tone: Tone,
    size: tuple[float, float],
    letters: float = 0,
    degrees: bool = True,
) -> str:
    """Cells as SVG, as large as the sheet allows, north up. ``degrees`` False takes coordinates as they are.

    Labels are written where ``letters`` (points) is given.
    """
    sheet = Sheet(size, letters or 1, tone)
    corners = [point for cell in shapes for ring in cell.rings for point in ring]
    if not corners:
        return sheet.svg()
    middle = sum(y for _, y in corners) / len(corners)
    squeeze = math.cos(math.radians(middle)) if degrees else 1.0
    west, east = min(x for x, _ in corners) * squeeze, max(x for x, _ in corners) * squeeze
    south, north = min(y for _, y in corners), max(y for _, y in corners)
    scale = min(
        (sheet.width - 2 * EDGE) / ((east - west) or 1),
        (sheet.height - 2 * EDGE) / ((north - south) or 1),
    )
    left = (sheet.width - scale * (east - west)) / 2
    top = (sheet.height - scale * (north - south)) / 2

    def placed(point: Point) -> Point:
        return left + scale * (point[0] * squeeze - west), top + scale * (north - point[1])

    # Those that stand out are drawn last, so that no neighbour covers their outline.
    for cell in sorted(shapes, key=lambda c: c.strong):
        rings = [[placed(point) for point in ring] for ring in cell.rings]
        edge, width = (tone.ink, 1.6) if cell.strong else (tone.ground, 0.5)
        sheet.shape(rings, cell.colour, edge, width, tone.quiet if cell.hatched else None)
        if letters and cell.label:
            outer = max(rings, key=len)
            x = (min(p[0] for p in outer) + max(p[0] for p in outer)) / 2
            y = (min(p[1] for p in outer) + max(p[1] for p in outer)) / 2
            sheet.text((x, y), cell.label, align="center", colour=_readable(cell.colour))
    return sheet.svg()


def _readable(fill: str) -> str:
    """Black or white, whichever stands out more on a colour."""
    red, green, blue = (int(fill[n : n + 2], 16) / 255 for n in (1, 3, 5))
    return "#1F2328" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.55 else "#FFFFFF"
