"""Blank forms: filled in, they read clean; codes and headers are locked; what was last reported is in them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest

from etl.intake import Reference, read_file
from tests.etl.intake.handing_in import FAMILY, Desk, empty_desk
from tests.etl.offices import table

BA_DINH = "00004@2025-07-01"
SCHOOL = "as_of,school_code,school_name,level,ownership,unit_code,classes,pupils,teachers,national_standard,happy_school,lat,lon"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Ba Đình reported families for Q2, and one school."""
    desk = empty_desk(tmp_path_factory.mktemp("forms"))
    reports = desk.data / "reports"
    reports.mkdir()
    header = "period,unit_code,unit_name,model,total,registered,recognised,note"
    (reports / "a.csv").write_text(table(header, FAMILY.replace("2026-Q3", "2026-Q2")), encoding="utf-8")
    row = "2025-09-30,HN001,Trường Một,primary,public,00004,10,300,20,true,false,21.03,105.82"
    (reports / "b.csv").write_text(table(SCHOOL, row), encoding="utf-8")
    return desk


def form(desk: Desk, folder: Path, name: str, *words: object) -> Path:
    code, answer = desk.run("templates", "--table", name, "--unit", BA_DINH, "--to", folder, *words)
    assert code == 0
    return Path(answer["files"][0])


def figures(page: openpyxl.worksheet.worksheet.Worksheet) -> list[tuple[object, ...]]:
    return [tuple(cell.value for cell in row) for row in page.iter_rows(min_row=7, max_col=9)]


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("name", ["learning_models", "participation"])
def test_a_form_filled_in_reads_clean(
    desk: Desk, tmp_path: Path, reference: Reference, name: str, lang: str
) -> None:
    path = form(desk, tmp_path, name, "--period", "2026-Q3", "--lang", lang)
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    for row in page.iter_rows(min_row=7):
        if row[0].value:
            for place, figure in zip(
                row[4:7], (30000, 20, 10) if name == "learning_models" else (7, 30), strict=False
            ):
                place.value = figure
    book.save(path)
    intake = read_file(path, reference)
    (read,) = intake.tables
    assert (intake.findings, read.rows_in) == ([], 7 if name == "learning_models" else 12)
    assert {row.unit_key for row in read.kept} == {BA_DINH}
    assert {row.values["period"] for row in read.kept} == {"2026-Q3"}


def test_rows_left_without_figures_are_passed_over(desk: Desk, tmp_path: Path, reference: Reference) -> None:
    intake = read_file(form(desk, tmp_path, "learning_models", "--period", "2026-Q3"), reference)
    (read,) = intake.tables
    assert intake.findings == []
    assert [(row.values["model"], row.values["total"]) for row in read.kept] == [("family", 20000)]
    assert sum(1 for skipped in read.skipped if skipped.kind == "unfilled") == 6


def test_a_form_of_schools_carries_the_register_and_drop_downs(
    desk: Desk, tmp_path: Path, reference: Reference
) -> None:
    path = form(desk, tmp_path, "schools", "--period", "2026-09-30")
    intake = read_file(path, reference)
    (row,) = intake.tables[0].kept
    assert intake.findings == []
    assert (row.values["school_code"], row.values["level"], row.values["pupils"]) == ("HN001", "primary", 300)
    assert row.values["national_standard"] is True and row.values["happy_school"] is False
    page = openpyxl.load_workbook(path).worksheets[0]
    lists = [rule for rule in page.data_validations.dataValidation if rule.type == "list"]
    assert len(lists) == 4
    assert all("'Danh mục'!" in str(rule.formula1) for rule in lists)


def test_headers_and_codes_are_locked_and_figures_are_limited(desk: Desk, tmp_path: Path) -> None:
    page = openpyxl.load_workbook(form(desk, tmp_path, "learning_models")).worksheets[0]
    assert page.protection.sheet and not page.protection.password
    assert [page.cell(6, column).protection.locked for column in (1, 5)] == [True, True]
    assert [page.cell(7, column).protection.locked for column in (1, 2, 3, 4, 5, 6, 7)] == [True] * 4 + [
        False
    ] * 3
    rules = {str(rule.sqref).split(":")[0]: rule.formula1 for rule in page.data_validations.dataValidation}
    assert rules["E7"] == "AND(ISNUMBER(E7),E7>=0,E7=INT(E7))"
    assert rules["F7"].endswith("OR(ISBLANK(E7),F7<=E7))")
    assert "OR(ISBLANK(F7),G7<=F7)" in rules["G7"] and "OR(ISBLANK(E7),G7<=E7)" in rules["G7"]


def test_only_reported_figures_are_carried_over(desk: Desk, tmp_path: Path) -> None:
    page = openpyxl.load_workbook(form(desk, tmp_path, "learning_models", "--period", "2026-Q3")).worksheets[
        0
    ]
    totals = {row[3]: row[4] for row in figures(page)}
    assert totals["Gia đình học tập"] == 20000
    assert [total for name, total in totals.items() if name != "Gia đình học tập"] == [None] * 6
    page = openpyxl.load_workbook(form(desk, tmp_path, "learning_models", "--period", "2026-Q2")).worksheets[
        0
    ]
    assert {row[4] for row in figures(page)} == {None}  # nothing was reported before


def test_an_archive_holds_a_form_for_each_of_the_126(desk: Desk, tmp_path: Path) -> None:
    code, answer = desk.run("templates", "--table", "participation", "--to", tmp_path / "all.zip")
    assert (code, answer["files"]) == (0, [str(tmp_path / "all.zip")])
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    assert len(set(names)) == 126
    assert names[0] == "00004-Ba-Dinh-participation-2026-Q3.xlsx"


@pytest.mark.parametrize(
    "words",
    [
        ("--table", "unit"),
        ("--table", "learning_models", "--period", "hôm nay"),
        ("--table", "learning_models", "--unit", "001@legacy", "--period", "2026-Q3"),
    ],
)
def test_what_there_is_no_form_for_is_said(desk: Desk, tmp_path: Path, words: tuple[str, ...]) -> None:
    code, answer = desk.run("templates", *words, "--to", tmp_path)
    assert code == 2 and answer["error"]["vi"] and answer["error"]["en"]


def test_a_reply_lists_every_finding_of_a_file(desk: Desk, tmp_path: Path) -> None:
    path = desk.write("bad.csv", FAMILY.replace("8000", "80000"))
    code, answer = desk.run("reply", path, "--name", "Ba Đình.csv", "--to", tmp_path / "replies")
    (reply,) = answer["files"]
    assert (code, reply["verdict"], reply["errors"]) == (0, "errors", 1)
    book = openpyxl.load_workbook(reply["reply"])
    assert book.sheetnames[:2] == ["Trả lời", "Kết quả kiểm tra"]
    assert [book["Trả lời"].cell(n, 1).value for n in (1, 2)] == [
        "Ba Đình.csv",
        "Tệp có lỗi, cần sửa và gửi lại.",
    ]
    listed = [cell.value for cell in book["Kết quả kiểm tra"][4]]
    assert (
        listed[1] == "registered_within_total"
        and listed[3] == "2"
        and listed[8] == "More registered than there are in total."
    )
