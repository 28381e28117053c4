"""The profiles of many units as one file or as an archive of files."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from exports.files import whole_or_nothing
from exports.names import file_stem
from exports.reports.blocks import (
    Block,
)
from exports.reports.profile import document_of, name_of, page_of
from exports.reports.profile_titles import asked_for
from exports.reports.told import Teller, teller
from exports.reports.typeset import pdf
from i18n import Lang
from queries.figures import Period
from queries.ward_names import places
from queries.warehouse import Warehouse

Progress = Callable[[int, int, str], None]


class Cancelled(Exception):
    """The reader called off long work; no file was left."""


def profiles(
    w: Warehouse,
    unit_keys: Sequence[str],
    lang: Lang,
    period: Period | None,
    *,
    out: Path,
    one_file: bool,
    progress: Progress = lambda done, of, words: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Path:
    """The profiles of several units: one PDF with a page each, or an archive (ZIP) with a PDF each.

    ``progress`` is told after each unit how many are done, of how many, and its name; ``cancelled`` is asked before each.
    Raises Cancelled, and LookupError for a key of no unit; ``out`` is then as it was.
    """
    told = teller(w, lang, period)
    unknown = [key for key in unit_keys if key not in places(w)]
    if unknown:
        raise LookupError(unknown[0])
    asked, of = asked_for(told), len(unit_keys)

    def pages() -> Iterator[tuple[str, list[Block]]]:
        for done, key in enumerate(unit_keys, 1):
            if cancelled():
                raise Cancelled
            yield key, page_of(told, key, asked)
            progress(done, of, name_of(told, key))

    with whole_or_nothing(out) as partial:
        if one_file:
            made = [page for _, page in pages()]
            if cancelled():
                raise Cancelled
            title = told.words("reports.profiles_title", n=of)
            partial.write_bytes(pdf(document_of(told, made, title)))
        else:
            with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive:
                for key, page in pages():
                    archive.writestr(
                        profile_name(told, key), pdf(document_of(told, [page], name_of(told, key)))
                    )
    return out


def profile_name(told: Teller, unit_key: str) -> str:
    """The file name of one profile: code and name in ASCII, since two units may share a name."""
    place = places(told.w)[unit_key]
    return file_stem((place.code, place.name_vi)) + ".pdf"
