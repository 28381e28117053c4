"""File names that say what is inside, in ASCII, so that they survive any disk, mail or archive."""

from __future__ import annotations

import re
from collections.abc import Iterable

from queries.text import plain

LONGEST_PART = 48
"""A name has five parts at most: old disks and archives stop at 255 characters with the folder."""


def ascii_name(text: str) -> str:
    """“Gia đình học tập (công nhận)” → “gia-dinh-hoc-tap-cong-nhan”; empty where nothing can be said in ASCII."""
    kept = re.sub(r"[^a-z0-9.]+", "-", plain(text).encode("ascii", "ignore").decode())
    return re.sub(r"-?\.-?", ".", kept).strip("-.")


def file_stem(parts: Iterable[str]) -> str:
    """The parts of a name, each in ASCII and not too long, with ``_`` between them."""
    found = [name for part in parts if (name := _short(ascii_name(part)))]
    return "_".join(found) or "file"


def _short(name: str) -> str:
    """A part of a name, cut between words."""
    if len(name) <= LONGEST_PART:
        return name
    return name[: LONGEST_PART + 1].rpartition("-")[0] or name[:LONGEST_PART]
