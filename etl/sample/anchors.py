"""The city's course as declared: published figures where there are some, plausible ones between them."""

from __future__ import annotations

from typing import NamedTuple

HALF_YEARS = (*(f"{year}-H{half}" for year in range(2021, 2025) for half in (1, 2)), "2025-H1")
QUARTERS = ("2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3")


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
