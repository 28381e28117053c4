"""The submit page: who sees what, and what is shown of an answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.test_pages import assert_sound
from ui import intake_process, roles
from ui.roles import Person
from ui.submit_files import Held, safe_name
from ui.submit_publish import units_of

OpenPage = Callable[..., AppTest]
PATH = "nop-so-lieu"
HEADING = {"vi": "Nộp số liệu", "en": "Submit figures"}
BA_DINH = "00004@2025-07-01"


def at_the_screen(monkeypatch: pytest.MonkeyPatch, role: Any, reason: Any = "listed") -> None:
    monkeypatch.setattr(roles, "person", lambda: Person(role, "officer@example.org", reason))


@pytest.mark.parametrize(
    "reason", ["signed_out", "closed", "not_listed", "unverified", "unreadable", "listed"]
)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_viewer_reads_why_nothing_can_be_sent(
    open_page: OpenPage, warehouse_empty: Path, monkeypatch: pytest.MonkeyPatch, lang: str, reason: str
) -> None:
    at_the_screen(monkeypatch, "viewer", reason)
    screen = open_page(warehouse_empty, PATH, lang=lang, section="history")
    assert_sound(screen, HEADING[lang])
    assert len(screen.info) == 1
    assert not screen.get("file_uploader")
    assert not screen.button


@pytest.mark.parametrize("warehouse", ["warehouse_full", "warehouse_empty", "warehouse_one_row"])
@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("section", ["send", "templates", "nowhere"])
def test_an_officer_has_every_part(
    open_page: OpenPage,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    warehouse: str,
    lang: str,
    section: str,
) -> None:
    at_the_screen(monkeypatch, "officer")
    screen = open_page(request.getfixturevalue(warehouse), PATH, lang=lang, section=section)
    assert_sound(screen, HEADING[lang])
    assert bool(screen.get("file_uploader")) == (section != "templates")
    assert bool(screen.warning) == (section == "nowhere")


ENTRIES = [
    {
        "receipt": f"R{number}", "sequence": number, "kind": "submit", "by": by, "role": "officer",
        "at": "2026-11-22T10:00:00+00:00", "files": [{"name": "a.csv", "sha256": "x", "verdict": "clean", "rows": 1}],
        "changes": {"added": 1, "replaced": 0, "unchanged": 0}, "build_id": "b1", "undoes": None,
        "undone_by": None, "note": "",
    }
    for number, by in ((2, "other@example.org"), (1, "officer@example.org"))
]  # fmt: skip


@pytest.mark.parametrize(("role", "receipts"), [("officer", ["R1"]), ("steward", ["R2", "R1"])])
def test_the_history_is_the_officers_own_and_the_stewards_whole(
    open_page: OpenPage,
    warehouse_empty: Path,
    monkeypatch: pytest.MonkeyPatch,
    role: str,
    receipts: list[str],
) -> None:
    at_the_screen(monkeypatch, role)
    monkeypatch.setattr(intake_process, "history", lambda **_: {"entries": ENTRIES})
    screen = open_page(warehouse_empty, PATH, section="history")
    assert_sound(screen, HEADING["vi"])
    assert list(screen.dataframe[0].value["Biên nhận"]) == receipts
    assert any("Hoàn tác" in button.label for button in screen.button) == (role == "steward")


def change(unit: str, model: str, column: str) -> dict[str, Any]:
    return {
        "table": "learning_models",
        "unit_key": unit,
        "period": "2026-Q3",
        "row": {"model": model},
        "column": column,
    }


def test_the_units_of_an_answer_are_known_only_where_every_changed_row_is_listed() -> None:
    rows = [
        change(BA_DINH, "family", "total"),
        change(BA_DINH, "family", "registered"),
        change("x", "clan", "total"),
    ]
    assert units_of({"changes": {"added": 1, "replaced": 1, "rows": rows}}) == frozenset({BA_DINH, "x"})
    assert units_of({"changes": {"added": 2, "replaced": 1, "rows": rows}}) is None


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("báo cáo.csv", "báo cáo.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\office\\a.xlsx", "a.xlsx"),
        ("a\x00b\n.csv", "ab.csv"),
        ("", "?"),
        ("x" * 400 + ".csv", "x" * 156 + ".csv"),
    ],
)
def test_the_name_of_a_file_is_one_short_line(sent: str, kept: str) -> None:
    assert safe_name(sent) == kept


def test_files_that_wait_go_with_the_session() -> None:
    held = Held()
    folder = Path(held.folder.name)
    assert folder.stat().st_mode & 0o777 == 0o700
    (folder / "000.csv").write_text("x", encoding="utf-8")
    del held
    assert not folder.exists()
