"""Workbooks have real numbers and days, words in the reader's language, and nothing that runs."""

from __future__ import annotations

import datetime as dt
import zipfile

import openpyxl
import pandas as pd
import pytest

from exports import Text, from_asked, from_frame, from_warehouse, write_xlsx, xlsx_cells
from exports.xlsx_cells import LONGEST_TEXT, sheet_name
from queries.explore import Choice, asked
from tests.exports.conftest import FAMILY, HOSTILE

SHEETS = {
    "vi": ["Số liệu", "Định nghĩa", "Nguồn", "Bộ lọc", "Ghi chú"],
    "en": ["Data", "Definitions", "Sources", "Filters", "Notes"],
}


def cells(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def expected(value, column, lang):
    """What a spreadsheet should give back for a value of the warehouse."""
    if isinstance(value, str):
        value = column.labels[value].of(lang) if value in column.labels else value
        return value or None
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, dt.time())
    return float(value)


def close(found, value) -> bool:
    if isinstance(value, float):
        return isinstance(found, int | float) and found == pytest.approx(value, rel=1e-15, abs=0)
    return found == value and type(found) is type(value)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_value_and_type_is_the_warehouses(table, rows_of, tmp_path, lang):
    rows = rows_of(table)
    assert write_xlsx(table, tmp_path / "a.xlsx", lang) == len(rows)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert [name for name in book.sheetnames if name not in ("Biểu đồ", "Charts")] == SHEETS[lang]
    sheet = book.worksheets[0]
    header, *found = cells(sheet)
    shown = table.shown(lang)
    assert header == [c.header.of(lang) for c in shown]
    assert len(found) == len(rows)
    for values, row in zip(found, rows, strict=True):
        for value, column in zip(values, shown, strict=True):
            assert close(value, expected(row[column.code], column, lang)), (
                column.code,
                value,
                row[column.code],
            )
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref.startswith("A1:")


def test_formats_are_the_indicators_own(long, full, rows_of, tmp_path):
    write_xlsx(long, tmp_path / "a.xlsx", "vi")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    codes = [c.code for c in long.shown("vi")]
    place, days = codes.index("value") + 1, codes.index("period_end") + 1
    seen = set()
    for n, row in enumerate(rows_of(long), start=2):
        if row["value"] is not None:
            shown = sheet.cell(n, place).number_format
            assert shown == ("0.0%" if row["indicator_id"] == FAMILY else "#,##0")
            seen.add(shown)
        assert sheet.cell(n, days).number_format == "dd/mm/yyyy"
    assert seen == {"0.0%", "#,##0"}


def test_illustrative_rows_look_different_and_a_note_says_so(long, rows_of, tmp_path):
    write_xlsx(long, tmp_path / "a.xlsx", "en")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    sheet = book["Data"]
    for n, row in enumerate(rows_of(long), start=2):
        assert sheet.cell(n, 1).font.italic == (row["status"] == "illustrative")
    assert any("ILLUSTRATIVE" in str(row[1]) for row in cells(book["Notes"]))


def test_definitions_sources_filters_and_notes_are_there(long, tmp_path):
    write_xlsx(long, tmp_path / "a.xlsx", "en")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    told = {name: cells(book[name])[1:] for name in SHEETS["en"][1:]}
    assert FAMILY in {row[2] for row in told["Definitions"]}
    assert "sample-generator" in {row[0] for row in told["Sources"]}
    assert [row[2] for row in told["Filters"] if row[1] == "Tiers"] == ["City; District"]
    assert long.build_id in {row[1] for row in told["Notes"]}
    assert book.properties.title == long.title.en


def test_texts_stay_texts_whatever_they_begin_with(hostile, tmp_path):
    write_xlsx(hostile, tmp_path / "a.xlsx", "vi")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    found = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in found if cell.value is not None} == {"s"}
    assert [(cell.value or "").replace("_x000D_", "\r") for cell in found[:-1]] == list(HOSTILE)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert all(b"<f>" not in archive.read(name) for name in archive.namelist() if "worksheets" in name)
        assert not any("externalLinks" in name for name in archive.namelist())


@pytest.mark.parametrize("large", [0, 10**6], ids=["row by row", "in memory"])
def test_a_text_that_looks_like_the_files_own_xml_is_a_text(full, tmp_path, monkeypatch, large):
    monkeypatch.setattr("exports.xlsx.LARGE", large)
    texts = ["<r><t>x</t></r>", "</t></si>", "&amp;", "\ufffe\x01\x1f"]
    write_xlsx(from_frame(full, pd.DataFrame({"a": texts}), Text("<r></r>", "a")), tmp_path / "a.xlsx", "vi")
    found = [row[0] for row in cells(openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0])[1:]]
    assert found == ["<r><t>x</t></r> ", "</t></si>", "&amp;", "_xFFFE__x0001__x001F_"]


def test_what_no_cell_can_hold_is_cut_or_kept_as_text(full, tmp_path):
    frame = pd.DataFrame(
        {
            "long": ["x" * 40_000, "y"],
            "big": [2**60 + 1, 5],
            "old": [dt.date(1873, 1, 1), dt.date(2026, 1, 1)],
            "none": [float("inf"), 1.0],
        }
    )
    write_xlsx(from_frame(full, frame, Text("a", "a")), tmp_path / "a.xlsx", "vi")
    (first, second) = cells(openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0])[1:]
    assert len(first[0]) == LONGEST_TEXT and "32.767" in first[0]
    assert first[1:] == [str(2**60 + 1), "1873-01-01", None]
    assert second == ["y", 5, dt.datetime.combine(dt.date(2026, 1, 1), dt.time()), 1]


def test_many_rows_go_on_on_the_next_sheet_and_a_note_says_so(full, tmp_path, monkeypatch):
    monkeypatch.setattr(xlsx_cells, "ROWS_A_SHEET", 1000)
    monkeypatch.setattr("exports.xlsx.LARGE", 1)
    table = from_warehouse(full, "school")
    rows = write_xlsx(table, tmp_path / "a.xlsx", "vi")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    sheets = [s for s in book.worksheets if s.title.startswith("Số liệu")]
    assert [s.max_row - 1 for s in sheets] == [1000] * (rows // 1000) + [rows % 1000]
    assert [c.value for c in sheets[0][1]] == [c.value for c in sheets[-1][1]]
    assert any("3 trang" in str(row[1]) for row in cells(book["Ghi chú"]))
    keys = [row[1].value for s in sheets for row in s.iter_rows(min_row=2)]
    assert keys == [r["school_code"] for r in full.rows(f"SELECT school_code FROM ({table.sql})")]


def test_a_workbook_of_several_tables_has_a_contents_sheet(full, long, hostile, tmp_path):
    tables = [long, hostile, from_warehouse(full, "learning_week")]
    write_xlsx(tables, tmp_path / "a.xlsx", "vi", title=Text("Mọi trang", "All pages"))
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames[0] == "Mục lục"
    rows = cells(book["Mục lục"])[1:]
    assert len(rows) == 3
    for n, (row, table) in enumerate(zip(rows, tables, strict=True), start=2):
        assert book["Mục lục"].cell(n, 1).hyperlink.location == f"'{row[0]}'!A1"
        assert row[0] in book.sheetnames and row[1] == table.title.vi
        assert book[row[0]].max_row == row[2] + 1
    assert "Minh họa" in rows[0][3]


@pytest.mark.parametrize(
    ("choice", "kind"),
    [
        (Choice(indicators=(FAMILY,), group="city", shape="by_period", statuses=("illustrative",)), "lineChart"),
        (Choice(indicators=(FAMILY,), levels=("ward",), districts=("001@legacy",), first=dt.date(2026, 9, 30), statuses=("illustrative",)), "barChart"),
        (Choice(indicators=(FAMILY, "model.family.registered_of_total"), group="city", shape="by_period"), None),
        (Choice(indicators=(FAMILY,), first=dt.date(2026, 9, 30)), None),
    ],
    ids=["lines over periods", "bars of a few units", "two bases share no axis", "too many to read"],
)  # fmt: skip
def test_a_chart_is_drawn_where_it_makes_sense(full, tmp_path, choice, kind):
    write_xlsx(from_asked(full, asked(full, choice)), tmp_path / "a.xlsx", "en")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        charts = [
            archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/charts/chart")
        ]
    assert len(charts) == (kind is not None)
    assert all(f"<c:{kind}>" in chart for chart in charts)


def test_names_of_sheets_are_allowed_and_different():
    taken: set[str] = set()
    names = [sheet_name(text, taken) for text in ("a/b:c", "A B C", "'x'", "y" * 40, "y" * 50, "")]
    assert names == ["a b c", "A B C (2)", "x", "y" * 31, "y" * 27 + " (2)", "-"]


def test_no_table_and_tables_of_two_builds_are_refused(full, long, tmp_path):
    with pytest.raises(ValueError, match="no table"):
        write_xlsx([], tmp_path / "a.xlsx", "vi")
    assert list(tmp_path.iterdir()) == []
