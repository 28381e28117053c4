"""The schools of a ward or former district, the Lifelong Learning Week, and what it has and has not reported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from charts.models import about
from i18n import Lang, decimal, period_name, short_date
from queries import schools, wards
from queries.coverage import who_reported
from queries.figures import reform_day
from queries.wards import Facts, Report
from queries.warehouse import Warehouse
from ui.cached import panel
from ui.context import View
from ui.frames import show_empty
from ui.ward_html import beside, esc, link, mark, note, shared, table, titled
from ui.ward_unit import Unit, unit_of

LATEST_PERIODS = 5
MOST_LISTED = 8


# ---- Schools and the week -----------------------------------------------------------------------------------------


def schools_table(view: View, found: Warehouse, facts: Facts) -> str:
    """Schools by level with pupils, from the latest register; nothing where there is none."""
    words, lang = view.words, view.lang
    of = schools.register(found, view.statuses, view.period_end)
    rows = wards.schools_of(found, facts.unit_key, of) if of else pd.DataFrame()
    if of is None or rows.empty:
        return ""
    body: list[tuple[str, ...]] = [
        (
            esc(words(f"schools.level_{r['level']}")),
            decimal(r["schools"], lang),
            decimal(r["public"], lang),
            _known(r, lang),
        )
        for r in rows.to_dict("records")
    ]
    total = {c: rows[c].sum() for c in ("schools", "public", "pupils", "pupils_known")}
    strong = [
        esc(words("wards.all_levels")),
        decimal(total["schools"], lang),
        decimal(total["public"], lang),
        _known(total, lang),
    ]
    body.append(tuple(f"<strong>{cell}</strong>" for cell in strong))
    names = [
        words("wards.col_level"),
        *("#" + words(f"wards.col_{c}") for c in ("schools", "public", "pupils")),
    ]
    where = words("wards.schools_main") if facts.level == "district" else ""
    state = f"{mark(of.status, view)} · {esc(short_date(of.as_of, lang))} {esc(where)}"
    return titled(words("wards.schools_title"), note(state), table(words("wards.schools_title"), names, body))


def _known(row: Mapping[Any, Any], lang: Lang) -> str:
    """Pupils of the schools that gave the number; a dash where none did."""
    return decimal(row["pupils"], lang) if row["pupils_known"] else "–"


def week_table(view: View, unit: Unit) -> str:
    """Participants of Lifelong Learning Week that the unit reported, by year, the latest first."""
    words, lang = view.words, view.lang
    points = unit.week[unit.facts.unit_key]
    title = words("wards.week_title")
    body = []
    for p in reversed(points):
        value = about(decimal(round(p.value), lang), p.estimated_share > 0)
        body.append((str(p.period_end.year), f"<strong>{esc(value)}</strong>", mark(p.status, view)))
    if not body:
        return titled(title, note(esc(words("wards.week_empty"))))
    names = [words("wards.col_year"), "#" + words("wards.col_participants"), words("common.status_column")]
    return titled(title, table(title, names, body))


def week_context(view: View, found: Warehouse, unit: Unit) -> str:
    """What the former districts of a ward reported of the Week last, as context; nothing for a former district."""
    words, said = view.words, []
    for share in unit.peopled:
        own = [p for p in unit.week[share.unit_key] if p.period_end < reform_day(found)]
        if own:
            name, n = words.pick(share.name_vi, share.name_en), decimal(round(own[-1].value), view.lang)
            said.append(words("wards.week_before", district=name, year=own[-1].period_end.year, n=n))
    return (
        f'<div class="w">{note(esc(words("wards.week_context", list="; ".join(said))))}</div>' if said else ""
    )


@panel
def schools_panel(view: View, _found: Warehouse, unit_key: str) -> None:
    """The unit's schools with a link to all of them, and the week beside."""
    unit, words = unit_of(view, _found, unit_key), view.words
    facts, listed = unit.facts, schools_table(view, _found, unit.facts)
    if listed:
        way = f'<a href="{esc(schools_address(view, facts))}">{esc(words("wards.schools_link"))}</a>'
        listed += f'<div class="w">{note(way)}</div>'
    else:
        listed = titled(words("wards.schools_title"), note(esc(words("wards.schools_empty"))))
    week = week_table(view, unit) + week_context(view, _found, unit)
    st.html(beside(listed, week))


def schools_address(view: View, facts: Facts) -> str:
    """The page on schools with this unit's schools only."""
    chosen = {"school": facts.name_vi} if facts.level == "ward" else {"district": facts.unit_key}
    return "truong-hoc?" + urlencode({**chosen, **shared(view)})


# ---- Reporting ----------------------------------------------------------------------------------------------------

KINDS = ("learning_models", "participation")
SIGNS = {"in_time": "✓", "late": "◔", "missing": "✕", "undated": "✓"}


def report_words(report: Report, view: View) -> str:
    """Whether and when a report came, as shape and words."""
    words = view.words
    if not report.has_reported:
        return f"{SIGNS['missing']} {words('wards.report_missing')}"
    if report.days is None:
        return f"{SIGNS['undated']} {words('wards.report_undated')}"
    key = "late" if report.is_late else "in_time"
    return f"{SIGNS[key]} {words(f'wards.report_{key}', days=decimal(report.days, view.lang))}"


def reports_table(view: View, found: Warehouse, unit: Unit) -> str:
    """The latest periods with both reports, and what the latest ones left out; nothing where none was due."""
    words, listed = view.words, unit.reports
    days = sorted({r.period_end for r in listed}, reverse=True)[:LATEST_PERIODS]
    if not days:
        return ""
    by_place = {(r.period_end, r.report): r for r in listed}
    body = []
    for day in days:
        of_day = [by_place.get((day, kind)) for kind in KINDS]
        start = next(r.period_start for r in of_day if r is not None)
        body.append(
            (
                esc(period_name(start, day, view.lang)),
                *(f'<span class="w-cut">{esc(report_words(r, view))}</span>' if r else "–" for r in of_day),
            )
        )
    names = [words("common.period"), *(words(f"wards.report_{kind}") for kind in KINDS)]
    parts = [table(words("wards.reports_title"), names, body)]
    missed = sum(not r.has_reported for r in listed)
    parts.insert(0, note(esc(words("wards.reports_summary", given=len(listed) - missed, due=len(listed)))))
    latest = next(
        (day for day in days if any(r and r.has_reported for r in (by_place.get((day, k)) for k in KINDS))),
        None,
    )
    left_out = wards.not_reported(found, unit.facts.unit_key, latest, view.statuses) if latest else []
    if left_out:
        names_left = "; ".join(words.pick(vi, en) for vi, en in left_out[:MOST_LISTED])
        parts.append(note(esc(words("wards.left_out", n=len(left_out), names=names_left))))
    return titled(words("wards.reports_title"), *parts)


def reports_brief(view: View, unit: Unit) -> str:
    """For paper: of each kind of report how many were sent, and the latest periods that are missing or were late."""
    words, lines = view.words, []
    for kind in KINDS:
        of_kind = [r for r in unit.reports if r.report == kind]
        if not of_kind:
            continue
        given = sum(r.has_reported for r in of_kind)
        line = f"{words(f'wards.report_{kind}')}: {words('wards.brief_given', given=given, due=len(of_kind))}"
        for key, chosen in (
            ("missing", [r for r in of_kind if not r.has_reported]),
            ("late", [r for r in of_kind if r.is_late]),
        ):
            if chosen:
                periods = ", ".join(
                    period_name(r.period_start, r.period_end, view.lang) for r in chosen[:LATEST_PERIODS]
                )
                line += f"; {words(f'wards.brief_{key}', periods=periods)}"
        lines.append(f"<p>{esc(line)}.</p>")
    return titled(words("wards.reports_title"), *lines) if lines else ""


@panel
def reports_panel(view: View, _found: Warehouse, unit_key: str) -> None:
    """What the unit has and has not reported; for a former district also who of its wards has not."""
    unit, words = unit_of(view, _found, unit_key), view.words
    parts = [reports_table(view, _found, unit)]
    if unit.facts.level == "district":
        parts.append(wards_missing(view, _found, unit.facts))
    if not any(parts):
        show_empty(view, body=words("wards.reports_empty"))
        return
    st.html(beside(*parts))


def wards_missing(view: View, found: Warehouse, facts: Facts) -> str:
    """Which of the wards that a former district became have not reported for the period, or reported late."""
    words = view.words
    if view.period_end is None or facts.valid_to is None or view.period_end <= facts.valid_to:
        return ""
    units = who_reported(found, "learning_models", view.period_end, view.statuses, facts.unit_key)
    if units.empty:
        return ""
    absent = units[units["state"] == "missing"]
    late = units[units["state"] == "late"]
    lines = []
    for frame, key in ((absent, "wards_absent"), (late, "wards_late")):
        names = ", ".join(
            link(view, r["unit_key"], words.pick(r["name_vi"], r["name_en"]))
            for r in frame.to_dict("records")
        )
        lines.append(f"<p>{esc(words(f'wards.{key}', n=len(frame), of=len(units)))} {names}</p>")
    return titled(words("wards.wards_reports_title", period=view.period), *lines)
