"""The list of units that lack most: all of a city's, of a country's the first ones, and it says so."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from charts.models import Labels
from ui import pace
from ui.context import View

LABELS = Labels("Gia đình học tập", "gia đình", "trên tổng số", "quý II/2026", "Minh họa", "phường, xã")


def units(count: int) -> pd.DataFrame:
    numbers = range(count)
    return pd.DataFrame(
        {
            "unit_key": [f"{n}@x" for n in numbers], "code": [f"{n:05}" for n in numbers], "name_vi": [f"Xã {n}" for n in numbers],
            "name_en": [f"Xã {n}" for n in numbers], "district_vi": "Quận", "district_en": "District", "main_district_key": "001@legacy",
            "value": 0.5, "gap": -0.3, "lacking": [10.0 * n for n in numbers], "pace": 0.01, "needed": 0.06, "standing": "behind",
        }
    )  # fmt: skip


@pytest.mark.parametrize(("count", "listed"), [(126, 126), (pace.LISTED, pace.LISTED), (3321, pace.LISTED)])
def test_the_units_that_lack_most_are_listed_and_how_many_there_are_in_all_is_said(
    monkeypatch, count, listed
):
    drawn: list[tuple[str, Any]] = []

    class Screen:
        def __getattr__(self, kind):
            return lambda what, **_rest: drawn.append((kind, what))

    monkeypatch.setattr(pace, "st", Screen())
    view = View("b", "vi", False, None, None, "city", "all")
    pace._furthest(view, units(count), LABELS, "80%")
    table = dict(drawn)["dataframe"].data
    assert len(table) == listed
    assert table.iloc[0, 0] == f"Xã {count - 1}"
    said = [what for kind, what in drawn if kind == "caption"]
    assert said == ([] if listed == count else ["Hiện 400 trong 3.321 dòng."])
