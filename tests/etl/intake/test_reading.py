"""Files of one kind of damage each: what is understood, and what is said."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from etl.intake import Intake, Reference, read_file
from etl.intake.workbook import Limits
from tests.etl.offices import MODELS_HEADER, SCHOOLS_HEADER, table

Read = Callable[..., Intake]
HEAD = "Kỳ,Mã đơn vị,Đơn vị,Mô hình,Tổng số,Đăng ký,Công nhận,Ghi chú"
BA_DINH = "2026-Q3,00004,Phường Ba Đình"


@pytest.fixture
def read(tmp_path: Path, reference: Reference) -> Read:
    def reader(content: str | bytes, name: str = "a.csv", **more: object) -> Intake:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_file(path, reference, name=name, **more)  # type: ignore[arg-type]

    return reader


def workbook(fill: Callable[[xlsxwriter.Workbook], object]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        fill(book)
    return stream.getvalue()


def sheet_of(*rows: tuple[object, ...]) -> bytes:
    def fill(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet("Biểu 1")
        for n, row in enumerate([HEAD.split(","), *rows]):
            page.write_row(n, 0, row)

    return workbook(fill)


def repacked(content: bytes, change: Callable[[str, bytes], bytes], **extra: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, data in extra.items():
            new.writestr(name.replace("__", "/").replace("_DOT_", "."), data)
    return out.getvalue()


def codes(intake: Intake) -> list[str]:
    return [finding.code for finding in intake.findings]


def states(intake: Intake) -> list[str]:
    return [row.state for found in intake.tables for row in found.rows]


GOOD = (*BA_DINH.split(","), "family", 1000, 800, 700, "")


# Figures and the whole row


def test_a_dot_groups_where_another_figure_of_the_column_proves_it(read: Read) -> None:
    intake = read(table(HEAD, f"{BA_DINH},family,1.234.567,800,700,", f"{BA_DINH},clan,1.234,5,4,"))
    assert [row.values["total"] for row in intake.tables[0].rows] == [1234567, 1234]
    assert [c.rule for c in intake.tables[0].rows[1].cells if c.column == "total"] == ["grouped_by_proof"]


@pytest.mark.parametrize("figure", ["15.200", "1.234", "12.850"])
def test_a_dot_that_could_not_begin_decimals_of_a_whole_number_groups(read: Read, figure: str) -> None:
    rows = (f"{BA_DINH},family,{figure},800,700,", f"{BA_DINH},clan,15.000,80,70,")
    intake = read(table(HEAD, *rows))
    assert intake.findings == []
    whole = int(figure.replace(".", ""))
    assert [row.values["total"] for row in intake.tables[0].rows] == [whole, 15000]
    assert {c.rule for row in intake.tables[0].rows for c in row.cells if c.column == "total"} == {
        "grouped_by_proof"
    }


def test_a_dot_without_proof_is_refused_with_both_readings(read: Read) -> None:
    intake = read(table(HEAD, f"{BA_DINH},family,1.000,800,700,"))
    (finding,) = intake.findings
    assert (finding.code, finding.line, finding.column, finding.place) == ("type_integer", 2, "total", 5)
    assert finding.candidates == ("1000", "1.000")
    assert "Có thể là: 1000 | 1.000." in finding.reason.vi
    assert finding.remedy.en == "Write the digits together, such as 1234."


def test_figures_that_speak_against_each_other_are_refused(read: Read) -> None:
    rows = (f"{BA_DINH},family,1.234,800,700,", f"{BA_DINH},clan,12.50,8,7,", f"{BA_DINH},unit,15.000,8,7,")
    intake = read(table(HEAD, *rows))
    assert states(intake) == ["rejected"] * 3


def test_a_figure_with_a_comma_outside_quotes_shifts_nothing_silently(read: Read) -> None:
    intake = read(table(HEAD, f"{BA_DINH},family,1,234,800,700,"))
    assert codes(intake) == ["row_shape"]


def test_a_header_with_a_delimiter_too_many_lets_no_shifted_row_pass(read: Read) -> None:
    rows = (f"{BA_DINH},family,9,8,7,", f"{BA_DINH},clan,9,8,1,7,", f"{BA_DINH},unit,9,8,7,")
    intake = read(table(HEAD + ",", *rows))
    assert states(intake) == ["kept", "rejected", "kept"]
    assert codes(intake) == ["row_shape"]


def test_one_wrong_byte_is_told_with_its_line(read: Read) -> None:
    intake = read(table(HEAD, f"{BA_DINH},family,9,8,7,").encode() + b"2026-Q3,00004,\x81,family,9,8,7,\n")
    assert codes(intake) == ["encoding_unknown"]
    assert "sai ở dòng 3" in intake.findings[0].reason.vi


def test_a_stray_quote_costs_its_own_row_only(read: Read) -> None:
    intake = read(
        table(HEAD, f'{BA_DINH},family,9,8,7,"mở', f"{BA_DINH},clan,9,8,7,", f"{BA_DINH},unit,9,8,7,")
    )
    assert states(intake) == ["rejected", "kept", "kept"]
    assert codes(intake) == ["quote_unclosed"]


def test_a_cell_may_span_lines(read: Read) -> None:
    intake = read(table(HEAD, f'{BA_DINH},family,9,8,7,"dòng một\ndòng hai"', f"{BA_DINH},clan,9,8,7,"))
    assert [row.line for row in intake.tables[0].rows] == [2, 4]
    assert intake.tables[0].rows[0].values["note"] == "dòng một dòng hai"


def test_a_mark_for_no_figure_is_blank_and_a_dash_is_refused(read: Read) -> None:
    intake = read(table(HEAD, f"{BA_DINH},family,9,8,…,", f"{BA_DINH},clan,9,8,-,"))
    assert states(intake) == ["kept", "rejected"]
    assert codes(intake) == ["missing_mark", "zero_or_missing"]


def test_a_word_for_several_models_is_refused_with_them(read: Read) -> None:
    intake = read(table(HEAD, f"{BA_DINH},CĐHT,9,8,7,"))
    assert codes(intake) == ["value_ambiguous"]
    assert intake.findings[0].candidates == ("citizen_resident", "citizen_staff", "community")


def test_rules_of_the_contract_hold(read: Read) -> None:
    intake = read(
        table(HEAD, f"{BA_DINH},family,5,8,7,", f"{BA_DINH},clan,,,,", f"{BA_DINH},district,1,1,1,")
    )
    assert set(codes(intake)) == {
        "registered_within_total", "recognised_within_total", "has_a_figure", "district_model_ended",
    }  # fmt: skip
    assert states(intake) == ["rejected"] * 3


def test_a_period_that_has_not_ended_is_refused(read: Read) -> None:
    assert codes(read(table(HEAD, "2026-Q4,00004,,family,9,8,7,"))) == ["period_in_future"]


def test_thousands_of_rows_with_one_key_are_told_in_short(read: Read) -> None:
    intake = read(table(HEAD, *(f"{BA_DINH},family,9000,8000,{n}," for n in range(3000))))
    assert intake.count("rejected") == 3000
    assert intake.findings[0].reason.en.endswith("a.csv:3, a.csv:4, a.csv:5, a.csv:6, a.csv:7, ….")


def test_repeated_rows_count_once_and_contradicting_ones_not_at_all(read: Read) -> None:
    row = f"{BA_DINH},family,9,8,7,"
    assert states(read(table(HEAD, row, row))) == ["kept", "duplicate"]
    again = read(table(HEAD, row, row.replace("9,8,7", "9,8,6")))
    assert (states(again), codes(again)) == (["rejected"] * 2, ["key_conflict"] * 2)
    assert "a.csv:3" in again.findings[0].reason.vi


# The sheet


def test_official_headings_totals_and_signatures_are_passed_over_and_recorded(read: Read) -> None:
    text = "\n".join(
        ["UBND PHƯỜNG BA ĐÌNH", "", "BÁO CÁO QUÝ III NĂM 2026", HEAD, f"{BA_DINH},family,9,8,7,",
         f"{BA_DINH},clan,1,1,1,", ",Tổng cộng,,,10,9,8,", "", ",,,,NGƯỜI LẬP,,CHỦ TỊCH"]
    )  # fmt: skip
    intake = read(text)
    assert (states(intake), codes(intake)) == (["kept"] * 2, [])
    assert [(s.line, s.kind) for s in intake.tables[0].skipped] == [
        (1, "heading"), (2, "blank"), (3, "heading"), (4, "header"), (7, "total"), (8, "blank"), (9, "note"),
    ]  # fmt: skip


def test_a_total_that_does_not_add_up_is_told(read: Read) -> None:
    intake = read(table(HEAD, f"{BA_DINH},family,9,8,7,", "Tổng cộng,,,,10,8,7,"))
    assert [(f.code, f.level, f.line, f.column) for f in intake.findings] == [
        ("total_differs", "warning", 3, "total")
    ]


def test_one_ward_may_name_itself_and_the_period_above_its_table(read: Read) -> None:
    text = "Đơn vị báo cáo: Phường Ba Đình\nQuý III/2026\nMô hình;Tổng số;Đăng ký;Công nhận\nGia đình học tập;9;8;7\n"
    intake = read(text)
    (row,) = intake.tables[0].kept
    assert (row.values["period"], row.values["unit_code"], row.unit_key) == (
        "2026-Q3",
        "00004",
        "00004@2025-07-01",
    )
    assert intake.tables[0].taken_from_headings == {"period": "2026-Q3", "unit_code": "Phường Ba Đình"}


def test_two_periods_above_a_table_are_not_chosen_from(read: Read) -> None:
    text = "Quý II/2026 và Quý III/2026\nMã đơn vị;Mô hình;Tổng số;Đăng ký;Công nhận\n00004;family;9;8;7\n"
    intake = read(text)
    assert (states(intake), codes(intake)) == (["rejected"], ["required"])


@pytest.mark.parametrize(
    "where", ["ĐVT: nghìn người\n" + HEAD, HEAD.replace("Tổng số", "Tổng số (nghìn hộ)")]
)
def test_figures_in_thousands_are_refused(read: Read, where: str) -> None:
    intake = read(where + f"\n{BA_DINH},family,9,8,7,\n")
    assert not intake.tables or states(intake) == ["rejected"]
    assert intake.errors


def test_a_column_of_figures_that_nobody_knows_refuses_the_table(read: Read) -> None:
    intake = read(HEAD + ",Số được CN\n" + f"{BA_DINH},family,9,8,7,,6\n")
    assert (states(intake), codes(intake)) == (["rejected"], ["column_unknown"])


def test_a_rate_beside_its_figures_is_held_against_them(read: Read) -> None:
    rows = (
        f'{BA_DINH},family,100,90,85,,"85%"',
        f'{BA_DINH},clan,100,90,85,,"0,85"',
        f"{BA_DINH},unit,100,90,85,,20%",
    )
    intake = read(table(HEAD + ",Tỷ lệ (%)", *rows))
    assert states(intake) == ["kept"] * 3
    assert [(f.code, f.line) for f in intake.findings] == [("rate_differs", 4)]


def test_two_tables_below_each_other_are_both_read(read: Read) -> None:
    second = table("Kỳ,Mã đơn vị,Chỉ số,Tử số,Mẫu số", "2026-Q3,00004,clc.active,2,2")
    intake = read(table(HEAD, f"{BA_DINH},family,9,8,7,") + "\nBiểu 2\n" + second)
    assert [(found.table, found.rows_in) for found in intake.tables] == [
        ("learning_models", 1),
        ("participation", 1),
    ]
    assert codes(intake) == []


# Workbooks


def test_a_workbook_with_typed_cells_is_read(read: Read) -> None:
    intake = read(sheet_of(GOOD), "a.xlsx")
    assert (states(intake), codes(intake), intake.tables[0].sheet) == (["kept"], [], "Biểu 1")


def test_a_unit_merged_over_its_rows_goes_for_each(read: Read) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet()
        page.write_row(0, 0, HEAD.split(","))
        for n, model in enumerate(("family", "clan", "unit"), start=1):
            page.write_row(n, 3, (model, 9, 8, 7))
        for column, text in enumerate(BA_DINH.split(",")):
            page.merge_range(1, column, 3, column, text)

    intake = read(workbook(fill), "a.xlsx")
    assert (states(intake), codes(intake)) == (["kept"] * 3, [])


def test_a_figure_merged_over_rows_is_refused(read: Read) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet()
        page.write_row(0, 0, HEAD.split(","))
        for n, model in enumerate(("family", "clan"), start=1):
            page.write_row(n, 0, (*BA_DINH.split(","), model, 9, 8))
        page.merge_range(1, 6, 2, 6, 7)

    assert codes(read(workbook(fill), "a.xlsx")) == ["value_ambiguous"] * 2


def test_a_formula_counts_with_the_result_stored_and_not_without(read: Read) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet()
        page.write_row(0, 0, HEAD.split(","))
        page.write_row(1, 0, GOOD)
        page.write_formula(1, 4, "=500+500", None, 1000)
        page.write_row(2, 0, (*BA_DINH.split(","), "clan", 9, 8, 7))
        page.write_formula(2, 4, "=[1]Khac!A1", None, 9)

    content = workbook(fill)
    assert codes(read(content, "a.xlsx")) == ["formula_external"]
    bare = repacked(content, lambda name, data: data.replace(b"<f>500+500</f><v>1000</v>", b"<f>500+500</f>"))
    assert codes(read(bare, "a.xlsx")) == ["formula_without_value", "formula_external"]


def test_hidden_rows_are_read_and_hidden_sheets_refused(read: Read) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        for n, model in enumerate(("family", "clan")):
            page = book.add_worksheet()
            page.write_row(0, 0, HEAD.split(","))
            page.write_row(1, 0, (*BA_DINH.split(","), model, 9, 8, 7))
            if n:
                page.hide()
            else:
                page.set_row(1, None, None, {"hidden": True})

    intake = read(workbook(fill), "a.xlsx")
    assert (states(intake), codes(intake)) == (["kept", "rejected"], ["row_hidden", "sheet_hidden"])


def test_a_workbook_in_a_legacy_font_is_read(read: Read) -> None:
    old = [b"K\xfa".decode("latin-1"), "M· ®¬n vÞ", "§¬n vÞ", "M« h×nh", "Tæng sè", "§¨ng ký", "C«ng nhËn"]

    def fill(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet()
        page.write_row(0, 0, ["Kú", *old[1:]])
        page.write_row(1, 0, ("2026-Q3", "00004", "Ph\u00adêng Ba §×nh", "Gia ®×nh häc tËp", 9, 8, 7))

    intake = read(workbook(fill), "a.xlsx")
    assert intake.encoding == "TCVN3 (ABC)"
    assert [row.values["unit_name"] for row in intake.tables[0].kept] == ["Phường Ba Đình"]


# Files that are not opened


def test_a_zip_bomb_is_not_unpacked(read: Read) -> None:
    bomb = repacked(
        sheet_of(GOOD), lambda name, data: data + (b" " * (64 << 20) if "sheet1" in name else b"")
    )
    intake = read(bomb, "a.xlsx")
    assert codes(intake) == ["unsafe_archive"]
    assert "bom nén" in intake.findings[0].reason.vi


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (
            lambda data: data.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet', 1),
            "unsafe_archive",
        ),
        (
            lambda data: data.replace(b"<sheetData>", b"<a>" * 100 + b"</a>" * 100 + b"<sheetData>"),
            "unsafe_archive",
        ),
        (lambda data: data.replace(b'r="A2"', b'r="XFD1048576"'), "too_large"),
        (lambda data: data[: len(data) // 2], "broken_workbook"),
    ],
    ids=["entities", "deep nesting", "a cell far away", "cut off"],
)
def test_a_workbook_that_would_harm_is_refused(
    read: Read, change: Callable[[bytes], bytes], code: str
) -> None:
    bad = repacked(sheet_of(GOOD), lambda name, data: change(data) if "sheet1" in name else data)
    assert codes(read(bad, "a.xlsx")) == [code]


def test_a_part_that_leads_out_of_the_archive_is_refused(read: Read) -> None:
    stream = io.BytesIO(sheet_of(GOOD))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("../../ra_ngoai.xml", "<a/>")
    assert codes(read(stream.getvalue(), "a.xlsx")) == ["unsafe_archive"]


def test_macros_and_links_are_told_and_only_values_read(read: Read) -> None:
    stream = io.BytesIO(sheet_of(GOOD))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
        archive.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")
    intake = read(stream.getvalue(), "a.xlsm")
    assert (states(intake), codes(intake)) == (["kept"], ["workbook_macros", "external_links"])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\xef\xbb\xbf \r\n", "empty_file"),
        (b"%PDF-1.7 ...", "old_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "old_format"),
        (bytes(range(256)) * 8, "binary"),
        (b"PK\x03\x04broken", "broken_workbook"),
        (b"<html><table></table></html>", "old_format"),
        ("Kính gửi,\nĐơn vị báo cáo.\n".encode(), "no_table"),
    ],
)
def test_what_is_no_table_gets_one_clear_message(read: Read, content: bytes, code: str) -> None:
    intake = read(content)
    assert codes(intake) == [code]
    assert not intake.readable
    assert intake.findings[0].remedy.vi and intake.findings[0].remedy.en


@pytest.mark.parametrize("part", ["word/document.xml", "content.xml"])
def test_other_office_files_are_told_how_to_be_saved(read: Read, part: str) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(part, "<a/>")
    assert codes(read(stream.getvalue(), "a.docx")) == ["old_format"]


def test_a_file_over_the_limit_is_not_read(read: Read) -> None:
    intake = read(table(HEAD, f"{BA_DINH},family,9,8,7,"), limits=Limits(text_bytes=50))
    assert codes(intake) == ["too_large"]


def test_a_sparse_file_of_200_mb_is_refused_at_once(tmp_path: Path, reference: Reference) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as stream:
        stream.write(table(HEAD, f"{BA_DINH},family,9,8,7,").encode())
        stream.truncate(200 << 20)
    assert codes(read_file(path, reference)) == ["too_large"]


def test_a_name_of_255_bytes_and_a_path_with_dots_are_read(tmp_path: Path, reference: Reference) -> None:
    (tmp_path / "con").mkdir()
    path = tmp_path / "con" / ".." / ("đ" * 125 + "a.csv")
    assert len(os.fsencode(path.name)) == 255
    path.write_text(table(MODELS_HEADER, f"{BA_DINH},family,9,8,7,"), encoding="utf-8")
    assert read_file(path, reference).count("kept") == 1


def test_a_missing_file_and_a_folder_are_said(tmp_path: Path, reference: Reference) -> None:
    assert codes(read_file(tmp_path / "x.csv", reference)) == ["missing_file"]
    assert codes(read_file(tmp_path, reference)) == ["not_a_file"]
    assert codes(read_file(tmp_path / ("x" * 300), reference)) == ["unreadable"]


def test_a_header_that_lacks_a_column_is_told_which(read: Read) -> None:
    intake = read("Kỳ,Mã đơn vị,Tổng số,Đăng ký,Công nhận\n2026-Q3,00004,9,8,7\n")
    assert codes(intake) == ["no_table"]
    assert "thiếu cột: model" in intake.findings[0].reason.vi


def test_a_school_register_is_read(read: Read) -> None:
    intake = read(
        table(
            SCHOOLS_HEADER,
            "30/09/2025,T1,Trường Một,Tiểu học,Công lập,00004,10,300,20,có,không,21.034,105.834",
        )
    )
    assert codes(intake) == []
    values = intake.tables[0].rows[0].values
    assert (values["level"], values["national_standard"], values["happy_school"], values["lat"]) == (
        "primary",
        True,
        False,
        21.034,
    )


def test_a_word_that_heads_a_column_elsewhere_begins_no_table_in_a_row_of_figures(read: Read) -> None:
    head = "period,unit_code,unit_name,model,Kết quả thực hiện,,,note\n,,,,total,registered,recognised,\n"
    rows = [f"{BA_DINH},clan,9,8,7,", f"{BA_DINH},unit,9,8,7,", f"{BA_DINH},family,9,8,7,"]
    again = [f"{BA_DINH},community,9,8,7,"]
    intake = read(head + "\n".join(rows) + "\n" + head + "\n".join(again) + "\n")
    assert intake.findings == []
    assert [row.line for row in intake.tables[0].rows] == [3, 4, 5, 8]
