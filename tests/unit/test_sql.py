"""Queries of analysts: what they get, and the ways out of the sandbox that are closed."""

from __future__ import annotations

import hashlib
import resource
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from queries import engine, sql
from queries.sql import EXAMPLES, KINDS, LONGEST, NOT_FUNCTIONS, SCREEN, Limits, Problem, Result, run, tables
from queries.warehouse import Warehouse
from tests.serving import ROOT

QUICK = replace(SCREEN, seconds=2)


def ask(w: Warehouse, query: str, limits: Limits = SCREEN) -> Result | Problem:
    answer = run(w, query, limits).wait()
    assert answer is not None
    return answer


def rows(w: Warehouse, query: str, limits: Limits = SCREEN) -> pd.DataFrame:
    answer = ask(w, query, limits)
    assert isinstance(answer, Result), answer
    return answer.frame


def problem(w: Warehouse, query: str, limits: Limits = SCREEN) -> Problem:
    answer = ask(w, query, limits)
    assert isinstance(answer, Problem), answer.frame
    assert answer.kind in KINDS
    return answer


# ---- Answers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_runs_and_has_rows(full: Warehouse, name: str) -> None:
    assert len(rows(full, EXAMPLES[name])) > 0


def test_values_keep_their_types(full: Warehouse) -> None:
    frame = rows(
        full,
        "SELECT 1::BIGINT AS n, sum(x) AS total, 0.5 AS part, DATE '9999-12-31' AS day, true AS yes, NULL AS nothing, [1, 2] AS list,"
        " {'a': 1} AS struct, 'ệ' AS text, TIMESTAMP '2026-01-01 10:00' AS moment, 'nan'::DOUBLE AS nan, 1 AS n,"
        " 170141183460469231731687303715884105727::HUGEINT AS huge, 'ab'::BLOB AS bytes, INTERVAL 1 DAY AS span FROM (SELECT 2::HUGEINT AS x)",
    )  # fmt: skip
    row = frame.iloc[0]
    assert (row["n"], row["n_2"], row["total"], row["part"]) == (1, 1, 2, 0.5)
    assert str(row["day"]) == "9999-12-31" and bool(row["yes"]) is True and row["nothing"] is None
    assert (row["list"], row["struct"], row["text"], row["bytes"]) == ("[1, 2]", '{"a": 1}', "ệ", "6162")
    assert row["huge"] == pytest.approx(1.7e38, rel=0.01)
    assert str(frame["n"].dtype) == "Int64" and pd.isna(row["nan"])


def test_no_rows_one_row_and_more_rows_than_the_screen_shows(full: Warehouse) -> None:
    empty = ask(full, "SELECT unit_key, population FROM unit WHERE false")
    assert isinstance(empty, Result) and list(empty.frame.columns) == ["unit_key", "population"]
    assert empty.frame.empty and not empty.more
    one = ask(full, "SELECT 1 AS one")
    assert isinstance(one, Result) and len(one.frame) == 1 and not one.more
    whole = ask(full, f"SELECT range FROM range({SCREEN.rows})")
    assert isinstance(whole, Result) and len(whole.frame) == SCREEN.rows and not whole.more
    many = ask(full, "FROM range(10000000000)")
    assert isinstance(many, Result) and len(many.frame) == SCREEN.rows and many.more
    assert many.seconds < SCREEN.seconds / 2  # not worked out to its end


def test_an_answer_says_which_tables_it_read_and_of_which_build(full: Warehouse) -> None:
    answer = ask(full, "WITH x AS (FROM observation) SELECT count(*) FROM x JOIN warehouse.main.unit USING (unit_key)")  # fmt: skip
    assert isinstance(answer, Result)
    assert answer.tables == ("observation", "unit") and answer.build_id == full.build_id


@pytest.mark.parametrize("query", ["DESCRIBE unit", "SUMMARIZE unit", "DESCRIBE SELECT 1", "EXPLAIN SELECT 1", "EXPLAIN ANALYZE FROM unit",
    "-- why\nEXPLAIN /* so */ FROM unit", "FROM unit", "TABLE unit", "VALUES (1)", "SELECT 1;", "SELECT 1 -- ; SELECT 2", "SELECT ';'",
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) FROM r",
    "SELECT * FROM unit TABLESAMPLE 5 ROWS", "UNPIVOT (SELECT 1 AS a, 2 AS b) ON a, b", "SELECT x FROM unnest([1, 2]) AS t(x)",
    "SELECT name_vi FROM unit ORDER BY name_vi COLLATE vi LIMIT 3", "SELECT list_transform([1], lambda x: x + 1)",
    "SELECT value FROM json_each('[1]')", "SELECT (SELECT max(population) FROM unit), current_date"])  # fmt: skip
def test_what_an_analyst_may_write(full: Warehouse, query: str) -> None:
    assert len(rows(full, query)) > 0


@pytest.mark.parametrize(
    ("query", "kind", "place"),
    [
        ("selec 1", "syntax", (1, 1)), ("SELECT 1,\nFROM FROM unit", "syntax", (2, 6)), ("SELECT 'Phường Ba Đình',\n  nope FROM unit", "unknown", (2, 3)),
        ("SELECT * FROM units", "table", (1, 15)), ("SELECT u.nope\nFROM unit AS u", "unknown", (1, 8)), ("SELECT lenn('a')", "missing_function", (1, 8)),
        ("SELECT 'Đ', 'abc'::INT", "conversion", (1, 18)), ("EXPLAIN\nSELECT nope FROM unit", "unknown", (2, 8)),
        ("", "empty", None), ("-- nothing", "empty", None), ("SELECT 1; SELECT 2", "several", None), ("SELECT $1", "parameter", (1, 8)),
        ("SELECT ?", "parameter", (1, 8)), ("PIVOT unit ON level USING count(*)", "pivot", None), ("x" * (LONGEST + 1), "too_long", None),
        ("SELECT getenv('HOME'), 1", "function", (1, 8)), ("SELECT 1 FROM unit GROUP BY sum(1)", "value", None),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(
    full: Warehouse, query: str, kind: str, place: tuple[int, int] | None
) -> None:
    found = problem(full, query)
    assert found.kind == kind, found
    if place is not None:
        assert (found.line, found.column) == place, found


def test_a_running_query_can_be_cancelled(full: Warehouse) -> None:
    # Long, in little memory: the shorter side is the one that is held.
    running = run(
        full, "SELECT count(*) FROM range(1000000000) a, range(10000) b WHERE a.range + b.range = 7"
    )
    time.sleep(0.5)
    assert running.wait(0) is None
    started = time.monotonic()
    running.cancel()
    assert running.wait() == Problem("cancelled")
    assert time.monotonic() - started < 2
    running.cancel()  # once more does no harm


def test_queries_beyond_the_limit_wait_for_their_turn(full: Warehouse) -> None:
    waiting = [run(full, f"SELECT {n} AS n") for n in range(6)]
    answers = [w.wait() for w in waiting]
    assert [a.frame["n"][0] for a in answers if isinstance(a, Result)] == list(range(6))


def test_an_export_may_have_more_rows(full: Warehouse) -> None:
    assert len(rows(full, "FROM range(5000)", sql.EXPORT)) == 5000


def test_every_documented_table_is_listed_with_words_in_both_languages(full: Warehouse, empty: Warehouse) -> None:  # fmt: skip
    listed = tables(full)
    assert {t.name for t in listed} == {r["table_name"] for r in full.rows("FROM dictionary_table")}
    assert all(t.title_vi and t.title_en and t.columns for t in listed)
    assert all(c.label_vi and c.label_en for t in listed for c in t.columns)
    assert sql.tables_with_illustrative_figures(full) >= {"observation", "observation_current", "school"}
    assert sql.tables_with_illustrative_figures(empty) == frozenset()


# ---- Ways out -----------------------------------------------------------------------------------------------------

# {file} is a file of the machine with a secret in it, {new} one that does not exist, {db} the published file.
WAYS_OUT = [
    "SELECT * FROM read_csv('{file}')", "SELECT * FROM read_csv_auto('{file}')", "SELECT * FROM read_text('{file}')",
    "SELECT * FROM read_blob('{file}')", "SELECT * FROM read_json('{file}')", "SELECT * FROM read_ndjson_objects('{file}')",
    "SELECT * FROM read_parquet('{file}')", "SELECT * FROM parquet_scan('{file}')", "SELECT * FROM parquet_metadata('{file}')",
    "SELECT * FROM read_duckdb('{db}')", "SELECT * FROM sniff_csv('{file}')", "SELECT * FROM glob('/*')", "SELECT * FROM '{file}'",
    "FROM \"{file}\"", "SELECT * FROM 'https://example.org/x.csv'", "DESCRIBE '{file}'", "SUMMARIZE '{file}'", "EXPLAIN SELECT * FROM '{file}'",
    "EXPLAIN ANALYZE COPY unit TO '{new}'", "COPY unit TO '{new}'", "COPY (SELECT 1) TO '{new}' (FORMAT parquet)", "COPY unit FROM '{file}'",
    "EXPORT DATABASE '{new}'", "IMPORT DATABASE '{new}'", "ATTACH '{new}' AS x", "ATTACH '{db}' AS x (READ_ONLY)", "DETACH warehouse",
    "INSTALL httpfs", "LOAD httpfs", "LOAD '{file}'", "PRAGMA database_list", "PRAGMA version", "PRAGMA table_info('unit')",
    "PRAGMA enable_profiling", "SET memory_limit = '100GB'", "SET enable_external_access = true", "RESET memory_limit", "SET VARIABLE x = 1",
    "CALL pragma_database_size()", "CALL duckdb_settings()", "CREATE TABLE x AS SELECT 1", "CREATE TEMP TABLE x AS SELECT 1",
    "CREATE TABLE memory.x AS SELECT 1", "CREATE MACRO f(x) AS TABLE SELECT * FROM read_text(x)", "CREATE VIEW v AS SELECT 1",
    "CREATE SECRET s (TYPE s3)", "CREATE FUNCTION f(x) AS getenv(x)", "INSERT INTO unit SELECT * FROM unit", "UPDATE unit SET code = 'x'",
    "DELETE FROM unit", "TRUNCATE unit", "DROP TABLE unit", "ALTER TABLE unit ADD COLUMN x INT", "MERGE INTO unit USING unit AS u ON false WHEN NOT MATCHED THEN INSERT",
    "WITH d AS (DELETE FROM unit RETURNING *) SELECT * FROM d", "WITH i AS (INSERT INTO unit SELECT * FROM unit RETURNING *) FROM i",
    "CHECKPOINT", "FORCE CHECKPOINT", "VACUUM", "ANALYZE", "BEGIN TRANSACTION", "USE memory", "COMMENT ON TABLE unit IS 'x'",
    "PREPARE p AS SELECT 1", "EXECUTE p", "DEALLOCATE p", "SELECT 1; DROP TABLE unit", "SELECT 1 /* */; /* */ COPY unit TO '{new}'",
    "SELECT 1 -- \n; SET threads = 8", "SELECT getenv('WAY_OUT')", "SELECT system.main.getenv('WAY_OUT')", "SELECT 'WAY_OUT'.getenv()",
    "SELECT current_setting('home_directory')", "SELECT \"current_setting\"('temp_directory')", "SELECT list_transform(['a'], lambda x: current_setting(x))",
    "SELECT * FROM duckdb_settings()", "SELECT * FROM duckdb_databases()", "SELECT * FROM duckdb_databases", "SELECT * FROM main.duckdb_databases",
    "SELECT * FROM system.main.duckdb_databases", "WITH duckdb_databases AS (SELECT 1) SELECT * FROM (SELECT * FROM duckdb_databases)",
    "SELECT (WITH pragma_database_list AS (SELECT 1 AS x) SELECT x FROM pragma_database_list), * FROM pragma_database_list",
    "SELECT * FROM duckdb_secrets()", "SELECT * FROM duckdb_extensions()", "SELECT * FROM duckdb_logs", "SELECT * FROM duckdb_temporary_files()",
    "SELECT * FROM pragma_database_size()", "SELECT * FROM pragma_storage_info('unit')", "SELECT * FROM pg_catalog.pg_settings",
    "SELECT * FROM information_schema.tables", "SELECT * FROM sqlite_master", "SHOW DATABASES", "SHOW ALL TABLES", "SHOW TABLES",
    "SELECT * FROM query('SELECT * FROM duckdb_databases()')", "SELECT * FROM query_table('duckdb_databases')",
    "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))", "SELECT json_serialize_plan('SELECT * FROM duckdb_settings()')",
    "SELECT * FROM w", "SELECT * FROM task", "SELECT * FROM python_arrow_scan(1, 2, 3)", "SELECT * FROM pandas_scan(1)", "SELECT * FROM arrow_scan(1, 2, 3)",
    "SELECT * FROM python_map_function(1)", "SELECT write_log('x')", "SELECT sleep_ms(60000)", "SELECT pg_sleep(60)", "SELECT nextval('x')",
    "SELECT * FROM enable_logging()", "SELECT * FROM which_secret('s3://x', 's3')", "SELECT * FROM register_external_resource('x')",
    "SELECT * FROM checkpoint()", "SELECT * FROM seq_scan()", "SELECT * FROM test_all_types()", "SELECT * FROM unit AT (VERSION => 1)",
]  # fmt: skip


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a secret in it, and nothing else."""
    folder = tmp_path_factory.mktemp("machine")
    (folder / "secret.csv").write_text("column\nthe-secret-itself\n", encoding="utf-8")
    return folder


def filled(way: str, machine: Path, w: Warehouse) -> str:
    places = {"{file}": machine / "secret.csv", "{new}": machine / "new", "{db}": w.path}
    for mark, path in places.items():
        way = way.replace(mark, str(path))
    return way


@pytest.mark.parametrize("way", WAYS_OUT)
def test_a_way_out_is_seen_before_it_is_tried(full: Warehouse, machine: Path, looked_at: Any, way: str) -> None:  # fmt: skip
    with pytest.raises((sql.Refused, duckdb.ParserException)):
        con, documented, hidden = looked_at
        sql._allowed(con, filled(way, machine, full), documented, hidden)


def task_about(w: Warehouse) -> dict[str, Any]:
    return {"beside": engine.beside(w.path, "warehouse"), "memory_mb": 256}


@pytest.fixture(scope="module")
def looked_at(full: Warehouse) -> Any:
    return sql._connect(task_about(full))


TRIED = WAYS_OUT[::2]


@pytest.fixture(scope="module")
def tried(full: Warehouse, machine: Path) -> Iterator[dict[str, Result | Problem]]:
    """Every second way out, tried in earnest, two at a time; then the machine is as it was."""
    before = hashlib.sha256(full.path.read_bytes()).hexdigest()
    patch = pytest.MonkeyPatch()
    patch.setenv("WAY_OUT", "the-secret-itself")
    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda way: ask(full, filled(way, machine, full), QUICK), TRIED)
        yield dict(zip(TRIED, answers, strict=True))
    patch.undo()
    assert [path.name for path in machine.iterdir()] == ["secret.csv"]
    assert hashlib.sha256(full.path.read_bytes()).hexdigest() == before
    assert [p.name for p in full.path.parent.iterdir() if p.name.startswith(full.path.name)] == [full.path.name]  # fmt: skip


@pytest.mark.parametrize("way", TRIED)
def test_a_way_out_is_closed(tried: dict[str, Result | Problem], full: Warehouse, way: str) -> None:
    answer = tried[way]
    assert isinstance(answer, Problem), answer.frame
    assert answer.kind in ("statement", "function", "table", "several", "syntax", "missing_function"), answer
    assert "the-secret-itself" not in str(answer)
    assert str(full.path) not in str(answer) and str(full.path.parent) not in str(answer)


@pytest.mark.parametrize(
    "statement",
    ["SELECT * FROM read_text('{file}')", "SELECT * FROM '{file}'", "SELECT * FROM glob('/*')", "COPY (SELECT 1) TO '{new}'", "ATTACH '{new}'",
     "INSTALL httpfs", "LOAD httpfs", "SET threads = 8", "SET enable_external_access = true", "RESET memory_limit", "EXPORT DATABASE '{new}'",
     "CREATE TABLE warehouse.x AS SELECT 1", "DELETE FROM warehouse.unit", "SELECT * FROM machine_secret"],
)  # fmt: skip
def test_behind_the_first_line_stands_another(full: Warehouse, machine: Path, statement: str) -> None:
    """Even without looking at the query first, DuckDB itself is closed."""
    machine_secret = pd.DataFrame({"x": ["the-secret-itself"]})
    assert len(machine_secret) == 1
    con, documented, _ = sql._connect(task_about(full))
    assert "unit" in documented
    with pytest.raises(duckdb.Error):
        con.execute(filled(statement, machine, full)).fetchall()


def test_the_process_has_no_environment_and_cannot_write(tmp_path: Path) -> None:
    """What the system itself refuses, were DuckDB not to."""
    code = (
        "import sys, os; sys.argv = ['x']\n"
        f"exec(open({str(ROOT / 'queries' / 'sql.py')!r}).read().partition('if __name__')[0])\n"
        "_limit_process(vars(Limits()))\n"
        f"try: open({str(tmp_path / 'x')!r}, 'wb', buffering=0).write(b'x' * 10)\n"
        "except OSError: print('refused')\n"
        "try: bytearray(4 << 30)\n"
        "except MemoryError: print('too large')\n"
    )
    import signal
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-I", "-c", "import signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n" + code],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert signal.SIGXFSZ and done.stdout.split() == ["refused", "too", "large"], done.stderr


# ---- Bombs --------------------------------------------------------------------------------------------------------

BOMBS = {
    "cross join": "SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE a.range + b.range = 7",
    "cross join of tables": "SELECT count(*) FROM observation a, observation b, observation c WHERE a.value + b.value > c.value",
    "endless recursion": "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r",
    "growing recursion": "WITH RECURSIVE r AS (SELECT 'x' AS s UNION ALL SELECT s || s FROM r) SELECT max(len(s)) FROM r",
    "long text": "SELECT len(repeat('x', 2000000000))",
    "long text twice": "SELECT len(repeat(repeat('x', 1000000), 3000))",
    "long list": "SELECT len(range(1000000000))",
    "sorted list": "SELECT len(list_sort(list_transform(range(50000000), lambda x: hash(x))))",
    "nested lists": "SELECT len(list_transform(range(30000), lambda x: list_transform(range(30000), lambda y: x * y)))",
    "big sort": "SELECT * FROM range(1000000000) ORDER BY hash(range) LIMIT 5",
    "big group": "SELECT count(*) FROM (SELECT range, count(*) FROM range(1000000000) GROUP BY ALL)",
    "aggregate": "SELECT len(string_agg(range::VARCHAR)) FROM range(1000000000)",
    "distance": "SELECT levenshtein(repeat('ab', 60000), repeat('ba', 60000))",
    "pattern": "SELECT count(*) FROM range(200000000) WHERE regexp_matches(repeat('a', 2000), '(a*)*(a*)*(a*)*b' || range)",
    "wide cells": "SELECT repeat('x', 1000000) FROM range(1000)",
    "deep brackets": "SELECT " + "(" * 9000 + "1" + ")" * 9000,
    "long chain": "SELECT " + "+".join(["1"] * 9000),
    "series": "SELECT * FROM generate_series(1, 100000000000) AS t(x) ORDER BY x DESC",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_and_harms_nobody(full: Warehouse, name: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.monotonic()
    answer = ask(full, BOMBS[name], replace(SCREEN, seconds=0.5))
    assert time.monotonic() - started < 6
    if name not in ("long chain", "deep brackets"):  # whether these are too much is DuckDB's business
        assert isinstance(answer, Problem) and answer.kind in ("time", "memory", "too_much", "crashed", "value"), answer  # fmt: skip
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024  # KiB


def test_other_sessions_are_as_quick_as_ever_while_bombs_run(full: Warehouse) -> None:
    def typical(ask_one: Callable[[], Any]) -> float:
        took = []
        for _ in range(40):
            started = time.monotonic()
            ask_one()
            took.append(time.monotonic() - started)
            time.sleep(0.01)
        return sorted(took)[36]

    def session() -> Any:
        return full.rows("SELECT unit_key, avg(value) FROM observation GROUP BY ALL")

    quiet = typical(session)
    bombs = [run(full, BOMBS[name], replace(SCREEN, seconds=4)) for name in ("cross join", "sorted list")]
    try:
        time.sleep(0.5)
        loaded = typical(session)
    finally:
        for bomb in bombs:
            bomb.cancel()
            bomb.wait()
    print(f"nine in ten within {quiet * 1000:.0f} ms before, {loaded * 1000:.0f} ms meanwhile")
    assert loaded < max(0.25, 5 * quiet)


def test_no_process_stays_behind(full: Warehouse) -> None:
    running = run(full, BOMBS["cross join"], replace(SCREEN, seconds=4))
    time.sleep(0.5)
    process = running._process
    running.cancel()
    running.wait()
    assert process is not None and process.poll() is not None
    assert not [t for t in threading.enumerate() if t.name == "sql" and t.is_alive()]


def test_functions_that_an_upgrade_brings_are_looked_at() -> None:
    """After an upgrade of DuckDB: look at what is new, add to NOT_FUNCTIONS what is not about values, then the number."""
    names = {
        name
        for (name,) in duckdb.connect()
        .execute("SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type IN ('scalar', 'macro', 'aggregate')")
        .fetchall()
    }  # fmt: skip
    allowed = sorted(name for name in names if not NOT_FUNCTIONS.fullmatch(name.casefold()))
    suspicious = [n for n in allowed if any(part in n for part in ("setting", "env", "secret", "file_", "read", "exec", "sleep", "log_"))]  # fmt: skip
    assert suspicious == []
    assert len(allowed) == 907


def test_a_process_started_ahead_answers_the_next_question_and_another_takes_its_place(
    full: Warehouse,
) -> None:
    sql.prepare()
    waiting = sql._spare._process
    assert waiting is not None and waiting.poll() is None
    sql.prepare()
    assert sql._spare._process is waiting
    running = run(full, "SELECT 1 AS one")
    answer = running.wait()
    assert isinstance(answer, Result) and answer.frame["one"].tolist() == [1]
    assert running._process is waiting and waiting.poll() is not None
    following = sql._spare._process
    assert following is not None and following is not waiting and following.poll() is None


def test_a_process_that_died_while_it_waited_is_not_asked(full: Warehouse) -> None:
    sql.prepare()
    waiting = sql._spare._process
    assert waiting is not None
    waiting.kill()
    waiting.wait()
    assert isinstance(run(full, "SELECT 1").wait(), Result)


def test_a_process_that_nobody_asks_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql, "SPARE_SECONDS", 0.2)
    spare = sql._Spare()
    spare.prepare()
    process = spare._process
    assert process is not None
    deadline = time.monotonic() + 10
    while spare._process is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert spare._process is None
    assert process.wait(5) is not None


def test_a_process_whose_starter_is_gone_goes_too() -> None:
    process = sql._start()
    assert process.stdin and process.stdout
    process.stdin.close()
    assert process.wait(10) == 0
    assert process.stdout.read() == b""
