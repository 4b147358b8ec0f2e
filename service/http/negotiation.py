"""What a client wants of what there is: media types, languages and codings (RFC 9110, 12)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from geodata.errors import InvalidInput
from geodata.formats import FORMATS
from service.i18n import SOURCE, languages, translator

_QUALITY = re.compile(r"^(0(\.\d{0,3})?|1(\.0{0,3})?)$")
_LONGEST = 2_000
Weighted = list[tuple[str, float]]


def weighted(header: str, *, keep: Iterable[str] = ()) -> Weighted:
    """Read a header such as Accept, Accept-Language or Accept-Encoding.

    Parameters
    ----------
    header
        Its value; what lies beyond 2000 characters is passed over.
    keep
        Names of parameters that belong to the thing itself; others are dropped.

    Returns
    -------
    list of tuple
        Things in small letters with their weights, in the order of the header. A weight
        that cannot be read is 0: the thing is not wanted by accident.

    Examples
    --------
    >>> weighted("text/html;q=0.5, */*")
    [('text/html', 0.5), ('*/*', 1.0)]
    """
    found: Weighted = []
    for part in header[:_LONGEST].split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if not name:
            continue
        weight = 1.0
        for parameter in parameters:
            key, _, value = (piece.strip() for piece in parameter.partition("="))
            if key == "q":
                weight = float(value) if _QUALITY.match(value) else 0.0
            elif key in keep:
                name += f";{key}={value}"
        found.append((name, weight))
    return found


def best_first(header: str) -> list[str]:
    """Give what a header accepts, the heaviest first; equal ones in its order.

    Examples
    --------
    >>> best_first("de;q=0.5, ru-RU, en;q=0")
    ['ru-ru', 'de']
    """
    ranked = sorted(weighted(header), key=lambda one: -one[1])
    return [name for name, weight in ranked if weight > 0]


def weight_of(media_type: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Give the weight of the most specific media range that holds a type; 0 = not accepted."""
    full = media_type.lower().replace(" ", "")
    bare = full.partition(";")[0]
    weights: Mapping[str, float] = dict(reversed(list(ranges)))
    for pattern in (full, bare, f"{bare.partition('/')[0]}/*", "*/*"):
        if pattern in weights:
            return max(weight for name, weight in ranges if name == pattern)
    return 0.0


def prefers_html(accept: str | None, wish: str | None = None) -> bool:
    """Say whether an answer is for a person: `f` wins, else HTML is named and not outweighed.

    ``*/*`` alone is a program, and gets JSON.

    Examples
    --------
    >>> prefers_html("text/html;q=0, application/json")
    False
    """
    if wish:
        return wish == "html"
    ranges = [(name, weight) for name, weight in weighted(accept or "") if name != "*/*"]
    kinds = [(w, n.endswith("json")) for n, w in ranges if n.endswith(("html", "json", "text/*"))]
    # Of equal weights the one that is named first.
    weight, json = max(kinds, key=lambda kind: kind[0], default=(0.0, True))
    return weight > 0 and not json


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


def negotiate_language(request_lang: str | None, accept_language: str | None) -> str:
    """Choose the language of an answer.

    Parameters
    ----------
    request_lang
        The parameter `lang`, which wins; None or empty means it was not given.
    accept_language
        The browser's header; what it names and the service lacks is passed over.

    Returns
    -------
    str
        One of `languages`; English if nothing fits.

    Raises
    ------
    InvalidInput
        `request_lang` names a language that the service does not have.

    Examples
    --------
    >>> negotiate_language(None, "de, ru-RU;q=0.8, en;q=0.5")
    'ru'
    """
    if request_lang:
        return translator(request_lang.strip().lower()).lang
    wishes = (tag.partition("-")[0] for tag in best_first(accept_language or ""))
    return next((wish for wish in wishes if wish in languages()), SOURCE)
