"""Drawing finished panels once: Streamlit replays their elements for every reader with the same view."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec

import streamlit as st

from ui.context import View

P = ParamSpec("P")
ENTRIES = 128


def _key(view: View) -> tuple[object, ...]:
    return (view.build_id, view.lang, view.dark, view.period_end, view.group, view.status)


def panel(draw: Callable[P, None]) -> Callable[P, None]:
    """A function that draws a part of a page from its arguments alone, kept by those arguments.

    The first argument is the View. No widgets inside: only finished elements can be replayed.
    """
    return st.cache_data(show_spinner=False, max_entries=ENTRIES, hash_funcs={View: _key})(draw)
