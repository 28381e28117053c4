"""What is published: the build, its files, and which kinds of figures a period has."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from queries.warehouse import Warehouse, recent, remembered


@remembered
def build_summary(w: Warehouse) -> dict[str, Any]:
    """The one row of ``build``: id, time, files and rows in = kept + rejected + duplicate."""
    return w.row("SELECT * FROM build") or {}


@recent
def build_files(w: Warehouse) -> pd.DataFrame:
    """One row an input file of the build with its accounts."""
    return w.frame(
        "SELECT file, table_name, status, rows_in, rows_kept, rows_rejected, rows_duplicate, sha256"
        " FROM build_file ORDER BY file"
    )


def rejects(w: Warehouse, limit: int = 500) -> pd.DataFrame:
    """Rows that were refused, with the reason in both languages, at most ``limit``."""
    return w.frame(
        "SELECT file, line, column_name, value, reason_vi, reason_en FROM reject ORDER BY file, line LIMIT ?",
        limit,
    )


@remembered
def statuses_by_table(w: Warehouse, period_end: dt.date) -> dict[str, set[str]]:
    """Which statuses the office tables have for a period: learning_models, participation; schools of that school year."""
    rows = w.rows(
        """
        SELECT CASE WHEN indicator_id LIKE 'model.%' THEN 'learning_models' ELSE 'participation' END AS what, status
        FROM observation_area
        WHERE period_end = ? AND area_kind = 'city' AND (indicator_id LIKE 'model.%' OR indicator_id LIKE 'participation.%')
        GROUP BY ALL
        UNION ALL
        SELECT 'schools', status FROM school WHERE as_of = (SELECT max(as_of) FROM school) GROUP BY ALL
        """,
        period_end,
    )
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["what"], set()).add(row["status"])
    return found
