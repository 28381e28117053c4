"""The SQL page: the editor, the answer, the words of every table beside it.

Exports take what ``answered`` gives: the rows on the screen with the query that gave them, or ``in_full`` for more
rows than the screen shows.
"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from exports import Table, from_frame
from exports.text import said, same
from i18n import decimal
from queries import sql
from queries.sql import EXAMPLES, LONGEST, LONGEST_LINK, SCREEN, Limits, Problem, Result
from queries.warehouse import Warehouse
from ui import address
from ui.context import View
from ui.downloads import FORMATS, offer
from ui.frames import show_empty

_TEXT = "sql_text"
_EXAMPLE = "sql_example"
_SHOWN_FOR = "_sql_shown_for"
_ANSWER = "_sql_answer"
_HEIGHT = 300
_LOOK_EVERY = 0.2


def asked(view: View) -> str:
    """The query to answer, from the address or from the editor, which is drawn here. Empty where there is none yet."""
    words = view.words
    sql.prepare()
    # Longer than a line of search, shorter in the address than in the session: not one of the usual controls.
    query = address.text("q", LONGEST)
    if st.session_state.get(_SHOWN_FOR) != query or _TEXT not in st.session_state:
        st.session_state[_TEXT] = query
        st.session_state[_SHOWN_FOR] = query
    address.note("q", query if len(query) <= LONGEST_LINK else "")
    st.selectbox(
        words("sql.example"),
        tuple(EXAMPLES),
        format_func=lambda name: words(f"sql.example_{name}"),
        index=None,
        placeholder=words("sql.example_hint"),
        key=_EXAMPLE,
        on_change=_take_example,
    )
    with st.form("sql_form", border=False):
        st.text_area(
            words("sql.editor"),
            key=_TEXT,
            height=_HEIGHT,
            max_chars=LONGEST,
            placeholder=words("sql.editor_hint"),
        )
        st.form_submit_button(words("sql.run"), icon=":material/play_arrow:", on_click=_ask)
    if len(query) > LONGEST_LINK:
        st.caption(words("sql.too_long_for_link", n=decimal(LONGEST_LINK, view.lang)))
    return query


def _ask() -> None:
    text = str(st.session_state[_TEXT]).strip()
    st.session_state["q"] = st.session_state[_SHOWN_FOR] = st.session_state[_TEXT] = text
    st.session_state.pop(_ANSWER, None)


def _take_example() -> None:
    name = st.session_state[_EXAMPLE]
    if name in EXAMPLES:
        st.session_state[_TEXT] = EXAMPLES[name]
        _ask()


def answered(view: View, found: Warehouse, query: str) -> Result | Problem | None:
    """The answer to a query, kept in the session until another is asked; None where nothing was asked.

    While it runs there is a button to cancel. Leaving the page, closing it or asking something else ends the query too:
    Streamlit then stops this run at its next message.
    """
    if not query:
        return None
    key = (found.build_id, query)
    kept = st.session_state.get(_ANSWER)
    if kept is not None and kept[0] == key:
        answer: Result | Problem = kept[1]
        return answer
    place = st.empty()
    running = sql.run(found, query, SCREEN)
    try:
        with place.container(horizontal=True, vertical_alignment="center"):
            clock = st.empty()
            st.button(view.words("sql.cancel"), icon=":material/stop:", on_click=_cancel, args=(key,))
        waited = 0.0
        while (got := running.wait(_LOOK_EVERY)) is None:
            waited += _LOOK_EVERY
            clock.markdown(view.words("sql.running", seconds=decimal(waited, view.lang, 0)))
    finally:
        running.cancel()
    place.empty()
    st.session_state[_ANSWER] = (key, got)
    return got


def _cancel(key: tuple[str, str]) -> None:
    st.session_state[_ANSWER] = (key, Problem("cancelled"))


def in_full(found: Warehouse, result: Result) -> Result | Problem:
    """The answer again with as many rows as an export may have; the same where the screen has them all."""
    if not result.more:
        return result
    running = sql.run(found, result.sql, sql.EXPORT)
    try:
        return running.wait() or Problem("crashed")
    finally:
        running.cancel()


def take_away(view: View, found: Warehouse, answer: Result | Problem | None) -> None:
    """The whole answer as a file, up to the rows that an export may have."""
    if not isinstance(answer, Result) or answer.frame.empty:
        return

    def table() -> Table:
        whole = in_full(found, answer)
        if isinstance(whole, Problem):
            raise TimeoutError(_problem_words(view, whole, sql.EXPORT))
        title = said("downloads.sql_title")
        return from_frame(found, whole.frame, title, filters=[(title, same(answer.sql))])

    formats = FORMATS if "unit_key" in answer.frame.columns else FORMATS[:-1]
    offer(view, table, None if answer.more else len(answer.frame), formats=formats)


def show(view: View, found: Warehouse, answer: Result | Problem | None) -> None:
    """The rows, or why there are none."""
    words = view.words
    if answer is None:
        show_empty(view, title=words("sql.nothing_asked_title"), body=words("sql.nothing_asked"))
    elif isinstance(answer, Problem):
        _show_problem(view, st.session_state.get("q", ""), answer)
    else:
        _show_rows(view, found, answer)


def _show_rows(view: View, found: Warehouse, result: Result) -> None:
    words, frame = view.words, result.frame
    st.markdown(
        words(
            "sql.rows_more" if result.more else "sql.rows",
            n=decimal(len(frame), view.lang),
            columns=decimal(len(frame.columns), view.lang),
            seconds=decimal(result.seconds, view.lang, 1),
        )
    )
    illustrative = sorted(set(result.tables) & sql.tables_with_illustrative_figures(found))
    if illustrative:
        tables = ", ".join(f"`{name}`" for name in illustrative)
        st.warning(words("sql.illustrative", tables=tables), icon=":material/science:")
    if frame.empty:
        show_empty(view, title=words("sql.no_rows_title"), body=words("sql.no_rows"))
        return
    if list(frame.columns) == ["plan"]:
        st.code("\n".join(frame["plan"]), language=None)
        return
    plain = {
        name: st.column_config.NumberColumn(format="plain")
        for name in frame.columns
        if pd.api.types.is_numeric_dtype(frame[name]) and not pd.api.types.is_bool_dtype(frame[name])
    }
    st.dataframe(frame, hide_index=True, column_config=plain, alt=words("sql.result"))


def _problem_words(view: View, problem: Problem, limits: Limits) -> str:
    return view.words(
        f"sql.problem_{problem.kind}", detail=_inline(problem.detail), rows=decimal(limits.rows, view.lang),
        seconds=decimal(limits.seconds, view.lang, 0), memory=decimal(limits.memory_mb, view.lang),
    )  # fmt: skip


def _show_problem(view: View, query: str, problem: Problem) -> None:
    words, said = view.words, _problem_words(view, problem, SCREEN)
    if problem.kind == "cancelled":
        st.info(said, icon=":material/stop:")
        return
    place = words("sql.place", line=problem.line, column=problem.column) if problem.line is not None else ""
    st.error(" ".join(part for part in (place, said) if part), icon=":material/error:")
    if problem.line is not None and problem.column is not None:
        lines = query.split("\n")
        if problem.line <= len(lines):
            start = max(0, problem.column - 60)
            cut = lines[problem.line - 1][start : start + 100]
            st.code(cut + "\n" + " " * (problem.column - 1 - start) + "^", language=None)
    if problem.detail and problem.kind not in ("function", "table", "statement", "too_long", "too_much"):
        st.caption(words("sql.duckdb_says"))
        st.code(problem.detail, language=None, wrap_lines=True)


def _inline(text: str) -> str:
    return text.replace("`", "'").replace("\n", " ")[:200]
