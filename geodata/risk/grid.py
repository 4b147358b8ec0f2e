"""Square cells over a window, and which points lie in it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.features import rasterize

from geodata.errors import InvalidInput

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
MAX_CELLS = 4_000_000


@dataclass(frozen=True, slots=True)
class Grid:
    """Square cells over a window, first row in the north.

    Attributes
    ----------
    west, north
        Outer corner of the first cell, metres.
    cell_m
        Side of a cell.
    mask
        Rows x columns; True where a cell's centre lies in the window.
    """

    west: float
    north: float
    cell_m: float
    mask: Mask

    @classmethod
    def over(cls, window: Any, cell_m: float) -> "Grid":
        """Lay a grid over a polygon.

        Parameters
        ----------
        window
            Polygon or MultiPolygon, projected, metres.
        cell_m
            Side of a cell.

        Returns
        -------
        Grid
            Covering the window's bounds; a window smaller than a cell marks the cells it
            touches.

        Raises
        ------
        InvalidInput
            The window is empty, or the cells are too small or not positive.
        """
        if window is None or window.is_empty or not np.isfinite(cell_m) or cell_m <= 0:
            raise InvalidInput("A surface needs a window with an area and a cell over 0 m.")
        west, south, east, north = window.bounds
        columns = max(int(np.ceil((east - west) / cell_m - 1e-9)), 1)
        rows = max(int(np.ceil((north - south) / cell_m - 1e-9)), 1)
        if rows * columns > MAX_CELLS:
            raise InvalidInput(
                f"cell={cell_m:g} m makes {rows * columns} cells; the limit is {MAX_CELLS}. "
                "Choose larger cells.",
                code="bad-cell",
            )
        grid = cls(west, north, cell_m, np.ones((rows, columns), dtype=bool))
        return cls(west, north, cell_m, grid.covered(window))

    @property
    def transform(self) -> Affine:
        """Affine transform from column, row to x, y of the cells' outer corners."""
        return Affine(self.cell_m, 0.0, self.west, 0.0, -self.cell_m, self.north)

    def covered(self, shape: Any) -> Mask:
        """Mark the cells whose centre lies in a polygon, else those that it touches.

        Parameters
        ----------
        shape
            Polygon in the grid's coordinates.

        Returns
        -------
        numpy.ndarray
            Rows x columns.
        """
        size = self.mask.shape
        for touched in (False, True):
            burnt = rasterize(
                [shape], size, transform=self.transform, all_touched=touched, dtype="uint8"
            )
            if burnt.any():
                break
        return burnt.astype(bool)

    def positions(self, xy: Floats) -> tuple[Floats, Floats]:
        """Give fractional column and row of points, 0 at the first cell's centre.

        Parameters
        ----------
        xy
            n x 2 coordinates, metres.

        Returns
        -------
        tuple of numpy.ndarray
            Column and row.
        """
        column = (xy[:, 0] - self.west) / self.cell_m - 0.5
        row = (self.north - xy[:, 1]) / self.cell_m - 0.5
        return column, row


def inside(xy: Floats, window: Any, grid: Grid) -> Mask:
    """Say which points lie in the window or on its border.

    Parameters
    ----------
    xy
        n x 2 coordinates, NaN where unknown.
    window
        The polygon of the grid.
    grid
        Grid over it: only points near its border are tested exactly.

    Returns
    -------
    numpy.ndarray
        True for points in the window.
    """
    rows, columns = grid.mask.shape
    x, y = (np.floor(part + 0.5) for part in grid.positions(xy))
    with np.errstate(invalid="ignore"):
        found = (x >= 0) & (x <= columns) & (y >= 0) & (y <= rows)
    framed = np.pad(grid.mask, 1)
    rowwise = framed[:-2] & framed[1:-1] & framed[2:]
    deep = rowwise[:, :-2] & rowwise[:, 1:-1] & rowwise[:, 2:]
    column = np.minimum(x[found].astype(np.intp), columns - 1)
    row = np.minimum(y[found].astype(np.intp), rows - 1)
    near = np.flatnonzero(found)[~deep[row, column]]
    shapely.prepare(window)
    found[near] = shapely.intersects_xy(window, xy[near, 0], xy[near, 1])
    return found
