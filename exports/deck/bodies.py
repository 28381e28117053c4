"""The body of each kind of slide."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pptx.slide import Slide as Page

from exports.deck import charts, drawn
from exports.deck.frame import has_body
from exports.deck.page import Box
from exports.slides import Slide
from i18n import Lang, words_in

Body = Callable[[Page, Slide, Lang, Box], None]
GAP = 16.0


def body(page: Page, slide: Slide, lang: Lang, box: Box) -> None:
    """Draw what a slide shows into the place that is left for it, or say why there is nothing."""
    if not has_body(slide):
        if slide.note:
            drawn.missing(page, slide.note, box)
        return
    _BODIES.get(slide.kind, _text)(page, slide, lang, box)


def _text(page: Page, slide: Slide, _lang: Lang, box: Box) -> None:
    if slide.paragraphs:
        drawn.paragraphs(page, slide.paragraphs, box)


def _figures(page: Page, slide: Slide, _lang: Lang, box: Box) -> None:
    if slide.figures:
        drawn.figures(page, slide.figures, box, min(3, len(slide.figures)))


def _figures_and_table(page: Page, slide: Slide, _lang: Lang, box: Box) -> None:
    top = box.top
    if slide.figures:
        low = Box(box.left, box.top, box.width, box.height * 0.4)
        top = drawn.figures(page, slide.figures, low, len(slide.figures)) + GAP
    if slide.table:
        drawn.table(page, slide.table, slide.title, Box(box.left, top, box.width, box.bottom - top))


def _figures_and_bars(page: Page, slide: Slide, lang: Lang, box: Box) -> None:
    top = box.top
    if slide.figures:
        low = Box(box.left, box.top, box.width, box.height * 0.42)
        top = drawn.figures(page, slide.figures, low, len(slide.figures)) + GAP
    if slide.bars:
        charts.bars(page, slide, lang, Box(box.left, top, box.width, box.bottom - top))


def _figures_and_trend(page: Page, slide: Slide, lang: Lang, box: Box) -> None:
    if slide.figures:
        wide = box.width * 0.46 if slide.lines else box.width
        drawn.figures(
            page, slide.figures, Box(box.left, box.top, wide, box.height), min(2, len(slide.figures))
        )
    else:
        drawn.missing(
            page,
            slide.note or words_in(lang)("cards.none"),
            Box(box.left, box.top, box.width * 0.46, box.height),
        )
    if slide.lines:
        left = box.left + box.width * 0.48
        charts.trend(page, slide, lang, Box(left, box.top, box.right - left, box.height))


def _bars(page: Page, slide: Slide, lang: Lang, box: Box) -> None:
    if slide.bars:
        charts.bars(page, slide, lang, box)


def _pairs(page: Page, slide: Slide, lang: Lang, box: Box) -> None:
    if slide.pairs:
        charts.pairs(page, slide, lang, box)


def _view(page: Page, slide: Slide, lang: Lang, box: Box) -> None:
    if slide.lines:
        charts.trend(page, slide, lang, box)
    elif slide.bars:
        charts.bars(page, slide, lang, box)
    elif slide.table:
        drawn.table(page, slide.table, slide.title, box)


def _picture(page: Page, slide: Slide, _lang: Lang, box: Box) -> None:
    if slide.picture:
        drawn.picture(page, slide.picture, slide.title, box)


_BODIES: Mapping[str, Body] = {
    "figures": _figures,
    "trend": charts.trend,
    "ranking": _bars,
    "map": drawn.area_map,
    "ward": _figures_and_trend,
    "before_after": _pairs,
    "network": _figures_and_table,
    "schools": _figures_and_bars,
    "sources": _figures_and_table,
    "view": _view,
    "picture": _picture,
}
