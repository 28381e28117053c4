"""Charts of the analyst's desk: one indicator over time, by unit, as a spread; two indicators against each other.

Each point carries its unit's key as the first of its ``customdata``, so that a click can choose the unit.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import pandas as pd

from charts import drawing
from charts.base import Chart, Look, mark_reform, reform_note, styled, wrapped
from charts.drawing import Drawing, bar
from charts.models import about
from i18n import decimal, percent, period_name
from queries.bases import one_basis
from queries.catalogue import Indicator

FEW = 8
"""Lines that can be told apart by their names; more are grey but for the chosen ones."""
ENDS = 15
LINE_ENDS = 75
"""Of so many units with the highest and the lowest last figures lines are drawn: of thousands nobody could tell one."""
"""Units shown at either end where there are more than twice as many."""
BINS = 24


@dataclass(frozen=True)
class Subject:
    """What a chart shows: the indicator, its name and unit in the reader's language, and words on what was chosen."""

    indicator: Indicator
    name: str
    unit: str
    chosen: str

    @property
    def is_rate(self) -> bool:
        """Whether values are fractions, drawn as percent."""
        return self.indicator.kind == "rate"


def said(value: float, subject: Subject, look: Look, estimated: float = 0.0) -> str:
    """A value as text with its decimals; ≈ where a part was estimated."""
    digits = subject.indicator.decimals
    if subject.is_rate:
        return about(percent(value, look.lang, 1 if digits is None else digits), estimated > 0)
    return about(decimal(value, look.lang, _digits(value, digits)), estimated > 0)


def _digits(value: float, digits: int | None) -> int:
    return digits if digits is not None else 0 if float(value).is_integer() or abs(value) >= 100 else 1


def _drawn(values: pd.Series, subject: Subject) -> pd.Series:
    return 100 * values if subject.is_rate else values


def _named(rows: pd.DataFrame, look: Look) -> pd.Series:
    return rows["unit_vi" if look.lang == "vi" else "unit_en"]


def _when(row: pd.Series, look: Look) -> str:
    start = None if pd.isna(row["period_start"]) else pd.Timestamp(row["period_start"]).date()
    return period_name(start, pd.Timestamp(row["period_end"]).date(), look.lang)


def _whens(rows: pd.DataFrame, look: Look) -> list[str]:
    """The period of each row in words; few periods have many rows."""
    periods = rows[["period_start", "period_end"]]
    names = {
        (row["period_start"], row["period_end"]): _when(row, look)
        for _, row in periods.drop_duplicates().iterrows()
    }
    return [names[pair] for pair in zip(rows["period_start"], rows["period_end"], strict=True)]


def _points(rows: pd.DataFrame, subject: Subject, look: Look) -> list[list[str]]:
    """For each row what a point carries: unit_key, name, period, value, status."""
    columns = (rows[name].to_list() for name in ("unit_key", "value", "estimated_share", "status"))
    return [
        [str(key), str(name), when, said(value, subject, look, share or 0.0), look.words(f"common.mark_{status}")]
        for name, when, key, value, share, status in zip(
            _named(rows, look).to_list(), _whens(rows, look), *columns, strict=True
        )
    ]  # fmt: skip


_HOVER = "%{customdata[1]}<br>%{customdata[2]}: %{customdata[3]}<extra>%{customdata[4]}</extra>"


def _axis(figure: Drawing, subject: Subject, axis: str, *, zero: bool = True) -> None:
    update = figure.update_xaxes if axis == "x" else figure.update_yaxes
    update(ticksuffix="%" if subject.is_rate else "", rangemode="tozero" if zero else "normal")


def _table(rows: pd.DataFrame, subject: Subject, look: Look) -> pd.DataFrame:
    words = look.words
    return pd.DataFrame(
        {
            words("common.unit"): _named(rows, look).to_list(),
            words("explore.period"): _whens(rows, look),
            f"{subject.name} ({subject.unit})": _drawn(rows["value"], subject).to_list(),
            words("common.status_column"): [words(f"common.mark_{s}") for s in rows["status"]],
        }
    )


def _extremes(rows: pd.DataFrame, subject: Subject, look: Look) -> str:
    """The highest and lowest unit in words."""
    ordered = rows.sort_values("value")
    names = _named(ordered, look)
    low, high = ordered.iloc[0], ordered.iloc[-1]
    return look.words(
        "explore.extremes",
        high=names.iloc[-1], high_value=said(high["value"], subject, look, high["estimated_share"] or 0.0),
        low=names.iloc[0], low_value=said(low["value"], subject, look, low["estimated_share"] or 0.0),
    )  # fmt: skip


def _chart(
    title: str,
    subject: Subject,
    figure: Drawing,
    rows: pd.DataFrame,
    look: Look,
    when: str,
    listed: pd.DataFrame | None = None,
) -> Chart:
    """A chart in words; ``listed`` are the rows of its table where those are not all that it tells of."""
    marks = ", ".join(look.words(f"common.mark_{s}") for s in sorted(rows["status"].unique()))
    subtitle = look.words(
        "explore.chart_subtitle",
        name=subject.name,
        unit=subject.unit,
        period=when,
        chosen=subject.chosen,
        marks=marks,
    )
    alt = f"{title}. {subtitle} {_extremes(rows, subject, look)}" if len(rows) > 1 else f"{title}. {subtitle}"
    table = _table(rows if listed is None else listed, subject, look)
    return Chart(title, subtitle, figure.finished(), alt, table)


def latest(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the last period of each status, one a unit: real figures before illustrative ones."""
    last = rows[rows["period_end"] == rows["period_end"].max()]
    order = last["status"].map({"reported": 0, "published": 1, "apportioned": 2}).fillna(3)
    first: pd.DataFrame = last.loc[order.sort_values(kind="stable").index].drop_duplicates("unit_key")
    return first


def _both_ends(rows: pd.DataFrame, chosen: tuple[str, ...]) -> pd.DataFrame:
    """The rows of the units with the highest and lowest last figures and of the chosen ones; of few units all rows."""
    last = rows.sort_values("period_end", kind="stable").drop_duplicates("unit_key", keep="last")
    if len(last) <= 2 * LINE_ENDS:
        return rows
    ordered = last.sort_values(["value", "unit_key"])["unit_key"]
    kept = {*ordered.head(LINE_ENDS), *ordered.tail(LINE_ENDS), *chosen}
    return rows[rows["unit_key"].isin(kept)]


def trend(every: pd.DataFrame, subject: Subject, chosen: tuple[str, ...], look: Look) -> Chart:
    """One line a unit and status over time; up to ``FEW`` are named, of more the chosen ones. At least one row.

    Of very many units those at both ends are drawn, and a note says so.
    """
    one_basis([subject.indicator])
    rows = _both_ends(every, chosen)
    colours = look.palette
    ordered = rows.sort_values("period_end", kind="stable")
    points, names = _points(ordered, subject, look), _named(ordered, look)
    days, values = ordered["period_end"], _drawn(ordered["value"], subject)
    places = ordered.groupby(["unit_key", "status"], sort=False).indices
    lines = list(dict.fromkeys(zip(rows["unit_key"], rows["status"], strict=True)))
    named = [line for line in lines if len(lines) <= FEW or line[0] in chosen]
    # all traces at once: each that is added alone takes as long as all that are there
    traces, ends = [], []
    for line in sorted(lines, key=lambda line: line[0] in chosen):
        at = places[line]
        place = named.index(line) if line in named else None
        colour = colours.soft if place is None else colours.category[place % len(colours.category)]
        dash = "dot" if line[1] == "illustrative" else "solid"
        traces.append(
            drawing.scatter(
                x=days.iloc[at], y=values.iloc[at], mode="lines+markers",
                line={"color": colour, "width": 1 if place is None else 2.5, "dash": dash},
                marker={"size": 5 if place is None else 8, "color": colour},
                customdata=[points[n] for n in at], hovertemplate=_HOVER,
            )
        )  # fmt: skip
        if place is not None:
            ends.append(at[-1])
    figure = Drawing(*traces)
    for last in ends:
        figure.add_annotation(
            x=days.iloc[last], y=float(values.iloc[last]), text=wrapped(str(names.iloc[last]), 16),
            showarrow=False, xanchor="left", xshift=8, align="left", font={"size": 12, "color": colours.ink},
        )  # fmt: skip
    first, last_day = (pd.Timestamp(d).date() for d in (rows["period_end"].min(), rows["period_end"].max()))
    margin = max((last_day - first).days, 30)
    figure.update_xaxes(
        range=[first - dt.timedelta(days=margin // 20), last_day + dt.timedelta(days=margin // 4)]
    )
    _axis(figure, subject, "y")
    styled(figure, colours, look.lang, height=420)
    figure.update_xaxes(showgrid=False)
    mark_reform(figure, look, first, last_day)
    units, drawn = every["unit_key"].nunique(), rows["unit_key"].nunique()
    title = look.words("explore.trend_title", name=subject.name, n=decimal(units, look.lang))
    ordered = every.sort_values("period_end")
    span = " – ".join(dict.fromkeys(_when(ordered.iloc[n], look) for n in (0, -1)))
    notes = reform_note(look, first, last_day, "reports")
    if drawn < units:
        notes = (
            *notes,
            look.words("explore.trend_left_out", n=decimal(units - drawn, look.lang), ends=LINE_ENDS),
        )
    return replace(_chart(title, subject, figure, every, look, span, rows), notes=notes)


def bars(rows: pd.DataFrame, subject: Subject, chosen: tuple[str, ...], look: Look) -> Chart:
    """One bar a unit for the last period, the highest first; of many units both ends. At least one row."""
    one_basis([subject.indicator])
    colours = look.palette
    shown = latest(rows).sort_values(["value", "unit_key"], ascending=[False, True])
    drawn = shown if len(shown) <= 2 * ENDS else pd.concat([shown.head(ENDS), shown.tail(ENDS)])
    figure = Drawing(
        bar(
            y=drawn["unit_key"], x=_drawn(drawn["value"], subject), orientation="h",
            marker={"color": [colours.above if k in chosen else colours.main for k in drawn["unit_key"]]},
            customdata=_points(drawn, subject, look), hovertemplate=_HOVER,
            text=[said(v, subject, look, e or 0.0) for v, e in zip(drawn["value"], drawn["estimated_share"], strict=True)],
            textposition="auto", insidetextanchor="end", cliponaxis=False,
        )
    )  # fmt: skip
    names = [wrapped(str(name), 26) for name in _named(drawn, look)]
    figure.update_yaxes(
        tickmode="array",
        tickvals=drawn["unit_key"].to_list(),
        ticktext=names,
        autorange="reversed",
        showgrid=False,
    )
    _axis(figure, subject, "x")
    styled(figure, colours, look.lang, height=70 + 24 * len(drawn), bargap=0.25)
    best, worst = shown.iloc[0], shown.iloc[-1]
    key = "explore.bars_title" if len(shown) > 1 else "explore.bars_title_one"
    title = look.words(
        key, name=subject.name, n=decimal(len(shown), look.lang), best=_named(shown, look).iloc[0], worst=_named(shown, look).iloc[-1],
        best_value=said(best["value"], subject, look, best["estimated_share"] or 0.0),
        worst_value=said(worst["value"], subject, look, worst["estimated_share"] or 0.0),
    )  # fmt: skip
    chart = _chart(title, subject, figure, shown, look, _when(best, look))
    left_out = len(shown) - len(drawn)
    return (
        replace(
            chart, notes=(look.words("explore.bars_left_out", n=decimal(left_out, look.lang), ends=ENDS),)
        )
        if left_out
        else chart
    )


def spread(rows: pd.DataFrame, subject: Subject, chosen: tuple[str, ...], look: Look) -> Chart:
    """One dot a unit for the last period, stacked where values are alike. At least one row."""
    one_basis([subject.indicator])
    colours = look.palette
    shown = latest(rows).sort_values("value").reset_index(drop=True)
    low, high = float(shown["value"].min()), float(shown["value"].max())
    width = (high - low) / BINS or 1.0
    bin_of = ((shown["value"] - low) / width).clip(upper=BINS - 1).astype(int) if high > low else pd.Series(0, index=shown.index)  # fmt: skip
    height = shown.groupby(bin_of).cumcount() + 1
    figure = Drawing(
        drawing.scatter(
            x=_drawn(low + (bin_of + 0.5) * width, subject) if high > low else _drawn(shown["value"], subject), y=height,
            mode="markers",
            marker={"size": 9, "color": [colours.above if k in chosen else colours.main for k in shown["unit_key"]]},
            customdata=_points(shown, subject, look), hovertemplate=_HOVER,
        )
    )  # fmt: skip
    _axis(figure, subject, "x", zero=False)
    figure.update_yaxes(
        range=[0, max(6, int(height.max())) + 1], title={"text": look.words("explore.units_axis")}
    )
    styled(figure, colours, look.lang, height=360)
    middle = float(shown["value"].median())
    figure.add_vline(x=float(_drawn(pd.Series([middle]), subject).iloc[0]), line={"color": colours.target, "width": 1, "dash": "dash"})  # fmt: skip
    title = look.words(
        "explore.spread_title", name=subject.name, middle=said(middle, subject, look), n=decimal(len(shown), look.lang),
        low=said(low, subject, look), high=said(high, subject, look),
    )  # fmt: skip
    return _chart(title, subject, figure, shown, look, _when(shown.iloc[0], look))


def scatter(
    across: pd.DataFrame,
    up: pd.DataFrame,
    subjects: tuple[Subject, Subject],
    chosen: tuple[str, ...],
    look: Look,
) -> Chart | None:
    """Two indicators against each other, one dot a unit with both at the last period of both; None where none has both."""
    for subject in subjects:
        one_basis([subject.indicator])
    days = set(across["period_end"]) & set(up["period_end"])
    if not days:
        return None
    day = max(days)
    x, y = (latest(rows[rows["period_end"] == day]).set_index("unit_key") for rows in (across, up))
    both = x.join(y[["value", "status", "estimated_share"]].add_suffix("_up"), how="inner").reset_index()
    both = both[(both["status"] == "illustrative") == (both["status_up"] == "illustrative")]
    if both.empty:
        return None
    colours, words = look.palette, look.words
    own = [
        [k, str(n), said(a, subjects[0], look, e or 0.0), said(b, subjects[1], look, f or 0.0), words(f"common.mark_{s}")]
        for k, n, a, b, e, f, s in zip(
            both["unit_key"], _named(both, look), both["value"], both["value_up"], both["estimated_share"],
            both["estimated_share_up"], both["status"], strict=True,
        )
    ]  # fmt: skip
    figure = Drawing(
        drawing.scatter(
            x=_drawn(both["value"], subjects[0]), y=_drawn(both["value_up"], subjects[1]), mode="markers",
            marker={"size": 10, "color": [colours.above if k in chosen else colours.main for k in both["unit_key"]]},
            customdata=own,
            hovertemplate="%{customdata[1]}<br>%{customdata[2]} · %{customdata[3]}<extra>%{customdata[4]}</extra>",
        )
    )  # fmt: skip
    for axis, subject in zip("xy", subjects, strict=True):
        _axis(figure, subject, axis, zero=False)
        update = figure.update_xaxes if axis == "x" else figure.update_yaxes
        update(title={"text": wrapped(f"{subject.name} ({subject.unit})", 48), "font": {"size": 12}})
    styled(figure, colours, look.lang, height=440)
    title = words("explore.scatter_title", across=subjects[0].name, up=subjects[1].name, n=len(both))
    when = _when(both.iloc[0], look)
    subtitle = words("explore.scatter_subtitle", period=when, chosen=subjects[0].chosen)
    table = pd.DataFrame(
        {
            words("common.unit"): _named(both, look).to_list(),
            **{
                f"{s.name} ({s.unit})": _drawn(both[c], s).to_list()
                for s, c in zip(subjects, ("value", "value_up"), strict=True)
            },
        }
    )
    return Chart(title, subtitle, figure.finished(), f"{title}. {subtitle}", table)
