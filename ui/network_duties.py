"""What a member owes and may do, when, who is in charge of it in Hà Nội and how far it is."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import streamlit as st

from i18n import short_date
from queries import network
from queries.network import Duty
from queries.warehouse import Warehouse
from ui.cached import panel
from ui.context import View
from ui.frames import show_empty
from ui.network_html import block, more, rows, source_link
from ui.shell import HANOI
from ui.ward_html import esc, small

KINDS = ("duty", "option", "event")
STATES = ("not_started", "in_progress", "done", "not_applicable", "not_known")
_SIGNS = {"not_known": "?", "not_started": "○", "in_progress": "◐", "done": "✓", "not_applicable": "–"}


def today() -> dt.date:
    """The day in Hà Nội."""
    return dt.datetime.now(HANOI).date()


@panel
def duties_panel(view: View, _found: Warehouse, day: dt.date) -> None:
    """Duties, options and events ahead with owner and state; the past folded away. ``day`` tells what is overdue."""
    words = view.words
    duties = network.duties(_found)
    if not duties:
        show_empty(view, body=words("network.none"))
        return
    ahead = [d for d in duties if d.timing != "done"]
    past = [d for d in duties if d.timing == "done"]
    counts = Counter(d.state or "not_known" for d in ahead)
    legend = "".join(f"<li>{_state_words(state, view)}: {counts[state]}</li>" for state in STATES)
    parts = [
        f"<p>{esc(words('network.duties_help'))}</p>",
        f'<ul class="n-legend" aria-label="{esc(words("network.legend"))}">{legend}</ul>',
        f"<p class='w-note'>{esc(words('network.duties_edit'))} {esc(words('network.duties_body'))}</p>",
    ]
    st.html(block(*parts))
    tables = []
    for kind in KINDS:
        some = [d for d in ahead if d.kind == kind]
        if some:
            title = words(f"network.kind_{kind}")
            tables.append(f'<div class="n-block"><h3>{esc(title)}</h3>{_table(title, some, view, day)}</div>')  # fmt: skip
    if past:
        title = words("network.past_duties", n=len(past))
        tables.append(more(title, _past(title, past, view)))
    st.html(block(*tables))


def _state_words(state: str, view: View) -> str:
    """A state as sign and word."""
    kind = {"done": "n-good", "in_progress": "n-good"}.get(state, "n-dim")
    return f'<span class="n-state {kind}">{_SIGNS[state]} {esc(view.words(f"network.duty_state_{state}"))}</span>'


def _what(duty: Duty, view: View) -> str:
    detail = " ".join((esc(view.words.pick(duty.detail_vi, duty.detail_en)), source_link(duty.source)))
    return f"<div>{esc(view.words.pick(duty.title_vi, duty.title_en))}{small(detail)}</div>"


def _when(duty: Duty, view: View, late: bool) -> str:
    due = view.words.pick(duty.due_vi, duty.due_en)
    timing = view.words(f"network.timing_{duty.timing}")
    mark = f'<span class="n-bad n-state">! {esc(view.words("network.duty_late"))}</span> ' if late else ""
    return f"<div>{mark}{esc(timing)}{small(esc(due) if due and due != timing else '')}</div>"


def _table(label: str, some: list[Duty], view: View, today: dt.date) -> str:
    words = view.words
    cells = []
    for duty in some:
        owner = words.pick(duty.owner_vi, duty.owner_en)
        body = esc(owner) if owner else f'<span class="n-dim">{esc(words("network.owner_none"))}</span>'
        day = words("network.updated", day=short_date(duty.updated_on, view.lang)) if duty.updated_on else ""
        notes = [esc(words.pick(duty.state_note_vi, duty.state_note_en)), source_link(duty.state_source), esc(day)]  # fmt: skip
        state = _state_words(duty.state or "not_known", view) + small(" · ".join(n for n in notes if n))
        late = duty.is_late(today)
        cells.append([_what(duty, view), _when(duty, view, late), body, f"<div>{state}</div>"])
    columns = [words("network.duty_column"), words("network.due"), words("network.owner"), words("network.state_column")]  # fmt: skip
    return rows(label, columns, cells, "n-duty")


def _past(label: str, some: list[Duty], view: View) -> str:
    columns = [view.words("network.duty_column"), view.words("network.due")]
    return rows(label, columns, [[_what(d, view), _when(d, view, False)] for d in some], "n-duty")
