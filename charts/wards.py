"""Charts of one ward or former district: its line over time with what came before, and its peers."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from charts.base import MERGER_DAY, REFORM_DAY, Chart, Look, mark_reform, styled
from charts.drawing import Drawing, bar, scatter
from charts.models import DASH, MARKER, about
from charts.palette import Palette
from i18n import percent, period_name
from queries.bases import one_basis
from queries.catalogue import Target
from queries.timeline import MovedFigure
from queries.wards import Point

BAR = 22
"""Pixels from one bar to the next."""
MAX_CONTEXT = 3
"""More grey lines than this cannot be told apart."""


@dataclass(frozen=True)
class Line:
    """The figures of one unit over time under the name that its line has."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Labels:
    """Words of a chart of one unit: ``unit`` its name, ``model`` the title, ``basis`` what the rate is of; its ``level``."""

    unit: str
    model: str
    basis: str
    level: str


# ---- Over time ----------------------------------------------------------------------------------------------------


def trend(
    own: Line,
    context: Sequence[Line],
    back: Sequence[MovedFigure],
    target: Target | None,
    labels: Labels,
    look: Look,
) -> Chart:
    """A unit's rates over time on one basis, the target, and as grey lines the former districts that it comes from.

    ``context`` ends with June 2025: it is not the unit's own line. ``back`` are figures of before July 2025 divided
    down to the unit, drawn apart with their bands. At least one point in all. Raises MixedBases.
    """
    one_basis(own.points, back, *(line.points for line in context), [target.indicator_id] if target else [])
    words, colours = look.words, look.palette
    before = [Line(c.name, tuple(p for p in c.points if p.period_end < REFORM_DAY)) for c in context]
    before = [c for c in before if c.points][:MAX_CONTEXT]
    figure = Drawing()
    sides = _sides(before)
    for number, line in enumerate(before):
        _draw_context(figure, line, number, sides[number], look)
    _draw_back(figure, back, look)
    _draw_own(figure, own, look)
    days = [p.period_end for line in (own, *before) for p in line.points] + [b.period_end for b in back]
    first = min([*days, dt.date(2024, 7, 1)]) - dt.timedelta(days=100)
    last = max([*days, dt.date(2025, 12, 31)])
    last += (last - first) * 0.22  # room for the name of the line at its end
    if target is not None:
        _draw_target(figure, target, first, last, _label_at_start(own, before, target), look)
    figure.update_yaxes(range=[0, 108], ticksuffix="%", tick0=0, dtick=25)
    figure.update_xaxes(range=[first, last], showgrid=False, tickformat="%Y", dtick="M12", tickangle=0)
    styled(figure, colours, look.lang, height=360)
    mark_reform(figure, look, first, last)
    subtitle = words("wards.trend_subtitle", basis=labels.basis)
    notes = [words(f"wards.trend_reform_{labels.level}", unit=labels.unit)]
    if before:
        notes.append(
            words("wards.trend_context", unit=labels.unit, names=", ".join(line.name for line in before))
        )
    if back:
        notes.append(words("wards.trend_back", unit=labels.unit))
    title = _trend_title(own, labels, look)
    return Chart(
        title,
        subtitle,
        figure.finished(),
        _trend_alt(title, own, before, look),
        _trend_table(own, before, back, look),
        (" ".join(notes),),
    )


def _said(point: Point, look: Look) -> str:
    return about(percent(point.value, look.lang), point.estimated_share > 0).replace("≈ ", "≈\u00a0")


def _when(point: Point | MovedFigure, look: Look) -> str:
    return period_name(point.period_start, point.period_end, look.lang)


def _trend_title(own: Line, labels: Labels, look: Look) -> str:
    if not own.points:
        return look.words("wards.trend_title_none", model=labels.model, unit=labels.unit)
    first, last = own.points[0], own.points[-1]
    if first is last:
        return look.words(
            "wards.trend_title_one", model=labels.model, value=_said(last, look), period=_when(last, look)
        )
    return look.words(
        "wards.trend_title",
        model=labels.model,
        then=_said(first, look),
        then_period=_when(first, look),
        now=_said(last, look),
        period=_when(last, look),
    )


def _draw_own(figure: Drawing, own: Line, look: Look) -> None:
    if not own.points:
        return
    colours, last = look.palette, own.points[-1]
    figure.add_trace(
        scatter(
            x=[p.period_end for p in own.points], y=[100 * p.value for p in own.points], mode="lines+markers",
            line={"color": colours.main, "width": 2.5, "dash": DASH[last.status]},
            marker={"symbol": [MARKER[p.status] for p in own.points], "size": 8, "color": colours.main},
            customdata=[[_when(p, look), _said(p, look), look.words(f"common.mark_{p.status}")] for p in own.points],
            hovertemplate=f"{own.name}<br>%{{customdata[0]}}: %{{customdata[1]}}<extra>%{{customdata[2]}}</extra>",
        )
    )  # fmt: skip
    figure.add_annotation(
        x=last.period_end, y=100 * last.value, text=f"<b>{_said(last, look)}</b>", showarrow=False,
        xanchor="left", yanchor="middle", xshift=9, align="left", font={"size": 12, "color": colours.ink},
    )  # fmt: skip


def _sides(before: Sequence[Line]) -> list[str]:
    """Where the name of each grey line stands: above the highest and below the lowest at their start, another in between."""
    order = sorted(range(len(before)), key=lambda n: -before[n].points[0].value)
    sides = dict.fromkeys(order, "between")
    if order:
        sides[order[-1]] = "below"
        sides[order[0]] = "above"
    return [sides[n] for n in range(len(before))]


def _named_at(points: Sequence[Point], side: str) -> Point:
    """The point of a grey line that its name stands at."""
    return points[len(points) * 3 // 4] if side == "between" else points[0]


def _draw_context(figure: Drawing, line: Line, number: int, side: str, look: Look) -> None:
    """A former district's line in grey with its name."""
    colours, points = look.palette, line.points
    figure.add_trace(
        scatter(
            x=[p.period_end for p in points], y=[100 * p.value for p in points], mode="lines",
            line={"color": colours.muted, "width": 1.5, "dash": ("solid", "dash", "dot")[number]},
            customdata=[[_when(p, look), _said(p, look), look.words(f"common.mark_{p.status}")] for p in points],
            hovertemplate=f"{line.name}<br>%{{customdata[0]}}: %{{customdata[1]}}<extra>%{{customdata[2]}}</extra>",
        )
    )  # fmt: skip
    named, below = _named_at(points, side), side == "below"
    figure.add_annotation(
        x=named.period_end, y=100 * named.value, text=line.name, showarrow=False, yanchor="top" if below else "bottom",
        yshift=-2 if below else 2, xanchor="center" if side == "between" else "left",
        font={"size": 11, "color": colours.muted}, bgcolor=colours.surface, borderpad=0,
    )  # fmt: skip


def _draw_back(figure: Drawing, back: Sequence[MovedFigure], look: Look) -> None:
    """Figures divided down: the extremes as a pale band, the two ways of dividing as a darker one, a dashed line."""
    known = [b for b in back if b.value is not None]
    if not known:
        return
    colours, words = look.palette, look.words
    days = [b.period_end for b in known]

    def band(
        low: list[float | None], high: list[float | None], opacity: float, colour: str, label: str
    ) -> None:
        figure.add_trace(
            scatter(
                x=days + days[::-1], y=[100 * (v or 0) for v in high + low[::-1]], fill="toself", mode="none",
                fillcolor=colour, opacity=opacity, hoverinfo="skip", name=label,
            )
        )  # fmt: skip

    band(
        [b.value_low for b in known],
        [b.value_high for b in known],
        0.22,
        colours.missing,
        words("wards.band_outer"),
    )
    inner = [
        [v for v in (b.value, b.value_by_area, b.value_by_people) if v is not None] or [0.0] for b in known
    ]
    band([min(v) for v in inner], [max(v) for v in inner], 0.55, colours.soft, words("wards.band_inner"))
    figure.add_trace(
        scatter(
            x=days, y=[100 * (b.value or 0) for b in known], mode="lines", line={"color": colours.main, "width": 1.5, "dash": "dash"},
            customdata=[[_when(b, look), about(percent(b.value, look.lang), True), percent(b.value_low, look.lang), percent(b.value_high, look.lang)] for b in known],
            hovertemplate="%{customdata[0]}: %{customdata[1]} (%{customdata[2]} – %{customdata[3]})<extra>" + words("wards.back_mark") + "</extra>",
        )
    )  # fmt: skip


def _draw_target(
    figure: Drawing, target: Target, first: dt.date, last: dt.date, at_start: bool, look: Look
) -> None:
    """A target as a thin line, labelled at the start or the end of the axis."""
    colour = look.palette.target
    figure.add_shape(
        type="line", x0=first, x1=last, y0=100 * target.value, y1=100 * target.value, layer="below",
        line={"color": colour, "width": 1, "dash": "dash"},
    )  # fmt: skip
    figure.add_annotation(
        x=first if at_start else last, y=100 * target.value, showarrow=False, yanchor="bottom",
        xanchor="left" if at_start else "right",
        text=look.words("common.target_label", year=target.year, value=percent(target.value, look.lang, 0)),
        font={"size": 12, "color": colour},
    )  # fmt: skip


def _label_at_start(own: Line, before: Sequence[Line], target: Target) -> bool:
    """Whether a target's label has more room at the start of the axis, where lines begin, than at the end of the own line."""
    begins = [line.points[0] for line in (own, *before) if line.points]
    first = min((p.period_end for p in begins), default=None)
    at_start = [abs(p.value - target.value) for p in begins if p.period_end == first]
    return bool(own.points) and min(at_start) > abs(own.points[-1].value - target.value)


def _trend_alt(title: str, own: Line, before: Sequence[Line], look: Look) -> str:
    said = [
        f"{line.name}: " + "; ".join(f"{_when(p, look)} {_said(p, look)}" for p in line.points)
        for line in (own, *before)
        if line.points
    ]
    return f"{title}. {'. '.join(said)}"


def _trend_table(own: Line, before: Sequence[Line], back: Sequence[MovedFigure], look: Look) -> pd.DataFrame:
    words = look.words
    rows = [
        (line.name, _when(p, look), _said(p, look), words(f"common.mark_{p.status}"), "")
        for line in (*before, own)
        for p in line.points
    ]
    rows += [
        (own.name, _when(b, look), about(percent(b.value, look.lang), True), words("wards.back_mark"),
         f"{percent(b.value_low, look.lang)} – {percent(b.value_high, look.lang)}")
        for b in back
    ]  # fmt: skip
    names = ["common.unit", "common.date", "common.rate", "common.status_column", "wards.band_column"]
    table = pd.DataFrame(rows, columns=[words(name) for name in names])
    return table if back else table.iloc[:, :-1]


# ---- Peers --------------------------------------------------------------------------------------------------------


def peers(
    field: pd.DataFrame,
    group: str,
    median: float | None,
    city: float | None,
    caption: str,
    look: Look,
) -> Chart:
    """The units of a peer group from the highest rate to the lowest as bars from zero, this one darker.

    ``field`` as ``queries.wards.field_of`` gives it, the peers only, this unit among them. Those that have not
    reported are named in the notes and the table. Raises MixedBases.
    """
    one_basis(field)
    words, colours, lang = look.words, look.palette, look.lang
    known = field.dropna(subset=["value"]).sort_values(["value", "unit_key"], ascending=[False, True])
    known = known.assign(place=known["value"].rank(method="min", ascending=False).astype(int))
    names = [_name(row, look) for _, row in known.iterrows()]
    texts = [
        about(percent(v, lang), e > 0)
        for v, e in zip(known["value"], known["estimated_share"].fillna(0), strict=True)
    ]
    own = known[known["is_self"]]
    title = words("wards.peers_title_none", group=group)
    if len(own):
        title = words("wards.peers_title", place=int(own["place"].iloc[0]), n=len(known), group=group)
    bars = [
        f"<b>{name}</b>  {place}" if me else f"{name}  {place}"
        for name, place, me in zip(names, known["place"], known["is_self"], strict=True)
    ][::-1]
    top = 100 * known["value"].max()
    figure = Drawing(
        bar(
            x=list(100 * known["value"])[::-1], y=bars, orientation="h",
            marker={"color": [colours.main if me else colours.soft for me in known["is_self"]][::-1]},
            customdata=texts[::-1], hovertemplate="%{y}: %{customdata}<extra></extra>",
        )
    )  # fmt: skip
    figure.add_trace(
        scatter(
            x=[top + 2] * len(known), y=bars, mode="text", text=texts[::-1], textposition="middle right",
            textfont={"size": 12, "color": colours.ink}, hoverinfo="skip", cliponaxis=False,
        )
    )  # fmt: skip
    for value, label, colour, row in (
        (median, words("wards.median_line"), colours.ink, 0),
        (city, words("wards.city_line"), colours.muted, 1),
    ):
        if value is not None:
            figure.add_vline(x=100 * value, line={"color": colour, "width": 1.2, "dash": "dot"})
            figure.add_annotation(
                x=100 * value, y=1, yref="paper", text=f"{label} {percent(value, lang)}", showarrow=False, yanchor="bottom",
                xanchor="right", yshift=2 + 16 * row, font={"size": 11, "color": colour},
            )  # fmt: skip
    figure.update_xaxes(range=[0, top * 1.18], visible=False)
    figure.update_yaxes(showgrid=False, type="category")
    silent = [_name(row, look) for _, row in field[field["value"].isna()].iterrows()]
    notes = (
        (words("wards.peers_missing", n=len(silent), names=", ".join(silent)),) if silent else ()
    )  # fmt: skip
    table = pd.DataFrame(
        {
            words("wards.place_column"): [*known["place"], *[None] * len(silent)],
            words("common.unit"): [*names, *silent],
            words("common.rate"): [*texts, *[words("common.not_reported")] * len(silent)],
        }
    )
    styled(figure, colours, lang, height=60 + BAR * max(len(known), 3), bargap=0.25)
    figure.lay({"margin": {"t": 44}})
    alt = f"{title}. " + ", ".join(f"{n} {t}" for n, t in zip(names, texts, strict=True))
    return Chart(title, caption, figure.finished(), alt, table, notes)


def _name(row: pd.Series, look: Look) -> str:
    return str(row["name_vi"] if look.lang == "vi" else row["name_en"])


# ---- On paper -----------------------------------------------------------------------------------------------------

WIDTH, HEIGHT = 720.0, 174.0
LEFT, RIGHT, TOP, BOTTOM = 34.0, 80.0, 22.0, 20.0


def trend_on_paper(own: Line, context: Sequence[Line], target: Target | None, look: Look) -> str:
    """The same lines as an SVG for the printed sheet, 0 to 100%; nothing where there is no figure. Raises MixedBases."""
    one_basis(own.points, *(line.points for line in context), [target.indicator_id] if target else [])
    before = [Line(c.name, tuple(p for p in c.points if p.period_end < REFORM_DAY)) for c in context]
    before = [c for c in before if c.points][:MAX_CONTEXT]
    if not own.points and not before:
        return ""
    days = [p.period_end for line in (own, *before) for p in line.points]
    paper = _Paper(min([*days, dt.date(2024, 7, 1)]), max([*days, dt.date(2025, 12, 31)]), look.palette)
    parts = paper.axes()
    for day, key in ((MERGER_DAY, "merger_label"), (REFORM_DAY, "reform_label")):
        parts += paper.upright(day, look.words(f"common.{key}"), left=day == MERGER_DAY)
    sides = _sides(before)
    for number, line in enumerate(before):
        parts += paper.line(line.points, look.palette.muted, 1.2, ("", "5 3", "1.5 2.5")[number])
        named, side = _named_at(line.points, sides[number]), sides[number]
        parts += paper.text(
            named.period_end, named.value, line.name, look.palette.muted, dy=11 if side == "below" else -4,
            anchor="middle" if side == "between" else "start",
        )  # fmt: skip
    parts += paper.line(own.points, look.palette.main, 2.2, "", dots=True)
    if own.points:
        last = own.points[-1]
        parts += paper.text(
            last.period_end, last.value, _said(last, look), look.palette.ink, dx=7, dy=4, bold=True
        )
    if target is not None:
        label = look.words("common.target_label", year=target.year, value=percent(target.value, look.lang, 0))
        parts += paper.level(target.value, label, at_start=_label_at_start(own, before, target))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" width="{WIDTH:.0f}" '
        f"height=\"{HEIGHT:.0f}\" font-family=\"'Be Vietnam Pro', 'Noto Sans', 'DejaVu Sans', sans-serif\" font-size=\"10\">"
        + "".join(parts)
        + "</svg>"
    )


@dataclass(frozen=True)
class _Paper:
    """A plane of days and rates on which parts of an SVG are put."""

    first: dt.date
    last: dt.date
    colours: Palette

    def x(self, day: dt.date) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (day - self.first).days / (self.last - self.first).days

    def y(self, rate: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * rate

    def axes(self) -> list[str]:
        parts = []
        for rate in (0, 0.25, 0.5, 0.75, 1):
            y = self.y(rate)
            parts.append(
                f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{self.colours.line}"/>'
                f'<text x="{LEFT - 5}" y="{y + 3:.1f}" text-anchor="end" fill="{self.colours.muted}">{100 * rate:.0f}%</text>'
            )
        for year in range(self.first.year + 1, self.last.year + 1):
            x = self.x(dt.date(year, 1, 1))
            parts.append(
                f'<text x="{x:.1f}" y="{HEIGHT - 6}" text-anchor="middle" fill="{self.colours.muted}">{year}</text>'
            )
        return parts

    def upright(self, day: dt.date, label: str, *, left: bool) -> list[str]:
        x = self.x(day)
        anchor, dx = ("end", -3) if left else ("start", 3)
        return [
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 14}" y2="{HEIGHT - BOTTOM}" stroke="{self.colours.muted}" stroke-dasharray="3 3"/>'
            f'<text x="{x + dx:.1f}" y="{TOP - 8}" text-anchor="{anchor}" fill="{self.colours.muted}">{html.escape(label)}</text>'
        ]

    def line(
        self, points: Sequence[Point], colour: str, width: float, dash: str, *, dots: bool = False
    ) -> list[str]:
        places = [(self.x(p.period_end), self.y(p.value)) for p in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts = [
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-dasharray="{dash}"/>'
        ]
        if dots:
            parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        return parts

    def text(
        self, day: dt.date, rate: float, label: str, colour: str, *, dx: float = 0, dy: float = 0, anchor: str = "start",
        bold: bool = False,
    ) -> list[str]:  # fmt: skip
        weight = ' font-weight="600"' if bold else ""
        return [
            f'<text x="{self.x(day) + dx:.1f}" y="{self.y(rate) + dy:.1f}" text-anchor="{anchor}" fill="{colour}"{weight} paint-order="stroke" stroke="#fff" stroke-width="3">{html.escape(label)}</text>'
        ]

    def level(self, rate: float, label: str, *, at_start: bool) -> list[str]:
        y, x, anchor = self.y(rate), LEFT + 2 if at_start else WIDTH - 1, "start" if at_start else "end"
        return [
            f'<line x1="{LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}" stroke="{self.colours.target}" stroke-dasharray="5 3"/>'
            f'<text x="{x}" y="{y - 4:.1f}" text-anchor="{anchor}" fill="{self.colours.target}">{html.escape(label)}</text>'
        ]
