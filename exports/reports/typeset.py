"""Blocks in, PDF out, by typst: no browser, no internet, the project's own type, tagged for screen readers."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from exports.files import whole_or_nothing
from exports.reports.blocks import Document

FOLDER = Path(__file__).resolve().parent
FONTS = FOLDER / "fonts"
TEMPLATE = FOLDER / "templates" / "document.typ"
STANDARD: Literal["ua-1"] = "ua-1"
"""PDF/UA: what a screen reader needs is there, or no file is made."""
_SETTING = threading.Lock()


def pdf(document: Document) -> bytes:
    """A document as PDF."""
    import typst

    # The compiler takes both cores by itself; two at once would only wait for each other.
    with _SETTING:
        return typst.compile(
            str(TEMPLATE),
            format="pdf",
            root=str(TEMPLATE.parent),
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(asdict(document), ensure_ascii=False)},
            pdf_standards=STANDARD,
        )


def write_pdf(document: Document, out: Path) -> Path:
    """A document as a file, whole or not there."""
    made = pdf(document)
    with whole_or_nothing(out) as part:
        part.write_bytes(made)
    return out
