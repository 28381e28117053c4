"""CSV and GeoJSON of a map, read back and held against the warehouse."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json

import pandas as pd
import pytest
from shapely.geometry import shape

from charts.base import Look
from charts.map_files import FIGURE_COLUMNS, Subject, csv_file, geojson_file
from charts.palette import LIGHT
from i18n import words_in
from queries.catalogue import Indicator, indicator
from queries.shapes import shapes
from queries.timeline import WARDS_NOW, values_on
from queries.warehouse import Warehouse

VI, EN = (Look(words_in(lang), LIGHT) for lang in ("vi", "en"))
RATE = "model.family.recognised_of_total"
DAY = dt.date(2026, 9, 30)


def figures(w: Warehouse) -> pd.DataFrame:
    return values_on(w, RATE, DAY, WARDS_NOW, ("illustrative",))


def of(w: Warehouse, **more) -> Subject:
    found = indicator(w, RATE)
    assert isinstance(found, Indicator)
    return Subject(found, dt.date(2026, 7, 1), DAY, ("Nguồn A", "Nguồn B"), dt.date(2026, 11, 22), **more)


def read(data: bytes) -> list[dict[str, str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_the_csv_read_back_equals_the_warehouse(full: Warehouse) -> None:
    stored = {
        row["unit_key"]: row
        for row in full.rows(
            "SELECT unit_key, numerator, denominator, value, status FROM observation_current "
            "WHERE indicator_id = ? AND period_end = ? AND origin_status = 'illustrative'",
            RATE,
            DAY,
        )
    }
    rows = read(csv_file(figures(full), of(full), EN))
    assert len(rows) == 126 and 100 < len(stored) < 126
    for row in rows:
        known = stored.get(row["Unit key"])
        if known is None:
            assert row["Value (a rate: 1 = 100%)"] == row["Status"] == ""
            continue
        assert float(row["Value (a rate: 1 = 100%)"]) == known["value"]
        assert float(row["Numerator"]) == known["numerator"]
        assert float(row["Denominator"]) == known["denominator"]
        assert row["Status"] == "Illustrative"


def test_each_line_says_what_its_figure_is(full: Warehouse) -> None:
    row = read(csv_file(figures(full), of(full, classes={"00004@2025-07-01": "80–90%"}), VI))[0]
    assert row["Phường, xã"] == "Phường Ba Đình"
    assert row["Mã phường, xã"] == "00004"
    assert row["Cách tính tỷ lệ"] == "số được công nhận trên tổng số"
    assert (row["Kỳ: từ ngày"], row["Kỳ: đến ngày"]) == ("2026-07-01", "2026-09-30")
    assert row["Tính chất số liệu"] == "Minh họa"
    assert row["Nguồn"] == "Nguồn A; Nguồn B"
    assert row["Nhóm trên bản đồ"] == "80–90%"
    assert row["Định nghĩa"]


def test_a_map_of_change_has_both_periods(full: Warehouse) -> None:
    frame = figures(full).assign(value_before=0.5, change=lambda f: f["value"] - 0.5)
    row = read(csv_file(frame, of(full, before_end=dt.date(2026, 6, 30)), EN))[0]
    assert row["Period compared with: last day"] == "2026-06-30"
    assert float(row["Change (a rate: 0.01 = 1 pp)"]) == pytest.approx(
        float(row["Value (a rate: 1 = 100%)"]) - 0.5
    )


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_name_that_looks_like_a_formula_stays_a_name(full: Warehouse, name: str) -> None:
    frame = figures(full).head(1).assign(name_vi=name)
    assert read(csv_file(frame, of(full), VI))[0]["Phường, xã"] == "'" + name


def test_a_negative_number_stays_a_number(full: Warehouse) -> None:
    frame = figures(full).head(1).assign(change=-0.25)
    assert read(csv_file(frame, of(full), EN))[0]["Change (a rate: 0.01 = 1 pp)"] == "-0.25"


def test_without_wards_the_csv_has_its_headers(full: Warehouse) -> None:
    data = csv_file(figures(full).head(0), of(full), EN)
    assert read(data) == []
    assert "Unit key" in data.decode("utf-8-sig")


@pytest.mark.parametrize("look", [VI, EN])
def test_every_column_has_a_header_of_its_own(look: Look) -> None:
    headers = [look.words(f"map_export.col_{name}") for name in FIGURE_COLUMNS]
    assert len(set(headers)) == len(headers)


def test_the_geojson_has_126_valid_shapes_with_the_figures_of_the_warehouse(full: Warehouse) -> None:
    frame = figures(full)
    found = json.loads(geojson_file(frame, of(full), EN, shapes(full, "hex"), ("Our own layout",)))
    assert found["type"] == "FeatureCollection"
    assert len(found["features"]) == 126
    values = frame.set_index("unit_key")["value"]
    for feature in found["features"]:
        assert shape(feature["geometry"]).is_valid
        expected, value = values[feature["id"]], feature["properties"]["value"]
        assert (value is None and pd.isna(expected)) or value == expected
    assert found["about"]["sources"] == ["Nguồn A", "Nguồn B"]
    assert found["about"]["credits"] == ["Our own layout"]
    assert {f["properties"]["status"] for f in found["features"]} == {"Illustrative", None}


def test_a_shape_without_a_row_stays_with_its_name(full: Warehouse) -> None:
    frame = figures(full).query("unit_key != '00004@2025-07-01'")
    found = json.loads(geojson_file(frame, of(full), VI, shapes(full, "circle"), ()))
    first = found["features"][0]
    assert (first["id"], first["properties"]["name"]) == ("00004@2025-07-01", "Phường Ba Đình")
    assert first["properties"]["value"] is None
