"""The figures of a map as files: CSV for a spreadsheet, GeoJSON for a mapping program. Each row says what it is.

Both take a frame with one row a ward, as ``queries.timeline.values_on`` gives it; of its columns those are written
that are there. Numbers are those of the warehouse, unrounded: a rate as a fraction of 1, with a point for decimals.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from charts.base import Look
from i18n import Words
from queries.catalogue import Indicator

BYTE_ORDER_MARK = "\ufeff"
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
NUMBERS = (
    "population", "numerator", "denominator", "value", "value_before", "change", "estimated_share", "covered_share",
    "value_low", "value_high",
)  # fmt: skip
FIGURE_COLUMNS = (
    "code", "name", "district", "population", "indicator", "unit", "basis", "period_start", "period_end", "numerator",
    "denominator", "value", "value_before", "before_start", "before_end", "change", "class", "status", "origin_status", "estimated_share",
    "covered_share", "value_low", "value_high", "sources", "definition", "made_on", "unit_key", "indicator_id",
)  # fmt: skip
ALWAYS = {
    "code", "name", "indicator", "unit", "basis", "period_start", "period_end", "sources", "definition", "made_on",
    "unit_key", "indicator_id",
}  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """What the figures of a map are of. ``sources`` in words; ``classes``: unit_key -> the legend's words for it.

    ``before_start`` and ``before_end`` are of the period that ``value_before`` is of, on a map of change.
    """

    indicator: Indicator
    period_start: dt.date | None
    period_end: dt.date
    sources: tuple[str, ...]
    made_on: dt.date
    classes: Mapping[str, str] | None = None
    before_start: dt.date | None = None
    before_end: dt.date | None = None


def csv_file(figures: pd.DataFrame, subject: Subject, look: Look) -> bytes:
    """One line a ward, missing figures as empty cells; UTF-8 with a byte order mark, which spreadsheets look for.

    Headers and words are in the reader's language. A text that a spreadsheet would take for a formula begins with an
    apostrophe.
    """
    rows, names = _rows(figures, subject, look.words), _present(figures, subject)
    columns = {look.words(f"map_export.col_{name}"): [row[name] for row in rows] for name in names}
    text = pd.DataFrame(columns, dtype=object).to_csv(index=False, lineterminator="\r\n")
    return (BYTE_ORDER_MARK + text).encode()


def geojson_file(
    figures: pd.DataFrame, subject: Subject, look: Look, shapes: str, credits: tuple[str, ...]
) -> bytes:
    """The shapes of a map with a ward's figure as properties of each; null where there is none.

    Names of properties are those of the warehouse, whatever the language. A shape without a row in the frame stays.
    """
    rows = {row["unit_key"]: row for row in _rows(figures, subject, look.words)}
    names = [name for name in _present(figures, subject) if name not in ("sources", "definition", "made_on")]
    found = json.loads(shapes)
    features = []
    for feature in found["features"]:
        key, row = feature["properties"]["k"], rows.get(feature["properties"]["k"], {})
        properties = {"unit_key": key} | {name: row.get(name) for name in names}
        properties["name"] = look.words.pick(feature["properties"]["vi"], feature["properties"]["en"])
        features.append(
            {"type": "Feature", "id": key, "properties": properties, "geometry": feature["geometry"]}
        )
    about = {
        "indicator": _name(subject.indicator, look.words),
        "definition": look.words.pick(subject.indicator.definition_vi, subject.indicator.definition_en),
        "sources": list(subject.sources),
        "credits": list(credits),
        "made_on": subject.made_on.isoformat(),
    }
    return json.dumps(
        {"type": "FeatureCollection", "about": about, "features": features},
        ensure_ascii=False,
        allow_nan=False,
    ).encode()


def _present(figures: pd.DataFrame, subject: Subject) -> list[str]:
    """The columns that there is something to write in, in their order."""
    told = ALWAYS | {name for name in (*NUMBERS, "status", "origin_status") if name in figures}
    told |= {"district"} if "district_vi" in figures else set()
    told |= {"class"} if subject.classes is not None else set()
    told |= {"before_start", "before_end"} if subject.before_end else set()
    return [name for name in FIGURE_COLUMNS if name in told]


def _rows(figures: pd.DataFrame, subject: Subject, words: Words) -> list[dict[str, Any]]:
    """One dictionary a ward: texts safe for a spreadsheet, numbers as they are, None for what is missing."""
    of = subject.indicator
    same = {
        "indicator": _name(of, words),
        "indicator_id": of.indicator_id,
        "unit": words.pick(of.unit_vi, of.unit_en),
        "basis": words(f"common.basis_{of.basis}") if of.basis else None,
        "definition": words.pick(of.definition_vi, of.definition_en),
        "period_start": _day(subject.period_start),
        "period_end": _day(subject.period_end),
        "before_start": _day(subject.before_start),
        "before_end": _day(subject.before_end),
        "sources": "; ".join(subject.sources),
        "made_on": _day(subject.made_on),
    }
    return [
        {name: _safe(value) for name, value in (same | _own(row, subject, words)).items()}
        for row in figures.to_dict(orient="records")
    ]


def _own(row: dict[Any, Any], subject: Subject, words: Words) -> dict[str, Any]:
    """What is a ward's own: names, numbers, status in words, class."""
    found: dict[str, Any] = {name: _number(row[name]) for name in NUMBERS if name in row}
    for name in ("status", "origin_status"):
        given = row.get(name)
        found[name] = words(f"common.mark_{given}") if isinstance(given, str) else None
    found |= {
        "unit_key": row["unit_key"],
        "code": row["code"],
        "name": words.pick(row["name_vi"], row["name_en"]),
        "district": words.pick(_text(row.get("district_vi")), _text(row.get("district_en"))) or None,
        "class": (subject.classes or {}).get(row["unit_key"]),
    }
    return found


def _name(indicator: Indicator, words: Words) -> str:
    return words.pick(indicator.name_vi, indicator.name_en)


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any) -> float | int | None:
    """A number of Python's own, whole where it is whole; None where it is missing."""
    if value is None or value is pd.NA or not math.isfinite(value):
        return None
    return int(value) if float(value).is_integer() else float(value)


def _safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_SIGNS) else value
