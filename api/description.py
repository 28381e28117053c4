"""The OpenAPI description, made from the definitions that requests are held to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api import problems
from api.fields import Field
from api.parameters import Parameter
from api.resources import LANG, ONLY_JSON, RESOURCES, Resource
from api.words import Both
from i18n import Lang
from queries.warehouse import Warehouse

VERSION = "1.0.0"
TITLE = Both("Số liệu Hà Nội – Thành phố học tập", "Figures of Hà Nội, learning city")
ABOUT = Both(
    "Chỉ đọc, không cần đăng nhập. Mỗi dòng có status: published (đã công bố), reported (đơn vị báo cáo), illustrative (minh họa, không phải"
    " số thật). Giá trị của tỷ lệ là phần của 1. Nhiều giá trị của một tham số cách nhau bằng dấu phẩy. Trang sau ở đầu mục Link. ETag đổi"
    " theo bản dựng: gửi lại If-None-Match để nhận 304. CSV là UTF-8 không có dấu BOM, theo RFC 4180; ô chữ bắt đầu bằng = + - @ có dấu '"
    " đứng trước để bảng tính không chạy như công thức. Không có tiêu đề CORS: trang web khác không đọc được qua trình duyệt của người xem.",
    "Read-only, no login. Each row has a status: published, reported, or illustrative (generated, not real). A rate's value is a part of 1."
    " Several values of a parameter are separated by commas. The next page is in the Link header. The ETag changes with the build: send"
    " If-None-Match to get 304. CSV is UTF-8 without a byte order mark, as RFC 4180 has it; text cells that begin with = + - @ have an"
    " apostrophe before them, so that a spreadsheet does not run them. There are no CORS headers: other web pages cannot read this through"
    " a visitor's browser.",
)
_HEADERS: dict[str, tuple[str, Both]] = {
    "ETag": ("string", Both("Bản dựng và dạng trả về.", "The build and the format.")),
    "Figures-Build": ("string", Both("Mã bản dựng.", "Id of the build.")),
    "Figures-Status": ("string", Both("Số dòng theo tình trạng, ví dụ illustrative=126.", "Rows by status, for example illustrative=126.")),
    "Total-Count": ("integer", Both("Tổng số dòng của mọi trang.", "Rows of all pages.")),
    "Link": ("string", Both("Trang trước (prev) và trang sau (next), theo RFC 8288.", "The page before (prev) and after (next), as RFC 8288 has it.")),
}  # fmt: skip
_PROBLEM = {
    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
}


def describe(w: Warehouse | None, lang: Lang) -> dict[str, Any]:
    """The description; without a published build the columns are left open."""
    paths: dict[str, Any] = {
        "/": _plain_operation("index", Both("Danh sách tài nguyên và bảng", "Resources and tables"), lang),
        "/openapi.json": _plain_operation("openapi", Both("Bản mô tả này", "This description"), lang),
    }
    for resource in RESOURCES:
        paths[resource.path] = {"get": _operation(resource, w, lang), "head": _operation(resource, w, lang, head=True)}  # fmt: skip
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE.of(lang), "version": VERSION, "description": ABOUT.of(lang)},
        "servers": [{"url": "/api/v1"}],
        "paths": paths,
        "components": {"schemas": {"Problem": problems.SCHEMA}},
    }


def _parameter(parameter: Parameter, place: str, lang: Lang) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": parameter.name,
        "in": place,
        "required": place == "path",
        "description": parameter.about.of(lang),
        "schema": parameter.schema(),
    }
    if parameter.many:
        told |= {"style": "form", "explode": False}
    if parameter.example:
        told["example"] = [parameter.example] if parameter.many else parameter.example
    return told


def _failures(statuses: Sequence[int], lang: Lang) -> dict[str, Any]:
    titles = {
        status: " / ".join(kind.title.of(lang) for kind in problems.KINDS.values() if kind.status == status)
        for status in statuses
    }
    return {str(status): {"description": titles[status], "content": _PROBLEM} for status in statuses}


def _headers(lang: Lang) -> dict[str, Any]:
    return {
        name: {"description": about.of(lang), "schema": {"type": kind}, "required": name in ("ETag", "Figures-Build")}
        for name, (kind, about) in _HEADERS.items()
    }  # fmt: skip


def _operation(resource: Resource, w: Warehouse | None, lang: Lang, *, head: bool = False) -> dict[str, Any]:
    fields: Sequence[Field] = ()
    if w is not None and not any(p.name == "table" for p in resource.in_path):
        fields = resource.fields_of(w, {})
    answer: dict[str, Any] = {"description": resource.title.of(lang), "headers": _headers(lang)}
    if not head:
        answer["content"] = {
            "application/json": {"schema": _envelope(resource, fields, lang)},
            "text/csv": {"schema": {"type": "string"}},
        }
    responses = {
        "200": answer,
        "304": {"description": Both("Vẫn là bản dựng cũ", "The same build as before").of(lang)},
        **_failures((400, 404, 405, 406, 500, 503), lang),
    }
    if head:
        responses = {code: {k: v for k, v in told.items() if k != "content"} for code, told in responses.items()}  # fmt: skip
    return {
        "operationId": f"{'head' if head else 'get'}_{resource.name}",
        "summary": resource.title.of(lang),
        "parameters": [
            *(_parameter(p, "path", lang) for p in resource.in_path),
            *(_parameter(p, "query", lang) for p in resource.all_parameters),
        ],
        "responses": responses,
    }


def _envelope(resource: Resource, fields: Sequence[Field], lang: Lang) -> dict[str, Any]:
    row: dict[str, Any] = {"type": "object"}
    if fields:
        row |= {
            "properties": {field.name: field.schema(lang) for field in fields},
            "required": [field.name for field in fields],
            "additionalProperties": False,
        }
    properties: dict[str, Any] = {
        "build": {
            "type": "object",
            "required": ["id", "built_at"],
            "properties": {"id": {"type": "string"}, "built_at": {"type": "string", "format": "date-time"}},
        },
        "lang": {"type": "string", "enum": ["vi", "en"]},
        "statuses": {"type": "object", "additionalProperties": {"type": "integer"}},
        "notice": {"type": ["string", "null"]},
        "data": row if resource.one else {"type": "array", "items": row},
    }
    if not resource.one:
        properties |= {name: {"type": "integer", "minimum": 0} for name in ("total", "limit", "offset")}
        properties |= {name: {"type": ["string", "null"]} for name in ("next", "previous")}
    return {"type": "object", "required": list(properties), "properties": properties}


def _plain_operation(name: str, title: Both, lang: Lang) -> dict[str, Any]:
    def operation(method: str) -> dict[str, Any]:
        content = {"content": {"application/json": {"schema": {"type": "object"}}}} if method == "get" else {}
        failures = _failures((400, 405, 406, 500, 503), lang)
        if method == "head":
            failures = {code: {"description": told["description"]} for code, told in failures.items()}
        return {
            "operationId": f"{method}_{name}",
            "summary": title.of(lang),
            "parameters": [_parameter(p, "query", lang) for p in (ONLY_JSON, LANG)],
            "responses": {
                "200": {"description": title.of(lang), **content},
                "304": {"description": Both("Không đổi", "Not changed").of(lang)},
                **failures,
            },
        }

    return {"get": operation("get"), "head": operation("head")}
