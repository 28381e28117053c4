"""How a reporting period may be written, and which days it spans."""

from __future__ import annotations

import datetime as dt
import unicodedata
from pathlib import Path

import pytest

from etl.periods import FIRST_YEAR, LAST_YEAR, spellings
from i18n import period_code
from tests.etl.offices import MODELS_HEADER, desk, table

SPELLINGS = {
    "2026": ("2026-01-01", "2026-12-31"),
    "năm 2026": ("2026-01-01", "2026-12-31"),
    "2026-H1": ("2026-01-01", "2026-06-30"),
    "2026H2": ("2026-07-01", "2026-12-31"),
    "H2/2026": ("2026-07-01", "2026-12-31"),
    "6 tháng đầu năm 2026": ("2026-01-01", "2026-06-30"),
    "6 tháng cuối năm 2026": ("2026-07-01", "2026-12-31"),
    "2026-Q3": ("2026-07-01", "2026-09-30"),
    "q3 2026": ("2026-07-01", "2026-09-30"),
    "Quý III/2026": ("2026-07-01", "2026-09-30"),
    "QUÝ 3/2026": ("2026-07-01", "2026-09-30"),
    "quý iv năm 2026": ("2026-10-01", "2026-12-31"),
    unicodedata.normalize("NFD", "Quý III/2026"): ("2026-07-01", "2026-09-30"),
    "2026-07": ("2026-07-01", "2026-07-31"),
    "7/2026": ("2026-07-01", "2026-07-31"),
    "07/2026": ("2026-07-01", "2026-07-31"),
    "Tháng 7/2026": ("2026-07-01", "2026-07-31"),
    "2028-02": ("2028-02-01", "2028-02-29"),
}
REFUSED = [
    "2026-Q5",
    "2026-H3",
    "2026-00",
    "2026-13",
    "Q3",
    "26-Q3",
    "2026/Q3/1",
    "1999",
    "2050",
    "quý V/2026",
    "2026-9-30",
    "nay",
]


def test_every_way_of_writing_a_period_is_read_as_its_days(tmp_path: Path) -> None:
    rows = [f"{period},00004,,family,10,,," for period in (*SPELLINGS, *REFUSED)]
    with desk(tmp_path) as officer:
        officer.take("a.csv", table(MODELS_HEADER, *rows))
        kept = officer.kept("learning_models", "line, CAST(period_start AS VARCHAR), CAST(period AS VARCHAR)")
        refused = [(r.line, r.value) for r in officer.rejects() if r.rule == "type_period"]
    assert kept == [(line, *days) for line, days in enumerate(SPELLINGS.values(), start=2)]
    assert refused == list(enumerate(REFUSED, start=2 + len(SPELLINGS)))


def test_no_spelling_means_two_periods_and_each_spans_whole_months() -> None:
    seen: dict[str, str] = {}
    for spelling, period in spellings():
        assert seen.setdefault(spelling, period.code) == period.code
        assert spelling == spelling.lower()
        assert period.start.day == 1
        assert (period.end + dt.timedelta(days=1)).day == 1
    assert len(set(seen.values())) == (LAST_YEAR - FIRST_YEAR + 1) * (1 + 2 + 4 + 12)


@pytest.mark.parametrize("year", [FIRST_YEAR, 2024, 2025, LAST_YEAR])
def test_the_screens_name_a_period_as_offices_write_it(year: int) -> None:
    for _, period in spellings():
        if period.start.year == year:
            assert period_code(period.start, period.end) == period.code
