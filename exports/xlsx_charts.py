"""Charts of a workbook, drawn by the spreadsheet from its own cells: lines over periods, bars of a few units.

One chart has one indicator, so that two bases never share an axis. There is none where there is more than can be read,
where real and illustrative figures would stand side by side as bars, or where the day of a figure is not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from charts.palette import LIGHT
from exports.facts import Facts, status_words
from exports.table import Column, Table
from exports.text import Text, same
from exports.xlsx_cells import figure_format
from i18n import Lang
from queries.bases import NOT_STATED
from queries.catalogue import Indicator

MOST_LINES = 5
MOST_BARS = 40
SIZE = {"width": 900, "height": 460}


@dataclass(frozen=True)
class Placed:
    """All rows of a small table and the sheet on which they stand, from its second row on."""

    table: Table
    facts: Facts
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    sheet: str

    def place(self, *names: str) -> int | None:
        """On which column of the sheet the first of these names is that is there."""
        return next((n for name in names for n, c in enumerate(self.columns) if c.name == name), None)


def chart_of(workbook: Any, placed: Placed, lang: Lang) -> Any | None:
    """The chart of a table; None where it should not be drawn."""
    of = _one_indicator(placed)
    if of is None or of.basis == NOT_STATED or not placed.rows:
        return None
    if placed.table.shape == "by_period":
        return _lines(workbook, placed, of, lang)
    return _bars(workbook, placed, of, lang)


def _one_indicator(placed: Placed) -> Indicator | None:
    return placed.facts.indicators[0] if len(placed.facts.indicators) == 1 else None


def _lines(workbook: Any, placed: Placed, of: Indicator, lang: Lang) -> Any | None:
    figures = [n for n, c in enumerate(placed.columns) if c.kind == "figure"]
    unit = placed.place(f"unit_{lang}", "unit_vi", "unit_key")
    # Of published figures the day can be unknown, and a wide table does not say of which.
    if (
        unit is None
        or len(figures) < 2
        or len(placed.rows) > MOST_LINES
        or "published" in placed.facts.statuses
    ):
        return None
    chart = workbook.add_chart({"type": "line"})
    status = placed.place("origin_status", "status")
    words = status_words(placed.table)
    for n, row in enumerate(placed.rows, start=1):
        colour = LIGHT.category[(n - 1) % len(LIGHT.category)]
        told = f" ({words.get(row[status], same(str(row[status]))).of(lang)})" if status is not None else ""
        chart.add_series(
            {
                "name": f"{row[unit]}{told}",
                "categories": [placed.sheet, 0, figures[0], 0, figures[-1]],
                "values": [placed.sheet, n, figures[0], n, figures[-1]],
                "line": {
                    "color": colour,
                    "width": 2,
                    **({"dash_type": "dash"} if _made_up(row, status) else {}),
                },
                "marker": {
                    "type": "circle",
                    "size": 5,
                    "fill": {"color": colour},
                    "border": {"color": colour},
                },
            }
        )
    chart.set_y_axis(_value_axis(of, lang))
    chart.set_legend({"position": "bottom"})
    return _titled(chart, of, lang, SIZE["height"])


def _bars(workbook: Any, placed: Placed, of: Indicator, lang: Lang) -> Any | None:
    value = next((n for n, c in enumerate(placed.columns) if c.kind == "figure"), None)
    unit = placed.place(f"unit_{lang}", "unit_vi", "unit_key")
    statuses = set(placed.facts.statuses) - {"apportioned"}
    if value is None or unit is None or len(statuses) > 1 or len(placed.facts.periods) != 1:
        return None
    units = {row[unit] for row in placed.rows}
    if not 1 < len(placed.rows) <= MOST_BARS or len(units) != len(placed.rows):
        return None
    last = len(placed.rows)
    chart = workbook.add_chart({"type": "bar"})
    fill = {"pattern": "wide_upward_diagonal", "fg_color": LIGHT.main, "bg_color": LIGHT.surface}
    chart.add_series(
        {
            "name": of.name_vi if lang == "vi" else of.name_en,
            "categories": [placed.sheet, 1, unit, last, unit],
            "values": [placed.sheet, 1, value, last, value],
            "data_labels": {"value": True},
            "gap": 40,
            **({"pattern": fill} if statuses == {"illustrative"} else {"fill": {"color": LIGHT.main}}),
        }
    )
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis(
        {
            **_value_axis(of, lang),
            "min": 0,
            "major_gridlines": {"visible": True, "line": {"color": LIGHT.line}},
        }
    )
    chart.set_legend({"none": True})
    return _titled(chart, of, lang, max(SIZE["height"], 60 + 20 * last))


def _made_up(row: tuple[Any, ...], status: int | None) -> bool:
    return status is not None and row[status] == "illustrative"


def _value_axis(of: Indicator, lang: Lang) -> dict[str, Any]:
    unit = Text(of.unit_vi or "", of.unit_en or "").of(lang)
    return {"num_format": figure_format(of), "name": "" if of.kind == "rate" else unit}


def _titled(chart: Any, of: Indicator, lang: Lang, height: int) -> Any:
    chart.set_title(
        {"name": Text(of.name_vi, of.name_en).of(lang), "name_font": {"size": 13}, "overlay": False}
    )
    chart.show_blanks_as("gap")
    chart.set_size({**SIZE, "height": height})
    return chart
