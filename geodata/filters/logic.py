"""AND, OR and NOT over truth that may be unknown (Kleene)."""

from collections.abc import Sequence

import geopandas as gpd

from geodata.filters.operands import Predicate, Truth


def all_of(parts: Sequence[Predicate]) -> Predicate:
    """Make what is true where every part is true, and false where one is false."""

    def conjunction(frame: gpd.GeoDataFrame) -> Truth:
        found = parts[0](frame)
        for part in parts[1:]:
            further = part(frame)
            found = Truth(found.true & further.true, found.false | further.false)
        return found

    return conjunction


def any_of(parts: Sequence[Predicate]) -> Predicate:
    """Make what is true where one part is true, and false where every one is false."""

    def disjunction(frame: gpd.GeoDataFrame) -> Truth:
        found = parts[0](frame)
        for part in parts[1:]:
            further = part(frame)
            found = Truth(found.true | further.true, found.false & further.false)
        return found

    return disjunction


def negation(part: Predicate) -> Predicate:
    """Make what is true where the part is false; what is unknown stays so."""

    def negated(frame: gpd.GeoDataFrame) -> Truth:
        found = part(frame)
        return Truth(found.false, found.true)

    return negated
