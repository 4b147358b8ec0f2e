"""Names of places: loading, folding, and finding the place a text means."""

from typing import TYPE_CHECKING

from geodata.deferred import parts
from geodata.places.fold import fold

if TYPE_CHECKING:
    from geodata.places.assign import (
        Decider,
        Evidence,
        Names,
        OnConflict,
        place_incident,
        place_many,
    )
    from geodata.places.bundled import ATTRIBUTION, load_places
    from geodata.places.gazetteer import Gazetteer
    from geodata.places.match import Match

__all__ = [
    "ATTRIBUTION",
    "Decider",
    "Evidence",
    "Gazetteer",
    "Match",
    "Names",
    "OnConflict",
    "fold",
    "load_places",
    "place_incident",
    "place_many",
]

__getattr__ = parts(
    __name__,
    {
        "assign": ("Decider", "Evidence", "Names", "OnConflict", "place_incident", "place_many"),
        "bundled": ("ATTRIBUTION", "load_places"),
        "gazetteer": ("Gazetteer",),
        "match": ("Match",),
    },
)
