"""What a run of a page knows: the build, the reader's language and theme, and the shared choices."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from charts.palette import Palette, palette
from i18n import Lang, Words, period_code, period_name, words_in
from queries.figures import STATUS_CHOICES
from queries.warehouse import NothingPublished, Warehouse
from ui import warming

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class View:
    """The shared choices of one reader. It is the key of every cached panel, together with the build."""

    build_id: str
    lang: Lang
    dark: bool
    period_start: dt.date | None
    period_end: dt.date | None
    group: str
    status: str

    @property
    def words(self) -> Words:
        """The screen's words in the reader's language."""
        return words_in(self.lang)

    @property
    def statuses(self) -> tuple[str, ...]:
        """Statuses of figures that the reader wants to see."""
        return STATUS_CHOICES[self.status]

    @property
    def palette(self) -> Palette:
        """The colours of the reader's theme."""
        return palette(self.dark)

    @property
    def period(self) -> str:
        """The chosen period in words; a dash where there is none."""
        return period_name(self.period_start, self.period_end, self.lang) if self.period_end else "–"

    @property
    def period_code(self) -> str:
        """The chosen period as it stands in the address."""
        return period_code(self.period_start, self.period_end) if self.period_end else ""


def warehouse_folder() -> Path:
    """Where builds are published; the setting WAREHOUSE_DIR moves it."""
    return Path(os.environ.get("WAREHOUSE_DIR") or ROOT / "data" / "warehouse")


def warehouse() -> Warehouse:
    """The published build that this run shows (``ui.warming``); raises NothingPublished."""
    return warming.shown(warehouse_folder())


def warehouse_of(view: View) -> Warehouse:
    """The build that a view was made for, so that one screen never shows figures of two builds."""
    found: Warehouse = st.session_state["_warehouse"]
    if found.build_id != view.build_id:
        raise NothingPublished(view.build_id)
    return found


def view() -> View:
    """The view of this run, made by the shell before the page runs."""
    found: View = st.session_state["_view"]
    return found
