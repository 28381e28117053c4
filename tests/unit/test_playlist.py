"""Playlists: what is one, what is told of a file that is none, and how a slide is put at the end."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from exports import playlist
from exports.playlist import SCHEMA, PlaylistError
from exports.slides import KINDS
from tests.serving import ROOT

SHIPPED = ROOT / "data" / "presentations"
USUAL = SHIPPED / "mac-dinh.yml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hoi-nghi.yml").write_text(
        "# Hội nghị tháng 12\ntitle: Hội nghị\nslides:\n  - kind: title # mở đầu\n", encoding="utf-8"
    )
    return tmp_path


def refusal(path: Path, text: str) -> PlaylistError:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PlaylistError) as caught:
        playlist.read(path)
    return caught.value


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_every_shipped_playlist_reads_and_asks_for_kinds_that_exist():
    listed = playlist.playlists(SHIPPED)
    assert [error.file for error in listed.bad] == []
    assert {slide.kind for one in listed.good for slide in one.slides} <= set(KINDS)


def test_the_default_playlist_has_a_good_dozen_of_slides_in_both_languages():
    usual = playlist.read(USUAL)
    assert 10 <= len(usual.slides) <= 15
    assert usual.title.vi != usual.title.en
    assert usual.slides[0].kind == "title"
    assert usual.slides[-1].kind == "sources"


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        ("", "–", "type"),
        ("[]", "–", "type"),
        ("title: A", "–", "slides"),
        ("title: A\nslides: []", "slides", "no slides"),
        ("title: A\nslides:\n  - {knd: map, kind: map}", "slides.1", "knd"),
        ("title: A\nslides:\n  - {kind: map, indicatr: x}", "slides.1", "indicatr"),
        ("title: A\ntheme: red\nslides:\n  - kind: map", "theme", "light, dark"),
        ("title: A\nseconds: 0\nslides:\n  - kind: map", "seconds", "0"),
        ("title: {vi: A}\nslides:\n  - kind: map", "title", "usable"),
        ("title: A\naddress: javascript:x\nslides:\n  - kind: map", "address", "form"),
        ("title: A\nslides:\n  - kind: map\n  kind: no", "L4", "YAML"),
        ("title: !!python/object/apply:os.system [ls]\nslides: []", "L1", "YAML"),
        ("a: &a [x]\ntitle: A\nslides: [*a]", "–", "aliases"),
        ("title: 2025-99-99\nslides: []", "–", "YAML"),
        ("title: \x00", "–", "YAML"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_playlist_says_where_and_what_in_both_languages(tmp_path, text, place, word):
    error = refusal(tmp_path / "a.yml", text)
    assert (error.file, error.place) == ("a.yml", place)
    assert word in error.what.en or word == "type"
    assert error.what.vi != error.what.en
    assert error.to_do.vi != error.to_do.en


def test_a_file_that_is_too_large_or_not_utf_8_is_refused(tmp_path):
    assert "large" in refusal(tmp_path / "a.yml", "#" * (playlist.LARGEST_FILE + 1)).what.en
    (tmp_path / "b.yml").write_bytes("title: Hà Nội".encode("utf-16"))
    with pytest.raises(PlaylistError):
        playlist.read(tmp_path / "b.yml")
    with pytest.raises(PlaylistError):
        playlist.read(tmp_path / "none.yml")


@pytest.mark.parametrize(
    ("written", "period"),
    [("2025", "2025"), ("2026-Q3", "2026-Q3"), ("2025-07", "2025-07"), ("2025-06-30", "2025-06-30")],
)
def test_a_period_is_meant_as_it_is_written(tmp_path, written, period):
    path = tmp_path / "a.yml"
    path.write_text(f"title: A\nslides:\n  - {{kind: map, period: {written}}}", encoding="utf-8")
    assert playlist.read(path).slides[0].period == period


def test_good_and_bad_files_are_listed_apart(folder):
    (folder / "sai.yml").write_text("title: A", encoding="utf-8")
    (folder / "notes.txt").write_text("x", encoding="utf-8")
    listed = playlist.playlists(folder)
    assert [one.name for one in listed.good] == ["hoi-nghi"]
    assert [error.file for error in listed.bad] == ["sai.yml"]
    assert playlist.playlists(folder / "none") == playlist.Listed((), ())


anything = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=8) | some.dates(),
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.dictionaries(
            some.sampled_from(["title", "slides", "kind", "vi", "en", "indicator", "period", "top", "seconds", "query"])
            | some.integers() | some.text(max_size=4),
            inner, max_size=5,
        )
    ),
    max_leaves=12,
)  # fmt: skip


def reads_or_says_why(path: Path) -> None:
    try:
        found = playlist.read(path)
    except PlaylistError as error:
        assert all((error.file, error.place, error.what.vi, error.what.en, error.to_do.vi, error.to_do.en))
    else:
        assert found.slides


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=anything)
def test_any_yaml_reads_or_says_why(tmp_path, raw):
    path = tmp_path / "any.yml"
    path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    reads_or_says_why(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(slides=some.lists(anything, min_size=1, max_size=3), text=some.text(max_size=40))
def test_any_slides_and_any_text_read_or_say_why(tmp_path, slides, text):
    path = tmp_path / "any.yml"
    path.write_text(yaml.safe_dump({"title": "A", "slides": slides}, allow_unicode=True), encoding="utf-8")
    reads_or_says_why(path)
    path.write_bytes(text.encode("utf-8", "replace"))
    reads_or_says_why(path)


def test_a_slide_is_put_at_the_end_and_comments_stay(folder):
    path = folder / "hoi-nghi.yml"
    made = playlist.add(path, {"kind": "map", "indicator": "model.family.recognised_of_total"})
    assert [slide.kind for slide in made.slides] == ["title", "map"]
    assert made.slides == playlist.read(path).slides
    text = path.read_text(encoding="utf-8")
    assert "# Hội nghị tháng 12" in text
    assert "# mở đầu" in text
    assert [p.name for p in folder.iterdir()] == ["hoi-nghi.yml"]


@pytest.mark.parametrize(
    "text",
    ["title: A\nslides: [{kind: map}]\n", "title: A\nslides:\n- kind: map\n", "slides:\n  - kind: map\ntitle: A\n", "title: A\nslides:\n    - kind: map"],
)  # fmt: skip
def test_a_slide_goes_to_the_end_however_the_file_is_written(tmp_path, text):
    path = tmp_path / "a.yml"
    path.write_text(text, encoding="utf-8")
    playlist.add(path, {"kind": "text", "text": "một: hai\n\nba # bốn"})
    found = playlist.read(path)
    assert [slide.kind for slide in found.slides] == ["map", "text"]
    assert found.slides[1].text is not None
    assert found.slides[1].text.vi == "một: hai\n\nba # bốn"


def test_a_slide_that_would_break_a_playlist_is_not_written(folder):
    path = folder / "hoi-nghi.yml"
    before = path.read_bytes()
    with pytest.raises(PlaylistError):
        playlist.add(path, {"kind": "map", "top": 500})
    path.with_name("sai.yml").write_text("title: A", encoding="utf-8")
    with pytest.raises(PlaylistError):
        playlist.add(path.with_name("sai.yml"), {"kind": "map"})
    assert path.read_bytes() == before


def test_a_new_playlist_takes_no_name_that_is_taken_and_none_without_letters(folder):
    made = playlist.create(folder, "  Tuần lễ  học tập suốt đời 2026 ", {"kind": "figures"})
    assert made.name == "tuan-le-hoc-tap-suot-doi-2026"
    assert made.title.vi == "Tuần lễ học tập suốt đời 2026"
    for name in ("Tuần lễ học tập suốt đời 2026", "…", "", "../../x/.."):
        if name.startswith(".."):
            assert playlist.create(folder, name, {"kind": "figures"}).path.parent == folder
            continue
        with pytest.raises(PlaylistError):
            playlist.create(folder, name, {"kind": "figures"})


def test_a_folder_that_cannot_be_written_is_told(folder, monkeypatch):
    def refused(*_args: object, **_kwargs: object) -> None:
        raise PermissionError

    monkeypatch.setattr("exports.playlist.tempfile.mkstemp", refused)
    before = (folder / "hoi-nghi.yml").read_bytes()
    with pytest.raises(PlaylistError) as caught:
        playlist.add(folder / "hoi-nghi.yml", {"kind": "map"})
    assert "written" in caught.value.what.en
    assert (folder / "hoi-nghi.yml").read_bytes() == before


def test_a_crash_while_writing_leaves_the_old_file_and_no_rest(folder, monkeypatch):
    def fails(*_args: object, **_kwargs: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fdopen", fails)
    before = (folder / "hoi-nghi.yml").read_bytes()
    with pytest.raises(PlaylistError):
        playlist.add(folder / "hoi-nghi.yml", {"kind": "map"})
    assert (folder / "hoi-nghi.yml").read_bytes() == before
    assert [p.name for p in folder.iterdir()] == ["hoi-nghi.yml"]
