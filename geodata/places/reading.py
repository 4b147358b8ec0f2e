"""What distinct texts of an import mean: one district, several candidates, or nothing."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.errors import Ambiguous, NotFound
from geodata.places.match import Match

SURE = 0.7


@dataclass(frozen=True, slots=True)
class Reading:
    """The districts that a text may mean, the settlement it names, and what is doubtful."""

    candidates: tuple[str, ...] = ()
    place_id: str | None = None
    note: str = ""

    def decided(self, point: str | None, other: "Reading") -> tuple[str, ...]:
        """Decide between several candidates by the other text, then by the point."""
        if len(self.candidates) > 1:
            both = tuple(d for d in self.candidates if d in other.candidates)
            if len(both) == 1:
                return both
            if point is not None and point in self.candidates:
                return (point,)
        return self.candidates


def reader(
    find: Callable[..., Match], held: set[str], country: str | None
) -> Callable[[str], Reading]:
    """Make the function that reads one text.

    Parameters
    ----------
    find
        A look-up of the gazetteer.
    held
        Ids of the districts in use; matches in other districts count as none.
    country
        The country that the texts are about.

    Returns
    -------
    Callable
        From a text that is not empty to its reading.
    """

    def _read(text: str) -> Reading:
        try:
            match = find(text, country=country)
        except NotFound:
            return Reading(note=f"{text!r} is not in the gazetteer")
        except Ambiguous as doubt:
            found = (c.district_id for c in doubt.candidates)
            fitting = tuple(dict.fromkeys(d for d in found if d in held))
            return Reading(fitting, note=f"{text!r} is ambiguous")
        if match.district_id is None or match.district_id not in held:
            return Reading(note=f"{text!r} lies in none of the districts")
        doubtful = match.score < SURE or match.method in ("spelling", "sound")
        note = f"{text!r} was read as {match.name}" if doubtful else ""
        place = match.place_id if match.kind != "district" else None
        return Reading((match.district_id,), place, note)

    return _read


def read_texts(
    texts: pd.Series, read: Callable[[str], Reading]
) -> tuple[np.ndarray, list[Reading]]:
    """Read each distinct text once.

    Parameters
    ----------
    texts
        One text a row; missing and blank ones say nothing.
    read
        The function that reads one text.

    Returns
    -------
    tuple
        For each row the position of its reading, and the readings.
    """
    known = texts.where(texts.notna(), "").astype(str).str.strip()
    codes, distinct = pd.factorize(known)
    return codes, [read(text) if text else Reading() for text in distinct]
