"""The empty deck: 16:9, two layouts, our colours and type, made from the XML in ``parts/``."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from string import Template
from xml.sax.saxutils import escape

from pptx import Presentation
from pptx.presentation import Presentation as Deck

from charts.palette import LIGHT
from i18n import Lang, words_in

FOLDER = Path(__file__).resolve().parent / "parts"
FONT = "Be Vietnam Pro"
LANGUAGE_TAGS: dict[Lang, str] = {"vi": "vi-VN", "en": "en-GB"}
OPENING, SLIDE = 0, 1
"""The layouts, by their place."""


def empty_deck(lang: Lang) -> Deck:
    """A deck without slides, its words and its proofing language in one language."""
    words = words_in(lang)
    values = {
        "lang": LANGUAGE_TAGS[lang],
        "font": FONT,
        "product": words("common.product"),
        "master_title": words("deck.master_title"),
        "master_text": words("deck.master_text"),
        "layout_opening": words("deck.layout_opening"),
        "layout_slide": words("deck.layout_slide"),
        "pale": LIGHT.ramp[0],
        **{
            name: getattr(LIGHT, name)
            for name in ("ink", "muted", "line", "surface", "accent", "main", "above")
        },
        **{f"category{n}": colour for n, colour in enumerate(LIGHT.category, 1)},
    }
    told = {name: escape(value.removeprefix("#"), {'"': "&quot;"}) for name, value in values.items()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(FOLDER.rglob("*")):
            if path.is_file():
                text = Template(path.read_text(encoding="utf-8")).substitute(told)
                archive.writestr(path.relative_to(FOLDER).as_posix(), text)
    packed.seek(0)
    return Presentation(packed)
