"""What every slide has around its body: title, subtitle, note, marks, sources, the foot with the build, and speaker notes."""

from __future__ import annotations

from dataclasses import dataclass

from pptx.oxml import parse_xml
from pptx.slide import Slide as Page
from pptx.util import Pt

from charts.palette import LIGHT
from charts.vector.sheet import LEADING
from exports.deck.page import (
    MARGIN,
    NAMESPACES,
    WIDTH,
    Box,
    Paragraph,
    Run,
    fill_text,
    fitting,
    height_of,
    line_count,
    next_id,
    put_text,
    quiet,
    shortened,
)
from exports.slides import Slide, Status
from i18n import Words

SIGNS = {"published": "✓", "reported": "▤", "illustrative": "⚠", "apportioned": "≈"}
INNER = WIDTH - 2 * MARGIN
TITLES = (28.0, 24.0, 20.0, 16.0)
SUBTITLES = (14.0, 12.0, 10.5)
FOOT_BOTTOM = 504.0
SOURCES_SHOWN = 2


@dataclass(frozen=True)
class Stamp:
    """What the foot of each slide says of the figures: build, day and product, in one line; and the server's address,
    empty where the playlist gives none."""

    line: str
    base: str


def framed(page: Page, slide: Slide, stamp: Stamp, number: int, words: Words) -> Box:
    """Write all but the body of a slide; what is left for the body."""
    title = page.shapes.title
    assert title is not None  # both layouts have one
    heading = " ".join(slide.title.split())
    size = fitting(heading, TITLES, INNER, 2, strong=True)
    heading = shortened(heading, size, INNER, 3, strong=True)
    tall = line_count(heading, size, INNER, True) * size * LEADING if heading else 0.0
    title.left, title.top, title.width, title.height = Box(MARGIN, 24, INNER, max(tall, 1)).emu
    if heading:
        fill_text(title.text_frame, [(Run(heading, size),)])
    else:
        _remove(title)
    top = 24 + tall + 4
    top = _subtitle(page, slide, top) + 12
    bottom = _foot(page, slide, words) - 10
    footer(page, stamp, number)
    return Box(MARGIN, top, INNER, bottom - top)


def opening(page: Page, slide: Slide, stamp: Stamp, number: int) -> None:
    """The first slide: title, a line below it, the day of the figures."""
    title, subtitle = page.shapes.title, page.placeholders[1]
    assert title is not None
    for place, text, sizes, strong in (
        (title, slide.title, (44, 36, 28, 22), True),
        (subtitle, slide.subtitle, (22, 18, 14, 12), False),
    ):
        told = " ".join(text.split())
        size = fitting(told, sizes, 800, 3, strong)
        if told:
            fill_text(place.text_frame, [(Run(shortened(told, size, 800, 4, strong), size),)])
        else:
            _remove(place)
    put_text(page, Box(80, 400, 800, 24), [quiet(slide.note, 14)], "Note")
    footer(page, stamp, number)


def _remove(shape: object) -> None:
    element = shape._element  # type: ignore[attr-defined]
    element.getparent().remove(element)


def _subtitle(page: Page, slide: Slide, top: float) -> float:
    """Write the line below the title; where it ends."""
    place = page.placeholders[13]
    if not slide.subtitle:
        _remove(place)
        return top
    size = fitting(slide.subtitle, SUBTITLES, INNER, 2)
    told = shortened(slide.subtitle, size, INNER, 3)
    tall = line_count(told, size, INNER) * size * LEADING
    place.left, place.top, place.width, place.height = Box(MARGIN, top, INNER, tall).emu
    fill_text(place.text_frame, [(Run(told, size),)])
    return top + tall


def mark_words(status: Status) -> str:
    """A status as sign and word."""
    word = status.mark
    return word if word.startswith(SIGNS[status.code]) else f"{SIGNS[status.code]} {word}"


def sources_line(slide: Slide, words: Words) -> str:
    """The first sources, and how many more there are; empty where there is none."""
    told = list(slide.sources[:SOURCES_SHOWN])
    if len(slide.sources) > len(told):
        told.append(words("presentation.more_sources", n=len(slide.sources) - len(told)))
    return f"{words('common.source')}: {'; '.join(told)}" if told else ""


def _foot(page: Page, slide: Slide, words: Words) -> float:
    """Note, marks and sources above the last line; where they begin."""
    paragraphs: list[Paragraph] = []
    if slide.note and has_body(slide):
        paragraphs.append(quiet(shortened(slide.note, 12, INNER, 2), 12))
    for status in slide.statuses:
        colour = LIGHT.below if status.code == "illustrative" else LIGHT.ink
        mark = Run(f"{mark_words(status)}: ", 11, colour, strong=True)
        paragraphs.append((mark, Run(status.meaning, 11, LIGHT.muted)))
    if sources := sources_line(slide, words):
        paragraphs.append(quiet(shortened(sources, 10, INNER, 2), 10))
    if not paragraphs:
        return FOOT_BOTTOM
    tall = height_of(paragraphs, INNER, 2)
    put_text(page, Box(MARGIN, FOOT_BOTTOM - tall, INNER, tall), paragraphs, "Foot", gap=2)
    return FOOT_BOTTOM - tall


def has_body(slide: Slide) -> bool:
    """Whether there is anything to show but words about what is missing."""
    parts = (slide.figures, slide.lines, slide.bars, slide.pairs, slide.areas, slide.paragraphs)
    return any(parts) or slide.table is not None or slide.picture is not None


_NUMBER = """<p:sp {names}><p:nvSpPr><p:cNvPr id="{id}" name="Number"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>
<p:nvPr><p:ph type="sldNum" sz="quarter" idx="12"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/>
<a:p><a:fld id="{{C1FF6DA9-008F-4B48-92A6-B652298478BF}}" type="slidenum"><a:rPr/><a:t>{number}</a:t></a:fld></a:p></p:txBody></p:sp>"""


def footer(page: Page, stamp: Stamp, number: int) -> None:
    """The last line: what the figures are of, and the slide's number."""
    put_text(page, Box(MARGIN, 515, 800, 16), [quiet(stamp.line, 9)], "Build")
    made = _NUMBER.format(names=NAMESPACES, id=next_id(page), number=number)
    page.shapes._spTree.append(parse_xml(made))


def speaker_notes(page: Page, slide: Slide, stamp: Stamp, words: Words) -> None:
    """What to say, then definitions, basis, statuses, all sources and the build."""
    parts: list[str] = [slide.notes] if slide.notes else []
    if slide.subtitle:
        parts.append(f"{words('deck.basis')}: {slide.subtitle}")
    if slide.note:
        parts.append(slide.note)
    for title, told in (
        (words("deck.definitions"), slide.definitions),
        (words("deck.statuses"), tuple(f"{mark_words(s)}: {s.meaning}" for s in slide.statuses)),
        (words("deck.sources"), slide.sources),
    ):
        if told:
            parts.append(title + "\n" + "\n".join(f"– {text}" for text in told))
    parts.append(stamp.line)
    if stamp.base:
        parts.append(words("deck.live", address=f"{stamp.base}/{slide.address}"))
    frame = page.notes_slide.notes_text_frame
    assert frame is not None  # our notes master has it
    paragraphs = [(Run(line, 11),) for part in parts for line in part.split("\n") if line.strip()]
    fill_text(frame, paragraphs)
    for paragraph in frame.paragraphs:
        paragraph.space_after = Pt(3)
