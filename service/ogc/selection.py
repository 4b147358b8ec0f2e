"""Which features a query selects, and the page of them that is given."""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geodata.intervals import Interval
from geodata.register import Snapshot
from geodata.register.memo import Memo
from geodata.schema import FrameSchema
from service.ogc.order import Order, order_of, usual_order
from service.ogc.params.items import ItemsQuery
from service.ogc.params.paging import Token

Mask = npt.NDArray[np.bool_]
KEPT = 32
"""How many selections of one snapshot are remembered, for deep pages."""


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
    """

    frame: gpd.GeoDataFrame
    rows: npt.NDArray[np.int64]
    matched: int
    next: Token | None
    previous: Token | None


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
        mask = mask_of(snapshot, query, frame)
        return Selection(order, mask[order.positions].nonzero()[0])

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


def mask_of(snapshot: Snapshot, query: ItemsQuery, frame: gpd.GeoDataFrame) -> Mask:
    """Say which rows of a frame the query selects."""
    mask = np.ones(len(frame), dtype=bool)
    if query.interval is not None:
        mask &= during(frame, query.collection.schema, query.interval)
    if query.area is not None:
        shapes, bounds, points = snapshot.cached(
            ("bounds", query.collection.id, query.risk), lambda: _bounds(frame)
        )
        # What has no geometry belongs to every box (17-069r4, fc-bbox-response C).
        mask &= query.area.mask(shapes, bounds, points=points) | np.isnan(bounds[:, 0])
    for one in query.filters:
        mask &= one.mask(frame)
    return mask


def _bounds(frame: gpd.GeoDataFrame) -> tuple[Any, Any, bool]:
    shapes = frame.geometry.to_numpy()
    kinds = shapely.get_type_id(shapes)
    return shapes, shapely.bounds(shapes), bool(((kinds == 0) | (kinds == -1)).all())


def during(frame: gpd.GeoDataFrame, schema: FrameSchema, interval: Interval) -> Mask:
    """Say which features' time meets a closed interval.

    Parameters
    ----------
    frame
        Features of the schema.
    schema
        Says which columns are the first and the last day.
    interval
        In UTC; an open end is None.

    Returns
    -------
    numpy.ndarray
        One boolean a feature. A day lasts 24 hours UTC; a missing end is open, and a
        feature without any time meets every interval (17-069r4, fc-time-response C).
    """
    if schema.start is None:
        return np.ones(len(frame), dtype=bool)
    start = frame[schema.start].to_numpy(dtype="datetime64[D]")
    end = frame[schema.end or schema.start].to_numpy(dtype="datetime64[D]")
    met = np.ones(len(frame), dtype=bool)
    if interval.end is not None:
        last = np.datetime64(interval.end.replace(tzinfo=None), "D")
        met &= np.isnat(start) | (start <= last)
    if interval.start is not None:
        first = np.datetime64(interval.start.replace(tzinfo=None), "D")
        met &= np.isnat(end) | (end >= first)
    return met
