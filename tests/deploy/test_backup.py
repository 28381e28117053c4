"""What is saved can be put back, whole, and a damaged archive is not."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from etl.build import build
from etl.publish import current_build_id
from queries.warehouse import answering
from tests.conftest import reference_and_one_row
from tests.serving import ROOT

BASH = shutil.which("bash")
pytestmark = pytest.mark.skipif(
    BASH is None or shutil.which("flock") is None, reason="bash and flock are not here"
)


def run(script: str, *arguments: Path) -> subprocess.CompletedProcess[str]:
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.endswith("_DIR") and name != "ACCESS_FILE"
    }
    command = [str(ROOT / "deploy" / script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=own)


def saved(to: Path, data: Path, builds: Path) -> Path:
    done = run("backup.sh", to, data, builds)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder as a server has one after a while."""
    folder = tmp_path / "data"
    folder.mkdir()
    reference_and_one_row(folder)
    files = {
        "intake/ledger.jsonl": '{"receipt": "R1"}\n',
        "intake/received/ab/Báo cáo quý III.csv": "kỳ;mã\n",
        "views/can-giuc.yml": "name: x\nquery: {}\n",
        "presentations/mac-dinh.yml": "slides: []\n",
        "boundaries/kept.txt": "outlines\n",
        "access.yml": "people: []\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def held(folder: Path) -> dict[str, bytes]:
    parts = ("reports", "intake", "views", "presentations", "boundaries")
    files = [path for part in parts for path in (folder / part).rglob("*") if path.is_file()]
    kept = [*files, folder / "access.yml"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in kept if path.name != ".lock"}


def test_what_was_saved_comes_back(data: Path, warehouse_one_row: Path, tmp_path: Path) -> None:
    builds = tmp_path / "builds"
    shutil.copytree(warehouse_one_row, builds)
    archive = saved(tmp_path / "backups", data, builds)
    assert sorted(path.name for path in archive.parent.iterdir()) == [archive.name, f"{archive.name}.sha256"]
    new, new_builds = tmp_path / "new", tmp_path / "new-builds"
    done = run("restore.sh", archive, new, new_builds)
    assert done.returncode == 0, done.stderr
    assert held(new) == held(data)
    assert answering(new_builds) == current_build_id(builds)
    again = run("restore.sh", archive, new, new_builds)  # the same once more changes nothing
    assert again.returncode == 0, again.stderr
    (new / "intake" / "ledger.jsonl").write_text("newer\n", encoding="utf-8")
    refused = run("restore.sh", archive, new, new_builds)
    assert refused.returncode == 1
    assert "ledger.jsonl" in refused.stderr
    assert (new / "intake" / "ledger.jsonl").read_text(encoding="utf-8") == "newer\n"


def test_a_damaged_archive_is_not_put_back(data: Path, tmp_path: Path) -> None:
    archive = saved(tmp_path / "backups", data, tmp_path / "none")
    body = bytearray(archive.read_bytes())
    body[len(body) // 2] ^= 1
    archive.write_bytes(bytes(body))
    new = tmp_path / "new"
    done = run("restore.sh", archive, new, tmp_path / "new-builds")
    assert done.returncode == 1
    assert "not what was saved" in done.stderr
    assert not new.exists()


def test_a_copy_made_while_builds_are_published_is_whole(data: Path, tmp_path: Path) -> None:
    shutil.rmtree(data / "intake")  # its book is not one that a build would read
    builds = tmp_path / "builds"
    report = data / "reports" / "one.csv"
    text = report.read_text(encoding="utf-8")
    published = [build(data_dir=data, out_dir=builds, allow_shrink=True).build_id]

    def publish() -> None:
        for figure in (1001, 1002):
            report.write_text(text.replace(",1000,", f",{figure},"), encoding="utf-8")
            published.append(build(data_dir=data, out_dir=builds, allow_shrink=True, wait=60).build_id)

    writer = threading.Thread(target=publish)
    writer.start()
    archives = [saved(tmp_path / f"backups-{turn}", data, builds) for turn in range(3)]
    writer.join()
    for turn, archive in enumerate(archives):
        done = run("restore.sh", archive, tmp_path / f"new-{turn}", tmp_path / f"new-builds-{turn}")
        assert done.returncode == 0, done.stderr
        assert answering(tmp_path / f"new-builds-{turn}") in published


def test_without_a_folder_to_save_it_says_so(tmp_path: Path) -> None:
    assert run("backup.sh", tmp_path / "to", tmp_path / "missing").returncode == 2
    assert run("backup.sh").returncode == 2
    assert run("restore.sh").returncode == 2
