"""Built warehouses, opened for the tests of the build."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.conftest import BuildWarehouse
from tests.etl.offices import mixed, opened


@pytest.fixture(scope="module")
def full(warehouse_full: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The project's own data."""
    with opened(warehouse_full) as con:
        yield con


@pytest.fixture(scope="module")
def partly(build_warehouse: BuildWarehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """Real files for some tables and periods, the sample for the others."""
    with opened(build_warehouse("mixed", mixed)) as con:
        yield con
