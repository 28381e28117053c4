"""Wards of today open, a third of the 126 or with EVERY_UNIT all (the former districts: test_wards.py; two files, so that they run side by side)."""

from __future__ import annotations

from pathlib import Path

import pytest

from queries.peers import peer_groups
from queries.warehouse import current_warehouse
from tests.pages.ward_pages import DISTRICT_GROUPS, WARD_GROUPS, OpenPage, assert_group_opens


def test_every_unit_is_in_one_of_the_groups_tested(warehouse_full: Path) -> None:
    groups = peer_groups(current_warehouse(warehouse_full))
    assert tuple(groups) == WARD_GROUPS + DISTRICT_GROUPS
    assert sum(len(groups[code].members) for code in WARD_GROUPS) == 126
    assert sum(len(groups[code].members) for code in DISTRICT_GROUPS) == 30


@pytest.mark.parametrize("group", WARD_GROUPS)
def test_every_ward_opens(open_page: OpenPage, warehouse_full: Path, group: str) -> None:
    assert_group_opens(open_page, warehouse_full, current_warehouse(warehouse_full), group)
