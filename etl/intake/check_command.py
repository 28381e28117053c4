"""``python -m etl check FILE…``: what was understood of each file and what is to be mended, without loading anything."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from etl.intake import checks
from etl.intake.annotate import write_annotated
from etl.intake.findings import ERROR, NOTE, WARNING, Finding
from etl.intake.reading import read_file, tell, tell_same_key
from etl.intake.record import DUPLICATE, KEPT, REJECTED, CountedTable, Intake, TableRead
from etl.intake.reference import Reference, load_reference
from etl.intake.strict import is_for_strict, read_strictly
from etl.problems import Problem

_LEVELS = {ERROR: "lỗi / error", WARNING: "cảnh báo / warning", NOTE: "ghi nhận / note"}
PLAIN = {
    "plain",
    "text",
    "blank",
    "period",
    "spelling",
    "code_and_name",
    "code",
    "iso",
    "word",
    "stored_number",
    "stored_date",
}
"""Rules of reading that interpret nothing."""


def read_together(
    files: list[Path], reference: Reference, names: list[str] | None = None, work: Path | None = None
) -> list[Intake]:
    """Every file read and held against the others: the same file twice, the same row in two files, one key with
    different figures. ``names``: what the files are called in findings, where that is not their path.

    Large text files are read strictly by the form; their rows to load go to ``work``, where that is given, and are not
    held against other files.
    """
    intakes: list[Intake] = []
    seen: dict[str, Intake] = {}
    for path, name in zip(files, names or [str(path) for path in files], strict=True):
        strictly = read_strictly(path, name, reference, work) if is_for_strict(path) else None
        intake = strictly or read_file(path, reference, name=name)
        first = seen.setdefault(intake.sha256, intake) if intake.sha256 else intake
        if first is not intake and intake.readable:
            tell(intake, "file_repeated", detail=first.file)
            for table in intake.tables:
                drop_rows(table, DUPLICATE)
        intakes.append(intake)
    for places in checks.same_keys(intakes, reference.contracts):
        tell_same_key(places, reference.contracts[places[0].table.table])
    return intakes


def drop_rows(table: TableRead, state: str) -> None:
    """Take the kept rows of a table out, as rejected or duplicate."""
    for row in table.kept:
        row.state = state
    if isinstance(table, CountedTable):
        table.counts[state] += table.counts[KEPT]
        table.counts[KEPT] = 0


def check(files: list[Path], data_dir: Path, annotate: Path | None) -> tuple[int, dict[str, Any], list[str]]:
    """(exit code, answer for machines, lines for people). Raises Problem where no file could be read at all."""
    intakes = read_together(files, load_reference(data_dir))
    if not any(intake.readable for intake in intakes):
        raise _unreadable(intakes)
    copies: dict[str, str] = {}
    if annotate:
        copies = _annotated(intakes, annotate)
    answer = {
        "files": [entry for intake in intakes for entry in _entries(intake, copies)],
        "findings": [finding.as_dict() for intake in intakes for finding in intake.findings],
    }
    lines = [line for intake in intakes for line in _lines(intake)]
    lines += [f"Bản có đánh dấu / annotated copy: {path}" for path in copies.values()]
    if not all(intake.readable for intake in intakes):
        return 2, answer, lines
    return (1 if any(intake.errors for intake in intakes) else 0), answer, lines


def _unreadable(intakes: list[Intake]) -> Problem:
    told = [finding for intake in intakes for finding in intake.findings if finding.level == ERROR]
    return Problem(
        " ".join(f"{f.file}: {f.reason.vi} {f.remedy.vi}" for f in told),
        " ".join(f"{f.file}: {f.reason.en} {f.remedy.en}" for f in told),
        file=told[0].file,
    )


def _annotated(intakes: list[Intake], folder: Path) -> dict[str, str]:
    try:
        return {intake.file: str(write_annotated(intake, folder)) for intake in intakes if intake.sheets}
    except OSError as error:
        raise Problem(
            f"{folder}: không ghi được bản đánh dấu ({error.strerror}).",
            f"{folder}: the annotated copy cannot be written ({error.strerror}).",
        ) from error


def _entries(intake: Intake, copies: dict[str, str]) -> list[dict[str, Any]]:
    common = {
        "file": intake.file, "sha256": intake.sha256, "kind": intake.kind, "encoding": intake.encoding,
        "delimiter": intake.delimiter, "annotated": copies.get(intake.file),
    }  # fmt: skip
    if not intake.readable:
        return [{**common, "table": None, "rows_in": 0, "kept": 0, "rejected": 0, "duplicate": 0}]
    return [{**common, **table_entry(table)} for table in intake.tables]


def table_entry(table: TableRead) -> dict[str, Any]:
    """One table of a file for machines: its rows in all, and all that was interpreted."""
    return {
        "table": table.table,
        "sheet": table.sheet,
        "rows_in": table.rows_in,
        "kept": table.count(KEPT),
        "rejected": table.count(REJECTED),
        "duplicate": table.count(DUPLICATE),
        "header_lines": list(table.header_lines),
        "columns": {
            name: {"place": place, "header": label} for name, (place, label) in table.columns.items()
        },
        "skipped": [{"line": skipped.line, "kind": skipped.kind} for skipped in table.skipped],
        "taken_from_headings": table.taken_from_headings,
        "interpreted": [
            {
                "line": row.line,
                "column": c.column,
                "raw": c.raw,
                "value": None if c.value is None else str(c.value),
                "rule": c.rule,
            }
            for row in table.rows
            for c in row.cells
            if c.rule not in PLAIN
        ],
    }


def _lines(intake: Intake) -> list[str]:
    lines = []
    for table in intake.tables:
        sheet = f" [{table.sheet}]" if table.sheet else ""
        lines.append(
            f"{intake.file}{sheet} ({table.table}): {table.rows_in} dòng / rows = {table.count(KEPT)} giữ / kept"
            f" + {table.count(REJECTED)} từ chối / rejected + {table.count(DUPLICATE)} trùng / duplicate"
        )
        lines += [f"  {line}" for line in _understood(intake, table)]
    return lines + [f"  {_line_of(finding)}" for finding in intake.findings]


def _understood(intake: Intake, table: TableRead) -> list[str]:
    """What had to be interpreted; nothing for a plain file."""
    said = []
    if intake.encoding not in (None, "utf-8", "utf-8-sig"):
        said.append(f"bảng mã / encoding: {intake.encoding}")
    if table.header_lines != (1,):
        said.append(f"tiêu đề ở dòng / header in line: {', '.join(map(str, table.header_lines))}")
    passed = Counter(skipped.kind for skipped in table.skipped if skipped.kind not in ("header", "blank"))
    if passed:
        said.append("bỏ qua / passed over: " + ", ".join(f"{count} {kind}" for kind, count in passed.items()))
    for column, value in table.taken_from_headings.items():
        said.append(f"lấy từ phần đầu trang / from the lines above: {column} = {value}")
    rules = Counter((c.column, c.rule) for row in table.rows for c in row.cells if c.rule not in PLAIN)
    said += [f"{column}: {rule} × {count}" for (column, rule), count in rules.items()]
    return said


def _line_of(finding: Finding) -> str:
    sheet = f" [{finding.sheet}]" if finding.sheet else ""
    line = f":{finding.line}" if finding.line else ""
    column = f" [{finding.column}]" if finding.column else ""
    value = f" {finding.value}" if finding.value else ""
    return (
        f"{_LEVELS[finding.level]} {finding.file}{sheet}{line}{column}{value}: {finding.reason.vi} {finding.remedy.vi}"
        f" / {finding.reason.en} {finding.remedy.en}"
    )
