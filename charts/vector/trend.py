"""Figures over time: lines named at their ends, targets as thin named lines, days that broke a series marked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from charts.vector.sheet import (
    LEADING,
    Box,
    Point,
    Sheet,
    text_width,
    tick_words,
    ticks,
    value_words,
    wrapped_to,
)
from charts.vector.tones import Tone
from i18n import Lang

EDGE = 3.0
"""Points left free at the sheet's edges."""


@dataclass(frozen=True)
class Line:
    """Figures of one status, oldest first; a missing one interrupts the line. ``said`` words the figures where the
    source's own digits are to stand; ``joined`` False leaves points that no line may join."""

    name: str
    days: tuple[dt.date, ...]
    values: tuple[float | None, ...]
    dashed: bool = False
    said: tuple[str, ...] = ()
    joined: bool = True


@dataclass(frozen=True)
class Target:
    """A value, or a range up to ``high``, to be reached on a day; without a day it holds throughout."""

    name: str
    day: dt.date | None
    low: float
    high: float | None


@dataclass(frozen=True)
class Break:
    """A day on which what is counted changed."""

    day: dt.date
    name: str


@dataclass(frozen=True)
class _Frame:
    """Where days and values lie on the sheet."""

    left: float
    right: float
    top: float
    bottom: float
    first: dt.date
    last: dt.date
    low: float
    high: float

    def x(self, day: dt.date) -> float:
        return self.left + (self.right - self.left) * (day - self.first).days / (
            (self.last - self.first).days or 1
        )

    def y(self, value: float) -> float:
        return self.bottom - (self.bottom - self.top) * (value - self.low) / (self.high - self.low)


def trend(
    lines: Sequence[Line],
    *,
    targets: Sequence[Target],
    breaks: Sequence[Break] = (),
    percent: bool,
    lang: Lang,
    tone: Tone,
    size: tuple[float, float],
    letters: float,
) -> str:
    """Lines over time as SVG; fractions of 1 where ``percent``. The first and last figures are written out.

    The vertical axis does not begin at zero. ValueError where no line has a figure.
    """
    if not any(value is not None for line in lines for value in line.values):
        raise ValueError("a trend needs a figure")
    sheet = Sheet(size, letters, tone)
    ends = [_end_words(line, percent, lang, sheet) for line in lines]
    frame = _frame(lines, targets, breaks, ends, percent, lang, sheet)
    _grid(frame, percent, lang, sheet)
    taken = _breaks(frame, breaks, sheet)
    taken += _target_lines(frame, targets, sheet)
    taken += _lines(frame, lines, percent, lang, sheet)
    taken += _ends(frame, lines, ends, taken, sheet)
    _target_names(frame, targets, taken, sheet)
    return sheet.svg()


def _figures(line: Line) -> list[tuple[dt.date, float]]:
    return [(day, value) for day, value in zip(line.days, line.values, strict=True) if value is not None]


def _said(line: Line, place: int, in_percent: bool, lang: Lang) -> str:
    known = [n for n, value in enumerate(line.values) if value is not None]
    if line.said:
        return line.said[known[place]]
    return value_words(_figures(line)[place][1], in_percent, lang)


def _end_words(line: Line, in_percent: bool, lang: Lang, sheet: Sheet) -> tuple[str, str]:
    if not _figures(line):
        return "", ""
    return wrapped_to(line.name, sheet.width * 0.26, sheet.letters), _said(line, -1, in_percent, lang)


def _frame(
    lines: Sequence[Line],
    targets: Sequence[Target],
    breaks: Sequence[Break],
    ends: Sequence[tuple[str, str]],
    in_percent: bool,
    lang: Lang,
    sheet: Sheet,
) -> _Frame:
    known = [figure for line in lines for figure in _figures(line)]
    values = (
        [v for _, v in known] + [t.low for t in targets] + [t.high for t in targets if t.high is not None]
    )
    days = [day for day, _ in known]
    ahead = [t.day for t in targets if t.day]
    air = (max(values) - min(values)) * 0.08 or abs(max(values)) * 0.1 or 1.0
    steps = ticks(max(0.0, min(values) - air), max(values) + air)
    if in_percent and max(values) <= 1:
        steps = [step for step in steps if step <= 1 + 1e-9]
    gap = sheet.letters * 0.6
    wide = max(text_width(tick_words(s, steps[1] - steps[0], in_percent, lang), sheet.letters) for s in steps)
    left = EDGE + wide + gap
    first, last = min(days), max([*days, *ahead])
    span = (last - first).days or 1
    right = sheet.width - EDGE
    for line, (words, value) in zip(lines, ends, strict=True):
        if words:
            label = gap + max(text_width(part, sheet.letters, True) for part in (*words.split("\n"), value))
            share = (_figures(line)[-1][0] - first).days / span
            # The label's own room, less what lies ahead of the last figure anyway.
            fits = (sheet.width - EDGE - label - left) / share + left if share else right
            right = min(right, max(fits, left + 0.4 * (sheet.width - left)))
    within = sum(first <= b.day <= last for b in breaks)
    top = EDGE + sheet.letters * LEADING * (0.8 + 0.9 * min(2, within))
    bottom = sheet.height - EDGE - sheet.letters * LEADING * 1.3
    return _Frame(left, right, top, bottom, first, last, steps[0], max(steps[-1], *values))


def _grid(frame: _Frame, in_percent: bool, lang: Lang, sheet: Sheet) -> None:
    steps = [s for s in ticks(frame.low, frame.high) if s <= frame.high + 1e-9]
    for step in steps:
        y = frame.y(step)
        sheet.line([(frame.left, y), (frame.right, y)], sheet.tone.line, 0.6)
        words = tick_words(step, steps[1] - steps[0], in_percent, lang)
        sheet.text((frame.left - sheet.letters * 0.6, y), words, colour=sheet.tone.quiet, align="right")
    below = frame.bottom + sheet.letters * LEADING * 0.85
    for day, words in _years(frame, sheet):
        sheet.line([(frame.x(day), frame.bottom), (frame.x(day), frame.bottom + 3)], sheet.tone.quiet, 0.6)
        middle = min(frame.x(day), sheet.width - EDGE - text_width(words, sheet.letters) / 2)
        sheet.text((middle, below), words, colour=sheet.tone.quiet, align="center")


def _years(frame: _Frame, sheet: Sheet) -> Iterator[tuple[dt.date, str]]:
    """The first days of years, as many as have room; the first and last month where there is none."""
    years = range(frame.first.year + (frame.first > dt.date(frame.first.year, 1, 1)), frame.last.year + 1)
    # A target's year is named where it ends.
    closing = [dt.date(frame.last.year, 12, 31)] if (frame.last.month, frame.last.day) == (12, 31) else []
    starts = [dt.date(year, 1, 1) for year in years]
    if not starts and not closing:
        shown = dict.fromkeys((frame.first, frame.last))
        yield from ((day, f"{day.month}/{day.year}") for day in shown)
        return
    room = text_width("2025 ", sheet.letters) * 1.4
    step = max(1, -(-len(starts) * int(room) // max(1, int(frame.right - frame.left))))
    for day in starts[::step]:
        if not closing or frame.x(closing[0]) - frame.x(day) > room * 1.6:
            yield day, str(day.year)
    for day in closing:
        yield day, f"{day.month}/{day.year}"


def _breaks(frame: _Frame, breaks: Sequence[Break], sheet: Sheet) -> list[Box]:
    """Dashed lines with their names on top: the first to the left of its line, others to the right, where there is room.

    Gives where they run.
    """
    within = sorted((b for b in breaks if frame.first <= b.day <= frame.last), key=lambda b: b.day)
    size = sheet.letters * 0.9
    taken: list[Box] = []
    free = -1.0
    for place, one in enumerate(within):
        x, wide = frame.x(one.day), text_width(one.name, size)
        to_left = place == 0 and (len(within) > 1 or x + wide > sheet.width - EDGE) and x - wide - 3 > EDGE
        left = x - wide - 3 if to_left else min(x + 3, sheet.width - EDGE - wide)
        row = 0 if left > free else 1
        free = left + wide
        height = EDGE + sheet.letters * LEADING * (0.5 + row * 0.9)
        sheet.line([(x, height - size * 0.5), (x, frame.bottom)], sheet.tone.quiet, 0.8, (3, 2))
        sheet.text((left, height), one.name, colour=sheet.tone.quiet, size=size)
        taken.append((x - 1, height, x + 1, frame.bottom))
    return taken


def _lines(frame: _Frame, lines: Sequence[Line], in_percent: bool, lang: Lang, sheet: Sheet) -> list[Box]:
    """Draw lines and figures; boxes that labels should stay clear of."""
    taken: list[Box] = []
    firsts: list[tuple[float, float, int]] = []
    radius = sheet.letters * 0.28
    for place, line in enumerate(lines):
        colour = sheet.tone.category[place % len(sheet.tone.category)]
        for part in _unbroken(line) if line.joined else []:
            points = [(frame.x(day), frame.y(value)) for day, value in part]
            sheet.line(points, colour, sheet.letters * 0.2, (4, 3) if line.dashed else ())
            taken += [box for pair in pairwise(points) for box in _along(*pair)]
        figures = _figures(line)
        for day, value in figures:
            at = frame.x(day), frame.y(value)
            sheet.dot(at, radius, colour, hollow=line.dashed)
            taken.append((at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius))
        if len(figures) > 1:
            at = frame.x(figures[0][0]), frame.y(figures[0][1])
            rises = figures[1][1] >= figures[0][1]
            up = -1.0 if not rises or at[1] + sheet.letters * 1.6 > frame.bottom else 1.0
            firsts.append((at[0] + 1, at[1] + up * sheet.letters * 1.05, place))
    for x, y, place in firsts:
        words = _said(lines[place], 0, in_percent, lang)
        colour = sheet.tone.category[place % len(sheet.tone.category)]
        wide, half = text_width(words, sheet.letters), sheet.letters * LEADING / 2
        across = y + (2.1 if y < frame.y(_figures(lines[place])[0][1]) else -2.1) * sheet.letters
        spots = [(x, y), (x, across), (x - wide - sheet.letters, (y + across) / 2)]
        best = _clearest(
            [(s[0], s[1] - half, s[0] + wide, s[1] + half) for s in spots if s[0] >= frame.left], taken
        )
        taken.append(sheet.text((best[0], best[1] + half), words, colour=colour))
    return taken


def _unbroken(line: Line) -> Iterator[list[tuple[dt.date, float]]]:
    """The stretches of a line without a missing figure."""
    part: list[tuple[dt.date, float]] = []
    for day, value in zip(line.days, line.values, strict=True):
        if value is not None:
            part.append((day, value))
        elif part:
            yield part
            part = []
    if part:
        yield part


def _along(start: Point, end: Point) -> list[Box]:
    """Small boxes along a stretch."""
    count = max(2, int(abs(end[0] - start[0]) / 6))
    return [
        (x - 1, y - 1, x + 1, y + 1)
        for n in range(count + 1)
        for x, y in [(start[0] + (end[0] - start[0]) * n / count, start[1] + (end[1] - start[1]) * n / count)]
    ]


def _ends(
    frame: _Frame, lines: Sequence[Line], words: Sequence[tuple[str, str]], taken: list[Box], sheet: Sheet
) -> list[Box]:
    """The last figure and the name of each line beside its end, clear of the others where there is room."""
    placed: list[Box] = []
    row = sheet.letters * LEADING
    for place, (line, (name, value)) in enumerate(zip(lines, words, strict=True)):
        if not name:
            continue
        day, last = _figures(line)[-1]
        x, y = frame.x(day), frame.y(last)
        tall = (name.count("\n") + 2) * row
        parts = [text_width(part, sheet.letters) for part in name.split("\n")]
        wide = max(*parts, text_width(value, sheet.letters, True))
        beside = [
            (x + sheet.letters * 0.6, y - tall / 2 + shift * row)
            for shift in (0, -0.8, 0.8, -1.7, 1.7, -2.6, 2.6)
        ]
        over = [(x - wide, y - tall - row * 0.3), (x - wide, y + row * 0.3), (x - wide / 2, y + row * 0.3)]
        spots = [
            (left, top, left + wide, top + tall)
            for left, top in beside + over
            if left > frame.left
            and top >= EDGE
            and top + tall <= sheet.height - EDGE
            and left + wide <= sheet.width
        ]
        left, top, _, _ = _clearest(
            spots or [(x + sheet.letters * 0.6, y - tall / 2, x + wide, y)], taken + placed
        )
        colour = sheet.tone.category[place % len(sheet.tone.category)]
        sheet.text((left, top + row / 2), value, colour=colour, strong=True)
        sheet.text((left, top + row + (tall - row) / 2), name, colour=colour)
        placed.append((left, top, left + wide, top + tall))
    return placed


def _clearest(spots: Sequence[Box], taken: Sequence[Box]) -> Box:
    """The first of the boxes that meets the fewest others."""
    return min(spots, key=lambda spot: sum(_meets(spot, other) for other in taken))


def _target_lines(frame: _Frame, targets: Sequence[Target], sheet: Sheet) -> list[Box]:
    """Thin dashed lines up to the target's day; where they run."""
    taken: list[Box] = []
    for target in targets:
        end = frame.x(target.day) if target.day else frame.right
        for value in sorted({target.low, target.high if target.high is not None else target.low}):
            y = frame.y(value)
            sheet.line([(frame.left, y), (end, y)], sheet.tone.target, 0.9, (5, 3))
            taken += _along((frame.left, y), (end, y))
            if target.day:
                sheet.line([(end, y - 3), (end, y + 3)], sheet.tone.target, 0.9)
    return taken


def _target_names(frame: _Frame, targets: Sequence[Target], taken: list[Box], sheet: Sheet) -> None:
    """The names of the targets where they meet the fewest figures."""
    for target in targets:
        end = frame.x(target.day) if target.day else frame.right
        size = sheet.letters * 0.95
        wide, half = text_width(target.name, size), size * LEADING / 2
        above, below = frame.y(target.high if target.high is not None else target.low), frame.y(target.low)
        spots = [
            (x, y - half, x + wide, y + half)
            for y in (above - half - 1, below + half + 1)
            for x in (end - wide, frame.left + 2, (frame.left + end - wide) / 2)
            if y - half > 0 and x >= frame.left
        ]
        best = _clearest(spots, taken)
        taken.append(sheet.text((best[0], best[1] + half), target.name, colour=sheet.tone.target, size=size))


def _meets(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
