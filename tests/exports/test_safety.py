"""No text of a CSV file runs in a spreadsheet, and every text can be had back."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exports import Text, from_frame, write_csv
from exports.safety import BREAKS, SIGNS, guarded, guarded_sql, unguarded
from tests.exports.conftest import HOSTILE

# Signs, blanks and quotes often enough to meet each other. Halves of letter pairs are no text; NUL ends one in DuckDB.
LETTERS = st.one_of(
    st.sampled_from("=+-@＝＋－＠\t\r\n '\"’,;|ab0ĐZz[{`:/\u00a0\u200b\ufeff\u3000"),
    st.characters(codec="utf-8", exclude_characters="\x00"),
)
TEXTS = st.text(LETTERS, max_size=12)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1+1|cmd",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\nx",
        " =1",
        "'=1",
        '"=1',
        "＝1",
        "\u00a0=1",
        "\u200b@x",
        "﹣1",
    ],
)
def test_a_text_that_could_run_gets_an_apostrophe(text):
    assert guarded(text) == "'" + text


@pytest.mark.parametrize(
    "text", ["", "a=1", "Phường Ba Đình", "00004", "1-2", "'", "“trích”", "−5 là số âm", "a\tb"]
)
def test_any_other_text_stays(text):
    assert guarded(text) == text


@given(TEXTS)
def test_no_text_begins_as_a_formula_does_and_each_can_be_had_back(text):
    safe = guarded(text)
    first = safe.lstrip(' "\x00\u00a0\u200b\ufeff\u3000’')[:1]
    assert first not in set(SIGNS + "\t\r\n") or not first
    assert unguarded(safe) == text
    assert BREAKS


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=20)
@given(st.lists(TEXTS, min_size=1, max_size=30))
def test_duckdb_guards_as_python_does(texts):
    sql, parameters = guarded_sql("t")
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"SELECT {sql} FROM (SELECT unnest(?) AS t)", [*parameters, texts]
        ).fetchall()
    assert [row[0] for row in rows] == [guarded(text) for text in texts]


@settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    max_examples=8,
)
@given(
    rows=st.lists(st.tuples(TEXTS, st.floats(allow_nan=False, allow_infinity=False)), min_size=1, max_size=20)
)
@pytest.mark.parametrize("decimal", [".", ","])
def test_any_text_and_number_comes_back_from_csv(full, tmp_path: Path, rows, decimal):
    frame = pd.DataFrame(
        {"text": pd.Series([r[0] for r in rows], dtype=object), "number": [r[1] for r in rows]}
    )
    path = tmp_path / "any.csv"
    write_csv(from_frame(full, frame, Text("a", "a")), path, "en", decimal=decimal)
    text = path.read_bytes().decode("utf-8-sig")
    found = list(
        csv.reader(io.StringIO(text, newline=""), delimiter="," if decimal == "." else ";", strict=True)
    )
    assert [unguarded(cell) for cell, _ in found[1:]] == [r[0] for r in rows]
    assert [float(cell.replace(",", ".")) for _, cell in found[1:]] == [r[1] for r in rows]


def test_the_hostile_texts_hold_what_the_tests_speak_of():
    assert sum(guarded(text) != text for text in HOSTILE) >= 14
