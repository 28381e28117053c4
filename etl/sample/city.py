"""The city's figures laid out over its wards."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from etl.sample.anchors import CONTINUING, CONTINUING_CENTRES, FLOWS
from etl.sample.chance import Chance
from etl.sample.course import quarters_since_2020
from etl.sample.patterns import PATTERNS, YEARLY_GROWTH
from etl.sample.places import Ward


def bent(level: float, effect: float) -> float:
    """A rate between 0 and 1 from a level without bounds.

    Like the logistic curve, but made of a square root, which is the same on every machine. An effect moves a
    rate in the middle by points, and near 0 or 1 by a share of what is left.
    """
    x = level + effect * math.sqrt(1 + level * level)
    return 0.5 * (1 + x / math.sqrt(1 + x * x))


def rates_around(city_rate: float, weights: Sequence[float], effects: Sequence[float]) -> list[float]:
    """One rate a ward, apart from each other by their effects, that together give the city's rate."""
    wanted = city_rate * math.fsum(weights)
    low, high = -300.0, 300.0
    for _ in range(60):
        middle = (low + high) / 2
        reached = math.fsum(
            weight * bent(middle, effect) for weight, effect in zip(weights, effects, strict=True)
        )
        low, high = (middle, high) if reached < wanted else (low, middle)
    return [bent(low, effect) for effect in effects]


@dataclass(frozen=True)
class City:
    """The wards, how many schools each has, those with a continuing-education centre, and chance."""

    wards: Sequence[Ward]
    schools: Sequence[int]
    hosts: frozenset[str]
    chance: Chance

    def amounts(self, thing: str, period: str, total: float) -> list[float]:
        """How the city's total lies over the wards."""
        years = (quarters_since_2020(period) - 19) / 4
        weights = [
            self._weight(i, thing, period) * (1 + YEARLY_GROWTH[w.kind] * years)
            for i, w in enumerate(self.wards)
        ]
        whole = math.fsum(weights)
        return [total * weight / whole for weight in weights]

    def _weight(self, i: int, thing: str, period: str) -> float:
        ward = self.wards[i]
        if thing == "happy_school.applied":
            return self.schools[i]
        if thing == CONTINUING and ward.code not in self.hosts:
            return 0.0
        if thing == "association.members":  # its denominator is the population itself
            return ward.population
        own = 1 + 0.12 * self.chance.bell("amount", thing, ward.code)
        passing = 1 + 0.12 * self.chance.bell("amount", thing, ward.code, period) if thing in FLOWS else 1.0
        return ward.population * PATTERNS[thing].per_head[ward.kind] * max(0.3, own) * max(0.3, passing)

    def effects(self, thing: str, period: str, aspect: str) -> list[float]:
        """How far each ward's rate is from the like: its kind, its former district, itself, its own course."""
        pattern, bell = PATTERNS[thing], self.chance.bell
        years = (quarters_since_2020(period) - 16) / 4
        found = []
        for ward in self.wards:
            near = math.fsum(
                share * (0.5 * bell("district", key) + 0.4 * bell("district", key, thing))
                for key, share in ward.parts
            )
            own = 0.45 * bell("ward", ward.code) + 0.6 * bell("ward", ward.code, thing, aspect)
            course_of_its_own = 0.015 * years * bell("drift", ward.code, thing)
            passing = 0.012 * bell("passing", ward.code, thing, aspect, period)
            effect = pattern.tilt[ward.kind] + pattern.spread * (near + own) + course_of_its_own + passing
            found.append(min(0.8, max(-0.8, effect)))
        return found

    def rates(
        self, thing: str, period: str, aspect: str, city_rate: float, weights: Sequence[float]
    ) -> list[float]:
        """One rate a ward for that period."""
        return rates_around(city_rate, weights, self.effects(thing, period, aspect))


def continuing_hosts(wards: Sequence[Ward]) -> frozenset[str]:
    """The wards that have a continuing-education centre: the largest of each former district but the smallest."""
    people: dict[str, float] = {}
    largest: dict[str, tuple[float, str]] = {}
    for ward in wards:
        for district, share in ward.parts:
            people[district] = people.get(district, 0.0) + ward.population * share
            largest[district] = max(
                largest.get(district, (0.0, "")), (share * share * ward.population, ward.code)
            )
    by_size = sorted(people, key=lambda district: (-people[district], district))
    return frozenset(largest[district][1] for district in by_size[:CONTINUING_CENTRES])
