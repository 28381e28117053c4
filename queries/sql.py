"""Questions that an analyst writes in SQL, answered by a process that can do nothing else.

Each query has a process of its own: this file, run as a program. A thread of the server would not hold. With a limit
of 512 MB and ``interrupt()`` after 2 seconds (DuckDB 2.0, two cores), sorting one long list ran 11 s,
``len(repeat('x', 2000000000))`` 17 s, one ``levenshtein`` 8 s, and the process grew to 4.1 GB: neither limit is looked
at inside one call of a function. The process starts in 0.3 to 0.5 s (Python, duckdb, pyarrow), which is the price.

What holds it, one line behind the other:

- DuckDB's own parser reads the text: one statement, SELECT, DESCRIBE, SUMMARIZE or EXPLAIN. Every node of its tree is
  looked at: only documented tables, only functions that work on values.
- The published file is attached read-only to an empty database in memory; no files, no network, no extensions, no
  Python variables, no spilling to disk, one thread, and settings are locked.
- The system limits the process: address space, processor time, no file written, few opened, lowest priority. It has no
  environment. It is killed when time is over, when the reader cancels, or when it says too much.
- At most ``AT_ONCE`` of them run; others wait for their turn.

What comes back is Arrow, which is data only.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:  # the process that answers needs neither of these, and pandas alone takes half a second
    import pandas as pd

    from queries.warehouse import Warehouse

LONGEST = 20_000
"""Characters of a query."""
LONGEST_LINK = 2_000
"""Characters of a query that is kept in the address."""
AT_ONCE = 2
QUEUE_SECONDS = 30.0


@dataclass(frozen=True)
class Limits:
    """How much one query may take. ``space`` is the address space of its process."""

    rows: int = 1_000
    seconds: float = 10.0
    answer_bytes: int = 8 * 2**20
    memory_mb: int = 512
    space_mb: int = 2_048


SCREEN = Limits()
EXPORT = Limits(rows=200_000, seconds=30.0, answer_bytes=96 * 2**20)


@dataclass(frozen=True)
class Problem:
    """Why there is no answer: the ``kind`` in our words, DuckDB's own ``detail``, and where in the text, from 1."""

    kind: str
    detail: str = ""
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True)
class Result:
    """An answer: the rows, whether ``more`` exist than were asked for, and the documented ``tables`` that were read."""

    sql: str
    build_id: str
    frame: pd.DataFrame
    more: bool
    seconds: float
    tables: tuple[str, ...]


KINDS = (
    "empty", "too_long", "several", "not_a_query", "pivot", "function", "table", "statement", "parameter", "syntax", "unknown",
    "missing_table", "missing_function", "conversion", "value", "memory", "time", "too_much", "crashed", "busy", "cancelled",
    "other",
)  # fmt: skip
"""Kinds of problems."""


# ---- Asking -------------------------------------------------------------------------------------------------------

SPARE_SECONDS = 300.0
"""How long a process that was started ahead waits for a question."""


class _Spare:
    """One process started ahead. It ends with this one, since nobody holds its input any more."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._asked_for = 0.0
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """Start it unless it is there; it waits from now on."""
        with self._lock:
            self._asked_for = time.monotonic()
            if self._process is None or self._process.poll() is not None:
                self._process = _start()
                self._look_again(SPARE_SECONDS)

    def take(self) -> subprocess.Popen[bytes]:
        """It, or another where there is none."""
        with self._lock:
            process, self._process = self._process, None
        return process if process is not None and process.poll() is None else _start()

    def _look_again(self, seconds: float) -> None:
        timer = threading.Timer(seconds, self._drop, (self._process,))
        timer.daemon = True
        timer.start()

    def _drop(self, process: subprocess.Popen[bytes]) -> None:
        """End it where nobody has asked for so long."""
        with self._lock:
            if self._process is not process:
                return
            left = self._asked_for + SPARE_SECONDS - time.monotonic()
            if left > 0:
                self._look_again(left)
                return
            self._process = None
        end(process)


_spare = _Spare()
prepare = _spare.prepare


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and let go of what leads to it."""
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
    process.wait()


_turns = threading.BoundedSemaphore(AT_ONCE)


class Running:
    """A query on its way. ``wait`` gives its answer, None while there is none; ``cancel`` ends it, whatever it does."""

    def __init__(self, w: Warehouse, sql: str, limits: Limits) -> None:
        self._sql, self._path, self._build_id, self._limits = sql, w.path, w.build_id, limits
        self._answer: Result | Problem | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="sql", daemon=True)
        self._thread.start()

    def wait(self, seconds: float | None = None) -> Result | Problem | None:
        """The answer, or None where there is none after that time."""
        self._thread.join(seconds)
        return None if self._thread.is_alive() else self._answer or Problem("crashed")

    def cancel(self) -> None:
        """End the query. Does nothing where it has ended."""
        self._cancelled.set()
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                self._process.kill()

    def _run(self) -> None:
        until = time.monotonic() + QUEUE_SECONDS
        while not _turns.acquire(timeout=0.1):
            if self._cancelled.is_set() or time.monotonic() > until:
                self._answer = Problem("cancelled" if self._cancelled.is_set() else "busy")
                return
        try:
            self._answer = self._ask()
        finally:
            _turns.release()

    def _ask(self) -> Result | Problem:
        limits = self._limits
        started = time.monotonic()
        with self._lock:
            if self._cancelled.is_set():
                return Problem("cancelled")
            process = self._process = _spare.take()
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(limits.seconds + 3, stop)
        timer.start()
        assert process.stdin and process.stdout
        try:
            path = self._path.resolve()
            beside = _beside(path, _ALIAS)
            task = {"path": str(path), "beside": beside, "sql": self._sql, **vars(limits)}
            with contextlib.suppress(BrokenPipeError), process.stdin:
                process.stdin.write(json.dumps(task).encode())
            head = process.stdout.readline(1 << 20)
            body = process.stdout.read(2 * limits.answer_bytes)
        finally:
            timer.cancel()
            end(process)
        prepare()
        if self._cancelled.is_set():
            return Problem("cancelled")
        if late.is_set() or process.returncode == -getattr(_signal(), "SIGXCPU", 0):
            return Problem("time")
        return self._read(head, body, time.monotonic() - started)

    def _read(self, head: bytes, body: bytes, seconds: float) -> Result | Problem:
        try:
            told = json.loads(head)
            if "kind" in told:
                return Problem(**told)
            frame = _frame(body)
        except Exception:  # whatever a broken process has said: it is no answer
            return Problem("crashed")
        rows = self._limits.rows
        return Result(
            self._sql, self._build_id, frame.head(rows), len(frame) > rows, seconds, tuple(told["tables"])
        )


def run(w: Warehouse, sql: str, limits: Limits = SCREEN) -> Running:
    """Start answering a query about a build."""
    return Running(w, sql, limits)


def _beside(path: Path, name: str) -> tuple[str, ...]:
    from queries import engine  # the process that answers is given the statements and finds no other module

    return engine.beside(path, name)


def _signal() -> Any:
    import signal

    return signal


def _start() -> subprocess.Popen[bytes]:
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-I", str(Path(__file__).resolve())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**kept, "TZ": "UTC"},
        cwd=Path(__file__).resolve().anchor,
        start_new_session=True,
    )


def _frame(body: bytes) -> pd.DataFrame:
    """Arrow as a frame: whole numbers stay whole, dates are dates, and what a table cannot show is text."""
    import pandas as pd
    import pyarrow as pa

    table = pa.ipc.open_stream(body).read_all()
    whole = {pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32()}
    columns: list[Any] = []
    for field, column in zip(table.schema, table.columns, strict=True):
        if field.type in whole:
            columns.append(column.cast(pa.int64()).to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get))
        elif pa.types.is_decimal(field.type) or field.type == pa.uint64():
            columns.append(_numbers(column.to_pylist()))
        elif pa.types.is_boolean(field.type):
            columns.append(column.to_pandas(types_mapper={pa.bool_(): pd.BooleanDtype()}.get))
        elif (
            pa.types.is_floating(field.type)
            or pa.types.is_date(field.type)
            or pa.types.is_timestamp(field.type)
        ):
            columns.append(column.to_pandas(timestamp_as_object=True))
        else:
            columns.append(pd.Series([None if v is None else _text(v) for v in column.to_pylist()], dtype=object))  # fmt: skip
    frame = pd.concat(columns, axis=1) if columns else pd.DataFrame()
    frame.columns = pd.Index(_names(table.column_names))
    return frame


def _numbers(values: list[Any]) -> pd.Series:
    import pandas as pd

    if all(v is None or (v == int(v) and abs(v) < 2**63) for v in values):
        return pd.Series([None if v is None else int(v) for v in values], dtype="Int64")
    return pd.Series([None if v is None else float(v) for v in values], dtype="float64")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | dict | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _names(names: list[str]) -> list[str]:
    """Names of columns, each once."""
    found: list[str] = []
    for name in names:
        n, free = 1, name
        while free in found:
            n += 1
            free = f"{name}_{n}"
        found.append(free)
    return found


# ---- What there is to ask -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DocumentedColumn:
    """A column in the contract's words, and the values it may have."""

    name: str
    type: str
    is_key: bool
    refers_to: str | None
    label_vi: str
    label_en: str
    definition_vi: str
    definition_en: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class DocumentedTable:
    """A table in the contract's words."""

    name: str
    is_view: bool
    title_vi: str
    title_en: str
    row_vi: str
    row_en: str
    columns: tuple[DocumentedColumn, ...]


def tables(w: Warehouse) -> tuple[DocumentedTable, ...]:
    """Every documented table with its columns, the most asked for first."""
    values: dict[tuple[str, str], list[str]] = {}
    for row in w.rows("SELECT table_name, column_name, value FROM dictionary_value ORDER BY ALL"):
        values.setdefault((row["table_name"], row["column_name"]), []).append(row["value"])
    columns: dict[str, list[DocumentedColumn]] = {}
    for row in w.rows("SELECT * FROM dictionary_column ORDER BY table_name, position"):
        columns.setdefault(row["table_name"], []).append(
            DocumentedColumn(
                row["column_name"], row["type"], row["key_position"] is not None, row["refers_to"], row["label_vi"], row["label_en"],
                row["definition_vi"], row["definition_en"], tuple(values.get((row["table_name"], row["column_name"]), ())),
            )
        )  # fmt: skip
    listed = w.rows(
        """
        SELECT table_name, is_view, title_vi, title_en, row_vi, row_en FROM dictionary_table
        ORDER BY list_position(['observation', 'indicator', 'unit', 'observation_current', 'observation_area', 'school', 'target',
                                'source', 'member_city'], table_name) NULLS LAST, table_name
        """
    )
    return tuple(
        DocumentedTable(
            t["table_name"], t["is_view"], t["title_vi"], t["title_en"], t["row_vi"], t["row_en"],
            tuple(columns.get(t["table_name"], ())),
        )
        for t in listed
    )  # fmt: skip


_ILLUSTRATIVE = """
SELECT 1 AS one FROM -- table
WHERE CAST(status AS VARCHAR) = 'illustrative' LIMIT 1
"""


def tables_with_illustrative_figures(w: Warehouse) -> frozenset[str]:
    """Documented tables in which some rows are illustrative; a view over figures has them where the figures do."""
    found = set()
    for row in w.rows(
        "SELECT DISTINCT table_name, is_view FROM dictionary_column JOIN dictionary_table USING (table_name)"
        " WHERE column_name IN ('status', 'origin_status')"
    ):
        table = "observation" if row["is_view"] else row["table_name"]
        if w.row(_ILLUSTRATIVE.replace("-- table", table)):
            found.add(row["table_name"])
    return frozenset(found)


EXAMPLES: Mapping[str, str] = {
    "latest": """SELECT u.name_vi, o.period_end, o.numerator, o.denominator, round(100 * o.value, 1) AS percent, o.status
FROM observation AS o
JOIN unit AS u USING (unit_key)
WHERE o.indicator_id = 'model.family.recognised_of_total' AND u.level = 'ward'
QUALIFY o.period_end = max(o.period_end) OVER ()
ORDER BY percent""",
    "published": """SELECT i.name_vi, o.period_end, o.value, i.unit_vi, s.publisher, s.url
FROM observation AS o
JOIN indicator AS i USING (indicator_id)
JOIN source AS s ON s.source_id = o.source_id
WHERE o.status = 'published'
ORDER BY o.period_end DESC, i.position""",
    "series": """SELECT period_end, status, sum(numerator) / sum(denominator) AS rate, count(*) AS units_reporting
FROM observation
WHERE indicator_id = 'model.family.recognised_of_total' AND status <> 'published'
GROUP BY ALL
ORDER BY period_end""",
    "districts": """SELECT d.name_vi AS former_district, sum(o.numerator) / sum(o.denominator) AS rate, count(*) AS wards, o.status
FROM observation AS o
JOIN unit AS u USING (unit_key)
JOIN unit AS d ON d.unit_key = u.main_district_key
WHERE o.indicator_id = 'model.family.recognised_of_total' AND u.level = 'ward'
  AND o.period_end = (SELECT max(period_end) FROM observation WHERE indicator_id = 'model.family.recognised_of_total' AND status <> 'published')
GROUP BY ALL
ORDER BY rate DESC""",
    "targets": """SELECT i.name_vi, t.scope, t.year, t.value AS target, t.governs, t.document_no
FROM target AS t
JOIN indicator AS i USING (indicator_id)
ORDER BY i.position, t.year, t.scope""",
    "schools": """SELECT u.name_vi, s.level, count(*) AS schools, sum(s.pupils) AS pupils, round(sum(s.pupils) / sum(s.classes), 1) AS pupils_a_class, s.status
FROM school AS s
JOIN unit AS u USING (unit_key)
WHERE s.as_of = (SELECT max(as_of) FROM school)
GROUP BY ALL
ORDER BY pupils_a_class DESC""",
    "succession": """SELECT n.name_vi AS today, o.name_vi AS before, s.part, s.weight, s.weight_method
FROM unit_succession AS s
JOIN unit AS n ON n.unit_key = s.to_key
JOIN unit AS o ON o.unit_key = s.from_key
WHERE n.name_vi = 'Phường Ba Đình'
ORDER BY s.weight DESC""",
    "missing": """SELECT u.name_vi, r.report, r.last_reported, r.periods_missed, r.status
FROM report_status AS r
JOIN unit AS u USING (unit_key)
WHERE NOT r.has_reported AND r.period_end = (SELECT max(period_end) FROM report_status)
ORDER BY r.periods_missed DESC""",
    "members": """SELECT unesco_region, country, count(*) AS cities, min(year_joined) AS first_year
FROM member_city
GROUP BY ALL
ORDER BY cities DESC""",
    "wide": """PIVOT (
    SELECT u.name_vi, o.period_end, o.value
    FROM observation AS o JOIN unit AS u USING (unit_key)
    WHERE o.indicator_id = 'model.family.recognised_of_total' AND u.level = 'ward' AND o.status <> 'published'
)
ON period_end IN ('2026-03-31', '2026-06-30', '2026-09-30')
USING any_value(value)
ORDER BY name_vi""",
    "words": """SELECT table_name, column_name, label_vi, label_en, definition_vi
FROM dictionary_column
WHERE table_name IN ('observation', 'unit', 'indicator')
ORDER BY table_name, position""",
    "summary": "SUMMARIZE observation",
}
"""Queries to begin with; the screen has a title for each."""


# ---- In the process: what is allowed ------------------------------------------------------------------------------

_ALIAS = "warehouse"
_NODES = {"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"}
_SOURCES = {"EMPTY", "BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EXPRESSION_LIST", "PIVOT", "SHOW_REF"}  # fmt: skip
_TABLE_FUNCTIONS = {"range", "generate_series", "unnest", "repeat", "json_each", "json_tree"}
NOT_FUNCTIONS = re.compile(
    r"current_setting|getenv|getvariable|current_query|version|write_log|sleep_ms|nextval|currval|setval|setseed|invoke|index_key"
    r"|create_sort_key|vector_type|stats|remap_struct|constant_or_null|get_block_size|current_conn\w*|has_\w*privilege"
    r"|get_current_database|json_(serialize|deserialize|execute)\w*|parse_duckdb\w*|query|query_table|which_secret"
    r"|(__|pg_|inet_|duckdb_|pragma_|read_|parquet_|st_)\w*"
)
"""Functions that tell about the machine, wait, write, run SQL or are DuckDB's own business."""


class Refused(Exception):
    """A query that is not answered, as a ``Problem``."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.kind)
        self.problem = problem


def _refuse(kind: str, sql: str, detail: str = "", at: int | None = None) -> Refused:
    """``at`` is a place in the text in bytes, as DuckDB counts."""
    if at is None or at > len(sql.encode()):
        return Refused(Problem(kind, detail))
    before = sql.encode()[:at].decode(errors="ignore")
    return Refused(Problem(kind, detail, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1))


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object in a tree, without recursion: queries nest as deep as they like."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _check(con: Any, sql: str, shift: int, whole: str, documented: set[str], hidden: set[str]) -> set[str]:
    """The documented tables that a query reads; Refused where it wants more than that. ``shift`` is where it begins."""
    tree = json.loads(con.execute("SELECT json_serialize_sql(?::VARCHAR)", [sql]).fetchall()[0][0])
    if tree["error"]:
        at = tree.get("position")
        kind = "statement" if tree["error_type"] == "not implemented" else "syntax"
        raise _refuse(kind, whole, tree["error_message"], int(at) + shift if at else None)
    names = {
        str(n["key"]).casefold() for node in _nodes(tree) for n in node.get("cte_map", {}).get("map", [])
    }
    if names & hidden:
        raise _refuse("table", whole, ", ".join(sorted(names & hidden)))
    read: set[str] = set()
    for node in _nodes(tree):
        place = node.get("query_location")
        at = place + shift if isinstance(place, int) and place < len(whole.encode()) else None
        kind = str(node.get("type", ""))
        if node.get("class") in ("FUNCTION", "WINDOW"):
            _check_function(node, whole, at)
        elif kind == "PARAMETER" or node.get("class") == "PARAMETER":
            raise _refuse("parameter", whole, "", at)
        elif "class" not in node and (kind.endswith("_NODE") or "sample" in node):
            _check_source(node, kind, whole, at)
            if kind == "BASE_TABLE":
                read |= _check_table(node, whole, at, documented, names)
    return read


def _check_function(node: dict[str, Any], whole: str, at: int | None) -> None:
    name = str(node["function_name"]).casefold()
    if NOT_FUNCTIONS.fullmatch(name):
        raise _refuse("function", whole, name, at)


def _check_source(node: dict[str, Any], kind: str, whole: str, at: int | None) -> None:
    if kind not in _NODES | _SOURCES:
        raise _refuse("statement", whole, kind.removesuffix("_NODE"), at)
    if kind == "SHOW_REF" and not (node.get("query") and node.get("show_type") in ("DESCRIBE", "SUMMARY")):
        raise _refuse("statement", whole, "SHOW", at)
    if kind == "TABLE_FUNCTION":
        name = str(node["function"].get("function_name", "")).casefold()
        if name not in _TABLE_FUNCTIONS:
            raise _refuse("function", whole, name, at)


def _check_table(
    node: dict[str, Any], whole: str, at: int | None, documented: set[str], names: set[str]
) -> set[str]:
    name, where = (
        str(node["table_name"]).casefold(),
        (node["catalog_name"].casefold(), node["schema_name"].casefold()),
    )
    path = [str(part).casefold().strip('"') for part in node.get("qualified_name", {}).get("path", [name])]
    if where == ("", "") and len(path) == 1 and name in names:
        return set()
    if (
        name in documented
        and set(path[:-1]) <= {_ALIAS, "main"}
        and set(where) <= {"", _ALIAS, "main"}
        and not node.get("at_clause")
    ):
        return {name}
    raise _refuse("table", whole, ".".join(path), at)


_EXPLAIN = re.compile(r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)*EXPLAIN\b\s*(?:ANALYZE\b)?", re.IGNORECASE | re.DOTALL)  # fmt: skip


def _allowed(con: Any, sql: str, documented: set[str], hidden: set[str]) -> tuple[Any, set[str]]:
    """The one statement of a text, and the tables that it reads."""
    if len(sql) > LONGEST:
        raise Refused(Problem("too_long", str(LONGEST)))
    statements = con.extract_statements(sql)
    if not statements:
        raise Refused(Problem("empty"))
    if len(statements) > 1:
        raise Refused(Problem("several"))
    kind = statements[0].type.name
    if kind == "MULTI":
        raise Refused(Problem("pivot"))
    explained = _EXPLAIN.match(sql) if kind == "EXPLAIN" else None
    if kind != "SELECT" and not explained:
        raise Refused(Problem("statement", kind.replace("_", " ")))
    start = explained.end() if explained else 0
    read = _check(con, sql[start:], len(sql[:start].encode()), sql, documented, hidden)
    return statements[0], read


# ---- In the process: answering ------------------------------------------------------------------------------------


def _limit_process(task: Mapping[str, Any]) -> None:
    os.nice(19)
    try:
        import resource
    except ImportError:  # not on Windows: there the time limit and DuckDB's own memory limit remain
        return
    seconds = int(task["seconds"]) + 2
    for what, limit in (
        (resource.RLIMIT_AS, task["space_mb"] << 20),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (limit, limit))


def _connect(task: Mapping[str, Any]) -> tuple[Any, set[str], set[str]]:
    """A sandboxed connection, the documented tables, and the names that DuckDB keeps for itself."""
    import duckdb

    con = duckdb.connect(":memory:")
    con.execute("SET threads = 1")
    con.execute(f"SET memory_limit = '{int(task['memory_mb'])}MB'")
    con.execute("SET temp_directory = ''")
    con.execute("SET autoload_known_extensions = false")
    con.execute("SET autoinstall_known_extensions = false")
    con.execute("SET python_enable_replacements = false")
    con.execute("SET TimeZone = 'Asia/Ho_Chi_Minh'")
    con.execute("SET errors_as_json = true")
    for statement in task["beside"]:
        con.execute(statement)
    con.execute(f"USE {_ALIAS}")
    documented = {
        name.casefold() for (name,) in con.execute("SELECT table_name FROM dictionary_table").fetchall()
    }
    hidden = {
        name.casefold()
        for (name,) in con.execute("SELECT view_name FROM duckdb_views() WHERE internal").fetchall()
    }
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")
    return con, documented, hidden - documented


_ERRORS = (
    ("Interrupt", "time"), ("INTERRUPT", "time"), ("Out of Memory", "memory"), ("Parser", "syntax"), ("Conversion", "conversion"),
    ("Out of Range", "value"), ("Invalid Input", "value"), ("Mismatch Type", "value"), ("Permission", "statement"),
)  # fmt: skip
_MISSING = {
    "Table": "missing_table",
    "Scalar Function": "missing_function",
    "Table Function": "missing_function",
}


def _told(error: Exception, sql: str, shift: int = 0) -> Problem:
    """DuckDB's error as a Problem; ``shift`` is how many bytes stood before the query when it was read."""
    text = str(error)
    if isinstance(error, MemoryError) or "bad alloc" in text or "bad_alloc" in text:
        return Problem("memory")
    start = text.find("{")
    try:
        told = json.loads(text[start:])
    except ValueError:
        told = {"exception_type": text.partition(" Error")[0], "exception_message": text.partition(": ")[2]}
    kind, detail = str(told.get("exception_type", "")), str(told.get("exception_message", text))
    found = next((ours for theirs, ours in _ERRORS if kind.startswith(theirs)), "other")
    if kind == "Catalog":
        found = _MISSING.get(str(told.get("type")), "unknown")
    elif kind == "Binder":
        missing = told.get("error_subtype") == "COLUMN_NOT_FOUND" or "does not have a column" in detail
        found = "unknown" if missing else "value"
    place = told.get("position")
    return _refuse(found, sql, detail, int(place) - shift if place else None).problem


_PREFIX = "EXPLAIN "


def _placed(con: Any, error: Exception, sql: str) -> Problem:
    """The same with its place in the text, which an answer read in parts does not say and a plan does."""
    told = _told(error, sql)
    if told.line is None and told.kind in ("value", "unknown", "missing_table", "missing_function", "other"):
        try:
            con.execute(_PREFIX + sql).fetchall()
        except Exception as again:
            return _told(again, sql, len(_PREFIX))
    return told


def _answer(con: Any, statement: Any, task: Mapping[str, Any]) -> Any:
    """Rows as Arrow, one more than asked for; read in parts, so that a long answer is not worked out to its end."""
    import pyarrow as pa

    if statement.type.name == "EXPLAIN":
        plans = con.execute(statement).fetchall()
        return pa.table({"plan": [str(row[-1]) for row in plans]})
    reader = con.sql(statement.query).to_arrow_reader(1_000)
    parts: list[Any] = []
    rows, size = 0, 0
    for part in reader:
        parts.append(part.slice(0, task["rows"] + 1 - rows))
        rows += parts[-1].num_rows
        size += parts[-1].nbytes
        if size > task["answer_bytes"]:
            raise Refused(Problem("too_much", str(task["answer_bytes"] >> 20)))
        if rows > task["rows"]:
            break
    return pa.Table.from_batches(parts, reader.schema)


def _load() -> None:
    """What every answer needs, before there is a question; without it the process starts all the same."""
    with contextlib.suppress(ImportError):
        import duckdb  # noqa: F401
        import pyarrow  # noqa: F401


def _answer_task(task: Mapping[str, Any], out: BinaryIO) -> None:
    _limit_process(task)
    con, documented, hidden = _connect(task)
    timer = threading.Timer(task["seconds"], con.interrupt)
    timer.daemon = True
    timer.start()
    try:
        statement, read = _allowed(con, task["sql"], documented, hidden)
        table = _answer(con, statement, task)
    except Refused as refused:
        head: dict[str, Any] = vars(refused.problem)
        table = None
    except Exception as error:
        head, table = vars(_placed(con, error, task["sql"])), None
    else:
        head = {"tables": sorted(read)}
    path = str(task["path"])
    out.write(json.dumps(head).replace(json.dumps(path)[1:-1], _ALIAS).encode() + b"\n")
    if table is not None:
        import pyarrow as pa

        with pa.ipc.new_stream(out, table.schema) as stream:
            stream.write_table(table)
    out.flush()
    os._exit(0)  # nothing to tidy up, and a cut connection may still be busy


if __name__ == "__main__":
    _load()
    if asked := sys.stdin.read():
        _answer_task(json.loads(asked), sys.stdout.buffer)
