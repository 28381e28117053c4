"""Files to take away: a table in the format that is wanted, a screen as a workbook, everything there is.

A small file is made at the click on its button. A large one is made while the reader watches a bar, and then waits for
a while in a folder under an address that nobody can guess (``send`` answers it).
"""

from __future__ import annotations

import asyncio
import atexit
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Literal
from urllib.parse import quote

import streamlit as st
from starlette.responses import FileResponse, PlainTextResponse
from starlette.types import Receive, Scope, Send

import exports
from exports import NoUnits, Progress, Table, TooManyFigures
from i18n import Lang, decimal
from queries.warehouse import Warehouse
from ui import address
from ui.context import View

Format = Literal["xlsx", "csv", "csv_zip", "parquet", "json", "geojson"]
FORMATS: tuple[Format, ...] = ("xlsx", "csv", "csv_zip", "parquet", "json", "geojson")
ENDINGS: dict[Format, str] = {
    "xlsx": "xlsx", "csv": "csv", "csv_zip": "zip", "parquet": "parquet", "json": "json", "geojson": "geojson",
}  # fmt: skip
CSV: tuple[Format, ...] = ("csv", "csv_zip")
SMALL = 20_000
"""Rows up to which a file is made at the click."""
KEPT_FOR = 30 * 60
"""Seconds that a large file waits to be fetched."""
ABANDONED = 6 * 3600
"""Seconds after which a file that was never finished goes: its server was killed."""
PREFIX = "/xuat/"


@dataclass(frozen=True)
class Manner:
    """How a table is written: the format, and for CSV words or codes and the decimal sign."""

    format: Format
    words: Literal["labels", "codes"] = "labels"
    decimal: Literal[".", ","] = "."


def write(table: Table, path: Path, lang: Lang, manner: Manner, progress: Progress) -> int:
    """Write a table in the format that is wanted; returns its rows. Raises what the writer raises."""
    if manner.format == "xlsx":
        return exports.write_xlsx(table, path, lang, progress=progress)
    if manner.format in CSV:
        writer = exports.write_csv if manner.format == "csv" else exports.write_csv_zip
        return writer(table, path, lang, words=manner.words, decimal=manner.decimal, progress=progress)
    plain = {"parquet": exports.write_parquet, "json": exports.write_json, "geojson": exports.write_geojson}
    return plain[manner.format](table, path, progress=progress)


# ---- Files that wait ----------------------------------------------------------------------------------------------


told_of_exports: list[Callable[[str], None]] = []
"""Who wants to know of each file that was made, by the ending of its name."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{24}")
_lock = Lock()
_folder: list[Path] = []


def folder() -> Path:
    """Where files wait. EXPORTS_DIR names a folder that several servers share; else one of this process, gone with it."""
    if shared := os.environ.get("EXPORTS_DIR"):
        Path(shared).mkdir(parents=True, exist_ok=True)
        return Path(shared)
    with _lock:
        if not _folder:
            made = Path(tempfile.mkdtemp(prefix="exports-"))
            atexit.register(shutil.rmtree, made, ignore_errors=True)
            _folder.append(made)
        return _folder[0]


def keep(make: Callable[[Path], object], name: str) -> tuple[str, int]:
    """Make a file and let it wait; its address and its bytes. Files whose time is over go. Raises what ``make`` raises."""
    where, token = folder(), secrets.token_urlsafe(18)
    place, in_work = where / token, where / f".{token}"
    in_work.mkdir(mode=0o700)
    try:
        make(in_work / name)
        size = (in_work / name).stat().st_size
        os.utime(in_work, times=(time.time(), time.time() + KEPT_FOR))
        in_work.rename(place)
    except BaseException:
        shutil.rmtree(in_work, ignore_errors=True)
        raise
    _tell(name)
    for old in where.iterdir():
        if _TOKEN.fullmatch(old.name.removeprefix(".")) and _is_over(old):
            shutil.rmtree(old, ignore_errors=True)
    return f"{PREFIX}{token}/{quote(name)}", size


def _is_over(place: Path) -> bool:
    """Whether a file's time is over. The date of its folder says until when it waits, to every server that shares it."""
    try:
        until = place.stat().st_mtime
    except OSError:
        return True
    return until + (ABANDONED if place.name.startswith(".") else 0) < time.time()


def _waiting(token: str) -> Path | None:
    """The file that waits under a token."""
    place = folder() / token
    if not _TOKEN.fullmatch(token) or not place.is_dir() or _is_over(place):
        return None
    return next((path for path in place.iterdir() if path.is_file()), None)


def _tell(name: str) -> None:
    for told in told_of_exports:
        told(Path(name).suffix.removeprefix("."))


async def send(scope: Scope, receive: Receive, send_on: Send) -> None:
    """Answer a request for a file that waits (ASGI). 404, in both languages, for any other address."""
    token = scope["path"].removeprefix(PREFIX).partition("/")[0]
    path = await asyncio.to_thread(_waiting, token) if scope["method"] in ("GET", "HEAD") else None
    if path is None:
        text = "Tệp không còn nữa. Hãy xuất lại.\nThe file is gone. Export it again.\n"
        await PlainTextResponse(text, status_code=404)(scope, receive, send_on)
        return
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    await FileResponse(path, filename=path.name, headers=headers)(scope, receive, send_on)


# ---- On the screen ------------------------------------------------------------------------------------------------


def made_at_click(make: Callable[[Path], object], name: str) -> Callable[[], bytes]:
    """The bytes of a file, made when they are asked for; for the button of a small file."""

    def made() -> bytes:
        with tempfile.TemporaryDirectory(prefix="exports-") as scratch:
            path = Path(scratch) / name
            make(path)
            _tell(name)
            return path.read_bytes()

    return made


def choose_manner(view: View, formats: Sequence[Format] = FORMATS) -> Manner:
    """The format of a table's file, and how a CSV is to be spelt."""
    words = view.words
    wanted = address.choose(
        "file", words("downloads.format"), tuple(formats), lambda f: words(f"downloads.format_{f}"), width=300
    )
    if wanted not in CSV:
        return Manner(wanted)
    spelt: Literal["labels", "codes"] = address.choose(
        "file_words",
        words("downloads.words"),
        ("labels", "codes"),
        lambda w: words(f"downloads.words_{w}"),
        width=230,
    )
    sign = address.choose(
        "file_sign", words("downloads.sign"), ("comma", "point"), lambda s: words(f"downloads.sign_{s}"), width=230,
        default="comma" if view.lang == "vi" else "point",
    )  # fmt: skip
    return Manner(wanted, spelt, "," if sign == "comma" else ".")


def offer(
    view: View, table: Callable[[], Table], rows: int | None, *, formats: Sequence[Format] = FORMATS
) -> None:
    """A table with so many rows to take away, in the format that the reader chooses; None where nobody counted them."""
    words = view.words
    number = words("downloads.every") if rows is None else decimal(rows, view.lang)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        manner = choose_manner(view, formats)
        if rows is not None and rows <= SMALL and manner.format != "geojson":
            made = table()
            name = exports.file_name(made, view.lang, ENDINGS[manner.format])
            st.download_button(
                words("downloads.button", rows=number),
                made_at_click(lambda path: write(made, path, view.lang, manner, _unheard), name),
                name,
                icon=":material/download:",
                on_click="ignore",
            )
            return
        wanted = st.button(words("downloads.prepare", rows=number), icon=":material/download:")
    if wanted:
        try:
            made = table()
        except exports.FAILURES as error:
            st.error(words("downloads.failed", why=str(error)[:200]), icon=":material/error:")
            return
        name = exports.file_name(made, view.lang, ENDINGS[manner.format])
        _prepared(view, name, lambda path, progress: write(made, path, view.lang, manner, progress))


def _unheard(_done: int, _total: int) -> None:
    return None


def _prepared(view: View, name: str, make: Callable[[Path, Progress], object]) -> None:
    """Make a large file under a bar, and show where it is."""
    words = view.words
    bar = st.progress(0.0, words("downloads.working"))

    def heard(done: int, total: int) -> None:
        bar.progress(min(1.0, done / total) if total else 0.0, words("downloads.working"))

    try:
        link, size = keep(lambda path: make(path, heard), name)
    except NoUnits:
        st.error(words("downloads.no_units"), icon=":material/error:")
    except TooManyFigures:
        st.error(words("downloads.too_many"), icon=":material/error:")
    except exports.FAILURES as error:
        st.error(words("downloads.failed", why=str(error)[:200]), icon=":material/error:")
    else:
        told = words(
            "downloads.ready", name=name, size=decimal(size / 1e6, view.lang, 1), minutes=KEPT_FOR // 60
        )
        st.markdown(f":material/download_done: [{told}]({link})")
    finally:
        bar.empty()


def workbook_button(view: View, label: str, tables: Callable[[], Sequence[Table]], name: str) -> None:
    """Several tables as one workbook, made at the click."""
    make = made_at_click(lambda path: exports.write_xlsx(tables(), path, view.lang), name)
    st.download_button(label, make, name, icon=":material/download:", on_click="ignore", type="tertiary")


def everything(view: View, found: Warehouse) -> None:
    """The whole warehouse: as a data package, and as the file itself."""
    words = view.words
    with st.container(horizontal=True, vertical_alignment="center"):
        package = st.button(words("downloads.package"), icon=":material/folder_zip:")
        whole = st.button(words("downloads.warehouse"), icon=":material/database:")
    st.caption(words("downloads.everything_help"))
    if package:
        name = exports.package_name(found, view.lang)
        _prepared(view, name, lambda path, progress: exports.write_package(found, path, progress=progress))
    if whole:
        name = exports.warehouse_name(found, view.lang)
        _prepared(view, name, lambda path, progress: exports.write_warehouse(found, path, progress=progress))
