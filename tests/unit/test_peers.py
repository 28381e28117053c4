"""The comparison with other dashboards: what is read from a browser's notes, and the table made of it."""

from __future__ import annotations

import httpx
import pytest

from benchmarks.peers.browser import Visit, moments
from benchmarks.peers.load import Crowd, Unanswered, has_rows
from benchmarks.peers.table import Measured, table


def seen(*charts: tuple[str, list[float]], start: float = 100, **answered: float) -> dict[str, object]:
    return {
        "start": start,
        "charts": [{"number": number, "times": times} for number, times in charts],
        "answered": {name.strip("n"): time for name, time in answered.items()},
    }


def test_a_chart_of_plotly_is_new_when_it_changed_for_the_last_time():
    notes = seen(("", [150, 300]), ("", [120]))
    assert moments(notes, answers=False, last=True) == [20, 200]
    assert moments(notes, answers=False, last=False) == [20, 50]


def test_a_chart_that_moves_into_place_is_new_in_the_first_frame_after_its_answer():
    notes = seen(("1", [110, 250, 900]), ("2", [180, 700]), n1=200, n2=170)
    assert moments(notes, answers=True, last=True) == [80, 150]


def test_changes_of_the_first_visit_are_told_apart_and_middles_are_shown():
    found = Measured(
        [Visit(1000, 2000, 3000, [900, 700, 800]), Visit(3000, 4000, 5000, [100, 300])],
        Crowd(seconds=[0.1] * 50 + [0.3] * 50, per_second=[10.0, 30.0]),
    )
    line = table({"it": found}).splitlines()[-1]
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells == ["it", "2.00", "3.00", "4,000", "800", "200", "20.0", "200", "300"]


def test_an_answer_without_rows_is_a_fault():
    has_rows(httpx.Response(200, json={"result": [{"rowcount": 3}]}))
    for answer in (httpx.Response(200, json={"result": [{"rowcount": 0}]}), httpx.Response(500, text="no")):
        with pytest.raises(Unanswered):
            has_rows(answer)
