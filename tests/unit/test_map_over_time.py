"""The values of all periods of a map at once are those of its periods one by one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from queries import map as places
from queries.catalogue import Indicator
from queries.timeline import DISTRICTS, WARDS_NOW
from queries.warehouse import Warehouse, current_warehouse

STATUSES = ("real", "published", "illustrative")


@pytest.fixture(scope="module")
def full(warehouse_full: Path) -> Warehouse:
    return current_warehouse(warehouse_full)


def asked(found: Warehouse, part: str) -> Indicator:
    return next(i for i in places.mapped_indicators(found) if i.indicator_id.startswith(part))


@pytest.mark.parametrize("vintage", [WARDS_NOW, DISTRICTS])
@pytest.mark.parametrize(
    "part", ["model.family.recognised_of_total", "model.commune", "model.citizen_resident", "participation", "school"]
)  # fmt: skip
def test_values_over_time_are_those_of_each_period(full: Warehouse, part: str, vintage: str) -> None:
    indicator = asked(full, part)
    ends = [period.end for period in places.mapped_periods(full, indicator.indicator_id, STATUSES)]
    found = places.values_over(full, indicator, ends, vintage, STATUSES)
    assert len(found) == len(ends) > 0
    there = 0
    for end, values in zip(ends, found, strict=True):
        units = places.units_on(full, indicator, end, vintage, STATUSES)
        expected = units["value"].to_numpy(dtype=float, na_value=np.nan)
        assert places.unit_keys(full, vintage) == units["unit_key"].tolist()
        np.testing.assert_allclose(values, expected, rtol=1e-12)
        there += int(np.isfinite(expected).sum())
    assert there > 0 or part == "model.commune"


def test_no_periods_are_no_values(full: Warehouse) -> None:
    assert places.values_over(full, asked(full, "model.family"), [], WARDS_NOW, STATUSES) == []
