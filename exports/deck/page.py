"""One slide under way: boxes in points, text that is measured before it is placed, and what is left of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_CONNECTOR
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.slide import Slide as Page
from pptx.util import Emu, Pt

from charts.palette import LIGHT
from charts.vector.sheet import LEADING, text_width

WIDTH, HEIGHT = 960.0, 540.0
MARGIN = 40.0
SAFE, SAFE_STRONG = 1.1, 1.18
"""Text is taken to be so much wider than in our own type, since a machine may lack it; bold letters differ more."""
NAMESPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
    ' xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


@dataclass(frozen=True)
class Box:
    """A place on a slide, in points from its upper left corner."""

    left: float
    top: float
    width: float
    height: float

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top + self.height

    @property
    def right(self) -> float:
        """The right edge."""
        return self.left + self.width

    @property
    def emu(self) -> tuple[Emu, Emu, Emu, Emu]:
        """Left, top, width and height as the file counts them."""
        return Emu(round(self.left * 12700)), Emu(round(self.top * 12700)), Emu(round(self.width * 12700)), Emu(
            round(self.height * 12700)
        )  # fmt: skip


@dataclass(frozen=True)
class Run:
    """Words of one look; ``size`` in points, ``colour`` #RRGGBB, empty for the theme's own."""

    text: str
    size: float
    colour: str = ""
    strong: bool = False


Paragraph = tuple[Run, ...]


def colour_of(colour: str) -> RGBColor:
    """#RRGGBB as the library takes it."""
    return RGBColor(*bytes.fromhex(colour.removeprefix("#")))  # type: ignore[no-untyped-call]


# ---- Measuring ------------------------------------------------------------------------------------------------------


def line_count(words: str, size: float, width: float, strong: bool = False) -> int:
    """On how many lines words stand in a width; a line break in them begins a new one."""
    count = 0
    for part in words.split("\n"):
        room, count = width, count + 1
        for word in part.split(" "):
            wide = text_width(word + " ", size, strong) * (SAFE_STRONG if strong else SAFE)
            if wide > room and room < width:
                room, count = width, count + 1
            if wide > width:  # one long word is broken within
                count += int(wide / width)
            room -= wide % width if wide > width else wide
    return count


def height_of(paragraphs: Sequence[Paragraph], width: float, gap: float = 0.0) -> float:
    """How tall paragraphs stand in a width, in points; each is measured in its largest letters."""
    tall = 0.0
    for runs in paragraphs:
        size = max(run.size for run in runs)
        strong = any(run.strong for run in runs)
        tall += line_count("".join(run.text for run in runs), size, width, strong) * size * LEADING + gap
    return max(tall - gap, 0.0)


def fitting(words: str, sizes: Sequence[float], width: float, lines: int, strong: bool = False) -> float:
    """The first size in which words take no more than so many lines; the last one where none does."""
    return next((s for s in sizes if line_count(words, s, width, strong) <= lines), sizes[-1])


def shortened(words: str, size: float, width: float, lines: int, strong: bool = False) -> str:
    """Words cut with … where they would take more than so many lines; between words where there are several."""
    if line_count(words, size, width, strong) <= lines:
        return words
    low, high = 0, len(words)
    while high - low > 1:
        middle = (low + high) // 2
        fits = line_count(words[:middle] + " …", size, width, strong) <= lines
        low, high = (middle, high) if fits else (low, middle)
    kept = words[:low]
    return (kept.rpartition(" ")[0] or kept).rstrip() + " …"


# ---- Placing --------------------------------------------------------------------------------------------------------


def next_id(page: Page) -> int:
    """A number that no shape of the slide has."""
    found: list[str] = page.shapes._spTree.xpath(".//p:cNvPr/@id")
    return max(map(int, found)) + 1


def describe(shape: Any, words: str) -> None:
    """Give a shape the words that a screen reader says for it."""
    shape._element.xpath(".//p:cNvPr")[0].set("descr", words)


def fill_text(frame: Any, paragraphs: Sequence[Paragraph], *, gap: float = 0.0, align: Any = None) -> None:
    """Put paragraphs into a text frame, so far apart."""
    for place, runs in enumerate(paragraphs):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        if gap and place:
            paragraph.space_before = Pt(gap)
        if align is not None:
            paragraph.alignment = align
        for run in runs:
            _run(paragraph, run)


def _run(paragraph: Any, run: Run) -> None:
    """The words of a run, a line break where they have one."""
    for n, part in enumerate(run.text.split("\n")):
        if n:
            paragraph.add_line_break()
        made = paragraph.add_run()
        made.text = part
        made.font.size = Pt(run.size)
        if run.strong:
            made.font.bold = True
        if run.colour:
            made.font.color.rgb = colour_of(run.colour)


def put_text(
    page: Page,
    box: Box,
    paragraphs: Sequence[Paragraph],
    name: str,
    *,
    gap: float = 0.0,
    align: PP_ALIGN | None = None,
    anchor: MSO_ANCHOR = MSO_ANCHOR.TOP,
    inset: float = 0.0,
    edge: str = "",
) -> Any:
    """A text box; ``inset`` is its margin, ``edge`` the colour of a frame around it."""
    shape = page.shapes.add_textbox(*box.emu)
    shape.name = name
    frame = shape.text_frame
    frame.word_wrap = True
    frame.auto_size = MSO_AUTO_SIZE.NONE
    frame.vertical_anchor = anchor
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Pt(inset)
    fill_text(frame, paragraphs, gap=gap, align=align)
    if edge:
        shape.line.color.rgb = colour_of(edge)
        shape.line.width = Pt(0.75)
    return shape


def put_line(
    page: Page, start: tuple[float, float], end: tuple[float, float], colour: str, name: str
) -> None:
    """A thin dashed line."""
    drawn = page.shapes.add_connector(
        MSO_CONNECTOR.STRAIGHT, *(Emu(round(v * 12700)) for v in (*start, *end))
    )
    drawn.name = name
    drawn.line.color.rgb = colour_of(colour)
    drawn.line.width = Pt(1)
    properties = drawn.line._get_or_add_ln()
    properties.append(parse_xml(f'<a:prstDash {NAMESPACES} val="dash"/>'))


def quiet(words: str, size: float) -> Paragraph:
    """One paragraph in grey."""
    return (Run(words, size, LIGHT.muted),)
