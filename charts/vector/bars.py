"""Horizontal bars from zero, each with its name and value; and pairs of values joined by a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from charts.vector.sheet import LEADING, Sheet, text_width, value_words, wrapped_to
from charts.vector.tones import Tone
from i18n import Lang, words_in

EDGE = 3.0
TALLEST = 2.6
"""Of a row, in letters."""


@dataclass(frozen=True)
class Bar:
    """One row. ``marked`` is the one that the drawing is about, ``pale`` one that is there for comparison; ``note``
    stands after the value, ``said`` in its place where it is to be worded otherwise. Values may be below zero."""

    name: str
    value: float | None
    marked: bool = False
    pale: bool = False
    note: str = ""
    said: str = ""


@dataclass(frozen=True)
class Pair:
    """One row with a value before and after; ``hollow`` where the second stands for a part only."""

    name: str
    before: float | None
    after: float | None
    hollow: bool = False


def bars(
    rows: Sequence[Bar],
    *,
    target: float | None,
    target_name: str,
    percent: bool,
    lang: Lang,
    tone: Tone,
    size: tuple[float, float],
    letters: float,
) -> str:
    """Bars as SVG in the order given; fractions of 1 where ``percent``. A missing value is said in words."""
    sheet = Sheet(size, letters, tone)
    missing = words_in(lang)("common.not_reported")
    said = [r.said or (missing if r.value is None else value_words(r.value, percent, lang)) for r in rows]
    names = [wrapped_to(r.name, sheet.width * 0.36, letters, lines=2) for r in rows]
    name_room = max((_wide(n, sheet, r.marked) for n, r in zip(names, rows, strict=True)), default=0)
    left = EDGE + name_room + letters * 0.7
    ends = [_end_width(words, row, sheet) for words, row in zip(said, rows, strict=True)]
    scale, zero = _scale(rows, target, ends, left, sheet)
    top = EDGE + (letters * LEADING * 1.15 if target is not None and target_name else 0)
    step = min((sheet.height - top - EDGE) / max(1, len(rows)), letters * TALLEST)
    bottom = top + step * len(rows)
    crossing = None if target is None else zero + scale * target
    if crossing is not None:
        _target(crossing, target_name, top, bottom, sheet)
    for place, (row, name, words) in enumerate(zip(rows, names, said, strict=True)):
        middle = top + step * (place + 0.5)
        sheet.text((left - letters * 0.7, middle), name, align="right", strong=row.marked)
        _bar(row, words, middle, step * 0.56, zero, scale, crossing, sheet)
    sheet.line([(zero, top), (zero, bottom)], tone.quiet, 0.7)
    return sheet.svg()


def _wide(words: str, sheet: Sheet, strong: bool = False) -> float:
    return max(text_width(line, sheet.letters, strong) for line in words.split("\n"))


def _end_width(words: str, row: Bar, sheet: Sheet) -> float:
    note = text_width(" " + row.note, sheet.letters * 0.9) if row.note else 0
    return text_width(words, sheet.letters, row.marked) + note + sheet.letters * 0.9


def _scale(
    rows: Sequence[Bar], target: float | None, ends: Sequence[float], left: float, sheet: Sheet
) -> tuple[float, float]:
    """Points that a value of 1 is long, and where zero lies."""
    values = [(r.value or 0.0, end) for r, end in zip(rows, ends, strict=True)]
    above = [(v, end) for v, end in values if v >= 0] + ([(target, 4.0)] if target is not None else [])
    below = [(v, end) for v, end in values if v < 0]
    room = sheet.width - EDGE - left
    low = min((v for v, _ in below), default=0.0)
    high = max((v for v, _ in above), default=0.0)
    right_end = max((end for _, end in above), default=0.0)
    left_end = max((end for _, end in below), default=0.0)
    if not high - low:
        return 0.0, left
    # Each bar with its words has to fit; the longest words seldom stand at the longest bar.
    if not below:
        scale = min((room - end) / v for v, end in above if v > 0)
    else:
        scale = (room - left_end - right_end) / (high - low)
    scale = max(scale, 0.2 * room / (high - low))
    return scale, left + (left_end - scale * low if below else 0.0)


def _bar(
    row: Bar,
    words: str,
    middle: float,
    tall: float,
    zero: float,
    scale: float,
    crossing: float | None,
    sheet: Sheet,
) -> None:
    tone, letters = sheet.tone, sheet.letters
    if row.value is None:
        sheet.text((zero + letters * 0.5, middle), words, colour=tone.quiet)
        return
    end = zero + scale * row.value
    fill = tone.deep if row.marked else tone.soft if row.pale else tone.main
    sheet.box((min(zero, end), middle - tall / 2, max(zero, end), middle + tall / 2), fill)
    if row.value < 0:
        sheet.text((end - letters * 0.5, middle), words, align="right", strong=row.marked)
        return
    start, wide = end + letters * 0.5, text_width(words, letters, row.marked)
    if crossing is not None and start - 2 < crossing < start + wide + 2:
        # The line of the target would strike the number through.
        sheet.box((start - 1, middle - letters * 0.6, start + wide + 1, middle + letters * 0.6), tone.ground)
    box = sheet.text((start, middle), words, strong=row.marked)
    if row.note:
        sheet.text((box[2] + letters * 0.4, middle), row.note, colour=tone.quiet, size=letters * 0.9)


def _target(x: float, name: str, top: float, bottom: float, sheet: Sheet) -> None:
    sheet.line([(x, top - 2), (x, bottom)], sheet.tone.target, 0.9, (4, 2.5))
    if name:
        wide = text_width(name, sheet.letters * 0.95)
        middle = min(max(x, EDGE + wide / 2), sheet.width - EDGE - wide / 2)
        sheet.text(
            (middle, top - sheet.letters * 0.75), name, colour=sheet.tone.target, align="center",
            size=sheet.letters * 0.95,
        )  # fmt: skip


def dumbbell(
    rows: Sequence[Pair],
    *,
    names: tuple[str, str],
    percent: bool,
    lang: Lang,
    tone: Tone,
    size: tuple[float, float],
    letters: float,
) -> str:
    """Two values a row joined by a line, as SVG, in the order given; the axis does not begin at zero.

    ``names`` say what the grey and the coloured mark are. A missing value is said in words.
    """
    sheet = Sheet(size, letters, tone)
    texts = [wrapped_to(row.name, sheet.width * 0.36, letters, lines=2) for row in rows]
    left = EDGE + max((_wide(text, sheet) for text in texts), default=0) + letters
    values = [v for row in rows for v in (row.before, row.after) if v is not None]
    low, high = min(values, default=0.0), max(values, default=1.0)
    label = max((text_width(value_words(v, percent, lang), letters) for v in values), default=0) + letters
    first, last = left + label, sheet.width - EDGE - label
    top = EDGE + letters * LEADING * 1.3
    step = min((sheet.height - top - EDGE) / max(1, len(rows)), letters * TALLEST)
    _key(names, left, sheet)
    for place, (row, text) in enumerate(zip(rows, texts, strict=True)):
        middle = top + step * (place + 0.5)
        sheet.text((left - letters, middle), text, align="right")
        ends = [
            None if v is None else first + (last - first) * (v - low) / ((high - low) or 1)
            for v in (row.before, row.after)
        ]
        _pair(row, ends, middle, left, percent, lang, sheet)
    return sheet.svg()


def _key(names: tuple[str, str], left: float, sheet: Sheet) -> None:
    radius, height = sheet.letters * 0.32, EDGE + sheet.letters * LEADING / 2
    x = left
    for name, colour in zip(names, (sheet.tone.quiet, sheet.tone.main), strict=True):
        sheet.dot((x + radius, height), radius, colour)
        box = sheet.text((x + radius * 2 + sheet.letters * 0.4, height), name, colour=sheet.tone.ink)
        x = box[2] + sheet.letters * 1.5


def _pair(
    row: Pair,
    ends: list[float | None],
    middle: float,
    left: float,
    in_percent: bool,
    lang: Lang,
    sheet: Sheet,
) -> None:
    tone, letters = sheet.tone, sheet.letters
    before, after = ends
    if before is not None and after is not None:
        sheet.line([(before, middle), (after, middle)], tone.soft, letters * 0.28)
    falls = before is not None and after is not None and after < before
    marks = (
        (before, row.before, tone.quiet, False, falls),
        (after, row.after, tone.main, row.hollow, not falls),
    )
    for x, value, colour, hollow, to_right in marks:
        if x is None or value is None:
            continue
        sheet.dot((x, middle), letters * 0.34, colour, hollow=hollow)
        place = x + letters * 0.7 * (1 if to_right else -1)
        sheet.text(
            (place, middle), value_words(value, in_percent, lang), colour=tone.ink if colour == tone.main else tone.quiet,
            align="left" if to_right else "right",
        )  # fmt: skip
    if before is None and after is None:
        sheet.text((left, middle), words_in(lang)("common.not_reported"), colour=tone.quiet)
