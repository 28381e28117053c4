"""Charts of the network of learning cities: the road to membership, the network's size, the members by region."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from charts.base import Chart, Look, styled
from charts.drawing import Drawing, bar, scatter
from i18n import decimal, month_or_day, short_date
from queries.network import ADMITTED, CERTIFIED, RESOLVED, SCOPES, Milestone, NetworkTotal
from queries.network_members import Named

DAYS_A_LETTER = 110
"""How far apart on the time axis two labels must be for each letter, so that they stay apart on a telephone."""
_ANCHOR = {"hanoi": "right", "vietnam": "left", "network": "center"}
_SIGN = {"official": "●", "press": "○", "superseded": "✕", "conflict": "◇", "over": "▲"}
_SYMBOL = {
    "official": "circle",
    "press": "circle-open",
    "superseded": "x-thin",
    "conflict": "diamond-open",
    "over": "triangle-up",
}


def event_date(day: dt.date, precision: str, look: Look) -> str:
    """A date to the precision that is known, in words."""
    if precision in ("on_or_before", "publication"):
        return look.words(f"network.{precision}", day=short_date(day, look.lang))
    return month_or_day(day, precision, look.lang)


def _span(event: Milestone) -> tuple[dt.date, dt.date] | None:
    """The days that an event may have been on, where only its month or year is known."""
    day = event.happened_on
    if event.date_precision == "year":
        return day, dt.date(day.year, 12, 31)
    if event.date_precision == "month":
        return day, (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    return None


def road(milestones: list[Milestone], look: Look) -> Chart:
    """Milestones as a strip with one lane for Hà Nội, Việt Nam and the network, from the first Vietnamese step on.

    The city's own admission carries the accent: it is “you are here”. The table has every milestone.
    """
    colours, words = look.palette, look.words
    home = [m for m in milestones if m.scope != "network"]
    first = min((m.happened_on.year for m in home or milestones), default=2019)
    drawn = [m for m in milestones if m.happened_on.year >= first]
    known = {m.milestone_id: m for m in milestones}
    title = words("network.road_title_plain")
    if ADMITTED in known and RESOLVED in known:
        days = (known[ADMITTED].happened_on - known[RESOLVED].happened_on).days
        title = words("network.road_title", months=round(days / 30.44))
    figure = Drawing()
    lanes = {scope: place for place, scope in enumerate(SCOPES)}
    for event in drawn:
        span = _span(event)
        if span:
            figure.add_trace(
                scatter(
                    x=list(span), y=[lanes[event.scope]] * 2, mode="lines", hoverinfo="skip", line={"color": colours.soft, "width": 5}
                )
            )  # fmt: skip
    order = sorted(drawn, key=lambda m: m.milestone_id == ADMITTED)
    for state, symbol in (("done", "circle"), ("planned", "circle-open")):
        part = [m for m in order if m.state == state]
        figure.add_trace(
            scatter(
                x=[m.happened_on for m in part], y=[lanes[m.scope] for m in part], mode="markers", cliponaxis=False,
                marker={
                    "symbol": symbol, "opacity": 1, "size": [15 if m.milestone_id == ADMITTED else 10 for m in part],
                    "color": [colours.accent if m.milestone_id == ADMITTED else colours.main for m in part],
                    "line": {"width": 2, "color": colours.surface if state == "done" else colours.main},
                },
                customdata=[[event_date(m.happened_on, m.date_precision, look), _wrapped(words.pick(m.title_vi, m.title_en))] for m in part],
                hovertemplate="%{customdata[0]}<br>%{customdata[1]}<extra></extra>",
            )
        )  # fmt: skip
    for scope in SCOPES:
        labelled = [m for m in drawn if m.scope == scope and words.has(f"network.short_{m.milestone_id}")]
        for place, event in enumerate(labelled):
            # Neighbours on a lane go under and above it in turn, so that they stay apart on a telephone.
            anchor = "center" if event.milestone_id == CERTIFIED else _ANCHOR[scope]
            figure.add_annotation(
                x=event.happened_on, y=lanes[scope], text=words(f"network.short_{event.milestone_id}"), showarrow=False,
                yshift=17 if scope == "network" or place % 2 else -17, xanchor=anchor, xshift={"right": 6, "left": -6, "center": 0}[anchor],
                font={"size": 12, "color": colours.accent if event.milestone_id == ADMITTED else colours.ink},
            )  # fmt: skip
    last = max((m.happened_on for m in drawn), default=dt.date(first + 1, 1, 1))
    figure.update_yaxes(
        range=[len(SCOPES) - 0.4, -0.6],
        tickvals=list(lanes.values()),
        ticktext=[words(f"network.scope_{s}") for s in SCOPES],
        showline=False,
        ticks="",
    )
    figure.update_xaxes(
        range=[dt.date(first, 1, 1) - dt.timedelta(days=150), last + dt.timedelta(days=200)],
        dtick="M24",
        tickformat="%Y",
        tickangle=0,
        showgrid=True,
    )
    table = pd.DataFrame(
        {
            words("common.date"): [event_date(m.happened_on, m.date_precision, look) for m in milestones],
            words("network.scope_column"): [words(f"network.scope_{m.scope}") for m in milestones],
            words("network.state_column"): [words(f"network.state_{m.state}") for m in milestones],
            words("network.road_table"): [words.pick(m.title_vi, m.title_en) for m in milestones],
        }
    )
    alt = (
        title
        + ". "
        + "; ".join(
            f"{event_date(m.happened_on, m.date_precision, look)}: {words.pick(m.title_vi, m.title_en)}"
            for m in drawn
        )
    )
    return Chart(
        title,
        words("network.road_subtitle", year=first),
        styled(figure, colours, look.lang, height=250).finished(),
        alt,
        table,
    )


def _wrapped(text: str, width: int = 60) -> str:
    """A text broken into lines for a hover box."""
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)


def _mark(total: NetworkTotal, what: str) -> str:
    """How a figure is marked. Contradictions and “over” are about the number of members only."""
    if what == "countries":
        return "press" if total.status == "press" else "official"
    if total.status == "superseded":
        return "superseded"
    if total.conflict:
        return "conflict"
    return total.members_qualifier or total.status


def _number(total: NetworkTotal, what: str, look: Look) -> str:
    value = total.members if what == "members" else total.countries
    text = decimal(value, look.lang)
    if what == "members" and total.members_qualifier:
        return f"{look.words('common.qualifier_' + total.members_qualifier)} {text}"
    return text


def size(totals: list[NetworkTotal], what: str, joined: dt.date | None, look: Look) -> Chart | None:
    """Members or countries of the network at each publication, each figure marked by how sure it is.

    ``what`` is members or countries; ``joined`` marks the day on which Hà Nội joined. None without any figure.
    """
    colours, words = look.palette, look.words
    known = [t for t in totals if (t.members if what == "members" else t.countries) is not None]
    if what == "countries":
        known = [t for t in known if t.status != "superseded"]
    if not known:
        return None

    def value(total: NetworkTotal) -> int:
        return int((total.members if what == "members" else total.countries) or 0)

    marks = {id(t): _mark(t, what) for t in known}
    solid = [t for t in known if marks[id(t)] in ("official", "over")]
    figure = Drawing(
        scatter(
            x=[t.observed_on for t in solid], y=[value(t) for t in solid], mode="lines", hoverinfo="skip", line={"color": colours.soft, "width": 2}
        )
    )  # fmt: skip
    for mark, symbol in _SYMBOL.items():
        part = [t for t in known if marks[id(t)] == mark]
        usual = mark in ("official", "over")
        colour = colours.main if usual else colours.muted
        figure.add_trace(
            scatter(
                x=[t.observed_on for t in part], y=[value(t) for t in part], mode="markers+text", cliponaxis=False,
                marker={"symbol": symbol, "size": 10, "color": colour, "line": {"width": 2, "color": colour}},
                text=["" if mark == "superseded" else label for label in _labels_apart(part, what, look)],
                textposition="top center" if usual else "bottom center", textfont={"size": 12, "color": colours.ink if usual else colours.muted},
                customdata=[[month_or_day(t.observed_on, t.date_precision, look.lang), _number(t, what, look)] for t in part],
                hovertemplate="%{customdata[0]}: %{customdata[1]}<extra>" + words(f"network.kind_{mark if mark != 'over' else 'official'}") + "</extra>",
            )
        )  # fmt: skip
    last, first = (solid or known)[-1], (solid or known)[0]
    if joined is not None and joined == last.observed_on:
        figure.add_annotation(
            x=joined, y=value(last), text=f"<b>{words('network.here')}</b>", showarrow=False, xanchor="right", yanchor="middle", xshift=-12,
            font={"size": 12, "color": colours.accent},
        )  # fmt: skip
    highest = max(value(t) for t in known)
    figure.update_yaxes(range=[0, highest * 1.18], nticks=5)
    edge = dt.timedelta(days=250)
    figure.update_xaxes(
        range=[known[0].observed_on - edge, known[-1].observed_on + edge],
        dtick="M24",
        tickformat="%Y",
        showgrid=False,
    )
    spoken = month_or_day(last.observed_on, last.date_precision, look.lang)
    key = f"network.{what}_title" + ("" if first is not last else "_one")
    title = words(
        key,
        last=_number(last, what, look),
        when=spoken,
        first=_number(first, what, look),
        year=first.observed_on.year,
    )
    notes = [words("network.size_key" if what == "members" else "network.size_key_countries")]
    doubtful = [t for t in known if marks[id(t)] not in ("official", "press")]
    notes.append(
        "  \n".join(
            words(
                "network.size_note", mark=_SIGN[marks[id(t)]], when=month_or_day(t.observed_on, t.date_precision, look.lang),
                value=_number(t, what, look), note=words.pick(t.note_vi, t.note_en),
            )
            for t in doubtful
        )
    )  # fmt: skip
    alt = (
        title
        + ". "
        + "; ".join(
            f"{month_or_day(t.observed_on, t.date_precision, look.lang)}: {_number(t, what, look)} ({words('network.kind_' + _kind(marks[id(t)]))})"
            for t in known
        )
    )
    subtitle = words(f"network.{what}_subtitle")
    return Chart(
        title,
        subtitle,
        styled(figure, colours, look.lang, height=320).finished(),
        alt,
        _totals_table(totals, look),
        tuple(n for n in notes if n),
    )


def _kind(mark: str) -> str:
    return "official" if mark == "over" else mark


def _labels_apart(part: list[NetworkTotal], what: str, look: Look) -> list[str]:
    """A label for the last figure and for every earlier one far enough from the next labelled one."""
    labels: list[str] = []
    labelled: dt.date | None = None
    for total in reversed(part):
        text = _number(total, what, look)
        far = labelled is None or (labelled - total.observed_on).days >= DAYS_A_LETTER * len(text)
        labels.append(text if far else "")
        labelled = total.observed_on if far else labelled
    return labels[::-1]


def _totals_table(totals: list[NetworkTotal], look: Look) -> pd.DataFrame:
    """Every publication as a table; a dash where it says nothing."""
    words = look.words
    kinds = [words(f"network.kind_{t.status}") for t in totals]
    return pd.DataFrame(
        {
            words("common.date"): [month_or_day(t.observed_on, t.date_precision, look.lang) for t in totals],
            words("network.members_column"): [_number(t, "members", look) for t in totals],
            words("network.countries_column"): [decimal(t.countries, look.lang) for t in totals],
            words("network.new_column"): [decimal(t.new_members, look.lang) for t in totals],
            words("network.kind_column"): [
                f"{k}, {words('network.kind_conflict')}" if t.conflict and t.status != "superseded" else k
                for k, t in zip(kinds, totals, strict=True)
            ],
            words("network.note_column"): [words.pick(t.note_vi, t.note_en) for t in totals],
            words("network.source"): [t.source.publisher or t.source.title for t in totals],
        }
    )


def regions(named: list[Named], everyone: int | None, unconfirmed: int, look: Look) -> Chart:
    """How many members can be named in each region; the title says of how many, a note that the list is not official."""
    colours, words = look.palette, look.words
    total = sum(n.members for n in named)
    if everyone:
        title = words("network.named_title", n=decimal(total, look.lang), all=decimal(everyone, look.lang))
    else:
        title = words("network.named_title_plain", n=decimal(total, look.lang))
    names = [words(f"network.region_{n.unesco_region}") for n in named]
    values = [n.members for n in named]
    figure = Drawing(
        bar(
            x=values, y=names, orientation="h", marker={"color": colours.main}, text=[decimal(v, look.lang) for v in values],
            textposition="inside", insidetextanchor="start", textangle=0, hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_xaxes(rangemode="tozero", showticklabels=False, showgrid=False, showline=False, ticks="")
    figure.update_yaxes(showgrid=False, type="category", autorange="reversed")
    table = pd.DataFrame({words("network.region_column"): names, words("network.members_column"): values})
    alt = title + ". " + ", ".join(f"{n}: {v}" for n, v in zip(names, values, strict=True))
    note = words("network.named_note", unconfirmed=unconfirmed)
    figure = styled(figure, colours, look.lang, height=36 + 36 * max(len(values), 2), bargap=0.25)
    return Chart(title, words("network.named_subtitle"), figure.finished(), alt, table, (note,))
