"""The table of the analyst's desk as it stands on the screen: a page of rows in words, with ≈ and what is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from charts.models import about
from i18n import decimal, percent, period_name, short_date
from queries import explore
from queries.catalogue import Indicator, indicators, sources
from queries.explore import Asked, Choice, Column, Summary
from queries.warehouse import Warehouse
from ui.cached import panel
from ui.context import View
from ui.kept import kept

ENTRIES = 64
WIDE_ENOUGH = 120
"""Pixels in which “Chưa báo cáo” fits where a value could stand."""


@kept(ENTRIES)
def summary_of(build_id: str, _found: Warehouse, choice: Choice) -> Summary:
    """What the figures of a choice are, asked once a build."""
    del build_id  # part of the key
    return explore.summary(_found, choice)


@kept(ENTRIES)
def count_of(build_id: str, _found: Warehouse, _table: Asked, choice: Choice, only: tuple[str, ...]) -> int:
    """How many rows the table of a choice has, narrowed down to some units; asked once a build."""
    if choice.shape == "long" and not only:  # then the words over the table have counted them already
        summary = summary_of(build_id, _found, replace(choice, sort=""))
        return summary.rows + summary.missing
    return explore.count(_found, _table)


def value_words(value: float, indicator: Indicator, view: View, estimated: float = 0.0) -> str:
    """A value with the decimals of its indicator, ≈ where a part was estimated."""
    if indicator.kind == "rate":
        text = percent(value, view.lang, 1 if indicator.decimals is None else indicator.decimals)
    else:
        digits = indicator.decimals
        text = decimal(
            value, view.lang, digits if digits is not None else 0 if float(value).is_integer() else 1
        )
    return about(text, estimated > 0)


def _when(row: dict[Any, Any], view: View) -> str:
    start = None if pd.isna(row["period_start"]) else pd.Timestamp(row["period_start"]).date()
    return period_name(start, pd.Timestamp(row["period_end"]).date(), view.lang)


def _source(view: View, found: Warehouse) -> Callable[[object], str]:
    known = sources(found)

    def words(source_id: object) -> str:
        source = known.get(str(source_id))
        if source is None:
            return str(source_id)
        if source.kind in ("sample", "report"):
            return view.words(f"explore.source_{source.kind}")
        return source.title

    return words


def page_words(view: View, found: Warehouse, table: Asked, rows: pd.DataFrame) -> pd.DataFrame:
    """A page of the table in the reader's language, one column a column on the screen."""
    if table.choice.shape == "long":
        return _long_words(view, found, table, rows)
    return _wide_words(view, found, table, rows)


def _long_words(view: View, found: Warehouse, table: Asked, rows: pd.DataFrame) -> pd.DataFrame:
    words, by_id = view.words, {i.indicator_id: i for i in indicators(found)}
    records, source = rows.to_dict("records"), _source(view, found)
    lang = "vi" if view.lang == "vi" else "en"

    def value(row: dict[Any, Any]) -> str:
        if pd.isna(row["value"]):
            return words("common.not_reported") if row["is_missing"] else "–"
        text = value_words(row["value"], by_id[row["indicator_id"]], view, row["estimated_share"] or 0.0)
        qualifier = row.get("qualifier")
        return text if qualifier is None or pd.isna(qualifier) else f"{words(f'common.qualifier_{qualifier}')} {text}"  # fmt: skip

    out: dict[str, list[Any]] = {}
    if len(table.choice.indicators) != 1:
        out[words("explore.column_indicator")] = [row[f"indicator_{lang}"] for row in records]
    out |= {
        words("common.unit"): [row[f"unit_{lang}"] for row in records],
        words("explore.period"): [_when(row, view) for row in records],
        words("common.value"): [value(row) for row in records],
        words("explore.column_measure"): [row[f"unit_measured_{lang}"] for row in records],
        words("common.status_column"): [words(f"common.mark_{row['status']}") for row in records],
        words("explore.column_numerator"): [_count(row["numerator"], view) for row in records],
        words("explore.column_denominator"): [_count(row["denominator"], view) for row in records],
        words("common.basis"): [_basis(row["basis"], view) for row in records],
    }
    if table.choice.group != "none":
        out[words("explore.column_coverage")] = [_coverage(row, view) for row in records]
    if table.choice.group != "none" or table.choice.boundaries != "reported":
        out[words("explore.column_estimated")] = [
            percent(row["estimated_share"], view.lang, 0) if row["estimated_share"] else "" for row in records
        ]
    if "weight_method" in rows.columns:
        out[words("explore.column_method")] = [_method(row["weight_method"], view) for row in records]
        out[words("explore.column_band")] = [_band(row, by_id, view) for row in records]
    out[words("common.source")] = [source(row["source_id"]) for row in records]
    return pd.DataFrame(out)


def _count(value: Any, view: View) -> str:
    if value is None or pd.isna(value):
        return ""
    return decimal(float(value), view.lang)


def _basis(basis: Any, view: View) -> str:
    return "" if basis is None or pd.isna(basis) else view.words(f"common.basis_{basis}")


def _method(method: Any, view: View) -> str:
    return "" if method is None or pd.isna(method) else view.words(f"explore.method_{method}")


def _band(row: dict[Any, Any], by_id: dict[str, Indicator], view: View) -> str:
    if pd.isna(row["value_low"]) or not row["estimated_share"]:
        return ""
    indicator = by_id[row["indicator_id"]]
    low, high = (value_words(row[k], indicator, view) for k in ("value_low", "value_high"))
    return f"{low} – {high}"


def _coverage(row: dict[Any, Any], view: View) -> str:
    if pd.isna(row["units_expected"]):
        return ""
    reporting = 0 if pd.isna(row["units_reporting"]) else int(row["units_reporting"])
    text = f"{reporting}/{int(row['units_expected'])}"
    if pd.isna(row["population_share"]):
        return text
    return view.words("explore.coverage", units=text, share=percent(row["population_share"], view.lang, 1))


def _wide_words(view: View, found: Warehouse, table: Asked, rows: pd.DataFrame) -> pd.DataFrame:
    words, by_id = view.words, {i.indicator_id: i for i in indicators(found)}
    records, source = rows.to_dict("records"), _source(view, found)
    lang = "vi" if view.lang == "vi" else "en"
    out: dict[str, list[str]] = {}
    if table.choice.shape == "by_period" and len(table.choice.indicators) != 1:
        out[words("explore.column_indicator")] = [row[f"indicator_{lang}"] for row in records]
    out[words("common.unit")] = [row[f"unit_{lang}"] for row in records]
    if table.choice.shape == "by_indicator":
        out[words("explore.period")] = [_when(row, view) for row in records]
    for column in table.columns:
        if column.kind == "figure":
            out[heading(column, view)] = [_cell(row, column, by_id, view) for row in records]
    out[words("common.status_column")] = [words(f"common.mark_{row['origin_status']}") for row in records]
    out[words("common.source")] = [source(row["source_id"]) for row in records]
    return pd.DataFrame(out)


def heading(column: Column, view: View) -> str:
    """The heading of a column of figures: its period, or its indicator with what it is counted in."""
    if column.period is not None:
        return period_name(column.period.start, column.period.end, view.lang)
    assert column.indicator is not None
    name = view.words.pick(column.indicator.name_vi, column.indicator.name_en)
    unit = view.words.pick(column.indicator.unit_vi, column.indicator.unit_en)
    return f"{name} ({unit})" if unit else name


def _cell(row: dict[Any, Any], column: Column, by_id: dict[str, Indicator], view: View) -> str:
    value = row[column.name]
    if value is None or pd.isna(value):
        return "–"
    indicator = column.indicator or by_id[row["indicator_id"]]
    estimated = row[column.estimated] if column.estimated else 0.0
    return value_words(value, indicator, view, 0.0 if pd.isna(estimated) else estimated)


@panel
def draw_page(
    view: View, _found: Warehouse, _table: Asked, choice: Choice, only: tuple[str, ...], offset: int, limit: int, title: str
) -> None:  # fmt: skip
    """The rows of one page of the table of a choice, narrowed down to some units; nothing else is sent to the browser."""
    shown = page_words(view, _found, _table, explore.page(_found, _table, offset, limit))
    texts = {
        view.words("explore.column_indicator"), view.words("common.unit"), view.words("explore.period"),
        view.words("common.status_column"), view.words("common.source"), view.words("common.basis"),
        view.words("explore.column_measure"), view.words("explore.column_method"),
    }  # fmt: skip
    right = {name: st.column_config.Column(alignment="right") for name in shown.columns if name not in texts}
    right[view.words("common.value")] = st.column_config.Column(alignment="right", width=WIDE_ENOUGH)
    st.dataframe(shown, hide_index=True, alt=title, column_config=right, height="content")


def summary_words(view: View, told: Summary, choice: Choice) -> str:
    """How many figures of whom and when are in the table, what is missing, of which status."""
    words = view.words
    if not told.rows:
        return words("explore.summary_none")
    span = " – ".join(dict.fromkeys(short_date(day, view.lang) for day in (told.first, told.last)))
    parts = [
        words(
            "explore.summary",
            rows=decimal(told.rows, view.lang), units=decimal(told.units, view.lang), periods=decimal(told.periods, view.lang),
            indicators=decimal(told.indicators, view.lang), span=span,
        )
    ]  # fmt: skip
    if told.missing:
        expected = told.rows + told.missing
        share = percent(told.rows / expected, view.lang, 1)
        parts.append(words("explore.summary_missing", missing=decimal(told.missing, view.lang), share=share))
    if told.estimated:
        parts.append(words("explore.summary_estimated", n=decimal(told.estimated, view.lang)))
    if choice.group != "none":
        parts.append(words("explore.summary_grouped"))
    return " ".join(parts)
