"""Comparing names as people type them: with or without diacritics, in any case."""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """“Đường Lâm” → “duong lam”."""
    stripped = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return " ".join(stripped.replace("Đ", "D").replace("đ", "d").casefold().split())


def fits(name: str, sought: str) -> bool:
    """Whether a name contains what was sought; nothing sought fits all. Diacritics count where they were typed."""
    if not sought:
        return True
    typed_plainly = plain(sought) == " ".join(sought.casefold().split())
    if typed_plainly:
        return plain(sought) in plain(name)
    whole = " ".join(unicodedata.normalize("NFC", name).casefold().split())
    return " ".join(unicodedata.normalize("NFC", sought).casefold().split()) in whole
