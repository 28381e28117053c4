"""Whether reports on paper are quick: 126 profiles in under 60 s, a deck in under 5 s, on two cores.

    python -m benchmarks.reports [--warehouse DIR] [--units 126] [--only brief profile profiles archive report deck]

Each is made once in this process, after one drawing that loads the libraries. Exits with 1 where an aim is missed. The deck
is of the playlist that comes with the project.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from exports.__main__ import PLAYLIST, PLAYLISTS
from exports.deck import write
from exports.reports import brief, pdf, profile, profiles, progress_report
from queries.ward_names import places
from queries.warehouse import Warehouse, current_warehouse
from tests.serving import ROOT

AIMS = {"profiles": 60.0, "archive": 60.0, "deck": 5.0}
"""Seconds at most, for all 126 units."""


def _made(w: Warehouse, keys: list[str], folder: Path) -> dict[str, Callable[[], object]]:
    deck = folder / "deck.pptx"
    return {
        "brief": lambda: pdf(brief(w, "vi")),
        "profile": lambda: pdf(profile(w, keys[0], "vi")),
        "profiles": lambda: profiles(w, keys, "vi", None, out=folder / "all.pdf", one_file=True),
        "archive": lambda: profiles(w, keys, "vi", None, out=folder / "all.zip", one_file=False),
        "report": lambda: pdf(progress_report(w, "vi")),
        "deck": lambda: write(w, PLAYLISTS / f"{PLAYLIST}.yml", "vi", deck),
    }


def main() -> int:
    """Make each and print its seconds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--warehouse", type=Path, default=ROOT / "data" / "warehouse")
    parser.add_argument("--units", type=int, default=126)
    parser.add_argument(
        "--only", nargs="+", default=["brief", "profile", "profiles", "archive", "report", "deck"]
    )
    args = parser.parse_args()
    w = current_warehouse(args.warehouse)
    keys = [p.unit_key for p in places(w).values() if p.level == "ward"][: args.units]
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        made = _made(w, keys, Path(folder))
        made["profile"]()
        for name in args.only:
            started = time.perf_counter()
            made[name]()
            seconds, aim = time.perf_counter() - started, AIMS.get(name)
            late = aim is not None and seconds > aim
            missed += late
            print(
                f"{name:9} {seconds:7.2f} s"
                + (f"  (aim {aim:.0f} s{', missed' if late else ''})" if aim else "")
            )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
