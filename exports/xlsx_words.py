"""The sheets of words in a workbook: contents, definitions, sources, filters and notes. Each a header and rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exports import dictionary, xlsx_cells
from exports.about import built_at_words, notes_of
from exports.facts import Facts, basis_words, in_words, status_words
from exports.table import Column, Table
from exports.text import Text, joined, said
from exports.xlsx_cells import number_format
from i18n import Lang, words_in
from queries.catalogue import Indicator

Sheet = tuple[list[str], list[list[object]]]


def contents(tables: Sequence[Table], facts: Sequence[Facts], names: Sequence[str], lang: Lang) -> Sheet:
    """One row a table: sheet, title, rows, statuses, bases."""
    words = words_in(lang)
    headers = [
        words(key)
        for key in (
            "exports.head_sheet",
            "exports.head_title",
            "exports.about_rows",
            "exports.about_statuses",
            "exports.about_bases",
        )
    ]
    rows: list[list[object]] = [
        [name, table.title.of(lang), found.rows, _statuses(table, found, lang), _bases(table, found, lang)]
        for table, found, name in zip(tables, facts, names, strict=True)
    ]
    return headers, rows


def definitions(tables: Sequence[Table], facts: Sequence[Facts], lang: Lang) -> Sheet:
    """One row a column of each table, then one a code of those that are in words, then one an indicator."""
    words = words_in(lang)
    keys = (
        "exports.head_of",
        "exports.head_name",
        "exports.head_code",
        "exports.head_definition",
        "exports.head_unit",
        "exports.head_basis",
        "exports.head_caveat",
        "exports.head_source",
    )
    rows: list[list[object]] = []
    for table in tables:
        rows += [row for column in table.shown(lang) for row in _column_rows(table, column, lang)]
    known = {
        i.indicator_id: (i, table)
        for table, found in zip(tables, facts, strict=True)
        for i in found.indicators
    }
    rows += [_indicator_row(i, table, lang) for i, table in known.values()]
    return [words(key) for key in keys], rows


def sources(tables: Sequence[Table], facts: Sequence[Facts], lang: Lang) -> Sheet:
    """One row a source, with the licence under which it can be used."""
    del tables
    words = words_in(lang)
    keys = (
        "exports.head_source",
        "exports.head_title",
        "exports.head_publisher",
        "exports.head_document",
        "exports.head_day",
        "exports.head_address",
        "exports.head_licence",
    )
    known = {source.source_id: source for found in facts for source in found.sources}
    rows: list[list[object]] = [
        [s.source_id, s.title, s.publisher, s.document_no, s.published_on, s.url, s.licence]
        for s in known.values()
    ]
    return [words(key) for key in keys], rows


def filters(tables: Sequence[Table], facts: Sequence[Facts], lang: Lang) -> Sheet:
    """One row a question of each table: what was chosen."""
    del facts
    words = words_in(lang)
    headers = [words(key) for key in ("exports.head_of", "exports.head_filter", "exports.head_chosen")]
    rows: list[list[object]] = [
        [table.title.of(lang), name.of(lang), value.of(lang)]
        for table in tables
        for name, value in table.filters
    ]
    return headers, rows


def notes(tables: Sequence[Table], facts: Sequence[Facts], lang: Lang) -> Sheet:
    """What the file is, of which build and day, and what a reader has to know of each table."""
    words, first = words_in(lang), tables[0]
    rows: list[list[object]] = [
        [words("exports.product"), None, None],
        [words("exports.about_build"), first.build_id, None],
        [words("exports.about_built_at"), built_at_words(first), None],
        [words("exports.about_made_on"), first.made_on, None],
    ]
    for table, found in zip(tables, facts, strict=True):
        rows += [
            [words("exports.about_rows"), found.rows, table.title.of(lang)],
            [words("exports.about_statuses"), _statuses(table, found, lang), table.title.of(lang)],
            [words("exports.about_bases"), _bases(table, found, lang), table.title.of(lang)],
        ]
        rows += [
            [words("exports.head_note"), note.of(lang), table.title.of(lang)] for note in _notes(table, found)
        ]
    headers = [words(key) for key in ("exports.head_name", "exports.head_told", "exports.head_of")]
    return headers, rows


def _notes(table: Table, facts: Facts) -> Iterator[Text]:
    yield from notes_of(table, facts)
    each = xlsx_cells.ROWS_A_SHEET
    if facts.rows > each:
        yield said("exports.note_split", sheets=-(-facts.rows // each), each=each)


def _column_rows(table: Table, column: Column, lang: Lang) -> Iterator[list[object]]:
    of, words = table.title.of(lang), words_in(lang)
    definition = column.definition.of(lang) if column.definition else None
    unit = column.unit.of(lang) if column.unit else None
    if column.kind == "share" or number_format(column).endswith("%"):
        unit = words("exports.unit_share")
    yield [of, column.header.of(lang), column.code, definition, unit, None, None, None]
    for code, label in column.labels.items():
        yield [column.header.of(lang), label.of(lang), code, None, None, None, None, None]


def _indicator_row(i: Indicator, table: Table, lang: Lang) -> list[object]:
    pick, words = words_in(lang).pick, dictionary.labels(table.warehouse, "indicator", "basis")
    basis = words[i.basis].of(lang) if i.basis and i.basis in words else i.basis
    return [
        words_in(lang)("exports.head_indicator"), pick(i.name_vi, i.name_en), i.indicator_id,
        pick(i.definition_vi, i.definition_en), pick(i.unit_vi, i.unit_en), basis,
        pick(i.caveat_vi, i.caveat_en), i.source_id,
    ]  # fmt: skip


def _statuses(table: Table, facts: Facts, lang: Lang) -> str:
    return joined(in_words(facts.statuses, status_words(table)), "; ").of(lang)


def _bases(table: Table, facts: Facts, lang: Lang) -> str:
    return joined(in_words(facts.bases, basis_words(table)), "; ").of(lang)
