"""What a file says of itself: for programs as one document, for readers as a text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from exports.facts import ILLUSTRATIVE, Facts, basis_words, in_words, status_words
from exports.table import Column, Table
from exports.text import Text, joined, said
from i18n import Lang, decimal, short_date
from queries.catalogue import Indicator, Source


def built_at_words(table: Table) -> str:
    """When the build was made, for programs."""
    return table.built_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def document(table: Table, facts: Facts) -> dict[str, Any]:
    """The whole of it for programs: build, day, filters, statuses, bases, sources, indicators, columns, notes.

    Words are in both languages, ``{"vi": …, "en": …}``; ``rows`` is how many rows there are.
    """
    return {
        "title": table.title.both(),
        "build_id": table.build_id,
        "built_at": built_at_words(table),
        "made_on": table.made_on.isoformat(),
        "rows": facts.rows,
        "filters": [{"name": name.both(), "value": value.both()} for name, value in table.filters],
        "statuses": _coded(facts.statuses, in_words(facts.statuses, status_words(table))),
        "bases": _coded(facts.bases, in_words(facts.bases, basis_words(table))),
        "sources": [source_told(source) for source in facts.sources],
        "indicators": [_indicator_told(i) for i in facts.indicators],
        "columns": [column_told(column) for column in table.columns],
        "notes": [note.both() for note in notes_of(table, facts)],
    }


def notes_of(table: Table, facts: Facts) -> list[Text]:
    """What a reader has to know: first that figures are illustrative, where some are, then the table's own notes."""
    found = [said("exports.note_illustrative")] if ILLUSTRATIVE in facts.statuses else []
    if "apportioned" in facts.statuses:
        found.append(said("exports.note_apportioned"))
    return [*found, *table.notes]


def source_told(source: Source) -> dict[str, Any]:
    """A source for programs."""
    return {
        "source_id": source.source_id,
        "title": source.title,
        "publisher": source.publisher,
        "document_no": source.document_no,
        "published_on": source.published_on.isoformat() if source.published_on else None,
        "url": source.url,
        "licence": source.licence,
    }


def column_told(column: Column) -> dict[str, Any]:
    """A column for programs: its name there, what it holds, its words and those of its codes."""
    told: dict[str, Any] = {"name": column.code, "kind": column.kind, "title": column.header.both()}
    if column.definition is not None:
        told["definition"] = column.definition.both()
    if column.unit is not None:
        told["unit"] = column.unit.both()
    if column.decimals is not None:
        told["decimals"] = column.decimals
    if column.labels:
        told["values"] = {code: words.both() for code, words in column.labels.items()}
    if column.indicator is not None:
        told |= {"indicator_id": column.indicator.indicator_id, "basis": column.indicator.basis}
    return told


def readme(table: Table, facts: Facts, lang: Lang, file: str, further: Iterable[Text] = ()) -> str:
    """The same as a text for a reader who opens the file beside the data; lines end as Windows ends them."""

    def line(key: str, value: str) -> str:
        return f"{said(key).of(lang)}: {value}"

    def part(key: str, lines: Iterable[str]) -> list[str]:
        told = [f"- {one}" for one in lines]
        return ["", said(key).of(lang), *told] if told else []

    statuses = joined(in_words(facts.statuses, status_words(table)), "; ").of(lang)
    bases = joined(in_words(facts.bases, basis_words(table)), "; ").of(lang)
    lines = [
        table.title.of(lang),
        "=" * len(table.title.of(lang)),
        "",
        line("exports.about_file", file),
        line("exports.about_rows", decimal(facts.rows, lang)),
        line("exports.about_build", f"{table.build_id} ({built_at_words(table)})"),
        line("exports.about_made_on", short_date(table.made_on, lang)),
        line("exports.about_statuses", statuses or said("exports.none").of(lang)),
        line("exports.about_bases", bases or said("exports.none").of(lang)),
    ]
    lines += part(
        "exports.sheet_filters", (f"{name.of(lang)}: {value.of(lang)}" for name, value in table.filters)
    )
    lines += part("exports.sheet_notes", (note.of(lang) for note in (*notes_of(table, facts), *further)))
    lines += part("exports.about_columns", (_column_line(column, lang) for column in table.shown(lang)))
    lines += part("exports.about_indicators", (_indicator_line(i, lang) for i in facts.indicators))
    lines += part("exports.sheet_sources", (source_line(source) for source in facts.sources))
    return "\r\n".join(lines) + "\r\n"


def source_line(source: Source) -> str:
    """A source as one line."""
    day = source.published_on.isoformat() if source.published_on else None
    told = (source.title, source.publisher, source.document_no, day, source.url, source.licence)
    return f"[{source.source_id}] " + " · ".join(part for part in told if part)


def _column_line(column: Column, lang: Lang) -> str:
    told = f"{column.header.of(lang)} ({column.code})"
    return f"{told}: {column.definition.of(lang)}" if column.definition else told


def _indicator_line(i: Indicator, lang: Lang) -> str:
    name, definition, caveat = Text(i.name_vi, i.name_en), Text(i.definition_vi, i.definition_en), _caveat(i)
    return f"{name.of(lang)} ({i.indicator_id}): {definition.of(lang)} {caveat.of(lang)}".strip()


def _caveat(i: Indicator) -> Text:
    return Text(i.caveat_vi or "", i.caveat_en or "")


def _indicator_told(i: Indicator) -> dict[str, Any]:
    return {
        "indicator_id": i.indicator_id,
        "name": Text(i.name_vi, i.name_en).both(),
        "unit": Text(i.unit_vi or "", i.unit_en or "").both(),
        "kind": i.kind,
        "basis": i.basis,
        "decimals": i.decimals,
        "definition": Text(i.definition_vi, i.definition_en).both(),
        "caveat": _caveat(i).both(),
        "source_id": i.source_id,
    }


def _coded(codes: Iterable[str], words: Iterable[Text]) -> list[dict[str, Any]]:
    return [{"code": code, **text.both()} for code, text in zip(codes, words, strict=True)]
