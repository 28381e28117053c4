"""Choosing a ward or former district: by the address, from the list, by any of its names; and the directory of all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import streamlit as st

from queries import ward_names
from queries.catalogue import LearningModel, learning_models
from queries.peers import peer_groups
from queries.ward_names import Hit, Place, places
from queries.warehouse import Warehouse
from ui import address
from ui.cached import panel
from ui.context import ROOT, View
from ui.ward_html import esc, link, small

_STYLE = (ROOT / "static" / "wards.css").read_text(encoding="utf-8")
NOBODY = "-"
"""The choice of no unit: the directory."""
MOST_HITS = 12
_ASKED = "_unit_asked"


def style(view: View) -> None:
    """The rules that this page is drawn and printed by, with the theme's colour of links."""
    colour = st.get_option(f"theme.{'dark' if view.dark else 'light'}.linkColor")
    st.html(f"<style>:root {{ --w-link: {colour}; }}\n{_STYLE}</style>")


def label_of(view: View, place: Place) -> str:
    """A unit's name; a former district's says that it is no more."""
    name = view.words.pick(place.name_vi, place.name_en)
    return view.words("wards.former", name=name) if place.level == "district" else name


def read_address(found: Warehouse) -> None:
    """Let the address name a unit by a code or a name too: what it means takes its place there, and is remembered.

    Where it means several units or none, the directory is shown with what was asked for.
    """
    asked = st.query_params.get("unit")
    if asked is None or asked == NOBODY or asked in places(found):
        return
    resolved = ward_names.resolve(found, asked[:80])
    key = resolved.hit.place.unit_key if resolved.hit else NOBODY
    st.session_state[_ASKED] = (key, asked[:80])
    address.put("unit", key)


def current(found: Warehouse) -> str:
    """The unit that this run is about; NOBODY for the directory."""
    read_address(found)
    return address.current("unit", (NOBODY, *places(found)), NOBODY)


def choose(view: View, found: Warehouse) -> str:
    """The list of all units, the line to search in, and the way to the units before and after by name."""
    words, listed = view.words, places(found)

    def name(key: str) -> str:
        return words("wards.choose_none") if key == NOBODY else label_of(view, listed[key])

    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = address.choose(
            "unit", words("wards.choose"), (NOBODY, *listed), name, default=NOBODY, width=330
        )
        sought = address.search(
            "find_unit", words("wards.search"), placeholder=words("wards.search_placeholder"), width=330
        )
        if key != NOBODY:
            before, after = ward_names.beside(found, key)
            _step(view, before, ":material/arrow_back:", "left")
            _step(view, after, ":material/arrow_forward:", "right")
    _say_what_was_asked(view, found, key)
    if sought:
        results_panel(view, found, sought)
    return key


def _step(view: View, place: Place, icon: str, side: Literal["left", "right"]) -> None:
    """A link to a unit nearby that keeps all other choices of the address."""
    chosen = {**st.query_params.to_dict(), "unit": place.unit_key}
    st.page_link(
        "pages/wards.py",
        label=view.words.pick(place.name_vi, place.name_en),
        icon=icon,
        icon_position=side,
        query_params=chosen,
    )


def _say_what_was_asked(view: View, found: Warehouse, key: str) -> None:
    """How a code or a name in the address was understood, while its unit is on the screen."""
    remembered, asked = st.session_state.get(_ASKED, (None, ""))
    if remembered == key:
        asked_panel(view, found, asked)
    else:
        st.session_state.pop(_ASKED, None)


@panel
def asked_panel(view: View, _found: Warehouse, asked: str) -> None:
    """Which unit a text in the address was taken for and why, or which ones it may mean."""
    words, resolved = view.words, ward_names.resolve(_found, asked)
    if resolved.hit is not None:
        name = label_of(view, resolved.hit.place)
        lines = [words("wards.understood", text=asked, unit=name, why=why(view, resolved.hit))]
        if resolved.others:
            lines.append(words("wards.understood_others"))
        st.html(
            f'<div class="w w-asked"><p>{esc(" ".join(lines))}</p>{hits_list(view, resolved.others)}</div>'
        )
        return
    key = "wards.ambiguous" if resolved.others else "wards.unknown"
    st.warning(words(key, text=asked.replace("`", "")), icon=":material/help:")
    if resolved.others:
        st.html(f'<div class="w">{hits_list(view, resolved.others[:MOST_HITS])}</div>')


def why(view: View, hit: Hit) -> str:
    """Why a unit was found, in words; nothing where its own name says it."""
    words = view.words
    through = words.pick(hit.through_vi, hit.through_en)
    match hit.reason:
        case "own":
            return ""
        case "code":
            return words("wards.why_code", code=hit.place.code)
        case "district":
            return words("wards.why_district", district=through)
    part = "whole" if hit.whole else hit.people
    said = words(f"wards.why_{part}", unit=through)
    if hit.reason == "old_code":
        return words("wards.why_old_code", what=said)
    if hit.reason == "older":
        return words("wards.why_older", what=said, then=words.pick(hit.then_vi, hit.then_en))
    return said


def hits_list(view: View, hits: Sequence[Hit]) -> str:
    """Units as links, each with why it is there."""
    rows = []
    for hit in hits:
        named = link(view, hit.place.unit_key, label_of(view, hit.place))
        rows.append(f"<li>{named}{small(esc(why(view, hit)))}</li>")
    return f'<ul class="w-list">{"".join(rows)}</ul>' if rows else ""


@panel
def results_panel(view: View, _found: Warehouse, sought: str) -> None:
    """Units that fit what was typed, by their own names, by names of before, by former district or by code."""
    words, hits = view.words, ward_names.find(_found, sought)
    if not hits:
        st.warning(words("wards.search_none", text=sought.replace("`", "")), icon=":material/search_off:")
        return
    shown = hits[:MOST_HITS]
    line = words("wards.search_found", n=len(hits), text=sought)
    if len(hits) > len(shown):
        line += " " + words("wards.search_more", n=len(hits) - len(shown))
    st.html(f'<div class="w"><p>{esc(line)}</p>{hits_list(view, shown)}</div>')


# ---- The directory ------------------------------------------------------------------------------------------------

BY = ("group", "district")


@panel
def directory_panel(view: View, _found: Warehouse, by: str) -> None:
    """All wards of today and all former districts as links, the wards by peer group or by former district."""
    words, listed = view.words, places(_found)
    groups = peer_groups(_found)
    parts = []
    for code, group in groups.items():
        if group.level == "ward" and by == "group":
            named = words.pick(group.name_vi, group.name_en)
            parts.append(
                _group(
                    view,
                    named,
                    words.pick(group.reason_vi, group.reason_en),
                    _in_group(listed.values(), code),
                )
            )
    if by == "district":
        for district in (p for p in listed.values() if p.level == "district"):
            wards = [p for p in listed.values() if p.district_key == district.unit_key]
            head = link(view, district.unit_key, label_of(view, district))
            parts.append(_block(view, head, "", wards))
    else:
        parts += [
            _group(
                view,
                words.pick(g.name_vi, g.name_en),
                words.pick(g.reason_vi, g.reason_en),
                _in_group(listed.values(), code),
            )
            for code, g in groups.items()
            if g.level == "district"
        ]
    st.html(f'<div class="w">{"".join(parts)}</div>')


def _in_group(listed: Iterable[Place], code: str) -> list[Place]:
    return [p for p in listed if p.peer_group == code]


def _group(view: View, name: str, reason: str, listed: Sequence[Place]) -> str:
    return _block(view, esc(view.words("wards.group_of", group=name, n=len(listed))), reason, listed)


def _block(view: View, head: str, reason: str, listed: Sequence[Place]) -> str:
    """One group of links under its heading."""
    rows = "".join(
        f"<li>{link(view, p.unit_key, view.words.pick(p.name_vi, p.name_en))}</li>" for p in listed
    )
    return f'<section class="w-group"><h3>{head}</h3>{small(esc(reason))}<ul class="w-list">{rows}</ul></section>'


# ---- The title to look at more closely ----------------------------------------------------------------------------


def choose_model(view: View, found: Warehouse, level: str) -> LearningModel:
    """The title that the line, the peers and the neighbours are about."""
    words = view.words
    listed = {m.model: m for m in learning_models(found) if m.ended_on is None or level == "district"}
    code = address.choose(
        "model",
        words("models.choose_model"),
        tuple(listed),
        lambda m: words.pick(listed[m].name_vi, listed[m].name_en),
        default="family",
        width=330,
    )
    return listed[code]


def choose_back(view: View, level: str) -> bool:
    """Whether a ward's line is to reach further back than its own reports, by dividing what former districts reported."""
    if level != "ward":
        return False
    words = view.words
    chosen = address.choose(
        "back", words("wards.back"), ("0", "1"), lambda code: words(f"wards.back_{code}"), segmented=True
    )
    return chosen == "1"
