"""The maps of a screen: one, two side by side, or one over time."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from queries.warehouse import Warehouse
from ui import map_panels, map_time, map_view
from ui.context import View
from ui.map_choices import Manner, Sight, Subject
from ui.map_scene import Scene


def maps(
    view: View, found: Warehouse, subject: Subject, manner: Manner, sight: Sight, shown: Scene, picked: Sequence[str], filtered: Sequence[str]
) -> None:  # fmt: skip
    """Draw what the reader asked for; the earlier of two maps stands on the left."""
    if manner.mode == "time":
        map_time.over_time(view, found, subject, manner, sight, shown, picked, filtered)
        return
    map_time.stop()
    listed = sorted(shown.maps, key=lambda m: m.period.end)
    for place, (column, layered) in enumerate(zip(st.columns(len(listed)), listed, strict=True)):
        with column:
            if len(listed) > 1:
                key = f"{subject.key} {manner.key}"
                map_panels.head_panel(view, layered, layered.period, key)
            map_view.draw(
                view,
                found,
                subject,
                manner,
                sight,
                shown,
                layered,
                picked,
                filtered,
                place="ab"[place],
            )
