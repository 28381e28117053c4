"""Where the city stands in a period, read off the declared course."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from etl.sample.anchors import EARLY_REGISTRATION, MODELS, Flow


def quarters_since_2020(period: str) -> int:
    """The end of a period: 2 for 2021-H1, 19 for 2025-Q3."""
    year, number = int(period[:4]), int(period[6])
    return (year - 2021) * 4 + (2 * number if period[5] == "H" else number)


def course(points: Mapping[str, Sequence[float]], period: str) -> list[float]:
    """Where the straight lines between the points stand at the end of a period."""
    now = quarters_since_2020(period)
    known = sorted((quarters_since_2020(name), values) for name, values in points.items())
    before = max((point for point in known if point[0] <= now), default=known[0])
    after = min((point for point in known if point[0] >= now), default=known[-1])
    way = 0.0 if after[0] == before[0] else (now - before[0]) / (after[0] - before[0])
    return [a + (b - a) * way for a, b in zip(before[1], after[1], strict=True)]


def level_of(model: str, period: str) -> tuple[float, float, float]:
    """The city's total, its registered share of the total, and the recognised share of the registered."""
    total, registered, recognised = course(MODELS[model], period)
    registered += EARLY_REGISTRATION[period[5:]] * registered * (1 - registered)
    return total, registered, recognised / registered


def flow_of(flow: Flow, period: str) -> float:
    """What falls on a half-year or a quarter."""
    number = int(period[6])
    quarters = (2 * number - 1, 2 * number) if period[5] == "H" else (number,)
    return flow.yearly[int(period[:4]) - 2021] * math.fsum(flow.season[quarter - 1] for quarter in quarters)
