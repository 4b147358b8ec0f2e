"""What the gazetteer answers."""

from dataclasses import dataclass, replace
from typing import Literal

Method = Literal["name", "alias", "grammar", "sound", "spelling"]


@dataclass(frozen=True, slots=True)
class Match:
    """A place that a text may mean.

    Attributes
    ----------
    place_id
        The gazetteer entry; a district's is its `district_id`.
    district_id
        The district it is, or lies in; None where no boundaries hold it.
    name
        Its name as shown by default.
    score
        1 for a place's own name; lower for unverified or ambiguous aliases, undone
        grammar and corrected spelling.
    method
        How the text led there.
    kind
        district, city, town, village or settlement.
    country
        ISO 3166-1 alpha-2, where known.
    """

    place_id: str | None
    district_id: str | None
    name: str
    score: float
    method: Method
    kind: str = "district"
    country: str | None = None

    def scaled(self, factor: float, method: Method | None = None) -> "Match":
        """Give the same match with a lower score."""
        return replace(self, score=round(self.score * factor, 4), method=method or self.method)
