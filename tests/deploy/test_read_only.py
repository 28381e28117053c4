"""A server whose builds are mounted read-only shows them, follows CURRENT, and writes nothing there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import ROOT

ASK = """
import sys
from pathlib import Path
from queries.warehouse import answering, current_warehouse
from queries.status import rejects
folder = Path(sys.argv[1])
print(answering(folder), len(rejects(current_warehouse(folder))))
"""


BOUND = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
"""Root passes over permissions; without these two capabilities it does not."""


def as_reader(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python with no more rights than the folders' permissions give."""
    before: tuple[str, ...] = ()
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None or subprocess.run([*BOUND, "true"], check=False).returncode:
            pytest.skip("root passes over permissions, and setpriv is not here to stop it")
        before = BOUND
    return subprocess.run(
        [*before, sys.executable, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def sealed(warehouse_one_row: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the builds without permission to write."""
    folder = tmp_path / "builds"
    shutil.copytree(warehouse_one_row, folder)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield folder
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755)


def listed(folder: Path) -> dict[str, tuple[int, int]]:
    return {p.name: (p.stat().st_mtime_ns, p.stat().st_size) for p in folder.rglob("*")}


def test_builds_are_read_where_nothing_can_be_written(sealed: Path) -> None:
    before = listed(sealed)
    done = as_reader("-c", ASK, str(sealed))
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[0] == (sealed / "CURRENT").read_text(encoding="utf-8").strip()
    assert listed(sealed) == before


def test_building_there_is_refused_in_words(sealed: Path) -> None:
    before = listed(sealed)
    done = as_reader("-m", "etl", "build", "--out", str(sealed))
    assert done.returncode == 2, done.stderr
    assert "the warehouse folder cannot be written" in done.stdout + done.stderr
    assert listed(sealed) == before
