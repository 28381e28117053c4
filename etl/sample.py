"""Illustrative reports in exactly the layout of office files, for the time until real ones are loaded.

The city's course comes from published figures where they agree with each other; how wards differ is made up.
Every quantity is laid out over today's 126 wards and added up to the 30 former districts by the share of each
ward that lay in each of them, so that both eras tell one story. Same seed, same bytes: only ``Random.random``,
``fsum`` and operations that IEEE 754 rounds exactly are used, and nothing depends on the order of a set.

Taken, and met by the sum over all districts (or, for the register, over all schools):
  family 71.25% of all (August 2023); 1,669,074 recognised, 89.06% of registered (December 2024), 72.1% of all
  (August 2024); clan 8,579, 89.49%, 68%; community 4,709, 91.67%, 78%; unit 4,061, 99.68%, 79%; residents 42% of
  all adults (August 2024); association members 1,953,233 = 23.44% of the population (December 2024); association
  fund nearly 440 billion VND raised in the whole of 2024, read as its two half-years together; literacy 99.97%
  (August 2023); 2,874 and 2,913 schools (2023-2024, 2024-2025); 57,000 learners at continuing centres (2025-2026);
  2,954 schools, 2,337 of them public, 2,327,000 pupils, about 70,500 classes, nearly 129,300 teachers (2025-2026);
  nearly 80% of public schools at the national standard. A figure of August stands for that year's second half.
Left out, because they contradict those or do not say of what they are a share: the dossier figures printed in
  December 2025 (families 67%, clans 59%, communities 77%), citizens 60.09%, units "nearly 96%", the schools of June
  2022 (another coverage). "More than 1.5 million" members in 2023 is only a lower bound; the 1,953,233 less the
  109,585 who joined in 2024 is taken instead.
Simplified: communes of the former districts are the 526 of early 2025 throughout, though there were 579 before.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import NamedTuple

from etl.problems import Problem

NOTE = "Số liệu minh họa"
REGISTER_DATE = "2025-09-30"
REGISTER_PERIOD = "2025-Q3"
HALF_YEARS = (*(f"{year}-H{half}" for year in range(2021, 2025) for half in (1, 2)), "2025-H1")
QUARTERS = ("2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3")

Figures = dict[tuple[str, str], list[int | None]]


# ---- The city's course -------------------------------------------------------------------------------------------


class Level(NamedTuple):
    """Where the city stands: how many there are, and which shares of all are registered and recognised."""

    total: float
    registered: float
    recognised: float


class Share(NamedTuple):
    """Where the city stands in a rate: its denominator and the rate."""

    total: float
    rate: float


def published(recognised: int, *, of_total: float, of_registered: float) -> Level:
    """The level that a published count and its two published rates imply."""
    return Level(recognised / of_total, of_total / of_registered, of_total)


# Straight lines between these. Lines with a published figure name it; the others are ours and only plausible.
MODELS: dict[str, dict[str, Level]] = {
    "citizen_resident": {  # adults; the title came with decision 677/QĐ-TTg of June 2022, before that a few try it
        "2021-H1": Level(6_080_000, 0.061, 0.024),
        "2022-H1": Level(6_136_000, 0.148, 0.082),
        "2023-H2": Level(6_205_000, 0.446, 0.353),
        "2024-H2": Level(6_251_000, 0.503, 0.4212),  # "over 42%" of adults, 2024-08
        "2026-Q3": Level(6_338_000, 0.561, 0.486),
    },
    "citizen_staff": {  # staff of the units below
        "2021-H1": Level(231_000, 0.094, 0.051),
        "2022-H1": Level(233_000, 0.227, 0.163),
        "2024-H2": Level(239_600, 0.708, 0.632),
        "2026-Q3": Level(243_100, 0.781, 0.714),
    },
    "family": {
        "2021-H1": Level(2_231_000, 0.762, 0.667),
        "2023-H2": Level(2_292_000, 0.801, 0.7125),  # 71.25% of all, 2023-08
        "2024-H2": published(1_669_074, of_total=0.721, of_registered=0.8906),  # 2024-12; of all: 2024-08
        "2026-Q3": Level(2_357_000, 0.829, 0.744),
    },
    "clan": {
        "2021-H1": Level(12_480, 0.671, 0.573),
        "2024-H2": published(8_579, of_total=0.68, of_registered=0.8949),  # 2024-12; of all: 2024-08
        "2026-Q3": Level(12_655, 0.786, 0.711),
    },
    "community": {
        "2021-H1": Level(6_118, 0.764, 0.671),
        "2024-H2": published(4_709, of_total=0.78, of_registered=0.9167),  # 2024-12; of all: 2024-08
        "2026-Q3": Level(5_998, 0.872, 0.807),
    },
    "unit": {
        "2021-H1": Level(5_022, 0.648, 0.611),
        "2024-H2": published(4_061, of_total=0.79, of_registered=0.9968),  # 2024-12; of all: 2024-08
        "2026-Q3": Level(5_190, 0.833, 0.824),
    },
    "commune": {  # a former district's wards and communes; from July 2025 each ward begins anew
        "2021-H1": Level(526, 0.652, 0.551),
        "2025-H1": Level(526, 0.792, 0.709),
        "2025-Q3": Level(126, 0.741, 0.602),
        "2026-Q3": Level(126, 0.853, 0.727),
    },
    "district": {
        "2021-H1": Level(30, 0.29, 0.13),
        "2025-H1": Level(30, 0.62, 0.43),
    },
}

# Registration comes early in the year, recognition late: this part of registered × not registered is added.
EARLY_REGISTRATION = {"H1": 0.08, "H2": 0.0, "Q1": 0.11, "Q2": 0.08, "Q3": 0.04, "Q4": 0.0}

RATES: dict[str, dict[str, Share]] = {
    "clc.active": {  # one centre for each former ward or commune; today one to three a ward
        "2021-H1": Share(526, 0.812),
        "2025-H1": Share(526, 0.934),
        "2026-Q3": Share(526, 0.948),
    },
    "digital.skills": {
        "2021-H1": Share(6_242_000, 0.417),
        "2024-H2": Share(6_418_000, 0.683),
        "2026-Q3": Share(6_507_000, 0.757),
    },
    "literacy.age_15_60": {
        "2021-H1": Share(4_990_000, 0.9993),
        "2023-H2": Share(5_090_000, 0.9997),  # 99.97%, 2023-08
        "2026-Q3": Share(5_220_000, 0.9998),
    },
    "streaming.vocational": {
        "2021-H1": Share(101_300, 0.131),
        "2024-H2": Share(124_700, 0.168),
        "2026-Q3": Share(127_900, 0.189),
    },
    "happy_school.applied": {  # launched in October 2024; "nearly 3,000" schools apply it, 2025-12
        "2021-H1": Share(2_789, 0.062),
        "2023-H2": Share(2_874, 0.287),  # 2,874 schools in 2023-2024
        "2024-H1": Share(2_874, 0.352),
        "2024-H2": Share(2_913, 0.634),  # 2,913 schools in 2024-2025
        "2025-H1": Share(2_913, 0.873),
        "2025-Q3": Share(2_954, 0.972),
        "2026-Q3": Share(2_954, 0.988),
    },
    "association.members": {  # of the population
        "2021-H1": Share(8_093_000, 0.1876),
        "2023-H2": Share(8_264_000, 0.2231),  # 1,953,233 less the 109,585 who joined in 2024
        "2024-H2": Share(1_953_233 / 0.2344, 0.2344),  # 1,953,233 members = 23.44%, 2024-12
        "2026-Q3": Share(8_458_000, 0.2517),
    },
}

# Enrolled at a date, at 29 centres; 57,000 is the published figure of 2025-2026 (29,000 and 28,000).
CONTINUING = "continuing.learners"
CONTINUING_CENTRES = 29
CONTINUING_COURSE: dict[str, tuple[float]] = {
    "2021-H1": (48_700,),
    "2025-H1": (55_900,),
    "2025-Q3": (57_000,),
    "2026-Q2": (57_000,),
    "2026-Q3": (58_300,),
}


class Flow(NamedTuple):
    """What adds up over a year: the city's total of each year from 2021 on, and what part falls on each quarter."""

    yearly: tuple[float, float, float, float, float, float]
    season: tuple[float, float, float, float]
    rounded_to: int = 1


FLOWS: dict[str, Flow] = {
    "clc.learners": Flow(
        yearly=(1_213_000, 1_486_000, 1_655_000, 1_742_000, 1_796_000, 1_851_000),
        season=(0.21, 0.25, 0.23, 0.31),
    ),
    "association.fund": Flow(  # nearly 440 billion VND in 2024, over 52,000 VND a resident
        yearly=(301.2e9, 347.9e9, 396.4e9, 439.6e9, 458.3e9, 471.7e9),
        season=(0.19, 0.20, 0.27, 0.34),
        rounded_to=1000,
    ),
    "learning_week.participants": Flow(  # the week is held in early October (in 2021 in November)
        yearly=(412_000, 538_000, 604_000, 667_000, 731_000, 768_000),
        season=(0, 0, 0, 1),
    ),
    "campaign.held": Flow(
        yearly=(4_320, 5_170, 5_760, 6_240, 6_610, 6_930),
        season=(0.19, 0.23, 0.24, 0.34),
    ),
    "examples.commended": Flow(
        yearly=(3_130, 3_480, 3_790, 4_060, 4_210, 4_370),
        season=(0.09, 0.27, 0.19, 0.45),
    ),
}

INDICATORS = (
    "clc.active", "clc.learners", "continuing.learners", "digital.skills", "literacy.age_15_60", "streaming.vocational",
    "happy_school.applied", "association.members", "association.fund", "learning_week.participants", "campaign.held",
    "examples.commended",
)  # fmt: skip


# ---- How places differ -------------------------------------------------------------------------------------------

CENTRE_LAT, CENTRE_LON = 21.0285, 105.852  # Hoàn Kiếm
KM_PER_LAT, KM_PER_LON = 110.7, 103.9  # at 21° north
CORE, NEW_URBAN, SUBURB, FAR = range(4)
OUTER_KM, CORE_DENSITY = 25, 15_000
YEARLY_GROWTH = (-0.004, 0.012, 0.006, 0.001)  # of a ward against the city, by kind of place


class Pattern(NamedTuple):
    """How a thing differs between the four kinds of places, and how far like places differ.

    ``per_head`` is relative. ``tilt`` moves the rate: 0.1 is about 4 points where the rate is 70%.
    """

    per_head: tuple[float, float, float, float]
    tilt: tuple[float, float, float, float] = (0, 0, 0, 0)
    spread: float = 0.15


PATTERNS: dict[str, Pattern] = {
    "citizen_resident": Pattern((0.77, 0.74, 0.75, 0.76), (0.08, 0.03, -0.03, -0.08)),
    "citizen_staff": Pattern((1.9, 1.2, 0.8, 0.6), (0.06, 0.05, -0.02, -0.07)),
    "family": Pattern((0.285, 0.282, 0.275, 0.272), (0.02, -0.08, 0.03, 0.04)),
    "clan": Pattern((0.05, 0.2, 1.0, 1.7), (-0.14, -0.12, 0.02, 0.06)),
    "community": Pattern((1.25, 1.0, 0.9, 0.95), (0.0, -0.06, 0.02, 0.03)),
    "unit": Pattern((1.15, 0.95, 0.95, 1.0), (0.08, 0.02, -0.02, -0.05)),
    "commune": Pattern((1, 1, 1, 1), (0.05, -0.03, 0.03, 0.0)),
    "district": Pattern((1, 1, 1, 1)),
    "clc.active": Pattern((1, 1, 1, 1), (-0.05, 0.0, 0.05, 0.0)),
    "clc.learners": Pattern((0.7, 0.8, 1.1, 1.3)),
    "continuing.learners": Pattern((1, 1, 1, 1)),
    "digital.skills": Pattern((0.8, 0.76, 0.76, 0.76), (0.26, 0.2, 0.0, -0.2)),
    "literacy.age_15_60": Pattern((0.6, 0.64, 0.62, 0.6), (0.2, 0.15, 0.0, -0.22)),
    "streaming.vocational": Pattern((1.0, 1.1, 1.0, 0.95), (-0.22, -0.12, 0.06, 0.18)),
    "happy_school.applied": Pattern((1, 1, 1, 1), (0.1, 0.06, 0.0, -0.08), 0.2),
    "association.members": Pattern((1, 1, 1, 1), (-0.06, -0.06, 0.01, 0.07), 0.1),
    "association.fund": Pattern((1.3, 1.1, 0.9, 0.85), spread=0.25),
    "learning_week.participants": Pattern((1.2, 1.1, 0.9, 0.9), spread=0.25),
    "campaign.held": Pattern((1.0, 0.9, 1.0, 1.1)),
    "examples.commended": Pattern((1.1, 0.9, 1.0, 1.0)),
}

# Wards that have not sent a file, by table and quarter; of the last one, reports are still coming in.
ABSENT_WARDS: dict[str, dict[str, int]] = {
    "learning_models": {"2025-Q3": 9, "2025-Q4": 5, "2026-Q1": 6, "2026-Q2": 4, "2026-Q3": 14},
    "participation": {"2025-Q3": 9, "2025-Q4": 6, "2026-Q1": 5, "2026-Q2": 3, "2026-Q3": 14},
}
OFTEN_ABSENT = 4
# One district each left out one model.
ABSENT_ROWS = (("2021-H1", "citizen_staff"), ("2021-H1", "district"), ("2021-H2", "commune"))


class Oddity(NamedTuple):
    """A figure that obeys the rules and yet deserves a look: in each, one ward of the quarter."""

    period: str
    kind: str  # jump: nearly all; fall: well below before; copied: as in the quarter before; scaled: times ``factor``
    name: str = ""
    factor: float = 1.0


MODEL_ODDITIES = (
    Oddity("2025-Q4", "copied"),
    Oddity("2025-Q4", "jump", "clan"),
    Oddity("2026-Q1", "copied"),
    Oddity("2026-Q1", "fall", "family"),
    Oddity("2026-Q2", "jump", "citizen_resident"),
    Oddity("2026-Q2", "fall", "community"),
    Oddity("2026-Q3", "copied"),
    Oddity("2026-Q3", "copied"),
    Oddity("2026-Q3", "jump", "family"),
    Oddity("2026-Q3", "fall", "unit"),
)
PARTICIPATION_ODDITIES = (
    Oddity("2025-Q4", "scaled", "clc.learners", 7.0),
    Oddity("2026-Q2", "scaled", "association.fund", 0.001),  # thousands of VND written as VND
    Oddity("2026-Q3", "scaled", "campaign.held", 9.0),
)
FALL = 0.55
JUMP_REGISTERED, JUMP_RECOGNISED = 0.985, 0.97


# ---- The register of schools -------------------------------------------------------------------------------------


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

MODEL_COLUMNS = ("period", "unit_code", "unit_name", "model", "total", "registered", "recognised", "note")
PARTICIPATION_COLUMNS = ("period", "unit_code", "unit_name", "indicator", "numerator", "denominator", "note")
SCHOOL_COLUMNS = (
    "as_of", "school_code", "school_name", "level", "ownership", "unit_code", "classes", "pupils", "teachers",
    "national_standard", "happy_school", "lat", "lon",
)  # fmt: skip


# ---- Chance ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chance:
    """Random numbers by name, so that one more of a kind leaves all the others as they were."""

    seed: int

    def stream(self, *names: str) -> Random:
        """A generator of its own for that name."""
        return Random("/".join((str(self.seed), *names)))

    def uniform(self, *names: str) -> float:
        """A number from 0 up to 1."""
        return self.stream(*names).random()

    def bell(self, *names: str) -> float:
        """A number with mean 0 and deviation 1, within ±6: twelve uniform ones added up."""
        stream = self.stream(*names)
        return math.fsum(stream.random() for _ in range(12)) - 6


def rounded(value: float, chance: float, step: int = 1) -> int:
    """Up or down to a whole number of steps; over many chances the mean is kept, and order always is."""
    return math.floor(value / step + chance) * step


# ---- Places ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ward:
    """A ward or commune of today. ``parts`` says which share of it lay in which former district."""

    code: str
    name: str
    population: int
    area_km2: float
    lat: float
    lon: float
    kind: int
    parts: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Office:
    """A unit that reports. ``parts``: which of today's wards, and what share of each, is its own.

    ``counted`` holds what is known of it by counting and needs no estimate, such as its communes.
    """

    code: str
    name: str
    parts: tuple[tuple[int, float], ...]
    counted: Mapping[str, int]


def _kind_of(unit: Mapping[str, str]) -> int:
    density = int(unit["population"]) / float(unit["area_km2"])
    north = (float(unit["lat"]) - CENTRE_LAT) * KM_PER_LAT
    east = (float(unit["lon"]) - CENTRE_LON) * KM_PER_LON
    km = math.sqrt(north * north + east * east)
    if unit["type"] == "phuong" and km < OUTER_KM:
        return CORE if density >= CORE_DENSITY else NEW_URBAN
    return FAR if unit["type"] == "xa" and km >= OUTER_KM else SUBURB


def read_wards(units: Sequence[Mapping[str, str]], shares: Sequence[Mapping[str, str]]) -> list[Ward]:
    """Today's wards by code, with their shares in former districts brought to a sum of 1."""
    parts: dict[str, list[tuple[str, float]]] = {}
    for row in shares:
        parts.setdefault(row["ward_key"], []).append((row["district_key"], float(row["share"])))
    wards = []
    for unit in sorted(units, key=lambda u: u["unit_key"]):
        if unit["level"] != "ward" or unit["valid_to"]:
            continue
        own = parts[unit["unit_key"]]
        whole = math.fsum(share for _, share in own)
        wards.append(
            Ward(
                code=unit["code"],
                name=unit["name_vi"],
                population=int(unit["population"]),
                area_km2=float(unit["area_km2"]),
                lat=float(unit["lat"]),
                lon=float(unit["lon"]),
                kind=_kind_of(unit),
                parts=tuple((district, share / whole) for district, share in own),
            )
        )
    return wards


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


# ---- The city in a period ----------------------------------------------------------------------------------------


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


# ---- Figures of offices ------------------------------------------------------------------------------------------


def _of_office(office: Office, values: Sequence[float]) -> float:
    return math.fsum(values[i] * share for i, share in office.parts)


def model_figures(city: City, offices: Sequence[Office], period: str) -> Figures:
    """Total, registered and recognised by office and model."""
    figures: Figures = {}
    for model in MODELS:
        if model == "district" and period not in HALF_YEARS:
            continue
        total, registered_rate, recognised_rate = level_of(model, period)
        every = city.amounts(model, period, total)
        rates = city.rates(model, period, "registered", registered_rate, every)
        registered = [amount * rate for amount, rate in zip(every, rates, strict=True)]
        rates = city.rates(model, period, "recognised", recognised_rate, registered)
        recognised = [amount * rate for amount, rate in zip(registered, rates, strict=True)]
        for office in offices:
            whole = _of_office(office, every)
            known = office.counted.get(model, whole) / whole
            chance = city.chance.uniform("rounding", model, office.code)
            stages = (whole, _of_office(office, registered), _of_office(office, recognised))
            figures[office.code, model] = [rounded(stage * known, chance) for stage in stages]
            if model in office.counted:
                figures[office.code, model][0] = office.counted[model]
    return figures


def rate_figures(city: City, offices: Sequence[Office], period: str, indicator: str) -> Figures:
    """Numerator and denominator of one rate by office."""
    total, city_rate = course(RATES[indicator], period)
    every = city.amounts(indicator, period, total)
    rates = city.rates(indicator, period, "rate", city_rate, every)
    reached = [amount * rate for amount, rate in zip(every, rates, strict=True)]
    figures: Figures = {}
    for office in offices:
        whole = _of_office(office, every)
        chance = city.chance.uniform("rounding", indicator, office.code)
        denominator = office.counted.get(indicator, rounded(whole, chance))
        numerator = rounded(_of_office(office, reached) / whole * denominator, chance)
        figures[office.code, indicator] = [min(numerator, denominator), denominator]
    return figures


def count_figures(city: City, offices: Sequence[Office], period: str, indicator: str) -> Figures:
    """One count by office. Nothing where the city has none, as of the Learning Week outside its season."""
    flow = FLOWS.get(indicator)
    total = flow_of(flow, period) if flow else course(CONTINUING_COURSE, period)[0]
    if total == 0:
        return {}
    every = city.amounts(indicator, period, total)
    step = flow.rounded_to if flow else 1
    return {
        (office.code, indicator): [
            rounded(_of_office(office, every), city.chance.uniform("rounding", indicator, office.code), step),
            None,
        ]
        for office in offices
    }


def participation_figures(city: City, offices: Sequence[Office], period: str) -> Figures:
    """Numerator and denominator by office and indicator."""
    figures: Figures = {}
    for indicator in INDICATORS:
        of_kind = rate_figures if indicator in RATES else count_figures
        figures |= of_kind(city, offices, period, indicator)
    return figures


# ---- What real reports are like ----------------------------------------------------------------------------------


def absent_wards(city: City, table: str, period: str) -> frozenset[str]:
    """Wards whose file is not there: some by chance, a few again and again. Those with a centre send theirs."""
    codes = [ward.code for ward in city.wards]
    hosts = city.hosts if table == "participation" else frozenset()
    often = frozenset(
        sorted(codes, key=lambda code: city.chance.uniform("often absent", code))[:OFTEN_ABSENT]
    )
    lateness = {
        code: city.chance.uniform("absent", period, code) + (0.6 if code in often else 0.0)
        for code in codes
        if code not in hosts
    }
    return frozenset(sorted(lateness, key=lambda code: -lateness[code])[: ABSENT_WARDS[table][period]])


def _without(figures: Figures, absent: Collection[str]) -> Figures:
    return {key: values for key, values in figures.items() if key[0] not in absent}


def _choose(city: City, codes: Collection[str], *names: str) -> str:
    return min(codes, key=lambda code: (city.chance.uniform("odd", *names, code), code))


def _with_model_oddities(city: City, period: str, figures: Figures, before: Figures) -> Figures:
    """The figures of a quarter with its odd ones, each in another ward that is large enough to show it."""
    odd = dict(figures)
    free = {code for code, model in figures if model == "family" and (code, "family") in before}
    for number, oddity in enumerate(o for o in MODEL_ODDITIES if o.period == period):
        large = {
            code for code in free if oddity.kind == "copied" or (figures[code, oddity.name][0] or 0) >= 25
        }
        code = _choose(city, large, period, str(number))
        free.discard(code)
        if oddity.kind == "copied":
            odd |= {key: values for key, values in before.items() if key[0] == code}
            continue
        total, registered, recognised = (value or 0 for value in figures[code, oddity.name])
        if oddity.kind == "jump":
            odd[code, oddity.name] = [
                total,
                math.floor(total * JUMP_REGISTERED),
                math.floor(total * JUMP_RECOGNISED),
            ]
        else:
            odd[code, oddity.name] = [total, registered, math.floor(recognised * FALL)]
    return odd


def _with_participation_oddities(city: City, period: str, figures: Figures) -> Figures:
    odd = dict(figures)
    for oddity in PARTICIPATION_ODDITIES:
        if oddity.period == period:
            code = _choose(city, {code for code, _ in figures}, period, oddity.name)
            odd[code, oddity.name] = [math.floor((figures[code, oddity.name][0] or 0) * oddity.factor), None]
    return odd


def model_reports(city: City, districts: Sequence[Office], wards: Sequence[Office]) -> dict[str, Figures]:
    """What offices report on the models, by period."""
    reports: dict[str, Figures] = {}
    for period in HALF_YEARS:
        figures = model_figures(city, districts, period)
        for _, model in (missing for missing in ABSENT_ROWS if missing[0] == period):
            del figures[_choose(city, {office.code for office in districts}, period, model), model]
        reports[period] = figures
    before: Figures = {}
    for period in QUARTERS:
        sent = _without(model_figures(city, wards, period), absent_wards(city, "learning_models", period))
        before = reports[period] = _with_model_oddities(city, period, sent, before)
    return reports


def participation_reports(
    city: City, districts: Sequence[Office], wards: Sequence[Office]
) -> dict[str, Figures]:
    """What offices report on participation, by period."""
    reports = {period: participation_figures(city, districts, period) for period in HALF_YEARS}
    for period in QUARTERS:
        sent = _without(
            participation_figures(city, wards, period), absent_wards(city, "participation", period)
        )
        reports[period] = _with_participation_oddities(city, period, sent)
    return reports


# ---- The register of schools -------------------------------------------------------------------------------------


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


# ---- Files -------------------------------------------------------------------------------------------------------


def _read(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))
    except OSError as error:
        raise Problem(
            f"{path}: không đọc được ({error.strerror}). Cần bảng này để tạo số liệu minh họa.",
            f"{path}: cannot be read ({error.strerror}). The illustrative reports are made from it.",
        ) from error


def _write(path: Path, columns: Sequence[str], rows: Sequence[Sequence[str | int | None]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    return path


def _write_reports(
    folder: Path,
    columns: Sequence[str],
    reports: Mapping[str, Figures],
    names: Mapping[str, Mapping[str, str]],
) -> list[Path]:
    """One file a period, as ``names[period]`` spells its units."""
    written = []
    for period, figures in reports.items():
        rows = [
            [period, code, names[period][code], thing, *values, NOTE]
            for (code, thing), values in sorted(figures.items(), key=lambda item: item[0][0])
        ]
        written.append(_write(folder / f"{period}.csv", columns, rows))
    return written


def write_sample(data_dir: Path, *, seed: int = 2025) -> list[Path]:
    """Write all illustrative reports below ``data_dir/sample`` and return their paths.

    Reads ``reference/unit.csv`` and ``reference/ward_district_share.csv``. Same reference and seed, same bytes.
    """
    units = _read(data_dir / "reference" / "unit.csv")
    wards = read_wards(units, _read(data_dir / "reference" / "ward_district_share.csv"))
    chance = Chance(seed)
    schools = place_schools(wards, chance)
    number = [sum(school.ward == i for school in schools) for i in range(len(wards))]
    city = City(wards, number, continuing_hosts(wards), chance)
    of_districts, of_wards = district_offices(units, wards), ward_offices(wards, city.schools)

    fill_schools(schools, wards)
    mark_happy_schools(schools, wards, rate_figures(city, of_wards, REGISTER_PERIOD, "happy_school.applied"))

    names = {period: {office.code: office.name for office in of_districts} for period in HALF_YEARS}
    names |= {period: {office.code: office.name for office in of_wards} for period in QUARTERS}
    folder = data_dir / "sample"
    return [
        *_write_reports(
            folder / "learning_models", MODEL_COLUMNS, model_reports(city, of_districts, of_wards), names
        ),
        *_write_reports(
            folder / "participation",
            PARTICIPATION_COLUMNS,
            participation_reports(city, of_districts, of_wards),
            names,
        ),
        _write(folder / "schools" / f"{REGISTER_DATE}.csv", SCHOOL_COLUMNS, register_rows(schools, wards)),
    ]
