"""The explore page's lines over time where there are more units than anybody could tell apart."""

from __future__ import annotations

import pandas as pd
import pytest

from charts.base import Look
from charts.explore import LINE_ENDS, Subject, trend
from charts.palette import LIGHT
from i18n import words_in
from queries.catalogue import indicator
from queries.warehouse import Warehouse

MANY = 3321


@pytest.mark.parametrize(("units", "drawn"), [(2 * LINE_ENDS, 2 * LINE_ENDS), (MANY, 2 * LINE_ENDS + 1)])
def test_of_very_many_units_both_ends_and_the_chosen_are_drawn_and_it_is_said(
    full: Warehouse, units: int, drawn: int
) -> None:
    rows = pd.DataFrame(
        {
            "unit_key": [f"u{n:04}" for n in range(units)] * 2,
            "unit_vi": [f"Xã {n}" for n in range(units)] * 2,
            "unit_en": [f"Commune {n}" for n in range(units)] * 2,
            "period_start": pd.Timestamp("2026-01-01"),
            "period_end": [pd.Timestamp("2026-03-31")] * units + [pd.Timestamp("2026-06-30")] * units,
            "value": [0.5] * units + [n / units for n in range(units)],
            "status": "reported",
            "estimated_share": 0.0,
        }
    )
    about = indicator(full, "model.family.recognised_of_total")
    assert about is not None
    look = Look(words_in("en"), LIGHT)
    middle = f"u{units // 2:04}"
    chart = trend(rows, Subject(about, "Families", "%", "all"), (middle,), look)
    assert len(chart.figure.data) == drawn
    assert chart.title == f"Families: {units:,} units over time"
    assert f"Commune {units - 1}" in chart.alt, "the highest of all is told"
    assert len(chart.table) == 2 * drawn
    said = [note for note in chart.notes if "are drawn" in note]
    assert len(said) == (units > drawn)
    assert not said or f"the {units - drawn:,} others" in said[0]
