"""The contracts: valid, in both languages, true to the warehouse and to the data dictionary."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import jsonschema
import pytest
import yaml

from etl.contracts import FOLDER, Contract, load_contracts, parse_contract
from etl.dictionary import data_dictionary
from etl.files import spelling
from etl.problems import Problem
from etl.rules import conditions, judged
from tests.serving import ROOT

SCHEMA = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
FILES = sorted(FOLDER.glob("*.yml"))
CONTRACTS = list(load_contracts().values())
VALID = """
table: slip
kind: report
title: {vi: Phiếu, en: Slips}
row: {vi: một phiếu, en: one slip}
key: [code]
columns:
  - name: code
    type: text
    required: true
    label: {vi: Mã, en: Code}
    definition: {vi: Mã của phiếu., en: Code of the slip.}
rules:
  - id: short
    columns: [code]
    check: length(code) < 9
    reason: {vi: Mã quá dài., en: The code is too long.}
"""


def each(what: str = "") -> pytest.MarkDecorator:
    chosen = [c for c in CONTRACTS if not what or c.kind == what]
    return pytest.mark.parametrize("contract", chosen, ids=[c.table for c in chosen])


def test_the_schema_itself_is_sound() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_every_contract_is_valid_and_named_after_its_table(path: Path) -> None:
    contract = parse_contract(path.read_text(encoding="utf-8"), path.name)
    assert contract.table == path.stem


def test_the_names_of_the_design_are_there() -> None:
    promised = {
        "source", "unit", "unit_succession", "unit_shape", "indicator", "observation", "observation_current", "target",
        "school", "member_city", "network_total", "focal_area", "milestone", "obligation", "learning_week", "reject",
        "build", "build_file", "learning_models", "schools", "participation",
    }  # fmt: skip
    assert promised <= {c.table for c in CONTRACTS}


BROKEN = {
    "no YAML": ("title: {vi: Phiếu, en: Slips}", "title: {vi: Phiếu", "x.yml: not readable as YAML"),
    "a key too many": ("kind: report", "kind: report\nowner: me", "x.yml, at (root): breaks the contract schema"),
    "an unknown kind": ("kind: report", "kind: form", "x.yml, at kind: "),
    "no English": ("title: {vi: Phiếu, en: Slips}", "title: {vi: Phiếu}", "x.yml, at title: "),
    "an empty text": ("en: Slips", "en: ''", "x.yml, at title/en: "),
    "a type unheard of": ("type: text", "type: string", "x.yml, at columns/0/type: "),
    "no columns": (VALID[VALID.index("columns:") : VALID.index("rules:")], "columns: []\n", "x.yml, at columns: "),
    "a table with a capital": ("table: slip", "table: Slip", "x.yml, at table: "),
    "a column without words": ("    label: {vi: Mã, en: Code}\n", "", "x.yml, at columns/0: "),
    "a reason in one language": ("{vi: Mã quá dài., en: The code is too long.}", "{vi: Mã quá dài.}", "x.yml, at rules/0/reason: "),
    "a key that is no column": ("key: [code]", "key: [number]", "x.yml: speaks of a column “number” that it does not declare"),
    "a rule about no column": ("    columns: [code]", "    columns: [size]", "x.yml: speaks of a column “size”"),
    "a unit in no column": ("key: [code]", "key: [code]\nreporting_unit: {code: code, at: day}", "x.yml: speaks of a column “day”"),
    "nothing at all": (VALID, "", "x.yml, at (root): "),
}  # fmt: skip


@pytest.mark.parametrize(("part", "instead", "says"), BROKEN.values(), ids=BROKEN)
def test_a_broken_contract_is_refused_with_its_place(part: str, instead: str, says: str) -> None:
    assert parse_contract(VALID, "x.yml").table == "slip"
    assert part in VALID
    with pytest.raises(Problem) as caught:
        parse_contract(VALID.replace(part, instead), "x.yml")
    assert caught.value.text.en.startswith(says)
    assert caught.value.text.vi.startswith("x.yml")
    assert caught.value.text.vi != caught.value.text.en


def test_a_contract_in_a_file_of_another_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "slips.yml").write_text(VALID, encoding="utf-8")
    with pytest.raises(Problem, match="the table name “slip” differs from the file name"):
        load_contracts(tmp_path)


@pytest.mark.parametrize("where", ["nowhere.code", "slip.nothing"])
def test_a_reference_to_what_does_not_exist_is_refused(tmp_path: Path, where: str) -> None:
    text = VALID.replace("    type: text", f"    type: text\n    references: {where}")
    (tmp_path / "slip.yml").write_text(text, encoding="utf-8")
    with pytest.raises(Problem, match=f"slip.code: refers to {where}, which does not exist"):
        load_contracts(tmp_path)


@each()
def test_every_reference_leads_to_a_key(contract: Contract) -> None:
    for column in contract.columns:
        if column.references:
            table, name = column.references
            assert name in load_contracts()[table].by_name


@each()
def test_every_text_is_in_both_languages_and_says_something(contract: Contract) -> None:
    def texts(node: object, place: str) -> list[tuple[str, dict[str, str]]]:
        if isinstance(node, dict):
            if set(node) == {"vi", "en"}:
                return [(place, node)]
            return [t for key, child in node.items() for t in texts(child, f"{place}/{key}")]
        if isinstance(node, list):
            return [t for n, child in enumerate(node) for t in texts(child, f"{place}/{n}")]
        return []

    raw = yaml.safe_load((FOLDER / f"{contract.table}.yml").read_text(encoding="utf-8"))
    found = texts(raw, contract.table)
    assert len(found) >= 2 + 2 * len(contract.columns)
    for place, text in found:
        assert text["vi"].strip(), place
        assert text["en"].strip(), place
        if "/definition" in place or "/reason" in place:
            assert text["vi"] != text["en"], place
        if place.endswith(("/row", "/cadence", "/title")):  # they stand within a sentence or as a heading
            assert not text["vi"].endswith(".") and not text["en"].endswith("."), place


@each()
def test_a_spelling_of_a_header_means_one_column(contract: Contract) -> None:
    if contract.kind == "mart":
        return
    meaning: dict[str, str] = {}
    for column in contract.columns:
        own = {spelling(s) for s in (column.name, *column.headers)}
        if contract.kind == "report":
            own |= {spelling(s) for s in (column.label.vi, column.label.en)}
        for word in own:
            assert meaning.setdefault(word, column.name) == column.name, word


@each()
def test_a_word_for_a_value_means_one_value(contract: Contract) -> None:
    for column in contract.columns:
        meaning: dict[str, str] = {}
        for value in column.allowed:
            for word in {spelling(w) for w in (value.value, value.label.vi, value.label.en, *value.accepts)}:
                assert meaning.setdefault(word, value.value) == value.value, (column.name, word)


@each()
def test_ids_of_rules_are_unique_and_rules_are_sql(contract: Contract) -> None:
    ids = [rule.id for rule in contract.rules]
    assert len(set(ids)) == len(ids)
    assert all(rule.check and rule.reason.vi != rule.reason.en for rule in contract.rules)


@each("report")
def test_every_rule_of_a_report_reads_what_the_row_has(contract: Contract) -> None:
    """All conditions of a file with every column and of one with just what is required turn into SQL."""
    for present in (
        tuple(c.name for c in contract.columns),
        tuple(c.name for c in contract.columns if c.required),
    ):
        assert conditions(contract, present)
        sql = judged(contract, present, "sent", "1", "0")
        with duckdb.connect() as con:
            (parsed,) = con.execute("SELECT json_serialize_sql(?)", [sql]).fetchone() or ("",)
        assert json.loads(parsed)["error"] is False


def test_the_data_dictionary_is_the_one_generated_from_the_contracts() -> None:
    written = (ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    assert written == data_dictionary(), "run: python -m etl dictionary"


def test_the_data_dictionary_has_every_table_column_and_rule() -> None:
    text = data_dictionary()
    lines = text.splitlines()
    for contract in CONTRACTS:
        start = lines.index(f"### `{contract.table}`: {contract.title.vi} / {contract.title.en}")
        own = lines[start + 1 :]
        own = own[: next((n for n, line in enumerate(own) if line.startswith("##")), len(own))]
        assert [line.split("`")[1] for line in own if line.startswith("| `")] == [
            c.name for c in contract.columns
        ]
        assert len([line for line in own if line.startswith("- `")]) == len(contract.rules)
    for line in lines:
        if line.startswith("| `"):
            assert line.replace("\\|", "").count("|") == 6, line


def test_contracts_are_told_to_be_edited_in_one_place_only() -> None:
    assert "do not edit by hand" in data_dictionary().splitlines()[2]
