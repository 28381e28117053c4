"""Rows as JSON or CSV, row by row, so that a long answer leaves the other threads of the server their turn."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from api.fields import Field
from api.words import Both
from i18n import Lang

JSON = "application/json"
CSV = "text/csv"
NOTICE = Both(
    "Có số liệu minh họa: do phần mềm sinh ra để xem thử, không phải số thật. Xem cột status.",
    "Some figures are illustrative: generated to try the software, not real. See the column status.",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Rendered:
    """A finished answer: its bytes, and how many rows of it have which status."""

    body: bytes
    rows: int
    statuses: Mapping[str, int]


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _told(
    rows: Iterator[dict[str, Any]], fields: Sequence[Field], lang: Lang, seen: Counter[str]
) -> Iterator[dict[str, Any]]:
    for row in rows:
        told = {field.name: _plain(field.value(row, lang)) for field in fields}
        for name in ("origin_status", "status"):
            if told.get(name):
                seen[str(told[name])] += 1
                break
        yield told


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def as_json(
    rows: Iterator[dict[str, Any]], fields: Sequence[Field], lang: Lang, head: Mapping[str, Any], *, one: bool
) -> Rendered:
    """The rows under ``data``, one row where ``one``, with what is known of them before it."""
    seen: Counter[str] = Counter()
    lines = [_dumped(row) for row in _told(rows, fields, lang, seen)]
    told = {
        **head,
        "statuses": dict(seen),
        "notice": NOTICE.of(lang) if seen["illustrative"] else None,
    }
    data = lines[0] if one else "[" + ",\n".join(lines) + "]"
    return Rendered(f'{_dumped(told)[:-1]},"data":{data}}}\n'.encode(), len(lines), seen)


def _cell(value: Any) -> Any:
    """A cell; text that a spreadsheet would run as a formula has an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value


def as_csv(rows: Iterator[dict[str, Any]], fields: Sequence[Field], lang: Lang) -> Rendered:
    """The rows under a line with the names of the columns, as RFC 4180 has it, in UTF-8 without a mark."""
    seen: Counter[str] = Counter()
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([field.name for field in fields])
    n = 0
    for row in _told(rows, fields, lang, seen):
        writer.writerow([_cell(value) for value in row.values()])
        n += 1
    return Rendered(text.getvalue().encode(), n, seen)
