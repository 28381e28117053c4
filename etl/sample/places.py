"""Today's wards: their people, where they lie, what kind of place they are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CENTRE_LAT, CENTRE_LON = 21.0285, 105.852  # Hoàn Kiếm
KM_PER_LAT, KM_PER_LON = 110.7, 103.9  # at 21° north
CORE, NEW_URBAN, SUBURB, FAR = range(4)
OUTER_KM, CORE_DENSITY = 25, 15_000


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
