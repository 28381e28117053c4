"""CSV: one plain file that any program reads, or the same in an archive with what there is to know about it."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

from exports.about import document, readme
from exports.cells import Decimal, Spelling, Words, select_cells, text_cell
from exports.facts import Facts, facts_of
from exports.files import Progress, scratch, stage, unheard, whole_or_nothing
from exports.reading import QUERY, Reading, copied, literal, opened
from exports.schema import columns_told, described, file_told, header
from exports.table import Table, names_of
from exports.text import said
from i18n import Lang

BYTE_ORDER_MARK = "\ufeff"
LINE_END = "\r\n"
CHUNK = 1 << 20
PACKING = 3
"""How hard archives are packed: harder takes twice as long and saves little."""


def write_csv(
    table: Table,
    path: Path,
    lang: Lang,
    *,
    words: Words = "labels",
    decimal: Decimal = ".",
    progress: Progress = unheard,
) -> int:
    """Write a table as CSV; returns the rows written.

    UTF-8 with a byte order mark, quotes as in RFC 4180, lines ending in CR LF; between cells a comma, with ``decimal``
    ``,`` a semicolon. ``words`` ``labels`` gives headers and codes in the reader's language and leaves out columns in
    the other one; ``codes`` gives the warehouse's names and codes and all columns. Rates and shares are fractions of 1.
    Raises duckdb.Error and OSError, and what ``progress`` raises; no file is left then.
    """
    spelling = Spelling(words, decimal, BYTE_ORDER_MARK)
    with whole_or_nothing(path) as part, opened(table.warehouse.path, part) as reading:
        facts = facts_of(reading, table, stage(progress, 0, QUERY))
        return put_rows(reading, table, facts, part, lang, spelling, stage(progress, QUERY, 1))


def write_csv_zip(
    table: Table,
    path: Path,
    lang: Lang,
    *,
    words: Words = "labels",
    decimal: Decimal = ".",
    progress: Progress = unheard,
) -> int:
    """Write the same CSV into an archive, with a README for readers and a ``datapackage.json`` for programs."""
    stem, spelling = names_of(table, lang), Spelling(words, decimal, BYTE_ORDER_MARK)
    with whole_or_nothing(path) as part, scratch(path) as data:
        with opened(table.warehouse.path, data) as reading:
            facts = facts_of(reading, table, stage(progress, 0, QUERY))
            rows = put_rows(reading, table, facts, data, lang, spelling, stage(progress, QUERY, 0.7))
        resource = file_told(stem, f"{stem}.csv", data, spelling) | described(table, facts, lang, spelling)
        about = {"name": resource["name"], "resources": [resource], "about": document(table, facts)}
        how = said("exports.note_csv", separator=spelling.separator, decimal=decimal)
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=PACKING) as archive:
            put_file(archive, data, f"{stem}.csv", stage(progress, 0.7, 1))
            text = BYTE_ORDER_MARK + readme(table, facts, lang, f"{stem}.csv", [how])
            archive.writestr(f"{stem}_README.txt", text)
            archive.writestr("datapackage.json", json.dumps(about, ensure_ascii=False, indent=1))
        progress(1, 1)
    return rows


def put_file(archive: zipfile.ZipFile, file: Path, name: str, progress: Progress = unheard) -> None:
    """Put a file of any size into an archive."""
    size, done = file.stat().st_size, 0
    with file.open("rb") as source, archive.open(name, "w", force_zip64=True) as target:
        while part := source.read(CHUNK):
            target.write(part)
            done += len(part)
            progress(done, size)


def put_rows(
    reading: Reading,
    table: Table,
    facts: Facts,
    out: Path,
    lang: Lang,
    spelling: Spelling,
    progress: Progress,
) -> int:
    """Write the rows of a table to ``out`` which the reading may write; returns how many."""
    columns = columns_told(table, lang, spelling.words)
    first = spelling.mark + _line([header(c, lang, spelling.words) for c in columns], spelling.separator)
    if not facts.rows:
        out.write_text(first, encoding="utf-8", newline="")
        progress(1, 1)
        return 0
    cells = [text_cell(c, facts.types[c.name], lang, spelling) for c in columns]
    select, asked = select_cells(cells, facts.source.source)
    # A table of one column would have an empty line where a cell is empty, which readers skip.
    quotes = ", FORCE_QUOTE *" if len(columns) == 1 else ""
    statement = (
        f"COPY ({select}) TO {literal(str(out))} (FORMAT csv, HEADER false, DELIMITER '{spelling.separator}', QUOTE '\"',"
        f" ESCAPE '\"', PREFIX ?, NEW_LINE ?, SUFFIX ?, USE_TMP_FILE false{quotes})"
    )
    parameters = [*asked, first, LINE_END, LINE_END]
    rows = copied(reading.connection, statement, parameters, out, facts.rows, progress)
    progress(facts.rows, facts.rows)
    return rows


def _line(cells: list[str], separator: str) -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter=separator, lineterminator=LINE_END).writerow(cells)
    return stream.getvalue()
