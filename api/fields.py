"""The columns of an answer, from the contracts' words in the warehouse: names, types, labels of codes, language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.words import Both
from i18n import Lang
from queries.warehouse import Warehouse, remembered

_TYPES: Mapping[str, dict[str, Any]] = {
    "text": {"type": ["string", "null"]},
    "date": {"type": ["string", "null"], "format": "date"},
    "timestamp": {"type": ["string", "null"], "format": "date-time"},
    "integer": {"type": ["integer", "null"]},
    "number": {"type": ["number", "null"]},
    "boolean": {"type": ["boolean", "null"]},
}


@dataclass(frozen=True)
class Field:
    """One column: where it comes from (``sources``: one column, or one in each language), and its codes in words."""

    name: str
    type: str
    about: Both
    sources: tuple[str, ...]
    labels: Mapping[str, Both] | None = None

    def schema(self, lang: Lang) -> dict[str, Any]:
        """The JSON Schema of a value, with its meaning."""
        return {**_TYPES[self.type], "description": self.about.of(lang)}

    def value(self, row: Mapping[str, Any], lang: Lang) -> Any:
        """The value of a row; of two languages the one asked for, the other where it is missing."""
        if self.labels is not None:
            label = self.labels.get(str(row.get(self.sources[0])))
            return label.of(lang) if label else None
        if len(self.sources) == 1:
            return row.get(self.sources[0])
        vi, en = (row.get(source) for source in self.sources)
        return (vi or en) if lang == "vi" else (en or vi)


@remembered
def labels(w: Warehouse, table: str) -> dict[str, dict[str, Both]]:
    """The words of the codes of a table: column → code → words."""
    found: dict[str, dict[str, Both]] = {}
    for row in w.rows(
        "SELECT column_name, value, label_vi, label_en FROM dictionary_value WHERE table_name = ? ORDER BY position", table
    ):  # fmt: skip
        found.setdefault(row["column_name"], {})[row["value"]] = Both(row["label_vi"], row["label_en"])
    return found


@remembered
def raw_fields(w: Warehouse, table: str) -> tuple[Field, ...]:
    """The columns of a table as the contract has them."""
    return tuple(
        Field(row["column_name"], row["type"], _about(row), (row["column_name"],))
        for row in w.rows("SELECT * FROM dictionary_column WHERE table_name = ? ORDER BY position", table)
    )


def _about(row: Mapping[str, Any]) -> Both:
    return Both(f"{row['label_vi']}: {row['definition_vi']}", f"{row['label_en']}: {row['definition_en']}")


@remembered
def fields(w: Warehouse, table: str) -> tuple[Field, ...]:
    """The columns of a table for one reader: one column where the table has one a language, and codes with words."""
    raw = {field.name: field for field in raw_fields(w, table)}
    words = labels(w, table)
    found: list[Field] = []
    for name, field in raw.items():
        stem = name[:-3]
        if name.endswith("_vi") and f"{stem}_en" in raw and stem not in raw:
            found.append(Field(stem, field.type, field.about, (name, f"{stem}_en")))
        elif name.endswith("_en") and f"{stem}_vi" in raw and stem not in raw:
            continue
        else:
            found.append(field)
            if name in words:
                found.append(_label(name, field.about, words[name]))
    return tuple(found)


def _label(name: str, about: Both, words: Mapping[str, Both]) -> Field:
    return Field(
        f"{name}_label", "text", Both(f"Bằng lời: {about.vi}", f"In words: {about.en}"), (name,), words
    )


_OBSERVED = (
    ("indicator_id", "text"), ("indicator", "text"), ("basis", "text"), ("basis_label", "text"), ("unit_measured", "text"),
    ("unit_key", "text"), ("unit_code", "text"), ("unit", "text"), ("level", "text"), ("level_label", "text"), ("period_start", "date"),
    ("period_end", "date"), ("status", "text"), ("status_label", "text"), ("origin_status", "text"), ("source_id", "text"), ("value", "number"),
    ("numerator", "number"), ("denominator", "number"), ("is_missing", "boolean"), ("units_reporting", "integer"),
    ("units_expected", "integer"), ("population_share", "number"), ("weight_method", "text"), ("estimated_share", "number"),
    ("value_low", "number"), ("value_high", "number"), ("qualifier", "text"),
)  # fmt: skip
_OWN = {
    "indicator": Both("Tên chỉ số.", "Name of the indicator."),
    "unit_measured": Both("Đơn vị tính của giá trị.", "What the value is counted in."),
    "unit_code": Both("Mã đơn vị, hoặc mã nhóm.", "Code of the unit or of the group."),
    "unit": Both("Tên đơn vị, hoặc tên nhóm.", "Name of the unit or of the group."),
    "is_missing": Both("Đúng nếu đơn vị phải có số nhưng không có.", "True where the unit should have a figure and has none."),
}  # fmt: skip
_LABELLED = {
    "basis": ("indicator", "basis"),
    "level": ("unit", "level"),
    "status": ("observation_reexpressed", "status"),
}


@remembered
def observed_fields(w: Warehouse) -> tuple[Field, ...]:
    """The columns of figures, always the same, whatever is asked; those that a question does not fill are null."""
    known: dict[str, Field] = {}
    for table in ("observation", "observation_reexpressed", "observation_area", "unit", "indicator"):
        for field in raw_fields(w, table):
            known.setdefault(field.name, field)
    found = []
    for name, kind in _OBSERVED:
        base = name.removesuffix("_label")
        if base != name:
            table, column = _LABELLED[base]
            found.append(_label(base, known[base].about, labels(w, table)[column]))
        elif name in ("indicator", "unit", "unit_measured"):
            found.append(Field(name, kind, _OWN[name], (f"{name}_vi", f"{name}_en")))
        else:
            about = _OWN.get(name) or (known[name].about if name in known else Both(name, name))
            found.append(Field(name, kind, about, (name,)))
    return tuple(found)
