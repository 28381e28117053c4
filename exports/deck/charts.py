"""Native charts that can be edited: the raw numbers in the chart, written on it as the screens write them."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
from pptx.chart import data as chart_data
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.enum.dml import MSO_LINE
from pptx.oxml import parse_xml
from pptx.slide import Slide as Page
from pptx.util import Pt

from charts.palette import LIGHT
from charts.vector import Bar, Line, Pair, Target
from charts.vector.sheet import text_width, ticks, value_words
from exports.deck.page import NAMESPACES, Box, Run, colour_of, describe, put_line, put_text
from exports.slides import Slide
from i18n import Lang, decimal, percent, words_in

DATA: Any = chart_data
"""Of the library; it has no types."""
LETTERS = 12.0
YEAR = 365.25
LOCALES: dict[Lang, str] = {"vi": "42A", "en": "809"}
"""Of number formats: programs that heed it write 72,1% or 72.1% in any country."""
EPOCH = dt.date(1899, 12, 30)
"""Day 0 of a spreadsheet."""
FEW = 45.0
"""A row of bars is no taller, in points."""


def number_format(percent: bool, lang: Lang, decimals: int = 1) -> str:
    """The format of a chart's numbers: fractions as percent, else whole numbers in groups."""
    shape = ("0.0%" if decimals else "0%") if percent else "#,##0"
    return f"[$-{LOCALES[lang]}]{shape}"


def serial(day: dt.date) -> int:
    """A day as spreadsheets count it."""
    return (day - EPOCH).days


# ---- Over time ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Series:
    """A series of a chart over time: its points, and what draws it; ``listed`` in the legend or named in place."""

    name: str
    points: Sequence[tuple[float, float | None]]
    draw: Callable[[Any], None]
    listed: bool


def trend(page: Page, slide: Slide, lang: Lang, box: Box) -> None:
    """Lines over time, with one more series for each target and each day that broke the series."""
    known = [
        (d, v) for line in slide.lines for d, v in zip(line.days, line.values, strict=True) if v is not None
    ]
    if not known:
        return
    days = [d for d, _ in known] + [t.day for t in slide.targets if t.day] + [b.day for b in slide.breaks]
    values = [v for _, v in known] + [v for t in slide.targets for v in (t.low, t.high) if v is not None]
    spread = (max(values) - min(values)) or abs(max(values)) or 1.0
    steps = ticks(min(values) - (0.04 * spread if min(values) > 0 else 0), max(values) + 0.08 * spread, 6)
    # Three quarters of a day into the year: steps of a mean year then always fall into the right one.
    left = serial(dt.date(min(days).year, 1, 1)) + 0.75
    years = max(days).year + 1 - min(days).year
    across = (left, left + YEAR * years)
    # LibreOffice drops the first series where a later one has more points.
    made = sorted(_series(slide, lang, across, steps), key=lambda one: -len(one.points))
    data = DATA.XyChartData(number_format=number_format(slide.percent, lang))
    for one in made:
        series = data.add_series(one.name)
        for x, y in one.points:
            series.add_data_point(x, y)
    frame = page.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER_LINES, *box.emu, data)
    chart = _plain(frame, slide)
    _axes(chart, (*across, years), steps, slide.percent, lang)
    for one, series in zip(made, chart.plots[0].series, strict=True):
        series.smooth = False
        one.draw(series)
    for days_format in chart._chartSpace.xpath(".//c:xVal//c:formatCode"):
        days_format.text = "yyyy-mm-dd"
    chart.part.chart_workbook.update_from_xlsx_blob(_sheet(made, number_format(slide.percent, lang)))
    _legend(chart, [n for n, one in enumerate(made) if not one.listed])


def _series(
    slide: Slide, lang: Lang, across: tuple[float, float], steps: Sequence[float]
) -> Iterator[_Series]:
    form = number_format(slide.percent, lang)
    for n, line in enumerate(slide.lines):
        points = [(serial(d), v) for d, v in zip(line.days, line.values, strict=True)]
        yield _Series(line.name, points, partial(_draw_line, line, n, slide.percent, lang), listed=True)
    for target in slide.targets:
        beyond = target.day is not None and serial(target.day) < across[0] + 0.6 * (across[1] - across[0])
        outline = _target_points(target, *across)
        end = 2 if target.high is None else 3
        label = (end, target.name, "r") if beyond else (1, target.name, "t")
        yield _Series(
            target.name, outline, partial(_thin, LIGHT.target, MSO_LINE.DASH, label, form), listed=False
        )
    for broken in slide.breaks:
        x = serial(broken.day)
        label = (1, broken.name, "l" if x > sum(across) / 2 else "r")
        upright = [(x, steps[0]), (x, steps[-1])]
        yield _Series(
            broken.name, upright, partial(_thin, LIGHT.muted, MSO_LINE.ROUND_DOT, label, form), listed=False
        )


def _sheet(made: Sequence[_Series], form: str) -> bytes:
    """The sheet behind a chart over time: name, days and numbers of each series below those of the one before, at the
    places that the chart refers to."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Sheet1")
        day, number = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": form})
        sheet.set_column(0, 1, 24)
        row = 0
        for one in made:
            sheet.write_string(row, 1, one.name)
            for x, y in one.points:
                row += 1
                sheet.write_number(row, 0, x, day)
                if y is not None:
                    sheet.write_number(row, 1, y, number)
            row += 2
    return out.getvalue()


def _target_points(target: Target, left: float, right: float) -> list[tuple[float, float]]:
    """A line at the value up to its day with a point for the name; of a range, its outline."""
    end = min(serial(target.day), right) if target.day else right
    named = max(left, end - 0.18 * (right - left))
    if target.high is None:
        return [(left, target.low), (named, target.low), (end, target.low)]
    return [
        (left, target.high),
        (named, target.high),
        (end, target.high),
        (end, target.low),
        (left, target.low),
    ]


def _axes(
    chart: Any, across: tuple[float, float, int], steps: Sequence[float], in_percent: bool, lang: Lang
) -> None:
    left, right, years = across
    time, value = chart.category_axis, chart.value_axis
    time.minimum_scale, time.maximum_scale = left, right
    time.major_unit = YEAR * max(1, -(-years // 10))
    time.has_major_gridlines = False
    time.tick_labels.number_format, time.tick_labels.number_format_is_linked = "yyyy", False
    value.minimum_scale, value.maximum_scale, value.major_unit = steps[0], steps[-1], steps[1] - steps[0]
    fine = in_percent and steps[1] - steps[0] < 0.0099
    value.tick_labels.number_format = number_format(in_percent, lang, 1 if fine else 0)
    value.tick_labels.number_format_is_linked = False
    value.has_major_gridlines = True
    value.major_gridlines.format.line.color.rgb = colour_of(LIGHT.line)
    value.format.line.fill.background()
    time.format.line.color.rgb = colour_of(LIGHT.muted)
    for axis in (time, value):
        axis.major_tick_mark = XL_TICK_MARK.NONE
        axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW


def _draw_line(line: Line, place: int, in_percent: bool, lang: Lang, series: Any) -> None:
    """Points and line of one status, the first and the last figure written out."""
    colour = LIGHT.category[place % len(LIGHT.category)]
    if line.joined:
        series.format.line.color.rgb = colour_of(colour)
        series.format.line.width = Pt(2.25)
        if line.dashed:
            series.format.line.dash_style = MSO_LINE.DASH
    else:
        series.format.line.fill.background()
    series.marker.style = XL_MARKER_STYLE.CIRCLE
    series.marker.size = 7 if line.joined else 10
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = colour_of(LIGHT.surface if line.dashed else colour)
    series.marker.format.line.color.rgb = colour_of(colour)
    found = [n for n, value in enumerate(line.values) if value is not None]
    told = []
    for n in dict.fromkeys([found[0], found[-1]] if found else []):
        said = line.said[n] if line.said else ""
        side = "t" if not line.joined else "b" if n != found[-1] else "r"
        told.append((n, _own(said, line.values[n], in_percent, lang), side))
    _labels(series, told, number_format(in_percent, lang), colour)


def _thin(colour: str, dash: Any, label: tuple[int, str, str], form: str, series: Any) -> None:
    series.format.line.color.rgb = colour_of(colour)
    series.format.line.width = Pt(1)
    series.format.line.dash_style = dash
    series.marker.style = XL_MARKER_STYLE.NONE
    _labels(series, [label], form)


# ---- Bars -----------------------------------------------------------------------------------------------------------


def bars(page: Page, slide: Slide, lang: Lang, box: Box) -> None:
    """Horizontal bars from zero in the order given; a target as a thin line across them with its name above."""
    rows = slide.bars
    over = 18.0 if slide.goal is not None and slide.goal_name else 0.0
    box = Box(box.left, box.top, box.width, min(box.height, len(rows) * FEW + over))
    missing = words_in(lang)("common.not_reported")
    names = [bar.name if bar.value is not None else f"{bar.name}: {missing.lower()}" for bar in rows]
    data = DATA.CategoryChartData(number_format=number_format(slide.percent, lang))
    data.categories = names
    data.add_series(_values_name(slide), [bar.value for bar in rows])
    frame = page.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *box.emu, data)
    chart = _plain(frame, slide)
    low, high = _range(rows, slide.goal)
    letters = min(LETTERS, 0.72 * (box.height - over) / len(rows))
    inner = _inner(chart, names, box, over, letters)
    _bar_axes(chart, low, high)
    chart.font.size = Pt(letters)
    chart.plots[0].gap_width = 60
    series = chart.plots[0].series[0]
    for n, bar in enumerate(rows):
        fill = series.points[n].format.fill
        fill.solid()
        fill.fore_color.rgb = colour_of(_bar_colour(bar))
    told = [
        (n, _bar_words(bar, slide.percent, lang), "outEnd")
        for n, bar in enumerate(rows)
        if bar.value is not None
    ]
    _labels(series, told, number_format(slide.percent, lang), size=letters)
    chart.has_legend = False
    if slide.goal is not None:
        x = inner.left + inner.width * (slide.goal - low) / (high - low)
        put_line(page, (x, inner.top - 2), (x, inner.bottom), LIGHT.target, slide.goal_name or "Goal")
        if slide.goal_name:
            wide = text_width(slide.goal_name, 11) * 1.1
            start = min(max(x - wide / 2, box.left), box.right - wide)
            put_text(page, Box(start, box.top, wide, 15), [(Run(slide.goal_name, 11, LIGHT.target),)], "Goal")


def _bar_colour(bar: Bar) -> str:
    return LIGHT.ramp[-1] if bar.marked else LIGHT.soft if bar.pale else LIGHT.main


def _bar_words(bar: Bar, in_percent: bool, lang: Lang) -> str | None:
    own = _own(bar.said, bar.value, in_percent, lang)
    if not bar.note:
        return own
    return f"{bar.said or value_words(bar.value or 0.0, in_percent, lang)}  {bar.note}"


def _range(rows: Sequence[Bar], goal: float | None) -> tuple[float, float]:
    """Where the axis begins and ends, with room for the words at the ends of the bars."""
    values = [bar.value for bar in rows if bar.value is not None] + ([goal] if goal is not None else [])
    low, high = min([0.0, *values]), max([0.0, *values])
    wide = (high - low) or 1.0
    return (low - 0.12 * wide if low < 0 else 0.0), high + 0.12 * wide


def _inner(chart: Any, names: Sequence[str], box: Box, over: float, letters: float) -> Box:
    """Fix where the bars stand, so that a line can be drawn at a value; where that is."""
    room = min(max(text_width(name, letters) for name in names) * 1.15 + 12, box.width * 0.36)
    inner = Box(box.left + room, box.top + over, box.width - room - 6, box.height - over)
    x, y = (inner.left - box.left) / box.width, over / box.height
    layout = (
        f'<c:layout {NAMESPACES}><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/><c:yMode val="edge"/>'
        f'<c:x val="{x:.4f}"/><c:y val="{y:.4f}"/><c:w val="{inner.width / box.width:.4f}"/>'
        f'<c:h val="{inner.height / box.height:.4f}"/></c:manualLayout></c:layout>'
    )
    area = chart._chartSpace.chart.plotArea
    for old in area.findall("{*}layout"):
        area.remove(old)
    area.insert(0, parse_xml(layout))
    return inner


def _bar_axes(chart: Any, low: float, high: float) -> None:
    names, value = chart.category_axis, chart.value_axis
    names.reverse_order = True
    # Without it names are left out where rows are many.
    names._element.find("{*}noMultiLvlLbl").addprevious(parse_xml(f'<c:tickLblSkip {NAMESPACES} val="1"/>'))
    names.has_major_gridlines = False
    names.major_tick_mark = XL_TICK_MARK.NONE
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    names.format.line.color.rgb = colour_of(LIGHT.muted)
    value.minimum_scale, value.maximum_scale = low, high
    value.has_major_gridlines = False
    value.visible = False


def pairs(page: Page, slide: Slide, lang: Lang, box: Box) -> None:
    """Two bars a row, before and after, from zero; a second one that stands for a part only is pale."""
    rows: Sequence[Pair] = slide.pairs
    form = number_format(slide.percent, lang)
    data = DATA.CategoryChartData(number_format=form)
    data.categories = [row.name for row in rows]
    data.add_series(slide.pair_names[0], [row.before for row in rows])
    data.add_series(slide.pair_names[1], [row.after for row in rows])
    box = Box(box.left, box.top, box.width, min(box.height, len(rows) * FEW * 1.4 + 24))
    frame = page.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *box.emu, data)
    chart = _plain(frame, slide)
    values = [v for row in rows for v in (row.before, row.after) if v is not None]
    low, high = min([0.0, *values]), max([0.0, *values]) or 1.0
    _bar_axes(chart, low, high + 0.1 * (high - low))
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 40, 0
    for series, colour, side in zip(
        plot.series, (LIGHT.missing, LIGHT.main), ("before", "after"), strict=True
    ):
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = colour_of(colour)
        known = [n for n, row in enumerate(rows) if getattr(row, side) is not None]
        _labels(series, [(n, None, "outEnd") for n in known], form, size=11)
    for n, row in enumerate(rows):
        if row.hollow:
            fill = plot.series[1].points[n].format.fill
            fill.solid()
            fill.fore_color.rgb = colour_of(LIGHT.soft)
    _legend(chart, ())
    chart.legend.position = XL_LEGEND_POSITION.TOP


# ---- Parts ----------------------------------------------------------------------------------------------------------


def _values_name(slide: Slide) -> str:
    """What the numbers are, for the sheet behind the chart."""
    return slide.table.columns[1] if slide.table and len(slide.table.columns) > 1 else slide.title


def _own(said: str, value: float | None, in_percent: bool, lang: Lang) -> str | None:
    """The words of a number where its format would not say the same."""
    if value is None:
        return None
    words = said or value_words(value, in_percent, lang)
    formatted = percent(value, lang) if in_percent else decimal(value, lang)
    return None if words == formatted else words


def _plain(frame: Any, slide: Slide) -> Any:
    """A chart in our type, named and described for those who cannot see it."""
    rows = slide.table.rows if slide.table else ()
    describe(frame, f"{slide.title}. " + "; ".join(": ".join(row[:2]) for row in rows))
    frame.name = slide.title[:100]
    chart = frame.chart
    chart.has_title = False
    chart.font.size = Pt(LETTERS)
    chart.font.name = "+mn-lt"
    chart.font.color.rgb = colour_of(LIGHT.ink)
    return chart


def _legend(chart: Any, without: Sequence[int]) -> None:
    """A legend below the chart, without the series that are named in place."""
    chart.has_legend = True
    chart.legend.position = XL_LEGEND_POSITION.BOTTOM
    chart.legend.include_in_layout = False
    element = chart.legend._element
    place = element.find("{*}legendPos")
    for index in sorted(without, reverse=True):
        entry = f'<c:legendEntry {NAMESPACES}><c:idx val="{index}"/><c:delete val="1"/></c:legendEntry>'
        place.addnext(parse_xml(entry))


_SHOWN = (
    '<c:showLegendKey val="0"/><c:showVal val="{0}"/><c:showCatName val="0"/><c:showSerName val="0"/>'
    '<c:showPercent val="0"/><c:showBubbleSize val="0"/>'
)


def _labels(
    series: Any,
    told: Sequence[tuple[int, str | None, str]],
    form: str,
    colour: str = LIGHT.ink,
    size: float = LETTERS,
) -> None:
    """Labels at some points: the number by its format, or words of their own; (point, words, side)."""
    look = (
        f'<a:defRPr sz="{round(size * 100)}" b="0"><a:solidFill><a:srgbClr val="{colour.removeprefix("#")}"/>'
        '</a:solidFill><a:latin typeface="+mn-lt"/></a:defRPr>'
    )
    run = look.replace("a:defRPr", "a:rPr")
    # Each label is kept on one line.
    body = '<a:bodyPr wrap="none"/><a:lstStyle/>'
    made = []
    for point, words, side in told:
        text = (
            f"<c:tx><c:rich>{body}<a:p><a:pPr>{look}</a:pPr><a:r>{run}<a:t>{escape(words)}</a:t></a:r></a:p></c:rich></c:tx>"
            if words
            else ""
        )
        made.append(
            f'<c:dLbl><c:idx val="{point}"/>{text}<c:numFmt formatCode="{form}" sourceLinked="0"/><c:spPr><a:noFill/></c:spPr>'
            + ("" if words else f"<c:txPr>{body}<a:p><a:pPr>{look}</a:pPr><a:endParaRPr/></a:p></c:txPr>")
            + f'<c:dLblPos val="{side}"/>{_SHOWN.format(1)}</c:dLbl>'
        )
    labels = f'<c:dLbls {NAMESPACES}>{"".join(made)}<c:numFmt formatCode="{form}" sourceLinked="0"/>{_SHOWN.format(0)}</c:dLbls>'
    element = series._element
    for old in element.findall("{*}dLbls"):
        element.remove(old)
    before = next(
        child for child in element if child.tag.rpartition("}")[2] in ("xVal", "cat", "val", "yVal")
    )
    before.addprevious(parse_xml(labels))
