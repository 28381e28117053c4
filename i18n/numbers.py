"""Numbers, dates and periods as the reader writes them (Babel)."""

from __future__ import annotations

import datetime as dt
import functools
import math
import re
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

from i18n.messages import Lang

LOCALE = {"vi": "vi_VN", "en": "en_GB"}
_MISSING = "–"
KEPT = 16_384
"""Texts kept ready: screens write the same numbers and days again at each rerun."""
_ROMAN = ("I", "II", "III", "IV")
_SOME = re.compile(r"[1-9]")
_VIETNAMESE = str.maketrans(",.", ".,")


def _absent(value: float | None) -> bool:
    return value is None or math.isnan(value)


def decimal(value: float | None, lang: Lang, decimals: int = 0) -> str:
    """1669074 → “1.669.074” (vi), “1,669,074” (en); a dash where there is no value."""
    if value is None or _absent(value):
        return _MISSING
    return _decimal(value, lang, decimals)


@functools.lru_cache(maxsize=KEPT)
def _decimal(value: float, lang: Lang, decimals: int) -> str:
    # As Babel does it (half to even, on the shortest decimal that reads back as this number), in an eighth of the time.
    exact = Decimal(str(value))
    if not exact.is_finite():
        return format_decimal(value, locale=LOCALE[lang])
    text = f"{exact:,.{decimals}f}"
    if text.startswith("-") and not _SOME.search(text):
        text = text[1:]  # no “-0”
    return text.translate(_VIETNAMESE) if lang == "vi" else text


def percent(fraction: float | None, lang: Lang, decimals: int = 1) -> str:
    """0.721 → “72,1%” (vi), “72.1%” (en)."""
    if fraction is None or _absent(fraction):
        return _MISSING
    return decimal(100 * fraction, lang, decimals) + "%"


def percent_as_given(fraction: float | None, lang: Lang) -> str:
    """A published rate with the digits its source gave, at most two: 0.68 → “68%”, 0.7125 → “71,25%”."""
    if fraction is None or _absent(fraction):
        return _MISSING
    digits = next(d for d in (0, 1, 2) if d == 2 or abs(round(100 * fraction, d) - 100 * fraction) < 1e-9)
    return percent(fraction, lang, digits)


def points(difference: float | None, lang: Lang, decimals: int = 1) -> str:
    """A difference of two fractions in percentage points, signed: 0.021 → “+2,1 điểm %”, “+2.1 pp”."""
    if difference is None or _absent(difference):
        return _MISSING
    rounded = round(100 * difference, decimals)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else "±"
    unit = "điểm %" if lang == "vi" else "pp"
    return f"{sign}{decimal(abs(rounded), lang, decimals)} {unit}"


def in_short(value: float | None, lang: Lang) -> str:
    """A large number in words: 1669074 → “1,67 triệu” (vi), “1.67 million” (en); smaller ones in full."""
    if value is None or _absent(value):
        return _MISSING
    size = abs(value)
    # From 999.5 million on the rounded number would read 1,000 million.
    for start, limit, vi, en in ((999.5e6, 1e9, "tỷ", "billion"), (1e6, 1e6, "triệu", "million")):
        if size >= start:
            amount = value / limit
            decimals = 2 if abs(amount) < 10 else 1 if abs(amount) < 100 else 0
            text = decimal(amount, lang, decimals)
            separator = "," if lang == "vi" else "."
            if separator in text:
                text = text.rstrip("0").rstrip(separator)
            return f"{text} {vi if lang == 'vi' else en}"
    return decimal(value, lang, 0 if float(value).is_integer() or size >= 100 else 1)


@functools.lru_cache(maxsize=KEPT)
def short_date(day: dt.date | None, lang: Lang) -> str:
    """05/12/2025 (vi), 5 Dec 2025 (en)."""
    if day is None:
        return _MISSING
    return format_date(day, "dd/MM/yyyy" if lang == "vi" else "d MMM y", locale=LOCALE[lang])


@functools.lru_cache(maxsize=KEPT)
def long_date(day: dt.date | None, lang: Lang) -> str:
    """ngày 5 tháng 12 năm 2025 (vi), 5 December 2025 (en)."""
    if day is None:
        return _MISSING
    return format_date(day, "'ngày' d 'tháng' M 'năm' y" if lang == "vi" else "d MMMM y", locale=LOCALE[lang])


@functools.lru_cache(maxsize=KEPT)
def month_or_day(day: dt.date, precision: str, lang: Lang) -> str:
    """A date to the precision that is known: day, month or year."""
    if precision == "year":
        return str(day.year)
    if precision == "month":
        return format_date(day, "'tháng' M/y" if lang == "vi" else "MMMM y", locale=LOCALE[lang])
    return short_date(day, lang)


def period_as_worded(label: str | None, start: dt.date | None, end: dt.date, lang: Lang) -> str:
    """A date as its source words it: a school year (“2025-2026”), a year, a month (“08/2024”); else the period."""
    label = label or ""
    vi = lang == "vi"
    if re.fullmatch(r"\d{4}-\d{4}", label) and int(label[5:]) == int(label[:4]) + 1:
        return f"{'năm học' if vi else 'school year'} {label.replace('-', '–')}"
    if re.fullmatch(r"\d{4}", label):
        return f"năm {label}" if vi else label
    if re.fullmatch(r"\d{2}/\d{4}", label):
        return month_or_day(end, "month", lang)
    return period_name(start, end, lang)


def period_code(start: dt.date | None, end: dt.date) -> str:
    """The code of a period from its first and last day: 2025, 2025-H1, 2025-Q3, 2025-07; else the last day."""
    if start is None:
        return end.isoformat()
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    whole = start.day == 1 and (end + dt.timedelta(days=1)).day == 1
    if whole and months == 12 and start.month == 1:
        return str(end.year)
    if whole and months == 6 and start.month in (1, 7):
        return f"{end.year}-H{1 if start.month == 1 else 2}"
    if whole and months == 3 and start.month % 3 == 1:
        return f"{end.year}-Q{end.month // 3}"
    if whole and months == 1:
        return f"{end.year}-{end.month:02d}"
    return end.isoformat()


@functools.lru_cache(maxsize=KEPT)
def period_name(start: dt.date | None, end: dt.date, lang: Lang) -> str:
    """A period in words: “quý III/2026”, “6 tháng đầu năm 2025”, “tháng 8/2024”; else the last day."""
    code = period_code(start, end)
    year, _, part = code.partition("-")
    vi = lang == "vi"
    if not part:
        return f"năm {year}" if vi else year
    if part.startswith("H"):
        words = ("6 tháng đầu năm", "6 tháng cuối năm") if vi else ("first half of", "second half of")
        return f"{words[int(part[1]) - 1]} {year}"
    if part.startswith("Q"):
        return f"quý {_ROMAN[int(part[1]) - 1]}/{year}" if vi else f"Q{part[1]} {year}"
    if len(part) == 2:
        return month_or_day(end, "month", lang)
    return short_date(end, lang)
