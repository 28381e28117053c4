"""Names of wards and former districts, and what is asked of one of them."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from charts import wards as charts
from charts.base import Look
from charts.palette import LIGHT
from charts.wards import Labels, Line
from i18n import words_in
from queries import wards
from queries.bases import MixedBases
from queries.pace import target_to_meet
from queries.published import published_of
from queries.schools import register
from queries.timeline import series_on
from queries.ward_names import beside, find, places, resolve
from queries.wards import Point
from queries.warehouse import Warehouse

HONG_HA, BA_DINH = "00097@2025-07-01", "00004@2025-07-01"
DISTRICT, LONG_BIEN = "001@legacy", "004@legacy"
FAMILY = "model.family.recognised_of_total"
ALL = ("published", "reported", "illustrative")
Q2, Q3, H1 = dt.date(2026, 6, 30), dt.date(2026, 9, 30), dt.date(2025, 6, 30)
LOOK = Look(words_in("vi"), LIGHT)
LABELS = Labels("Phường Hồng Hà", "Gia đình học tập", "số được công nhận trên tổng số", "ward")


# ---- Names --------------------------------------------------------------------------------------------------------


def test_wards_come_first_in_the_vietnamese_order(full: Warehouse):
    listed = list(places(full).values())
    assert [p.level for p in listed] == ["ward"] * 126 + ["district"] * 30
    assert [p.short_vi for p in listed[:3]] == ["An Khánh", "Ba Đình", "Ba Vì"]
    assert listed[125].short_vi == "Yên Xuân"
    assert listed[126].unit_key == DISTRICT


def test_before_and_after_go_round_within_the_tier(full: Warehouse):
    keys = list(places(full))
    first, last = keys[0], keys[125]
    assert beside(full, first)[0].unit_key == last
    assert beside(full, last)[1].unit_key == first
    assert {p.level for p in beside(full, DISTRICT)} == {"district"}
    for key in places(full):
        assert beside(full, beside(full, key)[1].unit_key)[0].unit_key == key


@pytest.mark.parametrize(
    ("text", "first", "reason"),
    [
        ("Phúc Xá", HONG_HA, "old"),
        ("phuc xa", HONG_HA, "old"),
        ("PHƯỜNG PHÚC XÁ", HONG_HA, "old"),
        ("hong ha", HONG_HA, "own"),
        ("Hoà Lạc", "09988@2025-07-01", "own"),  # the tone mark where others write it
        ("Hà Đông", "09556@2025-07-01", "own"),
        ("quận hà đông cũ", "268@legacy", "own"),
        ("00097", HONG_HA, "code"),
        ("001", DISTRICT, "code"),
        ("Nguyễn Trung Trực", BA_DINH, "older"),
        ("Hong Ha Ward", HONG_HA, "own"),
    ],
)
def test_a_unit_is_found_by_any_of_its_names(full: Warehouse, text: str, first: str, reason: str):
    hit = find(full, text)[0]
    assert (hit.place.unit_key, hit.reason) == (first, reason)


@pytest.mark.parametrize("text", ["", "   ", "zzzz", "%", "Phúc Xa", "99999"])
def test_nothing_is_found_where_nothing_fits(full: Warehouse, text: str):
    assert find(full, text) == []


def test_a_name_found_says_how_much_of_the_former_unit_is_there(full: Warehouse):
    (phuc_xa,) = find(full, "Phúc Xá")
    assert (phuc_xa.through_vi, phuc_xa.whole) == ("Phường Phúc Xá", True)
    by_key = {hit.place.unit_key: hit for hit in find(full, "Bồ Đề")}
    assert (by_key[HONG_HA].people, by_key[HONG_HA].whole) == ("none", False)
    older = find(full, "Nguyễn Trung Trực")[0]
    assert older.then_vi == "Phường Trúc Bạch"


def test_each_unit_is_found_once_with_its_own_name_before_others(full: Warehouse):
    hits = find(full, "ba dinh")
    keys = [hit.place.unit_key for hit in hits]
    assert keys[:2] == [BA_DINH, DISTRICT]
    assert len(keys) == len(set(keys))
    assert {hit.reason for hit in hits[2:]} == {"district"}


def test_all_579_names_of_2024_and_526_of_2025_lead_somewhere(full: Warehouse):
    names = full.rows(
        "SELECT name_2024 AS name FROM ward_recoding_2025_01 UNION SELECT name_vi FROM unit WHERE valid_to IS NOT NULL"
    )
    assert [row["name"] for row in names if not find(full, row["name"])] == []


@pytest.mark.parametrize(
    ("text", "key", "others"),
    [
        (HONG_HA, HONG_HA, 0),
        ("00097", HONG_HA, 1),  # its former code was of a ward that Tây Hồ has a part of
        ("00001", HONG_HA, 0),
        ("00001@legacy", HONG_HA, 0),
        ("Phường Ba Đình", BA_DINH, 0),
        ("Ba Đình", None, 2),
        ("00634@legacy", None, 5),
        ("xx", None, 0),
        ("999", None, 0),
    ],
)
def test_a_text_in_the_address_means_one_unit_or_lists_candidates(
    full: Warehouse, text: str, key: str | None, others: int
):
    resolved = resolve(full, text)
    assert (resolved.hit.place.unit_key if resolved.hit else None) == key
    assert len(resolved.others) == others


# ---- Where it came from -------------------------------------------------------------------------------------------


def test_a_ward_s_shares_of_former_districts_add_up_and_say_how_they_are_known(full: Warehouse):
    shares = wards.districts_of_ward(full, HONG_HA)
    assert sum(s.people for s in shares) == pytest.approx(1)
    by_key = {s.unit_key: s for s in shares}
    assert by_key[LONG_BIEN].people == 0  # by the resolution, land without people
    assert by_key[LONG_BIEN].area == pytest.approx(0.268)
    assert by_key[DISTRICT].estimated
    (whole,) = wards.districts_of_ward(full, "09562@2025-07-01")  # Yên Nghĩa, all in Hà Đông
    assert (whole.area_by_law, whole.people) == (True, 1)


def test_every_ward_s_people_are_all_accounted_for(full: Warehouse):
    for place in places(full).values():
        if place.level == "ward":
            shares = wards.districts_of_ward(full, place.unit_key)
            assert sum(s.people for s in shares) == pytest.approx(1), place
        else:
            shares = wards.wards_of_district(full, place.unit_key)
            assert sum(s.of_district for s in shares) == pytest.approx(1), place


def test_predecessors_say_what_the_resolution_says(full: Warehouse):
    listed = wards.predecessors(full, HONG_HA)
    assert len(listed) == 12
    assert [p.name_vi for p in listed if p.resolution_part == "whole"] == [
        "Phường Chương Dương", "Phường Phúc Tân", "Phường Phúc Xá",
    ]  # fmt: skip
    assert {p.clause for p in listed} == {14}
    land = next(p for p in listed if p.name_vi == "Phường Bồ Đề")
    assert (land.population_part, land.people, land.estimated) == ("none", 0, False)
    assert next(p for p in wards.predecessors(full, BA_DINH) if p.older).older == (
        "Phường Nguyễn Trung Trực",
    )


def test_published_figures_follow_the_order_of_the_units(full: Warehouse):
    listed = published_of(full, ["007@legacy", "002@legacy", HONG_HA])
    assert list(dict.fromkeys(f.unit_key for f in listed)) == ["007@legacy", "002@legacy"]
    assert published_of(full, []) == []


# ---- Figures ------------------------------------------------------------------------------------------------------


def test_a_reading_is_ranked_at_its_own_period_among_those_that_reported(full: Warehouse):
    reading = wards.readings(full, HONG_HA, "ward", ("model",), ALL, Q3)[FAMILY]
    assert reading.period_end == Q2  # it has not reported Q3
    rows = full.frame(
        """
        SELECT o.unit_key, o.value, g.peer_group FROM observation AS o JOIN unit_peer_group AS g USING (unit_key)
        WHERE indicator_id = ? AND period_end = ? AND status = 'illustrative'
        """,
        FAMILY,
        Q2,
    )
    own = rows.loc[rows["unit_key"] == HONG_HA].iloc[0]
    peers = rows[rows["peer_group"] == own["peer_group"]]
    assert reading.value == pytest.approx(own["value"])
    assert (reading.group_rank, reading.group_size) == (1 + (peers["value"] > own["value"]).sum(), len(peers))
    assert (reading.city_rank, reading.city_size) == (1 + (rows["value"] > own["value"]).sum(), len(rows))
    assert reading.group_median == pytest.approx(peers["value"].median())
    assert reading.values[-1] == reading.value
    assert list(reading.days) == sorted(reading.days)


def test_readings_of_a_former_district_go_on_as_sums_of_wards(full: Warehouse):
    after = wards.readings(full, DISTRICT, "district", ("model",), ALL, Q3)[FAMILY]
    before = wards.readings(full, DISTRICT, "district", ("model",), ALL, H1)[FAMILY]
    assert (after.period_end, before.period_end) == (Q3, H1)
    assert after.estimated_share > 0 == before.estimated_share
    assert (after.units_reporting, after.units_expected) == (5, 6)
    assert (before.units_reporting, before.units_expected) == (1, 1)
    assert after.city_size == before.city_size == 30


def test_readings_keep_to_the_statuses_asked_for(full: Warehouse):
    assert wards.readings(full, HONG_HA, "ward", ("model",), ("published", "reported"), Q3) == {}


def test_a_title_of_which_each_unit_has_one_is_single(full: Warehouse):
    readings = wards.readings(full, HONG_HA, "ward", ("model",), ALL, Q3)
    assert readings["model.commune.recognised_of_total"].single
    assert not readings[FAMILY].single


def test_the_field_has_every_unit_of_the_tier_and_marks_the_silent_and_the_near(full: Warehouse):
    field = wards.field_of(full, HONG_HA, "ward", FAMILY, Q3, "illustrative")
    assert len(field) == 126
    assert field["is_self"].sum() == 1
    assert field["is_neighbour"].sum() == 13
    assert field.loc[field["is_self"], "value"].isna().all()
    near = field[field["is_neighbour"]]
    assert near["border_km"].isna().sum() == 2  # they only touch at a point
    districts = wards.field_of(full, DISTRICT, "district", FAMILY, Q3, "illustrative")
    assert (len(districts), districts["is_neighbour"].sum()) == (30, 0)


def test_lines_of_a_ward_begin_in_q3_2025_and_those_of_a_district_go_on(full: Warehouse):
    lines = wards.lines(full, [HONG_HA, DISTRICT], FAMILY, ALL)
    assert lines[HONG_HA][0].period_end == dt.date(2025, 9, 30)
    ends = [p.period_end for p in lines[DISTRICT]]
    assert (ends[0], ends[-1], len(ends)) == (dt.date(2021, 6, 30), Q3, 14)
    assert {p.estimated_share > 0 for p in lines[DISTRICT] if p.period_end > H1} == {True}


def test_reports_and_what_was_left_out(full: Warehouse, empty: Warehouse):
    listed = wards.reports(full, HONG_HA, ALL)
    assert [(r.period_end, r.report) for r in listed if not r.has_reported] == [
        (Q3, "learning_models"), (Q3, "participation"),
    ]  # fmt: skip
    assert any(r.is_late for r in listed)
    assert wards.not_reported(full, HONG_HA, Q2, ALL) == []
    assert wards.not_reported(full, HONG_HA, Q3, ALL) == []  # it has not reported at all
    assert wards.reports(empty, HONG_HA, ALL) == []


def test_schools_of_a_ward_are_those_of_the_register(full: Warehouse):
    of = register(full, ALL)
    assert of is not None
    rows = wards.schools_of(full, HONG_HA, of)
    counted = full.row("SELECT count(*) AS n, sum(pupils) AS p FROM school WHERE unit_key = ?", HONG_HA)
    assert counted is not None
    assert (rows["schools"].sum(), rows["pupils"].sum()) == (counted["n"], counted["p"])


def test_facts_of_an_old_ward_or_of_nothing_are_refused(full: Warehouse):
    for key in ("00001@legacy", "01", "nothing"):
        with pytest.raises(LookupError):
            wards.facts(full, key)


# ---- Charts -------------------------------------------------------------------------------------------------------


def line(full: Warehouse, key: str, name: str, indicator_id: str = FAMILY) -> Line:
    return Line(name, tuple(wards.lines(full, [key], indicator_id, ALL)[key]))


def test_the_context_ends_with_june_2025_and_is_told_from_the_unit_s_own_line(full: Warehouse):
    chart = charts.trend(
        line(full, HONG_HA, "Hồng Hà"), [line(full, DISTRICT, "Quận Ba Đình cũ")], [], target_to_meet(full, FAMILY), LABELS, LOOK
    )  # fmt: skip
    grey, own = chart.figure.data
    assert max(grey.x) == H1
    assert min(own.x) > H1
    assert "Quận Ba Đình cũ" in chart.notes[0]
    assert "không phải số của Phường Hồng Hà" in chart.notes[0]
    assert chart.title == "Gia đình học tập: từ 59,6% (quý III/2025) đến 61,3% (quý II/2026)"
    assert len(chart.table) == len(grey.x) + len(own.x)


def test_figures_divided_down_have_their_bands_and_say_so(full: Warehouse):
    back = [m for m in series_on(full, FAMILY, HONG_HA, ALL) if m.period_end <= H1]
    chart = charts.trend(line(full, HONG_HA, "Hồng Hà"), [], back, None, LABELS, LOOK)
    outer, inner, dashed, _ = chart.figure.data
    assert min(outer.y) <= min(inner.y) <= min(dashed.y)
    assert max(dashed.y) <= max(inner.y) <= max(outer.y)
    assert "chia xuống" in chart.notes[0]
    assert "Chia xuống, ước tính" in set(chart.table["Tình trạng"])


def test_two_bases_never_share_a_chart_of_a_unit(full: Warehouse):
    other = line(full, DISTRICT, "x", "model.family.registered_of_total")
    own = line(full, HONG_HA, "Hồng Hà")
    with pytest.raises(MixedBases):
        charts.trend(own, [other], [], None, LABELS, LOOK)
    with pytest.raises(MixedBases):
        charts.trend_on_paper(own, [other], None, LOOK)
    field = wards.field_of(full, HONG_HA, "ward", FAMILY, Q2, "illustrative")
    mixed = pd.concat([field.head(2), field.tail(2).assign(basis="registered_of_total")])
    with pytest.raises(MixedBases):
        charts.peers(mixed, "nhóm", None, None, "", LOOK)


def test_peers_are_ranked_with_ties_and_name_the_silent(full: Warehouse):
    field = wards.field_of(full, BA_DINH, "ward", FAMILY, Q3, "illustrative")
    members = field[field["is_peer"]]
    chart = charts.peers(members, "Phường đô thị đông", 0.75, 0.74, "…", LOOK)
    assert chart.title == "Đứng thứ 1 trên 18 trong nhóm Phường đô thị đông"
    assert "Phường Hồng Hà" in chart.notes[0]
    bars, labels = chart.figure.data
    assert list(bars.y) == list(labels.y)  # each rate stands beside its bar
    assert list(bars.customdata) == list(labels.text)
    rates = list(bars.x)
    assert rates == sorted(rates)  # drawn from below
    assert len(chart.table) == 20


def test_the_line_on_paper_is_an_image_with_words(full: Warehouse):
    svg = charts.trend_on_paper(
        line(full, HONG_HA, "Hồng Hà"), [line(full, DISTRICT, "Quận <Ba Đình>")], target_to_meet(full, FAMILY), LOOK
    )  # fmt: skip
    assert svg.startswith("<svg")
    assert "61,3%" in svg
    assert "&lt;Ba Đình&gt;" in svg
    assert charts.trend_on_paper(Line("x", ()), [], None, LOOK) == ""


def test_a_single_point_has_a_title_of_its_own():
    point = Point(HONG_HA, "recognised_of_total", dt.date(2026, 7, 1), Q3, "reported", 0.5, 1, 2, 0.0, 1, 1)
    chart = charts.trend(Line("Hồng Hà", (point,)), [], [], None, LABELS, LOOK)
    assert chart.title == "Gia đình học tập: 50,0% (quý III/2026)"


@pytest.mark.parametrize(("unit", "level"), [(HONG_HA, "ward"), (BA_DINH, "ward"), (LONG_BIEN, "district")])
@pytest.mark.parametrize("until", [Q2, Q3])
def test_a_rank_counts_the_units_of_the_tier_that_are_better(
    full: Warehouse, unit: str, level: str, until: dt.date
):
    found = wards.readings(full, unit, level, ("model", "participation", "school"), ALL, until)
    assert found
    for indicator_id, reading in found.items():
        field = wards.field_of(full, unit, level, indicator_id, reading.period_end, reading.status)
        known = field[field["value"].notna()]
        peers = known[known["is_peer"]]
        sign = -1 if reading.direction == "down" else 1
        assert reading.value is not None
        assert reading.city_rank == 1 + int((sign * known["value"] > sign * reading.value).sum())
        assert reading.group_rank == 1 + int((sign * peers["value"] > sign * reading.value).sum())
        assert (reading.city_size, reading.group_size) == (len(known), len(peers))
        assert reading.group_median == pytest.approx(peers["value"].median(), rel=1e-12)
        assert reading.values[-1] == reading.value
        assert list(reading.days) == sorted(reading.days)
