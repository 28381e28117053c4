"""Which unit is meant: one example for each step of the ladder and for each way to fall off it."""

from __future__ import annotations

import datetime as dt

import pytest

from etl.intake import Reference
from etl.intake.units import resolve

NOW, THEN = dt.date(2026, 9, 30), dt.date(2025, 6, 30)


@pytest.mark.parametrize(
    ("code", "name", "day", "key", "step"),
    [
        ("00004", "Phường Ba Đình", NOW, "00004@2025-07-01", "code_and_name"),
        ("00004", "ba đình", NOW, "00004@2025-07-01", "code_and_name"),
        ("00004", "P. Ba Dinh", NOW, "00004@2025-07-01", "code_and_name"),
        ("00004", "UBND phường Ba Đình", NOW, "00004@2025-07-01", "code_and_name"),
        ("00004", "Phường Trúc Bạch", THEN, "00004@legacy", "code_and_name"),
        ("00004", "", NOW, "00004@2025-07-01", "code"),
        ("001", "Quận Ba Đình", THEN, "001@legacy", "code_and_name"),
        ("4", "Phường Ba Đình", NOW, "00004@2025-07-01", "code_padded"),
        ("1", "Quận Ba Đình", THEN, "001@legacy", "code_padded"),
        ("00004", "Phường Ba Địnhh", NOW, "00004@2025-07-01", "code_and_misspelt_name"),
        ("00008", "Phường Vĩnh Phúc", NOW, "00008@2025-07-01", "code_and_former_name"),
        ("", "Phường Ba Đình", NOW, "00004@2025-07-01", "name"),
        ("", "Ba Đình", NOW, "00004@2025-07-01", "name"),
        ("", "phuong ba dinh", NOW, "00004@2025-07-01", "name_folded"),
        ("", "P.Ba Đình", NOW, "00004@2025-07-01", "name_folded"),
        ("", "Phường Yên Hoà", NOW, "00175@2025-07-01", "name_folded"),
    ],
)
def test_a_unit_is_taken(
    reference: Reference, code: str, name: str, day: dt.date, key: str, step: str
) -> None:
    found = resolve(code, name, day, reference)
    assert found.unit is not None, found
    assert (found.unit.key, found.step) == (key, step)


@pytest.mark.parametrize(
    ("code", "name", "day", "why", "candidate"),
    [
        ("", "", NOW, "required", None),
        ("99999", "", NOW, "unit_exists", None),
        ("001", "Quận Ba Đình", NOW, "unit_in_force", None),
        ("00004", "Phường Trúc Bạch", NOW, "unit_name_matches", "Phường Ba Đình (00004)"),
        ("00004", "Phường Ba Đình", THEN, "unit_name_matches", "Phường Trúc Bạch (00004)"),
        ("00008", "Phường Ba Đình", NOW, "unit_name_matches", "Phường Ngọc Hà (00008)"),
        ("", "Phường Trúc Bạch", NOW, "unit_former", "Phường Ba Đình (00004)"),
        ("", "Ba Địn", NOW, "unit_unknown", "Phường Ba Đình (00004)"),
        ("", "X. Ba Đình", NOW, "unit_unknown", None),
        ("", "Phường Minh Khai", THEN, "unit_ambiguous", "Phường Minh Khai (00295)"),
        ("", "Sài Gòn", NOW, "unit_unknown", None),
    ],
)
def test_a_doubtful_unit_is_refused(
    reference: Reference, code: str, name: str, day: dt.date, why: str, candidate: str | None
) -> None:
    found = resolve(code, name, day, reference)
    assert found.unit is None
    assert found.code == why
    if candidate:
        assert candidate in found.candidates


def test_a_misspelt_name_is_taken_where_the_heading_names_the_unit(reference: Reference) -> None:
    found = resolve("", "Phường Ba Địn", NOW, reference, in_headings=["00004@2025-07-01"])
    assert found.unit is not None and found.step == "name_in_heading"


def test_a_reused_code_alone_is_refused_in_a_file_that_uses_the_old_list(reference: Reference) -> None:
    found = resolve("00004", "", NOW, reference, old_list=True)
    assert found.code == "unit_code_list"
    assert set(found.candidates) == {"Phường Ba Đình (00004)", "Phường Trúc Bạch (00004)"}


def test_every_unit_in_force_is_found_by_its_code_and_by_its_full_name(reference: Reference) -> None:
    for unit in reference.units:
        if unit.level == "ward" and unit.in_force(NOW):
            for code, name in (
                (unit.code, unit.name),
                ("", unit.name),
                (unit.code.lstrip("0"), unit.short_name),
            ):
                assert resolve(code, name, NOW, reference).unit == unit
