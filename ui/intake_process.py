"""The command line for office files, started as a child of this process: bounded, without a shell, ended with its page.

The screens may not load what reads files. A file from outside is read in a process of its own, so that one that eats
memory or never ends takes nothing else with it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ui import roles
from ui.context import ROOT, warehouse_folder
from ui.roles import Action

_log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "etl")
"""What is started; a test may name another program."""
MEMORY = 1_536 * 2**20
"""Bytes of memory that a child may fill; it is looked at every STEP and ended beyond."""
ADDRESSES = 4 * 2**30
"""Bytes of address space that a child may reserve, which the system holds it to. DuckDB reserves over 2 GiB for the
smallest file and fills a tenth of it, so this is only the wall behind the first limit."""
SECONDS = 240
"""After so many seconds a child is ended."""
LARGEST_ANSWER = 64 * 2**20
STEP = 0.2
"""Seconds between two looks at a child."""
_LAUNCH = (
    "import os, resource, sys; limit = int(sys.argv[1]);"
    "resource.setrlimit(resource.RLIMIT_AS, (limit, limit));"
    "os.execv(sys.argv[2], sys.argv[2:])"
)
_SETTINGS = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "PYTHONIOENCODING": "utf-8",
}
"""Libraries that would reserve address space for each processor do with one."""
_MEMORY_SIGNS = (
    "memoryerror",
    "outofmemory",
    "out of memory",
    "bad_alloc",
    "allocate memory",
    "allocation fail",
)

Why = Literal["time", "memory", "broken", "said"]
Tick = Callable[[float], None]
Answer = dict[str, Any]
Names = Sequence[tuple[Path, str]]
"""Files as they lie in the private folder, each with the name that its sender gave it."""


class Failed(Exception):
    """The child gave no answer that can be used. ``words`` are its own, in both languages, where it gave a reason."""

    def __init__(self, why: Why, words: dict[str, str] | None = None) -> None:
        super().__init__(why)
        self.why, self.words = why, words or {}


@dataclass(frozen=True)
class Limits:
    """How much a child may take."""

    seconds: float = SECONDS
    memory: int = MEMORY
    addresses: int = ADDRESSES


PUBLISHING = Limits(seconds=900, memory=3 * 2**30, addresses=8 * 2**30)
"""Publishing builds the whole warehouse, from files that were read within the other limits before."""


def data_options() -> tuple[str, ...]:
    """Where the child finds and publishes what this server shows; the setting DATA_DIR names another data folder."""
    data = os.environ.get("DATA_DIR")
    return (*(("--data", data) if data else ()), "--out", str(warehouse_folder()))


def _environment() -> dict[str, str]:
    """That of the server without its sign-in secrets."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    return {**kept, **_SETTINGS}


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a child with everything that it started."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def run(
    arguments: Sequence[str],
    *,
    command: Sequence[str] = COMMAND,
    limits: Limits | None = None,
    tick: Tick | None = None,
) -> Answer:
    """Run one command with ``--json`` and read its answer. Exit codes 0 and 1 are answers.

    ``tick`` is told the seconds that have passed; whatever it raises ends the child, which is how a page that is left or
    a button that is pressed meanwhile cancels. Raises Failed.
    """
    bounds = limits or Limits()
    full = [sys.executable, "-c", _LAUNCH, str(bounds.addresses), *command, *arguments, "--json"]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            full,
            cwd=ROOT,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=complaints,
            start_new_session=True,
        )
        try:
            _wait(process, bounds, tick)
        finally:
            _end(process)
        out.seek(0)
        complaints.seek(0)
        return _answer(process.returncode, out.read(LARGEST_ANSWER + 1), complaints.read(LARGEST_ANSWER))


def _wait(process: subprocess.Popen[bytes], limits: Limits, tick: Tick | None) -> None:
    began = time.monotonic()
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STEP)
            return
        passed = time.monotonic() - began
        if filled(process.pid) > limits.memory:
            raise Failed("memory")
        if passed > limits.seconds:
            raise Failed("time")
        if tick:
            tick(passed)


def filled(pid: int) -> int:
    """Bytes of memory that a process fills; 0 where it is gone or the system does not tell."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _answer(code: int, out: bytes, complaints: bytes) -> Answer:
    told = _object(out)
    error = told.get("error") if told else None
    if isinstance(error, dict):
        raise Failed("said", {lang: str(error.get(lang, "")) for lang in ("vi", "en")})
    if told is not None and code in (0, 1, 2):
        return told
    text = complaints.decode("utf-8", "replace")
    if code == -signal.SIGKILL or any(sign in text.lower() for sign in _MEMORY_SIGNS):
        raise Failed("memory")
    _log.error("The command for office files ended with %s:\n%s", code, text[-4000:])
    raise Failed("broken")


def _object(out: bytes) -> Answer | None:
    if len(out) > LARGEST_ANSWER:
        return None
    try:
        found = json.loads(out)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _named(files: Names) -> list[str]:
    """Files and their senders' names as arguments. A name is only ever the value of ``--name=``."""
    return [*(str(path) for path, _ in files), *(f"--name={name}" for _, name in files)]


def _asked(action: Action, arguments: Sequence[str], **how: Any) -> Answer:
    """Something that changes nothing, for somebody who may ask for it."""
    roles.require(action)
    return run([*arguments, *data_options()], **how)


def _act(
    action: Literal["submit", "undo"], arguments: Sequence[str], units: Collection[str] | None, **how: Any
) -> Answer:
    """Something that publishes. The only place that starts it, and the gate stands right before."""
    person = roles.require(action, units)
    signed = [f"--by={person.by}", f"--role={person.role}"]
    return run([action, *arguments, *signed, *data_options()], limits=PUBLISHING, **how)


def preview(files: Names, *, accept_rows: bool = False, **how: Any) -> Answer:
    """What the files say and what publishing them would change.

    ``accept_rows``: of files with errors, count the rows that are right.
    """
    return _asked("preview", ["preview", *_named(files), *_rows_option(accept_rows)], **how)


def _rows_option(accept_rows: bool) -> list[str]:
    return ["--accept-rows"] if accept_rows else []


def submit(
    files: Names,
    units: Collection[str] | None,
    *,
    only_clean: bool,
    accept_rows: bool = False,
    note: str = "",
    **how: Any,
) -> Answer:
    """Publish files. ``units`` are all units whose rows they change, by key; None where not all are known.

    One file with errors holds all of them back, unless ``only_clean`` leaves it out or ``accept_rows`` takes its right rows.
    """
    if accept_rows:
        roles.require("accept_rows")
    options = [*(["--only-clean"] if only_clean else []), *_rows_option(accept_rows)]
    noted = [f"--note={note}"] if note else []
    return _act("submit", [*_named(files), *options, *noted], units, **how)


def undo(receipt: str, note: str = "", **how: Any) -> Answer:
    """Take back what a receipt stands for."""
    return _act("undo", [receipt, *([f"--note={note}"] if note else [])], (), **how)


def history(**how: Any) -> Answer:
    """What was sent, refused and taken back, newest first."""
    return _asked("history", ["history"], **how)


def versions(table: str, unit: str, period: str, **how: Any) -> Answer:
    """Every version of a unit's rows for a period."""
    asked = ["versions", f"--table={table}", f"--unit={unit}", f"--period={period}"]
    return _asked("versions", asked, **how)


def reporters(period: str, **how: Any) -> Answer:
    """What each unit has sent for a period, and how many errors it had."""
    return _asked("reporters", ["reporters", *([f"--period={period}"] if period else [])], **how)


def templates(table: str, unit: str, period: str, to: Path, lang: str, **how: Any) -> Answer:
    """Write blank forms: for one unit into the folder ``to``; for all wards, where no unit is named, into a zip."""
    units = [f"--unit={unit}"] if unit else []
    asked = [f"--table={table}", *units, f"--period={period}", f"--to={to}", f"--lang={lang}"]
    return _asked("templates", ["templates", *asked], **how)


def reply(files: Names, folder: Path, lang: str, **how: Any) -> Answer:
    """Write, for each file, a copy that says what is to be mended."""
    return _asked("reply", ["reply", *_named(files), f"--to={folder}", f"--lang={lang}"], **how)
