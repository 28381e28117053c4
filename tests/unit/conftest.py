"""The warehouses of all tests, opened for questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from queries.warehouse import Warehouse, current_warehouse
from tests.conftest import BuildWarehouse
from tests.etl.offices import mixed


@pytest.fixture(scope="session")
def full(warehouse_full: Path) -> Warehouse:
    return current_warehouse(warehouse_full)


@pytest.fixture(scope="session")
def empty(warehouse_empty: Path) -> Warehouse:
    return current_warehouse(warehouse_empty)


@pytest.fixture(scope="session")
def partly(build_warehouse: BuildWarehouse) -> Warehouse:
    """Real files for some tables and periods, the sample for the others."""
    return current_warehouse(build_warehouse("mixed", mixed))
