"""A map as a PNG to hand out: what is on the screen, with title, legend, date, status, sources and credits."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from charts.base import Look
from charts.map_labels import font
from charts.map_window import HATCH, Frame, Scene, paled, window
from i18n import decimal, short_date

SCALE = 2
"""Pixels of the image for each one of the screen, so that it prints well."""
DOTS_PER_INCH = 192
MAP = (960, 720)
"""The map's own size on the screen; two maps stand side by side in it."""
LEGEND = 264
MARGIN = 28
CLEARANCE = 16


@dataclass(frozen=True)
class Entry:
    """One line of the legend. ``count``: wards in the class. Without a colour it stands for missing figures.

    ``faded`` where the class was filtered out.
    """

    colour: str | None
    text: str
    count: int | None = None
    faded: bool = False


@dataclass(frozen=True)
class Sheet:
    """Everything that stands on the image. ``status`` is the mark of the figures in words, such as “Minh họa”.

    ``subtitle`` says unit, basis, period and coverage; ``notes`` follow it. ``credits`` names where the shapes come
    from, ``sources`` where the figures do.
    """

    title: str
    subtitle: str
    status: str
    legend_title: str
    legend: tuple[Entry, ...]
    scene: Scene
    frames: tuple[Frame, ...]
    sources: tuple[str, ...]
    credits: tuple[str, ...]
    made_on: dt.date
    notes: tuple[str, ...] = ()
    size: tuple[int, int] = MAP


@dataclass
class _Pen:
    """Writes lines of text downwards. Numbers are pixels of the screen; nothing is drawn without an image."""

    image: Image.Image | None
    x: float
    y: float
    width: float

    @property
    def draw(self) -> ImageDraw.ImageDraw | None:
        return ImageDraw.Draw(self.image) if self.image else None

    def write(self, text: str, size: float, colour: str, weight: int = 400) -> None:
        letters = font(weight, size * SCALE)
        for line in wrapped_to(text, self.width, size, weight):
            if self.draw:
                self.draw.text(
                    (self.x * SCALE, (self.y + size * 0.72) * SCALE), line, font=letters, fill=colour, anchor="lm"
                )  # fmt: skip
            self.y += size * 1.45


def map_png(sheet: Sheet, look: Look) -> bytes:
    """The image as a PNG file. Its title, sources and date also stand in the file's own description."""
    width, height = sheet.size
    across = width + CLEARANCE + LEGEND
    head, foot = _Pen(None, MARGIN, MARGIN, across), _Pen(None, MARGIN, 0, across)
    _head(sheet, look, head)
    _foot(sheet, look, foot)
    side = _Pen(None, 0, 0, LEGEND)
    _legend(sheet, look, side)
    top = round(head.y) + CLEARANCE // 2
    deep = max(height, round(side.y))
    bottom = top + deep + CLEARANCE
    full = (across + 2 * MARGIN, bottom + round(foot.y) + MARGIN)
    image = Image.new("RGB", (full[0] * SCALE, full[1] * SCALE), look.palette.surface)
    draw = ImageDraw.Draw(image)
    _head(sheet, look, _Pen(image, MARGIN, MARGIN, across))
    _legend(sheet, look, _Pen(image, MARGIN + width + CLEARANCE, top, LEGEND))
    _foot(sheet, look, _Pen(image, MARGIN, bottom, across))
    for place, (left, picture) in enumerate(_maps(sheet, look)):
        x, y = (MARGIN + left) * SCALE, top * SCALE
        image.paste(picture, (x, y))
        box = (x, y, x + picture.width - 1, y + picture.height - 1)
        draw.rectangle(box, outline=look.palette.line, width=SCALE)
        _caption(draw, sheet.frames[place].caption, x, y, look)
    file = io.BytesIO()
    image.save(file, "PNG", dpi=(DOTS_PER_INCH, DOTS_PER_INCH), pnginfo=_description(sheet, look))
    return file.getvalue()


def wrapped_to(text: str, width: float, size: float, weight: int = 400) -> list[str]:
    """A text in lines that are at most so many pixels wide; one word that is wider has a line of its own."""
    letters, lines = font(weight, size), [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and letters.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _maps(sheet: Sheet, look: Look) -> Iterator[tuple[int, Image.Image]]:
    """Each map with how far from the left it stands."""
    width, height = sheet.size
    number = max(len(sheet.frames), 1)
    each = (width - CLEARANCE * (number - 1)) // number
    for place, frame in enumerate(sheet.frames):
        drawn = window(sheet.scene, frame, look.palette, each, height, look.words("map_export.north"), SCALE)
        yield place * (each + CLEARANCE), drawn


def _head(sheet: Sheet, look: Look, pen: _Pen) -> None:
    pen.write(sheet.title, 24, look.palette.ink, 600)
    pen.write(sheet.subtitle, 14, look.palette.muted)
    pen.y += 6
    room = font(600, 13).getlength(sheet.status)
    if pen.draw:
        box = tuple(round(part * SCALE) for part in (pen.x, pen.y, pen.x + room + 20, pen.y + 26))
        pen.draw.rounded_rectangle(box, radius=4 * SCALE, outline=look.palette.ink, width=SCALE)
        pen.draw.text(
            ((pen.x + 10) * SCALE, (pen.y + 13) * SCALE), sheet.status, font=font(600, 13 * SCALE),
            fill=look.palette.ink, anchor="lm",
        )  # fmt: skip
    pen.y += 34
    for note in sheet.notes:
        pen.write(note, 13, look.palette.ink)


def _legend(sheet: Sheet, look: Look, pen: _Pen) -> None:
    palette = look.palette
    pen.write(sheet.legend_title, 14, palette.ink, 600)
    pen.write(look.words("map_export.legend_count"), 12, palette.muted)
    pen.y += 6
    full, left = pen.width, pen.x
    for entry in sheet.legend:
        if pen.draw:
            _swatch(pen, entry, look)
            if entry.count is not None:
                pen.draw.text(
                    ((left + full) * SCALE, (pen.y + 9) * SCALE), decimal(entry.count, look.lang),
                    font=font(500, 13 * SCALE), fill=palette.ink, anchor="rm",
                )  # fmt: skip
        pen.x, pen.width = left + 36, full - 36 - 44
        pen.write(entry.text, 13, palette.muted if entry.faded else palette.ink)
        pen.x, pen.width = left, full
        pen.y += 7
    if not sheet.scene.to_scale:
        pen.y += 8
        pen.write(look.words("map_export.not_to_scale"), 12, palette.muted)


def _swatch(pen: _Pen, entry: Entry, look: Look) -> None:
    width, height = 26 * SCALE, 18 * SCALE
    patch = Image.new("RGB", (width, height), paled(entry.colour, entry.faded, look.palette))
    draw = ImageDraw.Draw(patch)
    if entry.colour is None:
        for x in range(-height, width, HATCH * SCALE):
            draw.line([(x, height), (x + height, 0)], fill=look.palette.muted, width=SCALE)
    draw.rectangle((0, 0, width - 1, height - 1), outline=look.palette.muted)
    if pen.image:
        pen.image.paste(patch, (round(pen.x * SCALE), round(pen.y * SCALE)))


def _foot(sheet: Sheet, look: Look, pen: _Pen) -> None:
    for line in description(sheet, look):
        pen.write(line, 12, look.palette.muted)


def description(sheet: Sheet, look: Look) -> list[str]:
    """The lines under a map: sources of the figures, credits of the shapes, and the day it was made."""
    words = look.words
    return [
        words("map_export.sources", sources="; ".join(sheet.sources) or "–"),
        words("map_export.credits", credits="; ".join(sheet.credits) or "–"),
        words("map_export.made_on", day=short_date(sheet.made_on, look.lang)),
    ]


def _caption(draw: ImageDraw.ImageDraw, text: str, x: float, y: float, look: Look) -> None:
    if text:
        draw.text(
            (x + 14 * SCALE, y + 12 * SCALE), text, font=font(600, 15 * SCALE), fill=look.palette.ink, anchor="la",
            stroke_width=2 * SCALE, stroke_fill=look.palette.surface,
        )  # fmt: skip


def _description(sheet: Sheet, look: Look) -> PngInfo:
    info = PngInfo()
    info.add_itxt("Title", sheet.title, lang=look.lang)
    info.add_itxt(
        "Description", "\n".join([sheet.subtitle, sheet.status, *description(sheet, look)]), lang=look.lang
    )
    return info
