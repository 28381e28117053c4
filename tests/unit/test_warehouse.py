"""Opening the published build, and asking it from many threads at once."""

from __future__ import annotations

import datetime as dt
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from queries.warehouse import POINTER, NothingPublished, Warehouse, current_warehouse, recent


@pytest.fixture(scope="session")
def found(warehouse_empty: Path) -> Warehouse:
    return current_warehouse(warehouse_empty)


def no_folder(folder: Path) -> None:
    folder.rmdir()


def nothing(folder: Path) -> None:
    """An empty folder."""


def an_empty_pointer(folder: Path) -> None:
    (folder / POINTER).write_text("\n", encoding="utf-8")


def a_pointer_to_a_missing_file(folder: Path) -> None:
    (folder / POINTER).write_text("b000000000000\n", encoding="utf-8")


def a_pointer_to_a_folder(folder: Path) -> None:
    (folder / "b1.duckdb").mkdir()
    (folder / POINTER).write_text("b1\n", encoding="utf-8")


def a_file_for_a_folder(folder: Path) -> None:
    folder.rmdir()
    folder.write_text("", encoding="utf-8")


@pytest.mark.parametrize(
    "lay_out",
    [
        no_folder, nothing, an_empty_pointer, a_pointer_to_a_missing_file, a_pointer_to_a_folder,
        a_file_for_a_folder,
    ],
)  # fmt: skip
def test_where_nothing_is_published_that_is_said(tmp_path, lay_out):
    folder = tmp_path / "warehouse"
    folder.mkdir()
    lay_out(folder)
    with pytest.raises(NothingPublished):
        current_warehouse(folder)


def test_the_build_says_its_id_and_when_it_was_made(warehouse_empty, found):
    assert found.build_id == (warehouse_empty / POINTER).read_text(encoding="utf-8").strip()
    assert found.path == warehouse_empty / f"{found.build_id}.duckdb"
    assert found.built_at.tzinfo is dt.UTC


def test_a_build_is_opened_once_and_a_new_one_is_noticed_without_a_restart(
    tmp_path, warehouse_empty, warehouse_one_row
):
    for published in (warehouse_empty, warehouse_one_row):
        for file in published.glob("*.duckdb"):
            shutil.copy(file, tmp_path)
    first, second = (
        (published / POINTER).read_text(encoding="utf-8")
        for published in (warehouse_empty, warehouse_one_row)
    )
    count = "SELECT count(*) AS n FROM observation"
    (tmp_path / POINTER).write_text(first, encoding="utf-8")
    before = current_warehouse(tmp_path)
    assert current_warehouse(tmp_path) is before
    (tmp_path / POINTER).write_text(second, encoding="utf-8")
    after = current_warehouse(tmp_path)
    assert after.build_id == second.strip() != before.build_id
    assert before.rows(count) == [{"n": 0}]
    assert after.rows(count)[0]["n"] > 0
    (tmp_path / POINTER).write_text(first, encoding="utf-8")
    assert current_warehouse(tmp_path) is before


def test_answers_come_as_a_frame_as_rows_and_as_the_first_row(found):
    question = "SELECT i AS n, NULL AS nothing, DATE '2025-07-01' AS day FROM range(?) AS t (i)"
    assert found.frame(question, 2)["n"].tolist() == [0, 1]
    day = dt.date(2025, 7, 1)
    assert found.rows(question, 2) == [{"n": n, "nothing": None, "day": day} for n in (0, 1)]
    assert found.row(question, 2) == {"n": 0, "nothing": None, "day": day}
    assert found.rows(question, 0) == []
    assert found.row(question, 0) is None


def test_the_published_build_cannot_be_written_to(found):
    with pytest.raises(duckdb.InvalidInputException, match="read-only"):
        found.rows("DELETE FROM unit")


def test_sixteen_readers_at_once_all_get_their_own_answers(found):
    units = found.rows("SELECT count(*) AS n FROM unit")[0]["n"]

    def read(reader: int) -> int:
        right = 0
        for turn in range(60):
            n, mine = 50 + turn, f"{reader}/{turn}"
            question = "SELECT ? AS mine, i AS n FROM range(?) AS t (i) ORDER BY n"
            if turn % 3 == 0:
                frame = found.frame(question, mine, n)
                right += set(frame["mine"]) == {mine} and frame["n"].tolist() == list(range(n))
            elif turn % 3 == 1:
                right += found.rows(question, mine, n) == [{"mine": mine, "n": i} for i in range(n)]
            else:
                right += found.rows("SELECT count(*) AS n, ? AS mine FROM unit", mine) == [
                    {"n": units, "mine": mine}
                ]
        return right

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(read, range(16))) == [60] * 16


@pytest.mark.parametrize("ask", ["frame", "rows", "row"])
def test_each_question_has_a_cursor_of_its_own(found, ask):
    question = getattr(found, ask)
    question("SET VARIABLE left_behind = 7")
    assert found.rows("SELECT getvariable('left_behind') AS seen") == [{"seen": None}]
    assert found.frame("SELECT getvariable('left_behind') AS seen")["seen"].isna().all()
    assert found.row("SELECT getvariable('left_behind') AS seen") == {"seen": None}


def test_the_connection_itself_is_out_of_reach(found):
    public = [getattr(found, name) for name in dir(found) if not name.startswith("_")]
    assert not any(isinstance(value, duckdb.DuckDBPyConnection) for value in public)


def test_a_recent_answer_is_told_apart_by_what_was_named_too(full: Warehouse):
    asked: list[tuple[int, int]] = []

    @recent
    def added(_w: Warehouse, first: int, second: int = 0) -> int:
        asked.append((first, second))
        return first + second

    assert [added(full, 1, second=2), added(full, 1, second=3), added(full, 1), added(full, 1, second=2)] == [
        3,
        4,
        1,
        3,
    ]
    assert asked == [(1, 2), (1, 3), (1, 0)]
