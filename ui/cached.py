"""Drawing finished panels once: Streamlit replays their elements for every reader with the same view."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any, ParamSpec

import streamlit as st

from ui.kept import key_of

P = ParamSpec("P")
ENTRIES = 32
"""Views of one panel that are kept; there are about ninety panels."""
RENEWED = 1024
"""New views of one panel after which all of them go: Streamlit keeps a lock for each that there ever was."""
_numbers = itertools.count()


def panel(draw: Callable[P, None]) -> Callable[P, None]:
    """A function that draws a part of a page from its arguments alone, kept by those arguments.

    The first argument is the View; arguments must be hashable, those whose names begin with ``_`` are no part of the key.
    No widgets inside: only finished elements can be replayed. Streamlit gets one number for all arguments, since it would
    take each of them apart at every rerun, which costs more than the replay. Elements are kept as they are: nothing
    changes them once they are drawn.
    """
    key_from = key_of(draw)

    drawn_before = itertools.count(1)

    @functools.lru_cache(maxsize=ENTRIES)
    def number_of(*_key: object) -> int:
        if next(drawn_before) % RENEWED == 0:
            kept.clear()
        return next(_numbers)

    def replayed(number: int, _args: tuple[Any, ...], _kwargs: dict[str, Any]) -> None:
        draw(*_args, **_kwargs)

    # Streamlit tells caches apart by these names.
    replayed.__module__, replayed.__qualname__ = draw.__module__, draw.__qualname__
    kept = st.cache_resource(show_spinner=False, max_entries=ENTRIES)(replayed)

    @functools.wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> None:
        kept(number_of(*key_from(args, kwargs)), _args=args, _kwargs=kwargs)

    return drawn
