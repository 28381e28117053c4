"""A draft of the city's progress report to UNESCO along the twelve focal areas: what is known, and what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from charts.pace import goal_words
from exports.reports.blocks import (
    NEW_PAGE,
    Block,
    Cell,
    Document,
    cell,
    gap,
    heading,
    lead,
    listed,
    notice,
    paragraph,
    table,
)
from exports.reports.told import STATUSES, Teller, teller
from i18n import Lang, short_date
from queries import network
from queries import network_features as features
from queries.network import Duty
from queries.network_features import AREA_STATES, AreaState, Evidence, FocalArea, Spoken
from queries.network_features import Document as Proof
from queries.warehouse import Warehouse

SIGNS: dict[AreaState, str] = {
    "met": "✓", "on_track": "↗", "behind": "↘", "far_behind": "↓", "missed": "✕", "too_little_data": "?",
    "no_target": "–", "no_figure": "○", "no_indicator": "∅",
}  # fmt: skip
KINDS = ("duty", "option", "event")


def progress_report(w: Warehouse, lang: Lang) -> Document:
    """The draft: the state of the twelve focal areas by the rule, each area with its evidence and gaps, then the duties.

    Nothing is written for the city: where there is no figure or no document, the report says so.
    """
    told = teller(w, lang)
    words = told.words
    areas = [a for a in features.focal_areas(w) if a.level == "area"]
    found = features.evidence(w, STATUSES)
    blocks = [
        heading(words("reports.report_title"), 1),
        lead(words("reports.report_lead")),
        notice(words("reports.draft")),
    ]
    if not found:
        blocks.append(paragraph(words("network.none")))
    else:
        blocks += _overview(told, found)
        for area in areas:
            blocks += _area(told, area, [e for e in found if e.area.area_id == area.focal_area_id])
    blocks += [NEW_PAGE, *_duties(told), *_sources(told, areas, found)]
    return told.document(words("reports.report_title"), words("reports.report_header"), blocks)


def _overview(told: Teller, found: Sequence[Evidence]) -> list[Block]:
    """The twelve in one table, with how many are in which state."""
    words = told.words
    counts = Counter(e.standing.state for e in found)
    states = "; ".join(f"{counts[s]} {words(f'network.area_{s}').lower()}" for s in AREA_STATES if counts[s])
    rows: list[list[Cell]] = [
        [
            e.area.focal_area_id,
            cell(words.pick(e.area.name_vi, e.area.name_en), strong=True),
            cell(_state(told, e), _decided_by(told, e)),
            str(len(e.indicators)),
            str(len(e.documents)),
            str(len(e.gaps) + (not e.indicators)),
        ]
        for e in found
    ]
    head = [
        "", words("reports.focal_area"), words("network.state_column"), words("network.indicator_column"),
        words("network.documents"), words("network.gaps"),
    ]  # fmt: skip
    return [
        heading(words("network.features_summary", n=len(found), states=states).replace("**", "")),
        paragraph(words("network.features_rule").replace("**", ""), quiet=True),
        table(head, rows, (0.45, 3.2, 3.2, 0.8, 0.9, 0.95), (3, 4, 5), 3.0),
    ]


def _state(told: Teller, e: Evidence) -> str:
    text = f"{SIGNS[e.standing.state]} {told.words(f'network.area_{e.standing.state}')}"
    return f"{text} ({told.mark_words('illustrative')})" if e.standing.illustrative else text


def _decided_by(told: Teller, e: Evidence) -> str:
    by = e.standing.decided_by
    return told.words("network.decided_by", name=_name(told, by)) if by is not None else ""


def _name(told: Teller, spoken: Spoken) -> str:
    known, words = spoken.indicator, told.words
    return words.pick(known.short_name_vi, known.short_name_en) or words.pick(known.name_vi, known.name_en)


def _area(told: Teller, area: FocalArea, found: Sequence[Evidence]) -> list[Block]:
    words = told.words
    blocks = [
        gap(16),
        heading(f"{area.focal_area_id}. {words.pick(area.name_vi, area.name_en)}", 1),
    ]
    for e in found:
        blocks += _focal_area(told, e)
    return blocks


def _focal_area(told: Teller, e: Evidence) -> list[Block]:
    words = told.words
    state = f"{_state(told, e)}. {_decided_by(told, e)}".strip(" .") + "."
    blocks = [
        heading(f"{e.area.focal_area_id} {words.pick(e.area.name_vi, e.area.name_en)}"),
        paragraph(state),
    ]
    if e.indicators:
        head = [words(f"network.{key}_column") for key in ("indicator", "value", "target", "against")]
        blocks.append(table(head, [_indicator(told, s) for s in e.indicators], (3, 2.3, 1.5, 1.4), (), 3.0))
    if e.documents:
        blocks.append(listed([f"{words('network.documents')}: {_document(told, d)}" for d in e.documents], 8))
    else:
        blocks.append(
            paragraph(f"{words('network.documents')}: {words('network.documents_none')}", quiet=True)
        )
    gaps = [] if e.indicators else [words("network.gap_no_indicator")]
    gaps += [
        f"{words.pick(g.subject_vi, g.subject_en)}: {words.pick(g.detail_vi, g.detail_en)}" for g in e.gaps
    ]
    if gaps:
        blocks.append(listed([f"{words('network.gaps')}: {lacking}" for lacking in gaps], 8))
    return blocks


def _indicator(told: Teller, spoken: Spoken) -> list[Cell]:
    """Name with basis, the latest figure with status and date, the city's target, and where it stands against it."""
    words, known, figure, pace = told.words, spoken.indicator, spoken.figure, spoken.pace
    basis = words(f"common.basis_{known.basis}") if known.kind == "rate" and known.basis else ""
    value: Cell = words("network.figure_none")
    if figure is not None:
        unit = words.pick(known.unit_vi, known.unit_en) if known.kind == "count" else ""
        text = f"{told.value(figure, known.kind)} {unit}".strip()
        value = cell(text, told.date(figure), strong=True, mark=told.mark(figure.status))
    target: Cell = words("network.target_none")
    against = ""
    if pace.target is not None:
        goal = goal_words(pace.target, told.lang) if known.kind == "rate" else f"{pace.target.value:.0f}"
        target = cell(
            words("network.target_value", goal=goal, year=pace.target.year), pace.target.document_no or ""
        )
        against = told.standing(pace.standing)
    return [cell(words.pick(known.name_vi, known.name_en), basis), value, target, against]


def _document(told: Teller, proof: Proof) -> str:
    words = told.words
    day = short_date(proof.issued_on, told.lang) if proof.issued_on else proof.issued_text or ""
    title, issuer = words.pick(proof.title_vi, proof.title_en), words.pick(proof.issuer_vi, proof.issuer_en)
    return " · ".join(part for part in (proof.document_no, title, issuer, day) if part)


def _duties(told: Teller) -> list[Block]:
    """What a member owes and may do, when, and how far the city is."""
    words = told.words
    ahead = [d for d in network.duties(told.w) if d.timing != "done"]
    blocks = [heading(words("network.section_duties"), 1), lead(words("network.duties_help"))]
    if not ahead:
        return [*blocks, paragraph(words("network.none"))]
    head = [
        words("network.duty_column"),
        words("network.due"),
        words("network.owner"),
        words("network.state_column"),
    ]
    for kind in KINDS:
        some = [d for d in ahead if d.kind == kind]
        if some:
            rows = [_duty(told, d) for d in some]
            blocks += [
                heading(words(f"network.kind_{kind}")),
                table(head, rows, (3.6, 1.7, 1.2, 2.2), (), 3.0),
            ]
    return blocks


def _duty(told: Teller, duty: Duty) -> list[Cell]:
    words = told.words
    timing, due = words(f"network.timing_{duty.timing}"), words.pick(duty.due_vi, duty.due_en)
    return [
        cell(
            words.pick(duty.title_vi, duty.title_en), words.pick(duty.detail_vi, duty.detail_en), strong=True
        ),
        cell(timing, due if due != timing else ""),
        words.pick(duty.owner_vi, duty.owner_en) or words("network.owner_none"),
        cell(
            words(f"network.duty_state_{duty.state or 'not_known'}"),
            words.pick(duty.state_note_vi, duty.state_note_en),
        ),
    ]


def _sources(told: Teller, areas: Sequence[FocalArea], found: Sequence[Evidence]) -> list[Block]:
    """The sources of the figures, targets, documents and duties, each once."""
    words = told.words
    spoken = [s for e in found for s in e.indicators]
    ids: list[str | None] = [a.source.source_id for a in areas]
    ids += [s.figure.source_id for s in spoken if s.figure] + [
        s.pace.target.source_id for s in spoken if s.pace.target
    ]
    ids += [d.source.source_id for e in found for d in e.documents if d.source]
    ids += [d.source.source_id for d in network.duties(told.w) if d.timing != "done"]
    lines = told.sources(ids)
    origins = dict.fromkeys(words.pick(a.label_origin_vi, a.label_origin_en) for a in areas)
    statuses = dict.fromkeys(s.figure.status for s in spoken if s.figure)
    said = [f"{told.mark_words(s)}: {words(f'common.mark_{s}_help')}" for s in statuses]
    return [
        heading(words("reports.sources")),
        *(paragraph(text, quiet=True) for text in (*origins, "; ".join(said)) if text),
        listed(lines, 7.2) if lines else paragraph(words("reports.sources_none")),
    ]
