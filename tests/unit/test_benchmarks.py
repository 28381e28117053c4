"""What benchmarks work out from what they measured."""

from __future__ import annotations

import pytest

from benchmarks import pages, readers
from benchmarks.new_build import Judge, Looking, Seen
from benchmarks.pages import BARE, Measured
from benchmarks.users import Memory, growth, quantile, table

A, B = b"b000000000001", b"b000000000002"


def measured(one: float, many: tuple[float, ...], **more: object) -> Measured:
    found = Measured([one], list(many))
    for name, value in more.items():
        setattr(found, name, value)
    return found


def test_ratios_are_taken_round_by_round() -> None:
    bare, screen = measured(40, (200, 100, 220)), measured(60, (100, 50, 55))
    assert pages.share(screen, bare) == 0.5
    assert pages.times(screen, bare) == 1.5


def test_each_missed_aim_is_named() -> None:
    results = {
        BARE: measured(40, (200.0,)),
        "/good": measured(80, (60.0,), size=250_000, fresh_ms=[150.0]),
        "/slow": measured(81, (59.0,), size=1, whole=300, fresh_size=250_001, fresh_ms=[10.0, 151.0]),
    }
    lines = pages.missed(results)
    assert [line.partition(":")[0] for line in lines] == ["/slow"] * 5


@pytest.mark.parametrize(("percent", "value"), [(50, 50.5), (95, 95.05), (99, 99.01)])
def test_quantiles_lie_between_the_values(percent: int, value: float) -> None:
    assert quantile([float(n) for n in range(1, 101)], percent) == pytest.approx(value)


def test_one_rerun_is_its_own_quantile() -> None:
    assert quantile([0.2], 95) == 0.2
    assert "| all | 1 | 200 | 200 | 200 | 200 |" in table({"/": [0.2]})


def test_growth_is_the_larger_of_both_kinds_of_memory() -> None:
    samples = [(0.0, Memory(100, 80)), (1.0, Memory(104, 88)), (2.0, Memory(101, 80))]
    assert growth(samples) == pytest.approx(0.1)


@pytest.mark.parametrize("path", readers.USUAL)
def test_choices_that_nobody_has_made_are_other_views_each(path: str) -> None:
    found = readers.fresh(path, 8)
    assert found
    assert len({readers.usual(path), *found}) == len(found) + 1
    assert all(one.partition("?")[0] == path for one in found)


def test_a_reader_takes_the_same_way_with_the_same_seed() -> None:
    ways = [[reader.next() for _ in range(50)] for reader in (readers.Reader(7), readers.Reader(7))]
    assert ways[0] == ways[1]
    assert len({one.partition("?")[0] for one in ways[0]}) > 5


@pytest.mark.parametrize(
    ("elements", "builds", "mixed"),
    [
        ({"frame", "a"}, {A}, False),
        ({"frame", "b"}, {B}, False),
        ({"frame", "a", "b"}, {A}, True),
        ({"frame", "b"}, {A}, True),
        ({"frame", "a"}, {A, B}, True),
    ],
)
def test_a_screen_with_figures_of_two_builds_is_mixed(
    elements: set[str], builds: set[bytes], mixed: bool
) -> None:
    kinds = ({"": frozenset({"frame", "a"})}, {"": frozenset({"frame", "b"})})
    visitor, seen = Looking(None, ""), Seen()  # type: ignore[arg-type]  # nothing is asked of a server
    visitor.elements, visitor.builds = elements, builds
    Judge(kinds, {A: 0, B: 1}).judge(visitor, seen)
    assert bool(seen.mixed) is mixed
