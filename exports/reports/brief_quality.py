"""The fourth page of the brief: who reported, which figures deserve a look, what is missing, and the sources."""

from __future__ import annotations

from collections.abc import Sequence

from exports.reports.blocks import (
    Block,
    Cell,
    columns,
    heading,
    lead,
    listed,
    paragraph,
    table,
)
from exports.reports.told import (
    HEADLINE,
    STATUSES,
    Teller,
    first_large,
)
from i18n import decimal, percent, period_name, short_date
from queries import catalogue, coverage, figures, network, overview, quality
from queries.coverage import Coverage
from queries.figures import Figure
from queries.status import build_summary

REPORTS = ("learning_models", "participation")
ABSENT = 14
FLAGS = 5
PERIODS = 6


def quality_page(told: Teller) -> list[Block]:
    words = told.words
    blocks = [heading(words("reports.quality"), 1), lead(words("reports.quality_lead"))]
    if told.end is None:
        blocks.append(paragraph(words("reports.no_reports")))
    else:
        covered = [(report, coverage.coverage(told.w, report, told.end, STATUSES)) for report in REPORTS]
        blocks.append(heading(words("overview.coverage_title")))
        blocks.append(listed([_coverage_line(told, report, c) for report, c in covered]))
        blocks += [columns((1, 1), (_absent(told), _history(told)))]
        blocks += _flags(told)
    return [*blocks, *_missing(told)]


def _coverage_line(told: Teller, report: str, found: Coverage | None) -> str:
    words, lang = told.words, told.lang
    name = first_large(words(f"common.table_{report}"))
    if found is None:
        return f"{name}: {words('common.no_period').lower()}"
    line = words(
        "coverage.line", report=name, reported=decimal(found.reported, lang), expected=decimal(found.expected, lang),
        level=words(f"common.level_{found.level}"), share=percent(found.population_share, lang),
    )  # fmt: skip
    parts = [line]
    if found.late:
        parts.append(words("coverage.late", n=decimal(found.late, lang)))
    if found.undated:
        parts.append(words("coverage.undated", n=decimal(found.undated, lang)))
    if found.missing and found.overdue:
        parts.append(
            words("coverage.missing", n=decimal(found.missing, lang), days=decimal(found.overdue, lang))
        )
    elif found.missing:
        due = short_date(found.due, lang)
        parts.append(words("coverage.missing_in_time", n=decimal(found.missing, lang), due=due))
    else:
        parts.append(words("coverage.missing_none"))
    return "; ".join(parts) + f" ({told.mark_words(found.status)})"


def _absent(told: Teller) -> list[Block]:
    """The units that have not reported on learning models, the most populous first."""
    words = told.words
    assert told.end is not None
    units = coverage.who_reported(told.w, "learning_models", told.end, STATUSES)
    absent = units[units["state"] == "missing"]
    title = heading(words("reports.absent", n=len(absent)))
    if absent.empty:
        return [title, paragraph(words("coverage.list_none"))]
    names = [words.pick(r["name_vi"], r["name_en"]) for r in absent.head(ABSENT).to_dict("records")]
    rest = len(absent) - len(names)
    said = ", ".join(names) + (" " + words("reports.and_more", n=rest) if rest else "")
    return [title, paragraph(said)]


def _history(told: Teller) -> list[Block]:
    """Coverage of learning models, period by period."""
    words, lang = told.words, told.lang
    starts = {p.end: p.start for p in figures.periods(told.w)}
    rows = [
        p
        for p in coverage.history(told.w, "learning_models", STATUSES)
        if told.end and p.period_end <= told.end
    ][-PERIODS:]
    body: list[list[Cell]] = [
        [
            period_name(starts.get(p.period_end), p.period_end, lang), f"{p.reported}/{p.expected}", decimal(p.late, lang),
            percent(p.population_share, lang, 0), told.mark_words(p.status),
        ]
        for p in reversed(rows)
    ]  # fmt: skip
    head = [
        words("coverage.period_column"), words("reports.peers_reported"), words("coverage.kind_late"),
        words("reports.people"), words("common.status_column"),
    ]  # fmt: skip
    return [
        heading(words("reports.history")),
        table(head, body, (2.1, 1.0, 0.75, 0.85, 1.35), (1, 2, 3), 2.2),
    ]


def _flags(told: Teller) -> list[Block]:
    """Figures that deserve a look: how many by rule, and the first of them in words."""
    words = told.words
    assert told.end is not None
    reports = tuple(s for s in STATUSES if s != "published")
    counts = quality.flag_counts(told.w, reports, told.end)
    title = heading(words("quality.title"))
    if not counts:
        return [title, paragraph(words("reports.flags_none"))]
    said = "; ".join(
        f"{words(f'quality.rule_{rule}')}: {decimal(n, told.lang)}" for rule, n in counts.items()
    )
    first = [
        f"{words.pick(f.unit_vi, f.unit_en)}: {words.pick(f.sentence_vi, f.sentence_en)}"
        for f in quality.flags(told.w, reports, told.end)[:FLAGS]
    ]
    return [title, paragraph(f"{said}. {words('quality.question')}"), listed(first, 8)]


def _missing(told: Teller) -> list[Block]:
    """Titles without a real figure, what is not measured, and rows that were refused."""
    words, lang = told.words, told.lang
    without = overview.models_without_real_figures(told.w, HEADLINE)
    build = build_summary(told.w)
    items = []
    if len(without):
        names = "; ".join(without["name_vi" if lang == "vi" else "name_en"])
        items.append(words("reports.without_real", names=names))
    items.append(words("reports.gaps", n=decimal(overview.gap_count(told.w), lang)))
    items.append(
        words(
            "reports.rows", rows=decimal(build.get("rows_in"), lang), kept=decimal(build.get("rows_kept"), lang),
            rejected=decimal(build.get("rows_rejected"), lang), duplicate=decimal(build.get("rows_duplicate"), lang),
        )
    )  # fmt: skip
    return [heading(words("overview.missing_title")), listed(items)]


def sources_part(told: Teller, shown: Sequence[Figure]) -> list[Block]:
    """The sources of the figures and targets of these pages, and what the statuses mean."""
    words = told.words
    ids: list[str | None] = [f.source_id for f in shown]
    targets = [t for f in shown for t in catalogue.governing_targets(told.w, f.indicator_id)]
    total = network.latest_total(told.w)
    ids += [t.source_id for t in targets] + ([total.source.source_id] if total else [])
    lines = told.sources(ids)
    statuses = [
        f"{told.mark_words(s)}: {words(f'common.mark_{s}_help')}"
        for s in dict.fromkeys(f.status for f in shown)
    ]
    return [
        heading(words("reports.sources")),
        paragraph("; ".join(statuses), quiet=True),
        listed(lines, 7.2) if lines else paragraph(words("reports.sources_none")),
    ]
