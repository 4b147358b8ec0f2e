"""The fixed order of features, and where a key stands in it."""

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import total_ordering
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from service.ogc.params.columns import SortKey
from service.ogc.params.paging import Token

Positions = npt.NDArray[np.int64]


@total_ordering
class _Down:
    """A value that sorts the other way round."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Down) and bool(self.value == other.value)

    def __lt__(self, other: "_Down") -> bool:
        return bool(other.value < self.value)

    def __hash__(self) -> int:
        return hash(self.value)


@dataclass(frozen=True, slots=True)
class Order:
    """Features of a frame by the columns of a sort, then by id.

    Attributes
    ----------
    frame
        The features.
    sort
        Columns; empty = by id alone.
    positions
        Row of the feature at each place.
    """

    frame: gpd.GeoDataFrame
    sort: tuple[SortKey, ...]
    positions: Positions

    def key_at(self, place: int, direction: Any) -> Token:
        """Give the token of the feature at a place of the order."""
        row = int(self.positions[place])
        return Token(direction, self._values(row), str(self.frame.index[row]))

    def place_of(self, token: Token) -> int:
        """Give the first place after the token's key, or, if it looks back, of the key.

        The feature itself need not be there any more.
        """
        wanted = self._comparable(token.values, token.feature_id)
        search = bisect_right if token.direction == "after" else bisect_left
        return search(range(len(self.positions)), wanted, key=self._key)

    def _key(self, place: int) -> tuple[Any, ...]:
        row = int(self.positions[place])
        return self._comparable(self._values(row), str(self.frame.index[row]))

    def _values(self, row: int) -> tuple[Any, ...]:
        return tuple(plain(self.frame[key.name].iloc[row]) for key in self.sort)

    def _comparable(self, values: tuple[Any, ...], feature_id: str) -> tuple[Any, ...]:
        parts: list[Any] = []
        for key, value in zip(self.sort, values, strict=True):
            if value is None:
                parts.append((1, "", 0))
                continue
            # A forged token may hold a text for a number: kinds are compared first.
            held = (isinstance(value, str), value)
            parts.append((0, _Down(held) if key.descending else held, 0))
        return (*parts, feature_id.encode("utf-8", "surrogatepass"))


def plain(value: Any) -> Any:
    """Give a cell as text, number, boolean or None, as a token holds it."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float):
        return None if math.isnan(value) else float(value)
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    return value.item() if isinstance(value, np.generic) else value


def order_of(frame: gpd.GeoDataFrame, sort: tuple[SortKey, ...]) -> Order:
    """Sort a frame's rows.

    Parameters
    ----------
    frame
        Features with their ids as the index.
    sort
        Columns; nulls come last both ways, ties are broken by id.

    Returns
    -------
    Order
        Positions of the rows; the frame itself is not moved.
    """
    if not sort and frame.index.is_monotonic_increasing:
        return Order(frame, sort, np.arange(len(frame), dtype=np.int64))
    columns = {f"c{i}": _arrow(frame[key.name]) for i, key in enumerate(sort)}
    columns["id"] = pa.array(frame.index.array, pa.large_string())
    keys = [
        (f"c{i}", "descending" if key.descending else "ascending") for i, key in enumerate(sort)
    ]
    indices = pc.sort_indices(pa.table(columns), sort_keys=[*keys, ("id", "ascending")])
    return Order(frame, sort, indices.to_numpy().astype(np.int64))


def _arrow(column: pd.Series) -> pa.Array:
    return pa.array(column.array, from_pandas=True)
