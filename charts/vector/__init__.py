"""Charts as vector drawings (SVG) for paper and for a hall: data in, SVG text out.

``size`` and ``letters`` are points. Text stays text, set in the project's type. Equal input gives equal SVG.
"""

from charts.vector.bars import Bar, Pair, bars, dumbbell
from charts.vector.cells import Cell, cells
from charts.vector.tones import HALL_DARK, HALL_LIGHT, PAPER, Tone
from charts.vector.trend import Break, Line, Target, trend

__all__ = [
    "HALL_DARK", "HALL_LIGHT", "PAPER", "Bar", "Break", "Cell", "Line", "Pair", "Target", "Tone", "bars", "cells",
    "dumbbell", "trend",
]  # fmt: skip
