"""The data dictionary: what every indicator, table and column means, in the words of the catalogue and the contracts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from queries.catalogue import Indicator, Source, sources, typed
from queries.text import fits
from queries.warehouse import Warehouse, remembered

THEMES = ("model", "participation", "school", "association", "population", "network", "plan")


@dataclass(frozen=True)
class ListedIndicator:
    """An indicator, the source of its definition, and its figures: first and last day, how many by status.

    Figures whose source gives no date count, but do not move the first and the last day. ``months`` are the lengths of
    the periods that offices reported on, the latest kind first (0 for a count at one date). ``units_reporting`` of
    ``units_expected`` units with ``population_share`` of the people are in the last period that was reported on,
    ``last_reported``; None where nobody reported.
    """

    indicator: Indicator
    source: Source | None
    first: dt.date | None
    last: dt.date | None
    published: int
    reported: int
    illustrative: int
    months: tuple[int, ...]
    last_reported: dt.date | None
    units_reporting: int | None
    units_expected: int | None
    population_share: float | None

    @property
    def figures(self) -> int:
        """How many figures there are, of any status."""
        return self.published + self.reported + self.illustrative


@dataclass(frozen=True)
class DescribedValue:
    """A code that a column may hold, in words."""

    table_name: str
    column_name: str
    value: str
    label_vi: str
    label_en: str


@dataclass(frozen=True)
class DescribedColumn:
    """One column with its words; ``refers_to`` is the table and column that has each of its values."""

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
    values: tuple[DescribedValue, ...]


@dataclass(frozen=True)
class DescribedTable:
    """One table of the warehouse with its words and columns; ``rows`` is how many it holds, None for a view."""

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
    rows: int | None
    columns: tuple[DescribedColumn, ...]


@remembered
def listed_indicators(w: Warehouse) -> tuple[ListedIndicator, ...]:
    """The catalogue in its order, each indicator with how many figures it has, from when to when and of how many units."""
    rows = w.rows(
        """
        WITH figures AS (
            SELECT indicator_id,
                   min(period_end) FILTER (WHERE date_basis <> 'undated') AS first,
                   max(period_end) FILTER (WHERE date_basis <> 'undated') AS last,
                   count(*) FILTER (WHERE status = 'published') AS published,
                   count(*) FILTER (WHERE status = 'reported') AS reported,
                   count(*) FILTER (WHERE status = 'illustrative') AS illustrative
            FROM observation GROUP BY indicator_id
        ),
        lengths AS (
            SELECT indicator_id, max(period_end) AS last,
                   CASE WHEN period_start < period_end THEN date_diff('month', period_start, period_end) + 1 ELSE 0 END AS months
            FROM observation WHERE status <> 'published' GROUP BY ALL
        ),
        cadence AS (SELECT indicator_id, list(months ORDER BY last DESC) AS months FROM lengths GROUP BY indicator_id),
        coverage AS (
            SELECT indicator_id, period_end AS last_reported, units_reporting, units_expected, population_share
            FROM observation_area WHERE area_kind = 'city'
            QUALIFY row_number() OVER (PARTITION BY indicator_id ORDER BY period_end DESC, status = 'reported' DESC) = 1
        )
        SELECT i.indicator_id, f.first, f.last, coalesce(f.published, 0) AS published, coalesce(f.reported, 0) AS reported,
               coalesce(f.illustrative, 0) AS illustrative, coalesce(c.months, []) AS months, v.* EXCLUDE (indicator_id), i.*
        FROM indicator AS i
        LEFT JOIN figures AS f USING (indicator_id)
        LEFT JOIN cadence AS c USING (indicator_id)
        LEFT JOIN coverage AS v USING (indicator_id)
        ORDER BY list_position(?, i.theme) NULLS LAST, i.position, i.indicator_id
        """,
        list(THEMES),
    )
    known = sources(w)
    return tuple(
        typed(
            ListedIndicator,
            row
            | {
                "indicator": typed(Indicator, row),
                "source": known.get(row["source_id"] or ""),
                "months": tuple(row["months"]),
            },
        )
        for row in rows
    )


def indicators_found(
    listed: Sequence[ListedIndicator], sought: str, theme: str = "all"
) -> list[ListedIndicator]:
    """Indicators of a theme in whose name, definition, caveat or id the sought text stands, in either language."""
    found = []
    for entry in listed:
        i = entry.indicator
        texts = (
            i.name_vi,
            i.name_en,
            i.definition_vi,
            i.definition_en,
            i.caveat_vi,
            i.caveat_en,
            i.indicator_id,
        )
        if theme in ("all", i.theme) and any(fits(text, sought) for text in texts if text):
            found.append(entry)
    return found


@remembered
def described_tables(w: Warehouse) -> tuple[DescribedTable, ...]:
    """Every public table by name, with its columns in their order and the words for their codes."""
    values: dict[tuple[str, str], list[DescribedValue]] = {}
    for row in w.rows("SELECT * FROM dictionary_value ORDER BY table_name, column_name, position"):
        values.setdefault((row["table_name"], row["column_name"]), []).append(typed(DescribedValue, row))
    columns: dict[str, list[DescribedColumn]] = {}
    for row in w.rows("SELECT * FROM dictionary_column ORDER BY table_name, position"):
        own = tuple(values.get((row["table_name"], row["column_name"]), ()))
        columns.setdefault(row["table_name"], []).append(typed(DescribedColumn, row | {"values": own}))
    sizes = {
        row["table_name"]: row["rows"]
        for row in w.rows("SELECT table_name, estimated_size AS rows FROM duckdb_tables() WHERE NOT internal")
    }
    return tuple(
        typed(
            DescribedTable,
            row
            | {
                "rows": None if row["is_view"] else sizes.get(row["table_name"]),
                "columns": tuple(columns.get(row["table_name"], ())),
            },
        )
        for row in w.rows("SELECT * FROM dictionary_table ORDER BY table_name")
    )


def tables_found(listed: Sequence[DescribedTable], sought: str) -> list[DescribedTable]:
    """Tables in whose own words or whose columns' words the sought text stands, in either language."""

    def has(table: DescribedTable) -> bool:
        own = (
            table.table_name,
            table.title_vi,
            table.title_en,
            table.row_vi,
            table.row_en,
            table.caveat_vi,
            table.caveat_en,
        )
        return any(fits(text, sought) for text in own if text) or bool(columns_found(table, sought))

    return [table for table in listed if has(table)]


def columns_found(table: DescribedTable, sought: str) -> list[DescribedColumn]:
    """The columns of a table in whose words or codes the sought text stands."""
    return [
        c
        for c in table.columns
        if any(
            fits(text, sought)
            for text in (
                c.column_name, c.label_vi, c.label_en, c.definition_vi, c.definition_en,
                *(text for v in c.values for text in (v.value, v.label_vi, v.label_en)),
            )
        )
    ]  # fmt: skip
