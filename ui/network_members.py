"""The members that can be named: by region and cohort, on a map, as a list to search and download, beside Hà Nội."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from charts import network as charts
from charts import network_map
from charts.base import Look
from i18n import decimal, in_short
from queries import network, network_members
from queries.network_members import ALL, HOME, REGIONS, UNKNOWN, Choice, Member
from queries.text import plain
from queries.warehouse import Warehouse
from ui import address
from ui.cached import panel
from ui.context import View
from ui.frames import PLOTLY, show_chart, show_empty
from ui.network_export import file_name, members_csv
from ui.network_html import block, more, source_link
from ui.ward_html import beside, esc, small, table


def _look(view: View) -> Look:
    return Look(view.words, view.palette)


@panel
def named_panel(view: View, _found: Warehouse) -> None:
    """How many members can be named: by region, and of each cohort."""
    words = view.words
    named = network_members.named(network_members.members(_found))
    if not named:
        show_empty(view, body=words("network.none"))
        return
    total = network.latest_total(_found)
    unconfirmed = network_members.unconfirmed(_found)
    left, right = st.columns(2, gap="large")
    with left:
        chart = charts.regions(named, total.members if total else None, unconfirmed, _look(view))
        show_chart(chart, view, key="network_regions")
    with right:
        st.html(block(f"<h3>{esc(words('network.cohorts'))}</h3>", _cohorts(view, _found)))


def _cohorts(view: View, found: Warehouse) -> str:
    """The table of cohorts, its notes folded away below."""
    words = view.words
    unknown = f'<span class="n-dim">{esc(words("network.cohort_not_found"))}</span>'

    def number(value: Any) -> str:
        return unknown if pd.isna(value) else esc(decimal(int(value), view.lang))

    cells, notes = [], []
    for row in network_members.cohorts(found).to_dict("records"):
        year = str(row["year_joined"])
        label = words(f"network.cohort_{year}") if year in ("unknown", "all") else year
        cells.append([esc(label), *(number(row[c]) for c in ("listed", "official_new_members", "missing"))])
        note = row["note_vi" if view.lang == "vi" else "note_en"]
        if isinstance(note, str):
            notes.append(f"<p class='w-note'><strong>{esc(label)}</strong>: {esc(note)}</p>")
    counts = (f"#{words(f'network.cohort_{c}')}" for c in ("listed", "official", "missing"))
    label = words("network.cohorts")
    return table(label, [words("network.cohort_year"), *counts], cells) + more(
        words("network.cohort_notes"), "".join(notes)
    )


def choose(view: View, found: Warehouse) -> Choice:
    """Region, year of joining, country and a search, each kept in the address."""
    words = view.words
    every = network_members.members(found)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        region = address.choose("region", words("network.choose_region"), (ALL, *REGIONS), lambda r: words(f"network.region_{r}"), width=250)  # fmt: skip
        inside = [m for m in every if region in (ALL, m.unesco_region)]
        years = sorted({m.year_joined for m in every if m.year_joined}, reverse=True)
        codes = (ALL, *map(str, years), UNKNOWN)
        year = address.choose("joined", words("network.choose_year"), codes, lambda y: _year_words(y, view), width=170)  # fmt: skip
        names = {m.iso3: words.pick(m.country_vi, m.country) for m in inside}
        counts = {iso3: sum(m.iso3 == iso3 for m in inside) for iso3 in names}
        ordered = sorted(names, key=lambda iso3: plain(names[iso3]))

        def country_words(iso3: str) -> str:
            if iso3 == ALL:
                return words("network.country_all")
            return words("network.country_count", country=names[iso3], n=counts[iso3])

        country = address.choose("country", words("network.choose_country"), (ALL, *ordered), country_words, width=250)  # fmt: skip
        sought = address.search("member", words("network.choose_member"), placeholder=words("network.choose_member_help"), width=250)  # fmt: skip
    return Choice(region, year, country, sought)


def _year_words(code: str, view: View) -> str:
    if code == ALL:
        return view.words("network.year_all")
    return view.words("network.joined_unknown") if code == UNKNOWN else code


@panel
def members_panel(view: View, _found: Warehouse, choice: Choice) -> None:
    """The chosen members on the map and as a table."""
    words = view.words
    shown = network_members.chosen(_found, choice)
    every = network_members.members(_found)
    if not shown:
        show_empty(view, body=words("network.members_none" if every else "network.none"))
        return
    total = network.latest_total(_found)
    whole = choice.region == ALL and choice.country == ALL and not choice.sought
    chart = network_map.world(shown, every, total.members if total else None, network_members.land(_found), whole, _look(view))  # fmt: skip
    st.markdown(f"### {chart.title}")
    st.caption(chart.subtitle)
    with st.container(key="network_world"):
        st.plotly_chart(
            chart.figure, theme=None, key="network_map", config=PLOTLY, alt=chart.alt, height="stretch"
        )
    st.caption(chart.notes[0])
    host = st.column_config.LinkColumn(display_text=r"https?://(?:www[.])?([^/]+)")
    st.dataframe(
        _table(shown, view),
        hide_index=True,
        height=320,
        alt=words("network.members_table", n=decimal(len(shown), view.lang)),
        column_config={words("network.source"): host},
    )


def _table(shown: tuple[Member, ...], view: View) -> pd.DataFrame:
    words = view.words
    return pd.DataFrame(
        {
            words("network.city_column"): [m.city for m in shown],
            words("network.country_column"): [words.pick(m.country_vi, m.country) for m in shown],
            words("network.region_column"): [words(f"network.region_{m.unesco_region}") for m in shown],
            words("network.joined_column"): [
                str(m.year_joined or words("network.joined_unknown")) for m in shown
            ],
            words("network.source"): [m.source.url for m in shown],
            words("network.evidence_column"): [words(f"network.evidence_{m.evidence}") for m in shown],
            words("network.note_column"): [words.pick(m.note_vi, m.note_en) for m in shown],
        }
    )


def download(view: View, found: Warehouse, choice: Choice, today: dt.date) -> None:
    """A button that hands out the chosen members as CSV, made on the click."""
    shown = network_members.chosen(found, choice)
    st.download_button(
        view.words("network.download"),
        data=lambda: members_csv(view, found, choice, today),
        file_name=file_name(choice, view.build_id, today),
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        disabled=not shown,
        key="network_download",
    )


@panel
def beside_panel(view: View, _found: Warehouse) -> None:
    """Hà Nội among the Vietnamese members and among members of about its size."""
    words = view.words
    compatriots = network_members.compatriots(_found)
    left = f"<h3>{esc(words('network.vietnam_title', n=len(compatriots)))}</h3>"
    left += _small_table(compatriots, view, words("network.vietnam_title", n=len(compatriots)))
    if not compatriots:
        left = f"<p>{esc(words('network.vietnam_empty'))}</p>"
    note = f"<p class='w-note'>{esc(words('network.population_note'))}</p>"
    st.html(block(beside(left, _like_size(view, _found)), note))


def _like_size(view: View, found: Warehouse) -> str:
    words = view.words
    like = network_members.like_size(found)
    if like is None:
        return f"<p>{esc(words('network.like_empty'))}</p>"
    title = words("network.like_title", n=sum(not m.is_home for m in like.members))
    help_text = words(
        "network.like_help", low=decimal(like.low / 1e6, view.lang, 1), high=decimal(like.high / 1e6, view.lang, 1),
        times=decimal(like.times, view.lang, 1), unknown=decimal(like.unknown, view.lang),
    )  # fmt: skip
    return f"<h3>{esc(title)}</h3><p class='w-note'>{esc(help_text)}</p>" + _small_table(like.members, view, title)  # fmt: skip


def _small_table(some: Sequence[Member], view: View, label: str) -> str:
    """Cities with their source, the year of joining and the population, each as far as it is known."""
    words = view.words
    unknown = f'<span class="n-dim">{esc(words("network.population_unknown"))}</span>'
    cells = []
    for member in some:
        country = words.pick(member.country_vi, member.country)
        name = esc(member.city if member.iso3 == HOME[1] else f"{member.city}, {country}")
        name = f'<span class="n-home">◉ {name}</span>' if member.is_home else name
        people = esc(in_short(member.population, view.lang)) if member.population else unknown
        year = esc(str(member.year_joined or words("network.joined_unknown")))
        cells.append([name + small(source_link(member.source)), year, people])
    columns = ["city_column", "joined_column", "population_short"]
    names = [words(f"network.{column}") for column in columns]
    return table(label, [*names[:2], f"#{names[2]}"], cells)
