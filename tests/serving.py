"""Starting the dashboard for a test or a measurement, and asking it for a screen without a browser."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets import Subprotocol
from websockets.sync.client import connect

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
Answer = TypeVar("Answer")


def finished(work: Coroutine[Any, Any, Answer]) -> Answer:
    """What a coroutine returns, run in a thread of its own: in this one the browser's loop may be running."""
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, work).result()


@dataclass
class Server:
    """A running dashboard."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]

    def text(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_server(folder: Path, log: Path, **environment: str) -> Server:
    """Start the serve.py of a folder on a free port of this machine and wait until it answers."""
    for _ in range(3):  # another program may take the port in between
        port = free_port()
        own = {"PYTHONUNBUFFERED": "1", "HOST": "127.0.0.1", "PORT": str(port), **environment}
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "serve.py"],
                cwd=folder,
                env={**os.environ, **own},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        server = Server(f"http://127.0.0.1:{port}", log, process)
        if healthy(server):
            return server
        server.stop()
    raise RuntimeError(f"serve.py did not start:\n{server.text()}")


def healthy(server: Server) -> bool:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False


def visit(server: Server, url_path: str = "", query: str = "") -> list[ForwardMsg]:
    """Everything the server sends to a new visitor of that address until the script has run."""
    ask = BackMsg()
    ask.rerun_script.page_name = url_path
    ask.rerun_script.query_string = query
    address = server.url.replace("http:", "ws:") + "/_stcore/stream"
    got: list[ForwardMsg] = []
    with connect(address, subprotocols=[Subprotocol("streamlit")], max_size=None) as connection:
        connection.send(ask.SerializeToString())
        while not got or got[-1].WhichOneof("type") != "script_finished":
            got.append(ForwardMsg.FromString(connection.recv(timeout=60)))
    return got
