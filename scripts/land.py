"""Make data/reference/land_outline.csv, the land of the world behind the map of members, from Natural Earth 1:110m.

It runs by hand, once. The outline comes in the npm package world-atlas:

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python scripts/land.py package/land-110m.json

The file is a TopoJSON: rings are put together from shared arcs, whose points are steps on a grid. Antarctica is left
out, for it has no members; so are slivers that nobody sees at the map's size. A lake runs the other way round than land.
"""

from __future__ import annotations

import csv
import json
import sys
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from shapely import affinity
from shapely.geometry import Polygon, box
from shapely.geometry.polygon import orient

OUT = Path(__file__).resolve().parent.parent / "data" / "reference" / "land_outline.csv"
SIMPLIFY_DEGREES = 0.12
SMALLEST_SQUARE_DEGREES = 0.15
ANTARCTICA_BELOW = -60
Point = tuple[float, float]


def arcs_of(topology: dict[str, Any]) -> list[list[Point]]:
    """Every arc as longitudes and latitudes."""
    (scale_x, scale_y), (shift_x, shift_y) = (topology["transform"][key] for key in ("scale", "translate"))
    arcs = []
    for steps in topology["arcs"]:
        places = accumulate(steps, lambda place, step: [place[0] + step[0], place[1] + step[1]])
        arcs.append([(x * scale_x + shift_x, y * scale_y + shift_y) for x, y in places])
    return arcs


def ring_of(parts: list[int], arcs: list[list[Point]]) -> list[Point]:
    """A ring from its arcs; the number ~n stands for arc n backwards."""
    ring: list[Point] = []
    for number in parts:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        ring += arc[1:] if ring else arc
    return ring


def cut(ring: list[Point]) -> list[Polygon]:
    """A ring as one or two shapes: what crosses the date line is cut there, lest it runs across the whole map."""
    whole, turns = [ring[0]], 0
    for (before, _), (lon, lat) in pairwise(ring):
        turns += (lon - before < -180) - (lon - before > 180)
        whole.append((lon + 360 * turns, lat))
    shape = Polygon(whole).simplify(SIMPLIFY_DEGREES)
    pieces = []
    for shift in (-360, 0, 360):
        inside = affinity.translate(shape, shift).intersection(box(-180, -90, 180, 90))
        pieces += [part for part in getattr(inside, "geoms", [inside]) if part.geom_type == "Polygon"]
    sign = 1 if Polygon(ring).exterior.is_ccw else -1
    return [orient(piece, sign) for piece in pieces]


def main(path: str) -> None:
    topology = json.loads(Path(path).read_text(encoding="utf-8"))
    arcs = arcs_of(topology)
    (land,) = topology["objects"]["land"]["geometries"]
    rows = []
    for ring in (ring for polygon in land["arcs"] for ring in polygon):
        points = ring_of(ring, arcs)
        if max(lat for _, lat in points) < ANTARCTICA_BELOW:
            continue
        for shape in cut(points):
            if shape.area >= SMALLEST_SQUARE_DEGREES:
                rows.append(" ".join(f"{x:.2f},{y:.2f}" for x, y in shape.exterior.coords))
    rows.sort(key=len, reverse=True)
    with OUT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["ring", "outline", "source_id"])
        writer.writerows([number, outline, "natural-earth"] for number, outline in enumerate(rows, 1))


if __name__ == "__main__":
    main(sys.argv[1])
