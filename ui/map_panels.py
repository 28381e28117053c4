"""What stands around the map: the finding, the legend, units side by side, the table of all units, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from charts.map import swatch
from i18n import Lang, decimal, percent, points
from queries import map as places
from queries import schools, ward_names
from queries.catalogue import sources
from queries.figures import Period
from queries.shapes import ShapeKind, shape_sources, without_outline
from queries.text import plain
from queries.timeline import WARDS_NOW
from queries.warehouse import Warehouse
from ui import address, map_choices
from ui.cached import panel
from ui.context import View
from ui.kept import kept
from ui.map_choices import MISSING, MOST, Manner, Subject
from ui.map_scene import Layered, Scene, period_words, signed, value_words
from ui.provenance import escaped, status_words
from ui.ward_html import address_of

ENTRIES = 32
BUILDS = 8
"""Lists of names that are kept: each build, language and kind of units has one."""
MOST_HITS = 6
MOST_LISTED = 30
"""Units without a figure whose names stand open under the map."""
_TABLE = "map_table"


def title_of(view: View, subject: Subject, shown: Scene) -> str:
    """The finding of the map in one sentence."""
    words, units = view.words, shown.first.units
    name = words.pick(subject.indicator.name_vi, subject.indicator.name_en)
    known = units["value"].dropna()
    if known.empty:
        return words("map.title_empty", name=name)
    level = level_of(view, shown.first)
    target, n = shown.target, decimal(len(known), view.lang)
    if "then" in units:
        up = decimal(int((known > 0).sum()), view.lang)
        return words("map.title_change", name=name, up=up, n=n, level=level)
    if target is not None:
        below = decimal(int((known.round(6) < target.value).sum()), view.lang)
        return words(
            "map.title_target", name=name, below=below, n=n, level=level, year=target.year,
            target=percent(target.value, view.lang, 0),
        )  # fmt: skip
    low, high = (units.iloc[place] for place in (units["value"].argmin(), units["value"].argmax()))
    ends = {
        end: f"{value_words(view, subject.indicator, row['value'], row['status'], shown.kind)}"
        f" ({words.pick(row['name_vi'], row['name_en'])})"
        for end, row in (("low", low), ("high", high))
    }
    return words("map.title_range", name=name, **ends)


def level_of(view: View, layered: Layered) -> str:
    """The tier of a map's units in words."""
    return view.words("common.level_ward" if layered.vintage == WARDS_NOW else "common.level_former_district")


def status_of(layered: Layered) -> tuple[str, ...]:
    """The statuses of a map's figures: what they were, and apportioned where any had to be estimated."""
    units = layered.units
    known = units["value"].notna()
    origin = tuple(units["origin_status"][known].unique())
    return origin + (("apportioned",) if (units["status"][known] == "apportioned").any() else ())


@panel
def head_panel(view: View, _layered: Layered, period: Period, key: str) -> None:
    """What stands over one of several maps: its period, status and coverage."""
    marks = " ".join(status_words(status, view) for status in status_of(_layered))
    known = int(_layered.units["value"].notna().sum())
    coverage = view.words(
        "map.reporting", n=decimal(known, view.lang), all=decimal(len(_layered.units), view.lang)
    )
    st.markdown(f"**{period_words(view, period)}** {marks} :small[{coverage}]")


def subtitle_of(view: View, subject: Subject, manner: Manner, shown: Scene) -> str:
    """Unit, basis, period and coverage of a map."""
    words, layered, of = view.words, shown.first, subject.indicator
    units = layered.units
    known = units["population"][units["value"].notna()]
    people = known.sum() / (units["population"].sum() or 1)
    basis = words(f"common.basis_{of.basis}") if of.basis else words.pick(of.unit_vi, of.unit_en)
    period = period_words(view, layered.period)
    if manner.mode == "change" and manner.against is not None:
        period = words("map.from_to", then=period_words(view, manner.against), now=period)
    coverage = words(
        "map.coverage_compared" if "then" in units else "common.coverage_units", reporting=decimal(len(known), view.lang), expected=decimal(len(units), view.lang),
        level=level_of(view, layered), share=percent(people, view.lang, 0),
    )  # fmt: skip
    return " · ".join([basis, period, coverage])


@panel
def title_panel(
    view: View, _found: Warehouse, _subject: Subject, _manner: Manner, _shown: Scene, key: str
) -> None:
    """The finding, how sure it is, and what has to be known to read the map."""
    marks = " ".join(status_words(status, view) for status in status_of(_shown.first))
    st.markdown(
        f"### {escaped(title_of(view, _subject, _shown))}\n\n{marks}"
        f" :small[{escaped(subtitle_of(view, _subject, _manner, _shown))}]"
    )
    notes = list(_notes(view, _found, _subject, _manner, _shown))
    if notes:
        st.info("\n\n".join(notes), icon=":material/info:")


def _notes(view: View, found: Warehouse, subject: Subject, manner: Manner, shown: Scene) -> list[str]:
    words, notes = view.words, []
    if view.period_end not in (None, subject.period.end):
        notes.append(words("map.other_period", wanted=view.period, used=period_words(view, subject.period)))
    if subject.moved and subject.indicator.model in places.OF_THE_AREA:
        notes.append(words("map.not_moved"))
    elif "apportioned" in status_of(shown.first):
        wards = shown.first.vintage == WARDS_NOW
        notes.append(words("map.apportioned_wards" if wards else "map.apportioned_districts"))
    if shown.refused:
        notes.append(words("map.refused"))
    elif shown.left_out:
        notes.append(words("map.left_out", n=decimal(shown.left_out, view.lang)))
    if manner.mode == "columns" and not shown.first.units["value"].notna().any():
        notes.append(words("map.no_columns"))
    missing = without_outline(found) if manner.kind == "boundary" else ()
    if missing:
        names = ", ".join(words.pick(u.name_vi, u.name_en) for u in missing)
        notes.append(words("map.no_outline", n=decimal(len(missing), view.lang), names=escaped(names)))
    return notes


@kept(ENTRIES)
def _legend(view: View, _shown: Scene, over_time: bool, key: str) -> dict[str, str]:
    """What the legend says of each class, by its code."""
    counts, edge = _shown.counts, view.palette.muted
    colours = {str(k): colour for k, colour in enumerate(_shown.colours)} | {MISSING: view.palette.missing}
    labels = {str(k): label for k, label in enumerate(_shown.labels)} | {MISSING: view.words("map.missing")}

    def label_of(code: str) -> str:
        # Over time the map has many periods; a number of units would be true of one only.
        number = "" if over_time else f" · **{decimal(counts[code], view.lang)}**"
        mark = swatch(colours[code], edge, hatched=code == MISSING)
        return f"![]({mark}) {labels[code]}{number}"

    return {code: label_of(code) for code in labels if code != MISSING or counts[MISSING]}


def choose_classes(view: View, shown: Scene, over_time: bool, key: str) -> tuple[str, ...]:
    """The legend: a class each with how many units are in it. Those that are picked stay, the others fade."""
    words, labels = view.words, _legend(view, shown, over_time, key)
    if not labels:
        return ()
    return address.choose_several(
        "show",
        words("map.show"),
        tuple(labels),
        labels.__getitem__,
        pills=True,
        wrap=True,
        help=words("map.show_help"),
    )


@kept(BUILDS)
def _names(
    build_id: str, lang: Lang, vintage: str, _view: View, _found: Warehouse, _layered: Layered
) -> dict[str, str]:
    """The names of the units of a map by code, in the order of names; ``build_id``, ``lang`` and ``vintage`` say which."""
    codes, units = map_choices.codes_of(_found, vintage), _layered.units
    names = zip(codes, units["name_vi"], units["name_en"], strict=True)
    found = {code: _view.words.pick(vi, en) for code, vi, en in names}
    return dict(sorted(found.items(), key=lambda item: plain(item[1])))


def choose_units(view: View, found: Warehouse, layered: Layered) -> tuple[str, ...]:
    """Units to set side by side: from the list, by any of their names, or by a click on the map."""
    words, names = view.words, _names(view.build_id, view.lang, layered.vintage, view, found, layered)
    sought = address.search("find_on_map", words("map.find"), placeholder=words("map.find_placeholder"))
    if sought:
        _hits(view, found, sought, names)
    return address.choose_several(
        "pick",
        words("map.pick", n=MOST),
        tuple(names),
        names.__getitem__,
        most=MOST,
        placeholder=words("map.pick_none"),
    )


def _hits(view: View, found: Warehouse, sought: str, names: dict[str, str]) -> None:
    hits = [hit for hit in ward_names.find(found, sought) if hit.place.code in names][:MOST_HITS]
    if not hits:
        st.caption(view.words("map.find_none", text=escaped(sought)))
        return
    with st.container(horizontal=True):
        for hit in hits:
            code = hit.place.code
            st.button(
                names[code], key=f"map_hit_{code}", on_click=map_choices.toggle, args=(code,), icon=":material/add_location_alt:"
            )  # fmt: skip


@panel
def beside_panel(
    view: View, _found: Warehouse, _subject: Subject, _shown: Scene, picked: tuple[str, ...], key: str
) -> None:
    """The picked units side by side: the map's figure with rank and target, and a link to each page."""
    words, layered = view.words, _shown.first
    codes = map_choices.codes_of(_found, layered.vintage)
    rows = [layered.units.iloc[codes.index(code)] for code in picked if code in codes]
    if not rows:
        st.caption(words("map.pick_hint"))
        return
    table = [[f"[{escaped(words.pick(r['name_vi'], r['name_en']))}]({_page(view, r)})" for r in rows]]
    table.append(["---"] * len(rows))
    facts = _facts(view, _subject, _shown, rows)
    st.markdown(_side_by_side(["", "---", *facts], [*table, *facts.values()]))


@panel
def others_panel(
    view: View, _found: Warehouse, _subject: Subject, _layered: Layered, picked: tuple[str, ...], key: str
) -> None:
    """The other rates of the picked units in the same period."""
    words = view.words
    codes = map_choices.codes_of(_found, _layered.vintage)
    rows = [_layered.units.iloc[codes.index(code)] for code in picked if code in codes]
    others = _others(view, _found, _subject, _layered, rows) if rows else {}
    if not others:
        return
    names = [f"**{escaped(words.pick(r['name_vi'], r['name_en']))}**" for r in rows]
    title = words("map.others", period=period_words(view, _layered.period))
    body = _side_by_side(["", "---", *others], [names, ["---:"] * len(rows), *others.values()])
    st.markdown(f"### {title}\n\n{body}")


def _side_by_side(heads: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    """A table in Markdown: a head and the cells of each line."""
    return "\n".join(f"| {head} | {' | '.join(cells)} |" for head, cells in zip(heads, body, strict=True))


def _page(view: View, row: pd.Series) -> str:
    return "phuong-xa" + address_of(view, row["unit_key"])


def _facts(view: View, subject: Subject, shown: Scene, rows: Sequence[pd.Series]) -> dict[str, list[str]]:
    words, of, units = view.words, subject.indicator, shown.first.units
    ranks = units["value"].rank(ascending=False, method="min")
    n = decimal(int(units["value"].notna().sum()), view.lang)
    head = f"**{escaped(words.pick(of.short_name_vi or of.name_vi, of.short_name_en or of.name_en))}**"

    def value(row: pd.Series) -> str:
        if "then" in row and pd.isna(row["value"]):
            return words("map.not_comparable")
        text = value_words(view, of, row["value"], row["status"], shown.kind)
        return f"**{signed(view, shown.kind, text, row['value']) if 'then' in row else text}**"

    found = {
        head: [value(row) for row in rows],
        words("map.rank", n=n): [decimal(ranks.iloc[int(row["n"])], view.lang) for row in rows],
    }
    if shown.kind == "rate":
        found[words("map.of_how_many")] = [
            f"{decimal(r['numerator'], view.lang)} / {decimal(r['denominator'], view.lang)}" for r in rows
        ]
        if shown.target is not None:
            label = words("map.gap", year=shown.target.year, target=percent(shown.target.value, view.lang, 0))
            found[label] = [points(row["value"] - shown.target.value, view.lang) for row in rows]
    found[words("common.status_column")] = [_marks(view, row) for row in rows]
    found[words("map.population")] = [decimal(row["population"], view.lang) for row in rows]
    if shown.first.vintage == WARDS_NOW:
        found[words("common.former_district")] = [
            escaped(words.pick(r["district_vi"], r["district_en"])) or "–" for r in rows
        ]
    return found


def _marks(view: View, row: pd.Series) -> str:
    if pd.isna(row["value"]):
        return "–"
    mark = view.words(f"common.mark_{row['origin_status']}")
    return f"{mark} · {view.words('common.mark_apportioned')}" if row["status"] == "apportioned" else mark


def _others(
    view: View, found: Warehouse, subject: Subject, layered: Layered, rows: Sequence[pd.Series]
) -> dict[str, list[str]]:
    """Other rates of the same units and period, one row an indicator, each on its own basis."""
    keys = [row["unit_key"] for row in rows]
    beside = places.figures_beside(found, keys, layered.period.end, layered.vintage, view.statuses)
    lines: dict[str, list[str]] = {}
    for indicator_id, group in beside.groupby("indicator_id", sort=False):
        if indicator_id == subject.indicator.indicator_id:
            continue
        name = escaped(view.words.pick(group["name_vi"].iloc[0], group["name_en"].iloc[0]))
        by_unit = {row["unit_key"]: row for row in group.to_dict("records")}
        lines[name] = [
            ("≈ " if by_unit[key]["status"] == "apportioned" else "")
            + percent(by_unit[key]["value"], view.lang)
            if key in by_unit
            else "–"
            for key in keys
        ]
    return lines


def table_of(view: View, subject: Subject, shown: Scene) -> pd.DataFrame:
    """The figures of the map as a table in words, one row a unit in the order of ``n``."""
    words, layered, of = view.words, shown.first, subject.indicator
    units = layered.units
    compared = "then" in units
    scale = 1 if shown.kind == "count" else 100
    unit = {"count": words.pick(of.unit_vi, of.unit_en), "rate": "%", "points": words("map.points")}[
        shown.kind
    ]
    table = pd.DataFrame(
        {
            words("common.unit"): [
                words.pick(v, e) for v, e in zip(units["name_vi"], units["name_en"], strict=True)
            ]
        }
    )
    if layered.vintage == WARDS_NOW:
        table[words("common.former_district")] = [
            words.pick(v, e) for v, e in zip(units["district_vi"], units["district_en"], strict=True)
        ]
    label = words("map.change_column" if compared else "common.value")
    table[f"{label} ({unit})"] = (units["value"] * scale).round(2)
    if compared:
        for end in ("then", "now"):
            table[words(f"map.{end}_column")] = (units[end] * scale).round(2)
    elif shown.kind == "rate":
        table[words("map.numerator")] = units["numerator"].round(0)
        table[words("map.denominator")] = units["denominator"].round(0)
    table[words("map.class_column")] = [
        shown.labels[k] if k >= 0 else words("map.missing") for k in layered.index
    ]
    table[words("common.status_column")] = [_marks(view, row) for _, row in units.iterrows()]
    return table


def table(
    view: View, found: Warehouse, subject: Subject, shown: Scene, picked: Sequence[str], filtered: Sequence[str]
) -> None:  # fmt: skip
    """All units with their figures, for the keyboard and for screen readers; rows that are ticked are set side by side."""
    words = view.words
    with st.expander(
        words("map.table", level=level_of(view, shown.first)),
        icon=":material/table:",
        key="map_table_open",
        on_change="rerun",
    ) as listing:
        if listing.open:
            st.caption(words("map.table_hint", n=MOST))
            _rows(view, found, subject, shown, picked, filtered)


def _rows(
    view: View, found: Warehouse, subject: Subject, shown: Scene, picked: Sequence[str], filtered: Sequence[str]
) -> None:  # fmt: skip
    layered = shown.first
    codes = map_choices.codes_of(found, layered.vintage)
    listed = table_of(view, subject, shown)
    stays = [not filtered or (str(k) if k >= 0 else MISSING) in filtered for k in layered.index]
    value = listed.columns[2 if layered.vintage == WARDS_NOW else 1]
    order = listed[stays].sort_values(value, ascending=False, na_position="last").index
    listed = listed.loc[order]
    ticked = [place for place, n in enumerate(order) if codes[n] in picked]
    key = f"{_TABLE}_{subject.indicator.indicator_id}_{'_'.join(picked)}_{'_'.join(filtered)}"
    numbers = [c for c in listed.columns if pd.api.types.is_numeric_dtype(listed[c])]
    st.dataframe(
        listed.style.format({c: lambda v: _number(view, v) for c in numbers}),
        hide_index=True,
        key=key,
        on_select=lambda: _ticked(key, [codes[n] for n in order]),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": ticked}},
        alt=title_of(view, subject, shown),
    )


def _number(view: View, value: Any) -> str:
    return "–" if pd.isna(value) else decimal(value, view.lang, 0 if float(value).is_integer() else 1)


def _ticked(key: str, codes: Sequence[str]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    st.session_state[address.chosen_key("pick")] = [codes[row] for row in rows][-MOST:]


@panel
def missing_panel(view: View, _found: Warehouse, _shown: Scene, mode: str, key: str) -> None:
    """Who has no figure on the map, by name."""
    words, layered = view.words, _shown.first
    units = layered.units[layered.units["value"].isna()]
    if units.empty or len(units) == len(layered.units):
        return
    names = [words.pick(v, e) for v, e in zip(units["name_vi"], units["name_en"], strict=True)]
    level = level_of(view, layered)
    label = "map.not_compared_list" if mode == "change" else "map.missing_list"
    title = words(label, n=decimal(len(names), view.lang), level=level)
    listed = escaped(", ".join(sorted(names, key=plain)))
    if len(names) <= MOST_LISTED:
        st.markdown(f":small[**{title}:** {listed}]")
        return
    with st.expander(title, icon=":material/help:"):
        st.markdown(listed)


@panel
def schools_legend(view: View, _found: Warehouse) -> None:
    """What the dots of schools mean."""
    words, palette = view.words, view.palette
    register = schools.register(_found, view.statuses, view.period_end)
    if register is None:
        st.caption(words("map.no_schools"))
        return
    parts = [
        f"![]({swatch(colour, palette.muted)}) {words(f'schools.level_{level}')}"
        for level, colour in zip(schools.COUNTED, palette.category, strict=True)
    ]
    mark = status_words(register.status, view)
    st.markdown(f":small[{' · '.join(parts)} · {words('map.schools_note')}] {mark}")


@panel
def credits_panel(view: View, _found: Warehouse, kind: ShapeKind, basemap: bool) -> None:
    """Where the shapes come from, and what they cannot say."""
    words = view.words
    known = sources(_found)
    names = "; ".join(
        escaped(f"“{known[s].title}” ({known[s].licence})" if known[s].licence else f"“{known[s].title}”")
        for s in shape_sources(_found, kind)
        if s in known
    )
    drawn = {"hex_district": "hex", "district": "boundary"}.get(kind, kind)
    lines = [words(f"map.credits_{drawn}", names=names or "–")]
    if drawn == "hex":
        lines.append(words("map_export.not_to_scale"))
    if basemap:
        lines.append(words("map.basemap_credits"))
    lines.append(words("map.in_address"))
    st.caption(" ".join(lines))
