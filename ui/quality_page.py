"""The data-quality page: who has reported, what deserves a look, what was refused; and for officers, who sent errors."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pandas as pd
import streamlit as st

from exports.names import file_stem
from exports.table import from_warehouse
from i18n import decimal, short_date
from queries import quality, sources, status
from queries.warehouse import Warehouse
from ui import intake_process
from ui.cached import panel
from ui.context import View
from ui.downloads import workbook_button
from ui.frames import in_words_of
from ui.intake_process import Answer
from ui.roles import Person
from ui.submit_asking import asked, told
from ui.submit_history import moment

REFUSED_SHOWN = 200
HEIGHT = 380
TABLES = ("report_status", "quality_flag", "reject", "build_file")
STATES = ("sent", "refused", "silent")
_KEPT = "_reporters"


@panel
def rules_panel(view: View, _found: Warehouse) -> None:
    """How many figures of the chosen period run into each rule."""
    words = view.words
    if view.period_end is None:
        return
    counts = quality.flag_counts(_found, view.statuses, view.period_end)
    if not counts:
        return
    table = pd.DataFrame(
        {
            words("quality_page.rule"): [words(f"quality.rule_{rule}") for rule in counts],
            words("quality_page.figures"): list(counts.values()),
        }
    )
    st.markdown("### " + words("quality_page.by_rule", period=view.period))
    st.dataframe(
        in_words_of(table, view), hide_index=True, alt=words("quality_page.by_rule", period=view.period)
    )


@panel
def refused_panel(view: View, _found: Warehouse) -> None:
    """Rows that the build refused, with file, line and reason."""
    words = view.words
    total = status.build_summary(_found)["rows_rejected"]
    if not total:
        st.markdown(f":green[:material/check_circle:] {words('quality_page.refused_none')}")
        return
    rows = sources.refused_rows(_found, REFUSED_SHOWN)
    st.markdown(
        words("quality_page.refused_text", n=decimal(total, view.lang), shown=decimal(len(rows), view.lang))
    )
    table = pd.DataFrame(
        {
            words("quality_page.file"): [row.file for row in rows],
            words("quality_page.line"): [row.line for row in rows],
            words("quality_page.column"): [
                words.pick(row.column_vi, row.column_en) or row.column_name for row in rows
            ],
            words("quality_page.value"): [row.value or "" for row in rows],
            words("quality_page.reason"): [words.pick(row.reason_vi, row.reason_en) for row in rows],
        }
    )
    st.dataframe(
        in_words_of(table, view),
        hide_index=True,
        height=HEIGHT if len(rows) > 9 else "content",
        alt=words("quality_page.refused_title"),
        column_config={words("quality_page.reason"): st.column_config.TextColumn(width="large")},
    )


def senders(view: View, person: Person) -> None:
    """Who sent files for the chosen period and with how many errors; for those who may see it, when they ask."""
    words = view.words
    if not person.may("reporters") or view.period_end is None:
        return
    st.header(words("quality_page.senders_title"))
    st.markdown(words("quality_page.senders_text", period=view.period))
    key = (view.build_id, view.period_code)
    kept: tuple[tuple[str, str], Answer] | None = st.session_state.get(_KEPT)
    if st.button(words("quality_page.senders_button"), icon=":material/outgoing_mail:"):
        answer = asked(view, lambda tick: intake_process.reporters(view.period_code, tick=tick))
        kept = (key, answer) if answer is not None else None
        st.session_state[_KEPT] = kept
    if kept and kept[0] == key:
        _senders(view, kept[1])


def _senders(view: View, answer: Answer) -> None:
    words = view.words
    units = sorted(answer["units"], key=lambda u: (-_errors(u), u["state"] == "sent", not u["late"]))
    states = Counter(unit["state"] for unit in units)
    counts = {state: decimal(states[state], view.lang) for state in STATES}
    due = short_date(dt.date.fromisoformat(answer["due"]), view.lang)
    st.markdown(words("quality_page.senders_count", due=due, **counts))
    table = pd.DataFrame(
        {
            words("common.unit"): [told(view, u["unit"]) for u in units],
            words("quality_page.state"): [words(f"quality_page.state_{u['state']}") for u in units],
            words("quality_page.late"): [words("quality_page.is_late") if u["late"] else "" for u in units],
            words("quality_page.errors"): [_errors(u) for u in units],
            words("quality_page.sent"): [_last(view, u, "sent") for u in units],
            words("quality_page.refused"): [_last(view, u, "refused") for u in units],
        }
    )
    st.dataframe(
        in_words_of(table, view),
        hide_index=True,
        height=HEIGHT if len(units) > 9 else "content",
        alt=words("quality_page.senders_title"),
    )


def _errors(unit: dict[str, Any]) -> int:
    """Errors in the files of a unit that were refused."""
    return sum(int(refused["errors"]) for refused in unit["refused"])


def _last(view: View, unit: dict[str, Any], what: str) -> str:
    """When the last file of a unit was taken or refused, and under which receipt."""
    if not unit[what]:
        return ""
    last = unit[what][-1]
    return f"{moment(view, last['at'])} ({last['receipt']})"


def take_away(view: View, found: Warehouse) -> None:
    """Everything that the page rests on as one workbook: all periods, all statuses, with definitions."""
    name = file_stem((view.words("quality_page.title"), found.build_id)) + ".xlsx"
    label = view.words("quality_page.take_away")
    workbook_button(view, label, lambda: [from_warehouse(found, table) for table in TABLES], name)
