"""The map over time: a slider over the periods that can play, in a fragment of its own."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from i18n import period_code
from queries.warehouse import Warehouse
from ui import address, map_choices, map_panels, map_view
from ui.context import View
from ui.map_choices import Manner, Sight, Subject
from ui.map_scene import Scene, period_words, with_units

SECONDS = 1.6
_PLAYING = "_map_playing"


def over_time(
    view: View, found: Warehouse, subject: Subject, manner: Manner, sight: Sight, shown: Scene, picked: Sequence[str], filtered: Sequence[str]
) -> None:  # fmt: skip
    """One map and a slider over its periods; it plays to the last one and stops there."""
    playing = bool(st.session_state.get(_PLAYING))

    def frames() -> None:
        _frames(view, found, subject, manner, sight, shown, picked, filtered, playing)

    st.fragment(frames, run_every=SECONDS if playing else None)()


def _frames(
    view: View, found: Warehouse, subject: Subject, manner: Manner, sight: Sight, shown: Scene, picked: Sequence[str],
    filtered: Sequence[str], started: bool,
) -> None:  # fmt: skip
    words = view.words
    if started != bool(st.session_state.get(_PLAYING)) or tuple(picked) != map_choices.picked_now():
        st.rerun()  # the clock of a fragment and what stands beside it are set from outside of it
    ordered = sorted((*shown.maps, *shown.planned), key=lambda m: m.period.end)
    maps = {period_code(m.period.start, m.period.end): m for m in ordered}
    codes = tuple(maps)
    if started:
        _advance(codes)
    if len(codes) > 1:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            label = words("map.pause" if started else "map.play")
            icon = ":material/pause:" if started else ":material/play_arrow:"
            st.button(label, icon=icon, key="map_play", on_click=_switch, args=(codes,))
            at = address.choose(
                "at", words("map.at"), codes, lambda c: period_words(view, maps[c].period),
                default=period_code(subject.period.start, subject.period.end), slider=True, on_change=stop,
            )  # fmt: skip
    else:
        at = codes[0]
    layered = with_units(view, found, subject, maps[at])
    map_panels.head_panel(view, layered, layered.period, f"{subject.key} {manner.key}")
    map_view.draw(view, found, subject, manner, sight, shown, layered, picked, filtered)


def _switch(codes: Sequence[str]) -> None:
    """Start from the first period, or stop."""
    playing = not st.session_state.get(_PLAYING)
    st.session_state[_PLAYING] = playing
    if playing:
        st.session_state["at"] = codes[0]
        st.session_state["_map_fresh"] = True


def stop() -> None:
    """Let the map stand still."""
    st.session_state[_PLAYING] = False


def _advance(codes: Sequence[str]) -> None:
    """One period on; at the last one playing ends."""
    if st.session_state.pop("_map_fresh", False):
        return
    place = codes.index(st.session_state["at"]) if st.session_state.get("at") in codes else 0
    st.session_state["at"] = codes[min(place + 1, len(codes) - 1)]
    if place + 1 >= len(codes) - 1:
        st.session_state[_PLAYING] = False
