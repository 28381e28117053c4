"""What the reader asks of the map, kept in the address so that a link reopens the same view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from charts.classes import METHODS, Method
from i18n import Lang, period_code, period_name, words_in
from queries import map as places
from queries.catalogue import BASES, Indicator, learning_models
from queries.figures import Period
from queries.pace import target_to_meet
from queries.shapes import WARD_KINDS, ShapeKind, has_outlines, map_units
from queries.timeline import DISTRICTS
from queries.warehouse import Warehouse
from ui import address
from ui.context import View
from ui.kept import kept
from ui.models_units import BOUNDARIES

MODES = ("one", "side", "change", "time", "columns")
COUNTS = ("recognised", "registered", "total")
STEPS = ("3", "4", "5", "6", "7")
ZOOMS = ("0", "1", "2", "3")
EXTRAS = ("names", "districts", "schools", "neighbours", "basemap")
USUAL = ("names", "districts")
CITY, INNER, PICKED = "city", "inner", "picked"
MOST = 4
"""Units that stand side by side."""
MISSING = "missing"
FEW = 16
"""Builds in each language, whose lists of choices are kept."""


@dataclass(frozen=True)
class Subject:
    """What the map is of: an indicator at a period on boundaries. ``asked`` is the period that the reader wanted."""

    indicator: Indicator
    period: Period
    vintage: str
    boundary: str
    periods: tuple[Period, ...]
    moved: bool

    @property
    def key(self) -> str:
        """What all else follows from, short enough to keep panels by it."""
        return (
            f"{self.indicator.indicator_id} {period_code(self.period.start, self.period.end)} {self.boundary}"
        )

    @property
    def is_rate(self) -> bool:
        """Whether values are fractions of 1."""
        return self.indicator.kind == "rate"


@dataclass(frozen=True)
class Manner:
    """How the map is drawn. ``against`` is the second period where two are shown."""

    mode: str
    against: Period | None
    layer: ShapeKind
    kind: ShapeKind
    method: Method
    steps: int
    extra: tuple[str, ...]

    @property
    def key(self) -> str:
        """Which figures stand on the map, and in which classes, but for the subject."""
        against = period_code(self.against.start, self.against.end) if self.against else ""
        return f"{self.mode} {against} {self.method} {self.steps}"


@dataclass(frozen=True)
class Sight:
    """Where to look, and how many steps nearer than fits."""

    area: str
    zoom: int


def choose_subject(view: View, found: Warehouse) -> Subject | None:
    """The indicator and the boundaries; None where no unit has figures that the reader wants to see."""
    words = view.words
    listed = _listed(found.build_id, found, view.statuses)
    if not listed:
        return None
    subjects = _subjects(found.build_id, view.lang, found, view.statuses)
    about = address.choose(
        "about", words("map.about"), tuple(subjects), subjects.__getitem__,
        default="family" if "family" in subjects else next(iter(subjects)), width=300,
    )  # fmt: skip
    measures = _measures(listed, about)
    code = address.choose(
        "measure", words("map.measure"), measures, lambda c: _measure(view, listed[c]), width=300
    )
    periods = places.mapped_periods(found, code, view.statuses)
    period = places.nearest_period(periods, view.period_end)
    boundary = address.choose(
        "boundary",
        words("common.boundary"),
        tuple(BOUNDARIES),
        lambda b: words(f"models.boundary_{b}"),
        width=240,
    )
    if period is None:
        return None
    vintage = places.vintage_for(found, boundary, period.end)
    return Subject(
        listed[code], period, vintage, boundary, periods, places.is_moved(found, vintage, period.end)
    )


@kept(FEW)
def _listed(build_id: str, _found: Warehouse, statuses: tuple[str, ...]) -> dict[str, Indicator]:
    """The indicators that units have figures of with one of these statuses, by id."""
    del build_id  # part of the key
    mapped = places.mapped_indicators(_found)
    return {i.indicator_id: i for i in mapped if places.mapped_periods(_found, i.indicator_id, statuses)}


@kept(FEW)
def _subjects(build_id: str, lang: Lang, _found: Warehouse, statuses: tuple[str, ...]) -> dict[str, str]:
    """The names of the subjects of these indicators, by code."""
    words = words_in(lang)
    models = {m.model: words.pick(m.name_vi, m.name_en) for m in learning_models(_found)}
    codes = dict.fromkeys(places.subject_of(i) for i in _listed(build_id, _found, statuses).values())
    return {code: models.get(code) or words(f"map.subject_{code}") for code in codes}


def _measures(listed: dict[str, Indicator], about: str) -> tuple[str, ...]:
    """The indicators of a subject; of a learning model the headline basis first."""
    own = [i for i in listed.values() if places.subject_of(i) == about]
    order = {end: place for place, end in enumerate((*BASES, *COUNTS))}

    def place(indicator: Indicator) -> int:
        return order.get(indicator.indicator_id.rpartition(".")[2], len(order)) if indicator.model else 0

    return tuple(i.indicator_id for i in sorted(own, key=place))


def _measure(view: View, indicator: Indicator) -> str:
    words = view.words
    if indicator.model is None:
        return words.pick(indicator.name_vi, indicator.name_en)
    if indicator.basis:
        return words(f"common.basis_short_{indicator.basis}")
    return words(f"map.count_{indicator.indicator_id.rpartition('.')[2]}")


def choose_manner(view: View, found: Warehouse, subject: Subject) -> Manner:
    """How to look: one period, two, all of them or columns; shapes, classes, and what lies over the map."""
    words = view.words
    with st.container(horizontal=True, vertical_alignment="bottom"):
        mode = _choose("mode", view, MODES, "map.mode_", segmented=True, wrap=True)
        against = _choose_against(view, subject) if mode in ("side", "change") else None
        layers = layers_of(found, subject.vintage)
        layer = _choose("layer", view, layers, "map.layer_", segmented=True, wrap=True)
        with st.popover(words("map.settings"), icon=":material/tune:"):
            methods = METHODS if target_to_meet(found, subject.indicator.indicator_id) else METHODS[:-1]
            method = _choose("method", view, methods, "map.method_")
            steps = address.choose("steps", words("map.steps"), STEPS, str, default="5")
            extra = address.choose_several(
                "extra",
                words("map.extra"),
                EXTRAS,
                lambda e: words(f"map.extra_{e}"),
                default=USUAL,
                pills=True,
                wrap=True,
            )
            st.caption(words("map.basemap_note"))
    return Manner(mode, against, layer, kind_of(found, layer, subject.vintage), method, int(steps), extra)


def choose_sight(view: View, found: Warehouse) -> Sight:
    """The part of the city to look at."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        area = _choose_area(view, found)
        zoom = _choose("zoom", view, ZOOMS, "map.zoom_", segmented=True, wrap=True)
    return Sight(area, int(zoom))


def _choose(name: str, view: View, codes: tuple[Any, ...], prefix: str, **widget: Any) -> Any:
    words = view.words
    return address.choose(name, words(f"map.{name}"), codes, lambda c: words(prefix + c), **widget)


def layers_of(found: Warehouse, vintage: str) -> tuple[ShapeKind, ...]:
    """The ways to draw units in this build: outlines only where there are any, circles for wards alone."""
    kinds = WARD_KINDS if has_outlines(found) else WARD_KINDS[1:]
    return tuple(kind for kind in kinds if vintage != DISTRICTS or kind != "circle")


def kind_of(found: Warehouse, layer: ShapeKind, vintage: str) -> ShapeKind:
    """The shapes of a way to draw, on these boundaries."""
    if vintage == DISTRICTS:
        return "district" if layer in ("boundary", "circle") and has_outlines(found) else "hex_district"
    return layer


def _choose_against(view: View, subject: Subject) -> Period | None:
    others = {period_code(p.start, p.end): p for p in subject.periods if p != subject.period}
    if not others:
        return None
    year = min(others, key=lambda code: abs((subject.period.end - others[code].end).days - 365))
    code = address.choose(
        "against",
        view.words("map.against"),
        tuple(others),
        lambda c: period_name(others[c].start, others[c].end, view.lang),
        default=year,
        width=220,
    )
    return others[code]


def _choose_area(view: View, found: Warehouse) -> str:
    areas = _areas(found.build_id, view.lang, found)
    return address.choose("area", view.words("map.area"), tuple(areas), areas.__getitem__, width=260)


@kept(FEW)
def _areas(build_id: str, lang: Lang, _found: Warehouse) -> dict[str, str]:
    """The names of the areas to look at, by code."""
    del build_id  # part of the key
    words = words_in(lang)
    areas = {area: words(f"map.area_{area}") for area in (CITY, INNER, PICKED)}
    districts = {code: words.pick(vi, en) for code, vi, en in places.former_districts(_found).values()}
    by_name = sorted(districts.items(), key=lambda item: item[1])
    return areas | {code: words("wards.former", name=name) for code, name in by_name}


def codes_of(found: Warehouse, vintage: str) -> tuple[str, ...]:
    """The codes of the units of a map in the order of ``n``."""
    return _codes(found.build_id, found, vintage)


@kept(FEW)
def _codes(build_id: str, _found: Warehouse, vintage: str) -> tuple[str, ...]:
    del build_id  # part of the key
    if vintage == DISTRICTS:
        return tuple(code for code, _, _ in places.former_districts(_found).values())
    return tuple(unit.code for unit in map_units(_found))


def picked_now() -> tuple[str, ...]:
    """The units that stand beside each other, a click of this very moment included."""
    return tuple(st.session_state.get(address.chosen_key("pick"), ()))


def toggle(code: str) -> None:
    """Put a unit beside the others, or take it away; of too many the first one goes."""
    chosen = picked_now()
    left = [c for c in chosen if c != code] if code in chosen else [*chosen, code][-MOST:]
    st.session_state[address.chosen_key("pick")] = left
