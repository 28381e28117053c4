"""Slides of a presentation as plain data: one figure is the same on the screen of a hall and in a deck.

``make`` turns what a playlist asks for into a slide from the same queries that the screens use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from exports.playlist import SlideSpec
from exports.slides import city, free, record, units, view
from exports.slides.ask import Ask, NoSuch
from exports.slides.model import Area, Grid, Headline, Slide, Status
from i18n import Lang
from queries.bases import MixedBases
from queries.figures import STATUS_CHOICES
from queries.warehouse import Warehouse

__all__ = ["KINDS", "Area", "Grid", "Headline", "Slide", "Status", "make"]

_FAMILIES: Mapping[str, Callable[[Ask], Slide]] = {
    "title": free.opening,
    "figures": city.headlines,
    "trend": city.trend,
    "ranking": units.ranking,
    "map": units.map_slide,
    "ward": units.spotlight,
    "before_after": city.before_after,
    "network": record.network_slide,
    "schools": record.schools_slide,
    "sources": record.sources_slide,
    "text": free.text,
    "picture": free.picture,
    "view": view.view_slide,
}
KINDS = tuple(_FAMILIES)
"""The kinds of slides that a playlist can ask for."""


def make(
    w: Warehouse, spec: SlideSpec, lang: Lang, *, folder: Path, views: Path, status: str = "all"
) -> Slide:
    """The slide that a playlist asks for, in one language, from one build.

    ``folder`` holds the playlist's pictures, ``views`` the saved views; ``status`` (all, real, illustrative) says which
    figures it may show. What does not exist makes a slide of kind ``problem`` that says so; nothing is raised.
    """
    ask = Ask(w, spec, lang, STATUS_CHOICES[status], folder, views)
    try:
        family = _FAMILIES.get(spec.kind)
        if family is None:
            raise NoSuch("no_kind", spec.kind)
        made = family(ask)
    except NoSuch as reason:
        made = free.problem(ask, reason)
    except MixedBases:
        made = free.problem(ask, NoSuch("mixed_bases"))
    return replace(made, notes=spec.notes.of(lang) if spec.notes else "")
