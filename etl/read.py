"""Reading a CSV as text, so that nothing is guessed and every row keeps its line number.

Two readers with the same result. ``careful`` (Python's csv module) knows the line of every record and what
is wrong with a broken one. ``fast`` (DuckDB's scanner) serves large files in which every line is exactly one
record; where it cannot account for each line, the file goes to the careful reader.
"""

from __future__ import annotations

import csv
import mmap
import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import duckdb
import numpy as np
import pandas as pd

from etl.files import InputFile, wrong_encoding
from etl.problems import Problem

FAST_FROM_BYTES = 512 * 1024
_LONGEST_CELL = 1024 * 1024
_PIECE = 1 << 24
_BLOCK = 1 << 18
"""Bytes counted at a time: few enough to stay in the processor's cache while they are compared."""
_HARD_SPACE = "\u00a0".encode()
_BLANKS = " \t\u00a0"


@dataclass(frozen=True)
class BrokenRow:
    """A record whose number of cells does not fit the header."""

    line: int
    value: str
    cells: int


@dataclass
class Rows:
    """The records of a file as text: ``frame`` has ``line`` and one column per contract column in the file."""

    frame: pd.DataFrame
    broken: list[BrokenRow] = field(default_factory=list)

    @property
    def rows_in(self) -> int:
        """Records in the file, broken ones included, blank lines not."""
        return len(self.frame) + len(self.broken)


def careful(file: InputFile) -> Rows:
    """Read a whole file with the line number of each record.

    Raises Problem where bytes are not UTF-8, a quote is never closed, or a cell exceeds one million characters.
    """
    csv.field_size_limit(_LONGEST_CELL)
    width = len(file.columns)
    lines: list[int] = []
    records: list[list[str]] = []
    broken: list[BrokenRow] = []
    start = 1
    try:
        with file.path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, delimiter=file.delimiter, strict=True)
            next(reader)
            start = reader.line_num + 1
            for record in reader:
                cells = [cell.strip(_BLANKS) for cell in record]
                if any(cells):
                    if len(cells) == width:
                        lines.append(start)
                        records.append(cells)
                    else:
                        broken.append(BrokenRow(start, file.delimiter.join(record), len(record)))
                start = reader.line_num + 1
    except UnicodeDecodeError as error:
        raise wrong_encoding(file.name, _line_of_bad_byte(file)) from error
    except csv.Error as error:
        raise Problem(
            f"{file.name}, từ dòng {start}: không tách được ô ({error}). Kiểm tra dấu ngoặc kép mở mà không đóng.",
            f"{file.name}, from line {start}: the cells cannot be told apart ({error}). Look for a quote never closed.",
            file=file.name,
        ) from error
    except OSError as error:
        raise Problem(
            f"{file.name}: không đọc được tệp ({error.strerror}).",
            f"{file.name}: the file cannot be read ({error.strerror}).",
            file=file.name,
        ) from error
    frame = pd.DataFrame(records, columns=list(file.columns), dtype="object")
    frame.insert(0, "line", pd.Series(lines, dtype="int64"))
    return Rows(frame, broken)


def _line_of_bad_byte(file: InputFile) -> int:
    for number, line in enumerate(re.split(rb"\r\n|\r|\n", file.path.read_bytes()), start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            return number
    return 1


def tallies(files: list[InputFile]) -> list[dict[bytes, int]]:
    """How often each byte that ``is_regular`` asks about stands in each file; files are counted side by side."""
    with ThreadPoolExecutor() as pool:
        return list(pool.map(_tally, files))


def _tally(file: InputFile) -> dict[bytes, int]:
    wanted = [b"\n", b"\r", b"\t", b'"', _HARD_SPACE[:1], file.delimiter.encode()]
    found = dict.fromkeys(wanted, 0)
    with file.path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            octets = np.frombuffer(block, dtype=np.uint8)
            for byte in found:
                found[byte] += int(np.count_nonzero(octets == byte[0]))
    return found


def is_regular(
    con: duckdb.DuckDBPyConnection, file: InputFile, tally: dict[bytes, int], records: int
) -> bool:
    """Whether both readers see the same text in a file in which the fast one found so many ``records``.

    They do where each line is one record with as many cells as the header, and nothing stands in the file that
    they treat differently: a tab or a hard space, a space beside a quote, a carriage return alone.
    """
    if file.delimiter != "\t" and tally[b"\t"]:
        return False
    # Looking for more than one byte is slow, so it is done only in files that hold the first of them.
    if (tally[b"\r"] or tally[b'"'] or tally[_HARD_SPACE[:1]]) and _has_odd_places(file, tally):
        return False
    with file.path.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        lines = tally[b"\n"] + (stream.read(1) != b"\n")
    if records + 1 != lines:
        return False
    # The fast reader lets a delimiter too many pass at the end of a line.
    surplus = tally[file.delimiter.encode()] - (records + 1) * (len(file.columns) - 1)
    # A tab within quotes may stand at the edge of a cell.
    return surplus == 0 or (file.delimiter != "\t" and surplus == _delimiters_within_cells(con, file))


def _has_odd_places(file: InputFile, tally: dict[bytes, int]) -> bool:
    """Whether a hard space, a carriage return alone or a space beside a quote stands in a file."""
    with file.path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as view:
        if tally[_HARD_SPACE[:1]] and view.find(_HARD_SPACE) >= 0:
            return True
        if tally[b"\r"] and re.search(rb"\r(?!\n)", view):
            return True
        if not tally[b'"'] or not (_holds(view, b' "') or _holds(view, b'" ')):
            return False
        return _spaces_beside_quotes(file.delimiter).search(view) is not None


def _holds(view: mmap.mmap, pair: bytes) -> bool:
    """Whether two bytes stand side by side. In pieces, since searching a mapped file for two is slow."""
    return any(pair in view[start : start + _PIECE + 1] for start in range(0, len(view), _PIECE))


def _spaces_beside_quotes(delimiter: str) -> re.Pattern[bytes]:
    edge = re.escape(delimiter.encode()) + rb"\r\n"
    return re.compile(rb'[%b] +"|" +(?:[%b]|\Z)' % (edge, edge))


def _delimiters_within_cells(con: duckdb.DuckDBPyConnection, file: InputFile) -> int:
    cells = " || ".join(f"coalesce({name}, '')" for name in file.columns)
    found = con.execute(
        f"SELECT sum(length(cells) - length(replace(cells, ?, ''))) FROM (SELECT {cells} AS cells FROM {fast_relation([file])})",
        [file.delimiter],
    ).fetchone()
    return int(found[0] or 0) if found else 0


def fast_relation(files: list[InputFile]) -> str:
    """SQL of a table function that reads files of one form as text, to be used where each line is one record.

    ``file_index`` is the place of a row's file in the list.
    """
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in files[0].columns)
    paths = ", ".join("'" + str(file.path).replace("'", "''") + "'" for file in files)
    return (
        f"read_csv([{paths}], header=true, auto_detect=false, strict_mode=true, delim='{files[0].delimiter}', "
        f"quote='\"', escape='\"', nullstr='', columns={{{columns}}})"
    )
