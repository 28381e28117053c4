"""The warehouse itself as a file: everything, for those who have DuckDB."""

from __future__ import annotations

from pathlib import Path

from exports.files import Progress, unheard, whole_or_nothing
from exports.names import file_stem
from exports.text import said, same
from i18n import Lang
from queries import engine
from queries.warehouse import Warehouse


def warehouse_name(w: Warehouse, lang: Lang) -> str:
    """An ASCII name for the file: what it is, and the build."""
    parts = (said("exports.file_start"), said("exports.name_warehouse"), same(w.build_id))
    return file_stem(part.of(lang) for part in parts) + ".duckdb"


def write_warehouse(w: Warehouse, path: Path, *, progress: Progress = unheard) -> int:
    """Copy the file of a build, which never changes; returns its bytes. Raises OSError; no file is left then."""
    with whole_or_nothing(path) as part:
        return engine.save(w.path, part, progress)
