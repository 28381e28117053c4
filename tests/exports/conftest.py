"""Tables to export: of the real warehouse, and of texts that nobody should have to open."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from exports import Column, Table, Text, from_asked, from_frame
from queries.explore import Choice, asked
from queries.warehouse import Warehouse, current_warehouse

FAMILY = "model.family.recognised_of_total"
HOSTILE = (
    "=1+1", "@SUM(A1:A9)", "-1+1|cmd", "+1", "=cmd|' /C calc'!A0", "\t=1+1", "\r=1+1", "\n=1", "  =1+1", "'=1+1",
    '"=1+1', "＝1+1", "＠SUM(1)", "\u00a0=1", "\u200b=1", "'", "-", "plain", "Đường Lâm", "00004", "a,b;c", 'say "no"',
    "line\nbreak", "cr\rhere", "crlf\r\nhere", " lead", "trail ", "_x0041_", "1e5", "1/2/2026", "http://a.example/", "",
)  # fmt: skip


@pytest.fixture(scope="session")
def full(warehouse_full: Path) -> Warehouse:
    return current_warehouse(warehouse_full)


@pytest.fixture(scope="session")
def empty(warehouse_empty: Path) -> Warehouse:
    return current_warehouse(warehouse_empty)


@pytest.fixture(scope="session")
def one_row(warehouse_one_row: Path) -> Warehouse:
    return current_warehouse(warehouse_one_row)


@pytest.fixture(scope="session")
def choices() -> dict[str, Choice]:
    return {
        "long": Choice(indicators=(FAMILY, "school.count"), levels=("city", "district"), missing=True),
        "re-expressed": Choice(
            indicators=(FAMILY, "model.family.total"),
            boundaries="wards_2025_07",
            first=dt.date(2025, 1, 1),
            last=dt.date(2025, 12, 31),
        ),
        "summed": Choice(indicators=(FAMILY,), group="district"),
        "by period": Choice(
            indicators=(FAMILY,), group="type", shape="by_period", statuses=("illustrative",)
        ),
        "by indicator": Choice(
            indicators=(FAMILY, "model.family.total"),
            boundaries="districts_2025_06",
            levels=("district",),
            shape="by_indicator",
        ),
        "nothing": Choice(indicators=(FAMILY,), first=dt.date(1999, 1, 1), last=dt.date(1999, 1, 2)),
    }


@pytest.fixture(
    scope="session", params=["long", "re-expressed", "summed", "by period", "by indicator", "nothing"]
)
def table(request: pytest.FixtureRequest, full: Warehouse, choices: dict[str, Choice]) -> Table:
    return from_asked(full, asked(full, choices[request.param]))


@pytest.fixture(scope="session")
def long(full: Warehouse, choices: dict[str, Choice]) -> Table:
    return from_asked(full, asked(full, choices["long"]))


@pytest.fixture(scope="session")
def hostile(full: Warehouse) -> Table:
    """Every hostile text, with numbers, days and flags beside it."""
    n = len(HOSTILE)
    numbers = [-5.0, 0.1 + 0.2, 1e-5, 1e16, -0.721, 1669074.0, None]
    frame = pd.DataFrame(
        {
            "text": pd.Series([*HOSTILE, None], dtype=object),
            "number": [numbers[i % len(numbers)] for i in range(n + 1)],
            "whole": [-i for i in range(n + 1)],
            "day": pd.Series([dt.date(2026, 9, 30) if i % 3 else None for i in range(n + 1)], dtype=object),
            "flag": [bool(i % 2) for i in range(n + 1)],
            "status": ["illustrative" if i % 2 else "reported" for i in range(n + 1)],
        }
    )
    labels = {"illustrative": Text("Minh họa", "Illustrative"), "reported": Text("Báo cáo", "Reported")}
    columns = [
        Column("text", "text", Text('=Chữ, “có” "nháy"', "=Text"), "text"),
        Column("number", "number", Text("Số", "Number"), "number"),
        Column("whole", "whole", Text("Số nguyên", "Whole"), "count"),
        Column("day", "day", Text("Ngày", "Day"), "date"),
        Column("flag", "flag", Text("Có không", "Flag"), "flag"),
        Column("status", "status", Text("Tình trạng", "Status"), "text", labels=labels),
    ]
    return from_frame(full, frame, Text("Chữ [xấu]: */?", "Bad texts"), columns=columns)


@pytest.fixture(scope="session")
def rows_of():
    """The rows of a table straight from the warehouse, by the columns' codes."""

    def found(table: Table) -> list[dict[str, Any]]:
        assert table.frame is None
        rows = table.warehouse.rows(table.sql, *table.parameters)
        return [{c.code: row[c.name] for c in table.columns} for row in rows]

    return found
