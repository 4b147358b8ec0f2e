"""All that can be asked of a collection's items, as one value."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyproj import CRS

from geodata.crs import crs_uri
from geodata.filters import LANGUAGES, Filter, compile_filter
from geodata.intervals import Interval, parse_interval
from geodata.risk import RiskParameters
from geodata.risk.parameters import NAMES as RISK_NAMES
from geodata.schema import FrameSchema
from service.collections import Collection
from service.handouts import ASKED
from service.http.query import Query, bad
from service.ogc.params.columns import SortKey, read_equals, read_properties, read_sort
from service.ogc.params.paging import Token, read_token
from service.ogc.params.space import CRS84_URI, URIS, Area, read_area, read_crs

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
