"""What is published: the figure that somebody heard is found, and the difference from the screen is explained."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest

from charts.base import Look
from charts.palette import palette
from charts.published import by_basis, published_table, reasons, value_of
from i18n import words_in
from queries import figures
from queries.figures import STATUS_CHOICES
from queries.published import heard_rate, nearest, published_about, why_different, without_basis

ALL = STATUS_CHOICES["all"]
FAMILY = "model.family.recognised_of_total"
LOOKS = [Look(words_in("vi"), palette(False)), Look(words_in("en"), palette(True))]
both_languages = pytest.mark.parametrize("look", LOOKS, ids=["vi", "en"])


@pytest.fixture(scope="module")
def family(full):
    return published_about(full, "family")


@pytest.fixture(scope="module")
def screen(full):
    return figures.headline(full, FAMILY, ALL)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("89", 0.89), ("89%", 0.89), (" 89 % ", 0.89), ("72,1", 0.721), ("72.1%", 0.721), ("0.89", 0.89), ("0,89", 0.89),
        ("khoảng 67%", 0.67), ("0,5%", 0.005), ("1", 0.01), ("100%", 1.0), ("89%.", 0.89),
        ("", None), ("abc", None), ("0", None), ("120", None), ("1.669.074", None), ("67 hoặc 72", None), ("%", None),
    ],
)  # fmt: skip
def test_a_rate_is_read_as_people_type_it(text, rate):
    assert heard_rate(text) == (pytest.approx(rate) if rate else None)


def test_who_heard_89_finds_the_city_s_figure_of_the_registered_first(family, screen):
    near = nearest(family, heard_rate("89") or 0)
    assert (near[0].value, near[0].basis, near[0].unit_key) == (0.8906, "recognised_of_registered", "01")
    assert {f.value for f in near} == {0.8906, 0.89, 0.883}
    assert screen is not None
    assert screen.value == 0.721
    assert why_different(near[0], screen) == ("basis", "date")
    assert "registered" in reasons(near[0], screen, LOOKS[1])


@pytest.mark.parametrize(
    ("heard", "values"),
    [(0.721, [0.721, 0.7125]), (0.883, [0.883, 0.8906, 0.89]), (0.5, []), (0.67, [0.67, 0.666])],
)
def test_only_figures_within_one_and_a_half_points_are_near_the_nearest_first(family, heard, values):
    near = [f.value for f in nearest(family, heard)]
    assert near[: len(values)] == values
    assert all(abs(v - heard) <= 0.015 + 1e-9 for v in near if v is not None)


def test_a_count_is_never_taken_for_a_rate(family):
    assert all(f.kind == "rate" for heard in (0.01, 0.5, 1.0) for f in nearest(family, heard))


def test_every_reason_is_told(full, family, screen):
    assert screen is not None
    by_value = {(f.indicator_id.rpartition(".")[2], f.unit_key, f.value): f for f in family}
    own = by_value["recognised_of_total", "01", 0.721]
    assert why_different(own, screen) == ("same",)
    assert why_different(by_value["recognised_of_total", "01", 0.67], screen) == ("undated",)
    assert why_different(by_value["recognised_of_total", "01", 0.7125], screen) == ("date",)
    assert why_different(by_value["recognised_of_total", "002@legacy", 0.89], screen) == ("place", "date")
    assert why_different(by_value["recognised", "01", 1669074.0], screen) == ("count",)
    assert why_different(without_basis(family)[0], screen)[0] == "not_stated"
    assert why_different(replace(own, value=0.7), screen) == ("source",)
    assert why_different(own, None) == ()
    guess = replace(screen, status="illustrative", period_end=dt.date(2026, 9, 30))
    assert why_different(own, guess) == ("illustrative",)
    citizen = published_about(full, "citizen")
    assert all("subject" in why_different(f, screen) for f in citizen if f.kind == "rate")


@both_languages
@pytest.mark.parametrize("model", ["family", "clan", "community", "unit", "commune", "citizen_resident"])
def test_every_figure_has_a_sentence_a_number_and_a_source(full, look, model):
    headline = figures.headline(full, f"model.{model}.recognised_of_total", ALL)
    listed = published_about(full, model)
    assert listed
    for figure in listed:
        text = reasons(figure, headline, look)
        assert text.endswith(".")
        assert not re.search(r"[{}]|None|nan", text + value_of(figure, look))
        assert figure.url
        assert figure.source_title


@pytest.mark.parametrize(
    "indicator", ["school.count", "participation.association.members", "school.national_standard.public"]
)
def test_any_indicator_can_be_asked_about(full, indicator):
    listed = published_about(full, indicator)
    counted = full.row(
        "SELECT count(*) AS n FROM observation WHERE status = 'published' AND indicator_id = ?", indicator
    )
    assert counted is not None
    assert len(listed) == counted["n"] > 0
    assert {f.indicator_id for f in listed} == {indicator}
    assert published_table(listed, None, LOOKS[0]).shape[0] == len(listed)


@both_languages
def test_no_column_of_the_table_holds_two_bases(family, screen, look):
    table = published_table(family, screen, look)
    titles = [title for title, _ in by_basis(family, "", look)]
    assert len(titles) == len(set(titles)) >= 5
    filled = (table[titles] != "").sum(axis=1)
    assert (filled == 1).all()
    assert (
        table[look.words("common.basis_short_recognised_of_registered")].tolist().count("") == len(family) - 1
    )
    assert list(table[look.words("models.published_why")]) == [reasons(f, screen, look) for f in family]


def test_nothing_is_published_where_nothing_is(empty):
    assert published_about(empty, "family") == []
