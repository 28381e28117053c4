"""Where a rate would go if its trend went on: a straight line on the log odds, with the interval of a prediction."""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from queries.figures import Figure

YEAR = 365.25
STEPS = 12


@dataclass(frozen=True)
class ProjectedPoint:
    """A day with the projected rate and the ends of its interval, fractions of 1."""

    day: dt.date
    low: float
    mid: float
    high: float


@dataclass(frozen=True)
class Projection:
    """A trend carried on from the last figure to a day. ``path`` goes from the last figure's day to that day.

    ``periods`` figures between ``first`` and ``last`` were fitted, all of ``status``. The interval holds the outcome
    with probability ``level`` if the trend goes on unchanged.
    """

    status: str
    periods: int
    first: dt.date
    last: dt.date
    level: float
    path: tuple[ProjectedPoint, ...]

    @property
    def at_end(self) -> ProjectedPoint:
        """The projected rate on the last day."""
        return self.path[-1]


def log_odds(rate: float, numerator: float | None, denominator: float | None) -> float | None:
    """The logit of a rate. None and all are moved by half a count; None where they are known without counts."""
    if 0 < rate < 1:
        return math.log(rate / (1 - rate))
    if numerator is None or not denominator or denominator <= 0:
        return None
    part = min(max(numerator, 0.0), denominator)
    return math.log((part + 0.5) / (denominator - part + 0.5))


def rate_of(odds: float) -> float:
    """The rate of a logit, between 0 and 1 for any number."""
    return 1 / (1 + math.exp(-odds)) if odds >= 0 else math.exp(odds) / (1 + math.exp(odds))


def spread(level: float, freedom: int) -> float:
    """How many standard errors either side hold a share ``level`` of Student's t (whole degrees of freedom)."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + level) / 2))


def project(figures: Sequence[Figure], end: dt.date, level: float) -> Projection | None:
    """The trend of three or more figures of one kind, oldest first, carried on to a day after the last of them.

    None where a rate of exactly 0 or 1 comes without counts. ValueError for fewer than three days.
    """
    days = [f.period_end for f in figures]
    if len(set(days)) < 3:
        raise ValueError("a trend needs figures of three days")
    odds = [log_odds(f.value or 0.0, f.numerator, f.denominator) for f in figures]
    known = [value for value in odds if value is not None]
    if len(known) < len(odds):
        return None
    years = [(day - days[0]).days / YEAR for day in days]
    line = statistics.linear_regression(years, known)
    missed = sum((y - line.intercept - line.slope * x) ** 2 for x, y in zip(years, known, strict=True))
    scatter = math.sqrt(missed / (len(years) - 2))
    centre = statistics.fmean(years)
    width = sum((x - centre) ** 2 for x in years)
    reach = spread(level, len(years) - 2)

    def at(day: dt.date) -> ProjectedPoint:
        x = (day - days[0]).days / YEAR
        mid = line.intercept + line.slope * x
        half = reach * scatter * math.sqrt(1 + 1 / len(years) + (x - centre) ** 2 / width)
        return ProjectedPoint(day, rate_of(mid - half), rate_of(mid), rate_of(mid + half))

    span = (end - days[-1]).days
    path = tuple(at(days[-1] + dt.timedelta(days=round(span * k / STEPS))) for k in range(STEPS + 1))
    return Projection(figures[-1].status, len(days), days[0], days[-1], level, path)
