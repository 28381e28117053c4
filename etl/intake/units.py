"""Which unit is meant: a ladder of steps, the first that fits is taken and named in the record.

| step | what stands in the row | taken |
|---|---|---|
| ``code_and_name`` | a code in force at the date, and its name (or short name, or without diacritics or prefix) | yes |
| ``code`` | such a code alone | yes, unless other rows of the table use the old list and the code was reused |
| ``code_padded`` | the code without its leading zeros, as Excel leaves it | where one unit fits, and the name with it |
| ``code_and_misspelt_name`` | a code, and a name one or two letters off its unit's and nearer to no other | with a warning |
| ``code_and_former_name`` | a code, and the name of a ward that went into that unit whole, under another code | with a warning |
| ``name`` | the full name, or the short one where one unit has it | yes |
| ``name_folded`` | without diacritics, case or prefix; “P.”, “X.”, “TT”, “UBND phường” | where one unit fits |
| ``name_in_heading`` | a misspelt name, and the right one in the lines above the table | with a warning |

Everything else is refused with its candidates. A former name alone is refused although its successor is known: the figure of a
former ward is not the figure of the ward that it went into. All is judged at the date of the row, since codes were reused and
eighty names stand for a former and a present unit.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from etl.intake.folding import clean, fold
from etl.intake.reference import Reference, Unit

_PREFIX = re.compile(
    r"^(?:ubnd|uy ban nhan dan|hoi khuyen hoc)?\s*"
    r"(?P<type>phuong|xa|thi tran|thi xa|quan|huyen|thanh pho|p|x|tt|tx|q|h|tp)?(?P<end>\.\s*|\s+)(?=\S)"
)
_TYPES = {
    "p": "phuong", "phuong": "phuong", "x": "xa", "xa": "xa", "tt": "thi_tran", "thi tran": "thi_tran",
    "tx": "thi_xa", "thi xa": "thi_xa", "q": "quan", "quan": "quan", "h": "huyen", "huyen": "huyen",
    "tp": "thanh_pho", "thanh pho": "thanh_pho",
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """The unit taken, by which step; or the code of a finding with the units between which nothing decides."""

    unit: Unit | None
    step: str
    code: str | None = None
    candidates: tuple[str, ...] = ()


def _named(units: Collection[Unit]) -> tuple[str, ...]:
    return tuple(sorted({f"{unit.name} ({unit.code})" for unit in units}))[:5]


def _parts(name: str) -> tuple[str | None, str]:
    """(type or None, name without prefix), folded."""
    folded = fold(name)
    found = _PREFIX.match(folded)
    if not found:
        return None, folded
    return _TYPES.get(found["type"] or ""), folded[found.end() :]


def _fits(unit: Unit, name: str) -> bool:
    """Whether a name is that of the unit, case, prefix and left-out diacritics aside."""
    written = clean(name).casefold()
    if written in (unit.name.casefold(), unit.short_name.casefold()):
        return True
    kind, bare = _parts(name)
    return kind in (None, unit.type) and bare == fold(unit.short_name) and _accents_agree(name, unit)


_TONES = "\u0300\u0301\u0303\u0309\u0323"


def _sounds(text: str) -> list[tuple[str, str]]:
    """Each word with its tone taken out, since “hoà” and “hòa” are one word in two spellings."""
    words = []
    for word in unicodedata.normalize("NFD", text).split():
        tones = "".join(sorted(c for c in word if c in _TONES))
        words.append(("".join(c for c in word if c not in _TONES), tones))
    return words


def _accents_agree(name: str, unit: Unit) -> bool:
    """A name without any diacritics agrees with every name; one that has some must have all of them."""
    written = clean(name).casefold()
    bare = written[len(written) - len(_parts(name)[1]) :]
    return bare.isascii() or _sounds(bare) == _sounds(unit.short_name.casefold())


def by_name(name: str, day: dt.date, reference: Reference) -> list[tuple[str, list[Unit]]]:
    """For each way of comparing a name, strictest first, the units in force at the day that it fits."""
    written = clean(name).casefold()
    kind, bare = _parts(name)
    near = {
        u.key: u for word in (fold(name), bare) for u in reference.by_fold.get(word, ()) if u.in_force(day)
    }
    full = [u for u in near.values() if written == u.name.casefold()]
    short = [u for u in near.values() if written == u.short_name.casefold()]
    loose = [u for u in near.values() if kind in (None, u.type) and _accents_agree(name, u)]
    return [("name", full), ("name", short), ("name_folded", loose)]


def _near(name: str, unit: Unit) -> int:
    _, bare = _parts(name)
    return int(OSA.distance(bare, fold(unit.short_name)))


def _allowed_distance(unit: Unit) -> int:
    return 2 if len(fold(unit.short_name)) >= 9 else 1


def _misspelt(name: str, day: dt.date, reference: Reference) -> list[Unit]:
    """Units in force whose name is a few letters off, the nearest only."""
    kind, _ = _parts(name)
    near = [
        (_near(name, unit), unit)
        for unit in reference.units
        if unit.in_force(day) and kind in (None, unit.type)
    ]
    close = [(distance, unit) for distance, unit in near if distance <= _allowed_distance(unit)]
    least = min((distance for distance, _ in close), default=0)
    return [unit for distance, unit in close if distance <= least + 1]


def _former(name: str, reference: Reference) -> list[Unit]:
    kind, bare = _parts(name)
    units = {u.key: u for word in (fold(name), bare) for u in reference.by_fold.get(word, ()) if u.valid_to}
    return [u for u in units.values() if kind in (None, u.type) and _accents_agree(name, u)]


def resolve(
    code: str,
    name: str,
    day: dt.date,
    reference: Reference,
    *,
    in_headings: Collection[str] = (),
    old_list: bool = False,
) -> Found:
    """The unit that a row means at its day.

    ``in_headings``: keys of units that the lines above the table name. ``old_list``: other rows of the table carry codes
    that are only in the list until 30 June 2025.
    """
    code, name = clean(code).removeprefix("'"), clean(name)
    if code:
        return _by_code(code, name, day, reference, old_list)
    if name:
        return _by_name_alone(name, day, reference, in_headings)
    return Found(None, "", "required")


def _by_code(code: str, name: str, day: dt.date, reference: Reference, old_list: bool) -> Found:
    known = reference.by_code.get(code, ())
    step = "code"
    if not known and code.isascii() and code.isdigit():
        known = tuple(u for width in (2, 3, 5) for u in reference.by_code.get(code.zfill(width), ()))
        step = "code_padded"
    then = [unit for unit in known if unit.in_force(day)]
    if not known:
        return Found(None, "", "unit_exists")
    if not then:
        return Found(None, "", "unit_in_force")
    if not name:
        if len(then) > 1:
            return Found(None, "", "unit_ambiguous", _named(then))
        if old_list and len({unit.name for unit in known}) > 1:
            return Found(None, "", "unit_code_list", _named(known))
        return Found(then[0], step)
    fitting = [unit for unit in then if _fits(unit, name)]
    if len(fitting) == 1:
        return Found(fitting[0], "code_and_name" if step == "code" else step)
    return _by_code_and_other_name(code, name, day, then, reference)


def _by_code_and_other_name(
    code: str, name: str, day: dt.date, then: list[Unit], reference: Reference
) -> Found:
    if len(then) > 1:
        return Found(None, "", "unit_ambiguous", _named(then))
    unit = then[0]
    exact = any(units for _, units in by_name(name, day, reference))
    former = _former(name, reference)
    if not exact and not former and _misspelt(name, day, reference) == [unit]:
        return Found(unit, "code_and_misspelt_name")
    went = [f for f in former if reference.successors.get(f.key) == ((unit.key, "whole"),)]
    if not exact and len(former) == 1 and went and went[0].code != code:
        return Found(unit, "code_and_former_name")
    return Found(None, "", "unit_name_matches", _named(then))


def _by_name_alone(name: str, day: dt.date, reference: Reference, in_headings: Collection[str]) -> Found:
    for step, units in by_name(name, day, reference):
        if len(units) == 1:
            return Found(units[0], step)
        if units:
            return Found(None, "", "unit_ambiguous", _named(units))
    former = _former(name, reference)
    if former:
        became = {to for unit in former for to, _ in reference.successors.get(unit.key, ())}
        return Found(None, "", "unit_former", _named([reference.by_key[key] for key in became]))
    near = _misspelt(name, day, reference)
    agreeing = [unit for unit in near if unit.key in in_headings]
    if len(near) == 1 and agreeing:
        return Found(agreeing[0], "name_in_heading")
    return Found(None, "", "unit_unknown", _named(near))
