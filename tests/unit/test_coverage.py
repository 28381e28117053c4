"""Coverage as the screens ask for it: counts, people, days, lists, history, and what two periods have in common."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest

from charts import coverage as charts
from charts.base import Look
from charts.coverage import KINDS, PATTERN, PERIODS, HistoryLabels
from charts.palette import palette
from i18n import percent, period_name, words_in
from queries import coverage, figures, timeline
from queries.coverage import PeriodCoverage
from queries.figures import STATUS_CHOICES
from queries.warehouse import Warehouse, current_warehouse
from tests.etl.offices import REPORTING, REPORTING_DUE_DAYS, reporting, reporting_ward, todays_wards

ALL, REAL, ILLUSTRATIVE = (STATUS_CHOICES[key] for key in ("all", "real", "illustrative"))
MODELS, PARTICIPATION = "learning_models", "participation"
H2_2024, H1, Q3_2025, Q4_2025 = (
    dt.date(2024, 12, 31), dt.date(2025, 6, 30), dt.date(2025, 9, 30), dt.date(2025, 12, 31),
)  # fmt: skip
Q1, Q2, Q3 = dt.date(2026, 3, 31), dt.date(2026, 6, 30), dt.date(2026, 9, 30)
FAMILY = "model.family.recognised_of_total"
PEOPLE = sum(people for _, people in todays_wards())
LOOKS = [Look(words_in("vi"), palette(False)), Look(words_in("en"), palette(True))]
both_languages = pytest.mark.parametrize("look", LOOKS, ids=["vi", "en"])


@pytest.fixture(scope="session")
def offices(build_warehouse) -> Warehouse:
    """Six wards, of which some report on models in time, late, without a day, or never; twenty days are allowed."""
    return current_warehouse(build_warehouse("reporting", reporting))


def on(w: Warehouse, day: dt.date) -> Warehouse:
    """The same figures as if built at noon of that day in Hà Nội; answers of the other day are not remembered."""
    return replace(w, built_at=dt.datetime(day.year, day.month, day.day, 5, tzinfo=dt.UTC), _memory={})


# ---- One period --------------------------------------------------------------------------------------------------


def test_coverage_counts_who_was_expected_who_reported_and_how(offices):
    found = coverage.coverage(offices, MODELS, Q3_2025, ALL)
    assert found is not None
    assert (found.status, found.level, found.expected) == ("reported", "ward", 126)
    assert (found.reported, found.late, found.undated, found.missing) == (4, 1, 1, 122)
    people = sum(reporting_ward(name)[1] for name in REPORTING["2025-Q3"])
    assert found.population_share == pytest.approx(people / PEOPLE)
    assert found.median_days == REPORTING_DUE_DAYS  # of 0, 20 and 21; the fourth report has no day


@pytest.mark.parametrize(
    ("built", "overdue"),
    [(dt.date(2025, 10, 5), 0), (dt.date(2025, 10, 20), 0), (dt.date(2025, 10, 21), 1), (dt.date(2026, 10, 20), 365)],
)  # fmt: skip
def test_days_overdue_are_counted_from_the_last_day_in_time_to_the_day_of_the_build(offices, built, overdue):
    w = on(offices, built)
    found = coverage.coverage(w, MODELS, Q3_2025, ALL)
    assert found is not None
    assert (found.due, found.as_of, found.overdue) == (dt.date(2025, 10, 20), built, overdue)
    units = coverage.late_and_missing(w, MODELS, Q3_2025, ALL).set_index("unit_key")
    days = units["overdue"].fillna(0)
    assert days[f"{reporting_ward('silent')[0]}@2025-07-01"] == overdue
    assert days[f"{reporting_ward('late')[0]}@2025-07-01"] == 1


def test_the_day_of_the_build_is_that_of_ha_noi(offices):
    evening = replace(offices, built_at=dt.datetime(2026, 11, 22, 17, 30, tzinfo=dt.UTC))
    assert coverage.as_of(evening) == dt.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("report", "period_end", "statuses", "status"),
    [
        (MODELS, Q3, ALL, "reported"),
        (MODELS, Q3, REAL, "reported"),
        (MODELS, Q3, ILLUSTRATIVE, None),
        (MODELS, Q1, ALL, "illustrative"),
        (MODELS, Q1, REAL, None),
        (PARTICIPATION, Q3, ALL, "illustrative"),
        (PARTICIPATION, Q3, REAL, None),
        (PARTICIPATION, Q2, ALL, None),
        (MODELS, dt.date(1999, 12, 31), ALL, None),
    ],
)
def test_real_and_illustrative_reports_are_never_counted_together(
    offices, report, period_end, statuses, status
):
    found = coverage.coverage(offices, report, period_end, statuses)
    assert (found.status if found else None) == status
    units = coverage.who_reported(offices, report, period_end, statuses)
    assert set(units["status"]) == ({status} if status else set())
    assert len(units) == (126 if status else 0)


def test_every_district_reported_before_the_tier_ended(full):
    found = coverage.coverage(full, MODELS, H1, ALL)
    assert found is not None
    assert (found.level, found.expected, found.reported, found.missing) == ("district", 30, 30, 0)
    assert found.population_share == 1


def test_the_headline_of_the_sample_is_the_one_in_its_files(full):
    found = coverage.coverage(full, MODELS, Q3, ALL)
    assert found is not None
    assert (found.expected, found.reported, found.late, found.missing) == (126, 112, 11, 14)
    assert found.population_share == pytest.approx(7806306 / 8807523)
    city = next(f for f in figures.city_series(full, FAMILY, ALL) if f.period_end == Q3)
    assert (city.units_reporting, city.units_expected) == (found.reported, found.expected)
    assert city.population_share == pytest.approx(found.population_share)


# ---- Areas -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["type", "district"])
def test_coverage_of_areas_is_that_of_their_sums(full, kind):
    areas = figures.area_values(full, FAMILY, Q3, kind, ALL)
    assert len(areas) == (2 if kind == "type" else 30)
    for area in areas.to_dict("records"):
        found = coverage.coverage(full, MODELS, Q3, ALL, area["area_key"])
        assert found is not None
        assert (found.reported, found.expected) == (area["units_reporting"], area["units_expected"])
        assert found.population_share == pytest.approx(area["population_share"])
        assert found.area == area["area_key"]


def test_a_district_before_july_2025_and_a_ward_after_are_areas_of_themselves(full):
    district = coverage.coverage(full, MODELS, H1, ALL, "001@legacy")
    ward = coverage.coverage(full, MODELS, Q3, ALL, "00004@2025-07-01")
    assert district is not None
    assert ward is not None
    assert (district.expected, district.level, ward.expected, ward.level) == (1, "district", 1, "ward")
    assert coverage.coverage(full, MODELS, Q3, ALL, "hamlet") is None


# ---- The list ----------------------------------------------------------------------------------------------------


def test_the_missing_come_first_then_the_late_the_most_populous_first_in_each(full):
    units = coverage.late_and_missing(full, MODELS, Q3, ALL)
    assert list(units["state"]) == ["missing"] * 14 + ["late"] * 11
    for _, group in units.groupby("state"):
        assert group["population"].is_monotonic_decreasing
    late = units[units["state"] == "late"]
    assert (late["overdue"] == late["days_after_period"] - 30).all()
    assert (late["overdue"] > 0).all()
    assert (late["periods_missed"] == 0).all()
    missing = units[units["state"] == "missing"]
    assert missing["overdue"].nunique() == 1
    assert (missing["periods_missed"] > 0).all()
    assert units["peer_group"].notna().all()
    assert units["district_vi"].notna().all()
    assert not units["unit_key"].duplicated().any()


def test_the_list_and_the_reported_make_up_all_who_were_expected(full):
    every = coverage.who_reported(full, MODELS, Q3, ALL)
    assert every["state"].value_counts().to_dict() == {"reported": 101, "missing": 14, "late": 11}
    assert every["people"].sum() == PEOPLE
    listed = coverage.late_and_missing(full, MODELS, Q3, ALL)
    assert set(listed["unit_key"]) == set(every.loc[every["state"] != "reported", "unit_key"])


def test_a_unit_that_never_reported_has_no_last_period(offices):
    units = coverage.late_and_missing(offices, MODELS, Q3, ALL).set_index("unit_key")
    key = f"{reporting_ward('silent')[0]}@2025-07-01"
    assert (units.loc[key, "state"], units.loc[key, "periods_missed"]) == ("missing", 4)
    assert units["last_reported"].isna()[key]
    stopped = units.loc[f"{reporting_ward('stopped')[0]}@2025-07-01"]
    assert (stopped["last_reported"].date(), stopped["periods_missed"]) == (Q3_2025, 3)


# ---- History -----------------------------------------------------------------------------------------------------


def test_every_period_of_the_history_adds_up_and_is_the_coverage_of_that_period(full, offices):
    for w in (full, offices):
        for report in (MODELS, PARTICIPATION):
            periods = coverage.history(w, report, ALL)
            assert [p.period_end for p in periods] == sorted({p.period_end for p in periods})
            for p in periods:
                assert p.in_time + p.late + p.undated == p.reported
                assert p.reported + p.missing == p.expected
                one = coverage.coverage(w, report, p.period_end, ALL)
                assert one is not None
                assert (one.status, one.level, one.reported, one.late, one.undated, one.missing) == (
                    p.status, p.level, p.reported, p.late, p.undated, p.missing,
                )  # fmt: skip
                assert one.population_share == pytest.approx(p.population_share)


@pytest.mark.parametrize(
    ("statuses", "days"),
    [(ALL, [H1, Q3_2025, Q4_2025, Q1, Q2, Q3]), (REAL, [Q3_2025, Q4_2025, Q2, Q3]), (ILLUSTRATIVE, [H1, Q1])],
)
def test_the_history_says_which_periods_are_illustrative(offices, statuses, days):
    periods = coverage.history(offices, MODELS, statuses)
    assert [p.period_end for p in periods] == days
    assert {p.period_end for p in periods if p.status == "illustrative"} == {H1, Q1} & set(days)


def test_without_reports_there_is_no_history(empty):
    assert coverage.history(empty, MODELS, ALL) == []
    assert coverage.coverage(empty, MODELS, Q3, ALL) is None
    assert coverage.late_and_missing(empty, MODELS, Q3, ALL).empty


# ---- Present in both ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("indicator_id", [FAMILY, "model.family.recognised", "participation.digital.skills"])
@pytest.mark.parametrize(("first", "second"), [(H2_2024, H1), (Q2, Q3)])
def test_two_periods_of_one_tier_are_compared_over_the_units_in_both(full, indicator_id, first, second):
    found = coverage.present_in_both(full, indicator_id, first, second, ALL)
    one, two = (
        timeline.values_on(full, indicator_id, day, timeline.vintage_of(full, day), ALL).set_index("unit_key")
        for day in (first, second)
    )
    both = one.index[one["value"].notna()].intersection(two.index[two["value"].notna()])
    assert found is not None
    assert (found.level, found.units, found.expected) == (("district", 30, 30) if second == H1 else ("ward", len(both), 126))  # fmt: skip
    assert found.estimated_share == 0
    assert found.population_share == pytest.approx(
        one.loc[both, "population"].sum() / one["population"].sum()
    )
    for value, units in ((found.value_first, one.loc[both]), (found.value_second, two.loc[both])):
        rate = units["denominator"].notna().all()
        whole = units["numerator"].sum() / units["denominator"].sum() if rate else units["value"].sum()
        assert value == pytest.approx(whole)


def test_a_comparison_of_two_periods_runs_either_way(full):
    there = coverage.present_in_both(full, FAMILY, Q2, Q3, ALL)
    back = coverage.present_in_both(full, FAMILY, Q3, Q2, ALL)
    assert there is not None
    assert back is not None
    assert (there.value_first, there.value_second) == (back.value_second, back.value_first)


def test_across_july_2025_counts_are_those_of_former_districts_wholly_reported(full):
    found = coverage.present_in_both(full, "model.family.total", H1, Q3_2025, ALL)
    assert found is not None
    assert (found.level, found.units, found.expected) == ("former_district", 17, 30)
    before = figures.area_values(full, "model.family.total", H1, "district", ALL).set_index("area_key")
    now = figures.area_values(full, "model.family.total", Q3_2025, "district", ALL).set_index("area_key")
    whole = now.index[now["units_reporting"] == now["units_expected"]]
    assert found.value_first == before.loc[whole, "value"].sum()
    assert found.value_second == pytest.approx(now.loc[whole, "value"].sum())
    assert 0 < found.estimated_share < 0.1


@pytest.mark.parametrize(
    ("first", "second", "statuses", "units"),
    [
        (
            Q3_2025,
            Q4_2025,
            ALL,
            3,
        ),  # in time, late and undated; “stopped” and “started” are in one of them each
        (Q2, Q3, ALL, 2),
        (Q1, Q2, ALL, None),
        (Q3_2025, Q4_2025, ILLUSTRATIVE, None),
        (H1, Q1, ALL, 26),
    ],
)
def test_only_figures_of_one_status_are_set_against_each_other(offices, first, second, statuses, units):
    found = coverage.present_in_both(offices, FAMILY, first, second, statuses)
    if units == 26:
        assert found is not None
        assert (found.status, found.level) == ("illustrative", "former_district")
        return
    assert (found.units if found else None) == units
    assert found is None or found.status == "reported"


def test_several_indicators_are_answered_at_once(full):
    ids = (FAMILY, "model.clan.recognised_of_total", "model.district.recognised_of_total")
    found = coverage.in_both(full, ids, Q2, Q3, ALL)
    assert set(found) == set(ids[:2])
    assert found[FAMILY] == coverage.present_in_both(full, FAMILY, Q2, Q3, ALL)


# ---- The chart ---------------------------------------------------------------------------------------------------


def labels_for(w: Warehouse, chosen: dt.date, look: Look) -> HistoryLabels:
    names = {p.end: period_name(p.start, p.end, look.lang) for p in figures.periods(w)}
    return HistoryLabels("báo cáo", chosen, names)


def period(day: dt.date, missing: int, level: str = "ward") -> PeriodCoverage:
    there = 126 - missing
    return PeriodCoverage(day, "reported", level, 126, there, there, 0, 0, missing, there / 126)


@both_languages
@pytest.mark.parametrize("chosen", [Q3, Q3_2025, H1, dt.date(2021, 6, 30)])
def test_the_chart_draws_all_units_of_each_period_and_says_so(full, look, chosen):
    history = coverage.history(full, MODELS, ALL)
    labels = labels_for(full, chosen, look)
    chart = charts.reporting(history, labels, look)
    words = look.words
    written = [a.text for a in chart.figure.layout.annotations]
    shown = [p for p in history if labels.name(p) in written or f"<b>▸ {labels.name(p)}</b>" in written]
    assert len(shown) == PERIODS
    assert chosen in {p.period_end for p in shown}
    assert [text for text in written if text.startswith("<b>")] == [f"<b>▸ {labels.periods[chosen]}</b>"]
    for place, p in enumerate(shown):
        assert sum(trace.x[place] for trace in chart.figure.data) == pytest.approx(100)
        hovered = {trace.name: trace.customdata[place] for trace in chart.figure.data}
        counts = {words(f"coverage.kind_{k}"): str(getattr(p, k)) for k in KINDS}
        assert hovered == {name: n for name, n in counts.items() if name in hovered}
        assert all(n == "0" for name, n in counts.items() if name not in hovered)
        drawn = {trace.text[place] for trace in chart.figure.data}
        assert drawn - {""} <= set(hovered.values())
        assert percent(p.population_share, look.lang) in written[2 * place + 1]
        assert labels.name(p) in chart.alt
    assert chart.alt.startswith(chart.title)
    assert words("common.mark_illustrative") in chart.subtitle
    assert list(chart.table[words("coverage.kind_missing")]) == [p.missing for p in reversed(history)]
    assert not re.search(r"[{}]|\bnan\b|None", " ".join([chart.title, chart.subtitle, chart.alt]))


@both_languages
def test_the_break_of_july_2025_stands_between_districts_and_wards_only(full, look):
    chart = charts.reporting(coverage.history(full, MODELS, ALL), labels_for(full, Q3, look), look)
    text = look.words("coverage.history_break", districts="30", wards="126")
    assert [a.text for a in chart.figure.layout.annotations].count(text) == 1
    (line,) = chart.figure.layout.shapes
    places = chart.figure.data[0].y
    assert places[2] < line.y0 < places[3]  # three half-years below, five quarters above
    wards = [p for p in coverage.history(full, MODELS, ALL) if p.level == "ward"]
    assert not charts.reporting(wards, labels_for(full, Q3, look), look).figure.layout.shapes


def test_kinds_are_told_apart_without_colour(offices):
    chart = charts.reporting(
        coverage.history(offices, MODELS, REAL), labels_for(offices, Q3, LOOKS[0]), LOOKS[0]
    )
    assert len(chart.figure.data) == len(KINDS)
    looks = {(t.marker.pattern.shape, t.marker.color == LOOKS[0].palette.surface) for t in chart.figure.data}
    assert len(looks) == len(KINDS) == len(PATTERN)
    assert chart.figure.layout.showlegend


def test_a_number_is_written_into_a_bar_only_where_there_is_room(offices):
    chart = charts.reporting(
        coverage.history(offices, MODELS, REAL), labels_for(offices, Q3, LOOKS[0]), LOOKS[0]
    )
    written = {trace.name: list(trace.text) for trace in chart.figure.data}
    assert written[LOOKS[0].words("coverage.kind_missing")] == ["122", "122", "124", "124"]
    assert written[LOOKS[0].words("coverage.kind_late")] == [""] * 4


@pytest.mark.parametrize(
    ("before", "now", "title"),
    [
        (period(Q2, 4), period(Q3, 14), "Q3 2026: 10 more without a report than the period before"),
        (period(Q2, 14), period(Q3, 4), "Q3 2026: 10 fewer without a report than the period before"),
        (period(Q2, 4), period(Q3, 4), "Q3 2026: 4 without a report, as in the period before"),
        (period(Q2, 0), period(Q3, 0), "Q3 2026: every unit reported, as in the period before"),
        (period(Q2, 4, level="district"), period(Q3, 14), "Q3 2026: the first report by wards and communes"),
    ],
)  # fmt: skip
def test_the_title_compares_with_the_period_before_within_one_tier_only(before, now, title):
    labels = HistoryLabels("x", Q3, {Q3: "Q3 2026", Q2: "Q2 2026"})
    assert charts.reporting([before, now], labels, LOOKS[1]).title == title
