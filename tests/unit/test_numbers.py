"""Numbers, dates and periods as a Vietnamese and an English reader write them."""

from __future__ import annotations

import datetime as dt

import pytest
from babel.numbers import format_decimal
from hypothesis import given, settings
from hypothesis import strategies as st

import i18n
from etl import periods
from i18n import LANGUAGES, numbers

NAN = float("nan")
PERIODS = st.sampled_from(sorted({p for _, p in periods.spellings()}, key=lambda p: p.code))
# Babel reads a language when it is first used, which takes its time.
unhurried = settings(deadline=None)
LANGS = st.sampled_from(LANGUAGES)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("value", "decimals", "vi", "en"),
    [
        (0, 0, "0", "0"),
        (-0.3, 0, "0", "0"),
        (-0.004, 2, "0,00", "0.00"),
        (999, 0, "999", "999"),
        (1669074, 0, "1.669.074", "1,669,074"),
        (-1234.5, 1, "-1.234,5", "-1,234.5"),
        (0.5, 2, "0,50", "0.50"),
        (None, 0, "–", "–"),
        (NAN, 2, "–", "–"),
    ],
)
def test_numbers_have_the_readers_separators(value, decimals, vi, en):
    assert i18n.decimal(value, "vi", decimals) == vi
    assert i18n.decimal(value, "en", decimals) == en


@given(st.integers(-(10**15), 10**15), LANGS)
@unhurried
def test_a_number_reads_back_once_its_separators_are_gone(value, lang):
    assert int(i18n.decimal(value, lang).replace("." if lang == "vi" else ",", "")) == value


@given(
    st.floats(-(10.0**20), 10.0**20) | st.integers(-(10**20), 10**20) | st.integers(-(10**8), 10**8).map(lambda n: n / 200),
    st.integers(0, 4),
    LANGS,
)  # fmt: skip
@unhurried
def test_a_number_is_written_as_babel_writes_it(value, decimals, lang):
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    written = format_decimal(value, pattern, locale=numbers.LOCALE[lang])
    if not any(digit in written for digit in "123456789"):
        written = written.removeprefix("-")
    assert i18n.decimal(value, lang, decimals) == written


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_beyond_all_numbers_has_its_sign(lang):
    assert [i18n.decimal(v, lang, 1) for v in (float("inf"), float("-inf"))] == ["∞", "-∞"]


@given(st.decimals(-(10**9), 10**9, places=2), LANGS)
@unhurried
def test_a_number_with_two_decimals_reads_back(value, lang):
    text = i18n.decimal(float(value), lang, 2)
    thousands, point = (".", ",") if lang == "vi" else (",", ".")
    assert float(text.replace(thousands, "").replace(point, ".")) == float(value)


@pytest.mark.parametrize(
    ("fraction", "decimals", "vi", "en"),
    [
        (0.721, 1, "72,1%", "72.1%"),
        (0.7, 0, "70%", "70%"),
        (0, 1, "0,0%", "0.0%"),
        (1, 1, "100,0%", "100.0%"),
        (-0.0004, 1, "0,0%", "0.0%"),
        (None, 1, "–", "–"),
        (NAN, 1, "–", "–"),
    ],
)
def test_rates_are_percents(fraction, decimals, vi, en):
    assert i18n.percent(fraction, "vi", decimals) == vi
    assert i18n.percent(fraction, "en", decimals) == en


@pytest.mark.parametrize(
    ("fraction", "vi", "en"),
    [
        (0.68, "68%", "68%"),
        (0.721, "72,1%", "72.1%"),
        (0.7125, "71,25%", "71.25%"),
        (0.29, "29%", "29%"),
        (0.57, "57%", "57%"),
        (2 / 3, "66,67%", "66.67%"),
        (1.0, "100%", "100%"),
        (None, "–", "–"),
        (NAN, "–", "–"),
    ],
)
def test_a_published_rate_keeps_the_digits_of_its_source(fraction, vi, en):
    assert i18n.percent_as_given(fraction, "vi") == vi
    assert i18n.percent_as_given(fraction, "en") == en


@given(st.integers(0, 10_000), LANGS)
@unhurried
def test_a_published_rate_loses_no_digit_up_to_two(hundredths, lang):
    text = i18n.percent_as_given(hundredths / 10_000, lang)
    assert round(float(text.rstrip("%").replace(",", ".")) * 100) == hundredths
    assert not text.rstrip("%").endswith((",0", ".0", ",00", ".00"))


@pytest.mark.parametrize(
    ("difference", "vi", "en"),
    [
        (0.021, "+2,1 điểm %", "+2.1 pp"),
        (-0.079, "−7,9 điểm %", "−7.9 pp"),
        (0.0, "±0,0 điểm %", "±0.0 pp"),
        (0.0004, "±0,0 điểm %", "±0.0 pp"),
        (-0.0004, "±0,0 điểm %", "±0.0 pp"),
        (None, "–", "–"),
        (NAN, "–", "–"),
    ],
)
def test_differences_of_rates_are_signed_points(difference, vi, en):
    assert i18n.points(difference, "vi") == vi
    assert i18n.points(difference, "en") == en


@given(st.floats(-1, 1), LANGS)
@unhurried
def test_a_gain_never_reads_as_a_loss(difference, lang):
    text = i18n.points(difference, lang)
    if text[0] == "+":
        assert difference > 0
    if text[0] == "−":
        assert difference < 0
    assert text[0] in "+−±"


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (1669074, "1,67 triệu", "1.67 million"),
        (1420000, "1,42 triệu", "1.42 million"),
        (2_000_000, "2 triệu", "2 million"),
        (-2_000_000, "-2 triệu", "-2 million"),
        (12_340_000, "12,3 triệu", "12.3 million"),
        (234_500_000, "234 triệu", "234 million"),
        (1_000_000_000, "1 tỷ", "1 billion"),
        (999_999, "999.999", "999,999"),
        (8579, "8.579", "8,579"),
        (12.5, "12,5", "12.5"),
        (0, "0", "0"),
        (None, "–", "–"),
        (NAN, "–", "–"),
    ],
)
def test_large_numbers_are_given_in_words(value, vi, en):
    assert i18n.in_short(value, "vi") == vi
    assert i18n.in_short(value, "en") == en


@given(st.integers(-999_999, 999_999), LANGS)
@unhurried
def test_below_a_million_nothing_is_shortened(value, lang):
    assert i18n.in_short(value, lang) == i18n.decimal(value, lang)


@pytest.mark.parametrize(
    ("when", "short_vi", "short_en", "long_vi", "long_en"),
    [
        ("2025-12-05", "05/12/2025", "5 Dec 2025", "ngày 5 tháng 12 năm 2025", "5 December 2025"),
        ("2025-07-01", "01/07/2025", "1 Jul 2025", "ngày 1 tháng 7 năm 2025", "1 July 2025"),
        ("2024-02-29", "29/02/2024", "29 Feb 2024", "ngày 29 tháng 2 năm 2024", "29 February 2024"),
        (None, "–", "–", "–", "–"),
    ],
)
def test_dates(when, short_vi, short_en, long_vi, long_en):
    date = day(when) if when else None
    assert (i18n.short_date(date, "vi"), i18n.short_date(date, "en")) == (short_vi, short_en)
    assert (i18n.long_date(date, "vi"), i18n.long_date(date, "en")) == (long_vi, long_en)


@pytest.mark.parametrize(
    ("precision", "vi", "en"),
    [
        ("day", "30/08/2024", "30 Aug 2024"),
        ("month", "tháng 8/2024", "August 2024"),
        ("year", "2024", "2024"),
    ],
)
def test_a_date_says_no_more_than_is_known(precision, vi, en):
    assert i18n.month_or_day(day("2024-08-30"), precision, "vi") == vi
    assert i18n.month_or_day(day("2024-08-30"), precision, "en") == en


PERIOD_WORDS = [
    ("2025-01-01", "2025-12-31", "2025", "năm 2025", "2025"),
    ("2025-01-01", "2025-06-30", "2025-H1", "6 tháng đầu năm 2025", "first half of 2025"),
    ("2025-07-01", "2025-12-31", "2025-H2", "6 tháng cuối năm 2025", "second half of 2025"),
    ("2026-07-01", "2026-09-30", "2026-Q3", "quý III/2026", "Q3 2026"),
    ("2026-10-01", "2026-12-31", "2026-Q4", "quý IV/2026", "Q4 2026"),
    ("2024-02-01", "2024-02-29", "2024-02", "tháng 2/2024", "February 2024"),
    ("2024-08-01", "2024-08-31", "2024-08", "tháng 8/2024", "August 2024"),
    (None, "2024-08-17", "2024-08-17", "17/08/2024", "17 Aug 2024"),
    ("2024-02-01", "2024-04-30", "2024-04-30", "30/04/2024", "30 Apr 2024"),
    ("2024-07-01", "2025-06-30", "2025-06-30", "30/06/2025", "30 Jun 2025"),
    ("2024-01-02", "2024-12-31", "2024-12-31", "31/12/2024", "31 Dec 2024"),
    ("2023-01-01", "2024-12-31", "2024-12-31", "31/12/2024", "31 Dec 2024"),
]


@pytest.mark.parametrize(("start", "end", "code", "vi", "en"), PERIOD_WORDS)
def test_a_period_has_a_code_and_a_name_and_odd_spans_are_named_by_their_last_day(start, end, code, vi, en):
    span = (day(start) if start else None, day(end))
    assert i18n.period_code(*span) == code
    assert i18n.period_name(*span, "vi") == vi
    assert i18n.period_name(*span, "en") == en


@given(PERIODS)
@unhurried
def test_the_screen_calls_a_period_as_the_files_do(period):
    assert i18n.period_code(period.start, period.end) == period.code


@given(PERIODS, PERIODS, LANGS)
@unhurried
def test_two_periods_never_share_a_name(one, other, lang):
    names = {i18n.period_name(p.start, p.end, lang) for p in (one, other)}
    assert len(names) == len({one.code, other.code})


@pytest.mark.parametrize(
    ("label", "start", "end", "vi", "en"),
    [
        ("2025-2026", None, "2025-09-30", "năm học 2025–2026", "school year 2025–2026"),
        ("2014", None, "2014-12-31", "năm 2014", "2014"),
        ("08/2024", None, "2024-08-17", "tháng 8/2024", "August 2024"),
        ("17/8/2024", None, "2024-08-17", "17/08/2024", "17 Aug 2024"),
        ("2014-2020", None, "2020-12-31", "31/12/2020", "31 Dec 2020"),
        (None, "2026-07-01", "2026-09-30", "quý III/2026", "Q3 2026"),
        ("", None, "2024-08-17", "17/08/2024", "17 Aug 2024"),
    ],
)
def test_a_date_is_told_as_its_source_words_it(label, start, end, vi, en):
    span = (day(start) if start else None, day(end))
    assert i18n.period_as_worded(label, *span, "vi") == vi
    assert i18n.period_as_worded(label, *span, "en") == en
