"""The charts of documents, as vector drawings: data of the screens' own queries in, blocks out."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence

from charts.base import REFORMS
from charts.models import about
from charts.pace import goal_words
from charts.palette import LIGHT
from charts.vector import PAPER, Break, Cell, Line, Target, cells, trend
from charts.vector.sheet import ticks
from exports.reports.blocks import Block, chart, legend
from exports.reports.told import Teller, level_of
from i18n import percent, percent_as_given
from queries import catalogue
from queries.figures import Figure
from queries.map import former_districts
from queries.pace import end_of
from queries.shapes import ShapeKind, has_outlines, map_units, screen_shapes

LETTERS = 7.4
"""Points of the letters in charts, as the small text around them."""
MAP_DECIMALS = 3
"""Degrees to a hundred metres: as much as a map of half a page shows."""


def targets_drawn(told: Teller, indicator_id: str) -> list[Target]:
    """The city's governing targets as lines up to the end of their year."""
    return [
        Target(
            told.words("common.target_label", year=t.year, value=goal_words(t, told.lang)), end_of(t), t.value, t.value_max
        )
        for t in catalogue.governing_targets(told.w, indicator_id)
    ]  # fmt: skip


def breaks_drawn(told: Teller) -> list[Break]:
    """The two days of 2025 on which units changed."""
    return [Break(day, told.words(f"common.{key}")) for day, key in REFORMS]


def figures_line(told: Teller, name: str, series: Sequence[Figure], estimated: frozenset[dt.date]) -> Line:
    """Dated figures of one status as a line; published ones are points, each from a source of its own."""
    said = [
        about(
            percent_as_given(f.value, told.lang) if f.status == "published" else percent(f.value, told.lang),
            bool(f.qualifier) or f.period_end in estimated,
        )
        for f in series
    ]
    status = series[-1].status
    return Line(
        name, tuple(f.period_end for f in series), tuple(f.value for f in series), dashed=status == "illustrative",
        said=tuple(said), joined=status != "published",
    )  # fmt: skip


def trend_block(
    told: Teller,
    title: str,
    subtitle: str,
    lines: Sequence[Line],
    indicator_id: str,
    size: tuple[float, float],
) -> Block:
    """Lines over time with the city's targets."""
    svg = trend(
        lines,
        targets=targets_drawn(told, indicator_id),
        breaks=breaks_drawn(told),
        percent=True,
        lang=told.lang,
        tone=PAPER,
        size=size,
        letters=LETTERS,
    )
    said = "; ".join(
        f"{line.name}: {line.said[0] if line.said else percent(line.values[0], told.lang)} → "
        f"{line.said[-1] if line.said else percent(line.values[-1], told.lang)}"
        for line in lines
        if line.values
    )
    return chart(title, subtitle, svg, f"{title}. {said}")


def unit_map(
    told: Teller, title: str, subtitle: str, values: Mapping[str, float | None], size: tuple[float, float]
) -> list[Block]:
    """Those who report for the period by their rate, in classes of equal width, those without a figure hatched."""
    known = [v for v in values.values() if v is not None]
    steps = ticks(min(known), max(known), 5) if known else [0.0, 1.0]
    most = len(LIGHT.ramp)
    while len(steps) - 1 > most:
        steps = steps[::2] if steps[-1] == steps[::2][-1] else [*steps[::2], steps[-1]]
    colours = LIGHT.ramp[-(len(steps) - 1) :]

    def colour(value: float | None) -> str:
        if value is None:
            return "#FFFFFF"
        place = next((n for n, top in enumerate(steps[1:]) if value < top), len(colours) - 1)
        return colours[place]

    units = _units(told)
    rings = _rings(told, _kind(told))
    shown = [
        Cell(rings[n], colour(values.get(key)), hatched=values.get(key) is None)
        for n, key in enumerate(units)
        if n in rings
    ]
    items = [
        (c, f"{percent(low, told.lang, 0)}–{percent(high, told.lang, 0)}")
        for c, low, high in zip(colours, steps, steps[1:], strict=False)
        if known
    ]
    missing = sum(values.get(key) is None for key in units)
    if missing:
        items.append(("#FFFFFF", told.words("reports.map_missing", n=missing)))
    alt = f"{title}. {subtitle}"
    if known:
        alt += f" {percent(min(known), told.lang)} – {percent(max(known), told.lang)}"
    return [
        chart(title, subtitle, cells(shown, tone=PAPER, size=size), alt),
        legend(items),
    ]


def _units(told: Teller) -> list[str]:
    """The units of the map by key, in the order that their shapes are numbered in: who reports for the period."""
    if level_of(told) == "district":
        return list(former_districts(told.w))
    return [unit.unit_key for unit in map_units(told.w)]


def _kind(told: Teller) -> ShapeKind:
    """Outlines where there are some, else hexagons."""
    if level_of(told) == "district":
        return "district" if has_outlines(told.w) else "hex_district"
    return "boundary" if has_outlines(told.w) else "hex"


def _rings(told: Teller, kind: ShapeKind) -> dict[int, tuple[tuple[tuple[float, float], ...], ...]]:
    """The rings of each unit by its number, corners that fall together left out."""
    found = {}
    for feature in json.loads(screen_shapes(told.w, kind))["features"]:
        geometry = feature["geometry"]
        parts = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
        rings = []
        for ring in (ring for part in parts for ring in part):
            corners = dict.fromkeys((round(x, MAP_DECIMALS), round(y, MAP_DECIMALS)) for x, y in ring)
            if len(corners) > 2:
                rings.append(tuple(corners))
        found[feature["properties"]["n"]] = tuple(rings)
    return found
