"""Features as ready bytes; those of a snapshot are made once."""

from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from geodata.formats import feature_bytes
from geodata.register import Snapshot
from geodata.register.memo import Memo
from service.ogc.query import ItemsQuery

Rows = npt.NDArray[np.int64]
MOST_KEPT = 256 * 2**20
"""Bytes of ready features from which on one layer of a snapshot keeps no more."""
KEPT = 8
"""Sets of parameters whose ready features a computed layer keeps."""

BLOCK = 256
"""Features made at once when a single one is asked for."""


class Ready:
    """Ready features of one layer, made as they are asked for.

    Parameters
    ----------
    rows
        Rows of the layer.
    """

    def __init__(self, rows: int) -> None:
        self._made: npt.NDArray[Any] = np.full(rows, None, dtype=object)
        self._bytes = 0

    def give(self, frame: gpd.GeoDataFrame, rows: Rows, query: ItemsQuery) -> list[bytes]:
        """Give the features of some rows, in that order."""
        if len(rows) == 1 and self._made[rows[0]] is None:
            self._make_around(frame, int(rows[0]), query)
        found: list[bytes] = self._made[rows].tolist()
        gaps = [place for place, feature in enumerate(found) if feature is None]
        if not gaps:
            return found
        missing = rows[gaps]
        made = _make(frame, missing, query)
        for place, feature in zip(gaps, made, strict=True):
            found[place] = feature
        if self._bytes < MOST_KEPT:
            # Two threads may make the same feature; both make the same bytes.
            for row, feature in zip(missing.tolist(), made, strict=True):
                self._made[row] = feature
            self._bytes += sum(map(len, made))
        return found

    def _make_around(self, frame: gpd.GeoDataFrame, row: int, query: ItemsQuery) -> None:
        """Make a block at once: one feature alone costs as much as a hundred."""
        start = row - row % BLOCK
        block = np.arange(start, min(start + BLOCK, len(frame)))
        if self._bytes < MOST_KEPT:
            made = _make(frame, block, query)
            self._made[block] = np.array([*made, None], dtype=object)[:-1]
            self._bytes += sum(map(len, made))


def _make(frame: gpd.GeoDataFrame, rows: Rows, query: ItemsQuery) -> list[bytes]:
    return feature_bytes(
        frame.iloc[rows],
        query.collection.schema,
        crs=None if query.crs is None else query.crs_uri,
        properties=query.properties,
    )


def ready_features(
    snapshot: Snapshot, frame: gpd.GeoDataFrame, rows: Rows, query: ItemsQuery
) -> list[bytes]:
    """Give rows of a layer as GeoJSON features.

    Parameters
    ----------
    snapshot
        Remembers what was made, for the usual form: all properties, WGS 84.
    frame
        The layer.
    rows
        Rows of it, in the order wanted.
    query
        Names the layer, the properties and the coordinate reference system.

    Returns
    -------
    list of bytes
        One a row.
    """
    if query.crs is not None or query.properties is not None:
        return _make(frame, rows, query)

    def make() -> Ready:
        return Ready(len(frame))

    if query.collection.computed:
        # One for each set of parameters that somebody thinks of: only the last few.
        few: Memo = snapshot.cached(("ready-computed", query.collection.id), lambda: Memo(KEPT))
        return few.get(query.risk, make).give(frame, rows, query)
    ready: Ready = snapshot.cached(("ready", query.collection.id), make)
    return ready.give(frame, rows, query)
