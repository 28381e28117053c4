"""Slides as HTML for a hall: one section a slide, drawings as SVG inside, sizes by the height of the screen.

Everything that comes from data or from a playlist is escaped; a picture travels inside as an image, so that nothing in it
can run.
"""

from __future__ import annotations

import base64
import functools
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from html import escape
from pathlib import Path

import segno

from charts.palette import DARK, LIGHT
from charts.vector import HALL_DARK, HALL_LIGHT, Cell, Tone, bars, cells, dumbbell, trend
from exports.slides import Grid, Headline, Slide
from exports.slides.model import Ring
from i18n import Lang, words_in

POINTS = 3
"""Points of a drawing to one hundredth of the screen's height."""
LETTERS = 3.3
"""Of drawings, in hundredths of the height."""
LONG_TITLE = 46
LONGER_TITLE = 78
SIGNS = {"published": "✓", "reported": "▤", "illustrative": "⚠", "apportioned": "≈"}
TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml"}
_NUMBER = re.compile(r"^(\D*?)([\d.,–]+%?)(.*)$")
SOURCES_SHOWN = 2
_PLACE = re.compile(r"<[ck]\d+>")
"""Where a colour is to stand. No text holds one: what it is made of is escaped."""
_STAND_IN = re.compile(r"(?<=: )#f([de])00([0-9a-f]{2})(?=[;\"])")
MAPS = 16
"""Drawings of maps that are remembered."""
CODES = 512
"""Codes that are remembered."""
LONG_ADDRESS = 120
"""Letters from which on a code is made coarser rather than safer."""
Box = tuple[float, float]
"""Width and height in hundredths of the height."""
WHOLE: Box = (166, 57)
HALF: Box = (80, 52)
LOW: Box = (166, 27)


def slide_html(slide: Slide, lang: Lang, theme: str, base: str) -> str:
    """One slide as a section. ``base`` is the server's address, which the code of the live page begins with."""
    return painted(sketch(slide, lang, base), slide, theme)


def painted(html: str, slide: Slide, theme: str) -> str:
    """A sketch of a slide in the colours of a theme."""
    found = {f"<c{place}>": colour for place, colour in enumerate(_colours(_tone(theme)))}
    if slide.scale:
        classes = slide.scale.colours(DARK if theme == "dark" else LIGHT)
        found |= {f"<k{place}>": colour for place, colour in enumerate(classes)}
    return _PLACE.sub(lambda place: found[place[0]], html)


def sketch(slide: Slide, lang: Lang, base: str) -> str:
    """One slide as a section with a place for each colour: drawings take long, and themes differ in colours alone."""
    title = escape(slide.title)
    size = " longer" if len(slide.title) > LONGER_TITLE else " long" if len(slide.title) > LONG_TITLE else ""
    head = f'<h2 class="title{size}">{title}</h2>' if title else ""
    if slide.subtitle:
        head += f'<p class="sub">{escape(slide.subtitle)}</p>'
    body = _BODIES.get(slide.kind, _plain)(slide, lang)
    flag = ' data-illustrative="1"' if slide.illustrative else ""
    return (
        f'<article class="slide {escape(slide.kind)}"{flag}><header>{head}</header>'
        f'<div class="body">{body}</div>{_foot(slide, lang, base)}</article>'
    )


# ---- Foot -----------------------------------------------------------------------------------------------------------


def _foot(slide: Slide, lang: Lang, base: str) -> str:
    words = words_in(lang)
    note = f'<p class="note">{escape(slide.note)}</p>' if slide.note else ""
    marks = "".join(
        f'<span class="mark {s.code}"><b>{SIGNS[s.code]} {escape(s.mark)}</b> {escape(s.meaning)}</span>'
        for s in slide.statuses
    )
    told = list(slide.sources[:SOURCES_SHOWN])
    more = len(slide.sources) - len(told)
    if more > 0:
        told.append(words("presentation.more_sources", n=more))
    source = (
        f'<p class="source">{escape(words("common.source"))}: {escape("; ".join(told))}</p>' if told else ""
    )
    marked = f'<p class="marks">{marks}</p>' if marks else ""
    return f"<footer><div>{note}{marked}{source}</div>{code_html(base + slide.address, lang)}</footer>"


@functools.lru_cache(maxsize=CODES)
def code_html(address: str, lang: Lang) -> str:
    """The code that leads a telephone to an address, made here."""
    drawn = io.BytesIO()
    code = segno.make(address, error="l" if len(address) > LONG_ADDRESS else "m", micro=False)
    code.save(
        drawn, kind="svg", xmldecl=False, svgns=False, border=2, dark="#000", light="#fff", omitsize=True, nl=False
    )  # fmt: skip
    label = escape(words_in(lang)("presentation.code", address=address))
    return f'<div class="code" role="img" aria-label="{label}" data-address="{escape(address)}">{drawn.getvalue().decode()}</div>'


# ---- Parts ----------------------------------------------------------------------------------------------------------


def _tone(theme: str) -> Tone:
    return HALL_DARK if theme == "dark" else HALL_LIGHT


def _colours(tone: Tone) -> tuple[str, ...]:
    """All colours of a tone in one order; a hall's has no paper."""
    single = (getattr(tone, one.name) for one in fields(tone) if one.name not in ("paper", "category"))
    return (*single, *tone.category)


def _stand_ins() -> Tone:
    """A tone each of whose colours says only which one it is."""
    names = [one.name for one in fields(Tone) if one.name not in ("paper", "category")]
    single = {name: f"#fe00{place:02x}" for place, name in enumerate(names)}
    more = range(len(names), len(names) + len(HALL_DARK.category))
    return replace(HALL_DARK, **single, category=tuple(f"#fe00{place:02x}" for place in more))


STAND_INS = _stand_ins()


def _figure(figure: Headline) -> str:
    """A large figure; a limiting word before it and a unit after it stand smaller."""
    found = _NUMBER.match(figure.text)
    before, number, after = found.groups() if found else ("", figure.text, "")
    small = [
        f'<small class="{place}">{escape(part.strip())}</small>' if part.strip() else ""
        for place, part in (("before", before), ("after", after))
    ]
    mark = ""
    if figure.mark:
        mark = (
            f'<span class="mark {figure.status}"><b>{SIGNS[figure.status]} {escape(figure.mark)}</b></span>'
        )
    lines = "".join(f"<p>{escape(text)}</p>" for text in (figure.change, figure.gap) if text)
    when = f'<p class="when">{mark} {escape(figure.detail)}</p>' if mark or figure.detail else ""
    return (
        f'<div class="figure"><h3>{escape(figure.label)}</h3>'
        f'<p class="value">{small[0]}{escape(number)}{small[1]}</p>{lines}{when}</div>'
    )


def _figures(slide: Slide) -> str:
    if not slide.figures:
        return ""
    return (
        f'<div class="figures n{len(slide.figures)}">{"".join(_figure(one) for one in slide.figures)}</div>'
    )


def _table(grid: Grid | None) -> str:
    if grid is None:
        return ""
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in grid.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in grid.rows
    )
    return f'<table class="c{len(grid.columns)}"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def _drawing(svg: str, label: str) -> str:
    svg = _STAND_IN.sub(lambda found: f"<{'c' if found[1] == 'e' else 'k'}{int(found[2], 16)}>", svg)
    return f'<div class="drawing" role="img" aria-label="{escape(label)}">{svg}</div>'


def _said(slide: Slide) -> str:
    """What a drawing shows, in words."""
    rows = slide.table.rows if slide.table else ()
    return f"{slide.title}. " + "; ".join(": ".join(row[:2]) for row in rows)


def _size(box: Box) -> Box:
    return box[0] * POINTS, box[1] * POINTS


def _trend(slide: Slide, lang: Lang, box: Box = WHOLE) -> str:
    if not slide.lines:
        return ""
    svg = trend(
        slide.lines, targets=slide.targets, breaks=slide.breaks, percent=slide.percent, lang=lang, tone=STAND_INS,
        size=_size(box), letters=LETTERS * POINTS,
    )  # fmt: skip
    return _drawing(svg, _said(slide))


def _bars(slide: Slide, lang: Lang, box: Box = WHOLE) -> str:
    if not slide.bars:
        return ""
    svg = bars(
        slide.bars, target=slide.goal, target_name=slide.goal_name, percent=slide.percent, lang=lang, tone=STAND_INS,
        size=_size(box), letters=LETTERS * POINTS,
    )  # fmt: skip
    return _drawing(svg, _said(slide))


def _pairs(slide: Slide, lang: Lang) -> str:
    if not slide.pairs:
        return ""
    svg = dumbbell(
        slide.pairs, names=slide.pair_names, percent=slide.percent, lang=lang, tone=STAND_INS, size=_size(WHOLE),
        letters=LETTERS * POINTS,
    )  # fmt: skip
    return _drawing(svg, _said(slide))


def _map(slide: Slide, lang: Lang) -> str:
    keys = [
        f'<li><i style="background:<k{place}>"></i>{escape(label)}</li>'
        for place, label in enumerate(slide.legend)
    ]
    if any(a.group < 0 for a in slide.areas):
        missing = escape(words_in(lang)("presentation.map_no_figure"))
        colour = _colours(STAND_INS).index(STAND_INS.missing)
        keys.append(f'<li><i class="hatched" style="background-color:<c{colour}>"></i>{missing}</li>')
    svg = _map_drawing(tuple((a.rings, a.group) for a in slide.areas))
    return f'{_drawing(svg, slide.title)}<ul class="legend">{"".join(keys)}</ul>'


@functools.lru_cache(maxsize=MAPS)
def _map_drawing(areas: tuple[tuple[tuple[Ring, ...], int], ...]) -> str:
    """Areas by class: nothing in it is said in a language."""
    drawn = [
        Cell(rings, f"#fd00{group:02x}" if group >= 0 else STAND_INS.missing, hatched=group < 0)
        for rings, group in areas
    ]
    return cells(drawn, tone=STAND_INS, size=_size((110, WHOLE[1])))


def _picture(path: Path) -> str:
    kind = TYPES[path.suffix.lower()]
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


# ---- Bodies ---------------------------------------------------------------------------------------------------------


def _plain(slide: Slide, _lang: Lang) -> str:
    return "".join(f"<p>{escape(text)}</p>" for text in slide.paragraphs)


def _with_figures(slide: Slide, _lang: Lang) -> str:
    return _figures(slide) + _table(slide.table)


def _figures_alone(slide: Slide, _lang: Lang) -> str:
    return _figures(slide)


def _figures_and_bars(slide: Slide, lang: Lang) -> str:
    return _figures(slide) + _bars(slide, lang, LOW)


def _figures_and_trend(slide: Slide, lang: Lang) -> str:
    return _figures(slide) + _trend(slide, lang, HALF)


def _of_view(slide: Slide, lang: Lang) -> str:
    if slide.lines or slide.bars:
        return _trend(slide, lang) + _bars(slide, lang)
    return _table(slide.table)


def _shown(slide: Slide, _lang: Lang) -> str:
    return f'<img src="{_picture(slide.picture)}" alt="{escape(slide.title)}">' if slide.picture else ""


_BODIES: Mapping[str, Callable[[Slide, Lang], str]] = {
    "figures": _figures_alone,
    "trend": _trend,
    "ranking": _bars,
    "map": _map,
    "ward": _figures_and_trend,
    "before_after": _pairs,
    "network": _with_figures,
    "schools": _figures_and_bars,
    "sources": _with_figures,
    "view": _of_view,
    "picture": _shown,
}
