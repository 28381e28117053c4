"""Reducing text for comparison."""

from __future__ import annotations

import functools
import re
import unicodedata

_SPACES = re.compile(r"[\s\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")
_WIDE = {0xFF10 + n: ord("0") + n for n in range(10)} | {
    ord("．"): ord("."), ord("，"): ord(","), ord("％"): ord("%"), ord("－"): ord("-"), ord("／"): ord("/"),
}  # fmt: skip


@functools.lru_cache(maxsize=65536)
def clean(text: str) -> str:
    """Accents put together, full-width digits made usual, invisible marks dropped, single spaces."""
    composed = unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).translate(_WIDE)
    return _SPACES.sub(" ", composed).strip()


@functools.lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """``clean`` in lower case without diacritics; đ becomes d."""
    apart = unicodedata.normalize("NFD", clean(text).casefold())
    return "".join(c for c in apart if not unicodedata.combining(c)).replace("đ", "d")
