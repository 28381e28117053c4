"""Readers behind a proxy, as browsers behave: cookies, a session, and a new connection where the old one broke."""

from __future__ import annotations

import asyncio
import http.cookies
import re
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets import Subprotocol
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from benchmarks.pages import Visitor
from tests.deploy.proxied import UNSAFE

QUERY = "lang=en&status=real"
BUILD = re.compile(r"\bb[0-9a-f]{12}\b")
RECONNECT_SECONDS = 20


@dataclass
class Looking(Visitor):
    """A visitor that reads what is on the screen."""

    session: str = ""
    build: str = ""
    chosen: dict[str, str] = field(default_factory=dict)

    def note(self, kind: str | None, message: ForwardMsg) -> None:
        super().note(kind, message)
        if kind == "new_session":
            self.session = message.new_session.initialize.session_id
        if kind != "delta":
            return
        element = message.delta.new_element
        what = element.WhichOneof("type")
        if what == "markdown" and (found := BUILD.search(element.markdown.body)):
            self.build = found[0]
        if what == "selectbox" and element.selectbox.set_value:
            self.chosen[element.selectbox.label] = element.selectbox.raw_value


@dataclass
class Reader:
    """One reader at one page, whose browser keeps a cookie and knows its session."""

    url: str
    page: str
    cookie: str = "replica"
    """The name of the cookie that says who has the session."""
    cookies: dict[str, str] = field(default_factory=dict)
    looking: Looking | None = None
    sessions: list[str] = field(default_factory=list)
    replicas: list[str] = field(default_factory=list)
    builds: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    runs: int = 0
    slowest: float = 0.0

    @property
    def replica(self) -> str:
        """The replica that the cookie names."""
        return self.cookies.get(self.cookie, "")

    async def read(self, stop: asyncio.Event, think: float) -> None:
        """Look, think, look again; connect again where the connection broke, as Streamlit's page does."""
        while not stop.is_set():
            try:
                async with await self._connect() as connection:
                    await self._look(connection, stop, think)
            except (WebSocketException, OSError, EOFError):
                self.looking = None

    async def _look(self, connection: ClientConnection, stop: asyncio.Event, think: float) -> None:
        looking = Looking(connection, f"{self.page}?{QUERY}")
        while not stop.is_set():
            self.slowest = max(self.slowest, await asyncio.wait_for(looking.rerun(), 60))
            self.runs += 1
            self.looking = looking
            self.faults += looking.faults
            looking.faults.clear()
            self._note(self.sessions, looking.session)
            self._note(self.builds, looking.build)
            await asyncio.sleep(think)

    @staticmethod
    def _note(seen: list[str], now: str) -> None:
        if now and (not seen or seen[-1] != now):
            seen.append(now)

    async def _connect(self) -> ClientConnection:
        """Ask whether the server is there, then open a session, with the number of the old one."""
        until = time.monotonic() + RECONNECT_SECONDS
        while True:
            try:
                await self.get("/_stcore/health")
                self._note(self.replicas, self.replica)
                old = [Subprotocol("none"), Subprotocol(self.sessions[-1])] if self.sessions else []
                connection = await connect(
                    self.url.replace("http", "ws", 1) + "/_stcore/stream",
                    subprotocols=[Subprotocol("streamlit"), *old],
                    additional_headers={"Cookie": self._cookie()},
                    ssl=UNSAFE if self.url.startswith("https") else None,
                    max_size=None,
                )
                assert connection.response is not None
                self._keep(connection.response.headers.get_all("Set-Cookie"))
                self._note(self.replicas, self.replica)
                return connection
            except (httpx.HTTPError, InvalidHandshake, OSError):
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(0.1)

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    async def get(self, path: str) -> httpx.Response:
        """Ask for a path with the cookies, and keep those that come back. Raises where the answer is an error."""
        async with httpx.AsyncClient(verify=UNSAFE) as client:
            answer = await client.get(self.url + path, headers={"Cookie": self._cookie()}, timeout=30)
        self._keep(answer.headers.get_list("set-cookie"))
        answer.raise_for_status()
        return answer

    def _keep(self, lines: list[str]) -> None:
        """Cookies of an answer, that to a websocket's handshake included: its replica is where the session is."""
        for line in lines:
            for name, morsel in http.cookies.SimpleCookie(line).items():
                self.cookies[name] = morsel.value


@dataclass
class Asker:
    """A stranger without cookies who asks for one address after the other; ``failed`` holds what was no 200."""

    url: str
    paths: tuple[str, ...]
    asked: int = 0
    failed: list[str] = field(default_factory=list)

    async def ask(self, stop: asyncio.Event, think: float) -> None:
        """Ask until it is over."""
        async with httpx.AsyncClient(verify=UNSAFE, timeout=30) as client:
            while not stop.is_set():
                for path in self.paths:
                    self.asked += 1
                    await self._once(client, path)
                await asyncio.sleep(think)

    async def _once(self, client: httpx.AsyncClient, path: str) -> None:
        try:
            answer = await client.get(self.url + path)
        except httpx.HTTPError as error:
            self.failed.append(f"{path}: {error!r}")
            return
        if answer.status_code != 200:
            self.failed.append(f"{path}: {answer.status_code}")


def host_and_port(url: str) -> str:
    """What stands in nginx's configuration for the server at an address."""
    return urlsplit(url).netloc


async def wait_until(true: Any, seconds: float) -> bool:
    """Whether something comes true in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return True
        await asyncio.sleep(0.1)
    return bool(true())
