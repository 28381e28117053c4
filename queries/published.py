"""What is published about an indicator: every figure with its basis, date and source, and why it differs from another.

For a member who heard “89%” and sees 72% on the screen.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from queries.bases import NOT_STATED
from queries.catalogue import CITY, typed
from queries.figures import Figure
from queries.warehouse import Warehouse, remembered

NEAR = 0.015
"""How far a published rate may be from the one that was heard: 1.5 points."""
ROUNDED = 0.005
"""Within half a point people mean the same number when they speak; the city's comes first then."""
_NUMBERS = re.compile(r"[\d.,]*\d")


@dataclass(frozen=True)
class PublishedFigure:
    """One published figure with the place it is of and the source it comes from.

    ``value`` is a fraction for a rate, else the count; ``basis`` is None for a count.
    """

    indicator_id: str
    indicator_vi: str
    indicator_en: str
    kind: str
    basis: str | None
    unit_key: str
    place_vi: str
    place_en: str
    period_label: str | None
    period_start: dt.date | None
    period_end: dt.date
    date_basis: str
    value: float | None
    numerator: float | None
    qualifier: str | None
    basis_evidence: str | None
    note_vi: str | None
    note_en: str | None
    source_id: str
    source_title: str
    url: str | None


@remembered
def _all_published(w: Warehouse) -> tuple[tuple[PublishedFigure, str | None, int], ...]:
    """All published figures in the order of ``published_about``, with model and place in the catalogue."""
    rows = w.rows(
        """
        SELECT o.indicator_id, i.name_vi AS indicator_vi, i.name_en AS indicator_en, i.kind, i.basis, o.unit_key,
               u.name_vi AS place_vi, u.name_en AS place_en, o.period_label, o.period_start, o.period_end, o.date_basis,
               o.value, o.numerator, o.qualifier, o.basis_evidence, o.note_vi, o.note_en, o.source_id,
               s.title AS source_title, s.url, i.model, i.position
        FROM observation AS o
        JOIN indicator AS i USING (indicator_id)
        JOIN unit AS u USING (unit_key)
        JOIN source AS s ON s.source_id = o.source_id
        WHERE o.status = 'published'
        ORDER BY CASE u.level WHEN 'city' THEN 0 WHEN 'district' THEN 1 ELSE 2 END, o.period_end DESC,
                 u.name_vi COLLATE vi, i.position, o.source_id
        """
    )
    return tuple((typed(PublishedFigure, row), row["model"], row["position"]) for row in rows)


def published_about(w: Warehouse, *subjects: str) -> list[PublishedFigure]:
    """Every published figure about models (``family``) or of single indicators (``school.count``).

    The city first, then districts and wards, the latest first.
    """
    return [f for f, model, _ in _all_published(w) if model in subjects or f.indicator_id in subjects]


def published_of(w: Warehouse, unit_keys: Sequence[str]) -> list[PublishedFigure]:
    """Every published figure of some units, in the order of the units given, the latest first."""
    places = {key: place for place, key in reversed(list(enumerate(unit_keys)))}
    found = [(f, position) for f, _, position in _all_published(w) if f.unit_key in places]
    found.sort(key=lambda one: (one[1], one[0].source_id))
    found.sort(key=lambda one: one[0].period_end, reverse=True)
    return [f for f, _ in sorted(found, key=lambda one: places[one[0].unit_key])]


def without_basis(listed: Sequence[PublishedFigure]) -> list[PublishedFigure]:
    """The rates whose sources do not state what they are of: to be shown apart, never beside others."""
    return [figure for figure in listed if figure.basis == NOT_STATED]


def heard_rate(text: str) -> float | None:
    """The rate that somebody says they heard, as a fraction: “89”, “89%”, “72,1”, “0.89”; None where it is no rate.

    A number below 1 without a percent sign is taken for a fraction. Words around the number do not matter.
    """
    numbers = _NUMBERS.findall(text)
    if len(numbers) != 1 or not re.fullmatch(r"\d+([.,]\d+)?", numbers[0]):
        return None
    number = float(numbers[0].replace(",", "."))
    if number >= 1 or "%" in text:
        number /= 100
    return number if 0 < number <= 1 else None


def nearest(listed: Sequence[PublishedFigure], heard: float) -> list[PublishedFigure]:
    """The published rates within 1.5 points of what was heard, the nearest first; of those that round alike the city's."""

    def off(figure: PublishedFigure) -> float:
        return round(abs((figure.value or 0.0) - heard), 6)

    rates = [f for f in listed if f.kind == "rate" and f.value is not None and off(f) <= NEAR]
    return sorted(rates, key=lambda f: (off(f) > ROUNDED, f.unit_key != CITY, off(f)))


def _subject(indicator_id: str) -> str:
    """What a rate is about, without its basis."""
    return indicator_id.rpartition(".")[0]


def why_different(published: PublishedFigure, headline: Figure | None) -> tuple[str, ...]:
    """Why a published figure differs from the one on the screen, the weightiest reason first.

    ``count``: a number of things and no rate; ``subject``: a rate of another title; ``basis``: a rate of something else; ``not_stated``: nobody knows of what;
    ``place``: of another place; ``undated``: no date of its own; ``date``: of another day; ``illustrative``: the
    screen has no real figure; ``source``: the same by all of these and yet another number; ``same``: it is the figure
    on the screen. Nothing where there is no figure on the screen.
    """
    if headline is None:
        return ()
    if published.kind != "rate":
        return ("count",)
    differs = {
        "subject": _subject(published.indicator_id) != _subject(headline.indicator_id),
        "not_stated": published.basis == NOT_STATED,
        "basis": published.basis not in (NOT_STATED, headline.basis),
        "place": published.unit_key != CITY,
        "illustrative": headline.status == "illustrative",
    }
    reasons = [reason for reason, holds in differs.items() if holds]
    if not differs["illustrative"]:
        if published.date_basis == "undated" and headline.date_basis != "undated":
            reasons.append("undated")
        elif published.period_end != headline.period_end:
            reasons.append("date")
    if not reasons:
        reasons.append("same" if published.value == headline.value else "source")
    return tuple(reasons)
