"""Start the dashboard: `python serve.py`, or `streamlit run serve.py`.

PORT (8501) and HOST (127.0.0.1, this machine only) come from the environment. HOST=0.0.0.0 opens the dashboard
to the office's network; then as many processes serve as the machine has cores, four at most, or as PROCESSES says.

The folder `pages/` is why this file exists. Beside an entry script, a folder of that name wakes up Streamlit's old
multipage mode until `st.navigation` has run once: the first visitor after a restart whose address equals the file
name of a page would get that file alone, without language, filters or banner. `dashboard.py` cannot prevent this,
because it does not run in that case. Here the mode is switched off before the server takes a visitor.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import errno
import functools
import importlib.util
import os
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.runtime.pages_manager import PagesManager
from streamlit.web import bootstrap

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = "8501"
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
EVERY_ADDRESS = {"0.0.0.0", "::"}
UNUSABLE = 2
MOST_UNASKED = 4
"""Processes that serve where nobody said how many: each keeps its own views."""
M_ARENA_MAX = -8
"""How glibc's mallopt names the number of pools."""
EXPORTS = "/xuat/"
"""Where files that a reader had made wait to be fetched."""
LOOKED_AFTER = frozenset(("/healthz", "/readyz", "/metrics", "/_stcore/metrics"))
"""What those who look after the server ask."""
STATIC = ("/static/", "/app/static/")
WHOLE = importlib.util.find_spec("ui") is not None
"""Whether the project is here. Around another page, as benchmarks do it, Streamlit answers alone."""


class Unusable(Exception):
    """What was asked for cannot be served; the text says why, in both languages."""


def ignore_pages_folder() -> None:
    """Keep Streamlit from treating `pages/` as an application of its own."""
    PagesManager.uses_pages_directory = False


def keep_memory_together() -> None:
    """Let glibc share two pools of memory among all threads.

    Streamlit begins a thread for every run, and a pool for each of a dozen at once keeps what the others could use.
    """
    with contextlib.suppress(OSError, AttributeError):  # no glibc: nothing to set
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)


def port_from(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise Unusable(
            f"PORT={text!r} không phải là số cổng từ 1 đến 65535.\n"
            f"PORT={text!r} is not a port number from 1 to 65535."
        )
    return int(text)


def processes_from(text: str, host: str) -> int:
    """How many processes serve. Where nothing is said: one a core, four at most.

    Only one for this machine alone, and for one of several servers (REPLICA): their proxy sends many visitors' requests
    through one connection, which cannot go to two processes.
    """
    from ui import dispatch

    can = dispatch.available() and not has_certificate()
    if not text:
        few = host in LOOPBACK or "REPLICA" in os.environ or not can
        return 1 if few else min(cores(), MOST_UNASKED)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= dispatch.MOST):
        raise Unusable(
            f"PROCESSES={text!r} không phải là số tiến trình từ 1 đến {dispatch.MOST}.\n"
            f"PROCESSES={text!r} is not a number of processes from 1 to {dispatch.MOST}."
        )
    if int(text) > 1 and not can:
        raise Unusable(
            "Ở đây chỉ một tiến trình phục vụ được (Windows, hoặc có server.sslCertFile). Hãy bỏ PROCESSES.\n"
            "Only one process can serve here (Windows, or server.sslCertFile is set). Leave PROCESSES out."
        )
    return int(text)


def cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def has_certificate() -> bool:
    """Whether Streamlit itself is to speak TLS: then nobody else can see whose a connection is."""
    return bool(config.get_option("server.sslCertFile"))


def bound(host: str, port: int) -> socket.socket:
    """A socket at the address; raises Unusable where it cannot be taken."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        taken = socket.socket(family, kind, protocol)
        try:
            if os.name != "nt":
                taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(address)
            taken.listen(1)
        except OSError:
            taken.close()
            raise
    except OSError as error:
        raise Unusable(refusal(host, port, error)) from error
    return taken


def refusal(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else port - 1
        return (
            f"Cổng {port} đang được một chương trình khác sử dụng. "
            f"Hãy dừng chương trình đó hoặc chọn cổng khác: make run PORT={other}\n"
            f"Port {port} is in use by another program. "
            f"Stop that program or choose another port: make run PORT={other}"
        )
    return (
        f"Không mở được {host}:{port} ({error.strerror}). Hãy kiểm tra HOST và PORT.\n"
        f"Cannot listen on {host}:{port} ({error.strerror}). Check HOST and PORT."
    )


@asynccontextmanager
async def announce(_: st.App) -> AsyncIterator[None]:
    """Begin to log and count, and print where the dashboard is, once it is there. A log of JSON lines holds nothing else."""
    if WHOLE:
        await asyncio.to_thread(watch)
    if not among_others():
        tell(config.get_option("server.address") or "localhost", config.get_option("server.port"))
    yield


def tell(host: str, port: int) -> None:
    """Print where the dashboard is."""
    if os.environ.get("LOG_FORMAT") != "json":
        shown = "localhost" if host in EVERY_ADDRESS else f"[{host}]" if ":" in host else host
        print(f"Bảng điều khiển đang chạy · The dashboard is running: http://{shown}:{port}", flush=True)
        print("Dừng bằng Ctrl+C · Stop with Ctrl+C", flush=True)


@functools.cache
def interface() -> ASGIApp:
    """The interface to other programs; loaded when the first of them asks, so that the screens start sooner."""
    from api.app import interface as made
    from ui.context import warehouse_folder

    return made(warehouse_folder)


class Front:
    """What comes before Streamlit: other programs (/api/…), exports that wait (/xuat/…), health and figures, static files.

    Routes would come after Streamlit's own checks, which answer in plain text, and after its packing, which makes all
    sessions wait; programs get problem documents, and their answers are packed by the interface's own workers.

    Where REPLICA names this server among several, each answer carries the name, so that a proxy can lead a visitor back.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        from ui import worker

        self.replica = os.environ.get("REPLICA", "").encode("ascii", "ignore")
        self.signed, self.here = worker.signed, worker.here()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.here is not None and scope["type"] in ("http", "websocket"):
            send = self.signed(scope, send, self.here.place)
        if self.replica and scope["type"] in ("http", "websocket"):
            send = signed(send, self.replica)
        answer = await self.answering(scope) if scope["type"] == "http" else None
        await (answer or self.app)(scope, receive, send)

    async def answering(self, scope: Scope) -> ASGIApp | None:
        """Who answers a request instead of Streamlit; None where Streamlit does."""
        path: str = scope["path"]
        if f"{path}/".startswith("/api/"):
            return await asyncio.to_thread(interface)
        if path.startswith(EXPORTS):
            from ui import downloads

            return downloads.send
        if path in LOOKED_AFTER:
            from ui import health

            return health.send if health.answers(path) else None
        if path.startswith(STATIC) and scope["method"] in ("GET", "HEAD"):
            return await static_file(scope)
        return None


async def static_file(scope: Scope) -> ASGIApp | None:
    """Who sends a static file; None where it is not there, or where only a part of it is wanted."""
    from ui import static_files

    if any(name == b"range" for name, _ in scope["headers"]):
        return None
    file = await asyncio.to_thread(static_files.found, scope["path"])
    return None if file is None else functools.partial(static_files.send, file=file)


def signed(send: Send, replica: bytes) -> Send:
    """Answers with the name of the server that gave them."""

    async def signing(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.accept"):
            message["headers"] = [*message.get("headers", ()), (b"x-replica", replica)]
        await send(message)

    return signing


def own_address() -> str:
    """Where this server reaches itself."""
    from ui import worker

    host, base = config.get_option("server.address") or "", config.get_option("server.baseUrlPath").strip("/")
    here = worker.here()
    if here is not None:
        return f"ws://{DEFAULT_HOST}:{here.port}/{base}".rstrip("/")
    near = DEFAULT_HOST if not host or host in EVERY_ADDRESS else f"[{host}]" if ":" in host else host
    return f"ws://{near}:{config.get_option('server.port')}/{base}".rstrip("/")


def watch() -> None:
    """Begin to log, to look for new builds, to collect garbage between runs, and to count where METRICS=1 is set."""
    from ui import garbage, health, logs, runs, warming, worker
    from ui.context import warehouse_folder

    logs.set_up()
    if health.wants_metrics():
        from ui import telemetry

        telemetry.start(warehouse_folder)
    garbage.start()
    runs.watch()
    here = worker.here()
    warming.start(warehouse_folder, own_address(), 1 if here is None else here.place.board.workers)


ignore_pages_folder()
keep_memory_together()
app = st.App(
    Path(__file__).resolve().with_name("dashboard.py"),
    lifespan=announce,
    middleware=[Middleware(Front)] if WHOLE else [],
)


def among_others() -> bool:
    """Whether this is one of several processes."""
    if not WHOLE:
        return False
    from ui import worker

    return worker.here() is not None


def serve_with_several(listener: socket.socket, options: Mapping[str, Any], processes: int) -> int:
    """Serve with several processes behind one address; the exit code."""
    from ui import dispatch, logs, worker

    def work(place: dispatch.Place) -> None:
        worker.work(place, app, __file__, options)

    logs.set_up()
    told = functools.partial(tell, options["server.address"], options["server.port"])
    with tempfile.TemporaryDirectory(prefix="exports-") as folder:
        os.environ.setdefault("EXPORTS_DIR", folder)  # a file that one process made is there for all
        return dispatch.serve(listener, processes, work, told)


def main() -> int:
    host = os.environ.get("HOST") or DEFAULT_HOST
    try:
        port = port_from(os.environ.get("PORT") or DEFAULT_PORT)
        listener = bound(host, port)
        options = {"server.address": host, "server.port": port}
        bootstrap.load_config_options(options)
        processes = processes_from(os.environ.get("PROCESSES", ""), host) if WHOLE else 1
    except Unusable as problem:
        print(problem, file=sys.stderr)
        return UNUSABLE
    with listener:
        if processes > 1:
            return serve_with_several(listener, options, processes)
    app.run(config=options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
