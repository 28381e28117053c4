"""The whole warehouse as a Frictionless Data Package: every public table as CSV, with its Table Schema."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from exports import dictionary
from exports.about import built_at_words
from exports.cells import Spelling
from exports.csv import PACKING, put_file, put_rows
from exports.facts import Facts, facts_of
from exports.files import Progress, scratch, stage, unheard, whole_or_nothing
from exports.names import ascii_name, file_stem
from exports.reading import Reading, opened
from exports.schema import described, file_told, licences_told, sources_told
from exports.table import Table, from_warehouse
from exports.text import said, same
from i18n import Lang
from queries.catalogue import sources
from queries.warehouse import Warehouse

SPELLING = Spelling(words="codes")
LANG: Lang = "vi"
"""The language of what has no place for two; ``title_en`` and so on stand beside."""


def package_name(w: Warehouse, lang: Lang) -> str:
    """An ASCII name for the file: what it is, and the build."""
    parts = (said("exports.file_start"), said("exports.name_package"), same(w.build_id))
    return file_stem(part.of(lang) for part in parts) + ".zip"


def write_package(w: Warehouse, path: Path, *, progress: Progress = unheard) -> int:
    """Write every public table that has rows, and ``datapackage.json``, into an archive; returns the rows of all tables.

    Tables are in ``data/<table>.csv``: UTF-8, commas, the warehouse's names and codes. A text that a spreadsheet would
    run has an apostrophe before it, in keys and references alike. Raises duckdb.Error and OSError, and what ``progress``
    raises; no file is left then.
    """
    names = list(dictionary.tables(w))
    resources: list[dict[str, Any]] = []
    rows = 0
    with (
        whole_or_nothing(path) as part,
        scratch(path) as data,
        opened(w.path, data, len(names)) as reading,
        zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=PACKING) as archive,
    ):
        for n, name in enumerate(names):
            heard = stage(progress, n / len(names), (n + 1) / len(names))
            table = from_warehouse(w, name)
            facts = facts_of(reading, table)
            if facts.rows:
                resources.append(_put_table(reading, archive, data, name, table, facts, heard))
                rows += facts.rows
        made_on = from_warehouse(w, "build").made_on.isoformat()
        told = _package(w, made_on, resources)
        archive.writestr("datapackage.json", json.dumps(told, ensure_ascii=False, indent=1))
        progress(1, 1)
    return rows


def _put_table(
    reading: Reading,
    archive: zipfile.ZipFile,
    data: Path,
    name: str,
    table: Table,
    facts: Facts,
    progress: Progress,
) -> dict[str, Any]:
    file = f"data/{name}.csv"
    put_rows(reading, table, facts, data, LANG, SPELLING, stage(progress, 0, 0.7))
    put_file(archive, data, file, stage(progress, 0.7, 1))
    return file_told(name, file, data, SPELLING) | {"name": name} | table_told(table, facts, name)


def table_told(table: Table, facts: Facts, name: str) -> dict[str, Any]:
    """A public table as a resource: titles and descriptions in both languages, schema with its constraints and keys."""
    w = table.warehouse
    words = dictionary.tables(w)[name]
    listed = dictionary.columns(w)[name]
    told = described(table, facts, LANG, SPELLING)
    schema = told["schema"]
    for field in schema["fields"]:
        column = listed[field["name"]]
        field |= {"title": column.label.vi, "title_en": column.label.en}
        field |= {"description": column.definition.vi, "description_en": column.definition.en}
        field["constraints"] = _constraints(column, dictionary.labels(w, name, column.column_name))
    if key := dictionary.key(w, name):
        schema["primaryKey"] = list(key)
    schema["foreignKeys"] = [
        _reference(c.column_name, c.refers_to, name) for c in listed.values() if c.refers_to
    ]
    told |= {"title": words.title.vi, "title_en": words.title.en}
    told |= {
        "description": _sentence(words.row.vi, words.caveat.vi),
        "description_en": _sentence(words.row.en, words.caveat.en),
    }
    return told


def _sentence(row: str, caveat: str) -> str:
    return f"{row[:1].upper()}{row[1:]}. {caveat}".strip()


def _constraints(column: dictionary.ColumnWords, labels: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"required": True} if column.required else {}
    if labels:
        found["enum"] = list(labels)
    for name, limit in (("minimum", column.minimum), ("maximum", column.maximum)):
        if limit is not None:
            found[name] = int(limit) if column.type == "integer" else limit
    return found


def _reference(column: str, refers_to: str, table: str) -> dict[str, Any]:
    target, _, field = refers_to.partition(".")
    # A table that points to itself is named by nothing, as the standard says.
    return {
        "fields": [column],
        "reference": {"resource": "" if target == table else target, "fields": [field]},
    }


def _package(w: Warehouse, made_on: str, resources: list[dict[str, Any]]) -> dict[str, Any]:
    listed = list(sources(w).values())
    title, description = said("exports.package_title"), said("exports.package_description")
    present = {resource["name"] for resource in resources}
    for resource in resources:
        keys = resource["schema"]["foreignKeys"]
        kept = [key for key in keys if key["reference"]["resource"] in present | {""}]
        resource["schema"].pop("foreignKeys")
        if kept:
            resource["schema"]["foreignKeys"] = kept
    return {
        "profile": "tabular-data-package",
        "name": ascii_name(f"hanoi-learning-city-{w.build_id}"),
        "id": w.build_id,
        "title": title.vi,
        "title_en": title.en,
        "description": description.vi,
        "description_en": description.en,
        "version": w.build_id,
        "created": built_at_words(from_warehouse(w, "build")),
        "made_on": made_on,
        "licenses": licences_told(listed),
        "sources": sources_told(listed),
        "resources": resources,
    }
