"""A country's worth of reports: how long the build takes and how much memory, against DuckDB's own load of the files.

    python -m benchmarks.national [--runs 3]
    python -m benchmarks.national --keep FOLDER     make the data and the build there, for benchmarks of the screens

3,321 wards of today (Hà Nội's own 126 and others made up, all below the one city, as the screens ask) × 60 months ×
50 indicators: 9,963,000 figures, in a file a month for participation (30 codes) and for learning models (3), and a
register of 45,000 schools. The figures are illustrative, made by hashing (always the same), and lie in a scratch folder
only. Hà Nội's own reference tables, published figures and half-yearly sample of the former districts stay.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import statistics
import tempfile
from pathlib import Path

import duckdb

from benchmarks.etl import measured
from tests.serving import ROOT

WARDS, MONTHS, SCHOOLS = 3321, 60, 45_000
MODELS = ("citizen_resident", "citizen_staff", "family")
_COPIES = 2
"""How often each report code without a count of its own is repeated, so that there are fifty indicators."""

_UNITS = """
COPY (
    SELECT * FROM unit UNION ALL BY NAME
    SELECT code || '@2025-07-01' AS unit_key, code, kind || ' Minh họa ' || code AS name_vi, 'Minh họa ' || code AS short_name_vi,
           'Illustrative ward ' || code AS name_en, 'ward' AS level, CASE kind WHEN 'Phường' THEN 'phuong' ELSE 'xa' END AS type,
           '01' AS parent_key, (SELECT min(unit_key) FROM unit WHERE level = 'district') AS main_district_key,
           '2025-07-01' AS valid_from, round(20.6 + (n % 80) / 100, 5)::VARCHAR AS lat, round(105.3 + (n % 70) / 100, 5)::VARCHAR AS lon,
           round(3 + hash(n, 'area') % 4000 / 100, 2)::VARCHAR AS area_km2, (6000 + hash(n, 'people') % 40000)::VARCHAR AS population,
           '2025' AS population_as_of, (SELECT any_value(source_id) FROM unit WHERE code = '01') AS source_id
    FROM (SELECT n, (20000 + n)::VARCHAR AS code, CASE WHEN hash(n) % 4 = 0 THEN 'Phường' ELSE 'Xã' END AS kind FROM range({new}) AS t (n))
) TO '{reference}/unit.csv' (HEADER)
"""
_CELLS = """
COPY (
    SELECT * FROM read_csv('{reference}/hex_cell.csv', all_varchar = true) UNION ALL BY NAME
    SELECT (20000 + n) || '@2025-07-01' AS unit_key, (30 + n % 60 - n // 60 // 2)::VARCHAR AS q, (n // 60)::VARCHAR AS r,
           (30 + n % 60 - n // 60 // 2 + (n // 60) / 2)::VARCHAR AS x, (n // 60 * 0.8660254)::VARCHAR AS y, 'own-hex-layout' AS source_id
    FROM range({new}) AS t (n)
) TO '{reference}/hex_cell.csv.new' (HEADER)
"""
_INDICATORS = """
COPY (
    SELECT * FROM indicator UNION ALL
    SELECT * EXCLUDE (k) REPLACE (report_code || '_x' || k AS report_code, indicator_id || '_x' || k AS indicator_id,
                      name_vi || ' (' || k || ')' AS name_vi, name_en || ' (' || k || ')' AS name_en,
                      (position::INTEGER + 10000 * k)::VARCHAR AS position)
    FROM indicator CROSS JOIN range(1, {copies} + 1) AS copy (k)
    WHERE report_code IS NOT NULL AND numerator_indicator_id IS NULL
) TO '{reference}/indicator.csv' (HEADER)
"""
_MODELS = """
COPY (
    SELECT '{month}' AS period, code AS unit_code, name_vi AS unit_name, model, total,
           (total * (0.60 + {n} * 0.004))::BIGINT + {n} + hash(code, model) % 40 AS registered,
           (total * (0.40 + {n} * 0.004))::BIGINT + {n} + hash(code, model, {n}) % 40 AS recognised,
           '{sent}' AS reported_on, 'Số liệu minh họa' AS note
    FROM (SELECT *, CASE model WHEN 'family' THEN people // 4 WHEN 'citizen_staff' THEN people // 20 + 1000 ELSE people * 7 // 10 END AS total
          FROM ward, (SELECT unnest({models}) AS model))
    ORDER BY code, model
) TO '{folder}/learning_models/{month}.csv' (HEADER)
"""
_PARTICIPATION = """
COPY (
    SELECT '{month}' AS period, code AS unit_code, name_vi AS unit_name, report_code AS indicator,
           (base * (0.50 + hash(report_code) % 20 / 100 + {n} * 0.003))::BIGINT + hash(code, report_code, {n}) % 30 AS numerator,
           CASE WHEN kind = 'rate' THEN base + {n} END AS denominator, '{sent}' AS reported_on, 'Số liệu minh họa' AS note
    FROM (SELECT *, 200 + people // 10 + hash(code, report_code) % 500 AS base FROM ward, code_of)
    ORDER BY code, report_code
) TO '{folder}/participation/{month}.csv' (HEADER)
"""
_SCHOOLS = """
COPY (
    SELECT '2025-09-30' AS as_of, 'MH-' || n AS school_code, 'Trường minh họa số ' || n AS school_name,
           ['preschool', 'primary', 'lower_secondary', 'upper_secondary'][1 + n % 4] AS level,
           CASE WHEN hash(n) % 5 = 0 THEN 'private' ELSE 'public' END AS ownership, code AS unit_code,
           10 + hash(n, 'c') % 30 AS classes, 200 + hash(n, 'p') % 1200 AS pupils, 15 + hash(n, 't') % 60 AS teachers,
           hash(n, 's') % 10 < 6 AS national_standard, hash(n, 'h') % 10 < 3 AS happy_school,
           round(20.6 + hash(n, 'y') % 80000 / 100000, 5) AS lat, round(105.3 + hash(n, 'x') % 70000 / 100000, 5) AS lon
    FROM range({schools}) AS t (n)
    JOIN (SELECT code, row_number() OVER (ORDER BY code) - 1 AS place FROM ward) AS w ON w.place = n % {wards}
    ORDER BY n
) TO '{folder}/schools/2025-09-30.csv' (HEADER)
"""
_LOAD = """
import duckdb
con = duckdb.connect(sys.argv[2])
unit = "'period': 'VARCHAR', 'unit_code': 'VARCHAR', 'unit_name': 'VARCHAR', "
last = "'reported_on': 'DATE', 'note': 'VARCHAR'"
for table, columns in {
    "participation": unit + "'indicator': 'VARCHAR', 'numerator': 'BIGINT', 'denominator': 'BIGINT', " + last,
    "learning_models": unit + "'model': 'VARCHAR', 'total': 'BIGINT', 'registered': 'BIGINT', 'recognised': 'BIGINT', " + last,
    "schools": "'as_of': 'DATE', 'school_code': 'VARCHAR', 'school_name': 'VARCHAR', 'level': 'VARCHAR', 'ownership': 'VARCHAR', "
    "'unit_code': 'VARCHAR', 'classes': 'BIGINT', 'pupils': 'BIGINT', 'teachers': 'BIGINT', 'national_standard': 'BOOLEAN', "
    "'happy_school': 'BOOLEAN', 'lat': 'DOUBLE', 'lon': 'DOUBLE'",
}.items():
    con.execute("create table " + table + " as select * from read_csv(?, header = true, columns = {" + columns + "})",
                [sys.argv[1] + "/sample/" + table + "/*.csv"])
con.execute("checkpoint")
con.close()
"""
_BUILD = """
from pathlib import Path
from etl.build import build
result = build(Path(sys.argv[1]), Path(sys.argv[2]), full=True)
assert result.rejected == 0, result.rejected
"""


def make_folder(data: Path) -> None:
    """A data folder of national size."""
    for part in ("reference", "published", "boundaries"):
        if (ROOT / "data" / part).is_dir():
            shutil.copytree(ROOT / "data" / part, data / part)
    reference, folder = data / "reference", data / "sample"
    for table in ("learning_models", "participation", "schools"):
        (folder / table).mkdir(parents=True)
        for path in (ROOT / "data" / "sample" / table).glob("*-H*.csv"):
            shutil.copy(path, folder / table / path.name)
    with duckdb.connect() as con:
        for table in ("unit", "indicator"):
            con.execute(
                f"CREATE TABLE {table} AS SELECT * FROM read_csv('{reference}/{table}.csv', all_varchar = true)"
            )
        today = con.execute(
            "SELECT count(*) FROM unit WHERE level = 'ward' AND valid_to IS NULL"
        ).fetchone() or (0,)
        words = {"reference": reference, "new": WARDS - today[0], "copies": _COPIES}
        con.execute(_UNITS.format_map(words))
        con.execute(_CELLS.format_map(words))
        (reference / "hex_cell.csv.new").replace(reference / "hex_cell.csv")
        con.execute(_INDICATORS.format_map(words))
        con.execute(
            f"CREATE TABLE ward AS SELECT code, name_vi, population::BIGINT AS people"
            f" FROM read_csv('{reference}/unit.csv', all_varchar = true) WHERE level = 'ward' AND valid_to IS NULL"
        )
        con.execute(
            f"CREATE TABLE code_of AS SELECT report_code, kind FROM read_csv('{reference}/indicator.csv', all_varchar = true)"
            " WHERE report_code IS NOT NULL"
        )
        for n in range(MONTHS):
            month, after = ((2025 + (6 + m) // 12, (6 + m) % 12 + 1) for m in (n, n + 1))
            rest = {
                "month": f"{month[0]}-{month[1]:02}", "sent": f"{after[0]}-{after[1]:02}-10", "n": n,
                "folder": folder, "models": list(MODELS),
            }  # fmt: skip
            con.execute(_MODELS.format_map(rest))
            con.execute(_PARTICIPATION.format_map(rest))
        con.execute(_SCHOOLS.format(schools=SCHOOLS, wards=WARDS, folder=folder))


def main() -> None:
    """Print one Markdown table row per run and the median of the ratios, or keep a build."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    args = parser.parse_args()
    if args.keep:
        make_folder(args.keep / "data")
        print(measured(_BUILD, str(args.keep / "data"), str(args.keep / "warehouse")))
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        make_folder(folder / "data")
        files = list((folder / "data" / "sample").rglob("*.csv"))
        print(
            f"{len(files)} files, {sum(f.stat().st_size for f in files) / 1e6:.0f} MB; {platform.machine()}, Python {platform.python_version()}, DuckDB {duckdb.__version__}"
        )
        print(
            "| run | DuckDB's own, s | build, s | ratio | peak of the build, MiB |\n|---|---:|---:|---:|---:|"
        )
        ratios = []
        for run in range(1, args.runs + 1):
            plain = measured(_LOAD, str(folder / "data"), str(folder / "plain.duckdb"))
            (folder / "plain.duckdb").unlink()
            whole = measured(_BUILD, str(folder / "data"), str(folder / "warehouse"))
            shutil.rmtree(folder / "warehouse")
            ratios.append(whole["seconds"] / plain["seconds"])
            print(
                f"| {run} | {plain['seconds']:.1f} | {whole['seconds']:.1f} | {ratios[-1]:.2f} | {whole['peak_mib']:.0f} |",
                flush=True,
            )
        print(f"median ratio {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
