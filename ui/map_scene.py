"""What a map shows: figures by unit, their classes and words, worked out once for all readers with the same view."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from charts.base import Look
from charts.classes import Classes, classified
from i18n import decimal, percent, period_name, points
from queries import map as places
from queries.catalogue import Indicator, Target
from queries.figures import Period
from queries.pace import target_to_meet
from queries.warehouse import Warehouse
from ui.context import View
from ui.kept import kept
from ui.map_choices import MISSING, Manner, Subject

ENTRIES = 32
TAIL = 0.03
"""The share of units at either end that does not widen the classes of a change."""
AT_POINTER = ("n", "value", "status", "numerator", "denominator", "then", "now")
CLASSES = tuple(str(k) for k in range(7))


@dataclass(frozen=True)
class Planned:
    """A map that may be drawn: its period, its boundaries, and the class of each unit (``index``)."""

    period: Period
    vintage: str
    index: tuple[int, ...]


@dataclass(frozen=True)
class Layered(Planned):
    """One map's figures: ``units`` as ``queries.map.units_on``, of a period, with the class of each."""

    units: pd.DataFrame


@dataclass(frozen=True)
class Scene:
    """All maps of a screen with the classes they share. ``kind`` of the values: rate, count, or points for a change.

    ``planned`` are those of other periods that the screen can turn to (``with_units``); ``left_out`` units could not be compared like with like; ``refused`` says that none can.
    """

    maps: tuple[Layered, ...]
    classes: Classes
    colours: tuple[str, ...]
    labels: tuple[str, ...]
    kind: str
    target: Target | None
    left_out: int = 0
    refused: bool = False
    planned: tuple[Planned, ...] = ()

    @property
    def first(self) -> Layered:
        """The map of the chosen period."""
        return self.maps[0]

    @property
    def counts(self) -> dict[str, int]:
        """How many units of the first map are in each class, and how many have no figure."""
        index = self.first.index
        found = {str(k): index.count(k) for k in range(len(self.labels))}
        return found | {MISSING: index.count(-1)}


@kept(ENTRIES)
def scene(view: View, _found: Warehouse, _subject: Subject, _manner: Manner, key: str) -> Scene:
    """The figures of all maps of a screen, put into classes together so that a colour means one thing on all of them."""
    subject, mode, against = _subject, _manner.mode, _manner.against
    target = target_to_meet(_found, subject.indicator.indicator_id)
    if mode == "change" and against is not None:
        return _change(view, _found, subject, against, _manner.steps, target)
    periods = [subject.period]
    if mode == "side" and against is not None:
        periods.append(against)
    frames = [_units(view, _found, subject, period) for period in periods]
    turning = [
        p
        for p in subject.periods
        if mode == "time" and p != subject.period and _same_units(_found, subject, p)
    ]
    ends = [period.end for period in turning]
    others = places.values_over(_found, subject.indicator, ends, subject.vintage, view.statuses)
    values = [*(frame["value"].to_list() for _, frame in frames), *others]
    whole = pd.Series(itertools.chain.from_iterable(values), dtype="float64")
    classes = classified(whole, _manner.method, _manner.steps, target.value if target else None)
    numbers = iter(classes.index)
    index = [tuple(itertools.islice(numbers, len(some))) for some in values]
    maps = tuple(
        Layered(period, vintage, of, frame)
        for period, (vintage, frame), of in zip(periods, frames, index, strict=False)
    )
    planned = tuple(
        Planned(period, subject.vintage, of) for period, of in zip(turning, index[len(maps) :], strict=True)
    )
    kind = "rate" if subject.is_rate else "count"
    return replace(_scene(view, maps, classes, kind, target), planned=planned)


def with_units(view: View, found: Warehouse, subject: Subject, plan: Planned) -> Layered:
    """The same map with its figures, asked for where it has none yet."""
    if isinstance(plan, Layered):
        return plan
    _, units = _units(view, found, subject, plan.period)
    return Layered(plan.period, plan.vintage, plan.index, units)


def _scene(
    view: View,
    maps: tuple[Layered, ...],
    classes: Classes,
    kind: str,
    target: Target | None,
    left_out: int = 0,
    refused: bool = False,
) -> Scene:
    look = Look(view.words, view.palette)
    colours = classes.colours(view.palette) if classes.counts else ()
    labels = classes.labels(look, kind) if classes.counts else ()
    return Scene(maps, classes, colours, labels, kind, target, left_out, refused)


def _same_units(found: Warehouse, subject: Subject, period: Period) -> bool:
    return subject.boundary != "reported" or (
        places.vintage_for(found, "reported", period.end) == subject.vintage
    )


def _units(view: View, found: Warehouse, subject: Subject, period: Period) -> tuple[str, pd.DataFrame]:
    vintage = places.vintage_for(found, subject.boundary, period.end)
    return vintage, places.units_on(found, subject.indicator, period.end, vintage, view.statuses)


def _change(
    view: View, found: Warehouse, subject: Subject, against: Period, steps: int, target: Target | None
) -> Scene:
    change = places.change_between(
        found, subject.indicator, against.end, subject.period.end, subject.vintage, view.statuses
    )
    values = change.units["value"]
    # The outer classes are open, so a single leap does not make all steps too wide to tell others apart.
    low, high = float(values.quantile(TAIL)), float(values.quantile(1 - TAIL))
    classes = classified(values.clip(low, high), "target", steps, 0.0)
    layered = Layered(subject.period, subject.vintage, classes.index, change.units)
    kind = "points" if subject.is_rate else "count"
    return _scene(view, (layered,), classes, kind, target, left_out=change.left_out, refused=change.refused)


def name_of(view: View, row: pd.Series) -> str:
    """A unit's name in the reader's language."""
    return view.words.pick(row["name_vi"], row["name_en"])


def value_words(view: View, indicator: Indicator, value: float | None, status: object, kind: str) -> str:
    """A value as text, ≈ where a part of it was estimated; words where there is none."""
    if value is None or pd.isna(value):
        return view.words("common.not_reported")
    about = "≈ " if status == "apportioned" else ""
    if kind == "points":
        return about + points(value, view.lang)
    if kind == "rate":
        return about + percent(value, view.lang, indicator.decimals or 1)
    return about + decimal(value, view.lang)


def signed(view: View, kind: str, text: str, value: float) -> str:
    """A change of a count with its sign."""
    return f"+{text}" if kind == "count" and value > 0 else text


def pointer_texts(view: View, indicator: Indicator, shown: Scene, layered: Layered) -> dict[int, str]:
    """What stands under a unit's name at the pointer: value and of how many; one line each."""
    words = view.words
    compared, kind = "then" in layered.units, shown.kind
    unit = words.pick(indicator.unit_vi, indicator.unit_en)
    found = {}
    for row in _rows_of(layered.units):
        value = row["value"]
        text = value_words(view, indicator, value, row["status"], kind)
        if pd.isna(value):
            found[row["n"]] = words("map.not_comparable") if compared else text
            continue
        lines = [signed(view, kind, text, value) if compared else _with_unit(text, kind, unit)]
        if compared:
            lines.append(_from_to(view, indicator, row, "rate" if kind == "points" else "count"))
        elif kind == "rate" and not pd.isna(row["denominator"]):
            lines.append(f"{decimal(row['numerator'], view.lang)}/{decimal(row['denominator'], view.lang)}")
        found[row["n"]] = "\n".join(lines)
    return found


def _rows_of(units: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """What the pointer tells of each unit; other columns are left out, since a row of all takes four times as long."""
    names = [name for name in AT_POINTER if name in units]
    for values in zip(*(units[name].tolist() for name in names), strict=True):
        yield dict(zip(names, values, strict=True))


def lead_of(view: View, layered: Layered) -> str:
    """The status of a map's figures, to stand before each of them."""
    statuses = layered.units["origin_status"].where(layered.units["value"].notna()).dropna().unique()
    return (
        ", ".join(view.words(f"common.mark_{status}") for status in statuses) + ": " if len(statuses) else ""
    )


def _with_unit(text: str, kind: str, unit: str) -> str:
    return text if kind == "rate" else f"{text} {unit}"


def _from_to(view: View, indicator: Indicator, row: dict[Any, Any], kind: str) -> str:
    ends = [value_words(view, indicator, row[end], None, kind) for end in ("then", "now")]
    return " → ".join(ends)


def period_words(view: View, period: Period) -> str:
    """A period in words."""
    return period_name(period.start, period.end, view.lang)
