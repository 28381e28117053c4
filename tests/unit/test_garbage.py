"""Garbage is collected in a quiet moment, or when it has waited long enough."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from ui import garbage, runs
from ui.garbage import FIRST_SECONDS, LATEST_SECONDS, QUIET_SECONDS, RUNS, Collector

RUN = runs.Run("/", "page", 0.1, failed=False)


@pytest.fixture(autouse=True)
def own_settings() -> Iterator[None]:
    """What a test sets does not outlive it."""
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def after(made: int, *, frozen: bool = True) -> Collector:
    """So many runs ended, the last of them now."""
    collector = Collector(frozen=frozen)
    for _ in range(made):
        collector.note(RUN)
    return collector


@pytest.mark.parametrize(
    ("made", "frozen", "later", "due"),
    [
        (0, False, 2 * LATEST_SECONDS, False),
        (1, False, QUIET_SECONDS + 0.1, False),
        (1, False, FIRST_SECONDS + 0.1, True),
        (RUNS - 1, True, QUIET_SECONDS + 0.1, False),
        (RUNS, True, QUIET_SECONDS / 2, False),
        (RUNS, True, QUIET_SECONDS + 0.1, True),
        (1, True, LATEST_SECONDS + 0.1, True),
    ],
)
def test_when_it_is_due(made: int, frozen: bool, later: float, due: bool) -> None:
    collector = after(made, frozen=frozen)
    assert collector.is_due(collector.collected + later) is due


def test_under_load_it_is_due_once_it_has_waited_long_enough() -> None:
    collector = after(RUNS)
    now = collector.collected + LATEST_SECONDS
    collector.ended = now
    assert not collector.is_due(now - 0.1)
    assert collector.is_due(now)


def test_what_only_refers_to_itself_goes_and_what_is_there_the_first_time_is_not_looked_at_again() -> None:
    class Cycle:
        """Refers to itself."""

    one = Cycle()
    one.self = one  # type: ignore[attr-defined]
    seen = weakref.ref(one)
    del one
    collector = after(1, frozen=False)
    collector.collect()
    assert seen() is None
    assert collector.frozen
    assert gc.get_freeze_count() > 1000
    assert not collector.is_due(collector.collected + 2 * LATEST_SECONDS)


def test_once_started_python_itself_looks_at_young_objects_only(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[runs.Told] = []
    monkeypatch.setattr(garbage, "told_of_runs", told)
    monkeypatch.setattr(garbage, "LOOK_SECONDS", 3600.0)
    garbage.start()
    assert gc.get_threshold()[2] == garbage.NEVER
    assert len(told) == 1
