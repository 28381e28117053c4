"""The colours of a drawing: for paper, and for a hall, light or dark. The accent is for “you are here”, never for data."""

from __future__ import annotations

from dataclasses import dataclass

from charts.palette import DARK, LIGHT, Palette


@dataclass(frozen=True)
class Tone:
    """Colours by what they are for. ``paper`` is drawn behind everything, None leaves it clear; ``ground`` is what lies
    behind in either case, for marks that are to look hollow."""

    ink: str
    quiet: str
    line: str
    ground: str
    paper: str | None
    accent: str
    main: str
    deep: str
    soft: str
    missing: str
    below: str
    above: str
    target: str
    category: tuple[str, ...]


def tone_of(colours: Palette) -> Tone:
    """The tone of a theme of the screen, on clear ground."""
    return Tone(
        ink=colours.ink,
        quiet=colours.muted,
        line=colours.line,
        ground=colours.surface,
        paper=None,
        accent=colours.accent,
        main=colours.main,
        deep=colours.ramp[-1],
        soft=colours.soft,
        missing=colours.missing,
        below=colours.below,
        above=colours.above,
        target=colours.target,
        category=colours.category,
    )


PAPER = tone_of(LIGHT)
HALL_LIGHT = tone_of(LIGHT)
HALL_DARK = tone_of(DARK)
