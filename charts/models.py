"""Charts of one learning model: trend, distribution over units, ranking, groups, funnel."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from charts.base import Chart, Look, mark_reform, styled
from i18n import decimal, percent, percent_as_given, period_name, points
from queries.catalogue import Target
from queries.figures import Figure, one_basis

MARKER = {"published": "diamond", "reported": "circle", "illustrative": "circle-open"}
DASH = {"published": "solid", "reported": "solid", "illustrative": "dot"}
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


def _status_name(status: str, look: Look) -> str:
    return look.words(f"common.mark_{status}")


def _rate(f: Figure, look: Look) -> str:
    """A rate as text, a published one with the digits of its source."""
    return percent_as_given(f.value, look.lang) if f.status == "published" else percent(f.value, look.lang)


def series_table(series: list[Figure], look: Look) -> pd.DataFrame:
    """The table twin of a series of rates: date, rate, status, coverage."""
    words = look.words
    return pd.DataFrame(
        {
            words("common.date"): [period_name(f.period_start, f.period_end, look.lang) for f in series],
            words("common.rate"): [_rate(f, look) for f in series],
            words("common.status_column"): [_status_name(f.status, look) for f in series],
            words("models.units_column"): [
                "" if f.units_reporting is None else f"{f.units_reporting}/{f.units_expected}" for f in series
            ],
        }
    )


def trend(series: list[Figure], targets: list[Target], labels: Labels, look: Look) -> Chart:
    """Rates of the city over time on one basis, by status, with targets and the breaks of 2025 marked.

    Published figures are separate points: their sources differ, so no line joins them. Raises MixedBases
    where the figures are on different bases.
    """
    one_basis(series)
    colours, words = look.palette, look.words
    title = words("models.trend_title", model=labels.model)
    subtitle = words("models.trend_subtitle", basis=labels.basis)
    figure = go.Figure()
    usable = [f for f in series if f.value is not None and f.date_basis != "undated"]
    days = [f.period_end for f in usable]
    ends = [dt.date(t.year, 12, 31) for t in targets]
    first = min(days, default=dt.date(2021, 1, 1)) - dt.timedelta(days=120)
    last = max([*days, *ends], default=dt.date(2030, 12, 31))
    last += (last - first) * 0.16  # room for the label of the last point
    for target in targets:
        day = dt.date(target.year, 12, 31)
        label = words("common.target_label", year=target.year, value=percent(target.value, look.lang, 0))
        near = [f.value or 0 for f in usable if abs((f.period_end - day).days) < 400]
        side = "bottom center" if near and min(near) > target.value else "top center"
        figure.add_trace(
            go.Scatter(
                x=[day], y=[100 * target.value], mode="markers+text", text=[label], textposition=side,
                marker={"symbol": "line-ew", "size": 22, "line": {"width": 2, "color": colours.target}},
                textfont={"size": 12, "color": colours.target}, hovertemplate=label + "<extra></extra>", cliponaxis=False,
            )
        )  # fmt: skip
    for status in ("illustrative", "reported", "published"):
        points = [f for f in usable if f.status == status]
        if not points:
            continue
        before = [f for f in points if f.reporting_level == "district"]
        after = [f for f in points if f.reporting_level != "district"]
        colour = colours.main if status != "illustrative" else colours.soft
        for part, named in ((before, not after), (after, True)):
            if not part:
                continue
            figure.add_trace(
                go.Scatter(
                    x=[f.period_end for f in part],
                    y=[100 * (f.value or 0) for f in part],
                    mode="markers" if status == "published" else "lines+markers",
                    line={"color": colour, "width": 2, "dash": DASH[status]},
                    marker={"symbol": MARKER[status], "size": 10 if status == "published" else 7, "color": colour},
                    customdata=[[period_name(f.period_start, f.period_end, look.lang), _rate(f, look)] for f in part],
                    hovertemplate="%{customdata[0]}: %{customdata[1]}<extra>" + _status_name(status, look) + "</extra>",
                )
            )  # fmt: skip
            for point in part if status == "published" else part[-1:] if named else []:
                text = _rate(point, look)
                if status != "published":
                    text = f"{_status_name(status, look)}: {text}"
                figure.add_annotation(
                    x=point.period_end, y=100 * (point.value or 0), text=text, showarrow=False,
                    font={"size": 12, "color": colours.ink},
                    **LABEL_PLACE["raised" if status == "published" and part.index(point) % 2 else status],
                )  # fmt: skip
    mark_reform(figure, colours, first, last, words("common.reform_label"))
    figure.update_yaxes(range=[0, 108], ticksuffix="%", tick0=0, dtick=25)
    figure.update_xaxes(range=[first, last], showgrid=False, dtick="M24", tickformat="%Y", tickangle=0)
    table = series_table(usable, look)
    alt = (
        title
        + ". "
        + "; ".join(
            f"{period_name(f.period_start, f.period_end, look.lang)}: {_rate(f, look)} ({_status_name(f.status, look)})"
            for f in usable
        )
    )
    undated = [f for f in series if f.value is not None and f.date_basis == "undated"]
    notes = tuple(words("models.undated_note", value=percent_as_given(f.value, look.lang)) for f in undated)
    return Chart(title, subtitle, styled(figure, colours, look.lang, height=340), alt, table, notes)


def _names(frame: pd.DataFrame, look: Look) -> pd.Series:
    return frame["name_vi" if look.lang == "vi" else "name_en"]


def distribution(
    units: pd.DataFrame, city: float | None, target: float | None, labels: Labels, look: Look
) -> Chart:
    """How many units fall into each band of ten points, with the city's rate and the target as lines."""
    colours, words = look.palette, look.words
    rates = units["value"].dropna() * 100
    below = None if target is None else int((rates < 100 * target).sum())
    if below is None:
        title = words("models.distribution_title_plain", n=len(rates), level=labels.level)
    else:
        goal = percent(target, look.lang, 0)
        title = words("models.distribution_title", below=below, n=len(rates), level=labels.level, target=goal)
    subtitle = words("models.distribution_subtitle", **labels.fill())
    edges = list(range(0, 101, 10))
    counts = [
        int(((rates >= low) & ((rates < low + 10) | ((low == 90) & (rates <= 100)))).sum())
        for low in edges[:-1]
    ]
    bands = [f"{low}–{low + 10}%" for low in edges[:-1]]
    figure = go.Figure(
        go.Bar(
            x=[low + 5 for low in edges[:-1]], y=counts, width=9, marker={"color": colours.main},
            text=[str(c) if c else "" for c in counts], textposition="outside", cliponaxis=False,
            customdata=bands, hovertemplate="%{customdata}: %{y}<extra></extra>",
        )
    )  # fmt: skip
    top = max([*counts, 1])
    lines = (
        (city, words("models.city_line"), colours.ink, 1.34),
        (target, words("models.target_line"), colours.target, 1.2),
    )
    right_most = max((v for v, *_ in lines if v is not None), default=None)
    for value, label, colour, height in lines:
        if value is not None:
            figure.add_shape(
                type="line",
                x0=100 * value,
                x1=100 * value,
                y0=0,
                y1=top * height,
                line={"color": colour, "width": 1.5, "dash": "dash"},
            )
            left = value != right_most or value > 0.65
            figure.add_annotation(
                x=100 * value, y=top * height, text=f"{label} {percent(value, look.lang)}", showarrow=False, yanchor="middle",
                xanchor="right" if left else "left", xshift=-4 if left else 4, font={"size": 12, "color": colour},
            )  # fmt: skip
    figure.update_xaxes(range=[0, 100], ticksuffix="%", dtick=20, showgrid=False)
    figure.update_yaxes(range=[0, top * 1.42], showticklabels=False, showgrid=False)
    table = pd.DataFrame({words("models.band_column"): bands, words("models.count_column"): counts})
    filled = "; ".join(f"{label}: {count}" for label, count in zip(bands, counts, strict=True) if count)
    return Chart(title, subtitle, styled(figure, colours, look.lang, height=300), f"{title}. {filled}", table)


def ranking(units: pd.DataFrame, target: float | None, labels: Labels, look: Look, limit: int = 40) -> Chart:
    """Units from the highest rate to the lowest as bars from zero; those that match a search stand out.

    ``units`` has the column ``matches``: whether the unit fits the search. At most ``limit`` bars are drawn, the
    table has all. Units that did not report follow in the table only.
    """
    colours, words = look.palette, look.words
    shown = units.dropna(subset=["value"]).sort_values(["value", "code"], ascending=[False, True])
    searched = not bool(units["matches"].all())
    drawn = (shown[shown["matches"]] if searched else shown).head(limit).iloc[::-1]
    missing = int(units["value"].isna().sum())
    names = list(_names(shown, look))
    if shown["denominator"].max() == 1:
        yes = int((shown["value"] == 1).sum())
        title = words("models.ranking_title_binary", yes=yes, n=len(shown), level=labels.level)
    elif not names:
        title = words("common.empty_title")
    else:
        title = words("models.ranking_title", first=names[0], last=names[-1])
    key = "models.ranking_subtitle_all" if len(drawn) == len(shown) else "models.ranking_subtitle"
    subtitle = words(key, **labels.fill(), missing=missing, shown=len(drawn))
    rank = {key: place for place, key in enumerate(shown["unit_key"], start=1)}
    figure = go.Figure(
        go.Bar(
            x=100 * drawn["value"],
            y=[
                f"{name}  {rank[key]}"
                for name, key in zip(_names(drawn, look), drawn["unit_key"], strict=True)
            ],
            orientation="h",
            marker={"color": colours.main},
            text=[percent(v, look.lang) for v in drawn["value"]],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    if target is not None:
        figure.add_vline(
            x=100 * target, line={"color": colours.target, "width": 1.5, "dash": "dash"}, layer="below"
        )
    figure.update_xaxes(range=[0, 122], ticksuffix="%", side="top", dtick=50, tickangle=0)
    figure.update_yaxes(showgrid=False, type="category")
    everyone = pd.concat([shown, units[units["value"].isna()]])
    table = pd.DataFrame(
        {
            words("models.rank_column"): [*range(1, len(shown) + 1), *[None] * (len(everyone) - len(shown))],
            words("common.unit"): _names(everyone, look),
            words("common.former_district"): everyone["district_vi" if look.lang == "vi" else "district_en"],
            words("models.numerator_column"): everyone["numerator"],
            words("models.denominator_column"): everyone["denominator"],
            words("common.rate"): [
                percent(v, look.lang) if pd.notna(v) else words("common.not_reported")
                for v in everyone["value"]
            ],
        }
    )
    values = [percent(v, look.lang) for v in shown["value"]]
    pairs = [f"{n} {v}" for n, v in zip(names, values, strict=True)]
    alt = title + (
        ". " + ", ".join(pairs[:5]) + (" … " + ", ".join(pairs[-5:]) if len(pairs) > 10 else "")
        if pairs
        else ""
    )
    height = 60 + 22 * max(len(drawn), 3)
    return Chart(title, subtitle, styled(figure, colours, look.lang, height=height, bargap=0.25), alt, table)


def groups(areas: pd.DataFrame, kind: str, target: float | None, labels: Labels, look: Look) -> Chart:
    """Rates of areas side by side, from sums and not means. ``kind``: type (phường against xã) or district."""
    colours, words = look.palette, look.words
    shown = areas.dropna(subset=["value"]).sort_values("value")
    if kind == "type":
        names = [words(f"common.type_{key}") for key in shown["area_key"]]
        title = words("models.groups_type_title")
        if len(shown) == 2:
            gap = points(shown["value"].iloc[1] - shown["value"].iloc[0], look.lang)
            title = words("models.groups_type_title_gap", high=names[1], low=names[0], gap=gap.lstrip("+"))
    else:
        names = list(_names(shown, look))
        title = words("models.groups_district_title")
    subtitle = words("models.groups_subtitle", **labels.fill())
    figure = go.Figure(
        go.Bar(
            x=100 * shown["value"], y=names, orientation="h", marker={"color": colours.main},
            text=[percent(v, look.lang) for v in shown["value"]], textposition="inside", insidetextanchor="end",
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )  # fmt: skip
    if target is not None:
        figure.add_vline(x=100 * target, line={"color": colours.target, "width": 1.5, "dash": "dash"})
    figure.update_xaxes(range=[0, 100], ticksuffix="%", side="top", dtick=25, tickangle=0)
    figure.update_yaxes(showgrid=False, type="category")
    backwards = shown.iloc[::-1]
    table = pd.DataFrame(
        {
            words("models.area_column"): names[::-1],
            words("models.numerator_column"): backwards["numerator"],
            words("models.denominator_column"): backwards["denominator"],
            words("common.rate"): [percent(v, look.lang) for v in backwards["value"]],
            words("models.units_column"): [
                f"{a}/{b}"
                for a, b in zip(backwards["units_reporting"], backwards["units_expected"], strict=True)
            ],
        }
    )
    alt = (
        title
        + ". "
        + ", ".join(
            f"{n} {percent(v, look.lang)}" for n, v in zip(names[::-1], backwards["value"], strict=True)
        )
    )
    return Chart(
        title, subtitle, styled(figure, colours, look.lang, height=60 + 26 * max(len(shown), 2)), alt, table
    )


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
    if total and recognised is not None:
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
    figure = go.Figure(
        go.Bar(
            x=[v for _, v, _ in known][::-1], y=[n for n, _, _ in known][::-1], orientation="h",
            marker={"color": [c for _, _, c in known][::-1]},
            text=[decimal(v, look.lang) + s for (_, v, _), s in zip(known, shares, strict=True)][::-1],
            textposition="auto", insidetextanchor="start", textfont={"size": 13}, cliponaxis=False,
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_xaxes(rangemode="tozero", showticklabels=False, showgrid=False)
    figure.update_yaxes(showgrid=False, type="category")
    table = pd.DataFrame(
        {
            words("models.step_column"): [n for n, _, _ in known],
            counted.capitalize(): [decimal(v, look.lang) for _, v, _ in known],
        }
    )
    alt = title + ". " + ", ".join(f"{n}: {decimal(v, look.lang)} {counted}" for n, v, _ in known)
    return Chart(title, subtitle, styled(figure, colours, look.lang, height=210), alt, table)
