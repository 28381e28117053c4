"""Names on a map: none collide at any zoom, and as one zooms in names only come."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charts.map_labels import Label, extent, in_lines, pixel, shown, zoom_from
from queries.shapes import anchors, map_units
from queries.warehouse import Warehouse

NAMES = ("Ba Đình", "Văn Miếu -\nQuốc Tử Giám", "Ô Chợ Dừa", "Đông Anh", "Sơn Tây", "X")
PLACES = st.tuples(st.floats(105.3, 106.0), st.floats(20.5, 21.4))
LABELS = st.lists(st.tuples(st.sampled_from(NAMES), PLACES, st.integers(0, 5)), max_size=40).map(
    lambda rows: [Label(n, text, *place, rank) for n, (text, place, rank) in enumerate(rows)]
)


def collide(a: Label, b: Label, zoom: float) -> bool:
    (ax, ay), (bx, by) = pixel(a.lon, a.lat, zoom), pixel(b.lon, b.lat, zoom)
    (aw, ah), (bw, bh) = extent(a.text), extent(b.text)
    return abs(ax - bx) < (aw + bw) / 2 - 1e-3 and abs(ay - by) < (ah + bh) / 2 - 1e-3


@settings(max_examples=80, deadline=None)
@given(LABELS, st.floats(6, 16))
def test_no_two_names_that_stand_collide(labels: list[Label], zoom: float) -> None:
    standing = shown(labels, zoom)
    assert not any(collide(a, b, zoom) for a, b in itertools.combinations(standing, 2))


@settings(max_examples=80, deadline=None)
@given(LABELS, st.floats(6, 15), st.floats(0, 3))
def test_a_name_that_stands_stays_as_one_zooms_in(labels: list[Label], zoom: float, nearer: float) -> None:
    assert set(shown(labels, zoom)) <= set(shown(labels, zoom + nearer))


def test_of_two_that_collide_the_one_with_more_people_stands() -> None:
    small, large = Label(0, "Ba Đình", 105.8, 21, 100), Label(1, "Ngọc Hà", 105.801, 21, 200)
    assert shown([small, large], 10) == (large,)
    assert shown([small, large], 17) == (small, large)


def test_two_names_at_one_place_never_stand_together() -> None:
    first, second = Label(0, "A", 105.8, 21, 2), Label(1, "B", 105.8, 21, 1)
    assert zoom_from([first, second]) == (-math.inf, math.inf)
    assert shown([first, second], 22) == (first,)


@pytest.mark.parametrize("kind", ["hex", "circle"])
def test_the_citys_names_come_until_all_stand(full: Warehouse, kind) -> None:
    labels = [
        Label(u.n, in_lines(u.short_vi), a.lon, a.lat, u.population or 0)
        for u, a in zip(map_units(full), anchors(full, kind), strict=True)
    ]
    counts = [len(shown(labels, zoom)) for zoom in (7, 8, 9, 10, 11, 12, 14)]
    assert counts == sorted(counts)
    assert 3 <= counts[0] < counts[2] < 80
    assert counts[-1] == 126


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Ba Đình", "Ba Đình"),
        ("Văn Miếu - Quốc Tử Giám", "Văn Miếu -\nQuốc Tử Giám"),
        ("Mộttênrấtdàikhôngcách", "Mộttênrấtdàikhôngcách"),
    ],
)
def test_a_long_name_stands_on_two_lines(name: str, lines: str) -> None:
    assert in_lines(name) == lines


def test_a_place_is_where_deck_gl_has_it() -> None:
    assert pixel(0, 0, 0) == pytest.approx((256, 256))
    assert pixel(-180, 85.0511287798, 1) == pytest.approx((0, 0), abs=1e-6)
