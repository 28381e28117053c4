"""``python -m exports``: what an office schedules, with its exit codes and what it says."""

from __future__ import annotations

from pathlib import Path

import pypdf
import pytest

from exports.__main__ import main


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main([str(a) for a in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_brief_goes_into_a_folder_that_is_made_for_it(warehouse_full, tmp_path, capsys):
    out = tmp_path / "new" / "folder"
    code, said, _ = run(capsys, "brief", "--out", out, "--lang", "en", "--warehouse", warehouse_full)
    (made,) = out.iterdir()
    assert (code, Path(said.strip())) == (0, made)
    assert made.name.startswith("tom-tat_2026-q3_en_")
    assert made.name.isascii()
    assert len(pypdf.PdfReader(made).pages) == 4


def test_profiles_of_some_units_by_code_key_and_name(warehouse_full, tmp_path, capsys):
    code, said, err = run(
        capsys, "profiles", "--out", tmp_path, "--warehouse", warehouse_full, "--unit", "00004", "00004@2025-07-01",
        "--unit", "An Khánh",
    )  # fmt: skip
    assert code == 0
    assert "[2/2]" in err
    assert len(pypdf.PdfReader(said.strip()).pages) == 2


def test_the_draft_report_is_made(warehouse_empty, tmp_path, capsys):
    code, said, _ = run(capsys, "report", "--out", tmp_path, "--warehouse", warehouse_empty)
    assert code == 0
    assert Path(said.strip()).name.startswith("bao-cao-unesco_vi_")


@pytest.mark.parametrize(
    ("arguments", "vi", "en"),
    [
        (["brief"], "Tham số không dùng được", "Unusable arguments"),
        (["slides", "--out", "x"], "Tham số không dùng được", "Unusable arguments"),
        (["brief", "--out", "OUT", "--period", "1999-Q1"], "Không có kỳ 1999-Q1", "There is no period 1999-Q1"),
        (["profiles", "--out", "OUT", "--unit", "99999"], "Không rõ đơn vị “99999”", "Which unit is “99999”"),
        (["deck", "--out", "OUT", "--playlist", "../x"], "Không có bộ trình chiếu ../x", "There is no playlist ../x"),
        (["brief", "--out", "OUT", "--warehouse", "/nowhere"], "Không có kho số liệu", "There is no warehouse"),
        (["brief", "--out", "OUT/file/below"], "Không ghi được vào", "Cannot write to"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_both_languages(warehouse_full, tmp_path, capsys, arguments, vi, en):
    (tmp_path / "file").touch()
    given = [a.replace("OUT", str(tmp_path)) for a in arguments]
    if "--warehouse" not in given and "--out" in given:
        given += ["--warehouse", str(warehouse_full)]
    code, said, err = run(capsys, *given)
    assert (code, said) == (2, "")
    assert vi in err
    assert en in err
    assert "Traceback" not in err
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
