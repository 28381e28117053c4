"""Opening the published build and asking it, safely from many threads."""

from __future__ import annotations

import datetime as dt
import functools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import duckdb
import pandas as pd

from queries import engine

POINTER = "CURRENT"
RECENT = 24
"""Answers to one question that are kept while its screens are drawn."""

Told = Callable[[float], None]
told_of_queries: list[Told] = []
"""Who wants to know how many seconds each query took; called from the thread that asked."""
told_of_answers: list[Callable[[bool], None]] = []
"""Who wants to know whether a remembered answer was there already."""


class NothingPublished(Exception):
    """There is no warehouse to read yet."""


@dataclass(frozen=True, eq=False)
class Warehouse:
    """One published build, opened read-only. ``build_id`` names it; two builds never share an object."""

    path: Path
    build_id: str
    built_at: dt.datetime
    _connection: duckdb.DuckDBPyConnection
    _memory: dict[tuple[object, ...], Any] = field(default_factory=dict, repr=False)
    _keeping: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor of its own, to fetch a long answer in parts. One caller, one cursor."""
        return self._connection.cursor()

    def frame(self, sql: str, *parameters: Any) -> pd.DataFrame:
        """The answer as a frame. Each call has a cursor of its own: connections are not safe to share."""
        start = time.perf_counter()
        answer = self._connection.cursor().execute(sql, list(parameters)).df()
        _tell(start)
        return answer

    def rows(self, sql: str, *parameters: Any) -> list[dict[str, Any]]:
        """The answer as one dictionary a row, with Python's own dates and None for what is missing."""
        start = time.perf_counter()
        cursor = self._connection.cursor().execute(sql, list(parameters))
        names = [column[0] for column in cursor.description]
        answer = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        _tell(start)
        return answer

    def tuples(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """The same as one tuple a row, for answers of thousands of rows."""
        start = time.perf_counter()
        answer = self._connection.cursor().execute(sql, list(parameters)).fetchall()
        _tell(start)
        return answer

    def row(self, sql: str, *parameters: Any) -> dict[str, Any] | None:
        """The first row of the answer, None where there is none."""
        found = self.rows(sql, *parameters)
        return found[0] if found else None


def _tell(start: float) -> None:
    for told in told_of_queries:
        told(time.perf_counter() - start)


P = ParamSpec("P")
Answer = TypeVar("Answer")


def remembered(
    ask: Callable[Concatenate[Warehouse, P], Answer],
) -> Callable[Concatenate[Warehouse, P], Answer]:
    """A small answer that every rerun needs, kept with its build: a build never changes once it is published.

    For questions with few possible arguments, given by position.
    """

    @functools.wraps(ask)
    def answered(w: Warehouse, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
        key = (ask, *args)
        there = key in w._memory
        for told in told_of_answers:
            told(there)
        if not there:
            w._memory[key] = ask(w, *args, **kwargs)
        kept: Answer = w._memory[key]
        return kept

    return answered


def recent(
    ask: Callable[Concatenate[Warehouse, P], Answer],
) -> Callable[Concatenate[Warehouse, P], Answer]:
    """An answer that several parts of one screen ask for: a question's last ``RECENT`` answers are kept with their build.

    For questions with arguments that can be hashed. A frame is handed out as a copy (made on writing);
    other answers are not to be changed.
    """

    @functools.wraps(ask)
    def answered(w: Warehouse, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
        kept: OrderedDict[tuple[object, ...], Any] = w._memory.setdefault((ask,), OrderedDict())
        key = (args, *sorted(kwargs.items()))
        with w._keeping:
            there = key in kept
            answer: Any = kept.get(key)
        for told in told_of_answers:
            told(there)
        if not there:
            answer = ask(w, *args, **kwargs)
            with w._keeping:
                kept[key] = answer
                while len(kept) > RECENT:
                    kept.popitem(last=False)
        own: Any = answer.copy(deep=False) if isinstance(answer, pd.DataFrame) else answer
        found: Answer = own
        return found

    return answered


_opening = threading.Lock()


@functools.lru_cache(maxsize=4)
def _open(path: Path, _build_id: str) -> Warehouse:
    connection = engine.connect(path)
    found = connection.execute("SELECT build_id, built_at FROM build").fetchone()
    if found is None:
        raise NothingPublished(str(path))
    return Warehouse(path, found[0], found[1].replace(tzinfo=dt.UTC), connection)


def current_warehouse(folder: Path) -> Warehouse:
    """The build that ``CURRENT`` in ``folder`` names, noticed anew at each call.

    Raises NothingPublished where there is none.
    """
    try:
        build_id = (folder / POINTER).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NothingPublished(str(folder)) from error
    path = engine.find(folder, build_id)
    if path is None:
        raise NothingPublished(str(folder / build_id))
    with _opening:
        return _open(path, build_id)


def answering(folder: Path) -> str:
    """The id of the current build, after that build has answered a question. Raises NothingPublished and the engine's errors."""
    found = current_warehouse(folder)
    row = found.row("SELECT build_id FROM build")
    if row is None:
        raise NothingPublished(str(found.path))
    return str(row["build_id"])


def opened_builds() -> int:
    """How many times this process has opened a build."""
    return _open.cache_info().misses
