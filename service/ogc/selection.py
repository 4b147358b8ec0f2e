"""Which features a query selects, in which order, and the page of them that is given."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, total_ordering
from typing import Any, cast

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from geodata.filters import Calendar, Columns, mask_during
from geodata.filters.columns import PointIndex
from geodata.growing import Spliced, grown, moved_up, together, without
from geodata.register import Snapshot
from geodata.register.layer import Ids
from geodata.register.snapshot import Memo
from geodata.schemas import FrameSchema, Points
from service.ogc.query import MOST_FRONT, Area, ItemsQuery, SortKey, Token

Positions = npt.NDArray[np.int64]
Filled = npt.NDArray[np.uint64]
"""See `filled_fields`."""
_COUNTED = 56
"""The bit from which on it tells how many fields have a value."""
SAMPLE = 1_000
"""Rows among which the fullest is looked for, of those with and of those without a geometry."""
_PER_RANK = 16
"""Rows held for one that is selected, from which on sorting the few is cheaper than a walk."""
_BY_ID = [("id", "ascending")]
_NONE = np.empty(0, dtype=np.int64)
_PLACE = SortKey("place")
"""How an order by place compares its keys."""


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
class Groups:
    """Rows with a geometry, then those without; by id. Of them the usual order is made."""

    rows: Spliced
    placed: int
    """How many have a geometry."""
    sample: Positions
    """Rows that the front was chosen from."""
    left_open: tuple[int, int]
    """Fields (`filled_fields`) that the first of those with and of those without leave open."""

    def ends(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Give the first and the last place + 1 of both groups."""
        return (0, self.placed), (self.placed, len(self.rows))

    def followed(
        self, before: Any, frame: gpd.GeoDataFrame, rows: Positions, filled: Filled
    ) -> "tuple[Groups, bool]":
        """Give the groups of a later frame, and whether another front may be chosen from them.

        Parameters
        ----------
        before
            Geometries of the frame before.
        filled
            Of the later frame.
        """
        size, name, shapes = len(self.rows), names_of(frame), frame.geometry.array
        held = rows[rows < size]
        none = np.asarray(shapes[together(rows)].isna())
        was_none = np.asarray(before[together(held)].isna())
        crossed = none[: len(held)] != was_none

        def place(of: Spliced, ends: tuple[int, int], row: int) -> int:
            one = name(row)
            return bisect_left(range(ends[1]), one, *ends, key=lambda at: name(int(of[at])))

        first: list[int] = []
        """Places within their group of all that came or went."""
        ends, gone = self.ends(), []
        for n in crossed.nonzero()[0]:
            group = ends[int(was_none[n])]
            gone.append(place(self.rows, group, int(held[n])))
            first.append(gone[-1] - group[0])
        left = replace(
            self,
            rows=self.rows.without(np.array(sorted(gone), dtype=np.int64)) if gone else self.rows,
            placed=self.placed - sum(at < self.placed for at in gone),
        )
        new = np.ones(len(rows), dtype=bool)
        new[: len(held)] = crossed
        order = sorted(new.nonzero()[0], key=lambda n: (none[n], name(int(rows[n]))))
        ends, places = left.ends(), []
        for n in order:
            group = ends[int(none[n])]
            places.append(place(left.rows, group, int(rows[n])))
            first.append(places[-1] - group[0])
        found = replace(
            left,
            rows=left.rows.with_values(places, rows[order]) if order else left.rows,
            placed=left.placed + int((~none[order]).sum()),
        )
        fills = filled[rows] & np.array(self.left_open, dtype=np.uint64)[none.astype(np.int64)]
        near = min(first, default=SAMPLE) < SAMPLE
        return found, bool(near or np.isin(held, self.sample).any() or fills.any())


@dataclass(frozen=True)
class Order:
    """Features of a frame by the columns of a sort, then by id.

    Without a sort: at most ten that together fill the fields, so that a client that looks
    at the first ten learns the types; then those with a geometry; then those without; by
    id. The ten have a geometry where fields are not filled by those without alone.

    By place, as a box of points is given: along a curve, so that neighbours come one after the
    other; then those without a geometry, by id.
    """

    frame: gpd.GeoDataFrame
    sort: tuple[SortKey, ...]
    """Columns; empty = the usual order."""
    positions: Spliced
    """Row of the feature at each place."""
    front: tuple[str, ...] = ()
    """Ids of the features that come first in the usual order."""
    index: PointIndex | None = None
    """Of an order by place: the points, which come first."""
    groups: Groups | None = None
    """What the usual order is made of, where its front was chosen."""

    @property
    def nbytes(self) -> int:
        """Bytes that remembering it takes: the positions, and the places of rows among them."""
        return self.positions.nbytes * 3 // 2

    @cached_property
    def _shapes(self) -> Any:
        return self.frame.geometry.array

    def places_of(self, rows: Positions) -> Positions:
        """Give the places of some rows, ascending; costs what is given, not what is held."""
        if len(rows) * _PER_RANK < len(self.positions):
            # Small numbers are sorted in half the time.
            places = self.positions.places_of(rows).astype(np.int32)
            places.sort()
            return places.astype(np.int64)
        wanted = np.zeros(len(self.positions), dtype=bool)
        wanted[rows] = True
        return self.positions.places_where(wanted)

    def followed(
        self, frame: gpd.GeoDataFrame, rows: Positions, schema: FrameSchema, filled: Filled
    ) -> "Order | None":
        """Give the usual order of a later frame (see `Columns.followed`).

        The one that would be made anew.

        Parameters
        ----------
        filled
            Of the later frame.
        """
        if self.groups is None:
            return None
        groups, another = self.groups.followed(self._shapes, frame, rows, filled)
        if not another:
            chosen = self.positions[np.arange(len(self.front))]
            return _with_front(frame, groups, chosen, self.front)
        return _fronted(frame, schema, groups, filled)

    @property
    def apart(self) -> int:
        """How many rows are kept apart (see `Table.carried`)."""
        return 0 if self.groups is None else self.groups.rows.splice.changes

    def merged(self) -> "Order":
        """Give the same with nothing kept apart."""
        groups = cast("Groups", self.groups)
        rows = groups.rows.merged()
        rows.places_of(_NONE)  # which takes as long, and others ask for it
        chosen = self.positions[np.arange(len(self.front))]
        return _with_front(self.frame, replace(groups, rows=rows), chosen, self.front)

    def without(self, lost: Positions) -> "Order | None":
        """Give the order of rows some of which are lost, to be followed (see `followed`).

        None where one of them told which come first.
        """
        groups = self.groups
        if groups is None or np.isin(groups.sample, lost).any():
            return None
        held = np.asarray(groups.rows)
        gone = np.isin(held, lost).nonzero()[0]
        found = replace(
            groups,
            rows=Spliced(moved_up(without(held, gone), lost)),
            placed=groups.placed - int((gone < groups.placed).sum()),
            sample=moved_up(groups.sample, lost),
        )
        keep = np.ones(len(held), dtype=bool)
        keep[lost] = False
        chosen = moved_up(self.positions[np.arange(len(self.front))], lost)
        order = _with_front(self.frame, found, chosen, self.front)
        order.__dict__["_shapes"] = self._shapes[keep]
        return order

    @cached_property
    def behind(self) -> Positions:
        """Places behind the points, by place: of features without one, which every box has."""
        return np.arange(len(cast("PointIndex", self.index)), len(self.positions), dtype=np.int64)

    def always(self, layer: "Geometries") -> Positions:
        """Give the places of what belongs to every box: features without a geometry."""
        found = self.__dict__.get("_always")
        if found is None:
            found = self.places_of(layer.none)
            # As a cached property keeps it; there is one such layer for an order.
            self.__dict__["_always"] = found
        return found

    def key_at(self, place: int, direction: Any) -> Token:
        """Give the token of the feature at a place of the order."""
        row = int(self.positions[place])
        return Token(direction, self._values(place, row), self._name(row), self.front)

    def place_of(self, token: Token) -> int:
        """Give the first place after the token's key, or, if it looks back, of the key.

        The feature itself need not be there any more.
        """
        wanted = self._comparable(token.values, token.feature_id)
        search = bisect_right if token.direction == "after" else bisect_left
        return search(range(len(self.positions)), wanted, key=self._key)

    def _key(self, place: int) -> tuple[Any, ...]:
        row = int(self.positions[place])
        return self._comparable(self._values(place, row), self._name(row))

    @cached_property
    def _name(self) -> Callable[[int], str]:
        return names_of(self.frame)

    def _values(self, place: int, row: int) -> tuple[Any, ...]:
        if self.index is not None:
            return (int(self.index.keys[place]) if place < len(self.index) else None,)
        if not self.sort:
            return (int(self._shapes[row] is None),)
        return tuple(plain(self.frame[key.name].iloc[row]) for key in self.sort)

    def _comparable(self, values: tuple[Any, ...], feature_id: str) -> tuple[Any, ...]:
        if not self.sort and self.index is None:
            if feature_id in self.front:
                return (-1, self.front.index(feature_id), b"")
            return (int(values[0] == 1), 0, _utf8(feature_id))
        parts: list[Any] = []
        for key, value in zip(self.sort or (_PLACE,), values, strict=True):
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

    Positions of the rows; the frame itself is not moved.

    Parameters
    ----------
    sort
        Columns; nulls come last both ways, ties are broken by id.
    """
    columns = {f"c{i}": _arrow(frame[key.name]) for i, key in enumerate(sort)}
    columns["id"] = pa.array(frame.index.array, pa.large_string())
    keys = [
        (f"c{i}", "descending" if key.descending else "ascending") for i, key in enumerate(sort)
    ]
    return Order(frame, sort, Spliced(_sorted(columns, [*keys, ("id", "ascending")])))


def usual_order(
    frame: gpd.GeoDataFrame,
    schema: FrameSchema,
    front: tuple[str, ...] | None = None,
    ids: Ids | None = None,
    filled: Filled | None = None,
) -> Order:
    """Order a frame's rows where no sort is asked for.

    Parameters
    ----------
    front
        Ids that come first, as the token of a walk under way has them; None chooses them:
        the fullest feature, then those that fill most of the fields still without a value.
    ids
        Which row an id has, where the register keeps that.
    filled
        Which fields have a value, where that is kept.
    """
    by_id = _rows_by_id(frame, ids)
    missing = frame.geometry.isna().to_numpy()[by_id]
    rows = np.concatenate([by_id[~missing], by_id[missing]])
    groups = Groups(Spliced(rows), int((~missing).sum()), _NONE, (0, 0))
    if front is None:
        return _fronted(
            frame, schema, groups, filled_fields(frame, schema) if filled is None else filled
        )
    found = (
        frame.index.get_indexer(pd.Index(front, dtype="str"))
        if ids is None
        else np.array([-1 if (row := ids.row(name)) is None else row for name in front])
    )
    return _with_front(frame, groups, found[found >= 0].astype(np.int64), front, kept=False)


def _with_front(
    frame: gpd.GeoDataFrame,
    groups: Groups,
    chosen: Positions,
    front: tuple[str, ...],
    *,
    kept: bool = True,
) -> Order:
    """Give the order in which some rows come before the groups."""
    rest = groups.rows.without(np.sort(groups.rows.places_of(chosen)))
    positions = rest.with_values(np.zeros(len(chosen), dtype=np.int64), chosen)
    return Order(frame, (), positions, front, None, groups if kept else None)


def _fronted(frame: gpd.GeoDataFrame, schema: FrameSchema, groups: Groups, filled: Filled) -> Order:
    """Choose the rows that tell the types: few, and together with all fields that have values."""
    typed = sum(column.kind != "text" for column in schema.columns)
    bits = np.arange(typed, dtype=np.uint64)
    covered = np.zeros(typed, dtype=bool)
    chosen: list[int] = []
    samples, left_open = [], [0, 0]
    for number, (low, high) in enumerate(groups.ends()):
        first = groups.rows[np.arange(low, min(low + SAMPLE, high))]
        open_ = ~np.bitwise_or.reduce(filled[first]) & np.uint64((1 << typed) - 1)
        left_open[number] = int(open_)
        sample = first
        if high - low > SAMPLE:
            sample = np.append(first, _fillers(groups.rows, (low + SAMPLE, high), filled, open_))
        samples.append(sample)
        # Of rows that fill the same the first counts.
        at = np.sort(np.unique(filled[sample], return_index=True)[1])
        sample, told = sample[at], filled[sample[at]]
        full = (told >> np.uint64(_COUNTED)).astype(np.int64)
        fills = (told[:, None] >> bits & np.uint64(1)).astype(bool)
        while len(sample) and len(chosen) < MOST_FRONT:
            gain = (fills & ~covered).sum(axis=1)
            if chosen and not gain.max(initial=0):
                break
            # The fullest begins; then what fills most of the rest.
            best = int((gain * (len(schema.names) + 1) * bool(chosen) + full).argmax())
            chosen.append(int(sample[best]))
            covered |= fills[best]
    name = names_of(frame)
    groups = replace(groups, sample=np.concatenate(samples), left_open=(left_open[0], left_open[1]))
    front = tuple(name(row) for row in chosen)
    return _with_front(frame, groups, np.array(chosen, dtype=np.int64), front)


def _fillers(
    rows: Spliced, ends: tuple[int, int], filled: Filled, left_open: np.uint64
) -> Positions:
    """Give for each field that the first rows leave open the first row that fills it."""
    left_open &= np.bitwise_or.reduce(filled)
    if not left_open:
        return _NONE  # nothing fills them
    places = np.sort(rows.places_of((filled & left_open).nonzero()[0]))
    places = places[(places >= ends[0]) & (places < ends[1])]
    told, found = filled[rows[places]], []
    for bit in range(_COUNTED):
        fills = (told & left_open & np.uint64(1 << bit)).nonzero()[0]
        found += [int(places[fills[0]])] if len(fills) else []
    return cast("Positions", rows[np.unique(np.array(found, dtype=np.int64))])


def filled_fields(frame: gpd.GeoDataFrame, schema: FrameSchema, rows: Any = slice(None)) -> Filled:
    """Say which fields of some rows have a value.

    One number a row: a bit for each field that is not of text, in the schema's order, and above
    them how many fields there are with a value, whatever kind.
    """
    place = {name: number for number, name in enumerate(frame.columns)}
    found: Filled | None = None
    bit = 0
    for column in schema.columns:
        # Without pandas' way through a series, which takes ten times as long as the look at a row.
        values: Any = frame._get_column_array(place[column.name])  # noqa: SLF001
        unknown = getattr(values, "_mask", None)
        known = ~(np.asarray(pd.isna(values[rows])) if unknown is None else unknown[rows])
        found = np.zeros(len(known), dtype=np.uint64) if found is None else found
        found += known.astype(np.uint64) << np.uint64(_COUNTED)
        if column.kind != "text":
            found |= known.astype(np.uint64) << np.uint64(bit)
            bit += 1
    return cast("Filled", found)


def names_of(frame: gpd.GeoDataFrame) -> Callable[[int], str]:
    """Give what gives the id of a row."""
    names = pa.array(frame.index.array)
    return lambda row: str(names[row].as_py())


def _rows_by_id(frame: gpd.GeoDataFrame, ids: Ids | None) -> Positions:
    if ids is not None:
        return ids.rows.astype(np.int64)
    if frame.index.is_monotonic_increasing:
        return np.arange(len(frame), dtype=np.int64)
    return _sorted({"id": pa.array(frame.index.array, pa.large_string())}, _BY_ID)


def _sorted(columns: dict[str, pa.Array], keys: list[tuple[str, str]]) -> Positions:
    return pc.sort_indices(pa.table(columns), sort_keys=keys).to_numpy().astype(np.int64)


def _arrow(column: pd.Series) -> pa.Array:
    return pa.array(column.array, from_pandas=True)


Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
KEPT = 32
"""How many selections of one snapshot are remembered, for deep pages."""
MOST_ASKED = 256
"""Selections but for their interval that are remembered to have been asked for."""
FEW = 200_000
"""Features up to which looking at each of them is little."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The features selected; a page of them costs what it shows."""

    order: Order
    found: Positions | None
    """Places in that order of those selected, ascending; None = all."""
    always: Positions = field(default_factory=lambda: _NONE)
    """Further places, ascending: of features without a geometry, which belong to every box."""

    def __len__(self) -> int:
        """How many features there are."""
        held = self.order.positions if self.found is None else self.found
        return len(held) + len(self.always)

    @property
    def nbytes(self) -> int:
        """Bytes that remembering it takes, beside what is the order's."""
        return 0 if self.found is None else self.found.nbytes

    def places(self, first: int = 0, last: int | None = None) -> Positions:
        """Give the places from one of them up to, without, another."""
        last = len(self) if last is None else last
        if self.found is None:
            return np.arange(first, last, dtype=np.int64)
        if not len(self.always):
            return self.found[first:last]
        # What is not among the first of either is not among the first of both.
        both = np.concatenate([self.found[:last], self.always[:last]])
        if self.order.index is None:  # else what belongs to every box comes last
            both.sort(kind="stable")
        return both[first:last]

    def before(self, place: int) -> int:
        """Say how many of the features lie before a place of the order."""
        if self.found is None:
            return place
        return int(np.searchsorted(self.found, place) + np.searchsorted(self.always, place))

    @property
    def rows(self) -> npt.NDArray[np.int64]:
        """Rows of the frame in the selection's order."""
        return self.order.positions[self.places()]


@dataclass(frozen=True)
class Page:
    """A piece of a selection."""

    order: Order
    places: Positions
    """In that order."""
    matched: int
    next: Token | None
    previous: Token | None
    """Tokens of the neighbouring pages, if there are any."""
    key: tuple[object, ...]
    """Equal for pages that begin alike, within one snapshot."""

    def __len__(self) -> int:
        """How many features there are."""
        return len(self.places)

    @property
    def frame(self) -> gpd.GeoDataFrame:
        """The layer."""
        return self.order.frame

    @cached_property
    def rows(self) -> Positions:
        """Rows of the frame, in order."""
        found: Positions = self.order.positions[self.places]
        return found


def page_of(snapshot: Snapshot, query: ItemsQuery) -> Page:
    """Select features and cut out the page that is asked for."""
    if _is_whole(snapshot, query):
        return snapshot.cached(("whole", query.layer_key), lambda: _cut(snapshot, query))
    return _cut(snapshot, query)


def _is_whole(snapshot: Snapshot, query: ItemsQuery) -> bool:
    """Say whether all of a layer is asked for in its usual order."""
    if query.selects or query.sort or query.token or query.offset or query.collection.computed:
        return False
    return query.limit is None or query.limit >= len(query.collection.frame(snapshot, query.risk))


def _cut(snapshot: Snapshot, query: ItemsQuery) -> Page:
    found = select(snapshot, query)
    order = found.order
    first, last = _window(query, found)
    chosen = found.places(first, last)
    return Page(
        order,
        chosen,
        len(found),
        order.key_at(int(chosen[-1]), "after") if last < len(found) and len(chosen) else None,
        order.key_at(int(chosen[0]), "before") if first > 0 and len(chosen) else None,
        (query.selection_key, order.front, order.index is None, first),
    )


def _window(query: ItemsQuery, found: Selection) -> tuple[int, int]:
    """Give the first and the last + 1 of the page within the selection."""
    count = len(found)
    limit = count if query.limit is None else query.limit
    if query.token is None:
        first = min(query.offset, count)
        return first, min(first + limit, count)
    edge = found.before(found.order.place_of(query.token))
    if query.token.direction == "after":
        return edge, min(edge + limit, count)
    return max(edge - limit, 0), edge


def select(snapshot: Snapshot, query: ItemsQuery) -> Selection:
    """Select features; the result is remembered for the next page."""
    collection = query.collection
    frame = collection.frame(snapshot, query.risk)
    order = _order(snapshot, query, frame)
    if not query.selects:
        return Selection(order, None)
    if order.index is not None and query.interval is None and not query.filters:
        # The index finds a box as quickly as the memory would.
        return _selected(snapshot, query, order)
    memory: Memo = snapshot.cached("selections", lambda: Memo(KEPT))
    key = (query.selection_key, order.front, order.index is None)
    if key in memory:
        return memory.get(key, lambda: _selected(snapshot, query, order))
    found = _selected(snapshot, query, order)
    # Of what is given whole there is no next page.
    more = query.limit is not None and len(found) > query.limit
    return memory.get(key, lambda: found) if more else found


def selects_at_once(snapshot: Snapshot, query: ItemsQuery) -> bool:
    """Say whether a selection costs little, where one of its kind was made before.

    Little is held, or what is asked for has an index that is ready.
    """
    if not query.selects or query.area is not None:
        return True
    if query.rest_key in _calendars(snapshot, query):
        return True
    return len(query.collection.frame(snapshot, query.risk)) <= FEW


def _selected(snapshot: Snapshot, query: ItemsQuery, order: Order) -> Selection:
    if query.area is not None and query.interval is None and not query.filters:
        if order.index is not None:
            return Selection(order, query.area.places_of_points(order.index), order.behind)
        layer = _geometries(snapshot, query, order.frame)
        return Selection(order, order.places_of(layer.met(query.area)), order.always(layer))
    if query.area is None and query.interval is not None:
        calendar = _calendar(snapshot, query, order)
        if calendar is not None:
            by_row = order.positions.place_by_value
            found = calendar.during(query.interval.start, query.interval.end, by_row)
            if by_row is None:
                return Selection(order, order.places_of(found))
            return Selection(order, np.sort(found).astype(np.int64))
    return Selection(order, order.places_of(rows_of(snapshot, query, order.frame)))


def _order(snapshot: Snapshot, query: ItemsQuery, frame: gpd.GeoDataFrame) -> Order:
    """Give the order asked for; a walk under way keeps the front that it began with."""
    schema, sort = query.collection.schema, query.sort
    orders: Memo = snapshot.cached("orders", lambda: Memo(KEPT))
    key = (query.layer_key, sort)
    if query.area is not None and not sort and not (query.token and query.token.front):
        layer = _geometries(snapshot, query, frame)
        if layer.index is not None:
            return orders.get((*key, "place"), lambda: layer.order(frame))

    def usual(front: tuple[str, ...] | None = None) -> Order:
        filled = _filled(snapshot, query, frame) if front is None else None
        return usual_order(frame, schema, front, snapshot.ids(query.collection.id), filled)

    def carried() -> Order:
        return snapshot.carried(
            query.collection.id,
            ("order", query.layer_key),
            usual,
            lambda before, rows: before.followed(
                frame, rows, schema, _filled(snapshot, query, frame)
            ),
        )

    order = orders.get(key, lambda: order_of(frame, sort) if sort else carried())
    front = query.token.front if query.token and not sort else order.front
    return order if front == order.front else orders.get((*key, front), lambda: usual(front))


def _filled(snapshot: Snapshot, query: ItemsQuery, frame: gpd.GeoDataFrame) -> Filled:
    schema = query.collection.schema
    return snapshot.carried(
        query.collection.id,
        ("filled", query.layer_key),
        lambda: filled_fields(frame, schema),
        lambda before, rows: grown(
            before, rows, filled_fields(frame, schema, together(rows)), len(frame)
        ),
    )


def rows_by_place(snapshot: Snapshot, query: ItemsQuery) -> Rows:
    """Give all rows of a layer of points in their order by place."""
    frame = query.collection.frame(snapshot, query.risk)
    return np.asarray(_geometries(snapshot, query, frame).order(frame).positions)


def rows_of(snapshot: Snapshot, query: ItemsQuery, frame: gpd.GeoDataFrame) -> Rows:
    """Give the rows of a frame that the query selects, ascending.

    The box comes first, by an index; the others look only at what it leaves.
    """
    columns = _columns(snapshot, query, frame)
    chosen: Rows | None = None
    if query.area is not None:
        chosen = _geometries(snapshot, query, frame).rows_in(query.area)
        columns = columns.at(chosen)
    schema = query.collection.schema
    mask = np.ones(len(columns), dtype=bool)
    if query.interval is not None and schema.start is not None:
        first, last = query.interval.start, query.interval.end
        mask &= mask_during(columns, schema.start, schema.end or schema.start, first, last)
    for one in query.filters:
        mask &= one.mask(columns)
    return mask.nonzero()[0] if chosen is None else chosen[mask]


def _columns(snapshot: Snapshot, query: ItemsQuery, frame: gpd.GeoDataFrame) -> Columns:
    return snapshot.carried(
        query.collection.id,
        ("columns", query.layer_key),
        lambda: Columns(frame),
        lambda before, rows: before.followed(frame, rows),
    )


def _geometries(snapshot: Snapshot, query: ItemsQuery, frame: gpd.GeoDataFrame) -> "Geometries":
    def make() -> Geometries:
        return Geometries(frame, _rows_by_id(frame, snapshot.ids(query.collection.id)))

    return snapshot.carried(
        query.collection.id,
        ("geometries", query.layer_key),
        make,
        lambda before, rows: before.followed(frame, rows),
    )


def _calendar(snapshot: Snapshot, query: ItemsQuery, order: Order) -> Calendar | None:
    """Give the days of what else the query selects, once somebody asks for it again."""
    schema = query.collection.schema
    if schema.start is None:
        return None
    start, end = schema.start, schema.end or schema.start

    def of(rows: Rows | None) -> tuple[Rows, Any, Any]:
        """Give rows that the rest of the query selects, of some or of all, and their days."""
        columns = _columns(snapshot, query, order.frame)
        chosen = _rest_of(query, columns if rows is None else columns.at(rows))
        chosen = chosen if rows is None else rows[chosen]
        return chosen, columns.first_days(start)[chosen], columns.last_days(end)[chosen]

    return _calendars(snapshot, query).get(query.rest_key, of)


def _rest_of(query: ItemsQuery, columns: Columns) -> Rows:
    """Give the rows of columns that all but interval and area select."""
    mask = np.ones(len(columns), dtype=bool)
    for one in query.filters:
        mask &= one.mask(columns)
    return mask.nonzero()[0]


def _calendars(snapshot: Snapshot, query: ItemsQuery) -> "Calendars":
    return snapshot.carried(
        query.collection.id,
        ("calendars", query.layer_key),
        Calendars,
        lambda before, rows: before.followed(rows),
    )


class Calendars:
    """Sorted days of selections that somebody asked for twice.

    Parameters
    ----------
    asked
        Selections that were asked for once.
    before
        Calendars of an earlier frame, and the rows that changed or came since.
    """

    def __init__(
        self, asked: Memo | None = None, before: Mapping[Any, tuple[Calendar, Rows]] | None = None
    ) -> None:
        self._asked = asked or Memo(MOST_ASKED)
        self._before = before or {}
        self._kept = Memo(KEPT)

    def __contains__(self, key: Any) -> bool:
        """Say whether there is one, or nearly."""
        return key in self._kept or key in self._before

    def get(self, key: Any, of: Callable[[Rows | None], tuple[Rows, Any, Any]]) -> Calendar | None:
        """Give the calendar of a selection; None where it is asked for the first time.

        Parameters
        ----------
        of
            Gives which of some rows (None = of all) the selection has, and their days.
        """
        if key not in self and key not in self._asked:
            self._asked.get(key, bool)
            return None

        def make() -> Calendar:
            before = self._before.get(key)
            if before is None:
                return Calendar(*of(None))
            calendar, rows = before
            return calendar.followed(rows, *of(rows)) if len(rows) else calendar

        return self._kept.get(key, make)

    def without(self, lost: Rows) -> "Calendars":
        """Give those of rows some of which are lost; those behind them move up."""
        before = {
            key: (calendar.without(lost), moved_up(rows[~np.isin(rows, lost)], lost))
            for key, (calendar, rows) in self._kept_with(_NONE).items()
        }
        return Calendars(self._asked, before)

    def followed(self, rows: Rows) -> "Calendars":
        """Give those of a later frame, in which some rows changed or came."""
        return Calendars(self._asked, self._kept_with(rows))

    def _kept_with(self, rows: Rows) -> dict[Any, tuple[Calendar, Rows]]:
        before = {key: (calendar, rows) for key, calendar in self._kept.made()}
        for key, (calendar, earlier) in self._before.items():
            if key not in before and len(before) < KEPT:
                before[key] = (calendar, np.union1d(earlier, rows))
        return before


def mask_of(snapshot: Snapshot, query: ItemsQuery, frame: gpd.GeoDataFrame) -> Mask:
    """Say which rows of a frame the query selects."""
    mask = np.zeros(len(frame), dtype=bool)
    mask[rows_of(snapshot, query, frame)] = True
    return mask


class Geometries:
    """The geometries of a layer, found by boxes.

    Parameters
    ----------
    by_id
        Its rows in the order of their ids.

    Attributes
    ----------
    index
        Of points; None for a layer of other geometries.
    """

    def __init__(self, frame: gpd.GeoDataFrame, by_id: Rows) -> None:
        self._shapes: Any = frame.geometry.array
        self.index: PointIndex | None = None
        if not isinstance(self._shapes, Points):
            kinds = shapely.get_type_id(np.asarray(self._shapes))
            if not ((kinds == 0) | (kinds == -1)).all():
                self._bounds = self._shapes.bounds
                return
        # An empty point has no place either.
        self.index = PointIndex(self._shapes.x, self._shapes.y, by_id)

    @cached_property
    def none(self) -> Rows:
        """Rows without a geometry, in no order."""
        if self.index is None:
            return np.isnan(self._bounds[:, 0]).nonzero()[0]
        return self.index.rows[np.arange(len(self.index), len(self.index.rows))]

    def followed(self, frame: gpd.GeoDataFrame, rows: Rows) -> "Geometries | None":
        """Give the geometries of a later frame (see `Columns.followed`).

        None for a layer that is not of points.
        """
        shapes, index = frame.geometry.array, self.index
        if index is None or not isinstance(shapes, Points):
            return None
        held = rows[rows < len(index.rows)]
        before, now = (
            np.column_stack([some.x, some.y])
            for some in (self._shapes[together(held)], shapes[together(rows)])
        )
        same = (now[: len(held)] == before) | (np.isnan(now[: len(held)]) & np.isnan(before))
        moved = np.ones(len(rows), dtype=bool)
        moved[: len(held)] = ~same.all(axis=1)
        found = object.__new__(Geometries)
        found._shapes, found.index = shapes, index
        if moved.any():
            name = names_of(frame)
            found.index = index.followed(rows[moved], before[moved[: len(held)]], now[moved], name)
        return found

    def without(self, lost: Rows) -> "Geometries | None":
        """Give those of rows some of which are lost, to be followed (see `followed`)."""
        if self.index is None:
            return None
        keep = np.ones(len(self._shapes), dtype=bool)
        keep[lost] = False
        found = object.__new__(Geometries)
        found._shapes, found.index = self._shapes[keep], self.index.without(lost)
        return found

    @property
    def apart(self) -> int:
        """How many points are kept apart (see `Table.carried`)."""
        return 0 if self.index is None else self.index.apart

    def merged(self) -> "Geometries":
        """Give the same with nothing kept apart."""
        found = object.__new__(Geometries)
        found._shapes, found.index = self._shapes, self.index and self.index.merged()
        return found

    def order(self, frame: gpd.GeoDataFrame) -> Order:
        """Give the order of points by place."""
        index = cast("PointIndex", self.index)
        return Order(frame, (), index.rows, (), index)

    def met(self, area: Area) -> Rows:
        """Give the rows whose geometry meets an area, ascending."""
        if self.index is None:
            return area.mask(self._shapes, self._bounds).nonzero()[0]
        return np.sort(self.index.rows[area.places_of_points(self.index)])

    def rows_in(self, area: Area) -> Rows:
        """Give the rows in an area, ascending, and those without a geometry.

        What has no geometry belongs to every box (17-069r4, fc-bbox-response C).
        """
        found = self.met(area)
        return np.sort(np.concatenate([found, self.none])) if len(self.none) else found
