"""The PNG of a map: opened and read back; what it should show is there, and gone where it is left out."""

from __future__ import annotations

import datetime as dt
import io
import json
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image, ImageChops

from charts.base import Look
from charts.map_image import SCALE, Entry, Sheet, map_png, wrapped_to
from charts.map_labels import Label, font, pixel
from charts.map_window import Camera, Column, Dot, Frame, Scene, mixed, scale_length, window
from charts.palette import DARK, LIGHT
from i18n import words_in

VI = Look(words_in("vi"), LIGHT)
LOW, HIGH = "#F4EBDD", "#14535C"


def square(n: int, west: float, side: float = 0.1) -> dict[str, Any]:
    ring = [[west, 21], [west + side, 21], [west + side, 21 + side], [west, 21 + side], [west, 21]]
    return {
        "type": "Feature",
        "properties": {"n": n, "k": str(n), "vi": f"P{n}", "en": f"W{n}"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def collection(*features: dict[str, Any]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


SHAPES = collection(square(0, 105.6), square(1, 105.7), square(2, 105.8))
MIDDLE = {n: (105.65 + n / 10, 21.05) for n in range(3)}
SCENE = Scene(SHAPES, Camera(105.75, 21.05, 10))
SHEET = Sheet(
    title="Gia đình học tập: ba phường, xã",
    subtitle="% số gia đình, quý III/2026",
    status="Số liệu minh họa",
    legend_title="Tỷ lệ được công nhận",
    legend=(Entry(LOW, "60–70%", 1), Entry(HIGH, "70–80%", 1), Entry(None, "Chưa có số liệu", 1)),
    scene=SCENE,
    frames=(Frame({0: LOW, 1: HIGH}),),
    sources=("Số liệu do chương trình sinh ra",),
    credits=("Bản đồ tham khảo",),
    made_on=dt.date(2026, 11, 22),
    size=(480, 360),
)


def opened(sheet: Sheet, look: Look = VI) -> Image.Image:
    image = Image.open(io.BytesIO(map_png(sheet, look)))
    image.load()
    return image


def amount(image: Image.Image, colour: str) -> int:
    """Pixels of exactly that colour."""
    rgb = tuple(int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return sum(number for number, found in image.convert("RGB").getcolors(1 << 24) or [] if found == rgb)


def at(image: Image.Image, lon: float, lat: float, camera: Camera = SCENE.camera, scale: int = 2) -> str:
    """The colour of a place on a bare window."""
    (x, y), (mx, my) = pixel(lon, lat, camera.zoom), pixel(camera.lon, camera.lat, camera.zoom)
    spot = (round((x - mx) * scale + image.width / 2), round((y - my) * scale + image.height / 2))
    return f"#{image.convert('RGB').crop((*spot, spot[0] + 1, spot[1] + 1)).tobytes().hex().upper()}"


def bare(scene: Scene = SCENE, frame: Frame = SHEET.frames[0]) -> Image.Image:
    return window(scene, frame, LIGHT, 480, 360, "B")


# ---- The sheet ----------------------------------------------------------------------------------------------------


def test_it_is_a_png_of_the_size_asked_for_and_not_blank() -> None:
    image = opened(SHEET)
    assert image.format == "PNG"
    assert image.width == (480 + 16 + 264 + 2 * 28) * SCALE
    assert image.height > 360 * SCALE
    assert len(image.convert("RGB").getcolors(1 << 24) or []) > 100


def test_each_colour_of_the_legend_is_in_the_map_and_in_the_legend() -> None:
    image = opened(SHEET)
    without = opened(replace(SHEET, legend=()))
    for colour in (LOW, HIGH):
        assert amount(image, colour) > amount(without, colour) > 10_000


@pytest.mark.parametrize("part", ["title", "subtitle", "status", "legend_title"])
def test_each_text_is_drawn(part: str) -> None:
    gone: dict[str, Any] = {part: ""}
    written, left_out = opened(SHEET), opened(replace(SHEET, **gone))
    assert amount(written, LIGHT.ink) + amount(written, LIGHT.muted) > (
        amount(left_out, LIGHT.ink) + amount(left_out, LIGHT.muted)
    )


@pytest.mark.parametrize("part", ["sources", "credits", "notes"])
def test_a_longer_list_takes_more_room(part: str) -> None:
    more: dict[str, Any] = {part: ("Một nguồn rất dài, " * 20,)}
    long = replace(SHEET, **more)
    assert opened(long).height > opened(SHEET).height
    assert opened(long).width == opened(SHEET).width


def test_vietnamese_letters_are_drawn_as_letters_of_their_own() -> None:
    mask = {letter: bytes(font(400, 40).getmask(letter)) for letter in "ễệẫậằẳỡởữựđĐơƯ"}
    assert len(set(mask.values())) == len(mask)
    assert bytes(font(400, 40).getmask("\U0010ffff")) not in mask.values()


def test_the_file_says_what_it_is() -> None:
    text = opened(SHEET).info
    assert text["Title"] == SHEET.title
    for part in ("Số liệu minh họa", "22/11/2026", "Bản đồ tham khảo", "Số liệu do chương trình sinh ra"):
        assert part in text["Description"]


def test_in_the_dark_the_paper_is_dark() -> None:
    image = opened(SHEET, Look(words_in("en"), DARK))
    assert amount(image, DARK.surface) > 0.3 * image.width * image.height


def test_two_periods_stand_side_by_side() -> None:
    one = opened(SHEET)
    two = opened(replace(SHEET, frames=(Frame({0: LOW}, "Quý II/2026"), Frame({0: HIGH}, "Quý III/2026"))))
    assert two.size == one.size
    assert min(amount(two, LOW), amount(two, HIGH)) > 10_000


def test_an_empty_map_is_still_a_sheet_with_its_words() -> None:
    empty = replace(SHEET, legend=(), frames=(Frame({}),), scene=replace(SCENE, shapes=collection()))
    assert amount(opened(empty), LIGHT.ink) > 1000


# ---- The map itself -----------------------------------------------------------------------------------------------


def test_each_ward_has_its_own_colour() -> None:
    image = bare()
    assert at(image, *MIDDLE[0]) == LOW
    assert at(image, *MIDDLE[1]) == HIGH


def test_a_ward_without_a_figure_is_hatched_and_nothing_else_is() -> None:
    image = bare()
    spots = {at(image, MIDDLE[2][0] + k / 2000, MIDDLE[2][1]) for k in range(-40, 40)}
    assert LIGHT.surface in spots
    assert any(int(colour[1:3], 16) < 0xB0 for colour in spots)
    assert {at(image, MIDDLE[0][0] + k / 2000, MIDDLE[0][1]) for k in range(-40, 40)} == {LOW}


def test_a_ward_of_a_class_that_was_filtered_out_is_pale() -> None:
    image = bare(frame=Frame({0: LOW, 1: HIGH}, faded=frozenset({1})))
    assert at(image, *MIDDLE[1]) == mixed(HIGH, LIGHT.surface, 0.82)
    assert at(image, *MIDDLE[0]) == LOW


def test_a_selected_ward_has_a_border_in_the_accent() -> None:
    assert amount(bare(), LIGHT.accent) == 0
    assert amount(bare(replace(SCENE, selected=(1,))), LIGHT.accent) > 300


def test_a_ward_inside_another_one_is_drawn_over_it() -> None:
    inner = square(1, 105.63, 0.04)
    image = bare(replace(SCENE, shapes=collection(inner, square(0, 105.6))))
    assert at(image, 105.65, 21.02) == HIGH


@pytest.mark.parametrize(
    "more",
    [
        {"labels": (Label(0, "Hoàn Kiếm", *MIDDLE[0]),)},
        {"lines": collection(square(0, 105.62, 0.15))},
        {"dots": (Dot(*MIDDLE[0], "#D98324", 8, "12"),)},
        {"to_scale": False},
    ],
)
def test_what_is_asked_for_changes_the_picture(more: dict[str, Any]) -> None:
    assert ImageChops.difference(bare(), bare(replace(SCENE, **more))).getbbox() is not None


def test_names_that_would_collide_are_left_out() -> None:
    first, second = Label(0, "Hoàn Kiếm", *MIDDLE[0], 2), Label(1, "Cửa Nam", *MIDDLE[0], 1)
    both = bare(replace(SCENE, labels=(first, second)))
    assert ImageChops.difference(both, bare(replace(SCENE, labels=(first,)))).getbbox() is None


def test_circles_have_the_size_asked_for() -> None:
    point = square(0, 0) | {"geometry": {"type": "Point", "coordinates": MIDDLE[0]}}
    scene = replace(SCENE, shapes=collection(point))
    small, large = (amount(bare(scene, Frame({0: HIGH}, sizes={0: r})), HIGH) for r in (10, 20))
    assert large / small == pytest.approx(4, rel=0.25)


def test_a_column_is_as_high_as_its_share_of_the_tallest() -> None:
    def height(share: float) -> int:
        image = bare(frame=Frame({}, columns=(Column(*MIDDLE[1], share, "#D98324"),)))
        return sum(at(image, MIDDLE[1][0], 21.05 + k / 4000) == "#D98324" for k in range(450))

    assert height(1.0) / height(0.5) == pytest.approx(2, rel=0.1)


def test_under_columns_alone_wards_are_plain_ground() -> None:
    image = bare(frame=Frame({}, columns=(Column(*MIDDLE[1], 0.1, "#D98324"),)))
    spots = {at(image, MIDDLE[2][0] + k / 2000, MIDDLE[2][1]) for k in range(-40, 40)}
    assert len(spots) == 1 and LIGHT.surface not in spots


@pytest.mark.parametrize("zoom", [7, 8.9, 11.3, 14])
def test_the_scale_bar_is_a_round_length_that_fits(zoom: float) -> None:
    km, pixels = scale_length(Camera(105.8, 21, zoom))
    assert 0.3 * 140 < pixels <= 140
    assert str(f"{km:g}").strip("0.")[0] in "125"


def test_the_scale_bar_is_true() -> None:
    km, pixels = scale_length(Camera(105.8, 0, 10))
    assert km / pixels * 512 * 2**10 == pytest.approx(40075, rel=1e-4)


def test_a_text_is_broken_into_lines_that_fit() -> None:
    lines = wrapped_to("Bản đồ các phường, xã của Hà Nội theo tỷ lệ gia đình học tập", 150, 14)
    assert len(lines) > 2
    assert all(font(400, 14).getlength(line) <= 150 for line in lines)
    assert wrapped_to("Mộttừrấtdàikhôngthểngắtdòng", 20, 14) == ["Mộttừrấtdàikhôngthểngắtdòng"]
