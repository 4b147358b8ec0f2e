"""Where an incident counts: districts and weights, as a sparse matrix and as one short text.

The text ``AZ-TAR:0.5;AZ-AGM:0.5`` is the flat twin of an incident's districts. An id may
hold a colon (the weight follows the last one); a semicolon in it is written ``%3B``.

A row may stand for several incidents that are alike: `incidents_in` says for how many.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.deferred import sparse as sp
from geodata.errors import InvalidInput
from geodata.model import DistrictWeight

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DistrictWeights:
    """What each incident counts for each district, made of the texts once for a frame."""

    codes: NDArray[np.intp]
    """Row of `matrix` for each incident; -1, the last row, for an unplaced one."""
    matrix: "sp.csr_array"
    """Weight by distinct text and district; the last row is empty."""

    @classmethod
    def of(cls, incidents: pd.DataFrame, district_ids: pd.Index) -> "DistrictWeights":
        """Read the `districts` texts of the incidents, each distinct one once.

        Parameters
        ----------
        incidents
            Frame with `districts`, or with `district_id` alone.

        Returns
        -------
        DistrictWeights
            Texts that are null or name unknown districts have empty rows (unplaced).

        Raises
        ------
        InvalidInput
            A weight is no number in (0, 1], or the weights of a text do not sum to 1.
        """
        column = "districts" if "districts" in incidents.columns else "district_id"
        codes, texts = pd.factorize(incidents[column], use_na_sentinel=True)
        position = {str(name): i for i, name in enumerate(district_ids)}
        cells = [
            (row, position[district], weight)
            for row, text in enumerate(texts)
            for district, weight in _pairs(str(text))
            if district in position
        ]
        rows, columns, weights = zip(*cells, strict=True) if cells else ((), (), ())
        size = (len(texts) + 1, len(district_ids))
        # the last row is the place of those without any text, code -1
        return cls(codes, sp.csr_array((np.array(weights, float), (rows, columns)), shape=size))

    def only(self, rows: Any) -> "DistrictWeights":
        """Give the weights of some of the incidents, by position or as a mask."""
        return DistrictWeights(self.codes[rows], self.matrix)

    def sums(self, values: Floats) -> Floats:
        """Sum ``value x place weight`` by district, of one value an incident."""
        return self.by_text(values) @ self.matrix

    def square_sums(self, squares: Floats) -> Floats:
        """Sum ``square x place weight^2`` by district, of one square of a value an incident."""
        return self.by_text(squares) @ self.matrix.power(2)

    def largest(self, values: Floats) -> Floats:
        """Give the largest of the values, none negative, that may lie in each district; else 0."""
        texts = self.matrix.shape[0]
        by_text = np.zeros(texts)
        np.maximum.at(by_text, np.where(self.codes < 0, texts - 1, self.codes), values)
        cells = sp.coo_array(self.matrix)
        most = np.zeros(self.matrix.shape[1])
        np.maximum.at(most, cells.col, by_text[cells.row])
        return most

    def of_district(self, position: int) -> Floats:
        """Give each incident's weight in one district, 0 where it lies elsewhere."""
        return self.matrix[:, [position]].toarray()[:, 0][self.codes]

    def by_text(self, values: Floats) -> Floats:
        """Sum one value an incident by row of `matrix`."""
        last = self.matrix.shape[0] - 1
        codes = np.where(self.codes < 0, last, self.codes)
        return np.bincount(codes, values, last + 1).astype(np.float64)


def abroad(incidents: pd.DataFrame, districts: pd.DataFrame) -> NDArray[np.bool_]:
    """Say which incidents are known to be of another country than all of the districts."""
    home = set(districts["country"].dropna()) if "country" in districts.columns else set()
    if not home or "country" not in incidents.columns:
        return np.zeros(len(incidents), dtype=bool)
    country = incidents["country"]
    return ~(country.isna() | country.isin(home)).to_numpy(dtype=bool)


def elsewhere(incidents: pd.DataFrame, districts: pd.DataFrame) -> NDArray[np.bool_]:
    """Say which incidents are abroad and count in none of the districts.

    They are not "in no known district" of this country.
    """
    away = abroad(incidents, districts)
    if away.any():
        weights = DistrictWeights.of(incidents, districts.index)
        away &= weights.matrix.sum(axis=1)[weights.codes] <= 0
    return away


def districts_text(districts: Iterable[DistrictWeight]) -> str | None:
    """Write districts and weights as text; None for an unplaced incident.

    Examples
    --------
    >>> districts_text([DistrictWeight(district_id="AZ-TAR", weight=0.5),
    ...                 DistrictWeight(district_id="AZ-AGM", weight=0.5)])
    'AZ-TAR:0.5;AZ-AGM:0.5'
    """
    parts = [f"{escape_id(d.district_id)}:{weight_text(d.weight)}" for d in districts]
    return ";".join(parts) or None


def parse_districts(text: str) -> tuple[DistrictWeight, ...]:
    """Read districts and weights from their text.

    An id without a weight shares what the others leave, so ``AZ-TAR;AZ-AGM`` is half
    and half.

    Raises
    ------
    InvalidInput
        A weight is no number in (0, 1], or the weights do not sum to 1.

    Examples
    --------
    >>> [(d.district_id, d.weight) for d in parse_districts("AZ-TAR:0.5;AZ-AGM:0.5")]
    [('AZ-TAR', 0.5), ('AZ-AGM', 0.5)]
    """
    return tuple(DistrictWeight(district_id=i, weight=w) for i, w in _pairs(text))


def district_ids_text(district_ids: Iterable[str]) -> str | None:
    """Write ids alone, as operations and statistics name their districts; None for none."""
    return ";".join(escape_id(district_id) for district_id in district_ids) or None


def parse_district_ids(text: str) -> tuple[str, ...]:
    """Read ids alone.

    Examples
    --------
    >>> parse_district_ids("AZ-TAR; AZ-AGM")
    ('AZ-TAR', 'AZ-AGM')
    """
    parts = (part.strip() for part in text.split(";"))
    return tuple(unescape_id(part) for part in parts if part)


def _pairs(text: str) -> list[tuple[str, float]]:
    pairs: list[tuple[str, float | None]] = []
    for part in text.split(";"):
        if not part.strip():
            continue
        name, colon, number = part.strip().rpartition(":")
        weight = _number(number) if colon else None
        pairs.append(
            (number if not colon else name if weight is not None else part.strip(), weight)
        )
    stated = [w for _, w in pairs if w is not None]
    silent = len(pairs) - len(stated)
    rest = (1.0 - sum(stated)) / silent if silent else 0.0
    filled = [(unescape_id(name), rest if w is None else w) for name, w in pairs]
    wrong = any(not 0 < w <= 1 for _, w in filled)
    if filled and (wrong or abs(sum(w for _, w in filled) - 1) > 1e-6):
        raise InvalidInput(
            f"districts={text[:120]!r}: weights must be above 0 and sum to 1. "
            "Write AZ-TAR:0.5;AZ-AGM:0.5, or one id alone.",
            code="bad-districts",
            details=[{"field": "districts", "reason": "weights do not sum to 1"}],
        )
    return filled


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def weight_text(weight: Any) -> str:
    """Write a weight as short as it can be read back exactly."""
    short = f"{weight:.6g}"
    return short if float(short) == weight else repr(float(weight))


def escape_id(district_id: str) -> str:
    """Write a semicolon in an id so that it does not part the text."""
    return district_id.replace("%", "%25").replace(";", "%3B")


def unescape_id(text: str) -> str:
    """Undo `escape_id`."""
    return text.replace("%3B", ";").replace("%25", "%")


# Incidents of one place (the text of their districts) and date range of which the same numbers of
# people are stated are alike: one row may stand for all of them, with their numbers added, where
# there are too many to hold. The rows are then as many as places and days.
COUNT = "incidents"
"""Column of how many incidents a row stands for; without it each row is one."""
SQUARES, LARGEST = "_squares", "_largest"
"""Ends of the columns of a number's sum of squares and largest value over a row's incidents."""


def incidents_in(frame: pd.DataFrame) -> NDArray[np.float64]:
    """Give how many incidents each row stands for."""
    if COUNT not in frame.columns:
        return np.ones(len(frame))
    return np.asarray(frame[COUNT], dtype=np.float64)
