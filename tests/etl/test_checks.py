"""What is accepted in a row and what is refused, rule by rule, as offices write it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.contracts import load_contracts
from tests.etl.offices import MODELS_HEADER, PARTICIPATION_HEADER, SCHOOLS_HEADER, Desk, Reject, desk, table

MODEL_FIELDS = MODELS_HEADER.split(",")
GOOD_MODEL = "2026-Q3,00004,,family,1000,800,700,"
GOOD_PARTICIPATION = "2026-Q3,00004,,clc.learners,12,,"
GOOD_SCHOOL = "2026-09-30,T1,Trường A,primary,public,00004,10,300,20,true,,21.03,105.83"


def changed(row: str, header: str, **cells: str) -> str:
    """The row with some of its cells replaced."""
    names = header.split(",")
    values = dict(zip(names, row.split(","), strict=True)) | cells
    return ",".join(values[name] for name in names)


def model(**cells: str) -> str:
    return changed(GOOD_MODEL, MODELS_HEADER, **cells)


def participation(**cells: str) -> str:
    return changed(GOOD_PARTICIPATION, PARTICIPATION_HEADER, **cells)


def school(**cells: str) -> str:
    return changed(GOOD_SCHOOL, SCHOOLS_HEADER, **cells)


# One row a line: what it shows, the row, and the (column, rule) that it is refused for; None where it is kept.
ROWS: dict[str, list[tuple[str, str, tuple[str, str] | None]]] = {
    MODELS_HEADER: [
        ("a plain row", model(), None),
        ("no period", model(period=""), ("period", "required")),
        ("no unit code", model(unit_code=""), ("unit_code", "required")),
        ("no model", model(model=" "), ("model", "required")),
        ("thousands with a point", model(total="1.234"), ("total", "type_integer")),
        ("thousands with a comma", model(total='"1,234"'), ("total", "type_integer")),
        ("thousands with a space", model(total="1 234"), ("total", "type_integer")),
        ("half a family", model(total="12.5"), ("total", "type_integer")),
        ("a unit after the number", model(total="1000 hộ"), ("total", "type_integer")),
        ("a number in letters", model(total="nghìn"), ("total", "type_integer")),
        ("an exponent", model(total="1e3"), ("total", "type_integer")),
        ("digits of another script", model(total="１０００"), ("total", "type_integer")),
        ("more than a computer counts", model(total="9" * 20), ("total", "type_integer")),
        ("a formula", model(total="=1+1"), ("total", "type_integer")),
        ("a plus sign", model(total="+1000"), None),
        ("leading zeros", model(total="0001000"), None),
        ("fewer than none", model(registered="-1", recognised=""), ("registered", "minimum")),
        ("none at all", model(total="0", registered="0", recognised="0"), None),
        ("no figure", model(total="", registered="", recognised=""), ("total", "has_a_figure")),
        ("one figure is enough", model(total="", registered=""), None),
        ("more registered than there are", model(registered="1001"), ("registered", "registered_within_total")),
        ("more recognised than registered", model(recognised="801"), ("recognised", "recognised_within_registered")),
        ("more recognised than there are", model(registered="", recognised="1001"), ("recognised", "recognised_within_total")),
        ("all recognised", model(registered="1000", recognised="1000"), None),
        ("a model in Vietnamese", model(model="Gia đình học tập"), None),
        ("a model in small letters", model(model="dòng họ học tập"), None),
        ("a model in English", model(model="Learning community (hamlet or residential group)"), None),
        ("a model in other words", model(model="xã học tập"), None),
        ("a model unheard of", model(model="Làng học tập"), ("model", "allowed")),
        ("learning district on its last day", model(model="district", period="2025-H1", unit_code="001"), None),
        ("learning district afterwards", model(model="Huyện học tập"), ("model", "district_model_ended")),
        ("a code that never was", model(unit_code="99999"), ("unit_code", "unit_exists")),
        ("a code without its zeros", model(unit_code="4"), ("unit_code", "unit_exists")),
        ("a district before the reform", model(unit_code="001", period="2025-H1"), None),
        ("a district after the reform", model(unit_code="001"), ("unit_code", "unit_in_force")),
        ("an old ward after the reform", model(unit_code="00001"), ("unit_code", "unit_in_force")),
        ("a ward of January 2025 in its half-year", model(unit_code="00181", period="2025-H1"), None),
        ("today's name with today's code", model(unit_name="Phường Ba Đình"), None),
        ("the name without its kind", model(unit_name="Ba Đình"), None),
        ("the name in capitals", model(unit_name="PHƯỜNG BA ĐÌNH"), None),
        ("the old name with a reused code", model(unit_name="Phường Trúc Bạch"), ("unit_name", "unit_name_matches")),
        ("the old name at its time", model(unit_name="Phường Trúc Bạch", period="2025-H1"), None),
        ("the new name too early", model(unit_name="Phường Ba Đình", period="2025-H1"), ("unit_name", "unit_name_matches")),
        ("a name without accents", model(unit_name="Phuong Ba Dinh"), ("unit_name", "unit_name_matches")),
        ("a month that is none", model(period="2026-13"), ("period", "type_period")),
        ("a day instead of a period", model(period="30/09/2026"), ("period", "type_period")),
        ("a fifth quarter", model(period="2026-Q5"), ("period", "type_period")),
        ("a note with a quote and a comma", model(note='"gồm ""khu A"", B"'), None),
    ],
    PARTICIPATION_HEADER: [
        ("a count", participation(), None),
        ("a rate", participation(indicator="digital.skills", denominator="20"), None),
        ("a rate of nobody", participation(indicator="digital.skills", numerator="0", denominator="0"), None),
        ("a rate without its whole", participation(indicator="digital.skills"), ("denominator", "rate_needs_denominator")),
        ("more than the whole", participation(indicator="digital.skills", denominator="11"), ("numerator", "numerator_within_denominator")),
        ("no number", participation(numerator=""), ("numerator", "required")),
        ("an indicator unheard of", participation(indicator="clc.nothing"), ("indicator", "reference")),
        ("no indicator", participation(indicator=""), ("indicator", "required")),
    ],
    SCHOOLS_HEADER: [
        ("a school", school(), None),
        ("a day of the calendar written our way", school(as_of="30/09/2026"), ("as_of", "type_date")),
        ("a day that is none", school(as_of="2026-02-30"), ("as_of", "type_date")),
        ("a day with one digit", school(as_of="2026-9-30"), ("as_of", "type_date")),
        ("an old code at an old day", school(as_of="2024-09-30", unit_code="00001"), None),
        ("an old code today", school(unit_code="00001"), ("unit_code", "unit_in_force")),
        ("yes in Vietnamese", school(national_standard="Có", happy_school="chưa đạt"), None),
        ("a cross", school(national_standard="x"), None),
        ("a word between", school(national_standard="đang xét"), ("national_standard", "type_boolean")),
        ("a level in Vietnamese", school(level="Trung học cơ sở"), None),
        ("a level by its letters", school(level="THPT"), None),
        ("a level unheard of", school(level="mẫu giáo lớn"), ("level", "allowed")),
        ("private in Vietnamese", school(ownership="Tư thục"), None),
        ("a latitude outside of the city", school(lat="10.77"), ("lat", "maximum_or_minimum")),
        ("a longitude with a comma", school(lon='"105,83"'), ("lon", "type_number")),
        ("no place on the map", school(lat="", lon=""), None),
    ],
}  # fmt: skip
EXAMPLES = [(h, n, what, wanted) for h, rows in ROWS.items() for n, (what, _, wanted) in enumerate(rows)]


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], list[Reject]]:
    """For each example the reasons for which it was refused."""
    found: dict[tuple[str, int], list[Reject]] = {}
    with desk(tmp_path_factory.mktemp("desk")) as officer:
        for header, rows in ROWS.items():
            name = f"{header.split(',')[1]}-{len(rows)}.csv"
            count = officer.take(name, table(header, *(row for _, row, _ in rows)))
            found |= {(header, n): [] for n in range(len(rows))}
            for reject in officer.rejects():
                if reject.file == name:
                    found[header, reject.line - 2].append(reject)
            assert count.rows_in == len(rows)
            assert count.rejected == sum(1 for (h, _), reasons in found.items() if h == header and reasons)
    return found


@pytest.mark.parametrize(
    ("header", "number", "wanted"), [(h, n, w) for h, n, _, w in EXAMPLES], ids=[e[2] for e in EXAMPLES]
)
def test_row(
    verdicts: dict[tuple[str, int], list[Reject]], header: str, number: int, wanted: tuple[str, str] | None
) -> None:
    reasons = verdicts[header, number]
    if wanted is None:
        assert reasons == []
        return
    column, rule = wanted
    rules = {"minimum", "maximum"} if rule == "maximum_or_minimum" else {rule}
    assert [r for r in reasons if r.column == column and r.rule in rules], reasons
    for reason in reasons:
        assert reason.vi.endswith(".")
        assert reason.en.endswith(".")
        assert reason.vi != reason.en


WORDINGS = [
    (model(total="1.234"), "Viết liền các chữ số", "Write digits only", "1.234"),
    (model(total=""), None, None, None),
    (model(model=""), "Thiếu “Mô hình”.", "“Model” is missing.", None),
    (model(model="Làng"), "“Mô hình” không thuộc các giá trị được nhận: citizen_resident", "is not one of: citizen_resident", "Làng"),
    (model(period="30/09/2026"), "Viết 2025, 2025-H1, 2025-Q3 hoặc 2025-07.", "Write 2025, 2025-H1, 2025-Q3 or 2025-07.", "30/09/2026"),
    (model(unit_code="00001"), "Cấp huyện và các xã, phường cũ kết thúc ngày 30/6/2025.", "ended on 30 June 2025.", "unit_code = 00001; period = 2026-Q3"),
    (model(unit_name="Trúc Bạch"), "mã này là Phường Ba Đình.", "the code is that of Phường Ba Đình.", "unit_name = Trúc Bạch; unit_code = 00004"),
    (model(registered="2000"), "Số đăng ký lớn hơn tổng số.", "More registered than there are in total.", "registered = 2000; total = 1000"),
    (model(registered="-1", recognised=""), "“Đăng ký” nhỏ hơn 0.", "“Registered” is below 0.", "-1"),
]  # fmt: skip


def test_a_reason_says_in_both_languages_what_is_wrong_and_shows_the_value(tmp_path: Path) -> None:
    with desk(tmp_path) as officer:
        officer.take("a.csv", table(MODELS_HEADER, *(row for row, *_ in WORDINGS)))
        rejects = officer.rejects()
    for line, (_, vi, en, value) in enumerate(WORDINGS, start=2):
        reasons = [r for r in rejects if r.line == line]
        if vi is None or en is None:
            assert reasons == []
        else:
            assert [(r.file, r.value) for r in reasons if vi in r.vi and en in r.en] == [("a.csv", value)], (
                reasons
            )


def test_a_row_with_several_faults_tells_them_all_and_counts_once(tmp_path: Path) -> None:
    with desk(tmp_path) as officer:
        count = officer.take(
            "a.csv", table(MODELS_HEADER, model(total="x", registered="y", unit_code="99999"))
        )
        assert {(r.column, r.rule) for r in officer.rejects()} == {
            ("total", "type_integer"),
            ("registered", "type_integer"),
            ("unit_code", "unit_exists"),
        }
        assert (count.rows_in, count.rejected) == (1, 1)


@pytest.fixture
def officer(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as it:
        yield it


def accounts(officer: Desk) -> dict[str, tuple[int, int, int, int]]:
    """By file: rows in, kept, rejected, duplicate; reference tables left out."""
    return {
        c.file.name: (c.rows_in, c.kept, c.rejected, c.duplicate)
        for c in officer.checker.counts
        if c.file.status == "reported"
    }


def test_a_row_sent_twice_is_kept_once_and_counted(officer: Desk) -> None:
    officer.take("a.csv", table(MODELS_HEADER, model(), model(model="clan"), model()))
    officer.take("b.csv", table(MODELS_HEADER, model(model="Gia đình học tập", total=" 1000")))
    officer.checker.settle()
    assert accounts(officer) == {"a.csv": (3, 2, 0, 1), "b.csv": (1, 0, 0, 1)}
    assert officer.kept("learning_models", "line, model") == [(2, "family"), (3, "clan")]
    assert officer.rejects() == []


def test_two_rows_that_contradict_each_other_are_both_refused_and_each_names_the_other(officer: Desk) -> None:
    officer.take("a.csv", table(MODELS_HEADER, model(), model(model="clan"), model(recognised="600")))
    officer.checker.settle()
    assert accounts(officer) == {"a.csv": (3, 1, 2, 0)}
    for reject in officer.rejects():
        assert (reject.rule, reject.value) == ("key_conflict", "2026-09-30 | 00004 | family")
        assert "a.csv:2, a.csv:4." in reject.vi
        assert "a.csv:2, a.csv:4." in reject.en
        assert "không biết dòng nào đúng" in reject.vi
    assert [r.line for r in officer.rejects()] == [2, 4]


def test_a_contradiction_between_two_files_names_both_files(officer: Desk) -> None:
    officer.take("phường.csv", table(MODELS_HEADER, model()))
    officer.take("sở.csv", table(MODELS_HEADER, model(model="clan"), model(recognised="1")))
    officer.checker.settle()
    assert accounts(officer) == {"phường.csv": (1, 0, 1, 0), "sở.csv": (2, 1, 1, 0)}
    assert [(r.file, r.line) for r in officer.rejects()] == [("phường.csv", 2), ("sở.csv", 3)]
    assert all("phường.csv:2, sở.csv:3." in r.en for r in officer.rejects())


def test_a_quarter_and_a_month_that_end_on_one_day_contradict_each_other(officer: Desk) -> None:
    officer.take("a.csv", table(MODELS_HEADER, model(), model(period="2026-09")))
    officer.checker.settle()
    assert accounts(officer) == {"a.csv": (2, 0, 2, 0)}


def test_a_contradicted_row_that_is_repeated_is_refused_each_time(officer: Desk) -> None:
    officer.take("a.csv", table(MODELS_HEADER, model(), model(), model(recognised="1")))
    officer.checker.settle()
    assert accounts(officer) == {"a.csv": (3, 0, 3, 0)}


def test_the_same_code_before_and_after_the_reform_is_two_units(officer: Desk) -> None:
    officer.take("a.csv", table(MODELS_HEADER, model(period="2025-H1"), model()))
    officer.checker.settle()
    assert officer.kept("learning_models", "unit_key") == [("00004@legacy",), ("00004@2025-07-01",)]


def test_every_table_that_comes_in_files_needs_at_least_one_column() -> None:
    """A line of delimiters alone is a blank line; it is known by the required column that it lacks."""
    for contract in load_contracts().values():
        assert contract.kind == "mart" or any(column.required for column in contract.columns), contract.table
