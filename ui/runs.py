"""What the server is doing in this thread: which page runs, for which session, and how long each run took.

Streamlit tells nobody when a run of a script begins and ends, so its own function around a run is wrapped, once, by
``serve.py``. A run of a part alone (``st.fragment``) passes through the same function.
"""

from __future__ import annotations

import hashlib
import importlib
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from streamlit.runtime.scriptrunner import get_script_run_ctx

_log = logging.getLogger(__name__)
_SALT = secrets.token_bytes(16)
_MODULE, _FUNCTION = "streamlit.runtime.scriptrunner.script_runner", "exec_func_with_error_handling"
NO_PAGE = "-"
"""Where no page was reached, because of an error before."""
HOME = "/"
"""The page that has no path of its own; an address that does not exist shows it too."""


@dataclass(frozen=True)
class Run:
    """One run of the script. ``seconds`` are the script's own, without sending; ``failed`` where an error came through."""

    page: str
    part: Literal["page", "fragment"]
    seconds: float
    failed: bool


@dataclass(frozen=True)
class Where:
    """What a line in the log is about. ``session`` is a digest that means nothing outside this process."""

    page: str
    session: str
    build: str | None


Told = Callable[[Run], None]
told_of_runs: list[Told] = []
"""Who wants to know of each run; called in its thread."""


def where() -> Where | None:
    """The run that this thread belongs to, None outside of runs."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:
        return None
    session = hashlib.blake2s(context.session_id.encode(), key=_SALT, digest_size=6).hexdigest()
    return Where(_page(context), session, _build(context))


def _page(context: Any) -> str:
    pages = context.pages_manager.get_pages()
    page = pages.get(context.page_script_hash)
    return NO_PAGE if page is None else page.get("url_pathname") or HOME


def _build(context: Any) -> str | None:
    state = context.session_state
    return state["_view"].build_id if "_view" in state else None


def watch() -> None:
    """Begin to tell of runs. Called once a process, before the first visitor."""
    module = importlib.import_module(_MODULE)
    original = getattr(module, _FUNCTION)

    def timed(function: Callable[[], Any], context: Any) -> Any:
        start = time.perf_counter()
        outcome = original(function, context)
        seconds = time.perf_counter() - start
        part: Literal["page", "fragment"] = "fragment" if context.fragment_ids_this_run else "page"
        _tell(Run(_page(context), part, seconds, failed=not outcome[1]))
        return outcome

    setattr(module, _FUNCTION, timed)


def _tell(run: Run) -> None:
    for told in told_of_runs:
        try:
            told(run)
        except Exception:  # who counts must not break what is counted
            _log.exception("A run could not be told of")
