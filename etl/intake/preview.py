"""Files read and told in full, without taking them in: what was understood, findings beside the rows, what would change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from etl.contracts import load_contracts
from etl.intake.check_command import PLAIN
from etl.intake.findings import Finding
from etl.intake.received import ERRORS, UNREADABLE, Received
from etl.intake.record import DUPLICATE, KEPT, REJECTED, Intake, ReadRow, TableRead
from etl.intake.submission import look_at, scratch
from etl.intake.versions import plain_text
from etl.problems import Text

_SAMPLE = 200
_KINDS = {
    "heading": Text("dòng tiêu đề, quốc hiệu", "lines of headings"),
    "units": Text("dòng đơn vị tính", "lines of units of measure"),
    "total": Text("dòng tổng", "total rows"),
    "section": Text("dòng tên nhóm", "section lines"),
    "note": Text("dòng ghi chú, chữ ký", "notes and signatures"),
    "unfilled": Text("dòng của biểu để trống số liệu", "rows of the form left without figures"),
}
_RULES = {
    "grouped": Text("dấu phân cách hàng nghìn", "marks between thousands"),
    "grouped_by_proof": Text("dấu phân cách hàng nghìn, theo các số khác trong cột", "marks between thousands, as other figures of the column prove"),
    "grouped_by_space": Text("dấu cách giữa hàng nghìn", "spaces between thousands"),
    "both_marks": Text("dấu hàng nghìn và dấu thập phân", "marks between thousands and before decimals"),
    "decimal_zero": Text("phần thập phân bằng không được bỏ", "decimals of zero left out"),
    "decimal_by_proof": Text("dấu thập phân, theo các số khác trong cột", "decimal marks, as other figures of the column prove"),
    "missing_mark": Text("ký hiệu không có số liệu đọc là ô trống", "marks for no figure read as blank"),
    "from_headings": Text("lấy từ phần đầu trang", "taken from the lines above the table"),
    "by_proof": Text("ngày, tháng theo các ngày khác trong tệp", "day and month as other dates of the file prove"),
    "only_reading": Text("ngày chỉ đọc được một cách", "dates that can be read one way only"),
    "serial": Text("số ngày của Excel", "Excel's numbers of days"),
    "code_padded": Text("mã thiếu số 0 ở đầu", "codes without their leading zeros"),
    "code_and_misspelt_name": Text("tên đơn vị viết sai vài chữ", "misspelt names of units"),
    "code_and_former_name": Text("tên cũ của đơn vị", "former names of units"),
    "name": Text("nhận đơn vị theo tên", "units known by their names"),
    "name_folded": Text("nhận đơn vị theo tên không dấu hoặc viết tắt", "units known by names without diacritics or shortened"),
    "name_in_heading": Text("nhận đơn vị theo phần đầu trang", "units known by the lines above the table"),
}  # fmt: skip
"""What readings are called. Rules without words here are those of refused cells, which have findings."""


def preview(
    files: list[Path], names: list[str], data_dir: Path, out_dir: Path, *, accept_rows: bool = False
) -> tuple[int, dict[str, Any], list[str]]:
    """(exit code, answer for machines, lines for people). Nothing is kept. Raises Problem."""
    with scratch() as folder:
        looked = look_at(files, names, data_dir, out_dir, folder, accept_rows=accept_rows)
        answer = {
            "files": [_file(file) for file in looked.received],
            "changes": {**looked.changes.as_dict(), "notes": [_words(note) for note in looked.notes]},
        }
    verdicts = {file.verdict for file in looked.received}
    code = 2 if verdicts == {UNREADABLE} else 1 if verdicts & {UNREADABLE, ERRORS} else 0
    return code, answer, list(_lines(looked.received, looked.changes.counts, looked.notes))


def _words(text: Text) -> dict[str, str]:
    return {"vi": text.vi, "en": text.en}


def _file(file: Received) -> dict[str, Any]:
    return {
        "name": file.name,
        "sha256": file.intake.sha256,
        "size": file.size,
        "verdict": file.verdict,
        "understood": [_words(text) for text in understood(file.intake)],
        "tables": [_table(table, file.intake) for table in file.intake.tables],
        "findings": [finding_dict(finding) for finding in file.intake.findings],
    }


def finding_dict(finding: Finding) -> dict[str, Any]:
    """One finding as screens take it."""
    return {
        "level": finding.level, "code": finding.code, "file": finding.file, "sheet": finding.sheet,
        "line": finding.line, "column": finding.column, "value": finding.value,
        "reason": _words(finding.reason), "remedy": _words(finding.remedy),
    }  # fmt: skip


def understood(intake: Intake) -> list[Text]:
    """What was understood of a file, a sentence each."""
    said = []
    if intake.encoding not in (None, "utf-8", "utf-8-sig"):
        said.append(Text(f"Bảng mã chữ: {intake.encoding}.", f"Encoding: {intake.encoding}."))
    if intake.delimiter not in (None, ","):
        mark = {"\t": "tab"}.get(intake.delimiter, intake.delimiter)
        said.append(Text(f"Dấu phân cách ô: {mark}", f"Delimiter: {mark}"))
    for table in intake.tables:
        said += _table_words(table)
    return said


def _table_words(table: TableRead) -> Iterator[Text]:
    contract = load_contracts()[table.table]
    where = Text(f", trang “{table.sheet}”", f", sheet “{table.sheet}”") if table.sheet else Text("", "")
    lines = ", ".join(map(str, table.header_lines))
    yield Text(
        f"Bảng “{contract.title.vi}”{where.vi}: tiêu đề ở dòng {lines}, {table.rows_in} dòng số liệu.",
        f"Table “{contract.title.en}”{where.en}: header in line {lines}, {table.rows_in} rows of figures.",
    )
    for kind, count in Counter(skipped.kind for skipped in table.skipped).items():
        if kind in _KINDS:
            yield Text(f"Bỏ qua {count} {_KINDS[kind].vi}.", f"Passed over {count} {_KINDS[kind].en}.")
    for column, value in table.taken_from_headings.items():
        label = contract.column(column).label
        yield Text(
            f"Lấy từ phần đầu trang: {label.vi} = {value}.",
            f"From the lines above the table: {label.en} = {value}.",
        )
    rules = Counter((c.column, c.rule) for row in table.rows for c in row.cells if c.rule not in PLAIN)
    for (column, rule), count in rules.items():
        if rule in _RULES:
            label, words = contract.column(column).label, _RULES[rule]
            yield Text(f"{label.vi}: {words.vi} ({count} ô).", f"{label.en}: {words.en} ({count} cells).")


def _table(table: TableRead, intake: Intake) -> dict[str, Any]:
    by_line: dict[int, list[int]] = {}
    for number, finding in enumerate(intake.findings):
        if finding.line is not None and finding.sheet == table.sheet:
            by_line.setdefault(finding.line, []).append(number)
    first = [row for row in table.rows if row.line in by_line][:_SAMPLE]
    rest = [row for row in table.rows if row.line not in by_line][: _SAMPLE - len(first)]
    contract = load_contracts()[table.table]
    return {
        "table": table.table,
        "sheet": table.sheet,
        "rows": table.rows_in,
        "kept": table.count(KEPT),
        "rejected": table.count(REJECTED),
        "duplicate": table.count(DUPLICATE),
        "columns": [column.name for column in contract.columns if column.name in _shown(table)],
        "sample": [_row(row, table, by_line.get(row.line, [])) for row in first + rest],
    }


def _shown(table: TableRead) -> set[str]:
    unit = load_contracts()[table.table].reporting_unit
    more = {unit.code, unit.name} if unit else set()
    return {*table.columns, *table.taken_from_headings, *(name for name in more if name)}


def _row(row: ReadRow, table: TableRead, findings: list[int]) -> dict[str, Any]:
    """A row as read; where a cell could not be read, as it stood."""
    raw = {cell.column: cell.raw for cell in row.cells}
    names = [c.name for c in load_contracts()[table.table].columns if c.name in _shown(table)]
    values = {
        name: plain_text(row.values[name]) if row.values.get(name) is not None else raw.get(name, "")
        for name in names
    }
    return {"line": row.line, "values": values, "state": row.state, "findings": findings}


def _lines(received: list[Received], counts: dict[str, int], notes: list[Text]) -> Iterator[str]:
    for file in received:
        yield f"{file.name}: {file.verdict}"
        for finding in file.intake.findings:
            at = f":{finding.line}" if finding.line else ""
            yield f"  {finding.level} {file.name}{at}: {finding.reason.vi} {finding.remedy.vi} / {finding.reason.en} {finding.remedy.en}"
    yield (
        f"Sẽ thêm {counts['added']}, thay {counts['replaced']}, giữ nguyên {counts['unchanged']} dòng. /"
        f" Would add {counts['added']}, replace {counts['replaced']}, leave {counts['unchanged']} rows."
    )
    for note in notes:
        yield f"{note.vi} / {note.en}"
