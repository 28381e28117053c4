"""What the tests of the page of one unit share."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from queries.peers import peer_groups
from queries.ward_names import places
from queries.warehouse import Warehouse
from tests.pages.test_pages import SLIPS, texts

OpenPage = Callable[..., AppTest]
PAGE = "phuong-xa"
WARD_GROUPS = (
    "phuong_core", "phuong_dense", "phuong_open", "xa_near", "xa_plain_large", "xa_plain_small", "xa_sparse",
)  # fmt: skip
DISTRICT_GROUPS = ("district_urban", "district_rural")


def html_of(screen: AppTest) -> str:
    """All pieces of HTML on a screen as they are."""
    return " ".join(element.proto.body for element in screen.get("html"))


def words_of(screen: AppTest) -> str:
    """All words on a screen, those in HTML among them."""
    without_tags = re.sub(r"<style>.*?</style>|<[^>]+>", " ", html_of(screen), flags=re.DOTALL)
    return " ".join([*texts(screen), without_tags])


def assert_sound(screen: AppTest, heading: str) -> None:
    """Nothing failed, the heading is there, and no slip of the pen shows."""
    assert not screen.exception, [e.message for e in screen.exception]
    assert screen.title[0].value == heading
    assert SLIPS.findall(words_of(screen)) == []


def assert_group_opens(open_page: OpenPage, warehouse: Path, found: Warehouse, group: str) -> None:
    """Units of a peer group open, with a sheet to print that has its name: every third one, or all (EVERY_UNIT)."""
    members = peer_groups(found)[group].members
    for unit_key in members if os.environ.get("EVERY_UNIT") else members[::3]:
        place = places(found)[unit_key]
        name = f"{place.name_vi} cũ" if place.level == "district" else place.name_vi
        screen = open_page(warehouse, PAGE, unit=unit_key)
        assert_sound(screen, name)
        assert f"<h1>{name}</h1>" in html_of(screen)
