"""The page of every ward and former district: all of them open, and what their addresses may say."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from queries.peers import peer_groups
from queries.ward_names import places
from queries.warehouse import Warehouse, current_warehouse
from tests.pages.test_pages import SLIPS, texts

OpenPage = Callable[..., AppTest]
PAGE = "phuong-xa"
GROUPS = (
    "phuong_core", "phuong_dense", "phuong_open", "xa_near", "xa_plain_large", "xa_plain_small", "xa_sparse",
    "district_urban", "district_rural",
)  # fmt: skip


@pytest.fixture(scope="module")
def found(warehouse_full: Path) -> Warehouse:
    return current_warehouse(warehouse_full)


def html_of(screen: AppTest) -> str:
    """All pieces of HTML on a screen, without their tags but with their links."""
    return " ".join(element.proto.body for element in screen.get("html"))


def words_of(screen: AppTest) -> str:
    """All words on a screen, those in HTML among them."""
    return " ".join([*texts(screen), re.sub(r"<style>.*?</style>|<[^>]+>", " ", html_of(screen), flags=re.DOTALL)])


def assert_sound(screen: AppTest, heading: str) -> None:
    assert not screen.exception, [e.message for e in screen.exception]
    assert screen.title[0].value == heading
    assert not SLIPS.search(words_of(screen)), SLIPS.findall(words_of(screen))


def test_every_unit_is_in_one_of_the_groups_tested(found: Warehouse) -> None:
    assert tuple(peer_groups(found)) == GROUPS
    assert sum(len(group.members) for group in peer_groups(found).values()) == 126 + 30


@pytest.mark.parametrize("group", GROUPS)
def test_every_ward_and_former_district_opens(
    open_page: OpenPage, warehouse_full: Path, found: Warehouse, group: str
) -> None:
    for unit_key in peer_groups(found)[group].members:
        place = places(found)[unit_key]
        name = f"{place.name_vi} cũ" if place.level == "district" else place.name_vi
        screen = open_page(warehouse_full, PAGE, unit=unit_key)
        assert_sound(screen, name)
        assert f"<h1>{name}</h1>" in html_of(screen)  # the sheet to print
