"""Files say in their name what they hold, are whole or not there, and tell how far they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from exports import (
    Text,
    file_name,
    from_asked,
    from_frame,
    from_query,
    write_csv,
    write_csv_zip,
    write_geojson,
    write_json,
    write_package,
    write_parquet,
    write_warehouse,
    write_xlsx,
)
from exports.filters import told_filters
from exports.names import ascii_name
from queries.explore import STATUSES, Choice, asked
from tests.exports.conftest import FAMILY

WRITERS: dict[str, Callable[..., int]] = {
    "csv": lambda table, path, **k: write_csv(table, path, "vi", **k),
    "zip": lambda table, path, **k: write_csv_zip(table, path, "vi", **k),
    "xlsx": lambda table, path, **k: write_xlsx(table, path, "vi", **k),
    "parquet": write_parquet,
    "json": write_json,
    "geojson": write_geojson,
    "package": lambda table, path, **k: write_package(table.warehouse, path, **k),
    "duckdb": lambda table, path, **k: write_warehouse(table.warehouse, path, **k),
}


class Enough(Exception):
    """The reader went away."""


def test_a_name_says_subject_filters_period_and_build(full):
    choice = Choice(indicators=(FAMILY,), levels=("ward",), last=dt.date(2026, 9, 30), group="district")
    table = from_asked(full, asked(full, choice))
    name = file_name(table, "vi", "csv")
    assert (
        name
        == f"ha-noi-hoc-tap_gia-dinh-hoc-tap-ty-le-cong-nhan-tren-tong-so_phuong-xa-cong-quan-huyen_2026-09-30_{full.build_id}.csv"
    )
    assert file_name(table, "en", "xlsx").isascii()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Đường Lâm", "duong-lam"),
        ("a/b\\c: *?", "a-b-c"),
        ("..", ""),
        ("Hà Nội – 2026.Q3", "ha-noi-2026.q3"),
        ("学", ""),
    ],
)
def test_any_text_becomes_a_name(text, name):
    assert ascii_name(text) == name


def test_filters_are_told_in_both_languages(full):
    choice = Choice(
        indicators=(FAMILY,), districts=("001@legacy",), types=("phuong",), bases=("recognised_of_total",),
        statuses=("reported",), first=dt.date(2025, 1, 1), sort="-value", boundaries="wards_2025_07",
    )  # fmt: skip
    told = {name.en: value for name, value in told_filters(full, choice)}
    assert told["Periods that end"] == Text("từ 01/01/2025", "from 1 Jan 2025 on")
    assert told["In former districts"].vi == "Quận Ba Đình"
    assert told["Status of figures"].en == "Reported"
    assert told["Sorted by"].en == "value, largest first"
    assert told["Boundaries"].en == "today's 126 wards"
    everything = {name.en: value for name, value in told_filters(full, Choice(statuses=STATUSES))}
    assert everything["Status of figures"].vi == everything["Indicators"].vi == "tất cả"


@pytest.mark.parametrize("kind", [kind for kind in WRITERS if kind != "package"])
def test_progress_goes_up_to_the_end(long, tmp_path, kind):
    heard: list[tuple[int, int]] = []
    WRITERS[kind](long, tmp_path / "a", progress=lambda done, total: heard.append((done, total)))
    shares = [done / total for done, total in heard]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("kind", WRITERS)
def test_a_reader_who_goes_away_leaves_nothing_behind(long, tmp_path, kind):
    def gone(_done: int, _total: int) -> None:
        raise Enough

    with pytest.raises(Enough):
        WRITERS[kind](long, tmp_path / "a", progress=gone)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["csv", "zip", "xlsx", "parquet", "json"])
def test_a_query_that_fails_leaves_what_was_there(full, tmp_path, kind):
    sql = "SELECT CAST(title AS INTEGER) AS n FROM source"
    table = from_query(full, sql, (), Text("a", "a"))
    (tmp_path / "a").write_text("before", encoding="utf-8")
    with pytest.raises(duckdb.Error):
        WRITERS[kind](table, tmp_path / "a")
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["before"]


def test_a_warehouse_that_is_gone_is_an_error(full, long, tmp_path):
    gone = replace(long, warehouse=replace(full, path=Path(tmp_path / "gone.duckdb")))
    with pytest.raises(duckdb.Error):
        write_csv(gone, tmp_path / "a.csv", "vi")
    assert list(tmp_path.iterdir()) == []


def test_a_frame_is_taken_as_it_is_and_lists_become_texts(full):
    frame = pd.DataFrame({"a": [1], "b": [["x", "y"]]})
    table = from_frame(full, frame, Text("t", "t"))
    assert [c.kind for c in table.columns] == ["whole", "text"]
    assert table.frame is not None
    assert table.frame["b"].tolist() == ["x; y"]
