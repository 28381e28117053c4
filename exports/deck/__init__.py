"""A playlist as a deck (PPTX) that can be edited: native charts, tables and maps, speaker notes, our own theme.

``write`` makes it from the same slides that the show in the hall has.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Deck

from exports.deck.bodies import body
from exports.deck.empty import LANGUAGE_TAGS, OPENING, SLIDE, empty_deck
from exports.deck.frame import Stamp, framed, opening, speaker_notes
from exports.files import whole_or_nothing
from exports.names import file_stem
from exports.playlist import Playlist, read
from exports.reports import Cancelled
from exports.slides import Slide, make
from i18n import Lang, short_date, words_in
from queries.coverage import as_of
from queries.warehouse import Warehouse

__all__ = ["deck_name", "write"]

VIEWS = Path(__file__).resolve().parent.parent.parent / "data" / "views"
Progress = Callable[[int, int, str], None]


def write(
    w: Warehouse,
    playlist: Path | Playlist,
    lang: Lang,
    out: Path,
    *,
    views: Path = VIEWS,
    progress: Progress = lambda done, of, words: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> int:
    """Write the slides of a playlist, or of its file, as PPTX; how many they are.

    ``views`` holds the saved views; ``progress`` is told after each slide how many are done, of how many, and its title;
    ``cancelled`` is asked before each. What cannot be shown is a slide that says so. Raises PlaylistError, Cancelled and
    OSError; ``out`` is then as it was.
    """
    play = read(playlist) if isinstance(playlist, Path) else playlist
    words = words_in(lang)
    day = short_date(as_of(w), lang)
    stamp = Stamp(
        words("deck.stamp", product=words("common.product"), build=w.build_id, day=day), play.address
    )
    deck = empty_deck(lang)
    for done, spec in enumerate(play.slides, 1):
        if cancelled():
            raise Cancelled
        slide = make(w, spec, lang, folder=play.path.parent, views=views, status=play.status)
        _add(deck, slide, lang, stamp)
        progress(done, len(play.slides), slide.title)
    _properties(deck, play.title.of(lang), w.built_at, lang)
    if cancelled():
        raise Cancelled
    with whole_or_nothing(out) as part:
        deck.save(str(part))
    return len(play.slides)


def deck_name(w: Warehouse, playlist: str, lang: Lang) -> str:
    """The file name of a playlist's deck."""
    return file_stem(("trinh-chieu", playlist, lang, w.build_id)) + ".pptx"


def _add(deck: Deck, slide: Slide, lang: Lang, stamp: Stamp) -> None:
    words = words_in(lang)
    page = deck.slides.add_slide(deck.slide_layouts[OPENING if slide.kind == "title" else SLIDE])
    number = len(deck.slides)
    if slide.kind == "title":
        opening(page, slide, stamp, number)
    else:
        body(page, slide, lang, framed(page, slide, stamp, number, words))
    speaker_notes(page, slide, stamp, words)
    for root in (page._element, page.notes_slide._element):
        for tag in ("a:rPr", "a:endParaRPr"):
            for element in root.iter(qn(tag)):
                element.set("lang", LANGUAGE_TAGS[lang])


def _properties(deck: Deck, title: str, built_at: dt.datetime, lang: Lang) -> None:
    """Title, language and the build's time; nobody is named as author."""
    core = deck.core_properties
    core.title, core.language = title, LANGUAGE_TAGS[lang]
    core.created = core.modified = built_at.astimezone(dt.UTC).replace(tzinfo=None)
