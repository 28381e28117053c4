"""The names of wards and former districts: who is there, in what order, and whom somebody means by a name or a code.

A ward of today is found by its own name, by the names of the wards it was made from (those of 2025 and the 579 of
2024), by the former district it lay in, and by codes. Codes were given out anew on 1 July 2025, so each answer says
why it is one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from queries.catalogue import typed
from queries.text import plain
from queries.warehouse import Warehouse, remembered

Reason = Literal["own", "code", "old", "old_code", "older", "district"]
TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_RANK: dict[Reason, int] = {"code": 0, "own": 0, "old_code": 1, "old": 2, "older": 3, "district": 4}
_CODE = re.compile(r"\d{3}|\d{5}")


@dataclass(frozen=True)
class Place:
    """A ward of today or a former district, as lists and links need it. ``district_key`` is where most of a ward lay."""

    unit_key: str
    code: str
    name_vi: str
    name_en: str
    short_vi: str
    level: str
    type: str
    peer_group: str
    district_key: str | None


@dataclass(frozen=True)
class Hit:
    """A unit that fits what was sought, and why. ``through`` is the former unit by which it was found.

    ``whole`` says that all of that former unit went there, ``people`` how many of its people did: all, some or none.
    ``then`` is the unit that a name of 2024 was merged into on 1 January 2025.
    """

    place: Place
    reason: Reason
    through_vi: str = ""
    through_en: str = ""
    whole: bool = False
    people: str = "all"
    then_vi: str = ""
    then_en: str = ""


@dataclass(frozen=True)
class Resolution:
    """Whom a text in the address means: one unit, or none with the candidates that it may mean.

    ``hit`` says why that unit was taken; ``others`` are the candidates, or what else the same text was the name
    or code of.
    """

    hit: Hit | None
    others: tuple[Hit, ...]


@remembered
def places(w: Warehouse) -> dict[str, Place]:
    """Wards of today, then former districts, each by name in the Vietnamese order, by unit_key."""
    rows = w.rows(
        """
        SELECT u.unit_key, u.code, u.name_vi, u.name_en, u.short_name_vi AS short_vi, u.level, u.type, g.peer_group,
               CASE WHEN u.level = 'ward' THEN u.main_district_key END AS district_key
        FROM unit AS u JOIN unit_peer_group AS g USING (unit_key)
        WHERE u.level = 'district' OR (u.level = 'ward' AND u.valid_to IS NULL)
        ORDER BY u.level = 'district', u.short_name_vi COLLATE vi, u.unit_key
        """
    )
    return {row["unit_key"]: typed(Place, row) for row in rows}


def beside(w: Warehouse, unit_key: str) -> tuple[Place, Place]:
    """The one before and the one after by name among the wards, or among the former districts, round in a circle."""
    tier = [p for p in places(w).values() if p.level == places(w)[unit_key].level]
    at = next(number for number, place in enumerate(tier) if place.unit_key == unit_key)
    return tier[at - 1], tier[(at + 1) % len(tier)]


def _flat(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _toned(text: str) -> str:
    """Each word with its tone mark at the end, so that “Hoà” and “Hòa” are the same word."""
    words = []
    for word in unicodedata.normalize("NFD", text).casefold().split():
        tones = "".join(c for c in word if c in TONES)
        words.append("".join(c for c in word if c not in TONES) + tones)
    return " ".join(words)


@dataclass(frozen=True)
class _Spelling:
    """A name or a text sought in the forms in which they are compared."""

    flat: str
    plain: str
    toned: str

    @classmethod
    def of(cls, text: str) -> _Spelling:
        return cls(_flat(text), plain(text), _toned(text))

    @classmethod
    def sought(cls, text: str) -> _Spelling:
        """What somebody typed, without “cũ” at its end."""
        return cls.of(re.sub(r"\s+cũ$", "", _flat(text).strip(" ,.;")))

    @property
    def without_diacritics(self) -> bool:
        return self.flat == self.plain

    def within(self, name: _Spelling) -> bool:
        """Whether a name has this text at the start of one of its words.

        Diacritics count where they were typed, as in ``queries.text.fits``.
        """
        if self.without_diacritics:
            return f" {self.plain}" in f" {name.plain}"
        return f" {self.flat}" in f" {name.flat}" or f" {self.toned} " in f" {name.toned} "

    def same(self, name: _Spelling) -> bool:
        """Whether this text is the name."""
        return self.plain == name.plain if self.without_diacritics else self.toned == name.toned


@dataclass(frozen=True)
class _Entry:
    """The names under which a unit can be found for one reason, and the code that goes with them."""

    hit: Hit
    names: tuple[_Spelling, ...]
    code: str

    def fits(self, sought: _Spelling) -> bool:
        return any(sought.within(name) for name in self.names)

    def equals(self, sought: _Spelling) -> bool:
        return any(sought.same(name) for name in self.names)


_FORMER = """
    SELECT s.from_key, s.to_key, s.part = 'whole' AS whole, s.population_part AS people, f.code, f.name_vi, f.name_en,
           f.short_name_vi
    FROM ward_succession AS s JOIN unit AS f ON f.unit_key = s.from_key
    ORDER BY list_position(['all', 'some', 'none'], s.population_part), s.area_share DESC, s.to_key
"""
_OLDER = """
    SELECT r.code_2024 AS code, r.name_2024 AS name_vi, r.unit_key AS from_key
    FROM ward_recoding_2025_01 AS r JOIN unit AS u USING (unit_key)
    WHERE r.change <> 'same'
"""


@remembered
def _entries(w: Warehouse) -> tuple[_Entry, ...]:
    by_key = places(w)
    former = w.rows(_FORMER)
    found = [
        _Entry(Hit(p, "own"), _spelled(p.name_vi, p.short_vi, p.name_en), p.code) for p in by_key.values()
    ]
    found += [
        _Entry(
            Hit(by_key[f["to_key"]], "old", f["name_vi"], f["name_en"], f["whole"], f["people"]),
            _spelled(f["name_vi"], f["short_name_vi"], f["name_en"]),
            f["code"],
        )
        for f in former
    ]
    gone_to: dict[str, list[dict[str, object]]] = {}
    for f in former:
        gone_to.setdefault(f["from_key"], []).append(f)
    for older in w.rows(_OLDER):
        name = older["name_vi"]
        for f in gone_to.get(older["from_key"], []):
            if plain(str(f["name_vi"])) == plain(name) and f["code"] == older["code"]:
                continue
            hit = Hit(
                by_key[str(f["to_key"])], "older", name, name, bool(f["whole"]), str(f["people"]),
                str(f["name_vi"]), str(f["name_en"]),
            )  # fmt: skip
            found.append(_Entry(hit, _spelled(name), older["code"]))
    return tuple(found)


def _spelled(name: str, *others: str) -> tuple[_Spelling, ...]:
    """A name with and without its kind (“Phường”, “Thị trấn”), and its other spellings."""
    bare = re.sub(r"^(Phường|Xã|Thị trấn|Thị xã|Quận|Huyện)\s+", "", name)
    return tuple(_Spelling.of(text) for text in dict.fromkeys((name, bare, *others)) if text)


def _of_one_unit_each(hits: Iterable[Hit]) -> list[Hit]:
    """The weightiest reason for each unit, the weightiest first, the order kept otherwise."""
    best: dict[str, Hit] = {}
    for hit in sorted(hits, key=lambda h: _RANK[h.reason]):
        best.setdefault(hit.place.unit_key, hit)
    return list(best.values())


def find(w: Warehouse, text: str) -> list[Hit]:
    """Units that fit a name or code, once each: own names first, then names of before, then wards of a former district.

    Names that equal the text come before names that begin with it, and those before names that have it further on.
    """
    sought = _Spelling.sought(text)
    if not sought.flat:
        return []
    if sought.flat.isdigit():
        return _of_one_unit_each(_by_code(w, sought.flat))
    fitting = [entry for entry in _entries(w) if entry.fits(sought)]
    hits = [entry.hit for entry in sorted(fitting, key=lambda entry: _nearness(entry, sought))]
    districts = [h.place for h in hits if h.reason == "own" and h.place.level == "district"]
    return _of_one_unit_each([*hits, *_lying_in(w, districts)])


def _nearness(entry: _Entry, sought: _Spelling) -> tuple[int, bool]:
    starts = any(name.plain.startswith(sought.plain) for name in entry.names)
    return (0 if entry.equals(sought) else 1 if starts else 2, entry.hit.place.level == "district")


def _lying_in(w: Warehouse, districts: Sequence[Place]) -> list[Hit]:
    by_key = {d.unit_key: d for d in districts}
    return [
        Hit(place, "district", by_key[place.district_key].name_vi, by_key[place.district_key].name_en)
        for place in places(w).values()
        if place.district_key in by_key
    ]


def _by_code(w: Warehouse, code: str) -> list[Hit]:
    """Whose code it is, else whose code begins so: those in force, and those to which units of that code went."""
    entries = [entry for entry in _entries(w) if entry.code == code]
    entries = entries or [entry for entry in _entries(w) if entry.code.startswith(code)]
    hits = [replace(e.hit, reason="code" if e.hit.reason == "own" else "old_code") for e in entries]
    return sorted(hits, key=lambda hit: _RANK[hit.reason])


def resolve(w: Warehouse, text: str) -> Resolution:
    """Whom a text in the address means: a unit_key, a code, or a name.

    A name or code that is in force goes before one of a former ward. More than one unit of the same standing, or
    a former ward that was divided: no unit, and the candidates to choose from. Unknown texts have none.
    """
    text = text.strip()
    if text in places(w):
        return Resolution(Hit(places(w)[text], "own"), ())
    sought = _Spelling.sought(text.removesuffix("@legacy").removesuffix("@2025-07-01"))
    if _CODE.fullmatch(sought.flat):
        hits = _by_code(w, sought.flat)
        if text.endswith("@legacy"):
            hits = [h for h in hits if h.reason == "old_code"]
    else:
        hits = [entry.hit for entry in _entries(w) if entry.equals(sought)]
    if not hits:
        return Resolution(None, tuple(find(w, text)))
    foremost = min(_RANK[h.reason] for h in hits)
    first = _of_one_unit_each(h for h in hits if _RANK[h.reason] == foremost)
    if len(first) > 1:
        return Resolution(None, tuple(_of_one_unit_each(hits)))
    others = [h for h in _of_one_unit_each(hits) if h.place != first[0].place]
    return Resolution(first[0], tuple(others))
