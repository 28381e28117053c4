"""One slide as plain data in one language, for the screen of a hall and for a deck alike."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from charts.classes import Classes
from charts.vector import Bar, Break, Line, Pair, Target

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Headline:
    """One large figure. ``text`` is how it is written, ``value`` the number behind it (a fraction for a rate).

    ``change`` and ``gap`` are sentences, empty where there is nothing to say; ``detail`` is its date and coverage;
    ``status`` its code and ``mark`` that in words.
    """

    label: str
    text: str
    value: float | None
    change: str = ""
    gap: str = ""
    detail: str = ""
    status: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Area:
    """One unit of a map: its outline in degrees of longitude and latitude, and its class, -1 where it has no figure.

    ``value`` is a fraction for a rate, else the count; ``estimated`` where a part of it had to be estimated.
    """

    rings: tuple[Ring, ...]
    group: int
    value: float | None
    name: str
    estimated: bool = False


@dataclass(frozen=True)
class Grid:
    """A small table, every cell as it is written."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Status:
    """A status of figures on a slide: its code, its word, and what that means."""

    code: str
    mark: str
    meaning: str


@dataclass(frozen=True)
class Slide:
    """One slide. ``title`` is the finding or the question; ``subtitle`` unit, basis, date and coverage.

    Of ``lines``, ``bars``, ``pairs`` and ``areas`` a slide has at most one kind; ``percent`` says that their numbers are
    fractions of 1. ``goal`` is a target across bars with its ``goal_name``; ``scale`` the classes of areas with a label
    each in ``legend``. ``paragraphs`` are free text, ``picture`` a file. ``sources`` are titles, ``definitions`` sentences,
    ``notes`` for whoever speaks. ``address`` is the live page without the server's name, such as ``mo-hinh?model=family``.
    """

    kind: str
    title: str
    subtitle: str = ""
    figures: tuple[Headline, ...] = ()
    lines: tuple[Line, ...] = ()
    targets: tuple[Target, ...] = ()
    breaks: tuple[Break, ...] = ()
    bars: tuple[Bar, ...] = ()
    goal: float | None = None
    goal_name: str = ""
    pairs: tuple[Pair, ...] = ()
    pair_names: tuple[str, str] = ("", "")
    areas: tuple[Area, ...] = ()
    scale: Classes | None = None
    legend: tuple[str, ...] = ()
    percent: bool = True
    table: Grid | None = None
    paragraphs: tuple[str, ...] = ()
    picture: Path | None = None
    note: str = ""
    sources: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()
    definitions: tuple[str, ...] = ()
    notes: str = ""
    address: str = ""

    @property
    def illustrative(self) -> bool:
        """Whether a figure on the slide is illustrative."""
        return any(status.code == "illustrative" for status in self.statuses)
