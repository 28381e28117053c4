"""Charts of the learning models and of the first page: what is drawn is what the words and the table say."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charts import models as charts
from charts import ranking as rankings
from charts import timeline as timelines
from charts.base import Chart, Look, mark_reform, reform_note, styled, wrapped
from charts.drawing import Drawing
from charts.models import Labels
from charts.overview import pull_bars
from charts.palette import DARK, LIGHT, palette
from charts.sparkline import sparkline
from i18n import decimal, percent, percent_as_given, points, short_date, words_in
from queries import catalogue, coverage, figures, overview, timeline
from queries.catalogue import Target
from queries.figures import STATUS_CHOICES, Figure
from queries.groupings import added_up
from queries.text import fits
from queries.warehouse import Warehouse, current_warehouse

ALL = STATUS_CHOICES["all"]
Q3_2026, H1_2025 = dt.date(2026, 9, 30), dt.date(2025, 6, 30)
FAMILY = "model.family.recognised_of_total"
LOOKS = [Look(words_in("vi"), palette(False)), Look(words_in("en"), palette(True))]
LABELS = Labels("Learning families", "families", "recognised of the total", "Q3 2026", "Reported", "wards")
TARGETS = [
    Target(FAMILY, "city", year, value, None, "s", True, "", "", None, None, None, None)
    for year, value in ((2025, 0.7), (2030, 0.8))
]

GOAL = TARGETS[-1]

both_languages = pytest.mark.parametrize("look", LOOKS, ids=["vi", "en"])


@pytest.fixture(scope="session")
def full(warehouse_full: Path) -> Warehouse:
    return current_warehouse(warehouse_full)


@pytest.fixture(scope="session")
def real_units(full) -> pd.DataFrame:
    return timeline.values_on(full, FAMILY, Q3_2026, timeline.WARDS_NOW, ALL).assign(matches=True)


@pytest.fixture(scope="session")
def moved_wards(full) -> pd.DataFrame:
    """Today's wards in a period that districts reported."""
    return timeline.values_on(full, FAMILY, H1_2025, timeline.WARDS_NOW, ALL).assign(matches=True)


def units_with(rates: list[float | None], whole: int = 1000) -> pd.DataFrame:
    """Units A0, A1… with these rates; None for one that did not report."""
    values = pd.Series(rates, dtype="float64")
    return pd.DataFrame(
        {
            "unit_key": [f"{n:05d}@2025-07-01" for n in range(len(rates))],
            "code": [f"{n:05d}" for n in range(len(rates))],
            "name_vi": [f"Phường A{n}" for n in range(len(rates))],
            "name_en": [f"A{n} Ward" for n in range(len(rates))],
            "district_vi": "Quận B",
            "district_en": "B District",
            "peer_group": "phuong_core",
            "basis": "recognised_of_total",
            "value": values,
            "numerator": values * whole,
            "denominator": values.where(values.isna(), whole),
            "status": values.map(lambda v: None if pd.isna(v) else "reported"),
            "estimated_share": values.where(values.isna(), 0.0),
            "covered_share": values.where(values.isna(), 1.0),
            **dict.fromkeys(("value_low", "value_high", "value_by_area", "value_by_people"), values),
            "matches": pd.Series(True, index=range(len(rates))),
        }
    )


def city_at(rate: float) -> Figure:
    """A sum over the city."""
    return Figure(
        FAMILY, "recognised_of_total", "reported", "office-reports", dt.date(2026, 7, 1), Q3_2026, rate, None, None, None,
        None, "reference", None, None, None, 126, 126, 1.0, "ward",
    )  # fmt: skip


def filled(chart: Chart) -> None:
    """Nothing is left to fill in, and the alt text begins with the title."""
    assert chart.title
    assert chart.alt.startswith(chart.title)
    for text in (chart.title, chart.subtitle, chart.alt, *chart.notes):
        assert not re.search(r"[{}]|\bnan\b|None", text), text
    assert list(chart.table.columns) == list(dict.fromkeys(chart.table.columns))


def labels_drawn(chart: Chart) -> list[str]:
    return [a.text for a in chart.figure.layout.annotations]


# ---- Trend -------------------------------------------------------------------------------------------------------


@both_languages
def test_the_trend_draws_names_and_lists_the_same_figures(full, look):
    series = figures.city_series(full, FAMILY, ALL)
    chart = charts.trend(series, TARGETS, LABELS, look)
    filled(chart)
    dated = [f for f in series if f.date_basis != "undated"]
    drawn = {
        (day, round(y, 9))
        for trace in chart.figure.data
        if trace.mode != "markers+text"
        for day, y in zip(trace.x, trace.y, strict=True)
    }
    assert drawn == {(f.period_end, round(100 * (f.value or 0), 9)) for f in dated}
    texts = [
        percent_as_given(f.value, look.lang) if f.status == "published" else percent(f.value, look.lang)
        for f in dated
    ]
    assert chart.table[look.words("common.rate")].tolist() == texts
    assert all(text in chart.alt for text in texts)
    marks = [look.words(f"common.mark_{f.status}") for f in dated]
    assert chart.table[look.words("common.status_column")].tolist() == marks
    hovered = [
        point[1] for trace in chart.figure.data if trace.customdata is not None for point in trace.customdata
    ]
    assert sorted(hovered) == sorted(texts)


@both_languages
def test_the_undated_figure_is_not_placed_in_time_but_noted(full, look):
    series = figures.city_series(full, FAMILY, ("published",))
    chart = charts.trend(series, TARGETS, LABELS, look)
    assert [text for text in chart.notes if "67%" in text] == list(chart.notes)
    assert len(chart.notes) == 1
    assert "67%" not in chart.alt
    assert not any("67%" in text for text in labels_drawn(chart))
    assert len(chart.table) == len(series) - 1


@both_languages
def test_targets_are_drawn_at_the_end_of_their_year(full, look):
    chart = charts.trend(figures.city_series(full, FAMILY, ALL), TARGETS, LABELS, look)
    marks = [trace for trace in chart.figure.data if trace.mode == "markers+text"]
    assert [(m.x[0], m.y[0]) for m in marks] == [
        (dt.date(2025, 12, 31), 70), (dt.date(2030, 12, 31), 80),
    ]  # fmt: skip
    assert ["2025" in marks[0].text[0], "70%" in marks[0].text[0], "80%" in marks[1].text[0]] == [True] * 3
    assert chart.figure.layout.xaxis.range[1] > dt.date(2030, 12, 31)


@both_languages
def test_the_breaks_of_2025_are_marked_and_published_figures_are_not_joined(full, look):
    chart = charts.trend(figures.city_series(full, FAMILY, ALL), TARGETS, LABELS, look)
    assert [shape.x0 for shape in chart.figure.layout.shapes] == [dt.date(2025, 1, 1), dt.date(2025, 7, 1)]
    for key in ("merger_label", "reform_label"):
        assert look.words(f"common.{key}") in labels_drawn(chart)
        assert look.words(f"common.{key}_reports") in chart.notes[0]
    published = [t for t in chart.figure.data if t.marker.symbol == "diamond"]
    assert [t.mode for t in published] == ["markers"]
    lines = [t for t in chart.figure.data if t.mode == "lines+markers"]
    for line in lines:
        assert max(line.x) < dt.date(2025, 7, 1) or min(line.x) >= dt.date(2025, 7, 1)
    assert len(lines) == 2


@both_languages
def test_a_trend_says_how_many_wards_are_in_its_sums_and_that_they_are_not_always_the_same(full, look):
    series = figures.city_series(full, FAMILY, ALL)
    counts = [f.units_reporting for f in series if f.reporting_level == "ward" and f.units_reporting]
    assert min(counts) < 126
    chart = charts.trend(series, TARGETS, LABELS, look)
    span = f"{min(counts)}–{max(counts)}"
    assert look.words("models.trend_coverage", span=span, expected=126) in chart.notes[0]
    whole = [replace(f, units_reporting=f.units_expected) for f in series]
    assert span not in charts.trend(whole, TARGETS, LABELS, look).notes[0]


@both_languages
def test_learning_district_ends_on_30_june_2025_with_the_reason_on_the_chart_and_no_target_beyond(full, look):
    ended = dt.date(2025, 6, 30)
    series = figures.city_series(full, "model.district.recognised_of_total", ALL)
    beyond = replace(GOAL, indicator_id="model.district.recognised_of_total")
    chart = charts.trend(series, [beyond], LABELS, look, "ended", ended)
    filled(chart)
    assert max(day for trace in chart.figure.data for day in trace.x) == ended
    assert not any(trace.mode == "markers+text" for trace in chart.figure.data)
    assert "80%" not in " ".join(labels_drawn(chart))
    (reason,) = [text for text in labels_drawn(chart) if short_date(ended, look.lang) in text]
    assert ("bỏ cấp huyện" if look.lang == "vi" else "districts abolished") in reason
    assert [s.x0 for s in chart.figure.layout.shapes if s.type == "rect"] == [ended]
    assert look.words("common.reform_label_ended") in chart.notes[0]


@pytest.mark.parametrize(
    ("first", "last", "sides", "lines"),
    [
        (dt.date(2021, 1, 1), dt.date(2031, 1, 1), ["right", "left"], 1),
        (dt.date(2010, 1, 1), dt.date(2026, 1, 1), ["right", "right"], 2),
        (dt.date(2024, 10, 1), dt.date(2031, 1, 1), ["left", "left"], 2),
        (dt.date(2025, 3, 1), dt.date(2031, 1, 1), ["left"], 1),
        (dt.date(2010, 1, 1), dt.date(2025, 3, 1), ["right"], 1),
        (dt.date(2026, 1, 1), dt.date(2031, 1, 1), [], 0),
        (dt.date(2010, 1, 1), dt.date(2024, 1, 1), [], 0),
    ],
)
def test_labels_of_the_two_days_stand_where_there_is_room_and_never_on_one_another(first, last, sides, lines):
    look = LOOKS[0]
    drawing = styled(Drawing(), look.palette, look.lang, height=300)
    before = drawing.finished().layout.margin.t
    mark_reform(drawing, look, first, last)
    figure = drawing.finished()
    notes = figure.layout.annotations
    assert [note.xanchor for note in notes] == sides
    assert all(note.yanchor == "bottom" and note.y == 1 for note in notes)
    if len(set(sides)) == 1 and len(sides) == 2:
        assert notes[0].yshift - (notes[1].yshift or 0) >= 14
    assert figure.layout.margin.t - before == 18 * lines
    assert len(reform_note(look, first, last, "totals")) == bool(sides)


@both_languages
@pytest.mark.parametrize("count", [0, 1])
def test_a_trend_of_no_figure_or_one(full, look, count):
    series: list[Figure] = figures.city_series(full, FAMILY, ("published",))[:count]
    for targets in ([], TARGETS):
        chart = charts.trend(series, targets, LABELS, look)
        filled(chart)
        assert len(chart.table) == count


# ---- Distribution ------------------------------------------------------------------------------------------------


RATES = st.lists(st.none() | st.integers(0, 1000).map(lambda n: n / 1000), max_size=126)


@given(RATES)
@settings(deadline=None)
def test_every_unit_that_reported_is_in_one_band(rates):
    look = LOOKS[1]
    chart = charts.distribution(units_with(rates), city_at(0.7), GOAL, LABELS, look)
    known = [r for r in rates if r is not None]
    counts = list(chart.figure.data[0].y)
    assert sum(counts) == len(known)
    assert chart.table[look.words("models.count_column")].tolist() == counts
    below = sum(r < 0.8 for r in known)
    assert chart.title == look.words(
        "models.distribution_title", below=below, n=len(known), level=LABELS.level, target="80%"
    )


@pytest.mark.parametrize(
    ("rate", "band"), [(0, 0), (0.0999, 0), (0.1, 1), (0.7, 7), (0.89999, 8), (0.9, 9), (1, 9)]
)
def test_a_band_begins_at_its_lower_edge_and_the_last_one_holds_a_hundred_percent(rate, band):
    counts = list(charts.distribution(units_with([rate]), None, None, LABELS, LOOKS[0]).figure.data[0].y)
    assert [place for place, count in enumerate(counts) if count] == [band]


@both_languages
def test_the_distribution_over_the_wards_says_what_it_draws(real_units, look):
    chart = charts.distribution(real_units, city_at(0.749), GOAL, LABELS, look)
    filled(chart)
    bands, counts = (list(chart.table[column]) for column in chart.table.columns)
    assert sum(counts) == real_units["value"].notna().sum()
    assert all(f"{band}: {count}" in chart.alt for band, count in zip(bands, counts, strict=True) if count)
    assert [shape.x0 for shape in chart.figure.layout.shapes] == pytest.approx([74.9, 80])
    lines = " | ".join(labels_drawn(chart))
    assert percent(0.749, look.lang) in lines
    assert percent(0.8, look.lang, 0) in lines
    reporting = int(real_units["value"].notna().sum())
    assert str(reporting) in chart.subtitle
    assert "126" in chart.subtitle


@both_languages
@pytest.mark.parametrize("rates", [[], [None], [0.5]])
@pytest.mark.parametrize(("city", "target"), [(None, None), (city_at(0.5), GOAL)])
def test_a_distribution_of_no_unit_or_one(look, rates, city, target):
    chart = charts.distribution(units_with(rates), city, target, LABELS, look)
    filled(chart)
    assert sum(chart.figure.data[0].y) == sum(r is not None for r in rates)


# ---- Ranking -----------------------------------------------------------------------------------------------------


def bars_of(chart: Chart) -> tuple[list[str], list[float]]:
    """Names and lengths of the bars, from the top."""
    bars = chart.figure.data[0]
    return list(bars.y), list(bars.x)


def greyed(chart: Chart) -> list[str]:
    """The names drawn without a bar."""
    return [re.sub("<.*?>", "", name) for trace in chart.figure.data[1:] for name in trace.y]


@both_languages
def test_the_ranking_draws_every_ward_and_the_silent_ones_greyed_at_the_end(real_units, look):
    chart = rankings.ranking(real_units, GOAL, LABELS, look)
    filled(chart)
    reported = real_units.dropna(subset=["value"]).sort_values("value", ascending=False)
    silent = real_units[real_units["value"].isna()]
    assert 0 < len(silent) < 126
    name = "name_vi" if look.lang == "vi" else "name_en"
    names, lengths = bars_of(chart)
    assert lengths == pytest.approx((100 * reported["value"]).tolist())
    assert names == [f"{n}  {place}" for place, n in enumerate(reported[name], start=1)]
    assert list(chart.figure.data[0].text) == [percent(v, look.lang) for v in reported["value"]]
    assert greyed(chart) == list(silent[name])
    assert set(chart.figure.data[1].text) == {look.words("common.not_reported").lower()}
    assert chart.figure.layout.yaxis.range == (125.5, -0.5)
    assert len(chart.table) == 126
    ranks = chart.table[look.words("models.rank_column")]
    assert ranks.dropna().tolist() == list(range(1, len(reported) + 1))
    assert set(chart.table[ranks.isna()][look.words("common.rate")]) == {look.words("common.not_reported")}
    assert chart.title == look.words(
        "models.ranking_title", first=reported[name].iloc[0], last=reported[name].iloc[-1]
    )
    assert f"{reported[name].iloc[0]} {percent(reported['value'].iloc[0], look.lang)}" in chart.alt
    assert all(n in chart.alt for n in silent[name])
    assert str(len(reported)) in chart.subtitle
    assert [shape.x0 for shape in chart.figure.layout.shapes] == [80]
    assert any("80%" in text for text in labels_drawn(chart))


@both_languages
def test_a_search_among_all_draws_the_wards_that_fit_with_their_place_among_all(real_units, look):
    units = real_units.assign(matches=[fits(name, "ha dong") for name in real_units["name_vi"]])
    reported = units.dropna(subset=["value"]).sort_values(["value", "code"], ascending=[False, True])
    places = [n for n, fit in enumerate(reported["matches"], start=1) if fit]
    assert len(places) == 1
    chart = rankings.ranking(units, GOAL, LABELS, look)
    ((bar,), _) = bars_of(chart)
    assert bar.endswith(f"  {places[0]}")
    assert greyed(chart) == []
    assert len(chart.table) == 126
    assert chart.title == look.words("models.ranking_title_found", n=1)


@both_languages
def test_within_its_peer_group_a_ward_that_was_sought_stands_out_among_its_like(look):
    units = units_with([0.5, 0.7, 0.6, None]).assign(matches=[True, False, False, False])
    chart = rankings.ranking(units, GOAL, LABELS, look, group="Inner wards")
    names, _ = bars_of(chart)
    assert [name[-1] for name in names] == ["1", "2", "3"]
    colours = list(chart.figure.data[0].marker.color)
    assert colours == [look.palette.soft, look.palette.soft, look.palette.main]
    assert len(greyed(chart)) == 1
    assert chart.title.startswith("Inner wards: ")


@both_languages
def test_wards_of_several_peer_groups_each_have_their_place_in_their_own(look):
    units = units_with([0.9, 0.8, 0.7, 0.6, None]).assign(
        peer_group=["a", "b", "a", "b", "b"], matches=[False, True, True, False, True]
    )
    chart = rankings.ranking(units, GOAL, LABELS, look, by_group=True)
    names, _ = bars_of(chart)
    assert [name.rpartition("  ")[2] for name in names] == ["1/2", "2/2"]
    assert len(greyed(chart)) == 1
    assert chart.title == look.words("models.ranking_title_found", n=3)


@both_languages
def test_a_search_that_fits_nothing_draws_nothing(look):
    chart = rankings.ranking(units_with([0.5, 0.6]).assign(matches=False), None, LABELS, look)
    filled(chart)
    assert bars_of(chart)[0] == []
    assert len(chart.table) == 2


@both_languages
@pytest.mark.parametrize("rates", [[], [None], [0.5], [0.5, None]])
def test_a_ranking_of_no_unit_or_one(look, rates):
    chart = rankings.ranking(units_with(rates), GOAL, LABELS, look)
    filled(chart)
    assert len(bars_of(chart)[0]) == sum(r is not None for r in rates)
    assert len(greyed(chart)) == sum(r is None for r in rates)
    assert len(chart.table) == len(rates)


@both_languages
def test_where_each_unit_has_one_title_the_ranking_says_who_has_it_and_gives_no_places(look):
    chart = rankings.ranking(units_with([1.0, 0.0, 1.0, None], whole=1), GOAL, LABELS, look)
    assert chart.title == look.words("models.ranking_title_binary", yes=2, n=3, level=LABELS.level)
    names, _ = bars_of(chart)
    assert not any(re.search(r"  \d", name) for name in names)
    yes, no = look.words("models.binary_yes"), look.words("models.binary_no")
    assert list(chart.figure.data[0].text) == [yes, yes, no]


def test_units_with_one_rate_share_a_place_and_stand_by_their_code():
    chart = rankings.ranking(units_with([0.5, 0.5, 0.6]), None, LABELS, LOOKS[0])
    assert list(chart.table[LOOKS[0].words("common.unit")]) == ["Phường A2", "Phường A0", "Phường A1"]
    assert list(chart.table[LOOKS[0].words("models.rank_column")]) == [1, 2, 2]


@both_languages
def test_figures_divided_from_districts_have_their_band_and_name_no_first_and_no_last(moved_wards, look):
    chart = rankings.ranking(moved_wards, GOAL, LABELS, look)
    filled(chart)
    assert chart.title == look.words("models.ranking_title_estimated")
    bars = chart.figure.data[0]
    ranked = moved_wards.sort_values(["value", "code"], ascending=[False, True])
    assert list(bars.error_x.array) == pytest.approx(100 * (ranked["value_high"] - ranked["value"]))
    assert list(bars.error_x.arrayminus) == pytest.approx(100 * (ranked["value"] - ranked["value_low"]))
    beside = [a.text for a in chart.figure.layout.annotations if a.x == 1 and a.xref == "paper"]
    assert len(beside) == 126
    assert all(text.startswith("≈ ") for text in beside)
    assert all(rate.startswith("≈ ") for rate in chart.table[look.words("common.rate")])
    for band in ("low", "high", "by_area", "by_people"):
        assert look.words(f"models.value_{band}") in chart.table.columns


@both_languages
def test_a_former_district_of_which_some_wards_are_missing_says_how_much_it_covers(look):
    units = units_with([0.5, 0.7]).assign(covered_share=[0.62, 1.0])
    chart = rankings.ranking(units, None, LABELS, look)
    whole, part = chart.figure.data[0].text
    assert (whole, part) == (percent(0.7, look.lang), f"{percent(0.5, look.lang)} ◐")
    assert chart.table[look.words("models.population_column")].tolist() == ["100%", "62%"]
    assert chart.notes == (look.words("models.ranking_partial", mark="◐"),)
    assert rankings.ranking(units.tail(1), None, LABELS, look).notes == ()


# ---- Groups ------------------------------------------------------------------------------------------------------


@both_languages
@pytest.mark.parametrize(("kind", "most"), [("type", 2), ("district", 30)])
def test_groups_draw_and_list_the_sums(full, look, kind, most):
    found = figures.area_values(full, FAMILY, Q3_2026, kind, ALL)
    chart = rankings.groups(found, kind, GOAL, LABELS, look)
    filled(chart)
    ranked = found.sort_values("value", ascending=False)
    signs = ["≈ " if share > 0 else "" for share in ranked["estimated_share"]]
    rates = [sign + percent(v, look.lang) for sign, v in zip(signs, ranked["value"], strict=True)]
    assert len(chart.table) == len(ranked) <= most
    assert chart.table[look.words("common.rate")].tolist() == rates
    assert chart.table[look.words("models.numerator_column")].tolist() == ranked["numerator"].round().tolist()
    assert list(chart.figure.data[0].x) == pytest.approx((100 * ranked["value"]).tolist())
    assert all(rate in chart.alt for rate in rates)
    assert chart.figure.layout.shapes[0].x0 == 80
    coverage_of = zip(ranked["units_reporting"], ranked["units_expected"], strict=True)
    for text, (has, should) in zip(chart.figure.data[0].text, coverage_of, strict=True):
        assert (f"({has}/{should})" in text) == (has < should)


@both_languages
def test_phuong_against_xa_says_by_how_much_one_is_ahead(full, look):
    found = figures.area_values(full, FAMILY, Q3_2026, "type", ALL).set_index("area_key")
    ahead, behind = found["value"].idxmax(), found["value"].idxmin()
    gap = decimal(100 * (found["value"].max() - found["value"].min()), look.lang, 1)
    chart = rankings.groups(found.reset_index(), "type", None, LABELS, look)
    assert chart.title.startswith(look.words(f"common.type_{ahead}"))
    assert look.words(f"common.type_{behind}") in chart.title
    assert gap in chart.title
    assert "+" not in chart.title


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Quận cũ", ["Quận cũ"]),
        ("", [""]),
        ("Xã đồng bằng, ít dân hơn", ["Xã đồng bằng, ít dân hơn"]),
        ("Communes with few people and in the hills", ["Communes with few people", "and in the hills"]),
    ],
)
def test_a_long_name_is_broken_into_lines_of_about_one_length(name, lines):
    assert wrapped(name).split("<br>") == lines


@both_languages
def test_peer_groups_name_the_highest_and_the_lowest(real_units, look):
    sums = added_up(real_units, "peer_group")
    named = sums.assign(name_vi=sums["area_key"], name_en=sums["area_key"]).sort_values("value")
    chart = rankings.groups(named, "peer_group", GOAL, LABELS, look)
    filled(chart)
    assert len(chart.table) == 7
    assert chart.title == look.words(
        "models.groups_title_most", high=named["area_key"].iloc[-1], low=named["area_key"].iloc[0]
    )


@both_languages
@pytest.mark.parametrize("count", [0, 1])
def test_groups_of_no_area_or_one(full, look, count):
    for kind in ("type", "district"):
        found = figures.area_values(full, FAMILY, Q3_2026, kind, ALL).head(count)
        chart = rankings.groups(found, kind, None, LABELS, look)
        filled(chart)
        assert len(chart.table) == count


# ---- Across July 2025 --------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def districts(full) -> pd.DataFrame:
    return timeline.across_reform(full, FAMILY, Q3_2026, ALL)


@pytest.fixture(scope="session")
def city_then_and_now(full) -> tuple[Figure, Figure]:
    sums = {f.period_end: f for f in figures.city_series(full, FAMILY, ("illustrative",))}
    return sums[H1_2025], sums[Q3_2026]


@both_languages
def test_former_districts_stand_by_their_change_with_the_city_on_top(districts, city_then_and_now, look):
    chart = timelines.across(districts, city_then_and_now, None, LABELS, look)
    filled(chart)
    ranked = districts.assign(change=districts["now"] - districts["before"]).sort_values(
        ["change", "unit_key"], ascending=[False, True]
    )
    then, now = city_then_and_now
    before, after = (list(trace.x) for trace in chart.figure.data[1:3])
    assert before == pytest.approx([100 * (then.value or 0), *(100 * ranked["before"])])
    assert after == pytest.approx([100 * (now.value or 0), *(100 * ranked["now"])])
    names = list(chart.figure.layout.yaxis.ticktext)
    assert len(names) == len(chart.table) == 31
    assert look.words("models.city_line") in names[0]
    assert names[1:] == list(ranked["name_vi" if look.lang == "vi" else "name_en"])
    changes = [a.text for a in chart.figure.layout.annotations if a.x == 1]
    marks = ["", *("≈ " if share > 0 else "" for share in ranked["estimated_share"])]
    moves = [(now.value or 0) - (then.value or 0), *ranked["change"]]
    assert changes == [m + points(c, look.lang).split()[0] for m, c in zip(marks, moves, strict=True)]
    assert any(marks)
    rises = int((ranked["change"] > 0).sum())
    assert chart.title.startswith(str(rises))
    assert points(moves[0], look.lang) in chart.title


@both_languages
def test_a_district_of_which_wards_are_missing_is_hollow_and_the_note_says_that_the_units_differ(
    districts, city_then_and_now, look
):
    chart = timelines.across(districts, city_then_and_now, None, LABELS, look)
    order = {name: n for n, name in enumerate(chart.figure.layout.yaxis.ticktext)}
    fills = list(chart.figure.data[2].marker.color)
    partial = districts["units_reporting"] < districts["units_expected"]
    assert 0 < partial.sum() < 30
    for name, lacks in zip(districts["name_vi" if look.lang == "vi" else "name_en"], partial, strict=True):
        assert fills[order[name]] == (look.palette.surface if lacks else look.palette.main)
    now = city_then_and_now[1]
    assert f"{now.units_reporting}/{now.units_expected}" in chart.notes[0]
    assert look.words("models.across_partial") in " ".join(labels_drawn(chart))
    whole = districts.assign(units_reporting=districts["units_expected"])
    complete = timelines.across(whole, None, None, LABELS, look)
    assert look.words("models.across_units_all") in complete.notes[0]
    assert look.words("models.across_partial") not in " ".join(labels_drawn(complete))


@both_languages
def test_like_is_compared_with_like_where_all_wards_of_a_district_have_reported(full, districts, look):
    both = coverage.present_in_both(full, FAMILY, H1_2025, Q3_2026, ALL)
    assert both is not None
    assert both.units < 30
    note = timelines.across(districts, None, both, LABELS, look).notes[0]
    assert percent(both.value_first, look.lang) in note
    assert percent(both.value_second, look.lang) in note
    assert points(both.value_second - both.value_first, look.lang) in note


@both_languages
def test_one_district_alone_can_be_compared(districts, look):
    chart = timelines.across(districts.head(1), None, None, LABELS, look)
    filled(chart)
    assert len(chart.table) == 1


# ---- Funnel ------------------------------------------------------------------------------------------------------


@both_languages
def test_the_funnel_goes_from_all_to_registered_to_recognised(look):
    chart = charts.funnel(2_000_000, 1_600_000, 1_442_000, "126/126", LABELS, look)
    filled(chart)
    assert chart.title == look.words("models.funnel_title_share", counted="families", share="72")
    assert list(chart.figure.data[0].x)[::-1] == [2_000_000, 1_600_000, 1_442_000]
    texts = list(chart.figure.data[0].text)[::-1]
    assert texts[0] == decimal(2_000_000, look.lang)
    assert percent(0.8, look.lang) in texts[1]
    assert percent(0.721, look.lang) in texts[2]
    steps, counts = (chart.table[column].tolist() for column in chart.table.columns)
    assert counts == [decimal(n, look.lang) for n in (2_000_000, 1_600_000, 1_442_000)]
    assert all(f"{step}: {count}" in chart.alt for step, count in zip(steps, counts, strict=True))


@both_languages
@pytest.mark.parametrize(
    ("total", "registered", "recognised", "bars"),
    [
        (None, 1600, 1442, 2),
        (None, None, 1442, 1),
        (2000, 1600, None, 2),
        (None, None, None, 0),
        (0, 0, 0, 3),
    ],
)
def test_a_funnel_without_a_total_gives_counts_and_no_share(look, total, registered, recognised, bars):
    chart = charts.funnel(total, registered, recognised, "126/126", LABELS, look)
    filled(chart)
    assert chart.title == look.words("models.funnel_title")
    assert len(chart.figure.data[0].x) == len(chart.table) == bars
    if not total:
        assert "%" not in "".join(chart.figure.data[0].text)


# ---- The first page ----------------------------------------------------------------------------------------------


@both_languages
def test_the_five_that_pull_forward_and_the_five_that_pull_back(full, look):
    pulls = overview.pulls(full, FAMILY, dt.date(2026, 9, 30), "city", ALL, 0.8)
    chart = pull_bars(pulls, GOAL, LABELS, look)
    filled(chart)
    ranked = pulls.sort_values("pull", ascending=False)
    expected = [*ranked["pull"].head(5), *ranked["pull"].tail(5)]
    assert list(chart.figure.data[0].x)[::-1] == pytest.approx([100 * p for p in expected])
    assert len(chart.table) == 10
    for rate, text in zip(
        chart.table[look.words("common.rate")], list(chart.figure.data[0].text)[::-1], strict=True
    ):
        assert rate in chart.alt
        assert text in chart.alt


@both_languages
@pytest.mark.parametrize("count", [0, 1])
def test_pulls_of_no_unit_or_one(full, look, count):
    pulls = overview.pulls(full, FAMILY, dt.date(2026, 9, 30), "city", ALL, 0.8).head(count)
    chart = pull_bars(pulls, GOAL, LABELS, look)
    assert len(chart.table) == count


def test_the_targets_of_the_catalogue_are_the_ones_drawn(full):
    found = catalogue.governing_targets(full, FAMILY)
    assert [(t.year, t.value) for t in found] == [(t.year, t.value) for t in TARGETS]


@pytest.mark.parametrize("values", [[0.5, 0.5], [0.1, 0.9, 0.4], [0.3]])
def test_a_sparkline_has_a_point_a_day_inside_its_frame(values):
    days = [dt.date(2021 + n, 6, 30) for n in range(len(values))]
    svg = sparkline(list(zip(days, values, strict=True)), LIGHT)
    found = re.search(r'points="([^"]+)"', svg)
    assert found
    points = [tuple(map(float, point.split(","))) for point in found[1].split()]
    assert len(points) == len(values)
    assert all(0 <= x <= 220 and 0 <= y <= 36 for x, y in points)
    # A higher value stands higher, which is a smaller y.
    assert sorted(range(len(values)), key=lambda n: points[n][1]) == sorted(
        range(len(values)), key=lambda n: -values[n]
    )


# ---- Colours -----------------------------------------------------------------------------------------------------

# Deuteranopia, severity 1.0, on linear RGB: Machado, Oliveira and Fernandes 2009.
DEUTERANOPIA = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)
D65 = (
    (0.4124564 / 0.95047, 0.3575761 / 0.95047, 0.1804375 / 0.95047),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339 / 1.08883, 0.1191920 / 1.08883, 0.9503041 / 1.08883),
)
APART = 15.0
"""CIE76; about 2.3 is just noticeable side by side, small marks apart from each other need several times that."""

RGB = tuple[float, ...]
themes = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])


def linear(colour: str) -> RGB:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)


def times(matrix: tuple[RGB, ...], rgb: RGB) -> RGB:
    return tuple(sum(m * c for m, c in zip(row, rgb, strict=True)) for row in matrix)


def lab(rgb: RGB) -> RGB:
    x, y, z = (t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in times(D65, rgb))
    return (116 * y - 16, 500 * (x - y), 200 * (y - z))


def seen_without_green(colour: str) -> RGB:
    return lab(tuple(min(1.0, max(0.0, c)) for c in times(DEUTERANOPIA, linear(colour))))


def distance(one: RGB, other: RGB) -> float:
    return math.dist(one, other)


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted(times(D65, linear(colour))[1] for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_simulation_takes_red_for_green_as_people_with_deuteranopia_do():
    assert distance(lab(linear("#FFFFFF")), seen_without_green("#FFFFFF")) < 1
    red, green = "#B5651D", "#7A8B00"
    assert distance(seen_without_green(red), seen_without_green(green)) < distance(
        lab(linear(red)), lab(linear(green))
    )


@themes
def test_categories_are_told_apart_with_and_without_deuteranopia(theme):
    assert 2 <= len(theme.category) <= 6
    for one, other in itertools.combinations(theme.category, 2):
        assert distance(lab(linear(one)), lab(linear(other))) > APART, (one, other)
        assert distance(seen_without_green(one), seen_without_green(other)) > APART, (one, other)


@themes
def test_above_and_below_a_target_are_told_apart_with_deuteranopia(theme):
    assert distance(seen_without_green(theme.above), seen_without_green(theme.below)) > 2 * APART


@themes
def test_the_ramp_goes_one_way_in_lightness(theme):
    lightness = [lab(linear(colour))[0] for colour in theme.ramp]
    assert lightness == sorted(lightness, reverse=not theme.dark)


@themes
@pytest.mark.parametrize("colour", ["ink", "muted", "target"])
def test_text_is_legible_on_its_ground(theme, colour):
    assert contrast(getattr(theme, colour), theme.surface) >= 4.5


@themes
@pytest.mark.parametrize("colour", ["main", "above", "below"])
def test_marks_stand_out_from_the_ground(theme, colour):
    assert contrast(getattr(theme, colour), theme.surface) >= 3


@themes
def test_the_accent_is_never_a_colour_of_data(theme):
    data = {theme.main, theme.soft, theme.above, theme.below, theme.target, *theme.category, *theme.ramp}
    assert theme.accent not in data
