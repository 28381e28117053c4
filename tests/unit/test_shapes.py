"""Shapes of the map: each ward once, in every kind; builds without outlines, with some missing, with 1 and 0 wards."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import duckdb
import pytest
from shapely.geometry import LineString, MultiLineString, Point, shape

from queries.shapes import (
    LINES_ORIGIN,
    SCREEN_DECIMALS,
    ShapeKind,
    UnknownShape,
    anchors,
    bounds,
    district_numbers,
    has_outlines,
    latitude,
    map_units,
    mercator,
    screen_lines,
    screen_shapes,
    shape_sources,
    shapes,
    some_shapes,
    without_outline,
)
from queries.warehouse import Warehouse, current_warehouse
from ui.geometry import KEPT, _address, write_once

Change = Callable[[Callable[[duckdb.DuckDBPyConnection], None]], Warehouse]
# A diamond of 0.01 degrees around a ward's true centre, as GeoJSON.
DIAMOND = """format(
    '{{"type":"Polygon","coordinates":[[[{0},{3}],[{1},{2}],[{4},{3}],[{1},{5}],[{0},{3}]]]}}',
    lon - 0.005, lon, lat - 0.005, lat, lon + 0.005, lat + 0.005)"""
NOW = "level = 'ward' AND valid_to IS NULL"


@pytest.fixture
def changed(warehouse_full: Path, tmp_path: Path) -> Change:
    """A copy of the published build after a change."""

    def make(change: Callable[[duckdb.DuckDBPyConnection], None]) -> Warehouse:
        name = (warehouse_full / "CURRENT").read_text(encoding="utf-8").strip()
        shutil.copy(warehouse_full / f"{name}.duckdb", tmp_path)
        (tmp_path / "CURRENT").write_text(name, encoding="utf-8")
        with duckdb.connect(str(tmp_path / f"{name}.duckdb")) as con:
            change(con)
        return current_warehouse(tmp_path)

    return make


def draw_outlines(con: duckdb.DuckDBPyConnection, without: int = 0) -> None:
    """A diamond around each true centre, but for the first few wards."""
    con.execute(
        f"INSERT INTO unit_shape SELECT unit_key, 'boundary', {DIAMOND}, 'own-hex-layout' FROM unit "
        f"WHERE {NOW} ORDER BY unit_key LIMIT 126 OFFSET {without}"
    )


def features(w: Warehouse, kind: ShapeKind) -> list[dict[str, Any]]:
    found = json.loads(shapes(w, kind))
    assert found["type"] == "FeatureCollection"
    listed: list[dict[str, Any]] = found["features"]
    return listed


@pytest.mark.parametrize("kind", ["hex", "circle", "boundary"])
def test_every_ward_is_in_each_kind_once_with_its_number_and_key(changed: Change, kind: ShapeKind) -> None:
    w = changed(draw_outlines)
    found = features(w, kind)
    units = map_units(w)
    assert [(f["properties"]["n"], f["properties"]["k"]) for f in found] == [(u.n, u.unit_key) for u in units]
    assert [u.n for u in units] == list(range(126))
    assert len(anchors(w, kind)) == 126
    assert all(shape(f["geometry"]).is_valid for f in found)


@pytest.mark.parametrize("kind", ["hex", "circle", "hex_district"])
def test_all_shapes_lie_where_the_city_is(full: Warehouse, kind: ShapeKind) -> None:
    found = bounds(full, kind)
    assert found is not None
    west, south, east, north = found
    assert 105.2 < west < east < 106.1
    assert 20.5 < south < north < 21.5


def test_hexagons_do_not_overlap_and_are_together_as_large_as_the_city(full: Warehouse) -> None:
    cells = [shape(f["geometry"]) for f in features(full, "hex")]
    union = cells[0]
    for cell in cells[1:]:
        union = union.union(cell)
    assert union.area == pytest.approx(sum(cell.area for cell in cells), rel=1e-4)
    km2 = union.area * 111.195**2 * 0.934  # cosine of 21 degrees
    assert km2 == pytest.approx(sum(u.area_km2 or 0 for u in map_units(full)), rel=0.01)


def test_former_districts_of_hexagons_cover_all_cells(full: Warehouse) -> None:
    assert len(features(full, "hex_district")) == 30
    districts = sum(shape(f["geometry"]).area for f in features(full, "hex_district"))
    assert districts == pytest.approx(
        sum(shape(f["geometry"]).area for f in features(full, "hex")), rel=0.003
    )


def test_a_build_without_outlines_has_none_and_says_so(full: Warehouse) -> None:
    assert not has_outlines(full)
    assert features(full, "boundary") == features(full, "district") == []
    assert bounds(full, "boundary") is None
    assert len(without_outline(full)) == 126


def test_where_three_outlines_are_missing_circles_of_their_size_stand_and_are_marked(changed: Change) -> None:
    w = changed(lambda con: draw_outlines(con, without=3))
    assert has_outlines(w)
    assert [u.n for u in without_outline(w)] == [0, 1, 2]
    found = features(w, "boundary")
    assert [f["properties"].get("approx") for f in found] == [1, 1, 1, *[None] * 123]
    first = map_units(w)[0]
    disc = shape(found[0]["geometry"])
    assert disc.area * 111.195**2 * 0.933 == pytest.approx(first.area_km2, rel=0.03)
    assert disc.centroid.x == pytest.approx(first.lon, abs=1e-4)


@pytest.mark.parametrize("wards", [0, 1])
def test_a_map_of_no_ward_or_one_works(changed: Change, wards: int) -> None:
    def leave(con: duckdb.DuckDBPyConnection) -> None:
        draw_outlines(con)
        con.execute(
            f"DELETE FROM unit WHERE {NOW} AND unit_key NOT IN (SELECT min(unit_key) FROM unit WHERE {NOW} HAVING {wards} = 1)"
        )

    w = changed(leave)
    assert len(map_units(w)) == wards
    for kind in get_args(ShapeKind):
        assert len(features(w, kind)) in {wards, 0}
        assert len(anchors(w, kind)) == len(features(w, kind))
    assert has_outlines(w) == bool(wards)


def test_the_middle_of_a_shape_lies_in_it_even_where_its_centroid_does_not(changed: Change) -> None:
    crooked = '{"type":"Polygon","coordinates":[[[105.8,21],[105.9,21],[105.9,21.1],[105.89,21.1],[105.89,21.01],[105.8,21.01],[105.8,21]]]}'

    def bend(con: duckdb.DuckDBPyConnection) -> None:
        draw_outlines(con)
        con.execute(
            "UPDATE unit_shape SET geometry = ? WHERE kind = 'boundary' AND unit_key = (SELECT min(unit_key) FROM unit_shape)",
            [crooked],
        )

    w = changed(bend)
    outline, anchor = shape(json.loads(crooked)), anchors(w, "boundary")[0]
    assert not outline.contains(outline.centroid)
    assert outline.contains(Point(anchor.lon, anchor.lat))
    assert anchor.radius_km > 0.4


def test_the_screen_gets_the_same_shapes_with_their_numbers_alone(changed: Change) -> None:
    w = changed(draw_outlines)
    for kind in get_args(ShapeKind):
        whole, light = features(w, kind), json.loads(screen_shapes(w, kind))["features"]
        assert [f["properties"] for f in light] == [{"n": f["properties"]["n"]} for f in whole]
        for ours, theirs in zip(light, whole, strict=True):
            assert shape(ours["geometry"]).hausdorff_distance(shape(theirs["geometry"])) < 1e-5


def test_some_shapes_are_those_of_the_same_numbers(full: Warehouse) -> None:
    every = json.loads(screen_shapes(full, "hex"))["features"]
    assert json.loads(some_shapes(full, "hex", [3, 125, 999]))["features"] == [every[3], every[125]]


def lines_of(text: str) -> MultiLineString:
    """The lines of a file for the screen in degrees."""
    step, (west, south) = 10**-SCREEN_DECIMALS, LINES_ORIGIN
    return MultiLineString(
        [
            [(west + x * step, south + y * step), (west + (x + dx) * step, south + (y + dy) * step)]
            for x, y, dx, dy in json.loads(text)
        ]
    )


def test_each_border_is_drawn_once(changed: Change) -> None:
    """Four squares in a row: two of one former district, then one of another, then one that stands alone."""

    def draw(con: duckdb.DuckDBPyConnection) -> None:
        rows = con.execute(
            f"SELECT unit_key, main_district_key FROM unit WHERE {NOW} AND lat IS NOT NULL ORDER BY unit_key"
        ).fetchall()
        one = [key for key, district in rows if district == rows[0][1]][:2]
        others = [key for key, district in rows if district != rows[0][1]][:2]
        con.execute("DELETE FROM unit_shape WHERE kind = 'boundary'")
        con.execute(
            "UPDATE unit SET lat = NULL WHERE level = 'ward' AND NOT list_contains(?, unit_key)",
            [one + others],
        )
        for key, west in zip(one + others, (0.0, 1.0, 2.0, 9.0), strict=True):
            ring = [[west, 0.0], [west + 1, 0.0], [west + 1, 1.0], [west, 1.0], [west, 0.0]]
            square = json.dumps({"type": "Polygon", "coordinates": [ring]})
            con.execute("INSERT INTO unit_shape VALUES (?, 'boundary', ?, NULL)", [key, square])

    w = changed(draw)
    within, around = (lines_of(screen_lines(w, of_districts)) for of_districts in (False, True))
    assert within.equals_exact(MultiLineString([[(1, 0), (1, 1)]]), 1e-9)
    # the row with its ends and the border in it, and the square alone
    assert around.length == pytest.approx(3 * 2 + 3 + 4)
    assert around.intersection(LineString([(2, 0), (2, 1)]).buffer(1e-6)).length == pytest.approx(1, abs=1e-4)


def test_without_outlines_there_are_no_borders(full: Warehouse) -> None:
    for of_districts in (False, True):
        assert json.loads(screen_lines(full, of_districts)) == []


def test_each_ward_has_its_former_district(full: Warehouse) -> None:
    found = district_numbers(full)
    assert len(found) == len(map_units(full))
    districts = json.loads(shapes(full, "hex_district"))["features"]
    for unit, n in zip(map_units(full), found, strict=True):
        assert districts[n]["properties"]["k"] == unit.district_key


def test_an_unknown_kind_is_refused(full: Warehouse) -> None:
    with pytest.raises(UnknownShape):
        shapes(full, "triangle")  # type: ignore[arg-type]


def test_sources_of_shapes_are_in_the_list_of_sources(full: Warehouse) -> None:
    known = {row["source_id"] for row in full.rows("SELECT source_id FROM source")}
    for kind in ("hex", "circle", "hex_district"):
        found = shape_sources(full, kind)
        assert found and set(found) <= known


@pytest.mark.parametrize("lat", [-60.0, 0.0, 20.56, 21.39, 70.0])
def test_the_projection_has_an_inverse(lat: float) -> None:
    assert latitude(mercator(lat)) == pytest.approx(lat)


# ---- The file for the browser -------------------------------------------------------------------------------------


def test_the_file_is_written_once_and_named_after_what_it_holds(tmp_path: Path) -> None:
    first = _address("b1", '{"a":"ễ"}', "hex", "", tmp_path)
    assert first == _address("b2", '{"a":"ễ"}', "hex", "", tmp_path)
    assert first != _address("b2", '{"a":"x"}', "hex", "", tmp_path)
    assert first.startswith("/app/static/maps/hex-")
    assert (tmp_path / first.rpartition("/")[2]).read_text(encoding="utf-8") == '{"a":"ễ"}'
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(
    ("base", "start"), [("", "/app/"), ("hoc-tap", "/hoc-tap/app/"), ("/a/b/", "/a/b/app/")]
)
def test_the_address_carries_the_path_that_the_server_stands_under(
    tmp_path: Path, base: str, start: str
) -> None:
    assert _address("b", "{}", "circle", base, tmp_path).startswith(start + "static/maps/circle-")


def test_where_nothing_can_be_written_the_address_holds_the_shapes(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    assert _address("b", '{"a":1}', "hex", "", blocked) == "data:application/geo+json,%7B%22a%22%3A1%7D"


def test_old_files_of_a_kind_go_and_those_of_other_kinds_stay(tmp_path: Path) -> None:
    write_once(tmp_path / "hex_district-0.geojson", b"{}")
    for number in range(KEPT + 3):
        write_once(tmp_path / f"hex-{number}.geojson", b"{}")
    assert len(list(tmp_path.glob("hex-*"))) == KEPT
    assert (tmp_path / f"hex-{KEPT + 2}.geojson").exists()
    assert (tmp_path / "hex_district-0.geojson").exists()
