"""The warehouse made from the project's own data: nothing lost, sums right, the same each time."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pytest

from etl.build import build, inputs
from etl.contracts import SQL_TYPE, load_contracts
from tests.conftest import DATA, SHIPPED, shipped
from tests.etl.offices import MIXED_FAMILY, mixed, opened, rows_of, todays_wards

PUBLIC = [c for c in load_contracts().values() if c.kind in ("reference", "mart")]
VIEWS = {"observation_current", "observation_reexpressed"}
COUNTS = ("total", "registered", "recognised")
RATES = (("registered", "total"), ("recognised", "total"), ("recognised", "registered"))


def one(con: duckdb.DuckDBPyConnection, sql: str, *values: object) -> tuple[object, ...]:
    row = con.execute(sql, list(values)).fetchone()
    assert row is not None
    return row


def test_no_row_of_the_projects_own_data_is_refused_or_repeated(full: duckdb.DuckDBPyConnection) -> None:
    assert full.execute("SELECT * FROM reject").fetchall() == []
    assert one(full, "SELECT rows_in = rows_kept, rows_rejected, rows_duplicate FROM build") == (True, 0, 0)


def test_every_file_is_accounted_for_row_by_row(full: duckdb.DuckDBPyConnection) -> None:
    listed = full.execute(
        "SELECT file, rows_in, rows_kept, rows_rejected, rows_duplicate, bytes FROM build_file"
    ).fetchall()
    files = [p for folder in SHIPPED for p in (DATA / folder).rglob("*.csv")]
    assert sorted(name for name, *_ in listed) == sorted(p.relative_to(DATA).as_posix() for p in files)
    for name, rows_in, kept, rejected, duplicate, size in listed:
        assert rows_in == kept + rejected + duplicate
        assert rows_in == len(rows_of(DATA / name))
        assert size == (DATA / name).stat().st_size
    assert one(full, "SELECT sum(rows_in), count(*) FROM build_file") == one(
        full, "SELECT rows_in, files FROM build"
    )


@pytest.mark.parametrize("table", [c.table for c in PUBLIC if c.kind == "reference"])
def test_a_reference_table_holds_every_row_of_its_file(full: duckdb.DuckDBPyConnection, table: str) -> None:
    assert one(full, f"SELECT count(*) FROM {table}") == (len(rows_of(DATA / "reference" / f"{table}.csv")),)


@pytest.mark.parametrize("contract", PUBLIC, ids=lambda c: c.table)
def test_every_public_table_has_the_columns_types_and_words_of_its_contract(
    full: duckdb.DuckDBPyConnection, contract
) -> None:
    found = full.execute(
        "SELECT column_name, data_type, comment FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index",
        [contract.table],
    ).fetchall()
    assert [(name, kind) for name, kind, _ in found] == [(c.name, SQL_TYPE[c.type]) for c in contract.columns]
    for column, (_, _, comment) in zip(contract.columns, found, strict=True):
        assert (
            comment
            == f"{column.label.vi}: {column.definition.vi} | {column.label.en}: {column.definition.en}"
        )
    kind = "view" if contract.table in VIEWS else "table"
    (comment,) = one(full, f"SELECT comment FROM duckdb_{kind}s() WHERE {kind}_name = ?", contract.table)
    assert contract.title.vi in str(comment)
    assert contract.row.en in str(comment)


@pytest.mark.parametrize("contract", PUBLIC, ids=lambda c: c.table)
def test_the_key_of_every_public_table_is_unique(full: duckdb.DuckDBPyConnection, contract) -> None:
    key = ", ".join(contract.key)
    assert (
        full.execute(f"SELECT {key} FROM {contract.table} GROUP BY {key} HAVING count(*) > 1").fetchall()
        == []
    )


def test_there_is_nothing_in_the_file_but_the_public_tables(full: duckdb.DuckDBPyConnection) -> None:
    found = {
        n
        for (n,) in full.execute(
            "SELECT table_name FROM duckdb_tables() UNION ALL SELECT view_name FROM duckdb_views() WHERE NOT internal"
        ).fetchall()
    }
    assert found == {c.table for c in PUBLIC}


def test_units_of_both_tiers(full: duckdb.DuckDBPyConnection) -> None:
    rows = full.execute(
        "SELECT level, valid_to IS NULL, count(*) FROM unit GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    assert rows == [("city", True, 1), ("district", False, 30), ("ward", False, 526), ("ward", True, 126)]
    types = full.execute(
        "SELECT type, count(*) FROM unit WHERE level = 'ward' AND valid_to IS NULL GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert types == [("phuong", 51), ("xa", 75)]


def test_the_published_rate_of_learning_families_of_august_2024(full: duckdb.DuckDBPyConnection) -> None:
    row = one(
        full,
        "SELECT value, status, CAST(period_end AS VARCHAR), source_id FROM observation WHERE unit_key = '01'"
        " AND indicator_id = 'model.family.recognised_of_total' AND period_end = DATE '2024-08-17'",
    )
    assert row == (0.721, "published", "2024-08-17", "baomoi-com-b47e92")


def test_one_title_has_its_three_rates_on_three_bases(full: duckdb.DuckDBPyConnection) -> None:
    rows = full.execute(
        "SELECT i.basis, o.value FROM observation o JOIN indicator i USING (indicator_id) WHERE o.unit_key = '01' AND o.status = 'published'"
        " AND i.model = 'family' AND i.kind = 'rate' AND o.period_end IN (DATE '2024-08-17', DATE '2024-12-31', DATE '2025-12-05') ORDER BY o.period_end"
    ).fetchall()
    assert rows == [
        ("recognised_of_total", 0.721),
        ("recognised_of_registered", 0.8906),
        ("recognised_of_total", 0.67),
    ]


def test_the_city_is_the_sum_of_what_districts_reported(full: duckdb.DuckDBPyConnection) -> None:
    rows = [r for r in rows_of(DATA / "sample" / "learning_models" / "2024-H2.csv") if r["model"] == "family"]
    sums = {c: sum(int(r[c]) for r in rows if r[c]) for c in COUNTS}
    found = dict(
        full.execute(
            "SELECT indicator_id, value FROM observation_area WHERE area_kind = 'city' AND period_end = DATE '2024-12-31'"
            " AND indicator_id LIKE 'model.family.%'"
        ).fetchall()
    )
    assert (
        {c: found[f"model.family.{c}"] for c in COUNTS}
        == sums
        == {"total": 2314942, "registered": 1874104, "recognised": 1669072}
    )
    for part, whole in RATES:
        assert found[f"model.family.{part}_of_{whole}"] == pytest.approx(sums[part] / sums[whole], abs=1e-12)


def test_every_figure_of_every_office_file_is_in_the_warehouse(full: duckdb.DuckDBPyConnection) -> None:
    """Counted again in plain Python: three counts and three rates a row of models; one or two figures a row else."""
    wanted = 0
    for path in (DATA / "sample" / "learning_models").glob("*.csv"):
        for row in rows_of(path):
            wanted += sum(1 for c in COUNTS if row[c])
            wanted += sum(1 for part, whole in RATES if row[part] and row[whole] and int(row[whole]))
    kinds = {r["report_code"]: r for r in rows_of(DATA / "reference" / "indicator.csv") if r["report_code"]}
    for path in (DATA / "sample" / "participation").glob("*.csv"):
        for row in rows_of(path):
            indicator = kinds[row["indicator"]]
            wanted += indicator["kind"] == "count" or int(row["denominator"]) > 0
            wanted += bool(indicator["numerator_indicator_id"])
    found = one(
        full, "SELECT count(*) FROM observation WHERE status = 'illustrative' AND file LIKE 'sample/%'"
    )
    assert found == (wanted,)
    published = sum(len(rows_of(p)) for p in (DATA / "published").glob("*.csv"))
    assert one(full, "SELECT count(*) FROM observation WHERE status = 'published'") == (published,)


def test_every_observation_names_its_file_and_line(full: duckdb.DuckDBPyConnection) -> None:
    rows = full.execute(
        "SELECT file, line, unit_key, value FROM observation WHERE indicator_id = 'model.clan.recognised' AND file IS NOT NULL"
    ).fetchall()
    assert len(rows) > 500
    for file, line, unit_key, value in rows[::97]:
        with (DATA / file).open(encoding="utf-8", newline="") as stream:
            record = list(csv.DictReader(stream))[line - 2]
        if "unit_code" in record:
            assert (record["unit_code"], record["model"], int(record["recognised"])) == (
                unit_key.split("@")[0],
                "clan",
                value,
            )
        else:
            assert (record["unit_key"], float(record["value"])) == (unit_key, value)


def test_every_figure_is_of_a_known_indicator_unit_and_source(full: duckdb.DuckDBPyConnection) -> None:
    for name, table in (("indicator_id", "indicator"), ("unit_key", "unit"), ("source_id", "source")):
        strangers = (
            f"SELECT DISTINCT {name} FROM observation WHERE {name} NOT IN (SELECT {name} FROM {table})"
        )
        assert full.execute(strangers).fetchall() == []


def test_no_figure_is_not_a_number_and_no_rate_leaves_its_range(full: duckdb.DuckDBPyConnection) -> None:
    for table in ("observation", "observation_current", "observation_area"):
        bad = full.execute(
            f"SELECT * FROM {table} WHERE isnan(value) OR isinf(value) OR value < 0"
        ).fetchall()
        assert bad == [], table
        rates = f"SELECT t.* FROM {table} AS t JOIN indicator AS i USING (indicator_id) WHERE i.kind = 'rate' AND t.value > 1"
        assert full.execute(rates).fetchall() == [], table
        apart = "abs(value - numerator / denominator) > 0.011 AND denominator > 0"
        assert full.execute(f"SELECT * FROM {table} WHERE {apart}").fetchall() == [], table


def test_whoever_ended_handed_everything_over_and_only_to_units_of_today(
    full: duckdb.DuckDBPyConnection,
) -> None:
    ended = full.execute("SELECT unit_key FROM unit WHERE valid_to IS NOT NULL ORDER BY 1").fetchall()
    assert full.execute("SELECT DISTINCT from_key FROM unit_succession ORDER BY 1").fetchall() == ended
    assert (
        full.execute(
            "SELECT from_key FROM unit_succession GROUP BY 1 HAVING abs(sum(weight) - 1) > 1e-9"
        ).fetchall()
        == []
    )
    assert full.execute("SELECT * FROM unit_succession WHERE weight < 0 OR weight > 1").fetchall() == []
    today = "SELECT unit_key FROM unit WHERE level = 'ward' AND valid_to IS NULL"
    assert full.execute(f"SELECT * FROM unit_succession WHERE to_key NOT IN ({today})").fetchall() == []
    assert one(full, "SELECT count(DISTINCT to_key) FROM unit_succession") == (126,)


def test_one_hundred_and_ninety_nine_old_wards_were_divided(full: duckdb.DuckDBPyConnection) -> None:
    divided = "SELECT count(DISTINCT from_key) FROM unit_succession JOIN unit ON unit_key = from_key WHERE level = 'ward' AND part = 'part'"
    assert one(full, divided) == (199,)
    whole = "SELECT count(*), min(weight), max(weight) FROM unit_succession WHERE part = 'whole'"
    assert one(full, whole) == (327, 1.0, 1.0)


def test_areas_add_up_to_the_city_and_say_how_many_reported(full: duckdb.DuckDBPyConnection) -> None:
    apart = """
        WITH areas AS (
            SELECT indicator_id, area_kind, period_end, status, sum(coalesce(numerator, value)) AS amount,
                   sum(units_reporting) AS units
            FROM observation_area WHERE area_kind <> 'city' GROUP BY ALL
        )
        SELECT * FROM areas AS a JOIN observation_area AS c USING (indicator_id, period_end, status)
        WHERE c.area_kind = 'city' AND (abs(a.amount - coalesce(c.numerator, c.value)) > 1e-9 * greatest(1, a.amount)
              OR a.units < c.units_reporting OR (a.area_kind = 'type' AND a.units <> c.units_reporting))
    """
    assert full.execute(apart).fetchall() == []
    expected = "SELECT DISTINCT reporting_level, units_expected FROM observation_area WHERE area_kind = 'city' ORDER BY 1"
    assert full.execute(expected).fetchall() == [("district", 30), ("ward", 126)]
    beyond = "SELECT * FROM observation_area WHERE units_reporting > units_expected OR population_share > 1 + 1e-9 OR population_share <= 0"
    assert full.execute(beyond).fetchall() == []
    level = "SELECT DISTINCT period_end < DATE '2025-07-01', reporting_level FROM observation_area ORDER BY ALL DESC"
    assert full.execute(level).fetchall() == [(True, "district"), (False, "ward")]


def test_the_share_of_the_population_that_reported(partly: duckdb.DuckDBPyConnection) -> None:
    wards = todays_wards()
    row = one(
        partly,
        "SELECT units_reporting, units_expected, population_share FROM observation_area WHERE area_kind = 'city' AND status = 'reported'"
        " AND indicator_id = 'model.family.recognised_of_total' AND period_end = DATE '2026-06-30'",
    )
    assert row == (
        100,
        126,
        pytest.approx(sum(p for _, p in wards[:100]) / sum(p for _, p in wards), abs=1e-12),
    )


def test_the_register_of_2954_schools(full: duckdb.DuckDBPyConnection) -> None:
    rows = full.execute(
        "SELECT ownership, count(*) FROM school WHERE as_of = DATE '2025-09-30' GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert rows == [("private", 617), ("public", 2337)]
    assert one(
        full,
        "SELECT sum(value) FROM observation WHERE indicator_id = 'school.count' AND unit_key <> '01' AND status = 'illustrative'",
    ) == (2954.0,)
    assert one(full, "SELECT DISTINCT school_year FROM school") == ("2025-2026",)


def test_each_ward_has_one_hexagon_that_closes(full: duckdb.DuckDBPyConnection) -> None:
    shapes = full.execute("SELECT unit_key, geometry FROM unit_shape WHERE kind = 'hex'").fetchall()
    assert len({key for key, _ in shapes}) == 126
    for _, geometry in shapes:
        (ring,) = json.loads(geometry)["coordinates"]
        assert len(ring) == 7
        assert ring[0] == ring[-1]


# Real files beside the sample.


def statuses(con: duckdb.DuckDBPyConnection, prefix: str, period_end: str) -> set[str]:
    found = con.execute(
        "SELECT DISTINCT status FROM observation WHERE indicator_id LIKE ? AND period_end = CAST(? AS DATE) AND status <> 'published'",
        [f"{prefix}%", period_end],
    ).fetchall()
    return {status for (status,) in found}


def test_a_real_file_switches_the_sample_off_for_its_table_and_period_only(
    partly: duckdb.DuckDBPyConnection,
) -> None:
    assert statuses(partly, "model.", "2026-06-30") == {"reported"}
    assert statuses(partly, "model.", "2026-09-30") == {"reported"}
    assert statuses(partly, "model.", "2025-12-31") == {"illustrative"}
    assert statuses(partly, "model.", "2025-06-30") == {"illustrative"}
    assert statuses(partly, "participation.", "2026-09-30") == {"reported"}
    assert statuses(partly, "participation.", "2026-06-30") == {"illustrative"}


def test_a_register_that_an_office_sent_takes_the_place_of_the_samples_of_its_school_year(
    partly: duckdb.DuckDBPyConnection,
) -> None:
    rows = partly.execute(
        "SELECT CAST(as_of AS VARCHAR), status, count(*) FROM school GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    assert rows == [("2024-10-15", "reported", 3), ("2025-09-30", "illustrative", 2954)]
    counted = "SELECT sum(value) FROM observation WHERE indicator_id = 'school.count' AND status = 'reported'"
    assert one(partly, counted) == (
        2.0,
    )  # a centre of continuing education is not among the schools that are counted


def test_illustrative_and_real_figures_are_never_in_one_sum(partly: duckdb.DuckDBPyConnection) -> None:
    total, _, recognised = MIXED_FAMILY
    sums = partly.execute(
        "SELECT status, numerator, denominator FROM observation_area WHERE area_kind = 'city'"
        " AND indicator_id = 'model.family.recognised_of_total' AND period_end = DATE '2026-06-30'"
    ).fetchall()
    assert sums == [("reported", 100.0 * recognised, 100.0 * total)]
    beside = """
        SELECT a.* FROM observation_area AS a
        JOIN (SELECT indicator_id, period_end, status, sum(value) AS amount, count(*) AS units FROM observation
              WHERE unit_key <> '01' GROUP BY ALL) AS o USING (indicator_id, period_end, status)
        JOIN indicator AS i USING (indicator_id)
        WHERE a.area_kind = 'city' AND i.kind = 'count' AND a.value > o.amount
    """
    assert partly.execute(beside).fetchall() == []
    two_sources = "SELECT origin_status, count(DISTINCT source_id) FROM observation_current WHERE origin_status <> 'published' GROUP BY 1 ORDER BY 1"
    assert partly.execute(two_sources).fetchall() == [("illustrative", 1), ("reported", 1)]


def test_a_rate_of_nobody_is_left_out_and_its_count_is_kept(partly: duckdb.DuckDBPyConnection) -> None:
    rows = partly.execute(
        "SELECT indicator_id, value FROM observation WHERE file = 'reports/tham-gia.csv' ORDER BY 1"
    ).fetchall()
    assert rows == [("participation.clc.active.count", 0.0), ("participation.digital.skills", 0.75)]


def test_the_same_files_make_the_same_build_to_the_last_row(
    full: duckdb.DuckDBPyConnection, warehouse_full: Path, tmp_path: Path
) -> None:
    again = build(shipped(tmp_path / "data"), tmp_path, allow_shrink=True)
    assert f"{again.build_id}\n" == (warehouse_full / "CURRENT").read_text(encoding="utf-8")
    with opened(tmp_path) as other:
        for contract in PUBLIC:
            if contract.table not in VIEWS:  # views are worked out from the tables when asked
                columns = ", ".join(c.name for c in contract.columns if c.name != "built_at")
                sql = f"SELECT {columns} FROM {contract.table} ORDER BY ALL"
                assert other.execute(sql).fetchall() == full.execute(sql).fetchall(), contract.table


def test_another_byte_anywhere_makes_another_build(tmp_path: Path) -> None:
    _, first = inputs(mixed(tmp_path))
    (tmp_path / "reports" / "q3.csv").write_text(
        (tmp_path / "reports" / "q3.csv").read_text() + "\n", encoding="utf-8"
    )
    _, second = inputs(tmp_path)
    (tmp_path / "reports" / "q3.csv").rename(tmp_path / "reports" / "q3-lan-2.csv")
    _, third = inputs(tmp_path)
    assert len({first, second, third}) == 3


def test_the_warehouse_carries_the_words_of_every_contract(full: duckdb.DuckDBPyConnection) -> None:
    tables = full.execute(
        "SELECT table_name, kind, is_view, title_vi, title_en, row_vi, row_en FROM dictionary_table ORDER BY 1"
    ).fetchall()
    assert tables == sorted(
        (c.table, c.kind, c.table in VIEWS, c.title.vi, c.title.en, c.row.vi, c.row.en) for c in PUBLIC
    )
    columns = full.execute(
        "SELECT table_name, column_name, type, required, key_position, label_vi, label_en, definition_vi, definition_en"
        " FROM dictionary_column ORDER BY table_name, position"
    ).fetchall()
    assert columns == [
        (
            *(c.table, x.name, x.type, x.required, c.key.index(x.name) + 1 if x.name in c.key else None),
            *(x.label.vi, x.label.en, x.definition.vi, x.definition.en),
        )
        for c in sorted(PUBLIC, key=lambda c: c.table)
        for x in c.columns
    ]
    values = full.execute(
        "SELECT table_name, column_name, value, label_vi, label_en FROM dictionary_value"
    ).fetchall()
    assert sorted(values) == sorted(
        (c.table, x.name, v.value, v.label.vi, v.label.en)
        for c in PUBLIC
        for x in c.columns
        for v in x.allowed
    )
