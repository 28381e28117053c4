"""What a person is told when something cannot be done: what, where and what to do, in both languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """One wording in Vietnamese and in English."""

    vi: str
    en: str

    def format(self, **values: object) -> Text:
        """The same wording with its places filled in."""
        return Text(self.vi.format(**values), self.en.format(**values))


class Problem(Exception):
    """Work that had to stop. ``exit_code`` 1: findings in the data; 2: unusable input or arguments."""

    def __init__(self, vi: str, en: str, *, exit_code: int = 2, file: str | None = None) -> None:
        super().__init__(en)
        self.text = Text(vi, en)
        self.exit_code = exit_code
        self.file = file
