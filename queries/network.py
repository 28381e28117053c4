"""The UNESCO Global Network of Learning Cities: the road there, its size, the duties of a member, the weeks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TypeVar

from queries.catalogue import Source, sources, typed
from queries.warehouse import Warehouse

SCOPES = ("hanoi", "vietnam", "network")
ADMITTED = "hanoi-admitted"
CERTIFIED = "certificate"
RESOLVED = "resolution-23"

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
class Step:
    """One step of an application: what the rule says, and what is known of Hà Nội (``record``)."""

    step_id: str
    position: int
    title_vi: str
    title_en: str
    detail_vi: str
    detail_en: str
    applies_to_vi: str | None
    applies_to_en: str | None
    source: Source
    record: StepRecord | None


@dataclass(frozen=True)
class StepRecord:
    """Where Hà Nội stood at a step: ``documented`` by a source, or ``inferred`` from its admission, without a date."""

    step_id: str
    standing: str
    happened_on: dt.date | None
    date_precision: str | None
    what_vi: str
    what_en: str
    source: Source | None


@dataclass(frozen=True)
class Duty:
    """What a member owes or may do, or an event of the network, with how far Hà Nội is.

    ``kind``: duty, option, event. ``timing`` says when it belongs: ongoing, due, planned, done (past), not_known.
    ``state`` is Hà Nội's own: not_known, not_started, in_progress, done, not_applicable; None where nobody keeps it.
    ``owner_*`` are bodies, None while none is assigned.
    """

    obligation_id: str
    kind: str
    title_vi: str
    title_en: str
    detail_vi: str
    detail_en: str
    due_on: dt.date | None
    due_vi: str | None
    due_en: str | None
    timing: str
    source: Source
    state: str | None
    owner_vi: str | None
    owner_en: str | None
    state_note_vi: str | None
    state_note_en: str | None
    updated_on: dt.date | None
    state_source: Source | None

    def is_late(self, today: dt.date) -> bool:
        """Whether its day is over and it is neither done nor void for Hà Nội."""
        over = self.due_on is not None and self.due_on < today and self.timing != "done"
        return over and self.state not in ("done", "not_applicable")


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


def with_source(w: Warehouse, kind: type[_Row], sql: str, *parameters: object) -> list[_Row]:
    """Rows of ``sql`` as ``kind``, each with the source that its ``source_id`` names; None where it names none."""
    known = sources(w)
    return [typed(kind, {**row, "source": known.get(row["source_id"])}) for row in w.rows(sql, *parameters)]


def milestones(w: Warehouse) -> list[Milestone]:
    """All milestones, the earliest first."""
    return with_source(w, Milestone, "SELECT * FROM milestone ORDER BY happened_on, milestone_id")


def totals(w: Warehouse) -> list[NetworkTotal]:
    """Every published size of the network, the earliest first; rows that give only a cohort have no ``members``."""
    return with_source(
        w, NetworkTotal, "SELECT * FROM network_total ORDER BY observed_on, status DESC, source_id"
    )


def latest_total(w: Warehouse) -> NetworkTotal | None:
    """The latest official size of the network."""
    usable = [t for t in totals(w) if t.members and t.status == "official"]
    return usable[-1] if usable else None


def steps(w: Warehouse) -> list[Step]:
    """The steps of an application in their order, each with what is known of Hà Nội."""
    records = {r.step_id: r for r in with_source(w, StepRecord, "SELECT * FROM step_record")}
    found = with_source(w, Step, "SELECT * FROM membership_step WHERE kind = 'step' ORDER BY position")
    return [replace(step, record=records.get(step.step_id)) for step in found]


def duties(w: Warehouse) -> list[Duty]:
    """Duties, then options, then events; within each what is open or continuing first, what is past last."""
    known = sources(w)
    rows = w.rows(
        """
        SELECT o.*, s.state, s.owner_vi, s.owner_en, s.note_vi AS state_note_vi, s.note_en AS state_note_en,
               s.updated_on, s.source_id AS state_source_id
        FROM obligation AS o LEFT JOIN duty_state AS s USING (obligation_id)
        ORDER BY list_position(['duty', 'option', 'event'], kind),
            list_position(['due', 'not_known', 'planned', 'ongoing', 'done'], timing), due_on NULLS LAST, obligation_id
        """
    )
    return [
        typed(
            Duty,
            {**row, "source": known[row["source_id"]], "state_source": known.get(row["state_source_id"])},
        )
        for row in rows
    ]


def learning_weeks(w: Warehouse) -> list[LearningWeek]:
    """What sources tell of each year's week, the latest year first, within a year the whole country first."""
    return with_source(
        w,
        LearningWeek,
        """
        SELECT * FROM learning_week
        ORDER BY year DESC, list_position(['national', 'hanoi', 'district', 'other'], scope), source_id
        """,
    )
