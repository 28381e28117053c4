"""How a reporting period is written, and which days it spans."""

from __future__ import annotations

import calendar
import datetime as dt
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

FIRST_YEAR, LAST_YEAR = 2000, 2049
_ROMAN = {1: "i", 2: "ii", 3: "iii", 4: "iv"}


@dataclass(frozen=True)
class Period:
    """A span of days with its code: 2025, 2025-H1, 2025-Q3 or 2025-07."""

    code: str
    start: dt.date
    end: dt.date


def _span(code: str, year: int, first_month: int, last_month: int) -> Period:
    last_day = calendar.monthrange(year, last_month)[1]
    return Period(code, dt.date(year, first_month, 1), dt.date(year, last_month, last_day))


def spellings() -> Iterator[tuple[str, Period]]:
    """Every accepted spelling (lower case) with its period."""
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        for period, forms in _year(year):
            yield from ((form, period) for form in dict.fromkeys(forms))


def _year(y: int) -> Iterator[tuple[Period, tuple[str, ...]]]:
    yield _span(f"{y}", y, 1, 12), (f"{y}", f"năm {y}")
    for half, words in ((1, "đầu"), (2, "cuối")):
        forms: tuple[str, ...] = (
            f"{y}-h{half}",
            f"{y}h{half}",
            f"h{half}/{y}",
            f"h{half} {y}",
            f"6 tháng {words} năm {y}",
        )
        yield _span(f"{y}-H{half}", y, 6 * half - 5, 6 * half), forms
    for q, roman in _ROMAN.items():
        forms = (
            f"{y}-q{q}", f"{y}q{q}", f"q{q}/{y}", f"q{q} {y}",
            f"quý {q}/{y}", f"quý {roman}/{y}", f"quý {q} năm {y}", f"quý {roman} năm {y}",
        )  # fmt: skip
        yield _span(f"{y}-Q{q}", y, 3 * q - 2, 3 * q), forms
    for m in range(1, 13):
        forms = (f"{y}-{m:02d}", f"{m:02d}/{y}", f"{m}/{y}", f"tháng {m}/{y}", f"tháng {m:02d}/{y}")
        yield _span(f"{y}-{m:02d}", y, m, m), forms


def lookup_frame() -> pd.DataFrame:
    """One row a spelling: ``spelling``, ``code``, ``period_start``, ``period_end``; accents put together and apart."""
    rows = [
        (written, p.code, p.start, p.end)
        for s, p in spellings()
        for written in dict.fromkeys((s, unicodedata.normalize("NFD", s)))
    ]
    return pd.DataFrame(rows, columns=["spelling", "code", "period_start", "period_end"])
