"""Vector drawings: text stays text, equal input gives equal SVG, several stand in one page, and what is missing is said."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import pytest

from charts.vector import (
    HALL_DARK,
    PAPER,
    Bar,
    Break,
    Cell,
    Line,
    Pair,
    Target,
    bars,
    cells,
    dumbbell,
    trend,
)
from charts.vector.sheet import text_width, ticks, wrapped_to

DAYS = (dt.date(2022, 12, 31), dt.date(2023, 12, 31), dt.date(2024, 12, 31), dt.date(2025, 9, 30))
HEX = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def drawn_trend(values: tuple[float | None, ...] = (0.61, 0.65, 0.7, 0.745)) -> str:
    return trend(
        [Line("Gia đình học tập", DAYS, values)],
        targets=[Target("Chỉ tiêu 2030: 80%", dt.date(2030, 12, 31), 0.8, None)],
        breaks=[Break(dt.date(2025, 7, 1), "1/7/2025: 526 → 126")],
        percent=True, lang="vi", tone=PAPER, size=(400, 200), letters=8,
    )  # fmt: skip


def drawn_bars(*rows: Bar, target: float | None = None, percent: bool = True) -> str:
    return bars(
        rows, target=target, target_name="Chỉ tiêu" if target else "", percent=percent, lang="vi", tone=PAPER,
        size=(300, 100), letters=8,
    )  # fmt: skip


def drawn_cells() -> str:
    return cells(
        [Cell((HEX,), "#63A5A8", label="Ba Đình", strong=True), Cell((HEX,), "#FFFFFF", hatched=True)],
        tone=PAPER, size=(100, 100), letters=7,
    )  # fmt: skip


def drawn_pairs() -> str:
    return dumbbell(
        [Pair("Quận Ba Đình", 0.62, 0.73), Pair("Huyện Ba Vì", 0.6, 0.55, hollow=True), Pair("Sơn Tây", None, None)],
        names=("trước", "nay"), percent=True, lang="vi", tone=PAPER, size=(300, 100), letters=8,
    )  # fmt: skip


def texts(svg: str) -> list[str]:
    return [e.text or "" for e in ElementTree.fromstring(svg).iter() if e.tag.endswith("}text")]


def ids(svg: str) -> list[str]:
    return re.findall(r' id="([^"]*)"', svg)


def test_words_and_figures_of_a_trend_are_text_in_the_projects_type():
    svg = drawn_trend()
    said = texts(svg)
    assert {"61,0%", "74,5%", "Chỉ tiêu 2030: 80%", "1/7/2025: 526 → 126"} <= set(said)
    assert "Gia đình học tập" in " ".join(said)
    assert "Be Vietnam Pro" in svg


def test_a_trend_writes_the_digits_of_its_source_where_they_are_given():
    line = Line("Đã công bố", DAYS[:2], (0.68, 0.7125), said=("68%", "71,25%"), joined=False)
    svg = trend([line], targets=[], percent=True, lang="vi", tone=PAPER, size=(300, 150), letters=8)
    assert {"68%", "71,25%"} <= set(texts(svg))
    assert "68,0%" not in svg


def test_a_missing_figure_interrupts_a_line_and_none_at_all_is_refused():
    assert drawn_trend((0.61, None, 0.7, 0.745)) != drawn_trend()
    with pytest.raises(ValueError, match="figure"):
        drawn_trend((None, None, None, None))


def test_one_figure_and_one_day_draw():
    line = Line("a", DAYS[:1], (0.5,))
    svg = trend([line], targets=[], percent=True, lang="en", tone=HALL_DARK, size=(300, 150), letters=8)
    assert "50.0%" in texts(svg)


@pytest.mark.parametrize("draw", [drawn_trend, drawn_cells, drawn_pairs])
def test_equal_input_gives_equal_svg(draw):
    assert draw() == draw()


def test_several_drawings_stand_in_one_page_without_a_clash():
    drawings = [drawn_cells(), cells([Cell((HEX,), "#101010", hatched=True)], tone=PAPER, size=(90, 90))]
    found = [ids(svg) for svg in drawings]
    assert all(found)
    assert not set(found[0]) & set(found[1])
    assert all(len(one) == len(set(one)) for one in found)
    for svg, known in zip(drawings, found, strict=True):
        assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg)) <= set(known)


@pytest.mark.parametrize("draw", [drawn_trend, drawn_cells, drawn_pairs])
def test_a_drawing_brings_no_style_sheet_no_date_and_nothing_from_outside(draw):
    svg = draw()
    assert svg.startswith("<svg ")
    assert not re.search(r"<style|<!|<\?xml|metadata|dc:date|matplotlib", svg)
    assert re.findall(r'https?://[^" ]+', svg.replace("http://www.w3.org/2000/svg", "").replace("http://www.w3.org/1999/xlink", "")) == []  # fmt: skip


def test_a_bar_that_is_missing_is_said_to_be():
    assert texts(drawn_bars(Bar("Xã Minh Châu", None), Bar("Phường Ba Đình", 0.9)))[1] == "Chưa báo cáo"


def test_bars_begin_at_zero():
    svg = drawn_bars(Bar("a", 0.4), Bar("b", 0.8))
    widths = []
    for path in re.findall(r'<path d="(M [^"]*)z\s*" style="fill: #1f6f78', svg):
        xs = [float(x) for x in re.findall(r"[ML] ([\d.]+) ", path)]
        widths.append(max(xs) - min(xs))
    assert widths[1] == pytest.approx(2 * widths[0], rel=1e-3)


def test_bars_below_zero_and_all_missing_draw():
    assert "-0,3%" in texts(drawn_bars(Bar("a", 0.001), Bar("b", -0.003)))
    assert drawn_bars(Bar("a", None), target=0.8)
    assert drawn_bars()


def test_both_ends_of_a_pair_are_written_and_missing_ones_said():
    said = texts(drawn_pairs())
    assert {"62,0%", "73,0%", "60,0%", "55,0%", "trước", "nay", "Chưa báo cáo"} <= set(said)


def test_hostile_text_is_text():
    svg = drawn_bars(Bar("<b>&$x^2$\"'", 0.5))
    assert "<b>&$x^2$\"'" in texts(svg)


def test_drawings_of_many_threads_are_right():
    alone = [drawn_bars(Bar(f"tên {n}", n / 10)) for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda n: drawn_bars(Bar(f"tên {n}", n / 10)), range(6)))
    assert together == alone


def test_steps_are_round_and_reach_around_the_values():
    for low, high in ((0.61, 0.83), (0, 1), (3, 4700), (0.5, 0.5), (-0.3, 0.2)):
        steps = ticks(low, high)
        assert steps[0] <= low + 1e-9
        assert steps[-1] >= high - 1e-9
        gaps = {round(b - a, 9) for a, b in itertools.pairwise(steps)}
        assert len(gaps) <= 1


def test_text_is_measured_and_wrapped():
    assert text_width("mm", 10) == pytest.approx(2 * text_width("m", 10), rel=0.1)
    assert text_width("Chữ", 10, True) > text_width("Chữ", 10)
    assert wrapped_to("một tên rất dài của một phường", 60, 8).count("\n") >= 1
    assert wrapped_to("ngắn", 60, 8) == "ngắn"


def test_an_outline_by_steps_runs_through_its_corners_to_a_tenth_of_a_point():
    ring = tuple((x / 7, y / 9) for x, y in ((0, 0), (30, 2), (31, 40), (5, 44), (0, 20)))
    svg = cells([Cell((ring, HEX), "#101010")], tone=PAPER, size=(90, 90), degrees=False)
    steps = re.search(r'<path d="(M[^"]*z)"', svg)
    assert steps is not None
    assert steps[1].count("M") == 2  # a ring each
    first = re.findall(r"([Ml])(-?[\d.]+)[ ]?(-?[\d.]+)", steps[1].split("z")[0])
    x = y = 0.0
    corners = []
    for kind, right, down in first:
        x, y = (float(right), float(down)) if kind == "M" else (x + float(right), y + float(down))
        corners.append((x, y))
    assert len(corners) == len(ring)
    # Drawn as large as the sheet allows, north up: one scale and one shift for all corners.
    points = [px for rings in (ring, HEX) for px in rings]
    west, south = min(p[0] for p in points), min(p[1] for p in points)
    east, north = max(p[0] for p in points), max(p[1] for p in points)
    scale = min(86 / (east - west), 86 / (north - south))
    left, top = (90 - scale * (east - west)) / 2, (90 - scale * (north - south)) / 2
    for (x, y), (lon, lat) in zip(corners, ring, strict=True):
        assert abs(x - (left + scale * (lon - west))) < 0.06
        assert abs(y - (top + scale * (north - lat))) < 0.06
