"""Panels of the page on the network: in short, the road, the steps of an application, the network's size, the weeks."""

from __future__ import annotations

import streamlit as st

from charts import network as charts
from charts.base import Look
from charts.network import event_date
from i18n import decimal, month_or_day, short_date
from queries import network, network_members
from queries.catalogue import Source
from queries.network import LearningWeek, Step
from queries.warehouse import Warehouse
from ui.cached import panel
from ui.context import View
from ui.frames import show_chart, show_empty
from ui.network_html import block, more, rows, source_link
from ui.ward_html import esc, small

RECENT_WEEKS = 5


def _look(view: View) -> Look:
    return Look(view.words, view.palette)


@panel
def membership_panel(view: View, _found: Warehouse) -> None:
    """Where Hà Nội stands: admitted, certificate, the network, the other Vietnamese members."""
    words, lang = view.words, view.lang
    events = {m.milestone_id: m for m in network.milestones(_found)}
    facts: list[tuple[str, str, str, Source | None]] = []
    for key, milestone in (("admitted", network.ADMITTED), ("certified", network.CERTIFIED)):
        event = events.get(milestone)
        day = short_date(event.happened_on, lang) if event else "–"
        help_text = words(f"network.fact_{key}_help") if event else words("network.none")
        facts.append((words(f"network.fact_{key}"), day, help_text, event.source if event else None))
    total = network.latest_total(_found)
    if total is not None:
        value = words("network.fact_network_value", members=decimal(total.members, lang))
        when = month_or_day(total.observed_on, total.date_precision, lang)
        help_text = words("network.fact_network_help", countries=decimal(total.countries, lang), when=when)
        facts.append((words("network.fact_network"), value, help_text, total.source))
    own = network_members.home(_found)
    compatriots = network_members.compatriots(_found)
    if compatriots:
        value = words("network.fact_vietnam_value", n=len(compatriots))
        help_text = words("network.fact_vietnam_help", year=own.year_joined) if own else words("network.fact_vietnam_without")  # fmt: skip
        facts.append((words("network.fact_vietnam"), value, help_text, own.source if own else None))
    entries = "".join(
        f'<div><dt>{esc(label)}</dt><dd><span class="w-big">{esc(value)}</span>'
        f"{small(' · '.join(part for part in (esc(help_text), source_link(source)) if part))}</dd></div>"
        for label, value, help_text, source in facts
    )
    st.html(f'<div class="w-facts" role="group" aria-label="{esc(words("network.facts_label"))}"><dl>{entries}</dl></div>')  # fmt: skip


@panel
def road_panel(view: View, _found: Warehouse) -> None:
    """The road as a strip."""
    milestones = network.milestones(_found)
    if not milestones:
        show_empty(view, body=view.words("network.none"))
        return
    show_chart(charts.road(milestones, _look(view)), view, key="network_road")


@panel
def milestones_panel(view: View, _found: Warehouse, scope: str) -> None:
    """The milestones to read, with the precision of each date, done or planned, and its source."""
    words = view.words
    shown = [m for m in network.milestones(_found) if scope in ("all", m.scope)]
    if not shown:
        show_empty(view, body=words("network.none"))
        return
    cells = []
    for event in shown:
        title = esc(words.pick(event.title_vi, event.title_en))
        own = " n-home" if event.milestone_id == network.ADMITTED else ""
        sign = "✓" if event.state == "done" else "○"
        state = f'<span class="n-state{own}">{sign} {esc(words(f"network.state_{event.state}"))}</span>'
        scope_line = words(f"network.scope_{event.scope}") if scope == "all" else ""
        note = " · ".join(t for t in (scope_line, words.pick(event.note_vi, event.note_en)) if t)
        day = event_date(event.happened_on, event.date_precision, _look(view))
        cells.append([esc(day), f"<div>{title}{small(esc(note))}</div>", state, source_link(event.source)])
    columns = [words("common.date"), words("network.road_table"), words("network.state_column"), words("network.source")]  # fmt: skip
    st.html(block(rows(words("network.milestones_label"), columns, cells, "n-rows")))


@panel
def steps_panel(view: View, _found: Warehouse) -> None:
    """The steps of an application, what the rules say of each, and where Hà Nội stood when."""
    words = view.words
    steps = network.steps(_found)
    if not steps:
        return
    known = sum(s.record is not None and s.record.standing == "documented" for s in steps)
    title, help_text = words("network.steps_title"), words("network.steps_help", documented=known, all=len(steps))  # fmt: skip
    columns = [words("network.step_column"), words("network.rule_column"), words("network.hanoi_column")]
    cells = [
        [f"{step.position}. {esc(words.pick(step.title_vi, step.title_en))}", _rule(step, view), _stood(step, view)]
        for step in steps
    ]  # fmt: skip
    st.html(block(f"<h3>{esc(title)}</h3><p class='w-note'>{esc(help_text)}</p>", rows(title, columns, cells, "n-steps")))  # fmt: skip


def _rule(step: Step, view: View) -> str:
    words = view.words
    of = words.pick(step.applies_to_vi, step.applies_to_en)
    tail = " · ".join(part for part in (esc(of), source_link(step.source)) if part)
    return f"<div>{esc(words.pick(step.detail_vi, step.detail_en))}{small(tail)}</div>"


def _stood(step: Step, view: View) -> str:
    words, record = view.words, step.record
    if record is None:
        return f'<span class="n-dim">{esc(words("network.step_none"))}</span>'
    head = f'<span class="n-dim">? {esc(words(f"network.step_{record.standing}"))}</span>'
    if record.happened_on is not None and record.date_precision is not None:
        day = event_date(record.happened_on, record.date_precision, _look(view))
        head = f'<span class="n-good">✓ {esc(day)}</span>'
    tail = " · ".join(t for t in (esc(words.pick(record.what_vi, record.what_en)), source_link(record.source)) if t)  # fmt: skip
    return f"<div>{head}{small(tail)}</div>"


@panel
def size_panel(view: View, _found: Warehouse) -> None:
    """Members and countries of the network over time, all published totals."""
    totals = network.totals(_found)
    admitted = next(
        (m.happened_on for m in network.milestones(_found) if m.milestone_id == network.ADMITTED), None
    )
    drawn = {what: charts.size(totals, what, admitted, _look(view)) for what in ("members", "countries")}
    if not any(drawn.values()):
        show_empty(view, body=view.words("network.size_empty"))
        return
    for column, (what, chart) in zip(st.columns(2, gap="large"), drawn.items(), strict=True):
        if chart is not None:
            with column:
                show_chart(chart, view, key=f"network_size_{what}")


def _week_cells(found: list[LearningWeek], view: View) -> list[str]:
    """One year's week: its year, its theme, then dates and facts of every row with its source."""
    words, lang = view.words, view.lang
    lead = found[0]
    theme = esc(words.pick(lead.theme_vi, lead.theme_en)) if lead.scope == "national" else ""
    lines = []
    for row in found:
        parts = []
        if row is not lead or row.scope != "national":
            own = words.pick(row.theme_vi, row.theme_en)
            parts.append(esc(words(f"network.week_scope_{row.scope}").capitalize() + (f": {own}" if own else "")))  # fmt: skip
        if row.starts_on and row.ends_on:
            days = {"first": short_date(row.starts_on, lang), "last": short_date(row.ends_on, lang)}
            parts.append(esc(words("network.week_from_to", **days)))
        facts = words.pick(row.hanoi_facts_vi, row.hanoi_facts_en)
        parts += [esc(facts).rstrip(".")] if facts else []
        lines.append(" · ".join([*parts, source_link(row.source)]))
    said = theme or f'<span class="n-dim">{esc(words("network.weeks_none"))}</span>'
    return [str(lead.year), said, "<div>" + "".join(small(line) for line in lines) + "</div>"]


@panel
def weeks_panel(view: View, _found: Warehouse) -> None:
    """The Lifelong Learning Week by year, the latest first; years whose theme is not known are named."""
    words = view.words
    weeks = network.learning_weeks(_found)
    if not weeks:
        show_empty(view, body=words("network.none"))
        return
    years: dict[int, list[LearningWeek]] = {}
    for week in weeks:
        years.setdefault(week.year, []).append(week)
    themed = {w.year for w in weeks if w.scope == "national" and w.theme_vi}
    missing = [str(y) for y in range(min(years), _found.built_at.year + 1) if y not in themed]
    columns = [words("network.year_column"), words("network.theme_column"), words("network.facts_column")]
    cells = [_week_cells(found, view) for found in years.values()]
    title = words("network.section_weeks")
    parts = [f"<p class='w-note'>{esc(words('network.weeks_help'))}</p>", rows(title, columns, cells[:RECENT_WEEKS], "n-weeks")]  # fmt: skip
    if cells[RECENT_WEEKS:]:
        earlier = words("network.weeks_earlier")
        parts.append(more(earlier, rows(earlier, columns, cells[RECENT_WEEKS:], "n-weeks")))
    if missing:
        parts.append(f"<p class='w-note'>{esc(words('network.weeks_missing', years=', '.join(missing)))}</p>")
    st.html(block(*parts))
