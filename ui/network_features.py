"""The Key Features: what speaks for each focal area in Hà Nội, against which target, and what is lacking."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from charts.pace import SIGNS, goal_words
from i18n import short_date
from queries import network_features as features
from queries.network_features import AREA_STATES, AreaState, Document, Evidence, FocalArea, Spoken
from queries.warehouse import Warehouse
from ui.cached import panel
from ui.context import View
from ui.frames import show_empty
from ui.network_html import block, rows, source_link
from ui.pace import rule_lines
from ui.provenance import date_words, source_words, value_words
from ui.ward_html import esc, mark, small

_SIGNS: dict[AreaState, str] = {
    "met": "✓", "on_track": "↗", "behind": "↘", "far_behind": "↓", "missed": "✕",
    "too_little_data": "?", "no_target": "–", "no_figure": "○", "no_indicator": "∅",
}  # fmt: skip
_KIND = {
    **dict.fromkeys(("met", "on_track"), "n-good"),
    **dict.fromkeys(("behind", "far_behind", "missed"), "n-bad"),
}


@panel
def features_panel(view: View, _found: Warehouse) -> None:
    """The rule, how many focal areas are in which state, and the areas with all that speaks for them."""
    words = view.words
    every = features.focal_areas(_found)
    areas = [f for f in every if f.level == "area"]
    if not areas:
        show_empty(view, body=words("network.none"))
        return
    found = features.evidence(_found, view.statuses)
    st.markdown(
        words("network.features_help", areas=len(areas), focal=len(found))
        + "\n\n" + words("network.features_rule") + "\n\n" + _summary(found, view)
    )  # fmt: skip
    with st.expander(words("network.features_rule_more"), icon=":material/rule:"):
        own = [
            f"**{words(f'network.area_{state}')}**: {words(f'network.rule_{state}')}"
            for state in ("too_little_data", "no_target", "no_figure", "no_indicator")
        ]
        st.markdown("\n\n".join([*rule_lines(view, _found)[:5], *own, *rule_lines(view, _found)[6:8]]))
    st.html(block(*(_area(area, [e for e in found if e.area.area_id == area.focal_area_id], view) for area in areas)))  # fmt: skip
    origins = dict.fromkeys(words.pick(f.label_origin_vi, f.label_origin_en) for f in every)
    with st.popover(words("network.features_origin"), icon=":material/info:", type="tertiary"):
        source = f"{words('network.source')}: {source_words(areas[0].source, view)}"
        st.markdown("\n\n".join([*origins, source]))


def _summary(found: list[Evidence], view: View) -> str:
    counts = Counter(e.standing.state for e in found)
    states = "; ".join(
        f"{counts[state]} {view.words(f'network.area_{state}').lower()}" for state in AREA_STATES if counts[state]
    )  # fmt: skip
    return f"**{view.words('network.features_summary', n=len(found), states=states)}**"


def _area(area: FocalArea, found: list[Evidence], view: View) -> str:
    name = esc(view.words.pick(area.name_vi, area.name_en))
    inside = "".join(_focal_area(e, view) for e in found)
    return f'<div class="n-block"><h3>{esc(area.focal_area_id)}. {name}</h3>{inside}</div>'


def _focal_area(shown: Evidence, view: View) -> str:
    """One focal area: its state in a line that opens to indicators, documents and gaps."""
    words, area = view.words, shown.area
    count = words(
        "network.evidence_count", indicators=len(shown.indicators), documents=len(shown.documents),
        gaps=len(shown.gaps) + (not shown.indicators),
    )  # fmt: skip
    summary = (
        f"<summary><span>{esc(area.focal_area_id)}</span>"
        f'<span class="n-focal-name">{esc(words.pick(area.name_vi, area.name_en))}</span>'
        f'<span>{_state(shown, view)}</span><span class="w-small">{esc(count)}</span></summary>'
    )
    return f'<details class="n-focal">{summary}<div class="n-inside">{_inside(shown, view)}</div></details>'


def _state(shown: Evidence, view: View) -> str:
    words, standing = view.words, shown.standing
    state = standing.state
    text = f'<span class="n-state {_KIND.get(state, "n-dim")}">{_SIGNS[state]} {esc(words(f"network.area_{state}"))}</span>'
    by = standing.decided_by
    if by is None or by.figure is None:
        return text
    name = _name(by, view)
    return text + small(f"{esc(words('network.decided_by', name=name))} · {mark(by.figure.status, view)}")


def _name(spoken: Spoken, view: View) -> str:
    known = spoken.indicator
    return view.words.pick(known.short_name_vi, known.short_name_en) or view.words.pick(known.name_vi, known.name_en)  # fmt: skip


def _inside(shown: Evidence, view: View) -> str:
    words = view.words
    parts = []
    if shown.indicators:
        columns = [words(f"network.{key}_column") for key in ("indicator", "value", "target", "against")]
        label = words.pick(shown.area.name_vi, shown.area.name_en)
        parts.append(rows(label, columns, [_indicator(s, view) for s in shown.indicators], "n-spoken"))
    listed = "".join(f"<li>{_document(d, view)}</li>" for d in shown.documents)
    said = (
        f"<ul>{listed}</ul>"
        if listed
        else f' <span class="n-dim">{esc(words("network.documents_none"))}</span>'
    )
    parts.append(f"<div><strong>{esc(words('network.documents'))}</strong>{said}</div>")
    gaps = [] if shown.indicators else [words("network.gap_no_indicator")]
    gaps += [f"{words.pick(g.subject_vi, g.subject_en)}: {words.pick(g.detail_vi, g.detail_en)}" for g in shown.gaps]  # fmt: skip
    if gaps:
        lines = "".join(f"<li>{esc(gap)}</li>" for gap in gaps)
        parts.append(f"<div><strong>{esc(words('network.gaps'))}</strong><ul>{lines}</ul></div>")
    return "".join(parts)


def _indicator(spoken: Spoken, view: View) -> list[str]:
    """The cells of one indicator: name with basis and reason, figure with status, date and source, target, standing."""
    words, known, figure, pace = view.words, spoken.indicator, spoken.figure, spoken.pace
    basis = words(f"common.basis_{known.basis}") if known.kind == "rate" and known.basis else ""
    why = words.pick(spoken.reason_vi, spoken.reason_en)
    name = esc(words.pick(known.name_vi, known.name_en)) + small(esc(basis)) + small(esc(why))
    value = f'<span class="n-dim">{esc(words("network.figure_none"))}</span>'
    if figure is not None:
        number = value_words(figure.value, known.kind, figure.status, figure.qualifier, view)
        unit = words.pick(known.unit_vi, known.unit_en) if known.kind == "count" else ""
        origin = " · ".join(t for t in (esc(date_words(figure, view)), _origin(spoken)) if t)
        value = f"<strong>{esc(number)}</strong> {esc(unit)}{small(mark(figure.status, view))}{small(origin)}"
    target = f'<span class="n-dim">{esc(words("network.target_none"))}</span>'
    against = ""
    if pace.target is not None:
        goal = goal_words(pace.target, view.lang) if known.kind == "rate" else f"{pace.target.value:.0f}"
        document = small(esc(pace.target.document_no)) if pace.target.document_no else ""
        target = f"{esc(words('network.target_value', goal=goal, year=pace.target.year))}{document}"
        kind = _KIND.get(pace.standing, "n-dim")
        against = f'<span class="n-state {kind}">{SIGNS[pace.standing]} {esc(words(f"pace.standing_{pace.standing}"))}</span>'
    return [f"<div>{name}</div>", f"<div>{value}</div>", f"<div>{target}</div>", against]


def _origin(spoken: Spoken) -> str:
    """The source of a published figure; the other statuses say themselves where a figure comes from."""
    published = spoken.figure is not None and spoken.figure.status == "published"
    return source_link(spoken.figure_source) if published else ""


def _document(document: Document, view: View) -> str:
    words = view.words
    day = short_date(document.issued_on, view.lang) if document.issued_on else document.issued_text or ""
    title = words.pick(document.title_vi, document.title_en)
    parts = [document.document_no or "", title, words.pick(document.issuer_vi, document.issuer_en), day]
    return " · ".join([*(esc(p) for p in parts if p), *([source_link(document.source)] if document.source else [])])  # fmt: skip
