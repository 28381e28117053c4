"""Where the learning models of a unit stand, for one page or for many.

The unit's page on the screen asks for one pace at a time; here the standings of all wards at one period are asked
together, which gives the same figures in a fraction of the time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from exports.reports.told import HEADLINE, STATUSES, Teller
from queries import catalogue, figures, wards
from queries.catalogue import LearningModel, Target
from queries.pace import Standing, pace_of_unit, paces_of_units, target_to_meet
from queries.ward_names import places
from queries.wards import Reading

THEMES = ("model", "participation", "school")


@dataclass(frozen=True)
class Title:
    """One learning model of a unit on the headline basis, as it stands in the table.

    Rates, ``gap`` and ``pace`` are fractions of 1; ``lacking`` how many families, clans… are still lacking to ``target``.
    """

    model: LearningModel
    value: float | None
    numerator: float | None
    denominator: float | None
    status: str | None
    period_start: dt.date | None
    period_end: dt.date | None
    estimated: bool
    target: Target | None
    gap: float | None
    lacking: float | None
    standing: Standing
    reading: Reading | None


@dataclass(frozen=True)
class Asked:
    """What many profiles ask alike, asked once: where every ward stands at a period, and whose figures are published."""

    told: Teller
    last: dt.date
    _paces: dict[tuple[str, dt.date], dict[str, Mapping[Hashable, Any]]] = field(default_factory=dict)
    _published: set[str] = field(default_factory=set)

    def pace(self, indicator_id: str, period_end: dt.date, unit_key: str) -> Mapping[Hashable, Any]:
        """A ward's row of ``paces_of_units``."""
        place = indicator_id, period_end
        if place not in self._paces:
            frame = paces_of_units(self.told.w, indicator_id, period_end, STATUSES)
            self._paces[place] = {row["unit_key"]: row for row in frame.to_dict("records")}
        return self._paces[place][unit_key]

    def is_published(self, unit_key: str) -> bool:
        """Whether a document gives a rate of this unit, which then goes before what it reported."""
        return unit_key in self._published


def asked_for(told: Teller) -> Asked:
    rows = told.w.rows(
        "SELECT DISTINCT unit_key FROM observation WHERE status = 'published' AND indicator_id LIKE 'model.%'"
    )
    return Asked(told, told.end or dt.date.max, _published={row["unit_key"] for row in rows})


def last_day(told: Teller, level: str, asked: Asked) -> dt.date:
    """The last day of the figures to show: the period's, or the latest where a ward did not exist in it yet."""
    if told.end is None:
        return dt.date.max
    if level == "ward" and told.end < figures.reform_day(told.w):
        return figures.periods(told.w)[0].end
    return asked.last


def titles(told: Teller, unit_key: str, asked: Asked | None = None) -> list[Title]:
    """Where a unit's learning models stand, in the catalogue's order; a ward has no learning district."""
    asked = asked or asked_for(told)
    level = places(told.w)[unit_key].level
    readings = wards.readings(told.w, unit_key, level, THEMES, STATUSES, last_day(told, level, asked))
    return titles_of(told, unit_key, level, readings, asked)


def titles_of(
    told: Teller, unit_key: str, level: str, readings: dict[str, Reading], asked: Asked
) -> list[Title]:
    found = []
    for model in catalogue.learning_models(told.w):
        if model.ended_on is not None:
            continue
        indicator_id = f"model.{model.model}.{HEADLINE}"
        reading = readings.get(indicator_id)
        if level == "district" or asked.is_published(unit_key):
            found.append(_by_screen(told, model, unit_key, reading))
        elif reading is None:
            target = target_to_meet(told.w, indicator_id)
            lack: Standing = "too_little_data" if target else "no_target"
            found.append(
                Title(model, None, None, None, None, None, None, False, target, None, None, lack, None)
            )
        else:
            found.append(_together(told, model, unit_key, reading, asked))
    return found


def _by_screen(told: Teller, model: LearningModel, unit_key: str, reading: Reading | None) -> Title:
    """As the unit's own page asks for it."""
    found = pace_of_unit(told.w, f"model.{model.model}.{HEADLINE}", unit_key, STATUSES, told.end)
    f = found.figure
    same = f and reading and (f.status, f.period_end) == (reading.status, reading.period_end)
    return Title(
        model, f.value if f else None, f.numerator if f else None, f.denominator if f else None, f.status if f else None,
        f.period_start if f else None, f.period_end if f else None, found.estimated_share > 0, found.target,
        found.gap.difference if found.gap else None, found.gap.units if found.gap else None, found.standing,
        reading if same else None,
    )  # fmt: skip


def _together(told: Teller, model: LearningModel, unit_key: str, reading: Reading, asked: Asked) -> Title:
    """From the standings of all wards at the period of its latest figure."""
    row = asked.pace(reading.indicator_id, reading.period_end, unit_key)

    def known(name: str) -> float | None:
        return None if pd.isna(row[name]) else float(row[name])

    return Title(
        model, reading.value, reading.numerator, reading.denominator, reading.status, reading.period_start,
        reading.period_end, False, target_to_meet(told.w, reading.indicator_id), known("gap"), known("lacking"),
        row["standing"], reading,
    )  # fmt: skip
