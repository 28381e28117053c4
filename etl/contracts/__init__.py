"""The contracts of all tables, one YAML file each, read and validated.

They feed the reader, the checks, the comments in the warehouse, the data dictionary, table
headers and tooltips. ``load_contracts`` is the only way in.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from etl.problems import Problem, Text

FOLDER = Path(__file__).parent
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The safe loader, ten times faster where PyYAML comes with its part in C."""

SQL_TYPE = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "boolean": "BOOLEAN",
    "period": "DATE",
}


@dataclass(frozen=True)
class Value:
    """An allowed value: the code, its label, and other spellings that are read as it."""

    value: str
    label: Text
    accepts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """One column: how it is spelt in files, its type, its words and its rules."""

    name: str
    type: str
    label: Text
    definition: Text
    required: bool = False
    headers: tuple[str, ...] = ()
    unit: Text | None = None
    decimals: int | None = None
    allowed: tuple[Value, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    references: tuple[str, str] | None = None


@dataclass(frozen=True)
class Rule:
    """A condition across columns; ``check`` is SQL over typed columns, NULL passes."""

    id: str
    columns: tuple[str, ...]
    check: str
    reason: Text


@dataclass(frozen=True)
class ReportingUnit:
    """Which columns name the reporting unit, and the date at which its code is to be read."""

    code: str
    at: str
    name: str | None = None


@dataclass(frozen=True)
class Contract:
    """What a table is, column by column."""

    table: str
    kind: str
    title: Text
    row: Text
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    caveats: tuple[Text, ...] = ()
    cadence: Text | None = None
    may_be_empty: bool = False
    reporting_unit: ReportingUnit | None = None
    by_name: dict[str, Column] = field(default_factory=dict, compare=False, repr=False)

    def column(self, name: str) -> Column:
        """The column called ``name``; KeyError where there is none."""
        return self.by_name[name]


def _text(raw: dict[str, str]) -> Text:
    return Text(raw["vi"].strip(), raw["en"].strip())


def _value(raw: str | dict[str, Any]) -> Value:
    if isinstance(raw, str):
        return Value(raw, Text(raw, raw))
    return Value(raw["value"], _text(raw["label"]), tuple(raw.get("accepts", ())))


def _column(raw: dict[str, Any]) -> Column:
    reference = raw.get("references")
    table, _, column = (reference or "").partition(".")
    return Column(
        name=raw["name"],
        type=raw["type"],
        label=_text(raw["label"]),
        definition=_text(raw["definition"]),
        required=raw.get("required", False),
        headers=tuple(raw.get("headers", ())),
        unit=_text(raw["unit"]) if "unit" in raw else None,
        decimals=raw.get("decimals"),
        allowed=tuple(_value(v) for v in raw.get("allowed", ())),
        minimum=raw.get("minimum"),
        maximum=raw.get("maximum"),
        pattern=raw.get("pattern"),
        references=(table, column) if reference else None,
    )


def _contract(raw: dict[str, Any]) -> Contract:
    columns = tuple(_column(c) for c in raw["columns"])
    unit = raw.get("reporting_unit")
    return Contract(
        table=raw["table"],
        kind=raw["kind"],
        title=_text(raw["title"]),
        row=_text(raw["row"]),
        key=tuple(raw["key"]),
        columns=columns,
        rules=tuple(
            Rule(r["id"], tuple(r["columns"]), r["check"].strip(), _text(r["reason"]))
            for r in raw.get("rules", ())
        ),
        caveats=tuple(_text(c) for c in raw.get("caveats", ())),
        cadence=_text(raw["cadence"]) if "cadence" in raw else None,
        may_be_empty=raw.get("may_be_empty", False),
        reporting_unit=ReportingUnit(unit["code"], unit["at"], unit.get("name")) if unit else None,
        by_name={c.name: c for c in columns},
    )


def parse_contract(text: str, name: str) -> Contract:
    """One contract from YAML text.

    Raises Problem naming the file and the place where the text breaks the JSON Schema
    (``schema.json``) or speaks of a column that it does not have.
    """
    try:
        raw = yaml.load(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise Problem(
            f"{name}: không đọc được YAML: {error}", f"{name}: not readable as YAML: {error}"
        ) from error
    schema = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
    for finding in jsonschema.Draft202012Validator(schema).iter_errors(raw):
        where = "/".join(str(p) for p in finding.absolute_path) or "(root)"
        raise Problem(
            f"{name}, tại {where}: trái với quy ước của hợp đồng dữ liệu: {finding.message}",
            f"{name}, at {where}: breaks the contract schema: {finding.message}",
        )
    contract = _contract(raw)
    named = [*contract.key, *(c for rule in contract.rules for c in rule.columns)]
    if contract.reporting_unit:
        unit = contract.reporting_unit
        named += [unit.code, unit.at, *([unit.name] if unit.name else [])]
    for column in named:
        if column not in contract.by_name:
            raise Problem(
                f"{name}: nhắc đến cột “{column}” nhưng không khai báo cột đó",
                f"{name}: speaks of a column “{column}” that it does not declare",
            )
    return contract


@functools.cache
def load_contracts(folder: Path = FOLDER) -> dict[str, Contract]:
    """All contracts by table name, in alphabetical order. Raises Problem on the first that is not valid."""
    contracts: dict[str, Contract] = {}
    for path in sorted(folder.glob("*.yml")):
        contract = parse_contract(path.read_text(encoding="utf-8"), path.name)
        if contract.table != path.stem:
            raise Problem(
                f"{path.name}: tên bảng “{contract.table}” khác tên tệp",
                f"{path.name}: the table name “{contract.table}” differs from the file name",
            )
        contracts[contract.table] = contract
    for contract in contracts.values():
        for column in contract.columns:
            if column.references and (
                column.references[0] not in contracts
                or column.references[1] not in contracts[column.references[0]].by_name
            ):
                raise Problem(
                    f"{contract.table}.{column.name}: tham chiếu đến {'.'.join(column.references)} không tồn tại",
                    f"{contract.table}.{column.name}: refers to {'.'.join(column.references)}, which does not exist",
                )
    return contracts
