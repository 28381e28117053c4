"""A ward or former district on one page, with the figures of its page on the screen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from charts.models import about
from charts.vector import PAPER, Bar, Line, bars
from exports.reports.blocks import (
    NEW_PAGE,
    Block,
    Cell,
    Document,
    cell,
    chart,
    columns,
    gap,
    heading,
    lead,
    listed,
    notice,
    paragraph,
    sheet,
    table,
)
from exports.reports.drawn import LETTERS, trend_block
from exports.reports.profile_titles import THEMES, Asked, Title, asked_for, last_day, titles_of
from exports.reports.told import FAMILY, HEADLINE, MODEL, STATUSES, Teller, teller
from i18n import Lang, decimal, in_short, percent, period_name, points, short_date
from queries import wards
from queries.figures import Period
from queries.quality import Flag, flags
from queries.ward_names import places
from queries.wards import Facts, Reading, Report
from queries.warehouse import Warehouse

KINDS = ("learning_models", "participation")
COUNTS = (
    "participation.clc.learners", "participation.continuing.learners", "participation.association.members",
    "participation.learning_week.participants", "school.count", "school.pupils",
)  # fmt: skip
"""Counts that stand beside the rates."""
LATEST = 4


def profile(w: Warehouse, unit_key: str, lang: Lang, period: Period | None = None) -> Document:
    """The page of one unit. LookupError where the key is of no ward of today or former district."""
    told = teller(w, lang, period)
    if unit_key not in places(w):
        raise LookupError(unit_key)
    return document_of(told, [page_of(told, unit_key, asked_for(told))], name_of(told, unit_key))


def document_of(told: Teller, pages: Sequence[Sequence[Block]], title: str) -> Document:
    blocks = [block for page in pages for block in (NEW_PAGE, sheet(page))]
    words = told.words("reports.profile_header", period=told.period_words)
    return told.document(f"{title} – {told.period_words}", words, blocks)


def name_of(told: Teller, unit_key: str) -> str:
    place = places(told.w)[unit_key]
    name = told.words.pick(place.name_vi, place.name_en)
    return told.words("wards.former", name=name) if place.level == "district" else name


def page_of(told: Teller, unit_key: str, asked: Asked) -> list[Block]:
    words, facts = told.words, wards.facts(told.w, unit_key)
    readings = wards.readings(
        told.w, unit_key, facts.level, THEMES, STATUSES, last_day(told, facts.level, asked)
    )
    rows = titles_of(told, unit_key, facts.level, readings, asked)
    reports = [r for r in wards.reports(told.w, unit_key, STATUSES) if r.period_end <= asked.last]
    flagged = [f for f in flags(told.w, STATUSES, unit_key=unit_key) if f.period_end <= asked.last]
    blocks = [
        heading(name_of(told, unit_key), 1),
        lead(_facts_line(told, facts)),
        *_state(told, rows, readings),
        heading(words("reports.profile_models", basis=words(f"common.basis_{HEADLINE}"))),
    ]
    if any(row.value is not None for row in rows):
        blocks += [paragraph(_of(told, rows), quiet=True), _titles_table(told, rows)]
        blocks.append(
            columns((1.45, 1), (_trend(told, unit_key, facts, readings), _beside(told, facts, rows)))
        )
    else:
        blocks.append(paragraph(words("wards.models_empty", unit=name_of(told, unit_key))))
    blocks.append(gap(6))
    blocks.append(columns((1.45, 1), (_rates(told, readings), _reports(told, readings, reports, flagged))))
    ids = [facts.source_id, *(r.source_id for r in readings.values())]
    ids += [row.target.source_id for row in rows if row.target]
    sources = "; ".join(told.sources(ids, short=True))
    blocks.append(paragraph(f"{words('reports.sources')}: {sources}", quiet=True))
    return blocks


def _facts_line(told: Teller, facts: Facts) -> str:
    words, lang = told.words, told.lang
    valid = words("wards.since", day=short_date(facts.valid_from, lang))
    if facts.valid_to is not None:
        valid = words("wards.ended", day=short_date(facts.valid_to, lang))
    parts = [words("wards.code", code=facts.code, valid=valid)]
    if facts.population is not None:
        parts.append(
            f"{words('wards.fact_population')} {decimal(facts.population, lang)} ({facts.population_as_of or '–'})"
        )
    if facts.area_km2 is not None:
        parts.append(f"{decimal(facts.area_km2, lang, 1)} km²")
    if facts.density is not None:
        parts.append(words("wards.density", n=decimal(facts.density, lang)))
    group = words("wards.group_of", group=words.pick(facts.group_vi, facts.group_en), n=facts.group_size)
    parts.append(f"{words('wards.fact_group')}: {group}")
    if facts.level == "ward":
        names = [
            words.pick(s.name_vi, s.name_en)
            for s in wards.districts_of_ward(told.w, facts.unit_key)
            if s.people > 0
        ]
        if names:
            parts.append(f"{words('wards.fact_districts')} {', '.join(names)}")
    return " · ".join(parts)


def _state(told: Teller, rows: Sequence[Title], readings: dict[str, Reading]) -> list[Block]:
    """What to know before the figures: an older period, or illustrative figures."""
    words = told.words
    said = []
    latest = max(
        (row for row in rows if row.period_end), key=lambda r: r.period_end or dt.date.min, default=None
    )
    if latest and latest.period_end and told.end and latest.period_end != told.end:
        of = period_name(latest.period_start, latest.period_end, told.lang)
        said.append(words("wards.latest_is_older", period=told.period_words, latest=of))
    if any(r.status == "illustrative" for r in readings.values()):
        said.append(words("reports.illustrative"))
    return [notice(" ".join(said))] if said else []


def _titles_table(told: Teller, rows: Sequence[Title]) -> Block:
    words = told.words
    head = [
        words("wards.col_model"), words("wards.col_recognised"), words("wards.col_target_plain"), words("wards.col_pace"),
        words("wards.col_place_short"), words("wards.col_median"), words("wards.col_city"),
    ]  # fmt: skip
    common = _of(told, rows)
    body = [_title_row(told, row, common) for row in rows]
    return table(head, body, (2.65, 1.3, 2.4, 1.55, 0.8, 0.8, 0.9), (4, 5, 6), 2.8)


def _of(told: Teller, rows: Sequence[Title]) -> str:
    """The status and period that most of the titles have."""
    states = [_state_of(told, row) for row in rows if row.value is not None]
    return max(states, key=states.count, default="")


def _state_of(told: Teller, row: Title) -> str:
    if row.status is None or row.period_end is None:
        return ""
    return f"{told.mark_words(row.status)} · {period_name(row.period_start, row.period_end, told.lang)}"


def _title_row(told: Teller, row: Title, common: str) -> list[Cell]:
    words, lang = told.words, told.lang
    name = words.pick(row.model.short_name_vi, row.model.short_name_en)
    if row.value is None or row.status is None or row.period_end is None:
        return [
            cell(name, strong=True),
            words("common.not_reported"),
            "–",
            told.standing(row.standing),
            "–",
            "–",
            "–",
        ]
    single = row.reading is not None and row.reading.single
    counts = ""
    if not single and row.numerator is not None and row.denominator is not None:
        counts = words(
            "wards.of_counted", part=decimal(round(row.numerator), lang), whole=decimal(round(row.denominator), lang),
            counted=words.pick(row.model.counted_vi, row.model.counted_en),
        )  # fmt: skip
    value = about(percent(row.value, lang), row.estimated)
    if single:
        value = words("wards.single_yes" if row.value == 1 else "wards.single_no")
    state = _state_of(told, row)
    ranked = row.reading if row.reading and not single and row.reading.group_size > 1 else None
    city = percent(row.reading.city_value, lang) if row.reading else "–"
    return [
        cell(name, counts, strong=True),
        cell(value, state if state != common else "", strong=True),
        _goal(told, row),
        told.standing(row.standing),
        words("wards.place_of", place=ranked.group_rank, n=ranked.group_size) if ranked else "–",
        percent(ranked.group_median, lang) if ranked else "–",
        city,
    ]


def _goal(told: Teller, row: Title) -> Cell:
    """The target and what is lacking to it."""
    words, lang = told.words, told.lang
    if row.target is None or row.gap is None:
        return words("wards.no_target")
    goal = percent(row.target.value, lang, 0)
    if row.gap >= 0:
        over = points(row.gap, lang).lstrip("+±")
        return words(
            "wards.target_met" if round(row.gap, 3) > 0 else "wards.target_met_exactly", goal=goal, over=over
        )
    line = words("wards.target_short", goal=goal, short=points(-row.gap, lang).lstrip("+±"))
    if not row.lacking or not round(row.lacking):
        return line
    counted = words.pick(row.model.counted_vi, row.model.counted_en)
    amount = about(decimal(round(row.lacking), lang), row.estimated)
    return cell(line, words("wards.target_lacking", amount=amount, counted=counted))


def _trend(told: Teller, unit_key: str, facts: Facts, readings: dict[str, Reading]) -> list[Block]:
    """The unit's families over time."""
    words = told.words
    reading = readings.get(FAMILY)
    name = words.pick(facts.short_vi, name_of(told, unit_key))
    if reading is None or len(reading.days) < 2:
        return [paragraph(words("wards.trend_empty", unit=name_of(told, unit_key)))]
    line = Line(
        f"{name} ({told.mark_words(reading.status)})", reading.days, reading.values,
        dashed=reading.status == "illustrative",
    )  # fmt: skip
    title = words("reports.profile_trend")
    subtitle = words("reports.trend_subtitle", basis=words(f"common.basis_{HEADLINE}"))
    return [trend_block(told, title, subtitle, [line], FAMILY, (290, 140))]


def _beside(told: Teller, facts: Facts, rows: Sequence[Title]) -> list[Block]:
    """The unit's families beside its peers and the city."""
    words = told.words
    row = next((r for r in rows if r.model.model == MODEL), None)
    if row is None or row.reading is None or row.value is None:
        return []
    reading = row.reading
    shown = [
        Bar(words.pick(facts.short_vi, facts.name_en), row.value, marked=True),
        Bar(words("wards.median_line"), reading.group_median, pale=True),
        Bar(words("wards.city_line"), reading.city_value, pale=True),
    ]
    target = row.target.value if row.target else None
    name = words("common.target_label", year=row.target.year, value=percent(row.target.value, told.lang, 0)) if row.target else ""  # fmt: skip
    svg = bars(
        shown,
        target=target,
        target_name=name,
        percent=True,
        lang=told.lang,
        tone=PAPER,
        size=(200, 82),
        letters=LETTERS,
    )
    title = words("reports.profile_beside")
    said = "; ".join(f"{bar.name}: {percent(bar.value, told.lang)}" for bar in shown)
    return [chart(title, words.pick(facts.group_vi, facts.group_en), svg, f"{title}. {said}")]


def _rates(told: Teller, readings: dict[str, Reading]) -> list[Block]:
    """Rates other than those of the learning models, with place and median."""
    words, lang = told.words, told.lang
    rates = [r for r in readings.values() if r.model is None and r.kind == "rate"]
    title = heading(words("wards.rates_title"))
    if not rates:
        return [title, paragraph(words("reports.profile_no_rates"))]
    body: list[list[Cell]] = [
        [
            words.pick(r.name_vi, r.name_en),
            cell(about(percent(r.value, lang, r.decimals), r.estimated_share > 0), strong=True),
            words("wards.place_of", place=r.group_rank, n=r.group_size) if r.group_size > 1 and not r.single else "–",
            percent(r.group_median, lang, r.decimals) if r.group_size > 1 and not r.single else "–",
        ]
        for r in rates
    ]  # fmt: skip
    head = [
        words("wards.col_indicator"),
        words("common.rate"),
        words("wards.col_place_short"),
        words("wards.col_median"),
    ]
    return [
        title,
        paragraph(_marks(told, rates), quiet=True),
        table(head, body, (3.1, 0.95, 0.95, 1.05), (1, 2, 3), 2.4),
    ]


def _marks(told: Teller, shown: Sequence[Reading]) -> str:
    """The statuses and periods of some figures, each once."""
    return "; ".join(
        dict.fromkeys(
            f"{told.mark_words(r.status)} · {period_name(r.period_start, r.period_end, told.lang)}"
            for r in shown
        )
    )


def _reports(
    told: Teller, readings: dict[str, Reading], reports: Sequence[Report], flagged: Sequence[Flag]
) -> list[Block]:
    """Counts, the reports that were sent, and what deserves a look."""
    words = told.words
    counts = [readings[i] for i in COUNTS if i in readings]
    blocks: list[Block] = []
    if counts:
        body: list[list[Cell]] = [
            [
                words.pick(r.name_vi, r.name_en),
                cell(about(in_short(round(r.value or 0), told.lang), r.estimated_share > 0), strong=True),
            ]
            for r in counts
        ]
        head = [words("wards.col_indicator"), words("common.value")]
        blocks += [
            heading(words("wards.counts_title")), paragraph(_marks(told, counts), quiet=True),
            table(head, body, (2.4, 1), (1,), 2.4),
        ]  # fmt: skip
    lines = list(_report_lines(told, reports))
    blocks += [heading(words("wards.reports_title")), listed(lines, 8)] if lines else []
    if flagged:
        latest = words.pick(flagged[0].sentence_vi, flagged[0].sentence_en)
        said = words("wards.sheet_flags", n=len(flagged), latest=latest)
        blocks += [heading(words("quality.title")), paragraph(said)]
    return blocks


def _report_lines(told: Teller, reports: Sequence[Report]) -> Iterator[str]:
    """Of each kind of report how many were sent, and the latest that are missing or were late."""
    words = told.words
    for kind in KINDS:
        of_kind = [r for r in reports if r.report == kind]
        if not of_kind:
            continue
        given = sum(r.has_reported for r in of_kind)
        line = f"{words(f'wards.report_{kind}')}: {words('wards.brief_given', given=given, due=len(of_kind))}"
        chosen = {
            "missing": [r for r in of_kind if not r.has_reported],
            "late": [r for r in of_kind if r.is_late],
        }
        for key, some in chosen.items():
            if some:
                named = ", ".join(period_name(r.period_start, r.period_end, told.lang) for r in some[:LATEST])
                line += f"; {words(f'wards.brief_{key}', periods=named)}"
        yield line
