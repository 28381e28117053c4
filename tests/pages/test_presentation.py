"""The show as a page: from every build, with a bad address, with bad files; and adding a page to a playlist."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from exports import playlist
from tests.serving import ROOT

OpenPage = Callable[..., AppTest]
PAGE = "trinh-chieu"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(ROOT / "data" / "presentations" / "mac-dinh.yml", tmp_path)
    monkeypatch.setenv("PRESENTATIONS_DIR", str(tmp_path))
    return tmp_path


def content(screen: AppTest) -> dict[str, Any]:
    """What the browser is given."""
    assert not screen.exception, [e.message for e in screen.exception]
    (shown,) = screen.get("bidi_component")
    found: dict[str, Any] = json.loads(shown.proto.json)
    return found


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("warehouse", ["warehouse_full", "warehouse_empty", "warehouse_one_row"])
def test_the_show_opens_from_every_build(
    request, open_page: OpenPage, folder: Path, warehouse: str, lang: str
):
    told = content(open_page(request.getfixturevalue(warehouse), PAGE, lang=lang))
    assert len(told["slides"]) == len(playlist.read(folder / "mac-dinh.yml").slides)
    assert told["lang"] == lang
    assert told["complaint"] == ""
    assert (told["theme"], told["role"], told["autoplay"], told["loop"]) == ("dark", "hall", False, True)


def test_the_address_chooses_theme_playlist_role_and_autoplay(
    open_page: OpenPage, warehouse_empty: Path, folder: Path
):
    (folder / "ngan.yml").write_text(
        "title: Ngắn\ntheme: light\nseconds: 3\nslides:\n  - kind: title\n", encoding="utf-8"
    )
    told = content(
        open_page(warehouse_empty, PAGE, playlist="ngan", vai="nguoi-trinh-bay", auto="1", loop="1")
    )
    assert (told["playlist"], told["theme"], told["role"]) == ("ngan", "light", "presenter")
    assert (told["autoplay"], told["loop"], told["slides"][0]["seconds"]) == (True, True, 3)
    assert content(open_page(warehouse_empty, PAGE, playlist="ngan", theme="dark"))["theme"] == "dark"


def test_a_bad_address_is_told_and_the_default_is_shown(
    open_page: OpenPage, warehouse_empty: Path, folder: Path
):
    told = content(open_page(warehouse_empty, PAGE, playlist="khong-co", theme="red", slide="99", vai="x"))
    assert (told["playlist"], told["theme"], told["role"]) == ("mac-dinh", "dark", "hall")
    for asked in ("khong-co", "red", "99", "“x”"):
        assert asked in told["complaint"]


def test_without_a_good_playlist_a_slide_says_what_to_do(
    open_page: OpenPage, warehouse_empty: Path, folder: Path
):
    (folder / "mac-dinh.yml").write_text("title: [", encoding="utf-8")
    told = content(open_page(warehouse_empty, PAGE))
    assert len(told["slides"]) == 1
    assert "mac-dinh.yml" in told["slides"][0]["html"]
    assert "mac-dinh.yml" in told["bad"][0]
    assert "mac-dinh.yml" in told["complaint"]


def test_a_changed_file_makes_a_new_version(open_page: OpenPage, warehouse_empty: Path, folder: Path):
    screen = open_page(warehouse_empty, PAGE)
    first = content(screen)["version"]
    assert content(screen.run())["version"] == first
    playlist.add(folder / "mac-dinh.yml", {"kind": "figures"})
    told = content(screen.run())
    assert told["version"] != first
    assert len(told["slides"]) == len(playlist.read(folder / "mac-dinh.yml").slides)


def add_form(page: str, kept: dict[str, str], period: str) -> None:
    """The form as the dialog has it: AppTest runs a whole page anew, which closes a dialog."""
    import datetime as dt

    import streamlit as st

    from ui import presentation_add
    from ui.context import View, warehouse

    found = warehouse()
    days = {"2026-Q2": (dt.date(2026, 4, 1), dt.date(2026, 6, 30)), "": (None, None)}
    view = View(found.build_id, "vi", False, *days[period], "city", "all")
    st.session_state["_address_kept"] = kept
    presentation_add._form(view, presentation_add.slide_of(view, found, page), page)


@pytest.fixture
def form(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Callable[..., AppTest]:
    def open_it(warehouse: Path, page: str, period: str = "", **kept: str) -> AppTest:
        monkeypatch.setenv("WAREHOUSE_DIR", str(warehouse))
        made = AppTest.from_function(add_form, default_timeout=60, args=(page, kept, period))
        return made.run()

    return open_it


@pytest.mark.parametrize(
    ("page", "period", "kept", "slide"),
    [
        ("", "", {}, {"kind": "figures", "period": ""}),
        ("", "2026-Q2", {}, {"kind": "figures", "period": "2026-Q2"}),
        (
            "mo-hinh",
            "",
            {"model": "clan"},
            {"kind": "trend", "indicators": ("model.clan.recognised_of_total",)},
        ),
        ("ban-do", "", {"measure": "school.count"}, {"kind": "map", "indicators": ("school.count",)}),
        ("phuong-xa", "", {"unit": "00004@2025-07-01"}, {"kind": "ward", "unit": "00004@2025-07-01"}),
        ("phuong-xa", "", {}, {"kind": "ranking"}),
        ("truong-hoc", "", {}, {"kind": "schools"}),
        ("mang-luoi", "", {}, {"kind": "network"}),
        ("nguon", "", {}, {"kind": "sources"}),
        ("tra-cuu", "", {}, {"kind": "view"}),
    ],
)
def test_a_page_goes_to_the_end_of_a_playlist(
    form: Callable[..., AppTest],
    warehouse_full: Path,
    folder: Path,
    page: str,
    period: str,
    kept: dict[str, str],
    slide: dict[str, Any],
):
    before = len(playlist.read(folder / "mac-dinh.yml").slides)
    screen = form(warehouse_full, page, period, **kept)
    screen.button[0].click().run()
    assert not screen.exception, [e.message for e in screen.exception]
    assert f"trang {before + 1}" in screen.success[0].value
    last = playlist.read(folder / "mac-dinh.yml").slides[-1]
    assert {name: getattr(last, name) for name in slide} == slide


def test_every_page_with_figures_has_the_button_and_opens_the_form(
    open_page: OpenPage, warehouse_empty: Path, folder: Path
):
    screen = open_page(warehouse_empty, "mang-luoi")
    screen.button(key="presentation_add").click().run()
    assert not screen.exception
    assert "Bài trình chiếu" in [box.label for box in screen.selectbox]


def test_a_folder_that_cannot_be_written_is_told_on_the_page(
    form: Callable[..., AppTest], warehouse_empty: Path, monkeypatch: pytest.MonkeyPatch
):
    def refused(*_args: object, **_kwargs: object) -> None:
        raise PermissionError

    screen = form(warehouse_empty, "mang-luoi")
    monkeypatch.setattr("exports.playlist.tempfile.mkstemp", refused)
    screen.button[0].click().run()
    assert not screen.exception
    assert "không ghi được" in screen.error[0].value


def test_a_saved_view_goes_to_a_new_playlist(
    form: Callable[..., AppTest], warehouse_full: Path, folder: Path
):
    screen = form(warehouse_full, "tra-cuu")
    choice = {box.label: box for box in screen.selectbox}
    choice["Bài trình chiếu"].set_value("+")
    choice["Nội dung"].set_value("nhom-tuong-dong")
    next(t for t in screen.text_input if t.label.startswith("Tên bài mới")).set_value("Tuần lễ 2026")
    screen.button[0].click().run()
    assert not screen.exception, [e.message for e in screen.exception]
    (slide,) = playlist.read(folder / "tuan-le-2026.yml").slides
    assert (slide.kind, slide.view) == ("view", "nhom-tuong-dong")
