"""Which names stand on a map at a zoom, so that no two collide and more come as one zooms in.

Each name has a zoom from which it stands. It waits for every name of higher rank until both boxes are apart, and
stays then: names only come as one zooms in, they never go.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import ImageFont

TILE = 512
"""Pixels that the whole world is wide at zoom 0, as deck.gl counts."""
FONTS = Path(__file__).resolve().parent.parent / "static" / "fonts"
SIZE = 12
LEADING = 1.35
"""Height of a line, in letter sizes."""
LETTERS = 14
"""Letters that a name on one line may have."""
GAP = 4
"""Free pixels around a name."""
NAMES = 4096
"""Names whose extent is remembered."""


@dataclass(frozen=True)
class Label:
    """A name in the middle of a shape. Of two that collide the one with the larger ``rank`` stands."""

    n: int
    text: str
    lon: float
    lat: float
    rank: float = 0.0


@functools.lru_cache(maxsize=64)
def font(weight: int, size: float) -> ImageFont.FreeTypeFont:
    """The project's typeface; weights 400, 500, 600, 700."""
    return ImageFont.truetype(FONTS / f"be-vietnam-pro-{weight}.woff2", size)


def pixel(lon: float, lat: float, zoom: float) -> tuple[float, float]:
    """Where a place is on the map of the whole world at a zoom, in pixels from its upper left corner."""
    scale = TILE * 2.0**zoom
    height = math.asinh(math.tan(math.radians(lat)))
    return (lon + 180) / 360 * scale, (1 - height / math.pi) / 2 * scale


def in_lines(name: str, letters: int = LETTERS) -> str:
    """A long name on two lines of about one length."""
    if len(name) <= letters or " " not in name:
        return name
    gaps = [k for k, letter in enumerate(name) if letter == " "]
    middle = min(gaps, key=lambda k: abs(k - len(name) / 2))
    return name[:middle] + "\n" + name[middle + 1 :]


@functools.lru_cache(maxsize=NAMES)
def extent(text: str, size: float = SIZE, weight: int = 500) -> tuple[float, float]:
    """Width and height of a name with its free space, in pixels; a name may have several lines."""
    lines = text.split("\n")
    width = max(font(weight, size).getlength(line) for line in lines)
    return width + 2 * GAP, len(lines) * size * LEADING + GAP


def zoom_from(labels: Sequence[Label], size: float = SIZE) -> tuple[float, ...]:
    """The zoom from which each name stands, in the order given: -inf for those that always do.

    inf for a name that is exactly where one of higher rank is.
    """
    return _zooms(tuple(labels), size)


@functools.lru_cache(maxsize=32)
def _zooms(labels: tuple[Label, ...], size: float) -> tuple[float, ...]:
    order = sorted(range(len(labels)), key=lambda i: (-labels[i].rank, labels[i].n))
    x, y = np.array([pixel(labels[i].lon, labels[i].lat, 0) for i in order]).reshape(-1, 2).T.copy()
    wide, high = np.array([extent(labels[i].text, size) for i in order]).reshape(-1, 2).T.copy() / 2
    # How many times larger than at zoom 0 the map must be for each name to stand, those of higher rank first.
    times = np.zeros(len(order))
    with np.errstate(divide="ignore"):
        for i in range(1, len(order)):
            apart = np.minimum(
                (wide[i] + wide[:i]) / np.abs(x[i] - x[:i]), (high[i] + high[:i]) / np.abs(y[i] - y[:i])
            )
            times[i] = apart[apart > times[:i]].max(initial=0.0)
    found = [-math.inf] * len(labels)
    for i, larger in zip(order, times.tolist(), strict=True):
        found[i] = math.log2(larger) if larger else -math.inf
    return tuple(found)


def shown(labels: Sequence[Label], zoom: float, size: float = SIZE) -> tuple[Label, ...]:
    """The names that stand at a zoom, in the order given; none of them collide."""
    return tuple(label for label, first in zip(labels, zoom_from(labels, size), strict=True) if first <= zoom)
