"""Two readers while a new build is committed: each asks again and again and notes what it got.

    python -m benchmarks.engines.readers FOLDER SECONDS

runs one reader in DuckLake's environment and prints one JSON object: answers by build, errors, the slowest answer.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

SECONDS = 20.0
BEFORE = 4.0
"""Seconds in which readers ask before the writer starts."""
ASKED = "SELECT (SELECT build_id FROM build) AS build_id, (SELECT count(*) FROM observation) AS figures"


def read(folder: Path, seconds: float) -> dict[str, Any]:
    """Ask the current build until time is over."""
    from benchmarks.engines.replay import use

    use("ducklake")
    from queries.warehouse import current_warehouse

    answers: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    slowest, until = 0.0, time.monotonic() + seconds
    while time.monotonic() < until:
        start = time.perf_counter()
        try:
            w = current_warehouse(folder)
            row = w.rows(ASKED)[0]
            answers[row["build_id"]] += 1
            if row["build_id"] != w.build_id:
                errors["figures of another build than the one opened"] += 1
        except Exception as error:
            errors[f"{type(error).__name__}: {str(error)[:120]}"] += 1
            time.sleep(0.05)
        slowest = max(slowest, time.perf_counter() - start)
    return {"answers": dict(answers), "errors": dict(errors), "slowest_ms": round(1000 * slowest)}


def beside_a_writer(python: Path, root: Path, laid: Path, folder: Path, catalog: str) -> dict[str, Any]:
    """Two readers of a lake in processes of their own, and after some seconds a writer that commits another build."""
    asked = [str(python), "-m", "benchmarks.engines.readers", str(folder), str(SECONDS)]
    readers = [subprocess.Popen(asked, cwd=root, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    time.sleep(BEFORE)
    writer = subprocess.run(
        [str(python), "-m", "benchmarks.engines.lake", str(laid), str(folder), catalog, "b_second"],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    told = json.loads(writer.stdout) if writer.returncode == 0 else writer.stderr.strip().splitlines()[-1]
    return {"writer": told, "readers": [json.loads(reader.communicate()[0]) for reader in readers]}


if __name__ == "__main__":
    print(json.dumps(read(Path(sys.argv[1]), float(sys.argv[2]))))
