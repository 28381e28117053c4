"""Whether two answers are the same: the same shape and values, floats within 1e-9 of each other.

Order counts in lists, frames and the rows of statements that order them; a mapping has none.
"""

from __future__ import annotations

import math
import re
from typing import Any

RELATIVE = 1e-9
_ORDERED = re.compile(r"\bORDER\s+BY\b", re.IGNORECASE)


def difference(a: Any, b: Any, place: str = "answer") -> str | None:
    """Where and how two plain answers differ first; None where they do not."""
    if _is_missing(a) and _is_missing(b) and type(a) is type(b):
        return None
    if isinstance(a, float) and isinstance(b, float):
        near = math.isclose(a, b, rel_tol=RELATIVE, abs_tol=1e-12)
        return None if near else f"{place}: {a!r} and {b!r}"
    if type(a) is not type(b):
        return f"{place}: {type(a).__name__} and {type(b).__name__}"
    if isinstance(a, dict):
        if set(a) != set(b):
            return f"{place}: other keys"
        return _first(difference(a[key], b[key], f"{place}[{key!r}]") for key in a)
    if isinstance(a, list | tuple):
        if len(a) != len(b):
            return f"{place}: {len(a)} and {len(b)} parts"
        pairs = enumerate(zip(a, b, strict=True))
        return _first(difference(x, y, f"{place}[{n}]") for n, (x, y) in pairs)
    return None if a == b else f"{place}: {_short(a)} and {_short(b)}"


def rows_difference(sql: str, a: Any, b: Any) -> str | None:
    """The same for the rows of a statement, which come in any order where it does not say which."""
    found = difference(a, b)
    if found and not _ORDERED.search(sql.rpartition(")")[2]) and isinstance(a, list) and isinstance(b, list):
        return difference(sorted(a, key=_rounded), sorted(b, key=_rounded))
    return found


def _rounded(row: dict[str, Any]) -> str:
    return repr([f"{value:.6g}" if isinstance(value, float) else value for value in row.values()])


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value)) or repr(value) in ("NaT", "<NA>")


def _first(found: Any) -> str | None:
    return next((text for text in found if text), None)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "…"
