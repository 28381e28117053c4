"""What publishing would change, the buttons that publish, and the receipt."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from i18n import decimal, percent
from queries.warehouse import Warehouse
from ui import intake_process
from ui.context import View
from ui.intake_process import Answer
from ui.provenance import escaped
from ui.submit_asking import label, number, settled, told, value_words
from ui.submit_files import Held, drop, keep_receipt

HEIGHT = 420
LONGEST_NOTE = 300
KINDS = ("added", "replaced", "unchanged")


def units_of(answer: Answer) -> frozenset[str] | None:
    """Keys of all units whose rows would change; None where the answer does not list every such row."""
    changes = answer["changes"]
    rows = {(r["table"], r["unit_key"], r["period"], *r["row"].items()) for r in changes["rows"]}
    if len(rows) < changes["added"] + changes["replaced"]:
        return None
    return frozenset(row["unit_key"] for row in changes["rows"])


def changes_panel(view: View, found: Warehouse, answer: Answer) -> None:
    """Rows that publishing would add and replace, and the figures in them, the largest changes first."""
    words, changes = view.words, answer["changes"]
    st.markdown(f"## {words('submit.changes_title')}")
    with st.container(horizontal=True):
        for kind in KINDS:
            st.metric(words(f"submit.{kind}"), decimal(changes[kind], view.lang), border=True, width=190)
    for note in changes.get("notes", ()):
        st.markdown(f":material/science: {escaped(told(view, note))}")
    listed = changes["rows"]
    if not listed:
        st.markdown(words("submit.no_changes"))
        return
    st.markdown(words("submit.changes_help", n=decimal(len(listed), view.lang)))
    st.dataframe(
        pd.DataFrame([_cells(view, found, row) for row in listed]),
        hide_index=True,
        height=HEIGHT if len(listed) > 10 else "content",
        alt=words("submit.changes_title"),
    )


def _cells(view: View, found: Warehouse, row: dict[str, Any]) -> dict[str, str]:
    words = view.words
    about = ", ".join(value_words(view, found, name, value) for name, value in row["row"].items())
    figure = label(view, row["column"])
    return {
        words("common.unit"): told(view, row["unit"]),
        words("submit.period"): told(view, row["period"]),
        words("submit.row"): f"{words('common.table_' + row['table'])}: {about}, {figure}",
        words("submit.before"): number(view, row["before"]),
        words("submit.after"): number(view, row["after"]),
        words("submit.change"): _change(view, row["change"]),
        words("submit.kind"): words(f"submit.kind_{row['kind']}"),
    }


def _change(view: View, change: float | None) -> str:
    """A change as a share of what was before, with its sign."""
    if change is None:
        return ""
    return f"{'+' if change > 0 else ''}{percent(change, view.lang)}"


def publish_panel(view: View, held: Held, answer: Answer) -> None:
    """Publish all, or the files without errors only; or put the files away."""
    words = view.words
    verdicts = [file["verdict"] for file in answer["files"]]
    right = sum(v in ("clean", "warnings") for v in verdicts)
    wrong = sum(v in ("errors", "unreadable") for v in verdicts)
    held_back = bool(wrong) and not held.accept_rows
    st.markdown(f"## {words('submit.publish_title')}")
    st.markdown(words("submit.publish_held_back" if held_back else "submit.publish_help"))
    note = st.text_input(words("submit.note"), max_chars=LONGEST_NOTE, key="intake_note")
    with st.container(horizontal=True):
        everything = st.button(
            words("submit.publish_all", n=decimal(len(verdicts), view.lang)),
            type="primary",
            icon=":material/publish:",
            disabled=held_back or not (right or wrong),
        )
        only_clean = st.button(
            words("submit.publish_clean", n=decimal(right, view.lang)),
            icon=":material/verified:",
            disabled=not right or not wrong,
        )
        st.button(words("submit.discard"), icon=":material/delete:", on_click=drop)
    if everything or only_clean:
        _publish(view, held, answer, only_clean, note)


def _publish(view: View, held: Held, answer: Answer, only_clean: bool, note: str) -> None:
    rows = held.accept_rows and not only_clean
    done = settled(
        view,
        lambda: intake_process.submit(
            held.files, units_of(answer), only_clean=only_clean, accept_rows=rows, note=note.strip()
        ),
    )
    if done is not None:
        keep_receipt(done)
        drop()
        st.rerun()


def receipt_panel(view: View, answer: Answer) -> None:
    """What became of the last publishing, with a receipt to keep."""
    words = view.words
    counts = ", ".join(f"{words(f'submit.{k}').lower()} {number(view, answer['changes'][k])}" for k in KINDS)
    files = [
        f"{words(f'submit.{part}')}: {', '.join(answer[part])}."
        for part in ("accepted", "refused")
        if answer[part]
    ]
    said = " ".join((told(view, answer["message"]), f"{counts[0].upper()}{counts[1:]}.", *files))
    show = st.success if answer["published"] else st.warning
    show(
        f"**{words('submit.receipt')}: {answer['receipt']}**  \n{escaped(said)}",
        icon=":material/receipt_long:",
    )
    st.download_button(
        words("submit.receipt_button"),
        receipt_text(view, answer),
        f"{answer['receipt']}.txt",
        "text/plain; charset=utf-8",
        icon=":material/download:",
        on_click="ignore",
    )


def receipt_text(view: View, answer: Answer) -> str:
    """The receipt as plain text."""
    words, changes = view.words, answer["changes"]
    lines = [
        words("common.product"),
        f"{words('submit.receipt')}: {answer['receipt']}",
        told(view, answer["message"]),
        "",
    ]
    for part in ("accepted", "refused"):
        lines += [f"{words(f'submit.{part}')}:", *(f"- {name}" for name in answer[part] or ["–"]), ""]
    lines += [f"{words(f'submit.{kind}')}: {number(view, changes[kind])}" for kind in KINDS]
    lines += [f"{words('submit.build')}: {answer['build_id'] or '–'}", ""]
    return "\r\n".join(lines)
