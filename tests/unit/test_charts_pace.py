"""Charts and words of targets and pace: what is drawn is what the table and the alt text say."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import get_args

import pytest

from charts import pace as charts
from charts.base import Chart, Look
from charts.models import Labels
from charts.palette import palette
from i18n import percent, words_in
from i18n.messages import entries
from queries import pace
from queries.bases import MixedBases
from queries.figures import STATUS_CHOICES
from queries.pace import STANDINGS, Comparison, Lack, NoProjection, Pace

ALL, SAMPLE = STATUS_CHOICES["all"], STATUS_CHOICES["illustrative"]
FAMILY = "model.family.recognised_of_total"
Q3_2026 = dt.date(2026, 9, 30)
END = dt.date(2030, 12, 31)
LOOKS = [Look(words_in("vi"), palette(False)), Look(words_in("en"), palette(True))]
LABELS = Labels(
    "Learning families", "families", "recognised of the total", "Q3 2026", "Illustrative", "wards"
)

both_languages = pytest.mark.parametrize("look", LOOKS, ids=["vi", "en"])


def sample_of_city(full) -> Pace:
    return pace.pace_of_city(full, FAMILY, SAMPLE, Q3_2026)


def filled(chart: Chart) -> None:
    assert chart.alt.startswith(chart.title)
    for text in (chart.title, chart.subtitle, chart.alt, *chart.notes):
        assert text
        assert not re.search(r"[{}]|\bnan\b|None", text), text


def texts_of(chart: Chart) -> list[str]:
    return [a.text for a in chart.figure.layout.annotations]


@both_languages
def test_the_series_the_target_the_needed_path_and_the_projection_are_drawn(full, look):
    found = sample_of_city(full)
    chart = charts.pace_chart(found, LABELS, look)
    filled(chart)
    lines = chart.figure.data
    goal = [t for t in lines if t.line.dash == "dash" and t.line.width == 1.5]
    assert [list(t.y) for t in goal] == [[80, 80]]
    (thin,) = [t for t in lines if t.line.width == 1]
    assert list(thin.x) == [Q3_2026, END]
    assert list(thin.y) == [pytest.approx(100 * (found.series[-1].value or 0)), 80]
    (dashed,) = [t for t in lines if t.line.dash == "dash" and t.line.width == 2]
    assert found.projection is not None
    assert (dashed.x[0], dashed.x[-1]) == (Q3_2026, END)
    assert list(dashed.y) == pytest.approx([100 * p.mid for p in found.projection.path])
    (band,) = [t for t in lines if t.fill == "toself"]
    assert max(band.y) == pytest.approx(100 * max(p.high for p in found.projection.path))
    drawn = [(x, y) for t in lines if t.mode == "lines+markers" for x, y in zip(t.x, t.y, strict=True)]
    assert drawn == [(f.period_end, pytest.approx(100 * (f.value or 0))) for f in found.series]
    assert any(look.words("pace.projected_label") in text for text in texts_of(chart))


@both_languages
def test_the_table_has_every_figure_and_then_the_projection_with_its_interval(full, look):
    found = sample_of_city(full)
    chart = charts.pace_chart(found, LABELS, look)
    rates = chart.table[look.words("common.rate")].tolist()
    assert rates[:-1] == [percent(f.value, look.lang) for f in found.series]
    assert found.projection is not None
    end = found.projection.at_end
    assert all(percent(value, look.lang) in rates[-1] for value in (end.low, end.mid, end.high))
    assert chart.table[look.words("common.status_column")].tolist()[-1] == look.words("pace.projected_label")
    assert all(rate in chart.alt for rate in rates)
    assert look.words("pace.band_note_illustrative") in chart.notes[0]


@both_languages
def test_sums_of_districts_and_of_wards_are_two_lines_with_both_days_of_2025_marked(full, look):
    chart = charts.pace_chart(sample_of_city(full), LABELS, look)
    lines = [t for t in chart.figure.data if t.mode == "lines+markers"]
    assert [max(t.x) < dt.date(2025, 7, 1) for t in lines] == [True, False]
    assert min(lines[1].x) >= dt.date(2025, 7, 1)
    marks = [s.x0 for s in chart.figure.layout.shapes if s.type == "line"]
    assert marks == [dt.date(2025, 1, 1), dt.date(2025, 7, 1)]


@both_languages
def test_published_figures_are_points_without_a_projection(full, look):
    found = pace.pace_of_city(full, FAMILY, ALL, Q3_2026)
    chart = charts.pace_chart(found, LABELS, look)
    filled(chart)
    assert [t.mode for t in chart.figure.data if t.marker.symbol == "diamond"] == ["markers"]
    assert not any(look.words("pace.projected_label") in text for text in texts_of(chart))
    assert len(chart.table) == len(found.series)


@both_languages
def test_estimated_figures_of_a_former_district_carry_the_sign(full, look):
    found = pace.pace_of_unit(full, FAMILY, "003@legacy", SAMPLE, Q3_2026)
    rates = charts.pace_chart(found, LABELS, look).table[look.words("common.rate")].tolist()
    for f, rate in zip(found.series, rates, strict=False):
        assert rate.startswith("≈") == (f.period_end >= dt.date(2025, 7, 1))


@both_languages
@pytest.mark.parametrize("high", [0.97, 0.999, 1.0])
def test_the_axis_does_not_pass_all_but_for_its_air(full, look, high):
    found = sample_of_city(full)
    series = (*found.series[:-1], replace(found.series[-1], value=high))
    chart = charts.pace_chart(replace(found, series=series, standing="met", needed=None), LABELS, look)
    low, top = chart.figure.layout.yaxis.range
    assert 100 < top <= 104
    assert 0 <= low <= 100 * min(f.value or 0 for f in series)
    assert "100%" in chart.subtitle
    assert look.words("pace.chart_reached", year=2030, goal="80%") == chart.title


@both_languages
def test_a_range_is_drawn_as_two_lines_and_its_lower_end_is_what_is_needed(full, look):
    found = pace.pace_of_city(full, "school.national_standard.public", ALL, Q3_2026)
    chart = charts.pace_chart(found, replace(LABELS, basis="of the total"), look)
    goals = [list(t.y) for t in chart.figure.data if t.line.dash == "dash"]
    assert goals == [[85, 85], [90, 90]]
    assert any("85–90%" in text for text in texts_of(chart))
    assert "85%" in chart.title


def test_a_target_on_another_basis_is_refused(full):
    found = sample_of_city(full)
    assert found.target is not None
    other = replace(found.target, indicator_id="model.family.registered_of_total")
    with pytest.raises(MixedBases):
        charts.pace_chart(replace(found, target=other), LABELS, LOOKS[0])


@pytest.mark.parametrize("nothing", [{"target": None}, {"series": ()}])
def test_without_a_target_or_a_figure_there_is_no_chart(full, nothing):
    with pytest.raises(ValueError, match="target"):
        charts.pace_chart(replace(sample_of_city(full), **nothing), LABELS, LOOKS[0])


@both_languages
def test_the_bars_count_every_ward_once_with_sign_and_word(full, look):
    counts = pace.standing_counts(pace.paces_of_units(full, FAMILY, Q3_2026, SAMPLE))
    target = pace.target_to_meet(full, FAMILY)
    assert target is not None
    chart = charts.status_bar(counts, target, LABELS, look)
    filled(chart)
    bar = chart.figure.data[0]
    assert sum(bar.x) == 126
    assert chart.table[look.words("pace.count_column")].tolist() == list(bar.x)[::-1]
    names = [look.words(f"pace.standing_{s}") for s in charts.ALWAYS]
    assert chart.table[look.words("pace.standing_column")].tolist() == names
    for label, name, standing in zip(list(bar.y)[::-1], names, charts.ALWAYS, strict=True):
        assert name in label
        assert charts.SIGNS[standing] in label
    good = counts["met"] + counts["on_track"]
    assert str(good) in chart.title
    assert "126" in chart.title


def test_a_standing_that_no_unit_has_still_has_its_bar_and_a_missed_target_one_of_its_own(full):
    target = pace.target_to_meet(full, FAMILY)
    assert target is not None
    none = charts.status_bar({}, target, LABELS, LOOKS[1])
    assert list(none.figure.data[0].x) == [0] * len(charts.ALWAYS)
    over = charts.status_bar({"met": 3, "missed": 2}, target, LABELS, LOOKS[1])
    assert sum(over.figure.data[0].x) == 5
    assert "Missed" in over.alt


def test_every_code_that_reaches_a_reader_has_words():
    never_shown = {"ended", "no_target", "no_figure"}
    codes = [f"pace.standing_{s}" for s in STANDINGS]
    codes += [f"pace.lack_{code}" for code in get_args(Lack)]
    codes += [f"pace.compare_{code}" for code in get_args(Comparison)]
    codes += [f"pace.no_projection_{code}" for code in get_args(NoProjection) if code not in never_shown]
    assert [code for code in codes if code not in entries()] == []
    assert set(charts.SIGNS) == set(STANDINGS)
