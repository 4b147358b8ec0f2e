"""What a client prefers: Accept, Accept-Language, Accept-Encoding (RFC 9110, 12.4)."""

import re
from collections.abc import Iterable, Mapping, Sequence

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
