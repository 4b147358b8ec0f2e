"""Which representation the client wants: `f` wins, else the Accept header by its weights."""

import re
from collections.abc import Sequence

from geodata.errors import InvalidInput
from service.http.media import Offer

_QUALITY = re.compile(r"^[01](\.\d{0,3})?$")


def negotiate(wish: str | None, accept: str | None, offers: Sequence[Offer]) -> Offer:
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
    ranges = _ranges(accept or "")
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


def _ranges(accept: str) -> list[tuple[str, float]]:
    """Read the media ranges and weights; what cannot be read is passed over."""
    found = []
    for part in accept[:2_000].split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if "/" not in kind:
            continue
        weight, named = 1.0, [kind]
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                weight = float(value) if _QUALITY.match(value.strip()) else 0.0
            elif name.strip() not in ("charset", "profile"):
                named.append(f"{name.strip()}={value.strip()}")
        found.append((";".join(named), weight))
    return found


def _weight(offer: Offer, ranges: Sequence[tuple[str, float]]) -> float:
    """Give the weight of the most specific range that holds the offer.

    A type that it answers to as well counts only where it is named itself.
    """
    full = offer.media_type.lower()
    bare = full.partition(";")[0]
    family = bare.partition("/")[0]
    found = 0.0
    for pattern in (full, bare, f"{family}/*", "*/*"):
        weights = [weight for name, weight in ranges if name == pattern]
        if weights:
            found = max(weights)
            break
    return max([found, *(weight for name, weight in ranges if name in offer.also)])
