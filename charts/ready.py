"""Figures that are finished: what the browser gets is worked out once, however often they are shown."""

from __future__ import annotations

import json
from typing import Any

import plotly.graph_objects as go


class Ready(go.Figure):  # type: ignore[misc]
    """A figure as the browser gets it, which nothing changes any more: it has no parts to look at or to change.

    Plotly copies a figure part by part each time that it is shown.
    """

    def __init__(self, figure: go.Figure) -> None:
        super().__init__()
        self._told: dict[str, Any] = json.loads(figure.to_json())

    def to_dict(self) -> dict[str, Any]:
        """The figure as plain data; traces are new dictionaries, since Plotly takes their uid out."""
        return self._told | {"data": [dict(trace) for trace in self._told["data"]]}
