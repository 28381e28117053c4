"""The panels of the page on the network of learning cities. Each asks, charts and lays out one thing."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from charts import network as charts
from charts.base import Look
from charts.network import event_date
from i18n import decimal, month_or_day, short_date
from queries import network
from queries.catalogue import Source
from queries.network import Duty, LearningWeek
from queries.warehouse import Warehouse
from ui.cached import panel
from ui.context import View
from ui.frames import show_chart, show_empty
from ui.provenance import escaped, source_words

RECENT_WEEKS = 5
YEAR_SHARE = 11
STATE_LOOK = {
    "ongoing": (":material/autorenew:", "blue"),
    "due": (":material/schedule:", "orange"),
    "planned": (":material/event:", "blue"),
    "done": (":material/check_circle:", "green"),
    "not_known": (":material/help:", "orange"),
}


def _look(view: View) -> Look:
    return Look(view.words, view.palette)


def _link(source: Source) -> str:
    """A source in one word, as a link where it has an address; its title stands in the popovers."""
    name = escaped(source.publisher or source.title)
    return f"[{name}]({source.url})" if source.url else name


def _fact_card(label: str, value: str, help_text: str, source: Source | None, view: View) -> None:
    """A card of a fact that is no indicator: a date or a count, with its source."""
    with st.container(border=True, width=268, height="stretch"):
        st.metric(label, value)
        st.caption(help_text or view.words("network.none"))
        if source is not None:
            with st.popover(view.words("network.source"), icon=":material/info:", type="tertiary"):
                st.markdown(source_words(source, view))


@panel
def membership_panel(view: View, _found: Warehouse) -> None:
    """Where Hà Nội stands: admitted, certificate, the network, the other Vietnamese members."""
    words, lang = view.words, view.lang
    events = {m.milestone_id: m for m in network.milestones(_found)}
    total = network.latest_total(_found)
    members = network.members_of(_found, network.HOME[1])
    home = next((m for m in members if m.city == network.HOME[0]), None)
    with st.container(horizontal=True):
        for key, milestone in (("admitted", network.ADMITTED), ("certified", network.CERTIFIED)):
            event = events.get(milestone)
            day = short_date(event.happened_on, lang) if event else "–"
            help_text = words(f"network.card_{key}_help") if event else ""
            _fact_card(words(f"network.card_{key}"), day, help_text, event.source if event else None, view)
        if total is not None:
            when = month_or_day(total.observed_on, total.date_precision, lang)
            value = words("network.card_network_value", members=decimal(total.members, lang))
            countries = decimal(total.countries, lang)
            help_text = words("network.card_network_help", countries=countries, when=when)
            _fact_card(words("network.card_network"), value, help_text, total.source, view)
        if members:
            value = words("network.card_vietnam_value", n=len(members))
            help_text = (
                words("network.card_vietnam_help", year=home.year_joined)
                if home
                else words("network.card_vietnam_without")
            )
            _fact_card(words("network.card_vietnam"), value, help_text, home.source if home else None, view)


@panel
def road_panel(view: View, _found: Warehouse) -> None:
    """The road as a strip."""
    milestones = network.milestones(_found)
    if not milestones:
        show_empty(view, body=view.words("network.none"))
        return
    show_chart(charts.road(milestones, _look(view)), view, key="network_road")


def _row(when: str, body: list[str], share: int = 5) -> None:
    """One line of a list: a date or a mark at the left, text at the right; below each other on a telephone."""
    left, right = st.columns([1, share], gap="small")
    left.markdown(when)
    # Small text, not a caption: a caption dims its links until they are hard to read.
    right.markdown("  \n".join([body[0], *(f":small[{line}]" for line in body[1:] if line)]))


@panel
def milestones_panel(view: View, _found: Warehouse, scope: str) -> None:
    """The milestones to read, with the precision of each date and its source."""
    words = view.words
    shown = [m for m in network.milestones(_found) if scope in ("all", m.scope)]
    if not shown:
        show_empty(view, body=words("network.none"))
        return
    for event in shown:
        icon = ":material/check_circle:" if event.state == "done" else ":material/event:"
        when = f"{icon} **{event_date(event.happened_on, event.date_precision, _look(view))}**"
        note = escaped(words.pick(event.note_vi, event.note_en))
        marks = [words("network.state_planned")] if event.state == "planned" else []
        marks += [words(f"network.scope_{event.scope}")] if scope == "all" else []
        tail = " · ".join([*marks, f"{words('network.source')}: {_link(event.source)}"])
        _row(when, [escaped(words.pick(event.title_vi, event.title_en)), f"{note} {tail}" if note else tail])


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


@panel
def vietnam_panel(view: View, _found: Warehouse) -> None:
    """The Vietnamese members by year of joining, with the evidence for each."""
    words = view.words
    members = network.members_of(_found, network.HOME[1])
    if not members:
        show_empty(view, body=words("network.vietnam_empty"))
        return
    st.markdown("### " + words("network.vietnam_title", n=len(members)))
    st.caption(words("network.vietnam_help"))
    for member in members:
        key = "network.joined" if member.year_joined else "network.joined_unknown"
        city = f"**{escaped(member.city)}**"
        kind = (
            words("network.evidence", kind=words(f"network.evidence_{member.evidence}"))
            if member.evidence
            else ""
        )
        note = escaped(words.pick(member.note_vi, member.note_en))
        tail = " · ".join(t for t in (kind, _link(member.source)) if t)
        here = ":primary[:material/location_on:] " if member.city == network.HOME[0] else ""
        _row(words(key, year=member.year_joined), [here + city, tail, note])


@panel
def named_panel(view: View, _found: Warehouse) -> None:
    """How many members can be named, by region, and how many of each cohort."""
    words = view.words
    named = network.named(_found)
    if not named:
        show_empty(view, body=words("network.none"))
        return
    total = network.latest_total(_found)
    chart = charts.regions(named, total.members if total else None, network.unconfirmed(_found), _look(view))
    show_chart(chart, view, key="network_regions")
    cohorts = network.cohorts(_found)
    if cohorts.empty:
        return
    with st.expander(words("network.cohorts"), icon=":material/table:"):
        years = [
            words(f"network.cohort_{y}") if y in ("unknown", "all") else y for y in cohorts["year_joined"]
        ]
        table = pd.DataFrame(
            {
                words("network.cohort_year"): years,
                words("network.cohort_listed"): cohorts["listed"].astype("Int64"),
                words("network.cohort_official"): cohorts["official_new_members"].astype("Int64"),
                words("network.cohort_missing"): cohorts["missing"].astype("Int64"),
                words("network.note_column"): cohorts["note_vi" if view.lang == "vi" else "note_en"].fillna(
                    ""
                ),
            }
        )
        st.dataframe(table, hide_index=True, alt=words("network.cohorts"))


def _duty(duty: Duty, view: View) -> None:
    """One duty: its state as icon and word, what it is, when, who, where it is written."""
    words = view.words
    icon, colour = STATE_LOOK[duty.state]
    due = words.pick(duty.due_vi, duty.due_en)
    facts = [f"{words('network.due')}: {escaped(due)}"] if due else []
    if duty.kind == "duty" and duty.state != "done":
        facts.append(
            f"{words('network.owner')}: {escaped(duty.owner) if duty.owner else words('network.owner_none')}"
        )
    facts.append(f"{words('network.source')}: {_link(duty.source)}")
    _row(
        f":{colour}[{icon}] {words('network.duty_' + duty.state)}",
        [
            f"**{escaped(words.pick(duty.title_vi, duty.title_en))}**",
            escaped(words.pick(duty.detail_vi, duty.detail_en)),
            " · ".join(facts),
        ],
    )


@panel
def duties_panel(view: View, _found: Warehouse) -> None:
    """What a member owes: what is open or continuing first, the past folded away, events ahead."""
    words = view.words
    duties = network.duties(_found)
    events = network.events_ahead(_found)
    if not duties and not events:
        show_empty(view, body=words("network.none"))
        return
    st.caption(words("network.duties_help"))
    for duty in duties:
        if duty.state != "done":
            _duty(duty, view)
    past = [d for d in duties if d.state == "done"]
    if past:
        with st.expander(words("network.past_duties"), icon=":material/history:"):
            for duty in past:
                _duty(duty, view)
    if events:
        st.markdown("### " + words("network.events_ahead"))
        for event in events:
            _duty(event, view)


@panel
def features_panel(view: View, _found: Warehouse) -> None:
    """The areas and focal areas of the Key Features, by name only."""
    words = view.words
    every = network.focal_areas(_found)
    areas = [f for f in every if f.level == "area"]
    focal = [f for f in every if f.level == "focal_area"]
    if not areas:
        show_empty(view, body=words("network.none"))
        return
    st.caption(words("network.features_help", areas=len(areas), focal=len(focal)))
    for column, area in zip(st.columns(len(areas)), areas, strict=True):
        with column, st.container(border=True, height="stretch", gap="xsmall"):
            st.markdown(f"**{area.focal_area_id}. {escaped(words.pick(area.name_vi, area.name_en))}**")
            for item in focal:
                if item.area_id == area.focal_area_id:
                    st.markdown(f"{item.focal_area_id}  {escaped(words.pick(item.name_vi, item.name_en))}")
    origins = dict.fromkeys(words.pick(f.label_origin_vi, f.label_origin_en) for f in every)
    with st.popover(words("network.features_origin"), icon=":material/info:", type="tertiary"):
        for origin in origins:
            st.markdown(escaped(origin))
        st.markdown(f"{words('network.source')}: {source_words(areas[0].source, view)}")


def _week(rows: list[LearningWeek], view: View) -> None:
    """One year's week: its theme first, then dates, facts and sources of every row."""
    words, lang = view.words, view.lang
    lead = rows[0]
    theme = escaped(words.pick(lead.theme_vi, lead.theme_en)) if lead.scope == "national" else ""
    lines = [f"**{theme}**" if theme else words("network.weeks_none")]
    for row in rows:
        parts = []
        if row is not lead or row.scope != "national":
            own = escaped(words.pick(row.theme_vi, row.theme_en))
            parts.append(words(f"network.week_scope_{row.scope}").capitalize() + (f": {own}" if own else ""))
        if row.starts_on and row.ends_on:
            days = {"first": short_date(row.starts_on, lang), "last": short_date(row.ends_on, lang)}
            parts.append(words("network.week_from_to", **days))
        facts = words.pick(row.hanoi_facts_vi, row.hanoi_facts_en)
        parts += [escaped(facts).rstrip(".")] if facts else []
        parts.append(_link(row.source))
        lines.append(" · ".join(parts))
    _row(f"**{lead.year}**", lines, YEAR_SHARE)


@panel
def weeks_panel(view: View, _found: Warehouse) -> None:
    """The Lifelong Learning Week by year, the latest first; years whose theme is not known are named."""
    words = view.words
    weeks = network.learning_weeks(_found)
    if not weeks:
        show_empty(view, body=words("network.none"))
        return
    st.caption(words("network.weeks_help"))
    years: dict[int, list[LearningWeek]] = {}
    for week in weeks:
        years.setdefault(week.year, []).append(week)
    themed = {w.year for w in weeks if w.scope == "national" and w.theme_vi}
    missing = [str(y) for y in range(min(years), _found.built_at.year + 1) if y not in themed]
    listed = list(years.values())
    for rows in listed[:RECENT_WEEKS]:
        _week(rows, view)
    if listed[RECENT_WEEKS:]:
        with st.expander(words("network.weeks_earlier"), icon=":material/history:"):
            for rows in listed[RECENT_WEEKS:]:
                _week(rows, view)
    if missing:
        st.caption(words("network.weeks_missing", years=", ".join(missing)))
