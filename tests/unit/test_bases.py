"""One basis at a time: what may stand side by side, and that every chart of rates refuses what may not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from charts import models, overview, published, ranking, schools, timeline
from charts.base import Look
from charts.models import Labels
from charts.palette import palette
from i18n import words_in
from queries import catalogue, coverage, figures
from queries import overview as asked
from queries import published as listed
from queries import timeline as moved
from queries.bases import NOT_STATED, MixedBases, basis_in, one_basis
from queries.catalogue import BASES
from queries.figures import STATUS_CHOICES
from queries.groupings import added_up

ALL = STATUS_CHOICES["all"]
OURS, OTHER = "recognised_of_total", "recognised_of_registered"
FAMILY = f"model.family.{OURS}"
REGISTERED = f"model.family.{OTHER}"
PERIOD, BEFORE = dt.date(2026, 9, 30), dt.date(2025, 6, 30)
LOOK = Look(words_in("en"), palette(False))
LABELS = Labels(
    "Learning families", "families", "recognised of the total", "Q3 2026", "Illustrative", "wards"
)


# ---- The rule ----------------------------------------------------------------------------------------------------


def frame(*bases: str | None) -> pd.DataFrame:
    return pd.DataFrame({"basis": pd.Series(bases, dtype="object")})


@pytest.mark.parametrize(
    ("parts", "basis"),
    [
        ([], None),
        ([[]], None),
        ([frame()], None),
        ([frame(None, None)], None),
        ([frame(OURS, OURS)], OURS),
        ([frame(OURS), [FAMILY]], OURS),
        ([[FAMILY, "model.clan.recognised_of_total"]], OURS),
        ([frame("of_total"), ["school.national_standard.public"]], "of_total"),
        ([frame(NOT_STATED)], NOT_STATED),
    ],
)
def test_what_shares_a_basis_goes_together(parts, basis):
    assert one_basis(*parts) == basis


@pytest.mark.parametrize(
    "parts",
    [
        [frame(OURS, OTHER)],
        [frame(OURS, None)],
        [frame(OURS), [REGISTERED]],
        [[FAMILY, REGISTERED]],
        [frame(OURS), frame(OTHER)],
        [frame(OURS), frame(NOT_STATED)],
        [frame(NOT_STATED, NOT_STATED)],
        [["model.clan.basis_not_stated", "model.family.basis_not_stated"]],
    ],
)
def test_what_does_not_is_refused(parts):
    with pytest.raises(MixedBases):
        one_basis(*parts)


def test_figures_of_which_nobody_knows_the_basis_do_not_even_go_with_each_other(full):
    apart = listed.without_basis(listed.published_about(full, "family"))
    assert len(apart) > 1
    with pytest.raises(MixedBases, match="do not state"):
        one_basis(apart)
    assert one_basis(apart[:1]) == NOT_STATED


def test_a_frame_that_does_not_say_its_basis_cannot_slip_through():
    with pytest.raises(KeyError):
        one_basis(pd.DataFrame({"value": [0.5]}))


def test_the_name_of_every_rate_in_the_catalogue_says_its_basis(full):
    rates = [i for i in catalogue.indicators(full) if i.kind == "rate"]
    assert len(rates) > 40
    assert [(i.indicator_id, basis_in(i.indicator_id)) for i in rates] == [
        (i.indicator_id, i.basis) for i in rates
    ]


# ---- Every chart of rates ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def units(full) -> pd.DataFrame:
    return moved.values_on(full, FAMILY, PERIOD, moved.WARDS_NOW, ALL).assign(matches=True)


@pytest.fixture(scope="module")
def target(full):
    return catalogue.governing_targets(full, FAMILY)[-1]


def half_of_another(some: pd.DataFrame) -> pd.DataFrame:
    """The same rows, every other one on another basis."""
    return some.assign(basis=[OTHER if place % 2 else OURS for place in range(len(some))])


def charts_of(full, units, target) -> dict[str, tuple[Callable[[Any], object], Any, Callable[[Any], Any]]]:  # fmt: skip
    """Name → how to draw it, from what, and the same with a second basis among it."""
    series = figures.city_series(full, FAMILY, ALL)
    stray = replace(series[0], basis=OTHER)
    areas = figures.area_values(full, FAMILY, PERIOD, "district", ALL)
    pulls = asked.pulls(full, FAMILY, PERIOD, "city", ALL, target.value)
    across = moved.across_reform(full, FAMILY, PERIOD, ALL)
    changes = asked.changes(full, OURS, PERIOD, dt.date(2026, 6, 30), ALL)
    standard = figures.city_series(full, "school.national_standard.public", ALL)
    return {
        "trend": (
            lambda s: models.trend(s, [target], LABELS, LOOK),
            series,
            lambda s: [*s, stray],
        ),
        "distribution": (
            lambda u: models.distribution(u, None, target, LABELS, LOOK),
            units,
            half_of_another,
        ),
        "ranking": (lambda u: ranking.ranking(u, target, LABELS, LOOK), units, half_of_another),
        "groups": (
            lambda a: ranking.groups(a, "district", target, LABELS, LOOK),
            areas,
            half_of_another,
        ),
        "sums of groups": (lambda u: added_up(u, "peer_group"), units, half_of_another),
        "pulls": (lambda p: overview.pull_bars(p, target, LABELS, LOOK), pulls, half_of_another),
        "changes": (
            lambda c: overview.changes_table(c, [x.model for x in c], LOOK),
            changes,
            lambda c: [*c[:-1], replace(c[-1], basis=OTHER)],
        ),
        "across July 2025": (
            lambda a: timeline.across(a, None, None, LABELS, LOOK),
            across,
            half_of_another,
        ),
        "national standard": (
            lambda s: schools.standard_trend(s, [], [], "", LOOK),
            standard,
            lambda s: [*s, replace(s[0], basis=NOT_STATED)],
        ),
    }


CHARTS = (
    "trend", "distribution", "ranking", "groups", "sums of groups", "pulls", "changes", "across July 2025",
    "national standard",
)  # fmt: skip


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_draws_one_basis_and_refuses_two(full, units, target, name):
    every = charts_of(full, units, target)
    assert set(every) == set(CHARTS)
    draw, one, two = every[name]
    assert draw(one) is not None
    with pytest.raises(MixedBases):
        draw(two(one))


@pytest.mark.parametrize("name", ["trend", "distribution", "ranking", "groups", "pulls"])
def test_a_target_on_another_basis_is_refused_too(full, units, target, name):
    draw, one, _ = charts_of(full, units, replace(target, indicator_id=REGISTERED))[name]
    with pytest.raises(MixedBases):
        draw(one)


def test_the_city_s_line_in_a_distribution_is_on_the_basis_of_the_units(full, units):
    city = figures.city_series(full, REGISTERED, ALL)[-1]
    with pytest.raises(MixedBases):
        models.distribution(units, city, None, LABELS, LOOK)


def test_the_city_and_the_districts_wholly_reported_are_on_the_basis_of_the_districts(full):
    across = moved.across_reform(full, FAMILY, PERIOD, ALL)
    city = figures.city_series(full, REGISTERED, ALL)[-1]
    with pytest.raises(MixedBases):
        timeline.across(across, (city, city), None, LABELS, LOOK)
    both = coverage.present_in_both(full, REGISTERED, BEFORE, PERIOD, ALL)
    assert both is not None
    with pytest.raises(MixedBases):
        timeline.across(across, None, both, LABELS, LOOK)


@pytest.mark.parametrize("basis", BASES)
def test_what_is_published_stands_under_the_heading_of_its_basis(full, basis):
    every = listed.published_about(full, "family")
    groups = published.by_basis(every, basis, LOOK)
    assert groups[0][0] == LOOK.words(f"common.basis_short_{basis}")
    assert sum(len(own) for _, own in groups) == len(every)
    for _, own in groups:
        assert len({(f.kind, f.basis) for f in own}) == 1
        assert len({f.indicator_id for f in own}) == 1
