"""Parquet and JSON have every value with its type, and carry what there is to know."""

from __future__ import annotations

import datetime as dt
import json

import duckdb
import pyarrow.parquet as pq
import pytest

from exports import Text, from_query, write_json, write_parquet
from tests.exports.conftest import HOSTILE


def test_parquet_has_the_warehouses_values_and_types(table, rows_of, tmp_path):
    path = tmp_path / "a.parquet"
    expected = rows_of(table)
    assert write_parquet(table, path) == len(expected)
    with duckdb.connect() as connection:
        found = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
        names = [d[0] for d in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        types = {
            r[0]: r[1] for r in connection.execute("DESCRIBE FROM read_parquet(?)", [str(path)]).fetchall()
        }
    assert rows == expected
    cursor = table.warehouse._connection.cursor()
    given = {r[0]: r[1] for r in cursor.execute(f"DESCRIBE {table.sql}", list(table.parameters)).fetchall()}
    assert types == {c.code: given[c.name] for c in table.columns}


def test_parquet_carries_build_filters_statuses_bases_and_sources(long, tmp_path):
    path = tmp_path / "a.parquet"
    write_parquet(long, path)
    told = {k.decode(): v.decode() for k, v in pq.read_metadata(path).metadata.items()}
    assert told["build_id"] == long.build_id
    assert dt.date.fromisoformat(told["made_on"]) == long.made_on
    assert {"illustrative", "published"} <= set(json.loads(told["statuses"]))
    assert "recognised_of_total" in json.loads(told["bases"])
    assert "sample-generator" in json.loads(told["sources"])
    about = json.loads(told["about"])
    assert about["title"] == long.title.both()
    assert {"vi": "Cấp", "en": "Tiers"} in [one["name"] for one in json.loads(told["filters"])]
    assert [c["name"] for c in about["columns"]] == [c.code for c in long.columns]


def plain(value):
    return (
        value.isoformat()
        if isinstance(value, dt.date)
        else float(value)
        if hasattr(value, "as_tuple")
        else value
    )


def test_json_has_the_warehouses_values(table, rows_of, tmp_path):
    path = tmp_path / "a.json"
    expected = rows_of(table)
    assert write_json(table, path) == len(expected)
    told = json.loads(path.read_text(encoding="utf-8"), parse_constant=lambda name: 1 / 0)
    assert told["rows"] == [{code: plain(value) for code, value in row.items()} for row in expected]
    assert told["meta"]["build_id"] == table.build_id
    assert told["meta"]["rows"] == len(expected)
    assert [c["name"] for c in told["columns"]] == [c.code for c in table.columns]


def test_json_keeps_hostile_texts_to_the_letter(hostile, tmp_path):
    write_json(hostile, tmp_path / "a.json")
    rows = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["rows"]
    assert [r["text"] for r in rows] == [*HOSTILE, None]


def test_a_query_of_a_readers_own_gets_its_types_and_cannot_leave(full, tmp_path):
    table = from_query(
        full,
        "SELECT 'nan'::DOUBLE AS no_number, sum(line) AS total, 1.50::DECIMAL(5,2) AS price, [1, 2] AS list, DATE '2026-01-02' AS day"
        " FROM observation -- a remark at the end",
        (),
        Text("Của tôi", "Mine"),
    )
    write_json(table, tmp_path / "a.json")
    (row,) = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["rows"]
    assert (
        row["no_number"] is None
        and row["price"] == 1.5
        and row["list"] == [1, 2]
        and row["day"] == "2026-01-02"
    )
    assert row["total"] == full.row("SELECT sum(line) AS n FROM observation")["n"]


def test_a_query_can_read_no_file(full, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(duckdb.Error):
        from_query(full, f"SELECT * FROM read_csv('{secret}')", (), Text("a", "a"))
    with pytest.raises(duckdb.Error):
        from_query(full, f"FROM '{secret}'", (), Text("a", "a"))
