"""A request, read once: parameters, address, language, representation, caller and snapshot."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import Depends, Request
from starlette.responses import Response

from geodata.errors import InvalidInput
from geodata.intervals import parse_interval
from geodata.register import Register, Snapshot
from geodata.risk.parameters import NAMES as RISK_NAMES
from service.auth import Caller, CallerDep, caller
from service.handouts import ASKED, handed_out
from service.http.media import HTML, Offer, negotiate
from service.http.reader import root_of
from service.http.tags import matches, tag_of
from service.i18n import negotiate as check_language
from service.settings import Settings

_DIGITS = re.compile(r"^[0-9]{1,400}$")

EVERYWHERE = ("f", "lang", "as-of", "boundaries")
"""Parameters that every resource takes."""
NEVER_EMPTY = (*EVERYWHERE, *RISK_NAMES)
"""An empty text means something only where it is compared with one."""


def bad(name: str, reason: str, *, code: str | None = None) -> InvalidInput:
    """Make the error of a parameter.

    Parameters
    ----------
    name
        Of the parameter.
    reason
        A sentence after its name.
    code
        Slug; None = ``bad-`` and the name.

    Returns
    -------
    InvalidInput
        With the parameter as the detail's field.
    """
    return InvalidInput(
        f"The parameter {name[:60]} {reason}",
        code=code or f"bad-{name}",
        details=[{"field": name[:60], "reason": reason}],
    )


class Query:
    """Parameters by name.

    Parameters
    ----------
    pairs
        Names and values in their order.

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

    def only(self, allowed: Collection[str]) -> None:
        """Refuse parameters that are not among `allowed` or `EVERYWHERE`.

        Raises
        ------
        InvalidInput
            All unknown ones, and what there is.
        """
        known = {*allowed, *EVERYWHERE}
        for name in NEVER_EMPTY:
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

    def whole(self, name: str, *, least: int, default: int, most: int | None = None) -> int:
        """Give a whole number.

        Parameters
        ----------
        name
            Of the parameter.
        least
            The smallest value; less is refused.
        default
            Its value when it is absent.
        most
            The largest value; more means this.

        Returns
        -------
        int
            Between `least` and `most`.

        Raises
        ------
        InvalidInput
            It is no whole number, or below `least`.
        """
        text = self._values.get(name)
        if text is None:
            return default
        if not _DIGITS.match(text):
            raise bad(name, f"has to be a whole number, not {text[:40]!r}.")
        value = min(int(text), 2**62)
        if value < least:
            raise bad(name, f"has to be at least {least}, not {text[:40]}.")
        return value if most is None else min(value, most)


Link = dict[str, Any]

OGC_REL = "http://www.opengis.net/def/rel/ogc/1.0/"


@dataclass(frozen=True, slots=True)
class Links:
    """Makes the links of one answer.

    Attributes
    ----------
    root
        Address of the service, without a final slash.
    path
        Path of the answer below it.
    query
        Parameters of the request, in their order.
    """

    root: str
    path: str
    query: tuple[tuple[str, str], ...] = ()

    def to(self, path: str, rel: str, media_type: str | None, title: str, **query: Any) -> Link:
        """Link to a path of the service.

        Parameters
        ----------
        path
            Below the root, with a leading slash; `segment` quotes ids in it.
        rel
            Relation.
        media_type
            What is there; None leaves it open.
        title
            For people.
        **query
            Parameters; hyphens as underscores, nulls are left out.

        Returns
        -------
        dict
            The link.
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
        rel, media_type, title
            As for `to`.
        drop
            Parameters to leave out.
        **changes
            Parameters to set; hyphens as underscores, nulls are left out.

        Returns
        -------
        dict
            The link.
        """
        set_to = {k.replace("_", "-"): v for k, v in changes.items()}
        gone = {*drop, *set_to}
        pairs = [(k, v) for k, v in self.query if k not in gone]
        pairs += [(k, v) for k, v in set_to.items() if v is not None]
        return link(self.root + quote(self.path) + _query(pairs), rel, media_type, title)


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
    text = urlencode([(k, str(v)) for k, v in pairs], quote_via=quote, safe=":/,")
    return f"?{text}" if text else ""


_EXACT = ("application/", "text/csv")
VARY = "Accept, Accept-Encoding, Accept-Language, Authorization, Cookie"


@dataclass(frozen=True, slots=True)
class Context:
    """One request, read.

    Attributes
    ----------
    query
        Its parameters.
    links
        Makes the links of the answer.
    offer
        The representation chosen.
    offers
        All there are.
    """

    request: Request
    query: Query
    links: Links
    offer: Offer
    offers: Sequence[Offer]

    @property
    def html(self) -> bool:
        """Whether a page for people is wanted."""
        return self.offer.media_type == HTML

    def self_links(self, *, drop: Collection[str] = ()) -> list[Link]:
        """Link to this answer and to its other representations."""
        offer = self.offer
        found = [self.links.here("self", offer.media_type, f"This document as {offer.title}")]
        found += [
            self.links.here(
                "alternate",
                other.media_type,
                f"This document as {other.title}",
                drop=drop,
                f=other.key,
            )
            for other in self.offers
            if other is not offer
        ]
        return found

    def parts(self) -> tuple[object, ...]:
        """Give what the answer is a function of, beside the snapshot."""
        lang = self.request.headers.get("accept-language", "") if self.html else ""
        return (self.links.root, self.links.path, self.query.pairs, self.offer.media_type, lang)

    def tag(
        self, snapshot: Snapshot, *parts: object, daily: bool = False, strong: bool = True
    ) -> str:
        """Give the tag of this answer.

        Parameters
        ----------
        snapshot
            What it is made from.
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
        headers: dict[str, str] | None = None,
    ) -> Response:
        """Give the answer, or 304 when the client has it.

        Parameters
        ----------
        make
            Makes the body; not called for 304.
        tag
            Entity tag.
        headers
            Further headers.

        Returns
        -------
        Response
            With its tag and what it varies by.
        """
        found = (headers or {}) | self.cache_headers(tag)
        if tag and matches(self.request.headers.get("if-none-match"), tag):
            return Response(status_code=304, headers=found)
        return Response(make(), media_type=self.offer.media_type, headers=found)

    def cache_headers(self, tag: str | None) -> dict[str, str]:
        """Give the headers about caching: always ask again, with the tag."""
        scope = "public" if caller(self.request).role == "public" else "private"
        found = {"Cache-Control": f"{scope}, no-cache", "Vary": VARY}
        return found | ({"ETag": tag} if tag else {})


def context_of(
    request: Request,
    offers: Sequence[Offer],
    allowed: Collection[str] | None = (),
    *,
    negotiated: bool = True,
) -> Context:
    """Read a request.

    Parameters
    ----------
    request
        The request.
    offers
        What the resource can be given as.
    allowed
        Parameters it takes beside the common ones; None when the handler checks them.
    negotiated
        Whether the header Accept chooses; else the first offer is given.

    Returns
    -------
    Context
        With the representation chosen.

    Raises
    ------
    InvalidInput
        A parameter is unknown or given twice, or no representation fits.
    """
    query = Query(request.query_params.multi_items())
    if allowed is not None:
        query.only(allowed)
    check_language(query.text("lang"), None)
    offer = negotiate(
        query.text("f"), request.headers.get("accept") if negotiated else None, offers
    )
    links = Links(root_of(request), request.scope["path"], query.pairs)
    return Context(request, query, links, offer, offers)


_SWITCHES = {"1": True, "true": True, "0": False, "false": False}


def settings(request: Request) -> Settings:
    """Give the application's settings."""
    found: Settings = request.app.state.settings
    return found


def register(request: Request) -> Register:
    """Give the application's register, for writes and for history."""
    found: Register = request.app.state.register
    return found


SettingsDep = Annotated[Settings, Depends(settings)]
RegisterDep = Annotated[Register, Depends(register)]


def snapshot(request: Request, held: RegisterDep, who: CallerDep) -> Snapshot:
    """Give the snapshot asked for (`as-of`, `boundaries`), in the view of the caller's role.

    Every layer, map, tile and export is made from this and nothing else: what a role may
    not see is not in it.
    """
    text = request.query_params.get("as-of")
    as_of = parse_interval(text, field="as-of").end if text else None
    edition = request.query_params.get("boundaries") or None
    found = held.snapshot(as_of, boundaries=edition)
    location = request.app.state.settings.restricted_location
    shown = found if who.may("analyst") else found.public(location)
    request.state.view = shown.view
    return shown


SnapshotDep = Annotated[Snapshot, Depends(snapshot)]


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
    if text.lower() not in _SWITCHES:
        raise InvalidInput(
            f"{ASKED} is true or false, not {text[:40]!r}.",
            code="bad-full",
            details=[{"field": ASKED, "reason": "is neither true nor false"}],
        )
    if _SWITCHES[text.lower()]:
        who.require("analyst")
    return _SWITCHES[text.lower()]


def handout(request: Request, held: RegisterDep, who: CallerDep) -> Snapshot:
    """Give the snapshot that a map or sheet to be handed out is made from."""
    full = asks_full(request, who)
    location = request.app.state.settings.restricted_location
    shown = handed_out(snapshot(request, held, who), location, full=full)
    request.state.view = shown.view
    return shown


HandoutDep = Annotated[Snapshot, Depends(handout)]
"""Public whoever asks, unless ``full=true`` says otherwise (see `service.handouts`)."""
