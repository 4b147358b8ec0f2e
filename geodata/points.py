"""Points kept as columns of coordinates: what a frame shows as geometries, without the objects."""

import numbers
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from geopandas.array import GeometryArray

from geodata.schemas import CRS84


class Points(GeometryArray):
    """Points that become objects when somebody needs them: a million of them take 250 MB.

    What asks for coordinates, for bounds, for which are missing, or for some of them does not
    need them all.

    Parameters
    ----------
    lon, lat
        WGS 84 degrees.
    """

    def __init__(
        self,
        lon: npt.NDArray[np.float64],
        lat: npt.NDArray[np.float64],
        placed: npt.NDArray[np.bool_],
    ) -> None:
        self._lon, self._lat, self._placed = lon, lat, placed
        self._made: npt.NDArray[Any] | None = None
        self._changed = False
        self._crs = None
        self._sindex = None
        self.crs = CRS84

    def _objects(self, rows: Any) -> npt.NDArray[Any]:
        placed = self._placed[rows]
        shapes = np.full(len(placed), None, dtype=object)
        shapes[placed] = shapely.points(self._lon[rows][placed], self._lat[rows][placed])
        return shapes

    @property
    def _data(self) -> npt.NDArray[Any]:
        if self._made is None:
            self._made = self._objects(slice(None))
        return self._made

    def __reduce__(self) -> Any:
        return GeometryArray, (self._data, self._crs)

    def __getitem__(self, idx: Any) -> Any:
        if self._made is not None:
            return super().__getitem__(idx)
        if isinstance(idx, numbers.Integral):
            row = int(idx)
            return self._objects(slice(row, row + 1 or None))[0]
        rows = pd.api.indexers.check_array_indexer(self, idx)
        some = Points(self._lon[rows], self._lat[rows], self._placed[rows])
        if isinstance(idx, slice) and idx == slice(None):
            some._sindex = self._sindex
        return some

    def __setitem__(self, key: Any, value: Any) -> None:
        if value is None and self._made is None:
            placed = self._placed.copy()
            placed[pd.api.indexers.check_array_indexer(self, key)] = False
            self._placed, self._sindex = placed, None
            return
        self._made, self._changed = self._data.copy(), True
        super().__setitem__(key, value)

    def take(self, indices: Any, allow_fill: bool = False, fill_value: Any = None) -> Any:  # noqa: FBT001, FBT002 - pandas' own
        """Give some of them (see pandas)."""
        rows = np.asarray(indices, dtype=np.intp)
        if self._made is not None or not (fill_value is None or pd.isna(fill_value)):
            return super().take(rows, allow_fill=allow_fill, fill_value=fill_value)
        if not allow_fill:
            return Points(self._lon[rows], self._lat[rows], self._placed[rows])
        if (rows < -1).any():
            raise ValueError("indices below -1 cannot be taken where -1 stands for missing")
        shapes = np.full(len(rows), None, dtype=object)
        shapes[rows >= 0] = self._objects(rows[rows >= 0])
        return GeometryArray(shapes, crs=self.crs)

    def copy(self, *args: Any, **kwargs: Any) -> Any:
        """Give a copy that can be changed."""
        if self._changed:
            return super().copy(*args, **kwargs)
        return Points(self._lon, self._lat, self._placed)

    def isna(self) -> npt.NDArray[np.bool_]:
        """Say which are missing."""
        return super().isna() if self._changed else ~self._placed

    def coordinates(self) -> npt.NDArray[np.float64] | None:
        """Give longitude and latitude of each, shape (n, 2), NaN where there is no point.

        None where some were set since: they may be anything.
        """
        return None if self._changed else np.column_stack([self.x, self.y])

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self._placed)

    @property
    def nbytes(self) -> int:
        """Bytes of the flags and of the objects made so far."""
        return self._placed.nbytes + (0 if self._made is None else self._made.nbytes)

    @property
    def x(self) -> Any:
        """Longitudes; NaN where there is no point."""
        return super().x if self._changed else np.where(self._placed, self._lon, np.nan)

    @property
    def y(self) -> Any:
        """Latitudes; NaN where there is no point."""
        return super().y if self._changed else np.where(self._placed, self._lat, np.nan)

    @property
    def bounds(self) -> Any:
        """West, south, east and north of each."""
        return super().bounds if self._changed else np.stack([self.x, self.y] * 2, axis=1)

    @property
    def total_bounds(self) -> Any:
        """West, south, east and north of all; NaN where there is no point."""
        if self._changed:
            return super().total_bounds
        every = self._placed.all()
        at = [xy if every else xy[self._placed] for xy in (self._lon, self._lat)]
        ends = [end.reduce(xy) if len(xy) else np.nan for end in (np.fmin, np.fmax) for xy in at]
        return np.array(ends)
