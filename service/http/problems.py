"""Errors on the wire: ``application/problem+json`` (RFC 9457), from one table.

Beside the RFC's members each problem carries `code` and `description`, as OGC API asks.
"""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from geodata.errors import (
    Ambiguous,
    Conflict,
    Forbidden,
    GeodataError,
    InvalidInput,
    NotFound,
    StoreError,
    Undefined,
)
from service.http.representation import prefers_html
from service.i18n import languages, translator_of

if TYPE_CHECKING:
    from fastapi.exceptions import RequestValidationError

MEDIA_TYPE = "application/problem+json"

STATUS: dict[type[GeodataError], int] = {
    InvalidInput: 400,
    NotFound: 404,
    Ambiguous: 409,
    Undefined: 422,
    Conflict: 409,
    Forbidden: 403,
    StoreError: 503,
}

STATUS_OF_CODE = {
    "precondition-failed": 412,
    "idempotency-key-reused": 422,
    "invalid-record": 422,
    "unauthorised": 401,
    "unsupported-media-type": 415,
    "not-acceptable": 406,
    "too-many-requests": 429,
}
"""Where one class answers with different statuses, its code decides."""

log = logging.getLogger("hazardmap")


def status_of(error: GeodataError) -> int:
    """Give the HTTP status of an error of the domain; the nearest class in the table."""
    if error.code in STATUS_OF_CODE:
        return STATUS_OF_CODE[error.code]
    return next((STATUS[c] for c in type(error).__mro__ if c in STATUS), 500)


RETRY_AFTER = {503: "5", 429: "60"}
"""Status → seconds after which asking again may help."""


def problem(
    status: int,
    code: str,
    description: str,
    *,
    headers: dict[str, str] | None = None,
    **members: Any,
) -> Response:
    """Build a problem answer."""
    title = HTTPStatus(status).phrase
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": description,
        "code": code,
        "description": description,
        **members,
    }
    content = orjson.dumps(body, default=str, option=orjson.OPT_NON_STR_KEYS)
    return Response(content, status, headers, media_type=MEDIA_TYPE)


def wants_html(request: Request) -> bool:
    """Say whether the answer to this request is a page for a person (see `prefers_html`)."""
    return prefers_html(request.headers.get("accept"), request.query_params.get("f"))


Page = Callable[[Request, int, str, str, list[dict[str, Any]]], str | None]
"""Gives an error as a page for people (status, code, description, single errors), or None."""


def answer(request: Request, status: int, code: str, description: str, **rest: Any) -> Response:
    """Answer an error: a page where the application has one and a browser asks for it."""
    page: Page | None = getattr(request.app.state, "error_page", None)
    if page is not None and wants_html(request):
        html = page(request, status, code, description, rest.get("errors", []))
        if html is not None:
            return HTMLResponse(html, status, rest.get("headers"))
    # Programs get English, unless a page's script asks on behalf of its reader.
    lang = request.query_params.get("lang")
    if lang in languages():
        translator = translator_of(lang)
        description = translator.said(description)
        if "errors" in rest:
            rest["errors"] = [
                {n: translator.said(v) if isinstance(v, str) else v for n, v in error.items()}
                for error in rest["errors"]
            ]
    return problem(status, code, description, **rest)


def of_domain(request: Request, error: Exception) -> Response:
    """Answer an error of the domain."""
    error = cast("GeodataError", error)
    status = status_of(error)
    members: dict[str, Any] = {}
    if error.details:
        members["errors"] = error.details[:100]
    if isinstance(error, Ambiguous):
        members["candidates"] = error.candidates[:20]
    wait = RETRY_AFTER.get(status)
    headers = {"Retry-After": wait} if wait else None
    if status == 401:
        headers = {"WWW-Authenticate": 'Bearer realm="hazardmap"'}
    if status >= 500:
        log.error("%s %s: %s", request.method, request.url.path, error.message)
    return answer(request, status, error.code, error.message, headers=headers, **members)


def of_http(request: Request, error: Exception) -> Response:
    """Answer an error of the framework (unknown path, method not allowed)."""
    error = cast("HTTPException", error)
    phrase = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    code = "body-too-large" if error.status_code == 413 else phrase
    headers = dict(error.headers) if error.headers else None
    return answer(request, error.status_code, code, str(error.detail), headers=headers)


def of_validation(request: Request, error: Exception) -> Response:
    """Answer a parameter or body that the framework refused."""
    error = cast("RequestValidationError", error)
    errors = [
        {"field": ".".join(str(p) for p in e["loc"][1:]) or str(e["loc"][0]), "reason": e["msg"]}
        for e in error.errors()
    ]
    text = "; ".join(f"{e['field']}: {e['reason']}" for e in errors)
    return answer(request, 400, "invalid-input", text[:500], errors=errors)


def of_bug(request: Request, error: Exception) -> Response:
    """Answer what nobody foresaw: a fixed text; the detail goes to the log."""
    request_id = getattr(request.state, "request_id", "-")
    log.error("unexpected error, request %s", request_id, exc_info=error)
    text = "The service failed on this request. Nothing was changed. The log has the details."
    headers = {"X-Request-ID": request_id}
    return answer(request, 500, "internal-error", text, headers=headers, request_id=request_id)
