"""What is published about an indicator, as a table in which no column mixes bases."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from charts.base import Look
from i18n import in_short, percent_as_given, period_as_worded, short_date
from queries.bases import NOT_STATED, one_basis
from queries.catalogue import BASES
from queries.figures import Figure
from queries.published import PublishedFigure, why_different

COUNTS = ("recognised", "registered", "total")


def when(figure: PublishedFigure, look: Look) -> str:
    """The date of a figure as its source words it."""
    return period_as_worded(figure.period_label, figure.period_start, figure.period_end, look.lang)


def value_of(figure: PublishedFigure, look: Look) -> str:
    """A figure with the digits and the limiting word of its source: “hơn 67%”."""
    rate = figure.kind == "rate"
    text = percent_as_given(figure.value, look.lang) if rate else in_short(figure.value, look.lang)
    return f"{look.words('common.qualifier_' + figure.qualifier)} {text}" if figure.qualifier else text


def reasons(figure: PublishedFigure, headline: Figure | None, look: Look) -> str:
    """Why a published figure differs from the one on the screen, in sentences."""
    words = look.words
    if headline is None:
        return ""
    places = {
        "subject": words.pick(figure.indicator_vi, figure.indicator_en),
        "basis": words(f"common.basis_{figure.basis}") if figure.basis in BASES else "",
        "own_basis": words(f"common.basis_{headline.basis}") if headline.basis in BASES else "",
        "place": words.pick(figure.place_vi, figure.place_en),
        "day": short_date(figure.period_end, look.lang),
        "date": when(figure, look),
        "own_date": period_as_worded(
            headline.period_label, headline.period_start, headline.period_end, look.lang
        ),
    }
    return " ".join(
        words(f"models.why_{reason}", **_asked(reason, places)) for reason in why_different(figure, headline)
    )


_PLACES = {
    "subject": ("subject",),
    "basis": ("basis", "own_basis"),
    "place": ("place",),
    "undated": ("day",),
    "date": ("date", "own_date"),
}


def _asked(reason: str, places: dict[str, str]) -> dict[str, str]:
    return {name: places[name] for name in _PLACES.get(reason, ())}


def _column(figure: PublishedFigure) -> str:
    """What a figure may share a column with: rates their basis, counts the thing that was counted."""
    return (figure.basis or "") if figure.kind == "rate" else figure.indicator_id


def _title(column: str, listed: Sequence[PublishedFigure], look: Look) -> str:
    words = look.words
    if column == NOT_STATED:
        return words("models.published_not_stated")
    if column in BASES:
        return words(f"common.basis_short_{column}")
    counted = column.rpartition(".")[2]
    if column.startswith("model.") and counted in COUNTS:
        return words(f"models.count_{counted}")
    first = next(f for f in listed if _column(f) == column)
    return words.pick(first.indicator_vi, first.indicator_en)


def _in_order(columns: set[str]) -> list[str]:
    known = [*BASES, "of_total", NOT_STATED]
    return sorted(columns, key=lambda c: (known.index(c) if c in known else len(known), c))


def by_basis(
    listed: Sequence[PublishedFigure], first: str, look: Look
) -> list[tuple[str, list[PublishedFigure]]]:
    """Figures in groups that may stand under one heading, with that heading: the basis ``first``, then the others.

    Raises MixedBases where a group would hold two bases.
    """
    columns = _in_order({_column(f) for f in listed})
    groups = []
    for column in sorted(columns, key=lambda c: c != first):
        own = [f for f in listed if _column(f) == column]
        if column != NOT_STATED:
            one_basis(own)
        groups.append((_title(column, listed, look), own))
    return groups


def published_table(listed: Sequence[PublishedFigure], headline: Figure | None, look: Look) -> pd.DataFrame:
    """One row a figure, in the order given: place, date, the value in the column of its basis, and why it differs.

    Raises MixedBases where a column would hold two bases.
    """
    words = look.words
    table: dict[str, list[str]] = {
        words("models.published_place"): [words.pick(f.place_vi, f.place_en) for f in listed],
        words("common.date"): [when(f, look) for f in listed],
    }
    for title, own in by_basis(listed, "", look):
        table[title] = [value_of(f, look) if f in own else "" for f in listed]
    table[words("models.published_why")] = [reasons(f, headline, look) for f in listed]
    table[words("models.published_date_kind")] = [words(f"common.date_{f.date_basis}") for f in listed]
    table[words("models.published_note")] = [words.pick(f.note_vi, f.note_en) for f in listed]
    table[words("models.published_link")] = [f.url or "" for f in listed]
    return pd.DataFrame(table)
