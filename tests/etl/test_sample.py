"""The illustrative reports: the same each time, true to the published city figures, and obedient to the rules."""

from __future__ import annotations

import csv
import math
import os
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from etl.contracts import load_contracts
from etl.problems import Problem
from etl.sample import write_sample
from etl.sample.anchors import HALF_YEARS, INDICATORS, MODELS, QUARTERS
from etl.sample.irregularities import ABSENT_WARDS
from etl.sample.learning_models import ABSENT_ROWS, MODEL_ODDITIES
from etl.sample.places import KM_PER_LAT, KM_PER_LON
from etl.sample.schools import MAX_KM_FROM_CENTRE
from etl.sample.writing import NOTE

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "data"
COMMITTED = DATA / "sample"
READS = ("unit.csv", "ward_district_share.csv")

Row = dict[str, str]


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def reports(table: str) -> dict[str, list[Row]]:
    return {path.stem: rows_of(path) for path in sorted((COMMITTED / table).glob("*.csv"))}


def bytes_below(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.csv"))}


def reference_in(folder: Path) -> Path:
    (folder / "reference").mkdir(parents=True)
    for name in READS:
        shutil.copy(DATA / "reference" / name, folder / "reference" / name)
    return folder


@pytest.fixture(scope="module")
def models() -> dict[str, list[Row]]:
    return reports("learning_models")


@pytest.fixture(scope="module")
def participation() -> dict[str, list[Row]]:
    return reports("participation")


@pytest.fixture(scope="module")
def schools() -> list[Row]:
    return rows_of(COMMITTED / "schools" / "2025-09-30.csv")


@pytest.fixture(scope="module")
def units() -> dict[str, dict[str, Row]]:
    """Former districts and today's wards by code."""
    by_level: dict[str, dict[str, Row]] = {"district": {}, "ward": {}}
    for unit in rows_of(DATA / "reference" / "unit.csv"):
        if unit["level"] == "district" or (unit["level"] == "ward" and not unit["valid_to"]):
            by_level[unit["level"]][unit["code"]] = unit
    return by_level


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of its own."""
    folder = reference_in(tmp_path_factory.mktemp("fresh"))
    write_sample(folder)
    return folder / "sample"


def city(rows: list[Row], name: str, key: str = "model") -> dict[str, float]:
    """The city's figures: sums over its units, and rates of those sums."""
    own = [row for row in rows if row[key] == name]
    columns = ("total", "registered", "recognised") if key == "model" else ("numerator", "denominator")
    sums: dict[str, float] = {column: math.fsum(int(row[column] or 0) for row in own) for column in columns}
    if key == "model":
        sums["recognised_of_total"] = sums["recognised"] / sums["total"]
        sums["recognised_of_registered"] = sums["recognised"] / sums["registered"]
    elif sums["denominator"]:
        sums["rate"] = sums["numerator"] / sums["denominator"]
    return sums


# ---- The same each time ------------------------------------------------------------------------------------------


def test_the_committed_files_are_what_a_run_writes(fresh: Path) -> None:
    assert bytes_below(COMMITTED) == bytes_below(fresh)


def test_the_same_seed_gives_the_same_bytes_in_another_process(fresh: Path, tmp_path: Path) -> None:
    folder = reference_in(tmp_path / "data")
    code = "import sys; from pathlib import Path; from etl.sample import write_sample; write_sample(Path(sys.argv[1]))"
    environment = {**os.environ, "PYTHONHASHSEED": "7", "LC_ALL": "C", "TZ": "Asia/Ho_Chi_Minh"}
    subprocess.run([sys.executable, "-c", code, str(folder)], check=True, cwd=ROOT, env=environment)
    assert bytes_below(folder / "sample") == bytes_below(fresh)


def test_another_seed_gives_other_figures(fresh: Path, tmp_path: Path) -> None:
    folder = reference_in(tmp_path / "data")
    written = write_sample(folder, seed=1)
    assert [path.relative_to(folder / "sample").as_posix() for path in sorted(written)] == sorted(
        bytes_below(fresh)
    )
    assert all(
        path.read_bytes() != (fresh / path.relative_to(folder / "sample")).read_bytes() for path in written
    )


def test_needs_neither_database_nor_screen() -> None:
    code = "import sys, etl.sample; sys.exit(bool({'duckdb', 'streamlit', 'pandas', 'numpy'} & set(sys.modules)))"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_says_which_table_it_misses(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=re.escape("unit.csv")):
        write_sample(tmp_path)


def test_stays_small() -> None:
    assert sum(len(content) for content in bytes_below(COMMITTED).values()) < 3_000_000


# ---- True to the published figures -------------------------------------------------------------------------------

PUBLISHED_MODELS = [
    ("2023-H2", "family", "recognised_of_total", 0.7125),
    ("2024-H2", "family", "recognised", 1_669_074),
    ("2024-H2", "family", "recognised_of_registered", 0.8906),
    ("2024-H2", "family", "recognised_of_total", 0.721),
    ("2024-H2", "clan", "recognised", 8_579),
    ("2024-H2", "clan", "recognised_of_registered", 0.8949),
    ("2024-H2", "clan", "recognised_of_total", 0.68),
    ("2024-H2", "community", "recognised", 4_709),
    ("2024-H2", "community", "recognised_of_registered", 0.9167),
    ("2024-H2", "community", "recognised_of_total", 0.78),
    ("2024-H2", "unit", "recognised", 4_061),
    ("2024-H2", "unit", "recognised_of_registered", 0.9968),
    ("2024-H2", "unit", "recognised_of_total", 0.79),
    ("2024-H2", "citizen_resident", "recognised_of_total", 0.42),
]
PUBLISHED_PARTICIPATION = [
    ("2023-H2", "literacy.age_15_60", "rate", 0.9997),
    ("2023-H2", "happy_school.applied", "denominator", 2_874),
    ("2024-H2", "happy_school.applied", "denominator", 2_913),
    ("2024-H2", "association.members", "numerator", 1_953_233),
    ("2024-H2", "association.members", "rate", 0.2344),
    ("2025-H1", "clc.active", "denominator", 526),
    ("2025-Q3", "continuing.learners", "numerator", 57_000),
    ("2025-Q4", "continuing.learners", "numerator", 57_000),
]


@pytest.mark.parametrize(("period", "model", "measure", "value"), PUBLISHED_MODELS)
def test_models_add_up_to_the_published_city_figure(
    models: dict[str, list[Row]], period: str, model: str, measure: str, value: float
) -> None:
    assert city(models[period], model)[measure] == pytest.approx(value, rel=0.01)


@pytest.mark.parametrize(("period", "indicator", "measure", "value"), PUBLISHED_PARTICIPATION)
def test_participation_adds_up_to_the_published_city_figure(
    participation: dict[str, list[Row]], period: str, indicator: str, measure: str, value: float
) -> None:
    assert city(participation[period], indicator, "indicator")[measure] == pytest.approx(value, rel=0.01)


def test_the_fund_of_2024_is_nearly_440_billion_in_its_two_halves(
    participation: dict[str, list[Row]],
) -> None:
    raised = sum(
        city(participation[half], "association.fund", "indicator")["numerator"]
        for half in ("2024-H1", "2024-H2")
    )
    assert raised == pytest.approx(440e9, rel=0.01)
    assert raised < 440e9


def test_the_register_holds_the_published_schools(schools: list[Row]) -> None:
    assert len(schools) == 2_954
    assert Counter(school["ownership"] for school in schools) == {"public": 2_337, "private": 617}
    for column, value in (("pupils", 2_327_000), ("classes", 70_500), ("teachers", 129_300)):
        assert sum(int(school[column]) for school in schools) == pytest.approx(value, rel=0.01)
    public = [school["national_standard"] for school in schools if school["ownership"] == "public"]
    assert 0.79 <= public.count("true") / len(public) < 0.80
    assert 2_850 <= [school["happy_school"] for school in schools].count("true") < 2_954


@pytest.mark.parametrize(
    "model", ["citizen_resident", "citizen_staff", "family", "clan", "community", "unit"]
)
def test_the_wards_go_on_where_the_districts_stopped(models: dict[str, list[Row]], model: str) -> None:
    before, after = city(models["2025-H1"], model), city(models["2025-Q3"], model)
    assert after["recognised_of_total"] == pytest.approx(before["recognised_of_total"], abs=0.02)
    reporting = 1 - ABSENT_WARDS["learning_models"]["2025-Q3"] / 126
    assert after["total"] == pytest.approx(before["total"] * reporting, rel=0.06)


def test_recognised_of_registered_dips_early_in_the_year(models: dict[str, list[Row]]) -> None:
    for earlier, later in (("2023-H2", "2024-H1"), ("2024-H2", "2025-H1"), ("2025-Q4", "2026-Q1")):
        for model in ("citizen_resident", "family", "clan", "community", "unit"):
            key = "recognised_of_registered"
            assert city(models[later], model)[key] < city(models[earlier], model)[key], (later, model)


# ---- Obedient to the rules ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["learning_models", "participation", "schools"])
def test_the_files_have_the_columns_of_the_contract(table: str) -> None:
    columns = [column.name for column in load_contracts()[table].columns]
    for path in sorted((COMMITTED / table).glob("*.csv")):
        assert path.read_text(encoding="utf-8").split("\n", 1)[0].split(",") == columns


def test_the_files_are_plain_text_without_gaps() -> None:
    for name, content in bytes_below(COMMITTED).items():
        text = content.decode("utf-8")
        assert not text.startswith("\ufeff"), name
        assert "\r" not in text and text.endswith("\n"), name
        assert not re.search(r"(^|,)(nan|none|null|inf)(,|$)", text, re.IGNORECASE | re.MULTILINE), name


def test_every_report_row_says_that_it_is_illustrative(
    models: dict[str, list[Row]], participation: dict[str, list[Row]]
) -> None:
    assert {row["note"] for table in (models, participation) for rows in table.values() for row in rows} == {
        NOTE
    }


def test_recognised_is_within_registered_is_within_total(models: dict[str, list[Row]]) -> None:
    for rows in models.values():
        for row in rows:
            assert 0 <= int(row["recognised"]) <= int(row["registered"]) <= int(row["total"]), row


def test_rates_have_a_denominator_and_counts_have_none(participation: dict[str, list[Row]]) -> None:
    catalogue = {row["report_code"]: row["kind"] for row in rows_of(DATA / "reference" / "indicator.csv")}
    for rows in participation.values():
        for row in rows:
            if catalogue[row["indicator"]] == "rate":
                assert 0 <= int(row["numerator"]) <= int(row["denominator"]), row
            else:
                assert int(row["numerator"]) >= 0 and row["denominator"] == "", row


def test_keys_do_not_repeat(
    models: dict[str, list[Row]], participation: dict[str, list[Row]], schools: list[Row]
) -> None:
    for table, thing in ((models, "model"), (participation, "indicator")):
        for period, rows in table.items():
            assert {row["period"] for row in rows} == {period}
            assert len({(row["unit_code"], row[thing]) for row in rows}) == len(rows)
    assert len({school["school_code"] for school in schools}) == len(schools)


def test_unit_codes_and_names_are_those_of_the_day(
    models: dict[str, list[Row]], participation: dict[str, list[Row]], units: dict[str, dict[str, Row]]
) -> None:
    for table in (models, participation):
        for period, rows in table.items():
            known = units["district" if period in HALF_YEARS else "ward"]
            assert all(known[row["unit_code"]]["name_vi"] == row["unit_name"] for row in rows)


def test_the_models_are_those_of_the_contract_and_the_district_ends() -> None:
    allowed = {value.value for value in load_contracts()["learning_models"].column("model").allowed}
    assert set(MODELS) == allowed


def test_the_indicators_are_those_of_the_catalogue() -> None:
    catalogue = {row["report_code"] for row in rows_of(DATA / "reference" / "indicator.csv")} - {""}
    assert set(INDICATORS) == catalogue


# ---- Complete but for what is declared missing -------------------------------------------------------------------


def test_all_districts_report_every_half_year(
    models: dict[str, list[Row]], participation: dict[str, list[Row]]
) -> None:
    for period in HALF_YEARS:
        assert len({row["unit_code"] for row in models[period]}) == 30
        assert len({row["unit_code"] for row in participation[period]}) == 30
        missing = Counter(model for late, model in ABSENT_ROWS if late == period)
        counts = Counter(row["model"] for row in models[period])
        assert counts == {model: 30 - missing[model] for model in MODELS}


def test_no_half_year_with_a_published_figure_misses_a_row() -> None:
    anchored = {period for period, *_ in (*PUBLISHED_MODELS, *PUBLISHED_PARTICIPATION)}
    assert not anchored & {period for period, _ in ABSENT_ROWS}


@pytest.mark.parametrize("table", ["learning_models", "participation"])
def test_wards_report_every_quarter_but_for_the_declared_number(
    table: str, models: dict[str, list[Row]], participation: dict[str, list[Row]]
) -> None:
    of_table, thing = (models, "model") if table == "learning_models" else (participation, "indicator")
    assert set(of_table) == {*HALF_YEARS, *QUARTERS}
    absent = {}
    for period in QUARTERS:
        things: defaultdict[str, list[str]] = defaultdict(list)
        for row in of_table[period]:
            things[row["unit_code"]].append(row[thing])
        assert len(things) == 126 - ABSENT_WARDS[table][period]
        assert len({tuple(own) for own in things.values()}) == 1, "each ward reports on the same things"
        absent[period] = things.keys()
    reported = Counter(code for codes in absent.values() for code in codes)
    assert sum(count < len(QUARTERS) - 1 for count in reported.values()) >= 2, (
        "a few wards are late again and again"
    )


def test_participation_is_complete_and_the_learning_week_is_reported_in_its_season(
    participation: dict[str, list[Row]],
) -> None:
    for period, rows in participation.items():
        expected = set(INDICATORS) - (
            set() if period.endswith(("H2", "Q4")) else {"learning_week.participants"}
        )
        assert {row["indicator"] for row in rows} == expected


def test_a_learning_district_is_one_and_its_communes_are_counted(
    models: dict[str, list[Row]], units: dict[str, dict[str, Row]]
) -> None:
    rows = models["2025-H1"]
    assert all(
        row["total"] == "1" and row["recognised"] in "01" for row in rows if row["model"] == "district"
    )
    assert sum(int(row["total"]) for row in rows if row["model"] == "commune") == 526
    for period in QUARTERS:
        assert not [row for row in models[period] if row["model"] == "district"]
        assert {row["total"] for row in models[period] if row["model"] == "commune"} == {"1"}
    assert len(units["district"]) == 30 and len(units["ward"]) == 126


# ---- Believable --------------------------------------------------------------------------------------------------


def test_clans_are_many_in_far_communes_and_few_in_the_core(models: dict[str, list[Row]]) -> None:
    per_family: dict[str, float] = {}
    for name in ("Quận Hoàn Kiếm", "Huyện Ba Vì"):
        rows = [row for row in models["2024-H2"] if row["unit_name"] == name]
        per_family[name] = city(rows, "clan")["total"] / city(rows, "family")["total"]
    assert per_family["Huyện Ba Vì"] > 10 * per_family["Quận Hoàn Kiếm"]


def test_wards_differ_and_hold_some_odd_figures(models: dict[str, list[Row]]) -> None:
    for period in QUARTERS:
        rates = [
            int(row["recognised"]) / int(row["total"]) for row in models[period] if row["model"] == "family"
        ]
        assert max(rates) - min(rates) > 0.2
    for earlier, later in pairwise(QUARTERS):
        before = {
            (r["unit_code"], r["model"]): (r["total"], r["registered"], r["recognised"])
            for r in models[earlier]
        }
        same: Counter[str] = Counter()
        for row in models[later]:
            figures = (row["total"], row["registered"], row["recognised"])
            same[row["unit_code"]] += before.get((row["unit_code"], row["model"])) == figures
        declared = sum(odd.kind == "copied" for odd in MODEL_ODDITIES if odd.period == later)
        assert sum(count == len(MODELS) - 1 for count in same.values()) == declared


def test_no_school_could_be_taken_for_a_real_one(
    schools: list[Row], units: dict[str, dict[str, Row]]
) -> None:
    for school in schools:
        assert re.fullmatch(r"MH-\d{5}-\d{3}", school["school_code"]), school
        assert re.fullmatch(r"Trường minh họa số \d{4} \([^()]+\)", school["school_name"]), school
        assert school["school_code"][3:8] == school["unit_code"]
    assert {school["unit_code"] for school in schools} == units["ward"].keys()


def test_schools_stand_near_the_middle_of_their_ward(
    schools: list[Row], units: dict[str, dict[str, Row]]
) -> None:
    for school in schools:
        ward = units["ward"][school["unit_code"]]
        north = (float(school["lat"]) - float(ward["lat"])) * KM_PER_LAT
        east = (float(school["lon"]) - float(ward["lon"])) * KM_PER_LON
        assert math.hypot(north, east) < MAX_KM_FROM_CENTRE + 0.01
        assert 20.5 <= float(school["lat"]) <= 21.5 and 105.2 <= float(school["lon"]) <= 106.1
        assert re.fullmatch(r"\d+\.\d{5}", school["lat"]) and re.fullmatch(r"\d+\.\d{5}", school["lon"])


def test_the_register_and_the_wards_agree_on_happy_schools(
    schools: list[Row], participation: dict[str, list[Row]]
) -> None:
    in_ward = Counter(school["unit_code"] for school in schools)
    happy = Counter(school["unit_code"] for school in schools if school["happy_school"] == "true")
    rows = [row for row in participation["2025-Q3"] if row["indicator"] == "happy_school.applied"]
    assert all(int(row["denominator"]) == in_ward[row["unit_code"]] for row in rows)
    assert all(int(row["numerator"]) == happy[row["unit_code"]] for row in rows)
