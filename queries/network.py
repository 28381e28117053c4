"""The UNESCO Global Network of Learning Cities: the road there, its members, the duties, the framework, the weeks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TypeVar

import pandas as pd

from queries.catalogue import Source, typed
from queries.warehouse import Warehouse

SCOPES = ("hanoi", "vietnam", "network")
ADMITTED = "hanoi-admitted"
CERTIFIED = "certificate"
RESOLVED = "resolution-23"
HOME = ("Hà Nội", "VNM")

_Row = TypeVar("_Row")


@dataclass(frozen=True)
class Milestone:
    """One event on the road. ``date_precision`` is day, month, year, on_or_before or publication."""

    milestone_id: str
    happened_on: dt.date
    date_precision: str
    scope: str
    state: str
    title_vi: str
    title_en: str
    note_vi: str | None
    note_en: str | None
    source: Source


@dataclass(frozen=True)
class NetworkTotal:
    """One publication of the network's size. ``status`` is official, press or superseded.

    ``conflict`` says that another row contradicts its number of members; ``members_qualifier`` limits that number.
    """

    observed_on: dt.date
    date_precision: str
    members: int | None
    members_qualifier: str | None
    countries: int | None
    new_members: int | None
    new_members_countries: int | None
    status: str
    conflict: bool
    note_vi: str | None
    note_en: str | None
    source: Source


@dataclass(frozen=True)
class Member:
    """A city that a source names as a member. ``evidence`` is official, uil_page or press."""

    city: str
    country: str
    country_vi: str
    year_joined: int | None
    evidence: str | None
    note_vi: str | None
    note_en: str | None
    source: Source


@dataclass(frozen=True)
class Named:
    """How many members can be named in a region."""

    unesco_region: str
    members: int


@dataclass(frozen=True)
class Duty:
    """What a member owes, or an event of the network. ``state``: ongoing, due, planned, done, not_known."""

    obligation_id: str
    kind: str
    title_vi: str
    title_en: str
    detail_vi: str
    detail_en: str
    due_on: dt.date | None
    due_vi: str | None
    due_en: str | None
    state: str
    owner: str | None
    source: Source


@dataclass(frozen=True)
class FocalArea:
    """One of the three areas or of the twelve focal areas of the Key Features, with who worded its name."""

    focal_area_id: str
    level: str
    area_id: str | None
    name_vi: str
    name_en: str
    label_origin_vi: str | None
    label_origin_en: str | None
    source: Source


@dataclass(frozen=True)
class LearningWeek:
    """What one source tells of one year's Lifelong Learning Week; ``scope`` says whose theme and dates they are."""

    year: int
    scope: str
    theme_vi: str | None
    theme_en: str | None
    starts_on: dt.date | None
    ends_on: dt.date | None
    hanoi_facts_vi: str | None
    hanoi_facts_en: str | None
    source: Source


def _with_source(w: Warehouse, kind: type[_Row], sql: str, *parameters: object) -> list[_Row]:
    """Rows of ``sql`` as ``kind``, each with the source that its ``source_id`` names."""
    rows = w.rows(sql, *parameters)
    wanted = sorted({row["source_id"] for row in rows})
    known = {
        row["source_id"]: typed(Source, row)
        for row in w.rows("SELECT * FROM source WHERE list_contains(?, source_id)", wanted)
    }
    return [typed(kind, {**row, "source": known[row["source_id"]]}) for row in rows]


def milestones(w: Warehouse) -> list[Milestone]:
    """All milestones, the earliest first."""
    return _with_source(w, Milestone, "SELECT * FROM milestone ORDER BY happened_on, milestone_id")


def totals(w: Warehouse) -> list[NetworkTotal]:
    """Every published size of the network, the earliest first; rows that give only a cohort have no ``members``."""
    return _with_source(
        w, NetworkTotal, "SELECT * FROM network_total ORDER BY observed_on, status DESC, source_id"
    )


def latest_total(w: Warehouse) -> NetworkTotal | None:
    """The latest official size of the network."""
    usable = [t for t in totals(w) if t.members and t.status == "official"]
    return usable[-1] if usable else None


def members_of(w: Warehouse, iso3: str) -> list[Member]:
    """Confirmed members of a country, those that joined first first."""
    return _with_source(
        w,
        Member,
        "SELECT * FROM member_city WHERE iso3 = ? AND confirmed ORDER BY year_joined NULLS LAST, city COLLATE vi",
        iso3,
    )


def named(w: Warehouse) -> list[Named]:
    """How many cities sources name as members, by UNESCO region, the most first. Some may have left since."""
    rows = w.rows(
        "SELECT unesco_region, count(*) AS members FROM member_city WHERE confirmed GROUP BY ALL ORDER BY 2 DESC, 1"
    )
    return [typed(Named, row) for row in rows]


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


def duties(w: Warehouse) -> list[Duty]:
    """What a member owes: first what is open or continuing, then what is past."""
    return _with_source(
        w,
        Duty,
        """
        SELECT * FROM obligation WHERE kind = 'duty'
        ORDER BY list_position(['due', 'not_known', 'planned', 'ongoing', 'done'], state), due_on NULLS LAST, obligation_id
        """,
    )


def events_ahead(w: Warehouse) -> list[Duty]:
    """Events of the network that are planned."""
    return _with_source(
        w,
        Duty,
        "SELECT * FROM obligation WHERE kind = 'event' AND state = 'planned' ORDER BY due_on NULLS LAST, obligation_id",
    )


def focal_areas(w: Warehouse) -> list[FocalArea]:
    """The three areas and twelve focal areas, in the framework's order."""
    return _with_source(w, FocalArea, "SELECT * FROM focal_area ORDER BY focal_area_id")


def learning_weeks(w: Warehouse) -> list[LearningWeek]:
    """What sources tell of each year's week, the latest year first, within a year the whole country first."""
    return _with_source(
        w,
        LearningWeek,
        """
        SELECT * FROM learning_week
        ORDER BY year DESC, list_position(['national', 'hanoi', 'district', 'other'], scope), source_id
        """,
    )
