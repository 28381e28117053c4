"""Each screen as a workbook, with the choices that stand on it; all screens as one."""

from __future__ import annotations

import streamlit as st

from exports.names import file_stem
from exports.screens import Shown, all_tables, has_tables, screen_name, tables_of
from queries.catalogue import BASES, TITLES, indicator
from queries.explore import Choice
from queries.ward_names import places
from queries.warehouse import Warehouse
from ui import address
from ui.context import View
from ui.downloads import workbook_button

_DESK = "_desk"


def remember_desk(choice: Choice) -> None:
    """Note what the analyst's desk asks for, for the workbook of all screens."""
    st.session_state[_DESK] = choice


def shown(view: View, found: Warehouse) -> Shown:
    """What the reader has chosen on any screen; what is not there any more falls back to the usual."""
    usual = Shown()
    model, basis = address.kept("model", usual.model), address.kept("basis", usual.basis)
    unit, measure = address.kept("unit", ""), address.kept("measure", usual.indicator)
    return Shown(
        statuses=view.statuses,
        period_end=view.period_end,
        model=model if model in TITLES else usual.model,
        basis=basis if basis in BASES else usual.basis,
        unit=unit if unit in places(found) else None,
        indicator=measure if indicator(found, measure) else usual.indicator,
        choice=st.session_state.get(_DESK),
    )


def screen_button(view: View, found: Warehouse, screen: str) -> None:
    """A button that takes a screen's figures away; none where it shows none."""
    if not has_tables(screen):
        return
    chosen = shown(view, found)
    name = _name(view, found, screen)
    workbook_button(
        view, view.words("downloads.screen_button"), lambda: tables_of(screen, found, chosen), name
    )


def all_button(view: View, found: Warehouse) -> None:
    """A button that takes the figures of all screens away as one workbook."""
    chosen = shown(view, found)
    name = _name(view, found, "all")
    workbook_button(view, view.words("downloads.all_button"), lambda: all_tables(found, chosen), name)


def _name(view: View, found: Warehouse, screen: str) -> str:
    return file_stem(part.of(view.lang) for part in screen_name(found, screen)) + ".xlsx"
