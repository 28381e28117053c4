"""The data-quality page: for everybody without a child process, with who sent errors for officers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.test_pages import assert_sound
from ui import intake_process, roles
from ui.roles import Person

OpenPage = Callable[..., AppTest]
PATH = "chat-luong"
HEADING = {"vi": "Chất lượng số liệu", "en": "Data quality"}


@pytest.fixture(autouse=True)
def no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    def started(*_: Any, **__: Any) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr("subprocess.Popen", started)


@pytest.mark.parametrize("warehouse", ["warehouse_full", "warehouse_empty", "warehouse_one_row"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_viewer_sees_the_quality_of_every_warehouse(
    open_page: OpenPage, request: pytest.FixtureRequest, warehouse: str, lang: str
) -> None:
    screen = open_page(request.getfixturevalue(warehouse), PATH, lang=lang)
    assert_sound(screen, HEADING[lang])
    assert not {"Ai gửi tệp có lỗi", "Who sent files with errors"} & {
        header.value for header in screen.header
    }


@pytest.mark.parametrize("query", [{"report": "x"}, {"period": "1999-Q9"}, {"status": "real"}], ids=str)
def test_an_address_that_asks_for_something_else(
    open_page: OpenPage, warehouse_full: Path, query: dict[str, str]
) -> None:
    assert_sound(open_page(warehouse_full, PATH, **query), HEADING["vi"])


def test_an_officer_sees_who_sent_errors_first(
    open_page: OpenPage, warehouse_full: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    what = {
        "receipt": "R1",
        "at": "2026-11-22T10:00:00+00:00",
        "file": "a.csv",
        "tables": ["learning_models"],
    }

    def unit(name: str, state: str, sent: list[Any], refused: list[Any]) -> dict[str, Any]:
        words = {"vi": name, "en": name}
        return {
            "unit_key": name,
            "unit": words,
            "state": state,
            "late": False,
            "sent": sent,
            "refused": refused,
        }

    units = [
        unit("A", "sent", [what], []),
        unit("B", "silent", [], []),
        unit("C", "refused", [], [{**what, "errors": 3}]),
    ]
    answer = {"period": "2026-Q3", "due": "2026-10-30", "units": units}
    monkeypatch.setattr(intake_process, "reporters", lambda *_, **__: answer)
    monkeypatch.setattr(roles, "person", lambda: Person("officer", "a@example.org", "listed"))
    screen = open_page(warehouse_full, PATH)
    next(button for button in screen.button if "đã gửi" in button.label).click()
    screen.run()
    assert_sound(screen, HEADING["vi"])
    table = next(
        frame.value.data if hasattr(frame.value, "data") else frame.value
        for frame in screen.dataframe
        if "Nhận gần nhất" in frame.value
    )
    assert list(table["Đơn vị"]) == ["C", "B", "A"]
