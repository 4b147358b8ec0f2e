"""Which countries a province is of: names of first-level units of the whole world.

They tell that a row is about another country than the boundaries in use, and place nothing.
"""

import csv
from collections import defaultdict
from functools import cache
from importlib.resources import files

from geodata.places.fold import split
from geodata.places.match import compact
from geodata.places.units import unit_stems

_DIRECTIONS = frozenset(
    [
        "north", "northern", "south", "southern", "east", "eastern", "west", "western", "central",
        "centre", "center", "middle", "upper", "lower", "northeast", "northwest", "southeast",
        "southwest", "northeastern", "northwestern", "southeastern", "southwestern", "capital",
        "metropolitan", "nord", "sud", "est", "ouest", "norte", "sur", "este", "oeste", "sul",
        "leste", "centro", "islands", "island", "coast",
    ]
)  # fmt: skip
"""Words that name a part of any country: a name of nothing else tells no country apart."""


def countries_of_province(text: str) -> frozenset[str]:
    """Give the countries that have a first-level unit of this name.

    Parameters
    ----------
    text
        A name in any spelling that Natural Earth knows, with or without the word for its kind.

    Returns
    -------
    frozenset of str
        ISO 3166-1 alpha-2 codes; empty where it is not known, or is only a direction.

    Examples
    --------
    >>> sorted(countries_of_province("Kandahar Province")), sorted(countries_of_province("Central"))
    (['AF'], [])
    """
    bare = split(text)[0]
    if set(bare.split()) <= _DIRECTIONS:
        return frozenset()
    keys = (compact(bare), *unit_stems(bare))
    return next((_provinces()[key] for key in keys if key in _provinces()), frozenset())


@cache
def _provinces() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    text = (files("geodata") / "data" / "provinces.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        found[compact(split(row["name"])[0])].add(row["country"])
    return {name: frozenset(codes) for name, codes in found.items() if name}
