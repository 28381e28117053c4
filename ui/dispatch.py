"""One address, several processes: each new connection goes to the process that has its visitor's session.

A process of Python uses one core. Where WORKERS is more than one, ``serve`` holds the address, starts so many processes
(``ui/worker.py``), and hands each connection over to one of them, as a socket: what is said on it no longer passes here.
Which one: that whose number the visitor's cookie has, since a session, its uploads and its files live in one process
only; without a cookie, that with the fewest connections. A process that ends is started again; its visitors' browsers
connect anew, and what they looked at is in their address.

Nothing here needs Streamlit. Sockets are handed over by a means that Windows does not have: there one process serves.
"""

from __future__ import annotations

import logging
import mmap
import os
import re
import selectors
import signal
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType

_log = logging.getLogger("dashboard")
MOST = 64
MOST_WAITING = 512
"""Connections that have not asked for anything yet."""
MOST_HEAD = 16_384
"""Bytes of a request within which its cookies are looked for."""
HEAD_SECONDS, IDLE_SECONDS = 1.0, 60.0
"""How long the rest of a request's head is waited for, and a first byte: browsers open connections that they may need."""
RESTART_SECONDS = 1.0
STOP_SECONDS = 20.0
LOOK_SECONDS = 0.05
BACKLOG = 2048
_SLOT = struct.Struct("=III")
_COOKIE = re.compile(rb"^cookie:([^\r\n]*)", re.IGNORECASE | re.MULTILINE)


class Board:
    """What the processes tell each other, in memory that they share. One slot a process: port, taken, open.

    ``port``: its own on this machine, 0 until it can answer; ``taken``: connections that it has got since it started;
    ``open``: those that are open.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._shared = mmap.mmap(-1, _SLOT.size * workers)

    def read(self, number: int) -> tuple[int, int, int]:
        """Port, taken, open of a process."""
        return _SLOT.unpack_from(self._shared, _SLOT.size * number)

    def write(self, number: int, port: int = 0, taken: int = 0, still_open: int = 0) -> None:
        """Only the process itself writes its slot, and ``serve`` while it does not run."""
        _SLOT.pack_into(self._shared, _SLOT.size * number, port, taken, still_open)

    def ports(self) -> dict[int, int]:
        """The ports of those that answer, by number."""
        found = {number: self.read(number)[0] for number in range(self.workers)}
        return {number: port for number, port in found.items() if port}


@dataclass(frozen=True)
class Place:
    """Where a process stands: its number, where connections come from, what all share, and the port of all."""

    number: int
    channel: socket.socket
    board: Board
    port: int

    @property
    def cookie(self) -> str:
        """The name of the cookie; a browser keeps one jar for all ports of a machine."""
        return cookie_name(self.port)


@dataclass
class _Worker:
    number: int
    process: int
    channel: socket.socket
    started: float
    given: int = 0


@dataclass
class _Waiting:
    """A connection whose first request is not whole yet."""

    connection: socket.socket
    since: float
    begun: bool = False


def cookie_name(port: int) -> str:
    """How the cookie is called that keeps a visitor with a process."""
    return f"worker_{port}"


def asked_for(head: bytes, name: str) -> int | None:
    """The number that the cookie ``name`` has in a request's head; None where it has none."""
    for line in _COOKIE.findall(head.partition(b"\r\n\r\n")[0]):
        for pair in line.split(b";"):
            key, _, value = pair.strip().partition(b"=")
            if key == name.encode() and value.isdigit() and len(value) < 4:
                return int(value)
    return None


def available() -> bool:
    """Whether this system can hand connections over."""
    return hasattr(os, "fork") and hasattr(socket, "send_fds")


def serve(
    listener: socket.socket, workers: int, work: Callable[[Place], None], ready: Callable[[], None]
) -> int:
    """Serve with so many processes until told to stop (SIGTERM, Ctrl+C); the exit code.

    ``work`` is what each process does; ``ready`` is called once all of them answer. A process that ends before that ends
    all: what keeps it from starting would keep the next one.
    """
    return _Dispatcher(listener, workers, work, ready).run()


@dataclass
class _Dispatcher:
    listener: socket.socket
    count: int
    work: Callable[[Place], None]
    ready: Callable[[], None]
    workers: dict[int, _Worker] = field(default_factory=dict)
    ended: dict[int, float] = field(default_factory=dict)
    """Processes that are to be started again, with the time from which on."""
    waiting: dict[int, _Waiting] = field(default_factory=dict)
    begun: bool = False
    stopping: bool = False
    failed: bool = False

    def __post_init__(self) -> None:
        self.board = Board(self.count)
        self.port: int = self.listener.getsockname()[1]
        self.cookie = cookie_name(self.port)
        self.selector = selectors.DefaultSelector()

    def run(self) -> int:
        """All of it."""
        self.listener.setblocking(False)
        with _told_of_signals(self._stop):
            for number in range(self.count):
                self._start(number)
            while not self.stopping and len(self.board.ports()) < self.count:
                self._look_after()
                time.sleep(LOOK_SECONDS)
            if not self.stopping:
                self.begun = True
                self.ready()
                self.listener.listen(BACKLOG)
                self.selector.register(self.listener, selectors.EVENT_READ)
            while not self.stopping:
                for key, _ in self.selector.select(LOOK_SECONDS if self.waiting else 1.0):
                    self._accept() if key.fileobj is self.listener else self._read(key.fd)
                self._tire()
                self._look_after()
            self._end()
        return 1 if self.failed else 0

    def _stop(self) -> None:
        self.stopping = True

    def _start(self, number: int) -> None:
        """Start a process. Nothing runs beside this thread, so a fork takes nothing half done along."""
        ours, theirs = socket.socketpair()
        self.board.write(number)
        process = os.fork()
        if process == 0:
            code = 1
            try:
                ours.close()
                self._forget()
                self.work(Place(number, theirs, self.board, self.port))
                code = 0
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 1
            except BaseException:
                _log.exception("process %s of %s could not serve", number, self.count)
            finally:
                logging.shutdown()
                os._exit(code)
        theirs.close()
        ours.setblocking(False)
        self.workers[number] = _Worker(number, process, ours, time.monotonic())

    def _forget(self) -> None:
        """In a new process: let go of what belongs to the one that started it."""
        for kind in (signal.SIGTERM, signal.SIGINT):
            signal.signal(kind, signal.SIG_DFL)
        self.selector.close()
        self.listener.close()
        for other in self.workers.values():
            other.channel.close()
        for waiting in self.waiting.values():
            waiting.connection.close()

    def _accept(self) -> None:
        """Take a connection in; where too many say nothing, or no more files may be open, the oldest of them goes."""
        if len(self.waiting) >= MOST_WAITING:
            self._let_go(next(iter(self.waiting)))
        try:
            connection, _ = self.listener.accept()
        except (BlockingIOError, ConnectionError):  # whoever was there has gone
            return
        except OSError as error:
            _log.warning("a connection could not be taken: %s", error)
            if self.waiting:
                self._let_go(next(iter(self.waiting)))
            time.sleep(LOOK_SECONDS)
            return
        connection.setblocking(False)
        self.waiting[connection.fileno()] = _Waiting(connection, time.monotonic())
        self.selector.register(connection, selectors.EVENT_READ)

    def _read(self, number: int) -> None:
        """Hand a connection over once its request tells whose it is."""
        found = self.waiting.get(number)
        if found is None:  # let go of since it was told that there is something to read
            return
        try:
            head = found.connection.recv(MOST_HEAD, socket.MSG_PEEK)
        except BlockingIOError:
            return
        except OSError:
            head = b""
        if not head:
            self._let_go(number)
        elif b"\r\n\r\n" in head or len(head) >= MOST_HEAD:
            self._hand_over(number, asked_for(head, self.cookie))
        elif not found.begun:  # what has come would wake the selector again and again
            found.begun, found.since = True, time.monotonic()
            self.selector.unregister(found.connection)

    def _tire(self) -> None:
        """Look again at requests that have begun; hand on what stays as it is, let go of what never begins."""
        now = time.monotonic()
        for number, found in list(self.waiting.items()):
            if found.begun and now - found.since > HEAD_SECONDS:
                self._hand_over(number, None)
            elif found.begun:
                self._read(number)
            elif now - found.since > IDLE_SECONDS:
                self._let_go(number)

    def _let_go(self, number: int) -> None:
        found = self.waiting.pop(number)
        if not found.begun:
            self.selector.unregister(found.connection)
        found.connection.close()

    def _hand_over(self, number: int, wanted: int | None) -> None:
        """Give a connection to the process that is asked for, or to another where that one does not take it."""
        found = self.waiting[number]
        for worker in sorted(self.workers.values(), key=lambda one: (one.number != wanted, self._load(one))):
            if not self.board.read(worker.number)[0]:
                continue
            try:
                socket.send_fds(worker.channel, [b"+"], [found.connection.fileno()])
            except OSError:  # full or gone
                continue
            worker.given += 1
            break
        self._let_go(number)

    def _load(self, worker: _Worker) -> int:
        """Connections that a process has, with those on their way to it."""
        _, taken, still_open = self.board.read(worker.number)
        return still_open + worker.given - taken

    def _look_after(self) -> None:
        """Start again what has ended, but not one process many times a second."""
        for number, worker in list(self.workers.items()):
            process, status = os.waitpid(worker.process, os.WNOHANG)
            if process:
                self.failed |= not self.begun
                self.board.write(number)
                worker.channel.close()
                del self.workers[number]
                self.ended[number] = worker.started + RESTART_SECONDS
                _log.warning("process %s ended: %s", process, os.waitstatus_to_exitcode(status))
        self.stopping |= self.failed
        for number in [one for one, due in self.ended.items() if due <= time.monotonic()]:
            if not self.stopping:
                del self.ended[number]
                self._start(number)

    def _end(self) -> None:
        """Take no more connections, tell all processes to stop, and wait for them."""
        self.listener.close()
        for number in list(self.waiting):
            self._let_go(number)
        for worker in self.workers.values():
            with suppress(ProcessLookupError):
                os.kill(worker.process, signal.SIGTERM)
        until = time.monotonic() + STOP_SECONDS
        for worker in self.workers.values():
            while os.waitpid(worker.process, os.WNOHANG)[0] == 0:
                if time.monotonic() > until:
                    os.kill(worker.process, signal.SIGKILL)
                time.sleep(LOOK_SECONDS)


@contextmanager
def _told_of_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Call ``stop`` on SIGTERM and Ctrl+C."""

    def told(_: int, __: FrameType | None) -> None:
        stop()

    before = {kind: signal.signal(kind, told) for kind in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
