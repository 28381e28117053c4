"""Python's garbage is collected between runs, not within one.

To find what only refers to itself, Python stops all threads and looks through every object; with the caches filled that
takes 80 to 150 ms, and finds next to nothing. It begins whenever enough objects are there, which is in the middle of a
reader's choice. Here a thread does it in a quiet moment instead. Young objects are still looked through as they come.
"""

from __future__ import annotations

import gc
import threading
import time
from dataclasses import dataclass, field

from ui.runs import Run, told_of_runs

YOUNG, MIDDLE, NEVER = 10_000, 20, 1_000_000_000
"""When Python itself collects: after so many new objects, after so many such times, and all objects never."""
LOOK_SECONDS, NEAR_SECONDS = 0.5, 0.02
"""How often a thread looks whether it is due, and once enough runs are over."""
QUIET_SECONDS, FIRST_SECONDS = 0.05, 3.0
"""How long no run has ended: then who made the last one reads. The first time what it leads to is still being fetched."""
RUNS = 200
"""After so many runs the next quiet moment is used."""
LATEST_SECONDS = 60.0
"""If there is no quiet moment, it is done all the same once so much time has passed."""


@dataclass
class Collector:
    """What has happened since the last collection of everything."""

    runs: int = 0
    ended: float = 0.0
    collected: float = field(default_factory=time.monotonic)
    frozen: bool = False

    def note(self, _: Run) -> None:
        """A run has ended."""
        self.runs += 1
        self.ended = time.monotonic()

    def is_due(self, now: float) -> bool:
        """Whether to collect at this moment. The first time is after the first run, which loads most of what stays."""
        quiet = now - self.ended >= (QUIET_SECONDS if self.frozen else FIRST_SECONDS)
        late = self.runs > 0 and now - self.collected >= LATEST_SECONDS
        return (quiet and self.is_near) or late

    @property
    def is_near(self) -> bool:
        """Whether only a quiet moment is waited for."""
        return self.runs >= (RUNS if self.frozen else 1)

    def collect(self) -> None:
        """Look through all objects; those that are there the first time stay and are not looked through again."""
        self.runs = 0
        gc.collect()
        if not self.frozen:
            gc.freeze()
            self.frozen = True
        self.collected = time.monotonic()


collector = Collector()
"""This process's."""


def start() -> None:
    """Begin to collect between runs. Called once a process."""
    gc.set_threshold(YOUNG, MIDDLE, NEVER)
    told_of_runs.append(collector.note)
    threading.Thread(target=_follow, name="garbage", daemon=True).start()


def _follow() -> None:
    while True:
        time.sleep(NEAR_SECONDS if collector.is_near else LOOK_SECONDS)
        if collector.is_due(time.monotonic()):
            collector.collect()
