"""One of several processes behind one address (``ui/dispatch.py``): it serves what is handed over to it.

It also listens on a port of this machine that only it and its like know: there it reaches itself to draw a new build
ahead, and the others ask it for its figures.
"""

from __future__ import annotations

import asyncio
import functools
import os
import signal
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Message, Scope, Send
from streamlit.web import bootstrap
from streamlit.web.server.starlette import starlette_server

from ui.dispatch import Place, asked_for

_NEAR = "127.0.0.1"
_HTML = b"text/html"


class Worker(uvicorn.Server):
    """A server that also takes connections which another process accepted."""

    def __init__(self, config: uvicorn.Config, place: Place, port: int) -> None:
        super().__init__(config)
        self.place = place
        self.port = port
        self.taken = 0
        self._opening: set[asyncio.Task[None]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to take connections once Streamlit runs."""
        await super().startup(sockets=sockets)
        self.place.channel.setblocking(False)
        asyncio.get_running_loop().add_reader(self.place.channel, self._take)
        self._tell()

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second: tell how much there is to do."""
        self._tell()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more."""
        asyncio.get_running_loop().remove_reader(self.place.channel)
        self.place.board.write(self.place.number)
        await super().shutdown(sockets=sockets)

    def _tell(self) -> None:
        connections = len(self.server_state.connections)
        self.place.board.write(self.place.number, self.port, self.taken, connections)

    def _take(self) -> None:
        """Take one connection; where nobody is left to send any, end."""
        try:
            said, handles, _, _ = socket.recv_fds(self.place.channel, 1, 1)
        except BlockingIOError:
            return
        if not said:
            asyncio.get_running_loop().remove_reader(self.place.channel)
            os.kill(os.getpid(), signal.SIGTERM)
        for handle in handles:
            task = asyncio.ensure_future(self._open(socket.socket(fileno=handle)))
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _open(self, connection: socket.socket) -> None:
        """Speak HTTP on a connection, as on those that the server accepts itself."""
        loop = asyncio.get_running_loop()
        connection.setblocking(False)
        make: Callable[..., asyncio.Protocol] = self.config.http_protocol_class
        protocol = functools.partial(
            make,
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
            _loop=loop,
        )
        try:
            await loop.connect_accepted_socket(protocol, connection)
        except OSError:  # the visitor has gone
            connection.close()
        finally:
            self.taken += 1
            self._tell()


@dataclass(frozen=True)
class Here:
    """This process: its place among the others and its own port of this machine."""

    place: Place
    port: int


_here: list[Here] = []


def here() -> Here | None:
    """This process, where several serve; None where one serves alone."""
    return _here[0] if _here else None


def work(place: Place, app: ASGIApp, script: str, options: Mapping[str, Any]) -> None:
    """Serve as one of several until told to stop.

    ``script``: the file that was started; ``options``: settings of Streamlit's that are in force already.
    """
    bootstrap._prepare_asgi_app_run_context(script, [], dict(options))
    with socket.create_server((_NEAR, 0)) as listener:
        port = listener.getsockname()[1]
        _here.append(Here(place, port))
        config = uvicorn.Config(app, **starlette_server._get_uvicorn_config_kwargs())
        Worker(config, place, port).run(sockets=[listener])


def signed(scope: Scope, send: Send, place: Place) -> Send:
    """Answers that bring the visitor back here: a page or a session sets the cookie where it names another process."""
    head = b"\r\n".join(b"%s: %s" % pair for pair in scope["headers"])
    if asked_for(head, place.cookie) == place.number:
        return send
    cookie = f"{place.cookie}={place.number}; Path=/; HttpOnly; SameSite=Lax".encode()

    async def signing(message: Message) -> None:
        if message["type"] == "websocket.accept" or _is_page(message):
            message["headers"] = [*message.get("headers", ()), (b"set-cookie", cookie)]
        await send(message)

    return signing


def _is_page(message: Message) -> bool:
    return message["type"] == "http.response.start" and any(
        name.lower() == b"content-type" and value.startswith(_HTML)
        for name, value in message.get("headers", ())
    )
