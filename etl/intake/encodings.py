"""Bytes to text: UTF-8, UTF-16, windows-1258 and the legacy Vietnamese encodings TCVN3 (ABC) and VNI.

No library decodes TCVN3 or VNI, and statistics take them for western encodings, so the choice is made by proof: the
reading in which words of this field appear (column headers, names of units, lines of official headings) is taken
where no other reading shows as many. Without such proof the file is refused with the candidates.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass

from etl.intake.folding import clean

TCVN3 = dict(
    zip(
        bytes.fromhex(
            "a1a2a3a4a5a6a7a8a9aaabacadae b5b6b7b8b9 bbbcbdbec6 c7c8c9cacb cccecfd0d1 d2d3d4d5d6"
            "d7d8dcddde dfe1e2e3e4 e5e6e7e8e9 eaebecedee eff1f2f3f4 f5f6f7f8f9 fafbfcfdfe"
        ),
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)
"""Byte → letter. Capitals with a tone are written with the small letter's byte in a font of capitals."""

_VNI_MARKS = {
    "a": dict(zip("ùøûõïâáàåãäêéèúüë", "áàảãạâấầẩẫậăắằẳẵặ", strict=True)),
    "e": dict(zip("ùøûõïâáàåãä", "éèẻẽẹêếềểễệ", strict=True)),
    "o": dict(zip("ùøûõïâáàåãä", "óòỏõọôốồổỗộ", strict=True)),
    "u": dict(zip("ùøûõï", "úùủũụ", strict=True)),
    "y": dict(zip("ùøûõ", "ýỳỷỹ", strict=True)),
    "ô": dict(zip("ùøûõï", "ớờởỡợ", strict=True)),
    "ö": dict(zip("ùøûõï", "ứừửữự", strict=True)),
}
_VNI_SINGLE = dict(zip("ôöñíìæóòî", "ơưđíìỉĩịỵ", strict=True))


def _vni_table() -> dict[str, str]:
    table = {base + mark: letter for base, marks in _VNI_MARKS.items() for mark, letter in marks.items()}
    table |= _VNI_SINGLE
    capitals: dict[str, str] = {}
    for written, letter in table.items():
        capitals[written.upper()] = letter.upper()
        if len(written) == 2:  # a capital with the small mark is met in practice
            capitals[written[0].upper() + written[1]] = letter.upper()
    return capitals | table


VNI = _vni_table()
"""What is written, as windows-1252 shows it, → letter. A letter and the mark behind it are two characters."""
_VNI_PIECES = re.compile("|".join(map(re.escape, sorted(VNI, key=len, reverse=True))))
_FOREIGN = re.compile("[¡-ÿŒœŠšŸŽžƒˆ˜–-•…‰‹›€™]")
_TCVN3_AS_LATIN = {chr(byte): letter for byte, letter in TCVN3.items()}


def from_tcvn3(shown: str) -> str | None:
    """Text from what latin-1 shows of TCVN3 bytes; None where a character has no place in TCVN3."""
    if any("\x80" <= c <= "\xff" and c not in _TCVN3_AS_LATIN and c != "\xa0" for c in shown):
        return None
    return "".join(_TCVN3_AS_LATIN.get(c, c) for c in shown)


def from_vni(shown: str) -> str | None:
    """Text from what latin-1 shows of VNI bytes; None where a mark stands behind no letter that takes it."""
    left = _VNI_PIECES.sub("", shown)
    if any("\x80" <= c <= "\xff" and c != "\xa0" for c in left):
        return None
    return _VNI_PIECES.sub(lambda found: VNI[found.group()], shown)


def _from_1258(shown: str) -> str | None:
    try:
        return unicodedata.normalize("NFC", shown.encode("latin-1").decode("cp1258"))
    except UnicodeError:
        return None


LEGACY: dict[str, Callable[[str], str | None]] = {
    "windows-1258": _from_1258,
    "TCVN3 (ABC)": from_tcvn3,
    "VNI": from_vni,
}


@dataclass(frozen=True)
class Decoded:
    """The text of a file and the name of its encoding; ``text`` is None where no reading is proven.

    ``candidates`` are the encodings between which nothing decides.
    """

    text: str | None
    encoding: str
    candidates: tuple[str, ...] = ()


def _utf16_without_mark(data: bytes) -> str | None:
    start = data[:4096]
    if b"\0" not in start:
        return None
    # Latin letters, digits and delimiters have a zero for their upper half.
    upper_second, upper_first = start[1::2].count(0), start[0::2].count(0)
    if upper_second > len(start) // 8 and upper_second > 8 * upper_first:
        return "utf-16-le"
    if upper_first > len(start) // 8 and upper_first > 8 * upper_second:
        return "utf-16-be"
    return None


_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def _strict(data: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError:
        return Decoded(None, encoding)


def decode(data: bytes, vocabulary: Set[str]) -> Decoded:
    """The text of ``data``. ``vocabulary``: words with Vietnamese letters in lower case, see ``words_of``."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strict(data, encoding)
    sixteen = _utf16_without_mark(data)
    if sixteen:
        return _strict(data, sixteen)
    plain = _strict(data, "utf-8")
    if plain.text is not None:
        again = proven(plain.text, vocabulary)  # a legacy font inside a file of today
        return Decoded(again[0], f"utf-8, {again[1]}") if again else plain
    shown = data.decode("latin-1")
    found = proven(shown, vocabulary)
    if found:
        return Decoded(found[0], found[1])
    return Decoded(None, "", tuple(name for name, read in LEGACY.items() if read(shown) is not None))


def proven(shown: str, vocabulary: Set[str]) -> tuple[str, str] | None:
    """(text, encoding) where ``shown`` makes sense in exactly one legacy encoding, and less as it stands.

    ``shown`` is text as latin-1 or windows-1252 shows it: the bytes of a file, or the cells of a workbook written in a
    legacy font.
    """
    if not _FOREIGN.search(shown):
        return None
    bytes_shown = _as_bytes_show(shown)
    if bytes_shown is None:
        return None
    scores = {"": len(words_of(shown) & vocabulary)}
    texts: dict[str, str] = {}
    for name, read in LEGACY.items():
        text = read(bytes_shown)
        if text is not None:
            texts[name] = text
            scores[name] = len(words_of(text) & vocabulary)
    best = max(scores, key=lambda name: scores[name])
    unique = sum(1 for score in scores.values() if score == scores[best]) == 1
    return (texts[best], best) if best and unique and scores[best] > 0 else None


def _as_bytes_show(text: str) -> str | None:
    """Text as latin-1 shows its bytes: windows-1252 shows some bytes as letters from elsewhere."""
    try:
        return "".join(c if ord(c) < 256 else c.encode("cp1252").decode("latin-1") for c in text)
    except UnicodeEncodeError:
        return None


def converted(text: str, encoding: str) -> str:
    """One cell written in a legacy font as Unicode; as it stands where it is not in that encoding."""
    shown = None if text.isascii() else _as_bytes_show(text)
    return (shown and LEGACY[encoding](shown)) or text


def legacy_of_cells(texts: Iterable[str], vocabulary: Set[str]) -> str | None:
    """The legacy encoding in whose font a workbook is written; None for a workbook of Unicode."""
    doubtful = "\n".join(t for t in texts if not t.isascii() and _as_bytes_show(t) is not None)
    found = proven(doubtful, vocabulary)
    return found[1] if found else None


def words_of(text: str) -> set[str]:
    """The words of a text that hold a Vietnamese letter, in lower case."""
    return {word for word in re.findall(r"\w+", clean(text).casefold()) if not word.isascii()}
