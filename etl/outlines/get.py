"""Getting the outlines from wherever they are to where the next build finds them."""

from __future__ import annotations

from pathlib import Path

from etl.outlines import store
from etl.outlines.fetch import PUBLIC, from_geojson, from_public
from etl.outlines.store import Stored
from etl.problems import Problem
from etl.progress import ProgressReport

BRIEFLY = 12.0
"""Seconds that a start may spend on trying."""


def _downloads(data_dir: Path) -> Path:
    return data_dir / "boundaries" / "download"


def outlines(data_dir: Path, place: str | None = None, *, report: bool = True, base: str = PUBLIC) -> Stored:
    """Fetch or read, repair, check and store. Raises Problem; what was there before stays then."""
    progress = ProgressReport(enabled=report)
    found = from_geojson(place) if place else from_public(_downloads(data_dir), progress, base=base)
    return store.prepare(found, data_dir)


def once(data_dir: Path, *, base: str = PUBLIC, seconds: float = BRIEFLY) -> Stored | None:
    """One short try for a machine that has no outlines yet; None where they are there, were tried, or do not come."""
    folder = data_dir / "boundaries"
    tried = folder / ".tried"
    if tried.exists() or (folder / "ward_outline.csv").exists():
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tried.touch()
        found = from_public(_downloads(data_dir), ProgressReport(enabled=False), base=base, seconds=seconds)
        return store.prepare(found, data_dir)
    except (Problem, OSError):
        return None
