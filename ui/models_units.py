"""The panels of the page on learning models that set units beside each other, on the boundaries the reader picks."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from charts import models as charts
from charts import ranking as rankings
from i18n import percent
from queries import figures, timeline
from queries.catalogue import LearningModel
from queries.groupings import added_up
from queries.peers import PeerGroup, peer_groups
from queries.text import fits
from queries.warehouse import Warehouse
from ui import address
from ui.cached import panel
from ui.context import View
from ui.coverage import coverage_line
from ui.frames import show_chart, show_empty
from ui.models import OF_THE_AREA, city_sums, is_over, labels_of, look_of, next_target
from ui.provenance import escaped

BOUNDARIES = {"reported": None, "districts": timeline.DISTRICTS, "wards": timeline.WARDS_NOW}
EVERYONE = "all"


@dataclass(frozen=True)
class Boundaries:
    """The boundaries to show units on. ``moved``: figures have to be moved there from those they were reported on."""

    vintage: str
    moved: bool

    @property
    def level(self) -> str:
        """The tier of the units, as in the words common.level_…"""
        if self.vintage == timeline.WARDS_NOW:
            return "ward"
        return "former_district" if self.moved else "district"


@dataclass(frozen=True)
class Choice:
    """What the reader asked of the units: the boundaries, whom to compare with, and a name to look for."""

    boundaries: Boundaries
    peers: str
    sought: str


def choose(view: View, found: Warehouse) -> Choice:
    """The controls above the distribution and the ranking, kept in the address."""
    assert view.period_end is not None
    words = view.words
    reported = timeline.vintage_of(found, view.period_end)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        boundary = address.choose(
            "boundary",
            words("common.boundary"),
            tuple(BOUNDARIES),
            lambda b: words(f"models.boundary_{b}"),
            width=300,
        )
        vintage = BOUNDARIES[boundary] or reported
        boundaries = Boundaries(vintage, vintage != reported)
        if view.group != "city":
            return Choice(boundaries, EVERYONE, "")
        groups = _groups(found, vintage)
        n = sum(len(group.members) for group in groups.values())
        everyone = words("models.peers_all", n=n, level=words(f"common.level_{boundaries.level}"))

        def name_of(code: str) -> str:
            if code == EVERYONE:
                return everyone
            return f"{words.pick(groups[code].name_vi, groups[code].name_en)} ({len(groups[code].members)})"

        peers = address.choose("peers", words("common.peers"), (*groups, EVERYONE), name_of, width=340)
        sought = address.search(
            "find", words("models.search"), placeholder=words("models.search_placeholder"), width=300
        )
    return Choice(boundaries, peers, sought)


def _groups(found: Warehouse, vintage: str) -> dict[str, PeerGroup]:
    level = "ward" if vintage == timeline.WARDS_NOW else "district"
    return {code: group for code, group in peer_groups(found).items() if group.level == level}


def _refused(model: LearningModel, boundaries: Boundaries) -> bool:
    return boundaries.moved and model.model in OF_THE_AREA


def _units(view: View, found: Warehouse, indicator_id: str, boundaries: Boundaries) -> pd.DataFrame:
    """Every unit of the chosen boundaries with its figure of the period; empty where no unit has one."""
    assert view.period_end is not None
    units = timeline.values_on(found, indicator_id, view.period_end, boundaries.vintage, view.statuses)
    return units if units["value"].notna().any() else units.iloc[:0]


def _origin(units: pd.DataFrame) -> str:
    """The status that the figures had before any were moved."""
    return str(units["origin_status"].dropna().iloc[0])


@panel
def coverage_panel(view: View, _found: Warehouse) -> None:
    """Who has reported for the chosen period, in one line."""
    line = coverage_line(view, _found)
    if line:
        st.markdown(line)


@panel
def spread_panel(
    view: View, _found: Warehouse, model: LearningModel, basis: str, boundaries: Boundaries
) -> None:
    """How figures came to the chosen boundaries, how units spread over the rates, and how groups of them stand."""
    if _refused(model, boundaries):
        name = view.words.pick(model.name_vi, model.name_en)
        st.info(view.words("models.moved_refused", model=name), icon=":material/block:")
        return
    units = _units(view, _found, f"model.{model.model}.{basis}", boundaries)
    if units.empty:
        show_empty(view)
        return
    if boundaries.moved:
        st.info(_moved_words(view, units, boundaries), icon=":material/join_inner:")
    if units["denominator"].max() == 1:  # one title a unit: rates of 0 or 1 have no distribution
        _groups_chart(view, _found, model, basis, boundaries, units)
        return
    left, right = st.columns(2, gap="large")
    with left:
        _distribution(view, _found, model, basis, boundaries, units)
    with right:
        _groups_chart(view, _found, model, basis, boundaries, units)


def _moved_words(view: View, units: pd.DataFrame, boundaries: Boundaries) -> str:
    """In which ways figures were moved, and how much of them had to be estimated."""
    words, known = view.words, units.dropna(subset=["value"])
    methods = known["weight_method"].value_counts()
    whole = added_up(known.assign(whole=""), "whole")
    return words(
        "models.moved_ward" if boundaries.level == "ward" else "models.moved_district",
        period=view.period,
        share=percent(whole["estimated_share"].iloc[0], view.lang, 0),
        n=int((known["status"] == "apportioned").sum()),
        all=len(known),
        methods="; ".join(words(f"models.method_{method}", n=n) for method, n in methods.items()),
    )


def _distribution(
    view: View, found: Warehouse, model: LearningModel, basis: str, boundaries: Boundaries, units: pd.DataFrame
) -> None:  # fmt: skip
    indicator_id, status = f"model.{model.model}.{basis}", _origin(units)
    city = next((f for f in city_sums(view, found, indicator_id) if f.status == status), None)
    labels = labels_of(view, model, basis, status, boundaries.level)
    chart = charts.distribution(units, city, next_target(found, indicator_id), labels, look_of(view))
    show_chart(chart, view, key="models_distribution")


def _groups_chart(
    view: View, found: Warehouse, model: LearningModel, basis: str, boundaries: Boundaries, units: pd.DataFrame
) -> None:  # fmt: skip
    """Groups of alike units, phường against xã, or former districts, each from sums."""
    kind = "peer_group" if view.group == "city" else view.group
    if kind == "type" and boundaries.level != "ward":
        st.caption(view.words("models.groups_type_before"))
        return
    indicator_id = f"model.{model.model}.{basis}"
    if kind == "district":
        assert view.period_end is not None
        areas = figures.area_values(found, indicator_id, view.period_end, kind, view.statuses)
    else:
        areas = _named(found, added_up(units, kind))
    labels = labels_of(view, model, basis, _origin(units), boundaries.level)
    chart = rankings.groups(areas, kind, next_target(found, indicator_id), labels, look_of(view))
    show_chart(chart, view, key=f"models_groups_{kind}")


def _named(found: Warehouse, areas: pd.DataFrame) -> pd.DataFrame:
    groups = peer_groups(found)
    return areas.assign(
        name_vi=[groups[key].name_vi if key in groups else key for key in areas["area_key"]],
        name_en=[groups[key].name_en if key in groups else key for key in areas["area_key"]],
    )


@panel
def ranking_panel(view: View, _found: Warehouse, model: LearningModel, basis: str, choice: Choice) -> None:
    """Units from the highest rate to the lowest among their like, or those whose name fits a search."""
    if _refused(model, choice.boundaries):
        return
    indicator_id = f"model.{model.model}.{basis}"
    units = _units(view, _found, indicator_id, choice.boundaries)
    if units.empty:
        return
    words, origin = view.words, _origin(units)
    units["matches"] = [
        fits(vi, choice.sought) or fits(en, choice.sought)
        for vi, en in zip(units["name_vi"], units["name_en"], strict=True)
    ]
    if not units["matches"].any():
        st.warning(words("models.search_none", text=escaped(choice.sought)), icon=":material/search_off:")
        return
    among = choice.peers != EVERYONE
    name = ""
    if among:
        compared = set(units.loc[units["matches"], "peer_group"]) if choice.sought else {choice.peers}
        units = units[units["peer_group"].isin(compared)]
        if len(compared) == 1:
            group = peer_groups(_found)[compared.pop()]
            name = words.pick(group.name_vi, group.name_en)
    labels = labels_of(view, model, basis, origin, choice.boundaries.level)
    target = next_target(_found, indicator_id)
    chart = rankings.ranking(units, target, labels, look_of(view), group=name, by_group=among and not name)
    show_chart(chart, view, key="models_ranking")


def shows_units(view: View, model: LearningModel) -> bool:
    """Whether there is anything to say of single units in the chosen period."""
    return view.period_end is not None and not is_over(view, model)
