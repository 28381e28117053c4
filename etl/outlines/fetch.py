"""Where outlines come from: the public source at a fixed commit, or a GeoJSON file or address of one's own."""

from __future__ import annotations

import csv
import hashlib
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from etl.problems import Problem

COMMIT = "cd58063299585146ded3981f2272946ef19ced54"
PUBLIC = f"https://raw.githubusercontent.com/thanglequoc/vietnamese-provinces-database/{COMMIT}/json/geojson/01_ha_noi/wards/"
PUBLIC_SOURCE, OWN_SOURCE = "ward-outlines-2025", "ward-outlines-own"
MANIFEST = Path(__file__).parent / "manifest.csv"
SECONDS = 20.0
LARGEST_BYTES = 64 * 1024 * 1024

Progress = Callable[[str, str, int, int], None]


@dataclass(frozen=True)
class Listed:
    """One file of the public source: the ward's code, the file's name and digest, and the digest of its outline."""

    code: str
    file: str
    sha256: str
    outline_sha256: str


@dataclass(frozen=True)
class Outlines:
    """Outlines by ward code, in degrees, and the id of their source."""

    by_code: dict[str, BaseGeometry]
    source_id: str


def manifest() -> list[Listed]:
    """The files of the public source at its commit."""
    with MANIFEST.open(encoding="utf-8", newline="") as stream:
        return [Listed(**row) for row in csv.DictReader(stream)]


def outline_digest(coordinates: Any) -> str:
    """The digest of an outline's coordinates, however the file around them is written."""
    return hashlib.sha256(json.dumps(coordinates, separators=(",", ":")).encode()).hexdigest()


def _bytes(url: str, until: float) -> bytes:
    left = max(0.1, min(SECONDS, until - time.monotonic()))
    with urllib.request.urlopen(url, timeout=left) as answer:
        found: bytes = answer.read(LARGEST_BYTES + 1)
    if len(found) > LARGEST_BYTES:
        raise Problem(f"{url}: tệp quá lớn.", f"{url}: the file is too large.")
    return found


def from_public(cache: Path, progress: Progress, *, base: str = PUBLIC, seconds: float = 600.0) -> Outlines:
    """The outlines of the public source. Files that came before and are whole are not asked for again.

    Raises Problem, with what came so far kept in ``cache``, where the source does not answer in time or sends
    other bytes than the manifest says.
    """
    cache.mkdir(parents=True, exist_ok=True)
    listed = manifest()
    until = time.monotonic() + seconds
    found: dict[str, BaseGeometry] = {}
    for number, one in enumerate(listed):
        progress(f"Tải ranh giới {one.code}", f"Fetching outline {one.code}", number, len(listed))
        path = cache / one.file
        if not (path.is_file() and _digest(path.read_bytes()) == one.sha256):
            _fetch(base + one.file, one, path, until, number, len(listed))
        found |= _features(json.loads(path.read_bytes()), path.name)
    progress("Đã tải đủ", "All fetched", len(listed), len(listed))
    return Outlines(found, PUBLIC_SOURCE)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _fetch(url: str, one: Listed, path: Path, until: float, done: int, total: int) -> None:
    try:
        if time.monotonic() > until:
            raise TimeoutError
        content = _bytes(url, until)
    except (OSError, TimeoutError) as error:
        why = getattr(error, "reason", None) or error or "time-out"
        raise Problem(
            f"{url}: không tải được ({why}). Đã có {done}/{total} tệp; chạy lại sẽ tải tiếp. Ranh giới cũ, nếu có, giữ nguyên.",
            f"{url}: cannot be fetched ({why}). {done} of {total} files are here; run again to go on. Former outlines, if any, are untouched.",
        ) from error
    if _digest(content) != one.sha256:
        raise Problem(
            f"{url}: nội dung khác bản đã kiểm ({one.sha256[:12]}…). Không dùng tệp này; ranh giới cũ, nếu có, giữ nguyên.",
            f"{url}: other content than the one that was checked ({one.sha256[:12]}…). Not used; former outlines, if any, are untouched.",
        )
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)


def from_geojson(place: str) -> Outlines:
    """Outlines of one GeoJSON FeatureCollection, a file or an address, each feature with the ward's ``code``.

    Where each outline is one of the public source, that source is named; else it is the operator's own.
    """
    name = place.rsplit("/", 1)[-1]
    try:
        content = _bytes(place, time.monotonic() + SECONDS) if "://" in place else Path(place).read_bytes()
    except (OSError, ValueError) as error:
        why = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
        raise Problem(
            f"{place}: không đọc được ({why}). Ranh giới cũ, nếu có, giữ nguyên.",
            f"{place}: cannot be read ({why}). Former outlines, if any, are untouched.",
        ) from error
    try:
        collection = json.loads(content)
    except ValueError as error:
        raise _not_geojson(name) from error
    by_code = _features(collection, name)
    known = {one.code: one.outline_sha256 for one in manifest()}
    same = all(
        known.get(feature["properties"]["code"]) == outline_digest(feature["geometry"]["coordinates"])
        for feature in collection["features"]
    )
    return Outlines(by_code, PUBLIC_SOURCE if same else OWN_SOURCE)


def _not_geojson(name: str) -> Problem:
    return Problem(
        f"{name}: không phải GeoJSON FeatureCollection có properties.code và hình vùng cho mỗi phường, xã.",
        f"{name}: not a GeoJSON FeatureCollection with properties.code and an area for each ward.",
    )


def _features(collection: Any, name: str) -> dict[str, BaseGeometry]:
    found: dict[str, BaseGeometry] = {}
    try:
        for feature in collection["features"]:
            # a file of the public source names its ward by the feature's id
            code = str(feature.get("properties", {}).get("code") or feature["id"])
            shape = shapely.from_geojson(json.dumps(feature["geometry"]))
            if shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
                raise _not_geojson(name)
            if code in found:
                raise Problem(
                    f"{name}: mã {code} có hai hình.", f"{name}: there are two shapes with code {code}."
                )
            found[code] = shape
    except (KeyError, TypeError, AttributeError, shapely.errors.GEOSException) as error:
        raise _not_geojson(name) from error
    return found
