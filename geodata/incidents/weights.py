"""Where an incident counts: districts and weights as one short text.

The text ``AZ-TAR:0.5;AZ-AGM:0.5`` is the flat twin of an incident's districts. An id may
hold a colon (the weight follows the last one); a semicolon in it is written ``%3B``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.errors import InvalidInput
from geodata.model import DistrictWeight


@dataclass(frozen=True, slots=True)
class Weights:
    """Shares of incidents in districts, one entry a pair.

    Attributes
    ----------
    row
        Position of the incident in the frame, ascending.
    district
        Position of the district in `district_ids`.
    weight
        The share; the shares of one incident sum to 1.
    district_ids
        The ids that occur, in order of first occurrence.
    """

    row: npt.NDArray[np.int64]
    district: npt.NDArray[np.int64]
    weight: npt.NDArray[np.float64]
    district_ids: tuple[str, ...]


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


def weights_of(incidents: pd.DataFrame) -> Weights:
    """Give the shares of all incidents as arrays.

    The texts repeat (a country has few districts), so each distinct one is read once:
    a million incidents take a fraction of a second.

    Parameters
    ----------
    incidents
        Frame with the column `districts`; null = unplaced, which gives no entry.

    Returns
    -------
    Weights
        Entries sorted by row.

    Raises
    ------
    InvalidInput
        A text cannot be read.
    """
    codes, texts = pd.factorize(incidents["districts"])
    parsed = [_pairs(str(text)) for text in texts]
    ids: dict[str, int] = {}
    flat_ids = [ids.setdefault(name, len(ids)) for pairs in parsed for name, _ in pairs]
    flat_weights = [weight for pairs in parsed for _, weight in pairs]
    sizes = np.array([len(pairs) for pairs in parsed], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(sizes)])[:-1].astype(np.int64)
    placed = np.flatnonzero(codes >= 0)
    code = codes[placed]
    repeat = sizes[code]
    row = np.repeat(placed, repeat)
    within = np.arange(len(row)) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    entry = np.repeat(starts[code], repeat) + within
    return Weights(
        row.astype(np.int64),
        np.array(flat_ids, dtype=np.int64)[entry],
        np.array(flat_weights, dtype=np.float64)[entry],
        tuple(ids),
    )


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
