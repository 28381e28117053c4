"""Routes for those who look after the server: ``/healthz``, ``/readyz``, ``/metrics``.

``/healthz`` answers while the process does. ``/readyz`` answers 200 where the published build opens and answers a
question, 503 with the reason otherwise. ``/metrics`` is there where METRICS=1 is set; a proxy must not pass it on. Where several
processes serve, any of them answers for all.
"""

from __future__ import annotations

import asyncio
import logging
import os

from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from queries.warehouse import NothingPublished, answering
from ui import worker
from ui.context import warehouse_folder

_log = logging.getLogger(__name__)
SECONDS = 5.0
"""After so long without an answer from the build the server is not ready."""
ALONE = b"alone"
"""The query with which one of several processes asks another for its own figures only."""
_FRESH = {"Cache-Control": "no-store"}


def wants_metrics() -> bool:
    """Whether METRICS=1 is set."""
    return os.environ.get("METRICS", "") == "1"


def answers(path: str) -> bool:
    """Whether a request for this path is answered here. Streamlit's own figures come under the same setting as ours."""
    return not (path == "/_stcore/metrics" and wants_metrics())


async def send(scope: Scope, receive: Receive, send_on: Send) -> None:
    """Answer a request for one of the paths (ASGI)."""
    if scope["method"] not in ("GET", "HEAD"):
        answer: Response = PlainTextResponse("GET\n", status_code=405, headers={"Allow": "GET, HEAD"})
    elif scope["path"] == "/healthz":
        answer = PlainTextResponse("ok\n", headers=_FRESH)
    elif scope["path"] == "/readyz":
        answer = await _ready()
    else:
        answer = await _metrics(alone=scope.get("query_string") == ALONE)
    await answer(scope, receive, send_on)


async def _ready() -> Response:
    try:
        build_id = await asyncio.wait_for(asyncio.to_thread(answering, warehouse_folder()), SECONDS)
    except NothingPublished:
        return _unready("Chưa có bản số liệu nào được công bố.", "Nothing is published yet.")
    except TimeoutError:
        return _unready("Bản số liệu không trả lời.", "The published build does not answer.")
    except Exception:  # whatever the engine says of a file that it cannot read
        _log.exception("The published build cannot be read")
        return _unready("Không đọc được bản số liệu đã công bố.", "The published build cannot be read.")
    return PlainTextResponse(f"ok {build_id}\n", headers=_FRESH)


def _unready(vi: str, en: str) -> Response:
    return PlainTextResponse(f"{vi}\n{en}\n", status_code=503, headers=_FRESH)


async def _metrics(alone: bool) -> Response:
    if not wants_metrics():
        return PlainTextResponse("METRICS=1\n", status_code=404, headers=_FRESH)
    from ui import telemetry

    here = worker.here()
    if alone or here is None:
        text = await asyncio.to_thread(telemetry.text)
    else:
        text = await asyncio.to_thread(telemetry.of_all, here.place.board.ports(), ALONE.decode())
    return Response(text, media_type=telemetry.CONTENT_TYPE, headers=_FRESH)
