"""What every chart has: a title that says the finding, a subtitle, alt text, a table twin, one look."""

from __future__ import annotations

import datetime as dt
import math
import textwrap
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import plotly.io as pio

from charts.drawing import Drawing
from charts.palette import Palette
from i18n import Lang, Words

MERGER_DAY = dt.date(2025, 1, 1)
REFORM_DAY = dt.date(2025, 7, 1)
REFORMS = ((MERGER_DAY, "merger_label"), (REFORM_DAY, "reform_label"))
LABEL_ROOM = 0.3
"""Share of the axis that the label of a day needs beside its line on a telephone."""
LABEL_LINE = 18
"""Pixels that one line of such labels is high."""
FONT = "Be Vietnam Pro, sans-serif"
# ``styled`` gives every figure its look; where plotly takes one apart, it would put its own into it first.
pio.templates.default = "none"


@dataclass(frozen=True)
class Look:
    """How a chart is to speak and look."""

    words: Words
    palette: Palette

    @property
    def lang(self) -> Lang:
        """The reader's language."""
        return self.words.lang


@dataclass(frozen=True)
class Chart:
    """A finished chart. ``alt`` is computed from the plotted values; ``table`` holds the same values."""

    title: str
    subtitle: str
    figure: go.Figure
    alt: str
    table: pd.DataFrame
    notes: tuple[str, ...] = ()


def wrapped(name: str, letters: int = 24) -> str:
    """A long name on lines of about one length, so that it leaves room for the chart beside it on a telephone."""
    if len(name) <= letters:
        return name
    lines = math.ceil(len(name) / letters)
    return "<br>".join(textwrap.wrap(name, math.ceil(len(name) / lines) + 3))


def separators(lang: Lang) -> str:
    """Plotly's decimal and thousands separators."""
    return ",." if lang == "vi" else ".,"


def styled(figure: Drawing, colours: Palette, lang: Lang, *, height: int, **layout: Any) -> Drawing:
    """Give a figure the common look: no chrome, thin grid, direct labels, the reader's separators.

    ``layout``: properties of the layout over the common ones.
    """
    common = {
        "height": height,
        "margin": {"l": 8, "r": 16, "t": 8, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 13, "color": colours.ink},
        "separators": separators(lang),
        "showlegend": False,
        "hovermode": "closest",
        "hoverlabel": {
            "font": {"family": FONT, "size": 13, "color": colours.ink},
            "bgcolor": colours.surface,
        },
        "uirevision": "keep",
        "dragmode": False,
    }
    axis = {
        "automargin": True,
        "zeroline": False,
        "gridcolor": colours.line,
        "linecolor": colours.line,
        "tickcolor": colours.line,
        "fixedrange": True,
    }
    figure.lay(common, {"xaxis": axis, "yaxis": axis}, layout)
    return figure


def mark_reform(figure: Drawing, look: Look, first: dt.date, last: dt.date) -> None:
    """Mark 1 January and 1 July 2025 with their labels on a time axis from ``first`` to ``last``, where it spans them.

    For a figure that is styled already: room for the labels is made above the plot, so that they meet no point. The
    label of the first day stands to the left of its line and that of the second to the right; where one side has no
    room, both stand on the other, one above the other.
    """
    days = [(day, look.words(f"common.{key}")) for day, key in REFORMS if first <= day <= last]
    if not days:
        return
    span = (last - first).days or 1
    room_left = (days[0][0] - first).days / span > LABEL_ROOM
    room_right = (last - days[-1][0]).days / span > LABEL_ROOM
    stacked = len(days) > 1 and not (room_left and room_right)
    for place, (day, label) in enumerate(days):
        to_left = room_left and (not room_right or (place == 0 and len(days) > 1))
        figure.add_shape(
            type="line", x0=day, x1=day, y0=0, y1=1, yref="paper", layer="below",
            line={"color": look.palette.muted, "width": 1, "dash": "dot" if day == MERGER_DAY else "dash"},
        )  # fmt: skip
        figure.add_annotation(
            x=day, y=1, yref="paper", text=label, showarrow=False, font={"size": 11, "color": look.palette.muted},
            xanchor="right" if to_left else "left", yanchor="bottom",
            yshift=LABEL_LINE if stacked and place == 0 else 0,
        )  # fmt: skip
    figure.lay({"margin": {"t": 8 + LABEL_LINE * (2 if stacked else 1)}})


def reform_note(look: Look, first: dt.date, last: dt.date, effect: str) -> tuple[str, ...]:
    """What the two days did to a series, for the notes of a chart; nothing where its axis spans neither.

    ``effect``: ``reports`` (sums of what offices reported), ``totals`` (figures of the whole city from one source each).
    """
    words = [look.words(f"common.{key}_{effect}") for day, key in REFORMS if first <= day <= last]
    return (" ".join(words),) if words else ()
