"""The child process for office files: what it is told, how it is bounded, and what is made of its answer."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ui import intake_process, roles
from ui.intake_process import Failed, Limits, run
from ui.roles import NotAllowed, Person

Program = Callable[[str], tuple[str, str]]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """`program(code)` is a command that runs that Python."""

    def make(code: str) -> tuple[str, str]:
        path = tmp_path / "program.py"
        path.write_text("import json, os, sys, time\n" + code, encoding="utf-8")
        return sys.executable, str(path)

    return make


@pytest.fixture
def steward(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roles, "person", lambda: Person("steward", "a@example.org", "listed"))


ECHO = "print(json.dumps({'arguments': sys.argv[1:], 'read': sys.stdin.read()}))"


def test_arguments_reach_the_program_as_they_are_and_it_has_no_input(program: Program) -> None:
    strange = ["a b", "$(touch x)", "; rm -rf .", "--name=-x", "'\""]
    assert run(strange, command=program(ECHO)) == {"arguments": [*strange, "--json"], "read": ""}


def test_findings_are_an_answer(program: Program) -> None:
    assert run([], command=program("print('{\"files\": []}'); sys.exit(1)")) == {"files": []}


def test_the_programs_own_words_are_kept(program: Program) -> None:
    code = "print(json.dumps({'error': {'vi': 'không', 'en': 'no', 'file': None}})); sys.exit(2)"
    with pytest.raises(Failed) as problem:
        run([], command=program(code))
    assert (problem.value.why, problem.value.words) == ("said", {"vi": "không", "en": "no"})


@pytest.mark.parametrize(
    "code", ["print('no json')", "print('[1]')", "sys.exit(3)", "print('{}'); sys.exit(9)", "1/0"]
)
def test_an_answer_that_is_none_is_an_error(program: Program, code: str) -> None:
    with pytest.raises(Failed) as problem:
        run([], command=program(code))
    assert problem.value.why == "broken"


def test_a_program_that_never_ends_is_ended(program: Program) -> None:
    began = time.monotonic()
    with pytest.raises(Failed) as problem:
        run([], command=program("time.sleep(60)"), limits=Limits(seconds=0.5))
    assert problem.value.why == "time"
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "limits", [Limits(memory=60 * 2**20), Limits(addresses=200 * 2**20)], ids=["filled", "reserved"]
)
def test_a_program_that_eats_memory_is_ended(program: Program, limits: Limits) -> None:
    with pytest.raises(Failed) as problem:
        run([], command=program("a = bytearray(300 * 2**20); time.sleep(20)"), limits=limits)
    assert problem.value.why == "memory"


def test_what_is_raised_meanwhile_ends_the_program_with_its_children(
    program: Program, tmp_path: Path
) -> None:
    note = tmp_path / "pids"
    code = (
        "import subprocess\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(note)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')\n"
        "time.sleep(60)"
    )

    class Pressed(BaseException):
        pass

    def tick(_seconds: float) -> None:
        if note.exists() and note.read_text():
            raise Pressed

    with pytest.raises(Pressed):
        run([], command=program(code), tick=tick)
    time.sleep(0.2)
    for pid in note.read_text().split():
        status = Path(f"/proc/{pid}/status")
        assert not status.exists() or "State:\tZ" in status.read_text()


def test_sign_in_secrets_stay_with_the_server(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAMLIT_SERVER_COOKIE_SECRET", "secret")
    answer = run([], command=program("print(json.dumps(dict(os.environ)))"))
    assert not [name for name in answer if name.startswith("STREAMLIT_")]
    assert answer["PATH"] == os.environ["PATH"]


@pytest.mark.usefixtures("steward")
def test_who_publishes_is_told_by_the_gate(program: Program, tmp_path: Path) -> None:
    files = [(tmp_path / "000.csv", "--note=báo cáo.csv")]
    answer = intake_process.submit(files, (), only_clean=True, note="-n", command=program(ECHO))
    said = answer["arguments"]
    assert said[:2] == ["submit", str(files[0][0])]
    assert {"--name=--note=báo cáo.csv", "--only-clean", "--note=-n"} <= set(said)
    assert {"--by=a@example.org", "--role=steward"} <= set(said)


@pytest.mark.parametrize("role", ["viewer", "officer"])
def test_without_the_role_nothing_is_started(
    program: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, role: Any
) -> None:
    monkeypatch.setattr(roles, "person", lambda: Person(role, "x", "listed"))
    started = tmp_path / "started"
    how: dict[str, Any] = {"command": program(f"open({str(started)!r}, 'w'); print('{{}}')")}
    with pytest.raises(NotAllowed):
        intake_process.undo("R1", **how)
    with pytest.raises(NotAllowed):
        intake_process.submit([], (), only_clean=False, accept_rows=True, **how)
    if role == "viewer":
        for ask in (
            lambda: intake_process.preview([], **how),
            lambda: intake_process.submit([], (), only_clean=False, **how),
            lambda: intake_process.history(**how),
            lambda: intake_process.reporters("2026-Q3", **how),
        ):
            with pytest.raises(NotAllowed):
                ask()
    assert not started.exists()


@pytest.mark.usefixtures("steward")
def test_the_real_command_line_reads_a_file(
    warehouse_full: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE_DIR", str(warehouse_full))
    path = tmp_path / "000.csv"
    header = "period,unit_code,unit_name,model,total,registered,recognised,note\n"
    path.write_text(header + "2026-Q3,00004,Phường Ba Đình,family,1000,800,700,\n", encoding="utf-8")
    answer = intake_process.preview([(path, "Ba Đình.csv")])
    assert [file["name"] for file in answer["files"]] == ["Ba Đình.csv"]
    assert {row["unit_key"] for row in answer["changes"]["rows"]} == {"00004@2025-07-01"}
