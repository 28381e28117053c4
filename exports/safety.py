"""Texts that a spreadsheet would run as a formula, made harmless in CSV: an apostrophe goes before them.

Only CSV needs it: it has no types, so a program that opens it guesses. Numbers are written as numbers and never come
here, so that −5 stays −5. In XLSX a text cell is a text by its type, and stays as it is.
"""

from __future__ import annotations

import re

SIGNS = "=+-@＝＋－＠﹢﹣﹦﹫"
"""A formula begins with one of these, or with its full-width or small form, which some programs fold."""
BREAKS = r"\t\r\n"
"""Before the first letter these are taken for the start of a new cell."""
SKIPPED = r"\x00-\x20\x7f-\xa0\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff" + "\"'‘’“”`´"
"""Blanks, unseen marks and quotes, which an import can take off before it looks."""

_PATTERN = f"^[{SKIPPED}]*[{re.escape(SIGNS)}{BREAKS}]"
_RUNS = re.compile(_PATTERN)
SQL_PATTERN = re.sub(r"\\u([0-9a-f]{4})", r"\\x{\1}", _PATTERN)
"""The same rule for DuckDB's regular expressions."""


def guarded(text: str) -> str:
    """A text for a CSV cell: with an apostrophe before it where a spreadsheet would run it."""
    return f"'{text}" if _RUNS.match(text) else text


def unguarded(text: str) -> str:
    """The text that ``guarded`` was given."""
    return text[1:] if text.startswith("'") and _RUNS.match(text[1:]) else text


def guarded_sql(expression: str) -> tuple[str, list[str]]:
    """``guarded`` as SQL over an expression without parameters, with the parameters that it asks for.

    Letters and digits at the start are let through before the pattern is looked at, which is most of the cells.
    """
    quick = f"({expression} >= '0' AND {expression} < ':') OR ({expression} >= 'A' AND {expression} < '[') OR ({expression} >= 'a' AND {expression} < '{{')"
    sql = f"CASE WHEN {quick} THEN {expression} WHEN regexp_matches({expression}, ?) THEN concat('''', {expression}) ELSE {expression} END"
    return sql, [SQL_PATTERN]
