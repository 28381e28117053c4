"""The network of learning cities: what is asked, how it is drawn, what is handed out."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
from dataclasses import replace
from itertools import pairwise

import pytest

from charts import network as network_charts
from charts import network_map
from charts.base import Look
from charts.palette import palette
from i18n import words_in
from queries import network, network_features, network_members
from queries.catalogue import Indicator, Source, Target
from queries.figures import STATUS_CHOICES, Figure
from queries.network import Duty, Milestone, NetworkTotal
from queries.network_features import Spoken, standing_of_area
from queries.network_members import ALL, Choice, Member, Named
from queries.pace import Pace, Standing
from queries.warehouse import Warehouse
from ui.context import View
from ui.network_export import file_name, members_csv

VI = Look(words_in("vi"), palette(False))
EN = Look(words_in("en"), palette(True))
SOURCE = Source("s", "Title", "example.vn", None, None, "https://example.vn/a", "press", None)
TODAY = dt.date(2026, 11, 22)


def view_of(found: Warehouse, lang: str = "vi") -> View:
    return View(found.build_id, "en" if lang == "en" else "vi", False, None, None, "city", "all")


# ---- The road and the size of the network ------------------------------------------------------------------------


def milestone(
    key: str, day: dt.date, scope: str = "hanoi", precision: str = "day", state: str = "done"
) -> Milestone:
    return Milestone(key, day, precision, scope, state, f"Việc {key}", f"Thing {key}", None, None, SOURCE)


ROAD = [
    milestone("iclc-1", dt.date(2013, 10, 21), "network"),
    milestone("sa-dec-vinh-admitted", dt.date(2020, 9, 23), "vietnam"),
    milestone(network.RESOLVED, dt.date(2023, 11, 17), precision="on_or_before"),
    milestone("dossier", dt.date(2025, 1, 1), precision="year"),
    milestone(network.ADMITTED, dt.date(2025, 12, 4)),
    milestone("iclc-7", dt.date(2027, 6, 1), "network", "month", "planned"),
]


@pytest.mark.parametrize(
    ("precision", "vi", "en"),
    [
        ("day", "01/01/2025", "1 Jan 2025"),
        ("month", "tháng 1/2025", "January 2025"),
        ("year", "2025", "2025"),
        ("on_or_before", "chậm nhất 01/01/2025", "by 1 Jan 2025"),
        ("publication", "đăng ngày 01/01/2025", "published 1 Jan 2025"),
    ],
)
def test_a_date_never_looks_more_exact_than_it_is_known(precision, vi, en):
    day = dt.date(2025, 1, 1)
    assert network_charts.event_date(day, precision, VI) == vi
    assert network_charts.event_date(day, precision, EN) == en


def test_the_strip_starts_with_the_first_vietnamese_step_and_the_table_has_every_milestone():
    chart = network_charts.road(ROAD, VI)
    drawn = [day for t in chart.figure.data if t.mode == "markers" for day in t.x]
    assert len(drawn) == 5
    assert len(chart.table) == 6
    assert chart.title == "Từ nghị quyết đến danh hiệu: khoảng 25 tháng"


def test_the_accent_is_kept_for_the_citys_own_admission():
    chart = network_charts.road(ROAD, VI)
    colours = [colour for t in chart.figure.data if t.mode == "markers" for colour in t.marker.color]
    assert colours.count(palette(False).accent) == 1


def test_a_road_of_one_milestone_is_drawn():
    chart = network_charts.road(ROAD[:1], EN)
    assert chart.title == "Milestones on the road to membership"
    assert len(chart.table) == 1


def size_of(
    day: dt.date, members: int | None, status: str = "official", conflict: bool = False, over: bool = False, countries: int | None = 50
) -> NetworkTotal:  # fmt: skip
    return NetworkTotal(
        day,
        "day",
        members,
        "over" if over else None,
        countries,
        None,
        None,
        status,
        conflict,
        "Vì sao",
        "Why",
        SOURCE,
    )


SIZES = [
    size_of(dt.date(2016, 8, 23), 115, countries=28),
    size_of(dt.date(2018, 9, 26), 200, over=True),
    size_of(dt.date(2019, 7, 17), None, countries=None),
    size_of(dt.date(2019, 10, 1), 170, conflict=True, countries=53),
    size_of(dt.date(2020, 9, 23), 230, "superseded", True),
    size_of(dt.date(2025, 12, 4), 425, countries=91),
]


def test_contradicted_and_superseded_sizes_are_marked_explained_and_off_the_line():
    chart = network_charts.size(SIZES, "members", dt.date(2025, 12, 4), VI)
    assert chart is not None
    assert list(chart.figure.data[0].y) == [115, 200, 425]
    symbols = {value: t.marker.symbol for t in chart.figure.data[1:] for value in t.y}
    assert symbols == {115: "circle", 200: "triangle-up", 170: "diamond-open", 230: "x-thin", 425: "circle"}
    assert all(text in chart.notes[1] for text in ("hơn 200", "170", "230", "Vì sao"))
    assert "hơn 200 (chính thức)" in chart.alt
    assert len(chart.table) == len(SIZES)


def test_a_contradiction_about_cities_does_not_mark_the_number_of_countries():
    chart = network_charts.size(SIZES, "countries", None, EN)
    assert chart is not None
    assert list(chart.figure.data[0].y) == [28, 50, 53, 91]
    assert chart.title == "91 countries (4 Dec 2025), from 28 in 2016"


def test_one_size_alone_is_drawn_and_none_is_not():
    chart = network_charts.size(SIZES[-1:], "members", None, VI)
    assert chart is not None
    assert chart.title == "425 thành phố (04/12/2025)"
    assert network_charts.size([], "members", None, VI) is None


def test_members_by_region_say_of_how_many_and_that_the_list_is_not_official():
    chart = network_charts.regions([Named("asia_pacific", 105), Named("africa", 38)], 425, 3, VI)
    assert chart.title == "Nêu tên được 143 thành phố trong số 425 thành viên"
    assert "không phải danh sách chính thức" in chart.notes[0]
    assert network_charts.regions([Named("africa", 1)], None, 0, EN).title == "Cities that can be named: 1"


# ---- Steps and duties --------------------------------------------------------------------------------------------


def test_every_step_says_where_ha_noi_stood_and_unknown_dates_stay_unknown(full):
    steps = network.steps(full)
    assert [s.position for s in steps] == list(range(1, 9))
    records = {s.step_id: s.record for s in steps}
    assert all(records.values())
    submitted = records["step-submit"]
    assert submitted is not None
    assert (submitted.standing, submitted.happened_on, submitted.source) == ("inferred", None, None)
    announced = records["step-announcement"]
    assert announced is not None
    assert announced.happened_on == dt.date(2025, 12, 4)


def test_duties_come_before_options_and_events_and_each_open_one_has_a_state(full):
    duties = network.duties(full)
    assert [d.kind for d in duties] == sorted((d.kind for d in duties), key=["duty", "option", "event"].index)
    assert all(d.state for d in duties if d.timing != "done")


def test_no_body_is_in_charge_without_a_source(full):
    assert all(d.state_source is not None for d in network.duties(full) if d.owner_vi)


def test_the_first_report_of_ha_noi_has_no_date_only_an_inference(full):
    (report,) = [d for d in network.duties(full) if d.obligation_id == "biennial-report-hanoi"]
    assert report.due_on is None
    assert "Suy luận" in str(report.due_vi)
    assert "12/2027" in str(report.due_vi)
    assert "01/2028" in str(report.due_vi)


DUTY = Duty(
    "d", "duty", "Việc", "Item", "", "", dt.date(2026, 11, 21), "Hạn", "Due", "due", SOURCE, "in_progress", None, None, None, None,
    None, None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "late"),
    [
        ({}, True),
        ({"due_on": TODAY}, False),
        ({"due_on": None}, False),
        ({"state": "done"}, False),
        ({"state": "not_applicable"}, False),
        ({"state": None}, True),
        ({"timing": "done"}, False),
    ],
)
def test_a_duty_is_late_once_its_day_is_over_and_it_is_not_done(changes, late):
    assert replace(DUTY, **changes).is_late(TODAY) is late


# ---- Key Features ------------------------------------------------------------------------------------------------

INDICATOR = Indicator(
    "i",
    "model",
    None,
    "Chỉ số",
    "Indicator",
    None,
    None,
    "%",
    "%",
    "rate",
    "of_total",
    "up",
    1,
    "",
    "",
    None,
    None,
    None,
)
FIGURE = Figure(
    "i",
    "of_total",
    "published",
    "s",
    None,
    dt.date(2026, 1, 1),
    0.5,
    None,
    None,
    None,
    None,
    "reference",
    None,
    None,
    None,
    None,
    None,
    None,
    None,
)
TARGET = Target("i", "city", 2030, 0.8, None, "s", True, "", "", None, None, None, None)


def spoken(standing: Standing, status: str = "published", figure: bool = True, target: bool = True) -> Spoken:
    shown = replace(FIGURE, status=status) if figure else None
    pace = Pace(
        "i",
        "01",
        standing,
        None,
        TARGET if target else None,
        shown,
        0.0,
        None,
        None,
        None,
        (),
        (),
        frozenset(),
        None,
        None,
    )
    return Spoken(INDICATOR, "", "", shown, None, pace)


@pytest.mark.parametrize(
    ("indicators", "state", "illustrative"),
    [
        ([], "no_indicator", False),
        ([spoken("met"), spoken("behind")], "behind", False),
        ([spoken("on_track"), spoken("met")], "on_track", False),
        ([spoken("missed"), spoken("far_behind")], "missed", False),
        ([spoken("met"), spoken("too_little_data")], "met", False),
        ([spoken("met"), spoken("far_behind", "illustrative")], "met", False),
        ([spoken("too_little_data"), spoken("far_behind", "illustrative")], "too_little_data", False),
        ([spoken("on_track", "illustrative"), spoken("behind", "illustrative")], "behind", True),
        ([spoken("no_target", target=False)], "no_target", False),
        (
            [spoken("no_target", target=False), spoken("too_little_data", figure=False)],
            "too_little_data",
            False,
        ),
        ([spoken("too_little_data", figure=False)], "no_figure", False),
    ],
)
def test_the_state_of_a_focal_area_is_that_of_its_weakest_judged_real_indicator(
    indicators, state, illustrative
):
    found = standing_of_area(indicators)
    assert (found.state, found.illustrative) == (state, illustrative)


def test_twelve_focal_areas_each_with_indicators_documents_or_a_gap(full):
    found = network_features.evidence(full, STATUS_CHOICES["all"])
    assert len(found) == 12
    assert {e.area.area_id for e in found} == {"1", "2", "3"}
    by_id = {e.area.focal_area_id: e for e in found}
    assert {i for i, e in by_id.items() if e.standing.state == "no_indicator"} == {"1.2", "1.3"}
    assert by_id["3.1"].standing.state == "met"
    families = by_id["2.2"].indicators[0]
    assert families.figure is not None
    assert families.figure.value == 0.721
    assert by_id["2.2"].standing.decided_by == families


@pytest.mark.parametrize("status", ["all", "real", "illustrative"])
def test_a_state_by_illustrative_figures_says_so_and_real_choices_have_none(full, status):
    for shown in network_features.evidence(full, STATUS_CHOICES[status]):
        by = shown.standing.decided_by
        if by is not None:
            assert by.figure is not None
            assert shown.standing.illustrative == (by.figure.status == "illustrative")
            assert not (status == "real" and shown.standing.illustrative)


def test_without_figures_focal_areas_have_indicators_but_no_state_is_made_up(empty):
    states = {e.standing.state for e in network_features.evidence(empty, STATUS_CHOICES["all"])}
    assert states == {"no_indicator", "no_figure"}


# ---- Members -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "cities"),
    [
        (Choice(country="VNM"), {"Cao Lãnh", "Hà Nội", "Sa Đéc", "Sơn La", "Thành phố Hồ Chí Minh", "Vinh"}),
        (Choice(country="VNM", year="2024"), {"Sơn La", "Thành phố Hồ Chí Minh"}),
        (Choice(sought="ha noi"), {"Hà Nội"}),
        (Choice(sought="Hà Nội"), {"Hà Nội"}),
        (Choice(sought="hã noi"), set()),
        (Choice(region="africa", country="VNM"), set()),
        (Choice(sought="' OR 1=1 --"), set()),
    ],
)
def test_members_are_found_by_region_year_country_and_name(full, choice, cities):
    assert {m.city for m in network_members.chosen(full, choice)} == cities


def test_every_year_and_the_unknown_one_together_are_all_members(full):
    every = network_members.members(full)
    years = {str(m.year_joined or "unknown") for m in every}
    assert sum(len(network_members.chosen(full, Choice(year=year))) for year in years) == len(every) == 336


def test_cities_of_like_size_are_compared_within_one_source_and_the_unknown_are_counted(full):
    like = network_members.like_size(full)
    assert like is not None
    people = [m.population or 0 for m in like.members]
    assert people == sorted(people, reverse=True)
    assert all(like.low <= p <= like.high for p in people)
    assert [m.city for m in like.members if m.is_home] == ["Hà Nội"]
    assert like.unknown == sum(m.population is None for m in network_members.members(full)) > 0


def test_a_city_whose_point_is_of_another_place_has_no_population(full):
    assert not [
        m for m in network_members.members(full) if m.population and m.coord_precision != "named_place"
    ]


def test_every_population_is_of_a_member_in_the_list(full):
    row = full.row("SELECT count(*) AS n FROM member_population ANTI JOIN member_city USING (city, iso3)")
    assert row == {"n": 0}


# ---- The map -----------------------------------------------------------------------------------------------------


def member(
    city: str, lat: float | None, lon: float | None, iso3: str = "VNM", precision: str = "named_place"
) -> Member:
    return Member(
        city,
        "Viet Nam",
        "Việt Nam",
        iso3,
        "asia_pacific",
        2025,
        lat,
        lon,
        precision,
        None,
        "press",
        None,
        None,
        None,
        SOURCE,
    )


HANOI = member("Hà Nội", 21.02, 105.84)
PLACES = [HANOI, member("Vinh", 18.67, 105.69), member("Nơi nào", None, None)]
SQUARE = [((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 0.0))]


def test_the_projection_keeps_the_equator_and_shrinks_towards_the_poles():
    assert network_map.projected(0, 0) == (0, 0)
    assert network_map.projected(180, 0)[0] == pytest.approx(math.pi * 0.8707)
    assert network_map.projected(100, 60)[0] < network_map.projected(100, 0)[0]
    assert network_map.projected(-50, -30) == pytest.approx(tuple(-v for v in network_map.projected(50, 30)))


def test_the_accent_is_for_ha_noi_alone_and_a_city_without_a_point_is_named():
    chart = network_map.world(PLACES, PLACES, 425, SQUARE, True, VI)
    land, others, shown, home = chart.figure.data
    assert land.fill == "toself"
    assert len(others.x) == 0
    assert len(shown.x) == 1
    assert home.marker.color == palette(False).accent
    assert (home.x[0], home.y[0]) == pytest.approx(network_map.projected(105.84, 21.02), abs=1e-3)
    assert "Nơi nào" in chart.notes[0]
    assert "425" in chart.subtitle
    assert "không phải danh sách chính thức" in chart.subtitle
    assert len(chart.table) == 3


def test_the_map_says_that_it_shows_no_borders_and_leaves_out_islands():
    note = network_map.world(PLACES, PLACES, None, SQUARE, True, VI).notes[0]
    assert "biên giới" in note
    assert "Hoàng Sa" in note
    assert "Trường Sa" in note


def test_members_outside_of_the_choice_are_small_dots_and_the_map_closes_in():
    whole = network_map.world(PLACES, PLACES, 425, SQUARE, True, VI).figure
    near = network_map.world(PLACES[1:2], PLACES, 425, SQUARE, False, VI).figure
    assert len(near.data[1].x) == 1
    wide = [f.layout.xaxis.range[1] - f.layout.xaxis.range[0] for f in (whole, near)]
    assert wide[1] < wide[0] / 5


@pytest.mark.parametrize("chosen", [[HANOI], [PLACES[2]]])
def test_one_city_is_drawn_also_without_a_point(chosen):
    chart = network_map.world(chosen, chosen, None, SQUARE, False, EN)
    across = chart.figure.layout.xaxis.range
    assert across[0] < across[1]


def test_the_land_is_closed_rings_that_never_cross_the_date_line(full):
    rings = network_members.land(full)
    assert len(rings) > 80
    for ring in rings:
        assert ring[0] == ring[-1]
        assert all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in ring)
        assert max(abs(a[0] - b[0]) for a, b in pairwise(ring)) < 90


def inside(ring: tuple[tuple[float, float], ...], lon: float, lat: float) -> bool:
    """Whether a ring runs round a place, by the even-odd rule."""
    found = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
            found = not found
    return found


@pytest.mark.parametrize(
    ("place", "lon", "lat", "is_land"),
    [
        ("Hà Nội", 105.8, 21.0, True),
        ("Chukotka", -175.0, 67.0, True),
        ("Atlantic", -35.0, 30.0, False),
        ("Caspian", 51.0, 41.5, False),
    ],
)
def test_land_is_where_land_is(full, place, lon, lat, is_land):
    assert sum(inside(ring, lon, lat) for ring in network_members.land(full)) % 2 == is_land, place


# ---- The file ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "name"),
    [
        (Choice(), "unesco-learning-cities_all_20261122_build-b1.csv"),
        (
            Choice("asia_pacific", "2025", "VNM", "Hà Nội"),
            "unesco-learning-cities_asia-pacific_2025_VNM_ha-noi_20261122_build-b1.csv",
        ),
        (Choice(sought="../東京<>"), "unesco-learning-cities_all_20261122_build-b1.csv"),
    ],
)
def test_the_name_of_the_file_is_ascii_and_says_what_is_inside(choice, name):
    assert file_name(choice, "b1", TODAY) == name
    assert name.isascii()


def lines_of(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_file_holds_what_is_chosen_with_build_day_filters_and_sources(full, lang):
    view = view_of(full, lang)
    lines = lines_of(members_csv(view, full, Choice(country="VNM"), TODAY))
    blank = lines.index([])
    about, header, rows = lines[:blank], lines[blank + 1], lines[blank + 2 :]
    said = " | ".join(cell for line in about for cell in line)
    assert full.build_id in said
    assert ("22/11/2026" if lang == "vi" else "22 Nov 2026") in said
    assert "VNM" in said
    assert "336" in said
    assert "425" in said
    assert "GeoNames" in said
    assert len(rows) == 6
    assert all(len(row) == len(header) for row in rows)
    hanoi = dict(zip(header, next(row for row in rows if row[0] == "Hà Nội"), strict=True))
    assert hanoi[view.words("network.joined_column")] == "2025"
    assert float(hanoi[view.words("network.latitude_column")]) == pytest.approx(21.0245)
    assert hanoi[view.words("network.address_column")].startswith("https://vnexpress.net")


def test_a_search_that_looks_like_a_formula_stays_text_in_the_file(full):
    said = lines_of(members_csv(view_of(full), full, Choice(sought="=1+1"), TODAY))
    assert not any(cell.startswith(("=", "+", "@")) for line in said for cell in line)


def test_a_choice_without_limits_is_the_default():
    assert Choice() == Choice(ALL, ALL, ALL, "")


def test_the_published_warehouse_answers_what_the_page_asks(full):
    latest = network.latest_total(full)
    assert latest is not None
    assert (latest.members, latest.countries) == (425, 91)
    assert [m.city for m in network_members.compatriots(full)][-1] == "Hà Nội"
    assert len(network_members.compatriots(full)) == 6
    assert {m.milestone_id for m in network.milestones(full)} >= {
        network.ADMITTED,
        network.CERTIFIED,
        network.RESOLVED,
    }
