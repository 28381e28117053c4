"""Slides about wards and former districts: who leads and who lags, the map, and one unit alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from charts.base import Look
from charts.classes import classified
from charts.palette import LIGHT
from charts.vector import Bar, Line
from exports.slides.ask import HEADLINE, Ask, NoSuch
from exports.slides.model import Area, Grid, Headline, Ring, Slide
from i18n import decimal, period_name
from queries import catalogue, shapes, wards
from queries import map as maps
from queries.bases import one_basis
from queries.catalogue import Indicator
from queries.figures import Period
from queries.shapes import ShapeKind
from queries.timeline import DISTRICTS, WARDS_NOW
from queries.ward_names import places
from queries.wards import Reading
from queries.warehouse import Warehouse, remembered

CLASSES = 5
MODELS_SHOWN = 4


def _of_units(ask: Ask, indicator: Indicator) -> tuple[Period | None, str, pd.DataFrame]:
    """The units' figures at the period asked for, on the boundaries of its day unless the playlist names others."""
    listed = maps.mapped_periods(ask.w, indicator.indicator_id, ask.statuses)
    period = maps.nearest_period(listed, ask.until)
    if period is None:
        return None, WARDS_NOW, pd.DataFrame()
    boundary = {"district": "districts", "ward": "wards"}.get(ask.spec.level, "reported")
    vintage = maps.vintage_for(ask.w, boundary, period.end)
    return period, vintage, maps.units_on(ask.w, indicator, period.end, vintage, ask.statuses)


def _subtitle(
    ask: Ask, indicator: Indicator, period: Period | None, vintage: str, units: pd.DataFrame
) -> str:
    level = ask.words("common.level_former_district" if vintage == DISTRICTS else "common.level_ward")
    known = int(units["value"].notna().sum()) if len(units) else 0
    coverage = (
        ask.words("presentation.units_known", n=known, of=len(units), level=level) if len(units) else ""
    )
    parts = (ask.name(indicator), ask.basis(indicator), ask.period_words(period), coverage)
    return " · ".join(part for part in parts if part)


def _statuses(units: pd.DataFrame) -> list[str]:
    known = units[units["value"].notna()] if len(units) else units
    return [*known["origin_status"], *known["status"]] if len(known) else []


def _sources(ask: Ask, units: pd.DataFrame) -> tuple[str, ...]:
    made = {"illustrative": "sample-generator", "reported": "office-reports"}
    return ask.sources(made.get(status) for status in _statuses(units))


def ranking(ask: Ask) -> Slide:
    """The units with the highest and the lowest figures of one indicator."""
    words, indicator = ask.words, ask.indicator()
    period, vintage, units = _of_units(ask, indicator)
    slide = Slide(
        kind="ranking",
        title=ask.heading(ask.name(indicator)),
        subtitle=_subtitle(ask, indicator, period, vintage, units),
        percent=indicator.kind == "rate",
        note=words("common.empty_reports"),
        definitions=(ask.definition(indicator),),
        address=ask.page("ban-do", measure=indicator.indicator_id),
    )
    known = units[units["value"].notna()] if len(units) else units
    if not len(known):
        return slide
    one_basis(known if indicator.kind == "rate" else [])
    known = known.sort_values(["value", "unit_key"], ascending=[False, True])
    top = ask.spec.top
    chosen = known if len(known) <= 2 * top else pd.concat([known.head(top), known.tail(top)])
    rows = chosen.to_dict("records")
    best, last = rows[0], rows[-1]

    def name(row: Mapping[Any, Any]) -> str:
        return ask.pick(row["name_vi"], row["name_en"])

    def value(row: Mapping[Any, Any]) -> str:
        rough = "≈ " if row["status"] == "apportioned" else ""
        return rough + ask.value(float(row["value"]), indicator.kind)

    title = words(
        "presentation.ranking_title", best=name(best), high=value(best), last=name(last), low=value(last)
    )
    targets = catalogue.governing_targets(ask.w, indicator.indicator_id)
    target = ask.target_line(targets[-1]) if targets else None
    left_out = len(known) - len(chosen)
    return Slide(
        kind="ranking",
        title=ask.heading(title if len(rows) > 1 else f"{name(best)}: {value(best)}"),
        subtitle=slide.subtitle,
        bars=tuple(Bar(name(r), float(r["value"]), pale=n >= top, said=value(r)) for n, r in enumerate(rows)),
        goal=target.low if target else None,
        goal_name=target.name if target else "",
        percent=slide.percent,
        table=Grid(
            (words("common.unit"), words("common.value"), words("common.status_column")),
            tuple((name(r), value(r), ask.mark(str(r["status"]))) for r in rows),
        ),
        note=words("presentation.ranking_note", top=top, n=left_out) if left_out else "",
        sources=_sources(ask, units),
        statuses=ask.marks(_statuses(units)),
        definitions=slide.definitions,
        address=slide.address,
    )


# ---- The map --------------------------------------------------------------------------------------------------------


def _rings(geometry: dict[str, object]) -> tuple[Ring, ...]:
    parts = geometry["coordinates"]
    assert isinstance(parts, (list, tuple))
    polygons = [parts] if geometry["type"] == "Polygon" else list(parts)
    return tuple(tuple((float(p[0]), float(p[1])) for p in ring) for polygon in polygons for ring in polygon)


@remembered
def _outlines(w: Warehouse, kind: ShapeKind) -> tuple[tuple[int, str, str, tuple[Ring, ...]], ...]:
    """Of each unit of a map its number, its names in Vietnamese and English, and its rings."""
    return tuple(
        (told["n"], told["vi"], told["en"], _rings(feature["geometry"]))
        for feature in json.loads(shapes.shapes(w, kind))["features"]
        for told in [feature["properties"]]
    )


def map_slide(ask: Ask) -> Slide:
    """One indicator on the map: outlines where the build has them, else one hexagon a ward; former districts as such."""
    words, indicator = ask.words, ask.indicator()
    period, vintage, units = _of_units(ask, indicator)
    outlined = shapes.has_outlines(ask.w)
    by_vintage: dict[str, tuple[ShapeKind, ShapeKind]] = {
        DISTRICTS: ("district", "hex_district"),
        WARDS_NOW: ("boundary", "hex"),
    }
    kind = by_vintage[vintage][0 if outlined else 1]
    values = units["value"] if len(units) else pd.Series(dtype=float)
    scale = classified(values, "quantile", CLASSES)
    known = int(values.notna().sum())
    areas = [
        Area(
            rings, scale.index[n], None if pd.isna(values.iloc[n]) else float(values.iloc[n]), ask.pick(vi, en),
            units["status"].iloc[n] == "apportioned",
        )
        for n, vi, en, rings in _outlines(ask.w, kind)
        if n < len(units)
    ]  # fmt: skip
    title = ask.name(indicator)
    if known > 1:
        low, high = (ask.value(float(v), indicator.kind) for v in (values.min(), values.max()))
        title = words("presentation.map_title", label=title, low=low, high=high)
    return Slide(
        kind="map",
        title=ask.heading(title),
        subtitle=_subtitle(ask, indicator, period, vintage, units),
        areas=tuple(areas),
        scale=scale,
        legend=scale.labels(Look(words, LIGHT), indicator.kind),
        percent=indicator.kind == "rate",
        table=_map_table(ask, indicator, units),
        note=_map_note(ask, known, len(units), outlined),
        sources=(*_sources(ask, units), *ask.sources(shapes.shape_sources(ask.w, kind))),
        statuses=ask.marks(_statuses(units)),
        definitions=(ask.definition(indicator),),
        address=ask.page("ban-do", measure=indicator.indicator_id),
    )


def _map_note(ask: Ask, known: int, expected: int, outlined: bool) -> str:
    if not known:
        return ask.words("common.empty_reports")
    said = [] if outlined else [ask.words("presentation.map_hexagons")]
    if known < expected:
        said.append(ask.words("presentation.map_missing", n=expected - known))
    return " ".join(said)


def _map_table(ask: Ask, indicator: Indicator, units: pd.DataFrame) -> Grid | None:
    words = ask.words
    rows = tuple(
        (ask.pick(row["name_vi"], row["name_en"]), ask.value(row["value"], indicator.kind), ask.mark(row["status"]))
        for row in units.to_dict("records")
        if not pd.isna(row["value"])
    )  # fmt: skip
    columns = (words("common.unit"), words("common.value"), words("common.status_column"))
    return Grid(columns, rows) if rows else None


# ---- One unit -------------------------------------------------------------------------------------------------------


def spotlight(ask: Ask) -> Slide:
    """One ward of today or former district: its titles now, where it stands among its like, and one of them over time."""
    words, key = ask.words, ask.spec.unit
    if not key:
        raise NoSuch("unit_not_named")
    listed = {**{place.code: k for k, place in places(ask.w).items()}, **{k: k for k in places(ask.w)}}
    if key not in listed:
        raise NoSuch("no_unit", key)
    facts = wards.facts(ask.w, listed[key])
    name = ask.pick(facts.name_vi, facts.name_en)
    period, indicator = ask.period(), ask.indicator()
    found = (
        wards.readings(ask.w, facts.unit_key, facts.level, ("model",), ask.statuses, period.end)
        if period
        else {}
    )
    shown = [r for r in found.values() if r.basis == HEADLINE and not r.single][:MODELS_SHOWN]
    own = found.get(indicator.indicator_id)
    group = ask.pick(facts.group_vi, facts.group_en)
    people = words("presentation.people", n=decimal(facts.population, ask.lang)) if facts.population else ""
    title = name
    if own is not None:
        title = words(
            "presentation.ward_title", name=name, label=ask.name(indicator), rank=own.group_rank, n=own.group_size,
        )  # fmt: skip
    days = dict.fromkeys((r.period_start, r.period_end) for r in shown)
    when = "; ".join(period_name(start, end, ask.lang) for start, end in days)
    lines = _own_line(ask, facts.unit_key, indicator, name)
    targets = catalogue.governing_targets(ask.w, indicator.indicator_id)
    return Slide(
        kind="ward",
        title=ask.heading(title),
        subtitle=" · ".join(
            part for part in (group, people, words(f"common.basis_{HEADLINE}"), when) if part
        ),
        figures=tuple(_reading(ask, reading) for reading in shown),
        lines=lines,
        targets=tuple(ask.target_line(target) for target in targets) if lines else (),
        percent=indicator.kind == "rate",
        note="" if shown else words("presentation.ward_none", unit=name),
        sources=ask.sources(r.source_id for r in shown),
        statuses=ask.marks(
            [r.status for r in shown] + ["apportioned" for r in shown if r.estimated_share > 0]
        ),
        definitions=(ask.definition(indicator),),
        address=ask.page("phuong-xa", unit=facts.unit_key),
    )


def _reading(ask: Ask, reading: Reading) -> Headline:
    words = ask.words
    rough = "≈ " if reading.estimated_share > 0 else ""
    indicator = catalogue.indicator(ask.w, reading.indicator_id)
    return Headline(
        label=ask.name(indicator) if indicator else "",
        text=rough + ask.value(reading.value, reading.kind, reading.status, decimals=reading.decimals),
        value=reading.value,
        change=words("presentation.place", rank=reading.group_rank, n=reading.group_size),
        gap=words("presentation.city_rate", value=ask.value(reading.city_value, reading.kind))
        if reading.city_value is not None
        else "",
        status=reading.status,
        mark=ask.mark(reading.status),
    )  # fmt: skip


def _own_line(ask: Ask, unit_key: str, indicator: Indicator, name: str) -> tuple[Line, ...]:
    """What the unit itself reported of one indicator, one line a status."""
    points = wards.lines(ask.w, [unit_key], indicator.indicator_id, ask.statuses)[unit_key]
    if ask.until:
        points = [p for p in points if p.period_end <= ask.until]
    by_status: Sequence[str] = tuple(dict.fromkeys(p.status for p in points))
    return tuple(
        Line(
            name,
            tuple(p.period_end for p in own),
            tuple(p.value for p in own),
            dashed=status == "illustrative",
        )
        for status in by_status
        for own in [[p for p in points if p.status == status]]
        if len(own) > 1
    )
