"""The reader's view of a page, from the request: language, address, role."""

from collections.abc import Collection
from dataclasses import replace
from urllib.parse import quote, urlsplit

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from geodata.errors import InvalidInput
from service.auth import Role, caller
from service.http.problems import wants_html
from service.http.request import root_of
from service.i18n import languages, negotiate
from service.pages.view import View

ALWAYS = frozenset({"f", "lang", "as-of", "boundaries", "embed"})
"""Parameters that every page takes."""


def view_of(request: Request, allowed: Collection[str] | None = None) -> View:
    """Give the view of a request.

    Parameters
    ----------
    request
        The request; `lang` wins over Accept-Language.
    allowed
        Names of further parameters; None when the handler has checked them itself.

    Returns
    -------
    View
        With the public address where one is set.

    Raises
    ------
    InvalidInput
        `lang` is unknown, or a parameter that the page does not take was given.
    """
    query = request.query_params
    unknown = [] if allowed is None else sorted({*query} - ALWAYS - set(allowed))
    if unknown:
        known = ", ".join(sorted({*(allowed or ()), *ALWAYS}))
        raise InvalidInput(
            f"There is no parameter {unknown[0][:60]!r} here; there are {known}.",
            code="unknown-parameter",
            details=[{"field": name[:60], "reason": "is unknown"} for name in unknown],
        )
    lang = negotiate(query.get("lang"), request.headers.get("accept-language"))
    token = request.app.state.sessions.form_token(request)
    return replace(_view(request, lang), token=token)


def view_of_error(request: Request) -> View:
    """Give the view for a page that tells an error: whatever was asked, it is never refused."""
    wish = request.query_params.get("lang")
    known = wish if wish in languages() else None
    lang = negotiate(known, request.headers.get("accept-language"))
    return replace(_view(request, lang), keep_lang=known is not None)


def _view(request: Request, lang: str) -> View:
    query = request.query_params
    asker = caller(request)
    # One checked reading of the Host header for pages and interface alike.
    address = root_of(request)
    text = f"?{request.url.query}" if request.url.query else ""
    return View(
        lang=lang,
        url=f"{address}{quote(request.scope['path'])}{text}",
        root=urlsplit(address).path,
        keep_lang=bool(query.get("lang")),
        role=asker.role,
        name=asker.name,
        embed=query.get("embed") == "1",
        damaged=_is_damaged(request),
    )


def _is_damaged(request: Request) -> bool:
    register = request.app.state.register
    return register is not None and bool(register.watch.integrity.damage)


def login_first(request: Request, role: Role) -> Response | None:
    """Send a browser whose reader is not signed in to the login, and back here afterwards.

    Raises
    ------
    InvalidInput
        A program asks without a key (401).
    Forbidden
        Somebody with less than `role` asks (403).
    """
    asker = caller(request)
    if asker.role == "public" and wants_html(request):
        view = view_of(request)
        return RedirectResponse(view.href("/login", next=view.here().removeprefix(view.root)), 303)
    asker.require(role)
    return None


def form_answer(html: str, view: View, status: int = 200) -> Response:
    """Answer with a page that holds a form: what is in it never lies in a cache."""
    headers = {"Cache-Control": "no-store", "Content-Language": view.lang}
    return Response(html, status, headers, media_type="text/html; charset=utf-8")
