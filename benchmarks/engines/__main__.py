"""The whole dashboard on another engine: do screens, programs, exports and analysts get the same answers?

    python -m benchmarks.engines [--venv DIR] [--warehouse DIR] [--catalog sqlite|duckdb] [--postgres DSN]

The other engine is DuckLake 1.5.5 with DuckDB 1.5.5, in an environment of its own (requirements.txt here). The published
build is copied into a lake; ``queries/engine.py`` gives way to ``engine_ducklake.py``; nothing else changes. What is asked
is not listed by hand: it is recorded while visits.py opens screens, asks the interface, writes files and runs queries.
Each function and each statement that was recorded then runs on both engines. Exit 1 where an answer differs.
"""

from __future__ import annotations

import argparse
import json
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.engines.compare import difference, rows_difference
from benchmarks.engines.lake import lay_out
from benchmarks.engines.readers import beside_a_writer
from benchmarks.engines.visits import WARD
from tests.serving import ROOT

HERE = Path(__file__).resolve().parent
CATALOGS = {"sqlite": "sqlite:lake.sqlite", "duckdb": "duckdb:lake.db"}
KINDS = {
    "screen": "screens", "api": "answers to programs", "csv": "tables as CSV", "the": "the warehouse as one file",
    "document": "documents made", "sql": "queries of analysts",
}  # fmt: skip


def environment(folder: Path) -> Path:
    """The other environment's Python; made where there is none."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        own = str(HERE / "requirements.txt")
        subprocess.run(
            [
                str(Path(sys.executable).parent / "uv"), "pip", "install", "--quiet", "--no-verify-hashes", "--python", str(python),
                "-r", str(ROOT / "requirements.txt"), "-r", own, "--override", own,
            ],
            check=True,
        )  # fmt: skip
    return python


def asked(python: Path | str, engine: str, folder: Path, work: Path, name: str, *more: str) -> dict[str, Any]:
    """All answers of one engine."""
    out = work / name
    with (work / f"{name}.log").open("w") as log:
        subprocess.run(
            [
                str(python), "-m", "benchmarks.engines.replay", "--engine", engine, "--warehouse", str(folder),
                "--calls", str(work / "calls"), "--answers", str(out), *more,
            ],
            cwd=ROOT, stdout=log, stderr=log, check=True,
        )  # fmt: skip
    answers: dict[str, Any] = pickle.loads(out.read_bytes())
    return answers


def copied(python: Path, laid: Path, folder: Path, catalog: str) -> float:
    """Put a laid-out build into a new lake; returns the seconds that it took."""
    done = subprocess.run(
        [str(python), "-m", "benchmarks.engines.lake", str(laid), str(folder), catalog],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return float(json.loads(done.stdout)["seconds"])


def size(paths: Iterable[Path]) -> float:
    """MiB of files."""
    return sum(path.stat().st_size for path in paths if path.is_file()) / 2**20


def functions_table(
    calls: list[Any], ours: dict[str, Any], theirs: dict[str, Any], file: dict[str, Any]
) -> int:
    """A line for each function; returns how many differ."""
    lines: dict[str, list[Any]] = {}
    for n, (module, name, args, kwargs) in enumerate(calls):
        line = lines.setdefault(f"{module}.{name}", [0, [], 0.0, 0.0, 0.0])
        found = difference(ours["calls"][n][0], theirs["calls"][n][0])
        line[0] += 1
        line[1] += [f"{found} for {args} {kwargs}"] if found else []
        for place, answers in enumerate((ours, file, theirs), start=2):
            line[place] += answers["calls"][n][1]
    print(
        "| function of queries/ | calls | answers | DuckDB 2.0, ms | DuckDB 1.5 on a file, ms | DuckLake, ms |"
    )
    print("|---|---:|---|---:|---:|---:|")
    for name, (count, faults, *ms) in sorted(lines.items()):
        times = " | ".join(f"{each / count:.1f}" for each in ms)
        print(f"| {name} | {count} | {faults[0][:300] if faults else 'equal'} | {times} |")
    missed = [f"{module}.{name}" for module, name in ours["public"] if f"{module}.{name}" not in lines]
    print(f"\nNot called by any visit from outside queries/: {', '.join(missed) or 'none'}.\n")
    return sum(bool(faults) for _, faults, *_ in lines.values())


def summary(calls: list[Any], statements: list[Any], ours: dict[str, Any], theirs: dict[str, Any], file: dict[str, Any]) -> int:  # fmt: skip
    """A line for each kind of thing asked; returns how many answers differ."""
    print(
        "| what | how many | differ | DuckDB 2.0, ms each | DuckDB 1.5 on a file, ms each | DuckLake, ms each |"
    )
    print("|---|---:|---:|---:|---:|---:|")
    faults: list[str] = []

    def line(what: str, found: list[str], times: list[list[float]]) -> None:
        each = " | ".join(f"{sum(ms) / len(ms):.1f}" if ms else "" for ms in times)
        print(f"| {what} | {len(times[0])} | {len(found)} | {each} |")
        faults.extend(f"{what}: {text}" for text in found)

    pairs = zip(statements, ours["statements"], theirs["statements"], strict=True)
    found = [f"{sql.strip()} {values}: {text}" for (sql, values), a, b in pairs if (text := rows_difference(sql, a[0], b[0]))]  # fmt: skip
    line("statements of SQL", found, [[ms for _, ms in answers["statements"]] for answers in (ours, file, theirs)])  # fmt: skip
    ward = [n for n, call in enumerate(calls) if WARD in repr(call)]
    line("questions about one ward", [], [[answers["calls"][n][1] for n in ward] for answers in (ours, file, theirs)])  # fmt: skip
    for start, what in KINDS.items():
        names = [name for name in ours["visits"] if name.startswith(start)]
        found = [f"{name}: {text}" for name in names if (text := difference(ours["visits"][name][0], theirs["visits"][name][0]))]  # fmt: skip
        times = [[answers["visits"][name][1] for name in names] for answers in (ours, theirs)]
        line(what, found, [times[0], [], times[1]])
    for fault in faults:
        print(f"\n- {fault[:1000]}")
    return len(faults)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--venv", type=Path, default=Path(tempfile.gettempdir()) / "learning-city-engines")
    parser.add_argument("--warehouse", type=Path, default=ROOT / "data" / "warehouse")
    parser.add_argument("--catalog", choices=CATALOGS, default="sqlite")
    parser.add_argument("--work", type=Path, help="an empty folder that keeps lake and answers")
    parser.add_argument("--postgres", metavar="DSN", help="an empty PostgreSQL database as a third catalog for the readers")  # fmt: skip
    args = parser.parse_args()
    python = environment(args.venv)
    build_id = (args.warehouse / "CURRENT").read_text(encoding="utf-8").strip()
    build = args.warehouse / f"{build_id}.duckdb"
    with tempfile.TemporaryDirectory() as name:
        work = args.work or Path(name)
        start = time.perf_counter()
        lay_out(build, work / "laid")
        laid = time.perf_counter() - start
        lake, catalog = work / "lake", CATALOGS[args.catalog]
        loaded = copied(python, work / "laid", lake, catalog)
        print(
            f"Build {build_id}: {size([build]):.1f} MiB as a file; in the lake {size((lake / 'data').rglob('*')):.1f} MiB of Parquet"
        )
        print(
            f"and {size(lake.glob('lake.*')):.1f} MiB of catalog ({args.catalog}). Copying: {laid:.1f} s out, {loaded:.1f} s in.\n"
        )
        ours = asked(sys.executable, "duckdb", args.warehouse, work, "ours")
        theirs = asked(python, "ducklake", lake, work, "theirs")
        subprocess.run([str(python), "-m", "benchmarks.engines.lake", "--save", str(lake), str(work / "file")], cwd=ROOT, check=True)  # fmt: skip
        file = asked(python, "duckdb", work / "file", work, "on-file", "--only-calls")
        calls, statements, _ = pickle.loads((work / "calls").read_bytes())
        print(f"DuckDB {ours['version']} on a file; DuckDB {theirs['version']} with DuckLake.\n")
        faults = functions_table(calls, ours, theirs, file) + summary(calls, statements, ours, theirs, file)
        print("\nTwo readers while another build is committed:\n")
        postgres = {"postgres": f"postgres:{args.postgres}"} if args.postgres else {}
        for kind, place in (CATALOGS | postgres).items():
            if kind != args.catalog:
                copied(python, work / "laid", work / kind, place)
            folder = lake if kind == args.catalog else work / kind
            print(
                f"- catalog {kind}: {json.dumps(beside_a_writer(python, ROOT, work / 'laid', folder, place))}"
            )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
