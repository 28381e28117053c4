"""Parquet: the rows with their types, for programs; what there is to know stands in the file's own metadata."""

from __future__ import annotations

import json
from pathlib import Path

from exports.about import document
from exports.facts import facts_of
from exports.files import Progress, stage, unheard, whole_or_nothing
from exports.reading import QUERY, copied, literal, opened, quoted
from exports.table import Table

KEYS = ("build_id", "built_at", "made_on", "filters", "statuses", "bases", "sources", "about")
"""Keys of the metadata: texts; lists of codes and of source_ids as JSON; ``about`` is everything, as JSON."""


def write_parquet(table: Table, path: Path, *, progress: Progress = unheard) -> int:
    """Write a table as Parquet, columns by their codes, all of them; returns the rows written.

    Types are the warehouse's. Raises duckdb.Error and OSError, and what ``progress`` raises; no file is left then.
    """
    with whole_or_nothing(path) as part, opened(table.warehouse.path, part) as reading:
        facts = facts_of(reading, table, stage(progress, 0, QUERY))
        told = document(table, facts)
        values = (
            *facts.source.parameters,
            *(table.build_id, told["built_at"], told["made_on"]),
            json.dumps(told["filters"], ensure_ascii=False),
            *(
                json.dumps(codes)
                for codes in (facts.statuses, facts.bases, [s.source_id for s in facts.sources])
            ),
            json.dumps(told, ensure_ascii=False),
        )
        columns = ", ".join(f"{quoted(c.name)} AS {quoted(c.code)}" for c in table.columns)
        keys = ", ".join(f"{key}: ?" for key in KEYS)
        statement = (
            f"COPY (SELECT {columns} FROM {facts.source.source}) TO {literal(str(part))}"  # noqa: S608
            f" (FORMAT parquet, USE_TMP_FILE false, KV_METADATA {{{keys}}})"
        )
        heard = stage(progress, QUERY, QUERY)
        rows = copied(reading.connection, statement, values, None, facts.rows, heard)
        progress(1, 1)
    return rows
