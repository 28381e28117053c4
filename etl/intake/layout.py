"""Finding the tables in a grid: headers of one or two rows, what stands above them, units rows, totals, notes, several
tables one below the other.

A header is a row, or two or three rows together, whose labels are spellings of one contract's columns and among which all that the
contract requires can be found, or else supplied by the lines above the table. Nothing else makes a table.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from etl.contracts import Contract
from etl.files import spelling
from etl.intake.folding import clean, fold
from etl.intake.grid import Row, Sheet
from etl.intake.record import Skipped

_SERIAL = {"stt", "tt", "so tt", "so thu tu", "no", "no.", "#"}
_UNIT_WORDS = {
    "ho", "nguoi", "gia dinh", "dong ho", "don vi", "truong", "lop", "hoc sinh", "giao vien", "cai", "so", "so luong",
    "cong dong", "ten", "ma", "trung tam", "luot", "luot nguoi", "dot", "hv",
}  # fmt: skip
_BRACKET = re.compile(r"\s*\(([^()]*)\)\s*$")
_NUMBERING = re.compile(r"\(?(?:[a-e]|\d{1,2}(?:\s*=.*)?)\)?")
_TOTAL = re.compile(
    r"(?:tong(?: cong| so)?|cong|total|sub-?total|grand total|tong cong .*|tong so .*"
    r"|cong (?:nhom|cum|khu vuc|khoi|cac|theo) .*|toan (?:thanh pho|quan|huyen|xa|phuong))\s*[:.]?"
)
_SECTION = re.compile(r"(?:[ivx]+|[a-e]|\d{1,2})\s*[.)/-]\s*\D.*|(?:khoi|nhom|cum|khu vuc) .*")
_SCALED = re.compile(r"(?:nghin|ngan|trieu|ty|1[.,]?000(?:[.,]?000)?)\b(?! dong)")
_SCALE_PLACE = re.compile(r"(?:don vi(?: tinh)?|dvt)\s*:?\s*(.*)")
_FIGURE = re.compile(r"[+-]?[\d.,\s]+%?")
_CODE = re.compile(r"\S*\d\S*")
MOST_HEADER_ROWS = 3
_LONGEST_LABEL = 200


@dataclass
class Header:
    """A header found: ``columns`` contract column → index; ``rates`` and ``unknown`` index → label as written.

    ``width`` is its number of cells; ``even``: all its rows have as many.
    """

    contract: Contract
    first: int
    height: int
    width: int
    even: bool = True
    columns: dict[str, int] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    rates: dict[int, str] = field(default_factory=dict)
    unknown: dict[int, str] = field(default_factory=dict)
    serials: set[int] = field(default_factory=set)
    repeated: list[str] = field(default_factory=list)

    @property
    def missing(self) -> list[str]:
        """Required columns that the labels do not hold."""
        return [c.name for c in self.contract.columns if c.required and c.name not in self.columns]

    @property
    def supplied(self) -> bool:
        """Whether all that is missing may come from a column of names or from the lines above."""
        unit = self.contract.reporting_unit
        may_be_above = {unit.code, unit.at} if unit else set()
        return all(name in may_be_above for name in self.missing)

    @property
    def score(self) -> int:
        """How well the labels fit."""
        return 2 * len(self.columns) - len(self.missing) - len(self.unknown) - len(self.repeated)


@dataclass
class Found:
    """A table in a grid: its header, the texts above it, its rows, total rows and what was passed over."""

    header: Header
    headings: list[str]
    earlier: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    totals: list[tuple[int, Row]] = field(default_factory=list)
    incomplete: set[int] = field(default_factory=set)
    skipped: list[Skipped] = field(default_factory=list)


class Spellings:
    """The accepted labels of one contract, with and without diacritics."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._exact: dict[str, str] = {}
        folded: dict[str, set[str]] = {}
        for column in contract.columns:
            for label in (column.name, column.label.vi, column.label.en, *column.headers):
                self._exact.setdefault(spelling(label), column.name)
                folded.setdefault(fold(label), set()).add(column.name)
        self._folded = {label: names.pop() for label, names in folded.items() if len(names) == 1}
        self._seen: dict[str, str | None] = {}

    def column(self, label: str) -> str | None:
        """The column that a label names; None for none."""
        if len(label) > _LONGEST_LABEL:
            return None
        if label not in self._seen:
            if len(self._seen) > 10_000:
                self._seen.clear()
            self._seen[label] = self._look_up(label)
        return self._seen[label]

    def _look_up(self, label: str) -> str | None:
        written = clean(label)
        for form in (written, _without_unit(written)):
            name = self._exact.get(spelling(form)) or self._folded.get(fold(form))
            if name:
                return name
        return None


def _without_unit(label: str) -> str:
    """A label without a unit of counting in brackets. Other brackets carry meaning and stay."""
    found = _BRACKET.search(label)
    return label[: found.start()] if found and fold(found.group(1)) in _UNIT_WORDS else label


def is_rate(label: str) -> bool:
    """Whether a label is that of a rate, which the contracts work out from counts and do not take."""
    return "%" in label or fold(label).startswith(("ty le", "ti le", "rate"))


def _place(header: Header, index: int, labels: list[str], spellings: Spellings) -> None:
    """Decide what one column is from its labels, the lowest first."""
    texts = [text for text in reversed(labels) if clean(text)]
    if not texts:
        return
    texts.append(" ".join(clean(text) for text in labels if clean(text)))
    if any(is_rate(text) for text in texts):
        header.rates[index] = clean(texts[0])
        return
    for text in texts:
        name = spellings.column(text)
        if name and name in header.columns:
            header.repeated.append(clean(text))
            return
        if name:
            header.columns[name], header.labels[name] = index, clean(text)
            return
    if fold(texts[0]) in _SERIAL:
        header.serials.add(index)
    else:
        header.unknown[index] = clean(texts[0])


def _header_at(rows: list[Row], first: int, height: int, spellings: Spellings) -> Header | None:
    taken = rows[first : first + height]
    if len(taken) < height or any(row.blank for row in taken):
        return None
    width = max(len(row.cells) for row in taken)
    if width > 500:
        return None
    header = Header(spellings.contract, first, height, width)
    header.even = len({len(row.cells) for row in taken}) == 1
    for index in range(width):
        _place(header, index, [row.at(index).text for row in taken], spellings)
    return header if len(header.columns) >= 3 and header.score > 0 else None


def _adds_labels(rows: list[Row], header: Header, smaller: Header | None, spellings: Spellings) -> bool:
    """Whether the lowest row of a header is one of labels, so that no row of figures is taken for a header."""
    if smaller is None or header.height == 1:
        return True
    lowest = rows[header.first + header.height - 1]
    texts = [clean(cell.text) for cell in lowest.cells if not cell.blank]
    figures = any(re.fullmatch(r"[\d.,\s]+%?", text) for text in texts)
    return not figures and len(header.columns) > len(smaller.columns)


def header_at(rows: list[Row], first: int, known: Iterable[Spellings]) -> Header | None:
    """The header that begins at a row, of the contract that fits best; None where there is none or two fit alike."""
    best: list[Header] = []
    for spellings in known:
        chosen: Header | None = None
        for height in range(1, MOST_HEADER_ROWS + 1):
            header = _header_at(rows, first, height, spellings)
            better = header is not None and (chosen is None or header.score > chosen.score)
            if header and better and _adds_labels(rows, header, chosen, spellings):
                chosen = header
        if chosen:
            best.append(chosen)
    best.sort(key=lambda header: (header.supplied, header.score), reverse=True)
    if not best or (len(best) > 1 and _rank(best[0]) == _rank(best[1])):
        return None
    return best[0]


def _rank(header: Header) -> tuple[bool, int]:
    return header.supplied, header.score


def nearest_header(sheets: Iterable[Sheet], known: list[Spellings]) -> Header | None:
    """The best row of labels that still lacks something required, to tell what is missing."""
    best: Header | None = None
    for sheet in sheets:
        for first in range(min(len(sheet.rows), 200)):
            header = header_at(sheet.rows, first, known)
            if header and (best is None or header.score > best.score):
                best = header
    return best


def find_tables(sheet: Sheet, known: list[Spellings]) -> list[Found]:
    """Every table of a sheet, from top to bottom."""
    headers: list[Header] = []
    position = 0
    while position < len(sheet.rows):
        row = sheet.rows[position]
        # a row of figures may hold a word that heads a column elsewhere
        of_figures = bool(headers) and _holds_data(row, headers[-1])
        header = header_at(sheet.rows, position, known) if not of_figures and _has_label(row, known) else None
        if header is None or not header.supplied:
            position += 1
            continue
        if not headers or not _same_labels(headers[-1], header):  # else the header again on a printed page
            headers.append(header)
        position += header.height
    tables: list[Found] = []
    start = 0
    for header, following in itertools.zip_longest(headers, headers[1:]):
        end = following.first if following else len(sheet.rows)
        table, start = _table(sheet, header, start, end)
        table.earlier = [text for before in tables for text in before.headings]
        tables.append(table)
    return tables


def _has_label(row: Row, known: list[Spellings]) -> bool:
    return any(s.column(cell.text) for cell in row.cells[:500] if cell.text for s in known)


def _same_labels(one: Header, other: Header) -> bool:
    return one.contract is other.contract and one.columns == other.columns and one.labels == other.labels


def _table(sheet: Sheet, header: Header, start: int, end: int) -> tuple[Found, int]:
    """The table below a header, and the index behind its last row. ``start``: where the lines above it begin."""
    above = sheet.rows[start : header.first]
    found = Found(header, [clean(cell.text) for row in above for cell in row.cells if not cell.blank])
    if start == 0:  # else they were passed over as what stands below the table before
        found.skipped += [Skipped(row.line, "blank" if row.blank else "heading") for row in above]
    body = header.first + header.height
    found.skipped += [Skipped(row.line, "header") for row in sheet.rows[header.first : body]]
    while body < end and _is_units_row(sheet.rows[body]):
        row = sheet.rows[body]
        found.skipped.append(Skipped(row.line, "units"))
        found.headings += [f"ĐVT: {text}" for text in _filled(row)]
        body += 1
    rows = sheet.rows[body:end]
    last = max((n for n, row in enumerate(rows) if _holds_data(row, header)), default=-1)
    head = sheet.rows[header.first : header.first + header.height]
    labels = {fold(text) for row in head for text in _filled(row)}
    for number, row in enumerate(rows):
        kind = _kind_of(row, header, labels, in_tail=number > last)
        if kind in ("row", "incomplete"):
            found.rows.append(row)
            if kind == "incomplete":
                found.incomplete.add(row.line)
            continue
        found.skipped.append(Skipped(row.line, kind))
        if kind == "total":
            found.totals.append((len(found.rows), row))
    return found, body + last + 1


def _filled(row: Row) -> list[str]:
    return [clean(cell.text) for cell in row.cells if not cell.blank]


def _is_units_row(row: Row) -> bool:
    """A row of units (“hộ”, “người”) or of numbers of columns (“A”, “(1)”, “3=2/1”) right below the header."""
    texts = _filled(row)
    if len(texts) < 2 or row.fault:
        return False
    folded = [fold(text) for text in texts]
    if all(_NUMBERING.fullmatch(text) for text in folded):
        numbers = [int(found.group()) for text in folded if (found := re.search(r"\d+", text))]
        return (
            len(texts) >= 3 and len(numbers) >= 2 and all(b == a + 1 for a, b in itertools.pairwise(numbers))
        )
    plain = {text.strip("() ") for text in folded}
    return all(text in _UNIT_WORDS or text in ("%", "x") or _SCALED.search(text) for text in plain)


def _figures(header: Header) -> list[int]:
    return [
        header.columns[c.name]
        for c in header.contract.columns
        if c.type in ("integer", "number") and c.name in header.columns
    ]


def _holds_data(row: Row, header: Header) -> bool:
    """Whether a row has a figure where figures belong, or says what it is about and of whom. Notes and signatures do neither."""
    if row.blank or _is_total(row, header):
        return False
    figure = any(row.at(n).fault or any(char.isdigit() for char in row.at(n).text) for n in _figures(header))
    mapped = [n for n in header.columns.values() if not row.at(n).blank]
    required = [
        header.columns[c.name] for c in header.contract.columns if c.required and c.name in header.columns
    ]
    return (figure and len(mapped) >= 2) or (_has_code(row, header) and set(required) <= set(mapped))


def _has_code(row: Row, header: Header) -> bool:
    code = header.columns.get("unit_code", header.columns.get("school_code", -1))
    return code >= 0 and bool(_CODE.fullmatch(clean(row.at(code).text)))


def _is_total(row: Row, header: Header) -> bool:
    texts = [fold(text) for text in _filled(row)[:3]]
    if not any(_TOTAL.fullmatch(text) for text in texts):
        return False
    code = header.columns.get("unit_code", header.columns.get("school_code"))
    return code is None or row.at(code).blank or bool(_TOTAL.fullmatch(fold(row.at(code).text)))


def _kind_of(row: Row, header: Header, labels: set[str], *, in_tail: bool) -> str:
    if row.blank:
        return "blank"
    texts = _filled(row)
    if len(texts) >= 2 and {fold(text) for text in texts} <= labels:
        return "header"
    if _is_total(row, header):
        return "total"
    if row.fault and not in_tail:
        return "row"
    if _holds_data(row, header):
        return "row"
    if len(texts) == 1 and _SECTION.fullmatch(fold(texts[0])):
        return "section"
    mapped = [n for n in header.columns.values() if not row.at(n).blank]
    loose = in_tail and len(mapped) < 3 and not row.fault and not _has_code(row, header)
    return "note" if loose else "incomplete"


def scaled_by(found: Found) -> str | None:
    """The words that say that figures are in thousands or millions; None where nothing does."""
    for text in found.headings:
        place = _SCALE_PLACE.search(fold(text))
        if place and _SCALED.search(place.group(1)):
            return text
    figures = {c.name for c in found.header.contract.columns if c.type == "integer"}
    for name, label in found.header.labels.items():
        if name in figures and _SCALED.search(fold(label)):
            return label
    return None


def cells_a_row(found: Found) -> int:
    """How many cells a record of a text file must have: as many as the header.

    Where the header ends in cells without a label, or its rows differ, the records' own usual number stands against it.
    """
    header = found.header
    labelled = max([*header.columns.values(), *header.rates, *header.serials, *header.unknown]) + 1
    if header.even and labelled == header.width:
        return header.width
    counts = Counter(len(row.cells) for row in found.rows)
    most = counts.most_common(1)[0][1] if counts else 0
    usual = [count for count, times in counts.items() if times == most]
    return min(usual) if usual else header.width


def outside(found: Found) -> dict[int, tuple[str, bool]]:
    """Columns outside the contract that hold something: index → (label, whether among it are figures)."""
    header = found.header
    known = {*header.columns.values(), *header.rates, *header.serials}
    held: dict[int, list[str]] = {}
    for row in found.rows:
        for index, cell in enumerate(row.cells):
            if index not in known and not cell.blank:
                held.setdefault(index, []).append(clean(cell.text))
    return {
        index: (header.unknown.get(index, f"{index + 1}"), any(_FIGURE.fullmatch(text) for text in texts))
        for index, texts in held.items()
        if index in header.unknown or not _counts_up(texts)
    }


def _counts_up(texts: list[str]) -> bool:
    return texts == [str(number) for number in range(1, len(texts) + 1)]
