"""Choices that live in the address, by code, so that a link reopens the same view in either language.

Streamlit's own binding writes the label on the screen into the address, which changes with the language
and with every rewording; here the address carries codes. A choice is remembered for the session, follows
the address when the reader edits it or goes back, and falls back to its default where the address asks for
something that does not exist (``rejected`` says what).

The browser learns of an address some time after the server wrote it, on a slow network a second later. A click made in
between comes with an address that the session has left behind: it is not the reader's wish, and the session's own
choices stand. Going back or forward in the browser, which it says itself, or following a link takes such an address up
again: no control of the address has changed then.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

Code = TypeVar("Code", bound=str)
_WRITTEN = "_address_written"
_REJECTED = "_address_rejected"
_PAGE = "_address_page"
_KEPT = "_address_kept"
_PARAMETERS = "_address_parameters"
_LEFT, MOST_LEFT = "_address_left", 64
"""The addresses that a browser may still name although the session has written others since, when; how many at most."""
_DRAWN = "_address_drawn"
"""What each control of the address said when it was drawn last."""
BEHIND = 1.0
"""Seconds for which a browser may name an address left behind although no control of the address has changed."""


def begin(shared: Collection[str] = ()) -> None:
    """Call once at the start of a run, before ``st.navigation`` and before any choice is read.

    A click in the navigation clears the address; the choices of the session go on. Those that pages have in common
    (``shared``) are put back here, all at once: the browser then has one step back to the page before, not one for
    each choice.
    """
    page = urlsplit(st.context.url or "").path
    switched = st.session_state.get(_PAGE) not in (None, page)
    st.session_state[_PAGE] = page
    st.session_state[_REJECTED] = {}
    st.session_state.setdefault(_KEPT, {})
    if switched:
        written: dict[str, str | None] = st.session_state.get(_WRITTEN, {})
        carried = {name: value for name, value in written.items() if value is not None and name in shared}
        if carried and not st.query_params.to_dict():
            st.query_params.from_dict(carried)
        st.session_state[_WRITTEN] = {}
    asked, own = st.query_params.to_dict(), st.session_state.get(_PARAMETERS)
    if own is not None and not switched and not _went_back():
        if asked == own:
            return
        if _is_late(asked):
            st.query_params.from_dict(own)
            return
        # A link to the same page: the browser asks for its address and goes on to show the one before.
        st.session_state[_LEFT] = [(own, time.monotonic())]
        st.session_state[_PARAMETERS] = asked
        st.query_params.from_dict(asked)
        return
    st.session_state[_LEFT] = []
    st.session_state[_PARAMETERS] = asked


def _is_late(asked: dict[str, str]) -> bool:
    """Whether a click brought an address that the session has left behind, rather than a link."""
    left: list[tuple[dict[str, str], float]] = st.session_state.get(_LEFT, [])
    when = max((moment for parameters, moment in left if parameters == asked), default=None)
    if when is None:
        return False
    drawn: dict[str, object] = st.session_state.get(_DRAWN, {})
    clicked = any(key in st.session_state and st.session_state[key] != value for key, value in drawn.items())
    return clicked or time.monotonic() - when < BEHIND


def _went_back() -> bool:
    """Whether this run answers the browser's own way back or forward."""
    context = get_script_run_ctx(suppress_warning=True)
    return context is not None and context.is_history_navigation


def _parameters() -> dict[str, str]:
    """The address as it stands, read once a run: each look at Streamlit's own takes as long as all of this."""
    found: dict[str, str] | None = st.session_state.get(_PARAMETERS)
    return st.query_params.to_dict() if found is None else found


def put(name: str, value: str) -> None:
    """Put another value into the address, for what reads it after this."""
    _tell(_parameters() | {name: value})


def _tell(parameters: dict[str, str]) -> None:
    """Give the browser another address: noted first, because another click may end this run while it is told."""
    left: list[tuple[dict[str, str], float]] = st.session_state.setdefault(_LEFT, [])
    left.append((_parameters(), time.monotonic()))
    del left[:-MOST_LEFT]
    st.session_state[_PARAMETERS] = parameters
    st.query_params.from_dict(parameters)


def rejected() -> dict[str, str]:
    """What the address asked for and does not exist: name → value."""
    return dict(st.session_state.get(_REJECTED, {}))


def _settled(name: str, valid: Callable[[str], bool], default: str) -> str:
    """The value to start a control with, from the address or from the session."""
    written: dict[str, str | None] = st.session_state.setdefault(_WRITTEN, {})
    kept: dict[str, str] = st.session_state.setdefault(_KEPT, {})
    asked = _parameters().get(name)
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
    wanted, parameters = None if value == default else value, _parameters()
    written[name] = wanted
    if parameters.get(name) != wanted:
        others = {key: held for key, held in parameters.items() if key != name}
        _tell(others if wanted is None else others | {name: wanted})


def _set(key: str, value: str | list[str]) -> None:
    """Give a control its value, where it has another: what is set again would undo a click that is still on its way."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def _note_drawn(key: str, value: object) -> None:
    """Remember what a control says, to know whether it has changed when the next run begins."""
    st.session_state.setdefault(_DRAWN, {})[key] = value


def choose(
    name: str,
    label: str,
    options: Sequence[Code],
    label_of: Callable[[Code], str],
    *,
    default: Code | None = None,
    segmented: bool = False,
    slider: bool = False,
    **widget: Any,
) -> Code:
    """A choice of one code, as a list, as segments or on a slider, kept in the address under ``name``."""
    first = default if default is not None else options[0]
    _set(name, _settled(name, lambda code: code in options, first))
    if segmented:
        value = st.segmented_control(label, options, format_func=label_of, key=name, required=True, **widget)
    elif slider:
        value = st.select_slider(label, options, format_func=label_of, key=name, **widget)
    else:
        value = st.selectbox(label, options, format_func=label_of, key=name, **widget)
    _note_drawn(name, value)
    value = value if value in options else first
    _write(name, value, first)
    return value


NOTHING = "-"
"""How the address says that none of several was chosen, where the default is not none."""


def choose_several(
    name: str,
    label: str,
    options: Sequence[str],
    label_of: Callable[[str], str],
    *,
    default: Sequence[str] = (),
    most: int | None = None,
    pills: bool = False,
    **widget: Any,
) -> tuple[str, ...]:
    """A choice of several codes, in the address as ``name=a,b``; as pills, or as a list that can be typed into.

    ``chosen_key(name)`` is the widget's own key: a callback may write a list of codes to it before the run.
    """
    key, first = chosen_key(name), _joined(default, default)

    def valid(text: str) -> bool:
        codes = _split(text)
        return len(set(codes)) == len(codes) <= (most or len(codes)) and all(c in options for c in codes)

    if key in st.session_state:
        st.session_state[name] = _joined(st.session_state[key], default)
    text = _settled(name, valid, first)
    st.session_state[name] = text
    _set(key, _split(text))
    if pills:
        chosen = st.pills(label, options, format_func=label_of, key=key, selection_mode="multi", **widget)
    else:
        chosen = st.multiselect(label, options, format_func=label_of, key=key, max_selections=most, **widget)
    _note_drawn(key, list(chosen))
    found = tuple(code for code in chosen if code in options)
    _write(name, _joined(found, default), first)
    return found


def chosen_key(name: str) -> str:
    """The key under which the session holds what ``choose_several`` shows."""
    return f"{name}_chosen"


def _split(text: str) -> list[str]:
    return [] if text in ("", NOTHING) else text.split(",")


def _joined(codes: Sequence[str], default: Sequence[str]) -> str:
    return ",".join(codes) or (NOTHING if default else "")


def search(name: str, label: str, **widget: Any) -> str:
    """A line of text to search for, kept in the address under ``name``."""
    _set(name, _settled(name, lambda text: len(text) <= 80, ""))
    typed = str(st.text_input(label, key=name, max_chars=80, **widget))
    _note_drawn(name, typed)
    value = typed.strip()
    _write(name, value, "")
    return value


def text(name: str, longest: int) -> str:
    """A text that a control of the page's own edits under ``name``; the page says what of it goes back by ``note``."""
    found = _settled(name, lambda asked: len(asked) <= longest, "")
    st.session_state[name] = found
    return found


def note(name: str, value: str) -> None:
    """Put a text into the address; nothing where it is empty."""
    _write(name, value, "")


def kept(name: str, default: str) -> str:
    """What was last chosen under ``name`` in this session, on whatever page."""
    found: dict[str, str] = st.session_state.get(_KEPT, {})
    return found.get(name, default)


def current(name: str, options: Sequence[str], default: str) -> str:
    """What a control will say in this run, before it is drawn (the language is needed for its own label)."""
    return _settled(name, lambda code: code in options, default)
