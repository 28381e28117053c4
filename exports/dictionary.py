"""The contracts' words as the warehouse carries them, for headers, definitions and Table Schemas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from exports.text import Text, from_data
from queries.catalogue import typed
from queries.warehouse import Warehouse, remembered


@dataclass(frozen=True)
class TableWords:
    """What a public table is: its title, what one row is, how often it changes and what to mind."""

    table_name: str
    kind: str
    is_view: bool
    title_vi: str
    title_en: str
    row_vi: str
    row_en: str
    cadence_vi: str | None
    cadence_en: str | None
    caveat_vi: str | None
    caveat_en: str | None

    @property
    def title(self) -> Text:
        """The title in both languages."""
        return Text(self.title_vi, self.title_en)

    @property
    def row(self) -> Text:
        """What one row is, in both languages."""
        return Text(self.row_vi, self.row_en)

    @property
    def caveat(self) -> Text:
        """What to know when using the table; empty where there is nothing."""
        return from_data(self.caveat_vi, self.caveat_en)


@dataclass(frozen=True)
class ColumnWords:
    """What a column of a public table is. ``type`` is text, integer, number, date, timestamp or boolean."""

    table_name: str
    column_name: str
    type: str
    required: bool
    key_position: int | None
    refers_to: str | None
    decimals: int | None
    minimum: float | None
    maximum: float | None
    unit_vi: str | None
    unit_en: str | None
    label_vi: str
    label_en: str
    definition_vi: str
    definition_en: str

    @property
    def label(self) -> Text:
        """Its header in both languages."""
        return Text(self.label_vi, self.label_en)

    @property
    def definition(self) -> Text:
        """What it says, in both languages."""
        return Text(self.definition_vi, self.definition_en)

    @property
    def unit(self) -> Text | None:
        """What its values are counted in, where that is known."""
        return from_data(self.unit_vi, self.unit_en) if self.unit_vi or self.unit_en else None


@remembered
def tables(w: Warehouse) -> Mapping[str, TableWords]:
    """Every public table by name, in the order of names."""
    rows = w.rows("SELECT * FROM dictionary_table ORDER BY table_name")
    return {row["table_name"]: typed(TableWords, row) for row in rows}


@remembered
def columns(w: Warehouse) -> Mapping[str, Mapping[str, ColumnWords]]:
    """The columns of every public table, by table and column, in the order of the table."""
    found: dict[str, dict[str, ColumnWords]] = {}
    for row in w.rows("SELECT * FROM dictionary_column ORDER BY table_name, position"):
        found.setdefault(row["table_name"], {})[row["column_name"]] = typed(ColumnWords, row)
    return found


@remembered
def values(w: Warehouse) -> Mapping[tuple[str, str], Mapping[str, Text]]:
    """Codes with their words, by table and column; columns without a list of values are not there."""
    found: dict[tuple[str, str], dict[str, Text]] = {}
    for row in w.rows("SELECT * FROM dictionary_value ORDER BY table_name, column_name, position"):
        codes = found.setdefault((row["table_name"], row["column_name"]), {})
        codes[row["value"]] = Text(row["label_vi"], row["label_en"])
    return found


def labels(w: Warehouse, table: str, column: str) -> Mapping[str, Text]:
    """The words of a column's codes; empty where it has none."""
    return values(w).get((table, column), {})


def key(w: Warehouse, table: str) -> tuple[str, ...]:
    """The columns that together name a row of a table."""
    found = [c for c in columns(w)[table].values() if c.key_position is not None]
    return tuple(c.column_name for c in sorted(found, key=lambda c: c.key_position or 0))
