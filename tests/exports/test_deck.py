"""The deck: what each slide says and draws, read back from the file, and what LibreOffice makes of it."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from itertools import chain
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from PIL import Image
from pptx import Presentation
from pptx.oxml import parse_xml
from pypdf import PdfReader

from exports.deck import VIEWS, deck_name, write
from exports.deck.charts import number_format, serial
from exports.deck.page import HEIGHT, WIDTH, line_count
from exports.playlist import PlaylistError, read
from exports.reports import Cancelled
from exports.slides import Slide, make
from i18n import LANGUAGES, Lang, words_in
from queries.warehouse import Warehouse
from tests.exports import office
from tests.serving import ROOT

USUAL = ROOT / "data" / "presentations" / "mac-dinh.yml"
DECK_LANGUAGE = {"vi": "vi-VN", "en": "en-GB"}
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><rect width="40" height="20" fill="#1F6F78"/></svg>'
EVERY_KIND = """
title: {vi: "Đủ loại", en: "Every kind"}
address: http://192.168.1.20:8501
slides:
  - {kind: title, notes: {vi: "Chào mừng", en: "Welcome"}}
  - {kind: figures}
  - {kind: trend, indicator: model.family.recognised_of_total}
  - {kind: ranking, top: 12}
  - {kind: ranking, level: district, top: 2}
  - {kind: map, period: 2025-H1}
  - {kind: map, indicator: school.count}
  - {kind: ward, unit: "00004"}
  - {kind: before_after}
  - {kind: network}
  - {kind: schools}
  - {kind: sources}
  - {kind: view, view: nhom-tuong-dong}
  - {kind: view, view: quan-huyen-cu-qua-1-7-2025}
  - {kind: view, view: gia-dinh-hoc-tap-theo-quy}
  - {kind: picture, heading: "Ảnh", picture: anh.png}
  - {kind: picture, picture: anh.svg, text: "Hình vẽ"}
  - {kind: text, heading: "<b>&amp; \\"dấu\\"", text: "Một\\nhai\\n\\nBa"}
  - {kind: ward, unit: "99999"}
"""
WAREHOUSES = ("full", "empty", "one_row")


@pytest.fixture(scope="session")
def every_kind(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("presentations")
    Image.new("RGB", (400, 300), "teal").save(folder / "anh.png")
    (folder / "anh.svg").write_text(SVG, encoding="utf-8")
    path = folder / "du-loai.yml"
    path.write_text(EVERY_KIND, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def decks(full, empty, one_row, every_kind, tmp_path_factory) -> dict[tuple[str, str], Path]:
    folder = tmp_path_factory.mktemp("decks")
    made: dict[tuple[str, str], Path] = {}
    for name, w in zip(WAREHOUSES, (full, empty, one_row), strict=True):
        for lang in LANGUAGES:
            made[name, lang] = folder / f"{name}-{lang}.pptx"
            write(w, every_kind, lang, made[name, lang])
    return made


def slides_of(w: Warehouse, path: Path, lang: Lang) -> list[Slide]:
    play = read(path)
    return [make(w, s, lang, folder=path.parent, views=VIEWS, status=play.status) for s in play.slides]


def texts_of(page) -> list[str]:
    found = []
    for shape in page.shapes:
        if shape.has_text_frame:
            found.append(shape.text_frame.text.replace("\v", "\n"))
        elif shape.has_table:
            found += [cell.text for row in shape.table.rows for cell in row.cells]
    return found


def charts_of(page) -> list[Any]:
    return [shape.chart for shape in page.shapes if shape.has_chart]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("warehouse", WAREHOUSES)
def test_each_slide_says_all_that_the_show_says(request, decks, every_kind, warehouse, lang):
    w = request.getfixturevalue(warehouse)
    deck = Presentation(str(decks[warehouse, lang]))
    told = slides_of(w, every_kind, lang)
    assert len(deck.slides) == len(told) == 19
    for page, slide in zip(deck.slides, told, strict=True):
        said = "\n".join(texts_of(page))
        for text in (slide.title, slide.subtitle, *(p for p in slide.paragraphs)):
            assert text in said
        if slide.title:
            assert page.shapes.title.text_frame.text == slide.title
        for figure in slide.figures:
            for text in (figure.label, figure.text, figure.gap, figure.change, figure.mark, figure.detail):
                assert text in said
        if slide.note:
            assert slide.note in said
        for status in slide.statuses:
            assert status.meaning in said
        assert w.build_id in said
        assert not re.search(r"\bnan\b|\bNone\b|\bNaT\b|\{[a-z_]+\}", said)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_speaker_notes_hold_notes_definitions_statuses_all_sources_and_the_live_page(
    decks, full, every_kind, lang
):
    deck = Presentation(str(decks["full", lang]))
    for page, slide in zip(deck.slides, slides_of(full, every_kind, lang), strict=True):
        notes = page.notes_slide.notes_text_frame.text
        for text in (*slide.definitions, *slide.sources, *(s.meaning for s in slide.statuses), full.build_id):
            assert text in notes
        assert slide.notes in notes
        assert f"http://192.168.1.20:8501/{slide.address}" in notes


@pytest.mark.parametrize("warehouse", WAREHOUSES)
def test_charts_hold_the_raw_numbers(request, decks, every_kind, warehouse):
    deck = Presentation(str(decks[warehouse, "vi"]))
    counted = 0
    for page, slide in zip(
        deck.slides, slides_of(request.getfixturevalue(warehouse), every_kind, "vi"), strict=True
    ):
        charts = charts_of(page)
        drawn = any(v is not None for line in slide.lines for v in line.values) or slide.bars or slide.pairs
        assert len(charts) == (1 if drawn else 0)
        for chart in charts:
            counted += 1
            series = list(chart.plots[0].series)
            if slide.bars:
                assert list(series[0].values) == [bar.value for bar in slide.bars]
                assert [str(name) for name in chart.plots[0].categories] == [bar.name for bar in slide.bars]
            elif slide.pairs:
                assert [list(s.values) for s in series] == [
                    [pair.before for pair in slide.pairs],
                    [pair.after for pair in slide.pairs],
                ]
            else:
                assert {(s.name, tuple(s.values)) for s in series} >= {
                    (n.name, n.values) for n in slide.lines
                }
                named = [
                    [n.name for n in slide.lines],
                    [n.name for n in slide.targets],
                    [n.name for n in slide.breaks],
                ]
                assert {s.name for s in series} == set(chain(*named))
    assert counted >= (7 if warehouse == "full" else 0)


def test_the_sheet_behind_a_trend_has_days_and_numbers_where_the_chart_looks_for_them(decks):
    deck = Presentation(str(decks["full", "vi"]))
    chart = charts_of(deck.slides[2])[0]
    sheet = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
    for element in chart._chartSpace.xpath(".//c:ser"):
        name, days, values = (
            [cell.value for row in cells for cell in row]
            for where in ("c:tx//c:f", "c:xVal//c:f", "c:yVal//c:f")
            for cells in [sheet[element.xpath(where)[0].text.partition("!")[2] + ""]]
            for cells in [cells if isinstance(cells, tuple) else ((cells,),)]
        )
        assert name == [element.xpath("c:tx//c:v")[0].text]
        assert all(isinstance(day, dt.datetime) for day in days)
        points = {int(p.get("idx")): float(p[0].text) for p in element.xpath("c:yVal//c:pt")}
        assert values == [points.get(n) for n in range(len(values))]
    assert serial(dt.date(2025, 7, 1)) == 45839


def test_numbers_on_charts_are_written_in_the_readers_way(decks):
    forms: dict[Lang, str] = {"vi": "[$-42A]0.0%", "en": "[$-809]0.0%"}
    for lang, form in forms.items():
        assert number_format(True, lang) == form
        for page in Presentation(str(decks["full", lang])).slides:
            for chart in charts_of(page):
                formats = {e.get("formatCode") for e in chart._chartSpace.xpath(".//c:dLbl/c:numFmt")}
                assert formats <= {form, number_format(False, lang)}


def test_a_map_is_one_named_shape_a_unit(decks, full, every_kind):
    deck = Presentation(str(decks["full", "vi"]))
    maps = [
        (p, s) for p, s in zip(deck.slides, slides_of(full, every_kind, "vi"), strict=True) if s.kind == "map"
    ]
    assert [len(slide.areas) for _, slide in maps] == [30, 126]
    for page, slide in maps:
        group = next(
            shape
            for shape in page.shapes
            if shape.shape_type is not None and shape.shape_type.name == "GROUP"
        )
        assert [shape.name.partition(":")[0] for shape in group.shapes] == [area.name for area in slide.areas]


def test_tables_are_native_and_whole(decks, full, every_kind):
    deck = Presentation(str(decks["full", "en"]))
    shown = 0
    for page, slide in zip(deck.slides, slides_of(full, every_kind, "en"), strict=True):
        for shape in page.shapes:
            if shape.has_table:
                assert slide.table is not None
                rows = [tuple(cell.text for cell in row.cells) for row in shape.table.rows]
                assert rows == [slide.table.columns, *slide.table.rows]
                shown += 1
    assert shown == 3


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("warehouse", WAREHOUSES)
def test_a_slide_with_an_illustrative_figure_says_so_in_words(request, decks, every_kind, warehouse, lang):
    told = slides_of(request.getfixturevalue(warehouse), every_kind, lang)
    word = words_in(lang)("common.mark_illustrative_help")
    for page, slide in zip(Presentation(str(decks[warehouse, lang])).slides, told, strict=True):
        assert (word in "\n".join(texts_of(page))) == slide.illustrative


@pytest.mark.parametrize("warehouse", WAREHOUSES)
def test_nothing_lies_outside_the_slide_or_on_something_else(decks, warehouse):
    for page in Presentation(str(decks[warehouse, "vi"])).slides:
        boxes = []
        for shape in page.shapes:
            edges = [shape.left, shape.top, shape.left + shape.width, shape.top + shape.height]
            left, top, right, bottom = (edge / 12700 for edge in edges)
            assert left >= -0.1
            assert top >= -0.1
            assert right <= WIDTH + 0.1
            assert bottom <= HEIGHT + 0.1
            if (
                shape.name not in ("Goal",)
                and shape.shape_type is not None
                and not shape.name.startswith("Chỉ tiêu")
            ):
                boxes.append((shape.name, left, top, right, bottom))
        for n, one in enumerate(boxes):
            for other in boxes[n + 1 :]:
                apart = (
                    one[3] <= other[1] + 0.5
                    or other[3] <= one[1] + 0.5
                    or one[4] <= other[2] + 0.5
                    or other[4] <= one[2] + 0.5
                )
                assert apart, (page.shapes.title and page.shapes.title.text_frame.text, one, other)


def test_the_file_is_sound_ours_and_names_nobody(decks):
    for (_, lang), path in decks.items():
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            parts = {name: archive.read(name) for name in archive.namelist()}
        assert len(parts) == len({name.lower() for name in parts})
        types = parts["[Content_Types].xml"].decode()
        everything = b""
        for name, blob in parts.items():
            if name.endswith((".xml", ".rels")):
                root = parse_xml(blob)
                everything += blob
                if name.startswith("ppt/slides/slide"):
                    ids = root.xpath("//*[local-name()='cNvPr']/@id")
                    assert len(ids) == len(set(ids))
            if name.endswith(".rels"):
                base = Path(name).parent.parent
                for target in parse_xml(blob).xpath("//@Target"):
                    place = (
                        (Path("/") / base / target).resolve() if not target.startswith("/") else Path(target)
                    )
                    assert str(place).lstrip("/") in parts, (name, target)
            elif name != "[Content_Types].xml":
                assert f'"/{name}"' in types or f'Extension="{name.rpartition(".")[2]}"' in types
        for slip in (b"Click to", b"Calibri", b"Steve", b"python-pptx", b"Office Theme", b"screen4x3"):
            assert slip not in everything
        deck = Presentation(str(path))
        assert (deck.slide_width, deck.slide_height) == (12192000, 6858000)
        assert [deck.core_properties.author, deck.core_properties.last_modified_by] == ["", ""]
        assert deck.core_properties.language == DECK_LANGUAGE[lang]
        assert deck.core_properties.title == {"vi": "Đủ loại", "en": "Every kind"}[lang]
        themes = [blob for name, blob in parts.items() if name.startswith("ppt/theme/")]
        assert all(theme.count(b'typeface="Be Vietnam Pro"') == 6 for theme in themes)
        for page in deck.slides:
            assert not [p for p in page.placeholders if p.has_text_frame and not p.text_frame.text.strip()]


def test_charts_and_pictures_are_described_for_those_who_do_not_see_them(decks):
    for page in Presentation(str(decks["full", "vi"])).slides:
        for shape in page.shapes:
            if (
                shape.has_chart
                or shape.has_table
                or (shape.shape_type and shape.shape_type.name in ("PICTURE", "GROUP"))
            ):
                assert shape._element.xpath(".//p:cNvPr")[0].get("descr")


def test_progress_is_told_and_calling_off_leaves_nothing(full, tmp_path):
    told: list[tuple[int, int]] = []
    out = tmp_path / deck_name(full, "mac-dinh", "vi")
    assert write(full, USUAL, "vi", out, progress=lambda done, of, words: told.append((done, of))) == 13
    assert told == [(n, 13) for n in range(1, 14)]
    out.unlink()
    with pytest.raises(Cancelled):
        write(
            full, USUAL, "vi", out, cancelled=lambda: len(told) > 13, progress=lambda *_: told.append((0, 0))
        )
    (tmp_path / "xau.yml").write_text("title: [", encoding="utf-8")
    with pytest.raises(PlaylistError):
        write(full, tmp_path / "xau.yml", "vi", out)
    assert [path.name for path in tmp_path.iterdir()] == ["xau.yml"]


@pytest.mark.parametrize(
    "text", ["Một " * 600, "x" * 2000, "\n".join(["dòng"] * 300), "a\n\n" * 400, "\x0b & <a> \u202e"]
)
def test_any_text_of_a_playlist_has_room(full, tmp_path, text):
    raw = {
        "title": "t",
        "slides": [{"kind": "text", "heading": text[:2000], "text": text[:2000], "notes": text[:2000]}],
    }
    path = tmp_path / "t.yml"
    path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    write(full, path, "vi", tmp_path / "t.pptx")
    page = Presentation(str(tmp_path / "t.pptx")).slides[0]
    for shape in page.shapes:
        assert shape.top + shape.height <= 540 * 12700


def test_lines_are_counted_as_words_wrap():
    assert line_count("một hai", 10, 1000) == 1
    assert line_count("một\nhai", 10, 1000) == 2
    assert line_count("một hai ba bốn", 10, 30) == 4
    assert line_count("x" * 100, 10, 100) >= 5


# ---- LibreOffice ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def impress() -> str:
    for path in office.candidates():
        if any(Path(path).resolve().parent.glob("libsdlo.*")) and office.starts(path):
            return path
    pytest.skip("no LibreOffice Impress: make office installs one")


@pytest.fixture(scope="session")
def printed(impress, decks, tmp_path_factory) -> dict[tuple[str, str], list[str]]:
    folder = tmp_path_factory.mktemp("printed")
    made = office.converted(impress, list(decks.values()), "pdf", folder)
    return {
        key: [page.extract_text() for page in PdfReader(path).pages]
        for key, path in zip(decks, made, strict=True)
    }


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("warehouse", WAREHOUSES)
def test_libreoffice_opens_the_deck_and_shows_the_figures(request, printed, every_kind, warehouse, lang):
    told = slides_of(request.getfixturevalue(warehouse), every_kind, lang)
    pages = printed[warehouse, lang]
    assert len(pages) == len(told)
    for page, slide in zip(pages, told, strict=True):
        shown = squeezed(page)
        wanted = [slide.title, *(figure.text for figure in slide.figures)]
        wanted += [bar.said for bar in slide.bars if bar.said]
        wanted += [line.said[-1] for line in slide.lines if line.said]
        if slide.kind in ("network", "sources") and slide.table:
            wanted += chain.from_iterable(slide.table.rows)
        for text in wanted:
            assert squeezed(text) in shown, (text, page)
