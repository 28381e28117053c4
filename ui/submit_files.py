"""Files on their way in: from the browser into a private folder, from there to the command line, and gone."""

from __future__ import annotations

import re
import shutil
import tempfile
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from i18n import decimal
from ui import intake_process
from ui.context import View
from ui.intake_process import Answer
from ui.submit_asking import asked

MOST_FILES = 150
"""More than one file for each ward at a time."""
MOST_MEGABYTES = 256
"""Of all files that are sent together; one file has the limit of the server."""
LONGEST_NAME = 160
_HELD, _ROUND, _RECEIPT = "_intake_held", "_intake_round", "_intake_receipt"
_ENDINGS = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm")


@dataclass
class Held:
    """What one person has handed in and not published yet. The folder goes with this object, at the latest with the session."""

    files: list[tuple[Path, str]] = field(default_factory=list)
    answer: Answer | None = None
    accept_rows: bool = False
    folder: tempfile.TemporaryDirectory[str] = field(
        default_factory=lambda: tempfile.TemporaryDirectory(prefix="intake-", ignore_cleanup_errors=True)
    )


def held() -> Held | None:
    """The files of this session that wait to be published."""
    found: Held | None = st.session_state.get(_HELD)
    return found


def drop() -> None:
    """Forget the files of this session, on the disk and in the control that took them."""
    found: Held | None = st.session_state.pop(_HELD, None)
    if found:
        found.folder.cleanup()
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def keep_receipt(answer: Answer) -> None:
    """Note what publishing answered, for the run that follows it with the new figures."""
    st.session_state[_RECEIPT] = answer


def receipt() -> Answer | None:
    """The last receipt of this session."""
    found: Answer | None = st.session_state.get(_RECEIPT)
    return found


def safe_name(name: str) -> str:
    """A sender's name of a file as one short line; control characters and folders are left out."""
    last = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    kept = "".join(char for char in last if char.isprintable())
    return kept[-LONGEST_NAME:] or "?"


def take(uploads: Sequence[UploadedFile]) -> Held:
    """Write what the browser sent into a new private folder, under names of ours."""
    found = Held()
    for place, upload in enumerate(uploads):
        name = safe_name(upload.name)
        ending = re.sub(r".*(\.[^.]*)$", r"\1", name.lower())
        path = Path(found.folder.name) / f"{place:03d}{ending if ending in _ENDINGS else ''}"
        with path.open("wb") as stream:
            upload.seek(0)
            shutil.copyfileobj(upload, stream, 1 << 20)
        found.files.append((path, name))
    return found


def upload_panel(view: View) -> None:
    """The control that takes files, and the button that has them checked."""
    words = view.words
    limit = int(st.get_option("server.maxUploadSize"))
    st.markdown(words("submit.upload_help", each=limit, all=MOST_MEGABYTES, files=MOST_FILES))
    uploads = st.file_uploader(
        words("submit.upload"),
        accept_multiple_files=True,
        key=f"intake_files_{st.session_state.get(_ROUND, 0)}",
    )
    if not uploads:
        return
    megabytes = sum(upload.size for upload in uploads) / 2**20
    if len(uploads) > MOST_FILES or megabytes > MOST_MEGABYTES:
        told = words("submit.too_much", files=len(uploads), size=decimal(megabytes, view.lang, 0))
        st.error(told, icon=":material/error:")
        return
    label = words("submit.check", n=decimal(len(uploads), view.lang))
    if st.button(label, type="primary", icon=":material/fact_check:"):
        taken = take(uploads)
        drop()
        st.session_state[_HELD] = taken
        st.session_state.pop(_RECEIPT, None)
        check(view, taken)


def check(view: View, taken: Held) -> None:
    """Have the files read, and draw the page again with what was understood."""
    answer = asked(
        view, lambda tick: intake_process.preview(taken.files, accept_rows=taken.accept_rows, tick=tick)
    )
    if answer is not None:
        taken.answer = answer
        st.rerun()
