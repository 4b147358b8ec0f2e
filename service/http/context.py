"""What every handler needs of its request, and how every answer is given."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from geodata.register import Snapshot
from service.auth import caller
from service.http.address import root_of
from service.http.links import Link, Links
from service.http.media import HTML, Offer
from service.http.negotiation import negotiate
from service.http.query import Query
from service.http.tags import matches, tag_of
from service.i18n import negotiate as check_language

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
