"""A frame that changes cheaply: a large base, and the few rows that differ from it."""

from collections.abc import Iterable, Mapping
from threading import Lock

import geopandas as gpd
import numpy as np
import pandas as pd

FOLD = 5_000
"""How many changed rows a base carries before they become a new base."""


class Layer:
    """One immutable state of a frame whose index is the feature id.

    A change makes a new layer on the same base, in time that does not depend on the size
    of the base; the whole frame is put together when somebody asks for it.

    Parameters
    ----------
    base
        Rows by feature id; not changed.
    """

    def __init__(self, base: gpd.GeoDataFrame) -> None:
        self._base = base
        self._delta = base.iloc[:0]
        self._gone: frozenset[str] = frozenset()
        self._positions: Mapping[str, int] | None = None
        self._frame: gpd.GeoDataFrame | None = base
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self.frame)

    def changed(self, rows: gpd.GeoDataFrame, gone: Iterable[str] = ()) -> "Layer":
        """Give the layer after some rows changed.

        Parameters
        ----------
        rows
            Replace the rows of the same id in their place; new ids come last, in order.
        gone
            Ids that are no longer held; unknown ones are passed over.

        Returns
        -------
        Layer
            Shares this one's base unless much has changed.
        """
        lost = frozenset(gone) - set(rows.index)
        if not len(rows) and not lost:
            return self
        if not len(self._base) and not len(self._delta):
            return Layer(rows)
        again = self._delta.index.isin([*rows.index, *lost])
        # A row that changed twice keeps the place of its first change.
        after = Layer(self._base)
        after._positions = self.positions
        after._delta = _replaced(self._delta, again, rows, lost)
        after._gone = (self._gone - set(rows.index)) | lost
        after._frame = None
        if len(after._delta) + len(after._gone) > FOLD:
            return Layer(after.frame)
        return after

    @property
    def positions(self) -> Mapping[str, int]:
        """Row of each id in the base."""
        if self._positions is None:
            self._positions = {name: row for row, name in enumerate(self._base.index)}
        return self._positions

    @property
    def frame(self) -> gpd.GeoDataFrame:
        """The whole frame; treat it as read-only."""
        if self._frame is None:
            with self._lock:
                if self._frame is None:
                    self._frame = self._merged()
        return self._frame

    def _merged(self) -> gpd.GeoDataFrame:
        size = len(self._base)
        at = np.array([self.positions.get(name, -1) for name in self._delta.index], dtype=np.int64)
        lost = [self.positions[name] for name in self._gone if name in self.positions]
        together = pd.concat([self._base, self._delta])
        if not lost and (at < 0).all():
            return together
        order = np.arange(size)
        rows = size + np.arange(len(at))
        order[at[at >= 0]] = rows[at >= 0]
        keep = np.ones(size, dtype=bool)
        keep[lost] = False
        return together.take(np.concatenate([order[keep], rows[at < 0]]))


def _replaced(
    delta: gpd.GeoDataFrame, again: np.ndarray, rows: gpd.GeoDataFrame, lost: frozenset[str]
) -> gpd.GeoDataFrame:
    if not again.any():
        return pd.concat([delta, rows]) if len(delta) else rows
    together = pd.concat([delta[~again], rows])
    order = dict.fromkeys([*delta.index, *rows.index])
    return together.loc[[name for name in order if name not in lost]]
