"""Choices that live in the address, by code, so that a link reopens the same view in either language.

Streamlit's own binding writes the label on the screen into the address, which changes with the language
and with every rewording; here the address carries codes. A choice is remembered for the session, follows
the address when the reader edits it or goes back, and falls back to its default where the address asks for
something that does not exist (``rejected`` says what).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

_WRITTEN = "_address_written"
_REJECTED = "_address_rejected"
_PAGE = "_address_page"
_KEPT = "_address_kept"


def begin() -> None:
    """Call once at the start of a run, before any choice is read."""
    page = urlsplit(st.context.url or "").path
    switched = st.session_state.get(_PAGE) not in (None, page)
    st.session_state[_PAGE] = page
    st.session_state[_REJECTED] = {}
    st.session_state.setdefault(_KEPT, {})
    if switched:
        # A click in the navigation clears the address; the choices of the session go on.
        st.session_state[_WRITTEN] = {}


def rejected() -> dict[str, str]:
    """What the address asked for and does not exist: name → value."""
    return dict(st.session_state.get(_REJECTED, {}))


def _settled(name: str, valid: Callable[[str], bool], default: str) -> str:
    """The value to start a control with, from the address or from the session."""
    written: dict[str, str | None] = st.session_state.setdefault(_WRITTEN, {})
    kept: dict[str, str] = st.session_state.setdefault(_KEPT, {})
    asked = st.query_params.get(name)
    if asked is not None and asked != written.get(name):
        if valid(asked):
            return asked
        st.session_state.setdefault(_REJECTED, {})[name] = asked
        return default
    if asked is None and written.get(name) is not None:
        return default
    current = st.session_state.get(name, kept.get(name, default))
    return current if isinstance(current, str) and valid(current) else default


def _write(name: str, value: str, default: str) -> None:
    written: dict[str, str | None] = st.session_state.setdefault(_WRITTEN, {})
    st.session_state.setdefault(_KEPT, {})[name] = value
    wanted = None if value == default else value
    if wanted is None:
        if name in st.query_params:
            del st.query_params[name]
    elif st.query_params.get(name) != wanted:
        st.query_params[name] = wanted
    written[name] = wanted


def choose(
    name: str,
    label: str,
    options: Sequence[str],
    label_of: Callable[[str], str],
    *,
    default: str | None = None,
    segmented: bool = False,
    **widget: Any,
) -> str:
    """A choice of one code, as a list or as segments, kept in the address under ``name``."""
    first = default if default is not None else options[0]
    st.session_state[name] = _settled(name, lambda code: code in options, first)
    if segmented:
        value = st.segmented_control(label, options, format_func=label_of, key=name, required=True, **widget)
    else:
        value = st.selectbox(label, options, format_func=label_of, key=name, **widget)
    value = value if value in options else first
    _write(name, value, first)
    return value


def search(name: str, label: str, **widget: Any) -> str:
    """A line of text to search for, kept in the address under ``name``."""
    st.session_state[name] = _settled(name, lambda text: len(text) <= 80, "")
    value = str(st.text_input(label, key=name, max_chars=80, **widget)).strip()
    _write(name, value, "")
    return value


def current(name: str, options: Sequence[str], default: str) -> str:
    """What a control will say in this run, before it is drawn (the language is needed for its own label)."""
    return _settled(name, lambda code: code in options, default)
