"""How long a build takes after one ward file of two thousand changed, against a build of them all.

    python -m benchmarks.incremental [--runs 3] [--quarters 8]

126 wards report on learning models and on participation, each quarter in a file of their own, as the sample has them
(1,960 files for eight quarters; fixed seed, in a temporary folder). Each run times, in processes of their own: a build
that reads everything, and builds after one figure of one file changed, checked against a full build of the same files:
the same rows in every table.
"""

from __future__ import annotations

import argparse
import csv
import platform
import random
import shutil
import statistics
import tempfile
from collections import defaultdict
from pathlib import Path

import duckdb

from benchmarks.etl import measured
from tests.serving import ROOT

_BUILD = """
from pathlib import Path
from etl.build import build
result = build(Path(sys.argv[1]), Path(sys.argv[2]), full={full})
assert not result.unchanged
"""
_FIRST_YEAR = 2025
_SEED = 42


def make_folder(data: Path, quarters: int) -> list[Path]:
    """A data folder with the project's own tables and one file a ward, quarter and report; the ward files."""
    for part in ("reference", "published", "boundaries"):
        if (ROOT / "data" / part).is_dir():
            shutil.copytree(ROOT / "data" / part, data / part)
    chance = random.Random(_SEED)
    made = []
    for table in ("learning_models", "participation"):
        with (ROOT / "data" / "sample" / table / "2026-Q2.csv").open(encoding="utf-8", newline="") as stream:
            rows = csv.DictReader(stream)
            header = list(rows.fieldnames or [])
            wards = defaultdict(list)
            for row in rows:
                wards[row["unit_code"]].append(row)
        for number in range(2, 2 + quarters):  # from the third quarter of 2025 on, as wards came into being
            period = f"{_FIRST_YEAR + number // 4}-Q{number % 4 + 1}"
            for code, reported in wards.items():
                path = data / "reports" / period / f"{table}-{code}.csv"
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("w", encoding="utf-8", newline="") as stream:
                    writer = csv.DictWriter(stream, header, lineterminator="\n")
                    writer.writeheader()
                    writer.writerows(_another(row, period, chance) for row in reported)
                made.append(path)
    return made


def _another(row: dict[str, str], period: str, chance: random.Random) -> dict[str, str]:
    part = "recognised" if "recognised" in row else "numerator"
    less = str(int(int(row[part]) * chance.uniform(0.9, 1))) if row[part] else ""
    return row | {"period": period, "reported_on": "", part: less}


def change_one(path: Path) -> None:
    """Make the first figure of a file smaller by one, so that every rule still holds."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    part = "recognised" if "recognised" in rows[0] else "numerator"
    row = next(row for row in rows if row[part] and int(row[part]) > 0)
    row[part] = str(int(row[part]) - 1)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def differences(one: Path, other: Path) -> list[str]:
    """Tables of the published builds of two warehouse folders that do not hold the same rows."""
    with duckdb.connect() as con:
        for name, folder in (("one", one), ("other", other)):
            build_id = (folder / "CURRENT").read_text(encoding="utf-8").strip()
            con.execute(f"ATTACH '{folder / build_id}.duckdb' AS {name} (READ_ONLY)")
        tables = "SELECT table_name FROM duckdb_tables() WHERE database_name = ? ORDER BY 1"
        names = [name for (name,) in con.execute(tables, ["one"]).fetchall()]
        if names != [name for (name,) in con.execute(tables, ["other"]).fetchall()]:
            return ["(other tables)"]
        found = []
        for name in names:
            columns = "* EXCLUDE (built_at)" if name == "build" else "*"
            pair = [f"SELECT {columns} FROM {database}.{name}" for database in ("one", "other")]
            both = f"SELECT count(*) FROM (({pair[0]} EXCEPT ALL {pair[1]}) UNION ALL ({pair[1]} EXCEPT ALL {pair[0]}))"
            if con.execute(both).fetchone() != (0,):
                found.append(name)
        return found


def main() -> int:
    """Print one Markdown table row per run; returns 1 where a build differs from a full one."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--quarters", type=int, default=8)
    args = parser.parse_args()
    ratios, different = [], []
    with tempfile.TemporaryDirectory() as scratch:
        data, kept, again = Path(scratch) / "data", Path(scratch) / "kept", Path(scratch) / "again"
        files = make_folder(data, args.quarters)
        print(
            f"{len(files)} files, {sum(f.stat().st_size for f in files) / 1e6:.1f} MB; {platform.machine()}, Python {platform.python_version()}, DuckDB {duckdb.__version__}"
        )
        measured(_BUILD.format(full=False), str(data), str(kept))
        print("| run | all files, s | one file changed, s | ratio |\n|---|---|---|---|")
        for run in range(1, args.runs + 1):
            change_one(files[run * 97 % len(files)])
            one = measured(_BUILD.format(full=False), str(data), str(kept))
            whole = measured(_BUILD.format(full=True), str(data), str(again))
            ratios.append(one["seconds"] / whole["seconds"])
            print(f"| {run} | {whole['seconds']:.1f} | {one['seconds']:.2f} | {ratios[-1]:.3f} |", flush=True)
            different += differences(kept, again)
    print(f"median ratio {statistics.median(ratios):.3f}")
    print(f"differing tables: {', '.join(different) or 'none'}")
    return 1 if different else 0


if __name__ == "__main__":
    raise SystemExit(main())
