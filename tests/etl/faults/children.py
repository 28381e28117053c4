"""Work done in processes that are killed, starved or run side by side. They are forked from one process that has
imported everything, so that starting one takes milliseconds and an instant falls into the work itself."""

from __future__ import annotations

import contextlib
import io
import json
import multiprocessing
import multiprocessing.context
import os
import resource
import time
from pathlib import Path
from typing import Any

from etl.__main__ import main
from etl.intake.preview import preview  # noqa: F401 (imported before forking)
from queries.warehouse import current_warehouse
from tests.etl.intake.handing_in import Desk

WHOLE = os.environ.get("FAULTS") == "all"
"""Whether the whole round runs; a short one otherwise."""


def forking() -> multiprocessing.context.ForkServerContext:
    """Processes forked from one that has imported this module."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.etl.faults.children"])
    return context


def command(desk: Desk, words: tuple[str, ...]) -> tuple[int, dict[str, Any]]:
    """Exit code and answer of a command."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = main([*words, "--json", "--data", str(desk.data), "--out", str(desk.out)])
    return code, json.loads(out.getvalue())


def run_and_tell(desk: Desk, words: tuple[str, ...], told: Path) -> None:
    """Run a command and write its answer to ``told`` in one step."""
    code, answer = command(desk, words)
    part = told.with_suffix(".part")
    part.write_text(json.dumps([code, answer]), encoding="utf-8")
    part.replace(told)


def run_starved(desk: Desk, words: tuple[str, ...], told: Path, limit: int, size: int) -> None:
    """The same with a limit of the system (``resource.RLIMIT_…``)."""
    told.touch()
    with told.open("r+", encoding="utf-8") as stream:
        soft = resource.getrlimit(limit)
        resource.setrlimit(limit, (size, soft[1]))
        code, answer = command(desk, words)
        resource.setrlimit(limit, soft)
        stream.write(json.dumps([code, answer, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))


def read_until(desk: Desk, stop: Path, told: Path) -> None:
    """Read the published build as the screens do until ``stop`` is there; tell what was seen and what failed."""
    seen: set[tuple[str, tuple[float, ...]]] = set()
    failed: list[str] = []
    reads = 0
    while not stop.exists():
        try:
            opened = current_warehouse(desk.out)
            said = opened.rows("SELECT build_id FROM build")[0]["build_id"]
            figures = opened.rows(
                "SELECT DISTINCT value FROM observation WHERE status = 'reported'"
                " AND indicator_id = 'model.family.recognised' ORDER BY 1"
            )
            if said != opened.build_id:
                failed.append(f"{opened.build_id} says {said}")
            seen.add((opened.build_id, tuple(row["value"] for row in figures)))
            reads += 1
        except Exception as error:  # whatever it is, the test is to name it
            failed.append(repr(error))
        time.sleep(0.02)
    told.write_text(json.dumps([reads, sorted(seen), failed]), encoding="utf-8")
