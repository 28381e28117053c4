"""What all panels of the page of one unit ask for, asked once: its facts, its latest figures, where its titles stand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from queries import catalogue, wards
from queries.bases import one_basis
from queries.catalogue import LearningModel, Target
from queries.figures import periods, reform_day
from queries.pace import Pace, pace_of_unit, target_to_meet
from queries.published import PublishedFigure, published_of
from queries.quality import Flag, flags
from queries.wards import Facts, Point, Predecessor, Reading, Report, Share
from queries.warehouse import Warehouse
from ui.cached import ENTRIES
from ui.context import View

HEADLINE = "recognised_of_total"
WEEK = "participation.learning_week.participants"
THEMES = ("model", "participation", "school")


@dataclass(frozen=True)
class Row:
    """One title of a unit: its pace on the headline basis, and its reading where it reported itself."""

    model: LearningModel
    pace: Pace
    reading: Reading | None

    @property
    def comparable(self) -> Reading | None:
        """The reading, where it is the very figure that is shown first: only that can be ranked."""
        figure, reading = self.pace.figure, self.reading
        same = (
            figure and reading and (figure.status, figure.period_end) == (reading.status, reading.period_end)
        )
        return reading if same else None

    @property
    def single(self) -> bool:
        """Whether each unit has just one of these, recognised or not."""
        return self.reading is not None and self.reading.single


@dataclass(frozen=True)
class Unit:
    """A ward of today or a former district in one view.

    ``readings`` by indicator, up to the day ``last``; ``rows`` one a title. ``shares``: the former districts that a ward
    lay in, or the wards that a former district became; ``former``: the wards of before July 2025 that a ward was made
    from. ``published`` are the figures published about the unit and those it came from, ``reports`` those it owed up to
    ``last``. ``week`` are participants of the Lifelong Learning Week, of the unit and of a ward's former districts; ``flags``
    the figures that deserve a look, the latest first.
    """

    facts: Facts
    last: dt.date
    readings: dict[str, Reading]
    rows: tuple[Row, ...]
    shares: tuple[Share, ...]
    former: tuple[Predecessor, ...]
    published: tuple[PublishedFigure, ...]
    reports: tuple[Report, ...]
    week: dict[str, list[Point]]
    flags: tuple[Flag, ...]

    @property
    def peopled(self) -> tuple[Share, ...]:
        """The former districts that people of a ward come from; none for a former district."""
        return tuple(s for s in self.shares if s.people > 0) if self.facts.level == "ward" else ()

    def doubted(self, row: Row) -> bool:
        """Whether a figure of a title deserves a look at the period of the one that is shown."""
        figure, start = row.pace.figure, f"model.{row.model.model}."
        return figure is not None and any(
            f.severity == "warning" and f.period_end == figure.period_end and f.indicator_id.startswith(start)
            for f in self.flags
        )

    def headline(self, model: str) -> Reading | None:
        """The unit's reading of a title on the headline basis."""
        return self.readings.get(f"model.{model}.{HEADLINE}")


@dataclass(frozen=True)
class Closer:
    """One title of a unit on the headline basis, more closely.

    ``among`` are all units of its tier at the period of the unit's latest figure (``queries.wards.field_of``),
    ``lines`` its own figures and those of a ward's former districts over time, ``target`` the city's.
    """

    among: pd.DataFrame
    lines: dict[str, list[Point]]
    target: Target | None


def _key(view: View) -> tuple[object, ...]:
    return (view.build_id, view.status, view.period_end)


_asked_once = st.cache_resource(show_spinner=False, max_entries=ENTRIES, hash_funcs={View: _key})


@_asked_once
def unit_of(view: View, _found: Warehouse, unit_key: str) -> Unit:
    """What a page of one unit shows in a view, the same in both languages.

    "Learning district" ended with the districts; a ward has no such row.
    """
    facts = wards.facts(_found, unit_key)
    last, is_ward = _last(view, _found, facts.level), facts.level == "ward"
    readings = wards.readings(_found, unit_key, facts.level, THEMES, view.statuses, last)
    rows = []
    for model in catalogue.learning_models(_found):
        if model.ended_on is not None and is_ward:
            continue
        indicator_id = f"model.{model.model}.{HEADLINE}"
        pace = pace_of_unit(_found, indicator_id, unit_key, view.statuses, view.period_end)
        rows.append(Row(model, pace, readings.get(indicator_id)))
    one_basis([row.pace.indicator_id for row in rows])
    shares = (
        wards.districts_of_ward(_found, unit_key) if is_ward else wards.wards_of_district(_found, unit_key)
    )
    former = wards.predecessors(_found, unit_key) if is_ward else []
    before = [s.unit_key for s in shares] if is_ward else []
    keys = [unit_key, *(p.unit_key for p in former), *before]
    published = published_of(_found, keys) if "published" in view.statuses else []
    reports = [r for r in wards.reports(_found, unit_key, view.statuses) if r.period_end <= last]
    weeks = wards.lines(_found, [unit_key, *before], WEEK, view.statuses)
    week = {key: [p for p in points if p.period_end <= last] for key, points in weeks.items()}
    flagged = [f for f in flags(_found, view.statuses, unit_key=unit_key) if f.period_end <= last]
    return Unit(
        facts, last, readings, tuple(rows), tuple(shares), tuple(former), tuple(published), tuple(reports), week,
        tuple(flagged),
    )  # fmt: skip


@_asked_once
def closer_of(view: View, _found: Warehouse, unit_key: str, model: str) -> Closer:
    """One title of a unit, the same in both languages."""
    unit, indicator_id = unit_of(view, _found, unit_key), f"model.{model}.{HEADLINE}"
    reading = unit.headline(model)
    at, status = (reading.period_end, reading.status) if reading else (unit.last, view.statuses[-1])
    among = wards.field_of(_found, unit_key, unit.facts.level, indicator_id, at, status)
    keys = [unit_key, *(s.unit_key for s in unit.peopled)]
    points = wards.lines(_found, keys, indicator_id, view.statuses)
    return Closer(among, points, target_to_meet(_found, indicator_id))


def _last(view: View, found: Warehouse, level: str) -> dt.date:
    """The last day of the figures to show: the reader's period, or the latest where a ward did not exist in it yet."""
    listed = periods(found)
    if view.period_end is None or not listed:
        return dt.date.max
    return listed[0].end if level == "ward" and view.period_end < reform_day(found) else view.period_end


def name_of(view: View, facts: Facts) -> str:
    """The unit's name in the reader's language."""
    return view.words.pick(facts.name_vi, facts.name_en)
