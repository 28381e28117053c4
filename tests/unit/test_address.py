"""Choices in the address: no click is lost, whatever address the browser still had when it was made."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from ui import address

SIZES, COLOURS = ("small", "middle", "large"), ("red", "green", "blue")


def page() -> None:
    """Three controls, with nothing in the address where they stand at their defaults."""
    from ui import address  # AppTest runs this function as a script of its own

    address.begin()
    address.choose("size", "Size", ("small", "middle", "large"), str)
    address.choose_several("colours", "Colours", ("red", "green", "blue"), str, default=("red",))
    address.search("word", "Word")


def opened(**asked: str) -> AppTest:
    screen = AppTest.from_function(page)
    screen.query_params.update(asked)
    return screen.run()


def shown(screen: AppTest) -> tuple[str | None, tuple[str, ...], str | None]:
    """What the controls say."""
    return screen.selectbox[0].value, tuple(screen.multiselect[0].value), screen.text_input[0].value


def in_address(screen: AppTest) -> tuple[str | None, tuple[str, ...], str | None]:
    """What the address says, read as somebody does who opens it anew."""
    return shown(opened(**{name: one for name, (one,) in as_lists(screen).items()}))


def as_lists(screen: AppTest) -> dict[str, list[str]]:
    return {
        name: value if isinstance(value, list) else [value] for name, value in screen.query_params.items()
    }


clicks = st.one_of(
    st.tuples(st.just("size"), st.sampled_from(SIZES)),
    st.tuples(st.just("colours"), st.lists(st.sampled_from(COLOURS), unique=True)),
    st.tuples(st.just("word"), st.sampled_from(["", "ward", "gia đình"])),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(clicks, st.integers(0, 3)), min_size=1, max_size=6))
def test_every_click_counts_however_late_the_browser_hears_of_its_address(
    made: list[tuple[tuple[str, Any], int]],
) -> None:
    """Each click comes with the address of up to three answers ago, but never one older than the click before had."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(address, "BEHIND", 3600.0)  # a busy machine is no slow reader
        _click_through(made)


def _click_through(made: list[tuple[tuple[str, Any], int]]) -> None:
    screen = opened()
    heard = [dict(screen.query_params)]
    wanted: dict[str, Any] = {"size": "small", "colours": ["red"], "word": ""}
    at = 0
    for (name, value), late in made:
        at = max(at, len(heard) - 1 - late)
        wanted[name] = value
        screen.query_params = dict(heard[at])
        if name == "size":
            screen.selectbox[0].set_value(value)
        elif name == "colours":
            screen.multiselect[0].set_value(value)
        else:
            screen.text_input[0].set_value(value)
        screen.run()
        heard.append(dict(screen.query_params))
        assert shown(screen) == (wanted["size"], tuple(wanted["colours"]), wanted["word"])
    assert in_address(screen) == shown(screen)


def test_an_address_that_the_session_did_not_write_is_followed() -> None:
    screen = opened()
    screen.selectbox[0].set_value("large").run()
    screen.query_params = {"size": "middle", "word": "ward"}
    screen.run()
    assert shown(screen) == ("middle", ("red",), "ward")


def test_a_link_to_an_address_from_before_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = opened(word="ward")
    screen.selectbox[0].set_value("large").run()
    assert as_lists(screen) == {"size": ["large"], "word": ["ward"]}
    monkeypatch.setattr(address, "BEHIND", 0.0)
    screen.query_params = {"word": "ward"}
    screen.run()
    assert shown(screen) == ("small", ("red",), "ward")


def test_a_click_long_after_still_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address, "BEHIND", 0.0)
    screen = opened()
    screen.selectbox[0].set_value("large").run()
    screen.query_params = {}
    screen.multiselect[0].set_value(["blue"]).run()
    assert shown(screen) == ("large", ("blue",), "")
