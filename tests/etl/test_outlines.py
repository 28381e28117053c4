"""Outlines of wards: repaired, simplified together, checked against the list of units, and never half stored."""

from __future__ import annotations

import csv
import http.server
import json
import math
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from etl.__main__ import main
from etl.build import build
from etl.outlines import fetch, geometry, get, store
from etl.problems import Problem
from tests.conftest import DATA
from tests.serving import ROOT

STEP = 0.05
LEFT, BOTTOM = 105.5, 21.0
CODES = ("90001", "90002", "90003", "90004")
FULL = ROOT.parent / "shared" / "boundaries" / "hanoi_wards_2025_full.geojson"


def square(column: int, row: int, *, gap: float = 0.0) -> dict[str, Any]:
    """One cell of a grid of 5 by 5 kilometres with wavy borders; its right side is drawn in by ``gap`` degrees."""
    west, south = LEFT + column * STEP, BOTTOM + row * STEP
    east, north = west + STEP, south + STEP
    side = [i / 40 for i in range(41)]

    def wave(at: float) -> float:
        return 0.0008 * math.sin(4 * math.pi * at / STEP)

    lower = [(west + t * STEP, south + wave(west + t * STEP)) for t in side]
    right = [(east - gap * math.sin(math.pi * t) + wave(south + t * STEP), south + t * STEP) for t in side]
    upper = [(east - t * STEP, north + wave(east - t * STEP)) for t in side]
    left = [(west + wave(north - t * STEP), north - t * STEP) for t in side]
    ring = [[round(x, 6), round(y, 6)] for x, y in (*lower, *right, *upper, *left)]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def four(*, gap: float = 0.0) -> dict[str, dict[str, Any]]:
    return {code: square(n % 2, n // 2, gap=gap) for n, code in enumerate(CODES)}


def collection(shapes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": shape} for code, shape in shapes.items()
    ]
    return {"type": "FeatureCollection", "features": features}


def as_shape(raw: dict[str, Any]) -> BaseGeometry:
    return shapely.from_geojson(json.dumps(raw))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder whose list of units has four wards of two former districts, with their true areas."""
    folder = tmp_path / "data"
    (folder / "reference").mkdir(parents=True)
    columns = ("unit_key", "code", "name_vi", "level", "valid_to", "main_district_key", "area_km2")
    rows = [
        (
            f"{code}@2025-07-01",
            code,
            f"Xã số {n}",
            "ward",
            "",
            f"D{n // 2}@legacy",
            f"{geometry.area_km2(as_shape(shape)):.3f}",
        )
        for n, (code, shape) in enumerate(four().items())
    ]
    rows.append(("90009@legacy", "90009", "Xã cũ", "ward", "2025-06-30", "D0@legacy", ""))
    with (folder / "reference" / "unit.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([columns, *rows])
    return folder


def written(path: Path, shapes: dict[str, dict[str, Any]]) -> str:
    path.write_text(json.dumps(collection(shapes)), encoding="utf-8")
    return str(path)


def stored(data: Path) -> dict[str, BaseGeometry]:
    with (data / "boundaries" / "ward_outline.csv").open(encoding="utf-8", newline="") as stream:
        return {row["unit_key"]: shapely.from_geojson(row["geometry"]) for row in csv.DictReader(stream)}


# ---- Repair and simplify -----------------------------------------------------------------------------------------


def test_areas_are_true_anywhere_in_the_city() -> None:
    """Against the area of a cell of the ellipsoid between two meridians and two parallels."""
    for south in (20.55, 21.0, 21.4):
        cell = shapely.segmentize(shapely.box(105.3, south, 105.4, south + 0.1), 0.005)
        n, m = 6378137.0, 1 - 0.00669438
        middle = math.radians(south + 0.05)
        w = math.sqrt(1 - 0.00669438 * math.sin(middle) ** 2)
        exact = math.radians(0.1) ** 2 * (n / w * math.cos(middle)) * (n * m / w**3) / 1e6
        assert geometry.area_km2(cell) == pytest.approx(exact, rel=0.001)


def test_gaps_and_overlaps_are_closed_and_borders_stay_shared() -> None:
    for gap in (0.00008, -0.00008):  # some eight metres
        raw = {code: as_shape(shape) for code, shape in four(gap=gap).items()}
        parts = shapely.get_parts(shapely.union_all(list(raw.values())))
        assert len(parts) > 1 if gap > 0 else not geometry.fits_together(list(raw.values()))
        fitted = geometry.fitted(raw)
        assert geometry.fits_together(list(fitted.values()))
        whole = geometry.united(list(fitted.values()))
        assert whole.geom_type == "Polygon"
        assert len(whole.interiors) == 0
        points = [int(shapely.get_num_coordinates(list(shapes.values())).sum()) for shapes in (raw, fitted)]
        assert points[1] < points[0] / 2
        for code, shape in fitted.items():
            assert shape.is_valid
            assert geometry.area_km2(shape) == pytest.approx(geometry.area_km2(raw[code]), rel=0.02)


# ---- From a file -------------------------------------------------------------------------------------------------


def test_a_file_of_one_s_own_is_stored_with_former_districts(data: Path, tmp_path: Path) -> None:
    result = get.outlines(data, written(tmp_path / "own.geojson", four(gap=0.00008)), report=False)
    assert (result.wards, result.districts, result.source_id) == (4, 2, fetch.OWN_SOURCE)
    shapes = stored(data)
    assert set(shapes) == {*(f"{code}@2025-07-01" for code in CODES), "D0@legacy", "D1@legacy"}
    assert shapes["D0@legacy"].equals(
        shapely.union_all([shapes["90001@2025-07-01"], shapes["90002@2025-07-01"]])
    )


def spoilt(what: str) -> dict[str, dict[str, Any]]:
    shapes = four()
    if what == "missing":
        del shapes[CODES[3]]
    elif what == "unknown":
        shapes["99999"] = square(5, 5)
    elif what == "area":
        shapes[CODES[1]] = square(1, 0, gap=0.01)
    elif what == "point":
        shapes[CODES[0]] = {"type": "Point", "coordinates": [105.5, 21.0]}
    return shapes


@pytest.mark.parametrize(
    ("what", "vi", "en", "exit_code"),
    [
        ("missing", "thiếu 90004 Xã số 3", "missing 90004 Xã số 3", 1),
        ("unknown", "mã lạ 99999", "unknown codes 99999", 1),
        ("area", "Xã số 1 -", "Xã số 1 -", 1),
        ("point", "không phải GeoJSON", "not a GeoJSON", 2),
    ],
)
def test_outlines_that_cannot_be_right_leave_the_former_ones(
    data: Path, tmp_path: Path, what: str, vi: str, en: str, exit_code: int
) -> None:
    get.outlines(data, written(tmp_path / "good.geojson", four()), report=False)
    before = (data / "boundaries" / "ward_outline.csv").read_bytes()
    with pytest.raises(Problem) as caught:
        get.outlines(data, written(tmp_path / "bad.geojson", spoilt(what)), report=False)
    assert vi in caught.value.text.vi
    assert en in caught.value.text.en
    assert caught.value.exit_code == exit_code
    assert (data / "boundaries" / "ward_outline.csv").read_bytes() == before


@pytest.mark.parametrize("content", ["", "{", "[]", '{"features": 3}', '{"features": [{"type": "Feature"}]}'])
def test_what_is_no_geojson_is_refused(data: Path, tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.geojson"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(Problem, match="not a GeoJSON"):
        get.outlines(data, str(path), report=False)


def test_a_known_difference_of_the_public_source_passes_and_no_other(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes = {code: as_shape(shape) for code, shape in (four() | {CODES[1]: square(1, 0, gap=0.005)}).items()}
    found = fetch.Outlines(shapes, fetch.PUBLIC_SOURCE)
    with pytest.raises(Problem):
        store.prepare(found, data)
    monkeypatch.setitem(store.KNOWN_DIFFERENCES, fetch.PUBLIC_SOURCE, {CODES[1]: -0.064})
    assert store.prepare(found, data).wards == 4


def test_a_missing_file_is_said(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["boundaries", "--data", str(data), "--from", str(tmp_path / "no.geojson")]) == 2
    assert "no.geojson" in capsys.readouterr().err


# ---- From the public source --------------------------------------------------------------------------------------


class Source:
    """A web server on this machine with the files of a public source of four wards."""

    def __init__(self) -> None:
        self.files = {
            f"{code}.geojson": json.dumps(collection({code: shape})).encode()
            for code, shape in four().items()
        }
        self.asked: list[str] = []
        self.wait = 0.0
        source = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.rsplit("/", 1)[-1]
                source.asked.append(name)
                time.sleep(source.wait)
                content = source.files.get(name)
                self.send_response(200 if content else 404)
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, format: str, *args: Any) -> None:
                return

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}/wards/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Source]:
    """The source, and a manifest of what it has."""
    running = Source()
    rows = [
        (
            code,
            f"{code}.geojson",
            fetch._digest(running.files[f"{code}.geojson"]),
            fetch.outline_digest(shape["coordinates"]),
        )
        for code, shape in four().items()
    ]
    manifest = tmp_path / "manifest.csv"
    with manifest.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("code", "file", "sha256", "outline_sha256"), *rows])
    monkeypatch.setattr(fetch, "MANIFEST", manifest)
    yield running
    running.server.shutdown()


def test_the_public_source_is_fetched_once_and_named(data: Path, source: Source) -> None:
    assert get.outlines(data, report=False, base=source.base).source_id == fetch.PUBLIC_SOURCE
    assert len(source.asked) == 4
    get.outlines(data, report=False, base=source.base)
    assert len(source.asked) == 4


def test_a_local_copy_of_the_public_outlines_is_known_as_such(
    data: Path, source: Source, tmp_path: Path
) -> None:
    assert (
        get.outlines(data, written(tmp_path / "copy.geojson", four()), report=False).source_id
        == fetch.PUBLIC_SOURCE
    )
    assert source.asked == []


def test_an_interrupted_fetch_goes_on_where_it_stopped(data: Path, source: Source) -> None:
    last = source.files.pop(f"{CODES[3]}.geojson")
    with pytest.raises(Problem, match="3 of 4 files are here"):
        get.outlines(data, report=False, base=source.base)
    assert not (data / "boundaries" / "ward_outline.csv").exists()
    source.files[f"{CODES[3]}.geojson"] = last
    source.asked.clear()
    assert get.outlines(data, report=False, base=source.base).wards == 4
    assert source.asked == [f"{CODES[3]}.geojson"]


def test_other_bytes_than_those_checked_are_not_used(data: Path, source: Source) -> None:
    get.outlines(data, report=False, base=source.base)
    before = (data / "boundaries" / "ward_outline.csv").read_bytes()
    (data / "boundaries" / "download" / f"{CODES[0]}.geojson").write_text("spoilt on disk", encoding="utf-8")
    source.files[f"{CODES[0]}.geojson"] = json.dumps(collection({CODES[0]: square(3, 3)})).encode()
    with pytest.raises(Problem, match="other content"):
        get.outlines(data, report=False, base=source.base)
    assert (data / "boundaries" / "ward_outline.csv").read_bytes() == before


def test_a_start_tries_once_briefly_and_never_fails(data: Path, source: Source) -> None:
    source.wait = 2.0
    began = time.monotonic()
    assert get.once(data, base=source.base, seconds=0.5) is None
    assert time.monotonic() - began < 3
    source.wait = 0.0
    source.asked.clear()
    assert get.once(data, base=source.base, seconds=5) is None  # it was tried
    assert source.asked == []


def test_a_start_with_the_internet_gets_the_outlines(data: Path, source: Source) -> None:
    found = get.once(data, base=source.base, seconds=20)
    assert found is not None
    assert found.wards == 4
    assert get.once(data, base=source.base, seconds=20) is None  # they are there


# ---- In the warehouse --------------------------------------------------------------------------------------------


@pytest.mark.skipif(not FULL.is_file(), reason="the real outlines are not on this machine")
def test_the_real_outlines_of_126_wards_reach_the_warehouse(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for part in ("reference", "published"):
        (data / part).symlink_to(DATA / part)
    result = get.outlines(data, str(FULL), report=False)
    assert (result.wards, result.districts, result.source_id) == (126, 30, fetch.PUBLIC_SOURCE)
    assert result.bytes < 500_000
    assert {code for code, share in result.differences.items() if abs(share) > 0.05} == {"09988", "04930"}
    build_id = build(data, tmp_path / "warehouse", allow_shrink=True).build_id
    with duckdb.connect(str(tmp_path / "warehouse" / f"{build_id}.duckdb"), read_only=True) as con:
        kinds = con.execute("SELECT kind, count(*) FROM unit_shape GROUP BY 1 ORDER BY 1").fetchall()
        assert kinds == [("boundary", 156), ("hex", 126)]
        licence = con.execute(
            "SELECT DISTINCT s.licence FROM unit_shape JOIN source AS s USING (source_id) WHERE unit_shape.kind = 'boundary'"
        ).fetchall()
        assert "MIT" in licence[0][0]


def test_the_manifest_lists_each_ward_of_today_once() -> None:
    with (DATA / "reference" / "unit.csv").open(encoding="utf-8", newline="") as stream:
        codes = {u["code"] for u in csv.DictReader(stream) if u["level"] == "ward" and not u["valid_to"]}
    listed = fetch.manifest()
    assert len(listed) == 126
    assert {one.code for one in listed} == codes
    assert fetch.COMMIT in fetch.PUBLIC
