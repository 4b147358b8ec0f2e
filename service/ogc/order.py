"""The fixed order of features, and where a key stands in it."""

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property, total_ordering
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geodata.schema import FrameSchema
from service.ogc.query import MOST_FRONT, SortKey, Token

Positions = npt.NDArray[np.int64]
SAMPLE = 5_000
"""Rows among which the fullest is looked for."""
_PER_RANK = 16
"""Rows held for one that is selected, from which on sorting the few is cheaper than a walk."""
_BY_ID = [("id", "ascending")]


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


@dataclass(frozen=True)
class Order:
    """Features of a frame by the columns of a sort, then by id.

    Without a sort: at most ten that together fill the fields, so that a client that looks
    at the first ten learns the types; then those with a geometry; then those without; by
    id. The ten have a geometry where fields are not filled by those without alone.

    Attributes
    ----------
    frame
        The features.
    sort
        Columns; empty = the usual order.
    positions
        Row of the feature at each place.
    front
        Ids of the features that come first in the usual order.
    """

    frame: gpd.GeoDataFrame
    sort: tuple[SortKey, ...]
    positions: Positions
    front: tuple[str, ...] = ()

    @property
    def nbytes(self) -> int:
        """Bytes that remembering it takes: the positions, and the ranks made from them later."""
        return self.positions.nbytes * 3 // 2

    @cached_property
    def _ranks(self) -> npt.NDArray[np.int32]:
        ranks = np.empty(len(self.positions), dtype=np.int32)
        ranks[self.positions] = np.arange(len(self.positions), dtype=np.int32)
        return ranks

    def places_of(self, rows: Positions) -> Positions:
        """Give the places of some rows, ascending; costs what is given, not what is held."""
        if len(rows) * _PER_RANK < len(self.positions):
            return np.sort(self._ranks[rows]).astype(np.int64)
        wanted = np.zeros(len(self.positions), dtype=bool)
        wanted[rows] = True
        return wanted[self.positions].nonzero()[0]

    def key_at(self, place: int, direction: Any) -> Token:
        """Give the token of the feature at a place of the order."""
        row = int(self.positions[place])
        return Token(direction, self._values(row), str(self.frame.index[row]), self.front)

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
        if not self.sort:
            return (int(self.frame.geometry.iloc[row] is None),)
        return tuple(plain(self.frame[key.name].iloc[row]) for key in self.sort)

    def _comparable(self, values: tuple[Any, ...], feature_id: str) -> tuple[Any, ...]:
        if not self.sort:
            if feature_id in self.front:
                return (-1, self.front.index(feature_id), b"")
            return (int(values[0] == 1), 0, _utf8(feature_id))
        parts: list[Any] = []
        for key, value in zip(self.sort, values, strict=True):
            if value is None:
                parts.append((1, "", 0))
                continue
            # A forged token may hold a text for a number: kinds are compared first.
            held = (isinstance(value, str), value)
            parts.append((0, _Down(held) if key.descending else held, 0))
        return (*parts, _utf8(feature_id))


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


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
    columns = {f"c{i}": _arrow(frame[key.name]) for i, key in enumerate(sort)}
    columns["id"] = pa.array(frame.index.array, pa.large_string())
    keys = [
        (f"c{i}", "descending" if key.descending else "ascending") for i, key in enumerate(sort)
    ]
    return Order(frame, sort, _sorted(columns, [*keys, ("id", "ascending")]))


def usual_order(
    frame: gpd.GeoDataFrame, schema: FrameSchema, front: tuple[str, ...] | None = None
) -> Order:
    """Order a frame's rows where no sort is asked for.

    Parameters
    ----------
    frame
        Features with their ids as the index.
    schema
        Its columns.
    front
        Ids that come first, as the token of a walk under way has them; None chooses them:
        the fullest feature, then those that fill most of the fields still without a value.

    Returns
    -------
    Order
        See there.
    """
    if frame.index.is_monotonic_increasing:
        by_id = np.arange(len(frame), dtype=np.int64)
    else:
        by_id = _sorted({"id": pa.array(frame.index.array, pa.large_string())}, _BY_ID)
    missing = frame.geometry.isna().to_numpy()[by_id]
    rows = np.concatenate([by_id[~missing], by_id[missing]])
    if front is None:
        chosen = _front(frame, schema, rows, int((~missing).sum()))
        front = tuple(frame.index[chosen])
    else:
        found = frame.index.get_indexer(pd.Index(front, dtype="str"))
        chosen = found[found >= 0]
    rest = np.ones(len(frame), dtype=bool)
    rest[chosen] = False
    positions = np.concatenate([chosen, rows[rest[rows]]]).astype(np.int64)
    return Order(frame, (), positions, front)


def _front(frame: gpd.GeoDataFrame, schema: FrameSchema, rows: Positions, placed: int) -> Positions:
    """Choose the rows that tell the types: few, and together with all fields that have values.

    Parameters
    ----------
    rows
        Rows in the usual order.
    placed
        How many of them, the first, have a geometry.
    """
    names = [column.name for column in schema.columns if column.kind != "text"]
    covered = np.zeros(len(names), dtype=bool)
    chosen: list[int] = []
    for group in (rows[:placed], rows[placed:]):
        sample = _sample(frame, names, group)
        part = frame.iloc[sample]
        full = part[schema.names].notna().to_numpy().sum(axis=1)
        filled = np.column_stack(
            [np.zeros(len(sample), dtype=bool), *(part[name].notna() for name in names)]
        )[:, 1:]
        while len(sample) and len(chosen) < MOST_FRONT:
            gain = (filled & ~covered).sum(axis=1)
            if chosen and not gain.max(initial=0):
                break
            # The fullest begins; then what fills most of the rest.
            best = int((gain * (len(schema.names) + 1) * bool(chosen) + full).argmax())
            chosen.append(int(sample[best]))
            covered |= filled[best]
    return np.array(chosen, dtype=np.int64)


def _sample(frame: gpd.GeoDataFrame, names: list[str], rows: Positions) -> Positions:
    """Take the first rows, and for each column the first that fills it, in their order."""
    if len(rows) <= SAMPLE:
        return rows
    wanted = [*range(SAMPLE)]
    for name in names:
        filled = frame[name].notna().to_numpy()[rows]
        wanted += [int(filled.argmax())]
    return rows[np.unique(wanted)]


def _sorted(columns: dict[str, pa.Array], keys: list[tuple[str, str]]) -> Positions:
    return pc.sort_indices(pa.table(columns), sort_keys=keys).to_numpy().astype(np.int64)


def _arrow(column: pd.Series) -> pa.Array:
    return pa.array(column.array, from_pandas=True)
