"""The analyst's desk: figures chosen by indicator, unit, period, status, basis and boundaries, as one table.

``asked`` turns a choice into SQL with its parameters: screens ask it page by page, exports as a whole. A row of the
long table is one figure (indicator × unit × period × status × source), or one sum of figures where units are grouped:
a rate is then the sum of numerators over the sum of denominators, illustrative and real figures stay apart, and
published figures, which are of no report, are left out. A row of a wide table is the same without its period or its
indicator, which are columns instead.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from string import Template
from typing import Any, Literal

import pandas as pd

from queries.catalogue import Indicator, indicators
from queries.figures import Period, reform_day
from queries.warehouse import Warehouse, recent, remembered

Boundaries = Literal["reported", "wards_2025_07", "districts_2025_06", "wards_2025_01"]
BOUNDARIES: tuple[Boundaries, ...] = ("reported", "wards_2025_07", "districts_2025_06", "wards_2025_01")
Group = Literal["none", "city", "district", "type", "peer_group"]
GROUPS: tuple[Group, ...] = ("none", "city", "district", "type", "peer_group")
Shape = Literal["long", "by_period", "by_indicator"]
SHAPES: tuple[Shape, ...] = ("long", "by_period", "by_indicator")
LEVELS = ("city", "district", "ward")
STATUSES = ("published", "reported", "illustrative")
MOST_COLUMNS = 60
"""Figures side by side in a wide table; more can be neither read nor drawn."""


class TooWide(Exception):
    """A wide table would have more columns than ``MOST_COLUMNS``; ``columns`` says how many."""

    def __init__(self, columns: int) -> None:
        super().__init__(f"{columns} columns of figures, at most {MOST_COLUMNS}")
        self.columns = columns


@dataclass(frozen=True)
class Choice:
    """What is asked for. An empty tuple, and None, leave that question open.

    ``levels`` are tiers and ``units`` unit_keys; ``districts`` (unit_keys of former districts), ``types`` and
    ``peer_groups`` keep units that belong to any of them. ``bases`` keep rates of those bases and all counts. ``first``
    and ``last`` are days between which a period ends. ``missing`` adds a row without a figure for each unit that should
    have one. ``sort`` names a column of the table, with ``-`` before it for the largest first.
    """

    indicators: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    peer_groups: tuple[str, ...] = ()
    first: dt.date | None = None
    last: dt.date | None = None
    statuses: tuple[str, ...] = STATUSES
    bases: tuple[str, ...] = ()
    boundaries: Boundaries = "reported"
    group: Group = "none"
    shape: Shape = "long"
    missing: bool = False
    sort: str = ""


Kind = Literal["text", "date", "figure", "count", "share", "flag"]


@dataclass(frozen=True)
class Column:
    """One column of a table. ``kind`` ``figure`` is a value whose unit its indicator says, ``share`` a part of 1.

    A column of a wide table has the ``indicator`` or the ``period`` that it is about; ``estimated`` is the name of the
    column with the part of it that was estimated.
    """

    name: str
    kind: Kind
    indicator: Indicator | None = None
    period: Period | None = None
    estimated: str | None = None


@dataclass(frozen=True)
class Order:
    """An order apart from its rows, for writers that sort part by part.

    ``rows`` is SQL for the rows as they come, with the columns that ``by`` names; ``leading`` is the first of them where
    it holds whole numbers.
    """

    rows: str
    by: str
    leading: str | None


@dataclass(frozen=True)
class Part:
    """Some rows of a table as SQL that works out no others. ``limit`` and ``offset`` stand between the parameters.

    ``keys`` is SQL for what tells its rows apart, with ``of_keys`` for parameters.
    """

    sql: str
    before: tuple[Any, ...]
    after: tuple[Any, ...]
    keys: str
    of_keys: tuple[Any, ...]


@dataclass(frozen=True)
class Asked:
    """A table as SQL. ``columns`` are those to show, in order; the SQL may give more, which carry marks.

    ``order`` says the same table again as rows and order, with the same parameters, where it can be said so; ``part``
    where some of its rows cost less than all of them.
    """

    sql: str
    parameters: tuple[Any, ...]
    columns: tuple[Column, ...]
    choice: Choice = field(default_factory=Choice)
    order: Order | None = None
    part: Part | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns to show."""
        return tuple(column.name for column in self.columns)


KEYS = (
    Column("indicator_id", "text"), Column("indicator_vi", "text"), Column("indicator_en", "text"),
    Column("basis", "text"), Column("unit_measured_vi", "text"), Column("unit_measured_en", "text"),
    Column("unit_key", "text"), Column("unit_code", "text"), Column("unit_vi", "text"), Column("unit_en", "text"),
    Column("level", "text"), Column("period_start", "date"), Column("period_end", "date"), Column("status", "text"),
    Column("origin_status", "text"), Column("source_id", "text"),
)  # fmt: skip
MEASURES = (
    Column("value", "figure", estimated="estimated_share"), Column("numerator", "count"), Column("denominator", "count"),
    Column("is_missing", "flag"), Column("units_reporting", "count"), Column("units_expected", "count"),
    Column("population_share", "share"), Column("weight_method", "text"), Column("estimated_share", "share"),
    Column("value_low", "figure"), Column("value_high", "figure"), Column("qualifier", "text"),
)  # fmt: skip
_OF_INDICATOR = (
    "indicator_id",
    "indicator_vi",
    "indicator_en",
    "basis",
    "unit_measured_vi",
    "unit_measured_en",
)
_OF_PERIOD = ("period_start", "period_end")


# ---- Parts of the query -------------------------------------------------------------------------------------------


_REPORTED = """
    SELECT indicator_id, unit_key, period_start, period_end, status, status AS origin_status, source_id, numerator, denominator,
           value, 'none' AS weight_method, 0::DOUBLE AS estimated_share, NULL::DOUBLE AS value_low, NULL::DOUBLE AS value_high, qualifier
    FROM observation
"""
_REEXPRESSED = """
    SELECT indicator_id, unit_key, period_start, period_end, status, origin_status, source_id, numerator, denominator,
           value, weight_method, estimated_share, value_low, value_high, NULL AS qualifier
    FROM observation_reexpressed
"""
_FIGURES = """
figures AS (
    -- source
    WHERE list_contains(?, origin_status)
      -- kept
)
"""

# The units that a figure can be about: those of the vintage, or of the day where figures are as reported.
_TIER_REPORTED = """
tier AS (
    SELECT unit_key, code, name_vi, name_en, level, type, main_district_key, population,
           coalesce(valid_from, DATE '1900-01-01') AS first_day, coalesce(valid_to, DATE '9999-12-31') AS last_day
    FROM unit
)
"""
_TIER_VINTAGE = """
tier AS (
    SELECT unit_key, code, name_vi, name_en, level, type, main_district_key, population,
           DATE '1900-01-01' AS first_day, DATE '9999-12-31' AS last_day
    FROM unit
    WHERE unit_key = '01' OR unit_key IN (SELECT to_key FROM unit_bridge WHERE vintage = ?)
)
"""
_PLACES = """
places AS (
    SELECT t.*
    FROM tier AS t
    WHERE (len(?) = 0 OR list_contains(?, t.level))
      AND (len(?) = 0 OR list_contains(?, t.unit_key))
      AND (len(?) = 0 OR list_contains(?, t.type))
      AND (len(?) = 0 OR list_contains(?, t.unit_key) OR t.unit_key IN (
          SELECT from_key FROM unit_bridge
          WHERE vintage = 'districts_2025_06' AND weight > 0 AND list_contains(?, to_key)))
      AND (len(?) = 0 OR t.unit_key IN (SELECT unit_key FROM unit_peer_group WHERE list_contains(?, peer_group)))
)
"""

# What units are added up into: the area, and the part of the unit that counts there.
_MEMBERS: Mapping[Group, str] = {
    "city": "SELECT unit_key, '01' AS area_key, 1.0 AS weight, false AS estimated FROM reporting",
    "district": """
        SELECT from_key AS unit_key, to_key AS area_key, weight, estimated
        FROM unit_bridge WHERE vintage = 'districts_2025_06' AND weight > 0
    """,
    "type": "SELECT unit_key, type AS area_key, 1.0 AS weight, false AS estimated FROM reporting",
    "peer_group": "SELECT unit_key, peer_group AS area_key, 1.0 AS weight, false AS estimated FROM unit_peer_group",
}
_GROUPED = """
reporting AS (
    -- whole tiers: districts until the reform, wards of today after; a city figure is no report of a unit
    SELECT * FROM places
    WHERE level <> 'city' AND (? OR level = 'district' OR last_day = DATE '9999-12-31')
),
members AS (
    SELECT m.*, r.level, r.population * m.weight AS people
    FROM (-- members
    ) AS m JOIN reporting AS r USING (unit_key)
    WHERE len(?) = 0 OR list_contains(?, m.area_key)
),
expected AS (
    SELECT area_key, level, count(*) AS units_expected, sum(people) AS people_expected FROM members GROUP BY ALL
),
sums AS (
    SELECT
        f.indicator_id, m.area_key, m.level, min(f.period_start) AS period_start, f.period_end, f.origin_status, f.source_id,
        sum(f.numerator * m.weight) AS numerator, sum(f.denominator * m.weight) AS denominator,
        sum(f.value * m.weight) AS total, sum(coalesce(f.denominator, f.value) * m.weight) AS size,
        sum(coalesce(f.denominator, f.value)
            * (f.estimated_share * m.weight + CASE WHEN m.estimated THEN least(m.weight, 1 - m.weight) ELSE 0 END)) AS size_estimated,
        bool_or(m.estimated OR f.estimated_share > 0) AS any_estimated,
        count(*) AS units_reporting, sum(m.people) AS people_reporting
    FROM figures AS f JOIN members AS m USING (unit_key)
    WHERE f.origin_status <> 'published'
      AND (? OR m.level = CASE WHEN f.period_end < CAST(? AS DATE) THEN 'district' ELSE 'ward' END)
    GROUP BY ALL
),
named AS (
    SELECT unit_key AS area_key, code, name_vi, name_en, level AS area_level FROM unit WHERE level IN ('city', 'district')
    UNION ALL SELECT value, value, label_vi, label_en, 'type' FROM dictionary_value WHERE table_name = 'unit' AND column_name = 'type'
    UNION ALL SELECT peer_group, peer_group, name_vi, name_en, 'peer_group' FROM peer_group
),
figures_of_rows AS (
    SELECT
        s.indicator_id, s.area_key AS unit_key, n.code AS unit_code, n.name_vi AS unit_vi, n.name_en AS unit_en,
        n.area_level AS level, s.period_start, s.period_end,
        CASE WHEN s.any_estimated THEN 'apportioned' ELSE s.origin_status END AS status, s.origin_status, s.source_id,
        CASE WHEN i.kind = 'rate' THEN s.numerator / nullif(s.denominator, 0) ELSE s.total END AS value,
        s.numerator, s.denominator, s.units_reporting, e.units_expected,
        s.people_reporting / e.people_expected AS population_share, 'sum' AS weight_method,
        coalesce(s.size_estimated / nullif(s.size, 0), 0) AS estimated_share,
        NULL::DOUBLE AS value_low, NULL::DOUBLE AS value_high, NULL AS qualifier
    FROM sums AS s
    JOIN indicator AS i USING (indicator_id)
    JOIN expected AS e USING (area_key, level)
    JOIN named AS n USING (area_key)
    WHERE i.kind = 'count' OR s.denominator IS NOT NULL
),
due AS (
    SELECT DISTINCT r.indicator_id, r.period_start, r.period_end, r.origin_status, r.source_id,
           e.area_key AS unit_key, n.code AS unit_code, n.name_vi AS unit_vi, n.name_en AS unit_en, n.area_level AS level,
           e.units_expected
    FROM figures_of_rows AS r, expected AS e JOIN named AS n USING (area_key)
    WHERE ? OR e.level = CASE WHEN r.period_end < CAST(? AS DATE) THEN 'district' ELSE 'ward' END
)
"""
_EACH = """
figures_of_rows AS (
    SELECT
        f.indicator_id, f.unit_key, p.code AS unit_code, p.name_vi AS unit_vi, p.name_en AS unit_en, p.level, f.period_start,
        f.period_end, f.status, f.origin_status, f.source_id, f.value, f.numerator, f.denominator,
        NULL::BIGINT AS units_reporting, NULL::BIGINT AS units_expected, NULL::DOUBLE AS population_share,
        f.weight_method, f.estimated_share, f.value_low, f.value_high, f.qualifier
    FROM figures AS f JOIN places AS p USING (unit_key)
),
reports AS (
    SELECT DISTINCT indicator_id, period_start, period_end, origin_status, source_id, level
    FROM figures_of_rows WHERE origin_status <> 'published'
),
due AS (
    SELECT r.indicator_id, r.period_start, r.period_end, r.origin_status, r.source_id, p.unit_key, p.code AS unit_code,
           p.name_vi AS unit_vi, p.name_en AS unit_en, p.level, NULL::BIGINT AS units_expected
    FROM reports AS r JOIN places AS p
        ON p.level = r.level AND p.first_day <= r.period_end AND p.last_day >= r.period_end AND p.level <> 'city'
)
"""
_ROWS = """
completed AS (
    SELECT *, false AS is_missing FROM figures_of_rows
    UNION ALL BY NAME
    SELECT d.*, d.origin_status AS status, 0 AS estimated_share, true AS is_missing
    FROM due AS d
    ANTI JOIN figures_of_rows AS f USING (indicator_id, unit_key, period_end, origin_status, source_id)
    WHERE ?
),
named_rows AS (
    SELECT
        r.*, i.name_vi AS indicator_vi, i.name_en AS indicator_en, i.basis, i.unit_vi AS unit_measured_vi,
        i.unit_en AS unit_measured_en, i.position AS indicator_position
    FROM completed AS r JOIN indicator AS i USING (indicator_id)
)
"""
# How tables end; what is put in are names of columns and of our own queries, never values.
_LONG = Template(" SELECT $columns FROM named_rows ORDER BY $order")
_UNORDERED = Template(" SELECT $columns, indicator_position FROM named_rows")
_WIDE = Template(" SELECT $columns FROM named_rows GROUP BY $keys ORDER BY $order")
# Which rows stand on a page is known by their keys and by what they are sorted by, before any other cell is worked out.
_WIDE_PART = Template(
    ", chosen AS (SELECT $sorted FROM named_rows GROUP BY $keys ORDER BY $order LIMIT ? OFFSET ?)"
    " SELECT $columns FROM named_rows SEMI JOIN chosen ON $same GROUP BY $keys ORDER BY $order"
)
_KEYS = Template(" SELECT DISTINCT $keys FROM named_rows")
_DISTINCT = Template(" SELECT DISTINCT $columns FROM named_rows ORDER BY $order")
_PAGE = Template("SELECT * FROM ($table) LIMIT ? OFFSET ?")
_COUNT = Template("SELECT count(*) AS n FROM ($table)")
_NARROWED = Template("SELECT * FROM ($table) WHERE list_contains(?, unit_key)")
_SUMMARY = """
    SELECT count(*) FILTER (WHERE NOT is_missing) AS rows, count(*) FILTER (WHERE is_missing) AS missing,
           count(*) FILTER (WHERE NOT is_missing AND estimated_share > 0) AS estimated,
           count(DISTINCT unit_key) FILTER (WHERE NOT is_missing) AS units,
           count(DISTINCT period_end) FILTER (WHERE NOT is_missing) AS periods,
           count(DISTINCT indicator_id) FILTER (WHERE NOT is_missing) AS indicators,
           coalesce(list(DISTINCT status ORDER BY status) FILTER (WHERE NOT is_missing), []) AS statuses,
           coalesce(list(DISTINCT source_id ORDER BY source_id) FILTER (WHERE NOT is_missing), []) AS sources,
           min(period_end) FILTER (WHERE NOT is_missing) AS first, max(period_end) FILTER (WHERE NOT is_missing) AS last
    FROM named_rows
"""
_POINTS = """
    SELECT unit_key, unit_vi, unit_en, level, period_start, period_end, status, value, numerator, denominator, estimated_share
    FROM named_rows WHERE value IS NOT NULL
    ORDER BY period_end DESC, unit_vi COLLATE vi, unit_key, status LIMIT ?
"""
_USUAL_ORDER = (
    "indicator_position, period_end DESC, list_position(['city', 'district', 'type', 'peer_group', 'ward'], level), unit_vi COLLATE vi,"
    " unit_key, status, source_id"
)


def _base(w: Warehouse, choice: Choice) -> tuple[str, list[Any]]:
    """Common table expressions down to ``named_rows``, with their parameters in order."""
    vintage = choice.boundaries != "reported"
    parameters: list[Any] = []
    kept = []
    if vintage:
        kept.append("AND vintage = ?")
    figures: list[Any] = [list(choice.statuses)]
    if vintage:
        figures.append(choice.boundaries)
    ids = indicator_ids(w, choice)
    if ids is not None:
        kept.append("AND list_contains(?, indicator_id)")
        figures.append(list(ids))
    for day, sign in ((choice.first, ">="), (choice.last, "<=")):
        if day is not None:
            kept.append(f"AND period_end {sign} ?")
            figures.append(day)
    parts = [_TIER_VINTAGE if vintage else _TIER_REPORTED]
    if vintage:
        parameters.append(choice.boundaries)
    parts.append(_PLACES)
    for values in (choice.levels, choice.units, choice.types):
        parameters += [list(values), list(values)]
    parameters += [list(choice.districts)] * 3 + [list(choice.peer_groups)] * 2
    source = _REEXPRESSED if vintage else _REPORTED
    parts.append(_FIGURES.replace("-- source", source).replace("-- kept", "\n      ".join(kept)))
    parameters += figures
    if choice.group == "none":
        parts.append(_EACH)
    else:
        parts.append(_GROUPED.replace("-- members", _MEMBERS[choice.group]))
        reform = reform_day(w)
        areas = list(choice.districts) if choice.group == "district" else []
        parameters += [vintage, areas, areas, vintage, reform, vintage, reform]
    parts.append(_ROWS)
    parameters.append(choice.missing)
    return "WITH " + ",".join(part.strip() for part in parts), parameters


# ---- Asking -------------------------------------------------------------------------------------------------------


def indicator_ids(w: Warehouse, choice: Choice) -> tuple[str, ...] | None:
    """The indicators that a choice keeps, in the catalogue's order; None where it keeps all of them."""
    if not choice.indicators and not choice.bases:
        return None
    return tuple(
        i.indicator_id
        for i in indicators(w)
        if (not choice.indicators or i.indicator_id in choice.indicators)
        and (not choice.bases or i.kind == "count" or i.basis in choice.bases)
    )


def asked(w: Warehouse, choice: Choice) -> Asked:
    """The table of a choice, long or wide, as SQL. Raises TooWide, and KeyError for a ``sort`` that names no column."""
    if choice.shape == "long":
        shown = [c for c in (*KEYS, *MEASURES) if _is_told(c.name, choice)]
        base, parameters = _base(w, choice)
        order = _order(choice, {c.name for c in shown}, _USUAL_ORDER)
        told = ", ".join(c.name for c in shown)
        sql = base + _LONG.substitute(columns=told, order=order)
        rows = base + _UNORDERED.substitute(columns=told)
        apart = Order(rows, order, None if choice.sort else "indicator_position")
        return Asked(sql, tuple(parameters), tuple(shown), choice, apart)
    return _wide(w, choice)


def _is_told(name: str, choice: Choice) -> bool:
    """Whether a column can say anything in the long table of a choice."""
    if name in ("units_reporting", "units_expected", "population_share"):
        return choice.group != "none"
    if name in ("value_low", "value_high", "weight_method"):
        return choice.group == "none" and choice.boundaries != "reported"
    if name == "qualifier":
        return choice.group == "none" and choice.boundaries == "reported" and "published" in choice.statuses
    if name == "origin_status":
        return choice.group != "none" or choice.boundaries != "reported"
    return True


def _order(choice: Choice, names: set[str], usual: str) -> str:
    """ORDER BY: the column asked for with what is missing last, then the usual order."""
    if not choice.sort:
        return usual
    name = choice.sort.removeprefix("-")
    if name not in names:
        raise KeyError(name)
    collated = f'"{name}" COLLATE vi' if name.endswith(("_vi", "_en")) else f'"{name}"'
    return f"{collated} {'DESC' if choice.sort.startswith('-') else 'ASC'} NULLS LAST, {usual}"


def _wide(w: Warehouse, choice: Choice) -> Asked:
    by_period = choice.shape == "by_period"
    figures = _periods_of(w, choice) if by_period else _indicators_of(w, choice)
    if len(figures) > MOST_COLUMNS:
        raise TooWide(len(figures))
    gone = _OF_PERIOD if by_period else _OF_INDICATOR
    keys = [c for c in KEYS if c.name not in gone and c.name != "origin_status" and c.name != "status"]
    keys.append(Column("origin_status", "text"))
    base, parameters = _base(w, choice)
    cells: dict[str, str] = {}
    of_cells: dict[str, list[Any]] = {}
    for column in figures:
        if column.period is not None:
            which = "period_end = ? AND period_start IS NOT DISTINCT FROM ?"
            own: list[Any] = [column.period.end, column.period.start]
        else:
            assert column.indicator is not None
            which, own = "indicator_id = ?", [column.indicator.indicator_id]
        for name, what in ((column.name, "value"), (str(column.estimated), "estimated_share")):
            cells[name] = f'any_value({what}) FILTER ({which}) AS "{name}"'
            of_cells[name] = own
    names = [c.name for c in keys]
    usual = (
        "indicator_position, list_position(['city', 'district', 'type', 'peer_group', 'ward'], level), unit_vi COLLATE vi, unit_key,"
        " origin_status, source_id"
        if by_period
        else "period_end DESC, list_position(['city', 'district', 'type', 'peer_group', 'ward'], level), unit_vi COLLATE vi, unit_key,"
        " origin_status, source_id"
    )
    extra = ["any_value(indicator_position) AS indicator_position"] if by_period else []
    # “by value” in a wide table is by its last period, or by its first indicator
    if figures and choice.sort.removeprefix("-") == "value":
        first = figures[-1 if by_period else 0].name
        choice = replace(choice, sort=choice.sort.replace("value", first))
    order = _order(choice, {c.name for c in (*keys, *figures)}, usual)
    by = choice.sort.removeprefix("-")
    told = {
        "columns": ", ".join([*names, *cells.values(), *extra]),
        "sorted": ", ".join([*names, *([cells[by]] if by in cells else []), *extra]),
        "keys": ", ".join(names),
        "same": " AND ".join(f"named_rows.{name} IS NOT DISTINCT FROM chosen.{name}" for name in names),
        "order": order,
    }
    after = tuple(itertools.chain.from_iterable(of_cells.values()))
    part = Part(
        base + _WIDE_PART.substitute(told), (*parameters, *of_cells.get(by, ())), after,
        base + _KEYS.substitute(told), tuple(parameters),
    )  # fmt: skip
    return Asked(base + _WIDE.substitute(told), (*parameters, *after), (*keys, *figures), choice, part=part)


def _periods_of(w: Warehouse, choice: Choice) -> list[Column]:
    return [
        Column(f"p{n}", "figure", period=Period(row["period_start"], row["period_end"]), estimated=f"p{n}_estimated")
        for n, row in enumerate(_distinct(w, choice, "period_start, period_end", "period_end, period_start"))
    ]  # fmt: skip


def _indicators_of(w: Warehouse, choice: Choice) -> list[Column]:
    found = {row["indicator_id"] for row in _distinct(w, choice, "indicator_id", "indicator_id")}
    kept = [i for i in indicators(w) if i.indicator_id in found]
    return [Column(f"i{n}", "figure", indicator=i, estimated=f"i{n}_estimated") for n, i in enumerate(kept)]


def _distinct(w: Warehouse, choice: Choice, columns: str, order: str) -> list[dict[str, Any]]:
    base, parameters = _base(w, replace(choice, missing=False))
    sql = base + _DISTINCT.substitute(columns=columns, order=order)
    return w.rows(sql, *parameters)


def page(w: Warehouse, table: Asked, offset: int, limit: int) -> pd.DataFrame:
    """Some rows of a table, in its order, with all columns that its SQL gives."""
    if table.part is not None:
        return w.frame(table.part.sql, *table.part.before, limit, offset, *table.part.after)
    return w.frame(_PAGE.substitute(table=table.sql), *table.parameters, limit, offset)


def count(w: Warehouse, table: Asked) -> int:
    """How many rows a table has."""
    rows, parameters = table.order.rows if table.order else table.sql, table.parameters
    if table.part is not None:
        rows, parameters = table.part.keys, table.part.of_keys
    row = w.row(_COUNT.substitute(table=rows), *parameters)
    return int(row["n"]) if row else 0


# ---- What there is to choose ----------------------------------------------------------------------------------------


@remembered
def days(w: Warehouse) -> tuple[dt.date, ...]:
    """Every day on which a period of any figure ends, the latest first."""
    return tuple(
        row["day"] for row in w.rows("SELECT DISTINCT period_end AS day FROM observation ORDER BY day DESC")
    )


def told(table: Asked, rows: pd.DataFrame) -> Sequence[Mapping[str, Any]]:
    """Rows of a table as dictionaries of the columns to show, with None for what is missing."""
    found = rows[list(table.names)].astype(object)
    return [
        {str(name): value for name, value in row.items()}
        for row in found.where(found.notna(), None).to_dict("records")
    ]


@dataclass(frozen=True)
class Summary:
    """What a long table holds: ``rows`` with a figure, ``missing`` without; distinct units, periods, indicators; statuses."""

    rows: int
    missing: int
    estimated: int
    units: int
    periods: int
    indicators: int
    statuses: tuple[str, ...]
    sources: tuple[str, ...]
    first: dt.date | None
    last: dt.date | None


@recent
def summary(w: Warehouse, choice: Choice) -> Summary:
    """What the figures of a choice are, whatever the shape of the table."""
    base, parameters = _base(w, choice)
    row = w.row(
        base + _SUMMARY,
        *parameters,
    )
    assert row is not None
    return Summary(**(row | {"statuses": tuple(row["statuses"]), "sources": tuple(row["sources"])}))


MOST_POINTS = 4000
"""Figures in one chart; more are neither drawn nor sent."""


def chart_rows(w: Warehouse, choice: Choice, indicator_id: str) -> tuple[pd.DataFrame, bool]:
    """The figures of one indicator for a chart, the latest first, and whether some were left out.

    One row a figure: unit_key, unit_vi, unit_en, level, period_start, period_end, status, value, numerator, denominator,
    estimated_share. Figures that are missing are no rows.
    """
    found = _points(w, replace(choice, indicators=(indicator_id,), bases=(), missing=False))
    return found.head(MOST_POINTS), len(found) > MOST_POINTS


@recent
def _points(w: Warehouse, choice: Choice) -> pd.DataFrame:
    base, parameters = _base(w, choice)
    return w.frame(base + _POINTS, *parameters, MOST_POINTS + 1)


def narrowed(w: Warehouse, table: Asked, units: tuple[str, ...]) -> Asked:
    """The same table of some units or areas alone; the table itself where none are named."""
    if not units:
        return table
    if table.choice.group == "none":
        return asked(w, replace(table.choice, units=units))
    sql = _NARROWED.substitute(table=table.sql)
    order = table.order and replace(table.order, rows=_NARROWED.substitute(table=table.order.rows))
    return replace(table, sql=sql, order=order, part=None, parameters=(*table.parameters, list(units)))
