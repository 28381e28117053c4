"""Static files with headers that spare the network: packed once, asked for again only where they may have changed.

Streamlit serves its scripts as they are (packing them anew for each request would cost more than it spares) and packs
ours at each request, without a word on how long they keep. Here a text file is packed once and held in memory; a name
that holds a digest of its content is kept by the browser for good; the others are asked for again by their digest.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import mimetypes
import re
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from streamlit import file_util

from ui.context import ROOT

OURS, THEIRS = "/app/static/", "/static/"
_FOLDERS = {OURS: ROOT / "static", THEIRS: Path(file_util.get_static_dir()) / "static"}
_PACKED = frozenset((".js", ".mjs", ".css", ".json", ".geojson", ".svg", ".txt", ".html", ".wasm"))
_KINDS = {".geojson": "application/geo+json", ".js": "text/javascript", ".woff2": "font/woff2"}
_LEVEL = 6
_SMALLEST = 1024
"""Bytes below which packing does not pay."""
MEMORY = 48 * 2**20
"""Bytes of files that are held. All of Streamlit's scripts take 7 MB packed."""
LARGEST = 16 * 2**20
"""Larger files go the ordinary way."""
_BY_CONTENT = re.compile(r"[-.][\w-]{8,}\.\w+$")
_FOR_GOOD = "public, max-age=31536000, immutable"
_LONG = frozenset((".woff2", ".png", ".ico"))
_WEEK = "public, max-age=604800"
_ASK = "no-cache"


@dataclass(frozen=True)
class _File:
    """What is held of one file: its bytes, packed where that is smaller, and the digest of its content."""

    body: bytes
    packed: bool
    etag: str
    kind: str


_held: OrderedDict[tuple[Path, int, int], _File] = OrderedDict()
_lock = Lock()
_packing = Lock()


def found(path: str) -> Path | None:
    """The file behind a request's path, None where these rules do not answer it."""
    prefix = next((prefix for prefix in _FOLDERS if path.startswith(prefix)), None)
    if prefix is None or "\0" in path or "\\" in path:
        return None
    folder = _FOLDERS[prefix]
    file = folder / path.removeprefix(prefix)
    try:
        inside = file.resolve().is_relative_to(folder.resolve()) and file.is_file()
        return file if inside and file.stat().st_size <= LARGEST else None
    except OSError:
        return None


def keeps(path: str) -> str:
    """How long a browser may keep what it got under a path, as the header says it."""
    name = path.rpartition("/")[2]
    hashed = path.startswith((THEIRS, f"{OURS}maps/")) and _BY_CONTENT.search(name)
    if hashed:
        return _FOR_GOOD
    return _WEEK if Path(name).suffix in _LONG else _ASK


def read(file: Path) -> _File:
    """A file as it is sent, from memory where it was sent before and has not changed. Raises OSError."""
    stat = file.stat()
    key = (file, stat.st_mtime_ns, stat.st_size)
    with _lock:
        if key in _held:
            _held.move_to_end(key)
            return _held[key]
    with _packing:  # one at a time: fifty visitors after a restart ask for the same ones
        with _lock:
            if key in _held:
                return _held[key]
        made = _made(file)
    with _lock:
        _held[key] = made
        while sum(len(held.body) for held in _held.values()) > MEMORY and len(_held) > 1:
            _held.popitem(last=False)
    return made


def _made(file: Path) -> _File:
    plain = file.read_bytes()
    kind = _KINDS.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    digest = hashlib.sha256(plain).hexdigest()[:32]
    if file.suffix in _PACKED and len(plain) >= _SMALLEST:
        return _File(gzip.compress(plain, _LEVEL, mtime=0), True, digest, kind)
    return _File(plain, False, digest, kind)


async def send(scope: Scope, receive: Receive, send_on: Send, file: Path) -> None:
    """Answer a request for a file (ASGI). Raises OSError where it cannot be read."""
    asked = Headers(scope=scope)
    got = await asyncio.to_thread(read, file)
    packed = got.packed and accepts_gzip(asked.get("accept-encoding", ""))
    etag = f'"{got.etag}-gz"' if packed else f'"{got.etag}"'
    headers = {"Cache-Control": keeps(scope["path"]), "ETag": etag, "X-Content-Type-Options": "nosniff"}
    if got.packed:
        headers["Vary"] = "Accept-Encoding"
    if packed:
        headers["Content-Encoding"] = "gzip"
    if scope["path"].startswith(OURS):
        headers["Access-Control-Allow-Origin"] = "*"
    if matches(asked.get("if-none-match", ""), etag):
        answer = Response(status_code=304, headers=headers)
    else:
        body = got.body if packed or not got.packed else await asyncio.to_thread(file.read_bytes)
        answer = Response(body, headers=headers, media_type=got.kind)
    await answer(scope, receive, send_on)


def accepts_gzip(header: str) -> bool:
    """Whether a client takes gzip, by its Accept-Encoding."""
    for part in header.lower().split(","):
        name, _, quality = part.strip().partition(";")
        if name.strip() in ("gzip", "*"):
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def matches(header: str, etag: str) -> bool:
    """Whether a client has this version, by its If-None-Match. A proxy that packs marks tags as weak."""
    tags = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return etag in tags or "*" in tags
