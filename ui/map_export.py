"""The map to take along: an image of what is on the screen, the shapes with their figures, the figures alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from charts.base import Look
from charts.map import Shown
from charts.map_files import Subject as Described
from charts.map_files import csv_file, geojson_file
from charts.map_image import Entry, Sheet, map_png
from charts.map_window import Frame
from charts.map_window import Scene as Window
from i18n import period_code
from queries.catalogue import sources
from queries.shapes import shape_sources, shapes
from queries.warehouse import Warehouse
from ui import map_choices, map_panels, map_view
from ui.context import View
from ui.map_choices import Manner, Sight, Subject
from ui.map_scene import Layered, Scene, period_words, with_units

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
LARGER = 0.3
"""Zoom levels by which one map fills the image, which has more room than a screen."""
KINDS = (("png", "image/png"), ("geojson", "application/geo+json"), ("csv", "text/csv"))


def downloads(
    view: View, found: Warehouse, subject: Subject, manner: Manner, sight: Sight, shown: Scene, picked: Sequence[str], filtered: Sequence[str]
) -> None:  # fmt: skip
    """A button a kind of file; a file is made when its button is pressed."""
    layered = _on_screen(view, found, subject, manner, shown)

    def maps() -> list[Shown]:
        return [
            map_view.composed(view, found, manner, sight, shown, layer, picked, filtered) for layer in layered
        ]

    makers: dict[str, Callable[[], bytes]] = {
        "png": lambda: _png(view, found, subject, manner, shown, layered, maps(), filtered),
        "geojson": lambda: geojson_file(
            _table(layered[0]), _described(view, subject, manner, shown, layered[0]), _look(view),
            shapes(found, map_choices.kind_of(found, manner.layer, layered[0].vintage)),
            _credits(found, manner),
        ),
        "csv": lambda: csv_file(
            _table(layered[0]), _described(view, subject, manner, shown, layered[0]), _look(view)
        ),
    }  # fmt: skip
    code = period_code(layered[0].period.start, layered[0].period.end)
    name = f"{subject.indicator.indicator_id}-{code}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for kind, mime in KINDS:
            st.download_button(
                view.words(f"map.download_{kind}"),
                makers[kind],
                file_name=f"{name}.{kind}",
                mime=mime,
                key=f"map_{kind}",
                icon=":material/download:",
                on_click="ignore",
            )


def _on_screen(view: View, found: Warehouse, subject: Subject, manner: Manner, shown: Scene) -> list[Layered]:
    """The maps that are on the screen, the earlier first."""
    if manner.mode == "time":
        at, every = st.session_state.get("at"), (*shown.maps, *shown.planned)
        chosen = (m for m in every if period_code(m.period.start, m.period.end) == at)
        return [with_units(view, found, subject, next(chosen, shown.first))]
    return sorted(shown.maps, key=lambda m: m.period.end)


def _look(view: View) -> Look:
    return Look(view.words, view.palette)


def _today() -> dt.date:
    return dt.datetime.now(HANOI).date()


def _png(
    view: View, found: Warehouse, subject: Subject, manner: Manner, shown: Scene, layered: list[Layered],
    maps: list[Shown], filtered: Sequence[str],
) -> bytes:  # fmt: skip
    """What is on the screen with title, legend, status, sources, credits and the day it was made."""
    words = view.words
    first = maps[0]
    names = (
        map_view.labels_of(found.build_id, first.kind, layered[0].vintage, found, layered[0])
        if "names" in manner.extra
        else ()
    )
    lines = map_view.lines_of(found, first.kind) if "districts" in manner.extra else None
    frames = tuple(
        Frame(
            fills={n: shown.colours[k] for n, k in enumerate(layer.index) if k >= 0 and not made.columns},
            caption=period_words(view, layer.period) if len(layered) > 1 or manner.mode == "time" else "",
            sizes=dict(enumerate(made.radii)) or None,
            faded=frozenset(n for n, k in enumerate(layer.index) if not map_view.passes(k, filtered)),
            columns=made.columns,
        )
        for made, layer in zip(maps, layered, strict=True)
    )
    index = layered[0].index
    legend = [
        Entry(c, t, index.count(k)) for k, (c, t) in enumerate(zip(shown.colours, shown.labels, strict=True))
    ]
    if -1 in index:
        legend.append(Entry(None, words("map.missing"), index.count(-1)))
    window = Window(
        shapes=shapes(found, first.kind),
        camera=replace(first.camera, zoom=first.camera.zoom + LARGER) if len(maps) == 1 else first.camera,
        lines=shapes(found, lines) if lines else None,
        labels=names,
        selected=first.picked,
        dots=first.dots,
        to_scale=first.corner is not None,
    )
    of = subject.indicator
    sheet = Sheet(
        title=map_panels.title_of(view, subject, shown),
        subtitle=map_panels.subtitle_of(view, subject, manner, shown),
        status=" · ".join(words(f"common.mark_{s}") for s in map_panels.status_of(layered[0])) or "–",
        legend_title=words.pick(of.short_name_vi or of.name_vi, of.short_name_en or of.name_en),
        legend=tuple(legend),
        scene=window,
        frames=frames,
        sources=_sources(view, layered[0]),
        credits=_credits(found, manner),
        made_on=_today(),
    )
    return map_png(sheet, _look(view))


def _sources(view: View, layered: Layered) -> tuple[str, ...]:
    """Where the figures come from, in words."""
    origin = layered.units["origin_status"].where(layered.units["value"].notna()).dropna().unique()
    return tuple(
        view.words("common.source_sample" if s == "illustrative" else "common.source_reports") for s in origin
    )


def _credits(found: Warehouse, manner: Manner) -> tuple[str, ...]:
    known = sources(found)
    return tuple(known[s].title for s in shape_sources(found, manner.kind) if s in known)


def _table(layered: Layered) -> pd.DataFrame:
    """The figures under the names that the files have."""
    units = layered.units
    if "then" not in units:
        return units
    return units.assign(value_before=units["then"], change=units["value"], value=units["now"])


def _described(view: View, subject: Subject, manner: Manner, shown: Scene, layered: Layered) -> Described:
    labels = dict(enumerate(shown.labels)) | {-1: view.words("map.missing")}
    before = manner.against if manner.mode == "change" else None
    return Described(
        indicator=subject.indicator,
        period_start=layered.period.start,
        period_end=layered.period.end,
        sources=_sources(view, layered),
        made_on=_today(),
        classes={key: labels[k] for key, k in zip(layered.units["unit_key"], layered.index, strict=True)},
        before_start=before.start if before else None,
        before_end=before.end if before else None,
    )
