"""Charts of targets and pace: the way to a target with its projection, and how many units stand where."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from charts.base import Chart, Look, mark_reform, reform_note, styled
from charts.drawing import Drawing, bar, scatter
from charts.models import DASH, MARKER, Labels, about, series_table
from i18n import Lang, percent, percent_as_given, period_name, points, short_date
from queries.bases import one_basis
from queries.catalogue import Target
from queries.figures import Figure
from queries.pace import STANDINGS, Pace, Standing, end_of
from queries.projection import Projection

SIGNS: dict[Standing, str] = {
    "met": "✓", "on_track": "↗", "behind": "↘", "far_behind": "↓", "missed": "✕", "too_little_data": "?",
    "no_target": "–", "ended": "–",
}  # fmt: skip
ALWAYS: tuple[Standing, ...] = ("met", "on_track", "behind", "far_behind", "too_little_data")
"""Standings that have a bar even where no unit has them."""


def goal_words(target: Target, lang: Lang) -> str:
    """The target as text, “80%”, or “85–90%” for a range."""
    goal = percent(target.value, lang, 0)
    return goal if target.value_max is None else f"{goal[:-1]}–{percent(target.value_max, lang, 0)}"


def pace_chart(pace: Pace, labels: Labels, look: Look) -> Chart:
    """The figures of one status over time, the target, the path that is needed (thin) and the projection (dashed, band).

    Percent on the vertical axis, which does not start at zero. Published figures are points that no line joins; sums of
    districts and of wards are two lines. ValueError where there is no target or no dated figure; MixedBases where
    they are on different bases.
    """
    target = pace.target
    if target is None or not pace.series:
        raise ValueError("a way to a target needs a target and a dated figure")
    one_basis(pace.series, [target.indicator_id])
    words, lang = look.words, look.lang
    last = pace.series[-1]
    low, high = _reach(pace, target)
    first_day = pace.series[0].period_end - dt.timedelta(days=120)
    last_day = max(end_of(target), last.period_end) + dt.timedelta(days=90)
    figure = Drawing()
    _draw_target(figure, target, first_day, high - low, pace, look)
    if pace.projection:
        end = pace.projection.at_end
        above = end.mid >= target.value and 100 * end.high < high - 0.1 * (high - low)
        _draw_projection(figure, pace.projection, above, look)
    if pace.needed is not None:
        _draw_needed(figure, pace, target, look)
    _draw_series(figure, pace, look)
    figure.update_yaxes(
        range=[low, high + 0.04 * (high - low)], ticksuffix="%", dtick=10 if high - low > 25 else 5
    )
    figure.update_xaxes(
        range=[first_day, last_day], showgrid=False, dtick="M24" if last_day.year - first_day.year > 6 else "M12",
        tickformat="%Y", tickangle=0,
    )  # fmt: skip
    styled(figure, look.palette, lang, height=340)
    mark_reform(figure, look, first_day, last_day)
    title = _title(pace, target, look)
    subtitle = words(
        "pace.chart_subtitle", label=labels.model, basis=labels.basis, mark=labels.mark, period=labels.period,
        low=low, high=high,
    )  # fmt: skip
    table = _table(pace, look)
    said = "; ".join(f"{row[0]}: {row[1]} ({row[2]})" for row in table.itertuples(index=False, name=None))
    effect = "reports" if last.units_reporting is not None else "totals"
    notes = (
        *_notes(pace, look),
        *(reform_note(look, first_day, last_day, effect) if pace.unit_key == "01" else ()),
    )
    return Chart(title, subtitle, figure.finished(), f"{title}. {said}", table, (" ".join(notes),) if notes else ())  # fmt: skip


def _title(pace: Pace, target: Target, look: Look) -> str:
    places = {"year": target.year, "goal": goal_words(target, look.lang)}
    if pace.standing == "met":
        return look.words("pace.chart_reached", **places)
    if pace.standing == "missed":
        return look.words("pace.chart_missed", **places)
    if pace.needed is not None:
        places["goal"] = percent(target.value, look.lang, 0)
        return look.words("pace.chart_open", **places, needed=points(pace.needed, look.lang))
    return look.words("pace.chart_plain", **places)


def _reach(pace: Pace, target: Target) -> tuple[int, int]:
    """The ends of the vertical axis in percent: all that is drawn with some air, on tens."""
    drawn = [f.value or 0.0 for f in pace.series] + [target.value, target.value_max or target.value]
    if pace.projection:
        drawn += [p.low for p in pace.projection.path] + [p.high for p in pace.projection.path]
    low = max(0, 10 * math.floor((100 * min(drawn) - 3) / 10))
    high = 10 * math.ceil((100 * max(drawn) + 3) / 10)
    return low, high if max(drawn) > 1 else min(high, 100)


def _rate(figure: Figure, pace: Pace, lang: Lang) -> str:
    text = (
        percent_as_given(figure.value, lang) if figure.status == "published" else percent(figure.value, lang)
    )
    return about(text, bool(figure.qualifier) or figure.period_end in pace.estimated_days)


def _draw_target(
    figure: Drawing, target: Target, first_day: dt.date, reach: float, pace: Pace, look: Look
) -> None:
    """The target as a thin line through the years, or as a band for a range, named at its left end."""
    colour = look.palette.target
    end = max(end_of(target), pace.series[-1].period_end)
    label = look.words("common.target_label", year=target.year, value=goal_words(target, look.lang))
    for value in sorted({target.value, target.value_max or target.value}):
        figure.add_trace(
            scatter(
                x=[first_day, end], y=[100 * value, 100 * value], mode="lines", hovertemplate=label + "<extra></extra>",
                line={"color": colour, "width": 1.5, "dash": "dash"},
            )
        )  # fmt: skip
    # Above its line, or below where the first figures lie just above it.
    early = 100 * ((pace.series[0].value or 0.0) - target.value)
    below = -1 <= early < 0.15 * reach
    top = target.value if below else target.value_max or target.value
    figure.add_annotation(
        x=pace.series[0].period_end, y=100 * top, text=label, showarrow=False, bgcolor=look.palette.surface, borderpad=0,
        xanchor="left", yanchor="top" if below else "bottom", yshift=-3 if below else 3, font={"size": 12, "color": colour},
    )  # fmt: skip


def _draw_projection(figure: Drawing, projection: Projection, above: bool, look: Look) -> None:
    """The trend carried on, dashed, in a band, with its name and its end in words above or below the band."""
    colours, lang, path = look.palette, look.lang, projection.path
    days = [p.day for p in path]
    figure.add_trace(
        scatter(
            x=days + days[::-1], y=[100 * p.high for p in path] + [100 * p.low for p in path[::-1]], fill="toself",
            fillcolor=_faded(colours.main, 0.16), line={"width": 0}, mode="lines", hoverinfo="skip",
        )
    )  # fmt: skip
    name = look.words("pace.projected_label")
    figure.add_trace(
        scatter(
            x=days, y=[100 * p.mid for p in path], mode="lines", line={"color": colours.main, "width": 2, "dash": "dash"},
            customdata=[[short_date(p.day, lang), _interval(p.low, p.mid, p.high, lang)] for p in path],
            hovertemplate="%{customdata[0]}: %{customdata[1]}<extra>" + name + "</extra>",
        )
    )  # fmt: skip
    later = path[len(path) // 2 :]
    edge = max(p.high for p in later) if above else min(p.low for p in later)
    figure.add_annotation(
        x=days[-1], y=100 * edge, text=f"{name}<br>{percent(projection.at_end.mid, lang)}", showarrow=False, align="right",
        xanchor="right", yanchor="bottom" if above else "top", yshift=4 if above else -4,
        bgcolor=colours.surface, font={"size": 12, "color": colours.main},
    )  # fmt: skip


def _draw_needed(figure: Drawing, pace: Pace, target: Target, look: Look) -> None:
    """The straight path from the latest figure to the target, thin."""
    start = pace.series[-1]
    name = look.words("pace.needed_label", needed=points(pace.needed, look.lang))
    figure.add_trace(
        scatter(
            x=[start.period_end, end_of(target)], y=[100 * (start.value or 0.0), 100 * target.value], mode="lines",
            line={"color": look.palette.muted, "width": 1}, hovertemplate=name + "<extra></extra>",
        )
    )  # fmt: skip


def _draw_series(figure: Drawing, pace: Pace, look: Look) -> None:
    """The figures themselves: published ones as points, sums of districts and sums of wards as two lines."""
    lang, status = look.lang, pace.series[-1].status
    colour = look.palette.soft if status == "illustrative" else look.palette.main
    for level in dict.fromkeys(f.reporting_level for f in pace.series):
        part = [f for f in pace.series if f.reporting_level == level]
        figure.add_trace(
            scatter(
                x=[f.period_end for f in part], y=[100 * (f.value or 0.0) for f in part],
                mode="markers" if status == "published" else "lines+markers",
                line={"color": colour, "width": 2, "dash": DASH[status]},
                marker={"symbol": MARKER[status], "size": 10 if status == "published" else 7, "color": colour},
                customdata=[[period_name(f.period_start, f.period_end, lang), _rate(f, pace, lang)] for f in part],
                hovertemplate="%{customdata[0]}: %{customdata[1]}<extra>" + look.words(f"common.mark_{status}") + "</extra>",
            )
        )  # fmt: skip
    last = pace.series[-1]
    figure.add_annotation(
        x=last.period_end, y=100 * (last.value or 0.0), text=f"<b>{_rate(last, pace, lang)}</b>", showarrow=False,
        xanchor="right", yanchor="bottom", xshift=-2, yshift=6, font={"size": 13, "color": look.palette.ink},
    )  # fmt: skip


def _faded(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def _interval(low: float, mid: float, high: float, lang: Lang) -> str:
    return f"{percent(mid, lang)} ({percent(low, lang)} – {percent(high, lang)})"


def _table(pace: Pace, look: Look) -> pd.DataFrame:
    """The figures, then where the projection ends."""
    words = look.words
    table = series_table(list(pace.series), look)
    table[words("common.rate")] = [_rate(f, pace, look.lang) for f in pace.series]
    if pace.projection:
        end = pace.projection.at_end
        values = [
            short_date(end.day, look.lang), _interval(end.low, end.mid, end.high, look.lang), words("pace.projected_label"), ""
        ]  # fmt: skip
        table.loc[len(table)] = dict(zip(table.columns, values, strict=True))
    return table


def _notes(pace: Pace, look: Look) -> list[str]:
    """What the thin line is, how sure a projection is and what it comes from."""
    found, thin = pace.projection, [look.words("pace.needed_note")] if pace.needed is not None else []
    if found is None:
        return thin
    places: dict[str, Any] = {
        "level": percent(found.level, look.lang, 0),
        "n": found.periods,
        "first": short_date(found.first, look.lang),
        "last": short_date(found.last, look.lang),
    }
    notes = [*thin, look.words("pace.band_note", **places)]
    if found.status == "illustrative":
        notes.append(look.words("pace.band_note_illustrative"))
    return notes


def status_bar(counts: Mapping[Standing, int], target: Target, labels: Labels, look: Look) -> Chart:
    """How many units have met the target, are on track, behind, far behind, or have too little data.

    One bar a standing, from zero, with its sign and name beside it; ``counts`` as ``standing_counts`` gives them.
    """
    colours, words = look.palette, look.words
    shown = [s for s in STANDINGS if s in ALWAYS or counts.get(s)]
    numbers = [counts.get(s, 0) for s in shown]
    colour_of = {
        "met": colours.above, "on_track": _faded(colours.above, 0.55), "behind": _faded(colours.below, 0.55),
        "far_behind": colours.below, "missed": colours.below,
    }  # fmt: skip
    names = [words(f"pace.standing_{s}") for s in shown]
    signed = [f"{name}  {SIGNS[s]}" for name, s in zip(names, shown, strict=True)]
    figure = Drawing(
        bar(
            x=numbers[::-1], y=signed[::-1], orientation="h", text=[str(n) for n in numbers[::-1]], textposition="outside",
            marker={"color": [colour_of.get(s, colours.missing) for s in shown[::-1]]}, cliponaxis=False,
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_xaxes(range=[0, 1.15 * max([*numbers, 1])], showticklabels=False, showgrid=False)
    figure.update_yaxes(showgrid=False, type="category")
    good, total = counts.get("met", 0) + counts.get("on_track", 0), sum(numbers)
    title = words("pace.bar_title", good=good, n=total, level=labels.level, year=target.year)
    subtitle = words("pace.bar_subtitle", **labels.fill(), goal=goal_words(target, look.lang))
    table = pd.DataFrame({words("pace.standing_column"): names, words("pace.count_column"): numbers})
    said = "; ".join(f"{name}: {n}" for name, n in zip(names, numbers, strict=True))
    styled(figure, colours, look.lang, height=30 + 32 * len(shown), bargap=0.3)
    figure.update_xaxes(ticks="", showline=False)
    return Chart(title, subtitle, figure.finished(), f"{title}. {said}", table)
