"""`python -m etl …` as people and machines run it: exit codes, words in both languages, JSON, no traceback."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any

import pytest

from etl.__main__ import main
from etl.publish import point_to, rollback
from tests.conftest import BuildWarehouse
from tests.etl.offices import DATA, MODELS_HEADER, ROOT, SCHOOLS_HEADER, mixed, table

GOOD = table(MODELS_HEADER, "2026-Q3,00004,Phường Ba Đình,family,1000,800,700,")
BAD = table(MODELS_HEADER, "2026-Q3,00004,Phường Trúc Bạch,family,1.000,800,700,")


def etl(*words: object, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "etl", *map(str, words)],
        cwd=cwd,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


class Answer:
    """What a command printed and its exit code, run in this process. A traceback would fail the test by itself."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *words: object) -> None:
        self.code = main([str(word) for word in words])
        self.out, self.err = capsys.readouterr()

    @property
    def json(self) -> Any:
        assert self.err == ""
        assert self.out.count("\n") == 1
        return json.loads(self.out)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The reference tables and a folder for reports. Its warehouse is still to be built."""
    (tmp_path / "reference").symlink_to(DATA / "reference")
    (tmp_path / "published").symlink_to(DATA / "published")
    (tmp_path / "reports").mkdir()
    return tmp_path


def test_a_day_of_a_data_officer(small: Path) -> None:
    """Nothing published, a clean build, a row refused, a bad file, and one step back."""
    folder = ("--data", small)
    nothing = etl("status", *folder)
    assert (nothing.returncode, nothing.stderr) == (1, "")
    assert "Chưa xuất bản bản nào. Chạy: python -m etl build" in nothing.stdout

    (small / "reports" / "a.csv").write_text(GOOD, encoding="utf-8")
    clean = etl("build", *folder)
    assert clean.returncode == 0
    assert re.search(
        r"Đã xuất bản b[0-9a-f]{12}: \d+ tệp, (\d+) dòng vào = \1 giữ \+ 0 từ chối \+ 0 trùng\.", clean.stdout
    )
    steps = clean.stderr.splitlines()
    assert all(
        re.fullmatch(r"\[\d+/\d+\] .+ / .+", line) for line in steps
    )  # plain lines: this is no terminal
    assert "Reading reports/a.csv" in clean.stderr
    assert steps[-1].endswith("Xong / Done")

    (small / "reports" / "b.csv").write_text(BAD.replace("family", "clan"), encoding="utf-8")
    findings = etl("build", *folder)
    assert findings.returncode == 1
    assert "  reports/b.csv: 1 dòng bị từ chối / rows rejected" in findings.stdout

    (small / "reports" / "c.csv").write_bytes(b"\xff\xfe")
    bad = etl("build", *folder)
    assert (bad.returncode, bad.stdout) == (2, "")
    assert "LỖI: reports/c.csv, dòng 1: không phải UTF-8" in bad.stderr
    assert "ERROR: reports/c.csv, line 1: not UTF-8" in bad.stderr

    status = etl("status", *folder, "--json")
    listed = json.loads(status.stdout)
    assert (status.returncode, status.stderr) == (0, "")
    assert [b["current"] for b in listed["builds"]] == [True, False]
    back = etl("rollback", *folder)
    left, now = (b["build_id"] for b in listed["builds"])
    assert (back.returncode, back.stdout) == (
        0,
        f"Đã quay lại {now} (rời {left}). / Back to {now} (left {left}).\n",
    )
    assert not any("Traceback" in run.stderr for run in (nothing, clean, findings, bad, status, back))


@pytest.mark.parametrize(
    "words",
    [(), ("publish",), ("check",), ("build", "--force"), ("build", "--data"), ("rollback", "b1")],
    ids=["no command", "an unknown command", "nothing to check", "an unknown option", "no value", "too much"],
)
def test_wrong_arguments_end_with_2_and_how_to_call(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    assert ended.value.code == 2
    assert "usage: python -m etl" in capsys.readouterr().err


def test_wrong_arguments_show_no_traceback() -> None:
    done = etl("publish")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.fixture(scope="module")
def warehouse(build_warehouse: BuildWarehouse) -> Path:
    return build_warehouse("mixed", mixed)


def test_status_lists_every_file_with_its_accounts(
    warehouse: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = Answer(capsys, "status", "--out", warehouse)
    assert answer.code == 0
    assert re.match(
        r"Bản đang dùng / current build: b[0-9a-f]{12}, \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n", answer.out
    )
    assert "  reports/q2.csv [reported] 100 = 100 + 0 + 0\n" in answer.out
    assert "  sample/schools/2025-09-30.csv [illustrative] 2954 = 2954 + 0 + 0\n" in answer.out


def test_status_for_machines(warehouse: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer(capsys, "status", "--out", warehouse, "--json").json
    current = answer["current"]
    assert answer["builds"] == [
        {"build_id": current["build_id"], "built_at": current["built_at"], "current": True}
    ]
    files = {file["file"]: file for file in current["files"]}
    assert set(files["reports/q3.csv"]) == {
        "file", "table", "status", "sha256", "rows_in", "rows_kept", "rows_rejected", "rows_duplicate",
    }  # fmt: skip
    assert files["reports/q3.csv"]["table"] == "learning_models"
    assert files["reports/q3.csv"]["rows_in"] == 3
    assert re.fullmatch("[0-9a-f]{64}", files["reports/q3.csv"]["sha256"])


def test_status_of_an_empty_folder_for_machines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer(capsys, "status", "--out", tmp_path, "--json")
    assert (answer.code, answer.json) == (1, {"current": None, "builds": []})


def test_status_after_the_pointer_was_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    point_to(tmp_path, "b000000000000")
    assert Answer(capsys, "status", "--out", tmp_path).code == 1


def test_build_for_machines_says_what_came_in_and_what_is_there(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (small / "reports" / "a.csv").write_text(GOOD + GOOD.split("\n")[1] + "\nx\n", encoding="utf-8")
    answer = Answer(capsys, "build", "--data", small, "--json")
    result = answer.json
    assert answer.code == 1
    assert result["rows_in"] == result["rows_kept"] + result["rows_rejected"] + result["rows_duplicate"]
    assert (result["rows_rejected"], result["rows_duplicate"], result["unchanged"]) == (1, 1, False)
    assert result["tables"]["unit"] == 683
    assert Path(result["path"]) == small / "warehouse" / f"{result['build_id']}.duckdb"

    again = Answer(capsys, "build", "--data", small, "--json")
    assert (again.code, again.json) == (0, {"build_id": result["build_id"], "unchanged": True})
    assert "đã có từ trước" in Answer(capsys, "build", "--data", small).out
    fresh = Answer(capsys, "build", "--data", small, "--if-stale")
    assert (fresh.code, fresh.out) == (
        0,
        f"Bản {result['build_id']} đã đúng với dữ liệu. / Build {result['build_id']} is up to date.\n",
    )

    # A build that somebody took back is not published again by a start, only by a command.
    (small / "reports" / "b.csv").write_text(GOOD.replace("family", "clan"), encoding="utf-8")
    second = Answer(capsys, "build", "--data", small, "--json").json["build_id"]
    rollback(small / "warehouse")
    stays = Answer(capsys, "build", "--data", small, "--if-stale", "--json")
    assert stays.json == {"build_id": result["build_id"], "unchanged": True}
    assert Answer(capsys, "build", "--data", small, "--json").json["build_id"] == second


def test_rollback_for_machines_with_nothing_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = Answer(capsys, "rollback", "--out", tmp_path, "--json")
    assert answer.code == 2
    assert answer.json["error"] == {
        "vi": "Không có bản dựng nào trước bản hiện hành để quay lại.",
        "en": "There is no build before the current one to go back to.",
        "file": None,
    }


def test_a_build_while_another_runs(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (small / "warehouse").mkdir()
    with (small / "warehouse" / ".lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        answer = Answer(capsys, "build", "--data", small)
    assert answer.code == 2
    assert answer.err.splitlines()[0].startswith("LỖI: ")
    assert answer.err.splitlines()[1].startswith("ERROR: ")
    assert len(answer.err.splitlines()) == 2


# Checking files before they are loaded.


def test_a_clean_file_is_checked_without_being_loaded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ba đình.csv"
    path.write_text(GOOD, encoding="utf-8")
    answer = Answer(capsys, "check", path)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == (
        f"{path} (learning_models): 1 dòng / rows = 1 giữ / kept + 0 từ chối / rejected + 0 trùng / duplicate\n"
    )
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_with_faults_is_told_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.csv"
    path.write_text(BAD, encoding="utf-8")
    answer = Answer(capsys, "check", path)
    assert answer.code == 1
    assert f"{path}:2 [total] 1.000: Không phải số nguyên." in answer.out
    assert (
        f"{path}:2 [unit_name] unit_name = Phường Trúc Bạch; unit_code = 00004: Tên đơn vị không khớp"
        in answer.out
    )


def test_findings_for_machines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad, schools = (tmp_path / name for name in ("g.csv", "b.csv", "s.csv"))
    good.write_text(GOOD, encoding="utf-8")
    bad.write_text(BAD, encoding="utf-8")
    schools.write_text(table(SCHOOLS_HEADER), encoding="utf-8")
    answer = Answer(capsys, "check", good, bad, schools, "--json")
    assert answer.code == 1
    files = answer.json["files"]
    assert [(Path(f["file"]).name, f["table"], f["rows_in"], f["kept"], f["rejected"]) for f in files] == [
        ("g.csv", "learning_models", 1, 1, 0),
        ("b.csv", "learning_models", 1, 0, 1),
        ("s.csv", "schools", 0, 0, 0),
    ]
    findings = answer.json["findings"]
    assert {f["rule"] for f in findings} == {"type_integer", "unit_name_matches"}
    assert all(
        f["line"] == 2 and f["reason_vi"] and f["reason_en"] and f["file"] == str(bad) for f in findings
    )


def test_two_files_that_contradict_each_other_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in (("a.csv", GOOD), ("b.csv", GOOD.replace("700", "600"))):
        (tmp_path / name).write_text(text, encoding="utf-8")
    answer = Answer(capsys, "check", tmp_path / "a.csv", tmp_path / "b.csv", "--json")
    assert [f["rule"] for f in answer.json["findings"]] == ["key_conflict", "key_conflict"]


@pytest.mark.parametrize("what", ["a missing file", "a folder", "no report at all"])
def test_what_cannot_be_checked_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    path = tmp_path / "x.csv"
    if what == "a folder":
        path.mkdir()
    elif what == "no report at all":
        path.write_text("Kính gửi,\nĐơn vị báo cáo.\n", encoding="utf-8")
    answer = Answer(capsys, "check", path)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"LỖI: {path}")
    assert len(answer.err.splitlines()) == 2


def test_the_dictionary_is_written_where_one_asks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    to = tmp_path / "d.md"
    assert Answer(capsys, "dictionary", "--to", to, "--json").json == {"file": str(to)}
    assert to.read_text(encoding="utf-8").startswith("# Từ điển dữ liệu / Data dictionary")


def test_a_dictionary_that_cannot_be_written_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = Answer(capsys, "dictionary", "--to", tmp_path / "no" / "d.md")
    assert answer.code == 2
    assert "d.md" in answer.err


def test_on_a_terminal_a_bar_is_drawn(small: Path) -> None:
    """A real terminal: the bar is rewritten in place, with no line a step."""
    (small / "reports" / "a.csv").write_text(GOOD, encoding="utf-8")
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, 120))
    process = subprocess.Popen(
        [sys.executable, "-m", "etl", "build", "--data", str(small)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=slave,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT)},
    )
    os.close(slave)
    drawn = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:  # the terminal was closed at the other end
            break
        if not piece:
            break
        drawn += piece
    process.communicate(timeout=60)
    os.close(master)
    assert process.returncode == 0
    assert b"\r" in drawn
    assert "Xong / Done" in drawn.decode("utf-8", "replace")
    assert b"[1/" not in drawn
