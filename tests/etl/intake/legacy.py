"""Text to the bytes of the Vietnamese encodings, for files as old machines write them."""

from __future__ import annotations

import unicodedata

from etl.intake.encodings import TCVN3, VNI

_TO_TCVN3 = {letter: byte for byte, letter in TCVN3.items()}
_TO_VNI: dict[str, str] = {}
for _written, _letter in VNI.items():
    _TO_VNI.setdefault(_letter, _written)
_TONES = "\u0300\u0301\u0303\u0309\u0323"


def tcvn3(text: str) -> bytes:
    """Capitals with a tone become small letters, as in the fonts of capitals."""
    out = bytearray()
    for char in text:
        if char in _TO_TCVN3:
            out.append(_TO_TCVN3[char])
        elif char.lower() in _TO_TCVN3:
            out.append(_TO_TCVN3[char.lower()])
        else:
            out += char.encode("latin-1")
    return bytes(out)


def vni(text: str) -> bytes:
    return "".join(_TO_VNI.get(char, char) for char in text).encode("latin-1")


def windows_1258(text: str) -> bytes:
    out = bytearray()
    for char in text:
        try:
            out += char.encode("cp1258")
        except UnicodeEncodeError:
            apart = unicodedata.normalize("NFD", char)
            tone = "".join(c for c in apart if c in _TONES)
            letter = unicodedata.normalize("NFC", "".join(c for c in apart if c not in _TONES))
            out += (letter + tone).encode("cp1258")
    return bytes(out)
