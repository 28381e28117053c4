"""The register of schools: how many, where, how large; with places and names that belong to none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from etl.sample.chance import Chance, rounded
from etl.sample.offices import Figures
from etl.sample.places import KM_PER_LAT, KM_PER_LON, Ward

REGISTER_DATE = "2025-09-30"
REGISTER_PERIOD = "2025-Q3"


class SchoolKind(NamedTuple):
    """Schools of one level: how many by ownership, pupils in all, and sizes. The split by level is ours."""

    level: str
    words: str
    public: int
    private: int
    pupils: int
    pupils_per_class: float
    teachers_per_class: float
    private_size: float  # of a public school of the same level


SCHOOL_KINDS = (
    SchoolKind("preschool", "mầm non", 812, 345, 521_000, 24.0, 1.85, 0.42),
    SchoolKind("primary", "tiểu học", 742, 62, 789_000, 36.0, 1.45, 0.5),
    SchoolKind("lower_secondary", "trung học cơ sở", 645, 42, 590_000, 40.0, 1.96, 0.5),
    SchoolKind("upper_secondary", "trung học phổ thông", 123, 98, 290_000, 41.0, 2.27, 0.4),
    SchoolKind("multi_level", "nhiều cấp học", 15, 70, 137_000, 27.0, 2.4, 1.1),
)  # 2,337 public + 617 private = 2,954 schools; 2,327,000 pupils
IN_EVERY_WARD = ("preschool", "primary", "lower_secondary")
# By kind of place: schools per head, and their size.
SCHOOL_PLACES = {"public": (0.8, 0.85, 1.1, 1.15), "private": (1.5, 1.9, 0.7, 0.25)}
SCHOOL_SIZE = (1.25, 1.3, 0.95, 0.8)
NATIONAL_STANDARD = {"public": 0.796, "private": 0.12}  # "nearly 80%" of public schools
STANDARD_TILT = (0.0, 0.15, 0.3, 0.25)
MAX_KM_FROM_CENTRE = 1.0


def apportioned(number: int, weights: Sequence[float], least: int = 0) -> list[int]:
    """Whole numbers by weight that add up exactly, none below ``least``; the largest remainders are rounded up."""
    whole = math.fsum(weights)
    exact = [(number - least * len(weights)) * weight / whole for weight in weights]
    parts = [math.floor(value) for value in exact]
    left = number - least * len(weights) - sum(parts)
    for i in sorted(range(len(weights)), key=lambda i: (parts[i] - exact[i], i))[:left]:
        parts[i] += 1
    return [part + least for part in parts]


@dataclass
class School:
    """One school of the register, with a place and a name that belong to none."""

    ward: int
    kind: SchoolKind
    ownership: str
    chance: Random
    pupils: int = 0
    national_standard: bool = False
    happy_school: bool = False


def place_schools(wards: Sequence[Ward], chance: Chance) -> list[School]:
    """All schools by ward, level and ownership, as many in each ward as its people and its kind suggest."""
    schools = []
    for kind in SCHOOL_KINDS:
        for ownership, number in (("public", kind.public), ("private", kind.private)):
            weights = [
                ward.population
                * SCHOOL_PLACES[ownership][ward.kind]
                * (0.8 + 0.4 * chance.uniform("schools", kind.level, ownership, ward.code))
                for ward in wards
            ]
            least = 1 if ownership == "public" and kind.level in IN_EVERY_WARD else 0
            for i, here in enumerate(apportioned(number, weights, least)):
                for one in range(here):
                    stream = chance.stream("school", wards[i].code, kind.level, ownership, str(one))
                    schools.append(School(i, kind, ownership, stream))
    return sorted(schools, key=lambda school: school.ward)


def fill_schools(schools: Sequence[School], wards: Sequence[Ward]) -> None:
    """Give each school its pupils, and mark those at the national standard."""
    for kind in SCHOOL_KINDS:
        of_kind = [school for school in schools if school.kind is kind]
        sizes = [
            SCHOOL_SIZE[wards[school.ward].kind]
            * (kind.private_size if school.ownership == "private" else 1.0)
            * (0.6 + 0.8 * school.chance.random())
            for school in of_kind
        ]
        for school, pupils in zip(of_kind, apportioned(kind.pupils, sizes), strict=True):
            school.pupils = pupils
    for ownership, rate in NATIONAL_STANDARD.items():
        own = [school for school in schools if school.ownership == ownership]
        merit = [STANDARD_TILT[wards[school.ward].kind] + school.chance.random() for school in own]
        best = sorted(range(len(own)), key=lambda i: -merit[i])[: math.floor(rate * len(own))]
        for i in best:
            own[i].national_standard = True


def mark_happy_schools(schools: Sequence[School], wards: Sequence[Ward], happy: Figures) -> None:
    """Mark as many in each ward as the wards report for the same date."""
    for i, ward in enumerate(wards):
        here = [school for school in schools if school.ward == i]
        keenness = [school.chance.random() for school in here]
        number = happy[ward.code, "happy_school.applied"][0] or 0
        for j in sorted(range(len(here)), key=lambda j: keenness[j])[:number]:
            here[j].happy_school = True


def _somewhere_in(ward: Ward, chance: Random) -> tuple[str, str]:
    """A point around the middle of the ward, in a circle that stays inside even a small one."""
    radius = min(MAX_KM_FROM_CENTRE, 0.4 * math.sqrt(ward.area_km2))
    while True:
        north, east = (2 * chance.random() - 1 for _ in range(2))
        if north * north + east * east <= 1:
            return (
                f"{ward.lat + north * radius / KM_PER_LAT:.5f}",
                f"{ward.lon + east * radius / KM_PER_LON:.5f}",
            )


def register_rows(schools: Sequence[School], wards: Sequence[Ward]) -> list[list[str | int]]:
    """The register as an office would write it."""
    rows: list[list[str | int]] = []
    in_ward: dict[int, int] = {}
    for number, school in enumerate(schools, start=1):
        ward, kind = wards[school.ward], school.kind
        in_ward[school.ward] = in_ward.get(school.ward, 0) + 1
        classes = max(
            1, rounded(school.pupils / kind.pupils_per_class * (0.9 + 0.2 * school.chance.random()), 0.5)
        )
        teachers = max(
            2, rounded(classes * kind.teachers_per_class * (0.92 + 0.16 * school.chance.random()), 0.5)
        )
        code = f"MH-{ward.code}-{in_ward[school.ward]:03d}"
        name = f"Trường minh họa số {number:04d} ({kind.words})"
        flags = [str(flag).lower() for flag in (school.national_standard, school.happy_school)]
        identity = [REGISTER_DATE, code, name, kind.level, school.ownership, ward.code]
        place = _somewhere_in(ward, school.chance)
        rows.append([*identity, classes, school.pupils, teachers, *flags, *place])
    return rows
