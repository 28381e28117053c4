"""Figures as they are written, read by declared rules and never per cell alone.

| written | in a column of whole numbers |
|---|---|
| ``1234``, ``１２３４``, a whole number stored by Excel | 1234 (plain, stored_number) |
| ``1 234 567`` | 1234567: a space never marks decimals (grouped_by_space) |
| ``1.234.567``, ``1,234,567`` | 1234567: one mark twice only groups (grouped); proves that mark |
| ``1.234,00`` | 1234: both marks, the last is the decimal one (both_marks, decimal_zero); proves both |
| ``12,0`` | 12: no group has one digit (decimal_zero); proves the decimal mark |
| ``12,5``, ``0,85``, ``85%`` | refused: not whole (not_whole) |
| ``1.234``, ``1,234`` | 1234: as 1 and a bit it would not be whole; proves the mark of its column (grouped_by_proof) |
| ``1.000``, ``1,000`` | 1000 where the column, or else the file, proves the style (grouped_by_proof); it may be 1 as well, so it |
| | is refused otherwise, with both readings (ambiguous_mark), as is all that another figure speaks against |
| 1.234 stored by Excel | refused; in a column with such values all smaller than 1000 are (scale_unclear) |
| ``…``, ``...``, ``n/a`` | no figure (missing_mark) |
| ``-``, ``không`` | refused: zero, or no figure (zero_or_missing) |

In a column of decimals ``21.034`` has two readings as well; the range of the contract decides where it leaves one
(only_reading). A rate is ``85%``, ``85``, ``85,0`` or ``0,85``: without the sign a figure up to 1 may be a share or a percentage,
so all its readings are given and it is only ever held against the counts of its row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from etl.intake.folding import clean, fold

MISSING = {"...", "..", "…", "n/a", "na", "chua co so lieu", "khong co so lieu"}
_ZERO_OR_MISSING = {"-", "–", "—", "--", "khong", "ko", "khong co", "x", "/", "nil"}
_SEVERAL = re.compile(r"\d{1,3}([.,])\d{3}(?:\1\d{3})+")
_BOTH = re.compile(r"\d{1,3}(?:(?P<g>[.,])\d{3})(?:(?P=g)\d{3})*(?P<d>[.,])\d+")
_SPACED = re.compile(r"\d{1,3}(?: \d{3})+(?P<rest>[.,]\d{1,2})?")
_SINGLE = re.compile(r"(\d+)([.,])(\d+)")


@dataclass(frozen=True)
class Reading:
    """What a cell was read as, and by which rule. ``refused``: by none; ``candidates`` are what it may be."""

    value: object | None
    rule: str
    refused: bool = False
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Style:
    """Marks that some figures prove to group digits or to begin decimals."""

    grouping: frozenset[str] = frozenset()
    decimal: frozenset[str] = frozenset()

    @property
    def silent(self) -> bool:
        """Nothing is proven."""
        return not (self.grouping or self.decimal)

    def role(self, mark: str) -> str | None:
        """``grouping`` or ``decimal`` where proven and nothing speaks against it."""
        other = "," if mark == "." else "."
        groups = mark in self.grouping or other in self.decimal
        begins = mark in self.decimal or other in self.grouping
        if groups == begins:
            return None
        return "grouping" if groups else "decimal"


def style_of(texts: Iterable[str], *, whole: bool = False) -> Style:
    """The marks that figures prove by their own form; in a column of ``whole`` numbers also by what could not be whole."""
    grouping, decimal = set(), set()
    for text in texts:
        body = clean(text).removesuffix("%").strip().lstrip("+-")
        if several := _SEVERAL.fullmatch(body):
            grouping.add(several.group(1))
        elif (both := _BOTH.fullmatch(body)) and both["g"] != both["d"]:
            grouping.add(both["g"])
            decimal.add(both["d"])
        elif single := _SINGLE.fullmatch(body):
            if not _could_group(single):
                decimal.add(single.group(2))
            elif whole and single.group(3) != "000":
                grouping.add(single.group(2))
    return Style(frozenset(grouping), frozenset(decimal))


def _could_group(single: re.Match[str]) -> bool:
    first, _, last = single.groups()
    return len(last) == 3 and len(first) <= 3 and not first.startswith("0")


def _readings(body: str) -> dict[str, Decimal]:
    """Every reading of digits and marks, by rule."""
    if body.isascii() and body.isdigit():
        return {"plain": Decimal(body)}
    if spaced := _SPACED.fullmatch(body):
        rest = (spaced["rest"] or "").replace(",", ".")
        whole = body.removesuffix(spaced["rest"] or "").replace(" ", "")
        return {"grouped_by_space": Decimal(whole + rest)}
    if several := _SEVERAL.fullmatch(body):
        return {"grouped": Decimal(body.replace(several.group(1), ""))}
    if (both := _BOTH.fullmatch(body)) and both["g"] != both["d"]:
        return {"both_marks": Decimal(body.replace(both["g"], "").replace(both["d"], "."))}
    if single := _SINGLE.fullmatch(body):
        first, _, last = single.groups()
        found = {"decimal": Decimal(f"{first}.{last}")}
        if _could_group(single):
            found["grouping"] = Decimal(first + last)
        return found
    return {}


def _signed(text: str) -> tuple[str, int]:
    body = clean(text).removeprefix("'")
    if body[:1] in "+-" and body[1:2].isdigit():
        return body[1:], -1 if body[0] == "-" else 1
    return body, 1


def absent(text: str) -> Reading | None:
    """The reading of a blank cell or of a mark for no figure; None for anything else."""
    if not clean(text):
        return Reading(None, "blank")
    word = fold(text).strip("().")
    if fold(text) in MISSING or word in MISSING:
        return Reading(None, "missing_mark")
    if word in _ZERO_OR_MISSING:
        return Reading(None, "zero_or_missing", True, ("0", "(trống)"))
    return None


def _decided(body: str, style: Style, low: float | None, high: float | None) -> dict[str, Decimal]:
    """The readings left after the proof of style, and for decimals after the range of the contract."""
    found = _readings(body)
    if len(found) < 2:
        return found
    mark = "." if "." in body else ","
    role = style.role(mark)
    if role:
        return {"grouped_by_proof" if role == "grouping" else "decimal_by_proof": found[role]}
    if low is not None and high is not None:
        inside = [value for value in found.values() if low <= value <= high]
        if len(inside) == 1:
            return {"only_reading": inside[0]}
    return found


def read_integer(text: str, style: Style = Style()) -> Reading:
    """A count. ``style`` is what the column, or else the file, proves."""
    nothing = absent(text)
    if nothing:
        return nothing
    body, sign = _signed(text)
    left = _decided(body, style, None, None)
    if not left:
        return Reading(None, "not_a_number", True)
    if len(left) > 1:
        both = tuple(f"{sign * value:f}" for value in (left["grouping"], left["decimal"]))
        return Reading(None, "ambiguous_mark", True, both)
    ((rule, value),) = left.items()
    if value != value.to_integral_value():
        return Reading(None, "not_whole", True)
    return Reading(sign * int(value), "decimal_zero" if rule == "decimal" else rule)


def read_decimal(text: str, style: Style, low: float | None, high: float | None) -> Reading:
    """A figure with decimals inside the range of its contract."""
    nothing = absent(text)
    if nothing:
        return nothing
    body, sign = _signed(text)
    left = _decided(body, style, low, high)
    if not left:
        return Reading(None, "not_a_number", True)
    if len(left) > 1:
        return Reading(None, "ambiguous_mark", True, tuple(f"{sign * v:f}" for v in left.values()))
    ((rule, value),) = left.items()
    return Reading(float(sign * value), rule)


def rate_readings(text: str, style: Style = Style()) -> tuple[float, ...]:
    """Every share of 1 that a written rate may mean; empty where it is no figure."""
    body = clean(text)
    percent = body.endswith("%")
    left = _decided(body.removesuffix("%").strip(), style, None, None)
    shares = []
    for value in left.values():
        shares.append(float(value) / 100)
        if not percent and value <= 1:
            shares.append(float(value))
    return tuple(dict.fromkeys(shares))


def read_stored_integer(value: float, column: Sequence[float]) -> Reading:
    """A count that a workbook stores as a number; ``column`` are all numbers stored in its column.

    Typed as 1.234 into an English Excel, a thousand is stored as one and a bit, and 2.000 as 2. So one fraction makes
    the small numbers beside it doubtful.
    """
    if value != int(value):
        times = round(value * 1000, 6)
        both = (str(int(times)), f"{value:g}") if times == int(times) else ()
        return Reading(None, "not_whole", True, both)
    if abs(value) < 1000 and any(v != int(v) and (v * 1000).is_integer() for v in column):
        return Reading(None, "scale_unclear", True, (str(int(value)), str(int(value) * 1000)))
    return Reading(int(value), "stored_number")
