"""The submit page: who is at the screen, and the three things that can be done with office files."""

from __future__ import annotations

import streamlit as st

from queries.warehouse import Warehouse
from ui import submit_files
from ui.context import View
from ui.provenance import escaped
from ui.roles import Person
from ui.submit_history import history_panel, versions_panel
from ui.submit_publish import changes_panel, publish_panel, receipt_panel
from ui.submit_rows import files_panel, level_choice, reply_button, summary
from ui.submit_templates import templates_panel

SECTIONS = ("send", "history", "templates")


def identity(view: View, person: Person) -> None:
    """Who you are, what you may do here, and if little, why."""
    words = view.words
    who = f"**{escaped(person.by)}** · " if person.signed_in else ""
    role = f":gray-badge[:material/badge: {words(f'submit.role_{person.role}')}]"
    st.markdown(f"{who}{role} {words(f'submit.may_{person.role}')}")
    if person.units is not None and person.may("submit"):
        st.caption(words("submit.only_units", units=", ".join(sorted(person.units)) or "–"))
    if person.role == "viewer" or person.reason == "local":
        st.info(words(f"submit.reason_{person.reason}"), icon=":material/lock:")


def send(view: View, found: Warehouse, person: Person) -> None:
    """From the upload to the receipt, a step below the other."""
    receipt, held = submit_files.receipt(), submit_files.held()
    if receipt is not None:
        receipt_panel(view, receipt)
    if held is None:
        submit_files.upload_panel(view)
        return
    if held.answer is None:  # the check was stopped or failed
        _again(view, held)
        return
    answer = held.answer
    summary(view, answer)
    levels = level_choice(view)
    files_panel(view, found, answer, levels)
    reply_button(view, held.files)
    if person.may("accept_rows"):
        _rows_choice(view, held)
    changes_panel(view, found, answer)
    if person.may("submit"):
        publish_panel(view, held, answer)


def _rows_choice(view: View, held: submit_files.Held) -> None:
    """Whether the right rows of files with errors count; a change has the files checked again."""
    words = view.words
    wanted = st.toggle(
        words("submit.accept_rows"), value=held.accept_rows, help=words("submit.accept_rows_help")
    )
    if wanted != held.accept_rows:
        held.accept_rows, held.answer = wanted, None
        submit_files.check(view, held)


def _again(view: View, held: submit_files.Held) -> None:
    words = view.words
    st.warning(words("submit.stopped"), icon=":material/pause_circle:")
    with st.container(horizontal=True):
        again = st.button(words("submit.check_again"), type="primary", icon=":material/fact_check:")
        st.button(words("submit.discard"), icon=":material/delete:", on_click=submit_files.drop)
    if again:
        submit_files.check(view, held)


def section(view: View, found: Warehouse, person: Person, chosen: str) -> None:
    """The part of the page that the reader has chosen."""
    if chosen == "history":
        history_panel(view, person)
        versions_panel(view, found)
    elif chosen == "templates":
        templates_panel(view, found)
    else:
        send(view, found, person)
