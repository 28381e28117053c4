"""How a reporting period is written, and which days it spans."""

from __future__ import annotations

import calendar
import datetime as dt
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
        whole = _span(f"{year}", year, 1, 12)
        yield from ((s, whole) for s in (f"{year}", f"năm {year}"))
        for half in (1, 2):
            period = _span(f"{year}-H{half}", year, 6 * half - 5, 6 * half)
            words = "đầu" if half == 1 else "cuối"
            forms = (f"{year}-h{half}", f"{year}h{half}", f"h{half}/{year}", f"h{half} {year}", f"6 tháng {words} năm {year}")
            yield from ((s, period) for s in forms)
        for quarter in (1, 2, 3, 4):
            period = _span(f"{year}-Q{quarter}", year, 3 * quarter - 2, 3 * quarter)
            roman = _ROMAN[quarter]
            forms = (
                f"{year}-q{quarter}", f"{year}q{quarter}", f"q{quarter}/{year}", f"q{quarter} {year}",
                f"quý {quarter}/{year}", f"quý {roman}/{year}", f"quý {quarter} năm {year}", f"quý {roman} năm {year}",
            )  # fmt: skip
            yield from ((s, period) for s in forms)
        for month in range(1, 13):
            period = _span(f"{year}-{month:02d}", year, month, month)
            forms = {f"{year}-{month:02d}", f"{month:02d}/{year}", f"{month}/{year}", f"tháng {month}/{year}", f"tháng {month:02d}/{year}"}
            yield from ((s, period) for s in sorted(forms))


def lookup_frame() -> pd.DataFrame:
    """One row a spelling: ``spelling``, ``code``, ``period_start``, ``period_end``."""
    rows = [(s, p.code, p.start, p.end) for s, p in spellings()]
    return pd.DataFrame(rows, columns=["spelling", "code", "period_start", "period_end"])
