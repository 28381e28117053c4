"""One build, from the files in a data folder to a published warehouse."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import logging
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from etl.check import Checker, FileCount
from etl.contracts import SQL_TYPE, Contract, load_contracts
from etl.files import InputFile, build_id_of, discover, sha256_of
from etl.intake.versions import lay_out
from etl.keys import may_repeat
from etl.problems import Problem
from etl.publish import (
    current_build_id,
    is_taken_back,
    only_one_build,
    point_to,
    publish,
    warehouse_path,
)
from etl.remembered import NAME, Memory, Unusable, remember
from etl.words import fill, views_of, write_comments, write_dictionary

MARTS = Path(__file__).parent / "marts"
MEMORY_LIMIT = "2200MB"
LOG = logging.getLogger(__name__)

_ATTEMPTS = 3
"""How often a build starts again because a file changed while it was read."""


class _InputsChanged(Exception):
    """A file is no longer what it was when the build began."""


Progress = Callable[[str, str, int, int], None]


@dataclass
class BuildResult:
    """What a build did. ``unchanged``: these inputs were published already and nothing was built."""

    build_id: str
    path: Path
    unchanged: bool = False
    files: list[FileCount] = field(default_factory=list)
    tables: dict[str, int] = field(default_factory=dict)

    @property
    def rejected(self) -> int:
        """Rows refused, over all files."""
        return sum(count.rejected for count in self.files)


def _silent(step_vi: str, step_en: str, done: int, total: int) -> None:
    return None


def inputs(data_dir: Path) -> tuple[list[InputFile], str]:
    """The input files of a data folder and the id of the build that they make."""
    files = discover(data_dir, load_contracts())
    return files, build_id_of(files)


def is_stale(data_dir: Path, out_dir: Path) -> bool:
    """Whether the published build is damaged or was made from other inputs than those in the folder now.

    What was handed in and accepted is laid out first, in case a crash came between.
    """
    lay_out(data_dir)
    _, build_id = inputs(data_dir)
    if current_build_id(out_dir) == build_id:
        return _rows_by_table(warehouse_path(out_dir, build_id)) is None
    return not is_taken_back(out_dir, build_id)


def build(
    data_dir: Path,
    out_dir: Path,
    *,
    allow_shrink: bool = False,
    progress: Progress = _silent,
    wait: float = 0,
    full: bool = False,
) -> BuildResult:
    """Build a warehouse from ``data_dir`` and publish it into ``out_dir``.

    What was handed in and accepted is laid out as report files first. Files that change while they are read are read
    again, a few times. ``wait``: seconds to wait for another build. ``full``: read every file and build, even where
    nothing changed; else what the last build made of unchanged files is taken from there.

    Raises Problem, leaving the published build as it was, where an input cannot be used, where rows do not
    add up, or where a table would be empty or smaller than in the published build (unless ``allow_shrink``,
    or a submission was taken back since).
    """
    with contextlib.ExitStack() as held:
        _hold_lock(held, out_dir, wait)
        for _ in range(_ATTEMPTS):
            with contextlib.suppress(_InputsChanged):
                return _build(data_dir, out_dir, allow_shrink, progress, full)
        raise Problem(
            f"{data_dir}: tệp đầu vào thay đổi liên tục trong khi dựng. Bản cũ vẫn giữ nguyên. Thử lại khi không ai ghi tệp.",
            f"{data_dir}: input files kept changing during the build. The old build is untouched. Try again when nobody writes them.",
        )


def _hold_lock(held: contextlib.ExitStack, out_dir: Path, wait: float) -> None:
    until = time.monotonic() + wait
    while True:
        try:
            held.enter_context(only_one_build(out_dir))
            return
        except Problem as problem:
            if not isinstance(problem.__cause__, BlockingIOError) or time.monotonic() >= until:
                raise
        time.sleep(0.1)


def _refuse_changed(files: list[InputFile]) -> None:
    """Stop where a file is no longer what it was when the build took its fingerprint: rows would not fit the build's id."""
    with ThreadPoolExecutor() as pool:
        for file, same in zip(files, pool.map(_is_as_it_was, files), strict=True):
            if not same:
                raise _InputsChanged(file.name)


def _is_as_it_was(file: InputFile) -> bool:
    try:
        return file.path.stat().st_size == file.size and sha256_of(file.path) == file.sha256
    except OSError:
        return False


def _build(data_dir: Path, out_dir: Path, allow_shrink: bool, progress: Progress, full: bool) -> BuildResult:
    shrinking = lay_out(data_dir)
    progress("Đọc danh sách tệp", "Listing files", 0, 1)
    try:
        files, build_id = inputs(data_dir)
    except Problem:  # a submission may have replaced a file between listing and reading
        files, build_id = inputs(data_dir)
    for leftover in out_dir.glob(".building-*"):
        leftover.unlink()
    target = warehouse_path(out_dir, build_id)
    made_before = _rows_by_table(target)
    if made_before is not None and not full:
        if current_build_id(out_dir) != build_id:
            _refuse_shrinking(made_before, load_contracts(), out_dir, allow_shrink, shrinking)
            point_to(out_dir, build_id)
        return BuildResult(build_id, target, unchanged=True)
    work = out_dir / f".building-{build_id}.duckdb"
    try:
        try:
            result = _make_again(files, build_id, work, out_dir, allow_shrink, shrinking, progress, full)
        except (OSError, Problem, duckdb.Error):
            _refuse_changed(files)  # what looks like a fault of a file may be a file half replaced
            raise
        _refuse_changed(files)
        result.path = publish(out_dir, work, build_id)
        with contextlib.suppress(OSError):  # what is published stands; the next build only takes longer
            remember(work.with_suffix(".remembered"), out_dir)
    except OSError as error:
        raise Problem(
            f"{out_dir}: không ghi được kho số liệu ({error.strerror}). Bản cũ vẫn giữ nguyên.",
            f"{out_dir}: the warehouse cannot be written ({error.strerror}). The old build is untouched.",
        ) from error
    except duckdb.OperationalError as error:  # among them a full disk, met while writing or while committing
        raise Problem(
            f"{out_dir}: không ghi được kho số liệu ({error}). Bản cũ vẫn giữ nguyên.",
            f"{out_dir}: the warehouse cannot be written ({error}). The old build is untouched.",
        ) from error
    finally:
        for leftover in out_dir.glob(".building-*"):
            leftover.unlink()
    return result


def _make_again(
    files: list[InputFile],
    build_id: str,
    work: Path,
    out_dir: Path,
    allow_shrink: bool,
    shrinking: frozenset[str],
    progress: Progress,
    full: bool,
) -> BuildResult:
    """Make a build with what is remembered; where that fails and cannot be told from a fault of the memory, without."""
    arguments = (files, build_id, work, out_dir, allow_shrink, shrinking, progress)
    before = out_dir / NAME
    if not full and before.is_file():
        try:
            return _make(*arguments, before)
        except (Unusable, duckdb.Error) as error:
            LOG.warning("%s could not be used, every file is read again: %s", before, error)
        for leftover in out_dir.glob(".building-*"):
            leftover.unlink()
    return _make(*arguments, None)


def _make(
    files: list[InputFile],
    build_id: str,
    work: Path,
    out_dir: Path,
    allow_shrink: bool,
    shrinking: frozenset[str],
    progress: Progress,
    before: Path | None,
) -> BuildResult:
    contracts = load_contracts()
    order = sorted(files, key=lambda f: contracts[f.table].kind == "report")
    marts = sorted(MARTS.glob("*.sql"))
    steps = len(order) + len(marts) + 3
    with tempfile.TemporaryDirectory() as spill, duckdb.connect(str(work)) as con:
        con.execute("ATTACH ':memory:' AS stage")  # what does not fit into memory_limit spills
        con.execute("SET memory_limit = ?", [MEMORY_LIMIT])
        con.execute("SET temp_directory = ?", [spill])
        con.execute("SET preserve_insertion_order = true")
        # Lookups are small and the file may be large: keep the lookup on the side that is built, and rows in order.
        con.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
        con.execute("SET enable_progress_bar = false")
        memory = Memory(con, before, files, {c.table for c in contracts.values() if c.kind == "report"})
        checker = Checker(con, contracts, memory)
        done = itertools.count()

        def told(file: InputFile) -> None:
            progress(f"Đọc {file.name}", f"Reading {file.name}", next(done), steps)

        reports = [file for file in order if contracts[file.table].kind == "report"]
        checker.load_all(order[: len(order) - len(reports)], told)
        checker.bring_back()
        checker.use_units()
        checker.load_all(reports, told)
        checker.bring_back()
        memory.close()
        progress("Kiểm tra khóa và tham chiếu", "Checking keys and references", len(order), steps)
        checker.settle()
        kept: dict[str, int] = {}
        for count in checker.counts:
            kept[count.file.table] = kept.get(count.file.table, 0) + count.kept
        _refuse_shrinking(kept, contracts, out_dir, allow_shrink, shrinking)
        con.execute("RESET disabled_optimizers")
        _write_files(con, checker.counts)
        _write_reference(con, contracts)
        for number, path in enumerate(marts):
            progress(f"Dựng {path.stem[3:]}", f"Making {path.stem[3:]}", len(order) + 1 + number, steps)
            con.execute(path.read_text(encoding="utf-8"))
        _write_build(con, contracts, build_id, checker.counts)
        write_dictionary(con, contracts)
        tables = _verify(con, contracts, allow_shrink)
        write_comments(con, contracts)
        progress("Ghi và kiểm tra tệp", "Writing and checking the file", steps - 1, steps)
        memory.write(work.with_suffix(".remembered"), checker.readings, contracts)
        con.execute("DETACH stage")
        con.execute("CHECKPOINT")
    _check_readable(work, build_id, tables)
    progress("Xong", "Done", steps, steps)
    return BuildResult(build_id, work, files=checker.counts, tables=tables)


def _write_files(con: duckdb.DuckDBPyConnection, counts: list[FileCount]) -> None:
    con.execute(
        "CREATE TABLE stage.file AS SELECT unnest(range(?))::INTEGER AS file_no, unnest(CAST(? AS VARCHAR[])) AS name",
        [len(counts), [c.file.name for c in counts]],
    )


def _write_reference(con: duckdb.DuckDBPyConnection, contracts: dict[str, Contract]) -> None:
    for contract in contracts.values():
        if contract.kind == "reference":
            columns = ", ".join(c.name for c in contract.columns)
            key = ", ".join(contract.key)
            con.execute(
                f"CREATE TABLE {contract.table} AS SELECT {columns} FROM stage.{contract.table} ORDER BY {key}"
            )


def _write_build(
    con: duckdb.DuckDBPyConnection, contracts: dict[str, Contract], build_id: str, counts: list[FileCount]
) -> None:
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    con.execute("CREATE TABLE build (build_id VARCHAR, built_at TIMESTAMP, files BIGINT, rows_in BIGINT, rows_kept BIGINT,"
                " rows_rejected BIGINT, rows_duplicate BIGINT)")  # fmt: skip
    con.execute(
        "INSERT INTO build VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            build_id,
            now,
            len(counts),
            sum(c.rows_in for c in counts),
            sum(c.kept for c in counts),
            sum(c.rejected for c in counts),
            sum(c.duplicate for c in counts),
        ],
    )
    accounts = (
        [
            *(build_id, c.file.name, c.file.table, c.file.status, c.file.sha256, c.file.size),
            *(c.rows_in, c.kept, c.rejected, c.duplicate),
        ]
        for c in counts
    )
    fill(con, contracts["build_file"], accounts)
    con.execute(
        "CREATE TABLE reject AS SELECT file, line, column_name, rule, value, reason_vi, reason_en FROM stage.reject"
        " ORDER BY file, line, column_name, rule"
    )


def _rows_by_table(path: Path) -> dict[str, int] | None:
    """How many rows the files of a finished build gave each table; None where the build is lost or damaged."""
    try:
        with duckdb.connect(str(path), read_only=True) as con:
            found = con.execute(
                "SELECT table_name, sum(rows_kept)::BIGINT FROM build_file GROUP BY 1 ORDER BY 1"
            ).fetchall()
    except duckdb.Error:
        return None
    return dict(found)


def _refuse_shrinking(
    kept: dict[str, int],
    contracts: dict[str, Contract],
    out_dir: Path,
    allow_shrink: bool,
    shrinking: frozenset[str],
) -> None:
    """Stop where a table would be empty, or have fewer rows than its files gave the published build.

    ``shrinking``: tables that are meant to be smaller.
    """
    if allow_shrink:
        return
    for contract in contracts.values():
        if contract.kind != "mart" and not contract.may_be_empty and not kept.get(contract.table):
            raise Problem(
                f"Bảng “{contract.title.vi}” ({contract.table}) sẽ rỗng. Dừng lại; dùng --allow-shrink nếu đúng ý.",
                f"The table “{contract.title.en}” ({contract.table}) would be empty. Stopped; use --allow-shrink if meant.",
                exit_code=1,
            )
    current = current_build_id(out_dir)
    before = _rows_by_table(warehouse_path(out_dir, current)) if current else None
    for table, rows in (before or {}).items():
        if kept.get(table, 0) < rows and table not in shrinking:
            raise Problem(
                f"Bảng {table} giảm từ {rows} xuống {kept.get(table, 0)} dòng so với bản đang dùng."
                " Dừng lại; dùng --allow-shrink nếu đúng ý.",
                f"The table {table} shrinks from {rows} to {kept.get(table, 0)} rows against the published build."
                " Stopped; use --allow-shrink if meant.",
                exit_code=1,
            )


def _verify(
    con: duckdb.DuckDBPyConnection, contracts: dict[str, Contract], allow_shrink: bool
) -> dict[str, int]:
    """Hold every public table to its contract: columns, types, key. Row counts by table."""
    tables: dict[str, int] = {}
    views = views_of(con)
    for contract in contracts.values():
        if contract.kind not in ("reference", "mart"):
            continue
        described = con.execute(
            f"SELECT column_name, column_type FROM (DESCRIBE {contract.table})"
        ).fetchall()
        declared = [(c.name, SQL_TYPE[c.type]) for c in contract.columns]
        if described != declared:
            different = sorted(set(described) ^ set(declared))
            raise Problem(
                f"Bảng {contract.table} khác hợp đồng dữ liệu: {different}",
                f"The table {contract.table} differs from its contract: {different}",
            )
        if contract.table in views:
            continue
        (rows,) = con.execute(f"SELECT count(*) FROM {contract.table}").fetchone() or (0,)
        tables[contract.table] = rows
        if not rows and not contract.may_be_empty and not allow_shrink:
            raise Problem(
                f"Bảng {contract.table} rỗng. Dừng lại; dùng --allow-shrink nếu đúng ý.",
                f"The table {contract.table} is empty. Stopped; use --allow-shrink if meant.",
                exit_code=1,
            )
        if contract.kind == "mart":
            _verify_key(con, contract)
    return tables


def _verify_key(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    if may_repeat(con, contract.table, contract.key):
        key = ", ".join(contract.key)
        example = con.execute(
            f"SELECT {key} FROM {contract.table} GROUP BY ALL HAVING count(*) > 1 LIMIT 1"
        ).fetchone()
        if example:
            raise Problem(
                f"Bảng {contract.table}: khóa ({key}) lặp lại, ví dụ {example}. Không xuất bản.",
                f"The table {contract.table}: the key ({key}) repeats, such as {example}. Nothing is published.",
            )


def _check_readable(path: Path, build_id: str, tables: dict[str, int]) -> None:
    """Open the finished file as readers will and count again."""
    with duckdb.connect(str(path), read_only=True) as con:
        found = con.execute("SELECT build_id FROM build").fetchone()
        for table, rows in tables.items():
            (again,) = con.execute(f"SELECT count(*) FROM {table}").fetchone() or (-1,)
            if found != (build_id,) or again != rows:
                raise Problem(
                    f"Tệp {path.name} đọc lại không khớp ở bảng {table}. Không xuất bản.",
                    f"The file {path.name} reads back differently in table {table}. Nothing is published.",
                )
