"""Publishing a build: the old one stays whatever goes wrong, one build at a time, five are kept, one step back."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from etl.build import build, is_stale
from etl.problems import Problem
from etl.publish import KEEP_BUILDS, builds, current_build_id, point_to, publish, rollback
from tests.etl.offices import DATA, MODELS_HEADER, ROOT, table

ROW = "2026-Q3,00004,Phường Ba Đình,family,1000,800,700,"
MORE = ROW.replace("00004", "00008").replace("Ba Đình", "Ngọc Hà")


@dataclass(frozen=True)
class Office:
    """A data folder of one's own and the warehouse that was published from it."""

    data: Path
    out: Path

    @property
    def report(self) -> Path:
        return self.data / "reports" / "a.csv"

    def build(self, allow_shrink: bool = False) -> str:
        return build(self.data, self.out, allow_shrink=allow_shrink).build_id

    def bytes(self) -> dict[str, bytes]:
        """Every file of the warehouse folder with its content."""
        return {p.name: p.read_bytes() for p in sorted(self.out.iterdir()) if p.name != ".lock"}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The reference tables, one published file and one report of two rows, built once."""
    folder = tmp_path_factory.mktemp("office")
    office = Office(folder / "data", folder / "warehouse")
    shutil.copytree(DATA / "reference", office.data / "reference")
    (office.data / "published").mkdir()
    shutil.copy(DATA / "published" / "learning_models.csv", office.data / "published")
    (office.data / "reports").mkdir()
    office.report.write_text(table(MODELS_HEADER, ROW, MORE), encoding="utf-8")
    office.build()
    return office


@pytest.fixture
def office(published: Office, tmp_path: Path) -> Office:
    """A copy to do as one likes with."""
    for folder in ("data", "warehouse"):
        shutil.copytree(published.data.parent / folder, tmp_path / folder)
    return Office(tmp_path / "data", tmp_path / "warehouse")


@contextmanager
def untouched(office: Office) -> Iterator[None]:
    """Whatever happens inside, the warehouse folder holds afterwards what it held before, byte for byte."""
    before = office.bytes()
    yield
    assert office.bytes() == before
    assert current_build_id(office.out) is not None


def no_such_table(office: Office) -> None:
    (office.data / "reference" / "target.csv").unlink()


def empty_report(office: Office) -> None:
    office.report.write_bytes(b"")


def unknown_column(office: Office) -> None:
    office.report.write_text(table(MODELS_HEADER + ",điểm", ROW + ",1"), encoding="utf-8")


def wrong_encoding(office: Office) -> None:
    office.report.write_bytes(table(MODELS_HEADER, ROW).encode("utf-16"))


def wrong_encoding_far_down(office: Office) -> None:
    office.report.write_bytes(table(MODELS_HEADER, ROW, MORE).encode() + b"2026-Q3,\xff\n")


def open_quote(office: Office) -> None:
    office.report.write_text(table(MODELS_HEADER, ROW, MORE + '"…'), encoding="utf-8")


def folder_named_csv(office: Office) -> None:
    (office.data / "reports" / "b.csv").mkdir()


def unreadable_report(office: Office) -> None:
    (office.data / "reports" / "b.csv").symlink_to(office.data / "reports" / "b.csv")


def lost_report(office: Office) -> None:
    (office.data / "reports" / "b.csv").symlink_to(office.data / "nowhere.csv")


def workbook(office: Office) -> None:
    (office.data / "reports" / "b.xlsx").write_bytes(b"PK\x03\x04 and so on")


def other_file(office: Office) -> None:
    (office.data / "reports" / "b.docx").write_bytes(b"a letter")


def no_data_folder(office: Office) -> None:
    shutil.rmtree(office.data)


def fewer_rows(office: Office) -> None:
    office.report.write_text(table(MODELS_HEADER, ROW), encoding="utf-8")


def report_withdrawn(office: Office) -> None:
    office.report.unlink()


def rows_gone_bad(office: Office) -> None:
    office.report.write_text(table(MODELS_HEADER, ROW, MORE.replace("1000", "nghìn")), encoding="utf-8")


def empty_reference(office: Office) -> None:
    path = office.data / "reference" / "milestone.csv"
    path.write_text(path.read_text(encoding="utf-8").split("\n", 1)[0] + "\n", encoding="utf-8")


FAILURES: list[tuple[Callable[[Office], None], int, str, str]] = [
    (
        no_such_table,
        2,
        "reference/target.csv: không có tệp này",
        "reference/target.csv: there is no such file",
    ),
    (empty_report, 2, "reports/a.csv: tệp rỗng", "reports/a.csv: the file is empty"),
    (unknown_column, 2, "reports/a.csv, dòng 1: cột lạ: điểm", "reports/a.csv, line 1: unknown column: điểm"),
    (wrong_encoding, 2, "reports/a.csv, dòng 1: không phải UTF-8", "reports/a.csv, line 1: not UTF-8"),
    (
        wrong_encoding_far_down,
        2,
        "reports/a.csv, dòng 4: không phải UTF-8",
        "reports/a.csv, line 4: not UTF-8",
    ),
    (open_quote, 2, "reports/a.csv, từ dòng 3", "reports/a.csv, from line 3"),
    (folder_named_csv, 2, "reports/b.csv: đây là thư mục", "reports/b.csv: this is a folder"),
    (unreadable_report, 2, "reports/b.csv: không đọc được tệp", "reports/b.csv: the file cannot be read"),
    (lost_report, 2, "reports/b.csv: không có tệp này", "reports/b.csv: there is no such file"),
    (workbook, 2, "reports/b.xlsx: đây là tệp Excel", "reports/b.xlsx: this is an Excel workbook"),
    (other_file, 2, "reports/b.docx: loại tệp không nhận", "reports/b.docx: this kind of file is not taken"),
    (no_data_folder, 2, "không có thư mục dữ liệu này", "there is no such data folder"),
    (fewer_rows, 1, "learning_models giảm từ 2 xuống 1 dòng", "learning_models shrinks from 2 to 1 rows"),
    (
        report_withdrawn,
        1,
        "learning_models giảm từ 2 xuống 0 dòng",
        "learning_models shrinks from 2 to 0 rows",
    ),
    (rows_gone_bad, 1, "learning_models giảm từ 2 xuống 1 dòng", "learning_models shrinks from 2 to 1 rows"),
    (empty_reference, 1, "(milestone) sẽ rỗng", "(milestone) would be empty"),
]


@pytest.mark.parametrize(("spoil", "code", "vi", "en"), FAILURES, ids=[f[0].__name__ for f in FAILURES])
def test_a_failed_build_says_why_and_leaves_the_published_one_as_it_was(
    office: Office, spoil: Callable[[Office], None], code: int, vi: str, en: str
) -> None:
    spoil(office)
    with untouched(office), pytest.raises(Problem) as caught:
        office.build()
    assert caught.value.exit_code == code
    assert vi in caught.value.text.vi
    assert en in caught.value.text.en
    if code == 1:
        assert "--allow-shrink" in caught.value.text.vi
        assert "--allow-shrink" in caught.value.text.en


def test_a_shrunken_build_is_published_when_told_so(office: Office) -> None:
    before = current_build_id(office.out)
    fewer_rows(office)
    after = office.build(allow_shrink=True)
    assert current_build_id(office.out) == after != before


def test_going_back_to_fewer_files_is_a_shrunken_build_even_if_it_was_built_before(office: Office) -> None:
    small = office.build()
    (office.data / "reports" / "b.csv").write_text(
        table(MODELS_HEADER, ROW.replace("family", "clan")), encoding="utf-8"
    )
    large = office.build()
    (office.data / "reports" / "b.csv").unlink()
    with untouched(office), pytest.raises(Problem, match="shrinks from 3 to 2"):
        office.build()
    assert current_build_id(office.out) == large
    assert office.build(allow_shrink=True) == small == current_build_id(office.out)


def test_unchanged_files_are_not_built_again(office: Office) -> None:
    assert not is_stale(office.data, office.out)
    with untouched(office):
        assert build(office.data, office.out).unchanged
    office.report.write_text(office.report.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert is_stale(office.data, office.out)


def test_a_second_build_at_the_same_time_is_told_to_wait(office: Office) -> None:
    with (office.out / ".lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        for work in (office.build, lambda: rollback(office.out)):
            with untouched(office), pytest.raises(Problem) as caught:
                work()
            assert "một lần dựng khác đang chạy. Chờ nó xong rồi thử lại." in caught.value.text.vi
            assert "another build is running. Wait for it to finish, then try again." in caught.value.text.en
    assert office.build() == current_build_id(office.out)


def test_two_builds_started_together_end_with_one_published_build(office: Office) -> None:
    office.report.write_text(table(MODELS_HEADER, ROW, MORE, ROW.replace("family", "clan")), encoding="utf-8")
    both = [started(office) for _ in range(2)]
    ends = [(process.communicate(timeout=60)[1], process.returncode) for process in both]
    assert all("Traceback" not in words for words, _ in ends)
    # The later one either finds the lock taken or, once it is free, the build made.
    assert [code for _, code in ends].count(0) >= 1
    assert all(code == 0 or (code == 2 and "another build is running" in words) for words, code in ends)
    assert len(builds(office.out)) == 2
    assert not is_stale(office.data, office.out)


def started(office: Office, *before: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*before, sys.executable, "-m", "etl", "build", "--data", str(office.data), "--out", str(office.out)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )


def test_a_full_disk_leaves_the_published_build(office: Office) -> None:
    office.report.write_text(table(MODELS_HEADER, ROW, MORE, ROW.replace("family", "clan")), encoding="utf-8")
    with untouched(office):
        process = started(
            office, "sh", "-c", 'ulimit -f 1024 && exec "$@"', "sh"
        )  # no file beyond half a megabyte
        _, words = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "the warehouse cannot be written" in words
    assert "The old build is untouched." in words
    assert "Traceback" not in words


def test_a_build_killed_halfway_leaves_the_published_one_and_the_next_cleans_up(office: Office) -> None:
    before = current_build_id(office.out)
    bytes_before = (office.out / f"{before}.duckdb").read_bytes()
    office.report.write_text(table(MODELS_HEADER, ROW, MORE, ROW.replace("family", "clan")), encoding="utf-8")
    process = started(office)
    until = time.monotonic() + 30
    while not list(office.out.glob(".building-*")) and process.poll() is None and time.monotonic() < until:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    assert list(office.out.glob(".building-*"))
    assert current_build_id(office.out) == before
    assert (office.out / f"{before}.duckdb").read_bytes() == bytes_before
    after = office.build()
    assert current_build_id(office.out) == after != before
    assert not list(office.out.glob(".building-*"))


def test_leftovers_of_a_crash_are_removed_even_when_there_is_nothing_to_build(office: Office) -> None:
    (office.out / ".building-b0.duckdb").write_bytes(b"half")
    (office.out / ".building-b0.stage").write_bytes(b"half")
    assert build(office.data, office.out).unchanged
    assert not list(office.out.glob(".building-*"))


def test_a_crash_between_file_and_pointer_is_made_good_by_the_next_build(office: Office) -> None:
    build_id = current_build_id(office.out)
    (office.out / "CURRENT").unlink()
    assert current_build_id(office.out) is None
    assert office.build() == build_id == current_build_id(office.out)


def test_a_damaged_build_is_made_again(office: Office) -> None:
    build_id = current_build_id(office.out)
    path = office.out / f"{build_id}.duckdb"
    path.write_bytes(path.read_bytes()[:50_000])
    assert is_stale(office.data, office.out)
    assert office.build() == build_id == current_build_id(office.out)
    assert not is_stale(office.data, office.out)
    with duckdb.connect(str(path), read_only=True) as con:
        assert con.execute("SELECT build_id FROM build").fetchone() == (build_id,)


@pytest.mark.parametrize("where", ["a file", "a folder below a file"])
def test_a_warehouse_folder_that_cannot_be_is_said(office: Office, where: str) -> None:
    out = office.report if where == "a file" else office.report / "warehouse"
    with pytest.raises(Problem, match="the warehouse folder cannot be written"):
        build(office.data, out)


# Older builds. Their files here are small ones with just what is asked of a build.


def finished(path: Path, build_id: str, minute: int) -> Path:
    with duckdb.connect(str(path)) as con:
        con.execute(
            f"CREATE TABLE build AS SELECT '{build_id}' AS build_id, TIMESTAMP '2026-01-01 00:{minute:02d}:00' AS built_at"
        )
    return path


@pytest.fixture
def five(tmp_path: Path) -> Path:
    """Builds b1 to b5, b5 being the current one."""
    for n in range(1, 6):
        publish(tmp_path, finished(tmp_path / ".building-x.duckdb", f"b{n}", n), f"b{n}")
    return tmp_path


def listed(out: Path) -> list[str]:
    return [b.build_id for b in builds(out)]


def test_builds_are_listed_newest_first_with_the_current_one_marked(five: Path) -> None:
    assert [(b.build_id, b.built_at, b.current) for b in builds(five)][:2] == [
        ("b5", "2026-01-01T00:05:00Z", True),
        ("b4", "2026-01-01T00:04:00Z", False),
    ]


def test_only_the_last_five_builds_are_kept(five: Path) -> None:
    publish(five, finished(five / ".building-x.duckdb", "b6", 6), "b6")
    assert KEEP_BUILDS == 5
    assert listed(five) == ["b6", "b5", "b4", "b3", "b2"]
    assert not (five / "b1.duckdb").exists()


def test_the_current_build_is_never_removed_however_old(five: Path) -> None:
    publish(five, finished(five / ".building-x.duckdb", "b0", 0), "b0")
    assert current_build_id(five) == "b0"
    assert (five / "b0.duckdb").exists()


def test_rollback_goes_one_build_back_each_time(five: Path) -> None:
    assert rollback(five) == ("b5", "b4")
    assert rollback(five) == ("b4", "b3")
    assert current_build_id(five) == "b3"
    assert listed(five) == ["b5", "b4", "b3", "b2", "b1"]


@pytest.mark.parametrize("what", ["nothing published", "one build", "no folder"])
def test_with_nothing_to_go_back_to_rollback_says_so(tmp_path: Path, what: str) -> None:
    out = tmp_path / "w"
    if what != "no folder":
        out.mkdir()
    if what == "one build":
        publish(out, finished(out / ".building-x.duckdb", "b1", 1), "b1")
    with pytest.raises(Problem) as caught:
        rollback(out)
    assert caught.value.text.vi == "Không có bản dựng nào trước bản hiện hành để quay lại."
    assert caught.value.text.en == "There is no build before the current one to go back to."
    assert current_build_id(out) == ("b1" if what == "one build" else None)


def test_a_file_that_is_no_warehouse_is_left_out_and_left_alone(five: Path) -> None:
    (five / "b9.duckdb").write_bytes(b"not a database")
    assert listed(five) == ["b5", "b4", "b3", "b2", "b1"]
    (five / "b4.duckdb").write_bytes(b"damaged")
    assert rollback(five) == ("b5", "b3")


def test_a_pointer_to_a_lost_file_is_no_published_build(five: Path) -> None:
    point_to(five, "b7")
    assert current_build_id(five) is None


def test_a_start_does_not_publish_again_what_was_rolled_back_but_a_command_does(office: Office) -> None:
    first = current_build_id(office.out)
    office.report.write_text(table(MODELS_HEADER, ROW, MORE, ROW.replace("family", "clan")), encoding="utf-8")
    second = office.build()
    assert rollback(office.out) == (second, first)
    assert not is_stale(office.data, office.out)
    assert office.build() == second == current_build_id(office.out)
    rollback(office.out)
    office.report.write_text(table(MODELS_HEADER, ROW, MORE, ROW.replace("family", "unit")), encoding="utf-8")
    assert is_stale(office.data, office.out)


def test_rollback_passes_over_a_build_that_was_taken_back_before(office: Office) -> None:
    first = current_build_id(office.out)
    office.report.write_text(table(MODELS_HEADER, ROW, MORE, ROW.replace("family", "clan")), encoding="utf-8")
    second = office.build()
    assert rollback(office.out) == (second, first)
    office.report.write_text(table(MODELS_HEADER, ROW, MORE, ROW.replace("family", "unit")), encoding="utf-8")
    third = office.build()
    assert rollback(office.out) == (third, first)
