"""Who reports: the former districts until July 2025, today's wards since."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from etl.sample.places import Ward

# What offices report: by unit code and model or indicator, the columns in their order.
Figures = dict[tuple[str, str], list[int | None]]


@dataclass(frozen=True)
class Office:
    """A unit that reports. ``parts``: which of today's wards, and what share of each, is its own.

    ``counted`` holds what is known of it by counting and needs no estimate, such as its communes.
    """

    code: str
    name: str
    parts: tuple[tuple[int, float], ...]
    counted: Mapping[str, int]


def district_offices(units: Sequence[Mapping[str, str]], wards: Sequence[Ward]) -> list[Office]:
    """The 30 former districts, each with its parts of today's wards."""
    parents = [unit["parent_key"] for unit in units if unit["level"] == "ward" and unit["valid_to"]]
    offices = []
    for unit in sorted(units, key=lambda u: u["unit_key"]):
        if unit["level"] == "district":
            key = unit["unit_key"]
            parts = tuple(
                (i, share) for i, ward in enumerate(wards) for part, share in ward.parts if part == key
            )
            communes = parents.count(key)
            counted = {"district": 1, "commune": communes, "clc.active": communes}
            offices.append(Office(unit["code"], unit["name_vi"], parts, counted))
    return offices


def ward_offices(wards: Sequence[Ward], schools: Sequence[int]) -> list[Office]:
    """Each of today's wards, reporting for itself."""
    return [
        Office(
            code=ward.code,
            name=ward.name,
            parts=((i, 1.0),),
            counted={
                "commune": 1,
                "clc.active": min(3, 1 + ward.population // 60_000),
                "happy_school.applied": schools[i],
            },
        )
        for i, ward in enumerate(wards)
    ]


def of_office(office: Office, values: Sequence[float]) -> float:
    """What of the wards' values is the office's own."""
    return math.fsum(values[i] * share for i, share in office.parts)
