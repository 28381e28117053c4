"""The first page of the brief: the figures of the city with their targets, the map, and what changed."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from charts.models import about
from exports.reports.blocks import (
    Block,
    Cell,
    card,
    cards,
    cell,
    columns,
    heading,
    lead,
    notice,
    paragraph,
    table,
)
from exports.reports.drawn import unit_map
from exports.reports.told import (
    HEADLINE,
    STATUSES,
    Teller,
    first_large,
    level_of,
    mark_of,
    status_of,
)
from i18n import decimal, percent, period_name, points, short_date
from queries import catalogue, figures, network, overview
from queries.catalogue import LearningModel
from queries.figures import Figure
from queries.gaps import gaps

CITY_CARDS = (
    ("school.count", "overview.card_schools"),
    ("school.pupils", "overview.card_pupils"),
    ("participation.association.members", "overview.card_members"),
)


def state_page(
    told: Teller, models: Sequence[LearningModel], shown: dict[str, Figure | None], units: pd.DataFrame | None
) -> list[Block]:
    words = told.words
    found = [_model_card(told, m, shown[m.model]) for m in models]
    found += [
        _city_card(told, indicator_id, words(key), shown[indicator_id]) for indicator_id, key in CITY_CARDS
    ]
    found.append(_network_card(told))
    blocks = [
        heading(words("reports.brief_title", period=told.period_words), 1),
        lead(words("reports.brief_lead", basis=words(f"common.basis_{HEADLINE}"))),
    ]
    if any(f is not None and f.status == "illustrative" for f in shown.values()):
        blocks.append(notice(words("reports.illustrative")))
    blocks += [heading(words("reports.state")), cards(found, 4, 104)]
    values = _rates(units)
    status = status_of(units)
    left = unit_map(
        told,
        words(f"reports.map_title_{level_of(told)}"),
        words(
            "reports.of_units",
            basis=words(f"common.basis_{HEADLINE}"),
            period=told.period_words,
            mark=mark_of(told, status),
        ),
        values,
        (300, 232),
    )
    return [*blocks, columns((1.15, 1), (left, _changes(told)))]


def _rates(units: pd.DataFrame | None) -> dict[str, float | None]:
    if units is None:
        return {}
    return {
        key: None if pd.isna(value) else float(value)
        for key, value in zip(units["unit_key"], units["value"], strict=True)
    }


def _model_card(told: Teller, model: LearningModel, figure: Figure | None) -> Block:
    words = told.words
    label = words.pick(model.short_name_vi, model.short_name_en)
    if figure is None:
        return card(label, "–", [words("cards.none")])
    indicator_id = f"model.{model.model}.{HEADLINE}"
    series = figures.city_series(told.w, indicator_id, STATUSES)
    counted = words.pick(model.counted_vi, model.counted_en)
    targets = catalogue.governing_targets(told.w, indicator_id)
    lines = [told.gap(g, counted) for g in gaps(figure, targets, series)] or [words("cards.no_target")]
    partly = figure.units_reporting is not None and figure.units_reporting != figure.units_expected
    lines = [*lines[-1:], *([told.coverage(figure)] if partly else [])]
    return card(label, told.value(figure, "rate"), lines, told.mark(figure.status), told.date(figure))


def _city_card(told: Teller, indicator_id: str, label: str, figure: Figure | None) -> Block:
    known = catalogue.indicator(told.w, indicator_id)
    if figure is None or known is None:
        return card(label, "–", [told.words("cards.none")])
    coverage_line = [told.coverage(figure)] if figure.units_reporting is not None else []
    return card(
        label, told.value(figure, known.kind), coverage_line, told.mark(figure.status), told.date(figure)
    )


def _network_card(told: Teller) -> Block:
    total, words = network.latest_total(told.w), told.words
    label = words("overview.card_network")
    if total is None:
        return card(label, "–", [words("cards.none")])
    countries = words("overview.network_countries", n=decimal(total.countries, told.lang))
    days = {m.milestone_id: m.happened_on for m in network.milestones(told.w)}
    lines = [f"{countries} · {short_date(total.observed_on, told.lang)}"]
    if network.ADMITTED in days and network.CERTIFIED in days:
        lines.append(
            words(
                "overview.network_member",
                announced=short_date(days[network.ADMITTED], told.lang),
                certified=short_date(days[network.CERTIFIED], told.lang),
            )
        )
    return card(label, decimal(total.members, told.lang), lines)


def _changes(told: Teller) -> list[Block]:
    """Rates now and one period before, over what can be compared."""
    words = told.words
    title = heading(words("overview.changes_title"))
    before = overview.previous_period(told.w, told.end, STATUSES) if told.end else None
    rows = overview.changes(told.w, HEADLINE, told.end, before, STATUSES) if told.end and before else []
    if not rows or before is None:
        return [title, paragraph(words("overview.changes_none"))]
    earlier = next(p for p in figures.periods(told.w) if p.end == before)
    names = {m.model: words.pick(m.short_name_vi, m.short_name_en) for m in catalogue.learning_models(told.w)}
    body: list[list[Cell]] = [
        [
            names[row.model],
            about(percent(row.rate_before, told.lang), False),
            cell(about(percent(row.rate_now, told.lang), row.estimated_share > 0), strong=True),
            about(points(row.rate_now - row.rate_before, told.lang), row.estimated_share > 0),
        ]
        for row in rows
    ]
    caption = words(
        "overview.changes_caption",
        period=first_large(told.period_words),
        before=period_name(earlier.start, earlier.end, told.lang),
    )
    over = " ".join(words(f"overview.changes_over_{level}") for level in dict.fromkeys(r.level for r in rows))
    marks = ", ".join(told.mark_words(status) for status in dict.fromkeys(r.status for r in rows))
    keys = ("model", "before", "now", "difference")
    return [
        title,
        paragraph(f"{marks} · {caption} {over}", quiet=True),
        table([words(f"overview.changes_{k}") for k in keys], body, (2.1, 1.1, 1.1, 1.5), (1, 2, 3)),
    ]
