"""What a CSV file holds, as a Table Schema (Frictionless), for programs that read files with their types."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from exports.about import column_told, source_told
from exports.cells import Spelling, Words
from exports.facts import Facts
from exports.names import ascii_name
from exports.reading import kind_of
from exports.safety import guarded
from exports.table import Column, Kind, Table
from exports.text import said
from i18n import Lang
from queries.catalogue import Source

TYPES: dict[Kind, str] = {
    "text": "string",
    "whole": "integer",
    "number": "number",
    "date": "date",
    "timestamp": "datetime",
    "flag": "boolean",
}
CHUNK = 1 << 20


def header(column: Column, lang: Lang, words: Words) -> str:
    """The header of a column, which cannot run as a formula; for readers it says where 1 stands for 100%."""
    if words == "codes":
        return guarded(column.code)
    told = column.header
    if column.kind == "share" or (column.indicator is not None and column.indicator.kind == "rate"):
        told = said("exports.header_share", header=told)
    elif column.kind == "figure" and column.indicator is None:
        told = said("exports.header_figure", header=told)
    return guarded(told.of(lang))


def columns_told(table: Table, lang: Lang, words: Words) -> tuple[Column, ...]:
    """The columns that a file has: for readers without those in the other language."""
    return table.columns if words == "codes" else table.shown(lang)


def file_told(name: str, path: str, file: Path, spelling: Spelling) -> dict[str, Any]:
    """A CSV file as a resource of a package: where it is, how it is written, its size and its SHA-256."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while part := stream.read(CHUNK):
            digest.update(part)
    return {
        "name": ascii_name(name).replace(".", "-"),
        "path": path,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig" if spelling.mark else "utf-8",
        "dialect": {"delimiter": spelling.separator, "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True},
        "bytes": file.stat().st_size,
        "hash": f"sha256:{digest.hexdigest()}",
    }  # fmt: skip


def described(table: Table, facts: Facts, lang: Lang, spelling: Spelling) -> dict[str, Any]:
    """What the rows of a CSV file are: title, schema, sources and their licences."""
    columns = columns_told(table, lang, spelling.words)
    return {
        "title": table.title.of(lang),
        "titles": table.title.both(),
        "rows": facts.rows,
        "schema": {
            "fields": [field_told(c, facts.types[c.name], lang, spelling) for c in columns],
            "missingValues": [""],
        },
        "sources": sources_told(facts.sources),
        "licenses": licences_told(facts.sources),
    }


def field_told(column: Column, type_: str, lang: Lang, spelling: Spelling) -> dict[str, Any]:
    """One column: its header, its type and how that is written, and its words in both languages."""
    kind = kind_of(type_)
    told: dict[str, Any] = {"name": header(column, lang, spelling.words), "type": TYPES[kind]}
    if kind == "timestamp":
        told["format"] = "%Y-%m-%d %H:%M:%S"
    if kind == "number" and spelling.decimal == ",":
        told["decimalChar"] = ","
    if kind == "flag":
        named = spelling.words == "labels"
        told["trueValues"] = [said("exports.word_yes").of(lang) if named else "true"]
        told["falseValues"] = [said("exports.word_no").of(lang) if named else "false"]
    words = column_told(column)
    told["title"] = column.header.of(lang)
    if column.definition is not None:
        told["description"] = column.definition.of(lang)
    return told | {f"x_{name}": value for name, value in words.items() if name not in ("name", "kind")}


def sources_told(sources: Iterable[Source]) -> list[dict[str, Any]]:
    """Sources as a package names them, each with its id and licence beside."""
    found = []
    for source in sources:
        told = {name: value for name, value in source_told(source).items() if value is not None}
        if "url" in told:
            told["path"] = told.pop("url")
        found.append(told)
    return found


def licences_told(sources: Iterable[Source]) -> list[dict[str, Any]]:
    """The terms of the sources, each once, with the sources that it is of; none where no source states any."""
    found: dict[str, list[str]] = {}
    for source in sources:
        if source.licence:
            found.setdefault(source.licence, []).append(source.source_id)
    return [{"name": ascii_name(terms), "title": terms, "source_ids": ids} for terms, ids in found.items()]
