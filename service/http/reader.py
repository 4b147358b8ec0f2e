"""Who reads a page, in which language, and where it stands: from the request."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from geodata.errors import InvalidInput
from service.auth import Role, caller
from service.http.problems import wants_html
from service.i18n import languages, negotiate

_HOST = re.compile(r"^[\w.\-]+(:\d{1,5})?$|^\[[0-9a-fA-F:.]+\](:\d{1,5})?$", re.ASCII)


def _quoted(path: str) -> str:
    # Ids of districts may hold anything: "A B", "x#1", "y?2", "p%2Fq"; a slash parts no less.
    return quote(path, safe="/:@!$&'()*+,;=-._~")


@dataclass(frozen=True, slots=True)
class View:
    """One reader's view of one page.

    Attributes
    ----------
    lang
        Language of the page.
    url
        The page's own address with its query, absolute where known.
    root
        What stands before every path, without a final slash: empty, or the path behind
        a proxy.
    keep_lang
        Whether links carry `lang`, because the reader chose it on the page.
    role, name
        The caller's role and the name of the key; the public has the role ``public``.
    token
        Token against cross-site requests, put into every form that writes.
    embed
        Whether the page stands in another page's frame, without header and footer.
    damaged
        Whether the register was found damaged: each page says so.
    """

    lang: str = "en"
    url: str = "/"
    root: str = ""
    keep_lang: bool = False
    role: str = "public"
    name: str = ""
    token: str = ""
    embed: bool = False
    damaged: bool = False

    @property
    def path(self) -> str:
        """The page's path as the application sees it, without root and query."""
        return urlsplit(self.url).path.removeprefix(self.root) or "/"

    @property
    def query(self) -> list[tuple[str, str]]:
        """The page's parameters in their order."""
        return parse_qsl(urlsplit(self.url).query, keep_blank_values=False)

    @property
    def origin(self) -> str:
        """Scheme and host, empty if the address is not absolute."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""

    def may(self, role: str) -> bool:
        """Say whether the reader has at least `role`."""
        order = ("public", "analyst", "editor", "admin")
        return order.index(self.role) >= order.index(role)

    def href(self, path: str, **parameters: Any) -> str:
        """Give the link to a path of the service, in the reader's language.

        Parameters
        ----------
        path
            Path from the root of the service, e.g. ``/incidents``.
        **parameters
            Query; null and empty ones are left out, underscores become hyphens, and one
            at the end (``from_``) goes.
        """
        named = {k.rstrip("_").replace("_", "-"): v for k, v in parameters.items()}
        pairs = [(k, v) for k, v in named.items() if v not in (None, "")]
        if self.keep_lang and "lang" not in parameters:
            pairs.append(("lang", self.lang))
        return self.root + _quoted(path) + (f"?{urlencode(pairs)}" if pairs else "")

    def here(self, **changes: Any) -> str:
        """Give the link to this page with some parameters changed; null removes one."""
        names = {k.rstrip("_").replace("_", "-"): v for k, v in changes.items()}
        pairs = [(k, v) for k, v in self.query if k not in names]
        pairs += [(k, str(v)) for k, v in names.items() if v not in (None, "")]
        return self.root + self.path + (f"?{urlencode(pairs)}" if pairs else "")

    def absolute(self, link: str) -> str:
        """Give a link of `href` or `here` with scheme and host where they are known."""
        return link if "://" in link else self.origin + link


def as_view(view: "View | str", page: Mapping[str, Any] | None = None) -> View:
    """Take a view, or a bare language with the page's ``self`` link as its address."""
    if isinstance(view, View):
        return view
    links: Iterable[Mapping[str, Any]] = (page or {}).get("links", ())
    own = next((str(k["href"]) for k in links if k.get("rel") == "self"), "/")
    return replace(View(), lang=view, url=own)


def root_of(request: Request) -> str:
    """Give the address of the service as the client sees it, without a final slash.

    A host that is none (a forged header) is replaced by the address listened on.
    """
    public: str = request.app.state.settings.public_url.rstrip("/")
    if public:
        return public
    host = request.headers.get("host", "")
    if not _HOST.match(host):
        name, port = request.scope.get("server") or ("localhost", None)
        host = f"{name}:{port}" if port else str(name)
    return f"{request.scope.get('scheme', 'http')}://{host}"


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
