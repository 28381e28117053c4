"""Files as they arrive: encodings, delimiters, line ends, quotes, headers. Each trouble is told with its place."""

from __future__ import annotations

import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from etl.contracts import load_contracts
from etl.files import InputFile, discover, recognise
from etl.problems import Problem
from tests.etl.offices import DATA, MODELS_HEADER, OFFICE_TABLES, Desk, desk, table

ROW = "2026-Q3,00004,Phường Ba Đình,family,1000,800,700,"
VIETNAMESE = "Kỳ báo cáo;Mã đơn vị;Tên đơn vị;Mô hình;Tổng số;Đăng ký;Được công nhận;Ghi chú"
REPORTS = [load_contracts()[name] for name in OFFICE_TABLES]


@pytest.fixture
def officer(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as it:
        yield it


def sent(path: Path, content: bytes) -> InputFile:
    path.write_bytes(content)
    return recognise(path, path.name, REPORTS, "reported")


def refusal(work: Callable[[], object]) -> Problem:
    with pytest.raises(Problem) as caught:
        work()
    problem = caught.value
    assert problem.exit_code == 2
    assert problem.text.vi
    assert problem.text.vi != problem.text.en
    return problem


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["UTF-8", "UTF-8 with BOM"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_a_file_is_read_whatever_its_delimiter_line_ends_and_mark(
    officer: Desk, delimiter: str, end: str, mark: bytes
) -> None:
    text = table(MODELS_HEADER, ROW, ROW.replace("family", "clan")).replace(",", delimiter).replace("\n", end)
    count = officer.take("quý 3.csv", mark + text.encode())
    assert (count.rows_in, count.rejected) == (2, 0)
    assert officer.kept("learning_models", "line, unit_key, model, recognised") == [
        (2, "00004@2025-07-01", "family", 700),
        (3, "00004@2025-07-01", "clan", 700),
    ]


def test_headers_may_be_vietnamese_in_any_order_case_and_spacing(officer: Desk) -> None:
    header = "  ĐƯỢC CÔNG NHẬN ;mã đơn vị;Kỳ  báo cáo;danh hiệu;Tổng số"
    officer.take("a.csv", table(header, "700;00004;Quý III/2026;Gia đình học tập;1000"))
    assert officer.kept("learning_models", "model, total, registered, recognised") == [
        ("family", 1000, None, 700)
    ]


def test_headers_with_letters_and_accents_apart_are_the_same_headers(officer: Desk) -> None:
    apart = unicodedata.normalize("NFD", table(VIETNAMESE, ROW.replace(",", ";")))
    officer.take("mac.csv", apart)
    assert officer.kept("learning_models", "model, total") == [("family", 1000)]
    assert not officer.rejects()


def test_the_table_is_known_by_its_header_not_by_the_name_of_the_file(tmp_path: Path) -> None:
    header = b"as_of,school_code,school_name,level,ownership,unit_code\n"
    assert sent(tmp_path / "learning_models.csv", header).table == "schools"


def test_line_numbers_are_right_after_quoted_line_breaks_and_blank_lines(officer: Desk) -> None:
    good, bad = ROW + '"dòng một\nhai\r\nba"', ROW.replace("1000", "nghìn").replace("family", "clan")
    text = f"{MODELS_HEADER}\n\n{good}\n,,,,,,,\n  \n{bad}\n"
    count = officer.take("a.csv", text)
    assert (count.rows_in, count.rejected) == (2, 1)
    assert officer.kept("learning_models", "line") == [(3,)]
    assert [(r.line, r.column, r.value) for r in officer.rejects()] == [(8, "total", "nghìn")]


def test_spaces_tabs_and_hard_spaces_around_a_cell_do_not_count(officer: Desk) -> None:
    officer.take("a.csv", table(MODELS_HEADER, "2026-Q3 ,\u00a000004\t,, family\u00a0, 1000 ,,\t700,"))
    assert officer.kept("learning_models", "unit_code, model, total, recognised, note") == [
        ("00004", "family", 1000, 700, None)
    ]


@pytest.mark.parametrize(
    ("row", "cells"), [(ROW + ",", 9), (ROW[:-1], 7), ("x", 1)], ids=["too many", "too few", "one"]
)
def test_a_row_with_a_wrong_number_of_cells_is_refused_with_its_line(
    officer: Desk, row: str, cells: int
) -> None:
    count = officer.take("a.csv", table(MODELS_HEADER, ROW, row))
    assert (count.rows_in, count.kept, count.rejected) == (2, 1, 1)
    (reject,) = officer.rejects()
    assert (reject.line, reject.rule, reject.value) == (3, "row_shape", row)
    assert f"Dòng có {cells} ô, tiêu đề có 8 ô" in reject.vi
    assert f"The row has {cells} cells, the header has 8" in reject.en


def test_a_quote_never_closed_is_refused_with_the_line_where_it_opens(officer: Desk) -> None:
    text = table(MODELS_HEADER, ROW, ROW + '"chưa đóng', ROW.replace("family", "clan"))
    problem = refusal(lambda: officer.take("a.csv", text))
    assert "a.csv, từ dòng 3" in problem.text.vi
    assert "a.csv, from line 3" in problem.text.en
    assert "quote never closed" in problem.text.en


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (table(VIETNAMESE).encode("utf-16"), 1),
        (table(VIETNAMESE).encode("utf-16-be"), 1),
        (
            table(MODELS_HEADER, ROW).replace("Phường Ba Đình", "").encode()
            + "2026-Q3,00008,ườ".encode("cp1258", "replace"),
            3,
        ),
        (
            table(MODELS_HEADER, ROW, ROW)
            .replace("Phường Ba Đình", "Đ")
            .replace("\n", "\r")
            .encode("cp1258"),
            2,
        ),
        (b"\xd0\xcf\x11\xe0 an old workbook", 1),
    ],
    ids=["UTF-16 with BOM", "UTF-16", "windows-1258 below", "windows-1258 with CR", "xls"],
)
def test_another_encoding_is_refused_with_its_line_and_what_to_do(
    tmp_path: Path, content: bytes, line: int
) -> None:
    with desk(tmp_path) as officer:
        problem = refusal(lambda: officer.take("cũ.csv", content))
    assert f"cũ.csv, dòng {line}: không phải UTF-8" in problem.text.vi
    assert f"cũ.csv, line {line}: not UTF-8" in problem.text.en
    assert "CSV UTF-8" in problem.text.vi
    assert "CSV UTF-8" in problem.text.en


HEADER_TROUBLES = {
    "unknown": (MODELS_HEADER.replace("total", "tongso"), "cột lạ: tongso", "unknown column: tongso"),
    "missing": (MODELS_HEADER.replace(",model", ""), "thiếu cột: model", "missing column: model"),
    "repeated": (MODELS_HEADER.replace("note", "tổng số"), "cột lặp lại: total", "repeated column: total"),
    "unnamed": (MODELS_HEADER + ",", "cột lạ: ", "unknown column: "),
    "all at once": (
        "period,unit_code,kỳ,điểm,total",
        "thiếu cột: model; cột lặp lại: period",
        "unknown column: điểm",
    ),
}


@pytest.mark.parametrize(("header", "vi", "en"), HEADER_TROUBLES.values(), ids=HEADER_TROUBLES)
def test_a_wrong_header_says_which_column_and_which_are_taken(
    tmp_path: Path, header: str, vi: str, en: str
) -> None:
    problem = refusal(lambda: sent(tmp_path / "a.csv", table(header, ROW).encode()))
    assert problem.text.vi.startswith("a.csv, dòng 1: ")
    assert vi in problem.text.vi
    assert en in problem.text.en
    assert (
        "period, unit_code, unit_name, model, total, registered, recognised, reported_on, note"
        in problem.text.en
    )
    assert problem.file == "a.csv"


@pytest.mark.parametrize("content", [b"", b"\n\n", b"  \r\n\t\n"], ids=["no bytes", "blank lines", "spaces"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    problem = refusal(lambda: sent(tmp_path / "trống.csv", content))
    assert "trống.csv: tệp rỗng" in problem.text.vi
    assert "the file is empty" in problem.text.en


def test_a_header_alone_is_a_file_without_rows(officer: Desk) -> None:
    count = officer.take("a.csv", MODELS_HEADER)
    assert (count.rows_in, count.kept, count.rejected, count.duplicate) == (0, 0, 0, 0)


def test_a_workbook_named_csv_is_told_to_be_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "bao cao.csv"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("xl/workbook.xml", "<workbook/>")
    problem = refusal(lambda: sent(path, path.read_bytes()))
    assert "đây là tệp Excel" in problem.text.vi
    assert "this is an Excel workbook" in problem.text.en


def test_a_folder_named_csv_a_missing_file_and_an_unreadable_one_each_get_their_message(
    tmp_path: Path,
) -> None:
    (tmp_path / "thư mục.csv").mkdir()
    (tmp_path / "mất.csv").symlink_to(tmp_path / "không có.csv")
    (tmp_path / "vòng.csv").symlink_to(tmp_path / "vòng.csv")
    words = {}
    for name in ("thư mục.csv", "mất.csv", "vòng.csv"):
        path = tmp_path / name
        words[name] = refusal(partial(recognise, path, name, REPORTS, "reported")).text.en
    assert "this is a folder" in words["thư mục.csv"]
    assert "there is no such file" in words["mất.csv"]
    assert "cannot be read" in words["vòng.csv"]


def test_only_csv_files_are_taken_from_the_folder_of_reports(tmp_path: Path) -> None:
    (tmp_path / "reference").symlink_to(DATA / "reference")
    reports = tmp_path / "reports" / "phường"
    reports.mkdir(parents=True)
    (reports / "a.csv").write_text(table(MODELS_HEADER, ROW), encoding="utf-8")
    (reports / "~$a.csv").write_bytes(b"Excel has it open")
    (reports / ".a.csv.swp").write_bytes(b"hidden")
    (reports / "README.md").write_text("how to send", encoding="utf-8")
    found = [file.name for file in discover(tmp_path, load_contracts()) if file.status == "reported"]
    assert found == ["reports/phường/a.csv"]
    (reports / "a.pdf").write_bytes(b"%PDF")
    problem = refusal(lambda: discover(tmp_path, load_contracts()))
    assert "reports/phường/a.pdf: this kind of file is not taken" in problem.text.en
