"""The choices of the analyst's desk, kept in the address: what, who, when, on which boundaries, in which shape."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import streamlit as st

from i18n import Lang, Words, period_code, period_name, short_date, words_in
from queries import explore
from queries.dictionary import ListedIndicator, indicators_found, listed_indicators
from queries.explore import Choice, Shape
from queries.figures import Period, periods
from queries.map import former_districts
from queries.peers import peer_groups
from queries.ward_names import places
from queries.warehouse import Warehouse
from ui import address
from ui.context import View
from ui.kept import kept

FIRST_CHOICE = ("model.family.recognised_of_total",)
FIRST_LEVELS = ("ward",)
TYPES = ("phuong", "xa", "quan", "huyen", "thi_xa")
ANY_BASES = (
    "recognised_of_total",
    "registered_of_total",
    "recognised_of_registered",
    "of_total",
    "not_stated",
)
ALL = "all"
SORTS: dict[Shape, tuple[str, ...]] = {
    "long": ("usual", "value", "unit", "period_end", "numerator", "denominator"),
    "by_period": ("usual", "value", "unit"),
    "by_indicator": ("usual", "value", "unit", "period_end"),
}
ROWS = ("25", "50", "100", "250")
ENTRIES, FEW = 64, 8
"""Texts that were sought, and builds in each language, whose lists of choices are kept."""


@dataclass(frozen=True)
class Desk:
    """What the reader chose: the figures, how many rows at a time, and the units that a click kept."""

    choice: Choice
    rows: int
    only: tuple[str, ...]


def indicator_name(listed: ListedIndicator, words: Words) -> str:
    """An indicator's name as it stands in lists."""
    return words.pick(listed.indicator.name_vi, listed.indicator.name_en)


def choose_indicators(view: View, found: Warehouse) -> tuple[str, ...]:
    """The indicators; a text narrows the list down, and what was chosen stays in it."""
    words = view.words
    left, right = st.columns([1, 3], vertical_alignment="bottom")
    with left:
        sought = address.search("find_figure", words("explore.find"), placeholder=words("explore.find_hint"))
    options, fitting = _indicators(found.build_id, view.lang, found, sought)
    with right:
        return address.choose_several(
            "indicators",
            words("explore.indicators", n=fitting),
            tuple(options),
            options.__getitem__,
            default=FIRST_CHOICE if FIRST_CHOICE[0] in options else (),
            placeholder=words("explore.any_indicator"),
        )


@kept(ENTRIES)
def _indicators(build_id: str, lang: Lang, _found: Warehouse, sought: str) -> tuple[dict[str, str], int]:
    """The names of all indicators that have figures, by id, those that a text fits first; and how many it fits."""
    del build_id  # part of the key
    listed, words = [x for x in listed_indicators(_found) if x.figures], words_in(lang)
    fitting = indicators_found(tuple(listed), sought)
    others = [x for x in listed if x not in fitting]
    names = {x.indicator.indicator_id: indicator_name(x, words) for x in (*fitting, *others)}
    return names, len(fitting)


@dataclass(frozen=True)
class _Names:
    """What units, former districts and peer groups are called, by key."""

    units: dict[str, str]
    districts: dict[str, str]
    groups: dict[str, str]


@kept(FEW)
def _names(build_id: str, lang: Lang, _found: Warehouse) -> _Names:
    del build_id  # part of the key
    pick = words_in(lang).pick
    return _Names(
        {key: pick(p.name_vi, p.name_en) for key, p in places(_found).items()},
        {key: pick(vi, en) for key, (_, vi, en) in former_districts(_found).items()},
        {key: pick(g.name_vi, g.name_en) for key, g in peer_groups(_found).items()},
    )


def choose_units(view: View, found: Warehouse) -> dict[str, tuple[str, ...]]:
    """Tiers, and in a popover former districts, peer groups, types and single units."""
    words = view.words
    levels = address.choose_several(
        "tiers",
        words("explore.levels"),
        explore.LEVELS,
        lambda c: words(f"explore.level_{c}"),
        default=FIRST_LEVELS,
        pills=True,
    )
    names, every = _names(found.build_id, view.lang, found), words("explore.any_unit")
    with st.popover(words("explore.narrow"), icon=":material/filter_alt:"):
        chosen = {
            "districts": address.choose_several(
                "within",
                words("explore.within"),
                tuple(names.districts),
                names.districts.__getitem__,
                placeholder=every,
            ),
            "peer_groups": address.choose_several(
                "alike",
                words("explore.peer_groups"),
                tuple(names.groups),
                names.groups.__getitem__,
                placeholder=every,
            ),
            "types": address.choose_several(
                "types", words("explore.types"), TYPES, lambda t: words(f"explore.type_{t}"), pills=True
            ),
            "units": address.choose_several(
                "units",
                words("explore.units"),
                tuple(names.units),
                names.units.__getitem__,
                placeholder=every,
            ),
        }
    return {"levels": levels, **chosen}


@kept(FEW)
def _day_names(build_id: str, lang: Lang, _found: Warehouse) -> dict[str, tuple[dt.date, str]]:
    """Every day a period ends on, the latest first: code → day and words."""
    del build_id  # part of the key
    reported: dict[dt.date, Period] = {p.end: p for p in periods(_found)}
    out = {}
    for day in explore.days(_found):
        period = reported.get(day)
        if period:
            out[period_code(period.start, day)] = (day, period_name(period.start, day, lang))
        else:
            out[day.isoformat()] = (day, short_date(day, lang))
    return out


def choose_days(view: View, found: Warehouse) -> tuple[dt.date | None, dt.date | None]:
    """Between which days a period is to end."""
    words, days = view.words, _day_names(found.build_id, view.lang, found)

    def chosen(name: str, wide: str) -> dt.date | None:
        code = address.choose(
            name,
            words(f"explore.{name}"),
            (ALL, *days),
            lambda c: words(f"explore.{wide}") if c == ALL else days[c][1],
            width=190,
        )
        return None if code == ALL else days[code][0]

    return chosen("since", "since_first"), chosen("until", "until_last")


def choose(view: View, found: Warehouse) -> Desk:
    """Draw all choices but what a click on the chart keeps, and return what was chosen."""
    words = view.words
    indicators = choose_indicators(view, found)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        units = choose_units(view, found)
        first, last = choose_days(view, found)
        boundaries = address.choose(
            "borders",
            words("explore.boundaries"),
            explore.BOUNDARIES,
            lambda b: words(f"explore.boundaries_{b}"),
            width=270,
        )
        group = address.choose(
            "sum_by", words("explore.group"), explore.GROUPS, lambda g: words(f"explore.group_{g}"), width=200
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shape = address.choose(
            "shape",
            words("explore.shape"),
            explore.SHAPES,
            lambda s: words(f"explore.shape_{s}"),
            segmented=True,
            wrap=True,
        )
        sort = address.choose(
            "sort_by", words("explore.sort"), SORTS[shape], lambda s: words(f"explore.sort_{s}"), width=190
        )
        order = address.choose(
            "order", words("explore.order"), ("down", "up"), lambda o: words(f"explore.order_{o}"), width=150
        )
        rows = address.choose("rows_each", words("explore.rows"), ROWS, str, default="50", width=110)
        with st.popover(words("explore.more"), icon=":material/tune:"):
            bases = address.choose_several(
                "of_bases",
                words("explore.bases"),
                ANY_BASES,
                lambda b: words(f"common.basis_{b}"),
                pills=True,
            )
            missing = address.choose(
                "gaps", words("explore.missing"), ("show", "hide"), lambda m: words(f"explore.missing_{m}")
            )
    column = {"usual": "", "unit": "unit_vi" if view.lang == "vi" else "unit_en"}.get(sort, sort)
    choice = Choice(
        indicators=indicators,
        **units,
        first=first,
        last=last,
        statuses=view.statuses,
        bases=bases,
        boundaries=boundaries,
        group=group,
        shape=shape,
        missing=missing == "show",
        sort=("-" if order == "down" else "") + column if column else "",
    )
    return Desk(choice, int(rows), ())
