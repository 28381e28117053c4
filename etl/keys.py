"""Whether a key repeats in a table, found out without holding all keys at once."""

from __future__ import annotations

import math
from string import Template

import duckdb

_MARKS_FROM_ROWS = 1_000_000
_MOST_BYTES = 256 * 1024 * 1024

_MARKS = Template("""
WITH a AS (SELECT $a, row_number() OVER () - 1 AS a_no FROM (SELECT DISTINCT $a FROM $relation WHERE $a IS NOT NULL)),
     b AS (SELECT $b, row_number() OVER () - 1 AS b_no FROM (SELECT DISTINCT $b FROM $relation WHERE $b IS NOT NULL))
SELECT sum(bit_count(marks))
FROM (
    SELECT bitstring_agg(a_no * $b_many + b_no, 0, $last) AS marks
    FROM $relation JOIN a USING ($a) JOIN b USING ($b) GROUP BY $rest
)
""")


def may_repeat(con: duckdb.DuckDBPyConnection, relation: str, key: tuple[str, ...]) -> bool:
    """Whether two rows of ``relation`` share the values of ``key`` or, rarely, only the hash of them."""
    (rows,) = con.execute(f"SELECT count(*) FROM {relation}").fetchone() or (0,)
    if rows >= _MARKS_FROM_ROWS and len(key) > 2 and _marks(con, relation, key) == rows:
        return False
    hashes = con.execute(f"SELECT count(DISTINCT hash({', '.join(key)})) FROM {relation}").fetchone()
    return hashes != (rows,)


def _marks(con: duckdb.DuckDBPyConnection, relation: str, key: tuple[str, ...]) -> int | None:
    """How many keys without blanks there are, each a bit; None where bits would take too much memory.

    Units and codes are few and come in nearly every combination, so a bit for each combination of the two columns with
    the most values, once for each of the other columns' combinations, is far less than a hash for each row.
    """
    counts = con.execute(
        f"SELECT {', '.join(f'count(DISTINCT {c})' for c in key)} FROM {relation}"
    ).fetchone()
    many = dict(zip(key, counts or (), strict=True))
    a, b, *others = sorted(key, key=lambda column: -many[column])
    rest = ", ".join(others)
    (groups,) = con.execute(f"SELECT count(*) FROM (SELECT DISTINCT {rest} FROM {relation})").fetchone() or (
        0,
    )
    combinations = many[a] * many[b]
    if not combinations or groups * math.ceil(combinations / 8) > _MOST_BYTES:
        return None
    sql = _MARKS.substitute(a=a, b=b, relation=relation, b_many=many[b], last=combinations - 1, rest=rest)
    found = con.execute(sql).fetchone()
    return int(found[0]) if found and found[0] is not None else None
