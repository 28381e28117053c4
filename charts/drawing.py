"""Figures as plain data, while they are put together and when they are shown.

Plotly checks at each step: a trace when it is made and when it is added, all lines of words when one more is added, and
copies a figure part by part each time that it is shown. That took a third of the time of a screen with eight charts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import plotly.graph_objects as go
from _plotly_utils.utils import (  # type: ignore[import-untyped]
    is_homogeneous_array,
    to_typed_array_spec,
)

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

    Nothing is checked: what Plotly does not know raises ValueError once somebody looks at a part of the figure.
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

    def finished(self) -> Finished:
        """The figure, which nothing changes any more."""
        over = {"annotations": self._notes, "shapes": self._shapes}
        return Finished(self._traces, self._layout | {name: some for name, some in over.items() if some})


class Finished(go.Figure):  # type: ignore[misc]
    """A figure that the browser gets as it was put together. Plotly checks it when a part of it is looked at first.

    Raises ValueError then where Plotly does not know a property or a value.
    """

    def __init__(self, traces: list[Trace], layout: dict[str, Any]) -> None:
        self._made = {"data": traces, "layout": layout}
        self._told: dict[str, Any] | None = None

    def __getattr__(self, name: str) -> Any:
        """What is missing before Plotly has taken the figure apart."""
        if name.startswith("__") or "_made" not in self.__dict__:
            raise AttributeError(name)
        super().__init__(**self.__dict__.pop("_made"))
        return getattr(self, name)

    def to_dict(self) -> dict[str, Any]:
        """The figure as plain data; traces are new dictionaries, since Plotly takes their uid out."""
        if "_made" not in self.__dict__:
            whole: dict[str, Any] = super().to_dict()
            return whole
        if self._told is None:
            self._told = _plain(self._made)
        return self._told | {"data": [dict(trace) for trace in self._told["data"]]}


def _plain(value: Any) -> Any:
    """Values as Plotly tells the browser: series and arrays of numbers packed, nothing that is None."""
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items() if one is not None}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return to_typed_array_spec(value) if is_homogeneous_array(value) else value


def _joined(*parts: Mapping[str, Any]) -> dict[str, Any]:
    """Nested mappings laid over each other, the later over the earlier."""
    found: dict[str, Any] = {}
    for part in parts:
        for name, value in part.items():
            inside = found.get(name)
            nested = isinstance(inside, Mapping) and isinstance(value, Mapping)
            found[name] = _joined(inside or {}, value) if nested else value
    return found
