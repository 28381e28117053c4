"""JSON: one document, ``{"meta": …, "columns": […], "rows": […]}``, each row an object by the columns' codes."""

from __future__ import annotations

import json
from pathlib import Path

from exports.about import document
from exports.cells import json_cell
from exports.facts import facts_of
from exports.files import Progress, stage, unheard, whole_or_nothing
from exports.reading import QUERY, copied, literal, opened
from exports.table import Table


def write_json(table: Table, path: Path, *, progress: Progress = unheard) -> int:
    """Write a table as one JSON document in UTF-8, a row a line; returns the rows written.

    Days are texts (2026-09-30), times too, with their zone; what is missing is null. Raises duckdb.Error and OSError,
    and what ``progress`` raises; no file is left then.
    """
    with whole_or_nothing(path) as part, opened(table.warehouse.path, part) as reading:
        facts = facts_of(reading, table, stage(progress, 0, QUERY))
        told = document(table, facts)
        columns = told.pop("columns")
        first = json.dumps({"meta": told, "columns": columns}, ensure_ascii=False)[:-1] + ', "rows": [\n'
        pairs = ", ".join(f"?, {json_cell(c, facts.types[c.name])}" for c in table.columns)
        # Neither quotes nor escapes: a row of JSON has no line breaks and is written as it stands.
        statement = (
            f"COPY (SELECT CAST(json_object({pairs}) AS VARCHAR) FROM {facts.source.source}) TO {literal(str(part))}"  # noqa: S608
            " (FORMAT csv, HEADER false, DELIMITER '\x1f', QUOTE '', ESCAPE '', PREFIX ?, NEW_LINE ?, SUFFIX ?,"
            " USE_TMP_FILE false)"
        )
        parameters = [*(c.code for c in table.columns), first, ",\n", "\n]}\n"]
        heard = stage(progress, QUERY, 1)
        rows = copied(reading.connection, statement, parameters, part, facts.rows, heard)
        progress(1, 1)
    return rows
