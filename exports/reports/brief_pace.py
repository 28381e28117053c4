"""The second page of the brief: how far it is to each target, how fast it goes, and where units stand."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from charts.models import about
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
from exports.reports.drawn import LETTERS, figures_line, trend_block
from exports.reports.told import (
    FAMILY,
    HEADLINE,
    Teller,
    level_of,
    mark_of,
    status_of,
)
from i18n import decimal, percent, points, short_date
from queries import pace
from queries.catalogue import LearningModel
from queries.pace import Pace


def pace_page(
    told: Teller, models: Sequence[LearningModel], paces: dict[str, Pace], units: pd.DataFrame | None
) -> list[Block]:
    words = told.words
    head = [
        words("overview.changes_model"), words("network.value_column"), words("reports.target"), words("reports.gap"),
        words("pace.pace_column"), words("pace.needed_column"), words("pace.standing_column"), words("reports.projection"),
    ]  # fmt: skip
    rows = [_pace_row(told, words.pick(m.short_name_vi, m.short_name_en), paces[m.model]) for m in models]
    blocks = [
        heading(words("reports.pace"), 1),
        lead(words("reports.pace_lead")),
        table(head, rows, (1.6, 1.3, 1.2, 1.4, 1.65, 1.3, 1.2, 1.3), (3, 4, 5), 3.6),
    ]
    family = paces.get("family")
    if family and family.series and family.target:
        status = family.series[-1].status
        label = words("reports.family_line", mark=mark_of(told, status))
        line = figures_line(told, label, family.series, family.estimated_days)
        title = words(
            "reports.trend_title", goal=goal_words(family.target, told.lang), year=family.target.year
        )
        subtitle = words("reports.trend_subtitle", basis=words(f"common.basis_{HEADLINE}"))
        blocks.append(trend_block(told, title, subtitle, [line], FAMILY, (500, 215)))
    blocks += _standings(told, units, family)
    return blocks


def _pace_row(told: Teller, name: str, found: Pace) -> list[Cell]:
    words, lang = told.words, told.lang
    if found.figure is None:
        return [
            cell(name, strong=True),
            words("network.figure_none"),
            *["–"] * 4,
            told.standing(found.standing),
            "–",
        ]
    value = cell(
        told.value(found.figure, "rate"), told.date(found.figure), mark=told.mark(found.figure.status)
    )
    target: Cell = words("network.target_none")
    if found.target is not None:
        target = words("network.target_value", goal=goal_words(found.target, lang), year=found.target.year)
    gap = points(found.gap.difference, lang) if found.gap else "–"
    year = found.year
    paced: Cell = "–"
    if year is not None:
        span = f"{short_date(year.then_day, lang)} →\n{short_date(year.now_day, lang)}"
        paced = cell(about(points(year.per_year, lang), year.rough), span)
    needed = points(found.needed, lang) if found.needed is not None else "–"
    projected: Cell = "–"
    if found.projection is not None:
        end = found.projection.at_end
        projected = cell(
            words("reports.projected", value=percent(end.mid, lang, 0), year=end.day.year),
            f"{percent(end.low, lang, 0)} – {percent(end.high, lang, 0)}",
        )
    return [
        cell(name, strong=True),
        value,
        target,
        gap,
        paced,
        needed,
        told.standing(found.standing),
        projected,
    ]


def _standings(told: Teller, units: pd.DataFrame | None, family: Pace | None) -> list[Block]:
    """How many units have met the target, are on track or behind."""
    words = told.words
    if units is None or family is None or family.target is None or units["value"].notna().sum() == 0:
        return [paragraph(words("overview.pull_none"))]
    counts = pace.standing_counts(units)
    level = words(f"common.level_{level_of(told)}")
    rows = [Bar(told.standing(s), float(n), said=decimal(n, told.lang)) for s, n in counts.items()]
    good = counts.get("met", 0) + counts.get("on_track", 0)
    title = words("pace.bar_title", good=good, n=len(units), level=level, year=family.target.year)
    subtitle = words(
        "pace.bar_subtitle", level=level, goal=goal_words(family.target, told.lang), basis=words(f"common.basis_{HEADLINE}"),
        period=told.period_words, mark=mark_of(told, status_of(units)),
    )  # fmt: skip
    svg = bars(
        rows, target=None, target_name="", percent=False, lang=told.lang, tone=PAPER, size=(500, 16 * len(rows) + 8),
        letters=LETTERS,
    )  # fmt: skip
    alt = f"{title}. " + "; ".join(f"{row.name}: {row.said}" for row in rows)
    return [chart(title, subtitle, svg, alt)]
