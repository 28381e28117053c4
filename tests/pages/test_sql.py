"""The SQL page by AppTest: examples, answers, mistakes, the words beside the editor."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from queries.sql import EXAMPLES, LONGEST, LONGEST_LINK
from tests.pages.test_pages import OpenPage, assert_sound, texts

PATH = "sql"
HEADING = {"vi": "Truy vấn SQL", "en": "SQL"}


def words_beside(screen: AppTest) -> str:
    return " ".join(element.proto.body for element in screen.get("html"))


def said(screen: AppTest) -> str:
    return " ".join([*texts(screen), *(box.value for box in screen.code)])


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_page_with_all_figures_none_and_one(
    open_page: OpenPage, warehouse_full: Path, warehouse_empty: Path, warehouse_one_row: Path, lang: str
) -> None:
    for warehouse in (warehouse_full, warehouse_empty, warehouse_one_row):
        screen = open_page(warehouse, PATH, lang=lang)
        assert_sound(screen, HEADING[lang])
        assert not screen.dataframe
        assert "observation" in words_beside(screen)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_link_reopens_a_query_with_its_answer(open_page: OpenPage, warehouse_full: Path, lang: str) -> None:
    query = "SELECT code, name_vi FROM unit WHERE level = 'city'"
    screen = open_page(warehouse_full, PATH, lang=lang, q=query)
    assert_sound(screen, HEADING[lang])
    assert screen.text_area[0].value == query
    assert list(screen.dataframe[0].value.columns) == ["code", "name_vi"]
    assert ("1 dòng" if lang == "vi" else "1 rows") in said(screen)
    assert not [b for b in screen.button if b.label in ("Dừng", "Cancel")]


def test_an_example_runs_and_is_put_into_the_editor(open_page: OpenPage, warehouse_full: Path) -> None:
    screen = open_page(warehouse_full, PATH)
    screen.selectbox(key="sql_example").select("members").run()
    assert_sound(screen, HEADING["vi"])
    assert screen.text_area[0].value == EXAMPLES["members"]
    assert screen.query_params["q"] == EXAMPLES["members"]
    assert len(screen.dataframe[0].value) > 50


def test_illustrative_figures_in_an_answer_are_named(open_page: OpenPage, warehouse_full: Path) -> None:
    screen = open_page(warehouse_full, PATH, q="SELECT count(*) FROM observation")
    assert any("minh họa" in warning.value and "observation" in warning.value for warning in screen.warning)
    other = open_page(warehouse_full, PATH, q="SELECT count(*) FROM member_city")
    assert not other.warning


def test_no_rows_and_more_rows(open_page: OpenPage, warehouse_full: Path) -> None:
    none = open_page(warehouse_full, PATH, q="SELECT * FROM unit WHERE false")
    assert not none.dataframe and any("không có dòng nào" in info.value for info in none.info)
    more = open_page(warehouse_full, PATH, q="FROM observation")
    assert len(more.dataframe[0].value) == 1000
    assert "còn nhiều dòng nữa" in said(more)


@pytest.mark.parametrize(
    ("query", "vi", "en"),
    [
        ("selec 1", "Dòng 1, cột 1: Sai cú pháp", "Line 1, column 1: Syntax error"),
        ("SELECT 1,\n  nope\nFROM unit", "Dòng 2, cột 3: Không có tên này", "Line 2, column 3: There is no such name"),
        ("SELECT * FROM read_csv('/x')", "Hàm `read_csv` không dùng được", "The function `read_csv` cannot be used"),
        ("SELECT * FROM duckdb_databases", "chỉ có các bảng trong danh sách", "only the tables in the list"),
        ("DROP TABLE unit", "Không chạy được DROP", "DROP cannot run here"),
        ("SELECT 1; SELECT 2", "Chỉ chạy một câu lệnh", "One statement at a time"),
        ("SELECT len(repeat('x', 2000000000))", "nhiều bộ nhớ hơn mức cho phép (512 MB)", "more memory than it may have (512 MB)"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_in_words_with_its_place(
    open_page: OpenPage, warehouse_full: Path, query: str, vi: str, en: str
) -> None:
    for lang, words in (("vi", vi), ("en", en)):
        screen = open_page(warehouse_full, PATH, lang=lang, q=query)
        assert_sound(screen, HEADING[lang])
        assert words in screen.error[0].value, screen.error[0].value


def test_the_place_of_a_mistake_is_pointed_at(open_page: OpenPage, warehouse_full: Path) -> None:
    screen = open_page(warehouse_full, PATH, q="SELECT 'Đường',\n  nope FROM unit")
    assert screen.code[0].value == "  nope FROM unit\n  ^"


def test_the_search_beside_finds_columns_without_diacritics(open_page: OpenPage, warehouse_full: Path) -> None:  # fmt: skip
    all_tables = words_beside(open_page(warehouse_full, PATH))
    found = words_beside(open_page(warehouse_full, PATH, find_table="dan so"))
    assert "population" in found and len(found) < len(all_tables) / 3
    english = words_beside(open_page(warehouse_full, PATH, find_table="population", lang="en"))
    assert "Population" in english
    nothing = open_page(warehouse_full, PATH, find_table="zzzz")
    assert any("zzzz" in warning.value for warning in nothing.warning)


def test_a_query_longer_than_a_link_may_be_runs_and_is_not_in_the_address(
    open_page: OpenPage, warehouse_full: Path
) -> None:
    long = "SELECT 1 -- " + "x" * LONGEST_LINK
    screen = open_page(warehouse_full, PATH)
    screen.text_area[0].set_value(long)
    screen.button[0].click().run()
    assert_sound(screen, HEADING["vi"])
    assert "q" not in screen.query_params
    assert len(screen.dataframe[0].value) == 1
    assert "không nằm trong địa chỉ" in said(screen)


def test_an_address_with_a_query_beyond_all_measure_is_refused(
    open_page: OpenPage, warehouse_full: Path
) -> None:
    screen = open_page(warehouse_full, PATH, q="x" * (LONGEST + 1))
    assert_sound(screen, HEADING["vi"])
    assert any("Liên kết yêu cầu" in warning.value for warning in screen.warning)
