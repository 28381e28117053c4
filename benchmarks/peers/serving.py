"""Servers of other programs on this machine: started, waited for, stopped."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

START_SECONDS = 180


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str
    log: Path


@contextmanager
def started(
    command: Sequence[str], folder: Path, log: Path, environment: dict[str, str], health: str
) -> Iterator[Server]:
    """Run the command until the caller has done; ``health`` is the address that answers 200 when it is ready."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(process, health, log)
        url = httpx.URL(health)
        yield Server(f"http://{url.host}:{url.port}", log)
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(process: subprocess.Popen[bytes], health: str, log: Path) -> None:
    """Return once the address answers; RuntimeError with the log where it does not."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(health, timeout=2).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError(f"The server did not start:\n{log.read_text(encoding='utf-8', errors='replace')}")
