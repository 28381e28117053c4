"""CSV files have every value of the warehouse, as programs and as people want them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import frictionless
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports import file_name, from_asked, from_warehouse, reading, write_csv, write_csv_zip
from exports.safety import guarded
from queries.explore import Choice, asked, count, narrowed
from queries.warehouse import Warehouse
from tests.exports.conftest import HOSTILE


def read(path: Path, delimiter: str = ",") -> list[list[str]]:
    text = path.read_bytes().decode("utf-8")
    assert text.startswith("\ufeff")
    assert text.endswith("\r\n")
    return list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=delimiter, strict=True))


def as_text(value):
    """A value as the file should have it; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return value.isoformat()
    return guarded(value) if isinstance(value, str) else value


def same(cell: str, value, decimal: str) -> bool:
    expected = as_text(value)
    if isinstance(expected, str):
        return cell == expected
    return float(cell.replace(decimal, ".")) == float(expected)


@pytest.mark.parametrize("decimal", [".", ","])
def test_with_codes_every_value_is_the_warehouses(table, rows_of, tmp_path, decimal):
    path = tmp_path / "codes.csv"
    written = write_csv(table, path, "vi", words="codes", decimal=decimal)
    header, *rows = read(path, "," if decimal == "." else ";")
    expected = rows_of(table)
    assert written == len(rows) == len(expected)
    assert header == [c.code for c in table.columns]
    for cells, row in zip(rows, expected, strict=True):
        assert all(same(cell, value, decimal) for cell, value in zip(cells, row.values(), strict=True)), (
            cells,
            row,
        )


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_with_words_codes_are_told_in_the_readers_language(long, rows_of, tmp_path, lang):
    path = tmp_path / "words.csv"
    write_csv(long, path, lang)
    header, *rows = read(path)
    shown = long.shown(lang)
    assert len(header) == len(set(header)) == len(shown)
    place = [c.code for c in shown].index("status")
    words = long.column("status").labels
    assert [r[place] for r in rows] == [words[row["status"]].of(lang) for row in rows_of(long)]
    assert {"Minh họa", "Illustrative"} & {r[place] for r in rows}
    assert {"indicator_en", "indicator_vi"} & {c.code for c in shown} == {f"indicator_{lang}"}
    missing = [c.code for c in shown].index("is_missing")
    assert {r[missing] for r in rows} <= {"có", "không", "yes", "no"}


def test_status_basis_and_source_stand_in_each_row(long, tmp_path):
    for words in ("labels", "codes"):
        path = tmp_path / f"{words}.csv"
        write_csv(long, path, "en", words=words)
        header, *rows = read(path)
        codes = [c.code for c in (long.columns if words == "codes" else long.shown("en"))]
        assert len(header) == len(codes)
        for name in ("status", "source_id"):
            assert all(row[codes.index(name)] for row in rows)
        assert any(row[codes.index("basis")] for row in rows)


def test_formulas_are_harmless_and_negative_numbers_stay_numbers(hostile, tmp_path):
    path = tmp_path / "hostile.csv"
    write_csv(hostile, path, "vi")
    header, *rows = read(path)
    assert [row[0] for row in rows] == [*(guarded(text) for text in HOSTILE), ""]
    assert rows[0][1] == "-5" and rows[4][1] == "-0.721" and rows[3][1] == "1e+16"
    assert [row[2] for row in rows[:3]] == ["0", "-1", "-2"]
    assert header[0] == '\'=Chữ, “có” "nháy"'


def test_an_empty_text_is_not_a_missing_one(hostile, tmp_path):
    path = tmp_path / "hostile.csv"
    write_csv(hostile, path, "en", words="codes")
    last_two = path.read_text(encoding="utf-8-sig").splitlines()[-2:]
    assert last_two[0].startswith('"",')
    assert last_two[1].startswith(",")


@pytest.mark.parametrize("words", ["labels", "codes"])
@pytest.mark.parametrize(("lang", "decimal"), [("vi", ","), ("en", ".")])
def test_the_archive_says_what_it_holds_and_is_a_valid_package(table, tmp_path, words, lang, decimal):
    path = tmp_path / file_name(table, lang, "zip")
    rows = write_csv_zip(table, path, lang, words=words, decimal=decimal)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "out")
    stem = path.name.removesuffix(".zip")
    assert names == [f"{stem}.csv", f"{stem}_README.txt", "datapackage.json"]
    readme = (tmp_path / "out" / names[1]).read_text(encoding="utf-8-sig")
    assert table.build_id in readme and table.title.of(lang) in readme
    told = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))
    assert told["about"]["rows"] == rows == told["resources"][0]["rows"]
    assert {"statuses", "bases", "sources", "filters", "build_id", "built_at", "made_on"} <= told[
        "about"
    ].keys()
    report = frictionless.validate(str(tmp_path / "out" / "datapackage.json"))
    assert report.valid, report.flatten(["type", "message"])[:5]


def test_a_table_of_the_warehouse_has_the_dictionarys_headers(full, tmp_path):
    table = from_warehouse(full, "school")
    write_csv(table, tmp_path / "school.csv", "vi")
    header, *rows = read(tmp_path / "school.csv")
    assert len(rows) == full.row("SELECT count(*) AS n FROM school")["n"]
    assert len(set(header)) == len(header) > 10


def test_a_table_that_the_dictionary_does_not_know_cannot_be_had(full):
    with pytest.raises(KeyError):
        from_warehouse(full, "duckdb_settings()")


@pytest.mark.parametrize("rows_at_once", [1, 300, 1000])
def test_rows_sorted_in_parts_are_the_same_and_in_the_same_order(
    full: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows_at_once: int
) -> None:
    table = from_asked(full, asked(full, Choice(levels=("city", "district"), missing=True)))
    monkeypatch.setattr(reading, "PART", rows_at_once)
    told: list[float] = []
    n = write_csv(
        table, tmp_path / "parts.csv", "vi", words="codes", progress=lambda done, of: told.append(done / of)
    )
    write_csv(replace(table, order=None), tmp_path / "whole.csv", "vi", words="codes")
    assert n > 2000
    assert (tmp_path / "parts.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert told == sorted(told)
    assert told[-1] == 1


def test_a_table_narrowed_by_a_click_is_exported_as_narrow(full: Warehouse, tmp_path: Path) -> None:
    whole = asked(full, Choice(indicators=("model.family.recognised_of_total",), group="type"))
    some = narrowed(full, whole, ("xa",))
    written = write_csv(from_asked(full, some), tmp_path / "some.csv", "vi", words="codes")
    assert 0 < written == count(full, some) < count(full, whole)
    header, *rows = read(tmp_path / "some.csv")
    assert {row[header.index("unit_key")] for row in rows} == {"xa"}


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(1, 10**6)), unique_by=lambda pair: pair[0]))
def test_parts_hold_every_value_once(counted: list[tuple[int, int]]) -> None:
    counted.sort()
    parts = reading._parts(counted)
    assert len(parts) <= reading.PARTS
    for value, _ in counted:
        assert sum(first <= value <= last for first, last in parts) == 1
