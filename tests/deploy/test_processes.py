"""Several processes behind one address: each visitor stays with one, one is killed, one is asked for what another has."""

from __future__ import annotations

import asyncio
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.pages import family
from tests.deploy.readers import Reader, wait_until
from tests.serving import ROOT, Server, finished, start_server
from ui import dispatch
from ui.dispatch import Board, asked_for, cookie_name

pytestmark = pytest.mark.skipif(not dispatch.available(), reason="this system cannot hand connections over")
SECONDS = 60
READERS = 6


# ---- Whose a connection is ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"GET / HTTP/1.1\r\nCookie: worker_8501=1\r\n\r\n", 1),
        (b"GET / HTTP/1.1\r\ncookie:a=b; worker_8501=12;c=d\r\n\r\n", 12),
        (b"GET / HTTP/1.1\r\nCookie: a=b\r\nCookie: worker_8501=3\r\n\r\n", 3),
        (b"GET / HTTP/1.1\r\nCookie: worker_8502=1\r\n\r\n", None),
        (b"GET / HTTP/1.1\r\nCookie: xworker_8501=1\r\n\r\n", None),
        (b"GET / HTTP/1.1\r\nCookie: worker_8501=one\r\n\r\n", None),
        (b"GET / HTTP/1.1\r\nCookie: worker_8501=-1\r\n\r\n", None),
        (b"GET / HTTP/1.1\r\nCookie: worker_8501=99999999999\r\n\r\n", None),
        (b"GET /?Cookie:worker_8501=1 HTTP/1.1\r\nHost: a\r\n\r\n", None),
        (b"POST / HTTP/1.1\r\nHost: a\r\n\r\nCookie: worker_8501=1", None),
        (b"", None),
    ],
)
def test_the_cookie_in_a_head(head: bytes, expected: int | None) -> None:
    assert asked_for(head, cookie_name(8501)) == expected


@given(st.binary(max_size=300))
def test_no_head_is_too_strange(head: bytes) -> None:
    found = asked_for(b"GET / HTTP/1.1\r\nCookie: " + head, cookie_name(8501))
    assert found is None or 0 <= found <= 999


def test_the_board_is_shared_with_a_fork() -> None:
    board = Board(2)
    process = os.fork()
    if process == 0:
        board.write(1, 8000, 7, 5)
        os._exit(0)
    os.waitpid(process, 0)
    assert (board.read(0), board.read(1), board.ports()) == ((0, 0, 0), (8000, 7, 5), {1: 8000})


# ---- A server of two processes ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def two(warehouse_one_row: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("processes") / "log.txt"
    server = start_server(ROOT, log, PROCESSES="2", METRICS="1", WAREHOUSE_DIR=str(warehouse_one_row))
    yield server
    server.stop()


def cookie_of(server: Server) -> str:
    return cookie_name(urlsplit(server.url).port or 0)


def processes(server: Server) -> list[int]:
    """The processes that serve."""
    return family(server.process.pid)[1:]


def sessions(server: Server) -> dict[str, float]:
    """Open sessions by the number of the process."""
    text = httpx.get(f"{server.url}/metrics", timeout=SECONDS).text
    found = next(one for one in text_string_to_metric_families(text) if one.name == "dashboard_sessions")
    return {sample.labels["process"]: sample.value for sample in found.samples}


def test_a_page_names_its_process_and_nothing_else_does(two: Server) -> None:
    name = cookie_of(two)
    first = httpx.get(two.url)
    assert first.cookies[name] in ("0", "1")
    assert "HttpOnly" in first.headers["set-cookie"]
    for number in ("0", "1"):
        own = {"Cookie": f"{name}={number}"}
        assert "set-cookie" not in httpx.get(two.url, headers=own).headers
        assert httpx.get(f"{two.url}/api/v1/units?limit=1", headers=own).status_code == 200
    assert httpx.get(two.url, headers={"Cookie": f"{name}=7"}).cookies[name] in ("0", "1")
    script = re.search(r"static/js/index\.\w+\.js|static/js/index\.[\w-]+\.js", first.text)
    assert script is not None
    assert "set-cookie" not in httpx.get(f"{two.url}/{script[0]}").headers


def test_readers_are_spread_and_a_killed_process_strikes_its_own_only(two: Server) -> None:
    finished(_rounds(two))
    assert all("Traceback" not in line for line in two.text().splitlines())


async def _rounds(two: Server) -> None:
    stop = asyncio.Event()
    readers = [Reader(two.url, "nguon", cookie_of(two)) for _ in range(READERS)]
    tasks = [asyncio.create_task(reader.read(stop, 0.3)) for reader in readers]
    try:
        assert await wait_until(lambda: all(reader.runs >= 2 for reader in readers), SECONDS)
        assert {reader.replica for reader in readers} == {"0", "1"}
        assert sum((await asyncio.to_thread(sessions, two)).values()) == READERS
        before = {id(reader): list(reader.sessions) for reader in readers}
        old = processes(two)
        os.kill(old[0], signal.SIGKILL)
        struck = [reader for reader in readers if reader.replica == "0"]
        others = [reader for reader in readers if reader.replica == "1"]
        assert await wait_until(lambda: len(set(processes(two)) - set(old)) == 1, SECONDS)
        assert await wait_until(lambda: all(len(one.sessions) == 2 for one in struck), SECONDS)
        runs = {id(reader): reader.runs for reader in readers}
        assert await wait_until(lambda: all(one.runs > runs[id(one)] + 1 for one in readers), SECONDS)
        assert all(reader.sessions == before[id(reader)] for reader in others)
        assert [reader.faults for reader in readers if reader.faults] == []
        assert await wait_until(lambda: set(sessions(two)) == {"0", "1"}, SECONDS)
    finally:
        stop.set()
        done = await asyncio.gather(*tasks, return_exceptions=True)
    assert [problem for problem in done if problem is not None] == []


def test_an_upload_reaches_the_process_of_its_session(two: Server) -> None:
    """A file goes to the one process that knows the session; from another process it would be refused."""
    finished(_upload(two))


async def _upload(two: Server) -> None:
    stop = asyncio.Event()
    name = cookie_of(two)
    readers = [Reader(two.url, "nguon", name, {name: str(number)}) for number in range(2)]
    tasks = [asyncio.create_task(reader.read(stop, 0.3)) for reader in readers]
    try:
        assert await wait_until(lambda: all(reader.runs for reader in readers), SECONDS)
        assert {reader.replica for reader in readers} == {"0", "1"}
        for reader in readers:
            token = (await reader.get("/_stcore/health")).cookies["_streamlit_xsrf"]
            for number, expected in ((reader.replica, 204), ("10"[int(reader.replica)], 400)):
                answer = await asyncio.to_thread(
                    httpx.put,
                    f"{two.url}/_stcore/upload_file/{reader.sessions[-1]}/one",
                    files={"file": ("a.csv", b"1\n")},
                    headers={
                        "Cookie": f"{cookie_of(two)}={number}; _streamlit_xsrf={token}",
                        "X-Xsrftoken": token,
                    },
                )
                assert answer.status_code == expected, answer.text
    finally:
        stop.set()
        await asyncio.gather(*tasks, return_exceptions=True)


def test_a_request_in_pieces_and_one_that_never_comes(two: Server) -> None:
    """A head that comes slowly is waited for; a connection without a word does not keep others out."""
    address = urlsplit(two.url)
    where = (address.hostname or "", address.port or 0)
    with socket.create_connection(where), socket.create_connection(where) as slow:
        slow.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
        assert httpx.get(f"{two.url}/healthz").text == "ok\n"
        time.sleep(0.2)
        slow.sendall(b"Connection: close\r\n\r\n")
        answer = http.client.HTTPResponse(slow)
        answer.begin()
        assert (answer.status, answer.read()) == (200, b"ok\n")


def test_many_that_say_nothing_keep_nobody_out(two: Server) -> None:
    address = urlsplit(two.url)
    with ExitStack() as held:
        for _ in range(dispatch.MOST_WAITING + 50):
            held.enter_context(socket.create_connection((address.hostname or "", address.port or 0)))
        assert httpx.get(f"{two.url}/healthz").text == "ok\n"


def test_the_figures_of_all_processes_come_together(two: Server) -> None:
    text = httpx.get(f"{two.url}/metrics", timeout=SECONDS).text
    samples = [one for found in text_string_to_metric_families(text) for one in found.samples]
    assert {one.labels["process"] for one in samples} == {"0", "1"}
    assert len({(one.name, *sorted(one.labels.items())) for one in samples}) == len(samples)


# ---- Beginning and ending -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_process_is_left_behind(kind: int, warehouse_one_row: Path, tmp_path: Path) -> None:
    server = start_server(ROOT, tmp_path / "log.txt", PROCESSES="2", WAREHOUSE_DIR=str(warehouse_one_row))
    started = processes(server)
    assert len(started) == 2
    server.process.send_signal(kind)
    code = server.process.wait(timeout=SECONDS)
    assert code == (-kind if kind == signal.SIGKILL else 0)
    until = time.monotonic() + SECONDS
    while any(_runs(process) for process in started):
        assert time.monotonic() < until
        time.sleep(0.1)
    assert "Traceback" not in server.text()


def _runs(process: int) -> bool:
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("processes", ["0", "65", "two", "-1", "２"])
def test_a_number_of_processes_that_is_none_is_refused(processes: str) -> None:
    done = subprocess.run(
        [sys.executable, "serve.py"], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60, check=False,
        env={"PATH": "", "PYTHONIOENCODING": "utf-8", "PROCESSES": processes, "PORT": "18501"},
    )  # fmt: skip
    assert done.returncode == 2
    assert "is not a number of processes from 1 to 64" in done.stderr
    assert "không phải là số tiến trình" in done.stderr
