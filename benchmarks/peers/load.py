"""Twenty readers at once, each of whom opens the dashboard and goes from model to model without a pause.

A view is what the server has to do for four charts: in Streamlit one run of the script, over the websocket, which sends
finished charts; in Superset the four requests for a chart's data that its page sends together.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets import Subprotocol
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.pages import Visitor

READERS = 20
VIEWS = 4

View = Callable[[int], Awaitable[None]]
"""Asks for the dashboard of the model with that number and returns when all of it has come."""
Opened = Callable[[], AbstractAsyncContextManager[View]]


class Unanswered(Exception):
    """A server answered with a fault."""


@dataclass
class Crowd:
    """What came out: seconds of each view, how many views a second, and the part of a core that asking took."""

    seconds: list[float] = field(default_factory=list)
    per_second: list[float] = field(default_factory=list)
    asking: list[float] = field(default_factory=list)

    def quantile(self, percent: int) -> float:
        return statistics.quantiles(self.seconds, n=100, method="inclusive")[percent - 1]


async def crowd(opened: Opened, models: int, out: Crowd) -> None:
    """Add one round: all readers have opened the dashboard when time starts to run."""
    async with AsyncExitStack() as stack:
        views = await asyncio.gather(*(stack.enter_async_context(opened()) for _ in range(READERS)))
        start, worked = time.perf_counter(), time.process_time()
        found = await asyncio.gather(*(read(view, n, models) for n, view in enumerate(views)))
        seconds = time.perf_counter() - start
        out.asking.append((time.process_time() - worked) / seconds)
    out.per_second.append(READERS * VIEWS / seconds)
    out.seconds += [second for one in found for second in one]


async def read(view: View, first: int, models: int) -> list[float]:
    """The seconds of each view of one reader, who begins with a model other than the next reader's."""
    seconds = []
    for n in range(VIEWS):
        start = time.perf_counter()
        await view((first + n) % models)
        seconds.append(time.perf_counter() - start)
    return seconds


@asynccontextmanager
async def session(url: str, url_path: str) -> AsyncIterator[tuple[Visitor, Choosing]]:
    """A session of Streamlit, opened and run once."""
    address = url.replace("http:", "ws:") + "/_stcore/stream"
    async with connect(address, subprotocols=[Subprotocol("streamlit")], max_size=None) as connection:
        choosing = Choosing(connection)
        visitor = Visitor(choosing, url_path)  # type: ignore[arg-type]  # it sends and receives, no more is asked
        await visitor.rerun()
        yield visitor, choosing


def by_address(url: str, addresses: tuple[str, ...]) -> Opened:
    """Readers of the dashboard: which model is in the address."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[View]:
        async with session(url, addresses[0]) as (visitor, _):

            async def view(model: int) -> None:
                visitor.url_path = addresses[model]
                await answered(visitor)

            yield view

    return opened


def by_list(url: str, models: tuple[str, ...]) -> Opened:
    """Readers of a plain script: which model is what its list says."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[View]:
        async with session(url, "") as (visitor, choosing):

            async def view(model: int) -> None:
                choosing.chosen = models[model]
                await answered(visitor)

            yield view

    return opened


async def answered(visitor: Visitor) -> None:
    await visitor.rerun()
    if visitor.faults:
        raise Unanswered("; ".join(visitor.faults))


@dataclass
class Choosing:
    """A connection that tells the script what its only list says."""

    connection: ClientConnection
    chosen: str = ""
    widget: str = ""

    async def send(self, raw: bytes) -> None:
        ask = BackMsg.FromString(raw)
        if self.chosen:
            ask.rerun_script.widget_states.widgets.add(id=self.widget, string_value=self.chosen)
        await self.connection.send(ask.SerializeToString())

    async def recv(self, decode: bool) -> bytes:
        raw = await self.connection.recv(decode=decode)
        assert isinstance(raw, bytes)
        if not self.widget:
            self.widget = ForwardMsg.FromString(raw).delta.new_element.selectbox.id
        return raw


def by_request(
    url: str, requests: dict[str, str], cookies: dict[str, str], models: tuple[str, ...]
) -> Opened:
    """Readers of Superset: its page's own requests, address -> body, with another model in them."""
    bodies = [
        {path: body.replace(models[0], model).encode() for path, body in requests.items()} for model in models
    ]
    head = {"Content-Type": "application/json", "Referer": url}

    @asynccontextmanager
    async def opened() -> AsyncIterator[View]:
        async with httpx.AsyncClient(
            base_url=url, cookies=cookies, headers=head, timeout=120, verify=False
        ) as client:

            async def view(model: int) -> None:
                posts = (posted(client, path, body) for path, body in bodies[model].items())
                for answer in await asyncio.gather(*posts):
                    has_rows(answer)

            yield view

    return opened


async def posted(client: httpx.AsyncClient, path: str, body: bytes) -> httpx.Response:
    """The answer; asked once more where the server closed a connection that had been idle, as browsers do."""
    try:
        return await client.post(path, content=body)
    except (httpx.ReadError, httpx.RemoteProtocolError):
        return await client.post(path, content=body)


def has_rows(answer: httpx.Response) -> None:
    found: Any = answer.json() if answer.is_success else {}
    if not found.get("result") or not all(one["rowcount"] for one in found["result"]):
        raise Unanswered(f"{answer.status_code} {answer.text[:300]}")
