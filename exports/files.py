"""Files that are whole or not there, and how far a writer has come."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

Progress = Callable[[int, int], None]
"""``progress(done, total)``: how far the work is, of which only the ratio counts; the last call has both equal.

It is called in the thread that asked for the file. What it raises stops the writer, which then leaves no file.
"""


def unheard(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


def stage(progress: Progress, first: float, last: float) -> Progress:
    """Progress of one part of the work, which takes it from one share of the whole to another."""

    def heard(done: int, total: int) -> None:
        progress(round(1000 * (first + (last - first) * done / max(1, total))), 1000)

    return heard


@contextmanager
def scratch(beside: Path) -> Iterator[Path]:
    """A place for a file beside another one, removed at the end."""
    part = beside.with_name(f".{uuid.uuid4().hex}.part")
    try:
        yield part
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


@contextmanager
def whole_or_nothing(path: Path) -> Iterator[Path]:
    """A place beside ``path`` to write to, moved onto it in one step at the end; removed where anything fails."""
    with scratch(path) as part:
        yield part
        part.replace(path)
