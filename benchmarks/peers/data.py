"""The rows that all of them draw: what units reported on each model and period, as a file of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from queries.warehouse import current_warehouse

PEER_GROUP = "phuong_core"
"""The dashboard's ranking begins with this group of alike wards, so the others rank it too."""
MODELS = ("family", "clan", "community", "unit", "citizen_resident")
"""Models whose wards have rates; the first is what each screen opens with."""

# One row a model, unit and period. Figures that documents give of the whole city have no units and are left out.
REPORTS = """
    SELECT m.name_vi AS model, o.period_end, u.name_vi AS unit, u.level, g.peer_group,
           max(o.value) FILTER (i.basis_or_count = 'total') AS total,
           max(o.value) FILTER (i.basis_or_count = 'registered') AS registered,
           max(o.value) FILTER (i.basis_or_count = 'recognised') AS recognised,
           recognised / total AS rate
    FROM observation AS o
    JOIN (
        SELECT indicator_id, model, split_part(indicator_id, '.', 3) AS basis_or_count FROM indicator
    ) AS i USING (indicator_id)
    JOIN learning_model AS m USING (model)
    JOIN unit AS u USING (unit_key)
    LEFT JOIN unit_peer_group AS g USING (unit_key)
    WHERE o.status <> 'published' AND list_contains(?, m.model)
    GROUP BY ALL
    HAVING total IS NOT NULL
    ORDER BY list_position(?, any_value(m.model)), o.period_end, unit
"""
# The same counts, one row a count: the form in which Superset draws a funnel.
STEPS = """
    SELECT model, period_end, unit, step, n
    FROM (UNPIVOT reports ON total, registered, recognised INTO NAME step VALUE n)
"""


@dataclass(frozen=True)
class Rows:
    """What the others are given: the files, the models' names in order, and the last period reported on."""

    csv: Path
    database: Path
    models: tuple[str, ...]
    period: str
    count: int


def export(warehouse: Path, folder: Path) -> Rows:
    """Write the rows of the published build as CSV and as a DuckDB file of two tables."""
    reports = current_warehouse(warehouse).frame(REPORTS, list(MODELS), list(MODELS))
    csv, database = folder / "reports.csv", folder / "reports.duckdb"
    database.unlink(missing_ok=True)
    reports.to_csv(csv, index=False)
    with duckdb.connect(database) as connection:
        connection.register("frame", reports)
        connection.execute(
            "CREATE TABLE reports AS SELECT * REPLACE (period_end::DATE AS period_end) FROM frame"
        )
        connection.execute(f"CREATE TABLE steps AS {STEPS}")
    models = tuple(str(name) for name in reports["model"].unique())
    return Rows(csv, database, models, f"{reports['period_end'].max():%Y-%m-%d}", len(reports))
