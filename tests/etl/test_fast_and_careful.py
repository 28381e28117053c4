"""Large files are read by a faster reader. Whoever sends one must not see a difference."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from etl import check, read
from etl.check import Checker
from etl.files import recognise
from etl.periods import lookup_frame
from etl.problems import Problem
from tests.etl.random_files import CONTRACT, RandomFile, expected, random_files

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
HEADER = b"code,remark,amount\n"
PERIODS = lookup_frame().head()
Seen = tuple[object, ...]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("slips")


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def outcome(
    con: duckdb.DuckDBPyConnection, path: Path, fast_from: int, monkeypatch: pytest.MonkeyPatch
) -> Seen:
    """What became of a file: accounts, kept rows with their lines, rejects; or the message that stopped it."""
    monkeypatch.setattr(read, "FAST_FROM_BYTES", fast_from)
    monkeypatch.setattr(check, "lookup_frame", lambda: PERIODS)  # making it takes longer than all the rest
    con.execute("ATTACH ':memory:' AS stage")
    try:
        checker = Checker(con, {"slips": CONTRACT})
        count = checker.load(recognise(path, "slips.csv", [CONTRACT], "reported"))
        checker.settle()
        return (
            (count.rows_in, count.rejected, count.duplicate),
            tuple(con.execute("SELECT line, code, remark, amount FROM stage.slips ORDER BY line").fetchall()),
            tuple(con.execute("SELECT * FROM stage.reject ORDER BY ALL").fetchall()),
        )
    except Problem as problem:
        return (problem.text,)
    finally:
        con.execute("DETACH stage")


def both(con: duckdb.DuckDBPyConnection, path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Seen, Seen]:
    careful = outcome(con, path, 1 << 60, monkeypatch)
    return careful, outcome(con, path, 0, monkeypatch)


@QUICK
@given(file=random_files())
def test_every_row_of_any_file_is_kept_with_its_line_or_refused_or_repeated(
    file: RandomFile, con: duckdb.DuckDBPyConnection, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "slips.csv"
    path.write_bytes(file.content)
    wanted = expected(file)
    accounts, kept, _ = outcome(con, path, 1 << 60, monkeypatch)
    assert kept == wanted.kept
    assert accounts == (wanted.rows_in, wanted.rejected, wanted.duplicate)
    assert wanted.rows_in == len(wanted.kept) + wanted.rejected + wanted.duplicate


@QUICK
@given(file=random_files())
def test_both_readers_make_the_same_of_any_table(
    file: RandomFile, con: duckdb.DuckDBPyConnection, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "slips.csv"
    path.write_bytes(file.content)
    careful, fast = both(con, path, monkeypatch)
    assert fast == careful


_bits = st.sampled_from(
    b"""A,x,1\n|B,"y",2\n|\n|,,\n| , ,\n|,|"|\r|\r\n| |A|7|""|\t|\xc2\xa0|\xc4\x90|\xff|\x00|#|'|\\|C,z,3\r\n|D, "q" ,4\n|E,a"b,5\n|F,"a"b,6\n""".split(
        b"|"
    )
)


@QUICK
@given(bits=st.lists(_bits, max_size=12))
@example(bits=[b"A,x,1\n", b",,\n", b"B,y,2\n"])
@example(bits=[b"A,x,1\r", b"B,y,2\n", b"\n", b"C,z,3\n"])
@example(bits=[b'A,a"b,1\n'])
@example(bits=[b'A,"a"b,1\n'])
@example(bits=[b'A, "a,b" ,1\n'])
@example(bits=[b"A,x,1,\n"])
@example(bits=[b"A,x,,\n", b'B,"x,y",2\n'])
@example(bits=[b"\r", b"A,x,1\n"])
def test_both_readers_make_the_same_of_any_mess(
    bits: list[bytes], con: duckdb.DuckDBPyConnection, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "slips.csv"
    path.write_bytes(HEADER + b"".join(bits))
    careful, fast = both(con, path, monkeypatch)
    assert fast == careful


@pytest.mark.parametrize(
    "content",
    [
        HEADER + b"A,x,1\nB,,2\n",
        HEADER.replace(b"\n", b"\r\n") + b"A,x,1\r\nB,,2",
        HEADER.replace(b",", b"\t") + b"A\tx\t1\n",
        HEADER + b'A,"x,""y""",1\n,refused,2\n',
    ],
    ids=["plain", "windows", "tabs", "quotes and a refused row"],
)
def test_a_large_regular_file_is_read_fast(
    content: bytes, folder: Path, con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "slips.csv"
    path.write_bytes(content)
    careful = outcome(con, path, 1 << 60, monkeypatch)
    monkeypatch.delattr(read, "careful")
    assert outcome(con, path, 0, monkeypatch) == careful
