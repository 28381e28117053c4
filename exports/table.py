"""A table to export: rows as SQL or as a frame, and the words that travel with them.

Made from what the analyst's desk asked (``from_asked``), from a table of the warehouse (``from_warehouse``), from rows
that a screen shows (``from_frame``), or from a query of its own (``from_query``). Writers take it and a path.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import pandas as pd

from exports import dictionary
from exports.filters import period_words, told_filters
from exports.names import file_stem
from exports.reading import SHOWN, kind_of, opened, quoted
from exports.text import Text, from_data, joined, said, same
from i18n import LANGUAGES, Lang, period_code, period_name
from queries import explore
from queries.catalogue import Indicator, indicator, indicators
from queries.warehouse import Warehouse

Kind = Literal["text", "date", "timestamp", "whole", "number", "count", "share", "figure", "flag"]
"""What a column holds. ``whole`` is a number that is not counted (a year, a line), ``count`` one that is, ``share`` a
part of 1, ``figure`` a rate as a fraction of 1 or a count, as its indicator says."""
HANOI = dt.timezone(dt.timedelta(hours=7))


@dataclass(frozen=True)
class Column:
    """One column of a table to export.

    ``name`` is its name in the rows, ``code`` its header for programs, ``header`` for readers. ``labels`` are the words
    of its codes. ``lang`` is set where the column is in one language only. ``indicator`` is what a column of figures is
    of; without it the row says so in ``indicator_id``.
    """

    name: str
    code: str
    header: Text
    kind: Kind
    decimals: int | None = None
    definition: Text | None = None
    unit: Text | None = None
    labels: Mapping[str, Text] = field(default_factory=dict)
    lang: Lang | None = None
    indicator: Indicator | None = None


@dataclass(frozen=True, eq=False)
class Table:
    """Rows with the words that travel with them.

    ``sql`` runs on the warehouse's file with ``parameters``; where there is a ``frame`` it reads that under the name
    ``shown``. ``filters`` are pairs of words: what was asked, and what was chosen. ``name_parts`` say in a file name what
    is inside. ``source_ids`` are sources beside those that the rows name. ``made_on`` is the day of the export in Hà Nội.
    """

    warehouse: Warehouse
    title: Text
    columns: tuple[Column, ...]
    sql: str
    parameters: tuple[Any, ...] = ()
    frame: pd.DataFrame | None = None
    filters: tuple[tuple[Text, Text], ...] = ()
    notes: tuple[Text, ...] = ()
    name_parts: tuple[Text, ...] = ()
    source_ids: tuple[str, ...] = ()
    made_on: dt.date = field(default_factory=lambda: dt.datetime.now(HANOI).date())
    shape: explore.Shape | None = None
    order: explore.Order | None = None

    @property
    def build_id(self) -> str:
        """The build that the rows are of."""
        return self.warehouse.build_id

    @property
    def built_at(self) -> dt.datetime:
        """When that build was made, UTC."""
        return self.warehouse.built_at

    def shown(self, lang: Lang) -> tuple[Column, ...]:
        """The columns for a reader of that language: without those that are in the other one."""
        return tuple(column for column in self.columns if column.lang in (None, lang))

    def column(self, name: str) -> Column | None:
        """A column by its name in the rows, None where there is none."""
        return next((column for column in self.columns if column.name == name), None)


def file_name(table: Table, lang: Lang, ending: str) -> str:
    """An ASCII name for a file of a table: subject, filters, period, build; ``ending`` without its dot."""
    return f"{names_of(table, lang)}.{ending}"


def names_of(table: Table, lang: Lang) -> str:
    """The name of a file of a table without its ending."""
    parts = [said("exports.file_start"), *(table.name_parts or (table.title,)), same(table.build_id)]
    return file_stem(part.of(lang) for part in parts)


# ---- From the analyst's desk --------------------------------------------------------------------------------------

# Where the words of its columns are in the dictionary.
_WORDS_OF = {
    "indicator_id": ("observation", "indicator_id"), "basis": ("indicator", "basis"),
    "unit_measured_vi": ("indicator", "unit_vi"), "unit_measured_en": ("indicator", "unit_en"),
    "unit_key": ("observation", "unit_key"), "unit_code": ("unit", "code"), "level": ("unit", "level"),
    "period_start": ("observation", "period_start"), "period_end": ("observation", "period_end"),
    "status": ("observation_reexpressed", "status"), "origin_status": ("observation_reexpressed", "origin_status"),
    "source_id": ("observation", "source_id"), "value": ("observation", "value"),
    "numerator": ("observation", "numerator"), "denominator": ("observation", "denominator"),
    "units_reporting": ("observation_area", "units_reporting"),
    "units_expected": ("observation_area", "units_expected"),
    "population_share": ("observation_area", "population_share"),
    "weight_method": ("observation_reexpressed", "weight_method"),
    "estimated_share": ("observation_reexpressed", "estimated_share"),
    "value_low": ("observation_reexpressed", "value_low"), "value_high": ("observation_reexpressed", "value_high"),
    "qualifier": ("observation", "qualifier"),
}  # fmt: skip
_FURTHER_LABELS = {
    "level": ("type", "peer_group"),
    "weight_method": ("sum",),
}


def from_asked(
    w: Warehouse,
    asked: explore.Asked,
    *,
    title: Text | None = None,
    headers: Mapping[str, Text] | None = None,
    notes: Iterable[Text] = (),
    made_on: dt.date | None = None,
) -> Table:
    """The table of a choice, all its rows in its order, with its filters in words.

    ``headers`` take the place of the dictionary's words, by name of the column. A wide table whose figures may be
    estimated in part carries one column more for each of them: the share that was estimated.
    """
    choice = asked.choice
    found = [_asked_column(w, column) for column in asked.columns]
    if choice.shape != "long" and (choice.boundaries != "reported" or choice.group == "district"):
        found += [
            _estimated(column, c) for column, c in zip(asked.columns, found, strict=True) if column.estimated
        ]
    given = headers or {}
    chosen = [replace(c, header=given.get(c.name, c.header)) for c in found]
    subject = _subject(w, choice)
    table = Table(
        warehouse=w,
        title=title or subject,
        columns=_distinct(chosen),
        sql=asked.sql,
        parameters=asked.parameters,
        filters=told_filters(w, choice),
        notes=(*notes, *_notes_of(choice)),
        name_parts=(subject, _filter_part(choice), period_words(choice.first, choice.last)),
        shape=choice.shape,
        order=asked.order,
    )
    return replace(table, made_on=made_on) if made_on else table


def _subject(w: Warehouse, choice: explore.Choice) -> Text:
    ids = explore.indicator_ids(w, choice)
    if ids is not None and len(ids) == 1 and (found := indicator(w, ids[0])):
        return Text(found.name_vi, found.name_en)
    return said("exports.title_figures", n=len(indicators(w) if ids is None else ids))


def _filter_part(choice: explore.Choice) -> Text:
    """What of the filters goes into a file name: tiers, boundaries, grouping."""
    parts = [said(f"exports.name_level_{level}") for level in choice.levels]
    if choice.boundaries != "reported":
        parts.append(said(f"exports.name_{choice.boundaries}"))
    if choice.group != "none":
        parts.append(said(f"exports.name_group_{choice.group}"))
    restricted = (choice.units, choice.districts, choice.types, choice.peer_groups)
    if any(restricted):
        parts.append(said("exports.name_filtered"))
    return joined(parts, " ")


def _notes_of(choice: explore.Choice) -> Iterable[Text]:
    yield said("exports.note_rates")
    if choice.group != "none":
        yield said("exports.note_grouped")
    if choice.boundaries != "reported":
        yield said("exports.note_reexpressed")
    if choice.missing:
        yield said("exports.note_missing")


def _asked_column(w: Warehouse, column: explore.Column) -> Column:
    if column.period is not None:
        code = period_code(column.period.start, column.period.end)
        named = [period_name(column.period.start, column.period.end, lang) for lang in ("vi", "en")]
        return Column(column.name, code, Text(*named), "figure")
    if column.indicator is not None:
        i = column.indicator
        unit = from_data(i.unit_vi, i.unit_en)
        header = Text(i.name_vi, i.name_en)
        if i.kind == "count" and unit.vi:
            header = said("exports.header_unit", header=header, unit=unit)
        elif i.basis:
            basis = dictionary.labels(w, "indicator", "basis").get(i.basis, same(i.basis))
            header = said("exports.header_unit", header=header, unit=basis)
        definition = Text(i.definition_vi, i.definition_en)
        return Column(
            column.name, i.indicator_id, header, "figure", i.decimals, definition, unit, indicator=i
        )
    kind: Kind = column.kind
    own = (
        Column(column.name, column.name, said(f"exports.col_{column.name}"), kind)
        if column.name in _OWN
        else None
    )
    lang: Lang | None = "vi" if column.name.endswith("_vi") else "en" if column.name.endswith("_en") else None
    if own is not None:
        return replace(own, lang=lang, definition=said(f"exports.def_{column.name}"))
    table, name = _WORDS_OF[column.name]
    words = dictionary.columns(w)[table][name]
    labels = dict(dictionary.labels(w, table, name))
    labels |= {code: said(f"exports.also_{code}") for code in _FURTHER_LABELS.get(column.name, ())}
    return Column(
        column.name,
        column.name,
        words.label,
        kind,
        words.decimals,
        words.definition,
        words.unit,
        labels,
        lang,
    )


_OWN = ("indicator_vi", "indicator_en", "unit_vi", "unit_en", "is_missing")


def _estimated(column: explore.Column, figures: Column) -> Column:
    return Column(
        column.estimated or "",
        f"{figures.code}_estimated_share",
        said("exports.header_estimated", header=figures.header),
        "share",
        definition=said("exports.def_estimated"),
    )


def _distinct(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns with codes and headers that no other column of the table has."""
    codes: set[str] = set()
    found: list[Column] = []
    for column in columns:
        code = column.code
        while code.casefold() in codes:
            code += "_"
        codes.add(code.casefold())
        twin = any(_look_alike(c, column) for c in found)
        header = said("exports.header_unit", header=column.header, unit=code) if twin else column.header
        found.append(replace(column, code=code, header=header))
    return tuple(found)


def _look_alike(one: Column, other: Column) -> bool:
    """Whether two columns would have one header in the eyes of some reader."""
    langs = [lang for lang in LANGUAGES if {one.lang, other.lang} <= {None, lang}]
    return any(one.header.of(lang).casefold() == other.header.of(lang).casefold() for lang in langs)


# ---- From the warehouse ---------------------------------------------------------------------------------------------


def from_warehouse(w: Warehouse, table_name: str, *, made_on: dt.date | None = None) -> Table:
    """A public table of the warehouse, all its rows by its key, with the dictionary's words.

    Raises KeyError where the dictionary has no such table.
    """
    words = dictionary.tables(w)[table_name]
    listed = dictionary.columns(w)[table_name]
    order = ", ".join(quoted(name) for name in dictionary.key(w, table_name))
    table = Table(
        warehouse=w,
        title=words.title,
        columns=_distinct([_warehouse_column(w, c, listed) for c in listed.values()]),
        sql=f"SELECT * FROM {quoted(table_name)}" + (f" ORDER BY {order}" if order else ""),  # noqa: S608
        filters=((said("exports.filter_table"), words.row),),
        notes=(words.caveat,) if words.caveat.vi else (),
        name_parts=(words.title,),
    )
    return replace(table, made_on=made_on) if made_on else table


def _warehouse_column(
    w: Warehouse, words: dictionary.ColumnWords, table: Mapping[str, dictionary.ColumnWords]
) -> Column:
    name, suffix = words.column_name, words.column_name[-3:]
    twins = suffix in ("_vi", "_en") and {name[:-3] + "_vi", name[:-3] + "_en"} <= set(table)
    lang: Lang | None = ("vi" if suffix == "_vi" else "en") if twins else None
    labels = dictionary.labels(w, words.table_name, name)
    header = words.label
    if words.unit is not None:
        header = said("exports.header_unit", header=header, unit=words.unit)
    kind = _kind_of_words(words, "indicator_id" in table)
    return Column(
        name, name, header, kind, words.decimals, words.definition, words.unit, labels=labels, lang=lang
    )


def _kind_of_words(words: dictionary.ColumnWords, of_indicators: bool) -> Kind:
    name = words.column_name
    if words.type == "integer":
        return "whole" if any(part in name for part in ("year", "position", "line")) else "count"
    if words.type == "number":
        if of_indicators and name.startswith("value"):
            return "figure"
        return "share" if name.endswith("_share") else "number"
    kinds: Mapping[str, Kind] = {"date": "date", "timestamp": "timestamp", "boolean": "flag"}
    return kinds.get(words.type, "text")


# ---- From a screen or a query -----------------------------------------------------------------------------------------


def from_frame(
    w: Warehouse,
    frame: pd.DataFrame,
    title: Text,
    *,
    columns: Sequence[Column] | None = None,
    filters: Iterable[tuple[Text, Text]] = (),
    notes: Iterable[Text] = (),
    name_parts: Iterable[Text] = (),
    source_ids: Iterable[str] = (),
    made_on: dt.date | None = None,
) -> Table:
    """Rows that a screen shows. ``columns`` name columns of the frame, in order; without them all are taken as they are.

    Lists in cells become one text, with semicolons. Where the frame has the columns status, basis, indicator_id and
    source_id, the file's own words say which of them it holds. Raises KeyError for a column that the frame has not.
    """
    kept = frame[[c.name for c in columns]] if columns is not None else frame
    plain = kept.rename(columns=str).apply(_without_lists).reset_index(drop=True)
    table = Table(
        warehouse=w,
        title=title,
        columns=(),
        sql=f"SELECT * FROM {SHOWN}",  # noqa: S608
        frame=plain,
        filters=tuple(filters),
        notes=tuple(notes),
        name_parts=tuple(name_parts),
        source_ids=tuple(source_ids),
    )
    known = columns if columns is not None else _columns_as_found(table)
    table = replace(table, columns=_distinct(known))
    return replace(table, made_on=made_on) if made_on else table


def from_query(
    w: Warehouse,
    sql: str,
    parameters: Sequence[Any],
    title: Text,
    *,
    columns: Sequence[Column] | None = None,
    filters: Iterable[tuple[Text, Text]] = (),
    notes: Iterable[Text] = (),
    name_parts: Iterable[Text] = (),
    made_on: dt.date | None = None,
) -> Table:
    """The answer to a query on the warehouse; without ``columns`` all that it gives, under the names that it gives them.

    The query may be a reader's own: it runs where no file can be read or written but the export itself. Raises
    duckdb.Error where it cannot be run.
    """
    table = Table(
        w, title, (), sql, tuple(parameters),
        filters=tuple(filters), notes=tuple(notes), name_parts=tuple(name_parts),
    )  # fmt: skip
    known = columns if columns is not None else _columns_as_found(table)
    table = replace(table, columns=_distinct(known))
    return replace(table, made_on=made_on) if made_on else table


def _columns_as_found(table: Table) -> list[Column]:
    with opened(table.warehouse.path) as reading:
        found = reading.types(table)
    return [Column(name, name, same(name), kind_of(type_)) for name, type_ in found.items()]


def _without_lists(cells: pd.Series) -> pd.Series:
    if cells.dtype != object:
        return cells
    return cells.map(
        lambda cell: "; ".join(map(str, cell)) if isinstance(cell, list | tuple | set | frozenset) else cell
    )
