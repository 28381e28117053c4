"""The OpenAPI description holds: schemathesis makes requests from it, right and wrong ones, and checks the answers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.api.conftest import Programs


def test_schemathesis_finds_no_answer_that_the_description_does_not_promise(
    ask: Programs, tmp_path: Path
) -> None:
    run = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", f"{ask.url}/api/v1/openapi.json", "--no-color"),
            *("--phases", "examples,coverage,fuzzing", "--max-examples", "3", "--generation-deterministic"),
            *("--include-method", "GET"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
    assert "No issues found" in run.stdout
