"""Drawing finished panels once: Streamlit replays their elements for every reader with the same view."""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Callable
from typing import Any, ParamSpec

import streamlit as st

P = ParamSpec("P")
ENTRIES = 48
"""Views of one panel that are kept; there are about ninety panels."""
_numbers = itertools.count()


def panel(draw: Callable[P, None]) -> Callable[P, None]:
    """A function that draws a part of a page from its arguments alone, kept by those arguments.

    The first argument is the View; arguments must be hashable, those whose names begin with ``_`` are no part of the key.
    No widgets inside: only finished elements can be replayed. Streamlit gets one number for all arguments, since it would
    take each of them apart at every rerun, which costs more than the replay. Elements are kept as they are: nothing
    changes them once they are drawn.
    """
    names = tuple(inspect.signature(draw).parameters)
    of_key = tuple(place for place, name in enumerate(names) if not name.startswith("_"))

    @functools.lru_cache(maxsize=ENTRIES)
    def number_of(*_key: object) -> int:
        return next(_numbers)

    def replayed(number: int, _args: tuple[Any, ...], _kwargs: dict[str, Any]) -> None:
        draw(*_args, **_kwargs)

    # Streamlit tells caches apart by these names.
    replayed.__module__, replayed.__qualname__ = draw.__module__, draw.__qualname__
    kept = st.cache_resource(show_spinner=False, max_entries=ENTRIES)(replayed)

    @functools.wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> None:
        key = [args[place] for place in of_key if place < len(args)]
        key += [(name, kwargs[name]) for name in kwargs if not name.startswith("_")]
        kept(number_of(*key), _args=args, _kwargs=kwargs)

    return drawn
