"""Days and reporting periods as they are written.

| written | read as |
|---|---|
| ``2025-09-30``, ``2025/9/30``, ``ngày 30 tháng 9 năm 2025`` | 30 September 2025 (iso, year_first, in_words) |
| ``30/9/2025``, ``30-09-2025``, ``30.9.2025`` | 30 September 2025: there is no 30th month (only_reading); proves day first |
| ``9/30/2025`` | 30 September 2025 (only_reading); proves month first |
| ``5/5/2025`` | 5 May 2025 (only_reading) |
| ``5/6/2025`` | by proof of the column, or else of the file (by_proof); refused otherwise, with both |
| ``30/9/25`` | refused: two digits for a year |
| a day stored by Excel | itself (stored_date); refused where text beside it shows that Excel had put months first |
| ``45930`` | the day with that number in Excel, from 2000 to 2049 (serial); not in workbooks that count from 1904 |
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterable

from etl.intake.folding import clean, fold
from etl.intake.numbers import Reading
from etl.periods import FIRST_YEAR, LAST_YEAR, Period, spellings

_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_SHORT_YEAR = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{2})")
_WORDS = re.compile(r"(?:ngay )?(\d{1,2}) thang (\d{1,2}) nam (\d{4})")
_MIDNIGHT = re.compile(r"[ t]0{1,2}:00(:00(\.0+)?)?$")
_EPOCH = dt.date(1899, 12, 30)
DAY_FIRST, MONTH_FIRST = "day_first", "month_first"


def _day(year: str | int, month: str | int, day: str | int) -> dt.date | None:
    try:
        found = dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def order_of(texts: Iterable[str]) -> str | None:
    """Which of day and month comes first, as dates prove that can be read one way only; None where they differ."""
    proven = set()
    for text in texts:
        found = _YEAR_LAST.fullmatch(_bare(text))
        if found:
            first, second, year = found.groups()
            as_day, as_month = _day(year, second, first), _day(year, first, second)
            if as_day and not as_month:
                proven.add(DAY_FIRST)
            elif as_month and not as_day:
                proven.add(MONTH_FIRST)
    return proven.pop() if len(proven) == 1 else None


def _bare(text: str) -> str:
    return _MIDNIGHT.sub("", clean(text).casefold().removeprefix("'"))


def read_date(text: str, order: str | None = None, *, serials: bool = True) -> Reading:
    """A day. ``order`` is what ``order_of`` proved; ``serials``: whether Excel's numbers of days may be met."""
    bare = _bare(text)
    if not bare:
        return Reading(None, "blank")
    if found := _YEAR_FIRST.fullmatch(bare):
        return _one(_day(*found.groups()), "iso" if "-" in bare else "year_first")
    if found := _WORDS.fullmatch(fold(bare)):
        day, month, year = found.groups()
        return _one(_day(year, month, day), "in_words")
    if found := _YEAR_LAST.fullmatch(bare):
        first, second, year = found.groups()
        return _year_last(first, second, year, order)
    if found := _SHORT_YEAR.fullmatch(bare):
        a, b, c = found.groups()
        days = (_day(f"20{c}", b, a), _day(f"20{c}", a, b), _day(f"20{a}", b, c))
        return Reading(None, "short_year", True, _named(days))
    if serials and re.fullmatch(r"\d{5}(\.0+)?", bare):
        return read_serial(float(bare))
    return Reading(None, "not_a_date", True)


def _one(day: dt.date | None, rule: str) -> Reading:
    return Reading(day, rule) if day else Reading(None, "not_a_date", True)


def _named(days: Iterable[dt.date | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(day.isoformat() for day in days if day))


def _year_last(first: str, second: str, year: str, order: str | None) -> Reading:
    readings = {DAY_FIRST: _day(year, second, first), MONTH_FIRST: _day(year, first, second)}
    left = {day for day in readings.values() if day}
    if len(left) < 2:
        return _one(left.pop() if left else None, "only_reading")
    if order:
        return Reading(readings[order], "by_proof")
    return Reading(None, "ambiguous_order", True, _named(readings.values()))


def read_serial(number: float) -> Reading:
    """The day with a number of Excel (1 January 1900 is 1)."""
    if number != int(number):
        return Reading(None, "not_a_date", True)
    day = _EPOCH + dt.timedelta(days=int(number)) if 0 < number < 100_000 else None
    return _one(day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None, "serial")


def read_stored_date(day: dt.date, texts: Iterable[str]) -> Reading:
    """A day that a workbook stores; ``texts`` are the dates of its column left as text.

    An Excel that puts months first turns 5/6 into 6 May and leaves 30/9 as text: then stored days up to the 12th may be
    turned round.
    """
    if day.day <= 12 and day.day != day.month and order_of(texts) == DAY_FIRST:
        turned = _day(day.year, day.day, day.month)
        return Reading(None, "ambiguous_order", True, _named((day, turned)))
    return Reading(day, "stored_date")


_FORMS = re.compile(r"(?:quy|q) ?(iv|iii|ii|i|[1-4]) ?(?:/|-| nam |,? )? ?(\d{4})")


@functools.cache
def _periods() -> dict[str, Period]:
    return {fold(written): period for written, period in spellings()}


def period_of(text: str) -> Period | None:
    """The reporting period that a text writes, with or without diacritics; None where it writes none."""
    bare = fold(text).removeprefix("'")
    if bare in _periods():
        return _periods()[bare]
    found = _FORMS.fullmatch(bare)
    if found:
        roman = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
        quarter = roman.get(found.group(1), found.group(1))
        return _periods().get(f"{found.group(2)}-q{quarter}")
    return None


_IN_HEADING = re.compile(
    r"(?:quy|q) ?(?:iv|iii|ii|i|[1-4]) ?(?:/|-| nam |,? )? ?\d{4}"
    r"|6 thang (?:dau|cuoi) nam \d{4}|ky(?: bao cao)? ?: ?[0-9qh/-]+"
)


def periods_in(text: str) -> list[Period]:
    """Every period that a line above a table names: a quarter, a half-year, or what follows “Kỳ báo cáo:”."""
    found = []
    for piece in _IN_HEADING.findall(fold(text)):
        period = period_of(piece.split(":")[-1])
        if period:
            found.append(period)
    return found
