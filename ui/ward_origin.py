"""What a ward or former district is, where it came from, what is published about it, and the sources of its page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import streamlit as st

from charts.models import about
from i18n import decimal, percent, period_as_worded, period_name, short_date
from queries import catalogue
from queries.bases import NOT_STATED, one_basis
from queries.catalogue import Source
from queries.published import PublishedFigure
from queries.wards import Facts, Predecessor, Share
from queries.warehouse import Warehouse
from ui.cached import panel
from ui.context import View
from ui.provenance import value_words
from ui.ward_html import esc, link, note, small, table, titled
from ui.ward_unit import Unit, name_of, unit_of

RESOLUTION = "resolution-1656-nq-ubtvqh15"
RECODING = "resolution-1286-nq-ubtvqh15"
SHARES = "derived-boundary-overlay"


# ---- What it is ---------------------------------------------------------------------------------------------------


def share_words(share: Share, view: View) -> str:
    """The part of a ward that lay in a former district: whole by law, land without people, or ≈ of its people."""
    words = view.words
    if share.area_by_law:
        return words("wards.share_whole")
    area = _part(share.area, view)
    if share.people == 0:
        return words("wards.share_land_only", area=area)
    if not share.estimated:
        return words("wards.share_people_by_law", area=area)
    return words("wards.share_people", people=_part(share.people, view), area=area)


def _part(fraction: float, view: View, *, rough: bool = True) -> str:
    """A part of a whole, with ≈ where ``rough``; with a decimal where it is nearly nothing or nearly all."""
    return about(percent(fraction, view.lang, 0 if 0.01 <= fraction < 0.995 or fraction == 1 else 1), rough)


def as_of_words(text: str | None, view: View) -> str:
    """A day or a year as it stands in the table of units, in words."""
    if not text:
        return ""
    if len(text) == 10:
        return short_date(dt.date.fromisoformat(text), view.lang)
    return view.words("wards.year", year=text)


def facts_list(view: View, unit: Unit) -> str:
    """Type, code, days, people, land, density, peer group with its rule, and for a ward where it lay, as a list of terms."""
    words, lang, facts = view.words, view.lang, unit.facts
    since = short_date(facts.valid_from, lang) if facts.valid_from else ""
    valid = (
        words("wards.since", day=since)
        if facts.level == "ward"
        else words("wards.ended", day=short_date(facts.valid_to, lang))
    )
    terms = [
        (
            words("wards.fact_kind"),
            esc(words(f"wards.type_{facts.type}"))
            + small(esc(words("wards.code", code=facts.code, valid=valid))),
        ),
        (
            words("wards.fact_population"),
            esc(decimal(facts.population, lang))
            + small(f"{esc(as_of_words(facts.population_as_of, view))} {_source_of(facts, view)}"),
        ),
        (
            words("wards.fact_area"),
            esc(f"{decimal(facts.area_km2, lang, 2)} km²")
            + small(esc(words("wards.density", n=decimal(facts.density, lang)))),
        ),
        (
            words("wards.fact_group"),
            esc(words("wards.group_of", group=words.pick(facts.group_vi, facts.group_en), n=facts.group_size))
            + small(esc(words.pick(facts.group_reason_vi, facts.group_reason_en))),
        ),
    ]
    if facts.level == "ward":
        lay_in = [
            f"{link(view, s.unit_key, words.pick(s.name_vi, s.name_en))}: {esc(share_words(s, view))}"
            for s in unit.shares
        ]
        terms.append((words("wards.fact_districts"), "".join(f"<span>{part}</span>" for part in lay_in)))
    widths = ("", "", "", ' class="w-wide"', ' class="w-whole"')
    body = "".join(
        f"<div{width}><dt>{esc(term)}</dt><dd>{text}</dd></div>"
        for width, (term, text) in zip(widths, terms, strict=False)
    )
    return f'<div class="w-facts"><dl>{body}</dl></div>'


def _source_of(facts: Facts, view: View) -> str:
    """Where population and area come from, as a link where there is an address."""
    named = esc(view.words("wards.by_source"))
    return (
        f'(<a href="{esc(facts.source_url)}" title="{esc(facts.source_title)}">{named}</a>)'
        if facts.source_url
        else ""
    )


def state_line(view: View, unit: Unit) -> str:
    """What a reader must know before the figures: an earlier period, reports that are missing, sums of today's wards."""
    words, lang, facts, last = view.words, view.lang, unit.facts, unit.last
    said = []
    if view.period_end is not None and last != view.period_end:
        said.append(words("wards.before_it_was", unit=name_of(view, facts), period=view.period))
    readings = {key: r for key, r in unit.readings.items() if r.model}
    latest = max((r.period_end for r in readings.values()), default=None)
    if latest is None:
        return " ".join(said)
    newest = next(r for r in readings.values() if r.period_end == latest)
    period = period_name(newest.period_start, newest.period_end, lang)
    if view.period_end is not None and latest < last:
        said.append(words("wards.latest_is_older", period=view.period, latest=period))
    if facts.level == "district" and facts.valid_to is not None and latest > facts.valid_to:
        share = percent(newest.population_share, lang, 0)
        said.append(
            words(
                "wards.sum_of_wards", unit=name_of(view, facts), day=short_date(facts.valid_to, lang), period=period,
                n=newest.units_reporting, of=newest.units_expected, share=share,
            )
        )  # fmt: skip
        estimated = max(r.estimated_share for r in readings.values() if r.period_end == latest)
        if estimated > 0:
            said.append(words("wards.sum_estimated", share=percent(estimated, lang, 0)))
    return " ".join(said)


@panel
def facts_panel(view: View, _found: Warehouse, unit_key: str) -> None:
    """The band of facts, and what to know before the figures."""
    unit = unit_of(view, _found, unit_key)
    st.html(facts_list(view, unit))
    line = state_line(view, unit)
    if line:
        st.info(line, icon=":material/info:")


# ---- Where it came from -------------------------------------------------------------------------------------------


def _came(p: Predecessor, view: View) -> str:
    """How much of a former ward came, as ≈ where the resolution leaves it open."""
    words = view.words
    if p.resolution_part == "whole":
        return words("wards.part_whole")
    area = _part(p.area, view)
    if not p.estimated:
        return words(f"wards.part_people_{p.population_part}", area=area)
    return words("wards.part_some", people=_part(p.people, view), area=area)


def predecessors_table(
    view: View, listed: Sequence[Predecessor], published: Sequence[PublishedFigure]
) -> str:
    """The former wards with what the resolution says of each, the part that came, its people then, and what is published."""
    words, lang = view.words, view.lang
    body: list[tuple[str, ...]] = []
    for p in listed:
        older = small(esc(words("wards.older_names", names=", ".join(p.older)))) if p.older else ""
        people = decimal(p.population, lang) if p.population else "–"
        about_it = [_published_short(f, view) for f in published if f.unit_key == p.unit_key]
        name = (
            esc(words.pick(p.name_vi, p.name_en))
            + small(esc(words.pick(p.district_vi, p.district_en)))
            + older
        )
        body.append(
            (
                name,
                esc(words(f"wards.law_{p.resolution_part}_{p.population_part}")),
                esc(_came(p, view)),
                people,
                "<br>".join(about_it),
            )
        )
    names = [
        words("wards.col_former_unit"), words("wards.col_law"), words("wards.col_came"), "#" + words("wards.col_census"),
        words("wards.col_published"),
    ]  # fmt: skip
    if not any(row[4] for row in body):
        names, body = names[:4], [row[:4] for row in body]
    return table(words("wards.section_origin"), names, body, kind="w-origin")


def _published_short(figure: PublishedFigure, view: View) -> str:
    value = value_words(figure.value, figure.kind, "published", figure.qualifier, view)
    when = period_as_worded(figure.period_label, figure.period_start, figure.period_end, view.lang)
    return f"{esc(view.words.pick(figure.indicator_vi, figure.indicator_en))}: {esc(value)} ({esc(when)})"


def successors_table(view: View, shares: Sequence[Share]) -> str:
    """Today's wards that came from a former district, with their part of its people; links to their pages."""
    words, lang = view.words, view.lang
    rough = any(s.estimated for s in shares)
    body = [
        (
            link(view, s.unit_key, words.pick(s.name_vi, s.name_en)),
            esc(share_words(s, view)),
            esc(_part(s.of_district, view, rough=rough)) if s.people else "–",
            decimal(s.population, lang),
        )
        for s in shares
    ]
    names = [
        words("wards.col_ward_now"),
        words("wards.col_lay_there"),
        "#" + words("wards.col_of_district"),
        "#" + words("wards.col_population"),
    ]
    return table(words("wards.section_successors"), names, body)


@panel
def origin_panel(view: View, _found: Warehouse, unit_key: str) -> None:
    """A ward's former units, or the wards that a former district became."""
    unit = unit_of(view, _found, unit_key)
    if unit.facts.level == "district":
        listed, said = successors_table(view, unit.shares), view.words("wards.shares_note")
    else:
        listed = predecessors_table(view, unit.former, unit.published)
        said = origin_note(view, unit.former)
    st.html(f'<div class="w">{listed}{note(esc(said))}</div>')


def origin_note(view: View, listed: Sequence[Predecessor]) -> str:
    """Which clause of the resolution, and what ≈ stands for."""
    clause = listed[0].clause if listed else "–"
    return view.words("wards.origin_note", clause=clause)


# ---- Published, sources -------------------------------------------------------------------------------------------


def published_table(view: View, listed: Sequence[PublishedFigure]) -> str:
    """Published figures with place, basis and source, one row each."""
    words = view.words
    body = []
    for f in listed:
        basis = (
            words(f"common.basis_{f.basis}")
            if f.basis and f.basis != NOT_STATED
            else words("common.basis_not_stated")
            if f.basis
            else ""
        )
        source = f'<a href="{esc(f.url)}">{esc(f.source_title)}</a>' if f.url else esc(f.source_title)
        value = value_words(f.value, f.kind, "published", f.qualifier, view)
        when = period_as_worded(f.period_label, f.period_start, f.period_end, view.lang)
        body.append(
            (
                esc(words.pick(f.indicator_vi, f.indicator_en)) + small(esc(basis)),
                f"<strong>{esc(value)}</strong>",
                esc(when) + small(esc(words(f"common.date_{f.date_basis}"))),
                esc(words.pick(f.place_vi, f.place_en)),
                source + small(esc(words.pick(f.note_vi, f.note_en))),
            )
        )
    columns = [
        words("wards.col_indicator"),
        words("common.value"),
        words("common.date"),
        words("wards.col_place_of"),
        words("common.source"),
    ]
    return table(words("wards.section_published"), columns, body)


@panel
def published_panel(view: View, _found: Warehouse, unit_key: str) -> None:
    """Everything that is published about the unit and those that it came from; apart, what does not state its basis."""
    unit, words = unit_of(view, _found, unit_key), view.words
    listed = unit.published
    if not listed:
        st.caption(words("wards.published_none", unit=name_of(view, unit.facts)))
        return
    stated = [f for f in listed if f.basis != NOT_STATED]
    unknown = [f for f in listed if f.basis == NOT_STATED]
    parts = [note(esc(words("wards.published_help")))]
    for basis in sorted({f.basis or "" for f in stated if f.kind == "rate"}):
        own = [f for f in stated if f.kind == "rate" and (f.basis or "") == basis]
        one_basis(own)
        parts.append(titled(words(f"common.basis_{basis}").capitalize(), published_table(view, own)))
    counts = [f for f in stated if f.kind != "rate"]
    if counts:
        parts.append(titled(words("wards.counts_title"), published_table(view, counts)))
    if unknown:
        parts.append(titled(words("wards.published_no_basis"), published_table(view, unknown)))
    with st.expander(words("wards.published_open", n=len(listed)), icon=":material/newspaper:"):
        st.html(f'<div class="w">{"".join(parts)}</div>')


def source_ids(unit: Unit) -> list[str]:
    """Where everything on the page comes from, in the order in which it appears, each once."""
    ids: list[str | None] = [unit.facts.source_id, SHARES, RESOLUTION]
    ids += [p.population_source_id for p in unit.former]
    ids += [RECODING] if any(p.older for p in unit.former) else []
    ids += [r.source_id for r in unit.readings.values()]
    ids += [row.pace.target.source_id for row in unit.rows if row.pace.target]
    ids += [r.definition_source_id for r in unit.readings.values()]
    ids += [f.source_id for f in unit.published]
    return list(dict.fromkeys(i for i in ids if i))


def source_line(source: Source, view: View, *, linked: bool = True) -> str:
    """A source as a line of HTML."""
    words = view.words
    if source.kind in ("sample", "report"):
        return esc(words("common.source_sample" if source.kind == "sample" else "common.source_reports"))
    title = (
        f'<a href="{esc(source.url)}">{esc(source.title)}</a>' if source.url and linked else esc(source.title)
    )
    number = (
        f" ({esc(source.document_no)})"
        if source.document_no and source.document_no not in source.title
        else ""
    )
    day = f", {esc(short_date(source.published_on, view.lang))}" if source.published_on else ""
    return f"{title}{number}{day}"


@panel
def sources_panel(view: View, _found: Warehouse, unit_key: str) -> None:
    """Every source of the page."""
    every, ids = catalogue.sources(_found), source_ids(unit_of(view, _found, unit_key))
    lines = "".join(f"<li>{source_line(every[i], view)}</li>" for i in ids if i in every)
    st.html(f'<div class="w w-sources"><ul>{lines}</ul></div>')
