"""LibreOffice opens the files and shows the warehouse's values; what looks like a formula is a text there too."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import openpyxl
import pytest

from exports import write_csv, write_xlsx
from exports.safety import guarded
from tests.exports import office
from tests.exports.conftest import HOSTILE

READ_CSV = "Text - txt - csv (StarCalc):44,34,76,1,,1033,false,true,false,false,false,0,true"
"""Commas, double quotes, UTF-8, from line 1, English, guess numbers and days, and run formulas: the least careful way."""


@pytest.fixture(scope="session")
def soffice() -> str:
    found = office.find()
    if found is None:
        pytest.skip("no LibreOffice: python -m tests.exports.office installs one")
    return found


@pytest.fixture(scope="session")
def opened(soffice, long, hostile, tmp_path_factory):
    """Workbooks and CSV files as LibreOffice saves them again, as XLSX; both kinds at once."""
    folder = tmp_path_factory.mktemp("office")
    write_xlsx(long, folder / "long.xlsx", "vi")
    write_xlsx(hostile, folder / "hostile.xlsx", "vi")
    write_csv(hostile, folder / "hostile-csv.csv", "en", words="codes")
    write_csv(long, folder / "long-csv.csv", "en", words="codes")
    (folder / "unguarded.csv").write_text("a\n=1+1\n", encoding="utf-8")
    with ThreadPoolExecutor(2) as both:
        saved = both.submit(office.converted, soffice, sorted(folder.glob("*.xlsx")), "xlsx", folder / "x")
        read = both.submit(
            office.converted, soffice, sorted(folder.glob("*.csv")), "xlsx", folder / "c", READ_CSV
        )
        files = [*saved.result(), *read.result()]
    return {path.stem: openpyxl.load_workbook(path) for path in files}


def test_libreoffice_reads_every_value_of_the_workbook(opened, long, rows_of):
    header, *rows = [[cell.value for cell in row] for row in opened["long"].worksheets[0].iter_rows()]
    shown = long.shown("vi")
    assert header[: len(shown)] == [c.header.vi for c in shown]
    for found, row in zip(rows, rows_of(long), strict=True):
        for cell, column in zip(found, shown, strict=False):
            value = row[column.code]
            if isinstance(value, bool):
                assert cell == f"={value}()".upper()  # as LibreOffice saves yes and no
            elif value is None:
                assert cell is None
            elif isinstance(value, dt.date):
                assert cell == dt.datetime.combine(value, dt.time())
            elif isinstance(value, str):
                assert cell == (column.labels[value].vi if value in column.labels else value)
            else:
                assert cell == pytest.approx(float(value), rel=1e-14)


def test_no_text_of_a_workbook_runs_in_libreoffice(opened):
    cells = [row[0] for row in opened["hostile"].worksheets[0].iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert [as_one_line(cell.value or "") for cell in cells[: len(HOSTILE)]] == [
        as_one_line(t) for t in HOSTILE
    ]


def test_no_text_of_a_csv_file_runs_in_libreoffice(opened):
    cells = [row[0] for row in opened["hostile-csv"].worksheets[0].iter_rows(min_row=2)]
    assert not any(cell.data_type == "f" for cell in cells)
    for cell, text in zip(cells, HOSTILE, strict=False):
        if guarded(text) != text:
            assert cell.data_type == "s"
            assert as_one_line(cell.value).lstrip("'") == as_one_line(text).lstrip("'")


def test_numbers_of_a_csv_file_are_numbers_in_libreoffice(opened, long, rows_of, hostile):
    codes = [c.code for c in long.columns]
    place = codes.index("value")
    rows = list(opened["long-csv"].worksheets[0].iter_rows(min_row=2, values_only=True))
    for found, row in zip(rows, rows_of(long), strict=True):
        assert found[place] == (None if row["value"] is None else pytest.approx(row["value"], rel=1e-14))
    negative = [row[1] for row in opened["hostile-csv"].worksheets[0].iter_rows(min_row=2, values_only=True)]
    assert negative[0] == -5 and negative[4] == -0.721


def test_a_text_that_is_not_made_harmless_would_run(opened):
    assert opened["unguarded"].worksheets[0]["A2"].data_type == "f"


def test_the_sheets_of_words_come_through_without_an_error(opened, long):
    book = opened["long"]
    assert book.sheetnames == ["Số liệu", "Định nghĩa", "Nguồn", "Bộ lọc", "Ghi chú"]
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    run = {cell.value for cell in cells if cell.data_type in ("e", "f")}
    assert run <= {"=TRUE()", "=FALSE()"}
    assert long.build_id in {cell.value for row in book["Ghi chú"].iter_rows() for cell in row}


def as_one_line(text):
    return text.replace("_x000D_", "\r").replace("\r\n", "\n").replace("\r", "\n")
