"""Media types: what each resource can be given as, and which of it a client wants."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from geodata.errors import InvalidInput
from geodata.formats import FORMATS
from service.preferences import Weighted, weight_of, weighted

JSON = "application/json"
GEOJSON = "application/geo+json"
HTML = "text/html"
SCHEMA = "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
MERGE_PATCH = "application/merge-patch+json"
VECTOR_TILE = "application/vnd.mapbox-vector-tile"


@dataclass(frozen=True, slots=True)
class Offer:
    """One representation: the value of `f`, its media type, and others it answers to."""

    key: str
    media_type: str
    title: str
    also: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


RESOURCE = (Offer("json", JSON, "JSON"), Offer("html", HTML, "HTML"))
"""Landing page, collections and the like."""

PAGE = RESOURCE[1:]
"""What is for people alone."""

FEATURE = (
    Offer("json", GEOJSON, "GeoJSON", (JSON, "application/vnd.geo+json"), ("geojson",)),
    Offer("html", HTML, "HTML"),
)
"""One feature."""

ITEMS = (
    *FEATURE,
    *(Offer(f.key, f.media_type, f.title) for f in FORMATS.values() if f.key != "geojson"),
    Offer("pmtiles", "application/vnd.pmtiles", "PMTiles"),
)
"""Features of a collection."""

TILE = (Offer("mvt", VECTOR_TILE, "Vector tile", ("application/x-protobuf",), ("pbf",)),)
"""A vector tile."""

JSON_SCHEMA = (Offer("json", SCHEMA, "JSON Schema", (JSON,)), Offer("html", HTML, "HTML"))
"""Queryables and schema."""


_KINDS = ("application", "version", "type")
"""Parameters that make another media type of one."""


@lru_cache(maxsize=128)
def negotiate(wish: str | None, accept: str | None, offers: tuple[Offer, ...]) -> Offer:
    """Choose a representation.

    Parameters
    ----------
    wish
        Value of the parameter `f`, if given.
    accept
        The Accept header, if given.
    offers
        What there is, the preferred first.

    Returns
    -------
    Offer
        Of those with the highest weight the first.

    Raises
    ------
    InvalidInput
        `f` names none of them (400), or the header refuses all of them (406).

    Examples
    --------
    >>> from service.http.media import RESOURCE
    >>> negotiate(None, "text/html;q=0.5, application/json", RESOURCE).key
    'json'
    """
    if wish is not None:
        return _wished(wish, offers)
    ranges = [one for one in weighted(accept or "", keep=_KINDS) if "/" in one[0]]
    if not ranges:
        return offers[0]
    weighed = [(_weight(offer, ranges), offer) for offer in offers]
    best = max(weight for weight, _ in weighed)
    if best <= 0:
        given = ", ".join(offer.media_type for offer in offers)
        raise InvalidInput(
            f"None of the accepted media types can be given; there are {given}.",
            code="not-acceptable",
        )
    return next(offer for weight, offer in weighed if weight == best)


def _wished(wish: str, offers: Sequence[Offer]) -> Offer:
    wish = wish.strip().lower()
    for offer in offers:
        if wish in (offer.key, *offer.aliases, offer.media_type.lower()):
            return offer
    known = ", ".join(offer.key for offer in offers)
    raise InvalidInput(
        f"f={wish[:40]!r} is not known here; there are {known}.",
        code="bad-f",
        details=[{"field": "f", "reason": f"not one of {known}"}],
    )


def _weight(offer: Offer, ranges: Weighted) -> float:
    """Give an offer's weight; a type that it answers to as well counts only where it is named."""
    named = [weight for name, weight in ranges if name in offer.also]
    return max([weight_of(offer.media_type, ranges), *named])
