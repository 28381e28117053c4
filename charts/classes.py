"""Values of a map put into classes: by quantile, at natural breaks, in equal steps, or by distance to a target.

A class holds the values from its lower edge up to, not including, its upper one; the last one includes both. Edges
are the shortest numbers that part the values as the method asks, so what the legend says of a class is what it holds.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from charts.base import Look
from charts.palette import Palette
from i18n import decimal

Method = Literal["quantile", "natural", "equal", "target"]
METHODS: tuple[Method, ...] = ("quantile", "natural", "equal", "target")
MISSING = -1
FINEST = 12
"""Decimals beyond which two values count as one number."""
FINER_THAN_STEP = 1
"""Decimals more than those of the first digit of a step, for edges in equal steps."""
MOST_DIGITS = 300
"""Decimals beyond which a number cannot be rounded."""
ROUND = (1.0, 2.0, 2.5, 5.0)
Array = npt.NDArray[np.float64]


class NoTarget(ValueError):
    """Classes by distance to a target were asked for, and there is no target."""


@dataclass(frozen=True)
class Classes:
    """Classes from low to high. ``edges`` are one more than classes, none where every value is missing; they ascend,
    but for the last two, which are equal where the last class holds one number.

    ``index`` has one number a value, in the order given: that of its class from 0, or -1 where it is missing.
    ``counts`` has how many values are in each class, ``missing`` how many have none. ``target`` is set where classes
    stand by their distance to it; it is an edge then, and a value equal to it is above.
    """

    method: Method
    edges: tuple[float, ...]
    index: tuple[int, ...]
    counts: tuple[int, ...]
    missing: int
    target: float | None = None

    @property
    def size(self) -> int:
        """How many classes there are."""
        return len(self.counts)

    @property
    def below(self) -> int:
        """How many classes lie below the target; 0 where classes do not stand by it."""
        return 0 if self.target is None else self.edges.index(self.target)

    def colours(self, palette: Palette) -> tuple[str, ...]:
        """One colour a class (#RRGGBB): a ramp from low to high, or two that part at the target."""
        if not self.size:
            return ()
        if self.target is None:
            return blend(palette.ramp, self.size)
        under = blend((palette.below, palette.ramp[0]), self.below + 1)[: self.below]
        over = blend((palette.ramp[0], palette.above), self.size - self.below + 1)[1:]
        return under + over

    def labels(self, look: Look, kind: str) -> tuple[str, ...]:
        """What each class holds, in the reader's numbers: “60–72,5%”; by a target the ends are open: “< 60%”.

        ``kind``: rate, count, or points for a difference of rates.
        """
        if not self.size:
            return ()
        scale = 1 if kind == "count" else 100
        unit = {"rate": "%", "count": "", "points": look.words("map_export.points")}[kind]
        texts = _texts([edge * scale for edge in self.edges], look, closely=self.size > 1)
        pairs = list(itertools.pairwise(texts))
        if kind == "count":
            whole = [(decimal(low, look.lang), decimal(high, look.lang)) for low, high in self._whole()]
            if len(set(whole)) == len(whole):
                pairs = [(_minus(low), _minus(high)) for low, high in whole]
        dash = " – " if self.edges[0] < 0 else "–"
        found = [f"{low}{dash}{high}{unit}" if low != high else low + unit for low, high in pairs]
        if self.target is not None and self.size > 1:
            found[0], found[-1] = f"< {pairs[1][0]}{unit}", f"≥ {pairs[-1][0]}{unit}"
        return tuple(found)

    def _whole(self) -> list[tuple[int, int]]:
        """The least and the largest whole number of each class; an edge that is one stands on both its sides."""
        return [
            (math.floor(low + 0.5), math.ceil(high - 0.5)) for low, high in itertools.pairwise(self.edges)
        ]


def classified(values: pd.Series, method: Method, classes: int, target: float | None = None) -> Classes:
    """Put values into at most so many classes; fewer where there are fewer different values.

    Missing and infinite values are in no class. Classes in equal steps or by a target may be empty, others not.
    By a target, steps have one round width on both sides, and each side has a class. NoTarget where it is missing.
    """
    if classes < 1:
        raise ValueError("at least one class")
    if method == "target" and (target is None or not math.isfinite(target)):
        raise NoTarget
    numbers: Array = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    known = np.isfinite(numbers)
    given: Array = np.sort(numbers[known])
    if not given.size:
        return Classes(method, (), (MISSING,) * len(numbers), (), len(numbers))
    middle = target if method == "target" else None
    edges = _edges(given, method, classes) if middle is None else _around(given, max(classes, 2), middle)
    index = np.full(len(numbers), MISSING)
    index[known] = np.searchsorted(np.array(edges[1:-1]), numbers[known], side="right")
    counts = tuple(int((index == k).sum()) for k in range(len(edges) - 1))
    return Classes(method, edges, tuple(index.tolist()), counts, int((~known).sum()), middle)


def blend(colours: Sequence[str], size: int) -> tuple[str, ...]:
    """So many colours (#RRGGBB) evenly from the first to the last of some; one alone is the last but one."""
    if size == 1:
        return (colours[-2],)
    parts = [[int(colour[k : k + 2], 16) for k in (1, 3, 5)] for colour in colours]
    places = np.linspace(0, len(colours) - 1, size)
    mixed = [np.interp(places, range(len(colours)), channel) for channel in zip(*parts, strict=True)]
    return tuple(
        "#" + "".join(f"{round(float(level)):02X}" for level in rgb) for rgb in zip(*mixed, strict=True)
    )


def _edges(given: Array, method: Method, classes: int) -> tuple[float, ...]:
    distinct = np.unique(given)
    if len(distinct) == 1:
        return (float(distinct[0]), float(distinct[0]))
    if method == "equal":
        return _in_steps(distinct, classes)
    number_of: dict[Method, Callable[[Array, int], npt.NDArray[np.int64]]] = {
        "quantile": _by_rank,
        "natural": _at_natural_breaks,
    }
    groups = number_of[method](given, min(classes, len(distinct)))
    parts = [given[groups == g] for g in np.unique(groups)]
    inner = [between(float(low[-1]), float(high[0])) for low, high in itertools.pairwise(parts)]
    return _closed(inner, distinct)


def _by_rank(given: Array, classes: int) -> npt.NDArray[np.int64]:
    """Equal values stay together: they go by the middle of their ranks."""
    middle = (np.searchsorted(given, given, side="left") + np.searchsorted(given, given, side="right")) / 2
    return np.asarray(middle * classes // len(given), dtype=np.int64)


def _at_natural_breaks(given: Array, classes: int) -> npt.NDArray[np.int64]:
    """Fisher and Jenks: the least sum of squared distances to the means of classes. Equal values stay together.

    ``best`` has for each value that least sum where the last of so many classes ends at it, ``starts`` where that class
    begins; each class more is found from those with one less.
    """
    distinct, place_of, weight = np.unique(given, return_inverse=True, return_counts=True)
    size = len(distinct)
    shifted = distinct - distinct.mean()
    weights, sums, squares = (
        np.concatenate([[0.0], np.cumsum(part)]) for part in (weight, weight * shifted, weight * shifted**2)
    )

    def spread(first: npt.NDArray[np.int64], last: int) -> Array:
        """Of the values from each of ``first`` to ``last``."""
        total = sums[last + 1] - sums[first]
        within: Array = squares[last + 1] - squares[first] - total**2 / (weights[last + 1] - weights[first])
        return np.maximum(within, 0.0)

    best = np.array([spread(np.zeros(1, dtype=np.int64), last)[0] for last in range(size)])
    starts = [np.zeros(size, dtype=np.int64)]
    for number in range(1, classes):
        found, start = np.full(size, np.inf), np.zeros(size, dtype=np.int64)
        for last in range(number, size):
            first = np.arange(number, last + 1)
            sums_of = best[first - 1] + spread(first, last)
            chosen = int(np.argmin(sums_of))
            found[last], start[last] = sums_of[chosen], first[chosen]
        best = found
        starts.append(start)
    group, last = np.zeros(size, dtype=np.int64), size - 1
    for number in range(classes - 1, 0, -1):
        first_of = int(starts[number][last])
        group[first_of : last + 1] = number
        last = first_of - 1
    return np.asarray(group[place_of], dtype=np.int64)


def _in_steps(distinct: Array, classes: int) -> tuple[float, ...]:
    low, high = float(distinct[0]), float(distinct[-1])
    whole = bool((distinct == np.round(distinct)).all())
    if whole:
        classes = min(classes, int(high - low))
    step = (high - low) / classes
    if step < 10.0**-MOST_DIGITS:
        return (low, high)
    digits = FINER_THAN_STEP - math.floor(math.log10(step))
    inner = [round(low + k * step, min(digits, 0) if whole else digits) for k in range(1, classes)]
    return _closed(inner, distinct)


def _around(given: Array, classes: int, target: float) -> tuple[float, ...]:
    """Edges at one round distance from each other on both sides of a target, to where the values end."""
    under, over = max(target - float(given[0]), 0.0), max(float(given[-1]) - target, 0.0)
    widest = max(under, over)
    if widest <= 10**-FINEST:
        ends = sorted({float(given[0]), target, float(given[-1])})
        return tuple(ends) if len(ends) > 1 else (target, target)
    step, digits, down, up = next(
        (step, digits, down, up)
        for step, digits in _round_steps(widest / classes)
        for down, up in (tuple(max(1, math.ceil(round(side / step, 9))) for side in (under, over)),)
        if down + up <= classes
    )
    lower = [round(target - k * step, digits) for k in range(down, 0, -1)]
    upper = [round(target + k * step, digits) for k in range(1, up + 1)]
    return (min(lower[0], float(given[0])), *lower[1:], target, *upper[:-1], max(upper[-1], float(given[-1])))


def _round_steps(least: float) -> Iterator[tuple[float, int]]:
    """Round widths from about ``least`` up, without end, each with the decimals that its multiples need."""
    for power in itertools.count(math.floor(math.log10(least))):
        for lead in ROUND:
            yield lead * 10.0**power, max(0, 2 - power)


def between(low: float, high: float) -> float:
    """The number with the fewest decimals above ``low`` and not above ``high``, nearest to the middle of both."""
    for digits in range(-FINEST, FINEST + 1):
        found = round((low + high) / 2, digits)
        if low < found <= high:
            return found
    return high


def _closed(inner: Sequence[float], distinct: Array) -> tuple[float, ...]:
    """Inner edges with the outer ones, rounded outwards as finely as the inner ones, or to a tenth of their span."""
    low, high = float(distinct[0]), float(distinct[-1])
    digits = max((_decimals(edge) for edge in inner), default=1 - math.floor(math.log10(high - low)))
    if digits > MOST_DIGITS:
        return (low, *inner, high)
    fine = 10.0**digits
    first, last = math.floor(round(low * fine, 6)) / fine, math.ceil(round(high * fine, 6)) / fine
    return (min(first, low), *inner, max(last, high))


def _decimals(number: float) -> int:
    """How many decimals a number has, at most ``FINEST``."""
    near = max(abs(number), 1) * 1e-12
    return next((d for d in range(FINEST) if abs(round(number, d) - number) <= near), FINEST)


def _texts(numbers: Sequence[float], look: Look, *, closely: bool) -> list[str]:
    """Numbers with as many decimals each as the inner ones need, at most two where nothing has to be told apart."""
    inner = numbers[1:-1] or numbers
    digits = max(_decimals(number) for number in inner)
    digits = digits if closely else min(digits, 2)
    return [_minus(decimal(number, look.lang, digits)) for number in numbers]


def _minus(text: str) -> str:
    """A number with a real minus sign."""
    return text.replace("-", "−")
