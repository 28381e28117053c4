"""The third page of the brief: the units that hold the city's rate back, and the peer groups."""

from __future__ import annotations

from typing import Any

import pandas as pd

from charts.pace import goal_words
from charts.vector import PAPER, Bar, bars
from exports.reports.blocks import (
    Block,
    Cell,
    cell,
    chart,
    heading,
    lead,
    paragraph,
    table,
)
from exports.reports.drawn import LETTERS
from exports.reports.told import (
    FAMILY,
    HEADLINE,
    STATUSES,
    Teller,
    level_of,
    mark_of,
    status_of,
)
from i18n import decimal, percent, points
from queries import catalogue, overview, pace
from queries.peers import peer_groups

FURTHEST = 12
PULLS = 6


def wards_page(told: Teller, units: pd.DataFrame | None) -> list[Block]:
    words = told.words
    blocks = [heading(words("reports.wards"), 1), lead(words("reports.wards_lead"))]
    target = pace.target_to_meet(told.w, FAMILY)
    if units is None or target is None or told.end is None or units["value"].notna().sum() == 0:
        return [*blocks, paragraph(words("overview.pull_none"))]
    mark = mark_of(told, status_of(units))
    return [
        *blocks,
        _pulls(told, target.value, goal_words(target, told.lang), mark),
        *_furthest(told, units, target, mark),
        *_peer_table(told, units),
    ]


def _pulls(told: Teller, goal: float, goal_said: str, mark: str) -> Block:
    """The units that pull the city's rate down the most."""
    words, lang = told.words, told.lang
    assert told.end is not None
    found = overview.pulls(told.w, FAMILY, told.end, "city", STATUSES, goal)
    last = found[found["pull"] < 0].tail(PULLS).iloc[::-1]
    rows = [
        Bar(
            words.pick(r["name_vi"], r["name_en"]), float(r["pull"]),
            said=f"{points(r['pull'], lang, 2)} ({percent(r['value'], lang)})",
        )
        for r in last.to_dict("records")
    ]  # fmt: skip
    title = words("reports.pull_title", n=len(rows))
    subtitle = words(
        "overview.pull_subtitle",
        target=goal_said,
        basis=words(f"common.basis_{HEADLINE}"),
        period=told.period_words,
        mark=mark,
    )
    svg = bars(
        rows, target=None, target_name="", percent=False, lang=lang, tone=PAPER, size=(500, 16 * max(1, len(rows)) + 8),
        letters=LETTERS,
    )  # fmt: skip
    alt = f"{title}. " + "; ".join(f"{row.name}: {row.said}" for row in rows)
    return chart(title, subtitle, svg, alt)


def _furthest(told: Teller, units: pd.DataFrame, target: Any, mark: str) -> list[Block]:
    """The units that lack the most families to the target."""
    words, lang = told.words, told.lang
    model = next(m for m in catalogue.learning_models(told.w) if m.model == "family")
    counted = words.pick(model.counted_vi, model.counted_en)
    short = units[units["lacking"] > 0].sort_values(["lacking", "unit_key"], ascending=[False, True])
    level = words(f"common.level_{level_of(told)}")
    if short.empty:
        return [heading(words("pace.furthest_title_none", level=level))]
    share = percent(short["lacking"].head(FURTHEST).sum() / short["lacking"].sum(), lang, 0)
    title = words(
        "pace.furthest_title", n=len(short), level=level, few=min(FURTHEST, len(short)), share=share
    )
    subtitle = words(
        "pace.furthest_subtitle",
        counted=counted,
        goal=goal_words(target, lang),
        period=told.period_words,
        mark=mark,
    )
    rows: list[list[Cell]] = [
        [
            cell(words.pick(r["name_vi"], r["name_en"]), strong=True),
            words.pick(r["district_vi"], r["district_en"]),
            percent(r["value"], lang),
            points(r["gap"], lang),
            decimal(round(r["lacking"]), lang),
            points(r["pace"], lang),
            points(r["needed"], lang),
            told.standing(r["standing"]),
        ]
        for r in short.head(FURTHEST).to_dict("records")
    ]
    head = [
        words("common.unit"), words("common.former_district"), words("common.rate"), words("reports.gap"),
        words("pace.lacking_column", counted=counted), words("pace.pace_column"), words("pace.needed_column"),
        words("pace.standing_column"),
    ]  # fmt: skip
    widths, right = [1.75, 1.6, 0.7, 1.35, 1.0, 1.3, 1.3, 1.2], (2, 3, 4, 5, 6)
    if level_of(told) == "district":
        # A district lay in no other one.
        head, rows = [head[0], *head[2:]], [[row[0], *row[2:]] for row in rows]
        widths, right = [widths[0], *widths[2:]], (1, 2, 3, 4, 5)
    return [
        heading(title),
        paragraph(subtitle, quiet=True),
        table(head, rows, widths, right, 2.6),
    ]


def _peer_table(told: Teller, units: pd.DataFrame) -> list[Block]:
    """Each peer group: how many reported and met the target, and its rate as sum over sum."""
    words, lang = told.words, told.lang
    rows: list[list[Cell]] = []
    for group in peer_groups(told.w).values():
        of_group = units[units["unit_key"].isin(group.members)]
        known = of_group.dropna(subset=["value"])
        if of_group.empty:
            continue
        whole = known["denominator"].sum()
        rate = known["numerator"].sum() / whole if whole else None
        met = int((known["standing"] == "met").sum())
        rows.append(
            [
                cell(words.pick(group.name_vi, group.name_en), strong=True),
                f"{len(known)}/{len(of_group)}",
                percent(rate, lang),
                percent(known["value"].min(), lang),
                percent(known["value"].max(), lang),
                decimal(met, lang),
            ]
        )
    keys = ("group", "reported", "rate", "lowest", "highest", "met")
    return [
        heading(words("reports.peers_title")),
        paragraph(words("reports.peers_note"), quiet=True),
        table([words(f"reports.peers_{k}") for k in keys], rows, (3, 1, 1, 1, 1, 1), (1, 2, 3, 4, 5), 2.6),
    ]
