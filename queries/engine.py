"""The engine that answers: the one module that changes where the warehouse moves to another engine.

Everything else in ``queries`` hands SQL and bound parameters to what ``connect`` returns.
"""

from __future__ import annotations

from pathlib import Path

import duckdb


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """One published build, opened read-only. Cursors of the connection serve threads side by side."""
    return duckdb.connect(str(path), read_only=True)
