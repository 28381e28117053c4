"""A desk with five wards' families published, to be killed, starved and crowded."""

from __future__ import annotations

import sys
import types
from pathlib import Path

import pytest

from tests.etl.faults.families import hand_in
from tests.etl.intake.handing_in import Desk, copied, empty_desk


@pytest.fixture(autouse=True)
def no_main_script(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test of a screen leaves that screen as the main script, which each new process would run again."""
    monkeypatch.setitem(sys.modules, "__main__", types.ModuleType("__main__"))


@pytest.fixture(scope="package")
def published(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """One submission, of figure 1000."""
    desk = empty_desk(tmp_path_factory.mktemp("faults"))
    desk.submit(hand_in(desk, 1000))
    return desk


@pytest.fixture
def desk(published: Desk, tmp_path: Path) -> Desk:
    return copied(published, tmp_path)
