"""A key that repeats is found, whichever way it is looked for."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl import keys
from etl.rules import normal

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
KEY = ("unit", "code", "period", "status")
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", None]),
        st.sampled_from(["x", "y", "đ", ""]),
        st.sampled_from([1, 2, None]),
        st.sampled_from(["reported", "illustrative"]),
    ),
    max_size=25,
)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE figure (unit VARCHAR, code VARCHAR, period INTEGER, status VARCHAR)")
        yield connection


def fill(con: duckdb.DuckDBPyConnection, rows: list[tuple[object, ...]]) -> None:
    con.execute("DELETE FROM figure")
    if rows:
        con.executemany("INSERT INTO figure VALUES (?, ?, ?, ?)", rows)


@QUICK
@given(rows=ROWS)
@pytest.mark.parametrize("most_bytes", [0, 1 << 20], ids=["by hash", "by marks"])
def test_a_repeated_key_is_found_by_hash_and_by_marks(
    con: duckdb.DuckDBPyConnection,
    monkeypatch: pytest.MonkeyPatch,
    most_bytes: int,
    rows: list[tuple[object, ...]],
) -> None:
    monkeypatch.setattr(keys, "_MARKS_FROM_ROWS", 0)
    monkeypatch.setattr(keys, "_MOST_BYTES", most_bytes)
    fill(con, rows)
    assert keys.may_repeat(con, "figure", KEY) == (len(set(rows)) < len(rows))


def test_marks_alone_settle_a_table_without_blanks(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "_MARKS_FROM_ROWS", 0)
    rows = [(unit, code, period, "reported") for unit in "abc" for code in "xyz" for period in (1, 2)]
    fill(con, [*rows])
    assert keys._marks(con, "figure", KEY) == len(rows)
    fill(con, [*rows, rows[7]])
    assert keys._marks(con, "figure", KEY) == len(rows)


def test_any_letter_comes_into_normal_form_alone_and_after_another(con: duckdb.DuckDBPyConnection) -> None:
    letters = [
        chr(code)
        for code in range(1, sys.maxunicode + 1)
        if unicodedata.category(chr(code)) not in ("Cs", "Cn")
    ]
    texts = letters + [f"ơ{letter}" for letter in letters]
    con.execute("CREATE OR REPLACE TABLE spelled AS SELECT unnest(CAST(? AS VARCHAR[])) AS r_word", [texts])
    different = con.execute(
        f"SELECT r_word FROM spelled WHERE {normal('r_word')} IS DISTINCT FROM nfc_normalize(r_word) LIMIT 5"
    ).fetchall()
    assert different == []
