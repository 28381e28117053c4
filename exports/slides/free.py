"""Slides that the playlist itself writes: an opening, text, and a picture; and the one that says what is wrong."""

from __future__ import annotations

import warnings
from pathlib import Path

from PIL import Image

from exports.slides.ask import Ask, NoSuch
from exports.slides.city import today
from exports.slides.model import Slide
from i18n import long_date

KINDS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".svg": ""}
"""Pictures that can be shown, by the end of their name, with the format they must have."""
LARGEST_PICTURE = 4_000_000
"""Bytes."""
MOST_PIXELS = 40_000_000


def opening(ask: Ask) -> Slide:
    """The first slide: a title, a line below it, and the day of the figures."""
    words = ask.words
    return Slide(
        kind="title",
        title=ask.heading(words("common.product")),
        subtitle=ask.text,
        note=words("presentation.as_of", day=long_date(today(ask), ask.lang)),
        address=ask.page(""),
    )


def text(ask: Ask) -> Slide:
    """A heading and free text; an empty line begins a new paragraph."""
    if not ask.text:
        raise NoSuch("text_missing")
    paragraphs = tuple(part.strip() for part in ask.text.split("\n\n") if part.strip())
    return Slide(kind="text", title=ask.heading(""), paragraphs=paragraphs, address=ask.page(""))


def picture(ask: Ask) -> Slide:
    """A picture of the playlists' folder, with a heading and a line below it."""
    found = picture_file(ask.folder, ask.spec.picture)
    return Slide(kind="picture", title=ask.heading(""), picture=found, note=ask.text, address=ask.page(""))


def picture_file(folder: Path, name: str) -> Path:
    """A picture in a folder. Raises NoSuch where it lies elsewhere, is no picture, or is too large to send."""
    path = (folder / name).resolve()
    if not name or not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise NoSuch("no_picture", name)
    if path.suffix.lower() not in KINDS or path.stat().st_size > LARGEST_PICTURE or not _is_sound(path):
        raise NoSuch("bad_picture", name)
    return path


def _is_sound(path: Path) -> bool:
    wanted = KINDS[path.suffix.lower()]
    try:
        if not wanted:
            drawing = path.read_text(encoding="utf-8").lower()
            return "<svg" in drawing and "<!entity" not in drawing
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=[wanted]) as image:
                if image.width * image.height > MOST_PIXELS:
                    return False
                image.verify()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return True


def problem(ask: Ask, reason: NoSuch) -> Slide:
    """A slide that says why the one asked for cannot be made."""
    words = ask.words
    return Slide(
        kind="problem",
        title=ask.heading(words("presentation.problem_title")),
        paragraphs=(
            words(f"presentation.problem_{reason.key}", name=reason.name[:80], kind=ask.spec.kind),
            words("presentation.problem_todo"),
        ),
        address=ask.page(""),
    )
