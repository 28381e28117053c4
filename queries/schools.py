"""Schools: the register at one date, the published totals over school years, and how schools are spread.

“About 3,000 schools” counts preschool to upper secondary; other institutions of a register are kept apart.
Averages are a sum over a sum of the schools that gave both numbers, never a mean of averages.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass

import pandas as pd

from queries.catalogue import typed
from queries.text import plain
from queries.warehouse import Warehouse, recent, remembered

COUNTED = ("preschool", "primary", "lower_secondary", "upper_secondary", "multi_level")
LEVELS = (*COUNTED, "continuing", "vocational", "college", "university")
OWNERSHIPS = ("public", "private")
MEASURES = ("school.count", "school.pupils", "school.classes", "school.teachers")


@dataclass(frozen=True)
class Register:
    """A register of schools: its day, whether an office sent it, how many schools and wards are in it.

    ``schools`` counts preschool to upper secondary, ``others`` the rest; ``units`` of ``units_expected`` wards
    in force on that day have at least one school in it.
    """

    as_of: dt.date
    status: str
    school_year: str | None
    schools: int
    others: int
    units: int
    units_expected: int


@dataclass(frozen=True)
class SchoolYear:
    """A school year. ``comparable`` is false where its published totals have another coverage; the note says which."""

    school_year: str
    starts_on: dt.date
    ends_on: dt.date
    comparable: bool
    note_vi: str | None
    note_en: str | None


@dataclass(frozen=True)
class Filters:
    """What is sought in the register; an empty text asks for everything. ``district`` is the key of a former district."""

    level: str = ""
    ownership: str = ""
    district: str = ""
    sought: str = ""


@remembered
def register(w: Warehouse, statuses: tuple[str, ...], until: dt.date | None = None) -> Register | None:
    """The latest register up to a day, or the latest there is where none is that old; None where there is none.

    Of two registers of one day the one that an office sent comes first.
    """
    row = w.row(
        """
        SELECT s.as_of, s.status, any_value(s.school_year) AS school_year,
               count(*) FILTER (WHERE list_contains(?, s.level)) AS schools,
               count(*) FILTER (WHERE NOT list_contains(?, s.level)) AS others,
               count(DISTINCT s.unit_key) AS units,
               (SELECT count(*) FROM unit AS u WHERE u.level = 'ward' AND (u.valid_from IS NULL OR u.valid_from <= s.as_of)
                AND (u.valid_to IS NULL OR u.valid_to >= s.as_of)) AS units_expected
        FROM school AS s
        WHERE list_contains(?, s.status)
        GROUP BY s.as_of, s.status
        ORDER BY s.as_of <= ? DESC, s.as_of DESC, s.status = 'reported' DESC
        LIMIT 1
        """,
        list(COUNTED),
        list(COUNTED),
        list(statuses),
        until or dt.date.max,
    )
    return typed(Register, row) if row else None


@recent
def school_years(w: Warehouse) -> list[SchoolYear]:
    """School years from the first to the last."""
    return [typed(SchoolYear, row) for row in w.rows("SELECT * FROM school_year ORDER BY starts_on")]


@recent
def published_ratios(w: Warehouse) -> pd.DataFrame:
    """Published totals of the whole city side by side: one row a school year whose totals can be compared.

    Columns: schools, pupils, classes, teachers and the word by which each source limits its number. Of several
    sources of a year the one with an exact number is taken. Only dated figures; years with fewer than two totals
    are left out.
    """
    return w.frame(
        """
        WITH candidate AS (
            SELECT y.school_year, o.indicator_id, o.value, o.qualifier,
                   row_number() OVER (
                       PARTITION BY y.school_year, o.indicator_id
                       ORDER BY o.qualifier IS NOT NULL, o.qualifier = 'nearly' DESC, o.period_end DESC, o.source_id
                   ) AS place
            FROM observation AS o
            JOIN school_year AS y ON o.period_end BETWEEN y.starts_on AND y.ends_on AND y.comparable
            WHERE o.unit_key = '01' AND o.status = 'published' AND o.date_basis = 'reference'
              AND list_contains(?, o.indicator_id)
        )
        SELECT school_year,
               max(value) FILTER (WHERE indicator_id = 'school.count') AS schools,
               max(value) FILTER (WHERE indicator_id = 'school.pupils') AS pupils,
               max(value) FILTER (WHERE indicator_id = 'school.classes') AS classes,
               max(value) FILTER (WHERE indicator_id = 'school.teachers') AS teachers,
               max(qualifier) FILTER (WHERE indicator_id = 'school.count') AS schools_qualifier,
               max(qualifier) FILTER (WHERE indicator_id = 'school.pupils') AS pupils_qualifier,
               max(qualifier) FILTER (WHERE indicator_id = 'school.classes') AS classes_qualifier,
               max(qualifier) FILTER (WHERE indicator_id = 'school.teachers') AS teachers_qualifier
        FROM candidate
        WHERE place = 1
        GROUP BY school_year
        HAVING count(*) > 1
        ORDER BY school_year
        """,
        list(MEASURES),
    )


@recent
def by_level(w: Warehouse, of: Register) -> pd.DataFrame:
    """The register by level and ownership: one row a pair, levels in the order of schooling.

    ``schools`` counts all; ``pupils``, ``classes``, ``teachers`` are sums over schools that gave the number, and the
    ``…_known`` columns say how many did; ``both_pc``/``both_pt`` are sums over schools that gave both numbers.
    """
    return w.frame(
        """
        SELECT level, ownership, count(*) AS schools,
               sum(pupils) AS pupils, count(pupils) AS pupils_known,
               sum(classes) AS classes, count(classes) AS classes_known,
               sum(teachers) AS teachers, count(teachers) AS teachers_known,
               sum(pupils) FILTER (WHERE classes > 0) AS pupils_with_classes,
               sum(classes) FILTER (WHERE pupils IS NOT NULL) AS classes_with_pupils,
               sum(pupils) FILTER (WHERE teachers > 0) AS pupils_with_teachers,
               sum(teachers) FILTER (WHERE pupils IS NOT NULL) AS teachers_with_pupils,
               count(*) FILTER (WHERE national_standard) AS standard, count(national_standard) AS standard_known,
               count(*) FILTER (WHERE happy_school) AS happy, count(happy_school) AS happy_known
        FROM school
        WHERE as_of = ? AND status = ?
        GROUP BY level, ownership
        ORDER BY list_position(?, level), ownership DESC
        """,
        of.as_of,
        of.status,
        list(LEVELS),
    )


@recent
def by_place(w: Warehouse, of: Register, kind: str) -> pd.DataFrame:
    """Schools from preschool to upper secondary by place, the most first: one row a place.

    ``kind``: unit (wards of the register's day), district (former districts: a ward counts for the one that most of it
    lay in), type (phường or xã).
    """
    return w.frame(
        """
        WITH placed AS (
            SELECT s.ownership,
                   CASE ? WHEN 'city' THEN u.unit_key WHEN 'district' THEN u.main_district_key ELSE u.type END AS area_key
            FROM school AS s JOIN unit AS u USING (unit_key)
            WHERE s.as_of = ? AND s.status = ? AND list_contains(?, s.level)
        )
        SELECT p.area_key, coalesce(a.name_vi, p.area_key) AS name_vi, coalesce(a.name_en, p.area_key) AS name_en,
               count(*) AS schools, count(*) FILTER (WHERE p.ownership = 'public') AS public,
               count(*) FILTER (WHERE p.ownership = 'private') AS private
        FROM placed AS p LEFT JOIN unit AS a ON a.unit_key = p.area_key
        GROUP BY ALL
        ORDER BY schools DESC, name_vi COLLATE vi
        """,
        kind,
        of.as_of,
        of.status,
        list(COUNTED),
    )


@recent
def supply(w: Warehouse, of: Register) -> pd.DataFrame:
    """Every ward in force on the register's day with its people and schools: one row a ward.

    ``residents_per_preschool`` and ``pupils_per_1000`` (pupils of schools that stand in the ward, wherever they live)
    are missing where the ward has no school in the register, or no population is known; a ward that has schools but
    no preschool has ``preschools`` 0.
    """
    return w.frame(
        """
        WITH counted AS (
            SELECT unit_key, count(*) AS schools, count(*) FILTER (WHERE level = 'preschool') AS preschools,
                   sum(pupils) AS pupils, count(pupils) AS pupils_known
            FROM school WHERE as_of = ? AND status = ? AND list_contains(?, level)
            GROUP BY unit_key
        )
        SELECT u.unit_key, u.code, u.name_vi, u.name_en, d.name_vi AS district_vi, d.name_en AS district_en, u.population,
               u.population_as_of, c.schools, c.preschools, c.pupils,
               u.population / nullif(c.preschools, 0) AS residents_per_preschool,
               CASE WHEN c.pupils_known = c.schools THEN 1000 * c.pupils / nullif(u.population, 0) END AS pupils_per_1000
        FROM unit AS u
        LEFT JOIN unit AS d ON d.unit_key = u.main_district_key
        LEFT JOIN counted AS c ON c.unit_key = u.unit_key
        WHERE u.level = 'ward' AND (u.valid_from IS NULL OR u.valid_from <= ?) AND (u.valid_to IS NULL OR u.valid_to >= ?)
        ORDER BY u.name_vi COLLATE vi
        """,
        of.as_of,
        of.status,
        list(COUNTED),
        of.as_of,
        of.as_of,
    )


@remembered
def districts_of(w: Warehouse, of: Register) -> dict[str, tuple[str, str]]:
    """Former districts that schools of a register belong to, by name: key → (Vietnamese, English)."""
    rows = w.rows(
        """
        SELECT DISTINCT d.unit_key, d.name_vi, d.name_en
        FROM school AS s JOIN unit AS u USING (unit_key) JOIN unit AS d ON d.unit_key = u.main_district_key
        WHERE s.as_of = ? AND s.status = ?
        ORDER BY d.name_vi COLLATE vi
        """,
        of.as_of,
        of.status,
    )
    return {row["unit_key"]: (row["name_vi"], row["name_en"]) for row in rows}


_PLAIN = "replace(strip_accents(lower(concat_ws(' ', s.school_name, s.school_code, u.name_vi, u.name_en))), 'đ', 'd')"
_WHOLE = "lower(concat_ws(' ', s.school_name, s.school_code, u.name_vi, u.name_en))"
_SOUGHT = """
    FROM school AS s
    JOIN unit AS u USING (unit_key)
    LEFT JOIN unit AS d ON d.unit_key = u.main_district_key
    WHERE s.as_of = ? AND s.status = ? AND (? = '' OR s.level = ?) AND (? = '' OR s.ownership = ?)
      AND (? = '' OR u.main_district_key = ?)
"""


def _fitting(filters: Filters) -> tuple[str, list[object]]:
    """The part of the query that looks for a text, and its parameters; nothing where none is sought.

    Diacritics count where they were typed, as in ``queries.text.fits``.
    """
    typed_text = " ".join(unicodedata.normalize("NFC", filters.sought).lower().split())
    if not typed_text:
        return "", []
    plainly = plain(filters.sought) == typed_text
    return f" AND contains({_PLAIN if plainly else _WHOLE}, ?)", [typed_text]


def _sought(of: Register, filters: Filters) -> list[object]:
    """The parameters of ``_SOUGHT``."""
    pairs = ((value, value) for value in (filters.level, filters.ownership, filters.district))
    return [of.as_of, of.status, *(value for pair in pairs for value in pair)]


@recent
def _sought_by_level(w: Warehouse, of: Register, filters: Filters) -> dict[str, int]:
    """How many schools of a register fit, by level in the order of schooling."""
    where, text = _fitting(filters)
    rows = w.rows(
        "SELECT s.level, count(*) AS n"
        + _SOUGHT
        + where
        + " GROUP BY s.level ORDER BY list_position(?, s.level)",
        *(*_sought(of, filters), *text, list(LEVELS)),
    )
    return {row["level"]: row["n"] for row in rows}


def count_sought(w: Warehouse, of: Register, filters: Filters) -> int:
    """How many schools of a register fit."""
    return sum(_sought_by_level(w, of, filters).values())


def _reaching(counts: dict[str, int], limit: int, offset: int) -> tuple[list[str], int]:
    """The levels that rows of a page are of, and how many of their rows come before the page."""
    levels: list[str] = []
    before, first = 0, offset
    for level, n in counts.items():
        if before < offset + limit and before + n > offset:
            if not levels:
                first = offset - before
            levels.append(level)
        before += n
    return levels, first


def sought(w: Warehouse, of: Register, filters: Filters, limit: int, offset: int) -> pd.DataFrame:
    """The schools of a register that fit, one row a school, by level and name; at most ``limit`` from ``offset`` on.

    Putting names into Vietnamese order is what takes time, so it is done for the levels on the page alone.
    """
    levels, first = _reaching(_sought_by_level(w, of, filters), limit, offset)
    where, text = _fitting(filters)
    return w.frame(
        """
        SELECT s.school_name, s.school_code, s.level, s.ownership, u.name_vi AS unit_vi, u.name_en AS unit_en,
               d.name_vi AS district_vi, d.name_en AS district_en, s.classes, s.pupils, s.teachers,
               s.national_standard, s.happy_school
        """
        + _SOUGHT
        + where
        + """
          AND list_contains(?, s.level)
        ORDER BY list_position(?, s.level), s.school_name COLLATE vi, s.school_code
        LIMIT ? OFFSET ?
        """,
        *(*_sought(of, filters), *text, levels, list(LEVELS), limit, first),
    )


@recent
def published(w: Warehouse) -> pd.DataFrame:
    """Every published figure about schools, city and districts: indicator, place, value, date, limits and source."""
    return w.frame(
        r"""
        SELECT i.name_vi, i.name_en, i.unit_vi, i.unit_en, i.kind, i.basis, u.name_vi AS place_vi, u.name_en AS place_en,
               o.period_start, o.period_end, o.date_basis, o.period_label, o.value, o.qualifier, o.note_vi, o.note_en,
               s.title AS source_title, s.url
        FROM observation AS o
        JOIN indicator AS i USING (indicator_id)
        JOIN unit AS u USING (unit_key)
        JOIN source AS s ON s.source_id = o.source_id
        WHERE o.status = 'published'
          AND regexp_matches(o.indicator_id, '^(school|plan\.new_schools|plan\.national_standard)\.')
        ORDER BY i.position, u.level, o.period_end DESC, u.name_vi COLLATE vi, o.source_id
        """
    )
