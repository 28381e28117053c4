"""What all panels of the page of one unit ask for, asked once: its facts, its latest figures, where its titles stand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import streamlit as st

from queries import catalogue, wards
from queries.bases import one_basis
from queries.catalogue import LearningModel
from queries.figures import periods, reform_day
from queries.pace import Pace, pace_of_unit
from queries.wards import Facts, Reading
from queries.warehouse import Warehouse
from ui.cached import ENTRIES
from ui.context import View

HEADLINE = "recognised_of_total"
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
    """A ward of today or a former district in one view: ``readings`` by indicator up to the day ``last``, a row a title."""

    facts: Facts
    last: dt.date
    readings: dict[str, Reading]
    rows: tuple[Row, ...]

    def headline(self, model: str) -> Reading | None:
        """The unit's reading of a title on the headline basis."""
        return self.readings.get(f"model.{model}.{HEADLINE}")


def _key(view: View) -> tuple[object, ...]:
    return (view.build_id, view.status, view.period_end)


@st.cache_data(show_spinner=False, max_entries=ENTRIES, hash_funcs={View: _key})
def unit_of(view: View, _found: Warehouse, unit_key: str) -> Unit:
    """What a page of one unit shows in a view, the same in both languages.

    "Learning district" ended with the districts; a ward has no such row.
    """
    facts = wards.facts(_found, unit_key)
    last = _last(view, _found, facts.level)
    readings = wards.readings(_found, unit_key, facts.level, THEMES, view.statuses, last)
    rows = []
    for model in catalogue.learning_models(_found):
        if model.ended_on is not None and facts.level == "ward":
            continue
        indicator_id = f"model.{model.model}.{HEADLINE}"
        pace = pace_of_unit(_found, indicator_id, unit_key, view.statuses, view.period_end)
        rows.append(Row(model, pace, readings.get(indicator_id)))
    one_basis([row.pace.indicator_id for row in rows])
    return Unit(facts, last, readings, tuple(rows))


def _last(view: View, found: Warehouse, level: str) -> dt.date:
    """The last day of the figures to show: the reader's period, or the latest where a ward did not exist in it yet."""
    listed = periods(found)
    if view.period_end is None or not listed:
        return dt.date.max
    return listed[0].end if level == "ward" and view.period_end < reform_day(found) else view.period_end


def name_of(view: View, facts: Facts) -> str:
    """The unit's name in the reader's language."""
    return view.words.pick(facts.name_vi, facts.name_en)
