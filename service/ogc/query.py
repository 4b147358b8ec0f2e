"""All that can be asked of a collection's items, as one value."""

import base64
import binascii
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import Any, Literal, cast

import numpy as np
import numpy.typing as npt
import orjson
import shapely
from pydantic import ValidationInfo, create_model
from pyproj import CRS

from geodata.crs import (
    CRS84_URI,
    axis_order,
    bounds_from_crs,
    crs_uri,
    is_crs84,
    parse_crs,
    transformer_between,
)
from geodata.errors import InvalidInput
from geodata.filters import LANGUAGES, Filter, compile_filter, equality
from geodata.filters.columns import PointIndex
from geodata.intervals import Interval, parse_interval
from geodata.risk import RiskParameters
from geodata.schemas import Column, FrameSchema
from service.collections import (
    COLLECTIONS,
    URIS,
    Box,
    Collection,
    value_schema,
)
from service.http.request import (
    FULL,
    Parameters,
    Query,
    RiskQuery,
    bad,
    one_of,
    read_by,
    takes,
    whole,
)

EDGE_DEG = 0.05
_BBOX = "west,south,east,north as in 46.5,39.5,47.0,40.0"


def _every_system() -> Sequence[str]:
    return URIS


Systems = Callable[[], Sequence[str]]
"""Gives the URIs that a layer is offered in, of which some take long to try on its places."""


def read_crs(text: str | None, name: str, systems: Systems = _every_system) -> CRS | None:
    """Read a parameter that names a system.

    None for OGC:CRS84, in which everything is stored.

    Parameters
    ----------
    text
        Its URI (OGC API – Features, Part 2 knows no other spelling); None = absent.

    Raises
    ------
    InvalidInput
        It is none of `systems`.
    """
    if text is None:
        return None
    offered = systems()
    if text not in offered:
        raise bad(name, f"{text[:100]!r} is not offered here; there are {', '.join(offered)}.")
    crs = parse_crs(text)
    return None if is_crs84(crs) else crs


@dataclass(frozen=True, slots=True)
class Area:
    """Where features have to be: boxes in WGS 84 (west, south, east, north).

    One box, or two where it crosses the antimeridian; longitudes beyond 180 degrees are
    brought back.
    """

    boxes: tuple[Box, ...]
    """The boxes; for a box of another system the envelope around it."""
    crs_uri: str | None = None
    """The box's own system, where its edges are no meridians and parallels."""
    own: Box | None = None
    """The box in that system, easting first."""

    def mask(self, shapes: Any, bounds: Any) -> npt.NDArray[np.bool_]:
        """Say which geometries meet the area.

        One boolean a geometry; touching counts.

        Parameters
        ----------
        shapes
            Array of geometries in WGS 84 (lon, lat); missing ones never meet it.
        """
        found = np.zeros(len(shapes), dtype=bool)
        for west, south, east, north in self.boxes:
            near = (
                (bounds[:, 0] <= east)
                & (bounds[:, 2] >= west)
                & (bounds[:, 1] <= north)
                & (bounds[:, 3] >= south)
            )
            if self.own is None:
                shape = _rectangle((west, south, east, north))
                at = near.nonzero()[0]
                near[at] = shapely.intersects(shape, np.asarray(shapes[at]))
            found |= near
        if self.own is not None:
            at = found.nonzero()[0]
            found[at] = self._in_own_system(shapely.segmentize(np.asarray(shapes[at]), EDGE_DEG))
        return found

    def places_of_points(self, index: PointIndex) -> npt.NDArray[np.int64]:
        """Give the places in an index of the points in the area, ascending; see `mask`."""
        found = index.within(*self.boxes[0])
        if len(self.boxes) > 1:
            found = np.unique(np.concatenate([found, *(index.within(*b) for b in self.boxes[1:])]))
        if self.own is not None:
            found = found[self._in_own_system(shapely.points(index.coordinates(found)))]
        return found

    def _in_own_system(self, shapes: Any) -> npt.NDArray[np.bool_]:
        """Test candidates where the box is a rectangle; their edges are followed before."""
        transformer = transformer_between(parse_crs(CRS84_URI), parse_crs(str(self.crs_uri)))
        moved = shapely.transform(shapes, transformer.transform, interleaved=False)
        return np.asarray(shapely.intersects(_rectangle(cast("Box", self.own)), moved))


def _rectangle(box: Box) -> Any:
    """Make the shape of a box; a degenerate one is a line or a point."""
    west, south, east, north = box
    shape = shapely.envelope(shapely.multipoints([[west, south], [east, north]]))
    shapely.prepare(shape)
    return shape


def read_area(text: str | None, crs: CRS | None) -> Area | None:
    """Read `bbox`.

    None when the parameter is absent.

    Parameters
    ----------
    text
        Four numbers, or six with heights, which are passed over.
    crs
        Their system, in the axis order of its authority; None = OGC:CRS84.

    Raises
    ------
    InvalidInput
        They are not 4 or 6 finite numbers, or the box is upside down.
    """
    if text is None:
        return None
    numbers = [_number(part) for part in text.split(",", 7)]
    if len(numbers) not in (4, 6):
        raise bad("bbox", f"has {len(numbers)} numbers; write four, {_BBOX}.")
    if len(numbers) == 6:
        if numbers[2] > numbers[5]:
            raise bad("bbox", "has its lowest height above its highest; exchange them.")
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    if crs is not None and not crs.is_geographic:
        return _projected(numbers, crs)
    # Only a longitude can run backwards, over the antimeridian.
    west, south, east, north = numbers if crs is None else bounds_from_crs(numbers, crs)
    if south > north:
        raise bad("bbox", f"has its south above its north; write {_BBOX}.")
    return Area(tuple(_wrapped(west, south, east, north)))


def _projected(numbers: list[float], crs: CRS) -> Area:
    """Give the area of a box in metres: its envelope in degrees, and the box itself."""
    if numbers[0] > numbers[2] or numbers[1] > numbers[3]:
        raise bad("bbox", "has a minimum above its maximum; write the smaller number first.")
    west, south, east, north = bounds_from_crs(numbers, crs)
    # Curved edges may reach a little beyond the points that were followed.
    slack = 0.01 * max(north - south, (east - west) % 360)
    around = _wrapped(
        west - slack, max(south - slack, -90.0), east + slack, min(north + slack, 90.0)
    )
    if axis_order(crs) == "yx":
        numbers = [numbers[1], numbers[0], numbers[3], numbers[2]]
    first, second, third, fourth = numbers
    return Area(tuple(around), crs_uri(crs), (first, second, third, fourth))


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or "_" in text or not text.isascii():
        raise bad("bbox", f"holds {text[:40]!r} where a number has to stand; write {_BBOX}.")
    return value


def _wrapped(west: float, south: float, east: float, north: float) -> list[Box]:
    if west > east:
        return [(west, south, 180.0, north), (-180.0, south, east, north)]
    boxes = [(west, south, east, north)]
    if east > 180:
        boxes.append((west - 360, south, east - 360, north))
    if west < -180:
        boxes.append((west + 360, south, east + 360, north))
    return boxes


_BOOLEANS = {"true": True, "false": False}
_COLUMN = "column_"
_USUAL = RiskParameters()


@dataclass(frozen=True, slots=True)
class SortKey:
    """One column to sort by; nulls come last both ways."""

    name: str
    descending: bool = False

    def __str__(self) -> str:
        return f"{'-' if self.descending else '+'}{self.name}"


def read_properties(text: str, schema: FrameSchema) -> tuple[str, ...]:
    """Read `properties`: the columns wanted, in their order.

    Raises
    ------
    InvalidInput
        A column is none of the schema's.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        _known(name, "properties", schema)
    return tuple(dict.fromkeys(names))


def read_sort(text: str, schema: FrameSchema) -> tuple[SortKey, ...]:
    """Read `sortby`: columns with ``+`` (or nothing) ascending, ``-`` descending.

    Raises
    ------
    InvalidInput
        A column is none of the schema's, or is named twice.
    """
    keys: list[SortKey] = []
    for part in text.split(","):
        name = part.strip()
        if not name:
            continue
        # In a query an unescaped plus is a space, which strip has taken.
        bare = name[1:] if name[0] in "+-" else name
        _known(bare, "sortby", schema)
        keys.append(SortKey(bare, name[0] == "-"))
    if len({key.name for key in keys}) < len(keys):
        raise bad("sortby", "names a column twice; write each once, as in sortby=-killed,name.")
    if not keys:
        raise bad("sortby", "names no column; write for example sortby=-date_start.")
    return tuple(keys)


def _value(column: Column, text: str) -> Any:
    name = column.name
    if column.codes and text not in column.codes:
        raise bad(name, f"is {text[:40]!r}, but has to be one of {', '.join(column.codes)}.")
    if column.kind in ("integer", "number"):
        try:
            number = float(text) if text.isascii() and "_" not in text else float("nan")
        except ValueError:
            number = float("nan")
        if not abs(number) < 1e300 or (column.kind == "integer" and not number.is_integer()):
            wanted = (
                "a whole number, as in 3" if column.kind == "integer" else "a number, as in 2.5"
            )
            raise bad(name, f"is {text[:40]!r}, but has to be {wanted}.")
        return number
    if column.kind == "boolean":
        if text.lower() not in _BOOLEANS:
            raise bad(name, f"is {text[:40]!r}, but has to be true or false.")
        return _BOOLEANS[text.lower()]
    if column.kind in ("date", "datetime"):
        return _time(column, text)
    return text


def _time(column: Column, text: str) -> str:
    try:
        equality(column.name, text, FrameSchema("", column.name, None, (column,)))
    except InvalidInput:
        raise bad(
            column.name, f"is {text[:40]!r}, but has to be a date, as in 2021-02-04."
        ) from None
    return text


def _known(name: str, parameter: str, schema: FrameSchema) -> None:
    if name not in schema.by_name:
        raise bad(
            parameter,
            f"names {name[:60]!r}, but {schema.name} has no such column. Write for example "
            f"{parameter}={schema.names[0]}; there are {', '.join(schema.names)}.",
        )


Direction = Literal["after", "before"]
MOST_FRONT = 10
"""Features from which older clients take the types of a layer's geometry and fields."""
_MAX = 8_192
_FOREIGN = (
    "was not given by this service. Follow the link next of an answer, or leave the token out to "
    "begin again."
)


@dataclass(frozen=True, slots=True)
class Token:
    """Where a page begins or ends."""

    direction: Direction
    """Whether the page is after or before the key."""
    values: tuple[Any, ...]
    """Values of the columns sorted by, null where unknown; without a sort, 0 for a feature with a
    geometry and 1 for one without."""
    feature_id: str
    """Breaks ties."""
    front: tuple[str, ...] = ()
    """Without a sort: the features that the walk began with. They are kept, so that what is written
    meanwhile does not move within it."""

    def write(self, sort: tuple[SortKey, ...]) -> str:
        """Give the token as the text of a parameter, bound to a sort order."""
        parts = [
            self.direction == "after",
            [str(k) for k in sort],
            self.values,
            self.feature_id,
            self.front,
        ]
        return base64.urlsafe_b64encode(orjson.dumps(parts)).rstrip(b"=").decode()


def read_token(text: str, sort: tuple[SortKey, ...]) -> Token:
    """Read the parameter `token`, as a link of this service gave it.

    Raises
    ------
    InvalidInput
        It is none of this service's, or of another order than `sort`.
    """
    try:
        if len(text) > _MAX:
            raise ValueError
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        after, names, values, feature_id, front = orjson.loads(raw)
    except (ValueError, TypeError, binascii.Error):
        raise bad("token", _FOREIGN) from None
    plain = isinstance(values, list) and all(
        v is None or isinstance(v, str | int | float) for v in values
    )
    if names != [str(key) for key in sort] or not plain or len(values) != (len(sort) or 1):
        raise bad("token", "belongs to another order (sortby); leave it out to begin again.")
    ids = [feature_id, *front] if isinstance(front, list) and len(front) <= MOST_FRONT else [None]
    if not all(isinstance(one, str) for one in ids) or not isinstance(after, bool):
        raise bad("token", _FOREIGN)
    return Token("after" if after else "before", tuple(values), feature_id, tuple(front))


DEFAULT_LIMIT = 100
FILE_OPTIONS = ("hxl", "bom", "wkt")
SELECTING = ("datetime", "filter-lang", "filter-crs", "filter")
"""What chooses features, beside their columns and a box. What others rest on is read first."""
GIVING = ("properties", "crs")
ITEMS = (
    *("full", "limit", "offset", "sortby", "token", "bbox-crs", "bbox"),
    *SELECTING,
    *GIVING,
    *FILE_OPTIONS,
)


@dataclass(frozen=True, slots=True)
class ItemsQuery:
    """Which features, in which order, and how they are given."""

    collection: Collection
    risk: RiskParameters
    limit: int | None
    """Most features of a page; None = all, for files."""
    offset: int
    token: Token | None
    area: Area | None
    interval: Interval | None
    filters: tuple[Filter, ...]
    sort: tuple[SortKey, ...]
    properties: tuple[str, ...] | None
    crs: CRS | None

    @property
    def crs_uri(self) -> str:
        """URI of the system that geometries are given in."""
        return CRS84_URI if self.crs is None else crs_uri(self.crs)

    @property
    def selects(self) -> bool:
        """Whether not all features are wanted."""
        return bool(self.area or self.interval or self.filters)

    @property
    def layer_key(self) -> object:
        """Equal for queries of the same features; risk changes only what is computed."""
        one = self.collection
        return (one.id, self.risk) if one.computed else one.id

    @property
    def rest_key(self) -> tuple[object, ...]:
        """Equal for queries that select the same but for the interval, in the same order."""
        return (self.layer_key, self.area, tuple([one.key for one in self.filters]), self.sort)

    @property
    def selection_key(self) -> tuple[object, ...]:
        """Equal for queries that select the same features in the same order."""
        return (*self.rest_key, self.interval)


def items_parameters(layer: Collection, max_limit: int) -> type[Parameters]:
    """Give what the items of a layer take, made from its schema; files take `FILE_OPTIONS` too."""
    return _model(layer.id, ITEMS, max_limit, queryables=True)


def feature_parameters(layer: Collection, max_limit: int) -> type[Parameters]:
    """Give what a single feature of a layer takes."""
    return _model(layer.id, GIVING, max_limit)


def tile_parameters(layer: Collection, max_limit: int) -> type[Parameters]:
    """Give what the tiles of a layer take."""
    return _model(layer.id, SELECTING, max_limit, queryables=True)


@cache
def _model(
    layer_id: str, names: Sequence[str], max_limit: int, *, queryables: bool = False
) -> type[Parameters]:
    layer = COLLECTIONS[layer_id]
    known = _declared(layer.schema, max_limit)
    fields: dict[str, Any] = {name.replace("-", "_"): known[name] for name in names}
    base = RiskQuery if layer.computed else Parameters
    taken = {*base.names(), *names}  # a property of the same name is found with `filter`
    columns = [one for one in layer.schema.columns if one.name not in taken]
    for column in columns if queryables else ():
        text = f"{column.description}: equal to this value."
        kind = read_by(partial(_equals, column, layer.schema))
        declared = takes(text, value_schema(column), name=column.name)
        fields[_COLUMN + column.name] = (kind, declared)
    return create_model(f"{layer.id}-{len(fields)}", __base__=base, **fields)


def _declared(schema: FrameSchema, max_limit: int) -> dict[str, tuple[Any, Any]]:
    """Declare each parameter of a layer: how it is read, and what the definition says of it."""
    names = schema.names
    signed = [f"{sign}{name}" for name in names for sign in ("", "-")]
    default = min(DEFAULT_LIMIT, max_limit)
    switch = one_of(["0", "1"])
    # The bounds beside the alternatives are those that CITE's tests look for.
    four_or_six = [{"minItems": n, "maxItems": n} for n in (4, 6)]
    box = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    return {
        "full": (str | None, FULL),
        "limit": (
            read_by(partial(whole, name="limit", least=1, most=max_limit)),
            takes(
                "Most features of one page; more than the maximum means the maximum. Files hold "
                "all features unless it is given.",
                {"type": "integer", "minimum": 1, "maximum": max_limit, "default": default},
                default=default,
            ),
        ),
        "offset": (
            read_by(partial(whole, name="offset", least=0)),
            takes(
                "Features to pass over.", {"type": "integer", "minimum": 0, "default": 0}, default=0
            ),
        ),
        "sortby": (
            read_by(lambda text: read_sort(text, schema)),
            takes(
                "Properties to sort by; a minus before one sorts it downwards.",
                {"type": "array", "items": one_of(signed), "uniqueItems": True},
                default=(),
            ),
        ),
        "token": (
            read_by(lambda text, info: read_token(text, info.data["sortby"])),
            takes(
                "From the links next and prev; do not make one.",
                {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"},
            ),
        ),
        "bbox-crs": _system("bbox-crs", "System of bbox, in the axis order of its authority."),
        "bbox": (
            read_by(lambda text, info: read_area(text, info.data["bbox_crs"])),
            takes(
                "West, south, east, north (or with heights between) in bbox-crs; west may be above "
                "east, over the antimeridian. Features without a geometry belong to every box; "
                "filter=geometry IS NOT NULL leaves them out.",
                {**box, "oneOf": four_or_six, "example": [44.7, 38.3, 50.9, 41.9]},
            ),
        ),
        "datetime": (
            read_by(lambda text: parse_interval(text)),  # noqa: PLW0108 - it takes more than a text
            takes(
                "A day, a moment or a closed interval (RFC 3339), .. for an open end. Features "
                "without a time belong to every interval.",
                {"type": "string", "minLength": 1, "example": "2020-11-10/.."},
            ),
        ),
        "filter-lang": (
            read_by(_language),
            takes(
                "Language of the filter; cql-text is an older name, which also takes ILIKE.",
                one_of(LANGUAGES, default=LANGUAGES[0]),
                name="filter-lang",
            ),
        ),
        "filter-crs": _system("filter-crs", "System of the coordinates in the filter."),
        "filter": (
            read_by(
                lambda text, info: compile_filter(
                    text,
                    info.data["filter_lang"] or _guess(text),
                    schema,
                    crs=info.data["filter_crs"],
                )
            ),
            takes(
                "CQL2 over the queryables, text or JSON. Also S_DWITHIN(geometry, POINT(lon lat), "
                "distance, 'km').",
                {"type": "string", "minLength": 1},
            ),
        ),
        "properties": (
            read_by(lambda text: read_properties(text, schema)),
            takes(
                "Properties to give.",
                {"type": "array", "items": one_of(names), "uniqueItems": True},
            ),
        ),
        "crs": _system("crs", "System of the answer, in the axis order of its authority."),
        "hxl": (str | None, takes("CSV and XLSX: a row of HXL tags (with f=csv or xlsx).", switch)),
        "bom": (str | None, takes("CSV: begin with a byte order mark (with f=csv).", switch)),
        "wkt": (str | None, takes("CSV: a column WKT (with f=csv).", switch)),
    }


def _system(name: str, description: str) -> tuple[Any, Any]:
    def read(text: str, info: ValidationInfo) -> CRS | None:
        return read_crs(text, name, (info.context or {}).get("systems", _every_system))

    schema = one_of(URIS, default=URIS[0])
    return read_by(read), takes(description, schema, name=name)


def _equals(column: Column, schema: FrameSchema, text: str) -> Filter:
    """Read a queryable given as a parameter, e.g. ``device=at_mine``."""
    return equality(column.name, _value(column, text), schema)


def _language(text: str) -> str:
    if text not in LANGUAGES:
        raise bad("filter-lang", f"is {text[:40]!r}, but has to be one of {', '.join(LANGUAGES)}.")
    return text


def read_items(
    query: Query,
    collection: Collection,
    *,
    max_limit: int,
    paged: bool = True,
    systems: Systems = _every_system,
) -> ItemsQuery:
    """Read the query of a collection's items.

    Parameters
    ----------
    paged
        Whether a page is wanted when `limit` is absent, rather than all.
    systems
        Asked only where the query names one.

    Raises
    ------
    InvalidInput
        A parameter is unknown or its value cannot be used.
    """
    model = items_parameters(collection, max_limit)
    query.only([name for name in model.names() if not (paged and name in FILE_OPTIONS)])
    asked: Any = model.read(query.values(), systems=systems)
    if asked.token and asked.offset:
        raise bad("offset", "cannot be used together with token.")
    equal = [getattr(asked, name) for name in model.model_fields if name.startswith(_COLUMN)]
    return ItemsQuery(
        collection,
        asked.risk if collection.computed else _USUAL,
        asked.limit if paged or "limit" in query else None,
        asked.offset,
        asked.token,
        asked.bbox,
        asked.datetime,
        tuple(one for one in (*equal, asked.filter) if one is not None),
        asked.sortby,
        asked.properties,
        asked.crs,
    )


def read_plain(
    pairs: Sequence[tuple[str, str]], collection: Collection, *, max_limit: int
) -> ItemsQuery | None:
    """Read a query of what most ask for, as `read_items` does: limit, offset, box, time, codes.

    None where it holds anything else, or something to be refused.

    Parameters
    ----------
    collection
        Whose items; none that is computed.
    """
    limit, offset = min(DEFAULT_LIMIT, max_limit), 0
    area = interval = None
    equal: dict[str, Filter] = {}
    try:
        for name, text in pairs:
            if name == "limit":
                limit = whole(text, name, least=1, most=max_limit)
            elif name == "offset":
                offset = whole(text, name, least=0)
            elif name == "bbox":
                area = read_area(text, None)
            elif name == "datetime":
                interval = parse_interval(text)
            elif (column := collection.schema.by_name.get(name)) and column.codes:
                equal[name] = _code(collection.id, name, text)
            else:
                return None
    except InvalidInput:
        return None
    filters = tuple(equal.values())
    if len(filters) > 1:
        filters = tuple([equal[name] for name in collection.schema.names if name in equal])
    return ItemsQuery(
        *(collection, _USUAL, limit, offset, None, area, interval, filters, (), None, None)
    )


@lru_cache(maxsize=1_024)
def _code(layer_id: str, name: str, text: str) -> Filter:
    schema = COLLECTIONS[layer_id].schema
    return _equals(schema.by_name[name], schema, text)


def _guess(text: str) -> str:
    return "cql2-json" if text.lstrip().startswith("{") else "cql2-text"
