"""Killed, out of space, read-only, two at once, files changed meanwhile: the published build is whole, old or new, and
what was entered in the book is never lost."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from etl.build import build
from etl.problems import Problem
from etl.publish import current_build_id
from tests.etl.faults.children import WHOLE, forking, run_and_tell, run_starved
from tests.etl.faults.families import entered_figures, hand_in, published_figure
from tests.etl.intake.handing_in import Desk
from tests.etl.offices import MODELS_HEADER, ROOT, table

KILLS = 200 if WHOLE else 8


def submission(desk: Desk, figure: int, told: Path) -> Any:
    words = ("submit", str(hand_in(desk, figure)), "--by", "x")
    process = forking().Process(target=run_and_tell, args=(desk, words, told))
    process.start()
    return process


def test_killed_at_any_instant_nothing_published_breaks_and_nothing_entered_is_lost(
    desk: Desk, tmp_path: Path
) -> None:
    told = tmp_path / "told.json"
    took = []
    for figure in (1001, 1002):  # the first also starts the process that the others are forked from
        started = time.monotonic()
        submission(desk, figure, told).join()
        took.append(time.monotonic() - started)
    chance = random.Random(20261122)
    old = published_figure(desk)
    entered = entered_figures(desk)
    kept = published = 0
    for figure in range(1100, 1100 + KILLS):
        told.unlink(missing_ok=True)
        process = submission(desk, figure, told)
        time.sleep(chance.uniform(0.02, 1.2 * took[1]))
        process.kill()
        process.join()
        now, entered_now = published_figure(desk), entered_figures(desk)
        assert entered_now[: len(entered)] == entered
        assert entered_now[len(entered) :] in ([], [figure])
        assert now in (old, entered_now[-1])
        if told.exists():
            assert json.loads(told.read_text("utf-8"))[0] == 0 and now == figure
        kept += entered_now != entered
        published += now == figure
        old, entered = now, entered_now
    print(f"{KILLS} kills: {kept} entered, {published} published")
    build(desk.data, desk.out, wait=10)
    assert published_figure(desk) == entered[-1]
    assert not list((desk.data / "reports" / "nop").glob(".*"))


def test_a_build_killed_at_random_leaves_the_old_one(desk: Desk, tmp_path: Path) -> None:
    report = desk.data / "reports" / "b.csv"
    chance = random.Random(7)
    published = 0
    for number in range(KILLS if WHOLE else 2):
        report.write_text(table(MODELS_HEADER, f"2026-Q3,00004,,clan,{number + 10},8,7,"), encoding="utf-8")
        before = current_build_id(desk.out)
        process = forking().Process(target=run_and_tell, args=(desk, ("build",), tmp_path / "told.json"))
        process.start()
        time.sleep(chance.uniform(0.05, 2.5))  # a build takes about two seconds
        process.kill()
        process.join()
        now = current_build_id(desk.out)
        assert published_figure(desk) == 1000
        if now != before:
            published += 1
            assert desk.ask(
                "SELECT value FROM observation WHERE indicator_id = 'model.clan.total' AND status = 'reported'"
            ) == [(number + 10,)]
    print(f"{number + 1} builds killed, {published} of them after publishing")


def test_two_submissions_at_once_are_both_taken(desk: Desk, tmp_path: Path) -> None:
    other = desk.write("other.csv", "2026-Q3,00004,,clan,10,8,7,")
    first = submission(desk, 1001, tmp_path / "one.json")
    words = ("submit", str(other), "--by", "y")
    second = forking().Process(target=run_and_tell, args=(desk, words, tmp_path / "two.json"))
    second.start()
    first.join()
    second.join()
    for name in ("one.json", "two.json"):
        code, answer = json.loads((tmp_path / name).read_text(encoding="utf-8"))
        assert (code, answer["published"]) == (0, True)
    assert published_figure(desk) == 1001
    assert desk.ask(
        "SELECT value FROM observation WHERE indicator_id = 'model.clan.recognised' AND status = 'reported'"
    ) == [(7,)]
    assert len(desk.run("history")[1]["entries"]) == 3


@pytest.mark.parametrize("size", [0, 200, 1500, 6000, 300_000, 3_000_000] if WHOLE else [0, 1500, 300_000])
def test_a_limit_on_the_size_of_files_stops_it_with_a_message(desk: Desk, tmp_path: Path, size: int) -> None:
    told = tmp_path / "told.json"
    words = ("submit", str(hand_in(desk, 1001)), "--by", "x")
    process = forking().Process(target=run_starved, args=(desk, words, told, resource.RLIMIT_FSIZE, size))
    process.start()
    process.join()
    code, answer, _ = json.loads(told.read_text(encoding="utf-8"))
    assert process.exitcode == 0 and code in (1, 2)
    check_after_no_room(desk, answer)


def check_after_no_room(desk: Desk, answer: dict[str, Any]) -> None:
    """Either nothing was taken and it says so, or it was entered and says that it is not published."""
    assert published_figure(desk) == 1000
    entered = entered_figures(desk)
    if "error" in answer:
        assert entered == [1000]
        assert "không" in answer["error"]["vi"]
    else:
        assert entered == [1000, 1001]
        assert not answer["published"] and "need not be handed in again" in answer["message"]["en"]
    build(desk.data, desk.out)
    assert published_figure(desk) == entered[-1]


ROOM = """
import json, shutil, sys
from pathlib import Path
from tests.etl.faults.children import command
from tests.etl.faults.test_crashes import check_after_no_room
from tests.etl.intake.handing_in import Desk
desk = Desk(*(Path(p) for p in sys.argv[1:4]))
code, answer = command(desk, ("submit", str(desk.files / "a.csv"), "--by", "x"))
if sys.argv[4] == "ro":
    print(json.dumps([code, answer]))
else:
    assert code in (1, 2), (code, answer)
    for part in Path(sys.argv[4]).glob("ballast"):
        part.unlink()
    check_after_no_room(desk, answer)
    print(json.dumps([code, answer]))
"""


def in_own_mounts(script: str, *words: object) -> subprocess.CompletedProcess[str]:
    """Run a shell script that may mount what nobody else sees; skips where the system does not let it."""
    may = shutil.which("unshare") and subprocess.run(
        ["unshare", "-m", "sh", "-c", "mount -t tmpfs none /mnt"], capture_output=True, check=False
    )
    if not may or may.returncode:
        pytest.skip("mounting needs more rights than these tests have")
    return subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", *map(str, words)],
        cwd=ROOT, capture_output=True, encoding="utf-8", check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


@pytest.mark.parametrize("room", [0, 40, 400, 4000] if WHOLE else [0, 400])
def test_a_full_disk_stops_it_with_a_message(desk: Desk, tmp_path: Path, room: int) -> None:
    """``room``: kilobytes left."""
    hand_in(desk, 1001)
    disk = tmp_path / "disk"
    disk.mkdir()
    script = (
        'set -e; mount -t tmpfs -o size=64m none "$1"; cp -r "$2"/data "$2"/warehouse "$2"/files "$1"/;'
        ' free=$(df -k --output=avail "$1" | tail -1); head -c $(( (free - $3) * 1024 )) /dev/zero > "$1"/ballast;'
        ' export TMPDIR="$1"; exec "$4" -c "$5" "$1"/data "$1"/warehouse "$1"/files "$1"'
    )
    ended = in_own_mounts(script, disk, desk.data.parent, room, sys.executable, ROOM)
    assert ended.returncode == 0, ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_read_only_folder_stops_it_with_a_message(desk: Desk, tmp_path: Path) -> None:
    hand_in(desk, 1001)
    before = sorted(path.relative_to(desk.data) for path in desk.data.rglob("*"))
    script = 'set -e; mount --bind "$1" "$1"; mount -o remount,ro,bind "$1"; exec "$3" -c "$4" "$1" "$2"/warehouse "$2"/files ro'
    ended = in_own_mounts(script, desk.data, desk.data.parent, sys.executable, ROOM)
    assert ended.returncode == 0, ended.stderr
    code, answer = json.loads(ended.stdout)
    assert code == 2 and "Read-only file system" in answer["error"]["en"]
    assert sorted(path.relative_to(desk.data) for path in desk.data.rglob("*")) == before
    assert published_figure(desk) == 1000


def test_a_file_replaced_while_it_is_read_is_read_again(desk: Desk) -> None:
    report = desk.data / "reports" / "b.csv"
    content = [table(MODELS_HEADER, f"2026-Q3,00004,,clan,{total},8,7,") for total in (10, 11)]
    report.write_text(content[0], encoding="utf-8")
    swaps = iter([1])

    def swap_once(_vi: str, en: str, _done: int, _total: int) -> None:
        if en == "Reading reports/b.csv" and next(swaps, None):
            report.write_text(content[1], encoding="utf-8")

    result = build(desk.data, desk.out, progress=swap_once)
    assert desk.ask(
        "SELECT value FROM observation WHERE indicator_id = 'model.clan.total' AND status = 'reported'"
    ) == [(11,)]
    assert build(desk.data, desk.out).build_id == result.build_id


def test_a_file_that_never_stands_still_leaves_the_old_build(desk: Desk) -> None:
    report = desk.data / "reports" / "b.csv"
    report.write_text(table(MODELS_HEADER, "2026-Q3,00004,,clan,10,8,7,"), encoding="utf-8")
    before = current_build_id(desk.out)

    def touch(_vi: str, en: str, _done: int, _total: int) -> None:
        if en == "Reading reports/b.csv":
            with report.open("a", encoding="utf-8") as stream:
                stream.write("\n")

    with pytest.raises(Problem, match="kept changing during the build"):
        build(desk.data, desk.out, progress=touch)
    assert current_build_id(desk.out) == before


def test_a_file_still_being_written_is_refused(desk: Desk) -> None:
    path = desk.files / "a.csv"
    path.write_text(table(MODELS_HEADER, *["2026-Q3,00004,,clan,10,8,7,"] * 20_000), encoding="utf-8")
    writer = subprocess.Popen(["sh", "-c", 'while :; do echo >> "$1"; done', "sh", str(path)])
    try:
        code, answer = desk.run("preview", path)
    finally:
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
    assert code == 1
    assert "changed_while_read" in {finding["code"] for finding in answer["files"][0]["findings"]}
    assert answer["changes"]["added"] == 0


def test_the_processes_of_these_tests_end() -> None:
    assert multiprocessing.active_children() == []
