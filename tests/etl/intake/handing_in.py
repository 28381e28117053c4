"""A data folder to hand files in to, and the commands as a screen calls them."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from etl.__main__ import main
from tests.etl.offices import DATA, MODELS_HEADER, table

FAMILY = "2026-Q3,00004,Phường Ba Đình,family,20000,8000,7000,"
CLAN = "2026-Q3,00004,Phường Ba Đình,clan,10,8,7,"
BROKEN = "2026-Q3,00004,Phường Ba Đình,unit,10,80,7,"
FIGURES = "SELECT indicator_id, value FROM observation WHERE status = 'reported' AND indicator_id LIKE '%recognised' ORDER BY ALL"


@dataclass(frozen=True)
class Desk:
    """A data folder, its warehouse, and a folder of files to hand in."""

    data: Path
    out: Path
    files: Path

    def write(self, name: str, *rows: str) -> Path:
        """A report on models."""
        path = self.files / name
        path.write_text(table(MODELS_HEADER, *rows), encoding="utf-8")
        return path

    def run(self, *words: object) -> tuple[int, dict[str, Any]]:
        """Exit code and answer of a command with ``--json``."""
        with contextlib.redirect_stdout(io.StringIO()) as out:
            code = main([*map(str, words), "--json", "--data", str(self.data), "--out", str(self.out)])
        return code, json.loads(out.getvalue())

    def submit(self, *words: object) -> dict[str, Any]:
        """Hand in and publish; must succeed."""
        code, answer = self.run("submit", *words, "--by", "ba-dinh")
        assert code == 0, answer
        return answer

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows from the published build."""
        build_id = (self.out / "CURRENT").read_text(encoding="utf-8").strip()
        with duckdb.connect(str(self.out / f"{build_id}.duckdb"), read_only=True) as con:
            return con.execute(sql).fetchall()


def empty_desk(folder: Path) -> Desk:
    """Reference tables only, nothing built yet."""
    desk = Desk(folder / "data", folder / "warehouse", folder / "files")
    shutil.copytree(DATA / "reference", desk.data / "reference")
    shutil.copytree(DATA / "published", desk.data / "published")
    desk.files.mkdir()
    return desk


def copied(desk: Desk, folder: Path) -> Desk:
    """A copy to do as one likes with."""
    for part in ("data", "warehouse", "files"):
        if (desk.data.parent / part).is_dir():
            shutil.copytree(desk.data.parent / part, folder / part)
    return Desk(folder / "data", folder / "warehouse", folder / "files")
