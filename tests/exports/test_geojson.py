"""GeoJSON has a feature a unit, on outlines where there are some, with the figures of the table."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
import shapely
from shapely.geometry import shape

from exports import NoUnits, TooManyFigures, from_asked, from_warehouse, geojson, write_geojson
from queries.explore import Choice, asked
from queries.warehouse import current_warehouse
from tests.exports.conftest import FAMILY
from tests.outlined import with_outlines

ONE_PERIOD = Choice(
    indicators=(FAMILY,),
    levels=("ward",),
    first=dt.date(2026, 9, 30),
    last=dt.date(2026, 9, 30),
    missing=True,
)


def read(path: Path):
    return json.loads(path.read_text(encoding="utf-8"), parse_constant=lambda name: 1 / 0)


def test_one_figure_a_ward_gives_its_columns_as_properties_on_hexagons(full, rows_of, tmp_path):
    table = from_asked(full, asked(full, ONE_PERIOD))
    rows = {row["unit_key"]: row for row in rows_of(table)}
    assert write_geojson(table, tmp_path / "a.geojson") == len(rows) == 126
    found = read(tmp_path / "a.geojson")
    for feature in found["features"]:
        row = rows[feature["id"]]
        assert feature["properties"]["value"] == row["value"]
        assert feature["properties"]["status"] == row["status"]
        assert feature["properties"]["period_end"] == "2026-09-30"
        assert shape(feature["geometry"]).is_valid
        west, south, east, north = shape(feature["geometry"]).bounds
        assert 104 < west < east < 107.5 and 20 < south < north < 22
    assert found["about"]["shape_kinds"][0] == "hex"
    assert found["about"]["build_id"] == full.build_id


def test_outlines_are_taken_where_the_build_has_them(warehouse_full, tmp_path):
    w = current_warehouse(with_outlines(warehouse_full, tmp_path))
    write_geojson(from_asked(w, asked(w, ONE_PERIOD)), tmp_path / "a.geojson")
    found = read(tmp_path / "a.geojson")
    assert found["about"]["shape_kinds"][0] == "boundary"
    first = found["features"][0]
    unit = w.row("SELECT lat, lon FROM unit WHERE unit_key = ?", first["id"])
    assert unit is not None
    assert shape(first["geometry"]).contains(shapely.Point(unit["lon"], unit["lat"]))


def test_several_figures_a_unit_are_told_apart_and_none_is_lost(full, rows_of, tmp_path):
    choice = Choice(indicators=(FAMILY, "model.family.total"), levels=("city", "district"))
    table = from_asked(full, asked(full, choice))
    write_geojson(table, tmp_path / "a.geojson")
    found = {f["id"]: f for f in read(tmp_path / "a.geojson")["features"]}
    for key, feature in found.items():
        values = [
            row["value"] for row in rows_of(table) if row["unit_key"] == key and row["value"] is not None
        ]
        told = [v for name, v in feature["properties"].items() if name.endswith(" value")]
        assert sorted(told) == sorted(values)
    assert len(found) == 31
    assert found["01"]["geometry"] is None
    assert found["001@legacy"]["geometry"] is not None


def test_schools_are_points(full, tmp_path):
    table = from_warehouse(full, "school")
    rows = write_geojson(table, tmp_path / "a.geojson")
    features = read(tmp_path / "a.geojson")["features"]
    assert len(features) == rows == full.row("SELECT count(*) AS n FROM school")["n"]
    for feature in features:
        own = feature["properties"]
        place = None if own["lat"] is None else {"type": "Point", "coordinates": [own["lon"], own["lat"]]}
        assert feature["geometry"] == place


def test_rows_without_a_place_and_too_many_figures_are_refused(full, long, tmp_path, monkeypatch):
    with pytest.raises(NoUnits):
        write_geojson(from_warehouse(full, "source"), tmp_path / "a.geojson")
    monkeypatch.setattr(geojson, "MOST_PROPERTIES", 10)
    with pytest.raises(TooManyFigures):
        write_geojson(long, tmp_path / "a.geojson")
    assert list(tmp_path.iterdir()) == []
