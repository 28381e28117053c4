"""What else a ward or former district reports, its line over time, its peers and its neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from charts import wards as charts
from charts.base import Look
from charts.models import about
from charts.palette import LIGHT, Palette
from charts.wards import Labels, Line
from i18n import decimal, in_short, percent, period_name, points
from queries import timeline
from queries.bases import one_basis
from queries.catalogue import LearningModel
from queries.figures import reform_day
from queries.wards import Reading
from queries.warehouse import Warehouse
from ui.cached import panel
from ui.context import View
from ui.frames import show_chart, show_empty
from ui.ward_html import beside, esc, image, link, note, small, table, titled
from ui.ward_models import counts_of, middle, place, spark, state_of
from ui.ward_unit import HEADLINE, WEEK, Closer, Unit, closer_of, name_of, unit_of

# ---- Other indicators ---------------------------------------------------------------------------------------------


def participation_tables(view: View, unit: Unit, palette: Palette) -> str:
    """Rates with their place in the group, and counts, apart from each other; nothing where there is no figure.

    Counts of schools come from the register and have a section of their own, and so has the Week.
    """
    readings = [r for r in unit.readings.values() if r.model is None]
    rates = [r for r in readings if r.kind == "rate"]
    within = {r.numerator_indicator_id for r in rates} | {WEEK}
    counts = [
        r for r in readings
        if r.kind == "count" and r.indicator_id not in within and not r.indicator_id.startswith("school.")
    ]  # fmt: skip
    tables = beside(_rates(view, rates, palette), _counts(view, counts, palette), kind="w-uneven")
    return tables if rates or counts else ""


def _label(reading: Reading, among: Sequence[Reading], view: View) -> str:
    """The indicator's name, with the period of its figure where it is not that of the first in its table."""
    name = esc(view.words.pick(reading.name_vi, reading.name_en))
    if reading.period_end == among[0].period_end:
        return name
    return name + small(esc(period_name(reading.period_start, reading.period_end, view.lang)))


def _rates(view: View, rates: Sequence[Reading], palette: Palette) -> str:
    if not rates:
        return ""
    one_basis(rates)
    words = view.words
    body = []
    for r in rates:
        value = about(percent(r.value, view.lang, r.decimals), r.estimated_share > 0)
        counts = small(counts_of(r, view))
        body.append(
            (
                _label(r, rates, view), f"<strong>{esc(value)}</strong>{counts}", spark(r, view, palette), place(r, view),
                middle(r, view),
            )
        )  # fmt: skip
    columns = [
        words("wards.col_indicator"), "#" + words("common.rate"), words("wards.col_trend"),
        "#" + words("wards.col_place_short"), "#" + words("wards.col_median"),
    ]  # fmt: skip
    title = words("wards.rates_title")
    return titled(title, note(esc(state_of(view, rates[:1]))), table(title, columns, body))


def _counts(view: View, counts: Sequence[Reading], palette: Palette) -> str:
    if not counts:
        return ""
    words = view.words
    body = []
    for r in counts:
        value = about(in_short(round(r.value or 0), view.lang), r.estimated_share > 0)
        unit = words.pick(r.unit_vi, r.unit_en)
        body.append(
            (_label(r, counts, view), f"<strong>{esc(value)}</strong> {esc(unit)}", spark(r, view, palette))
        )
    title = words("wards.counts_title")
    columns = [words("wards.col_indicator"), words("common.value"), words("wards.col_trend")]
    return titled(title, note(esc(state_of(view, counts[:1]))), table(title, columns, body))


@panel
def participation_panel(view: View, _found: Warehouse, unit_key: str) -> None:
    """Every other indicator that the unit reports."""
    unit = unit_of(view, _found, unit_key)
    tables = participation_tables(view, unit, view.palette)
    if not tables:
        show_empty(view, body=view.words("wards.participation_empty", unit=name_of(view, unit.facts)))
        return
    st.html(tables)


# ---- Over time ----------------------------------------------------------------------------------------------------


def lines_of(view: View, unit: Unit, closer: Closer) -> tuple[Line, list[Line]]:
    """The unit's own line up to its last day, and those of a ward's former districts, the largest first."""
    words, facts = view.words, unit.facts
    own = tuple(p for p in closer.lines[facts.unit_key] if p.period_end <= unit.last)
    context = [
        Line(words("wards.former", name=words.pick(s.name_vi, s.name_en)), tuple(closer.lines[s.unit_key]))
        for s in unit.peopled
    ]
    return Line(words.pick(facts.short_vi, name_of(view, facts)), own), context


@panel
def trend_panel(view: View, _found: Warehouse, unit_key: str, model: LearningModel, back: bool) -> None:
    """The unit over time on the headline basis; ``back`` adds figures of before July 2025 divided down to it."""
    unit, closer = unit_of(view, _found, unit_key), closer_of(view, _found, unit_key, model.model)
    facts, indicator_id = unit.facts, f"model.{model.model}.{HEADLINE}"
    own, context = lines_of(view, unit, closer)
    moved = []
    if back and facts.level == "ward":
        series = timeline.series_on(_found, indicator_id, unit_key, view.statuses)
        moved = [m for m in series if m.period_end < reform_day(_found) and m.value is not None]
    if not own.points and not moved and not any(line.points for line in context):
        show_empty(view, body=view.words("wards.trend_empty", unit=name_of(view, facts)))
        return
    words = view.words
    labels = Labels(
        name_of(view, facts),
        words.pick(model.name_vi, model.name_en),
        words(f"common.basis_{HEADLINE}"),
        facts.level,
    )
    chart = charts.trend(own, context, moved, closer.target, labels, Look(words, view.palette))
    show_chart(chart, view, key="wards_trend")


def trend_sheet(view: View, unit: Unit, closer: Closer, model: LearningModel) -> str:
    """The same line for paper, always in light colours; nothing where there is no figure."""
    own, context = lines_of(view, unit, closer)
    svg = charts.trend_on_paper(own, context, closer.target, Look(view.words, LIGHT))
    return image(svg, view.words.pick(model.name_vi, model.name_en), "w-chart") if svg else ""


# ---- Peers and neighbours -----------------------------------------------------------------------------------------


@panel
def peers_panel(view: View, _found: Warehouse, unit_key: str, model: LearningModel) -> None:
    """The peer group from the highest to the lowest on the headline basis."""
    unit, words = unit_of(view, _found, unit_key), view.words
    facts, reading = unit.facts, unit.headline(model.model)
    among = closer_of(view, _found, unit_key, model.model).among
    members = among[among["is_peer"]]
    group = words.pick(facts.group_vi, facts.group_en)
    if reading is None or members["value"].notna().sum() == 0:
        show_empty(view, body=words("wards.peers_empty", group=group))
        return
    if reading.single:
        yes = int((members["value"] == 1).sum())
        n = int(members["value"].notna().sum())
        st.markdown(words("wards.peers_single", yes=yes, n=n, group=group))
        return
    caption = words(
        "wards.peers_subtitle", model=words.pick(model.name_vi, model.name_en), basis=words(f"common.basis_{HEADLINE}"),
        state=state_of(view, [reading]),
    )  # fmt: skip
    chart = charts.peers(
        members,
        group,
        reading.group_median,
        reading.city_value,
        caption,
        Look(words, view.palette),
    )
    show_chart(chart, view, key="wards_peers")


def neighbours_table(view: View, among: pd.DataFrame, reading: Reading | None) -> str:
    """The neighbours with their rates, the highest first, this ward among them; links to their pages."""
    words, lang = view.words, view.lang
    near = among[among["is_neighbour"] | among["is_self"]]
    near = near.sort_values(["value", "unit_key"], ascending=[False, True], na_position="last")
    one_basis(near)
    own = reading.value if reading else None
    body = []
    for row in near.to_dict("records"):
        name = words.pick(row["name_vi"], row["name_en"])
        known = pd.notna(row["value"])
        rate = percent(row["value"], lang) if known else words("common.not_reported")
        if reading is not None and reading.single and known:
            rate = words("wards.single_yes" if row["value"] == 1 else "wards.single_no")
        if row["is_self"]:
            body.append((f"<strong>{esc(name)}</strong>", f"<strong>{esc(rate)}</strong>", "", ""))
            continue
        apart = (
            points(row["value"] - own, lang).split()[0]
            if known and own is not None and not (reading and reading.single)
            else ""
        )
        border = (
            f"{decimal(row['border_km'], lang, 1)} km"
            if pd.notna(row["border_km"])
            else words("wards.at_a_point")
        )
        kin = small(esc(words("wards.same_group"))) if row["is_peer"] else ""
        body.append((link(view, row["unit_key"], name) + kin, esc(rate), esc(apart), esc(border)))
    names = [
        words("common.unit"),
        "#" + words("common.rate"),
        "#" + words("wards.col_apart"),
        "#" + words("wards.col_border"),
    ]
    return table(words("wards.neighbours_title"), names, body)


@panel
def neighbours_panel(view: View, _found: Warehouse, unit_key: str, model: LearningModel) -> None:
    """The wards that share a border with this one."""
    words, reading = view.words, unit_of(view, _found, unit_key).headline(model.model)
    among = closer_of(view, _found, unit_key, model.model).among
    state = state_of(view, [reading]) if reading else words("wards.no_own_figure")
    caption = words("wards.neighbours_subtitle", basis=words(f"common.basis_{HEADLINE}"), state=state)
    st.html(
        titled(words("wards.neighbours_title"), note(esc(caption)), neighbours_table(view, among, reading))
    )
