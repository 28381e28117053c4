"""What is told about a file: stable codes, levels, reasons and remedies in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from etl.problems import Text

ERROR, WARNING, NOTE = "error", "warning", "note"


@dataclass(frozen=True)
class Finding:
    """One thing to know or to mend. ``line`` and ``column`` are None where the whole file or sheet is meant.

    ``column`` is the contract's column; ``place`` is the column in the file, counted from 1.
    ``candidates`` are the readings between which the file does not decide.
    """

    code: str
    level: str
    file: str
    reason: Text
    remedy: Text
    sheet: str | None = None
    line: int | None = None
    column: str | None = None
    place: int | None = None
    value: str | None = None
    candidates: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """For machines."""
        return {
            "file": self.file, "sheet": self.sheet, "line": self.line, "column": self.column,
            "place": self.place, "rule": self.code, "level": self.level, "value": self.value,
            "reason_vi": self.reason.vi, "reason_en": self.reason.en,
            "remedy_vi": self.remedy.vi, "remedy_en": self.remedy.en,
            "candidates": list(self.candidates),
        }  # fmt: skip


_SAVE_AS = Text(
    "Mở tệp trong Excel hoặc LibreOffice, chọn “Lưu thành”, kiểu “Sổ tính Excel (.xlsx)”, rồi gửi lại.",
    "Open the file in Excel or LibreOffice, choose “Save as”, type “Excel workbook (.xlsx)”, and send it again.",
)
_ONE_STYLE = Text("Viết liền các chữ số, ví dụ 1234.", "Write the digits together, such as 1234.")
_SPLIT = Text("Chia thành nhiều tệp nhỏ hơn.", "Split it into smaller files.")
_WHICH_UNIT = Text(
    "Ghi mã đơn vị của danh mục hiện hành, hoặc tên đầy đủ.",
    "Give the unit's code in the present list, or its full name.",
)
_RIGHT_FIGURE = Text("Sửa số liệu ở dòng này rồi gửi lại.", "Mend the figure in this row and send it again.")
_VALUES_ONLY = Text(
    "Chép bảng, dán dạng “chỉ giá trị”, rồi lưu lại.", "Copy the table, paste “values only”, and save again."
)
LOOK = Text("Xem lại; nếu đúng thì không cần làm gì.", "Have a look; if it is right, nothing needs doing.")
_WRITE_DATE = Text("Viết dạng 2025-09-30.", "Write it as 2025-09-30.")
_WRITE_PERIOD = Text("Viết 2025, 2025-H1, 2025-Q3 hoặc 2025-07.", "Write 2025, 2025-H1, 2025-Q3 or 2025-07.")

CODES: dict[str, tuple[str, Text, Text]] = {
    # The file
    "missing_file": (ERROR, Text("không có tệp này.", "there is no such file."), Text("Kiểm tra tên tệp.", "Check its name.")),
    "not_a_file": (ERROR, Text("đây là thư mục, cần một tệp.", "this is a folder; a file is needed."), Text("Chỉ rõ từng tệp.", "Name each file.")),
    "unreadable": (ERROR, Text("không đọc được tệp ({detail}).", "the file cannot be read ({detail})."), Text("Kiểm tra tên tệp và quyền đọc.", "Check its name and permissions.")),
    "empty_file": (ERROR, Text("tệp rỗng.", "the file is empty."), Text("Cần ít nhất một dòng tiêu đề.", "It needs at least a header line.")),
    "too_large": (ERROR, Text("tệp quá lớn: {detail}.", "the file is too large: {detail}."), _SPLIT),
    "old_format": (ERROR, Text("không nhận loại tệp này ({detail}).", "this kind of file is not taken ({detail})."), _SAVE_AS),
    "binary": (ERROR, Text("không phải tệp văn bản hay sổ tính.", "neither a text file nor a workbook."), _SAVE_AS),
    "unsafe_archive": (ERROR, Text("không mở sổ tính này: {detail}.", "this workbook is not opened: {detail}."), _SAVE_AS),
    "broken_workbook": (ERROR, Text("sổ tính bị hỏng ({detail}).", "the workbook is damaged ({detail})."), _SAVE_AS),
    "encoding_unknown": (
        ERROR,
        Text("không rõ bảng mã của chữ; có thể là: {detail}.", "the encoding of the text is not clear; it may be: {detail}."),
        Text("Trong Excel, chọn “CSV UTF-8” khi lưu, hoặc gửi tệp .xlsx.", "In Excel, choose “CSV UTF-8” when saving, or send an .xlsx file."),
    ),
    "no_table": (
        ERROR,
        Text("không tìm thấy bảng báo cáo nào. {detail}", "no report table was found. {detail}"),
        Text("Dùng tiêu đề cột theo biểu mẫu.", "Use the column headers of the form."),
    ),
    "changed_while_read": (
        ERROR,
        Text("tệp bị thay đổi trong khi đang đọc.", "the file changed while it was being read."),
        Text("Lưu và đóng tệp, rồi gửi lại.", "Save and close the file, then send it again."),
    ),
    "no_rows": (ERROR, Text("bảng không có dòng số liệu nào.", "the table has no row of figures."), Text("Điền số liệu rồi gửi lại.", "Fill in figures and send it again.")),
    "submitted_before": (NOTE, Text("tệp này đã nộp rồi (biên nhận {detail}) và không đổi gì.", "this file was handed in before (receipt {detail}) and changes nothing."), Text("Không cần nộp lại.", "It need not be handed in again.")),
    "in_reports_folder": (
        ERROR,
        Text("dòng này đã có trong tệp đặt tay {detail} với số liệu khác.", "this row is also in the file {detail}, put there by hand, with other figures."),
        Text("Bỏ dòng đó khỏi tệp đặt tay, hoặc bỏ dòng này.", "Take that row out of the file put there by hand, or take this row out."),
    ),
    "read_strictly": (
        NOTE,
        Text("tệp lớn ({detail}) nên được đọc theo đúng biểu mẫu, không đoán cách viết.", "the file is large ({detail}) and was read strictly by the form, without interpreting anything."),
        LOOK,
    ),
    "file_repeated": (WARNING, Text("tệp này giống hệt “{detail}”.", "this file is the same as “{detail}”."), Text("Chỉ cần gửi một lần.", "Sending it once is enough.")),
    "workbook_macros": (NOTE, Text("sổ tính có macro; chỉ đọc giá trị, không chạy gì.", "the workbook has macros; values are read, nothing is run."), LOOK),
    "external_links": (WARNING, Text("sổ tính có liên kết đến tệp khác.", "the workbook has links to other files."), _VALUES_ONLY),
    # The sheet and its tables
    "sheet_hidden": (ERROR, Text("dòng nằm trong trang tính ẩn.", "the row is on a hidden sheet."), Text("Hiện trang tính, hoặc xóa nó.", "Show the sheet, or delete it.")),
    "row_hidden": (WARNING, Text("dòng bị ẩn nhưng vẫn được đọc.", "the row is hidden and was read all the same."), Text("Xóa dòng nếu không dùng.", "Delete the row if it does not count.")),
    "column_unknown": (
        ERROR,
        Text("cột “{detail}” có số nhưng không rõ là số gì.", "the column “{detail}” holds figures, and it is not clear of what."),
        Text("Đặt lại tiêu đề theo biểu mẫu, hoặc xóa cột.", "Name it as in the form, or delete the column."),
    ),
    "column_ignored": (WARNING, Text("cột “{detail}” không thuộc biểu mẫu, không được nạp.", "the column “{detail}” is not in the form and is not loaded."), LOOK),
    "column_repeated": (ERROR, Text("hai cột cùng nghĩa: {detail}.", "two columns mean the same: {detail}."), Text("Giữ một cột.", "Keep one of them.")),
    "figures_scaled": (
        ERROR,
        Text("bảng tính theo nghìn hoặc triệu (“{detail}”).", "the table counts in thousands or millions (“{detail}”)."),
        Text("Ghi số đầy đủ, không rút gọn.", "Give full figures."),
    ),
    "total_differs": (
        WARNING,
        Text("dòng tổng ghi {value}, cộng các dòng được {detail}.", "the total row says {value}, the rows add up to {detail}."),
        Text("Kiểm tra dòng còn thiếu hoặc số sai.", "Look for a missing row or a wrong figure."),
    ),
    "rate_differs": (
        WARNING,
        Text("tỷ lệ trong tệp không khớp với các số của dòng ({detail}).", "the rate in the file does not fit the figures of the row ({detail})."),
        _RIGHT_FIGURE,
    ),
    "row_incomplete": (ERROR, Text("không rõ dòng này là gì: không có số liệu nào đọc được.", "it is not clear what this row is: it holds no figure."), Text("Điền đủ hoặc xóa dòng.", "Fill it in or delete it.")),
    "row_shape": (ERROR, Text("dòng có nhiều ô hơn tiêu đề.", "the row has more cells than the header."), Text("Tìm dấu phân cách thừa; số có dấu phẩy phải đặt trong ngoặc kép.", "Look for a delimiter too many; a figure with a comma needs quotes.")),
    "quote_unclosed": (ERROR, Text("dấu ngoặc kép mở mà không đóng.", "a quote is opened and never closed."), Text("Đóng hoặc xóa dấu ngoặc kép.", "Close the quote or delete it.")),
    # Cells
    "formula_without_value": (ERROR, Text("công thức chưa có kết quả lưu trong tệp.", "the formula has no result stored in the file."), _VALUES_ONLY),
    "formula_external": (ERROR, Text("công thức lấy số từ tệp khác.", "the formula takes its figure from another file."), _VALUES_ONLY),
    "cell_error": (ERROR, Text("ô báo lỗi của Excel.", "the cell holds an error of Excel."), _RIGHT_FIGURE),
    "zero_or_missing": (ERROR, Text("không rõ là số 0 hay không có số liệu.", "zero or no figure: it is not clear which."), Text("Ghi 0 hoặc để trống.", "Write 0 or leave it blank.")),
    "missing_mark": (NOTE, Text("ký hiệu không có số liệu được đọc là ô trống.", "a mark for no figure was read as blank."), LOOK),
    "date_ambiguous": (ERROR, Text("không rõ ngày hay tháng đứng trước.", "day or month first: it is not clear which."), _WRITE_DATE),
    "value_ambiguous": (ERROR, Text("giá trị có thể hiểu nhiều cách.", "the value can mean several things."), Text("Ghi mã hoặc tên đầy đủ.", "Give the code or the full name.")),
    # Units
    "unit_unknown": (ERROR, Text("không có đơn vị nào mang tên này vào ngày đó.", "no unit has this name at that date."), _WHICH_UNIT),
    "unit_ambiguous": (ERROR, Text("nhiều đơn vị cùng khớp.", "several units fit."), _WHICH_UNIT),
    "unit_former": (ERROR, Text("đây là đơn vị cũ, không còn vào ngày đó.", "this is a former unit, not in force at that date."), _WHICH_UNIT),
    "unit_renamed": (WARNING, Text("tên cũ, được đọc là {detail}.", "a former name, read as {detail}."), _WHICH_UNIT),
    "unit_misspelt": (WARNING, Text("tên viết sai, được đọc là {detail}.", "a misspelt name, read as {detail}."), _WHICH_UNIT),
    "unit_code_list": (
        ERROR,
        Text("tệp có mã của danh mục cũ, mà mã này được dùng lại từ 1/7/2025: không rõ là đơn vị nào.", "the file uses codes of the old list, and this code was reused on 1 July 2025: it is not clear which unit is meant."),
        Text("Ghi thêm tên đơn vị.", "Give the unit's name too."),
    ),
    # Across rows and time
    "period_in_future": (ERROR, Text("kỳ báo cáo chưa kết thúc.", "the period has not ended yet."), _WRITE_PERIOD),
    "key_conflict": (
        ERROR,
        Text("Cùng một khóa có số liệu khác nhau, không biết dòng nào đúng; các dòng: {detail}.", "The same key has different figures and it is unknown which is right; the rows: {detail}."),
        Text("Giữ dòng đúng, xóa dòng kia.", "Keep the right row, delete the other."),
    ),
    "row_repeated": (NOTE, Text("dòng lặp lại {detail}; chỉ tính một lần.", "the row repeats {detail}; it counts once."), LOOK),
}  # fmt: skip
"""Code → level, reason, remedy. ``{detail}`` and ``{value}`` are filled in where the finding is made."""

_REMEDIES = {
    "type_integer": _ONE_STYLE,
    "type_date": _WRITE_DATE,
    "type_period": _WRITE_PERIOD,
    "unit_exists": _WHICH_UNIT,
    "unit_in_force": _WHICH_UNIT,
    "unit_name_matches": _WHICH_UNIT,
}
"""Remedies for rules of the contracts, whose reasons the contracts give."""


def remedy_of(rule: str) -> Text:
    """What to do about a broken rule of a contract."""
    return _REMEDIES.get(rule, _RIGHT_FIGURE)


def or_list(candidates: Iterable[str]) -> Text:
    """The readings between which a file does not decide, as a sentence; empty where there are none."""
    found = list(candidates)
    if not found:
        return Text("", "")
    return Text(f" Có thể là: {' | '.join(found)}.", f" It may be: {' | '.join(found)}.")
