"""What a map sends as files that the browser keeps: borders, the outlines of some units, the names at the pointer."""

from __future__ import annotations

import functools
import hashlib
import json
import urllib.parse
from collections.abc import Collection, Sequence
from pathlib import Path

import streamlit as st

from charts.map_labels import Label
from queries.shapes import ShapeKind, screen_lines, some_shapes
from queries.warehouse import Warehouse
from ui.geometry import FOLDER, write_once

FILES = 1024
"""Addresses that are remembered: each border, and each unit in each kind of shape."""


def lines_url(found: Warehouse, of_districts: bool) -> str:
    """The address of the borders of former districts, or of all others."""
    return _listed("district_lines" if of_districts else "ward_lines", screen_lines(found, of_districts))


def units_url(found: Warehouse, kind: ShapeKind, name: str, numbers: Collection[int]) -> str:
    """The address of the shapes of some units alone. ``name`` tells these units from others of the kind."""
    return _shapes(f"{kind}_{name}", some_shapes(found, kind, numbers))


def names_url(kind: ShapeKind, labels: Sequence[Label]) -> str:
    """The address of all names of a kind of shapes: longitude, latitude, words and number of each."""
    listed = [[round(label.lon, 4), round(label.lat, 4), label.text, label.n] for label in labels]
    text = json.dumps(listed, ensure_ascii=False, separators=(",", ":"))
    return _listed(f"{kind}_names", text)


def sheet(rules: str) -> str:
    """Rules of style by a file that the browser keeps; the rules themselves where no file can be written."""
    address = _address("names", "css", rules, st.get_option("server.baseUrlPath"), FOLDER)
    return f"@import url('{address}');" if address else rules


def _listed(name: str, text: str) -> str:
    address = _address(name, "json", text, st.get_option("server.baseUrlPath"), FOLDER)
    return address or "data:application/json," + urllib.parse.quote(text)


def _shapes(name: str, text: str) -> str:
    address = _address(name, "geojson", text, st.get_option("server.baseUrlPath"), FOLDER)
    return address or "data:application/geo+json," + urllib.parse.quote(text)


@functools.lru_cache(maxsize=FILES)
def _address(name: str, suffix: str, text: str, base: str, folder: Path) -> str | None:
    """Where a file is served, named after what it holds so that a browser never has an old one; None without a file."""
    data = text.encode()
    path = folder / f"{name}-{hashlib.sha256(data).hexdigest()[:16]}.{suffix}"
    try:
        write_once(path, data)
    except OSError:
        return None
    base = base.strip("/")
    return f"{'/' + base if base else ''}/app/static/maps/{path.name}"
