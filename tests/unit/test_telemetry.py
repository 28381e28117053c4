"""What is told about the server: figures, health, lines in the log; nothing of it names a visitor."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.types import Message

from queries.warehouse import NothingPublished, answering, current_warehouse
from tests.serving import ROOT, finished
from ui import health, logs, runs
from ui.runs import Run, Where


def asked(path: str, method: str = "GET") -> tuple[int, str]:
    """Status and text of an answer of the health routes."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": []}
    finished(health.send(scope, receive, send))
    return sent[0]["status"], b"".join(part.get("body", b"") for part in sent[1:]).decode()


def test_ready_says_which_build_answers(warehouse_one_row: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE_DIR", str(warehouse_one_row))
    assert asked("/readyz") == (200, f"ok {current_warehouse(warehouse_one_row).build_id}\n")


def test_not_ready_without_a_build_but_alive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path))
    status, text = asked("/readyz")
    assert (status, "Nothing is published" in text, "Chưa có" in text) == (503, True, True)
    assert asked("/healthz") == (200, "ok\n")
    assert asked("/healthz", "POST")[0] == 405
    with pytest.raises(NothingPublished):
        answering(tmp_path)


def test_not_ready_where_the_build_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path))
    (tmp_path / "b0123456789ab.duckdb").write_bytes(b"not a warehouse" * 1000)
    (tmp_path / "CURRENT").write_text("b0123456789ab\n", encoding="utf-8")
    status, text = asked("/readyz")
    assert (status, "cannot be read" in text) == (503, True)


def test_not_ready_where_the_build_does_not_answer_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: object) -> str:
        await asyncio.sleep(10)
        return ""

    monkeypatch.setattr(health, "SECONDS", 0.01)
    monkeypatch.setattr(asyncio, "to_thread", never)
    assert asked("/readyz")[0] == 503


@pytest.mark.parametrize("path", ["/metrics", "/_stcore/metrics"])
def test_figures_are_closed_unless_they_are_wanted(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("METRICS", raising=False)
    assert health.answers(path)
    assert asked(path)[0] == 404


COUNTING = """
import sys
from pathlib import Path
import ui.models
from ui import downloads, runs, telemetry
from ui.runs import Run
from queries.status import build_summary
from queries.warehouse import current_warehouse
folder = Path(sys.argv[1])
telemetry.start(lambda: folder)
found = current_warehouse(folder)
build_summary(found)
build_summary(found)
for run in (Run("nguon", "page", 0.03, False), Run("nguon", "page", 0.3, True)):
    for told in runs.told_of_runs:
        told(run)
downloads.keep(lambda path: path.write_bytes(b"x"), "a.csv")
print(telemetry.text().decode())
"""


def counted(folder: Path) -> dict[str, float]:
    """Every figure of a new process that did a little, by its name and labels."""
    done = subprocess.run(
        [sys.executable, "-c", COUNTING, str(folder)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lines = [line for line in done.stdout.splitlines() if line and not line.startswith("#")]
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


def test_figures_say_what_was_done(warehouse_one_row: Path) -> None:
    told = counted(warehouse_one_row)
    build_id = current_warehouse(warehouse_one_row).build_id
    assert told[f'dashboard_build_info{{build_id="{build_id}"}}'] == 1
    assert told["dashboard_build_usable"] == 1
    assert told["dashboard_build_age_seconds"] > 0
    assert told["dashboard_build_rows_rejected"] == 0
    assert told["dashboard_build_rows_kept"] > 0
    assert told["dashboard_builds_opened_total"] == 1
    assert told["dashboard_query_seconds_count"] == 1
    assert told['dashboard_answers_total{result="asked"}'] == 1
    assert told['dashboard_answers_total{result="kept"}'] >= 1
    assert told['dashboard_rerun_seconds_count{page="nguon",part="page"}'] == 2
    assert told['dashboard_rerun_seconds_bucket{le="0.05",page="nguon",part="page"}'] == 1
    assert told['dashboard_reruns_failed_total{page="nguon"}'] == 1
    assert told['dashboard_exports_total{ending="csv"}'] == 1
    assert told["dashboard_sessions"] == 0
    assert any(name.startswith("dashboard_cache_lookups_total") for name in told)
    assert told["process_resident_memory_bytes"] > 1e6


def test_figures_without_a_build_say_so(tmp_path: Path) -> None:
    code = COUNTING[: COUNTING.index("found =")] + "print(telemetry.text().decode())"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "dashboard_build_usable 0.0" in done.stdout


def test_alert_rules_ask_for_figures_that_exist(warehouse_one_row: Path) -> None:
    """A rule on a name that nobody counts never fires."""
    names = {re.split(r"[{ ]", name)[0] for name in counted(warehouse_one_row)}
    text = (ROOT / "deploy" / "prometheus" / "rules.yml").read_text(encoding="utf-8")
    wanted = set(re.findall(r"\b(?:dashboard|process)_[a-z_]+", text))
    assert [name for name in wanted if not any(known.startswith(name) for known in names)] == []


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('10.1.2.3:4711 - "GET /nguon?lang=en&unit=1 HTTP/1.1" 200', '[ip] - "GET /nguon?… HTTP/1.1" 200'),
        ("from 2001:db8:0:0:0:0:2:1 now", "from [ip] now"),
        ("sent by can.bo@hanoi.gov.vn", "sent by [e-mail]"),
        ("b0123456789ab at 16:30:05, 12.5 s", "b0123456789ab at 16:30:05, 12.5 s"),
        ("Tại sao? Không rõ", "Tại sao? Không rõ"),
    ],
)
def test_lines_hold_no_visitor(text: str, kept: str) -> None:
    assert logs.without_visitors(text) == kept


def test_a_json_line_has_the_error_in_one_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "where", lambda: Where("nguon", "0f1e2d3c4b5a", "b0123456789ab"))
    try:
        raise ValueError("/nguon?lang=en")
    except ValueError:
        record = logging.getLogger("x").makeRecord(
            "x", logging.ERROR, "f", 1, "Đọc %s", ("a",), sys.exc_info()
        )
    line = logs.Json().format(record)
    assert "\n" not in line
    told = json.loads(line)
    assert (told["message"], told["level"], told["logger"]) == ("Đọc a", "error", "x")
    assert (told["page"], told["session"], told["build"]) == ("nguon", "0f1e2d3c4b5a", "b0123456789ab")
    assert told["error"].startswith("Traceback")
    assert told["error"].endswith("ValueError: /nguon?…")


def test_outside_of_a_run_a_line_names_no_session() -> None:
    record = logging.getLogger("x").makeRecord("x", logging.INFO, "f", 1, "y", (), None)
    assert json.loads(logs.Json().format(record)).keys() == {"time", "level", "logger", "message"}


def test_who_hears_of_a_run_cannot_break_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(_: Run) -> None:
        raise RuntimeError("broken counter")

    heard: list[Run] = []
    monkeypatch.setattr(runs, "told_of_runs", [fails, heard.append])
    runs._tell(Run("nguon", "page", 0.1, False))
    assert len(heard) == 1
    assert "could not be told of" in caplog.text
