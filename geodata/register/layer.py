"""A frame that changes cheaply: rows are appended and replaced column by column."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from geopandas.array import GeometryArray

from geodata.register.columns import Growing, from_arrow, growing, to_arrow
from geodata.register.revision import GONE, Row
from geodata.schema import CRS84, FrameSchema

Make = Callable[[list[Row]], dict[str, Any]]
"""Gives the columns of some revisions' records, and ``geometry``."""


class Table:
    """Rows by id, immutable; later tables share its columns' memory.

    Parameters
    ----------
    columns
        By name, ``geometry`` among them.
    positions
        Row of each id; may know ids of later tables, whose rows lie behind this one's. None =
        to be made of the column `ids` when somebody needs them.
    size
        How many rows there are.
    """

    def __init__(
        self,
        columns: Mapping[str, Growing],
        positions: dict[str, int] | None,
        size: int,
        ids: str = "",
    ) -> None:
        self._columns = columns
        self._known = positions
        self._ids = ids
        self.size = size

    @classmethod
    def of_arrow(cls, table: pa.Table, schema: FrameSchema) -> "Table":
        """Take the rows that `arrow` gave."""
        columns = {name: from_arrow(table[name]) for name in schema.names}
        placed = table["geometry"].to_numpy()
        shapes = np.full(table.num_rows, None, dtype=object)
        lon, lat = (table[name].to_numpy()[placed] for name in ("longitude", "latitude"))
        shapes[placed] = shapely.points(lon, lat)
        # Ids become positions only when something is written: a million of them take long.
        columns["geometry"] = growing(shapes)
        return cls(columns, None, table.num_rows, schema.id_column)

    def arrow(self, schema: FrameSchema) -> pa.Table:
        """Give the rows for a file; of a geometry whether there is one, since it is a point."""
        arrays = {name: to_arrow(self._columns[name]) for name in schema.names}
        shapes: Any = self._columns["geometry"]
        return pa.table(arrays | {"geometry": pa.array(~shapely.is_missing(shapes.values))})

    @property
    def _positions(self) -> dict[str, int]:
        if self._known is None:
            ids: Any = self._columns[self._ids]
            self._known = {str(name): at for at, name in enumerate(ids.array)}
        return self._known

    def position(self, name: str) -> int | None:
        """Give the row of an id; None where it is not held."""
        at = self._positions.get(name, self.size)
        return at if at < self.size else None

    def without(self, names: Iterable[str]) -> "Table":
        """Give the table without some ids."""
        lost = [at for name in names if (at := self.position(name)) is not None]
        if not lost:
            return self
        keep = np.ones(self.size, dtype=bool)
        keep[lost] = False
        ordered = sorted(
            (at, name) for name, at in self._positions.items() if at < self.size and keep[at]
        )
        positions = {name: row for row, (_, name) in enumerate(ordered)}
        columns = {name: column.kept(keep) for name, column in self._columns.items()}
        return Table(columns, positions, len(positions))

    def with_rows(self, names: list[str], rows: Mapping[str, Any]) -> "Table":
        """Give the table with rows replaced in their place, and new ones at the end."""
        found = [self.position(name) for name in names]
        old = np.array([at is not None for at in found], dtype=bool)
        at = np.array([row for row in found if row is not None], dtype=np.int64)
        columns = dict(self._columns)
        for name, values in rows.items():
            column: Any = columns[name]
            if old.any():
                column = column.replaced(at, values[old])
            if not old.all():
                column = column.extended(values[~old])
            columns[name] = column
        fresh = [name for name, held in zip(names, old, strict=True) if not held]
        known = self._positions if len(self._positions) == self.size else self._own_positions()
        known.update(zip(fresh, range(self.size, self.size + len(fresh)), strict=True))
        return Table(columns, known, self.size + len(fresh))

    def _own_positions(self) -> dict[str, int]:
        # Another table grew from this one already: its ids must not be mixed with ours.
        return {name: at for name, at in self._positions.items() if at < self.size}

    def frame(self, schema: FrameSchema) -> gpd.GeoDataFrame:
        """Give the rows as a frame of the schema, without copying the columns."""
        arrays = {name: self._columns[name].array for name in schema.names}
        index = pd.Index(arrays[schema.id_column], dtype="str", name=None)
        geometry: Any = self._columns["geometry"]
        arrays["geometry"] = GeometryArray(geometry.values, crs=CRS84)
        data = pd.DataFrame(arrays, index=index, copy=False)
        return gpd.GeoDataFrame(data, copy=False)


class Layer:
    """One immutable state of a collection, known by the revisions of its records.

    Rows are made of revisions when somebody asks for the frame: a change costs nothing
    before that, and after it no more than the columns that differ.

    Parameters
    ----------
    schema
        Of the frame.
    make
        Makes columns of revisions.
    base
        The layer it follows; None = it starts empty.
    pending
        What changed since.
    """

    def __init__(
        self,
        schema: FrameSchema,
        make: Make,
        base: "Layer | None" = None,
        pending: "Pending | None" = None,
    ) -> None:
        self._schema = schema
        self._make = make
        self._base = base
        self._pending = pending or Pending()
        self._table: Table | None = None
        self._frame: gpd.GeoDataFrame | None = None
        self._lock = Lock()

    def changed(self, rows: Iterable[Row]) -> "Layer":
        """Give the layer after more revisions.

        Parameters
        ----------
        rows
            In order. A held record keeps its place; a new one comes last, and so does
            one that was gone and came back.

        Returns
        -------
        Layer
            Shares this one's columns.
        """
        with self._lock:
            # A state that nobody has looked at is passed over: one making for both.
            seen = self._table is not None
            base = self if seen or self._base is None else self._base
            pending = Pending() if base is self else self._pending
        return Layer(self._schema, self._make, base, pending.after(rows))

    @property
    def schema(self) -> FrameSchema:
        """Its columns."""
        return self._schema

    def filled(self, table: pa.Table) -> "Layer":
        """Give the layer with the rows of a file (`Table.arrow`)."""
        layer = Layer(self._schema, self._make)
        layer._table = Table.of_arrow(table, self._schema)
        return layer

    @property
    def frame(self) -> gpd.GeoDataFrame:
        """The whole frame; treat it as read-only."""
        table = self.table
        with self._lock:
            if self._frame is None:
                self._frame = table.frame(self._schema)
            return self._frame

    @property
    def table(self) -> Table:
        """The rows."""
        with self._lock:
            if self._table is None:
                base = self._base
                self._table = self._applied(base.table if base else first_table(self._make([]), []))
                # What it grew from is needed no longer and may be forgotten.
                self._base, self._pending = None, Pending()
            return self._table

    def _applied(self, held: Table) -> Table:
        live = self._pending.live
        table = held.without(self._pending.gone)
        if not live:
            return table
        rows = self._make(list(live.values()))
        return table.with_rows(list(live), rows) if table.size else first_table(rows, list(live))


@dataclass(frozen=True, slots=True)
class Pending:
    """Revisions that are not rows yet.

    Attributes
    ----------
    live
        The newest of each record that is held.
    gone
        Records that were retracted or merged meanwhile, also if they came back.
    """

    live: Mapping[str, Row] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()

    def after(self, rows: Iterable[Row]) -> "Pending":
        """Take more revisions in."""
        live, gone = dict(self.live), set(self.gone)
        for row in rows:
            if row.change in GONE:
                live.pop(row.record_id, None)
                gone.add(row.record_id)
            else:
                live[row.record_id] = row
        return Pending(live, frozenset(gone))


def first_table(rows: Mapping[str, Any], names: list[str]) -> Table:
    """Make a table of its first rows."""
    columns = {name: growing(values) for name, values in rows.items()}
    return Table(columns, {name: at for at, name in enumerate(names)}, len(names))
