"""The members of the network that can be named: who, where, since when, of what size, by which source.

The list is not UNESCO's own: it is put together from what sources name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from queries.catalogue import Source
from queries.network import with_source
from queries.rules import threshold
from queries.text import fits
from queries.warehouse import Warehouse, remembered

HOME = ("Hà Nội", "VNM")
REGIONS = ("asia_pacific", "europe_north_america", "latin_america_caribbean", "arab_states", "africa")
ALL = "all"
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Member:
    """A city that a source names as a member. ``evidence`` is official, uil_page or press.

    ``lat`` and ``lon`` are None where no point is known; ``coord_precision`` says whether the point is the place itself
    (named_place) or the larger place that holds it (parent_place). ``population`` is GeoNames', of no stated year.
    """

    city: str
    country: str
    country_vi: str
    iso3: str
    unesco_region: str
    year_joined: int | None
    lat: float | None
    lon: float | None
    coord_precision: str | None
    coord_source: str | None
    evidence: str | None
    note_vi: str | None
    note_en: str | None
    population: int | None
    source: Source

    @property
    def is_home(self) -> bool:
        """Whether this is Hà Nội."""
        return (self.city, self.iso3) == HOME


@dataclass(frozen=True)
class Choice:
    """Which members a reader asks for; ``all`` is no limit, the year ``unknown`` those without one."""

    region: str = ALL
    year: str = ALL
    country: str = ALL
    sought: str = ""

    def admits(self, member: Member) -> bool:
        """Whether a member fits; names are sought with or without diacritics."""
        names = f"{member.city} {member.country} {member.country_vi}"
        return (
            self.region in (ALL, member.unesco_region)
            and self.year in (ALL, str(member.year_joined or UNKNOWN))
            and self.country in (ALL, member.iso3)
            and fits(names, self.sought)
        )


@dataclass(frozen=True)
class Named:
    """How many members can be named in a region."""

    unesco_region: str
    members: int


@dataclass(frozen=True)
class LikeSize:
    """The members whose population lies between ``low`` and ``high``, the largest first, Hà Nội among them.

    ``unknown`` is how many members have no population with a source, so that they are left out.
    """

    members: tuple[Member, ...]
    low: float
    high: float
    times: float
    unknown: int


@remembered
def members(w: Warehouse) -> tuple[Member, ...]:
    """Every confirmed member by country and city."""
    return tuple(
        with_source(
            w,
            Member,
            """
            SELECT m.*, p.population
            FROM member_city AS m LEFT JOIN member_population AS p USING (city, iso3)
            WHERE m.confirmed ORDER BY m.country, m.city COLLATE vi
            """,
        )
    )


def chosen(w: Warehouse, choice: Choice) -> tuple[Member, ...]:
    """The members that fit a choice."""
    return tuple(m for m in members(w) if choice.admits(m))


def home(w: Warehouse) -> Member | None:
    """Hà Nội's own row."""
    return next((m for m in members(w) if m.is_home), None)


def compatriots(w: Warehouse) -> list[Member]:
    """The Vietnamese members, those that joined first first."""
    own = [m for m in members(w) if m.iso3 == HOME[1]]
    return sorted(own, key=lambda m: (m.year_joined is None, m.year_joined or 0, m.is_home))


def like_size(w: Warehouse) -> LikeSize | None:
    """Members about as large as Hà Nội by one and the same source; None where that gives no population of Hà Nội."""
    every, own, times = members(w), home(w), threshold(w, "member_like_size")
    if own is None or own.population is None:
        return None
    low, high = own.population / times, own.population * times
    near = [m for m in every if m.population is not None and low <= m.population <= high]
    near.sort(key=lambda m: -(m.population or 0))
    return LikeSize(tuple(near), low, high, times, sum(m.population is None for m in every))


def named(found: Sequence[Member]) -> list[Named]:
    """How many of some members each UNESCO region has, the most first."""
    counts = {region: sum(m.unesco_region == region for m in found) for region in REGIONS}
    some = [Named(region, n) for region, n in counts.items() if n]
    return sorted(some, key=lambda n: (-n.members, n.unesco_region))


def unconfirmed(w: Warehouse) -> int:
    """How many names could not be confirmed and are not counted."""
    row = w.row("SELECT count(*) AS n FROM member_city WHERE NOT confirmed")
    return int(row["n"]) if row else 0


def cohorts(w: Warehouse) -> pd.DataFrame:
    """Members that can be named against those announced, one row a year of joining; “unknown” and “all” come last."""
    return w.frame(
        """
        SELECT year_joined, listed, official_new_members, missing, note_vi, note_en FROM cohort_check
        ORDER BY list_position(['unknown', 'all'], year_joined) NULLS FIRST, year_joined
        """
    )


@remembered
def land(w: Warehouse) -> tuple[tuple[tuple[float, float], ...], ...]:
    """The land of the world as closed rings of longitude and latitude; an inland sea runs the other way round."""
    rows = w.rows("SELECT outline FROM land_outline ORDER BY ring")
    return tuple(tuple(_point(point) for point in row["outline"].split()) for row in rows)


def _point(text: str) -> tuple[float, float]:
    lon, lat = text.split(",")
    return float(lon), float(lat)
