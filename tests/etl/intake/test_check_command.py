"""`python -m etl check` on files as they come: what it prints, what it tells machines, its exit code, the marked copy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from etl.__main__ import main
from tests.etl.intake.test_reading import BA_DINH, GOOD, HEAD, sheet_of
from tests.etl.offices import table

MESSY = "UBND PHƯỜNG BA ĐÌNH\nQuý III/2026\n" + table(
    HEAD.replace(",", ";"),
    f"{BA_DINH},family,1.234.567,800,700,".replace(",", ";"),
    f"{BA_DINH},clan,1.234,5,4,".replace(",", ";"),
    ";Tổng cộng;;;1.235.801;805;704;",
)


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = main(["check", *map(str, words)])
    out, err = capsys.readouterr()
    return code, out, err


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def test_what_was_understood_is_said_and_no_error_means_0(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = put(tmp_path, "a.csv", MESSY.encode("utf-16"))
    code, out, err = run(capsys, path)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"{path} (learning_models): 2 dòng / rows = 2 giữ / kept + 0 từ chối / rejected + 0 trùng / duplicate",
        "  bảng mã / encoding: utf-16",
        "  tiêu đề ở dòng / header in line: 3",
        "  bỏ qua / passed over: 2 heading, 1 total",
        "  total: grouped × 1",
        "  total: grouped_by_proof × 1",
    ]


def test_machines_get_every_interpretation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, put(tmp_path, "a.csv", MESSY), "--json")
    (file,) = json.loads(out)["files"]
    assert (code, file["delimiter"], file["header_lines"]) == (0, ";", [3])
    assert file["columns"]["total"] == {"place": 5, "header": "Tổng số"}
    assert file["interpreted"][1] == {
        "line": 5, "column": "total", "raw": "1.234", "value": "1234", "rule": "grouped_by_proof",
    }  # fmt: skip


def test_a_finding_has_all_that_is_needed_to_mend_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = put(tmp_path, "a.csv", table(HEAD, f"{BA_DINH},family,-,8,7,"))
    code, out, _ = run(capsys, path, "--json")
    (finding,) = json.loads(out)["findings"]
    assert code == 1
    assert finding == {
        "file": str(path), "sheet": None, "line": 2, "column": "total", "place": 5, "rule": "zero_or_missing",
        "level": "error", "value": "-",
        "reason_vi": "không rõ là số 0 hay không có số liệu. Có thể là: 0 | (trống).",
        "reason_en": "zero or no figure: it is not clear which. It may be: 0 | (trống).",
        "remedy_vi": "Ghi 0 hoặc để trống.", "remedy_en": "Write 0 or leave it blank.", "candidates": ["0", "(trống)"],
    }  # fmt: skip


def test_the_same_file_under_another_name_counts_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = table(HEAD, f"{BA_DINH},family,9,8,7,")
    first, second = put(tmp_path, "a.csv", text), put(tmp_path, "b.csv", text)
    code, out, _ = run(capsys, first, second, "--json")
    answer: dict[str, Any] = json.loads(out)
    assert code == 0
    assert [(f["kept"], f["duplicate"]) for f in answer["files"]] == [(1, 0), (0, 1)]
    assert [f["rule"] for f in answer["findings"]] == ["file_repeated"]


def test_one_file_that_cannot_be_read_does_not_hide_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = put(tmp_path, "a.csv", table(HEAD, f"{BA_DINH},family,9,8,7,"))
    code, out, err = run(capsys, good, put(tmp_path, "b.pdf", b"%PDF-1.7"))
    assert (code, err) == (2, "")
    assert "1 giữ / kept" in out
    assert "b.pdf: không nhận loại tệp này (PDF)." in out


def test_a_marked_copy_says_beside_each_cell_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = put(
        tmp_path, "a.xlsx", sheet_of(GOOD, (*BA_DINH.split(","), "clan", "-", 8, "=1+1", "=HYPERLINK(1)"))
    )
    code, out, _ = run(capsys, path, "--annotate", tmp_path / "marked")
    copy = tmp_path / "marked" / "a.xlsx.kiem-tra.xlsx"
    assert code == 1
    assert str(copy) in out
    book = openpyxl.load_workbook(copy)
    assert book.sheetnames == ["Kết quả kiểm tra", "1 Biểu 1"]
    page = book["1 Biểu 1"]
    comment = page["E3"].comment
    assert comment is not None and "Ghi 0 hoặc để trống." in comment.text
    assert page["E3"].fill.fgColor.rgb == "FFF6C9CF"
    assert page["E2"].comment is None
    assert page["H3"].value == "=HYPERLINK(1)" and page["H3"].data_type == "s"
    assert book["Kết quả kiểm tra"]["B4"].value == "zero_or_missing"
    assert run(capsys, path, "--annotate", tmp_path / "marked")[0] == 1
    assert (tmp_path / "marked" / "a.xlsx.kiem-tra-2.xlsx").exists()


def test_a_marked_copy_that_cannot_be_written_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = put(tmp_path, "a.csv", table(HEAD, f"{BA_DINH},family,9,8,7,"))
    code, out, err = run(capsys, path, "--annotate", path)
    assert (code, out) == (2, "")
    assert "không ghi được bản đánh dấu" in err
