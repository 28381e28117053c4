"""Publishing again and again while others read: no read fails, none sees two builds mixed."""

from __future__ import annotations

import json
from pathlib import Path

from etl.build import build
from tests.etl.faults.children import WHOLE, forking, read_until
from tests.etl.faults.families import hand_in, published_figure
from tests.etl.intake.handing_in import Desk

PUBLISHES, READERS = (50, 8) if WHOLE else (4, 3)


def test_no_read_fails_and_none_is_mixed(desk: Desk, tmp_path: Path) -> None:
    stop = tmp_path / "stop"
    told = [tmp_path / f"{n}.json" for n in range(READERS)]
    readers = [forking().Process(target=read_until, args=(desk, stop, path)) for path in told]
    for reader in readers:
        reader.start()
    figures = {build(desk.data, desk.out).build_id: 1000}
    try:
        for figure in range(1001, 1001 + PUBLISHES):
            figures[desk.submit(hand_in(desk, figure))["build_id"]] = figure
    finally:
        stop.touch()
        for reader in readers:
            reader.join()
    assert published_figure(desk) == 1000 + PUBLISHES
    reads = 0
    for path in told:
        count, seen, failed = json.loads(path.read_text(encoding="utf-8"))
        assert failed == []
        assert {(build_id, tuple(values)) for build_id, values in seen} <= {
            (build_id, (float(figure),)) for build_id, figure in figures.items()
        }
        reads += count
    print(f"{PUBLISHES} publishes, {READERS} readers, {reads} reads, 0 failed, 0 mixed")
    assert reads > PUBLISHES
