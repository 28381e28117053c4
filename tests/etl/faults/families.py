"""Reports that carry one figure in all their rows, so that a mixture of two shows, and what must hold afterwards."""

from __future__ import annotations

from pathlib import Path

from etl.intake.ledger import in_force, read_ledger, received_folder
from tests.etl.intake.handing_in import Desk
from tests.etl.offices import todays_wards

WARDS = [code for code, _ in todays_wards()[:5]]
SEEN = "SELECT DISTINCT value FROM observation WHERE status = 'reported' AND indicator_id = 'model.family.recognised'"
HOW_MANY = (
    "SELECT count(*) FROM observation WHERE status = 'reported' AND indicator_id = 'model.family.recognised'"
)


def hand_in(desk: Desk, figure: int, name: str = "a.csv") -> Path:
    """A file in which each of five wards reports that figure."""
    return desk.write(name, *(f"2026-Q3,{code},,family,30000,20000,{figure}," for code in WARDS))


def published_figure(desk: Desk) -> int:
    """The figure in the published build, which must be whole: the same in all five wards."""
    ((figure,),) = desk.ask(SEEN)
    assert desk.ask(HOW_MANY) == [(len(WARDS),)]
    assert desk.ask("SELECT count(*) FROM reject") == [(0,)]
    return int(figure)


def entered_figures(desk: Desk) -> list[int]:
    """The figures of all submissions in force, oldest first; each must still have its original and its rows."""
    figures = []
    for entry in in_force(read_ledger(desk.data)):
        folder = received_folder(desk.data, entry.receipt)
        (file,) = entry.files
        text = (folder / str(file.stored)).read_text(encoding="utf-8")
        assert (folder / "rows-learning_models.csv").is_file() and (folder / "record.json").is_file()
        figures.append(int(text.splitlines()[1].split(",")[-2]))
    return figures
