"""Errors as RFC 9457 problem documents: what is wrong, where, and what to do, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from api.words import Both


@dataclass(frozen=True)
class Kind:
    """A kind of problem: its HTTP status, what it is, and what to do about it."""

    status: int
    title: Both
    todo: Both


KINDS: dict[str, Kind] = {
    "bad-parameter": Kind(
        400,
        Both("Tham số không hợp lệ", "Invalid parameter"),
        Both("Sửa tham số theo mô tả ở /api/v1/openapi.json.", "Correct the parameter as /api/v1/openapi.json describes it."),
    ),
    "unknown-parameter": Kind(
        400,
        Both("Không có tham số này", "Unknown parameter"),
        Both("Bỏ tham số, hoặc xem các tên đúng ở /api/v1/openapi.json.", "Remove it, or see the right names in /api/v1/openapi.json."),
    ),
    "no-such-value": Kind(
        404,
        Both("Không có mã này trong bản dựng đang công bố", "No such code in the published build"),
        Both("Tra mã ở /api/v1/indicators, /api/v1/units hoặc /api/v1/tables/peer_group.", "Look codes up in /api/v1/indicators, /api/v1/units or /api/v1/tables/peer_group."),
    ),
    "not-found": Kind(
        404,
        Both("Không có địa chỉ này", "No such address"),
        Both("Xem các địa chỉ ở /api/v1/.", "See the addresses at /api/v1/."),
    ),
    "method-not-allowed": Kind(
        405,
        Both("Giao diện này chỉ đọc", "This interface is read-only"),
        Both("Dùng GET hoặc HEAD.", "Use GET or HEAD."),
    ),
    "not-acceptable": Kind(
        406,
        Both("Không có dạng mà đầu mục Accept yêu cầu", "No format that Accept asks for"),
        Both("Nhận application/json hoặc text/csv, hoặc thêm ?format=csv.", "Accept application/json or text/csv, or add ?format=csv."),
    ),
    "internal": Kind(
        500,
        Both("Lỗi ở máy chủ", "Something failed in the server"),
        Both("Thử lại; nếu còn lỗi, báo cho người quản trị kèm thời điểm.", "Try again; if it stays, tell the administrator when it happened."),
    ),
    "nothing-published": Kind(
        503,
        Both("Chưa có số liệu nào được công bố", "Nothing is published yet"),
        Both("Chạy `make run`, hoặc `python -m etl build`, rồi hỏi lại.", "Run `make run`, or `python -m etl build`, and ask again."),
    ),
    "too-slow": Kind(
        503,
        Both("Câu hỏi chạy quá lâu nên đã bị dừng", "The question took too long and was stopped"),
        Both("Lọc bớt theo chỉ số, đơn vị hoặc kỳ, rồi hỏi lại.", "Narrow it by indicator, unit or period, and ask again."),
    ),
    "busy": Kind(
        503,
        Both("Đang có quá nhiều yêu cầu", "Too many requests at the moment"),
        Both("Hỏi lại sau ít giây.", "Ask again in a few seconds."),
    ),
}  # fmt: skip
RETRY_SECONDS = {"nothing-published": 60, "busy": 5}


class Problem(Exception):
    """An answer that is no figure: its kind, what exactly, and which parameter it is about."""

    def __init__(self, kind: str, detail: Both | None = None, parameter: str | None = None) -> None:
        super().__init__(kind)
        self.kind, self.detail, self.parameter = kind, detail, parameter

    @property
    def status(self) -> int:
        """The HTTP status."""
        return KINDS[self.kind].status

    def document(self, path: str) -> dict[str, Any]:
        """The document; title and detail in English, as programs log them, and all words in both languages."""
        kind = KINDS[self.kind]
        detail = self.detail or kind.title
        told: dict[str, Any] = {
            "type": f"/api/v1/problems/{self.kind}",
            "title": kind.title.en,
            "status": kind.status,
            "detail": f"{detail.en} {kind.todo.en}" if detail != kind.title else kind.todo.en,
            "instance": path,
            "vi": {"title": kind.title.vi, "detail": detail.vi, "todo": kind.todo.vi},
            "en": {"title": kind.title.en, "detail": detail.en, "todo": kind.todo.en},
        }
        if self.parameter is not None:
            told["parameter"] = self.parameter
        return told


_WORDS_SCHEMA = {
    "type": "object",
    "required": ["title", "detail", "todo"],
    "properties": {name: {"type": "string"} for name in ("title", "detail", "todo")},
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance", "vi", "en"],
    "properties": {
        "type": {"type": "string", "enum": [f"/api/v1/problems/{kind}" for kind in KINDS]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "parameter": {"type": "string"},
        "vi": _WORDS_SCHEMA,
        "en": _WORDS_SCHEMA,
    },
}
