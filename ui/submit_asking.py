"""Asking the command line from a screen: under a line that counts the seconds, and with plain words where it fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from i18n import decimal
from queries import catalogue
from queries.warehouse import Warehouse
from ui.context import View
from ui.intake_process import Answer, Failed, Tick
from ui.roles import NotAllowed

Start = Callable[[Tick], Answer]


def told(view: View, pair: object) -> str:
    """Words that came in both languages, in the reader's; plain text stays as it is."""
    if isinstance(pair, Mapping):
        return view.words.pick(str(pair.get("vi") or ""), str(pair.get("en") or ""))
    return "" if pair is None else str(pair)


def asked(view: View, start: Start) -> Answer | None:
    """An answer, or None where there is none and the screen says why.

    A line counts the seconds; its button, another click or a closed page ends what was started.
    """
    words = view.words
    place = st.empty()
    with place.container(horizontal=True, vertical_alignment="center"):
        line = st.empty()
        line.markdown(words("submit.working", seconds=0))
        st.button(words("submit.cancel"), icon=":material/close:", key="intake_cancel")

    def tick(
        seconds: float,
    ) -> None:  # writing here is also where Streamlit stops a run that is no longer wanted
        line.markdown(words("submit.working", seconds=decimal(int(seconds), view.lang)))

    try:
        return said_why(view, lambda: start(tick))
    finally:
        place.empty()


def settled(view: View, start: Callable[[], Answer]) -> Answer | None:
    """The same for what publishes: it goes on to its end whatever is pressed meanwhile."""
    with st.spinner(view.words("submit.publishing"), show_time=True):
        return said_why(view, start)


def said_why(view: View, start: Callable[[], Answer]) -> Answer | None:
    """An answer; or None, and an error in words on the screen."""
    words = view.words
    try:
        return start()
    except NotAllowed as problem:
        st.error(words(f"submit.may_not_{_kind(problem)}"), icon=":material/lock:")
    except Failed as problem:
        why = told(view, problem.words) or words(f"submit.failed_{problem.why}")
        st.error(why, icon=":material/error:")
    except OSError as error:
        st.error(
            words("submit.failed_disk", why=error.strerror or type(error).__name__), icon=":material/error:"
        )
    return None


def _kind(problem: NotAllowed) -> str:
    return "units" if problem.person.may(problem.action) else "role"


def number(view: View, value: Any) -> str:
    """A figure of an answer in the reader's numerals; texts as they are, nothing for nothing."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        return decimal(value, view.lang, 0 if float(value).is_integer() else 2)
    return told(view, value)


def label(view: View, column: str) -> str:
    """The name of a column of a report; its code where we have no words for it."""
    key = f"submit.column_{column}"
    return view.words(key) if view.words.has(key) else column


def value_words(view: View, found: Warehouse, column: str, value: Any) -> str:
    """A value of a report: models and indicators by their names, figures in the reader's numerals."""
    if column == "model":
        names = {m.model: (m.name_vi, m.name_en) for m in catalogue.learning_models(found)}
        return view.words.pick(*names.get(str(value), (str(value), str(value))))
    if column == "indicator":
        known = catalogue.indicator(found, f"participation.{value}")
        return view.words.pick(known.name_vi, known.name_en) if known else str(value)
    return number(view, value)
