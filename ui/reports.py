"""Documents to print and to show, offered on the screens: brief, profiles, the UNESCO draft, the deck.

Short ones are made at the click. Many profiles are made in a thread of their own under a bar with a button to stop; a
rerun or a closed tab stops them too.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import streamlit as st

from exports import FAILURES
from exports.names import file_stem
from exports.playlist import Playlist, playlists
from i18n import decimal
from queries.figures import Period, periods
from queries.ward_names import places
from queries.warehouse import Warehouse
from ui import downloads, presentation
from ui.context import View
from ui.provenance import escaped
from ui.saved_views import folder as views_folder

LOOK_EVERY = 0.2
"""Seconds between two looks at long work."""
ERRORS: tuple[type[Exception], ...] = (*FAILURES, RuntimeError)
"""What makers raise where they cannot do their work; the typesetter's own error is a RuntimeError."""
STOPPED = "_reports_stopped"
Told = Callable[[int, int, str], None]
Stopped = Callable[[], bool]
Maker = Callable[[Path, Told, Stopped], object]
Form = Literal["pdf", "zip"]
FORMS: tuple[Form, ...] = ("pdf", "zip")
_turn = threading.Lock()
"""One long work at a time: two would only wait for each other."""


def _period(view: View, found: Warehouse) -> Period | None:
    return next((p for p in periods(found) if p.end == view.period_end), None)


def _name(view: View, what: str, *more: str, ending: str = "pdf") -> str:
    return f"{file_stem((what, *more, view.lang, view.build_id))}.{ending}"


def _button(view: View, label: str, name: str, make: Callable[[Path], object], key: str) -> None:
    """A file that is made at the click."""
    data = downloads.made_at_click(make, name)
    st.download_button(label, data, name, icon=":material/download:", on_click="ignore", key=key)


# ---- Panels ---------------------------------------------------------------------------------------------------------


def city_documents(view: View, found: Warehouse) -> None:
    """The brief, the UNESCO draft and the deck of a playlist."""
    words = view.words
    st.header(words("report_screens.title"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _brief(view, found)
        unesco_draft(view, found)
    _decks(view, found)
    _note(view)


def unit_documents(view: View, found: Warehouse, unit_key: str | None = None) -> None:
    """The profile of one unit, where one is named, and those of all wards."""
    st.header(view.words("report_screens.title"))
    if unit_key:
        profile_button(view, found, unit_key)
    _all_profiles(view, found)
    _note(view)


def network_documents(view: View, found: Warehouse) -> None:
    """The UNESCO draft."""
    st.header(view.words("report_screens.title"))
    unesco_draft(view, found)
    _note(view)


def _note(view: View) -> None:
    """What a document does not take from the screen."""
    key = "report_screens.note" if view.status == "all" else "report_screens.note_status"
    st.caption(view.words(key))


# ---- At the click ---------------------------------------------------------------------------------------------------


def _brief(view: View, found: Warehouse) -> None:
    def make(path: Path) -> object:
        from exports.reports import brief, write_pdf

        return write_pdf(brief(found, view.lang, _period(view, found)), path)

    label = view.words("report_screens.brief", period=view.period)
    _button(view, label, _name(view, "tom-tat", view.period_code), make, "report_brief")


def unesco_draft(view: View, found: Warehouse) -> None:
    """The draft of the progress report to UNESCO, made at the click."""

    def make(path: Path) -> object:
        from exports.reports import progress_report, write_pdf

        return write_pdf(progress_report(found, view.lang), path)

    _button(view, view.words("report_screens.draft"), _name(view, "bao-cao-unesco"), make, "report_draft")


def profile_button(view: View, found: Warehouse, unit_key: str) -> None:
    """The profile of one unit in the period of the screen, made at the click."""
    place = places(found)[unit_key]
    unit = view.words.pick(place.name_vi, place.name_en)

    def make(path: Path) -> object:
        from exports.reports import profile, write_pdf

        return write_pdf(profile(found, unit_key, view.lang, _period(view, found)), path)

    name = _name(view, "ho-so", place.code, place.name_vi, view.period_code)
    _button(view, view.words("report_screens.profile", unit=unit), name, make, "report_profile")


def _decks(view: View, found: Warehouse) -> None:
    """The deck of a playlist; which one is asked where there are several. Files that are none are told."""
    words, listed = view.words, playlists(presentation.folder())
    for error in listed.bad:
        st.caption(escaped(presentation.problem_words(error, view.lang)))
    if not listed.good:
        return
    usual = next((one for one in listed.good if one.name == presentation.USUAL), listed.good[0])
    chosen = usual
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if len(listed.good) > 1:
            chosen = st.selectbox(
                words("report_screens.playlist"), listed.good, listed.good.index(usual),
                format_func=lambda one: one.title.of(view.lang), width=340,
            )  # fmt: skip
        deck_button(view, found, chosen)


def deck_button(view: View, found: Warehouse, play: Playlist) -> None:
    """A playlist as a deck, made at the click; the status of the screen narrows that of the playlist."""
    asked = play if view.status == "all" else replace(play, status=view.status)

    def make(path: Path) -> object:
        from exports.deck import write

        return write(found, asked, view.lang, path, views=views_folder())

    label = view.words("report_screens.deck", n=len(play.slides))
    _button(view, label, _name(view, "trinh-chieu", play.name, ending="pptx"), make, "report_deck")


# ---- Long work ------------------------------------------------------------------------------------------------------


def wards_of(found: Warehouse) -> list[str]:
    """The keys of today's wards."""
    return [place.unit_key for place in places(found).values() if place.level == "ward"]


def _all_profiles(view: View, found: Warehouse) -> None:
    """All wards as one PDF or an archive: asked for, made under a bar that can be stopped, then a link.

    No fragment: the click of a button inside one would not interrupt it.
    """
    words, keys = view.words, wards_of(found)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        form = st.radio(
            words("report_screens.form"), FORMS, format_func=lambda f: words(f"report_screens.form_{f}"),
            horizontal=True, key="report_form",
        )  # fmt: skip
        label = words("report_screens.profiles", n=decimal(len(keys), view.lang))
        wanted = st.button(label, icon=":material/picture_as_pdf:", key="report_profiles")
    # A run that is cut short leaves its button pressed, so the one to stop goes first.
    if st.session_state.pop(STOPPED, False):
        st.info(words("report_screens.stopped"), icon=":material/stop_circle:")
        return
    if not wanted:
        return
    period = _period(view, found)

    def make(path: Path, told: Told, stopped: Stopped) -> object:
        from exports.reports import profiles

        one_file = form == "pdf"
        return profiles(
            found, keys, view.lang, period, out=path, one_file=one_file, progress=told, cancelled=stopped
        )

    _under_a_bar(view, Work(make, _name(view, "ho-so", view.period_code, ending=form)))


class Work:
    """A file that is made in a thread of its own and then waits to be fetched.

    ``result`` is its address and its bytes once it is there, ``problem`` what went wrong. ``stop`` calls it off: the file
    that was begun goes.
    """

    def __init__(self, make: Maker, name: str) -> None:
        self.name = name
        self.done, self.of, self.at = 0, 0, ""
        self.result: tuple[str, int] | None = None
        self.problem = ""
        self._make = make
        self._stop = threading.Event()
        self._ended = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Whether it has ended, after so many seconds at most."""
        return self._ended.wait(seconds)

    def stop(self) -> None:
        """Call it off."""
        self._stop.set()

    def _run(self) -> None:
        from exports.reports import Cancelled

        try:
            self.result = downloads.keep(self._made, self.name)
        except Cancelled:
            pass
        except ERRORS as error:
            self.problem = str(error)[:200] or type(error).__name__
        finally:
            self._ended.set()

    def _made(self, path: Path) -> None:
        from exports.reports import Cancelled

        while not _turn.acquire(timeout=LOOK_EVERY):
            if self._stop.is_set():
                raise Cancelled
        try:
            self._make(path, self._heard, self._stop.is_set)
            if self._stop.is_set():  # while the last part was made
                raise Cancelled
        finally:
            _turn.release()

    def _heard(self, done: int, of: int, at: str) -> None:
        self.done, self.of, self.at = done, of, at


def _stop() -> None:
    st.session_state[STOPPED] = True


def _under_a_bar(view: View, work: Work) -> None:
    """Watch a work to its end. Any message to a browser that asked for something else, or has gone, ends this run."""
    words, place = view.words, st.empty()
    try:
        with place.container():
            bar = st.progress(0.0, words("report_screens.waiting"))
            st.button(words("report_screens.stop"), icon=":material/stop:", on_click=_stop, key="report_stop")
        while not work.wait(LOOK_EVERY):
            bar.progress(work.done / work.of if work.of else 0.0, _progress_words(view, work))
    finally:
        work.stop()
    place.empty()
    if work.result is None:
        why = escaped(work.problem) or words("report_screens.unknown")
        st.error(words("report_screens.failed", why=why), icon=":material/error:")
        return
    link, size = work.result
    told = words(
        "downloads.ready",
        name=work.name,
        size=decimal(size / 1e6, view.lang, 1),
        minutes=downloads.KEPT_FOR // 60,
    )
    st.markdown(f":material/download_done: [{told}]({link})")


def _progress_words(view: View, work: Work) -> str:
    words = view.words
    if not work.of:
        return words("report_screens.waiting")
    if work.done >= work.of:
        return words("report_screens.setting", of=decimal(work.of, view.lang))
    done, of = decimal(work.done, view.lang), decimal(work.of, view.lang)
    return words("report_screens.working", done=done, of=of, at=escaped(work.at))
