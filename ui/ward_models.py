"""The titles of a ward or former district: the headline basis with target, pace and place, each other basis apart."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from charts.models import about
from charts.palette import Palette
from charts.sparkline import sparkline
from i18n import decimal, in_short, percent, period_name, points
from queries.bases import one_basis
from queries.catalogue import BASES
from queries.figures import Figure
from queries.pace import Pace
from queries.wards import Reading
from queries.warehouse import Warehouse
from ui.cached import panel
from ui.context import View
from ui.frames import show_empty
from ui.provenance import value_words
from ui.ward_html import beside, esc, image, mark, note, small, table, titled
from ui.ward_unit import HEADLINE, Row, Unit, name_of, unit_of

OTHER_BASES = tuple(basis for basis in BASES if basis != HEADLINE)


# ---- Cells --------------------------------------------------------------------------------------------------------


def _dated(figure: Figure, view: View) -> str:
    """The status and period of a figure as a piece of HTML."""
    return (
        f"{mark(figure.status, view)} · {esc(period_name(figure.period_start, figure.period_end, view.lang))}"
    )


def _value(row: Row, view: View, *, dated: bool, doubted: bool) -> str:
    """The latest figure and the counts behind it; ``dated``: with its status and period, ``doubted``: with a flag."""
    words, figure = view.words, row.pace.figure
    if figure is None or figure.value is None:
        return f'<span class="w-big">–</span>{small(esc(words("common.not_reported")))}'
    text = value_words(figure.value, "rate", figure.status, figure.qualifier, view)
    text = about(text, row.pace.estimated_share > 0)
    counts = ""
    if row.single:
        text = words("wards.single_yes" if figure.value == 1 else "wards.single_no")
    elif figure.numerator is not None and figure.denominator is not None:
        counts = words(
            "wards.of_counted",
            part=decimal(round(figure.numerator), view.lang),
            whole=decimal(round(figure.denominator), view.lang),
            counted=words.pick(row.model.counted_vi, row.model.counted_en),
        )
    state = small(_dated(figure, view)) if dated else ""
    state += small(f"⚑ {esc(words('wards.doubted'))}") if doubted else ""
    return f'<span class="w-big">{esc(text)}</span>{small(esc(counts))}{state}'


def _gap(row: Row, view: View) -> str:
    words, gap = view.words, row.pace.gap
    if gap is None:
        return "–"
    goal = percent(gap.target.value, view.lang, 0)
    if gap.met:
        over = points(gap.difference, view.lang).lstrip("+±")
        key = "wards.target_met" if round(gap.difference, 3) > 0 else "wards.target_met_exactly"
        return esc(words(key, goal=goal, over=over))
    short = points(-gap.difference, view.lang).lstrip("+±")
    line = esc(words("wards.target_short", goal=goal, short=short))
    if gap.units and round(gap.units):
        amount = about(decimal(round(gap.units), view.lang), gap.estimated or row.pace.estimated_share > 0)
        counted = words.pick(row.model.counted_vi, row.model.counted_en)
        line += small(esc(words("wards.target_lacking", amount=amount, counted=counted)))
    return line


GLYPHS = {"met": "✓", "on_track": "↗", "behind": "◔", "far_behind": "▼", "missed": "✕"}


def standing(pace: Pace, view: View) -> str:
    """A standing as shape and word."""
    glyph = GLYPHS.get(pace.standing, "–")
    return f'<span class="w-mark">{glyph} {esc(view.words(f"pace.standing_{pace.standing}"))}</span>'


def place(reading: Reading | None, view: View) -> str:
    """The place in the peer group; a dash where units cannot be ranked."""
    if reading is None or reading.single or reading.group_size < 2:
        return "–"
    at = view.words("wards.place_of", place=reading.group_rank, n=reading.group_size)
    return f'<span class="w-cut">{esc(at)}</span>'


def middle(reading: Reading | None, view: View) -> str:
    """The median of the peer group; a dash where units cannot be ranked."""
    if reading is None or reading.single or reading.group_size < 2:
        return "–"
    return esc(percent(reading.group_median, view.lang, reading.decimals))


def _city_place(reading: Reading | None, view: View) -> str:
    words = view.words
    if reading is None or reading.city_size < 2:
        return "–"
    at = "" if reading.single else words("wards.place_of", place=reading.city_rank, n=reading.city_size)
    city = words("wards.city_value", value=percent(reading.city_value, view.lang))
    return f'<span class="w-cut">{esc(at)}</span>{small(esc(city))}'


def _group_place(reading: Reading | None, view: View) -> str:
    at = place(reading, view)
    return at if at == "–" else at + small(esc(view.words("wards.group_median", value=middle(reading, view))))


def spark(reading: Reading | None, view: View, palette: Palette) -> str:
    """A small line of the unit's own figures; nothing for fewer than two."""
    if reading is None or reading.single or len(reading.values) < 2:
        return ""
    first, last = (
        percent(v, view.lang) if reading.kind == "rate" else in_short(v, view.lang)
        for v in (reading.values[0], reading.values[-1])
    )
    alt = view.words(
        "wards.spark_alt", first=first, last=last, day=period_name(None, reading.days[0], view.lang)
    )
    return image(sparkline(list(zip(reading.days, reading.values, strict=True)), palette), alt)


def state_of(view: View, readings: Sequence[Reading]) -> str:
    """Status and period of readings in words, each pair once."""
    said = (
        f"{view.words(f'common.mark_{r.status}')}, {period_name(r.period_start, r.period_end, view.lang)}"
        for r in readings
    )
    return "; ".join(dict.fromkeys(said))


# ---- Tables -------------------------------------------------------------------------------------------------------


def headline_table(view: View, unit: Unit, palette: Palette) -> str:
    """Every title on the headline basis: figure, line, target and gap, pace, place in the group, place in the city.

    Status and period stand in the line above the table where all figures share them, else beside each figure.
    """
    words, rows = view.words, unit.rows
    year = next((row.pace.target.year for row in rows if row.pace.target), None)
    target = words("wards.col_target", year=year) if year else words("wards.col_target_plain")
    names = [
        words("wards.col_model"), words("wards.col_recognised"), words("wards.col_trend"), target,
        words("wards.col_pace"), words("wards.col_place"), words("wards.col_city"),
    ]  # fmt: skip
    going_on = [row for row in rows if row.pace.standing != "ended"]
    states = {_dated(row.pace.figure, view) for row in going_on if row.pace.figure}
    body = [
        (
            esc(words.pick(row.model.name_vi, row.model.name_en)),
            _value(row, view, dated=len(states) > 1 or row not in going_on, doubted=unit.doubted(row)),
            spark(row.comparable, view, palette),
            _gap(row, view),
            standing(row.pace, view),
            _group_place(row.comparable, view),
            _city_place(row.comparable, view),
        )
        for row in rows
    ]
    intro = esc(words("wards.models_intro", basis=words(f"common.basis_{HEADLINE}")))
    if len(states) == 1:
        intro = f"{states.pop()}. {intro}"
    return note(intro) + table(words("wards.section_models"), names, body, kind="w-cards w-headline")


def basis_table(view: View, rows: Sequence[Row], readings: dict[str, Reading], basis: str) -> str:
    """Every title on one of the other bases, with its place in the group; nothing where there is no figure."""
    words, lang = view.words, view.lang
    listed = [(row.model, readings.get(f"model.{row.model.model}.{basis}")) for row in rows]
    known = [(model, r) for model, r in listed if r is not None and not r.single]
    if not known:
        return ""
    one_basis([r for _, r in known])
    body = [
        (
            esc(words.pick(m.short_name_vi, m.short_name_en)),
            f"<strong>{esc(about(percent(r.value, lang), r.estimated_share > 0))}</strong>",
            counts_of(r, view),
            place(r, view),
            middle(r, view),
        )
        for m, r in known
    ]
    names = ["common.rate", f"wards.counts_{basis}", "wards.col_place_short", "wards.col_median"]
    columns = [words("wards.col_model"), *("#" + words(name) for name in names)]
    title = words(f"wards.basis_{basis}")
    return titled(title, note(esc(state_of(view, [r for _, r in known]))), table(title, columns, body))


def counts_of(reading: Reading, view: View) -> str:
    """Numerator and denominator; nothing where they are not known."""
    if reading.numerator is None or reading.denominator is None:
        return ""
    part, whole = (decimal(round(n), view.lang) for n in (reading.numerator, reading.denominator))
    return f'<span class="w-cut">{part} / {whole}</span>'


@panel
def models_panel(view: View, _found: Warehouse, unit_key: str) -> None:
    """All titles: the headline basis in one table, each other basis in a table of its own."""
    unit = unit_of(view, _found, unit_key)
    rows = unit.rows
    if not any(row.pace.figure for row in rows):
        show_empty(view, body=view.words("wards.models_empty", unit=name_of(view, unit.facts)))
        return
    others = beside(*(basis_table(view, rows, unit.readings, basis) for basis in OTHER_BASES))
    st.html(f'<div class="w">{headline_table(view, unit, view.palette)}{others}</div>')
