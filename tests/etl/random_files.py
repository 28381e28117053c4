"""Random tables written as CSV in the ways that spreadsheets write them, with the line on which each record begins."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from hypothesis import strategies as st

from etl.contracts import parse_contract

CONTRACT = parse_contract(
    """
    table: slips
    kind: report
    title: {vi: Phiếu, en: Slips}
    row: {vi: một phiếu, en: one slip}
    key: [code]
    may_be_empty: true
    columns:
      - {name: code, type: text, required: true, label: {vi: Mã, en: Code}, definition: {vi: Mã., en: The code.}}
      - {name: remark, type: text, label: {vi: Lời, en: Remark}, definition: {vi: Lời., en: Words.}}
      - {name: amount, type: integer, minimum: 0, label: {vi: Số, en: Amount}, definition: {vi: Số., en: A number.}}
    """,
    "slips.yml",
)
BLANKS = " \t\u00a0"
DELIMITERS = ",;\t"
LINE_ENDS = ("\n", "\r\n", "\r")


@dataclass(frozen=True)
class RandomFile:
    """The bytes of a file and, for each record that is not blank, its first line and its cells as typed in."""

    content: bytes
    records: tuple[tuple[int, tuple[str, ...]], ...]

    def __repr__(self) -> str:
        return f"RandomFile({self.content!r})"


_codes = st.sampled_from(["", " ", "A", "B", "C", "D", "Đ", "\u00a0A", "B\t", "E,", "F;", 'G"', "H\nI", "#J"])
_remarks = st.lists(
    st.sampled_from(
        [*"ab,;\t\" \n\r#'\\", "\u00a0", "Đ", "ườ", "ế", "e\u0302\u0301", "\u2028", "\x0b", "1", "-"]
    ),
    max_size=8,
).map("".join)
_amounts = st.sampled_from(["", "0", "7", "12", " 12 ", "1.234", "-1", "x", "9" * 18, "9" * 19])
_records = st.tuples(_codes, _remarks, _amounts)
_any_width = st.lists(_remarks, min_size=1, max_size=5).map(tuple)


@st.composite
def random_files(draw: st.DrawFn, *, broken_rows: bool = True) -> RandomFile:
    """A file of the contract ``slips``: any delimiter, line end, quoting, blank lines, and rows of a wrong width."""
    delimiter = draw(st.sampled_from(DELIMITERS))
    end = draw(st.sampled_from(LINE_ENDS))
    widths = st.one_of(_records, _records, _records, _any_width) if broken_rows else _records
    rows = draw(st.lists(st.one_of(widths, st.just(()), st.just(("", "", ""))), max_size=12))
    text = draw(st.sampled_from(["", "\ufeff"])) + delimiter.join(["code", "remark", "amount"]) + end
    records = []
    for cells in rows:
        line = 1 + _breaks(text)
        text += delimiter.join(_quoted(cell, draw(st.booleans()), delimiter) for cell in cells) + end
        if any(cell.strip(BLANKS) for cell in cells):
            records.append((line, cells))
    if draw(st.booleans()):
        text = text[: -len(end)]
    return RandomFile(text.encode(), tuple(records))


def _breaks(text: str) -> int:
    return len(re.findall("\r\n|\r|\n", text))


def _quoted(cell: str, anyhow: bool, delimiter: str) -> str:
    if anyhow or any(mark in cell for mark in (delimiter, '"', "\n", "\r")):
        return '"' + cell.replace('"', '""') + '"'
    return cell


@dataclass(frozen=True)
class Expected:
    """What is to become of a random file, worked out in plain Python."""

    rows_in: int
    rejected: int
    duplicate: int
    kept: tuple[tuple[int, str, str | None, int | None], ...]


def expected(file: RandomFile) -> Expected:
    """Judge each record by itself, then look for repeated codes."""
    good: list[tuple[int, str, str | None, int | None]] = []
    for line, cells in file.records:
        if len(cells) != 3:
            continue
        code, remark, amount = (unicodedata.normalize("NFC", cell.strip(BLANKS)) for cell in cells)
        number = int(amount) if re.fullmatch("[+-]?[0-9]+", amount) else None
        if not code or (amount and (number is None or not 0 <= number < 2**63)):
            continue
        good.append((line, code, remark or None, number))
    kept, duplicate = [], 0
    for row in good:
        same = [other for other in good if other[1] == row[1]]
        if len({other[1:] for other in same}) > 1:
            continue
        if row == same[0]:
            kept.append(row)
        else:
            duplicate += 1
    rejected = len(file.records) - len(kept) - duplicate
    return Expected(len(file.records), rejected, duplicate, tuple(kept))
