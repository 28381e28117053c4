"""The analyst's desk in a browser: a click on the chart filters the table, choices round trip, little is sent."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_screens import query_of

Screen = Callable[..., Page]
Settled = Callable[[Page], None]


def click_on(page: Page, number: int) -> None:
    """Click into a bar of the chart, the highest value first."""
    bar = page.locator(".barlayer .point path").nth(number)
    expect(bar).to_be_visible()
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 20, box["y"] + box["height"] / 2)


def test_a_click_on_a_bar_keeps_that_unit_in_the_table(screen: Screen, settled: Settled) -> None:
    page = screen("tra-cuu", since="2026-Q3")
    click_on(page, 1)
    page.wait_for_url(re.compile("only="))
    settled(page)
    unit = query_of(page)["only"]
    assert re.fullmatch(r"\d{5}@2025-07-01", unit)
    expect(page.get_by_text(re.compile("dòng 1–"))).to_have_count(0)
    click_on(page, 2)
    page.wait_for_url(re.compile("only=.*%2C"))
    settled(page)
    assert len(query_of(page)["only"].split(",")) == 2
    click_on(page, 1)
    page.wait_for_url(lambda url: "only=" in url and "%2C" not in url)
    assert unit not in query_of(page)["only"]


def test_the_whole_choice_is_in_the_address(screen: Screen, settled: Settled) -> None:
    page = screen("tra-cuu", lang="en")
    page.get_by_role("radio", name="Periods as columns").or_(
        page.get_by_role("button", name="Periods as columns")
    ).first.click()
    settled(page)
    page.get_by_role("textbox", name="Search indicators").fill("dong ho")
    page.keyboard.press("Enter")
    settled(page)
    # By keyboard: the list is drawn anew under a pointer that comes to rest on it, and a press may fall in between.
    name = "Learning clan: recognised, share of the total"
    page.get_by_role("combobox", name=re.compile("Indicators")).fill(name)
    option = page.get_by_role("option", name=name)
    for _ in range(5):  # the first line of the list takes all that fit
        if option.get_attribute("data-focused") == "true":
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile("indicators="))
    settled(page)
    asked = query_of(page)
    assert asked["shape"] == "by_period"
    assert asked["indicators"].split(",")[-1] == "model.clan.recognised_of_total"
    again = screen("tra-cuu", **asked)
    expect(again.get_by_text(re.compile(r"\d+ indicators")).first).to_contain_text("2 indicators")
    assert query_of(again) == asked


def test_a_page_of_the_table_is_little_to_send(screen: Screen, settled: Settled) -> None:
    page = screen("tra-cuu", indicators="participation.association.fund", rows_each="25")
    received: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
    page.reload()
    settled(page)
    assert 0 < sum(received) < 250_000


def test_a_table_is_taken_away_as_it_stands_on_the_screen(screen: Screen, tmp_path: Path) -> None:
    page = screen("tra-cuu", since="2026-Q3", file="csv", file_words="codes", file_sign="point")
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("Tải xuống 126 dòng")).click()
    name = download.value.suggested_filename
    assert name.isascii() and name.endswith(".csv") and "phuong-xa" in name
    download.value.save_as(tmp_path / name)
    text = (tmp_path / name).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 126
    (ba_dinh,) = [row for row in rows if row["unit_key"] == "00004@2025-07-01"]
    assert float(ba_dinh["value"]) == pytest.approx(0.8274, abs=5e-4)
    assert ba_dinh["status"] == "illustrative"


def test_a_screen_is_taken_away_as_a_workbook(screen: Screen, tmp_path: Path) -> None:
    page = screen("phuong-xa", unit="00097@2025-07-01")
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải trang này (XLSX)").click()
    download.value.save_as(tmp_path / "x.xlsx")
    names = openpyxl.load_workbook(tmp_path / "x.xlsx", read_only=True).sheetnames
    assert len(names) > 6


def test_the_full_package_is_made_under_a_bar_and_fetched(screen: Screen, tmp_path: Path) -> None:
    page = screen("tra-cuu", lang="en")
    page.get_by_role("button", name="Full data package (ZIP)").click()
    link = page.get_by_role("link", name=re.compile("^Download .*zip"))
    expect(link).to_be_visible()
    with page.expect_download() as download:
        link.click()
    download.value.save_as(tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert archive.testzip() is None
        assert {"datapackage.json", "data/observation.csv"} <= set(archive.namelist())
