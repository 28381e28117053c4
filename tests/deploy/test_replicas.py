"""Three servers behind the real nginx configuration: one is killed, a build is published, the killed one comes back."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from streamlit import file_util

from tests.conftest import reference_and_one_row
from tests.deploy.install import find
from tests.deploy.proxied import NAMES, UNSAFE, Proxy, start_proxy, start_replica
from tests.deploy.readers import BUILD, Asker, Reader, host_and_port, wait_until
from tests.serving import Server, finished

WHOLE = os.environ.get("FAULTS") == "all"
READERS, THINK, KILLS = (24, 2.0, 6) if WHOLE else (9, 0.3, 1)
PAGES = ("", "nguon", "mang-luoi")
SCRIPT = next((Path(file_util.get_static_dir()) / "static" / "js").glob("index.*.js")).name
ADDRESSES = ("/", "/nguon", "/healthz", "/api/v1/units?limit=1", f"/static/js/{SCRIPT}", "/_stcore/health")
PROGRAMS_A_SECOND = 4
SECONDS = 90
"""A busy machine is slow, which is no fault of the replicas."""

pytestmark = pytest.mark.skipif(find() is None, reason="nginx is not here: python -m tests.deploy.install")


@dataclass
class Cluster:
    """Replicas behind a proxy, with the folders that they share."""

    replicas: list[Server]
    proxy: Proxy
    data: Path
    warehouse: Path
    folder: Path

    def kill(self, number: int) -> None:
        self.replicas[number].process.send_signal(signal.SIGKILL)
        self.replicas[number].process.wait()

    def restart(self, number: int) -> None:
        port = urlsplit(self.replicas[number].url).port
        self.replicas[number] = start_replica(number, self.folder, self.warehouse, port)

    def publish(self, figure: int) -> str:
        """Publish a build with another figure; its id."""
        from etl.build import build

        report = self.data / "reports" / "one.csv"
        text = report.read_text(encoding="utf-8")
        report.write_text(re.sub(r"family,\d+,", f"family,{figure},", text), encoding="utf-8")
        return build(data_dir=self.data, out_dir=self.warehouse, allow_shrink=True).build_id


def own(folder: Path, number: int) -> dict[str, str]:
    """Each replica keeps its exports to itself here, so that it shows whether the others are asked."""
    return {"EXPORTS_DIR": str(folder / f"exports-of-{number}")}


@pytest.fixture(scope="module")
def cluster(warehouse_one_row: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    tmp_path = tmp_path_factory.mktemp("replicas")
    warehouse = tmp_path / "warehouse"
    shutil.copytree(warehouse_one_row, warehouse)
    data = tmp_path / "data"
    data.mkdir()
    reference_and_one_row(data)
    with ThreadPoolExecutor() as pool:
        replicas = list(
            pool.map(lambda n: start_replica(n, tmp_path, warehouse, None, **own(tmp_path, n)), range(3))
        )
    proxy = start_proxy(tmp_path / "nginx", [host_and_port(replica.url) for replica in replicas])
    made = Cluster(replicas, proxy, data, warehouse, tmp_path)
    yield made
    proxy.stop()
    for replica in made.replicas:
        replica.stop()


def test_readers_reach_what_is_theirs_and_nothing_else(cluster: Cluster) -> None:
    """What the configuration adds to the answers, and what it keeps back."""
    with httpx.Client(verify=UNSAFE, base_url=cluster.proxy.url) as client:
        first = client.get("/")
        assert first.cookies["replica"] in NAMES
        assert "Secure" in first.headers["set-cookie"]
        assert "x-replica" not in first.headers
        assert first.headers["strict-transport-security"].startswith("max-age=31536000")
        assert "frame-ancestors 'self'" in first.headers["content-security-policy"]
        for name in ("x-content-type-options", "referrer-policy", "permissions-policy"):
            assert len(first.headers.get_list(name)) == 1
        assert "set-cookie" not in client.get("/").headers  # it has one already
        for path in ("/metrics", "/_stcore/metrics", "/readyz"):
            assert client.get(path).status_code == 404
            assert httpx.get(cluster.replicas[0].url + path).status_code == 200
        script = client.get(f"/static/js/{SCRIPT}")
        assert script.headers["content-encoding"] == "gzip"
        assert "immutable" in script.headers["cache-control"]
        assert "set-cookie" not in script.headers
        assert len(script.headers.get_list("x-content-type-options")) == 1
        assert client.post("/_stcore/upload_file/x/y", content=bytes(66 * 2**20)).status_code == 413
        _asks_the_others(cluster, client)
    plain = httpx.get(f"{cluster.proxy.plain_url}/nguon?lang=en")
    assert (plain.status_code, plain.headers["location"]) == (308, "https://127.0.0.1/nguon?lang=en")
    assert "lang=en" not in (cluster.proxy.folder / "access.log").read_text(encoding="utf-8")


def _asks_the_others(cluster: Cluster, client: httpx.Client) -> None:
    """A file that one replica made is found whichever replica a visitor has."""
    token = "A" * 24
    place = cluster.folder / "exports-of-2" / token
    place.mkdir(parents=True)
    (place / "x.csv").write_text("1\n", encoding="utf-8")
    later = time.time() + 600
    os.utime(place, (later, later))
    for name in NAMES:
        answer = client.get(f"/xuat/{token}/x.csv", headers={"Cookie": f"replica={name}"})
        assert (answer.status_code, answer.text) == (200, "1\n")
        assert "set-cookie" not in answer.headers
    assert client.get("/xuat/none/x.csv").status_code == 404


def test_a_killed_replica_and_a_new_build_lose_no_session_of_the_others(cluster: Cluster) -> None:
    finished(_rounds(cluster))
    for replica in cluster.replicas:
        lines = [json.loads(line) for line in replica.text().splitlines()]
        assert {line["level"] for line in lines} == {"info"}
        ran = [line for line in lines if line["message"] == "run"]
        assert {line["page"] for line in ran} <= {"/", *PAGES}
        assert all(line["seconds"] > 0 and BUILD.fullmatch(line["build"] or "") for line in ran)


async def _rounds(cluster: Cluster) -> None:
    stop = asyncio.Event()
    readers = [Reader(cluster.proxy.url, PAGES[n % len(PAGES)]) for n in range(READERS)]
    strangers = Asker(cluster.proxy.url, ADDRESSES)
    tasks = [asyncio.create_task(reader.read(stop, THINK)) for reader in readers]
    tasks.append(asyncio.create_task(strangers.ask(stop, len(ADDRESSES) / PROGRAMS_A_SECOND / 5)))
    try:
        assert await wait_until(lambda: all(reader.runs >= 2 for reader in readers), SECONDS)
        assert {reader.replica for reader in readers} == set(NAMES)
        for turn in range(KILLS):
            await _round(cluster, readers, turn)
    finally:
        stop.set()
        done = await asyncio.gather(*tasks, return_exceptions=True)
    assert [problem for problem in done if problem is not None] == []
    assert [reader.faults for reader in readers if reader.faults] == []
    assert strangers.failed == []
    assert strangers.asked > 20
    print(
        f"{READERS} readers, {sum(r.runs for r in readers)} runs, {strangers.asked} requests of strangers, 0 failed;"
        f" slowest run {max(r.slowest for r in readers):.1f} s"
    )


async def _round(cluster: Cluster, readers: list[Reader], turn: int) -> None:
    number = turn % len(NAMES)
    struck = [reader for reader in readers if reader.replica == NAMES[number]]
    others = [reader for reader in readers if reader.replica != NAMES[number]]
    sessions = {id(reader): list(reader.sessions) for reader in readers}
    assert others
    cluster.kill(number)
    figure = 1001 + turn
    build_id = await asyncio.to_thread(cluster.publish, figure)
    assert await wait_until(lambda: all(_shows(reader, build_id) for reader in readers), SECONDS)
    # The others went on in the sessions that they had.
    assert all(reader.sessions == sessions[id(reader)] for reader in others)
    # Those of the killed one came back, once, elsewhere, with their choices.
    for reader in struck:
        assert len(reader.sessions) == len(sessions[id(reader)]) + 1
        assert reader.replica != NAMES[number]
    for reader in readers:
        assert reader.looking is not None
        assert reader.looking.chosen["Status of figures"] == "Real only"
    await asyncio.to_thread(cluster.restart, number)
    for replica in cluster.replicas:
        answer = await asyncio.to_thread(httpx.get, f"{replica.url}/readyz", timeout=SECONDS)
        assert (answer.status_code, answer.text) == (200, f"ok {build_id}\n")
    # What belongs to a session still goes to where the session is, now that its first replica is back.
    for reader in struck:
        before = reader.replica
        await reader.get("/_stcore/health")
        assert reader.replica == before
    await _newcomer(cluster, NAMES[number])


async def _newcomer(cluster: Cluster, name: str) -> None:
    """Newcomers reach the replica that is back."""
    seen = set()
    for _ in range(60):
        reader = Reader(cluster.proxy.url, "")
        await reader.get("/_stcore/health")
        seen.add(reader.replica)
        if name in seen:
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"{name} got no newcomer: {seen}")


def _shows(reader: Reader, build_id: str) -> bool:
    return reader.looking is not None and reader.looking.build == build_id
