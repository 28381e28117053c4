"""The sheet that a browser prints instead of the screen: one unit on two A4 pages, on white, with build and sources.

It is hidden on the screen and drawn by the print rules of ``static/wards.css``. Each page has a fixed height; the sources
take what is left of the second one.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from charts.models import about
from charts.palette import LIGHT
from i18n import percent, short_date
from queries import catalogue
from queries.bases import one_basis
from queries.catalogue import LearningModel
from queries.wards import Facts, Reading
from queries.warehouse import Warehouse
from ui.cached import panel
from ui.context import View
from ui.ward_figures import neighbours_table, participation_tables, trend_sheet
from ui.ward_html import beside, esc, note, table, titled
from ui.ward_models import OTHER_BASES, basis_table, headline_table
from ui.ward_origin import (
    facts_list,
    origin_note,
    predecessors_table,
    source_ids,
    source_line,
    state_line,
    successors_table,
)
from ui.ward_reports import reports_brief, schools_table, wards_missing, week_table
from ui.ward_unit import HEADLINE, Closer, Unit, closer_of, name_of, unit_of

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
FLAGS_SHOWN = 2


@panel
def sheet_panel(view: View, _found: Warehouse, unit_key: str, model: LearningModel) -> None:
    """The printed sheet of a unit, with the line and the neighbours of one title."""
    unit, closer = unit_of(view, _found, unit_key), closer_of(view, _found, unit_key, model.model)
    pages = (
        _line(view, _found, unit.facts, 1) + _head(view, unit) + _front(view, unit, closer, model),
        _line(view, _found, unit.facts, 2)
        + _back(view, _found, unit, closer, model)
        + _foot(view, _found, unit),
    )
    sections = "".join(f'<section class="w-page">{page}</section>' for page in pages)
    st.html(f'<div class="w-sheet w">{sections}</div>')


def _line(view: View, found: Warehouse, facts: Facts, page: int) -> str:
    """The line at the top of each page: unit, period, product, build, page."""
    words = view.words
    line = words(
        "wards.sheet_line",
        product=words("common.product"),
        unit=_named(view, facts),
        period=view.period,
        build=found.build_id,
        day=short_date(found.built_at.astimezone(HANOI).date(), view.lang),
        page=page,
    )
    return f'<p class="w-line">{esc(line)}</p>'


def _named(view: View, facts: Facts) -> str:
    name = name_of(view, facts)
    return view.words("wards.former", name=name) if facts.level == "district" else name


def _head(view: View, unit: Unit) -> str:
    """Name, facts, and what to know before the figures."""
    state = note(esc(state_line(view, unit)))
    return f"<h1>{esc(_named(view, unit.facts))}</h1>{facts_list(view, unit)}{state}"


def _front(view: View, unit: Unit, closer: Closer, model: LearningModel) -> str:
    """Titles on every basis, and the line of one of them."""
    words, rows = view.words, unit.rows
    if not any(row.pace.figure for row in rows):
        return note(esc(words("wards.models_empty", unit=name_of(view, unit.facts))))
    parts = [
        titled(words("wards.section_models"), headline_table(view, unit, LIGHT)),
        beside(*(basis_table(view, rows, unit.readings, basis) for basis in OTHER_BASES)),
    ]
    chart = trend_sheet(view, unit, closer, model)
    if chart:
        name, basis = words.pick(model.name_vi, model.name_en), words(f"common.basis_{HEADLINE}")
        parts.append(titled(words("wards.sheet_trend", model=name, basis=basis), chart))
    if (
        unit.facts.level == "ward"
    ):  # a former district has a longer table of titles, and room on the second page
        parts.append(reports_brief(view, unit))
    return "".join(parts)


def _back(view: View, found: Warehouse, unit: Unit, closer: Closer, model: LearningModel) -> str:
    """Other indicators, neighbours, schools, reports and where the unit came from."""
    words, facts, reading = view.words, unit.facts, unit.headline(model.model)
    title = words.pick(model.name_vi, model.name_en)
    if facts.level == "ward":
        near = titled(
            words("wards.sheet_neighbours", model=title),
            _standing_line(view, facts, reading),
            neighbours_table(view, closer.among, reading),
        )
        origin = predecessors_table(view, unit.former, ()) + note(esc(origin_note(view, unit.former)))
        heading = words("wards.section_origin")
    else:
        near = _peers_table(view, facts, closer.among, reading, title) + wards_missing(view, found, facts)
        origin = successors_table(view, unit.shares)
        heading = words("wards.section_successors")
    rest = [schools_table(view, found, facts), week_table(view, unit), _flags(view, unit)]
    if facts.level == "district":
        rest.append(reports_brief(view, unit))
    columns = f'<div class="w-cols">{near}{"".join(rest)}</div>'
    return participation_tables(view, unit, LIGHT) + columns + titled(heading, origin)


def _standing_line(view: View, facts: Facts, reading: Reading | None) -> str:
    """The place in the peer group in one line."""
    words = view.words
    if reading is None or reading.single or reading.group_size < 2:
        return ""
    at = words("wards.place_of", place=reading.group_rank, n=reading.group_size)
    group = words.pick(facts.group_vi, facts.group_en)
    middle = percent(reading.group_median, view.lang)
    return note(esc(words("wards.sheet_standing", place=at, group=group, middle=middle)))


def _peers_table(view: View, facts: Facts, among: pd.DataFrame, reading: Reading | None, title: str) -> str:
    """The peer group of a former district from the highest to the lowest."""
    words = view.words
    known = among[among["is_peer"]].dropna(subset=["value"])
    known = known.sort_values(["value", "unit_key"], ascending=[False, True])
    if reading is None or reading.single or known.empty:
        return ""
    one_basis(known)
    body = []
    for row in known.to_dict("records"):
        name = esc(words.pick(row["name_vi"], row["name_en"]))
        rate = esc(about(percent(row["value"], view.lang), row["estimated_share"] > 0))
        body.append(
            (f"<strong>{name}</strong>", f"<strong>{rate}</strong>") if row["is_self"] else (name, rate)
        )
    heading = words("wards.sheet_peers", model=title)
    columns = [words("common.unit"), "#" + words("common.rate")]
    return titled(heading, _standing_line(view, facts, reading), table(heading, columns, body))


def _flags(view: View, unit: Unit) -> str:
    """How many figures deserve a look, and the latest of them."""
    if not unit.flags:
        return ""
    words = view.words
    said = " ".join(words.pick(f.sentence_vi, f.sentence_en) for f in unit.flags[:FLAGS_SHOWN])
    return titled(
        words("quality.title"), note(esc(words("wards.sheet_flags", n=len(unit.flags), latest=said)))
    )


def _foot(view: View, found: Warehouse, unit: Unit) -> str:
    """How much is published, and the sources; the print rules show as many whole ones as there is room for."""
    words, every = view.words, catalogue.sources(found)
    count = words("wards.sheet_published", n=len(unit.published)) if unit.published else ""
    lines = [source_line(every[i], view, linked=False) for i in source_ids(unit) if i in every]
    listed = "".join(f"<li>{line}</li>" for line in lines)
    heading = esc(words("wards.sheet_sources", n=len(lines)))
    return f'{note(esc(count))}<div class="w-sources"><h3>{heading}</h3><ol>{listed}</ol></div>'
