"""A sheet to draw on, in points from its upper left corner, and its SVG: text stays text, no ids clash, no dates.

Drawn by matplotlib's object interface. It is imported where something is drawn, so that screens do not wait for it,
and used under a lock, since it is not safe in several threads.
"""

from __future__ import annotations

import functools
import hashlib
import io
import itertools
import math
import re
import textwrap
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

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
DRAWING = threading.RLock()
Align = Literal["left", "center", "right"]
Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


class Sheet:
    """What is being drawn, ``width`` × ``height`` points; ``letters`` is the size of its text in points."""

    def __init__(self, size: tuple[float, float], letters: float, tone: Tone) -> None:
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure

        self.width, self.height = size
        self.letters = letters
        self.tone = tone
        self._figure = Figure(figsize=(size[0] / 72, size[1] / 72), dpi=72)
        self._figure.patch.set_visible(tone.paper is not None)
        if tone.paper is not None:
            self._figure.patch.set_facecolor(tone.paper)
        FigureCanvasSVG(self._figure)
        self._axes = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set_axis_off()
        self._axes.set_xlim(0, size[0])
        self._axes.set_ylim(size[1], 0)
        self._marks = itertools.count(1)

    def line(self, points: Sequence[Point], colour: str, width: float, dash: Sequence[float] = ()) -> None:
        """A line through points; ``dash`` gives lengths drawn and left out, in points."""
        from matplotlib.lines import Line2D

        drawn = Line2D(
            [x for x, _ in points], [y for _, y in points], color=colour, linewidth=width, solid_capstyle="round",
            solid_joinstyle="round", clip_on=False, zorder=next(self._marks),
        )  # fmt: skip
        if dash:
            drawn.set_linestyle((0, [part / width for part in dash]))
        self._axes.add_line(drawn)

    def box(self, box: Box, colour: str) -> None:
        """A filled rectangle."""
        from matplotlib.patches import Rectangle

        left, top, right, bottom = box
        self._axes.add_artist(
            Rectangle(
                (left, top), right - left, bottom - top, facecolor=colour, edgecolor="none", clip_on=False,
                zorder=next(self._marks),
            )
        )  # fmt: skip

    def dot(self, at: Point, radius: float, colour: str, *, hollow: bool = False) -> None:
        """A filled circle, or a ring."""
        from matplotlib.patches import Circle

        fill = self.tone.ground if hollow else colour
        self._axes.add_artist(
            Circle(
                at, radius, facecolor=fill, edgecolor=colour, linewidth=max(1.0, radius / 2), clip_on=False,
                zorder=next(self._marks),
            )
        )  # fmt: skip

    def shape(
        self, rings: Sequence[Sequence[Point]], fill: str, edge: str, width: float, hatch: str | None = None
    ) -> None:
        """A filled polygon, holes included; ``hatch`` is the colour of strokes across it."""
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path as Outline

        corners: list[Point] = []
        codes: list[Any] = []
        for ring in rings:
            corners += [*ring, ring[0]]
            codes += [Outline.MOVETO, *[Outline.LINETO] * (len(ring) - 1), Outline.CLOSEPOLY]
        outline = Outline(corners, codes)
        above = next(self._marks)
        self._axes.add_artist(
            PathPatch(outline, facecolor=fill, edgecolor=edge, linewidth=width, zorder=above)
        )
        if hatch:
            self._axes.add_artist(
                PathPatch(
                    outline, facecolor="none", edgecolor=hatch, linewidth=0, hatch="//////", zorder=above
                )
            )

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
        for place, line in enumerate(lines):
            self._axes.text(
                x, top + place * size * LEADING + 0.36 * size, line, color=colour or self.tone.ink, ha=align, va="baseline",
                fontsize=size, fontweight=700 if strong else 400, clip_on=False, parse_math=False,
                zorder=next(self._marks),
            )  # fmt: skip
        wide = max(text_width(line, size, strong) for line in lines)
        left = x - {"left": 0.0, "center": wide / 2, "right": wide}[align]
        half = len(lines) * size * LEADING / 2
        return left, middle - half, left + wide, middle + half

    def svg(self) -> str:
        """The drawing as SVG, ready to stand in a page or a document."""
        from matplotlib import rc_context

        settings: dict[Any, Any] = {
            "svg.fonttype": "none", "svg.hashsalt": "drawing", "font.family": "sans-serif", "hatch.linewidth": 0.6,
            "text.usetex": False, "path.simplify": False,
        }  # fmt: skip
        out = io.StringIO()
        # The text is not drawn here but named, so any font does; it is measured with our own.
        with rc_context(settings):
            self._figure.savefig(
                out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
            )
        return cleaned(out.getvalue(), (self.width, self.height))


def cleaned(svg: str, size: tuple[float, float]) -> str:
    """Matplotlib's SVG without prologue, style sheet (it would hold for the whole page) and ids that nothing refers to.

    Other ids begin with a digest of the drawing: several drawings may stand in one page.
    """
    body = svg[svg.index("<svg") :]
    body = re.sub(r"\s*<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r"\s*<defs>\s*<style.*?</style>\s*</defs>", "", body, flags=re.DOTALL)
    body = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)
    body = re.sub(r"font-family: [^;\"]*|font: (?:\S+ )*?([\d.]+)px [^;\"]*", _family, body)
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', body))
    mark = "d" + hashlib.sha256(body.encode()).hexdigest()[:10]
    body = re.sub(r' id="([^"]*)"', lambda m: f' id="{mark}{m[1]}"' if m[1] in used else "", body)
    body = re.sub(r'(href="#|url\(#)', rf"\g<1>{mark}", body)
    body = re.sub(r"\s*\n\s*", "\n", body)
    width, height = size
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{width:g}pt"'
        f' height="{height:g}pt" viewBox="0 0 {width:g} {height:g}" stroke-linejoin="round">'
    )
    return head + body[body.index(">") + 1 :].strip()


def _family(found: re.Match[str]) -> str:
    if not found[1]:
        return f"font-family: {FAMILY}"
    weight = "; font-weight: 600" if re.search(r" (?:bold|[67]00) ", found[0]) else ""
    return f"font-size: {found[1]}px; font-family: {FAMILY}{weight}"


# ---- Measuring ----------------------------------------------------------------------------------------------------


@functools.cache
def _font(strong: bool) -> FT2Font:
    from matplotlib.ft2font import FT2Font

    return FT2Font(str(FONTS / f"be-vietnam-pro-{600 if strong else 400}.ttf"))


@functools.lru_cache(maxsize=20_000)
def text_width(words: str, size: float, strong: bool = False) -> float:
    """How wide one line of text is, in points."""
    with DRAWING:
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
