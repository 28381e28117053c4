"""The show for a hall: the playlist that the address names as one component that holds all its slides.

The browser changes slides by itself; the server is asked for new content only when a build or a file has changed.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import streamlit as st

from exports import playlist as lists
from exports.playlist import Listed, Playlist, PlaylistError
from exports.slides import Slide, make
from i18n import Lang
from queries.warehouse import Warehouse
from ui import address
from ui.context import ROOT, View, warehouse
from ui.kept import kept
from ui.presentation_html import painted, sketch, slide_html
from ui.saved_views import folder as views_folder

PAGE = "trinh-chieu"
USUAL = "mac-dinh"
THEMES = ("dark", "light")
ROLES = ("hoi-truong", "nguoi-trinh-bay")
CHECK_SECONDS = 15
"""How often the server looks for a new build or a changed file."""
ENTRIES = 8
GROUND = {"dark": "#14181D", "light": "#FFFFFF"}
BUTTONS = (
    "back", "pause", "next", "black", "full", "presenter", "theme", "language", "help", "leave", "controls", "playlists",
    "now", "next_slide", "notes", "no_notes", "elapsed", "clock", "reset",
)  # fmt: skip
KEYS = ("next", "back", "pause", "ends", "black", "full", "presenter", "theme", "language", "help", "leave")
CAME_FROM = "_presentation_came_from"

_show = st.components.v2.component(
    "presentation",
    css=(ROOT / "static" / "presentation.css").read_text(encoding="utf-8"),
    js=(ROOT / "static" / "presentation.js").read_text(encoding="utf-8"),
)


def folder() -> Path:
    """Where playlists and their pictures are kept; PRESENTATIONS_DIR in the environment names another place."""
    return Path(os.environ.get("PRESENTATIONS_DIR") or ROOT / "data" / "presentations")


def remember_page(path: str) -> None:
    """Note the page that stands on the screen with its choices, so that the show leads back to it."""
    st.session_state[CAME_FROM] = (path, st.query_params.to_dict())


def problem_words(error: PlaylistError, lang: Lang) -> str:
    """What is wrong with a playlist's file, where, and what to do."""
    return f"{error.file} ({error.place}): {error.what.of(lang)}. {error.to_do.of(lang)}"


def chosen(listed: Listed) -> Playlist | None:
    """The playlist that the address names, else the default, else the first; None where there is none."""
    names = [one.name for one in listed.good]
    if not names:
        return None
    usual = USUAL if USUAL in names else names[0]
    return listed.good[names.index(address.current("playlist", names, usual))]


def _stamp(*folders: Path) -> str:
    """A digest of names, times and sizes of all files in some folders."""
    found = []
    for where in folders:
        for path in sorted(where.iterdir()) if where.is_dir() else []:
            try:
                told = path.stat()
            except OSError:  # gone since it was listed
                continue
            found.append(f"{path.name}:{told.st_mtime_ns}:{told.st_size}")
    return hashlib.sha256("\n".join(found).encode()).hexdigest()[:16]


def content_stamp(build_id: str) -> str:
    """What the content of a show depends on: the build, playlists, pictures and saved views."""
    return f"{build_id}-{_stamp(folder(), views_folder())}"


def _base(found: Playlist | None) -> str:
    """The address that telephones in the hall are sent to: the playlist's own, or that of this window."""
    if found and found.address:
        return found.address + "/"
    parts = urlsplit(st.context.url or "http://localhost/")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').removesuffix(PAGE).rstrip('/')}/"


def _is_this_machine(base: str) -> bool:
    host = urlsplit(base).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


@kept(ENTRIES)
def _slides(
    _found: Warehouse, _playlist: Playlist, lang: Lang, theme: str, base: str, stamp: str, name: str
) -> tuple[list[dict[str, Any]], str]:
    """The slides as the browser takes them with their digest, kept by all they depend on (``stamp`` and ``name`` say which content)."""
    sketched = _sketched(_found, _playlist, lang, base, stamp, name)
    told = [
        _told(slide, painted(html, slide, theme), spec.seconds or _playlist.seconds)
        for spec, (slide, html) in zip(_playlist.slides, sketched, strict=True)
    ]
    return told, _digest(told)


@kept(ENTRIES)
def _sketched(
    _found: Warehouse, _playlist: Playlist, lang: Lang, base: str, stamp: str, name: str
) -> list[tuple[Slide, str]]:
    """The slides as plain data and as sketches, the same in both themes."""
    del stamp, name  # part of the key
    where, views = _playlist.path.parent, views_folder()
    slides = [
        make(_found, spec, lang, folder=where, views=views, status=_playlist.status)
        for spec in _playlist.slides
    ]
    return [(slide, sketch(slide, lang, base)) for slide in slides]


def _digest(told: object) -> str:
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def _told(slide: Slide, html: str, seconds: float) -> dict[str, Any]:
    return {
        "html": html,
        "title": slide.title,
        "notes": slide.notes,
        "definitions": list(slide.definitions),
        "seconds": seconds,
    }


def _no_playlist(view: View, theme: str, base: str) -> tuple[list[dict[str, Any]], str]:
    words = view.words
    slide = Slide(
        kind="problem",
        title=words("presentation.none_title"),
        paragraphs=(words("presentation.none", folder=folder().name),),
    )
    told = [_told(slide, slide_html(slide, view.lang, theme, base), lists.DEFAULT_SECONDS)]
    return told, _digest(told)


def content(view: View, found: Warehouse) -> dict[str, Any]:
    """All that the browser needs for the show that the address asks for."""
    words, lang = view.words, view.lang
    listed = lists.playlists(folder())
    play = chosen(listed)
    theme = address.current("theme", THEMES, play.theme if play else THEMES[0])
    role = address.current("vai", ROLES, ROLES[0])
    auto = address.current("auto", ("0", "1"), "1" if play and play.autoplay else "0")
    loop = address.current("loop", ("0", "1"), "1" if play and play.loop else "0")
    base, stamp = _base(play), content_stamp(found.build_id)
    name = play.name if play else ""
    slides, digest = (
        _slides(found, play, lang, theme, base, stamp, name) if play else _no_playlist(view, theme, base)
    )
    choice = f"{name} {lang} {theme}"
    bad = [problem_words(error, lang) for error in listed.bad]
    return {
        "version": _digest((choice, auto, loop, bad, digest)),
        "choice": choice,
        "title": play.title.of(lang) if play else words("presentation.none_title"),
        "playlist": name,
        "playlists": [{"name": one.name, "title": one.title.of(lang)} for one in listed.good],
        "bad": bad,
        "lang": lang,
        "theme": theme,
        "role": "presenter" if role == ROLES[1] else "hall",
        "autoplay": auto == "1",
        "loop": loop == "1",
        "slides": slides,
        "back": _back(),
        "warning": words("presentation.this_machine") if _is_this_machine(base) else "",
        "complaint": " ".join([*_complaints(view, len(slides)), *([] if play else bad)]),
        "words": {name: words(f"presentation.button_{name}") for name in BUTTONS},
        "keys": [
            [words(f"presentation.key_{name}"), words(f"presentation.key_{name}_does")] for name in KEYS
        ],
    }


def _back() -> str:
    """The address of the page that the reader came from, seen from the show."""
    path, query = st.session_state.get(CAME_FROM, ("", {}))
    return f"./{path}" + (f"?{urlencode(query)}" if query else "")


def _complaints(view: View, count: int) -> list[str]:
    """What the address asks for and does not exist."""
    asked = address.rejected()
    number = st.query_params.get("slide", "1")
    if not (number.isascii() and number.isdigit() and 1 <= int(number[:6]) <= count):
        asked["slide"] = number
    return [
        view.words("common.bad_address", name=name, value=value[:40]) for name, value in sorted(asked.items())
    ]


def show(view: View, found: Warehouse) -> None:
    """Draw the show and act on what is chosen in it."""
    told = content(view, found)
    ground = GROUND[told["theme"]]
    st.html(f"<style>[data-testid='stApp'] {{ background: {ground} !important; }}</style>")
    wanted = _show(data=told, key="presentation", on_choose_change=lambda: None).choose
    if wanted:
        for name in ("theme", "lang", "playlist"):
            if isinstance(wanted.get(name), str):
                st.query_params[name] = wanted[name]
        if "playlist" in wanted and "slide" in st.query_params:
            del st.query_params["slide"]
        st.rerun()
    _watch(content_stamp(found.build_id))


@st.fragment(run_every=CHECK_SECONDS)
def _watch(shown: str) -> None:
    """Run the page anew once its content has changed; the browser takes it in at its next change."""
    if content_stamp(warehouse().build_id) != shown:
        st.rerun()
