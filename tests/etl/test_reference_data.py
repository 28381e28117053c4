"""The facts of the project: every row has its source, every key leads somewhere, nothing illustrative is among them."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from etl.contracts import Contract, load_contracts
from tests.etl.offices import DATA, OFFICE_TABLES, rows_of

CONTRACTS = load_contracts()
REFERENCE = {
    c.table: rows_of(DATA / "reference" / f"{c.table}.csv")
    for c in CONTRACTS.values()
    if c.kind == "reference"
}
PUBLISHED = [(p.name, row) for p in sorted((DATA / "published").glob("*.csv")) for row in rows_of(p)]
FILES = sorted(p for folder in ("reference", "published", "sample") for p in (DATA / folder).rglob("*.csv"))
TABLES = [
    *((CONTRACTS[name], rows) for name, rows in REFERENCE.items()),
    (CONTRACTS["published_figure"], [r for _, r in PUBLISHED]),
]
IDS = [contract.table for contract, _ in TABLES]
MODEL_BASES = {"recognised_of_total", "registered_of_total", "recognised_of_registered"}


def column(table: str, name: str) -> set[str]:
    return {row[name] for row in REFERENCE[table] if row[name]}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(DATA).as_posix())
def test_files_are_utf8_in_composed_letters_with_plain_line_ends(path: Path) -> None:
    content = path.read_bytes()
    text = content.decode("utf-8")
    assert not text.startswith("\ufeff")
    assert text == unicodedata.normalize("NFC", text)
    assert b"\r" not in content
    assert text.endswith("\n")
    assert not [mark for mark in "\u00a0\u200b\ufffd\t" if mark in text]


@pytest.mark.parametrize(("contract", "rows"), TABLES, ids=IDS)
def test_no_cell_has_spaces_around_it(contract: Contract, rows: list[dict[str, str]]) -> None:
    assert [row for row in rows for cell in row.values() if cell != cell.strip()] == []


@pytest.mark.parametrize(("contract", "rows"), TABLES, ids=IDS)
def test_keys_are_unique(contract: Contract, rows: list[dict[str, str]]) -> None:
    assert rows
    keys = Counter(tuple(row[name] for name in contract.key) for row in rows)
    assert [key for key, times in keys.items() if times > 1] == []


@pytest.mark.parametrize(("contract", "rows"), TABLES, ids=IDS)
def test_whatever_a_row_refers_to_exists(contract: Contract, rows: list[dict[str, str]]) -> None:
    for of in contract.columns:
        if of.references and CONTRACTS[of.references[0]].kind == "reference":
            used = {row[of.name] for row in rows if row.get(of.name)}
            assert used <= column(*of.references), of.name


@pytest.mark.parametrize(("contract", "rows"), TABLES, ids=IDS)
def test_every_column_of_sources_units_and_indicators_is_held_to_the_catalogue(
    contract: Contract, rows: list[dict[str, str]]
) -> None:
    """So that the test above leaves none out."""
    target = {"source": "source.source_id", "unit": "unit.unit_key", "indicator": "indicator.indicator_id"}
    for of in contract.columns:
        what = next(
            (
                t
                for t in target
                if of.name in (f"{t}_id", f"{t}_key") or of.name.endswith((f"_{t}_id", f"_{t}_key"))
            ),
            None,
        )
        if what and not (contract.table == what and of.name in contract.key):
            assert ".".join(of.references or ()) == target[what], of.name


@pytest.mark.parametrize(("contract", "rows"), TABLES, ids=IDS)
def test_what_is_said_in_one_language_is_said_in_the_other(
    contract: Contract, rows: list[dict[str, str]]
) -> None:
    names = {c.name for c in contract.columns}
    for vi in sorted(n for n in names if n.endswith("_vi") and f"{n[:-3]}_en" in names):
        alone = [row for row in rows if bool(row.get(vi)) != bool(row.get(f"{vi[:-3]}_en"))]
        assert alone == [], vi


def test_every_published_figure_names_a_source_that_exists() -> None:
    assert {row["source_id"] for _, row in PUBLISHED} <= column("source", "source_id")


def test_every_published_rate_is_a_share_and_every_count_is_not_negative() -> None:
    kinds = {row["indicator_id"]: row["kind"] for row in REFERENCE["indicator"]}
    for name, row in PUBLISHED:
        value = float(row["value"])
        assert value >= 0, (name, row)
        assert kinds[row["indicator_id"]] == "count" or value <= 1, (name, row)


def test_nothing_illustrative_lies_outside_of_the_sample() -> None:
    for name, row in PUBLISHED:
        assert row["source_id"] != "sample-generator", (name, row)
        assert not any(
            word in cell.casefold() for cell in row.values() for word in ("minh họa", "illustrative")
        ), (name, row)
    for row in REFERENCE["target"] + REFERENCE["unit"] + REFERENCE["milestone"] + REFERENCE["network_total"]:
        assert row["source_id"] != "sample-generator", row
    names = {row["school_name"] for row in rows_of(DATA / "sample" / "schools" / "2025-09-30.csv")}
    assert all("minh họa" in name for name in names)


def test_at_most_one_target_of_the_city_governs_an_indicator_in_a_year() -> None:
    governing = Counter(
        (row["indicator_id"], row["year"])
        for row in REFERENCE["target"]
        if row["scope"] == "city" and row["governs"] == "true"
    )
    assert [key for key, times in governing.items() if times > 1] == []


def test_whether_a_target_governs_is_explained() -> None:
    for row in REFERENCE["target"]:
        assert row["reason_vi"]
        assert row["reason_en"]


def test_each_title_has_its_three_rates_and_their_bases_are_in_their_names() -> None:
    for row in REFERENCE["indicator"]:
        if row["basis"] in MODEL_BASES:
            assert row["indicator_id"].endswith(f".{row['basis']}")
    titles = {
        row["model"]
        for row in REFERENCE["indicator"]
        if row["theme"] == "model" and row["basis"] in MODEL_BASES
    }
    for title in titles:
        bases = {row["basis"] for row in REFERENCE["indicator"] if row["model"] == title and row["basis"]}
        assert bases >= MODEL_BASES or title == "citizen", title


def test_every_indicator_that_offices_report_is_in_the_catalogue_with_words() -> None:
    codes = column("indicator", "report_code")
    sent = {
        row["indicator"]
        for path in (DATA / "sample" / "participation").glob("*.csv")
        for row in rows_of(path)
    }
    assert sent <= codes
    for row in REFERENCE["indicator"]:
        if row["report_code"]:
            assert row["definition_vi"]
            assert row["definition_en"]


def test_every_ward_has_a_place_neighbours_and_a_former_district() -> None:
    wards = {u["unit_key"]: u for u in REFERENCE["unit"] if u["level"] == "ward" and not u["valid_to"]}
    assert column("hex_cell", "unit_key") == set(wards)
    assert len({(row["x"], row["y"]) for row in REFERENCE["hex_cell"]}) == len(wards)
    assert column("ward_district_share", "ward_key") == set(wards)
    for key, ward in wards.items():
        assert 20.5 < float(ward["lat"]) < 21.5, key
        assert 105.2 < float(ward["lon"]) < 106.1, key
        assert int(ward["population"]) > 1000, key


def test_shares_of_a_ward_in_former_districts_make_a_whole() -> None:
    sums: defaultdict[str, float] = defaultdict(float)
    for row in REFERENCE["ward_district_share"]:
        sums[row["ward_key"]] += float(row["share"])
    assert {key: total for key, total in sums.items() if abs(total - 1) > 0.011} == {}


def test_the_list_of_members_is_what_its_check_says() -> None:
    cities = [row for row in REFERENCE["member_city"] if row["confirmed"] == "true"]
    listed = Counter(row["year_joined"] or "unknown" for row in cities)
    listed["all"] = len(cities)
    assert {row["year_joined"]: int(row["listed"]) for row in REFERENCE["cohort_check"]} == dict(listed)


def test_ha_noi_is_a_member_among_the_six_of_viet_nam() -> None:
    vietnamese = {
        row["city"] for row in REFERENCE["member_city"] if row["iso3"] == "VNM" and row["confirmed"] == "true"
    }
    assert len(vietnamese) == 6
    assert any("Hà Nội" in city or "Hanoi" in city or "Ha Noi" in city for city in vietnamese)
    newest = max(
        (row for row in REFERENCE["network_total"] if row["status"] == "official" and row["members"]),
        key=lambda r: r["observed_on"],
    )
    assert (newest["members"], newest["countries"]) == ("425", "91")


def test_the_tables_that_offices_send_are_three() -> None:
    assert {c.table for c in CONTRACTS.values() if c.kind == "report"} == set(OFFICE_TABLES)
