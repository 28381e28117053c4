"""Classes of a map: every value in exactly one, missing ones in none, edges that say what a class holds."""

from __future__ import annotations

import itertools
import math

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from charts.base import Look
from charts.classes import METHODS, MISSING, Classes, Method, NoTarget, between, blend, classified
from charts.palette import DARK, LIGHT
from i18n import words_in

VI = Look(words_in("vi"), LIGHT)
EN = Look(words_in("en"), LIGHT)
RATES = st.floats(0, 1, allow_nan=False)
AMOUNTS = st.floats(-1e7, 1e7, allow_nan=False).map(lambda x: round(x, 6))
COUNTS = st.integers(0, 2_000_000).map(float)
VALUES = st.one_of(
    *(st.lists(st.one_of(kind, st.just(math.nan)), max_size=140) for kind in (RATES, AMOUNTS, COUNTS))
)


@settings(max_examples=150, deadline=None)
@example([2.225073858507203e-309], "target", 1, 0.0)
@example([0.0, 2.225073858507203e-309], "quantile", 2, 0.0)
@example([0.0, 5e-324], "equal", 3, 0.0)
@given(VALUES, st.sampled_from(METHODS), st.integers(1, 8), st.one_of(RATES, COUNTS))
def test_every_value_falls_into_exactly_one_class_that_holds_it(values, method, classes, target) -> None:
    found = classified(pd.Series(values, dtype=float), method, classes, target)
    assert len(found.index) == len(values)
    assert sum(found.counts) + found.missing == len(values)
    assert found.size <= max(classes, 2 if method == "target" else 1)
    assert len(found.edges) == (found.size + 1 if found.size else 0)
    steps = list(itertools.pairwise(found.edges))
    assert all(low < high for low, high in steps[:-1])
    assert all(low <= high for low, high in steps[-1:])
    for value, index in zip(values, found.index, strict=True):
        if math.isnan(value):
            assert index == MISSING
            continue
        low, high = found.edges[index], found.edges[index + 1]
        assert low <= value < high or (index == found.size - 1 and low <= value <= high)
    assert found.counts == tuple(found.index.count(k) for k in range(found.size))


@settings(max_examples=60, deadline=None)
@given(st.lists(RATES, min_size=1, max_size=126), st.sampled_from(("quantile", "natural")), st.integers(1, 7))
def test_no_quantile_and_no_natural_class_is_empty(values, method, classes) -> None:
    assert all(classified(pd.Series(values), method, classes).counts)


def test_quantiles_of_126_different_values_hold_as_many_each() -> None:
    found = classified(pd.Series([k / 126 for k in range(126)]), "quantile", 6)
    assert found.counts == (21,) * 6


def test_equal_values_are_never_parted() -> None:
    found = classified(pd.Series([0.5] * 100 + [0.6] * 2), "quantile", 5)
    assert found.counts == (100, 2)


def test_natural_breaks_find_the_gaps() -> None:
    found = classified(pd.Series([1, 2, 3, 50, 51, 52, 90, 91.0]), "natural", 3)
    assert found.counts == (3, 3, 2)
    assert list(found.edges) == [1, 30, 70, 91]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 200), min_size=4, max_size=9, unique=True), st.integers(2, 4))
def test_no_other_breaks_leave_less_spread_within_classes_than_the_natural_ones(values, classes) -> None:
    ordered = sorted(values)

    def spread(cuts: tuple[int, ...]) -> float:
        ends = itertools.pairwise((0, *cuts, len(ordered)))
        return sum(float(pd.Series(ordered[a:b]).var(ddof=0)) * (b - a) for a, b in ends)

    found = classified(pd.Series(ordered, dtype=float), "natural", classes)
    natural = tuple(itertools.accumulate(found.counts))[:-1]
    least = min(spread(cuts) for cuts in itertools.combinations(range(1, len(ordered)), classes - 1))
    assert spread(natural) == pytest.approx(least)


def test_equal_steps_are_equal() -> None:
    found = classified(pd.Series([0, 10, 20, 55, 100.0]), "equal", 4)
    assert list(found.edges) == [0, 25, 50, 75, 100]
    assert found.counts == (3, 0, 1, 1)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("values", [[], [math.nan, math.nan], [math.inf]])
def test_without_a_value_there_is_no_class(method: Method, values: list[float]) -> None:
    found = classified(pd.Series(values, dtype=float), method, 5, 0.8)
    assert (found.edges, found.counts, found.missing) == ((), (), len(values))
    assert found.labels(VI, "rate") == ()
    assert found.colours(LIGHT) == ()


@pytest.mark.parametrize("method", ["quantile", "natural", "equal"])
@pytest.mark.parametrize("values", [[0.725], [0.725] * 126])
def test_values_that_are_all_equal_are_one_class(method: Method, values: list[float]) -> None:
    found = classified(pd.Series(values), method, 5)
    assert (found.edges, found.counts) == ((0.725, 0.725), (len(values),))
    assert found.labels(VI, "rate") == ("72,5%",)
    assert found.labels(EN, "rate") == ("72.5%",)


@pytest.mark.parametrize("method", ["quantile", "natural"])
def test_two_different_values_are_two_classes(method: Method) -> None:
    assert classified(pd.Series([0.2, 0.9, 0.9, None]), method, 6).counts == (1, 2)


@pytest.mark.parametrize(
    ("values", "labels"), [([0.7, 0.8], ("70–80%", "80%")), ([0.2, 0.4, 0.8, 0.8], ("20–60%", "60–80%"))]
)
def test_a_class_of_one_number_at_the_end_says_that_number(
    values: list[float], labels: tuple[str, ...]
) -> None:
    assert classified(pd.Series(values), "quantile", 2).labels(VI, "rate") == labels


# ---- The target ---------------------------------------------------------------------------------------------------


def test_the_target_is_an_edge_and_reaching_it_is_above() -> None:
    found = classified(pd.Series([0.5, 0.7, 0.79999, 0.8, 0.95]), "target", 4, 0.8)
    assert 0.8 in found.edges
    assert sum(found.counts[: found.below]) == 3
    assert sum(found.counts[found.below :]) == 2


@pytest.mark.parametrize(
    ("values", "counts", "labels"),
    [
        ([0.5, 0.6], (2, 0), ("< 80%", "≥ 80%")),
        ([0.9, 0.95], (0, 2), ("< 80%", "≥ 80%")),
        ([0.8], (1,), ("80%",)),
    ],
)
def test_both_sides_of_the_target_have_a_class_even_an_empty_one(values, counts, labels) -> None:
    found = classified(pd.Series(values), "target", 2, 0.8)
    assert (found.counts, found.labels(VI, "rate")) == (counts, labels)


def test_steps_from_the_target_are_one_round_width_on_both_sides() -> None:
    found = classified(pd.Series([0.4, 0.85]), "target", 5, 0.8)
    assert found.edges == (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
    assert classified(pd.Series([0.4, 0.85]), "target", 4, 0.8).edges == (0.4, 0.6, 0.8, 1.0)


def test_distance_to_a_target_needs_one() -> None:
    with pytest.raises(NoTarget):
        classified(pd.Series([0.5]), "target", 5)


def test_a_change_around_nothing_reads_in_points() -> None:
    found = classified(pd.Series([-0.031, -0.01, 0.0, 0.02, 0.04]), "target", 4, 0.0)
    assert found.labels(VI, "points") == (
        "< −2 điểm %",
        "−2 – 0 điểm %",
        "0 – 2 điểm %",
        "≥ 2 điểm %",
    )


# ---- Words and colours --------------------------------------------------------------------------------------------


def test_labels_part_what_the_classes_part() -> None:
    found = classified(pd.Series([0.6, 0.71234, 0.71238, 0.9]), "quantile", 2)
    assert found.labels(VI, "rate")[0].endswith("–71,236%")


def test_counts_have_no_percent() -> None:
    found = classified(pd.Series([100, 1200, 5000, 9000.0]), "quantile", 2)
    assert found.labels(VI, "count") == ("100–3.000", "3.000–9.000")


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([5, 16, 17, 40], ("5–16", "17–40")),  # the edge is 16.5
        ([5, 5, 6, 6], ("5–6", "6")),
        ([5.0, 16.2, 16.4, 40.0], ("5–16", "16–40")),  # divided figures are read as whole numbers, too
        ([0.1, 0.2, 0.3, 0.4], ("0,10–0,25", "0,25–0,40")),  # nothing would be told apart
        ([1200.0, 1500.0, 2300.0, 9000.0], ("1.200–2.000", "2.000–9.000")),
    ],
)
def test_classes_of_counts_are_whole_numbers(values: list[float], labels: tuple[str, ...]) -> None:
    assert classified(pd.Series(values, dtype=float), "quantile", 2).labels(VI, "count") == labels


def test_a_change_of_counts_reads_in_whole_numbers() -> None:
    found = classified(pd.Series([-9.0, -3.0, 0.0, 2.0, 9.0]), "target", 8, 0.0)
    assert 2.5 in found.edges
    assert found.labels(VI, "count") == (
        "< −7",
        "−7 – −5",
        "−5 – −3",
        "−2 – 0",
        "0 – 2",
        "3 – 5",
        "5 – 7",
        "≥ 8",
    )


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.71234, 0.7198, 0.716), (0.52, 0.68, 0.6), (-1, 3, 0), (210, 390, 300), (0.7, 0.8, 0.8)],
)
def test_an_edge_is_the_shortest_number_between_two(low: float, high: float, expected: float) -> None:
    assert between(low, high) == pytest.approx(expected)


@given(RATES, RATES)
def test_between_two_values_there_is_always_an_edge(a: float, b: float) -> None:
    low, high = sorted((a, b))
    if low < high:
        assert low < between(low, high) <= high


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", [1, 2, 5, 7])
def test_each_class_has_a_colour_of_its_own(palette, method: Method, size: int) -> None:
    found: Classes = classified(pd.Series([k / 50 for k in range(51)]), method, size, 0.6)
    colours = found.colours(palette)
    assert len(colours) == found.size == len(set(colours))
    assert all(len(colour) == 7 and colour[0] == "#" for colour in colours)
    assert palette.missing not in colours and palette.accent not in colours


def test_a_blend_goes_from_the_first_colour_to_the_last() -> None:
    assert blend(("#000000", "#FFFFFF"), 3) == ("#000000", "#808080", "#FFFFFF")


def test_below_and_above_a_target_have_colours_of_their_own() -> None:
    found = classified(pd.Series([0.2, 0.5, 0.9, 1.0]), "target", 6, 0.8)
    colours = found.colours(LIGHT)
    assert colours[0] == LIGHT.below and colours[-1] == LIGHT.above
