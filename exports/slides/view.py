"""A slide of a saved view, or of the choices of the analyst's desk as they stand in the address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import yaml

from charts.vector import Bar, Line
from exports.slides.ask import FIRST, Ask, NoSuch
from exports.slides.model import Grid, Slide
from i18n import period_code, period_name
from queries import explore, figures
from queries.bases import one_basis
from queries.catalogue import Indicator
from queries.explore import Choice

MOST_LINES = 5
MOST_ROWS = 8


def view_slide(ask: Ask) -> Slide:
    """The figures of a view: over time where few units have several periods, else the latest, the highest first.

    Several indicators make a table of the latest period, each on its own basis.
    """
    name, query = _asked(ask)
    choice = _choice(ask, query)
    shown = [i for i in ask.indicators(choice.indicators or (FIRST,)) if i.indicator_id in choice.indicators]
    if not shown:
        raise NoSuch("no_indicator", query.get("indicators", ""))
    found = {i.indicator_id: explore.chart_rows(ask.w, choice, i.indicator_id)[0] for i in shown}
    every = pd.concat(found.values(), ignore_index=True)
    slide = Slide(
        kind="view",
        title=ask.heading(name or ask.name(shown[0])),
        note=ask.words("common.empty_reports"),
        definitions=tuple(ask.definition(i) for i in shown),
        address=_address(ask, query),
    )
    if every.empty:
        return slide
    common: dict[str, Any] = {
        "kind": "view",
        "title": slide.title,
        "sources": ask.sources(explore.summary(ask.w, choice).sources),
        "statuses": ask.marks(every["status"]),
        "definitions": slide.definitions,
        "address": slide.address,
    }
    if len(shown) > 1:
        return _table(ask, shown, found, common)
    return _drawn(ask, shown[0], found[shown[0].indicator_id], common)


def _asked(ask: Ask) -> tuple[str, Mapping[str, str]]:
    """The name and the choices of the view; a saved one is read from its file. Raises NoSuch."""
    if not ask.spec.view:
        if not ask.spec.query:
            raise NoSuch("view_not_named")
        return "", dict(ask.spec.query)
    path = ask.views / f"{ask.spec.view}.yml"
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        told, query = raw["name"], {str(k): str(v) for k, v in raw["query"].items()}
        return (ask.pick(told["vi"], told["en"]) if isinstance(told, dict) else str(told)), query
    except (OSError, ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise NoSuch("no_view", ask.spec.view) from error


def _several(query: Mapping[str, str], name: str, usual: tuple[str, ...] = ()) -> tuple[str, ...]:
    text = query.get(name)
    if text is None:
        return usual
    return () if text in ("", "-") else tuple(text.split(","))


def _choice(ask: Ask, query: Mapping[str, str]) -> Choice:
    """The choices of an address; what it does not name is as the desk opens, what does not exist is left out."""
    status = figures.STATUS_CHOICES.get(query.get("status", "all"), ask.statuses)
    return Choice(
        indicators=_several(query, "indicators", (FIRST,)),
        levels=_several(query, "tiers", ("ward",)),
        units=_several(query, "units"),
        districts=_several(query, "within"),
        types=_several(query, "types"),
        peer_groups=_several(query, "alike"),
        first=_day(ask, query.get("since")),
        last=_day(ask, query.get("until")) or ask.until,
        statuses=tuple(s for s in status if s in ask.statuses),
        bases=_several(query, "of_bases"),
        boundaries=next((b for b in explore.BOUNDARIES if b == query.get("borders")), "reported"),
        group=next((g for g in explore.GROUPS if g == query.get("sum_by")), "none"),
    )


def _day(ask: Ask, code: str | None) -> dt.date | None:
    """The last day of a period by its code; None for “all”."""
    for period in figures.periods(ask.w):
        if code == period_code(period.start, period.end):
            return period.end
    try:
        return dt.date.fromisoformat(code or "")
    except ValueError:
        return None


def _address(ask: Ask, query: Mapping[str, str]) -> str:
    return "tra-cuu?" + urlencode({**query, **({"lang": "en"} if ask.lang == "en" else {})})


def _name(ask: Ask, row: Mapping[Any, Any]) -> str:
    return ask.pick(row["unit_vi"], row["unit_en"])


def _value(ask: Ask, row: Mapping[Any, Any], indicator: Indicator) -> str:
    rough = "≈ " if row.get("estimated_share") and row["estimated_share"] > 0 else ""
    return rough + ask.value(row["value"], indicator.kind, row["status"])


def _latest(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the latest period, the highest first, one a unit."""
    last = rows[rows["period_end"] == rows["period_end"].max()]
    found: pd.DataFrame = last.sort_values(["value", "unit_key"], ascending=[False, True])
    return found.drop_duplicates("unit_key")


def _period(ask: Ask, rows: pd.DataFrame) -> str:
    row = rows.iloc[0]
    start = None if pd.isna(row["period_start"]) else pd.Timestamp(row["period_start"]).date()
    return period_name(start, pd.Timestamp(row["period_end"]).date(), ask.lang)


def _drawn(ask: Ask, indicator: Indicator, rows: pd.DataFrame, common: dict[str, Any]) -> Slide:
    one_basis([indicator] if indicator.kind == "rate" else [])
    latest = _latest(rows)
    told = " · ".join(part for part in (ask.name(indicator), ask.basis(indicator)) if part)
    percent = indicator.kind == "rate"
    if rows["unit_key"].nunique() <= MOST_LINES and rows["period_end"].nunique() > 1:
        return Slide(**common, subtitle=told, lines=_lines(ask, rows), percent=percent)
    shown = latest.head(2 * ask.spec.top).to_dict("records")
    bars = tuple(Bar(_name(ask, r), float(r["value"]), said=_value(ask, r, indicator)) for r in shown)
    left_out = len(latest) - len(shown)
    return Slide(
        **common,
        subtitle=f"{told} · {_period(ask, latest)}",
        bars=bars,
        percent=percent,
        note=ask.words("presentation.view_note", n=len(shown), more=left_out) if left_out > 0 else "",
    )


def _lines(ask: Ask, rows: pd.DataFrame) -> tuple[Line, ...]:
    """One line a unit and status; published figures are points."""
    found = []
    for (_, status), part in rows.sort_values("period_end").groupby(["unit_key", "status"], sort=False):
        days = tuple(pd.Timestamp(day).date() for day in part["period_end"])
        name = _name(ask, part.iloc[-1].to_dict())
        values = tuple(float(value) for value in part["value"])
        found.append(Line(name, days, values, dashed=status == "illustrative", joined=status != "published"))
    return tuple(found)


def _table(
    ask: Ask, shown: list[Indicator], found: Mapping[str, pd.DataFrame], common: dict[str, Any]
) -> Slide:
    """Units against indicators at the latest period of the first one that has figures."""
    latest = {i.indicator_id: _latest(found[i.indicator_id]) for i in shown if len(found[i.indicator_id])}
    first = next(iter(latest.values()))
    cells = {key: {r["unit_key"]: r for r in rows.to_dict("records")} for key, rows in latest.items()}
    units = first.head(MOST_ROWS).to_dict("records")
    columns = [i for i in shown if i.indicator_id in latest]
    rows = tuple(
        (
            _name(ask, unit),
            *(
                _value(ask, row, i) if (row := cells[i.indicator_id].get(unit["unit_key"])) else "–"
                for i in columns
            ),
        )
        for unit in units
    )
    left_out = len(first) - len(units)
    return Slide(
        **common,
        subtitle=f"{_period(ask, first)} · {'; '.join(dict.fromkeys(ask.basis(i) for i in columns))}",
        table=Grid((ask.words("common.unit"), *(ask.name(i) for i in columns)), rows),
        note=ask.words("presentation.view_note", n=len(units), more=left_out) if left_out > 0 else "",
    )
