"""The contracts' words inside the warehouse: as tables that screens and exports read, and as comments of the file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import duckdb

from etl.contracts import SQL_TYPE, Contract

PUBLIC = ("reference", "mart")
"""Kinds of contracts whose tables are in the warehouse under their own names."""


def write_dictionary(con: duckdb.DuckDBPyConnection, contracts: dict[str, Contract]) -> None:
    """Make ``dictionary_table``, ``dictionary_column`` and ``dictionary_value`` of every public table."""
    public = [c for c in contracts.values() if c.kind in PUBLIC]
    views = views_of(con)
    fill(con, contracts["dictionary_table"], (_table_row(c, views) for c in public))
    fill(con, contracts["dictionary_column"], (row for c in public for row in _column_rows(c)))
    fill(con, contracts["dictionary_value"], (row for c in public for row in _value_rows(c)))


def write_comments(con: duckdb.DuckDBPyConnection, contracts: dict[str, Contract]) -> None:
    """Put the words beside each public table and column: Vietnamese first, then English."""
    views = views_of(con)
    said = []
    for contract in contracts.values():
        if contract.kind not in PUBLIC:
            continue
        kind = "VIEW" if contract.table in views else "TABLE"
        said.append(f"COMMENT ON {kind} {contract.table} IS {literal(table_comment(contract))}")
        for column in contract.columns:
            words = f"{column.label.vi}: {column.definition.vi} | {column.label.en}: {column.definition.en}"
            said.append(f'COMMENT ON COLUMN {contract.table}."{column.name}" IS {literal(words)}')
    con.execute("BEGIN; " + "; ".join(said) + "; COMMIT")


def table_comment(contract: Contract) -> str:
    """The comment of a table: what it is and what one row is, in both languages."""
    return f"{contract.title.vi} (một dòng: {contract.row.vi}) | {contract.title.en} (one row: {contract.row.en})"


def views_of(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Public tables that are worked out when asked. Their keys hold by their GROUP BY."""
    found = con.execute(
        "SELECT view_name FROM duckdb_views() WHERE NOT internal AND database_name = current_database()"
    )
    return {name for (name,) in found.fetchall()}


def literal(text: str) -> str:
    """A text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def fill(con: duckdb.DuckDBPyConnection, contract: Contract, rows: Iterable[list[Any]]) -> None:
    """Make the table of a contract from at least one row."""
    # A list a column and one statement: a statement a row would take as long as the rest of a small build.
    lists = [list(column) for column in zip(*rows, strict=True)]
    columns = ", ".join(f'unnest(CAST(? AS {SQL_TYPE[c.type]}[])) AS "{c.name}"' for c in contract.columns)
    con.execute(f"CREATE TABLE {contract.table} AS SELECT {columns}", lists)


def _table_row(contract: Contract, views: Collection[str]) -> list[Any]:
    cadence = contract.cadence
    return [
        *(contract.table, contract.kind, contract.table in views),
        *(contract.title.vi, contract.title.en, contract.row.vi, contract.row.en),
        *((cadence.vi, cadence.en) if cadence else (None, None)),
        " ".join(c.vi for c in contract.caveats) or None,
        " ".join(c.en for c in contract.caveats) or None,
    ]


def _column_rows(contract: Contract) -> Iterator[list[Any]]:
    for position, column in enumerate(contract.columns, start=1):
        yield [
            *(contract.table, column.name, position, column.type, column.required),
            contract.key.index(column.name) + 1 if column.name in contract.key else None,
            ".".join(column.references) if column.references else None,
            *(column.decimals, column.minimum, column.maximum),
            *((column.unit.vi, column.unit.en) if column.unit else (None, None)),
            *(column.label.vi, column.label.en, column.definition.vi, column.definition.en),
        ]


def _value_rows(contract: Contract) -> Iterator[list[Any]]:
    for column in contract.columns:
        for position, value in enumerate(column.allowed, start=1):
            yield [contract.table, column.name, position, value.value, value.label.vi, value.label.en]
