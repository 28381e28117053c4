"""The words of the screens: ``locale/<area>.yml``, each key with its Vietnamese and its English side by side."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Literal

import yaml

Lang = Literal["vi", "en"]
LANGUAGES: tuple[Lang, ...] = ("vi", "en")
# The same safe loader, in C where the package has it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
FOLDER = Path(__file__).resolve().parent.parent / "locale"


class Words:
    """The words in one language. ``words("overview.title")``; places in braces are filled by name."""

    def __init__(self, lang: Lang, entries: dict[str, dict[str, str]]) -> None:
        self.lang: Lang = lang
        self._entries = entries

    def __call__(self, key: str, **values: object) -> str:
        """The wording of ``key``; KeyError where there is none, so that a typing slip shows in a test."""
        text = self._entries[key][self.lang]
        return text.format(**values) if values else text

    def has(self, key: str) -> bool:
        """Whether there is a wording of ``key``."""
        return key in self._entries

    def pick(self, vi: str | None, en: str | None) -> str:
        """Of two wordings that come from data the one in this language; the other where it is missing."""
        first, second = (vi, en) if self.lang == "vi" else (en, vi)
        return first or second or ""


@functools.cache
def entries() -> dict[str, dict[str, str]]:
    """All wordings by ``area.key``."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(FOLDER.glob("*.yml")):
        for key, pair in yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER).items():
            found[f"{path.stem}.{key}"] = pair
    return found


@functools.cache
def words_in(lang: Lang) -> Words:
    """The words in a language."""
    return Words(lang, entries())
