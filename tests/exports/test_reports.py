"""Reports on paper: the PDF is read back, and its figures are those of the screens' queries."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pypdf
import pytest

from exports.reports import Cancelled, brief, pdf, profile, profiles, progress_report, write_pdf
from exports.reports.blocks import Document, cell, heading, listed, paragraph, sheet, table
from exports.reports.profile_titles import titles
from exports.reports.told import FAMILY, HEADLINE, STATUSES, teller
from i18n import decimal, percent, percent_as_given, points
from queries import catalogue, coverage, figures, pace, wards
from queries.network_features import evidence
from queries.ward_names import places
from queries.warehouse import Warehouse

SOME = ("00004@2025-07-01", "09877@2025-07-01", "00118@2025-07-01")


@pytest.fixture(scope="module")
def brief_vi(full: Warehouse) -> bytes:
    return pdf(brief(full, "vi"))


def read(made: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(made))


def text_of(made: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in read(made).pages).split())


def root_of(made: bytes) -> Any:
    return read(made).root_object


def said_of_itself(made: bytes) -> Any:
    return read(made).metadata


def is_tagged(made: bytes) -> bool:
    return bool(root_of(made)["/MarkInfo"]["/Marked"]) and "/StructTreeRoot" in root_of(made)


# ---- The brief ----------------------------------------------------------------------------------------------------


def test_the_brief_has_four_pages_a_title_its_language_and_tags(brief_vi, full):
    reader = read(brief_vi)
    assert len(reader.pages) == 4
    assert said_of_itself(brief_vi).title == "Tóm tắt cho Ban Chỉ đạo, quý III/2026"
    assert root_of(brief_vi)["/Lang"].lower().startswith("vi")
    assert is_tagged(brief_vi)
    assert not said_of_itself(brief_vi).author
    for page, text in enumerate((p.extract_text() for p in reader.pages), 1):
        assert f"trang {page} / 4" in text
        assert full.build_id in text


def test_the_figures_of_the_brief_are_the_screens(brief_vi, full):
    said = text_of(brief_vi)
    end = figures.periods(full)[0].end
    for model in catalogue.learning_models(full):
        if model.ended_on is not None:
            continue
        way = pace.pace_of_city(full, f"model.{model.model}.{HEADLINE}", STATUSES, end)
        f = way.figure
        assert f is not None
        value = percent_as_given(f.value, "vi") if f.status == "published" else percent(f.value, "vi")
        assert f"{model.short_name_vi}" in said
        assert value in said
        if way.gap is not None:
            assert points(way.gap.difference, "vi") in said
        if way.needed is not None:
            assert points(way.needed, "vi") in said
    units = pace.paces_of_units(full, FAMILY, end, STATUSES)
    short = units[units["lacking"] > 0].sort_values(["lacking", "unit_key"], ascending=[False, True])
    for row in short.head(12).to_dict("records"):
        assert row["name_vi"] in said
        assert decimal(round(row["lacking"]), "vi") in said
        assert percent(row["value"], "vi") in said
    covered = coverage.coverage(full, "learning_models", end, STATUSES)
    assert covered is not None
    assert f"{covered.reported}/{covered.expected} phường, xã đã báo cáo" in said


def test_the_brief_marks_status_and_names_its_sources(brief_vi):
    said = text_of(brief_vi)
    assert "✓ Đã công bố" in said
    assert "○ Minh họa" in said
    assert "Có số liệu minh họa" in said
    assert "số được công nhận trên tổng số" in said
    assert "https://" in said


def test_words_of_charts_can_be_found(brief_vi):
    said = text_of(brief_vi)
    assert "Chỉ tiêu 2030: 80%" in said
    assert "1/7/2025: 526 → 126" in said


def test_the_brief_is_in_english_too(full):
    made = pdf(brief(full, "en"))
    assert len(read(made).pages) == 4
    assert root_of(made)["/Lang"].lower().startswith("en")
    assert "Brief for the Steering Committee, Q3 2026" in text_of(made)
    assert "Where to help" in text_of(made)


@pytest.mark.parametrize("code", ["2025-06-30", "2021-06-30"])
def test_the_brief_of_an_earlier_period_has_four_pages(full, code):
    period = next(p for p in figures.periods(full) if p.end.isoformat() == code)
    made = pdf(brief(full, "vi", period))
    assert len(read(made).pages) == 4
    assert "Gia đình học tập theo quận, huyện, thị xã" in text_of(made)
    assert "chưa báo cáo (126)" not in text_of(made)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_without_any_report_the_documents_say_what_is_missing(empty, lang):
    made = pdf(brief(empty, lang))
    assert len(read(made).pages) == 4
    assert {"vi": "Chưa có đơn vị nào gửi báo cáo", "en": "No office has sent a report yet"}[lang] in text_of(
        made
    )
    assert "illustrative" not in text_of(made).lower()
    assert len(read(pdf(profile(empty, SOME[0], lang))).pages) == 1
    assert len(read(pdf(progress_report(empty, lang))).pages) > 1


def test_one_row_is_enough(one_row):
    assert len(read(pdf(brief(one_row, "vi"))).pages) == 4
    said = text_of(pdf(profile(one_row, SOME[0], "vi")))
    assert "70,0%" in said
    assert "● Báo cáo" in said


# ---- Profiles -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit_key", SOME)
def test_what_is_asked_together_is_what_the_units_page_asks(full, unit_key):
    told = teller(full, "vi")
    for row in titles(told, unit_key):
        screen = pace.pace_of_unit(full, f"model.{row.model.model}.{HEADLINE}", unit_key, STATUSES, told.end)
        assert row.value == (screen.figure.value if screen.figure else None)
        assert row.standing == screen.standing
        assert row.gap == pytest.approx(screen.gap.difference if screen.gap else None)
        assert (row.lacking or 0) == pytest.approx((screen.gap.units if screen.gap else None) or 0)


def test_a_profile_has_one_page_with_the_screens_figures(full):
    made = pdf(profile(full, SOME[0], "vi"))
    assert len(read(made).pages) == 1
    assert is_tagged(made)
    said = text_of(made)
    assert said_of_itself(made).title == "Phường Ba Đình – quý III/2026"
    end = figures.periods(full)[0].end
    readings = wards.readings(full, SOME[0], "ward", ("model", "participation", "school"), STATUSES, end)
    for reading in readings.values():
        shown = reading.basis == HEADLINE and not reading.single
        if shown or (reading.kind == "rate" and reading.model is None):
            assert percent(reading.value, "vi", reading.decimals if reading.model is None else 1) in said
            if not reading.single:
                assert f"{reading.group_rank}/{reading.group_size}" in said
    assert full.build_id in said
    assert "Nguồn:" in said


def test_a_former_district_has_a_profile(full):
    key = next(p.unit_key for p in places(full).values() if p.level == "district")
    made = pdf(profile(full, key, "en"))
    assert len(read(made).pages) == 1
    assert "(former)" in text_of(made)


def test_a_unit_that_does_not_exist_is_refused(full, tmp_path):
    with pytest.raises(LookupError):
        profile(full, "nowhere", "vi")
    with pytest.raises(LookupError):
        profiles(full, ["nowhere"], "vi", None, out=tmp_path / "x.pdf", one_file=True)
    assert list(tmp_path.iterdir()) == []


def test_profiles_are_one_file_or_one_each(full, tmp_path):
    heard: list[tuple[int, int, str]] = []
    one = profiles(
        full,
        SOME,
        "vi",
        None,
        out=tmp_path / "all.pdf",
        one_file=True,
        progress=lambda *told: heard.append(told),
    )
    assert [told[:2] for told in heard] == [(1, 3), (2, 3), (3, 3)]
    assert heard[0][2] == "Phường Ba Đình"
    pages = [page.extract_text() for page in pypdf.PdfReader(one).pages]
    assert len(pages) == 3
    assert "Phường Ba Đình" in pages[0]
    each = profiles(full, SOME[:2], "vi", None, out=tmp_path / "all.zip", one_file=False)
    with zipfile.ZipFile(each) as archive:
        assert archive.namelist() == ["00004_phuong-ba-dinh.pdf", "09877_xa-an-khanh.pdf"]
        assert all(len(read(archive.read(name)).pages) == 1 for name in archive.namelist())


@pytest.mark.parametrize("one_file", [True, False])
def test_profiles_called_off_leave_no_file_and_what_was_there(full, tmp_path, one_file):
    out = tmp_path / "there"
    out.write_text("before", encoding="utf-8")
    asked = iter([False, True])
    with pytest.raises(Cancelled):
        profiles(full, SOME, "vi", None, out=out, one_file=one_file, cancelled=lambda: next(asked))
    assert out.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [out]


# ---- The UNESCO report --------------------------------------------------------------------------------------------


def test_the_draft_has_the_twelve_focal_areas_with_state_and_gaps(full, tmp_path):
    out = write_pdf(progress_report(full, "vi"), tmp_path / "r.pdf")
    said = text_of(out.read_bytes())
    assert "BẢN NHÁP" in said
    found = evidence(full, STATUSES)
    assert len(found) == 12
    for e in found:
        assert f"{e.area.focal_area_id} {e.area.name_vi}" in said
        for g in e.gaps:
            assert g.subject_vi in said
        for s in e.indicators:
            if s.figure is not None:
                assert s.indicator.name_vi in said
    assert "Trách nhiệm của thành viên" in said
    assert is_tagged(out.read_bytes())


def test_the_draft_is_in_english_too(full):
    said = text_of(pdf(progress_report(full, "en")))
    assert "DRAFT" in said
    assert "Focal area" in said


# ---- Setting ------------------------------------------------------------------------------------------------------

HOSTILE = ('#import "x"', "*đậm*", "<nhãn>", "$x^2$", "@ref", "= tiêu đề", "\\ #panic()", "- gạch", "_nghiêng_", "`mã`", "//", "a\nb")  # fmt: skip


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_of_the_data_is_printed_as_it_stands(hostile):
    blocks = (
        heading(f"Đầu {hostile}", 1), paragraph(hostile), listed([hostile]),
        table([hostile], [[cell(hostile, hostile)]], (1,)),
    )  # fmt: skip
    said = text_of(pdf(Document("t", "vi", "2026-11-22", "p", hostile, hostile, "trang", blocks)))
    assert said.count(" ".join(hostile.split())) >= 6


def test_a_sheet_that_is_too_long_is_set_on_one_page():
    long = sheet([heading("Dài", 1), *(paragraph("Chữ " * 120) for _ in range(20))])
    made = pdf(Document("t", "vi", "2026-11-22", "p", "", "", "trang", (long,)))
    assert len(read(made).pages) == 1


def test_a_table_with_a_row_too_short_is_refused():
    with pytest.raises(ValueError, match="cells"):
        table(["a", "b"], [["1"]], (1, 1))


def test_equal_builds_give_equal_documents(full):
    made = [re.sub(rb"/ID \[.*?\]|<xmpMM:.*?>", b"", pdf(profile(full, SOME[0], "vi"))) for _ in range(2)]
    assert made[0] == made[1]
