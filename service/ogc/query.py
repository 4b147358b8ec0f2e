"""All that can be asked of a collection's items, as one value."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from pyproj import CRS

from geodata.crs import crs_uri
from geodata.errors import InvalidInput
from geodata.filters import LANGUAGES, Filter, compile_filter, equality
from geodata.intervals import Interval, parse_interval
from geodata.risk import RiskParameters
from geodata.risk.parameters import NAMES as RISK_NAMES
from geodata.schema import Column, FrameSchema
from service.collections import Collection
from service.handouts import ASKED
from service.http.request import Query, bad
from service.ogc.space import CRS84_URI, URIS, Area, read_area, read_crs

_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class SortKey:
    """One column to sort by; nulls come last both ways."""

    name: str
    descending: bool = False

    def __str__(self) -> str:
        return f"{'-' if self.descending else '+'}{self.name}"


def read_properties(text: str | None, schema: FrameSchema) -> tuple[str, ...] | None:
    """Read `properties`: the columns wanted, in their order; None = all.

    Raises
    ------
    InvalidInput
        A column is none of the schema's.
    """
    if text is None:
        return None
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        _known(name, "properties", schema)
    return tuple(dict.fromkeys(names))


def read_sort(text: str | None, schema: FrameSchema) -> tuple[SortKey, ...]:
    """Read `sortby`: columns with ``+`` (or nothing) ascending, ``-`` descending.

    Raises
    ------
    InvalidInput
        A column is none of the schema's, or is named twice.
    """
    keys: list[SortKey] = []
    for part in (text or "").split(","):
        name = part.strip()
        if not name:
            continue
        # In a query an unescaped plus is a space, which strip has taken.
        bare = name[1:] if name[0] in "+-" else name
        _known(bare, "sortby", schema)
        keys.append(SortKey(bare, name[0] == "-"))
    if len({key.name for key in keys}) < len(keys):
        raise bad("sortby", "names a column twice; write each once, as in sortby=-killed,name.")
    if text is not None and not keys:
        raise bad("sortby", "names no column; write for example sortby=-date_start.")
    return tuple(keys)


def read_equals(values: dict[str, str], schema: FrameSchema) -> list[Filter]:
    """Read queryables given as parameters, e.g. ``device=at_mine``.

    Parameters
    ----------
    values
        Parameters of the request; others are passed over.
    schema
        The collection's columns.

    Returns
    -------
    list of Filter
        One a parameter.

    Raises
    ------
    InvalidInput
        A value does not fit its column.
    """
    return [
        equality(column.name, _value(column, values[column.name]), schema)
        for column in schema.columns
        if column.name in values
    ]


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
    """Where a page begins or ends.

    Attributes
    ----------
    direction
        Whether the page is after or before the key.
    values
        Values of the columns sorted by, null where unknown; without a sort, 0 for a
        feature with a geometry and 1 for one without.
    feature_id
        Breaks ties.
    front
        Without a sort: the features that the walk began with. They are kept, so that
        what is written meanwhile does not move within it.
    """

    direction: Direction
    values: tuple[Any, ...]
    feature_id: str
    front: tuple[str, ...] = ()

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


def read_token(text: str | None, sort: tuple[SortKey, ...]) -> Token | None:
    """Read the parameter `token`.

    Parameters
    ----------
    text
        As a link of this service gave it; None = absent.
    sort
        The order of this request.

    Returns
    -------
    Token or None
        None when the parameter is absent.

    Raises
    ------
    InvalidInput
        It is none of this service's, or of another order.
    """
    if text is None:
        return None
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
STANDARD = (
    "limit",
    "offset",
    "token",
    "bbox",
    "bbox-crs",
    "crs",
    "datetime",
    "filter",
    "filter-lang",
    "filter-crs",
    "properties",
    "sortby",
)
FILE_OPTIONS = ("hxl", "bom", "wkt")


@dataclass(frozen=True, slots=True)
class ItemsQuery:
    """Which features, in which order, and how they are given.

    Attributes
    ----------
    limit
        Most features of a page; None = all, for files.
    """

    collection: Collection
    risk: RiskParameters
    limit: int | None
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
    def selection_key(self) -> tuple[object, ...]:
        """Equal for queries that select the same features in the same order."""
        return (
            self.collection.id,
            self.risk,
            self.area,
            self.interval,
            tuple(one.key for one in self.filters),
            self.sort,
        )


def names_of(collection: Collection, *, paged: bool = True) -> tuple[str, ...]:
    """Give the parameters that the items of a collection take, but for the common ones.

    Files take some more, which a page has no use for.
    """
    own = RISK_NAMES if collection.computed else ()
    return (*STANDARD, ASKED, *own, *(() if paged else FILE_OPTIONS), *collection.schema.names)


def risk_of_query(query: Query, collection: Collection) -> RiskParameters:
    """Give the risk parameters; the default ones where they do not matter.

    Raises
    ------
    InvalidInput
        A value cannot be read.
    """
    if not collection.computed:
        return RiskParameters()
    return RiskParameters.parse(query.values())


def read_items(
    query: Query,
    collection: Collection,
    *,
    max_limit: int,
    paged: bool = True,
    systems: Sequence[str] = URIS,
) -> ItemsQuery:
    """Read the query of a collection's items.

    Parameters
    ----------
    query
        Of the request.
    collection
        Whose items.
    max_limit
        Most features of one page; a larger `limit` means this.
    paged
        Whether a page is wanted when `limit` is absent, rather than all.
    systems
        URIs of the coordinate reference systems that the layer lists.

    Returns
    -------
    ItemsQuery
        Checked.

    Raises
    ------
    InvalidInput
        A parameter is unknown or its value cannot be used.
    """
    query.only(names_of(collection, paged=paged))
    schema = collection.schema
    sort = read_sort(query.text("sortby"), schema)
    token = read_token(query.text("token"), sort)
    offset = query.whole("offset", least=0, default=0)
    if token and offset:
        raise bad("offset", "cannot be used together with token.")
    limit: int | None = query.whole(
        "limit", least=1, default=min(DEFAULT_LIMIT, max_limit), most=max_limit
    )
    when = query.text("datetime")
    return ItemsQuery(
        collection,
        risk_of_query(query, collection),
        limit if paged or "limit" in query else None,
        offset,
        token,
        read_area(query.text("bbox"), read_crs(query.text("bbox-crs"), "bbox-crs", systems)),
        None if when is None else parse_interval(when),
        tuple(_filters(query, schema, systems)),
        sort,
        read_properties(query.text("properties"), schema),
        read_crs(query.text("crs"), "crs", systems),
    )


def _filters(query: Query, schema: FrameSchema, systems: Sequence[str]) -> list[Filter]:
    filters = read_equals(query.values(), schema)
    text = query.text("filter")
    crs = read_crs(query.text("filter-crs"), "filter-crs", systems)
    lang = query.text("filter-lang")
    if lang is not None and lang not in LANGUAGES:
        raise bad("filter-lang", f"{lang[:40]!r} is none of {', '.join(LANGUAGES)}.")
    if text is not None:
        filters.append(compile_filter(text, lang or _guess(text), schema, crs=crs))
    return filters


def _guess(text: str) -> str:
    return "cql2-json" if text.lstrip().startswith("{") else "cql2-text"
