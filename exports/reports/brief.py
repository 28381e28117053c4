"""The brief for the steering committee: where the city stands, its pace, the wards to help, how good the figures are."""

from __future__ import annotations

from exports.reports.blocks import (
    NEW_PAGE,
    Document,
    sheet,
)
from exports.reports.brief_pace import pace_page
from exports.reports.brief_quality import quality_page, sources_part
from exports.reports.brief_state import CITY_CARDS, state_page
from exports.reports.brief_wards import wards_page
from exports.reports.told import (
    FAMILY,
    HEADLINE,
    STATUSES,
    Teller,
    teller,
)
from i18n import Lang
from queries import catalogue, figures, pace
from queries.figures import Figure, Period
from queries.warehouse import Warehouse


def brief(w: Warehouse, lang: Lang, period: Period | None = None) -> Document:
    """The brief of a period (the latest where none is given): four pages, each with one question.

    Figures of all statuses, each with its mark. Where no office has reported, the pages say what is missing.
    """
    told = teller(w, lang, period)
    words = told.words
    models = [m for m in catalogue.learning_models(w) if m.ended_on is None]
    paces = {m.model: pace.pace_of_city(w, f"model.{m.model}.{HEADLINE}", STATUSES, told.end) for m in models}
    units = pace.paces_of_units(w, FAMILY, told.end, STATUSES) if told.end else None
    shown = {m.model: _headline(told, f"model.{m.model}.{HEADLINE}") for m in models} | {
        i: _headline(told, i) for i, _ in CITY_CARDS
    }
    pages = (
        state_page(told, models, shown, units),
        pace_page(told, models, paces, units),
        wards_page(told, units),
        [*quality_page(told), *sources_part(told, [f for f in shown.values() if f])],
    )
    blocks = [block for page in pages for block in (NEW_PAGE, sheet(page))]
    header = words("reports.brief_header", period=told.period_words)
    return told.document(words("reports.brief_title", period=told.period_words), header, blocks)


def _headline(told: Teller, indicator_id: str) -> Figure | None:
    series = figures.city_series(told.w, indicator_id, STATUSES)
    return figures.best(series, told.end) or figures.best(series)
