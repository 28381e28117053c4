"""The interface as an ASGI application: from a request to a problem, a 304, or rows."""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.description import TITLE, VERSION, describe
from api.desk import Desk, published
from api.parameters import Parameter, read_all
from api.problems import RETRY_SECONDS, Problem
from api.render import CSV, JSON, Rendered, as_csv, as_json
from api.resources import LANG, ONLY_JSON, RESOURCES, Resource, table_titles
from api.words import Both
from i18n import Lang
from queries.warehouse import Warehouse

PREFIX = "/api"
BASE = f"{PREFIX}/v1"
METHODS = ("GET", "HEAD")
SMALLEST_PACKED = 1_024
_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}
"""On every answer. No CORS headers on purpose: Excel, Power BI and R need none, and without them no web page that a
visitor happens to open can read the figures of an office's network through the visitor's browser."""
_log = logging.getLogger(__name__)


def _language(values: Mapping[str, Any]) -> Lang:
    return "en" if values["lang"] == "en" else "vi"


# ---- Which format -------------------------------------------------------------------------------------------------


def wanted(accept: str, offered: Sequence[str]) -> str | None:
    """The media type of those offered that Accept likes best; the first offered where it likes several the same."""
    if not accept.strip():
        return offered[0]
    liked: dict[str, tuple[int, float]] = {}
    for part in accept.split(","):
        kind, *more = (piece.strip() for piece in part.split(";"))
        quality = 1.0
        for piece in more:
            name, _, value = piece.partition("=")
            if name.strip().lower() == "q":
                try:
                    quality = min(1.0, max(0.0, float(value)))
                except ValueError:
                    quality = 0.0
        for media in offered:
            exactness = {media: 2, media.split("/")[0] + "/*": 1, "*/*": 0}.get(kind.lower())
            if exactness is not None and exactness >= liked.get(media, (-1, 0.0))[0]:
                liked[media] = (exactness, quality)
    best = max(offered, key=lambda media: liked.get(media, (0, 0.0))[1])
    return best if liked.get(best, (0, 0.0))[1] > 0 else None


def _media(request: Request, values: Mapping[str, Any], offered: Sequence[str]) -> str:
    if values["format"]:
        return CSV if values["format"] == "csv" else JSON
    found = wanted(request.headers.get("accept", ""), offered)
    if found is None:
        raise Problem("not-acceptable")
    return found


# ---- Answers ------------------------------------------------------------------------------------------------------


def _problem(request: Request, problem: Problem) -> Response:
    headers = {"Cache-Control": "no-store", "Content-Type": "application/problem+json"}
    if problem.kind in RETRY_SECONDS:
        headers["Retry-After"] = str(RETRY_SECONDS[problem.kind])
    if problem.status == 405:
        headers["Allow"] = ", ".join(METHODS)
    body = json.dumps(problem.document(request.url.path), ensure_ascii=False).encode()
    return _finished(request, body, problem.status, headers)


def _finished(request: Request, body: bytes, status: int, headers: Mapping[str, str]) -> Response:
    """A response whose length is told and, for HEAD, whose body is not sent."""
    response = Response(b"" if request.method == "HEAD" else body, status, {**_SAFE, **headers})
    if status != 304:
        response.headers["content-length"] = str(len(body))
    return response


def _packs(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "").lower()


def _packed(body: bytes, headers: dict[str, str], *, pack: bool) -> bytes:
    """Packed by the worker: packing in the server's own loop would make the screens wait."""
    if not pack or len(body) < SMALLEST_PACKED:
        return body
    headers["Content-Encoding"] = "gzip"
    return gzip.compress(body, 5, mtime=0)


def _etag(w: Warehouse | None, media: str) -> str:
    """Weak: packed and unpacked it is the same answer. The address says the rest."""
    build = w.build_id if w else "none"
    return f'W/"{build}.{VERSION}.{media.rpartition("/")[2]}"'


def _known(request: Request, etag: str) -> bool:
    sent = [part.strip() for part in request.headers.get("if-none-match", "").split(",")]
    return "*" in sent or etag in sent or etag.removeprefix("W/") in sent


def _headers(w: Warehouse | None, media: str) -> dict[str, str]:
    told = {
        "Content-Type": f"{media}; charset=utf-8" + ("; header=present" if media == CSV else ""),
        "Cache-Control": "no-cache",
        "Vary": "Accept, Accept-Encoding",
        "ETag": _etag(w, media),
    }
    if w is not None:
        told["Figures-Build"] = w.build_id
    return told


def _sent(request: Request) -> dict[str, list[str]]:
    sent: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        sent.setdefault(name, []).append(value)
    return sent


def _values(request: Request, resource: Resource) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for parameter in resource.in_path:
        try:
            found[parameter.name] = parameter.read([request.path_params[parameter.name]])
        except Problem as problem:
            raise Problem("not-found", problem.detail, parameter.name) from problem
    return found | read_all(resource.all_parameters, _sent(request))


def _links(request: Request, values: Mapping[str, Any], total: int) -> dict[str, str]:
    """The pages before and after, as addresses on this server."""
    limit, offset = values["limit"], values["offset"]
    found = {}
    if offset + limit < total:
        found["next"] = offset + limit
    if offset > 0:
        found["prev"] = max(0, min(offset - limit, total - 1))
    sent = [(n, v) for n, v in request.query_params.multi_items() if n not in ("limit", "offset")]
    path = quote(request.url.path, safe="/@")
    return {
        rel: path + "?" + urlencode([*sent, ("limit", limit), ("offset", start)], safe="@,", quote_via=quote)
        for rel, start in found.items()
    }


def _rendered(
    w: Warehouse, resource: Resource, values: Mapping[str, Any], media: str, request: Request
) -> tuple[Rendered, int, dict[str, str]]:
    lang = _language(values)
    fields = resource.fields_of(w, values)
    page = resource.ask(w, values)
    links = {} if resource.one else _links(request, values, page.total)
    if media == CSV:
        return as_csv(page.rows, fields, lang), page.total, links
    head: dict[str, Any] = {
        "build": {"id": w.build_id, "built_at": w.built_at.isoformat()},
        "lang": lang,
    }
    if not resource.one:
        head |= {"total": page.total, "limit": values["limit"], "offset": values["offset"]}
        head |= {"next": links.get("next"), "previous": links.get("prev")}
    return as_json(page.rows, fields, lang, head, one=resource.one), page.total, links


def _work(
    folder: Path, resource: Resource, values: Mapping[str, Any], media: str, request: Request
) -> tuple[bytes, int, dict[str, str]]:
    """Everything about one request that takes time, for a worker."""
    w = published(folder)
    headers = _headers(w, media)
    if _known(request, headers["ETag"]):
        return b"", 304, headers
    rendered, total, links = _rendered(w, resource, values, media, request)
    if not resource.one:
        headers["Total-Count"] = str(total)
    if rendered.statuses:
        headers["Figures-Status"] = ", ".join(f"{s}={n}" for s, n in sorted(rendered.statuses.items()))
    if links:
        headers["Link"] = ", ".join(f'<{address}>; rel="{rel}"' for rel, address in links.items())
    if media == CSV:
        headers["Content-Disposition"] = f'inline; filename="hanoi-{resource.name}-{w.build_id}.csv"'
    return _packed(rendered.body, headers, pack=_packs(request)), 200, headers


# ---- Addresses ----------------------------------------------------------------------------------------------------


def _index(w: Warehouse, lang: Lang) -> dict[str, Any]:
    return {
        "title": TITLE.of(lang),
        "version": VERSION,
        "build": {"id": w.build_id, "built_at": w.built_at.isoformat()},
        "openapi": f"{BASE}/openapi.json",
        "resources": [
            {"name": r.name, "href": BASE + r.path, "title": r.title.of(lang), "templated": "{" in r.path}
            for r in RESOURCES
        ],
        "tables": [
            {"name": name, "href": f"{BASE}/tables/{name}", "title": title.of(lang)}
            for name, title in table_titles(w).items()
        ],
    }


def _document(folder: Path, name: str, lang: Lang, request: Request) -> tuple[bytes, int, dict[str, str]]:
    """The index, or the description, which there is without figures too."""
    w: Warehouse | None
    try:
        w = published(folder)
    except Problem:
        if name == "index":
            raise
        w = None
    headers = _headers(w, JSON)
    if _known(request, headers["ETag"]):
        return b"", 304, headers
    told = describe(w, lang) if name == "openapi" or w is None else _index(w, lang)
    body = json.dumps(told, ensure_ascii=False).encode()
    return _packed(body, headers, pack=_packs(request)), 200, headers


async def _failed(request: Request, error: Exception) -> Response:
    if isinstance(error, Problem):
        return _problem(request, error)
    if isinstance(error, HTTPException):
        kind = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "internal")
        return _problem(request, Problem(kind))
    _log.error("failed: %s", request.url.path, exc_info=error)
    return _problem(request, Problem("internal"))


async def _lost(request: Request) -> Response:
    if request.method not in METHODS:
        raise Problem("method-not-allowed")
    path = request.url.path[:120]
    raise Problem("not-found", Both(f"Không có {path}.", f"There is no {path}."))


Endpoint = Callable[[Request], Any]


def interface(folder: Callable[[], Path], desk: Desk | None = None) -> Starlette:
    """The application for everything below ``/api``; ``folder`` says at each request where builds are published."""
    worker = desk or Desk()

    async def answer(request: Request, work: Callable[[], tuple[bytes, int, dict[str, str]]]) -> Response:
        body, status, headers = await worker.do(work)
        return _finished(request, body, status, headers)

    def of(resource: Resource) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            values = _values(request, resource)
            media = _media(request, values, (JSON, CSV))
            return await answer(request, lambda: _work(folder(), resource, values, media, request))

        return endpoint

    def document(name: str) -> Endpoint:
        parameters: tuple[Parameter, ...] = (ONLY_JSON, LANG)

        async def endpoint(request: Request) -> Response:
            values = read_all(parameters, _sent(request))
            _media(request, values, (JSON,))
            lang = _language(values)
            return await answer(request, lambda: _document(folder(), name, lang, request))

        return endpoint

    documents = [Route(BASE, document("index")), Route(f"{BASE}/", document("index")), Route(f"{BASE}/openapi.json", document("openapi"))]  # fmt: skip
    return Starlette(
        routes=[
            *documents,
            *(Route(BASE + resource.path, of(resource)) for resource in RESOURCES),
            Route("/{path:path}", _lost, methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]),
        ],
        exception_handlers={Problem: _failed, HTTPException: _failed, Exception: _failed},
    )  # fmt: skip
