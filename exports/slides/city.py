"""Slides about the whole city: headline figures, one of them over time, and two periods side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

from charts.vector import Break, Line, Pair
from exports.slides.ask import HEADLINE, Ask
from exports.slides.model import Grid, Headline, Slide
from i18n import percent, period_name, points
from queries import catalogue, figures, overview
from queries.bases import one_basis
from queries.catalogue import Indicator
from queries.coverage import as_of
from queries.figures import Figure
from queries.gaps import Gap, gaps
from queries.overview import Change
from queries.pace import Pace, alike, pace_of_city


def _usual(ask: Ask) -> tuple[str, ...]:
    """The headline of every learning model that still exists."""
    return tuple(
        f"model.{m.model}.{HEADLINE}" for m in catalogue.learning_models(ask.w) if m.ended_on is None
    )[:6]


def headlines(ask: Ask) -> Slide:
    """The city's figures for some indicators, each with its status and the gap to its target."""
    words, shown = ask.words, ask.indicators(_usual(ask))
    found = [(indicator, *_best(ask, indicator)) for indicator in shown]
    known = [figure for _, figure, _ in found if figure is not None]
    held = [(figure, gap) for _, figure, gap in found if figure is not None and gap is not None]
    real = [(figure, gap) for figure, gap in held if figure.status != "illustrative"]
    met = [gap.met for _, gap in real or held]
    title = words("presentation.figures_title_plain")
    if met:
        years = "–".join(str(year) for year in sorted({gap.target.year for _, gap in real or held}))
        title = words("presentation.figures_title", met=sum(met), n=len(met), years=years)
    told = [words("presentation.figures_note")] if real and len(real) < len(held) else []
    bases = {ask.basis(indicator) for indicator in shown if indicator.kind == "rate"}
    return Slide(
        kind="figures",
        title=ask.heading(title),
        subtitle=" · ".join((*sorted(bases), *told)),
        figures=tuple(card(ask, indicator, figure, gap) for indicator, figure, gap in found),
        note="" if known else words("cards.none"),
        sources=ask.sources(figure.source_id for figure in known),
        statuses=ask.marks(figure.status for figure in known),
        definitions=tuple(ask.definition(indicator) for indicator in shown),
        address=ask.page(""),
    )


def _best(ask: Ask, indicator: Indicator) -> tuple[Figure | None, Gap | None]:
    """The figure to show and its distance to the target of the latest year."""
    series = figures.city_series(ask.w, indicator.indicator_id, ask.statuses)
    figure = figures.best(series, ask.until) or figures.best(series)
    targets = catalogue.governing_targets(ask.w, indicator.indicator_id)
    held = gaps(figure, targets[-1:], series) if figure else []
    return figure, held[0] if held else None


def card(ask: Ask, indicator: Indicator, figure: Figure | None, gap: Gap | None = None) -> Headline:
    """One figure of the city as a large number."""
    label = ask.name(indicator)
    if figure is None:
        return Headline(label, "–", None, detail=ask.words("cards.none"))
    part = figure.units_reporting is not None and figure.units_reporting < (figure.units_expected or 0)
    return Headline(
        label=label,
        text=ask.value(figure.value, indicator.kind, figure.status, figure.qualifier),
        value=figure.value,
        gap=ask.gap(gap) if gap else "",
        detail=". ".join(part for part in (ask.day(figure), ask.coverage(figure) if part else "") if part),
        status=figure.status,
        mark=ask.mark(figure.status),
    )


# ---- Over time ------------------------------------------------------------------------------------------------------


def trend(ask: Ask) -> Slide:
    """One indicator of the city over time with its targets; one line a status, sums of districts and wards apart."""
    words, indicator = ask.words, ask.indicator()
    series = figures.city_series(ask.w, indicator.indicator_id, ask.statuses)
    if ask.until:
        series = [figure for figure in series if figure.period_end <= ask.until]
    pace = pace_of_city(ask.w, indicator.indicator_id, ask.statuses, ask.until)
    targets = catalogue.governing_targets(ask.w, indicator.indicator_id)
    one_basis(series, [t.indicator_id for t in targets] if series and indicator.kind == "rate" else [])
    lines = _lines(ask, indicator, series)
    used = [f for f in series if f.date_basis != "undated"]
    return Slide(
        kind="trend",
        title=ask.heading(_trend_title(ask, indicator, pace)),
        subtitle=" · ".join(part for part in (ask.name(indicator), ask.basis(indicator)) if part),
        lines=lines,
        targets=tuple(ask.target_line(target) for target in targets) if lines else (),
        breaks=(Break(figures.reform_day(ask.w), words("common.reform_label")),) if lines else (),
        percent=indicator.kind == "rate",
        table=_series_table(ask, indicator, used),
        note=words("presentation.trend_note") if lines else words("cards.none"),
        sources=ask.sources(figure.source_id for figure in used),
        statuses=ask.marks(figure.status for figure in used),
        definitions=(ask.definition(indicator),),
        address=ask.page("mo-hinh", model=indicator.model),
    )


def _trend_title(ask: Ask, indicator: Indicator, pace: Pace) -> str:
    words, figure = ask.words, pace.figure
    if figure is None:
        return ask.name(indicator)
    value = ask.value(figure.value, indicator.kind, figure.status, figure.qualifier)
    said = {"label": ask.name(indicator), "value": value, "day": ask.day(figure)}
    if pace.gap is None:
        return words("presentation.trend_title_plain", **said)
    apart = points(abs(pace.gap.difference), ask.lang).lstrip("+±")
    key = "presentation.trend_title_met" if pace.gap.met else "presentation.trend_title"
    return words(key, **said, year=pace.gap.target.year, apart=apart)


def _lines(ask: Ask, indicator: Indicator, series: Sequence[Figure]) -> tuple[Line, ...]:
    """Published figures as points that no line joins; sums of districts and of wards as two stretches of one line."""
    found, reform = [], figures.reform_day(ask.w)
    for status in ("published", "reported", "illustrative"):
        last = figures.best([f for f in series if f.status == status and f.date_basis != "undated"])
        points = [
            (
                f.period_end,
                f.value,
                ask.value(f.value, indicator.kind, f.status, f.qualifier),
                f.reporting_level,
            )
            for f in (alike(series, last) if last else [])
        ]
        breaks = [n for n, (one, two) in enumerate(pairwise(points), 1) if one[3] != two[3]]
        for n in reversed(breaks):
            points.insert(n, (reform, None, "", None))
        if points:
            days, values, told, _ = zip(*points, strict=True)
            found.append(
                Line(
                    ask.mark(status),
                    days,
                    values,
                    status == "illustrative",
                    told,
                    joined=status != "published",
                )
            )
    return tuple(found)


def _series_table(ask: Ask, indicator: Indicator, series: Sequence[Figure]) -> Grid | None:
    words = ask.words
    columns = (words("common.date"), words("common.value"), words("common.status_column"))
    rows = tuple(
        (ask.day(f), ask.value(f.value, indicator.kind, f.status, f.qualifier), ask.mark(f.status))
        for f in series
    )
    return Grid(columns, rows) if rows else None


# ---- Before and after -----------------------------------------------------------------------------------------------


def before_after(ask: Ask) -> Slide:
    """The rate of each learning model now and one period before, over units that can be compared."""
    words, period = ask.words, ask.period()
    before = overview.previous_period(ask.w, period.end, ask.statuses) if period else None
    found = overview.changes(ask.w, HEADLINE, period.end, before, ask.statuses) if period and before else []
    names = {m.model: ask.pick(m.short_name_vi, m.short_name_en) for m in catalogue.learning_models(ask.w)}
    wanted = {i.model for i in ask.indicators(())}
    found = [c for c in found if not wanted or c.model in wanted]
    slide = Slide(
        kind="before_after",
        title=ask.heading(words("presentation.before_title_plain")),
        note=words("overview.changes_none"),
        address=ask.page(""),
    )
    if not found or period is None or before is None:
        return slide
    one_basis(found)
    earlier = next(p for p in figures.periods(ask.w) if p.end == before)
    pair_names = (period_name(earlier.start, earlier.end, ask.lang), ask.period_words(period))
    up = sum(c.rate_now > c.rate_before for c in found)
    levels = dict.fromkeys(c.level for c in found)
    basis = words(f"common.basis_{found[0].basis}")
    return Slide(
        kind="before_after",
        title=ask.heading(words("presentation.before_title", up=up, n=len(found), before=pair_names[0])),
        subtitle=f"{words('overview.changes_caption', period=pair_names[1], before=pair_names[0])} {basis}",
        pairs=tuple(Pair(names[c.model], c.rate_before, c.rate_now, c.estimated_share > 0) for c in found),
        pair_names=pair_names,
        table=_changes_table(ask, found, names, pair_names),
        note=" ".join(words(f"presentation.over_{level}") for level in levels),
        sources=ask.sources(
            "sample-generator" if c.status == "illustrative" else "office-reports" for c in found
        ),
        statuses=ask.marks(
            [c.status for c in found] + ["apportioned" for c in found if c.estimated_share > 0]
        ),
        address=ask.page(""),
    )


def _changes_table(
    ask: Ask, found: Sequence[Change], names: dict[str, str], periods: tuple[str, str]
) -> Grid:
    words = ask.words
    rows = tuple(
        (
            names[c.model], percent(c.rate_before, ask.lang), percent(c.rate_now, ask.lang),
            points(c.rate_now - c.rate_before, ask.lang),
        )
        for c in found
    )  # fmt: skip
    return Grid((words("overview.changes_model"), *periods, words("overview.changes_difference")), rows)


def today(ask: Ask) -> dt.date:
    """The day of the build in Hà Nội, which all that a slide says is as of."""
    return as_of(ask.w)
