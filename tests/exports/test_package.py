"""The data package holds every public table that has rows, says what each column is, and is valid."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile

import duckdb
import frictionless
import pytest

from exports import package_name, warehouse_name, write_package, write_warehouse
from queries.warehouse import current_warehouse

FULLY_CHECKED = 3_000
"""Rows of a table that the library checks: it takes a second for some thousands."""


@pytest.fixture(scope="module")
def package(full, tmp_path_factory):
    folder = tmp_path_factory.mktemp("package")
    heard: list[float] = []
    write_package(full, folder / "a.zip", progress=lambda done, total: heard.append(done / total))
    assert heard == sorted(heard) and heard[-1] == 1
    assert [path.name for path in folder.iterdir()] == ["a.zip"]
    with zipfile.ZipFile(folder / "a.zip") as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def told(package):
    return json.loads((package / "datapackage.json").read_text(encoding="utf-8"))


def test_every_public_table_with_rows_is_there_to_the_last_row(full, package, told):
    public = [r["table_name"] for r in full.rows("SELECT table_name FROM dictionary_table ORDER BY 1")]
    counts = {name: full.row("SELECT count(*) AS n FROM query_table(?)", name)["n"] for name in public}
    assert {r["name"]: r["rows"] for r in told["resources"]} == {name: n for name, n in counts.items() if n}
    for resource in told["resources"]:
        data = (package / resource["path"]).read_bytes()
        assert resource["bytes"] == len(data)
        assert resource["hash"] == "sha256:" + hashlib.sha256(data).hexdigest()
        if resource["rows"] < 60_000:
            lines = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
            assert len(lines) == resource["rows"] + 1
            assert lines[0] == [field["name"] for field in resource["schema"]["fields"]]


def test_the_library_finds_it_valid(package, told):
    small = {**told, "resources": [dict(r) for r in told["resources"]]}
    for resource in small["resources"]:
        if resource["rows"] > FULLY_CHECKED:
            path = package / resource["path"]
            head = b"\r\n".join(path.read_bytes().split(b"\r\n")[: FULLY_CHECKED // 30 + 1]) + b"\r\n"
            (package / "head").mkdir(exist_ok=True)
            (package / "head" / path.name).write_bytes(head)
            resource["path"] = f"head/{path.name}"
            for name in ("hash", "bytes", "rows"):
                resource.pop(name)
    (package / "small.json").write_text(json.dumps(small), encoding="utf-8")
    report = frictionless.validate(str(package / "small.json"))
    assert report.valid, report.flatten(["name", "type", "message"])[:8]


def test_the_whole_of_a_large_table_is_valid_in_types_and_keys(full, package, told):
    """Types of all figures by DuckDB, whose reader is quicker; keys by the warehouse's own."""
    types = {"string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "date": "DATE", "datetime": "TIMESTAMP", "boolean": "BOOLEAN"}  # fmt: skip
    resource = next(r for r in told["resources"] if r["name"] == "observation")
    columns = {f["name"]: types[f["type"]] for f in resource["schema"]["fields"]}
    keys = ", ".join(resource["schema"]["primaryKey"])
    read = "read_csv(?, columns = ?, header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"')"
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"SELECT count(*), count(DISTINCT ({keys})), count(value), max(value), min(period_end) FROM {read}",
            [str(package / resource["path"]), columns],
        ).fetchone()
    own = f"SELECT count(*) AS a, count(DISTINCT ({keys})) AS b, count(value) AS c, max(value) AS d, min(period_end) AS e"
    assert rows == tuple(full.row(f"{own} FROM observation").values())


def test_schemas_say_what_the_contracts_say(full, told):
    resources = {r["name"]: r for r in told["resources"]}
    fields = {f["name"]: f for f in resources["observation"]["schema"]["fields"]}
    assert fields["status"]["constraints"] == {
        "required": True,
        "enum": ["published", "reported", "illustrative"],
    }
    assert fields["value"]["type"] == "number"
    refers = full.rows(
        "SELECT table_name, column_name, refers_to FROM dictionary_column WHERE refers_to IS NOT NULL"
    )
    found = {
        (name, key["fields"][0], f"{key['reference']['resource'] or name}.{key['reference']['fields'][0]}")
        for name, resource in resources.items()
        for key in resource["schema"].get("foreignKeys", ())
    }
    assert found == {tuple(row.values()) for row in refers if row["table_name"] in resources}
    assert resources["source"]["schema"]["primaryKey"] == ["source_id"]
    assert {"title", "title_en", "description", "description_en"} <= resources["school"].keys()
    assert all(r["schema"]["missingValues"] == [""] for r in told["resources"])
    assert any(licence["title"] == "CC BY 4.0" for licence in told["licenses"])
    assert len(told["sources"]) == resources["source"]["rows"]


def test_the_warehouse_itself_can_be_had(full, tmp_path):
    path = tmp_path / warehouse_name(full, "en")
    assert path.name == f"hanoi-learning-city_warehouse_{full.build_id}.duckdb"
    assert write_warehouse(full, path) == path.stat().st_size
    (tmp_path / "CURRENT").write_text(path.stem, encoding="utf-8")
    assert current_warehouse(tmp_path).build_id == full.build_id
    assert package_name(full, "vi").isascii()
