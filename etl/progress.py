"""Showing how far long work is: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from typing import NoReturn

from tqdm import tqdm


class ProgressReport:
    """Called at each step of a build with its words and how many steps are done of how many."""

    def __init__(self, enabled: bool = True) -> None:
        self._bar: tqdm[NoReturn] | None = None
        self._enabled = enabled
        self._terminal = sys.stderr.isatty()

    def __call__(self, step_vi: str, step_en: str, done: int, total: int) -> None:
        """Show one step, in Vietnamese and English."""
        if not self._enabled:
            return
        words = f"{step_vi} / {step_en}"
        if not self._terminal:
            print(f"[{done}/{total}] {words}", file=sys.stderr, flush=True)
            return
        if self._bar is None:
            self._bar = tqdm(
                total=total, file=sys.stderr, bar_format="{l_bar}{bar:30}| {n_fmt}/{total_fmt} {desc}"
            )
        self._bar.total = total
        self._bar.n = done
        self._bar.set_description_str(words)
        if done >= total:
            self._bar.close()
            self._bar = None
