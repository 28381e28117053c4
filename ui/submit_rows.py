"""What was understood of each file: its verdict, the rows that were read, and the findings beside them."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from i18n import decimal
from queries.warehouse import Warehouse
from ui import downloads, intake_process
from ui.context import View
from ui.intake_process import Answer, Names
from ui.provenance import escaped
from ui.submit_asking import asked, label, number, told, value_words

VERDICTS = {
    "clean": ("green", ":material/check_circle:"),
    "warnings": ("orange", ":material/warning:"),
    "errors": ("red", ":material/cancel:"),
    "unreadable": ("red", ":material/block:"),
    "duplicate": ("gray", ":material/content_copy:"),
}
LEVELS = ("error", "warning", "note")
HEIGHT = 380
ROW_HEIGHT = 60
"""Pixels for two lines of a sentence; one would cut what is to be done."""
MOST_OPEN = 3
"""So many files with findings stand open; the others unfold."""


def verdict_words(view: View, verdict: str) -> str:
    """A verdict as icon and word, in Markdown."""
    colour, icon = VERDICTS[verdict]
    return f":{colour}-badge[{icon} {view.words(f'submit.verdict_{verdict}')}]"


def summary(view: View, answer: Answer) -> None:
    """How many files came out how, in one line."""
    words, files = view.words, answer["files"]
    counts = {verdict: sum(f["verdict"] == verdict for f in files) for verdict in VERDICTS}
    marks = [f"{verdict_words(view, v)} {decimal(n, view.lang)}" for v, n in counts.items() if n]
    st.markdown(f"{words('submit.files_read', n=decimal(len(files), view.lang))} {' '.join(marks)}")


def level_choice(view: View) -> tuple[str, ...]:
    """Which findings are wanted: all, or those of one level."""
    words = view.words
    wanted = st.segmented_control(
        words("submit.level"),
        ("all", *LEVELS),
        format_func=lambda level: words(f"submit.level_{level}"),
        default="all",
        required=True,
        key="intake_level",
    )
    return LEVELS if wanted in (None, "all") else (str(wanted),)


def files_panel(view: View, found: Warehouse, answer: Answer, levels: Sequence[str]) -> None:
    """Each file in turn, those with errors first."""
    order = ("errors", "unreadable", "warnings", "duplicate", "clean")
    listed = sorted(answer["files"], key=lambda f: order.index(f["verdict"]))
    for place, file in enumerate(listed):
        label = (
            f"{verdict_words(view, file['verdict'])} {escaped(file['name'])} · {_size(view, file['size'])}"
        )
        is_open = file["verdict"] != "clean" and place < MOST_OPEN
        with st.expander(label, expanded=is_open):
            _file(view, found, file, levels)


def _size(view: View, size: int) -> str:
    kilobytes = max(size / 1024, 1)
    return (
        f"{decimal(kilobytes, view.lang)} KB"
        if kilobytes < 1024
        else f"{decimal(kilobytes / 1024, view.lang, 1)} MB"
    )


def _file(view: View, found: Warehouse, file: dict[str, Any], levels: Sequence[str]) -> None:
    words, findings = view.words, file["findings"]
    if file.get("understood"):
        lines = "\n".join(f"- {escaped(told(view, line))}" for line in file["understood"])
        st.markdown(f"**{words('submit.understood')}**\n\n{lines}")
    for place, table in enumerate(file.get("tables", ())):
        _table(view, found, table, findings, levels, f"{file['sha256']}_{place}")
    own = [f for f in findings if f["level"] in levels]
    if own:
        st.markdown(f"**{words('submit.findings', n=decimal(len(own), view.lang))}**")
        _findings(view, own)
    elif file["verdict"] == "clean":
        st.markdown(f":green[:material/check_circle:] {words('submit.no_findings')}")


def _table(
    view: View,
    found: Warehouse,
    table: dict[str, Any],
    findings: list[dict[str, Any]],
    levels: Sequence[str],
    key: str,
) -> None:
    words = view.words
    name = words(f"common.table_{table['table']}")
    sheet = words("submit.sheet", sheet=escaped(table["sheet"])) if table.get("sheet") else ""
    counts = words(
        "submit.rows_read",
        **{part: decimal(table[part], view.lang) for part in ("rows", "kept", "rejected", "duplicate")},
    )
    st.markdown(f"**{name[0].upper()}{name[1:]}** {sheet}  \n{counts}")
    rows = [_row(view, found, row, findings, levels) for row in table.get("sample", ())]
    if not rows:
        return
    rows.sort(key=lambda row: row[:2])
    if len(rows) < table["rows"]:
        st.caption(
            words(
                "submit.some_rows", shown=decimal(len(rows), view.lang), all=decimal(table["rows"], view.lang)
            )
        )
    st.dataframe(
        pd.DataFrame([row for _, _, row in rows]),
        hide_index=True,
        height=HEIGHT if len(rows) > 9 else "content",
        alt=f"{words('submit.rows_alt')}: {name}",
        key=f"intake_rows_{key}",
    )


def _row(
    view: View, found: Warehouse, row: dict[str, Any], findings: list[dict[str, Any]], levels: Sequence[str]
) -> tuple[int, int, dict[str, str]]:
    """How grave, which line, and the cells: what is to be mended first, then what was read."""
    words = view.words
    own = [f for i in row.get("findings", ()) if (f := findings[i])["level"] in levels]
    grave = min((LEVELS.index(f["level"]) for f in own), default=len(LEVELS))
    said = " ".join(f"{words('submit.level_' + f['level'])}: {told(view, f['reason'])}" for f in own)
    state = words(f"submit.state_{row['state']}")
    at, said_key = words("submit.line"), words("submit.to_mend")
    cells = {at: number(view, row["line"]), words("submit.state"): state, said_key: said}
    read = {label(view, name): value_words(view, found, name, value) for name, value in row["values"].items()}
    return grave, int(row["line"]), cells | read


def _findings(view: View, own: list[dict[str, Any]]) -> None:
    words = view.words
    own = sorted(own, key=lambda f: (LEVELS.index(f["level"]), f.get("sheet") or "", f.get("line") or 0))
    table = pd.DataFrame(
        {
            words("submit.level"): [words(f"submit.level_{f['level']}") for f in own],
            words("submit.line"): [number(view, f.get("line")) for f in own],
            words("submit.column"): [label(view, f["column"]) if f.get("column") else "" for f in own],
            words("submit.value"): [number(view, f.get("value")) for f in own],
            words("submit.reason"): [told(view, f["reason"]) for f in own],
            words("submit.remedy"): [told(view, f["remedy"]) for f in own],
        }
    )
    wide = st.column_config.TextColumn(width="large")
    st.dataframe(
        table,
        hide_index=True,
        height=HEIGHT if len(own) > 5 else "content",
        alt=words("submit.findings_alt"),
        row_height=ROW_HEIGHT,
        column_config={words("submit.reason"): wide, words("submit.remedy"): wide},
    )


def reply_button(view: View, files: Names) -> None:
    """The files with their findings marked, to send back to the offices."""
    words = view.words
    if not st.button(words("submit.reply"), icon=":material/reply:", help=words("submit.reply_help")):
        return
    answer = asked(view, lambda tick: _packed(view, files, tick))
    if answer is not None:
        st.markdown(f":material/download_done: [{words('submit.reply_ready')}]({answer['link']})")


def _packed(view: View, files: Names, tick: intake_process.Tick) -> Answer:
    """The replies in one archive that waits to be fetched."""
    with tempfile.TemporaryDirectory(prefix="intake-") as scratch:
        intake_process.reply(files, Path(scratch), view.lang, tick=tick)
        made = sorted(path for path in Path(scratch).rglob("*") if path.is_file())

        def write(path: Path) -> None:
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                for file in made:
                    archive.write(file, file.relative_to(scratch))

        link, _ = downloads.keep(write, view.words("submit.reply_file"))
    return {"link": link}
