"""A generator of tables as offices send them: a clean table of a contract, damaged in any combination of ways.

``Case.placed`` knows what each row was before: (sheet, line) → values in the contract's columns.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlsxwriter
from hypothesis import strategies as st

from etl.intake import Reference
from etl.intake.folding import fold
from tests.etl.intake import legacy

HEADINGS = (
    ("ỦY BAN NHÂN DÂN THÀNH PHỐ", "", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
    ("", "", "Độc lập - Tự do - Hạnh phúc"),
    (),
    ("BÁO CÁO KẾT QUẢ XÂY DỰNG XÃ HỘI HỌC TẬP",),
    ("(Kèm theo Công văn số 12/UBND ngày 05/10/2026)",),
)
SIGNATURE = (
    (),
    ("Ghi chú: số liệu tính đến ngày 30/9/2026",),
    ("", "", "Hà Nội, ngày 5 tháng 10 năm 2026"),
    ("NGƯỜI LẬP BIỂU", "", "CHỦ TỊCH"),
)
ENCODINGS = {
    "utf-8": lambda t: t.encode(),
    "utf-8-sig": lambda t: t.encode("utf-8-sig"),
    "utf-16": lambda t: t.encode("utf-16"),
    "utf-16-le": lambda t: t.encode("utf-16-le"),
    "utf-16-be": lambda t: t.encode("utf-16-be"),
    "windows-1258": legacy.windows_1258,
    "TCVN3 (ABC)": legacy.tcvn3,
    "VNI": legacy.vni,
}
MODELS: dict[str, tuple[str, ...]] = {
    "family": ("family", "Gia đình học tập", "gia dinh hoc tap", "GĐHT"),
    "clan": ("clan", "Dòng họ học tập", "DÒNG HỌ HỌC TẬP", "DHHT"),
    "community": ("community", "Cộng đồng học tập", "Cộng đồng học tập (thôn, tổ dân phố)"),
    "unit": ("unit", "Đơn vị học tập", "đơn vị học tập", "ĐVHT"),
}
INDICATORS: dict[str, tuple[str, ...]] = {
    "clc.learners": ("clc.learners", "Lượt người học tại trung tâm học tập cộng đồng"),
    "campaign.held": ("campaign.held", "Số đợt truyền thông về học tập suốt đời"),
    "digital.skills": ("digital.skills", "Kỹ năng số cơ bản"),
}
LEVELS: dict[str, tuple[str, ...]] = {
    "primary": ("primary", "Tiểu học", "tieu hoc"),
    "preschool": ("Mầm non", "preschool"),
}
PERIODS = ("2026-Q3", "Quý III/2026", "quy 3/2026", "Q3/2026", "Quý III năm 2026")
DAYS = ("2025-09-30", "30/09/2025", "30.9.2025", "ngày 30 tháng 9 năm 2025", "09/30/2025")
CHOICES: dict[str, dict[str, tuple[str, ...]]] = {"model": MODELS, "indicator": INDICATORS, "level": LEVELS}
HEADERS = {
    "period": ("period", "Kỳ báo cáo", "KỲ BÁO CÁO", "ky bao cao"),
    "unit_code": ("unit_code", "Mã đơn vị", "MÃ ĐƠN VỊ", "ma don vi"),
    "unit_name": ("unit_name", "Tên đơn vị", "Phường/xã", "Đơn vị"),
    "model": ("model", "Mô hình", "Danh hiệu"),
    "total": ("total", "Tổng số", "Tổng số (hộ)"),
    "registered": ("registered", "Đăng ký", "Số đăng ký"),
    "recognised": ("recognised", "Được công nhận", "Công nhận"),
    "indicator": ("indicator", "Chỉ số", "Mã chỉ tiêu"),
    "numerator": ("numerator", "Tử số", "Số lượng"),
    "denominator": ("denominator", "Mẫu số"),
    "as_of": ("as_of", "Tại ngày", "Thời điểm"),
    "school_code": ("school_code", "Mã trường"),
    "school_name": ("school_name", "Tên trường"),
    "level": ("level", "Cấp học"),
    "ownership": ("ownership", "Loại hình"),
    "pupils": ("pupils", "Số học sinh"),
    "classes": ("classes", "Số lớp"),
    "national_standard": ("national_standard", "Đạt chuẩn quốc gia"),
    "note": ("note", "Ghi chú"),
}
TABLES = {
    "learning_models": ("period", "unit_code", "unit_name", "model", "total", "registered", "recognised", "note"),
    "participation": ("period", "unit_code", "unit_name", "indicator", "numerator", "denominator", "note"),
    "schools": (
        "as_of", "school_code", "school_name", "level", "ownership", "unit_code", "classes", "pupils", "national_standard",
    ),
}  # fmt: skip
FIGURES = {"total", "registered", "recognised", "numerator", "denominator", "pupils", "classes"}
OPEN_QUOTE = "\x01"
NAMES = ('Trường "Ngôi sao"', "Trường Hoa Sen, cơ sở 2", "Trường A; B", "Trường tiểu học Lê Lợi", '"Hoa Mai"')


@dataclass
class Case:
    """One damaged file. ``sure``: nothing in it leaves room for doubt, so that every row must be kept."""

    name: str
    content: bytes
    table: str
    placed: dict[tuple[str | None, int], dict[str, Any]]
    sure: bool
    how: dict[str, Any] = field(default_factory=dict)


@st.composite
def truths(draw: st.DrawFn, reference: Reference, table: str) -> list[dict[str, Any]]:
    """Clean rows of a table with different keys."""
    wards = [u for u in reference.units if u.level == "ward" and u.in_force(dt.date(2026, 9, 30))]
    picked = draw(st.lists(st.sampled_from(wards), min_size=1, max_size=6, unique_by=lambda u: u.key))
    rows: list[dict[str, Any]] = []
    for number, unit in enumerate(picked):
        figure = st.integers(0, 3_000_000)
        a, b, c = sorted((draw(figure), draw(figure), draw(figure)))
        row: dict[str, Any] = {
            "unit_code": unit.code,
            "unit_name": unit.name,
            "note": draw(st.sampled_from((None, "Đã kiểm tra"))),
        }
        if table == "learning_models":
            row |= {
                "period": "2026-Q3",
                "model": draw(st.sampled_from(sorted(MODELS))),
                "total": c,
                "registered": b,
                "recognised": a,
            }
        elif table == "participation":
            indicator = draw(st.sampled_from(sorted(INDICATORS)))
            bottom = c if indicator == "digital.skills" else None
            row |= {"period": "2026-Q3", "indicator": indicator, "numerator": a, "denominator": bottom}
        else:
            row |= {
                "as_of": dt.date(2025, 9, 30), "school_code": f"T{number}", "school_name": draw(st.sampled_from(NAMES)),
                "level": draw(st.sampled_from(sorted(LEVELS))), "ownership": "public", "classes": a % 100, "pupils": a,
                "national_standard": draw(st.booleans()),
            }  # fmt: skip
        rows.append({name: row[name] for name in TABLES[table]})
    return rows


def styled(value: int, style: str) -> str:
    """A count in a style."""
    marks = {"dots": ".", "commas": ",", "spaces": " "}
    if style in marks:
        return f"{value:,}".replace(",", marks[style])
    text = str(value)
    return "".join(chr(0xFF10 + int(c)) for c in text) if style == "wide" else text


def unit_words(row: dict[str, Any], how: str) -> tuple[str, str]:
    """(code, name) as an office writes its unit."""
    code, name = row["unit_code"], row.get("unit_name") or ""
    bare = name.split(" ", 1)[-1]
    return {
        "both": (code, name), "code": (code, ""), "name": ("", name), "folded": ("", fold(name)),
        "short": (code, bare), "abbreviated": ("", ("P. " if name.startswith("Phường") else "X.") + bare),
        "capitals": (code, name.upper()), "no zeros": (code.lstrip("0"), name),
    }[how]  # fmt: skip


def written(row: dict[str, Any], table: str, how: dict[str, Any], draw: st.DrawFn) -> dict[str, str]:
    """One row as text in the office's spelling."""
    out: dict[str, str] = {}
    code, name = unit_words(row, how["unit"])
    for column, value in row.items():
        if column == "unit_code":
            out[column] = code
        elif column == "unit_name":
            out[column] = name
        elif value is None:
            out[column] = ""
        elif column in FIGURES:
            out[column] = styled(value, how["numbers"])
        elif column == "period":
            out[column] = how["period"]
        elif column == "as_of":
            out[column] = how["day"]
        elif column == "national_standard":
            out[column] = draw(
                st.sampled_from(("có", "x", "true") if value else ("không", "chưa đạt", "false"))
            )
        else:
            spelt = CHOICES.get(column, {})
            out[column] = (
                draw(st.sampled_from(spelt.get(value, (value,)))) if column != "ownership" else "Công lập"
            )
    return out


def _ways() -> dict[str, st.SearchStrategy[Any]]:
    return {
        "kind": st.sampled_from(("text", "workbook")),
        "encoding": st.sampled_from(sorted(ENCODINGS)),
        "delimiter": st.sampled_from(",;\t|"),
        "line_end": st.sampled_from(("\n", "\r\n", "\r", "mixed")),
        "nfd": st.booleans(),
        "headings": st.booleans(),
        "two_rows": st.booleans(),
        "serial": st.booleans(),
        "blank_column": st.booleans(),
        "units_row": st.booleans(),
        "numbering": st.booleans(),
        "blank_rows": st.booleans(),
        "total": st.sampled_from(("no", "end", "each")),
        "signature": st.booleans(),
        "header_again": st.booleans(),
        "numbers": st.sampled_from(("plain", "dots", "commas", "spaces", "wide", "stored")),
        "unit": st.sampled_from(
            ("both", "code", "name", "folded", "short", "abbreviated", "capitals", "no zeros")
        ),
        "period": st.sampled_from(PERIODS),
        "day": st.sampled_from(DAYS),
        "hidden_row": st.booleans(),
        "sheets": st.integers(1, 3),
        "hidden_sheet": st.booleans(),
        "spoil": st.sampled_from(
            ("no", "no", "no", "no", "repeat", "conflict", "short", "long", "dash", "quote", "name")
        ),
    }


@st.composite
def cases(draw: st.DrawFn, reference: Reference) -> Case:
    """Any clean table, damaged in any combination of ways."""
    table = draw(st.sampled_from(sorted(TABLES)))
    how = {name: draw(way) for name, way in _ways().items()}
    if table == "schools" and how["unit"] in ("name", "folded", "abbreviated", "short", "capitals"):
        how["unit"] = "code"
    if (
        how["kind"] == "text"
        and how["encoding"] in ("windows-1258", "TCVN3 (ABC)", "VNI")
        and how["numbers"] == "wide"
    ):
        how["numbers"] = "plain"
    rows = draw(truths(reference, table))
    labels = {column: draw(st.sampled_from(HEADERS[column])) for column in TABLES[table]}
    lines, expected = _grid(rows, table, labels, how, draw)
    # Doubt is allowed where a figure with one mark has no proof, and where a row was spoilt on purpose.
    sure = (
        how["numbers"] not in ("dots", "commas")
        and how["spoil"] in ("no", "repeat")
        and not (how["kind"] == "workbook" and how["hidden_sheet"] and how["sheets"] > 1)
    )
    if how["kind"] == "text":
        content, places = _as_text(lines, how, draw)
        placed: dict[tuple[str | None, int], dict[str, Any]] = {
            (None, places[n]): row for n, row in expected.items()
        }
        name = "bao cao.csv"
    else:
        content, placed = _as_workbook(lines, expected, how)
        name = "bao cao.xlsx"
    return Case(name, content, table, placed, sure, how)


Line = list[str]


def _header(table: str, labels: dict[str, str], how: dict[str, Any]) -> tuple[list[Line], list[str]]:
    columns = list(TABLES[table])
    cells = [labels[column] for column in columns]
    upper = ["" if column in FIGURES else labels[column] for column in columns]
    lower = [labels[column] if column in FIGURES else "" for column in columns]
    first = next(n for n, column in enumerate(columns) if column in FIGURES)
    upper[first] = "Kết quả thực hiện"
    return ([upper, lower] if how["two_rows"] else [cells]), columns


def _grid(
    rows: list[dict[str, Any]], table: str, labels: dict[str, str], how: dict[str, Any], draw: st.DrawFn
) -> tuple[list[Line], dict[int, dict[str, Any]]]:
    """Lines of cells, and which of them (by index) is which row."""
    header, columns = _header(table, labels, how)
    lines: list[Line] = [list(line) for line in HEADINGS] if how["headings"] else []
    top = len(lines)
    lines += header
    figures = [n for n, column in enumerate(columns) if column in FIGURES]
    if how["units_row"]:
        lines.append(["người" if n in figures else "" for n in range(len(columns))])
    if how["numbering"]:
        lines.append([f"({n + 1})" for n in range(len(columns))])
    expected: dict[int, dict[str, Any]] = {}
    cells = [[written(row, table, how, draw)[column] for column in columns] for row in rows]
    for number, (row, line) in enumerate(zip(rows, cells, strict=True)):
        if how["header_again"] and number == 3:
            lines += [list(one) for one in header]
        if how["blank_rows"] and number % 2:
            lines.append([""] * len(columns))
        expected[len(lines)] = row
        lines.append(list(line))
        if how["total"] == "each" and number % 2:
            lines.append(_total(rows[number - 1 : number + 1], columns, how, "Cộng"))
    _spoil(lines, expected, rows, columns, how)
    if how["total"] != "no":
        lines.append(_total(rows, columns, how, "Tổng cộng"))
    table_end = len(lines)
    _widen(lines[top:table_end], [n - top for n in expected], how)
    if how["signature"]:
        lines += [list(line) for line in SIGNATURE]
    return lines, expected


def _widen(lines: list[Line], rows: list[int], how: dict[str, Any]) -> None:
    """Add a column of serial numbers, and one without anything."""
    count = 0
    for n, line in enumerate(lines):
        if how["serial"]:
            count += n in rows
            line.insert(0, "STT" if n == 0 else (str(count) if n in rows else ""))
        if how["blank_column"]:
            line.insert(2, "")


def _total(rows: list[dict[str, Any]], columns: list[str], how: dict[str, Any], word: str) -> Line:
    line = ["" for _ in columns]
    line[0] = word
    for n, column in enumerate(columns):
        if column in FIGURES:
            line[n] = styled(sum(row[column] or 0 for row in rows), how["numbers"])
    return line


def _spoil(
    lines: list[Line],
    expected: dict[int, dict[str, Any]],
    rows: list[dict[str, Any]],
    columns: list[str],
    how: dict[str, Any],
) -> None:
    """Spoil the last row, or add one that repeats it."""
    last = max(expected)
    figure = max(n for n, column in enumerate(columns) if column in FIGURES)
    spoil = how["spoil"]
    if spoil in ("repeat", "conflict"):
        again = dict(expected[last])
        line = list(lines[last])
        if spoil == "conflict":
            lowest = "recognised" if "recognised" in again else columns[figure]
            again[lowest] = 0 if again[lowest] else 1
            line[columns.index(lowest)] = str(again[lowest])
        expected[len(lines)] = again
        lines.append(line)
    elif spoil == "dash":
        lines[last][figure] = "-"
        expected[last] = {"refused": True}
    elif spoil == "short" and how["kind"] == "text":
        del lines[last][figure]
        expected[last] = {"refused": True}
    elif spoil == "long" and how["kind"] == "text":
        lines[last].insert(figure, "1")
        expected[last] = {"refused": True}
    elif spoil == "name" and "unit_name" in columns:
        lines[last][columns.index("unit_name")] = "Phường Không Có"
        expected[last] = {"refused": True}
    elif spoil == "quote" and how["kind"] == "text":  # a quote that never closes, before the last cell
        lines[last][-1] = OPEN_QUOTE
        expected[last] = {"refused": True}


def _as_text(lines: list[Line], how: dict[str, Any], draw: st.DrawFn) -> tuple[bytes, list[int]]:
    """Bytes, and the line at which each line of cells begins."""
    delimiter = how["delimiter"]
    width = max(map(len, lines))
    ends = {"mixed": ("\n", "\r\n", "\r")}.get(how["line_end"], (how["line_end"],))
    out: list[str] = []
    places = []
    for number, line in enumerate(lines):
        places.append(number + 1)
        usual = len(line) if how["spoil"] in ("short", "long") else width
        padded = line + [""] * (usual - len(line))
        out.append(
            delimiter.join(_quoted(cell, delimiter, draw) for cell in padded) + ends[number % len(ends)]
        )
    text = "".join(out)
    encoding = how["encoding"]
    if how["nfd"] and encoding.startswith("utf"):
        text = unicodedata.normalize("NFD", text)
    return ENCODINGS[encoding](text), places


def _quoted(cell: str, delimiter: str, draw: st.DrawFn) -> str:
    if cell == OPEN_QUOTE:
        return '"chưa đóng'
    if delimiter in cell or cell.startswith('"'):
        escaped = draw(st.sampled_from(('""', '\\"'))) if '"' in cell else '""'
        return '"' + cell.replace('"', escaped) + '"'
    return cell


def _as_workbook(
    lines: list[Line], expected: dict[int, dict[str, Any]], how: dict[str, Any]
) -> tuple[bytes, dict[tuple[str | None, int], dict[str, Any]]]:
    import io

    stream = io.BytesIO()
    placed: dict[tuple[str | None, int], dict[str, Any]] = {}
    with xlsxwriter.Workbook(stream, {"strings_to_formulas": False, "in_memory": True}) as book:
        for number in range(how["sheets"]):
            page = book.add_worksheet(f"Trang {number + 1}")
            if number and number == how["sheets"] - 1 and how["hidden_sheet"]:
                page.hide()
            if number == 1:
                page.write_string(0, 0, "Hướng dẫn điền biểu mẫu")
                continue
            if number == 2:  # the same table again: every row is known already
                pass
            for n, line in enumerate(lines):
                for column, text in enumerate(line):
                    is_row = n in expected
                    if (
                        how["numbers"] == "stored"
                        and is_row
                        and text.isdigit()
                        and not text.startswith("0")
                        and len(text) < 8
                    ):
                        page.write_number(n, column, int(text))
                    elif text:
                        page.write_string(
                            n, column, unicodedata.normalize("NFD", text) if how["nfd"] else text
                        )
            if how["hidden_row"]:
                page.set_row(min(expected), None, None, {"hidden": True})
            placed |= {(f"Trang {number + 1}", n + 1): row for n, row in expected.items()}
    return stream.getvalue(), placed


def write(case: Case, folder: Path) -> Path:
    """The file on disk."""
    path = folder / case.name
    path.write_bytes(case.content)
    return path
