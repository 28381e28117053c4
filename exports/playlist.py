"""Playlists of the presentation: which slides a show has and in what order, one small YAML file each.

A file is held to ``playlist.schema.json``. What cannot be read is told with its place, what is wrong and what to do, in
both languages, and stays as it is. A kind of slide, an indicator or a unit that does not exist is no fault of the file's
form: its slide says so when it is made.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import json
import os
import re
import tempfile
import threading
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from exports.text import Text, said, same
from queries.text import plain

SCHEMA = Path(__file__).with_name("playlist.schema.json")
LARGEST_FILE = 200_000
"""Bytes; a playlist of two hundred slides has a quarter of it."""
DEFAULT_SECONDS = 20.0
_SAID = ("required", "additionalProperties", "enum", "type", "minItems", "maxItems", "pattern")
"""Findings of the schema that have words of their own."""
_writing = threading.Lock()


class PlaylistError(Exception):
    """A file that is no playlist: ``file`` and ``place`` in it, ``what`` is wrong and what ``to_do``, in both languages."""

    def __init__(self, file: str, place: str, what: Text, to_do: Text) -> None:
        super().__init__(f"{file}: {place}: {what.en}")
        self.file = file
        self.place = place
        self.what = what
        self.to_do = to_do


@dataclass(frozen=True)
class SlideSpec:
    """One slide as the playlist asks for it. ``top`` is how many units a ranking shows at either end.

    ``period`` is a code such as 2026-Q3; ``view`` the name of a saved view's file, ``query`` choices as they stand in
    the address; ``picture`` a file in the playlists' folder. ``seconds`` is how long it stays, None for the playlist's own.
    """

    kind: str
    heading: Text | None = None
    text: Text | None = None
    notes: Text | None = None
    seconds: float | None = None
    indicators: tuple[str, ...] = ()
    period: str = ""
    unit: str = ""
    level: str = ""
    top: int = 5
    view: str = ""
    query: tuple[tuple[str, str], ...] = ()
    picture: str = ""


@dataclass(frozen=True)
class Playlist:
    """A show. ``name`` is the file's stem; ``seconds`` how long a slide stays where it does not say so itself.

    ``status`` says which figures it shows (all, real, illustrative); ``address`` is the dashboard's address for
    telephones in the hall, empty for the one that the show itself was opened under.
    """

    name: str
    title: Text
    theme: str
    seconds: float
    slides: tuple[SlideSpec, ...]
    path: Path
    autoplay: bool = False
    loop: bool = False
    status: str = "all"
    address: str = ""


@dataclass(frozen=True)
class Listed:
    """The playlists of a folder by title, and what is wrong with files that are none."""

    good: tuple[Playlist, ...]
    bad: tuple[PlaylistError, ...]


def read(path: Path) -> Playlist:
    """The playlist in a file. Raises PlaylistError."""
    try:
        stat = path.stat()
    except OSError as error:
        raise _error(path, "–", "unread") from error
    found = _kept(path, stat.st_mtime_ns, stat.st_size, stat.st_ino)
    if isinstance(found, PlaylistError):
        raise found
    return found


@functools.lru_cache(maxsize=64)
def _kept(path: Path, _mtime_ns: int, _size: int, _inode: int) -> Playlist | PlaylistError:
    """What a file says, kept until the file changes: the screens ask at each rerun."""
    try:
        return _playlist(path, _checked(path, _parsed(path, _text(path))))
    except PlaylistError as error:
        return error


def playlists(folder: Path) -> Listed:
    """All playlists of a folder; one that is not there holds none."""
    good, bad = [], []
    for path in sorted(folder.glob("*.yml")) if folder.is_dir() else []:
        try:
            good.append(read(path))
        except PlaylistError as error:
            bad.append(error)
    return Listed(tuple(sorted(good, key=lambda p: plain(p.title.vi))), tuple(bad))


def add(path: Path, slide: Mapping[str, Any]) -> Playlist:
    """Put a slide at the end of a playlist; the file is checked before and after, and its comments stay.

    Raises PlaylistError where the file is no playlist, would be none, or cannot be written.
    """
    with _writing:
        text = _text(path)
        before = _checked(path, _parsed(path, text))
        wanted = {**before, "slides": [*before["slides"], dict(slide)]}
        made = _playlist(path, _checked(path, wanted))
        _write(path, _with_slide(path, text, slide, wanted))
        return made


def create(folder: Path, title: str, slide: Mapping[str, Any]) -> Playlist:
    """A new playlist of one slide under a title. Raises PlaylistError where the title cannot be a name or is taken."""
    title = " ".join(unicodedata.normalize("NFC", title).split())
    stem = re.sub(r"[^a-z0-9]+", "-", plain(title)).strip("-")[:60]
    path = folder / f"{stem or 'new'}.yml"
    if not stem:
        raise _error(path, "title", "name")
    raw = _checked(path, {"title": title, "slides": [dict(slide)]})
    with _writing:
        if path.exists():
            raise _error(path, "title", "taken")
        _write(path, _dumped(raw))
    return _playlist(path, raw)


# ---- Reading --------------------------------------------------------------------------------------------------------


@functools.cache
def _validator() -> Any:
    return jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _error(path: Path, place: str, key: str, **values: object) -> PlaylistError:
    what, to_do = said(f"presentation.error_{key}", **values), said(f"presentation.todo_{key}")
    return PlaylistError(path.name, place, what, to_do)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise _error(path, "–", "large")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _error(path, "–", "unread") from error


def _parsed(path: Path, text: str) -> Any:
    """The YAML in a text. Aliases are refused: a few lines of them can stand for millions of slides."""
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise _error(path, "–", "alias")
        return _plain_values(yaml.safe_load(text))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"L{mark.line + 1}" if mark else "–"
        raise _error(path, place, "yaml") from error
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as error:
        raise _error(path, "–", "yaml") from error


def _plain_values(raw: Any) -> Any:
    """YAML reads 2025 as a number and 2025-07-01 as a day; a period is meant as it is written."""
    if isinstance(raw, dict):
        return {
            key: str(v) if key == "period" and _is_period(v) else _plain_values(v) for key, v in raw.items()
        }
    return [_plain_values(value) for value in raw] if isinstance(raw, list) else raw


def _is_period(value: Any) -> bool:
    return isinstance(value, (int, dt.date)) and not isinstance(value, bool)


def _checked(path: Path, raw: Any) -> dict[str, Any]:
    try:
        finding = next(_validator().iter_errors(raw), None)
    except RecursionError as error:
        raise _error(path, "–", "yaml") from error
    if finding is not None:
        place = ".".join(str(p + 1) if isinstance(p, int) else str(p) for p in finding.absolute_path) or "–"
        key = finding.validator if finding.validator in _SAID else "other"
        raise _error(path, place, key, detail=same(_detail(finding)))
    found: dict[str, Any] = raw
    return found


def _detail(finding: Any) -> str:
    """What a finding is about: the names that are allowed or lacking, else what stands there."""
    if finding.validator == "required":
        return ", ".join(n for n in finding.validator_value if n not in finding.instance)
    if finding.validator == "enum":
        return ", ".join(map(str, finding.validator_value))
    if finding.validator == "additionalProperties" and isinstance(finding.instance, dict):
        known = finding.schema.get("properties", {})
        return ", ".join(str(name) for name in finding.instance if name not in known)[:80]
    return str(finding.instance)[:80]


def _both(raw: Any) -> Text | None:
    if raw is None:
        return None
    return same(raw) if isinstance(raw, str) else Text(raw["vi"], raw["en"])


def _slide(raw: Mapping[str, Any]) -> SlideSpec:
    one = (raw["indicator"],) if "indicator" in raw else ()
    return SlideSpec(
        kind=raw["kind"],
        heading=_both(raw.get("heading")),
        text=_both(raw.get("text")),
        notes=_both(raw.get("notes")),
        seconds=raw.get("seconds"),
        indicators=(*one, *raw.get("indicators", ())),
        period=raw.get("period", ""),
        unit=raw.get("unit", ""),
        level=raw.get("level", ""),
        top=int(raw.get("top", 5)),
        view=raw.get("view", ""),
        query=tuple(raw.get("query", {}).items()),
        picture=raw.get("picture", ""),
    )


def _playlist(path: Path, raw: Mapping[str, Any]) -> Playlist:
    title = _both(raw["title"])
    assert title is not None  # the schema asks for it
    return Playlist(
        name=path.stem,
        title=title,
        theme=raw.get("theme", "dark"),
        seconds=float(raw.get("seconds", DEFAULT_SECONDS)),
        slides=tuple(_slide(slide) for slide in raw["slides"]),
        path=path,
        autoplay=raw.get("autoplay", False),
        loop=raw.get("loop", False),
        status=raw.get("status", "all"),
        address=raw.get("address", "").rstrip("/"),
    )


# ---- Writing --------------------------------------------------------------------------------------------------------


def _dumped(raw: Any) -> str:
    return yaml.safe_dump(raw, allow_unicode=True, sort_keys=False, width=110)


def _with_slide(path: Path, text: str, slide: Mapping[str, Any], wanted: dict[str, Any]) -> str:
    """The file's text with a slide at its end, comments and all; written anew where its form does not allow that."""
    item = _dumped([dict(slide)])
    for indent in ("  ", ""):
        longer = text.rstrip("\n") + "\n" + "".join(indent + line + "\n" for line in item.splitlines())
        with contextlib.suppress(PlaylistError):
            if _parsed(path, longer) == wanted:
                return longer
    return _dumped(wanted)


def _write(path: Path, text: str) -> None:
    """Put the whole text in place in one step."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
            if path.exists():
                Path(scratch).chmod(path.stat().st_mode)
            Path(scratch).replace(path)
        finally:
            Path(scratch).unlink(missing_ok=True)
    except OSError as error:
        raise _error(path, "–", "folder") from error
