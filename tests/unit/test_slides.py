"""Slides: every kind from every build in both languages, with the figures of the screens, and what cannot be made."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
import segno
from PIL import Image

from exports.playlist import SlideSpec, read
from exports.slides import KINDS, Slide, make
from exports.text import same
from i18n import LANGUAGES
from queries import figures, schools
from queries.figures import STATUS_CHOICES
from queries.warehouse import Warehouse, current_warehouse
from tests.serving import ROOT
from ui.presentation_html import painted, sketch, slide_html

VIEWS = ROOT / "data" / "views"
FAMILY = "model.family.recognised_of_total"
BA_DINH = "00004@2025-07-01"
SLIPS = re.compile(r"\bnan\b|\bNaN\b|\bNone\b|\bNaT\b|\{[a-z_]+\}|<NA>")
BASE = "http://192.168.1.20:8501/"
WAREHOUSES = ("full", "empty", "one_row")
OPTIONS: dict[str, dict[str, object]] = {
    "ward": {"unit": BA_DINH},
    "text": {"text": same("Một\n\nHai")},
    "picture": {"picture": "anh.png"},
    "view": {"view": "nhom-tuong-dong"},
    "ranking": {"top": 3},
}


@pytest.fixture(scope="session")
def one_row(warehouse_one_row: Path) -> Warehouse:
    return current_warehouse(warehouse_one_row)


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("presentations")
    Image.new("RGB", (40, 30), "teal").save(folder / "anh.png")
    Image.new("RGB", (40, 30), "teal").save(folder / "anh.jpg")
    (folder / "anh.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
    (folder / "gia.png").write_text("not a picture", encoding="utf-8")
    (folder / "nguy.svg").write_text("<!DOCTYPE x [<!ENTITY a 'b'>]><svg/>", encoding="utf-8")
    (folder / "lon.png").write_bytes(b"\x89PNG" + b"0" * 5_000_000)
    (folder.parent / "ngoai.png").write_bytes((folder / "anh.png").read_bytes())
    return folder


def made(w: Warehouse, folder: Path, lang="vi", status="all", **spec) -> Slide:
    return make(w, SlideSpec(**spec), lang, folder=folder, views=VIEWS, status=status)


def words_of(slide: Slide) -> str:
    return repr(
        [getattr(slide, f.name) for f in dataclasses.fields(slide) if f.name not in ("picture", "scale")]
    )


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("warehouse", WAREHOUSES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_slide_from_every_build(request, pictures, kind, warehouse, lang):
    w = request.getfixturevalue(warehouse)
    slide = made(w, pictures, lang, kind=kind, **OPTIONS.get(kind, {}))
    assert slide.kind == kind
    assert slide.title or kind in ("text", "picture")
    told = re.sub(r"\bvalue=None\b|\bpicture=None\b|, None\b|\bNone,", "", words_of(slide))
    assert not SLIPS.search(" ".join([slide.title, slide.subtitle, slide.note, *slide.sources]))
    assert not re.search(r"'[^']*\b(nan|NaT)\b[^']*'", told)
    for theme in ("dark", "light"):
        html = slide_html(slide, lang, theme, BASE)
        text = re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", " ", html, flags=re.DOTALL))
        assert not SLIPS.search(text), text
        assert 'class="code"' in html


@pytest.mark.parametrize("kind", KINDS)
def test_a_slide_with_an_illustrative_figure_carries_the_mark(full, pictures, kind):
    slide = made(full, pictures, kind=kind, **OPTIONS.get(kind, {}))
    codes = {figure.status for figure in slide.figures} - {""}
    assert codes <= {status.code for status in slide.statuses}
    html = slide_html(slide, "vi", "dark", BASE)
    assert ("Minh họa</b>" in html) == slide.illustrative
    if kind in ("figures", "trend", "ranking", "map", "ward", "before_after", "schools", "view", "sources"):
        assert slide.illustrative


@pytest.mark.parametrize(
    "kind", ["figures", "trend", "ranking", "map", "ward", "before_after", "schools", "view"]
)
def test_a_playlist_of_real_figures_shows_no_illustrative_one(full, pictures, kind):
    slide = made(full, pictures, status="real", kind=kind, **OPTIONS.get(kind, {}))
    assert not slide.illustrative
    assert "illustrative" not in {figure.status for figure in slide.figures}


def test_the_figures_are_those_of_the_screens(full, pictures):
    slide = made(full, pictures, kind="figures", indicators=(FAMILY, "school.count"))
    for figure, indicator_id in zip(slide.figures, (FAMILY, "school.count"), strict=True):
        shown = figures.headline(full, indicator_id, STATUS_CHOICES["all"])
        assert shown is not None
        assert (figure.value, figure.status) == (shown.value, shown.status)
    assert slide.figures[0].text == "72,1%"
    assert made(full, pictures, "en", kind="figures", indicators=(FAMILY,)).figures[0].text == "72.1%"


def test_targets_met_are_counted_over_real_figures_alone(full, pictures):
    slide = made(full, pictures, kind="figures")
    real = [figure for figure in slide.figures if figure.status != "illustrative" and figure.gap]
    assert len(real) < len(slide.figures)
    assert f"trên {len(real)} " in slide.title


def test_a_trend_keeps_statuses_and_tiers_apart(full, pictures):
    slide = made(full, pictures, kind="trend", indicators=(FAMILY,))
    assert [line.joined for line in slide.lines] == [False, True]
    assert [line.dashed for line in slide.lines] == [False, True]
    assert slide.lines[1].values.count(None) == 1
    assert [target.low for target in slide.targets] == [0.7, 0.8]
    assert len(slide.breaks) == 1


def test_a_ranking_has_both_ends_in_order(full, pictures):
    slide = made(full, pictures, kind="ranking", indicators=(FAMILY,), top=4)
    values = [bar.value or 0 for bar in slide.bars]
    assert len(values) == 8
    assert values == sorted(values, reverse=True)
    assert slide.goal == 0.8


def test_a_map_has_every_ward_once_with_its_class(full, pictures):
    slide = made(full, pictures, kind="map", indicators=(FAMILY,))
    assert len(slide.areas) == 126
    assert slide.scale is not None
    assert {area.group for area in slide.areas} == {-1, *range(slide.scale.size)}
    assert all((area.value is None) == (area.group == -1) for area in slide.areas)
    before = made(full, pictures, kind="map", indicators=(FAMILY,), period="2025-H1")
    assert len(before.areas) == 30


def test_schools_are_counted_as_on_their_page(full, pictures):
    slide = made(full, pictures, kind="schools")
    register = schools.register(full, STATUS_CHOICES["all"])
    assert register is not None
    assert sum(bar.value or 0 for bar in slide.bars) == register.schools


def test_a_view_over_time_and_one_of_many_units(full, pictures):
    query = {"indicators": FAMILY, "tiers": "district,ward", "sum_by": "city", "shape": "by_period"}
    lines = made(full, pictures, kind="view", query=tuple(query.items()))
    assert lines.lines
    assert not lines.bars
    rows = made(full, pictures, kind="view", query=(("indicators", FAMILY),), top=4)
    assert len(rows.bars) == 8
    table = made(full, pictures, kind="view", view="nhom-tuong-dong").table
    assert table is not None
    assert len(table.columns) == 7


def test_every_saved_view_that_comes_with_the_project_has_a_slide(full, pictures):
    for path in VIEWS.glob("*.yml"):
        slide = made(full, pictures, kind="view", view=path.stem)
        assert slide.kind == "view"
        assert slide.lines or slide.bars or slide.table


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "spec",
    [
        {"kind": "no_such_kind"},
        {"kind": "trend", "indicators": ("model.nothing",)},
        {"kind": "map", "period": "1999-Q9"},
        {"kind": "ward"},
        {"kind": "ward", "unit": "99999"},
        {"kind": "view"},
        {"kind": "view", "view": "no-such-view"},
        {"kind": "view", "query": (("indicators", "<script>"),)},
        {"kind": "text"},
        {"kind": "picture"},
        {"kind": "picture", "picture": "../ngoai.png"},
        {"kind": "picture", "picture": "/etc/passwd"},
        {"kind": "picture", "picture": "gia.png"},
        {"kind": "picture", "picture": "nguy.svg"},
        {"kind": "picture", "picture": "lon.png"},
    ],
    ids=lambda spec: "-".join(map(str, spec.values()))[:40] if isinstance(spec, dict) else spec,
)
def test_what_does_not_exist_makes_a_slide_that_says_so(full, pictures, spec, lang):
    slide = made(full, pictures, lang, **spec)
    assert slide.kind == "problem"
    assert len(slide.paragraphs) == 2
    assert "<script>" not in slide_html(slide, lang, "dark", BASE)


@pytest.mark.parametrize("name", ["anh.png", "anh.jpg", "anh.svg"])
def test_a_picture_travels_inside_the_slide(full, pictures, name):
    html = slide_html(made(full, pictures, kind="picture", picture=name), "vi", "dark", BASE)
    assert 'src="data:image/' in html


def test_text_of_a_playlist_cannot_become_part_of_the_page(full, pictures):
    evil = same("<img src=x onerror=alert(1)>")
    slide = made(full, pictures, kind="text", heading=evil, text=evil, notes=evil)
    assert "<img" not in slide_html(slide, "vi", "dark", BASE)


def test_the_code_leads_to_the_live_page(full, pictures):
    slide = made(full, pictures, kind="trend", indicators=(FAMILY,))
    html = slide_html(slide, "vi", "dark", BASE)
    assert slide.address == "mo-hinh?model=family"
    assert f'data-address="{BASE}mo-hinh?model=family"' in html
    matrix = segno.make(BASE + slide.address, error="m", micro=False)
    drawn = re.search(r'viewBox="0 0 (\d+)', html[html.index('class="code"') :])
    assert drawn is not None
    assert int(drawn[1]) == matrix.symbol_size(border=2)[0]


def test_the_default_playlist_has_no_slide_that_cannot_be_shown(full):
    usual = read(ROOT / "data" / "presentations" / "mac-dinh.yml")
    for spec in usual.slides:
        slide = make(full, spec, "vi", folder=usual.path.parent, views=VIEWS)
        assert slide.kind == spec.kind


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_themes_differ_in_colours_alone_and_no_place_for_one_is_left(full, pictures, kind, lang):
    slide = made(full, pictures, lang, kind=kind, **OPTIONS.get(kind, {}))
    sketched = sketch(slide, lang, BASE)
    dark, light = (painted(sketched, slide, theme) for theme in ("dark", "light"))
    for html in (dark, light):
        assert not re.search(r"<[ck]\d|#f[de]00", html)
        assert html == slide_html(slide, lang, "dark" if html is dark else "light", BASE)
    if "<svg" in re.sub(r'<div class="code".*?</div>', "", sketched):
        assert dark != light
    colours = r"#[0-9A-Fa-f]{6}"
    assert re.sub(colours, "", dark) == re.sub(colours, "", light)
