"""A new build is shown once the views that readers look at have been drawn with it.

Panels and small answers are kept by build, so the first reader of each view after a new build would wait for all of it,
and everybody at once where many are there. ``start`` begins a thread that looks at the pointer; where it names another
build, the thread opens a session of its own with this very server, runs the views that were asked for most of late, and
only then does everybody see the new build (``shown``). Its session is known by a word in its request that nobody else has.
Where few readers are there, they see the new build at once: whoever has just published wants to look at it.
Without ``start``, as in tests of pages, every run takes the newest build.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import streamlit as st
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx
from websockets import Subprotocol
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from queries.warehouse import NothingPublished, Warehouse, current_warehouse
from ui import garbage

LOOK_SECONDS = 1.0
"""How often the thread looks at the pointer."""
VIEWS, LAST = 24, 400
"""How many views are drawn before a new build is shown: those asked for most among so many runs."""
PATIENCE = 30.0
"""Seconds after which a new build is shown whatever has been drawn."""
CROWD, CROWD_SECONDS = 10, 60.0
"""From how many readers of all processes within so many seconds on; fewer see a new build at once."""
OWN = "X-Warming"
UNTOUCHED = frozenset(("nop-so-lieu", "trinh-chieu"))
"""Pages that are not drawn ahead: what a person may do, and a show that renews itself."""
QUESTION = "q"
"""How an address names a question of a reader's own, which nobody asks ahead."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Asked:
    """A view as its address has it."""

    page: str
    query: str
    dark: bool


@dataclass
class _State:
    """What this process shows, and what is being drawn. ``warehouse`` is None until something is published."""

    word: str = field(default_factory=lambda: secrets.token_hex(16))
    warehouse: Warehouse | None = None
    coming: Warehouse | None = None
    asked: deque[Asked] = field(default_factory=lambda: deque(maxlen=LAST))
    seen: OrderedDict[str, float] = field(default_factory=OrderedDict)
    counting: threading.Lock = field(default_factory=threading.Lock)
    running: bool = False
    crowd: int = CROWD


_state = _State()


def shown(folder: Path) -> Warehouse:
    """The build for this run; raises NothingPublished."""
    if not _state.running:
        return current_warehouse(folder)
    if st.context.headers.get(OWN) == _state.word:
        return _state.coming or current_warehouse(folder)
    if not _crowded():
        _state.warehouse = current_warehouse(folder)
        return _state.warehouse
    page = urlsplit(st.context.url or "").path.rpartition("/")[2]
    if page not in UNTOUCHED and QUESTION not in st.query_params:
        query = urlencode(st.query_params.to_dict())
        _state.asked.append(Asked(page, query, st.context.theme.type == "dark"))
    return _state.warehouse or current_warehouse(folder)


def _crowded() -> bool:
    """Whether enough readers are there for drawing ahead to be worth a wait of some seconds."""
    context, now = get_script_run_ctx(), time.monotonic()
    with _state.counting:
        if context is not None:
            _state.seen[context.session_id] = now
            _state.seen.move_to_end(context.session_id)
        while _state.seen and next(iter(_state.seen.values())) < now - CROWD_SECONDS:
            _state.seen.popitem(last=False)
        return len(_state.seen) >= _state.crowd


def start(folder: Callable[[], Path], address: str, processes: int = 1) -> None:
    """Begin to look at the pointer. ``address`` is this process's, ``ws://…``; so many share the readers. Called once each."""
    _state.running = True
    _state.crowd = -(-CROWD // processes)
    threading.Thread(target=_follow, args=(folder, address), name="warming", daemon=True).start()


def _follow(folder: Callable[[], Path], address: str) -> None:
    while True:
        try:
            _state.coming = current_warehouse(folder())
            if _state.warehouse is not None and _state.coming is not _state.warehouse:
                garbage.collector.collect()  # now, and not when the build is seen for the first time
                _draw(address)
            _state.warehouse = _state.coming
        except NothingPublished:
            _state.warehouse = None
        except Exception:  # whatever it is, runs take the newest build and tell of it themselves
            _log.exception("A new build could not be drawn ahead")
            _state.warehouse = None
        time.sleep(LOOK_SECONDS)


def _draw(address: str) -> None:
    """Run what was asked for most, in a session that sees the newest build."""
    until = time.monotonic() + PATIENCE
    views = [view for view, _ in Counter(_state.asked.copy()).most_common(VIEWS)]
    try:
        with connect(
            f"{address}/_stcore/stream", subprotocols=[Subprotocol("streamlit")], max_size=None,
            additional_headers={OWN: _state.word}, open_timeout=PATIENCE,
        ) as session:  # fmt: skip
            for view in views:
                _run(session, view, until)
    except (OSError, EOFError, WebSocketException) as error:
        _log.warning("A new build is shown before all its views were drawn: %r", error)


def _run(session: ClientConnection, view: Asked, until: float) -> None:
    ask = BackMsg()
    ask.rerun_script.page_name = view.page
    ask.rerun_script.query_string = view.query
    ask.rerun_script.context_info.url = f"http://localhost/{view.page}"
    ask.rerun_script.context_info.color_scheme = "dark" if view.dark else "light"
    session.send(ask.SerializeToString())
    while True:
        message = ForwardMsg.FromString(session.recv(timeout=max(until - time.monotonic(), 0), decode=False))
        if (
            message.WhichOneof("type") == "script_finished"
            and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        ):
            return
