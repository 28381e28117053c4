"""What was sent, by whom and when; taking it back; and every version of a unit's rows."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import streamlit as st

from i18n import short_date
from queries.warehouse import Warehouse
from ui import intake_process
from ui.context import View
from ui.frames import show_empty
from ui.roles import Person
from ui.shell import HANOI
from ui.submit_asking import asked, label, number, settled, value_words
from ui.submit_files import keep_receipt
from ui.submit_publish import KINDS, LONGEST_NOTE
from ui.submit_templates import choose_period, choose_table, choose_unit

HEIGHT = 420


def moment(view: View, text: str | None) -> str:
    """A moment as an answer gives it (ISO 8601), in Hà Nội's time."""
    try:
        local = dt.datetime.fromisoformat(text or "").astimezone(HANOI)
    except ValueError:
        return text or ""
    return view.words("common.at_time", time=f"{local:%H:%M}", day=short_date(local.date(), view.lang))


def history_panel(view: View, person: Person) -> None:
    """The journal, newest first: a steward sees all of it, an officer what that officer sent."""
    words = view.words
    st.markdown(f"## {words('submit.history_title')}")
    answer = asked(view, lambda tick: intake_process.history(tick=tick))
    if answer is None:
        return
    entries = [e for e in answer["entries"] if person.may("history_all") or e["by"] == person.by]
    if not entries:
        show_empty(view, words("submit.history_none_title"), words("submit.history_none"))
        return
    st.caption(words("submit.history_all" if person.may("history_all") else "submit.history_own"))
    st.dataframe(
        pd.DataFrame([_entry(view, entry) for entry in entries]),
        hide_index=True,
        height=HEIGHT if len(entries) > 10 else "content",
        alt=words("submit.history_title"),
    )
    if person.may("undo"):
        _undo_panel(view, entries)


def _entry(view: View, entry: dict[str, Any]) -> dict[str, str]:
    words = view.words
    files = entry.get("files") or []
    names = ", ".join(f"{file['name']} ({words('submit.verdict_' + file['verdict'])})" for file in files)
    changes = entry.get("changes") or {}
    amounts = [
        f"{words(f'submit.{kind}')} {number(view, changes[kind])}" for kind in KINDS if changes.get(kind)
    ]
    state = words("submit.undone_by", receipt=entry["undone_by"]) if entry["undone_by"] else ""
    if entry.get("undoes"):
        state = " ".join((words("submit.undoes", receipt=entry["undoes"]), state)).strip()
    return {
        words("submit.when"): moment(view, entry["at"]),
        words("submit.event"): words(f"submit.event_{entry['kind']}"),
        words("submit.by"): _who(view, entry),
        words("submit.files"): names,
        words("submit.changes"): "; ".join(amounts),
        words("submit.state"): state,
        words("submit.receipt"): entry["receipt"],
        words("submit.build"): entry.get("build_id") or "",
        words("submit.note_short"): entry.get("note") or "",
    }


def _who(view: View, entry: dict[str, Any]) -> str:
    role = f"submit.role_{entry['role']}"
    return f"{entry['by']} ({view.words(role) if view.words.has(role) else entry['role']})"


def _undo_panel(view: View, entries: list[dict[str, Any]]) -> None:
    """Choose a receipt and take it back, after a question."""
    words = view.words
    open_ones = [e for e in entries if e["kind"] in ("submit", "undo") and not e["undone_by"]]
    if not open_ones:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        labels = {
            e["receipt"]: f"{e['receipt']} · {words('submit.event_' + e['kind'])} · {e['by']}"
            for e in open_ones
        }
        chosen = st.selectbox(
            words("submit.undo_choose"), tuple(labels), format_func=labels.__getitem__, width=420
        )
        wanted = st.button(words("submit.undo"), icon=":material/undo:")
    if wanted and chosen:
        st.dialog(words("submit.undo_title"))(_confirm)(view, chosen)


def _confirm(view: View, receipt: str) -> None:
    words = view.words
    st.markdown(words("submit.undo_text", receipt=receipt))
    note = st.text_input(words("submit.note"), max_chars=LONGEST_NOTE)
    if st.button(words("submit.undo_yes"), type="primary", icon=":material/undo:"):
        done = settled(view, lambda: intake_process.undo(receipt, note.strip()))
        if done is not None:
            keep_receipt(done)
            st.rerun()


def versions_panel(view: View, found: Warehouse) -> None:
    """Every version of a unit's rows for a period; the one in force is marked."""
    words = view.words
    st.markdown(f"## {words('submit.versions_title')}")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        table = choose_table(view, "versions")
        unit = choose_unit(view, found, "versions", everyone=False)
        period = choose_period(view, found, "versions")
        wanted = st.button(words("submit.versions_show"), icon=":material/history:")
    if not wanted:
        return
    answer = asked(view, lambda tick: intake_process.versions(table, unit, period, tick=tick))
    if answer is None:
        return
    if not answer["versions"]:
        show_empty(view, words("submit.versions_none_title"), words("submit.versions_none"))
        return
    st.dataframe(
        pd.DataFrame([_version(view, found, version) for version in answer["versions"]]),
        hide_index=True,
        height=HEIGHT if len(answer["versions"]) > 10 else "content",
        alt=words("submit.versions_title"),
    )


def _version(view: View, found: Warehouse, version: dict[str, Any]) -> dict[str, str]:
    """One version of one row: which row, where it came from, whether it counts, and its figures."""
    words = view.words
    about = ", ".join(value_words(view, found, name, value) for name, value in version["row"].items())
    state = "in_force" if version["in_force"] else "undone" if version["undone_by"] else "superseded"
    by = f", {version['by']}" if version["by"] else ""
    return {
        words("submit.row"): about,
        words("submit.state"): words(f"submit.{state}"),
        words("submit.receipt"): version["receipt"] or words("submit.by_hand"),
        words("submit.when"): f"{moment(view, version['at'])}{by}",
        words("submit.files"): f"{version['file']}:{version['line']}",
        **{label(view, name): number(view, value) for name, value in version["values"].items()},
    }
