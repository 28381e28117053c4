"""A warehouse with outlines that are easy to draw: every ward a square around its centre."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb

HALF = 0.01
CORNERS = ((-HALF, -HALF), (HALF, -HALF), (HALF, HALF), (-HALF, HALF), (-HALF, -HALF))


def with_outlines(warehouse: Path, folder: Path, missing: int = 0) -> Path:
    """A copy of a warehouse in which all wards but the first so many have an outline. It is a build of its own."""
    own = f"outlined{missing}"
    name = (warehouse / "CURRENT").read_text(encoding="utf-8").strip()
    shutil.copy(warehouse / f"{name}.duckdb", folder / f"{own}.duckdb")
    (folder / "CURRENT").write_text(own, encoding="utf-8")
    with duckdb.connect(str(folder / f"{own}.duckdb")) as connection:
        connection.execute("UPDATE build SET build_id = ?", [own])  # panels are kept by it
        connection.execute("DELETE FROM unit_shape WHERE kind = 'boundary'")
        rows = connection.execute(
            "SELECT unit_key, lon, lat FROM unit WHERE level = 'ward' AND valid_to IS NULL ORDER BY unit_key"
        ).fetchall()
        for key, lon, lat in rows[missing:]:
            square = {"type": "Polygon", "coordinates": [[[lon + x, lat + y] for x, y in CORNERS]]}
            connection.execute(
                "INSERT INTO unit_shape VALUES (?, 'boundary', ?, NULL)", [key, json.dumps(square)]
            )
    return folder
