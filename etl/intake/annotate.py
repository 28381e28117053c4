"""A copy of what a file holds, as a workbook in which each doubtful cell is marked and says why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from etl.intake.findings import ERROR, NOTE, WARNING, Finding
from etl.intake.grid import Cell
from etl.intake.record import Intake

_FILL = {ERROR: "#F6C9CF", WARNING: "#FBE7B2", NOTE: "#DCEBF7"}
_WORD = {ERROR: "Lỗi / Error", WARNING: "Cảnh báo / Warning", NOTE: "Ghi nhận / Note"}
_ORDER = (ERROR, WARNING, NOTE)
_HEADINGS = ("Mức / Level", "Mã / Code", "Trang / Sheet", "Dòng / Line", "Cột / Column", "Giá trị / Value",
             "Lý do", "Cách sửa", "Reason", "Remedy")  # fmt: skip
_SUMMARY = "Kết quả kiểm tra"
_REPLY = "Trả lời"


def write_annotated(intake: Intake, folder: Path, opening: Sequence[str] = ()) -> Path:
    """Write ``<name>.kiem-tra.xlsx`` into ``folder`` and give its path. Values are written as text, never as formulas.

    The first sheet lists all findings, after one of ``opening`` lines where there are any; the others hold the file's
    own cells at their places. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = _free(folder, Path(intake.file).name[:100])
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        formats = {level: book.add_format({"bg_color": colour}) for level, colour in _FILL.items()}
        if opening:
            _write_opening(book, opening)
        _write_summary(book, intake, formats)
        for number, sheet in enumerate(intake.sheets):
            page = book.add_worksheet(_title(sheet.name, number))
            marks = _marks([f for f in intake.findings if f.sheet == sheet.name])
            for row in sheet.rows:
                whole = marks.get((row.line, None), [])
                for index in range(max(len(row.cells), 1)):
                    said = [*marks.get((row.line, index + 1), []), *(whole if index == 0 else [])]
                    _write_cell(page, row.line - 1, index, row.at(index), said, whole, formats)
    return path


def _free(folder: Path, name: str) -> Path:
    for number in range(1, 10_000):
        path = folder / (f"{name}.kiem-tra.xlsx" if number == 1 else f"{name}.kiem-tra-{number}.xlsx")
        if not path.exists():
            return path
    raise FileExistsError(str(folder / name))


def _title(name: str | None, number: int) -> str:
    kept = "".join(char for char in (name or "") if char not in "[]:*?/\\'")[:24]
    return f"{number + 1} {kept}".strip()


def _marks(findings: list[Finding]) -> dict[tuple[int, int | None], list[Finding]]:
    found: dict[tuple[int, int | None], list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.line is not None:
            found[finding.line, finding.place].append(finding)
    return found


def _worst(findings: list[Finding]) -> str | None:
    return next((level for level in _ORDER if any(f.level == level for f in findings)), None)


def _write_cell(
    page: Any,
    row: int,
    column: int,
    cell: Cell,
    said: list[Finding],
    whole: list[Finding],
    formats: dict[str, Any],
) -> None:
    level = _worst(said or whole)
    style = formats[level] if level else None
    if isinstance(cell.stored, float):
        page.write_number(row, column, cell.stored, style)
    elif cell.text or style:
        page.write_string(row, column, cell.text[:32_000], style)
    if said:
        words = "\n".join(
            f"{_WORD[f.level]}: {f.reason.vi} {f.remedy.vi} / {f.reason.en} {f.remedy.en}" for f in said
        )
        page.write_comment(row, column, words[:30_000], {"x_scale": 3, "y_scale": 1.5})


def _write_opening(book: Any, lines: Sequence[str]) -> None:
    page = book.add_worksheet(_REPLY)
    page.set_column(0, 0, 110)
    for number, line in enumerate(lines):
        style = {"text_wrap": True, "valign": "top", "bold": number == 0}
        page.write_string(number, 0, line[:32_000], book.add_format(style))


def _write_summary(book: Any, intake: Intake, formats: dict[str, Any]) -> None:
    page = book.add_worksheet(_SUMMARY)
    bold = book.add_format({"bold": True})
    page.write_string(0, 0, intake.file, bold)
    for column, heading in enumerate(_HEADINGS):
        page.write_string(2, column, heading, bold)
    for number, finding in enumerate(intake.findings, start=3):
        texts = (
            _WORD[finding.level], finding.code, finding.sheet or "", str(finding.line or ""), finding.column or "",
            finding.value or "", finding.reason.vi, finding.remedy.vi, finding.reason.en, finding.remedy.en,
        )  # fmt: skip
        for column, text in enumerate(texts):
            page.write_string(number, column, text[:32_000], formats[finding.level] if column == 0 else None)
    page.set_column(0, 5, 18)
    page.set_column(6, 9, 60)
    page.freeze_panes(3, 0)
