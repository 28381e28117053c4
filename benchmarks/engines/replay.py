"""One engine's answers to everything, in a process and an environment of its own.

    python -m benchmarks.engines.replay --engine duckdb|ducklake --warehouse DIR --calls FILE --answers FILE

The file of calls is made by the first run, from what screens, programs, exports and analysts ask; the others read it.
"""

from __future__ import annotations

import argparse
import importlib
import pickle
import sys
import time
from pathlib import Path
from typing import Any


def use(engine: str) -> None:
    """Let ``queries.engine`` be another module from here on; nothing may have imported it before."""
    if engine == "ducklake":
        import queries

        other = importlib.import_module("benchmarks.engines.engine_ducklake")
        sys.modules["queries.engine"] = other
        queries.engine = other


def answer(ask: Any) -> Any:
    """The answer as plain data, or what went wrong."""
    from benchmarks.engines.recording import plain

    try:
        return plain(ask())
    except Exception as error:
        return ("error", type(error).__name__, str(error)[:300])


def timed(w: Any, ask: Any) -> tuple[Any, float]:
    """The answer and how many ms it took, nothing remembered from before."""
    w._memory.clear()
    start = time.perf_counter()
    found = answer(ask)
    return found, 1000 * (time.perf_counter() - start)


def run(engine: str, folder: Path, calls_file: Path, only_calls: bool) -> dict[str, Any]:
    use(engine)
    from benchmarks.engines.recording import Recorder, public_functions
    from benchmarks.engines.visits import visits

    public = public_functions()
    recorder = None if calls_file.exists() else Recorder()
    if recorder:
        recorder.install()
    seen: dict[str, tuple[Any, float]] = {}
    for name, visit in () if only_calls else visits(folder):
        start = time.perf_counter()
        seen[name] = (answer(visit), 1000 * (time.perf_counter() - start))
    if recorder:
        kept = (list(recorder.calls.values()), list(recorder.statements.values()), recorder.unkept)
        calls_file.write_bytes(pickle.dumps(kept))
    calls, statements, unkept = pickle.loads(calls_file.read_bytes())
    import duckdb

    from queries.warehouse import current_warehouse

    w = current_warehouse(folder)
    functions = [
        timed(w, lambda f=public[module, name], args=args, kwargs=kwargs: f(w, *args, **kwargs))
        for module, name, args, kwargs in calls
    ]
    return {
        "version": duckdb.__version__,
        "visits": seen,
        "calls": functions,
        "statements": [timed(w, lambda sql=sql, values=values: w.rows(sql, *values)) for sql, values in statements],
        "public": sorted(public),
        "unkept": sorted(unkept),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", choices=("duckdb", "ducklake"), required=True)
    parser.add_argument("--warehouse", type=Path, required=True)
    parser.add_argument("--calls", type=Path, required=True)
    parser.add_argument("--answers", type=Path, required=True)
    parser.add_argument("--only-calls", action="store_true", help="no visits")
    args = parser.parse_args()
    found = run(args.engine, args.warehouse.resolve(), args.calls, args.only_calls)
    args.answers.write_bytes(pickle.dumps(found))


if __name__ == "__main__":
    main()
