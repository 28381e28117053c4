"""What every chart has: a title that says the finding, a subtitle, alt text, a table twin, one look."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from charts.palette import Palette
from i18n import Lang, Words

MERGER_DAY = dt.date(2025, 1, 1)
REFORM_DAY = dt.date(2025, 7, 1)
FONT = "Be Vietnam Pro, sans-serif"


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


def separators(lang: Lang) -> str:
    """Plotly's decimal and thousands separators."""
    return ",." if lang == "vi" else ".,"


def styled(figure: go.Figure, colours: Palette, lang: Lang, *, height: int, **layout: Any) -> go.Figure:
    """Give a figure the common look: no chrome, thin grid, direct labels, the reader's separators."""
    figure.update_layout(
        template="none",
        height=height,
        margin={"l": 8, "r": 16, "t": 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": 13, "color": colours.ink},
        separators=separators(lang),
        showlegend=False,
        hovermode="closest",
        hoverlabel={"font": {"family": FONT, "size": 13, "color": colours.ink}, "bgcolor": colours.surface},
        uirevision="keep",
        dragmode=False,
    )
    axis = {
        "automargin": True,
        "zeroline": False,
        "gridcolor": colours.line,
        "linecolor": colours.line,
        "tickcolor": colours.line,
        "fixedrange": True,
    }
    figure.update_xaxes(axis)
    figure.update_yaxes(axis)
    figure.update_layout(**layout)
    return figure


def mark_reform(
    figure: go.Figure, colours: Palette, first: dt.date, last: dt.date, reform_label: str
) -> None:
    """Mark 1 January and 1 July 2025 on a time axis, where it spans them; the second day has a label."""
    for day, label, dash in ((MERGER_DAY, "", "dot"), (REFORM_DAY, reform_label, "dash")):
        if first <= day <= last:
            figure.add_shape(
                type="line",
                x0=day,
                x1=day,
                y0=0,
                y1=1,
                yref="paper",
                line={"color": colours.muted, "width": 1, "dash": dash},
            )
            if label:
                figure.add_annotation(
                    x=day, y=1, yref="paper", text=label, showarrow=False, xanchor="right", yanchor="top", xshift=-4,
                    align="right", font={"size": 11, "color": colours.muted},
                )  # fmt: skip
