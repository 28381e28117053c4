"""The guides: what they name exists, both say the same, and no picture is left over."""

from __future__ import annotations

import re

import pytest
from PIL import Image

from i18n import LANGUAGES, words_in
from i18n.messages import entries
from scripts.screenshots import LARGEST, SHOTS, WIDTH
from tests.serving import ROOT

DOCS = ROOT / "docs"
GUIDES = {lang: (DOCS / f"guide.{lang}.md").read_text(encoding="utf-8") for lang in LANGUAGES}
PAGES = set(
    re.findall(r'(?:url_path=|_aside\(.*, )"([a-z-]+)"', (ROOT / "dashboard.py").read_text(encoding="utf-8"))
)
COMMANDS = {
    "etl": ROOT / "etl" / "__main__.py",
    "exports": ROOT / "exports" / "__main__.py",
}


def images(text: str) -> list[tuple[str, str]]:
    """Alt text and path of each picture."""
    return re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_picture_exists_is_described_and_is_light(lang):
    found = images(GUIDES[lang])
    assert [path for _, path in found] == list(dict.fromkeys(path for _, path in found))
    for described, path in found:
        assert len(described) > 20
        assert path.endswith(f".{lang}.png")
        with Image.open(DOCS / path) as image:
            assert image.width == WIDTH
        assert (DOCS / path).stat().st_size <= LARGEST


def test_every_picture_is_shown_somewhere():
    readme = (ROOT / "README.md").read_text(encoding="utf-8").replace("docs/", "")
    shown = {path for text in (*GUIDES.values(), readme) for _, path in images(text)}
    assert {f"images/{path.name}" for path in (DOCS / "images").iterdir()} == shown
    assert {f"images/{shot.name}.{lang}.png" for shot in SHOTS for lang in LANGUAGES} <= shown


def test_both_guides_have_the_same_parts_pictures_tables_steps_and_commands():
    for pattern in (
        r"^#+ ", r"^\d\. ", r"^\|", r"^```", r"images/[a-z]+", r"python -m [a-z]+ [a-z]+", r"^!\[", r"/[a-z]+-[a-z-]+",
    ):  # fmt: skip
        found = {lang: re.findall(pattern, text, re.MULTILINE) for lang, text in GUIDES.items()}
        assert found["vi"] == found["en"], pattern


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_that_is_named_exists(lang):
    named = set(re.findall(r"localhost:8501/([a-z-]+)", GUIDES[lang])) | set(
        re.findall(r"`/([a-z-]+)`", GUIDES[lang])
    )
    assert named
    assert named <= PAGES


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_command_that_is_named_exists(lang):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make ([a-z-]+)", GUIDES[lang]):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    commands = re.findall(r"python -m ([a-z]+) ([a-z]+)((?: --[a-z]+| [^\s`–-]+)*)", GUIDES[lang])
    assert len(commands) >= 8
    for module, command, rest in commands:
        code = COMMANDS[module].read_text(encoding="utf-8")
        assert f'"{command}"' in code, command
        for option in re.findall(r"--[a-z]+", rest):
            assert f'"{option}"' in code, option


@pytest.mark.parametrize("lang", LANGUAGES)
def test_links_within_the_project_are_relative_and_lead_somewhere(lang):
    for target in re.findall(r"(?<!!)\[[^\]]+\]\(([^)]+)\)", GUIDES[lang]):
        assert target.startswith("http://localhost:8501/") or (DOCS / target).is_file()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_buttons_and_choices_are_called_as_on_the_screen(lang):
    words = words_in(lang)
    every = [words.pick(entry["vi"], entry["en"]) for entry in entries().values()]
    for name in re.findall(r"\*\*([^*]+)\*\*", GUIDES[lang]):
        plain = name.rstrip(".")
        own = lang == "vi" and plain == "English"
        heads = (
            "Nộp ",
            "Sau khi",
            "Báo cáo theo",
            "Handing in",
            "After",
            "Reports on",
            "1/7/2025",
            "1 Jul 2025",
        )
        if not own and not plain.startswith(heads):
            assert any(plain.removesuffix(" (PPTX)") in said for said in every), plain
