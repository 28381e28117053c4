"""Whatever is done to a table, each of its rows is read right or refused with a reason, and none gets lost.

``INTAKE_EXAMPLES`` sets how many files are tried.
"""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.intake import Intake, Reference, load_reference, read_file
from tests.etl.intake.damage import Case, cases, write
from tests.etl.offices import DATA

EXAMPLES = int(os.environ.get("INTAKE_EXAMPLES", "150"))


@cache
def _reference() -> Reference:
    return load_reference(DATA, dt.date(2026, 11, 15))


def _told(intake: Intake, sheet: str | None, line: int, header_lines: tuple[int, ...]) -> bool:
    """Whether a reason stands beside the row, or beside its table's header."""
    return any(
        f.level == "error" and f.sheet == sheet and (f.line == line or f.line in header_lines)
        for f in intake.findings
    )


def _hold(case: Case, intake: Intake) -> None:
    if not intake.readable:
        assert intake.errors, "nothing was read and nothing was said"
        assert not case.sure, f"refused: {intake.findings[0].reason.vi}"
        return
    seen: set[tuple[str | None, int]] = set()
    for table in intake.tables:
        assert table.table == case.table
        assert table.rows_in == sum(table.count(state) for state in ("kept", "rejected", "duplicate"))
        for row in table.rows:
            place = (table.sheet, row.line)
            seen.add(place)
            expected = case.placed.get(place)
            if row.state == "rejected":
                assert _told(intake, table.sheet, row.line, table.header_lines), (
                    f"{place} refused without a reason"
                )
                continue
            assert expected is not None, f"{place} is no row of the table, and was read as one"
            assert "refused" not in expected, f"{place} should have been refused"
            for column, value in expected.items():
                assert row.values[column] == value, f"{place} {column}"
    assert set(case.placed) <= seen, f"lost: {set(case.placed) - seen}"
    if case.sure:
        assert all(row.state != "rejected" for table in intake.tables for row in table.rows), [
            (f.code, f.line, f.column, f.value) for f in intake.findings
        ]


@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=EXAMPLES <= 150
)
@given(data=st.data())
def test_each_row_is_read_right_or_refused_with_a_reason(data: st.DataObject) -> None:
    case = data.draw(cases(_reference()))
    with tempfile.TemporaryDirectory() as folder:
        intake = read_file(write(case, Path(folder)), _reference(), name=case.name)
    _hold(case, intake)
