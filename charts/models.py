"""Charts of one learning model in the city: trend with targets and breaks, distribution over units, funnel."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd

from charts.base import REFORM_DAY, Chart, Look, mark_reform, reform_note, styled
from charts.drawing import Drawing, bar, scatter
from i18n import decimal, percent, percent_as_given, period_name, short_date
from queries.bases import one_basis
from queries.catalogue import Target
from queries.figures import Figure

MARKER = {"published": "diamond", "reported": "circle", "illustrative": "circle-open"}
DASH = {"published": "solid", "reported": "solid", "illustrative": "dot"}
FEW = 1000
"""Below this a count says more than so many of a hundred."""
# Where a label stands beside its point, so that the last points of two series do not write over each other.
LABEL_PLACE: dict[str, dict[str, Any]] = {
    "published": {"xanchor": "center", "yanchor": "top", "yshift": -6},
    "raised": {"xanchor": "center", "yanchor": "bottom", "yshift": 6},
    "reported": {"xanchor": "left", "yanchor": "bottom", "xshift": 6, "yshift": 2},
    "illustrative": {"xanchor": "left", "yanchor": "top", "xshift": 6, "yshift": -2},
}


@dataclass(frozen=True)
class Labels:
    """The words that a chart of one model and period is titled with.

    ``model`` is its name, ``counted`` what is counted (families, clans…), ``basis`` what the rate is of,
    ``period`` and ``mark`` (status) say when and how sure, ``level`` names the reporting units.
    """

    model: str
    counted: str
    basis: str
    period: str
    mark: str
    level: str

    def fill(self) -> dict[str, str]:
        """The places that wordings may use."""
        return {
            "basis": self.basis,
            "period": self.period,
            "mark": self.mark,
            "counted": self.counted,
            "level": self.level,
        }


def about(text: str, estimated: bool) -> str:
    """A number with ≈ where a part of it had to be estimated."""
    return f"≈ {text}" if estimated else text


def name_of(frame: pd.DataFrame, look: Look) -> pd.Series:
    """The names of units in the reader's language."""
    return frame["name_vi" if look.lang == "vi" else "name_en"]


def _status_name(status: str, look: Look) -> str:
    return look.words(f"common.mark_{status}")


def _rate(f: Figure, look: Look) -> str:
    """A rate as text, a published one with the digits of its source."""
    return percent_as_given(f.value, look.lang) if f.status == "published" else percent(f.value, look.lang)


def units_reporting(f: Figure) -> str:
    """How many of the units that were to report are in a sum, “98/126”; empty for a published figure."""
    return "" if f.units_reporting is None else f"{f.units_reporting}/{f.units_expected}"


def series_table(series: list[Figure], look: Look) -> pd.DataFrame:
    """The table twin of a series of rates: date, rate, status, coverage."""
    words = look.words
    return pd.DataFrame(
        {
            words("common.date"): [period_name(f.period_start, f.period_end, look.lang) for f in series],
            words("common.rate"): [_rate(f, look) for f in series],
            words("common.status_column"): [_status_name(f.status, look) for f in series],
            words("models.units_column"): [units_reporting(f) for f in series],
        }
    )


def trend(
    series: list[Figure],
    targets: list[Target],
    labels: Labels,
    look: Look,
    effect: str = "reports",
    ended_on: dt.date | None = None,
) -> Chart:
    """Rates of the city over time on one basis, by status, with targets and the breaks of 2025 marked.

    Published figures are separate points: their sources differ, so no line joins them. Where the title
    has ended the chart says so after the last day and shows no target. Raises MixedBases where the figures or the targets are on
    different bases.
    """
    targets = [] if ended_on else targets
    one_basis(series, [t.indicator_id for t in targets])
    colours, words = look.palette, look.words
    title = words("models.trend_title_ended" if ended_on else "models.trend_title", model=labels.model)
    usable = [f for f in series if f.value is not None and f.date_basis != "undated"]
    published = any(f.status == "published" for f in usable)
    subtitle = words(
        "models.trend_subtitle_published" if published else "models.trend_subtitle", basis=labels.basis
    )
    figure = Drawing()
    for target in targets:
        _draw_target(figure, target, usable, look)
    for status in ("illustrative", "reported", "published"):
        _draw_status(figure, [f for f in usable if f.status == status], look)
    first, last = _span(usable, targets, ended_on)
    figure.update_yaxes(range=[0, 108], ticksuffix="%", tick0=0, dtick=25)
    figure.update_xaxes(range=[first, last], showgrid=False, dtick="M24", tickformat="%Y", tickangle=0)
    if ended_on:
        _draw_end(figure, ended_on, last, look)
    said = (
        f"{period_name(f.period_start, f.period_end, look.lang)}: {_rate(f, look)} ({_status_name(f.status, look)})"
        for f in usable
    )
    styled(figure, colours, look.lang, height=340)
    mark_reform(figure, look, first, last)
    undated = [f for f in series if f.value is not None and f.date_basis == "undated"]
    notes = [words("models.undated_note", value=percent_as_given(f.value, look.lang)) for f in undated]
    notes = [*reform_note(look, first, last, effect), *_coverage_note(usable, look), *notes]
    return Chart(
        title, subtitle, figure.finished(), title + ". " + "; ".join(said), series_table(usable, look), (" ".join(notes),) if notes else ()
    )  # fmt: skip


def _span(usable: list[Figure], targets: list[Target], ended_on: dt.date | None) -> tuple[dt.date, dt.date]:
    """The first and last day of the axis of a trend, with room for the label of its last point."""
    days = [f.period_end for f in usable]
    first = min(days, default=dt.date(2021, 1, 1)) - dt.timedelta(days=120)
    if ended_on:
        return first, ended_on + max((ended_on - first) * 0.6, dt.timedelta(days=730))
    last = max([*days, *(dt.date(t.year, 12, 31) for t in targets)], default=dt.date(2030, 12, 31))
    return first, last + (last - first) * 0.16


def _draw_target(figure: Drawing, target: Target, usable: list[Figure], look: Look) -> None:
    day = dt.date(target.year, 12, 31)
    label = look.words("common.target_label", year=target.year, value=percent(target.value, look.lang, 0))
    near = [f.value or 0 for f in usable if abs((f.period_end - day).days) < 400]
    side = "bottom right" if near and min(near) > target.value else "top center"
    colour = look.palette.target
    figure.add_trace(
        scatter(
            x=[day], y=[100 * target.value], mode="markers+text", text=[label], textposition=side,
            marker={"symbol": "line-ew", "size": 22, "line": {"width": 2, "color": colour}},
            textfont={"size": 12, "color": colour}, hovertemplate=label + "<extra></extra>", cliponaxis=False,
        )
    )  # fmt: skip


def _draw_status(figure: Drawing, drawn: list[Figure], look: Look) -> None:
    """Figures of one status: the sums of districts and of wards as two lines, published ones as points."""
    if not drawn:
        return
    status = drawn[0].status
    colour = look.palette.main
    before = [f for f in drawn if f.reporting_level == "district"]
    after = [f for f in drawn if f.reporting_level != "district"]
    for part, named in ((before, not after), (after, True)):
        if not part:
            continue
        figure.add_trace(
            scatter(
                x=[f.period_end for f in part], y=[100 * (f.value or 0) for f in part],
                mode="markers" if status == "published" else "lines+markers",
                opacity=0.6 if status == "illustrative" else 1, line={"color": colour, "width": 2, "dash": DASH[status]},
                marker={"symbol": MARKER[status], "size": 10 if status == "published" else 7, "color": colour},
                customdata=[
                    [period_name(f.period_start, f.period_end, look.lang), _rate(f, look), _in_brackets(units_reporting(f))]
                    for f in part
                ],
                hovertemplate="%{customdata[0]}: %{customdata[1]}%{customdata[2]}<extra>" + _status_name(status, look) + "</extra>",
            )
        )  # fmt: skip
        for point in part if status == "published" else part[-1:] if named else []:
            text = _rate(point, look)
            if status != "published":
                text = f"{_status_name(status, look)}: {text}"
            figure.add_annotation(
                x=point.period_end, y=100 * (point.value or 0), text=text, showarrow=False,
                font={"size": 12, "color": look.palette.ink},
                **LABEL_PLACE["raised" if status == "published" and part.index(point) % 2 else status],
            )  # fmt: skip


def _in_brackets(text: str) -> str:
    return f" ({text})" if text else ""


def _draw_end(figure: Drawing, ended_on: dt.date, last: dt.date, look: Look) -> None:
    """The time in which a title no longer exists, with the reason."""
    figure.add_shape(
        type="rect", x0=ended_on, x1=last, y0=0, y1=1, yref="paper", layer="below", line={"width": 0},
        fillcolor=look.palette.line, opacity=0.45,
    )  # fmt: skip
    figure.add_annotation(
        x=ended_on + (last - ended_on) / 2, y=0.75, yref="paper", showarrow=False, align="center",
        text=look.words("models.trend_end", day=short_date(ended_on, look.lang)),
        font={"size": 12, "color": look.palette.ink},
    )  # fmt: skip


def _coverage_note(usable: list[Figure], look: Look) -> list[str]:
    """That the sums of wards over time are not of the same wards, with the lowest and highest number of them."""
    counts = [
        f.units_reporting for f in usable if f.period_end >= REFORM_DAY and f.units_reporting is not None
    ]
    expected = [f.units_expected for f in usable if f.units_expected is not None]
    if not counts or min(counts) == max(expected):
        return []
    low, high = min(counts), max(counts)
    span = str(low) if low == high else f"{low}–{high}"
    return [look.words("models.trend_coverage", span=span, expected=expected[-1])]


def distribution(
    units: pd.DataFrame, city: Figure | None, target: Target | None, labels: Labels, look: Look
) -> Chart:
    """How many units fall into each band of ten points, with the city's rate and the target as lines.

    ``units`` as ``queries.timeline.values_on`` gives them, with their ``basis``. Raises MixedBases.
    """
    one_basis(units, [city] if city else [], [target.indicator_id] if target else [])
    colours, words = look.palette, look.words
    known = units.dropna(subset=["value"])
    rates = known["value"] * 100
    estimated = bool((known["status"] == "apportioned").any())
    if target is None:
        title = words("models.distribution_title_plain", n=len(rates), level=labels.level)
    else:
        title = words(
            "models.distribution_title",
            below=about(str(int((rates < 100 * target.value).sum())), estimated),
            n=len(rates),
            level=labels.level,
            target=percent(target.value, look.lang, 0),
        )
    subtitle = words(
        "models.distribution_subtitle", **labels.fill(), reporting=len(known), expected=len(units)
    )
    lows = list(range(0, 100, 10))
    counts = [int(((rates >= low) & ((rates < low + 10) | (low == 90))).sum()) for low in lows]
    bands = [f"{low}–{low + 10}%" for low in lows]
    figure = Drawing(
        bar(
            x=[low + 5 for low in lows], y=counts, width=9, marker={"color": colours.soft if estimated else colours.main},
            text=[str(c) if c else "" for c in counts], cliponaxis=False, textangle=0, constraintext="none",
            textposition=["inside" if c > 0.15 * max(counts) else "outside" for c in counts],
            customdata=bands, hovertemplate="%{customdata}: %{y}<extra></extra>",
        )
    )  # fmt: skip
    top = max([*counts, 1])
    _draw_lines(figure, city.value if city else None, target.value if target else None, top, look)
    ticks = list(range(0, 101, 20))
    figure.update_xaxes(
        range=[-2, 102], tickvals=ticks, ticktext=[f"{tick}%" for tick in ticks], showgrid=False
    )
    figure.update_yaxes(range=[0, top * 1.42], showticklabels=False, showgrid=False, ticks="", showline=False)
    table = pd.DataFrame({words("models.band_column"): bands, words("models.count_column"): counts})
    filled = "; ".join(f"{label}: {count}" for label, count in zip(bands, counts, strict=True) if count)
    styled(figure, colours, look.lang, height=300)
    figure.lay({"margin": {"r": 72}})  # the label of a line near the right end stands there
    return Chart(title, subtitle, figure.finished(), f"{title}. {filled}", table)


def _draw_lines(figure: Drawing, city: float | None, target: float | None, top: float, look: Look) -> None:
    """The city's rate and the target as dashed lines across a distribution, each with its label."""
    lines = [
        (value, label, colour, top * height)
        for value, label, colour, height in (
            (city, look.words("models.city_line"), look.palette.ink, 1.34),
            (target, look.words("models.target_line"), look.palette.target, 1.2),
        )
        if value is not None
    ]
    right_most = max((value for value, *_ in lines), default=None)
    for value, label, colour, height in lines:
        figure.add_shape(
            type="line", x0=100 * value, x1=100 * value, y0=0, y1=height, layer="below",
            line={"color": colour, "width": 1.5, "dash": "dash"},
        )  # fmt: skip
        left = value != right_most
        figure.add_annotation(
            x=100 * value, y=height, text=f"{label} {percent(value, look.lang, 0 if value == target else 1)}", showarrow=False,
            yanchor="middle", xanchor="right" if left else "left", xshift=-4 if left else 4, font={"size": 12, "color": colour},
        )  # fmt: skip


def funnel(
    total: float | None,
    registered: float | None,
    recognised: float | None,
    coverage: str,
    labels: Labels,
    look: Look,
) -> Chart:
    """From all, to those who registered, to those recognised: three bars from zero with counts."""
    colours, words, counted = look.palette, look.words, labels.counted
    title = words("models.funnel_title")
    if total and recognised is not None and total < FEW:
        title = words(
            "models.funnel_title_few",
            counted=counted,
            recognised=decimal(recognised, look.lang),
            total=decimal(total, look.lang),
        )
    elif total and recognised is not None:
        title = words(
            "models.funnel_title_share", counted=counted, share=decimal(100 * recognised / total, look.lang)
        )
    subtitle = words("models.funnel_subtitle", **labels.fill(), coverage=coverage)
    steps = [
        (words("models.step_total"), total, colours.missing),
        (words("models.step_registered"), registered, colours.soft),
        (words("models.step_recognised"), recognised, colours.main),
    ]
    known = [
        (name, value, colour) for name, value, colour in steps if value is not None and not pd.isna(value)
    ]
    shares = [
        f" ({percent(v / total, look.lang)})" if total and n != words("models.step_total") else ""
        for n, v, _ in known
    ]
    figure = Drawing(
        bar(
            x=[v for _, v, _ in known][::-1], y=[n for n, _, _ in known][::-1], orientation="h",
            marker={"color": [c for _, _, c in known][::-1]},
            text=[decimal(v, look.lang) + s for (_, v, _), s in zip(known, shares, strict=True)][::-1],
            textposition="auto", insidetextanchor="start", textfont={"size": 13}, cliponaxis=False,
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_xaxes(rangemode="tozero", showticklabels=False, showgrid=False, ticks="", showline=False)
    figure.update_yaxes(showgrid=False, type="category")
    table = pd.DataFrame(
        {
            words("models.step_column"): [n for n, _, _ in known],
            counted.capitalize(): [decimal(v, look.lang) for _, v, _ in known],
        }
    )
    alt = title + ". " + ", ".join(f"{n}: {decimal(v, look.lang)} {counted}" for n, v, _ in known)
    return Chart(title, subtitle, styled(figure, colours, look.lang, height=210).finished(), alt, table)
