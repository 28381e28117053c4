"""Finding a place by its name, typed as people type."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.text import fits, plain

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"
NAMES = st.text(alphabet=LETTERS + LETTERS.upper() + " ", min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("name", "sought"),
    [
        ("Phường Đường Lâm", ""),
        ("Phường Đường Lâm", "   "),
        ("Phường Đường Lâm", "duong lam"),
        ("Phường Đường Lâm", "DUONG  LAM "),
        ("Phường Đường Lâm", "Đường Lâm"),
        ("Phường Đường Lâm", "đường"),
        ("Phường Đường Lâm", "ĐƯỜNG LÂM"),
        ("Phường Ô Chợ Dừa", "o cho"),
        ("Xã Đông Anh", "dong anh"),
        (unicodedata.normalize("NFD", "Phường Đường Lâm"), "Đường Lâm"),
    ],
)
def test_a_name_is_found_with_or_without_diacritics_in_any_case(name, sought):
    assert fits(name, sought)


@pytest.mark.parametrize(
    ("name", "sought"),
    [
        ("Phường Đường Lâm", "dương"),
        ("Phường Đường Lâm", "đuờng"),
        ("Xã Đông Anh", "đồng"),
        ("Phường Dương Nội", "đương"),
        ("Phường Láng", "lang ha"),
        ("", "a"),
    ],
)
def test_diacritics_that_were_typed_count(name, sought):
    assert not fits(name, sought)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Đường Lâm", "duong lam"), ("  Ô  Chợ\tDừa ", "o cho dua"), ("ĐÔNG ANH", "dong anh"), ("", "")],
)
def test_a_name_without_diacritics(text, expected):
    assert plain(text) == expected


@given(NAMES)
def test_a_name_is_found_however_it_is_typed(name):
    for sought in (name, name.upper(), name.lower(), plain(name), unicodedata.normalize("NFD", name)):
        assert fits(name, sought)
        assert fits(unicodedata.normalize("NFD", name), sought)


@given(NAMES)
def test_taking_diacritics_off_twice_changes_nothing_more(name):
    assert plain(plain(name)) == plain(name)
    assert plain(name).isascii()
