"""What is kept for all readers: finished answers, figures and decks."""

from __future__ import annotations

import json
import threading
import time

import pydeck as pdk
import pytest

from charts.map import CompactDeck
from ui.kept import kept


def test_an_answer_is_made_once_for_each_key_and_not_for_what_is_no_part_of_it() -> None:
    made = []

    @kept(4)
    def answer(build_id: str, _found: object, lang: str) -> str:
        made.append((build_id, lang))
        return f"{build_id} {lang}"

    assert answer("a", object(), "vi") == answer("a", object(), "vi") == "a vi"
    assert answer("b", object(), "vi") == "b vi"
    assert answer("a", object(), "en") == "a en"
    assert made == [("a", "vi"), ("b", "vi"), ("a", "en")]


def test_only_so_many_answers_are_kept_those_asked_for_last() -> None:
    made = []

    @kept(2)
    def answer(key: int) -> int:
        made.append(key)
        return key

    for key in (1, 2, 1, 3, 1, 2):
        assert answer(key) == key
    assert made == [1, 2, 3, 2]


def test_an_error_is_not_kept() -> None:
    left = [ValueError("first")]

    @kept(2)
    def answer(key: int) -> int:
        if left:
            raise left.pop()
        return key

    with pytest.raises(ValueError, match="first"):
        answer(1)
    assert answer(1) == 1


def test_readers_who_come_at_once_wait_for_one_answer() -> None:
    made = []

    @kept(2)
    def answer(key: int) -> int:
        made.append(key)
        time.sleep(0.05)
        return key

    readers = [threading.Thread(target=answer, args=(1,)) for _ in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert made == [1]


def test_a_deck_is_described_without_blanks_and_the_same_each_time() -> None:
    deck = CompactDeck(layers=[pdk.Layer("LineLayer", id="x", data=[[1, 2]])], map_provider=None)
    first = deck.to_json()
    assert deck.to_json() == first
    assert json.loads(first) == json.loads(pdk.Deck.to_json(CompactDeck(deck.layers, map_provider=None)))
    assert ", " not in first
