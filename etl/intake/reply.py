"""The reply to an office: a workbook a file, with what was understood, every finding, and the marked cells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from etl.intake.annotate import write_annotated
from etl.intake.findings import WARNING
from etl.intake.ledger import cannot, read_ledger
from etl.intake.preview import understood
from etl.intake.received import CLEAN, DUPLICATE, ERRORS, UNREADABLE, WARNINGS, Received, receive
from etl.intake.reference import load_reference
from etl.intake.submission import scratch
from etl.problems import Text

_VERDICTS = {
    CLEAN: Text("Tệp đọc được, không có lỗi.", "The file was read without errors."),
    WARNINGS: Text("Tệp đọc được, có điểm cần xem lại.", "The file was read; some things deserve a look."),
    ERRORS: Text("Tệp có lỗi, cần sửa và gửi lại.", "The file has errors; mend them and send it again."),
    UNREADABLE: Text("Không đọc được tệp, cần gửi lại.", "The file cannot be read; send it again."),
    DUPLICATE: Text("Tệp giống hệt một tệp đã gửi.", "The file is the same as one sent before."),
}
_COUNTS = Text(
    "Lỗi: {errors}. Cảnh báo: {warnings}. Chi tiết ở trang sau, từng dòng, từng cột.",
    "Errors: {errors}. Warnings: {warnings}. Details are on the next sheet, by line and column.",
)


def write_replies(
    files: list[Path], names: list[str], data_dir: Path, to: Path, lang: str
) -> list[dict[str, Any]]:
    """Write ``<name>.kiem-tra.xlsx`` into ``to`` for each file; per file its name, verdict, errors and the reply's path.

    ``lang``: the language of the opening; findings are in both. Raises Problem.
    """
    with scratch() as folder:
        received = receive(files, names, folder, load_reference(data_dir), read_ledger(data_dir))
        try:
            return [
                {
                    "name": file.name, "verdict": file.verdict, "errors": file.intake.errors,
                    "reply": str(write_annotated(file.intake, to, _opening(file, lang))),
                }
                for file in received
            ]  # fmt: skip
        except OSError as error:
            raise cannot("write", to, error) from error


def _opening(file: Received, lang: str) -> list[str]:
    warnings = sum(1 for finding in file.intake.findings if finding.level == WARNING)
    said = [
        _VERDICTS[file.verdict],
        _COUNTS.format(errors=file.intake.errors, warnings=warnings),
        *understood(file.intake),
    ]
    return [file.name, *(text.vi if lang == "vi" else text.en for text in said)]
