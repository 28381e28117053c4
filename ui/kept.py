"""Keeping finished things for all readers: figures, decks and texts that every rerun would make anew."""

from __future__ import annotations

import functools
import inspect
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
Answer = TypeVar("Answer")


@dataclass
class _Place:
    """Where one answer stands once it is there; who comes while it is made waits for it."""

    making: Lock = field(default_factory=Lock)
    found: list[Any] = field(default_factory=list)


def key_of(
    function: Callable[..., object],
) -> Callable[[tuple[Any, ...], Mapping[str, Any]], tuple[object, ...]]:
    """What tells calls of a function apart: its arguments but for those whose names begin with ``_``."""
    names = tuple(inspect.signature(function).parameters)
    places = tuple(place for place, name in enumerate(names) if not name.startswith("_"))

    def key(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[object, ...]:
        named = ((name, kwargs[name]) for name in kwargs if not name.startswith("_"))
        return (*(args[place] for place in places if place < len(args)), *named)

    return key


def kept(entries: int) -> Callable[[Callable[P, Answer]], Callable[P, Answer]]:
    """Keep the answers of a function by its arguments, so many of them, those asked for last.

    Arguments must be hashable; those whose names begin with ``_`` are no part of the key. The others say all that the
    answer depends on: the build, the language and the theme too. An answer is shared by all readers as it is: nobody
    changes it. Errors are not kept.
    """

    def of(make: Callable[P, Answer]) -> Callable[P, Answer]:
        key_from = key_of(make)
        answers: OrderedDict[tuple[object, ...], _Place] = OrderedDict()
        lock = Lock()

        @functools.wraps(make)
        def answered(*args: P.args, **kwargs: P.kwargs) -> Answer:
            key = key_from(args, kwargs)
            with lock:
                place = answers.setdefault(key, _Place())
                answers.move_to_end(key)
                while len(answers) > entries:
                    answers.popitem(last=False)
            with place.making:
                if not place.found:
                    place.found.append(make(*args, **kwargs))
                answer: Answer = place.found[0]
                return answer

        return answered

    return of
