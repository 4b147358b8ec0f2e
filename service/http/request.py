"""A request, read once: parameters, address, language, representation, caller and snapshot.

What a resource takes is one model (`Parameters`), from which requests are read and the API is
described.
"""

import hmac
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Collection as Group
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache, cached_property
from typing import Annotated, Any, Generic, Literal, Self, TypeVar
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, ValidationError, create_model
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response

from geodata.errors import Forbidden, InvalidInput
from geodata.register import Register, Snapshot
from geodata.risk import RiskParameters
from geodata.risk.parameters import (
    BANDWIDTHS,
    CELL_KM,
    CLASSINGS,
    EXPOSURES,
    FILTER_LANGUAGES,
    HORIZON_DAYS,
    PURPOSES,
    RANKINGS,
    SMOOTHINGS,
    WEIGHTS,
)
from geodata.risk.parameters import NAMES as RISK_NAMES
from service.collections import Collection, collection
from service.handouts import ASKED
from service.http.problems import wants_html
from service.http.representation import (
    HTML,
    Offer,
    digest,
    matches,
    negotiate,
    negotiate_language,
    tag_of,
)
from service.i18n import languages
from service.jobs import JobResult

Schema = dict[str, Any]
_DIGITS = re.compile(r"^[0-9]{1,400}$")

EVERYWHERE = ("f", "lang", "as-of", "boundaries")
"""Parameters that every resource takes."""
NEVER_EMPTY = (*EVERYWHERE, *RISK_NAMES)
"""An empty text means something only where it is compared with one."""


def bad(name: str, reason: str, *, code: str | None = None) -> InvalidInput:
    """Make the error of a parameter.

    Parameters
    ----------
    code
        Slug; None = ``bad-`` and the name.
    """
    return InvalidInput(
        f"The parameter {name[:60]} {reason}",
        code=code or f"bad-{name}",
        details=[{"field": name[:60], "reason": reason}],
    )


class Query:
    """Parameters by name.

    Raises
    ------
    InvalidInput
        A parameter is given twice.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.pairs = tuple(pairs)
        self._values = dict(self.pairs)
        if len(self._values) < len(self.pairs):
            names = [name for name, _ in self.pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise bad(twice, "is given more than once.", code="repeated-parameter")

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str) -> str | None:
        """Give a value as it is; None when the parameter is absent."""
        return self._values.get(name)

    def values(self) -> dict[str, str]:
        """Give all parameters."""
        return dict(self._values)

    def only(self, allowed: Group[str], *, empty: bool = False) -> None:
        """Refuse parameters that are not among `allowed` or `EVERYWHERE`.

        Parameters
        ----------
        empty
            Whether an empty text means that the parameter is absent.

        Raises
        ------
        InvalidInput
            All unknown ones, and what there is.
        """
        known = {*allowed, *EVERYWHERE}
        for name in () if empty else NEVER_EMPTY:
            if self._values.get(name) == "":
                raise bad(name, "is empty; leave it out to have the default.")
        unknown = [name for name in self._values if name not in known]
        if unknown:
            raise InvalidInput(
                f"There is no parameter {unknown[0][:60]!r} here; there are "
                f"{', '.join(sorted(known))}.",
                code="unknown-parameter",
                details=[{"field": n[:60], "reason": "is unknown"} for n in unknown[:50]],
            )


def whole(text: str, name: str, *, least: int, most: int | None = None) -> int:
    """Read a whole number.

    Parameters
    ----------
    most
        The largest value; more means this.

    Raises
    ------
    InvalidInput
        It is no whole number, or below `least`.
    """
    if not _DIGITS.match(text):
        raise bad(name, f"has to be a whole number, not {text[:40]!r}.")
    value = min(int(text), 2**62)
    if value < least:
        raise bad(name, f"has to be at least {least}, not {text[:40]}.")
    return value if most is None else min(value, most)


_SWITCHES = {"1": True, "true": True, "0": False, "false": False}


def switch(text: str, name: str) -> bool:
    """Read what is on or off: ``true`` or ``1``, ``false`` or ``0``, in any letter case.

    Raises
    ------
    InvalidInput
        It is none of them.
    """
    found = _SWITCHES.get(text.lower())
    if found is None:
        raise bad(name, f"is {text[:40]!r}, but has to be true or false, e.g. {name}=true.")
    return found


def one_of(values: Iterable[str], **members: Any) -> Schema:
    """Describe a choice."""
    return {"type": "string", "enum": list(values), **members}


def takes(
    description: str, schema: Mapping[str, Any], *, name: str | None = None, default: Any = None
) -> Any:
    """Declare a parameter.

    Parameters
    ----------
    schema
        What the API's definition says of its values, in place of what their type says. Its
        default is what people are told; what stands for an absent value may be another.
    name
        In a request, where the field's name cannot be it.
    default
        The value when it is absent.
    """
    return Field(
        default,
        alias=name,
        description=description,
        json_schema_extra=dict(schema),
        examples=[schema["example"]] if "example" in schema else None,
    )


def read_by(reader: Any, kind: Any = Any) -> Any:
    """Give the type of a parameter that `reader` makes from its text; see `takes`."""
    return Annotated[kind, PlainValidator(reader, json_schema_input_type=str)]


class Parameters(BaseModel):
    """The parameters of a resource; these every resource takes, beside `f`."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    lang: str | None = takes("Language of pages.", one_of(languages()))
    as_of: str | None = takes(
        "Moment (RFC 3339) whose state of the register is wanted.",
        {"type": "string", "format": "date-time"},
        name="as-of",
    )
    boundaries: str | None = takes("Edition of the boundaries.", {"type": "string", "minLength": 1})

    @classmethod
    @cache
    def names(cls) -> tuple[str, ...]:
        """Give the names in a request."""
        return tuple(field.alias or name for name, field in cls.model_fields.items())

    @classmethod
    def described(cls) -> list[Schema]:
        """Describe each parameter, as OpenAPI has it (see `takes`)."""
        return [
            {"name": field.alias or name, "in": "query", "required": field.is_required()}
            | {"schema": field.json_schema_extra}
            | ({"description": field.description} if field.description else {})
            for name, field in cls.model_fields.items()
        ]

    @classmethod
    def read(cls, texts: Mapping[str, str], **context: Any) -> Self:
        """Read the parameters of a request, whose names are known to be right.

        Parameters
        ----------
        **context
            What the readers of single parameters need beside them.

        Raises
        ------
        InvalidInput
            A value cannot be used.
        """
        try:
            return cls.model_validate(texts, context=context)
        except ValidationError as error:
            raise cls._refused(error) from None

    @classmethod
    def _refused(cls, error: ValidationError) -> InvalidInput:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0])
        if first["type"] == "missing":
            field = next(f for n, f in cls.model_fields.items() if name in (n, f.alias))
            return bad(name, f"is missing; write for example {name}={(field.examples or [''])[0]}.")
        wanted = str(first["msg"]).removeprefix("Input should be ")
        return bad(name, f"is {str(first['input'])[:40]!r}, but has to be {wanted}.")


class WhereParameters(Parameters):
    """Which incidents are counted; like all that follow, one value of the library."""

    where: str | None = takes("CQL2 on incidents.", {"type": "string"})
    where_lang: str | None = takes(
        "Language of where.", one_of(FILTER_LANGUAGES), name="where-lang"
    )

    def model_post_init(self, _context: Any) -> None:
        """Refuse at once what cannot be computed."""
        _ = self.risk

    @cached_property
    def risk(self) -> RiskParameters:
        """The parameters as the library has them."""
        fields = type(self).model_fields.items()
        given = {field.alias or name: getattr(self, name) for name, field in fields}
        return RiskParameters.parse({name: given.get(name) or "" for name in RISK_NAMES})


class ForecastParameters(WhereParameters):
    """How far a forecast looks, and for which cells."""

    horizon_days: str | None = takes(
        "Days that a forecast looks ahead.",
        {"type": "number", "minimum": 1, "maximum": 3650, "default": int(HORIZON_DAYS)},
        name="horizon-days",
    )
    cell_km: str | None = takes(
        "Side of a forecast's cells in km; 0 = by district.",
        {"type": "number", "minimum": 0, "maximum": 1000, "default": int(CELL_KM)},
        name="cell-km",
    )


class RiskQuery(ForecastParameters):
    """What a number of the risk is computed for."""

    period: str | None = takes("Time counted: an interval; all when absent.", {"type": "string"})
    weight: str | None = takes("What is counted.", one_of(WEIGHTS, default=WEIGHTS[0]))
    exposure: str | None = takes("What it is divided by.", one_of(EXPOSURES, default=EXPOSURES[0]))
    smoothing: str | None = takes("How it is smoothed.", one_of(SMOOTHINGS, default="eb"))
    half_life: str | None = takes(
        "Days after which an incident counts half.",
        {"type": "number", "minimum": 1, "maximum": 1_000_000},
        name="half-life",
    )
    rank_by: str | None = takes(
        "What districts are ranked by: what foresees best on this register, or the rate.",
        one_of(RANKINGS, default=RANKINGS[0]),
        name="rank-by",
    )
    purpose: str | None = takes(
        "What a priority list is for.", one_of(PURPOSES, default=PURPOSES[0])
    )
    criteria: str | None = takes(
        "Weights of a priority list's criteria; those of the purpose when absent.",
        {"type": "string", "example": "expected=0.5,casualties=0.5"},
    )
    classes: str | None = takes(
        "What sets the limits of the classes: fixed ones, as many districts in each, as much "
        "area, or as many expected incidents.",
        one_of(CLASSINGS, default=CLASSINGS[0]),
    )
    bandwidth: str | None = takes(
        "Width of the surface's kernel: cross-validated, adaptive, scott, or a number of km.",
        {"type": "string", "default": BANDWIDTHS[0]},
    )


FULL = takes(
    "What is handed out shows what everybody may see; true = restricted records in full, "
    "marked as not for distribution (needs a key with the role analyst).",
    {"type": "boolean", "default": False},
)
"""The choice of the full view for what is handed out (`service.handouts`)."""


class HandoutQuery(RiskQuery):
    """What a map or raster that is handed out shows."""

    full: str | None = FULL


@cache
def plain(*names: str) -> type[Parameters]:
    """Make the model of a page that takes some texts."""
    text = {"type": "string", "nullable": True}
    fields: dict[str, Any] = {
        f"{name.replace('-', '_')}_": (str | None, takes("", text, name=name)) for name in names
    }
    return create_model("_".join(("Page", *names)), __base__=Parameters, **fields)


Role = Literal["public", "analyst", "editor", "admin"]
ORDER: tuple[Role, ...] = ("public", "analyst", "editor", "admin")


@dataclass(frozen=True, slots=True)
class Caller:
    """The key's name and role; without a key the public."""

    name: str = "public"
    role: Role = "public"
    key_id: str | None = field(default=None, compare=False)
    session: str | None = field(default=None, compare=False)
    """Id of the browser's session; None where a key came with the request itself."""

    def may(self, role: Role) -> bool:
        """Say whether the caller has at least `role`."""
        return ORDER.index(self.role) >= ORDER.index(role)

    def require(self, role: Role) -> None:
        """Raise unless the caller has at least `role`.

        Raises
        ------
        InvalidInput
            No key was given (401).
        Forbidden
            The key's role is too low (403).
        """
        if self.may(role):
            return
        if self.role == "public":
            raise InvalidInput(
                f"This needs a key with the role {role}: send it as 'Authorization: Bearer KEY'.",
                code="unauthorised",
            )
        raise Forbidden(f"This needs the role {role}; the key {self.name!r} has {self.role}.")


def caller(connection: HTTPConnection) -> Caller:
    """Find the caller by the request's key; the middleware has put it there."""
    found = getattr(connection.state, "caller", None)
    return found if isinstance(found, Caller) else Caller()


COOKIE = "hazardmap_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SESSION = timedelta(hours=12)
"""How long a session lasts at most."""


class Sessions:
    """Writes and reads the login cookie, and the tokens of its forms."""

    def start(self, response: Response, token: str, *, secure: bool) -> None:
        """Set the cookie of a session on a response."""
        response.set_cookie(
            COOKIE,
            token,
            max_age=int(SESSION.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=secure,
        )

    def end(self, response: Response) -> None:
        """Take the cookie away."""
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")

    def token(self, connection: HTTPConnection) -> str | None:
        """Read the session's token from the cookie; None where there is none."""
        return connection.cookies.get(COOKIE) or None

    def form_token(self, connection: HTTPConnection) -> str:
        """Give the token that the forms of this session carry; empty without a session."""
        token = self.token(connection)
        if token is None or caller(connection).session is None:
            return ""
        # Whoever has not the session's own token can neither know nor make this one.
        return hmac.new(token.encode(), b"hazardmap-form", "sha256").hexdigest()

    def takes_form(self, connection: HTTPConnection, token: str) -> bool:
        """Say whether a form that changes something came from a page of this session.

        A request with a key in its Authorization header needs no token: no browser sends
        that header by itself.
        """
        if connection.headers.get("authorization"):
            return True
        expected = self.form_token(connection)
        return bool(expected) and secrets.compare_digest(expected.encode(), token.encode())


def same_origin(connection: HTTPConnection, public_url: str) -> bool:
    """Say whether a browser's request comes from this service's own pages.

    True too where neither header is there: then it is no browser, and no victim.

    Parameters
    ----------
    public_url
        The address that clients see behind a proxy, or empty.
    """
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = connection.headers.get("origin")
    if origin is None:
        return True
    own = {f"{connection.url.scheme}://{connection.headers.get('host', '')}"}
    if public_url:
        own.add("/".join(public_url.split("/")[:3]))
    return origin in own


_HOST = re.compile(r"^[\w.\-]+(:\d{1,5})?$|^\[[0-9a-fA-F:.]+\](:\d{1,5})?$", re.ASCII)


def _quoted(path: str) -> str:
    # Ids of districts may hold anything: "A B", "x#1", "y?2", "p%2Fq"; a slash parts no less.
    return quote(path, safe="/:@!$&'()*+,;=-._~")


@dataclass(frozen=True, slots=True)
class View:
    """One reader's view of one page."""

    lang: str = "en"
    """Language of the page."""
    url: str = "/"
    """The page's own address with its query, absolute where known."""
    root: str = ""
    """What stands before every path, without a final slash: empty, or the path behind a proxy."""
    keep_lang: bool = False
    """Whether links carry `lang`, because the reader chose it on the page."""
    role: Role = "public"
    name: str = ""
    """The caller's role and the name of the key; the public has the role ``public``."""
    token: str = ""
    """Token against cross-site requests, put into every form that writes."""
    embed: bool = False
    """Whether the page stands in another page's frame, without header and footer."""
    damaged: bool = False
    """Whether the register was found damaged: each page says so."""
    older: tuple[int, str] | None = None
    """Revision and moment of what the page shows, while a newer one is being made."""

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

    def may(self, role: Role) -> bool:
        """Say whether the reader has at least `role`."""
        return Caller(role=self.role).may(role)

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


def root_of(request: Request) -> str:
    """Give the address of the service as the client sees it, without a final slash."""
    scope = request.scope
    public: str = request.app.state.settings.public_url
    host = request.headers.get("host", "")
    return root_at(public, host, scope.get("server"), scope.get("scheme", "http"))


def root_at(public: str, host: str, server: tuple[str, int | None] | None, scheme: str) -> str:
    """Give the address of the service, without a final slash.

    Parameters
    ----------
    public
        As its operator has set it; empty = unknown.
    host
        As the client names it; one that is none (a forged header) is replaced.
    server, scheme
        Where the service listens, and how.
    """
    if public:
        return public.rstrip("/")
    if not _HOST.match(host):
        name, port = server or ("localhost", None)
        host = f"{name}:{port}" if port else str(name)
    return f"{scheme}://{host}"


ALWAYS = frozenset({"f", "lang", "as-of", "boundaries", "embed"})
"""Parameters that every page takes."""


def view_of(request: Request, allowed: Group[str] | None = None) -> View:
    """Give the view of a request.

    With the public address where one is set.

    Parameters
    ----------
    allowed
        Names of further parameters; None when the handler has checked them itself.

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
    lang = negotiate_language(query.get("lang"), request.headers.get("accept-language"))
    token = request.app.state.sessions.form_token(request)
    return replace(_view(request, lang), token=token)


def view_of_error(request: Request) -> View:
    """Give the view for a page that tells an error: whatever was asked, it is never refused."""
    wish = request.query_params.get("lang")
    known = wish if wish in languages() else None
    lang = negotiate_language(known, request.headers.get("accept-language"))
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
        damaged=is_damaged(request.app.state.register),
    )


def is_damaged(register: Register | None) -> bool:
    """Say whether the register was found damaged."""
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


Link = dict[str, Any]

OGC_REL = "http://www.opengis.net/def/rel/ogc/1.0/"


@dataclass(frozen=True)
class Links:
    """Makes the links of one answer."""

    root: str
    """Address of the service, without a final slash."""
    path: str
    """Path of the answer below it."""
    query: tuple[tuple[str, str], ...] = ()
    """Parameters of the request, in their order."""

    def to(self, path: str, rel: str, media_type: str | None, title: str, **query: Any) -> Link:
        """Link to a path of the service.

        Parameters
        ----------
        media_type
            What is there; None leaves it open.
        **query
            Parameters; hyphens as underscores, nulls are left out.
        """
        pairs = [(k.replace("_", "-"), v) for k, v in query.items() if v is not None]
        return link(self.root + path + _query(pairs), rel, media_type, title)

    def here(
        self,
        rel: str,
        media_type: str,
        title: str,
        *,
        drop: Iterable[str] = (),
        **changes: Any,
    ) -> Link:
        """Link to this answer with some parameters changed.

        Parameters
        ----------
        **changes
            Parameters to set; hyphens as underscores, nulls are left out.
        """
        set_to = {k.replace("_", "-"): v for k, v in changes.items()}
        gone = {*drop, *set_to}
        texts = [text for name, text in self._own if name not in gone]
        texts += [_pair(k, str(v)) for k, v in set_to.items() if v is not None]
        query = f"?{'&'.join(texts)}" if texts else ""
        return link(self._address + query, rel, media_type, title)

    @cached_property
    def _address(self) -> str:
        return self.root + quote(self.path)

    @cached_property
    def _own(self) -> list[tuple[str, str]]:
        """The parameters with how each is written: an answer has many links to itself."""
        return [(name, _pair(name, value)) for name, value in self.query]


def link(href: str, rel: str, media_type: str | None, title: str) -> Link:
    """Make one link."""
    typed = {"type": media_type} if media_type else {}
    return {"href": href, "rel": rel, **typed, "title": title}


def segment(text: str) -> str:
    """Quote an id for a path."""
    return quote(text, safe="")


def header(links: Iterable[Link]) -> str:
    """Write links as the value of the header Link."""
    return ", ".join(
        f'<{one["href"]}>; rel="{one["rel"]}"; type="{one.get("type", "")}"' for one in links
    )


def _query(pairs: Iterable[tuple[str, Any]]) -> str:
    text = "&".join(_pair(name, str(value)) for name, value in pairs)
    return f"?{text}" if text else ""


def _pair(name: str, value: str) -> str:
    return f"{quote(name, safe=_SAFE)}={quote(value, safe=_SAFE)}"


_SAFE = ":/,"
"""What stays as it is in a query, so that a person can read it."""


_EXACT = ("application/", "text/csv")
VARY = "Accept, Accept-Encoding, Accept-Language, Authorization, Cookie"


M = TypeVar("M", bound=Parameters)


@dataclass(frozen=True)
class Context:
    """One request, read."""

    request: Request
    query: Query
    """Its parameters as they were sent."""
    links: Links
    """Makes the links of the answer."""
    offer: Offer
    """The representation chosen."""
    offers: tuple[Offer, ...]
    """All there are."""

    @property
    def html(self) -> bool:
        """Whether a page for people is wanted."""
        return self.offer.media_type == HTML

    @cached_property
    def view(self) -> View:
        """Who reads the page that is the answer, and where it stands."""
        return view_of(self.request)

    def self_links(self) -> list[Link]:
        """Link to this answer and to its other representations."""
        offer = self.offer
        found = [self.links.here("self", offer.media_type, f"This document as {offer.title}")]
        found += [
            self.links.here(
                "alternate",
                other.media_type,
                f"This document as {other.title}",
                f=other.key,
            )
            for other in self.offers
            if other is not offer
        ]
        return found

    def parts(self) -> tuple[object, ...]:
        """Give what the answer is a function of, beside the snapshot."""
        own = (self.links.root, self.links.path, self.query.pairs, self.offer.media_type)
        if not self.html:
            return own
        # A page has a language, shows what its reader may do, and holds a token in its forms.
        view = self.view
        return (
            *own,
            view.lang,
            view.role,
            view.name,
            view.token,
            self.request.app.state.pages_version,
        )

    def fixed_tag(self, *parts: object) -> str:
        """Give the tag of an answer that no snapshot is behind."""
        return f'W/"{digest(*self.parts(), *parts)}"'

    def tag(
        self, snapshot: Snapshot, *parts: object, daily: bool = False, strong: bool = True
    ) -> str:
        """Give the tag of this answer.

        Parameters
        ----------
        *parts
            What else it is a function of, beside the request.
        daily
            Whether the day of today matters.
        strong
            Whether the same parts give the same bytes; those of a page hold a form's token.
        """
        strong = strong and self.offer.media_type.lower().startswith(_EXACT)
        return tag_of(snapshot, *self.parts(), *parts, daily=daily, strong=strong)

    def answer(
        self,
        make: Callable[[], bytes | str],
        *,
        tag: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Give the answer, or 304 when the client has it: data, pages, maps and sheets alike.

        With its tag and what it varies by.
        """
        found = self.cache_headers(tag)
        if self.html:
            found["Content-Language"] = self.view.lang
        if tag and matches(self.request.headers.get("if-none-match"), tag):
            return Response(status_code=304, headers={**(headers or {}), **found})
        body = make()
        return Response(
            body, media_type=self.offer.media_type, headers={**(headers or {}), **found}
        )

    def made_apart(
        self,
        ask: Callable[[bool], JobResult],
        make: Callable[[JobResult, View], bytes | str],
        *,
        tag: str,
        headers: Mapping[str, str] | None = None,
        older: bool = False,
    ) -> Response:
        """Give an answer that rests on a heavy one, whose revision a header names.

        Parameters
        ----------
        make
            Makes the body of it, for a page in the view given.
        older
            Whether a page may be given as it was last, which its `View.older` says. Programs
            say so themselves by ``Cache-Control: max-stale``.
        """
        had: list[JobResult] = []
        wants = self.request.headers.get("cache-control", "").lower()
        fresh = "no-cache" in wants or "max-age=0" in wants
        will_do = "max-stale" in wants or (older and self.html and not fresh)

        def body() -> bytes | str:
            answer = ask(will_do)
            had.append(answer)
            when = None if answer.fresh else (answer.revision, answer.recorded_at)
            return make(answer, replace(self.view, older=when))

        response = self.answer(body, tag=tag, headers=headers)
        for answer in had:
            response.headers["Hazardmap-Revision"] = str(answer.revision)
            if not answer.exact:
                # The tag is that of another revision.
                del response.headers["ETag"]
                response.headers["Cache-Control"] = "no-store"
        return response

    def cache_headers(self, tag: str | None) -> dict[str, str]:
        """Give the headers about caching: always ask again, with the tag."""
        scope = "public" if caller(self.request).role == "public" else "private"
        found = {"Cache-Control": f"{scope}, no-cache", "Vary": VARY}
        return found | ({"ETag": tag} if tag else {})


@dataclass(frozen=True)
class ParsedRequest(Context, Generic[M]):
    """A request whose parameters are read, too."""

    asked: M


@dataclass(frozen=True)
class Door:
    """What a resource can be given as, which its requests choose from."""

    offers: tuple[Offer, ...]
    """The representations."""
    schema: str = ""
    """Name in the API's definition of the schema of its JSON; empty = any."""
    lenient: bool = False
    """Whether people's forms ask: a field left empty is none, and the header Accept does not
    choose."""

    def context(self, request: Request) -> Context:
        """Read all of a request but its own parameters.

        Raises
        ------
        InvalidInput
            A parameter is given twice, or no representation fits.
        """
        pairs = request.query_params.multi_items()
        query = Query((name, text) for name, text in pairs if text or not self.lenient)
        if "lang" in query:
            negotiate_language(query.text("lang"), None)
        accept = None if self.lenient else request.headers.get("accept")
        offer = negotiate(query.text("f"), accept, self.offers)
        links = Links(root_of(request), request.scope["path"], query.pairs)
        return Context(request, query, links, offer, self.offers)


@dataclass(frozen=True)
class Reads(Door, Generic[M]):
    """Reads the requests of one resource: handlers depend on it, the definition describes it."""

    model: type[M] = Parameters  # type: ignore[assignment]
    """What the resource takes."""

    async def __call__(self, request: Request) -> ParsedRequest[M]:
        """Read a request.

        Raises
        ------
        InvalidInput
            A parameter is unknown, given twice or not usable, or no representation fits.
        """
        query = Query(request.query_params.multi_items())
        query.only(self.model.names(), empty=self.lenient)
        found = self.context(request)
        asked = self.model.read(found.query.values())
        return ParsedRequest(request, found.query, found.links, found.offer, found.offers, asked)


@dataclass(frozen=True)
class ReadsLayer(Door):
    """Reads the requests of a layer, whose columns decide what it takes."""

    model_of: Callable[[Collection, int], type[Parameters]] | None = None
    """Gives what a layer takes, from it and the most features of a page; the handler reads it, when
    it knows the snapshot. None = nothing but what every resource takes."""

    async def __call__(self, request: Request) -> Context:
        """Read a request but for the layer's parameters.

        Raises
        ------
        NotFound
            There is no such layer.
        InvalidInput
            A parameter is given twice, or no representation fits.
        """
        collection(request.path_params["collection_id"])
        found = self.context(request)
        if self.model_of is None:
            found.query.only(())
        return found

    def model(self, layer: Collection, max_limit: int) -> type[Parameters]:
        """Give what a layer takes."""
        return Parameters if self.model_of is None else self.model_of(layer, max_limit)


def asks_full(request: Request, who: Caller, *, otherwise: bool = False) -> bool:
    """Say whether something to be handed out was asked for in full, on purpose (``full``).

    Parameters
    ----------
    request
        With ``full=true`` or ``full=false``, or neither.
    who
        Has to be an analyst at least to ask for it.
    otherwise
        What is meant where nothing is said.

    Raises
    ------
    InvalidInput
        It is neither true nor false; or nobody with a key asks (401).
    Forbidden
        The role does not see restricted records.
    """
    text = request.query_params.get(ASKED)
    if text is None:
        return otherwise
    full = switch(text, ASKED)
    if full:
        who.require("analyst")
    return full
