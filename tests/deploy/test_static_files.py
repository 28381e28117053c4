"""Static files over real requests: packed once, kept as long as their names allow, asked for again by their digest."""

from __future__ import annotations

import gzip
import http.client
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from streamlit import file_util

from tests.serving import ROOT, Server, start_server
from ui import static_files

THEIRS = Path(file_util.get_static_dir()) / "static"
FONT = "/app/static/fonts/be-vietnam-pro-400.woff2"
Ask = Callable[..., tuple[int, dict[str, str], bytes]]


@pytest.fixture(scope="module")
def server(warehouse_one_row: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("static") / "serve.log"
    running = start_server(ROOT, log, WAREHOUSE_DIR=str(warehouse_one_row))
    yield running
    running.stop()


@pytest.fixture
def ask(server: Server) -> Ask:
    def asked(path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
        try:
            connection.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
            got = connection.getresponse()
            return got.status, {k.lower(): v for k, v in got.headers.items()}, got.read()
        finally:
            connection.close()

    return asked


def script() -> Path:
    return next((THEIRS / "js").glob("index.*.js"))


def test_a_script_is_packed_and_kept_for_good(ask: Ask) -> None:
    file = script()
    status, headers, body = ask(f"/static/js/{file.name}", accept_encoding="gzip, deflate, br")
    assert status == 200
    assert headers["content-encoding"] == "gzip"
    assert headers["vary"] == "Accept-Encoding"
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["content-type"].startswith("text/javascript")
    assert gzip.decompress(body) == file.read_bytes()
    assert len(body) < file.stat().st_size / 2


@pytest.mark.parametrize("encoding", ["", "identity", "br", "gzip;q=0"])
def test_who_does_not_take_packed_files_gets_them_as_they_are(ask: Ask, encoding: str) -> None:
    file = script()
    status, headers, body = ask(f"/static/js/{file.name}", accept_encoding=encoding)
    assert (status, body) == (200, file.read_bytes())
    assert "content-encoding" not in headers
    assert headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", [FONT, "/app/static/wards.css"])
def test_a_file_of_ours_is_asked_for_again_by_its_digest(ask: Ask, path: str) -> None:
    status, headers, _ = ask(path, accept_encoding="gzip")
    assert status == 200
    assert headers["cache-control"] == ("public, max-age=604800" if path == FONT else "no-cache")
    status, again, body = ask(path, accept_encoding="gzip", if_none_match=f"W/{headers['etag']}")
    assert (status, body, again["etag"]) == (304, b"", headers["etag"])
    assert ask(path, accept_encoding="gzip", if_none_match='"other"')[0] == 200


def test_the_page_itself_is_asked_for_each_time(ask: Ask) -> None:
    for path in ("/", "/nguon"):
        assert ask(path)[1]["cache-control"] == "no-cache"


def test_head_says_the_same_without_a_body(ask: Ask) -> None:
    path = f"/static/js/{script().name}"
    got, head = ask(path, accept_encoding="gzip"), ask(path, "HEAD", accept_encoding="gzip")
    assert head[2] == b""
    assert {**head[1], "date": ""} == {**got[1], "date": ""}


def test_a_part_of_a_file_comes_from_streamlit(ask: Ask) -> None:
    status, headers, body = ask(FONT, range="bytes=0-9")
    assert (status, len(body)) == (206, 10)
    assert "content-range" in headers


@pytest.mark.parametrize(
    "path",
    [
        "/app/static/../serve.py",
        "/app/static/%2e%2e/serve.py",
        "/static/..%2f..%2fserve.py",
        "/app/static/a%00b",
    ],
)
def test_nothing_outside_the_folders_is_sent(ask: Ask, path: str) -> None:
    _, _, body = ask(path)
    assert b"import" not in body


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/static/js/index.DormvYxC.js", "immutable"),
        ("/static/css/index.BxIUUzTx.css", "immutable"),
        ("/app/static/maps/ward-0123456789abcdef.geojson", "immutable"),
        ("/app/static/presentation.js", "no-cache"),
        ("/app/static/presentation-settings.css", "no-cache"),
        ("/static/js/plain.js", "no-cache"),
    ],
)
def test_only_names_with_a_digest_are_kept_for_good(path: str, kept: str) -> None:
    assert kept in static_files.keeps(path)


def test_what_is_held_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(static_files, "MEMORY", 50_000)
    for number in range(20):
        file = tmp_path / f"{number}.png"
        file.write_bytes(bytes([number]) * 10_000)
        assert static_files.read(file).body == file.read_bytes()
    assert sum(len(held.body) for held in static_files._held.values()) <= 50_000


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "a.css"
    file.write_text("a{}", encoding="utf-8")
    first = static_files.read(file)
    file.write_text("a{color:red}", encoding="utf-8")
    assert static_files.read(file).etag != first.etag
