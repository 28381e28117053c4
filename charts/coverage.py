"""Chart of who reported, period by period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

from charts.base import Chart, Look, styled
from charts.drawing import Drawing, Trace, bar
from i18n import decimal, percent
from queries.coverage import PeriodCoverage

PERIODS = 8
"""So many periods are drawn at most; the table twin has them all."""
ROW = 42
"""Pixels of one period: its name, and the bar below."""
ABOVE = 0.47
"""How far above the middle of a bar its words stand, in periods."""
LEGIBLE = 0.03
"""The share of a bar from which on its number is written into it; the others are in the table."""
KINDS = ("in_time", "undated", "late", "missing")
PATTERN = {"in_time": "", "undated": ".", "late": "/", "missing": ""}
"""Told apart without colour: full, dotted, hatched, hollow."""


@dataclass(frozen=True)
class HistoryLabels:
    """What the chart is of: the report in words, the chosen period, and the name of each period by its last day."""

    report: str
    chosen: dt.date
    periods: Mapping[dt.date, str]

    def name(self, period: PeriodCoverage) -> str:
        """A period in words."""
        return self.periods.get(period.period_end, period.period_end.isoformat())


def reporting(history: list[PeriodCoverage], labels: HistoryLabels, look: Look) -> Chart:
    """Units that reported in time, late and not at all, one bar a period with the latest on top.

    Each bar is all units that were to report, so that thirty districts and 126 wards can be read side by side; where
    the tier changes a line stands between the bars. The latest periods are drawn, or those from the chosen one on
    where it is older. ``history`` is of one status and not empty.
    """
    words, colours = look.words, look.palette
    drawn = _window(history, labels.chosen)
    title = _title(history, labels, look)
    subtitle = words(
        "coverage.history_subtitle", report=labels.report, mark=words(f"common.mark_{history[-1].status}")
    )
    places = _places(drawn)
    figure = Drawing(*(_bars(drawn, places, k, look) for k in KINDS if any(getattr(p, k) for p in drawn)))
    written = []
    for place, period in zip(places, drawn, strict=True):
        name = labels.name(period)
        here = f"<b>▸ {name}</b>" if period.period_end == labels.chosen else name
        written.append(_written(place + ABOVE, here, "left", colours.ink))
        written.append(_written(place + ABOVE, _share(period, look), "right", colours.ink))
    figure.add_annotations([*written, *_mark_break(figure, drawn, places, look)])
    styled(
        figure, colours, look.lang, height=int(40 + ROW * (places[-1] + 1)), barmode="stack",
        showlegend=True, margin={"l": 2, "r": 2, "t": 36, "b": 2},
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "traceorder": "normal"},
    )  # fmt: skip
    figure.update_xaxes(range=[-0.3, 100.5], visible=False)
    figure.update_yaxes(range=[-0.35, places[-1] + 0.75], visible=False)
    return Chart(
        title, subtitle, figure.finished(), _alt(title, drawn, labels, look), _table(history, labels, look)
    )


def _window(history: list[PeriodCoverage], chosen: dt.date) -> list[PeriodCoverage]:
    """At most ``PERIODS`` of them, oldest first: the latest ones, or those from the chosen one on."""
    earlier = sum(p.period_end < chosen for p in history)
    start = min(earlier, max(len(history) - PERIODS, 0))
    return history[start : start + PERIODS]


def _places(drawn: list[PeriodCoverage]) -> list[float]:
    """Where each bar stands, from below: one apart, and further where the tier of units changed in between."""
    places = [0.0]
    for earlier, later in pairwise(drawn):
        places.append(places[-1] + (1 if earlier.level == later.level else 1.85))
    return places


def _kind_name(kind: str, look: Look) -> str:
    return look.words(f"coverage.kind_{kind}")


def _share(period: PeriodCoverage, look: Look) -> str:
    return look.words("coverage.history_share", share=percent(period.population_share, look.lang))


def _bars(drawn: list[PeriodCoverage], places: list[float], kind: str, look: Look) -> Trace:
    colours = look.palette
    fill = {
        "in_time": colours.main,
        "undated": colours.soft,
        "late": colours.soft,
        "missing": colours.surface,
    }
    counts = [int(getattr(p, kind)) for p in drawn]
    return bar(
        x=[100 * n / p.expected for n, p in zip(counts, drawn, strict=True)],
        y=places,
        orientation="h",
        width=0.42,
        name=_kind_name(kind, look),
        marker={
            "color": fill[kind],
            "line": {"color": colours.main, "width": 1},
            "pattern": {
                "shape": PATTERN[kind], "fgcolor": colours.main, "bgcolor": fill[kind], "size": 8, "solidity": 0.14,
            },
        },
        text=[decimal(n, look.lang) if n >= LEGIBLE * p.expected else "" for n, p in zip(counts, drawn, strict=True)],
        customdata=[decimal(n, look.lang) for n in counts],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        constraintext="none",
        textfont={"color": colours.surface if kind == "in_time" else colours.ink},
        hovertemplate=f"{_kind_name(kind, look)}: %{{customdata}}<extra></extra>",
    )  # fmt: skip


def _mark_break(
    figure: Drawing, drawn: list[PeriodCoverage], places: list[float], look: Look
) -> list[dict[str, Any]]:
    """A dashed line between the bars of districts and those of wards; returns its words."""
    written = []
    for (earlier, later), (below, above) in zip(pairwise(drawn), pairwise(places), strict=True):
        if earlier.level == later.level:
            continue
        between = (below + above) / 2 + 0.02
        figure.add_shape(
            type="line", x0=0, x1=1, xref="paper", y0=between, y1=between,
            line={"color": look.palette.muted, "width": 1, "dash": "dash"},
        )  # fmt: skip
        text = look.words(
            "coverage.history_break",
            districts=decimal(earlier.expected, look.lang),
            wards=decimal(later.expected, look.lang),
        )
        written.append(_written(between + 0.25, text, "left", look.palette.muted))
    return written


def _written(place: float, text: str, side: str, colour: str) -> dict[str, Any]:
    """A line of words at the left or right edge."""
    return {
        "x": 0 if side == "left" else 1, "xref": "paper", "y": place, "text": text, "showarrow": False, "xanchor": side,
        "borderpad": 1, "font": {"size": 12, "color": colour},
    }  # fmt: skip


def _title(history: list[PeriodCoverage], labels: HistoryLabels, look: Look) -> str:
    """What changed against the period before, told within one tier only."""
    words = look.words
    upto = [p for p in history if p.period_end <= labels.chosen] or history[:1]
    now = upto[-1]
    before = [p for p in upto[:-1] if p.level == now.level]
    name = labels.name(now)
    period = name[0].upper() + name[1:]
    if not before:
        return words("coverage.history_first", period=period, level=words(f"common.level_{now.level}"))
    more = now.missing - before[-1].missing
    if more:
        key = "coverage.history_more" if more > 0 else "coverage.history_fewer"
        return words(key, period=period, n=decimal(abs(more), look.lang))
    if now.missing:
        return words("coverage.history_same", period=period, n=decimal(now.missing, look.lang))
    return words("coverage.history_complete", period=period)


def _table(history: list[PeriodCoverage], labels: HistoryLabels, look: Look) -> pd.DataFrame:
    """All periods, the latest first."""
    words = look.words
    rows = history[::-1]
    kinds = [kind for kind in KINDS if kind != "undated" or any(p.undated for p in rows)]
    return pd.DataFrame(
        {
            words("coverage.period_column"): [labels.name(p) for p in rows],
            words("coverage.level_column"): [words(f"common.level_{p.level}") for p in rows],
            words("coverage.expected_column"): [p.expected for p in rows],
            **{_kind_name(kind, look): [getattr(p, kind) for p in rows] for kind in kinds},
            words("coverage.share_column"): [percent(p.population_share, look.lang) for p in rows],
            words("common.status_column"): [words(f"common.mark_{p.status}") for p in rows],
        }
    )


def _alt(title: str, drawn: list[PeriodCoverage], labels: HistoryLabels, look: Look) -> str:
    def said(period: PeriodCoverage) -> str:
        counts = [
            f"{_kind_name(kind, look).lower()} {decimal(getattr(period, kind), look.lang)}"
            for kind in KINDS
            if getattr(period, kind)
        ]
        return f"{labels.name(period)}: {', '.join(counts)}; {_share(period, look)}"

    return f"{title}. {'. '.join(said(period) for period in reversed(drawn))}"
