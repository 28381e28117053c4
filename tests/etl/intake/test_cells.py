"""How encodings, figures and days are read: tables of examples."""

from __future__ import annotations

import datetime as dt

import pytest

from etl.intake import Reference
from etl.intake.dates import order_of, period_of, periods_in, read_date, read_serial, read_stored_date
from etl.intake.encodings import converted, decode, from_tcvn3, from_vni
from etl.intake.numbers import Style, rate_readings, read_decimal, read_integer, read_stored_integer, style_of
from tests.etl.intake import legacy
from tests.etl.intake.damage import ENCODINGS

TEXT = "Kỳ báo cáo;Mã đơn vị;Phường Ba Đình;Công nhận;Dòng họ học tập;Đề nghị kiểm tra\n2026-Q3;00004;xã Ô Diên;1234;ừ;ỵ"


@pytest.mark.parametrize("encoding", sorted(ENCODINGS))
def test_each_encoding_is_found_and_read(reference: Reference, encoding: str) -> None:
    decoded = decode(ENCODINGS[encoding](TEXT), reference.vocabulary)
    assert decoded.encoding == encoding
    assert decoded.text is not None
    assert decoded.text.casefold() == TEXT.casefold()


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("Céng hßa x· héi chñ nghÜa ViÖt Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
        ("§éc lËp - Tù do - H¹nh phóc", "Độc lập - Tự do - Hạnh phúc"),
        ("Tr\u00adêng häc", "Trường học"),
    ],
)
def test_tcvn3_as_old_screens_show_it(shown: str, text: str) -> None:
    assert from_tcvn3(shown) == text


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("COÄNG HOØA XAÕ HOÄI CHUÛ NGHÓA VIEÄT NAM", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        ("Ñoäc laäp - Töï do - Haïnh phuùc", "Độc lập - Tự do - Hạnh phúc"),
        ("phöôøng, öùng, chæ, Myõ", "phường, ứng, chỉ, Mỹ"),
    ],
)
def test_vni_as_old_screens_show_it(shown: str, text: str) -> None:
    assert from_vni(shown) == text


def test_bytes_that_no_word_decides_are_refused_with_the_candidates(reference: Reference) -> None:
    decoded = decode("a;b\nxyz\u00b8;1".encode("latin-1"), reference.vocabulary)
    assert decoded.text is None
    assert "TCVN3 (ABC)" in decoded.candidates


def test_a_cell_in_a_legacy_font_becomes_unicode_and_unicode_stays() -> None:
    assert converted("Ph\u00adêng Ba §×nh", "TCVN3 (ABC)") == "Phường Ba Đình"
    assert converted("Phường Ba Đình", "TCVN3 (ABC)") == "Phường Ba Đình"


def test_legacy_encoders_of_these_tests_go_both_ways() -> None:
    assert from_tcvn3(legacy.tcvn3("đường phố").decode("latin-1")) == "đường phố"


DOTS, COMMAS = Style(frozenset("."), frozenset()), Style(frozenset(","), frozenset("."))


@pytest.mark.parametrize(
    ("text", "style", "value", "rule"),
    [
        ("1234", Style(), 1234, "plain"),
        ("007", Style(), 7, "plain"),
        ("１２３４", Style(), 1234, "plain"),
        ("1 234", Style(), 1234, "grouped_by_space"),
        ("1\u00a0234\u202f567", Style(), 1234567, "grouped_by_space"),
        ("1.234.567", Style(), 1234567, "grouped"),
        ("1,234,567", Style(), 1234567, "grouped"),
        ("1.234,00", Style(), 1234, "both_marks"),
        ("12,0", Style(), 12, "decimal_zero"),
        ("1.234", DOTS, 1234, "grouped_by_proof"),
        ("1,234", COMMAS, 1234, "grouped_by_proof"),
        ("-5", Style(), -5, "plain"),
        ("", Style(), None, "blank"),
        ("…", Style(), None, "missing_mark"),
        ("n/a", Style(), None, "missing_mark"),
    ],
)
def test_a_count_is_read(text: str, style: Style, value: int | None, rule: str) -> None:
    reading = read_integer(text, style)
    assert (reading.value, reading.rule, reading.refused) == (value, rule, False)


@pytest.mark.parametrize(
    ("text", "style", "rule", "candidates"),
    [
        ("1.234", Style(), "ambiguous_mark", ("1234", "1.234")),
        ("1,234", Style(), "ambiguous_mark", ("1234", "1.234")),
        ("1.000", Style(), "ambiguous_mark", ("1000", "1.000")),
        ("1.234", Style(frozenset("."), frozenset(".")), "ambiguous_mark", ("1234", "1.234")),
        ("1.234", COMMAS, "not_whole", ()),
        ("0,85", Style(), "not_whole", ()),
        ("12,5", Style(), "not_whole", ()),
        ("85%", Style(), "not_a_number", ()),
        ("12 hộ", Style(), "not_a_number", ()),
        ("12²", Style(), "not_a_number", ()),
        ("1. 234", Style(), "not_a_number", ()),
        ("(5)", Style(), "not_a_number", ()),
        ("1.2345.678", Style(), "not_a_number", ()),
        ("-", Style(), "zero_or_missing", ("0", "(trống)")),
        ("không", Style(), "zero_or_missing", ("0", "(trống)")),
    ],
)
def test_a_doubtful_count_is_refused(text: str, style: Style, rule: str, candidates: tuple[str, ...]) -> None:
    reading = read_integer(text, style)
    assert (reading.value, reading.rule, reading.refused, reading.candidates) == (
        None,
        rule,
        True,
        candidates,
    )


@pytest.mark.parametrize(
    ("texts", "dot", "comma"),
    [
        (["1.234"], None, None),
        (["12.345.678"], "grouping", "decimal"),
        (["1,234,567"], "decimal", "grouping"),
        (["1.234,5"], "grouping", "decimal"),
        (["72,5%"], "grouping", "decimal"),
        (["1.234.567", "1,234,567"], None, None),
    ],
)
def test_the_style_is_proven_by_form_alone(texts: list[str], dot: str | None, comma: str | None) -> None:
    style = style_of(texts)
    assert (style.role("."), style.role(",")) == (dot, comma)


@pytest.mark.parametrize(
    ("text", "value", "rule"),
    [
        ("21.0345", 21.0345, "decimal"),
        ("21,0345", 21.0345, "decimal"),
        ("21.034", 21.034, "only_reading"),
        ("21", 21.0, "plain"),
    ],
)
def test_the_range_decides_about_decimals(text: str, value: float, rule: str) -> None:
    reading = read_decimal(text, Style(), 20.5, 21.5)
    assert (reading.value, reading.rule) == (value, rule)


@pytest.mark.parametrize(
    ("text", "shares"),
    [("85%", (0.85,)), ("85", (0.85,)), ("0,85", (0.0085, 0.85)), ("1", (0.01, 1.0)), ("x", ())],
)
def test_a_rate_gives_all_its_readings(text: str, shares: tuple[float, ...]) -> None:
    assert rate_readings(text) == pytest.approx(shares)


def test_a_stored_fraction_makes_small_numbers_beside_it_doubtful() -> None:
    assert read_stored_integer(2.0, [2.0, 1500.0]).value == 2
    assert read_stored_integer(2.0, [2.0, 1.5]).candidates == ("2", "2000")
    assert read_stored_integer(1.5, [2.0, 1.5]).candidates == ("1500", "1.5")
    assert read_stored_integer(1200.0, [1200.0, 1.5]).value == 1200


SEPTEMBER = dt.date(2025, 9, 30)


@pytest.mark.parametrize(
    ("text", "order", "day", "rule"),
    [
        ("2025-09-30", None, SEPTEMBER, "iso"),
        ("2025/9/30", None, SEPTEMBER, "year_first"),
        ("30/9/2025", None, SEPTEMBER, "only_reading"),
        ("30.09.2025", None, SEPTEMBER, "only_reading"),
        ("9/30/2025", None, SEPTEMBER, "only_reading"),
        ("5/5/2025", None, dt.date(2025, 5, 5), "only_reading"),
        ("5/6/2025", "day_first", dt.date(2025, 6, 5), "by_proof"),
        ("5/6/2025", "month_first", dt.date(2025, 5, 6), "by_proof"),
        ("Ngày 30 tháng 9 năm 2025", None, SEPTEMBER, "in_words"),
        ("2025-09-30 00:00:00", None, SEPTEMBER, "iso"),
        ("45930", None, SEPTEMBER, "serial"),
    ],
)
def test_a_day_is_read(text: str, order: str | None, day: dt.date, rule: str) -> None:
    reading = read_date(text, order)
    assert (reading.value, reading.rule) == (day, rule)


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("5/6/2025", ("2025-06-05", "2025-05-06")),
        ("30/9/25", ("2025-09-30", "2030-09-25")),
        ("31/2/2025", ()),
        ("2025", ()),
        ("999999", ()),
        ("hôm qua", ()),
    ],
)
def test_a_doubtful_day_is_refused(text: str, candidates: tuple[str, ...]) -> None:
    reading = read_date(text)
    assert (reading.refused, reading.candidates) == (True, candidates)


def test_the_order_of_day_and_month_is_proven_by_other_dates() -> None:
    assert order_of(["5/6/2025", "30/9/2025"]) == "day_first"
    assert order_of(["9/30/2025"]) == "month_first"
    assert order_of(["30/9/2025", "9/30/2025"]) is None


def test_stored_days_are_doubtful_where_excel_put_months_first() -> None:
    assert read_stored_date(dt.date(2025, 5, 6), ["30/9/2025"]).candidates == ("2025-05-06", "2025-06-05")
    assert read_stored_date(dt.date(2025, 5, 6), []).value == dt.date(2025, 5, 6)
    assert read_stored_date(dt.date(2025, 5, 16), ["30/9/2025"]).value == dt.date(2025, 5, 16)
    assert read_serial(0.5).refused


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-Q3", "2026-Q3"), ("Quý III/2026", "2026-Q3"), ("quy 3 nam 2026", "2026-Q3"), ("QUÝ III NĂM 2026", "2026-Q3"),
        ("q3-2026", "2026-Q3"), ("6 tháng đầu năm 2025", "2025-H1"), ("2025", "2025"), ("7/2026", "2026-07"),
        ("9 tháng năm 2026", None), ("quý 5/2026", None), ("", None),
    ],
)  # fmt: skip
def test_a_period_is_read(text: str, code: str | None) -> None:
    period = period_of(text)
    assert (period and period.code) == code


def test_periods_in_the_lines_above_a_table() -> None:
    assert [p.code for p in periods_in("BÁO CÁO QUÝ III NĂM 2026 (Kèm theo Công văn ngày 5/10/2026)")] == [
        "2026-Q3"
    ]
    assert [p.code for p in periods_in("Kỳ báo cáo: 2025-H1")] == ["2025-H1"]
    assert periods_in("Năm 2026") == []
