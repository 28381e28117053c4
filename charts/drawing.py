"""A figure as plain data while it is put together. Plotly checks it once, when it is finished.

Plotly checks at each step: a trace when it is made and when it is added, all lines of words when one more is added. That
took a third of the time of a screen with eight charts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import plotly.graph_objects as go

Trace = dict[str, Any]
"""A series to be drawn, with the properties of Plotly's reference."""


def scatter(**properties: Any) -> Trace:
    """Points, a line or words."""
    return {"type": "scatter", **properties}


def bar(**properties: Any) -> Trace:
    """Bars."""
    return {"type": "bar", **properties}


class Drawing:
    """What a figure is to hold; ``finished`` makes the figure. The steps are called as Plotly calls its own.

    Nothing is checked before the end: a property that Plotly does not know raises ValueError in ``finished``.
    """

    def __init__(self, *traces: Trace) -> None:
        self._traces = list(traces)
        self._layout: dict[str, Any] = {"xaxis": {}, "yaxis": {}}
        self._notes: list[dict[str, Any]] = []
        self._shapes: list[dict[str, Any]] = []

    def add_trace(self, trace: Trace) -> None:
        """One more series, over those that are there."""
        self._traces.append(trace)

    def add_annotation(self, **note: Any) -> None:
        """One more line of words."""
        self._notes.append(note)

    def add_annotations(self, notes: Iterable[dict[str, Any]]) -> None:
        """More lines of words."""
        self._notes.extend(notes)

    def add_shape(self, **shape: Any) -> None:
        """One more line or area."""
        self._shapes.append(shape)

    def add_vline(self, x: float, **shape: Any) -> None:
        """A line over the whole height."""
        self.add_shape(type="line", x0=x, x1=x, xref="x", y0=0, y1=1, yref="y domain", **shape)

    def update_xaxes(self, **axis: Any) -> None:
        """Properties of the horizontal axis, over those that it has."""
        self.lay({"xaxis": axis})

    def update_yaxes(self, **axis: Any) -> None:
        """Properties of the vertical axis, over those that it has."""
        self.lay({"yaxis": axis})

    def lay(self, *layouts: Mapping[str, Any]) -> None:
        """Layouts over the one that there is, the later over the earlier; nested properties one by one."""
        self._layout = _joined(self._layout, *layouts)

    def finished(self) -> go.Figure:
        """The figure, checked. Raises ValueError where Plotly does not know a property or a value."""
        layout = self._layout | {"annotations": self._notes, "shapes": self._shapes}
        return go.Figure(data=self._traces, layout=layout)


def _joined(*parts: Mapping[str, Any]) -> dict[str, Any]:
    """Nested mappings laid over each other, the later over the earlier."""
    found: dict[str, Any] = {}
    for part in parts:
        for name, value in part.items():
            inside = found.get(name)
            nested = isinstance(inside, Mapping) and isinstance(value, Mapping)
            found[name] = _joined(inside or {}, value) if nested else value
    return found
