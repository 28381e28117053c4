"""What a document is made of: blocks of plain data that the template sets. Texts are never read as markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]
Cell = str | Block


@dataclass(frozen=True)
class Document:
    """A document's words and blocks. ``day`` (ISO) is when the build was made; ``header`` and ``footer`` stand on each page."""

    title: str
    lang: str
    day: str
    product: str
    header: str
    footer: str
    page: str
    blocks: tuple[Block, ...]


def heading(text: str, level: int = 2) -> Block:
    """A heading; level 1 is the title of a document or of a part with a page of its own."""
    return {"kind": "heading", "text": text, "level": level}


def paragraph(text: str, *, quiet: bool = False) -> Block:
    """A paragraph; ``quiet`` sets it small and grey."""
    return {"kind": "text", "text": text, "quiet": quiet}


def lead(text: str) -> Block:
    """The line below a title."""
    return {"kind": "lead", "text": text}


def notice(text: str) -> Block:
    """What has to be known before the figures are read."""
    return {"kind": "notice", "text": text}


def marked(status: str, words: str) -> Block:
    """The status of a figure in words, in its colour."""
    return {"status": status, "words": words}


def card(
    label: str, value: str, lines: Sequence[str] = (), mark: Block | None = None, date: str = ""
) -> Block:
    """One figure in a frame."""
    return {"label": label, "value": value, "lines": list(lines), "mark": mark, "date": date}


def cards(found: Sequence[Block], columns: int, height: float) -> Block:
    """Figures side by side; ``height`` in points is that of each."""
    return {"kind": "cards", "cards": list(found), "columns": columns, "height": height}


def chart(title: str, subtitle: str, svg: str, alt: str) -> Block:
    """A drawing with its finding, and what it shows in words for those who do not see it."""
    return {"kind": "chart", "title": title, "subtitle": subtitle, "svg": svg, "alt": alt}


def legend(items: Sequence[tuple[str, str]]) -> Block:
    """Colours with their words."""
    return {"kind": "legend", "items": [{"colour": colour, "text": text} for colour, text in items]}


def cell(text: str, small: str = "", *, strong: bool = False, mark: Block | None = None) -> Block:
    """A cell with a small second line or the status of its figure."""
    return {"text": text, "small": small, "strong": strong, "mark": mark}


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    widths: Sequence[float],
    right: Sequence[int] = (),
    air: float = 3.0,
) -> Block:
    """A table; ``right`` are the columns of numbers, ``air`` the points above and below each line."""
    if any(len(row) != len(head) for row in rows) or len(widths) != len(head):
        raise ValueError("a row of a table has as many cells as its head")
    return {
        "kind": "table", "head": list(head), "rows": [list(row) for row in rows], "widths": list(widths),
        "right": list(right), "air": air,
    }  # fmt: skip


def listed(items: Sequence[str], size: float = 8.8) -> Block:
    """A list, ``size`` points."""
    return {"kind": "list", "items": list(items), "size": size}


def columns(widths: Sequence[float], parts: Sequence[Sequence[Block]]) -> Block:
    """Blocks side by side."""
    return {"kind": "columns", "widths": list(widths), "parts": [list(part) for part in parts]}


def sheet(found: Sequence[Block]) -> Block:
    """Blocks that make one page, no more."""
    return {"kind": "sheet", "blocks": list(found)}


def gap(points: float) -> Block:
    """Empty space."""
    return {"kind": "gap", "points": points}


NEW_PAGE: Block = {"kind": "break"}
