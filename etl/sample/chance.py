"""Chance that is the same each time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Chance:
    """Random numbers by name, so that one more of a kind leaves all the others as they were."""

    seed: int

    def stream(self, *names: str) -> Random:
        """A generator of its own for that name."""
        return Random("/".join((str(self.seed), *names)))

    def uniform(self, *names: str) -> float:
        """A number from 0 up to 1."""
        return self.stream(*names).random()

    def bell(self, *names: str) -> float:
        """A number with mean 0 and deviation 1, within ±6: twelve uniform ones added up."""
        stream = self.stream(*names)
        return math.fsum(stream.random() for _ in range(12)) - 6


def rounded(value: float, chance: float, step: int = 1) -> int:
    """Up or down to a whole number of steps; over many chances the mean is kept, and order always is."""
    return math.floor(value / step + chance) * step
