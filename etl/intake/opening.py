"""A path to grids: what kind of file it is, its encoding and delimiter, or why it is not opened."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from etl.files import sha256_of
from etl.intake import dialect
from etl.intake.encodings import converted, decode, legacy_of_cells
from etl.intake.grid import Sheet
from etl.intake.layout import Spellings, nearest_header
from etl.intake.record import Intake
from etl.intake.reference import Reference
from etl.intake.workbook import Limits, Refused, read_workbook

_LOOKED_AT = 400
"""Lines in which the header is looked for when the delimiter is chosen."""
_MAGIC = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel 97-2003 .xls, Word .doc, hoặc có mật khẩu / or with a password"),
    (b"%PDF", "PDF"), (b"{\\rtf", "RTF"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"), (b"\x1f\x8b", "gzip"),
)  # fmt: skip


@dataclass
class Opened:
    """The grids of one file and codes of findings about the whole."""

    sheets: list[Sheet]
    notes: list[str]


def open_file(
    path: Path, intake: Intake, reference: Reference, known: list[Spellings], limits: Limits
) -> Opened:
    """The grids of a file; kind, digest, encoding and delimiter are noted on ``intake``. Raises Refused."""
    try:
        if path.is_dir():
            raise Refused("not_a_file")
        size = path.stat().st_size
        with path.open("rb") as stream:
            start = stream.read(4096)
        _refuse_by_start(start, size, limits)
        intake.sha256 = sha256_of(path)
        if start[:2] == b"PK":
            intake.kind = "workbook"
            return _open_workbook(path, intake, reference, limits)
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise Refused("missing_file") from error
    except OSError as error:
        raise Refused("unreadable", error.strerror or type(error).__name__) from error
    intake.kind = "text"
    return Opened([_text_sheet(data, intake, reference, known)], [])


def _refuse_by_start(start: bytes, size: int, limits: Limits) -> None:
    if not start.strip(b" \t\r\n\0\xef\xbb\xbf"):
        raise Refused("empty_file")
    for magic, kind in _MAGIC:
        if start.startswith(magic):
            raise Refused("old_format", kind)
    limit = limits.workbook_bytes if start[:2] == b"PK" else limits.text_bytes
    if size > limit:
        raise Refused(
            "too_large",
            f"{size >> 20} MB, tối đa {limit >> 20} MB",
            f"{size >> 20} MB, at most {limit >> 20} MB",
        )
    if start.lstrip()[:5] in (b"<?xml", b"<html", b"<HTML", b"<!DOC"):
        raise Refused("old_format", "HTML, XML")


def _open_workbook(path: Path, intake: Intake, reference: Reference, limits: Limits) -> Opened:
    book = read_workbook(path, limits)
    texts = (
        cell.text for sheet in book.sheets for row in sheet.rows for cell in row.cells if cell.stored is None
    )
    legacy = legacy_of_cells(texts, reference.vocabulary)
    if legacy:
        intake.encoding = legacy
        for sheet in book.sheets:
            sheet.rows = [
                replace(row, cells=tuple(replace(c, text=converted(c.text, legacy)) for c in row.cells))
                for row in sheet.rows
            ]
    return Opened(book.sheets, book.notes)


def _text_sheet(data: bytes, intake: Intake, reference: Reference, known: list[Spellings]) -> Sheet:
    decoded = decode(data, reference.vocabulary)
    if _is_binary(decoded.text if decoded.text is not None else data[:4096].decode("latin-1")):
        raise Refused("binary")
    if decoded.text is None:
        line = _line_of_bad_byte(data)
        tried = ", ".join(decoded.candidates)
        raise Refused(
            "encoding_unknown",
            tried or f"UTF-8, sai ở dòng {line}",
            tried or f"UTF-8, with a wrong byte in line {line}",
        )
    intake.encoding = decoded.encoding
    lines = dialect.lines_of(decoded.text)
    intake.delimiter = _delimiter(lines[:_LOOKED_AT], known)
    return Sheet(dialect.records(lines, intake.delimiter))


def _line_of_bad_byte(data: bytes) -> int:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return data[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
    return 1


def _is_binary(text: str) -> bool:
    start = text[:4096]
    control = sum(1 for char in start if ord(char) < 32 and char not in "\t\r\n\f\x1a")
    return "\0" in start or control > len(start) // 50


def _delimiter(lines: list[str], known: list[Spellings]) -> str:
    """The delimiter with which the header fits a contract best."""

    def fit(delimiter: str) -> tuple[bool, int]:
        header = nearest_header([Sheet(dialect.records(lines, delimiter))], known)
        return (header.supplied, header.score) if header else (False, -1)

    return max(dialect.DELIMITERS, key=fit)
