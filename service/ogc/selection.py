"""Which features a query selects, and the page of them that is given."""

from dataclasses import dataclass
from threading import Semaphore, Thread
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geodata.filters import Columns, mask_during
from geodata.filters.point_index import PointIndex
from geodata.points import Points
from geodata.register import Snapshot
from geodata.register.memo import Memo
from service.ogc.order import Order, order_of, usual_order
from service.ogc.query import ItemsQuery, Token
from service.ogc.space import Area

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
KEPT = 32
"""How many selections of one snapshot are remembered, for deep pages."""
INDEXED_AT_ONCE = 200_000
"""Points up to which the index of a layer is made by the first who asks for a box; the index of
more is made aside, and until it is there every point is looked at."""
_one_builder = Semaphore(1)


@dataclass(frozen=True, slots=True)
class Selection:
    """The features selected.

    Attributes
    ----------
    order
        Order of all features of the collection.
    places
        Places in that order of those selected, ascending.
    """

    order: Order
    places: npt.NDArray[np.int64]

    @property
    def nbytes(self) -> int:
        """Bytes that remembering it takes, beside its order."""
        return self.places.nbytes

    @property
    def rows(self) -> npt.NDArray[np.int64]:
        """Rows of the frame in the selection's order."""
        return self.order.positions[self.places]


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of a selection.

    Attributes
    ----------
    rows
        Rows of the frame, in order.
    matched
        Features of the whole selection.
    next, previous
        Tokens of the neighbouring pages, if there are any.
    key
        Equal for pages that begin alike, within one snapshot.
    """

    frame: gpd.GeoDataFrame
    rows: npt.NDArray[np.int64]
    matched: int
    next: Token | None
    previous: Token | None
    key: tuple[object, ...]


def page_of(snapshot: Snapshot, query: ItemsQuery) -> Page:
    """Select features and cut out the page that is asked for.

    Parameters
    ----------
    snapshot
        Where they come from.
    query
        What is asked for.

    Returns
    -------
    Page
        Its features in order.
    """
    found = select(snapshot, query)
    places, order = found.places, found.order
    first, last = _window(query, order, places)
    chosen = places[first:last]
    return Page(
        order.frame,
        order.positions[chosen],
        len(places),
        order.key_at(int(chosen[-1]), "after") if last < len(places) and len(chosen) else None,
        order.key_at(int(chosen[0]), "before") if first > 0 and len(chosen) else None,
        (query.selection_key, order.front, first),
    )


def _window(query: ItemsQuery, order: Order, places: npt.NDArray[np.int64]) -> tuple[int, int]:
    """Give the first and the last place + 1 of the page within the selection."""
    limit = len(places) if query.limit is None else query.limit
    if query.token is None:
        first = min(query.offset, len(places))
        return first, min(first + limit, len(places))
    edge = int(np.searchsorted(places, order.place_of(query.token)))
    if query.token.direction == "after":
        return edge, min(edge + limit, len(places))
    return max(edge - limit, 0), edge


def select(snapshot: Snapshot, query: ItemsQuery) -> Selection:
    """Select features; the result is remembered for the next page.

    Parameters
    ----------
    snapshot
        Where they come from.
    query
        What is asked for.

    Returns
    -------
    Selection
        In the order of the query.
    """
    collection = query.collection
    frame = collection.frame(snapshot, query.risk)
    order = _order(snapshot, query, frame)
    if not query.selects:
        return Selection(order, np.arange(len(frame), dtype=np.int64))
    memory: Memo = snapshot.cached("selections", lambda: Memo(KEPT))

    def find() -> Selection:
        return Selection(order, order.places_of(rows_of(snapshot, query, frame)))

    return memory.get((query.selection_key, order.front), find)


def _order(snapshot: Snapshot, query: ItemsQuery, frame: gpd.GeoDataFrame) -> Order:
    """Give the order asked for; a walk under way keeps the front that it began with."""
    schema, sort = query.collection.schema, query.sort
    orders: Memo = snapshot.cached("orders", lambda: Memo(KEPT))
    key = (query.collection.id, query.risk, sort)
    order = orders.get(key, lambda: order_of(frame, sort) if sort else usual_order(frame, schema))
    front = query.token.front if query.token and not sort else order.front
    if front == order.front:
        return order
    return orders.get((*key, front), lambda: usual_order(frame, schema, front))


def rows_of(snapshot: Snapshot, query: ItemsQuery, frame: gpd.GeoDataFrame) -> Rows:
    """Give the rows of a frame that the query selects, ascending.

    The box comes first, by an index; the others look only at what it leaves.
    """
    key = (query.collection.id, query.risk)
    columns = snapshot.cached(("columns", *key), lambda: Columns(frame))
    chosen: Rows | None = None
    if query.area is not None:
        layer = snapshot.cached(("geometries", *key), lambda: Geometries(frame))
        chosen = layer.rows_in(query.area)
        columns = columns.at(chosen)
    schema = query.collection.schema
    mask = np.ones(len(columns), dtype=bool)
    if query.interval is not None and schema.start is not None:
        first, last = query.interval.start, query.interval.end
        mask &= mask_during(
            columns,
            schema.start,
            schema.end or schema.start,
            None if first is None else first.replace(tzinfo=None),
            None if last is None else last.replace(tzinfo=None),
        )
    for one in query.filters:
        mask &= one.mask(columns)
    return mask.nonzero()[0] if chosen is None else chosen[mask]


def mask_of(snapshot: Snapshot, query: ItemsQuery, frame: gpd.GeoDataFrame) -> Mask:
    """Say which rows of a frame the query selects."""
    mask = np.zeros(len(frame), dtype=bool)
    mask[rows_of(snapshot, query, frame)] = True
    return mask


class Geometries:
    """The geometries of a layer, found by boxes.

    Parameters
    ----------
    frame
        The layer.
    """

    def __init__(self, frame: gpd.GeoDataFrame) -> None:
        self._shapes: Any = frame.geometry.array
        self._index: PointIndex | None = None
        self._bounds: Any = None
        if not isinstance(self._shapes, Points):
            kinds = shapely.get_type_id(np.asarray(self._shapes))
            if not ((kinds == 0) | (kinds == -1)).all():
                self._bounds = self._shapes.bounds
                self._none = np.isnan(self._bounds[:, 0]).nonzero()[0]
                return
        self._x, self._y = self._shapes.x, self._shapes.y
        # An empty point has no place either.
        self._none = np.isnan(self._x).nonzero()[0]
        if len(self._shapes) <= INDEXED_AT_ONCE:
            self._index = PointIndex(self._x, self._y)

    def _start_index(self) -> None:
        """Make the index in a thread of its own, unless one is being made."""
        if not _one_builder.acquire(blocking=False):
            return

        def make() -> None:
            try:
                if self._index is None:
                    self._index = PointIndex(self._x, self._y)
            finally:
                _one_builder.release()

        Thread(target=make, name="point-index", daemon=True).start()

    def rows_in(self, area: Area) -> Rows:
        """Give the rows in an area, ascending, and those without a geometry.

        What has no geometry belongs to every box (17-069r4, fc-bbox-response C).
        """
        index = self._index
        if index is not None:
            found = area.rows_of_points(self._shapes, index)
            if not len(self._none):
                return found
            # Two sorted runs: a stable sort only merges them.
            return np.sort(np.concatenate([found, self._none]), kind="stable")
        points, bounds = self._bounds is None, self._bounds
        if points:
            self._start_index()
            bounds = np.column_stack([self._x, self._y, self._x, self._y])
        mask = area.mask(self._shapes, bounds, points=points)
        mask[self._none] = True
        return mask.nonzero()[0]
