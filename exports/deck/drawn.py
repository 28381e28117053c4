"""Native shapes for figures, tables, maps and pictures."""

from __future__ import annotations

import io
import itertools
import math
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from PIL import Image
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.slide import Slide as Page
from pptx.util import Pt

from charts.palette import LIGHT
from charts.vector.sheet import LEADING, text_width, value_words
from exports.deck.frame import SIGNS
from exports.deck.page import (
    NAMESPACES,
    SAFE,
    Box,
    Paragraph,
    Run,
    colour_of,
    describe,
    fill_text,
    fitting,
    height_of,
    line_count,
    next_id,
    put_text,
    quiet,
    shortened,
)
from exports.slides import Area, Grid, Headline, Slide
from i18n import Lang, words_in

NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
"""The built-in style of a table without lines and fills."""
PADDING = 12.0
GAP = 14.0


# ---- Figures --------------------------------------------------------------------------------------------------------


def figures(page: Page, shown: Sequence[Headline], box: Box, columns: int) -> float:
    """Large figures in so many columns, each one text box; where they end."""
    rows = -(-len(shown) // columns)
    width = (box.width - (columns - 1) * GAP) / columns
    inner = width - 2 * PADDING
    large = min(fitting(figure.text, (38, 32, 26, 20, 16), inner, 1, strong=True) for figure in shown)
    made: list[list[Paragraph]] = []
    for letters in (12.0, 11.0, 10.0, 9.0, 8.0):
        made = [_figure(figure, large, letters) for figure in shown]
        tall = max(height_of(paragraphs, inner, 2) for paragraphs in made) + 2 * PADDING
        if rows * tall + (rows - 1) * GAP <= box.height:
            break
        large = max(16.0, large - 3)
    tall = min(tall, (box.height - (rows - 1) * GAP) / rows)
    for n, (figure, paragraphs) in enumerate(zip(shown, made, strict=True)):
        row, column = divmod(n, columns)
        place = Box(box.left + column * (width + GAP), box.top + row * (tall + GAP), width, tall)
        put_text(page, place, paragraphs, figure.label[:60], gap=2, inset=PADDING, edge=LIGHT.line)
    return box.top + rows * tall + (rows - 1) * GAP


def _figure(figure: Headline, large: float, letters: float) -> list[Paragraph]:
    found: list[Paragraph] = [
        (Run(figure.label, letters + 2, "", strong=True),),
        (Run(figure.text, large, LIGHT.main, strong=True),),
    ]
    found += [(Run(text, letters),) for text in (figure.change, figure.gap) if text]
    last: list[Run] = []
    if figure.mark:
        colour = LIGHT.below if figure.status == "illustrative" else LIGHT.muted
        last.append(Run(f"{SIGNS.get(figure.status, '')} {figure.mark}", letters - 1, colour, strong=True))
    if figure.detail:
        last.append(Run((" · " if last else "") + figure.detail, letters - 1, LIGHT.muted))
    return [*found, tuple(last)] if last else found


# ---- Tables ---------------------------------------------------------------------------------------------------------


def table(page: Page, grid: Grid, title: str, box: Box) -> None:
    """A native table, first column widest where its words need it; letters shrink until all rows have room."""
    for size in (14.0, 12.0, 11.0, 10.0, 9.0, 8.0):
        widths = _widths(grid, size, box.width)
        lines = [
            max(line_count(cell, size, wide - 12, n == 0) for cell, wide in zip(row, widths, strict=True))
            for n, row in enumerate((grid.columns, *grid.rows))
        ]
        heights = [count * size * LEADING + 0.7 * size for count in lines]
        if sum(heights) <= box.height:
            break
    frame = page.shapes.add_table(
        len(heights), len(grid.columns), *Box(box.left, box.top, sum(widths), sum(heights)).emu
    )
    frame.name = title[:100] or "Table"
    describe(frame, title)
    made = frame.table
    made._tbl.xpath(".//a:tableStyleId")[0].text = NO_STYLE
    made.horz_banding = False
    for n, wide in enumerate(widths):
        made.columns[n].width = Pt(wide)
    numeric = _numeric(grid)
    for n, (cells, tall) in enumerate(zip((grid.columns, *grid.rows), heights, strict=True)):
        made.rows[n].height = Pt(tall)
        for k, words in enumerate(cells):
            _cell(made.cell(n, k), words, size, head=n == 0, right=numeric[k])


def _widths(grid: Grid, size: float, width: float) -> list[float]:
    """As wide as the words, at most the whole; columns of long words give way first."""
    wanted = [
        max(text_width(cell, size, True) * SAFE for cell in column) + 16
        for column in zip(grid.columns, *grid.rows, strict=True)
    ]
    if sum(wanted) <= width:
        spare = width - sum(wanted)
        return [w + spare * w / sum(wanted) for w in wanted] if sum(wanted) > 0.6 * width else wanted
    cap = max(wanted)
    while sum(min(w, cap) for w in wanted) > width and cap > 20:
        cap -= 2
    return [min(w, cap) for w in wanted]


def _numeric(grid: Grid) -> list[bool]:
    """Columns of which all cells begin as a number does stand to the right, but for the first."""
    columns = list(zip(*grid.rows, strict=True)) if grid.rows else [()] * len(grid.columns)
    return [n > 0 and all(c[:1] in "+-−–≈<0123456789" for c in column) for n, column in enumerate(columns)]


def _cell(cell: Any, words: str, size: float, *, head: bool, right: bool) -> None:
    cell.margin_left = cell.margin_right = Pt(6)
    cell.margin_top = cell.margin_bottom = Pt(0.3 * size)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    fill_text(
        cell.text_frame, [(Run(words, size, "", strong=head),)], align=PP_ALIGN.RIGHT if right else None
    )
    colour, width = (LIGHT.muted, 12700) if head else (LIGHT.line, 6350)
    line = f'<a:lnB {NAMESPACES} w="{width}"><a:solidFill><a:srgbClr val="{colour.removeprefix("#")}"/></a:solidFill></a:lnB>'
    properties = cell._tc.get_or_add_tcPr()
    properties.insert(0, parse_xml(line))


# ---- Maps -----------------------------------------------------------------------------------------------------------


def area_map(page: Page, slide: Slide, lang: Lang, box: Box) -> None:
    """The units as shapes that can be picked and coloured, in one group, with the classes beside them."""
    if not slide.areas:
        return
    colours = slide.scale.colours(LIGHT) if slide.scale else ()
    keys = 190.0
    _group(page, slide, colours, lang, Box(box.left, box.top, box.width - keys, box.height))
    legend = [(colour, label) for colour, label in zip(colours, slide.legend, strict=True)]
    if any(area.group < 0 for area in slide.areas):
        legend.append(("", words_in(lang)("presentation.map_no_figure")))
    top = box.top + max(0.0, (box.height - len(legend) * 26) / 2)
    for n, (colour, label) in enumerate(legend):
        _key(page, colour, label, Box(box.right - keys + 20, top + n * 26, keys - 20, 22))


def _key(page: Page, colour: str, label: str, box: Box) -> None:
    swatch = page.shapes.add_shape(MSO_SHAPE.RECTANGLE, *Box(box.left, box.top + 3, 22, 16).emu)
    swatch.name = label
    swatch.line.color.rgb = colour_of(LIGHT.muted)
    swatch.line.width = Pt(0.5)
    properties = swatch._element.spPr
    for old in properties.findall("{*}solidFill"):
        properties.remove(old)
    swatch.shadow.inherit = False
    properties.find("{*}prstGeom").addnext(parse_xml(_fill(colour, NAMESPACES)))
    place = Box(box.left + 30, box.top, box.width - 30, box.height)
    put_text(page, place, [(Run(label, 13),)], label, anchor=MSO_ANCHOR.MIDDLE)


def _fill(colour: str, names: str = "") -> str:
    """A fill; strokes across where there is no colour."""
    if colour:
        return f'<a:solidFill {names}><a:srgbClr val="{colour.removeprefix("#")}"/></a:solidFill>'
    return (
        f'<a:pattFill {names} prst="wdUpDiag"><a:fgClr><a:srgbClr val="{LIGHT.muted.removeprefix("#")}"/></a:fgClr>'
        '<a:bgClr><a:srgbClr val="FFFFFF"/></a:bgClr></a:pattFill>'
    )


def _group(page: Page, slide: Slide, colours: Sequence[str], lang: Lang, box: Box) -> None:
    corners = [point for area in slide.areas for ring in area.rings for point in ring]
    squeeze = math.cos(math.radians(sum(y for _, y in corners) / len(corners)))
    west, east = (pick(x for x, _ in corners) * squeeze for pick in (min, max))
    south, north = (pick(y for _, y in corners) for pick in (min, max))
    scale = min(box.width / ((east - west) or 1), box.height / ((north - south) or 1)) * 12700
    left = round(box.left * 12700 + (box.width * 12700 - scale * (east - west)) / 2)
    top = round(box.top * 12700)
    ids = itertools.count(next_id(page) + 1)
    shapes = [
        _shape(
            [[(round((x * squeeze - west) * scale), round((north - y) * scale)) for x, y in ring] for ring in area.rings],
            (left, top), colours[area.group] if area.group >= 0 else "", _area_words(area, slide, lang), next(ids),
        )
        for area in slide.areas
    ]  # fmt: skip
    wide, tall = round(scale * (east - west)), round(scale * (north - south))
    frame = f'<a:off x="{left}" y="{top}"/><a:ext cx="{wide}" cy="{tall}"/><a:chOff x="{left}" y="{top}"/><a:chExt cx="{wide}" cy="{tall}"/>'
    page.shapes._spTree.append(
        parse_xml(
            f'<p:grpSp {NAMESPACES}><p:nvGrpSpPr><p:cNvPr id="{next_id(page)}" name={quoteattr(slide.title[:100])}'
            f" descr={quoteattr(f'{slide.title}. {slide.subtitle}')}/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>"
            f"<p:grpSpPr><a:xfrm>{frame}</a:xfrm></p:grpSpPr>{''.join(shapes)}</p:grpSp>"
        )
    )


def _area_words(area: Area, slide: Slide, lang: Lang) -> str:
    if area.value is None:
        return f"{area.name}: {words_in(lang)('presentation.map_no_figure').lower()}"
    rough = "≈ " if area.estimated else ""
    return f"{area.name}: {rough}{value_words(area.value, slide.percent, lang)}"


def _shape(
    rings: Sequence[Sequence[tuple[int, int]]], origin: tuple[int, int], colour: str, words: str, number: int
) -> str:
    """One unit as a freeform; its rings are parts of one path, so that holes stay open."""
    west, east = (pick(x for ring in rings for x, _ in ring) for pick in (min, max))
    north, south = (pick(y for ring in rings for _, y in ring) for pick in (min, max))
    wide, tall = max(1, east - west), max(1, south - north)
    path = "".join(
        f"<a:moveTo>{_point(ring[0], west, north)}</a:moveTo>"
        + "".join(f"<a:lnTo>{_point(point, west, north)}</a:lnTo>" for point in ring[1:-1])
        + "<a:close/>"
        for ring in rings
    )
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name={quoteattr(words)}/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr>'
        f'<a:xfrm><a:off x="{origin[0] + west}" y="{origin[1] + north}"/><a:ext cx="{wide}" cy="{tall}"/></a:xfrm>'
        f'<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l="0" t="0" r="r" b="b"/><a:pathLst>'
        f'<a:path w="{wide}" h="{tall}">{path}</a:path></a:pathLst></a:custGeom>{_fill(colour)}'
        f'<a:ln w="6350"><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill></a:ln></p:spPr></p:sp>'
    )


def _point(point: tuple[int, int], west: int, north: int) -> str:
    return f'<a:pt x="{point[0] - west}" y="{point[1] - north}"/>'


# ---- Text and pictures ----------------------------------------------------------------------------------------------


def paragraphs(page: Page, texts: Sequence[str], box: Box) -> None:
    """Free text in the largest letters in which all of it has room; what has none at the smallest is cut with …."""
    shown: list[Paragraph] = []
    for size in (24.0, 20.0, 18.0, 16.0, 14.0, 12.0, 10.0, 8.0):
        shown = [(Run(text, size),) for text in texts]
        if height_of(shown, box.width, size * 0.6) <= box.height:
            break
    else:
        shown = _cut(texts, box)
    put_text(page, box, shown, "Text", gap=shown[0][0].size * 0.6)


def _cut(texts: Sequence[str], box: Box) -> list[Paragraph]:
    """As much of a text as has room in the smallest letters, with … at the end."""
    size, shown = 8.0, list[Paragraph]()
    for text in texts:
        room = box.height - height_of(shown, box.width, size * 0.6) - 3 * size
        lines = int(room / (size * LEADING))
        if lines < 1:
            return [*shown, (Run("…", size),)]
        shown.append((Run(shortened(" ".join(text.split()), size, box.width, lines), size),))
    return shown


def missing(page: Page, words: str, box: Box) -> None:
    """What is said in place of a body that has nothing to show."""
    put_text(page, box, [quiet(words, 20)], "Missing", anchor=MSO_ANCHOR.MIDDLE)


def picture(page: Page, path: Path, words: str, box: Box) -> None:
    """A picture as large as the place allows, in the middle; a drawing (SVG) is set as an image first."""
    source = io.BytesIO(drawing(path)) if path.suffix.lower() == ".svg" else io.BytesIO(path.read_bytes())
    with Image.open(source) as image:
        wide, tall = image.size
    source.seek(0)
    scale = min(box.width / wide, box.height / tall)
    place = Box(
        box.left + (box.width - wide * scale) / 2,
        box.top + (box.height - tall * scale) / 2,
        wide * scale,
        tall * scale,
    )
    made = page.shapes.add_picture(source, *place.emu)
    made.name = words[:100] or path.name
    describe(made, words or path.name)


def drawing(path: Path) -> bytes:
    """An SVG as PNG. Raises what the typesetter raises where it cannot be drawn."""
    import typst

    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(path, Path(folder) / "drawing.svg")
        main = Path(folder) / "main.typ"
        main.write_text(
            '#set page(width: 880pt, height: auto, margin: 0pt)\n#image("drawing.svg", width: 100%)\n',
            encoding="utf-8",
        )
        return typst.compile(str(main), root=folder, format="png", ppi=144.0)
