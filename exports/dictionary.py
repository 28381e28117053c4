"""The contracts' words as the warehouse carries them, for headers, definitions and Table Schemas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from exports.text import Text, from_data
from queries.dictionary import DescribedColumn, DescribedTable, described_tables
from queries.warehouse import Warehouse, remembered


@dataclass(frozen=True)
class TableWords(DescribedTable):
    """What a public table is, with its words in both languages at once."""

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
class ColumnWords(DescribedColumn):
    """What a column of a public table is, with its words in both languages at once."""

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
    return {table.table_name: TableWords(**vars(table)) for table in described_tables(w)}


@remembered
def columns(w: Warehouse) -> Mapping[str, Mapping[str, ColumnWords]]:
    """The columns of every public table, by table and column, in the order of the table."""
    return {
        table.table_name: {column.column_name: ColumnWords(**vars(column)) for column in table.columns}
        for table in described_tables(w)
    }


@remembered
def values(w: Warehouse) -> Mapping[tuple[str, str], Mapping[str, Text]]:
    """Codes with their words, by table and column; columns without a list of values are not there."""
    return {
        (column.table_name, column.column_name): {
            v.value: Text(v.label_vi, v.label_en) for v in column.values
        }
        for table in described_tables(w)
        for column in table.columns
        if column.values
    }


def labels(w: Warehouse, table: str, column: str) -> Mapping[str, Text]:
    """The words of a column's codes; empty where it has none."""
    return values(w).get((table, column), {})


def key(w: Warehouse, table: str) -> tuple[str, ...]:
    """The columns that together name a row of a table."""
    found = [c for c in columns(w)[table].values() if c.key_position is not None]
    return tuple(c.column_name for c in sorted(found, key=lambda c: c.key_position or 0))
