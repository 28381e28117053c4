"""Where questions of programs are worked on: apart from the screens, a few at a time, and not for long.

The published file is opened a second time, in a DuckDB of its own: one thread a question, its own memory limit, no files,
no network. Two threads of lower priority work on questions; what has been worked out waits in memory for its client, so
that a slow line holds nothing else up.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from api.problems import Problem
from queries import engine
from queries.warehouse import NothingPublished, Warehouse, current_warehouse

WORKERS = 2
WAITING = 16
"""Questions that may wait for a worker; more are sent away."""
SECONDS = 8.0
MEMORY = "512MB"
PART = 200
"""Rows fetched at once: between two parts other threads of the server have their turn."""

Answer = TypeVar("Answer")
_mine = threading.local()


class _Connection:
    """What ``Warehouse`` takes for a connection: its cursors read the attached file, and end when time is up."""

    def __init__(self, path: Path) -> None:
        self._root = duckdb.connect(":memory:")
        self._root.execute("SET threads = 1")
        self._root.execute(f"SET memory_limit = '{MEMORY}'")
        self._root.execute("SET temp_directory = ''")
        for statement in engine.beside(path, "published"):
            self._root.execute(statement)
        self._root.execute("SET enable_external_access = false")

    def cursor(self) -> duckdb.DuckDBPyConnection:
        deadline: Deadline | None = getattr(_mine, "deadline", None)
        cursor = self._root.cursor()
        cursor.execute("USE published")
        if deadline is not None:
            deadline.add(cursor)
        return cursor


class Deadline:
    """The end of one question: its cursors are interrupted then."""

    def __init__(self, seconds: float) -> None:
        self._lock = threading.Lock()
        self._cursors: list[Any] = []
        self.passed = False
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Deadline:
        _mine.deadline = self
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        _mine.deadline = None

    def add(self, cursor: Any) -> None:
        with self._lock:
            if self.passed:
                raise Problem("too-slow")
            self._cursors.append(cursor)

    def _end(self) -> None:
        with self._lock:
            self.passed = True
            for cursor in self._cursors:
                cursor.interrupt()


@functools.lru_cache(maxsize=2)
def _opened(path: Path, build_id: str, built_at: dt.datetime) -> Warehouse:
    return Warehouse(path, build_id, built_at, _Connection(path))  # type: ignore[arg-type]


_opening = threading.Lock()


def published(folder: Path) -> Warehouse:
    """The published build, for programs. Raises Problem where there is none."""
    try:
        shown = current_warehouse(folder)
    except NothingPublished as error:
        raise Problem("nothing-published") from error
    with _opening:
        return _opened(shown.path.resolve(), shown.build_id, shown.built_at)


def rows(w: Warehouse, sql: str, *parameters: Any) -> Iterator[dict[str, Any]]:
    """The rows of an answer, fetched in parts."""
    cursor = w.cursor().execute(sql, list(parameters))
    names = [column[0] for column in cursor.description]
    while part := cursor.fetchmany(PART):
        for row in part:
            yield dict(zip(names, row, strict=True))


def _be_modest() -> None:
    if hasattr(os, "setpriority"):  # threads have priorities of their own on Linux
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


class Desk:
    """The workers."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="api", initializer=_be_modest)
        self._seconds = seconds
        self._taken = 0

    async def do(self, work: Callable[[], Answer]) -> Answer:
        """The answer of a worker. Raises Problem where there are too many, or it takes too long."""
        if self._taken >= WORKERS + WAITING:
            raise Problem("busy")
        self._taken += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._limited, work)
        finally:
            self._taken -= 1

    def _limited(self, work: Callable[[], Answer]) -> Answer:
        with Deadline(self._seconds) as deadline:
            try:
                return work()
            except duckdb.InterruptException as error:
                raise Problem("too-slow") from error
            except duckdb.OutOfMemoryException as error:
                raise Problem("too-slow") from error
            except duckdb.Error:
                if deadline.passed:
                    raise Problem("too-slow") from None
                raise
