"""A sheet to draw on, in points from its upper left corner, and its SVG: text stays text, no ids clash, no dates.

Drawings are lines, boxes, circles, outlines and words, so they are written down as they come. Text is measured by the
reader of fonts that matplotlib brings, imported where something is measured and used under a lock, since it is not safe
in several threads.
"""

from __future__ import annotations

import functools
import hashlib
import math
import textwrap
import threading
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from charts.vector.tones import Tone
from i18n import Lang, decimal, in_short, percent

if TYPE_CHECKING:
    from matplotlib.ft2font import FT2Font

FONTS = Path(__file__).resolve().parent.parent.parent / "exports" / "reports" / "fonts"
"""The project's type as TTF, to measure text with; documents carry the same files."""
FAMILY = "'Be Vietnam Pro','Be Vietnam Pro Tabular',sans-serif"
"""As the screens name it, and as its files do."""
LEADING = 1.25
"""From one line of text to the next, in letters."""
ANCHOR = {"left": "start", "center": "middle", "right": "end"}
FINE = 10
"""Places to a point that corners are drawn at; closer ones, a third of a pixel apart in a hall, are one."""
HATCH = 72
"""How wide and high the pattern of a hatched area is, in points."""
OWN = "own-"
"""What ids begin with until the drawing is finished."""
Align = Literal["left", "center", "right"]
Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


class Sheet:
    """What is being drawn, ``width`` × ``height`` points; ``letters`` is the size of its text in points.

    What is drawn later lies above.
    """

    def __init__(self, size: tuple[float, float], letters: float, tone: Tone) -> None:
        self.width, self.height = size
        self.letters = letters
        self.tone = tone
        self._marks: list[str] = []
        self._hatches: list[str] = []
        if tone.paper is not None:
            self.box((0, 0, *size), tone.paper)

    def line(self, points: Sequence[Point], colour: str, width: float, dash: Sequence[float] = ()) -> None:
        """A line through points; ``dash`` gives lengths drawn and left out, in points."""
        ends = "stroke-linecap: round"
        if dash:
            ends = f"stroke-dasharray: {','.join(map(_short, dash))}"
        look = f"fill: none; stroke: {colour.lower()}; stroke-width: {_short(width)}; {ends}"
        self._marks.append(f'<path d="{_through(points)}" style="{look}"/>')

    def box(self, box: Box, colour: str) -> None:
        """A filled rectangle."""
        left, top, right, bottom = box
        corners = ((left, top), (right, top), (right, bottom), (left, bottom))
        self._marks.append(f'<path d="{_through(corners)}z" style="fill: {colour.lower()}"/>')

    def dot(self, at: Point, radius: float, colour: str, *, hollow: bool = False) -> None:
        """A filled circle, or a ring."""
        fill = (self.tone.ground if hollow else colour).lower()
        x, y, size, width = (_short(number) for number in (*at, radius, max(1.0, radius / 2)))
        look = f"fill: {fill}; stroke: {colour.lower()}; stroke-width: {width}"
        self._marks.append(f'<circle cx="{x}" cy="{y}" r="{size}" style="{look}"/>')

    def shape(
        self, rings: Sequence[Sequence[Point]], fill: str, edge: str, width: float, hatch: str | None = None
    ) -> None:
        """A filled polygon, holes included; ``hatch`` is the colour of strokes across it."""
        outline = "".join(map(_around, rings))
        look = f"fill: {fill.lower()}; stroke: {edge.lower()}; stroke-width: {_short(width)}; stroke-linejoin: miter"
        self._marks.append(f'<path d="{outline}" style="{look}"/>')
        if hatch:
            if hatch not in self._hatches:
                self._hatches.append(hatch)
            place = self._hatches.index(hatch)
            self._marks.append(f'<path d="{outline}" style="fill: url(#{OWN}{place})"/>')

    def text(
        self,
        at: Point,
        words: str,
        *,
        colour: str | None = None,
        align: Align = "left",
        strong: bool = False,
        size: float | None = None,
    ) -> Box:
        """Lines of text whose block is centred at a height; where they stand."""
        size = size or self.letters
        lines = words.split("\n")
        x, middle = at
        top = middle - (len(lines) - 1) * size * LEADING / 2
        weight = "font-weight: 700; " if strong else ""
        look = (
            f"{weight}font-size: {_short(size)}px; font-family: {FAMILY}; text-anchor: {ANCHOR[align]};"
            f" fill: {(colour or self.tone.ink).lower()}"
        )
        for place, line in enumerate(lines):
            y = top + place * size * LEADING + 0.36 * size
            if line:
                self._marks.append(
                    f'<text style="{look}" x="{_short(x)}" y="{_short(y)}">{escape(line)}</text>'
                )
        wide = max(text_width(line, size, strong) for line in lines)
        left = x - {"left": 0.0, "center": wide / 2, "right": wide}[align]
        half = len(lines) * size * LEADING / 2
        return left, middle - half, left + wide, middle + half

    def svg(self) -> str:
        """The drawing as SVG, ready to stand in a page or a document: no style sheet, which would hold for all of it.

        Ids begin with a digest of the drawing: several drawings may stand in one page.
        """
        body = "\n".join(
            [*self._marks, *(_hatched(place, colour) for place, colour in enumerate(self._hatches))]
        )
        mark = "d" + hashlib.sha256(body.encode()).hexdigest()[:10]
        width, height = _short(self.width), _short(self.height)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}pt" height="{height}pt"'
            f' viewBox="0 0 {width} {height}" stroke-linejoin="round">\n{body.replace(OWN, mark)}\n</svg>'
        )


def _short(number: float) -> str:
    """A number to a thousandth of a point."""
    text = f"{number:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _through(points: Sequence[Point]) -> str:
    """A path from point to point."""
    return "M " + "L ".join(f"{_short(x)} {_short(y)}\n" for x, y in points)


def _around(ring: Sequence[Point]) -> str:
    """An outline by steps from corner to corner: outlines are most of a page, and steps are a third of their letters."""
    corners = [(round(FINE * x), round(FINE * y)) for x, y in ring]
    (x, y), *others = corners
    parts = [f"M{_tenths(x)} {_tenths(y)}"]
    for right, down in others:
        if (right, down) != (x, y):
            parts.append(f"l{_tenths(right - x)}{'' if down < y else ' '}{_tenths(down - y)}")
        x, y = right, down
    return "".join(parts) + "z"


def _tenths(number: int) -> str:
    return f"{number / FINE:g}".replace("0.", ".") if abs(number) < FINE else f"{number / FINE:g}"


def _hatched(place: int, colour: str) -> str:
    """Strokes from lower left to upper right, as a pattern."""
    shifts = range(-HATCH // 2, HATCH // 2 + 1, 2)
    strokes = "".join(_through(((by, HATCH + by), (HATCH + by, by))) for by in shifts)
    return (
        f'<defs>\n<pattern id="{OWN}{place}" patternUnits="userSpaceOnUse" x="0" y="0" width="{HATCH}" height="{HATCH}">'
        f'<path d="{strokes}" style="stroke: {colour.lower()}; stroke-width: 1"/></pattern>\n</defs>'
    )


# ---- Measuring ----------------------------------------------------------------------------------------------------


_measuring = threading.Lock()


@functools.cache
def _font(strong: bool) -> FT2Font:
    from matplotlib.ft2font import FT2Font

    return FT2Font(str(FONTS / f"be-vietnam-pro-{600 if strong else 400}.ttf"))


@functools.lru_cache(maxsize=20_000)
def text_width(words: str, size: float, strong: bool = False) -> float:
    """How wide one line of text is, in points."""
    with _measuring:
        font = _font(strong)
        font.set_size(100, 72)
        # Signs that the font lacks (arrows) come from another one, about as wide as a capital.
        known = font.get_charmap()
        font.set_text("".join(sign if ord(sign) in known else "O" for sign in words), 0.0)
        return float(font.get_width_height()[0]) / 64 * size / 100


def wrapped_to(words: str, width: float, size: float, *, lines: int = 3) -> str:
    """Text on at most so many lines of a width in points where words allow it, ending in … where there is more."""
    if text_width(words, size) <= width:
        return words
    letters = max(6, int(len(words) * width / text_width(words, size)))
    parts = textwrap.wrap(words, letters, break_long_words=False)
    if len(parts) > lines:
        parts = [
            *parts[: lines - 1],
            textwrap.shorten(" ".join(parts[lines - 1 :]), letters, placeholder=" …"),
        ]
    return "\n".join(parts)


# ---- Scales -------------------------------------------------------------------------------------------------------


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round steps from below ``low`` to above ``high``, at most about so many."""
    raw = (high - low or abs(high) or 1.0) / most
    power = 10 ** math.floor(math.log10(raw))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [step * n for n in range(first, last + 1)]


def value_words(value: float, in_percent: bool, lang: Lang) -> str:
    """A value as the screens write it."""
    return percent(value, lang) if in_percent else in_short(value, lang)


def tick_words(value: float, step: float, in_percent: bool, lang: Lang) -> str:
    """A value beside a grid line, with no more digits than its step needs."""
    if in_percent:
        return percent(value, lang, 0 if step >= 0.0099 else 1)
    if abs(value) >= 1e6:
        return in_short(value, lang)
    return decimal(value, lang, 0 if step >= 1 else 1)
