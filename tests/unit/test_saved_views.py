"""Saved views: kept, listed, refused, put away; a folder that anybody can write to by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.conftest import DATA
from ui.saved_views import LONGEST_NAME, NAMES, Unusable, remove, save, saved

QUERY = {"indicators": "model.family.recognised_of_total", "shape": "by_period"}


def test_a_view_is_kept_and_found_again(tmp_path: Path) -> None:
    kept = save(tmp_path / "views", "  Gia đình  học tập, quý này ", QUERY | {"lang": "en", "rows_page": "3"})
    assert kept.name_vi == "Gia đình học tập, quý này"
    assert (tmp_path / "views" / "gia-dinh-hoc-tap-quy-nay.yml").is_file()
    assert saved(tmp_path / "views") == ([kept], [])
    assert kept.query == QUERY
    assert kept.address == "indicators=model.family.recognised_of_total&shape=by_period"


@pytest.mark.parametrize("name", ["", "   ", "…", "///", "x" * (LONGEST_NAME + 1)])
def test_a_name_that_names_nothing_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Unusable) as refused:
        save(tmp_path, name, QUERY)
    assert refused.value.reason == "name"
    assert list(tmp_path.iterdir()) == []


def test_a_taken_name_keeps_what_was_there(tmp_path: Path) -> None:
    first = save(tmp_path, "Quý 3", QUERY)
    with pytest.raises(Unusable) as refused:
        save(tmp_path, "quy 3", {"indicators": "school.count"})
    assert refused.value.reason == "taken"
    assert saved(tmp_path)[0] == [first]


def test_a_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "views").write_text("a file", encoding="utf-8")
    with pytest.raises(Unusable) as refused:
        save(tmp_path / "views", "Quý 3", QUERY)
    assert refused.value.reason == "folder"


@pytest.mark.parametrize(
    "text",
    ["", "[]", "name: a", "name: a\nquery: [1]", "name: a\nquery: {evil: x}", "name: a\nquery: {shape: [x]}", "name: {vi: a}\nquery: {}",
     ": :", "name: !!python/object/apply:os.system [ls]\nquery: {}", "\x00"],
)  # fmt: skip
def test_a_file_that_is_no_view_is_named_and_left(tmp_path: Path, text: str) -> None:
    (tmp_path / "lạ.yml").write_text(text, encoding="utf-8")
    good = save(tmp_path, "Tốt", QUERY)
    assert saved(tmp_path) == ([good], ["lạ.yml"])
    assert (tmp_path / "lạ.yml").read_text(encoding="utf-8") == text


def test_a_view_is_put_away_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "keep.txt").write_text("x", encoding="utf-8")
    outside = tmp_path.parent / "outside.yml"
    outside.write_text("name: a\nquery: {}", encoding="utf-8")
    kept = save(tmp_path, "Quý 3", QUERY)
    remove(tmp_path, "../outside")
    remove(tmp_path, "gone")
    assert outside.is_file()
    remove(tmp_path, kept.slug)
    assert [p.name for p in tmp_path.iterdir()] == ["keep.txt"]


@settings(max_examples=60, deadline=None)
@example(name="0", value="\x85")
@given(name=st.text(max_size=LONGEST_NAME), value=st.text(max_size=20))
def test_any_name_is_kept_inside_the_folder_or_refused(tmp_path_factory: pytest.TempPathFactory, name: str, value: str) -> None:  # fmt: skip
    folder = tmp_path_factory.mktemp("views")
    try:
        kept = save(folder, name, {"find": value, "indicators": value})
    except Unusable as refused:
        assert refused.reason in ("name", "folder")
        return
    assert saved(folder) == ([kept], [])
    assert [p.parent for p in folder.rglob("*")] == [folder]
    assert (folder / f"{kept.slug}.yml").name.isascii()


def test_the_views_that_come_with_the_project_can_be_read() -> None:
    views, unread = saved(DATA / "views")
    assert len(views) >= 3
    assert unread == []
    assert all(set(v.query) <= set(NAMES) and v.name_vi != v.name_en for v in views)
