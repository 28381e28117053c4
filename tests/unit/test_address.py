"""Choices in the address: no click is lost, whatever address the browser still had when it was made."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

SIZES, COLOURS = ("small", "middle", "large"), ("red", "green", "blue")


def page() -> None:
    """Three controls, with nothing in the address where they stand at their defaults."""
    from ui import address

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
