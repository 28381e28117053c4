"""Repairing and simplifying a set of outlines that must fit together without gaps and overlaps."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

GAP_METRES = 20.0
"""Narrower gaps between neighbours are closed."""
TOLERANCE_METRES = 60.0
"""How far a simplified border may leave the true one, as the side of a square of the area that is lost."""
DECIMALS = 6
"""Of degrees: about a decimetre; with fewer, narrow necks of simplified outlines cross themselves."""

_MAJOR, _FLATTENING = 6378137.0, 1 / 298.257223563
_MIDDLE = math.radians(21.0)
_E2 = _FLATTENING * (2 - _FLATTENING)
_W = math.sqrt(1 - _E2 * math.sin(_MIDDLE) ** 2)
_EAST = _MAJOR / _W * math.cos(_MIDDLE)
_NORTH = _MAJOR * (1 - _E2) / _W**3


def _to_plane(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """WGS 84 to metres, areas true to 0.1% anywhere in the city: east shrinks and north stretches off the middle."""
    shrink = np.cos(np.radians(degrees[:, 1])) / math.cos(_MIDDLE)
    return np.column_stack(
        [np.radians(degrees[:, 0] - 105.75) * _EAST * shrink, np.radians(degrees[:, 1]) * _NORTH]
    )


def _to_degrees(metres: NDArray[np.float64]) -> NDArray[np.float64]:
    north = metres[:, 1] / _NORTH
    shrink = np.cos(north) / math.cos(_MIDDLE)
    return np.column_stack([np.degrees(metres[:, 0] / (_EAST * shrink)) + 105.75, np.degrees(north)])


def area_km2(outline: BaseGeometry) -> float:
    """The area of an outline in degrees."""
    return float(shapely.area(shapely.transform(outline, _to_plane))) / 1e6


def fitted(outlines: Mapping[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    """The same outlines in degrees, repaired so that neighbours share their border, and simplified together."""
    keys = sorted(outlines)
    plane = [shapely.make_valid(shapely.transform(outlines[key], _to_plane)) for key in keys]
    clean = shapely.coverage_clean(plane, gap_width=GAP_METRES)
    simple = shapely.coverage_simplify(clean, TOLERANCE_METRES)
    rounded = [_rounded(shapely.transform(shape, _to_degrees)) for shape in simple]
    return dict(zip(keys, rounded, strict=True))


def _rounded(outline: BaseGeometry) -> BaseGeometry:
    return shapely.transform(outline, lambda degrees: np.round(degrees, DECIMALS))


def fits_together(outlines: list[BaseGeometry]) -> bool:
    """Whether no two outlines overlap and neighbours share each point of their border."""
    return bool(shapely.coverage_is_valid(outlines))


def united(outlines: list[BaseGeometry]) -> BaseGeometry:
    """Outlines that fit together as one."""
    return shapely.coverage_union_all(outlines)


def geojson(outline: BaseGeometry) -> str:
    """GeoJSON text, rounded to a metre, without blanks."""
    return json.dumps(json.loads(shapely.to_geojson(_rounded(outline))), separators=(",", ":"))
