"""What the page on sources and method asks the warehouse."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter
from itertools import groupby
from pathlib import Path

import pytest

from etl.contracts import load_contracts
from i18n.messages import entries
from queries import dictionary, figures, method, sources
from queries.warehouse import Warehouse, current_warehouse
from tests.serving import ROOT
from ui.sources import SECTIONS, printed

DATA = ROOT / "data"
REFUSED = (
    "period,unit_code,unit_name,model,total,registered,recognised,note\n"
    "2026-Q3,00004,Phường Ba Đình,family,1000,800,700,\n"
    "2026-Q3,00008,Phường Ngọc Hà,family,1000,1800,700,\n"
)


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def with_refused(build_warehouse) -> Warehouse:
    def lay_out(folder: Path) -> Path:
        from tests.conftest import reference_only

        reference_only(folder)
        report = folder / "reports" / "two.csv"
        report.parent.mkdir()
        report.write_text(REFUSED, encoding="utf-8", newline="\n")
        return folder

    return current_warehouse(build_warehouse("refused", lay_out))


# ---- Pages of a list ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "number", "rows", "shown", "pages"),
    [
        (0, 1, (), 1, 1),
        (3, 1, (0, 1), 1, 2),
        (3, 2, (2,), 2, 2),
        (3, 9, (2,), 2, 2),
        (3, -1, (0, 1), 1, 2),
        (4, 2, (2, 3), 2, 2),
    ],
)
def test_a_list_is_cut_into_pages_and_a_page_too_far_is_the_last(length, number, rows, shown, pages):
    part = sources.part(range(length), number, size=2)
    assert (part.rows, part.number, part.pages, part.matching) == (rows, shown, pages, length)


# ---- Sources -----------------------------------------------------------------------------------------------------


def test_every_source_is_listed_once_by_kind(full):
    listed = sources.listed_sources(full)
    assert sorted(entry.source.source_id for entry in listed) == sorted(
        r["source_id"] for r in rows_of("reference/source.csv")
    )
    order = [sources.KINDS.index(entry.source.kind) for entry in listed]
    assert order == sorted(order)


def test_a_source_says_how_many_rows_of_each_table_point_to_it(full):
    used = sources.uses(full)
    for table in ("target", "contradiction", "milestone", "plan_task", "unit"):
        expected = Counter(row["source_id"] for row in rows_of(f"reference/{table}.csv"))
        found = {
            source_id: use.rows
            for source_id, all_uses in used.items()
            for use in all_uses
            if use.table == table
        }
        assert found == expected, table


def test_a_row_with_further_sources_counts_for_each_of_them(full):
    expected: Counter[str] = Counter()
    for row in rows_of("reference/learning_week.csv"):
        expected.update([row["source_id"], *row["other_source_ids"].split()])
    found = {
        source_id: use.rows
        for source_id, all_uses in sources.uses(full).items()
        for use in all_uses
        if use.table == "learning_week"
    }
    assert found == expected


def test_a_source_that_nothing_points_to_is_found_as_unused(full):
    listed = sources.listed_sources(full)
    unused = sources.sources_found(listed, "", use="unused")
    assert unused
    assert all(not entry.uses and entry.rows == 0 for entry in unused)
    assert len(unused) + len(sources.sources_found(listed, "", use="used")) == len(listed)


def test_a_source_is_found_with_and_without_diacritics(full):
    listed = sources.listed_sources(full)
    with_marks = sources.sources_found(listed, "Nghị quyết 1656")
    assert with_marks
    assert with_marks == sources.sources_found(listed, "nghi quyet 1656")
    assert sources.sources_found(listed, "Nghì quyết 1656") == []


def test_a_kind_of_source_holds_only_that_kind(full):
    found = sources.sources_found(sources.listed_sources(full), "", kind="law")
    assert found
    assert {entry.source.kind for entry in found} == {"law"}


def test_tables_have_their_titles_in_both_languages(full):
    titles = sources.table_titles(full)
    for table, contract in load_contracts().items():
        if table in titles:
            assert titles[table] == (contract.title.vi, contract.title.en)


# ---- Words of the page -------------------------------------------------------------------------------------------


def allowed(table: str, column: str) -> set[str]:
    return {value.value for value in load_contracts()[table].column(column).allowed}


def test_kinds_and_themes_are_those_of_the_contracts():
    assert set(sources.KINDS) == allowed("source", "kind")
    assert set(dictionary.THEMES) == allowed("indicator", "theme") == allowed("data_gap", "theme")


@pytest.mark.parametrize(
    "keys",
    [
        [f"sources.kind_{kind}" for kind in ("all", *sources.KINDS)],
        [f"sources.theme_{theme}" for theme in ("all", *dictionary.THEMES)],
        [f"sources.use_{use}" for use in sources.USES],
        [f"sources.section_{section}" for section in SECTIONS],
        [f"method.bases_{kind}" for kind in ("reference", "publication", "undated")],
    ],
)
def test_every_choice_has_words(keys):
    for key in keys:
        assert entries()[key]["vi"]
        assert entries()[key]["en"]


def test_every_licence_has_words(full):
    for licence in {row["licence"] for row in rows_of("reference/source.csv") if row["licence"]}:
        slug = re.sub(r"[^a-z0-9]+", "_", licence.lower()).strip("_")
        assert f"sources.licence_{slug}" in entries(), licence


def test_titles_of_our_own_belong_to_sources():
    known = {row["source_id"] for row in rows_of("reference/source.csv")}
    for key in entries():
        for prefix in ("sources.title_", "sources.publisher_", "sources.used_for_"):
            if key.startswith(prefix):
                assert key.removeprefix(prefix) in known


def test_licences_name_whom_to_credit(full):
    credited = {s.source_id for _, owners in sources.licences(full) for s in owners}
    assert {"geonames", "units-vietnamadminunits", "gso-census-2019", "font-be-vietnam-pro"} <= credited
    assert "own-hex-layout" not in credited


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("hơn 1.420.000; hơn 67%", "over 1,420,000; over 67%"),
        ("1.669.074; 89,06%", "1,669,074; 89.06%"),
        ("gần 4.400; 77%", "nearly 4,400; 77%"),
        ("khoảng 5,9%", "about 5.9%"),
        ("22/10/2025", "22/10/2025"),
        ("290/KH-UBND", "290/KH-UBND"),
        ("d6.vxtdemo02.com", "d6.vxtdemo02.com"),
        ("2020", "2020"),
    ],
)
def test_a_printed_value_is_read_in_the_readers_way(text, english):
    assert printed(text, "vi") == text
    assert printed(text, "en") == english


# ---- Indicators, contradictions, gaps ----------------------------------------------------------------------------


def test_the_catalogue_counts_published_figures_as_the_files_have_them(full):
    expected: Counter[str] = Counter()
    for file in sorted((DATA / "published").glob("*.csv")):
        expected.update(row["indicator_id"] for row in rows_of(f"published/{file.name}"))
    listed = dictionary.listed_indicators(full)
    assert {e.indicator.indicator_id: e.published for e in listed if e.published} == expected
    assert len(listed) == len(rows_of("reference/indicator.csv"))


def test_an_undated_figure_does_not_stretch_the_time_of_an_indicator(full):
    for entry in dictionary.listed_indicators(full):
        own = full.rows(
            "SELECT DISTINCT date_basis FROM observation WHERE indicator_id = ?", entry.indicator.indicator_id
        )
        dated = any(row["date_basis"] != "undated" for row in own)
        assert (entry.first is not None) == dated


def test_an_indicator_is_found_by_its_definition_within_a_theme(full):
    listed = dictionary.listed_indicators(full)
    found = dictionary.indicators_found(listed, "phan luong", "participation")
    assert "participation.streaming.vocational" in {entry.indicator.indicator_id for entry in found}
    assert dictionary.indicators_found(listed, "phan luong", "school") == []


def test_contradictions_keep_every_statement_in_its_order(full):
    listed = sources.contradictions(full)
    expected: dict[str, list[str]] = {}
    for row in sorted(rows_of("reference/contradiction.csv"), key=lambda r: int(r["position"])):
        expected.setdefault(row["contradiction_id"], []).append(row["statement_vi"])
    assert {c.contradiction_id: [s.statement_vi for s in c.statements] for c in listed} == expected
    assert all(s.source is not None for c in listed for s in c.statements)


def test_a_contradiction_is_found_by_a_value(full):
    found = sources.contradictions_found(sources.contradictions(full), "89,06%")
    assert [c.contradiction_id for c in found] == ["family_bases"]


def test_each_task_of_the_plan_has_an_indicator_or_a_stated_gap(full):
    tasks = sources.plan_tasks(full)
    assert [task.position for task in tasks] == sorted(
        int(r["position"]) for r in rows_of("reference/plan_task.csv")
    )
    for task in tasks:
        assert (task.indicator_vi is None) != (task.gap_vi is None)
        if task.indicator_vi is None:
            assert (task.real, task.illustrative) == (0, 0)


def test_gaps_are_grouped_by_theme(full):
    themes = [gap.theme for gap in sources.data_gaps(full)]
    assert len(themes) == len(rows_of("reference/data_gap.csv"))
    assert [theme for theme, _ in groupby(themes)] == list(dict.fromkeys(themes))


# ---- Refused rows ------------------------------------------------------------------------------------------------


def test_a_refused_row_says_where_and_why_in_both_languages(with_refused):
    refused = [row for row in sources.refused_rows(with_refused, 50) if row.file.startswith("reports/")]
    assert refused
    assert {(row.file, row.line) for row in refused} == {("reports/two.csv", 3)}
    assert any("đăng ký" in row.reason_vi and "registered" in row.reason_en for row in refused)


def test_no_more_refused_rows_are_listed_than_asked_for(with_refused):
    assert len(sources.refused_rows(with_refused, 1)) == 1


# ---- Method ------------------------------------------------------------------------------------------------------


def test_the_worked_example_sets_rates_of_one_title_on_different_bases_beside_each_other(full):
    example = method.worked_example(full, "family")
    known = {
        (row["indicator_id"], float(row["value"]))
        for row in rows_of("published/learning_models.csv")
        if row["unit_key"] == "01"
    }
    assert all((f.indicator_id, f.value) in known for f in example)
    assert [round(100 * (f.value or 0), 2) for f in example] == [72.1, 89.06, 67.0]
    assert len({(f.basis, f.date_basis == "undated") for f in example}) == len(example)
    assert example[-1].date_basis == "undated"


def test_the_rate_of_the_city_is_sum_over_sum_not_the_mean(full):
    period = figures.periods(full)[0]
    example = method.mean_or_sum(full, period.end, ("published", "reported", "illustrative"))
    assert example is not None
    own = full.rows(
        """
        SELECT o.numerator, o.denominator FROM observation AS o
        JOIN indicator AS i USING (indicator_id) JOIN unit AS u USING (unit_key)
        WHERE i.name_vi = ? AND o.period_end = ? AND o.status = ? AND u.level = 'ward'
        """,
        example.name_vi,
        period.end,
        example.status,
    )
    assert len(own) == example.units
    assert example.of_sums == pytest.approx(
        sum(r["numerator"] for r in own) / sum(r["denominator"] for r in own)
    )
    assert example.mean == pytest.approx(sum(r["numerator"] / r["denominator"] for r in own) / len(own))
    assert example.lowest <= example.mean <= example.highest


def test_hidden_illustrative_figures_do_not_serve_as_example(full):
    assert method.mean_or_sum(full, figures.periods(full)[0].end, ("published",)) is None


def test_the_reform_turned_526_wards_of_30_districts_into_126_wards(full):
    assert method.reform(full) == method.Reform(
        districts=30, wards_before=526, wards_divided=199, wards_now=126, phuong=51, xa=75
    )
    assert figures.reform_day(full) == dt.date(2025, 7, 1)


def test_all_targets_are_listed_and_one_of_the_city_governs_a_year(full):
    named = method.named_targets(full)
    assert len(named) == len(rows_of("reference/target.csv"))
    governing = Counter(
        (n.target.indicator_id, n.target.year) for n in named if n.target.governs and n.target.scope == "city"
    )
    assert set(governing.values()) == {1}
    assert all(n.target.reason_vi and n.target.reason_en for n in named)


def test_illustrative_sums_follow_the_published_figures_named(full):
    anchors = method.sample_anchors(full)
    assert {(a.name_vi, a.published) for a in anchors} >= {
        ("Gia đình học tập: tỷ lệ công nhận trên tổng số", 0.721),
        ("Gia đình học tập: số được công nhận", 1669074.0),
    }
    for anchor in anchors:
        assert abs(anchor.sample / anchor.published - 1) <= method.SAMPLE_TOLERANCE + 1e-9
        assert anchor.sample_start is not None
        assert anchor.sample_start <= anchor.published_end <= anchor.sample_end


def test_figures_are_counted_by_status(full):
    counts = method.status_counts(full)
    assert counts["published"] == sum(
        len(rows_of(f"published/{file.name}")) for file in (DATA / "published").glob("*.csv")
    )
    assert counts["illustrative"] > 0


# ---- Nothing there -----------------------------------------------------------------------------------------------


def test_without_figures_the_reference_tables_still_answer(empty):
    assert method.worked_example(empty, "family") == []
    assert method.implied_example(empty, "family") is None
    assert method.mean_or_sum(empty, dt.date(2026, 9, 30), ("illustrative",)) is None
    assert method.sample_anchors(empty) == []
    assert method.status_counts(empty) == {}
    assert all(entry.first is None and not entry.published for entry in dictionary.listed_indicators(empty))
    assert len(sources.listed_sources(empty)) == len(rows_of("reference/source.csv"))
    assert all(task.real == 0 for task in sources.plan_tasks(empty))
