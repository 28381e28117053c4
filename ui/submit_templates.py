"""Blank forms for offices, and the choices of table, unit and period that the submit page uses."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from pathlib import Path

import streamlit as st

from i18n import period_code, period_name
from queries import figures
from queries.ward_names import places
from queries.warehouse import Warehouse
from ui import downloads, intake_process
from ui.context import View
from ui.intake_process import Answer, Tick
from ui.shell import HANOI
from ui.submit_asking import asked

TABLES = ("learning_models", "participation", "schools")
EVERY = ""
"""Stands for every unit of today."""
QUARTERS = 4
"""Quarters up to today's that are offered besides those with reports."""


def choose_table(view: View, key: str) -> str:
    """One of the tables that offices send."""
    words = view.words

    def named(table: str) -> str:
        name = words(f"common.table_{table}")
        return name[0].upper() + name[1:]

    return str(st.selectbox(words("submit.table"), TABLES, format_func=named, key=f"{key}_table", width=220))


def choose_unit(view: View, found: Warehouse, key: str, *, everyone: bool) -> str:
    """A unit by its key; EVERY for all wards of today, where that is offered."""
    words = view.words
    named = {
        place.unit_key: words.pick(place.name_vi, place.name_en)
        for place in places(found).values()
        if place.level == "ward" or not everyone
    }
    if everyone:
        named = {EVERY: words("submit.every_unit"), **named}
    return str(
        st.selectbox(
            words("common.unit"), tuple(named), format_func=named.__getitem__, key=f"{key}_unit", width=300
        )
    )


def quarters(today: dt.date) -> list[tuple[dt.date, dt.date]]:
    """The quarter of a day and those before it, first and last day of each, newest first."""
    found = []
    start = dt.date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    for _ in range(QUARTERS):
        following = (start + dt.timedelta(days=95)).replace(day=1)
        found.append((start, following - dt.timedelta(days=1)))
        start = (start - dt.timedelta(days=80)).replace(day=1)
    return found


def choose_period(view: View, found: Warehouse, key: str) -> str:
    """The code of a period: the latest quarters, and every period that has reports; first the last that has ended."""
    today = dt.datetime.now(HANOI).date()
    spans = [*quarters(today), *((p.start, p.end) for p in figures.periods(found))]
    ordered = sorted(spans, key=lambda span: span[1], reverse=True)
    named = {period_code(start, end): period_name(start, end, view.lang) for start, end in ordered}
    ended = [period_code(start, end) for start, end in ordered if end < today]
    return str(
        st.selectbox(
            view.words("submit.period"),
            tuple(named),
            index=list(named).index(ended[0]),
            format_func=named.__getitem__,
            key=f"{key}_period",
            width=180,
        )
    )


def templates_panel(view: View, found: Warehouse) -> None:
    """A workbook to fill in: for one unit, or one for each ward in an archive."""
    words = view.words
    st.markdown(f"## {words('submit.templates_title')}")
    st.markdown(words("submit.templates_help"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        table = choose_table(view, "templates")
        unit = choose_unit(view, found, "templates", everyone=True)
        period = choose_period(view, found, "templates")
        wanted = st.button(words("submit.templates_make"), icon=":material/note_add:")
    if not wanted:
        return
    answer = asked(view, lambda tick: _made(view, table, unit, period, tick))
    if answer is not None:
        link, name = answer["link"], answer["name"]
        st.markdown(f":material/download_done: [{words('submit.templates_ready', name=name)}]({link})")


def _made(view: View, table: str, unit: str, period: str, tick: Tick) -> Answer:
    """The forms as one file that waits to be fetched."""
    with tempfile.TemporaryDirectory(prefix="intake-") as scratch:
        to = Path(scratch) if unit else Path(scratch) / f"{table}_{period}.zip"
        answer = intake_process.templates(table, unit, period, to, view.lang, tick=tick)
        made = Path(answer["files"][0])
        link, _ = downloads.keep(lambda path: shutil.copyfile(made, path), made.name)
    return {"link": link, "name": made.name}
