"""The words of the screens: in both languages, all there, none left over."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from i18n import LANGUAGES, words_in
from i18n.messages import FOLDER, entries
from tests.serving import ROOT

SOURCES = [
    path for folder in ("ui", "pages", "charts", "exports") for path in sorted((ROOT / folder).rglob("*.py"))
]
SOURCES += [ROOT / "serve.py", ROOT / "dashboard.py"]
AREAS = {path.stem for path in FOLDER.glob("*.yml")}
KEY_START = re.compile(rf"({'|'.join(sorted(AREAS))})\.[a-z0-9_]*")


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def called(node: ast.Call) -> str:
    """The last part of what is called: `words` of `view.words(…)`."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def shape(node: ast.expr) -> re.Pattern[str] | None:
    """What keys a written key can stand for: itself, or all that fit where parts are filled in; None where unknown."""
    match node:
        case ast.Constant(value=str(text)):
            return re.compile(re.escape(text))
        case ast.JoinedStr(values=parts):
            return re.compile(
                "".join(re.escape(str(p.value)) if isinstance(p, ast.Constant) else ".+" for p in parts)
            )
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Add()):
            return re.compile(re.escape(text) + ".+")
    return None


def alternatives(node: ast.expr) -> list[ast.expr]:
    """Both branches of `a if … else b`."""
    if isinstance(node, ast.IfExp):
        return alternatives(node.body) + alternatives(node.orelse)
    return [node]


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def wordings_asked_for() -> Iterator[tuple[str, ast.Call, re.Pattern[str]]]:
    """Every `words("area.key")`, `said("area.key")` and the like with parts filled in, with where it stands."""
    for path in SOURCES:
        for node in nodes(path):
            if isinstance(node, ast.Call) and called(node) in ("words", "said") and node.args:
                for key in alternatives(node.args[0]):
                    pattern = shape(key)
                    if pattern:
                        yield f"{path.relative_to(ROOT)}:{key.lineno}", node, pattern


def keys_written() -> list[re.Pattern[str]]:
    """Every text in the code that begins as a key does, also where it is put into a variable first."""
    found = []
    for path in SOURCES:
        for node in nodes(path):
            pattern = shape(node) if isinstance(node, ast.expr) else None
            if pattern and KEY_START.match(pattern.pattern.replace("\\", "")):
                found.append(pattern)
    return found


ASKED = list(wordings_asked_for())


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yml")), ids=lambda path: path.stem)
def test_a_key_is_written_once(path):
    keys = re.findall(r"^([^\s#:]+):", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(keys) == sorted(set(keys))
    assert set(keys) == {key.partition(".")[2] for key in entries() if key.startswith(f"{path.stem}.")}


@pytest.mark.parametrize("area", sorted(AREAS))
def test_a_wording_is_there_in_both_languages_with_the_same_places(area):
    for key, pair in entries().items():
        if key.startswith(f"{area}."):
            assert set(pair) == set(LANGUAGES), key
            assert all(isinstance(text, str) and text.strip() for text in pair.values()), key
            assert places(pair["vi"]) == places(pair["en"]), key


def test_every_wording_that_the_code_asks_for_exists():
    assert len(ASKED) > 300
    missing = [
        f"{where}: {pattern.pattern}"
        for where, _, pattern in ASKED
        if not any(pattern.fullmatch(key) for key in entries())
    ]
    assert missing == []


def test_every_place_of_a_wording_is_filled_in():
    unfilled = [
        f"{where}: {key} lacks {sorted(lacking)}"
        for where, call, pattern in ASKED
        if ".+" not in pattern.pattern and all(k.arg for k in call.keywords)
        for key in entries()
        if pattern.fullmatch(key)
        if (lacking := places(entries()[key]["vi"]) - {k.arg for k in call.keywords if k.arg})
    ]
    assert unfilled == []


def test_no_wording_is_left_over():
    written = keys_written()
    unused = [key for key in entries() if not any(pattern.fullmatch(key) for pattern in written)]
    assert unused == []


def test_a_typing_slip_in_a_key_shows():
    with pytest.raises(KeyError):
        words_in("vi")("overview.no_such_wording")


@pytest.mark.parametrize(
    ("vi", "en", "in_vi", "in_en"),
    [
        ("Phường", "Ward", "Phường", "Ward"),
        ("Phường", None, "Phường", "Phường"),
        (None, "Ward", "Ward", "Ward"),
        ("", "Ward", "Ward", "Ward"),
        (None, None, "", ""),
    ],
)
def test_a_wording_from_data_is_in_the_readers_language_or_the_other(vi, en, in_vi, in_en):
    assert words_in("vi").pick(vi, en) == in_vi
    assert words_in("en").pick(vi, en) == in_en


def test_places_in_a_wording_are_filled_by_name():
    assert words_in("en")("common.minutes_ago", n=5) == "5 minutes ago"
    assert words_in("vi")("common.minutes_ago", n=5) == "5 phút trước"
