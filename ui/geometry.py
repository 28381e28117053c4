"""The shapes of a map as a file that the browser fetches once, since they are ten times what a page weighs."""

from __future__ import annotations

import functools
import hashlib
import os
import tempfile
import urllib.parse
from pathlib import Path

import streamlit as st

from queries.shapes import ShapeKind, screen_shapes
from queries.warehouse import Warehouse
from ui.context import ROOT, View

FOLDER = ROOT / "static" / "maps"
KEPT = 5
"""Files of one kind that stay: as many as there are builds to go back to."""


def shape_url(view: View, found: Warehouse, kind: ShapeKind) -> str:
    """The address of the shapes of a kind in a build, for the ``data`` of a layer of a deck.

    The file is written at the first call and named after what it holds, so a browser never shows old shapes. Where
    the folder cannot be written, the address holds the shapes themselves: slower, and it works.
    """
    return _address(
        view.build_id, screen_shapes(found, kind), kind, st.get_option("server.baseUrlPath"), FOLDER
    )


@functools.lru_cache(maxsize=32)
def _address(_build_id: str, text: str, kind: str, base: str, folder: Path) -> str:
    data = text.encode()
    path = folder / f"{kind}-{hashlib.sha256(data).hexdigest()[:16]}.geojson"
    try:
        write_once(path, data)
    except OSError:
        return "data:application/geo+json," + urllib.parse.quote(text)
    base = base.strip("/")
    return f"{'/' + base if base else ''}/app/static/maps/{path.name}"


def write_once(path: Path, data: bytes) -> None:
    """Put a file in place whole; one of that name is left as it is. Older ones of its kind go. Raises OSError."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, scratch = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(scratch).chmod(0o644)
        Path(scratch).replace(path)
    except OSError:
        Path(scratch).unlink(missing_ok=True)
        raise
    kind = path.name.rpartition("-")[0]
    same = sorted(path.parent.glob(f"{kind}-*{path.suffix}"), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in same[KEPT:]:
        old.unlink(missing_ok=True)
