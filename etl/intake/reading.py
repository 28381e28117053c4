"""One file: bytes → grids → tables → typed rows, with the record of how each was understood and what is wrong."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from pathlib import Path

from etl.contracts import Column, Contract
from etl.intake import checks, layout, units
from etl.intake.dates import order_of, period_of, periods_in
from etl.intake.findings import CODES, ERROR, Finding, or_list, remedy_of
from etl.intake.folding import clean
from etl.intake.grid import Cell, Row, Sheet
from etl.intake.layout import Found, Spellings
from etl.intake.numbers import Reading, Style, rate_readings, read_integer, style_of
from etl.intake.opening import open_file
from etl.intake.record import REJECTED, CellRecord, Intake, ReadRow, Skipped, TableRead
from etl.intake.reference import Reference
from etl.intake.values import ColumnProof, column_proof, read_cell
from etl.intake.workbook import Limits, Refused
from etl.problems import Text

_OFFICE = re.compile(
    r"(?:(?:tên )?đơn vị(?: báo cáo)?\s*:\s*|(?:ubnd|ủy ban nhân dân|uỷ ban nhân dân)\s+)(?P<name>.+)",
    re.IGNORECASE,
)
_OFFICE_CODE = re.compile(r"mã đơn vị\s*:\s*(?P<code>\d+)", re.IGNORECASE)
FORM_TITLES = ("BIỂU BÁO CÁO:", "REPORT FORM:")
"""How the first line of our own blank forms begins."""
_LISTED = 5
"""How many of the rows with the same key are listed beside each of them."""
_UNIT_WARNINGS = {
    "code_and_misspelt_name": "unit_misspelt",
    "name_in_heading": "unit_misspelt",
    "code_and_former_name": "unit_renamed",
}
_OWN_CODES = {
    "zero_or_missing": "zero_or_missing",
    "ambiguous_order": "date_ambiguous",
    "ambiguous_word": "value_ambiguous",
    "merged_figure": "value_ambiguous",
}
"""Rules of reading whose finding has a code of its own; the others are told as the contract's rule on types."""


def read_file(
    path: Path, reference: Reference, *, name: str | None = None, limits: Limits | None = None
) -> Intake:
    """Read one file of any kind that offices send.

    Never raises for what stands in the file: what cannot be read is a finding, and ``Intake.readable`` says whether any
    table was found. Rows in = kept + rejected + duplicate in each table.
    """
    intake = Intake(name or str(path))
    known = [Spellings(contract) for contract in reference.reports()]
    try:
        opened = open_file(path, intake, reference, known, limits or Limits())
    except Refused as refused:
        tell(intake, refused.code, detail=refused.detail)
        return intake
    intake.sheets = opened.sheets
    for code in opened.notes:
        tell(intake, code)
    tables = [(sheet, found) for sheet in opened.sheets for found in layout.find_tables(sheet, known)]
    if not tables:
        _tell_no_table(intake, opened.sheets, known)
        return intake
    style, order = _file_proof(tables)
    for sheet, found in tables:
        _TableReader(intake, reference, sheet, found, style, order).read()
    for places in checks.same_keys([intake], reference.contracts):
        tell_same_key(places, reference.contracts[places[0].table.table])
    return intake


def tell(
    intake: Intake,
    code: str,
    *,
    sheet: str | None = None,
    line: int | None = None,
    column: str | None = None,
    place: int | None = None,
    value: str | None = None,
    detail: Text | str = "",
    reason: Text | None = None,
    candidates: tuple[str, ...] = (),
) -> None:
    """Put a finding on the file. Codes outside ``CODES`` are rules of a contract, with its reason."""
    words = Text(detail, detail) if isinstance(detail, str) else detail
    if code in CODES:
        level, said, remedy = CODES[code]
        said = Text(
            said.vi.format(detail=words.vi, value=value or ""),
            said.en.format(detail=words.en, value=value or ""),
        )
    else:
        assert reason is not None
        level, said, remedy = ERROR, reason, remedy_of(code)
    more = or_list(candidates)
    intake.findings.append(
        Finding(
            code, level, intake.file, Text(said.vi + more.vi, said.en + more.en), remedy, sheet, line, column, place, value,
            candidates,
        )
    )  # fmt: skip


def _tell_no_table(intake: Intake, sheets: list[Sheet], known: list[Spellings]) -> None:
    header = layout.nearest_header(sheets, known)
    detail = Text("", "")
    if header:
        missing = ", ".join(header.missing)
        title = header.contract.title
        detail = Text(
            f"Gần nhất là “{title.vi}”, thiếu cột: {missing}.",
            f"The nearest is “{title.en}”, missing column: {missing}.",
        )
    tell(intake, "no_table", detail=detail)


def tell_same_key(places: list[checks.Place], contract: Contract) -> None:
    """Settle rows that share a key and say so beside each."""
    differ = checks.settle(places, contract)
    key = contract.key
    for number, place in enumerate(places):
        listed = [other.words for other in places[: _LISTED + 1] if other is not place][:_LISTED]
        others = ", ".join(listed) + (", …" if len(places) > _LISTED + 1 else "")
        value = " | ".join(str(place.row.values.get(name)) for name in key)
        if differ or number:
            code = "key_conflict" if differ else "row_repeated"
            detail = others if differ else places[0].words
            tell(
                place.intake,
                code,
                sheet=place.table.sheet,
                line=place.row.line,
                column=key[0],
                value=value,
                detail=detail,
            )


def _texts(found: Found, kinds: Iterable[str]) -> list[str]:
    wanted = [
        found.header.columns[c.name]
        for c in found.header.contract.columns
        if c.type in kinds and c.name in found.header.columns
    ]
    rows = [*found.rows, *(row for _, row in found.totals)]
    return [
        row.at(n).text for row in rows for n in wanted if row.at(n).stored is None and not row.at(n).blank
    ]


def _file_proof(tables: list[tuple[Sheet, Found]]) -> tuple[Style, str | None]:
    """What all figures and dates of the file prove together."""
    counts = [text for _, found in tables for text in _texts(found, ("integer",))]
    rates = [
        row.at(n).text
        for _, found in tables
        for row in found.rows
        for n in found.header.rates
        if row.at(n).stored is None
    ]
    days = [text for _, found in tables for text in _texts(found, ("date",))]
    by_counts, by_rates = style_of(counts, whole=True), style_of(rates)
    style = Style(by_counts.grouping | by_rates.grouping, by_counts.decimal | by_rates.decimal)
    return style, order_of(days)


class _TableReader:
    """Reads the rows of one table found in a file."""

    def __init__(
        self,
        intake: Intake,
        reference: Reference,
        sheet: Sheet,
        found: Found,
        style: Style,
        order: str | None,
    ) -> None:
        header = found.header
        self.intake, self.reference, self.sheet, self.found = intake, reference, sheet, found
        self.contract = header.contract
        self.reasons = checks.reasons_of(header.contract)
        head = [row.line for row in sheet.rows[header.first : header.first + header.height]]
        self.table = TableRead(
            header.contract.table, sheet.name, tuple(head),
            {name: (n + 1, header.labels[name]) for name, n in header.columns.items()},
            skipped=sorted(found.skipped, key=lambda skipped: skipped.line),
        )  # fmt: skip
        self.proofs = {name: self._proof(name, index, style, order) for name, index in header.columns.items()}
        self.raw: dict[int, Row] = {}
        self.is_form = any(text.startswith(FORM_TITLES) for text in found.headings)
        self.width = layout.cells_a_row(found)

    def _proof(self, name: str, index: int, style: Style, order: str | None) -> ColumnProof:
        rows = [*self.found.rows, *(row for _, row in self.found.totals)]
        whole = self.contract.column(name).type == "integer"
        return column_proof([row.at(index) for row in rows], style, order, not self.sheet.date_1904, whole)

    def tell(self, code: str, row: ReadRow | None = None, **more: object) -> None:
        """A finding in this table; an error refuses its row."""
        line = row.line if row else more.pop("line", None)
        column = more.get("column")
        place = self.table.columns.get(str(column), (None, ""))[0]
        tell(self.intake, code, sheet=self.sheet.name, line=line, place=place, **more)  # type: ignore[arg-type]
        if row and self.intake.findings[-1].level == ERROR:
            row.state = REJECTED

    def read(self) -> None:
        """Read every row and put the table on the file."""
        self.intake.tables.append(self.table)
        self._take_from_headings()
        whole = self._table_faults()
        for raw in self.found.rows:
            if self.is_form and self._is_unfilled(raw):
                self.table.skipped.append(Skipped(raw.line, "unfilled"))
                continue
            row = ReadRow(raw.line)
            self.raw[raw.line] = raw
            self.table.rows.append(row)
            fault = self._row_fault(raw)
            if fault or whole:
                row.state = REJECTED
            if fault:
                self.tell(fault, row, value=_shown(raw))
            else:
                self._read_cells(row, raw)
        self._read_units()
        self._judge()
        self._check_totals()
        self._check_rates()

    def _is_unfilled(self, raw: Row) -> bool:
        """Whether a row holds only what our form filled in: its office has no figures for it."""
        unit = self.contract.reporting_unit
        given = {*self.contract.key, unit.name if unit else None}
        own = [n for name, n in self.found.header.columns.items() if name not in given]
        return not raw.fault and all(raw.at(n).blank for n in own)

    # What goes for the whole table

    def _take_from_headings(self) -> None:
        unit = self.contract.reporting_unit
        self.heading_units = self._units_in_headings()
        if unit is None:
            return
        at = self.contract.column(unit.at)
        if at.name not in self.found.header.columns and at.type == "period":
            for texts in (self.found.headings, self.found.earlier):
                codes = {period.code for text in texts for period in periods_in(text)}
                if len(codes) == 1:
                    self.table.taken_from_headings[at.name] = codes.pop()
                if codes:
                    break

    def _units_in_headings(self) -> list[tuple[str, str]]:
        """(code, name) of every office that the lines above name."""
        found: list[tuple[str, str]] = []
        for text in dict.fromkeys([*self.found.headings, *self.found.earlier]):
            if text.startswith("ĐVT"):
                continue
            if office := _OFFICE.search(text):
                found.append(("", clean(office["name"])))
            if code := _OFFICE_CODE.search(text):
                found.append((code["code"], ""))
        return found

    def _table_faults(self) -> bool:
        """Tell what makes every row of the table doubtful; whether anything does."""
        line = self.table.header_lines[-1]
        faults = False
        scaled = layout.scaled_by(self.found)
        if scaled:
            self.tell("figures_scaled", line=line, detail=scaled)
            faults = True
        if self.found.header.repeated:
            self.tell("column_repeated", line=line, detail=", ".join(self.found.header.repeated))
            faults = True
        for label, figures in layout.outside(self.found).values():
            self.tell("column_unknown" if figures else "column_ignored", line=line, detail=label)
            faults = faults or figures
        return faults

    def _row_fault(self, raw: Row) -> str | None:
        if raw.fault:
            return raw.fault
        if raw.line in self.found.incomplete:
            return "row_incomplete"
        if self.intake.kind == "text" and len(raw.cells) != self.width:
            return "row_shape"
        return "sheet_hidden" if self.sheet.hidden else None

    # Rows

    def _read_cells(self, row: ReadRow, raw: Row) -> None:
        if raw.hidden:
            self.tell("row_hidden", row)
        unit = self.contract.reporting_unit
        later = {unit.code, unit.name} if unit else set()
        for column in self.contract.columns:
            if column.name not in self.found.header.columns:
                given = self.table.taken_from_headings.get(column.name)
                row.values[column.name] = given
                if given:
                    row.cells.append(CellRecord(column.name, None, given, given, "from_headings"))
            elif column.name not in later:
                self._read_cell(row, raw, column)

    def _cell_reading(self, raw: Row, column: Column, index: int) -> Reading:
        if column.type in ("integer", "number") and (raw.line, index) in self.sheet.filled:
            return Reading(None, "merged_figure", True)
        return read_cell(raw.at(index), column, self.contract.table, self.proofs[column.name], self.reference)

    def _read_cell(self, row: ReadRow, raw: Row, column: Column) -> None:
        index = self.found.header.columns[column.name]
        cell = raw.at(index)
        if cell.fault:
            self.tell(cell.fault, row, column=column.name, value=cell.text or None)
            row.cells.append(CellRecord(column.name, index + 1, cell.text, None, cell.fault))
            return
        reading = self._cell_reading(raw, column, index)
        row.values[column.name] = reading.value
        row.cells.append(CellRecord(column.name, index + 1, cell.text, reading.value, reading.rule))
        if reading.refused:
            self._tell_refused(row, column, cell, reading)
        elif reading.rule == "missing_mark":
            self.tell("missing_mark", row, column=column.name, value=clean(cell.text))

    def _tell_refused(self, row: ReadRow, column: Column, cell: Cell, reading: Reading) -> None:
        code = _OWN_CODES.get(reading.rule)
        if code is None:
            code = f"type_{column.type}"
            if column.allowed:
                code = "allowed"
            elif column.references:
                code = "reference"
        reason = self.reasons.get((code, column.name))
        self.tell(
            code,
            row,
            column=column.name,
            value=clean(cell.text),
            reason=reason,
            candidates=reading.candidates,
        )

    # Units

    def _day(self, row: ReadRow) -> dt.date | None:
        unit = self.contract.reporting_unit
        at = row.values.get(unit.at) if unit else None
        if isinstance(at, dt.date):
            return at
        period = period_of(at) if isinstance(at, str) else None
        return period.end if period else None

    def _written_unit(self, raw: Row) -> tuple[str, str]:
        unit = self.contract.reporting_unit
        columns = self.found.header.columns
        assert unit is not None
        code = clean(raw.at(columns[unit.code]).text) if unit.code in columns else ""
        name = clean(raw.at(columns[unit.name]).text) if unit.name and unit.name in columns else ""
        if code and not name and not any(char.isdigit() for char in code):
            return "", code  # a name in the column of codes
        return code, name

    def _heading_unit(self, day: dt.date) -> tuple[str, str]:
        """The one office that the lines above name, for a table without columns of units."""
        found = {
            taken.unit.key: (code, name)
            for code, name in self.heading_units
            if (taken := units.resolve(code, name, day, self.reference)).unit
        }
        return next(iter(found.values())) if len(found) == 1 else ("", "")

    def _uses_old_list(self) -> bool:
        """Whether some row carries a code that is only in the list of units until 30 June 2025."""
        for row in self.table.rows:
            day = self._day(row)
            if day is None or not row.values:
                continue
            code, _ = self._written_unit(self.raw[row.line])
            known = self.reference.by_code.get(code, ())
            if known and not any(unit.in_force(day) for unit in known):
                return True
        return False

    def _read_units(self) -> None:
        unit = self.contract.reporting_unit
        if unit is None:
            return
        old_list = self._uses_old_list()
        without = unit.code not in self.found.header.columns and (
            unit.name is None or unit.name not in self.found.header.columns
        )
        for row in self.table.rows:
            if not row.values:
                continue
            day = self._day(row)
            if day is None:
                row.state = REJECTED  # told beside the date
                continue
            code, name = self._heading_unit(day) if without else self._written_unit(self.raw[row.line])
            keys = [
                t.unit.key
                for c, n in self.heading_units
                if (t := units.resolve(c, n, day, self.reference)).unit
            ]
            taken = units.resolve(code, name, day, self.reference, in_headings=keys, old_list=old_list)
            self._put_unit(row, code, name, taken)
            if without and taken.unit:
                self.table.taken_from_headings[unit.code] = taken.unit.name

    def _put_unit(self, row: ReadRow, code: str, name: str, taken: units.Found) -> None:
        unit = self.contract.reporting_unit
        assert unit is not None
        places = {
            column: self.table.columns.get(column, (None, ""))[0] for column in (unit.code, unit.name or "")
        }
        if taken.unit:
            row.unit_key = taken.unit.key
            row.values[unit.code] = taken.unit.code
            row.cells.append(CellRecord(unit.code, places[unit.code], code, taken.unit.code, taken.step))
            if unit.name:
                row.values[unit.name] = taken.unit.name
                row.cells.append(CellRecord(unit.name, places[unit.name], name, taken.unit.name, taken.step))
            warning = _UNIT_WARNINGS.get(taken.step)
            if warning:
                self.tell(warning, row, column=unit.name, value=name, detail=taken.unit.name)
            return
        self._tell_no_unit(row, code, name, taken)

    def _tell_no_unit(self, row: ReadRow, code: str, name: str, taken: units.Found) -> None:
        unit = self.contract.reporting_unit
        assert unit is not None and taken.code is not None
        if taken.code == "unit_name_matches":
            reason = self.reasons[taken.code, str(unit.name)] if unit.name else Text("", "")
            then = ", ".join(taken.candidates)
            self.tell(
                taken.code, row, column=unit.name, value=f"{unit.name} = {name}; {unit.code} = {code}",
                reason=Text(f"{reason.vi} {then}.", f"{reason.en} {then}."),
            )  # fmt: skip
            return
        column = unit.code if code or not unit.name else unit.name
        if taken.code == "required":
            column = unit.code
        self.tell(
            taken.code, row, column=column, value=code or name or None, candidates=taken.candidates,
            reason=self.reasons.get((taken.code, column)),
        )  # fmt: skip

    # Rules

    def _raw_of(self, row: ReadRow, column: str) -> str:
        return next((clean(cell.raw) for cell in row.cells if cell.column == column), "")

    def _judge(self) -> None:
        unit = self.contract.reporting_unit
        told_elsewhere = {unit.code} if unit else set()
        for row in self.table.rows:
            if not row.values:
                continue
            unread = {c.column for c in row.cells if c.value is None and clean(c.raw)} | told_elsewhere
            for broken in checks.simple_rules(self.contract, row, unread, self.reasons):
                column = broken.columns[0]
                self.tell(
                    broken.rule,
                    row,
                    column=column,
                    value=self._raw_of(row, column) or None,
                    reason=broken.reason,
                )
            day = self._day(row)
            if unit and day and day > self.reference.today:
                self.tell("period_in_future", row, column=unit.at, value=self._raw_of(row, unit.at))
        by_line = {row.line: row for row in self.table.rows}
        for broken in checks.rules_across_columns(self.contract, self.table.kept, self.reference):
            row = by_line[broken.line]
            value = "; ".join(f"{name} = {self._raw_of(row, name)}" for name in broken.columns)
            self.tell(broken.rule, row, column=broken.columns[0], value=value, reason=broken.reason)

    def _check_totals(self) -> None:
        start = 0
        for behind, raw in self.found.totals:
            choice = self._choice_of(raw)
            for column in self.contract.columns:
                if column.type == "integer" and column.name in self.found.header.columns:
                    self._check_total(
                        raw, column.name, self.table.rows[start:behind], self.table.rows[:behind], choice
                    )
            start = behind

    def _choice_of(self, raw: Row) -> tuple[str, object] | None:
        """The model or indicator that a total row is of, where it says so."""
        for column in self.contract.columns:
            index = self.found.header.columns.get(column.name)
            if index is not None and (column.allowed or column.references):
                reading = read_cell(
                    raw.at(index), column, self.contract.table, self.proofs[column.name], self.reference
                )
                if reading.value is not None:
                    return column.name, reading.value
        return None

    def _check_total(
        self,
        raw: Row,
        column: str,
        part: list[ReadRow],
        whole: list[ReadRow],
        choice: tuple[str, object] | None,
    ) -> None:
        cell = raw.at(self.found.header.columns[column])
        said = (
            cell.stored
            if isinstance(cell.stored, float)
            else read_integer(cell.text, self.proofs[column].style).value
        )
        sums = [checks.sum_of(rows, column, choice) for rows in (part, whole)]
        if said is None or any(found is None for found in sums) or said in sums:
            return
        self.tell("total_differs", line=raw.line, column=column, value=clean(cell.text), detail=str(sums[-1]))

    def _check_rates(self) -> None:
        for index, label in self.found.header.rates.items():
            for row in self.table.rows:
                cell = self.raw[row.line].at(index)
                shares = _shares(cell)
                if shares and checks.rate_fits(shares, row) is False:
                    self.tell("rate_differs", line=row.line, value=clean(cell.text), detail=label)


def _shares(cell: Cell) -> tuple[float, ...]:
    """Every share of 1 that a cell of a rate may mean."""
    if isinstance(cell.stored, float):
        return (cell.stored, cell.stored / 100)
    return () if cell.blank else rate_readings(cell.text)


def _shown(raw: Row) -> str:
    return " | ".join(clean(cell.text) for cell in raw.cells if not cell.blank)[:200]
