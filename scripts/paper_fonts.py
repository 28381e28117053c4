"""Make the fonts of documents in exports/reports/fonts/ from the web fonts in static/fonts/.

The same typeface as TTF, which typst and the measuring of text need, with nine signs that it lacks and that the words
use: arrows, ticks, dots. It runs by hand, once, after scripts/fonts.py, and needs two packages that nothing else needs:

    pip install fonttools brotli
    python scripts/paper_fonts.py
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from pathlib import Path

from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "static" / "fonts"
OUT = ROOT / "exports" / "reports" / "fonts"
STROKES = {400: 66, 500: 80, 600: 96, 700: 112}
"""How thick a stroke of a weight is, in thousandths of the letter size."""
Point = tuple[float, float]


def stroke(pen: TTGlyphPen, start: Point, end: Point, thick: float) -> None:
    """A straight stroke."""
    (x0, y0), (x1, y1) = start, end
    length = math.hypot(x1 - x0, y1 - y0)
    dx, dy = -(y1 - y0) / length * thick / 2, (x1 - x0) / length * thick / 2
    contour(pen, [(x0 + dx, y0 + dy), (x1 + dx, y1 + dy), (x1 - dx, y1 - dy), (x0 - dx, y0 - dy)])


def disc(pen: TTGlyphPen, centre: Point, radius: float, hole: bool = False) -> None:
    """A filled circle, or a hole in one."""
    turns = [2 * math.pi * n / 32 for n in range(32)]
    points = [(centre[0] + radius * math.cos(t), centre[1] + radius * math.sin(t)) for t in turns]
    contour(pen, points if hole else points[::-1])


def contour(pen: TTGlyphPen, points: list[Point]) -> None:
    """A closed outline on whole units."""
    whole = [(round(x), round(y)) for x, y in points]
    pen.moveTo(whole[0])
    for point in whole[1:]:
        pen.lineTo(point)
    pen.closePath()


def arrow(pen: TTGlyphPen, angle: float, thick: float) -> None:
    """An arrow towards an angle."""
    (x, y), reach = (420, 340), 300
    along = math.cos(angle), math.sin(angle)
    tip = x + along[0] * reach, y + along[1] * reach
    stroke(pen, (x - along[0] * reach, y - along[1] * reach), tip, thick)
    for turn in (2.45, -2.45):
        side = math.cos(angle + turn), math.sin(angle + turn)
        back = tip[0] - side[0] * thick * 0.3, tip[1] - side[1] * thick * 0.3
        stroke(pen, back, (tip[0] + side[0] * 250, tip[1] + side[1] * 250), thick)


def tick(pen: TTGlyphPen, thick: float) -> None:
    """A tick."""
    stroke(pen, (120, 330), (320, 110), thick)
    stroke(pen, (292, 112), (680, 640), thick)


def cross(pen: TTGlyphPen, thick: float) -> None:
    """A cross."""
    stroke(pen, (140, 80), (640, 600), thick)
    stroke(pen, (140, 600), (640, 80), thick)


def ring(pen: TTGlyphPen, radius: float, thick: float) -> None:
    """A circle."""
    disc(pen, (400, 340), radius)
    disc(pen, (400, 340), radius - thick, hole=True)


def empty_set(pen: TTGlyphPen, thick: float) -> None:
    """A circle struck through."""
    ring(pen, 260, thick)
    stroke(pen, (150, 60), (650, 620), thick)


SIGNS: dict[str, tuple[str, int, Callable[[TTGlyphPen, float], None]]] = {
    "→": ("arrowright", 840, lambda pen, thick: arrow(pen, 0, thick)),
    "↗": ("arrowupright", 840, lambda pen, thick: arrow(pen, math.pi / 4, thick)),
    "↘": ("arrowdownright", 840, lambda pen, thick: arrow(pen, -math.pi / 4, thick)),
    "↓": ("arrowdown", 840, lambda pen, thick: arrow(pen, -math.pi / 2, thick)),
    "✓": ("check", 780, tick),
    "✕": ("cross", 780, cross),
    "●": ("blackcircle", 800, lambda pen, _thick: disc(pen, (400, 340), 290)),
    "○": ("whitecircle", 800, lambda pen, thick: ring(pen, 290, thick)),
    "∅": ("emptyset", 800, empty_set),
}


def main() -> None:
    """Write one TTF a weight, and the licence."""
    OUT.mkdir(parents=True, exist_ok=True)
    for path in sorted(WEB.glob("*.woff2")):
        font = TTFont(path)
        font.flavor = None
        thick = STROKES[font["OS/2"].usWeightClass]
        for sign, (name, width, draw) in SIGNS.items():
            pen = TTGlyphPen(None)
            draw(pen, thick)
            glyph = pen.glyph()
            font["glyf"][name] = glyph
            glyph.recalcBounds(font["glyf"])
            font["hmtx"][name] = (width, glyph.xMin)
            for table in font["cmap"].tables:
                if table.isUnicode():
                    table.cmap[ord(sign)] = name
        font.save(OUT / f"{path.stem}.ttf")
    shutil.copyfile(WEB / "OFL.txt", OUT / "OFL.txt")


if __name__ == "__main__":
    main()
