"""Putting a page, or a saved view, at the end of a playlist."""

from __future__ import annotations

from typing import Any

import streamlit as st

from exports import playlist as lists
from exports.playlist import PlaylistError
from exports.screens import HEADLINE
from i18n import period_code
from queries.figures import periods
from queries.warehouse import Warehouse
from ui.context import View
from ui.presentation import folder, problem_words
from ui.provenance import escaped
from ui.saved_views import LONGEST_NAME, NAMES, saved
from ui.saved_views import folder as views_folder
from ui.screens import shown

NEW = "+"
SCREEN = "-"
PLAIN = {"": "figures", "truong-hoc": "schools", "mang-luoi": "network", "nguon": "sources"}
"""Pages whose slide needs no more than its kind."""
PAGES = (*PLAIN, "mo-hinh", "ban-do", "phuong-xa", "tra-cuu")


def slide_of(view: View, found: Warehouse, page: str) -> dict[str, Any]:
    """What a playlist has to ask for to show a page with the choices that stand on it."""
    now = shown(view, found)
    if page == "tra-cuu":
        query = {name: value for name, value in st.query_params.to_dict().items() if name in NAMES}
        return {"kind": "view", "query": query or {"indicators": now.indicator}}
    made: dict[str, Any] = {"kind": PLAIN.get(page, "")}
    if page == "mo-hinh":
        made = {"kind": "trend", "indicator": f"model.{now.model}.{now.basis}"}
    elif page == "ban-do":
        made = {"kind": "map", "indicator": now.indicator}
    elif page == "phuong-xa":
        one = {"kind": "ward", "unit": now.unit}
        made = one if now.unit else {"kind": "ranking", "indicator": f"model.family.{HEADLINE}"}
    return {**made, **_period(view, found)}


def _period(view: View, found: Warehouse) -> dict[str, str]:
    """The period, where it is not the latest: a slide of the latest one follows the figures."""
    latest = next((period_code(p.start, p.end) for p in periods(found)), "")
    return {} if view.period_code in ("", latest) else {"period": view.period_code}


def add_button(view: View, found: Warehouse, page: str) -> None:
    """A button that asks for a playlist and puts the page at its end; none where a page has no slide."""
    if page in PAGES and st.button(
        view.words("presentation.add"),
        icon=":material/playlist_add:",
        type="tertiary",
        key="presentation_add",
    ):
        st.dialog(view.words("presentation.add"))(_form)(view, slide_of(view, found, page), page)


def _form(view: View, slide: dict[str, Any], page: str) -> None:
    words, listed = view.words, lists.playlists(folder())
    titles = {one.name: one.title.of(view.lang) for one in listed.good}
    views = (
        {v.slug: words.pick(v.name_vi, v.name_en) for v in saved(views_folder())[0]}
        if page == "tra-cuu"
        else {}
    )
    with st.form("presentation_add_form", border=False):
        name = st.selectbox(
            words("presentation.add_to"),
            (*titles, NEW),
            format_func=lambda n: titles.get(n, words("presentation.add_new")),
        )
        title = st.text_input(words("presentation.add_title"), max_chars=LONGEST_NAME)
        what = SCREEN
        if views:
            what = st.selectbox(
                words("presentation.add_what"), (SCREEN, *views),
                format_func=lambda v: views.get(v, words("presentation.add_screen")),
            )  # fmt: skip
        heading = st.text_input(words("presentation.add_heading"), max_chars=LONGEST_NAME)
        wanted = st.form_submit_button(words("presentation.add_do"))
    for error in listed.bad:
        st.caption(escaped(problem_words(error, view.lang)))
    if wanted:
        made = slide if what == SCREEN else {"kind": "view", "view": what}
        _add(view, name, title, {**made, "heading": heading.strip()} if heading.strip() else made)


def _add(view: View, name: str, title: str, slide: dict[str, Any]) -> None:
    words = view.words
    try:
        if name == NEW:
            made = lists.create(folder(), title, slide)
        else:
            made = lists.add(folder() / f"{name}.yml", slide)
    except PlaylistError as error:
        st.error(escaped(problem_words(error, view.lang)), icon=":material/error:")
        return
    told = words("presentation.added", title=escaped(made.title.of(view.lang)), n=len(made.slides))
    st.success(told, icon=":material/playlist_add_check:")
