"""The interface on a loopback port, as programs reach it, over each of the warehouses."""

from __future__ import annotations

import gzip
import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from api.app import interface
from api.desk import Desk
from tests.serving import free_port


@dataclass(frozen=True)
class Answered:
    """What a program got."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        packed = self.headers.get("Content-Encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass(frozen=True)
class Programs:
    """A program's view of a server."""

    port: int

    def __call__(self, path: str, method: str = "GET", **headers: str) -> Answered:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, headers=sent)
            got = connection.getresponse()
            return Answered(got.status, got.headers, got.read())
        finally:
            connection.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


Serve = Callable[..., Programs]


@pytest.fixture(scope="session")
def serve_api() -> Iterator[Serve]:
    """`serve_api(folder)` gives the interface over that folder, on a port of its own."""
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def serve(folder: Path, seconds: float = 8.0) -> Programs:
        port = free_port()
        app = interface(lambda: folder, Desk(seconds))
        server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        until = time.monotonic() + 20
        while not server.started and time.monotonic() < until:
            time.sleep(0.01)
        running.append((server, thread))
        return Programs(port)

    yield serve
    for server, thread in running:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def ask(serve_api: Serve, warehouse_full: Path) -> Programs:
    """The interface over all figures that come with the project."""
    return serve_api(warehouse_full)
