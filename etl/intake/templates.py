"""Blank forms: one workbook a unit and report table, with its code, period and names filled in and its cells guarded.

What is filled in comes from reports (never from the illustrative sample): last period's totals in a tinted cell, to be
mended where they changed. Headers, codes and names are locked without a password; drop-downs and limits come from the
contract, so that what the form lets through the intake reads clean.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from etl.contracts import Column, Contract, load_contracts
from etl.intake.changes import open_state
from etl.intake.dates import period_of
from etl.intake.history import expected_units, last_quarter
from etl.intake.ledger import cannot, read_ledger
from etl.intake.reading import FORM_TITLES
from etl.intake.received import safe_name
from etl.intake.reference import Reference, Unit, load_reference, records
from etl.intake.versions import columns_of, fetched, plain_text
from etl.problems import Problem, Text

_BLANK_SCHOOLS = 60
_FIRST = 5
"""Row of the header, counted from 0; the lines above say what the form is."""
_LIMITS = {
    ("learning_models", "registered"): ("total",),
    ("learning_models", "recognised"): ("registered", "total"),
    ("participation", "numerator"): ("denominator",),
}
"""Columns that may not exceed others of their row, as the contracts' rules say."""
_CARRIED = {"learning_models": ("total",), "participation": ("denominator",)}
_TITLE = Text(*FORM_TITLES)
_UNIT = Text("Đơn vị: {name} · Mã đơn vị: {code}", "Unit: {name} · Code: {code}")
_PERIOD = Text("Kỳ báo cáo: {period}", "Period: {period}")
_HINT = Text(
    "Chỉ điền các ô trắng và ô vàng. Ô vàng là số kỳ trước đã báo cáo, sửa nếu đã đổi. Số viết liền, không dấu chấm. Xóa cả số ở dòng không có số liệu.",
    "Fill in white and yellow cells only. Yellow cells hold what was last reported; mend them where they changed. Write digits without marks. Clear the figures of a row for which there are none.",
)
_WHOLE = Text("Số nguyên từ 0 trở lên", "A whole number from 0 on")
_AT_MOST = Text("Số nguyên từ 0, không lớn hơn: {columns}", "A whole number, at most: {columns}")
_WRONG = Text("Số không hợp lệ", "Not a valid figure")
_CHOOSE = Text("Chọn một giá trị trong danh sách", "Choose a value from the list")
_LISTS = Text("Danh mục", "Lists")
_YES_NO = Text("có", "yes"), Text("không", "no")


@dataclass(frozen=True)
class Form:
    """One form: what for, and its rows as column → value; ``carried``: columns filled in from an earlier report;
    ``names``: code of an indicator → its name in the form's language."""

    contract: Contract
    unit: Unit
    period: str
    rows: Sequence[dict[str, Any]]
    carried: frozenset[str]
    lang: str
    names: Mapping[str, str]

    def said(self, text: Text) -> str:
        """The wording in the form's language."""
        return text.vi if self.lang == "vi" else text.en


def write_templates(
    data_dir: Path, table: str, unit_keys: list[str] | None, period: str | None, to: Path, lang: str
) -> list[Path]:
    """Write one workbook a unit into the folder ``to``, or all into one archive where it ends in ``.zip``.

    ``unit_keys`` None: every unit that reports for the period. ``period``: a period, or a day for the school register;
    the last quarter unless given. Gives what was written. Raises Problem.
    """
    contract = load_contracts().get(table)
    if contract is None or contract.kind != "report":
        raise Problem(f"{table}: không có bảng báo cáo này.", f"{table}: there is no such report table.")
    reference = load_reference(data_dir)
    at, day = _when(contract, period, reference)
    units = _units(unit_keys, day, reference)
    carried = _last_reported(data_dir, contract, {unit.key for unit in units}, day)
    names = {r["report_code"]: r[f"name_{lang}"] for r in records(data_dir, "indicator") if r["report_code"]}
    forms = [_form(contract, unit, at, carried.get(unit.key, []), lang, names) for unit in units]
    books = ((safe_form_name(form), _workbook(form)) for form in forms)
    try:
        return [_zip(to, books)] if to.suffix.lower() == ".zip" else _folder(to, books)
    except OSError as error:
        raise cannot("write", to, error) from error


def _when(contract: Contract, period: str | None, reference: Reference) -> tuple[str, dt.date]:
    """(what stands in the column of periods or days, the last day)."""
    written = period or last_quarter(reference.today)
    found = period_of(written)
    day = found.end if found else None
    if day is None:
        try:
            day = dt.date.fromisoformat(written)
        except ValueError:
            day = None
    is_period = (
        contract.reporting_unit is not None and contract.column(contract.reporting_unit.at).type == "period"
    )
    if day is None or (is_period and found is None):
        raise Problem(
            f"{written}: không phải kỳ báo cáo. Viết 2025, 2025-H1, 2025-Q3 hoặc 2025-07.",
            f"{written}: not a period. Write 2025, 2025-H1, 2025-Q3 or 2025-07.",
        )
    return (found.code if found and is_period else day.isoformat()), day


def _units(unit_keys: list[str] | None, day: dt.date, reference: Reference) -> list[Unit]:
    if unit_keys is None:
        return expected_units(reference, day)
    for key in unit_keys:
        if key not in reference.by_key or not reference.by_key[key].in_force(day):
            raise Problem(
                f"{key}: không có đơn vị này vào ngày {day:%d/%m/%Y}.",
                f"{key}: no such unit on {day.isoformat()}.",
            )
    return [reference.by_key[key] for key in unit_keys]


def _last_reported(
    data_dir: Path, contract: Contract, unit_keys: set[str], day: dt.date
) -> dict[str, list[dict[str, Any]]]:
    """The rows of each unit's latest report before a day, real reports only."""
    names = columns_of(contract)
    found: dict[str, list[dict[str, Any]]] = {}
    with open_state(data_dir, read_ledger(data_dir)) as con:
        rows = fetched(
            con,
            f"SELECT _unit_key, {', '.join(names)}, split_part(_key, '|', 2), split_part(_key, '|', 3)"
            f" FROM {contract.table}__before WHERE split_part(_key, '|', 1) < ?"
            " QUALIFY split_part(_key, '|', 1) = max(split_part(_key, '|', 1)) OVER (PARTITION BY _unit_key) ORDER BY _key",
            [day.isoformat()],
        )
        for unit_key, *values, second, third in rows:
            if unit_key in unit_keys:
                row = dict(zip(names, values, strict=True))
                row[contract.key[-1]] = (
                    third or second
                )  # rows of files put there by hand carry it in their key only
                found.setdefault(str(unit_key), []).append(row)
    return found


def _form(
    contract: Contract,
    unit: Unit,
    at: str,
    earlier: list[dict[str, Any]],
    lang: str,
    names: Mapping[str, str],
) -> Form:
    said = contract.reporting_unit
    fixed = {said.at: at, said.code: unit.code} if said else {}
    if said and said.name:
        fixed[said.name] = unit.name
    if contract.table == "schools":
        rows = [{**row, **fixed} for row in earlier] + [{}] * _BLANK_SCHOOLS
        carried = frozenset(columns_of(contract)) - set(fixed)
        return Form(contract, unit, at, rows, carried, lang, names)
    own = contract.key[-1]
    before = {row[own]: row for row in earlier}
    keep = _CARRIED[contract.table]
    rows = [
        {**fixed, own: code, **{name: before.get(code, {}).get(name) for name in keep}}
        for code in _row_codes(contract, unit, names)
    ]
    return Form(contract, unit, at, rows, frozenset(keep), lang, names)


def _row_codes(contract: Contract, unit: Unit, names: Mapping[str, str]) -> list[str]:
    """The models or indicators that a unit reports on."""
    if contract.table == "participation":
        return list(names)
    other = {"ward": "district", "district": "commune"}.get(unit.level)
    return [value.value for value in contract.column("model").allowed if value.value != other]


def safe_form_name(form: Form) -> str:
    """Code, name, table and period, in letters that every system takes."""
    name = safe_name(0, form.unit.short_name).removeprefix("000-")
    return f"{form.unit.code}-{name}-{form.contract.table}-{form.period}.xlsx"


def _folder(to: Path, books: Iterable[tuple[str, bytes]]) -> list[Path]:
    to.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in books:
        (to / name).write_bytes(content)
        paths.append(to / name)
    return paths


def _zip(to: Path, books: Iterable[tuple[str, bytes]]) -> Path:
    to.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=".", suffix=".new", dir=to.parent)
    os.close(descriptor)
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in books:
                archive.writestr(name, content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(to)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return to


def _workbook(form: Form) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        _Writer(book, form).write()
    return content.getvalue()


class _Writer:
    """Writes one form into a workbook."""

    def __init__(self, book: Any, form: Form) -> None:
        self.form = form
        self.page = book.add_worksheet(form.said(Text("Biểu", "Form")))
        self.lists = book.add_worksheet(form.said(_LISTS))
        thin = {"border": 1, "border_color": "#BFBFBF", "valign": "top"}
        self.bold = book.add_format({"bold": True, "font_size": 13})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top", "font_color": "#555555"})
        self.header = book.add_format({**thin, "bold": True, "bg_color": "#E7ECEE", "text_wrap": True})
        self.fixed = book.add_format({**thin, "bg_color": "#F3F3F3", "num_format": "@"})
        self.open = {
            "text": book.add_format({**thin, "locked": False, "num_format": "@"}),
            "integer": book.add_format({**thin, "locked": False, "num_format": "0"}),
            "number": book.add_format({**thin, "locked": False}),
            "date": book.add_format({**thin, "locked": False, "num_format": "yyyy-mm-dd"}),
        }
        self.carried = {
            kind: book.add_format({**thin, "locked": False, "bg_color": "#FFF6D6", "num_format": mask})
            for kind, mask in (("text", "@"), ("integer", "0"), ("number", "General"), ("date", "yyyy-mm-dd"))
        }
        self.columns = list(form.contract.columns)
        self.place = {column.name: number for number, column in enumerate(self.columns)}

    def write(self) -> None:
        """Lines above, header, rows, rules, protection."""
        form = self.form
        title = form.contract.title
        lines = (
            f"{form.said(_TITLE)} {form.said(title)}",
            form.said(_UNIT).format(
                name=form.unit.name if form.lang == "vi" else form.unit.name_en, code=form.unit.code
            ),
            form.said(_PERIOD).format(period=form.period),
        )
        for number, line in enumerate(lines):
            self.page.write_string(number, 0, line, self.bold if number == 0 else None)
        self.page.merge_range(3, 0, 3, min(7, len(self.columns) - 1), form.said(_HINT), self.wrapped)
        self.page.set_row(3, 46)
        for number, column in enumerate(self.columns):
            self.page.write_string(_FIRST, number, form.said(column.label), self.header)
            self.page.set_column(number, number, self._width(column))
        for number, row in enumerate(form.rows, start=_FIRST + 1):
            for column in self.columns:
                self._write_cell(number, column, row)
        self._guard()
        self.page.freeze_panes(_FIRST + 1, 0)
        self.page.set_landscape()
        self.page.fit_to_pages(1, 0)
        self.page.protect("", {"format_columns": True, "format_rows": True})
        self.lists.protect()

    def _width(self, column: Column) -> int:
        if column.name in ("unit_name", "school_name", "note"):
            return 26
        return 48 if column.name in ("model", "indicator") else 16

    def _is_fixed(self, column: Column, row: dict[str, Any]) -> bool:
        """Codes, names and periods that the form fills in are not the office's to change."""
        unit = self.form.contract.reporting_unit
        own = {unit.at, unit.code, unit.name} if unit else set()
        if self.form.contract.table != "schools":
            own |= {self.form.contract.key[-1]}
        return column.name in own and bool(row)

    def _write_cell(self, number: int, column: Column, row: dict[str, Any]) -> None:
        place, value = self.place[column.name], row.get(column.name)
        kind = column.type if column.type in self.open else "text"
        if self._is_fixed(column, row):
            self.page.write_string(number, place, self._label(column, str(value)), self.fixed)
            return
        filled = value is not None and column.name in self.form.carried
        style = (self.carried if filled else self.open)[kind]
        if value is None:
            self.page.write_blank(number, place, None, style)
        elif kind in ("integer", "number"):
            self.page.write_number(number, place, float(str(value)), style)
        elif kind == "date":
            self.page.write_datetime(number, place, dt.datetime.fromisoformat(str(value)), style)
        else:
            self.page.write_string(number, place, self._label(column, plain_text(value)), style)

    def _label(self, column: Column, code: str) -> str:
        if column.type == "boolean":
            return self.form.said(_YES_NO[0] if code == "true" else _YES_NO[1])
        if column.name == "indicator":
            return self.form.names.get(code, code)
        return next((self.form.said(v.label) for v in column.allowed if v.value == code), code)

    def _guard(self) -> None:
        first, last = _FIRST + 1, _FIRST + max(len(self.form.rows), 1)
        listed = 0
        for column in self.columns:
            place = self.place[column.name]
            words = [self.form.said(value.label) for value in column.allowed]
            if column.type == "boolean":
                words = [self.form.said(word) for word in _YES_NO]
            if words:
                self.page.data_validation(first, place, last, place, self._from_list(words, column, listed))
                listed += 1
            elif column.type == "integer":
                self.page.data_validation(first, place, last, place, self._whole_number(column, first))
            elif column.type == "date":
                self.page.data_validation(
                    first,
                    place,
                    last,
                    place,
                    self._between(column, dt.date(2000, 1, 1), dt.date(2049, 12, 31)),
                )
            elif column.minimum is not None and column.maximum is not None:
                self.page.data_validation(
                    first, place, last, place, self._between(column, column.minimum, column.maximum)
                )

    def _from_list(self, words: list[str], column: Column, listed: int) -> dict[str, Any]:
        """A drop-down from the sheet of lists: Excel takes only 255 characters in the rule itself."""
        self.lists.write_string(0, listed, self.form.said(column.label), self.header)
        self.lists.set_column(listed, listed, 44)
        for number, word in enumerate(words, start=1):
            self.lists.write_string(number, listed, word)
        start, end = (xl_rowcol_to_cell(n, listed, True, True) for n in (1, len(words)))
        return {
            "validate": "list", "source": f"='{self.form.said(_LISTS)}'!{start}:{end}",
            "error_title": self.form.said(_WRONG)[:32], "error_message": self.form.said(_CHOOSE),
        }  # fmt: skip

    def _whole_number(self, column: Column, first: int) -> dict[str, Any]:
        cell = xl_rowcol_to_cell(first, self.place[column.name])
        parts = [f"ISNUMBER({cell})", f"{cell}>=0", f"{cell}=INT({cell})"]
        others = _LIMITS.get((self.form.contract.table, column.name), ())
        for name in others:
            other = xl_rowcol_to_cell(first, self.place[name])
            parts.append(f"OR(ISBLANK({other}),{cell}<={other})")
        said = self.form.said(_WHOLE)
        if others:
            labels = ", ".join(self.form.said(self.form.contract.column(name).label) for name in others)
            said = self.form.said(_AT_MOST).format(columns=labels)
        return {
            "validate": "custom", "value": f"=AND({','.join(parts)})", "ignore_blank": True,
            "error_title": self.form.said(_WRONG)[:32], "error_message": said, "input_message": said,
        }  # fmt: skip

    def _between(self, column: Column, low: Any, high: Any) -> dict[str, Any]:
        kind = "date" if column.type == "date" else "decimal"
        return {
            "validate": kind, "criteria": "between", "minimum": low, "maximum": high,
            "error_title": self.form.said(_WRONG)[:32], "error_message": f"{low} – {high}",
        }  # fmt: skip
