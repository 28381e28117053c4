"""The reference that files are held against, loaded once."""

from __future__ import annotations

import datetime as dt

import pytest

from etl.intake import Reference, load_reference
from tests.etl.offices import DATA

TODAY = dt.date(2026, 11, 15)


@pytest.fixture(scope="session")
def reference() -> Reference:
    return load_reference(DATA, TODAY)
