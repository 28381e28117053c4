"""The data dictionary by AppTest: every table and indicator can be reached, searched for, and is in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from etl.contracts import load_contracts
from queries import dictionary
from queries.warehouse import current_warehouse
from tests.pages.test_pages import assert_sound
from ui.dictionary import TABLES

OpenPage = Callable[..., AppTest]
HEADING = {"vi": "Từ điển dữ liệu", "en": "Data dictionary"}
PUBLIC = {c.table: c for c in load_contracts().values() if c.kind in ("reference", "mart")}


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_table_is_on_some_page(open_page: OpenPage, warehouse_full: Path, lang: str) -> None:
    seen: list[str] = []
    for number in range(1, -(-len(PUBLIC) // TABLES) + 1):
        screen = open_page(warehouse_full, "tu-dien", dictionary="tables", table_page=str(number), lang=lang)
        assert_sound(screen, HEADING[lang])
        seen += [e.label.split("`")[1] for e in screen.expander]
    assert seen == sorted(PUBLIC)


@pytest.mark.parametrize(
    ("sought", "table"), [("uoc tinh", "observation_current"), ("học sinh", "school"), ("is_late", "report_status"), ("mam non", "school")]
)  # fmt: skip
def test_a_table_is_found_by_the_words_of_its_columns(
    open_page: OpenPage, warehouse_full: Path, sought: str, table: str
) -> None:
    listed = dictionary.described_tables(current_warehouse(warehouse_full))
    assert table in {t.table_name for t in dictionary.tables_found(listed, sought)}
    screen = open_page(warehouse_full, "tu-dien", dictionary="tables", find_column=sought)
    assert_sound(screen, HEADING["vi"])
    assert screen.expander


def test_a_column_says_what_its_contract_says(open_page: OpenPage, warehouse_full: Path) -> None:
    screen = open_page(warehouse_full, "tu-dien", dictionary="tables", find_column="estimated_share")
    shown = " ".join(m.value for m in screen.markdown)
    column = PUBLIC["observation_current"].column("estimated_share")
    assert column.label.vi in shown
    assert column.definition.vi in shown


def test_nothing_found_is_said(open_page: OpenPage, warehouse_full: Path) -> None:
    for section, name in (("indicators", "find_indicator"), ("tables", "find_column")):
        screen = open_page(warehouse_full, "tu-dien", dictionary=section, **{name: "zzzz"})
        assert_sound(screen, HEADING["vi"])
        assert screen.warning


def test_an_indicator_tells_its_cadence_and_coverage(warehouse_full: Path) -> None:
    w = current_warehouse(warehouse_full)
    by_id = {x.indicator.indicator_id: x for x in dictionary.listed_indicators(w)}
    family = by_id["model.family.recognised_of_total"]
    assert family.months == (3, 6)
    assert (family.units_reporting, family.units_expected) == (112, 126)
    assert by_id["model.family.basis_not_stated"].months == ()
    assert by_id["school.count"].months == (0,)
    assert (
        family.figures
        == w.frame(
            "SELECT count(*) AS n FROM observation WHERE indicator_id = 'model.family.recognised_of_total'"
        )["n"].iloc[0]
    )
