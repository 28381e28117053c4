"""Saved views: a choice on the analyst's desk under a name, one small file each in ``data/views/``.

A file is YAML with ``name`` (as typed, or in both languages) and ``query`` (the choices as they stand in the address).
What cannot be read is named on the page and left where it is.
"""

from __future__ import annotations

import functools
import os
import re
import tempfile
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st
import yaml

from queries.text import plain
from ui.context import ROOT, View
from ui.provenance import escaped

NAMES = (
    "indicators", "tiers", "within", "alike", "types", "units", "since", "until", "borders", "sum_by", "shape", "sort_by",
    "order", "rows_each", "of_bases", "gaps", "chart", "chart_of", "versus", "only", "status",
)  # fmt: skip
"""The choices that a view keeps: those of the desk, not the language."""
LONGEST_NAME = 80
LINE_ENDS = frozenset("\x85\u2028\u2029")
"""Signs that YAML reads as the end of a line, unless they are written as codes."""
MOST_SHOWN = 30


class Unusable(Exception):
    """A name or a file that cannot be a view; ``reason`` is the key of the words that say why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class SavedView:
    """One view: the file's stem, its name in both languages, and the choices."""

    slug: str
    name_vi: str
    name_en: str
    query: dict[str, str]

    @property
    def address(self) -> str:
        """The choices as an address, without the language."""
        return urlencode(self.query)


def folder() -> Path:
    """Where views are kept; VIEWS_DIR in the environment names another place."""
    return Path(os.environ.get("VIEWS_DIR") or ROOT / "data" / "views")


def _read(path: Path) -> SavedView:
    """The view in a file. Raises Unusable."""
    try:
        stat = path.stat()
    except OSError as error:
        raise Unusable("file") from error
    found = _kept(path, stat.st_mtime_ns, stat.st_size, stat.st_ino)
    if found is None:
        raise Unusable("file")
    return found


@functools.lru_cache(maxsize=256)
def _kept(path: Path, _mtime_ns: int, _size: int, _inode: int) -> SavedView | None:
    """What a file says, kept until the file changes: the screens ask at each rerun. None where it is no view."""
    try:
        return _parsed(path)
    except Unusable:
        return None


def _parsed(path: Path) -> SavedView:
    try:
        raw: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        name, query = raw["name"], raw["query"]
        names = (name["vi"], name["en"]) if isinstance(name, dict) else (name, name)
        if not all(isinstance(n, str) and n for n in names) or not isinstance(query, dict):
            raise Unusable("file")
        if not all(key in NAMES and isinstance(value, str) for key, value in query.items()):
            raise Unusable("file")
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError) as error:
        raise Unusable("file") from error
    return SavedView(path.stem, *names, query)


def saved(where: Path) -> tuple[list[SavedView], list[str]]:
    """All views of a folder by name, and the names of files that are none."""
    views, unread = [], []
    for path in sorted(where.glob("*.yml")) if where.is_dir() else []:
        try:
            views.append(_read(path))
        except Unusable:
            unread.append(path.name)
    return sorted(views, key=lambda v: plain(v.name_vi)), unread


def save(where: Path, name: str, query: dict[str, str]) -> SavedView:
    """Keep a choice under a name, as a new file that is complete when it appears.

    Raises Unusable where the name is empty, too long or taken, or where the folder cannot be written.
    """
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not name or len(name) > LONGEST_NAME:
        raise Unusable("name")
    slug = re.sub(r"[^a-z0-9]+", "-", plain(name)).strip("-")[:60]
    if not slug:
        raise Unusable("name")
    kept = {key: value for key, value in query.items() if key in NAMES}
    as_letters = LINE_ENDS.isdisjoint("".join([name, *kept.values()]))
    text = yaml.safe_dump({"name": name, "query": kept}, allow_unicode=as_letters, sort_keys=False)
    try:
        where.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unusable("folder") from error
    try:
        handle, scratch = tempfile.mkstemp(dir=where, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(text)
            os.link(scratch, where / f"{slug}.yml")  # fails where the name is taken, and never overwrites
        finally:
            Path(scratch).unlink()
    except FileExistsError as error:
        raise Unusable("taken") from error
    except OSError as error:
        raise Unusable("folder") from error
    return SavedView(slug, name, name, kept)


def remove(where: Path, slug: str) -> None:
    """Put a view away; nothing happens where it is gone already. Raises Unusable where it cannot be removed."""
    try:
        next((p for p in where.glob("*.yml") if p.stem == slug), where / "gone").unlink(missing_ok=True)
    except OSError as error:
        raise Unusable("folder") from error


def links(view: View) -> None:
    """The saved views as links, one line."""
    words = view.words
    views, unread = saved(folder())
    lang = "&lang=en" if view.lang == "en" else ""
    if views:
        shown = [
            f"[{escaped(words.pick(v.name_vi, v.name_en) or v.slug)}](?{v.address}{lang})" for v in views
        ]
        more = f" · +{len(shown) - MOST_SHOWN}" if len(shown) > MOST_SHOWN else ""
        st.markdown(f":small[{words('explore.saved')}: {' · '.join(shown[:MOST_SHOWN])}{more}]")
    if unread:
        st.warning(words("explore.saved_unread", files=", ".join(unread)), icon=":material/draft:")


def keep_form(view: View) -> None:
    """A form to keep what stands on the screen under a name, and one to put a view away."""
    words = view.words
    with st.expander(words("explore.save_title"), icon=":material/bookmark_add:"):
        st.caption(words("explore.save_help"))
        with st.form("save_view", clear_on_submit=True, border=False):
            name = st.text_input(words("explore.save_label"), max_chars=LONGEST_NAME)
            wanted = st.form_submit_button(words("explore.save_button"))
        if wanted:
            _say(
                view,
                lambda: words(
                    "explore.save_done", name=save(folder(), name, st.query_params.to_dict()).name_vi
                ),
            )
        views, _ = saved(folder())
        if views:
            names = {v.slug: words.pick(v.name_vi, v.name_en) or v.slug for v in views}
            with st.form("remove_view", border=False):
                slug = st.selectbox(words("explore.remove_name"), tuple(names), format_func=names.__getitem__)
                gone = st.form_submit_button(words("explore.remove_button"))
            if gone and slug:
                _say(view, lambda: _removed(view, slug, names[slug]))


def _removed(view: View, slug: str, name: str) -> str:
    remove(folder(), slug)
    return view.words("explore.remove_done", name=name)


def _say(view: View, do: Callable[[], str]) -> None:
    try:
        st.success(do(), icon=":material/bookmark:")
    except Unusable as problem:
        st.error(view.words(f"explore.save_{problem.reason}"), icon=":material/error:")
