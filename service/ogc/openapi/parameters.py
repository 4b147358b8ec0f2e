"""Parameters of operations, as OpenAPI describes them."""

from collections.abc import Sequence
from typing import Any

from geodata.filters import LANGUAGES
from geodata.risk.parameters import EXPOSURES, FILTER_LANGUAGES, SMOOTHINGS, WEIGHTS
from geodata.schema import Column
from service.collections import Collection
from service.handouts import ASKED
from service.http.media import Offer
from service.i18n import languages
from service.ogc.query import DEFAULT_LIMIT
from service.ogc.space import URIS

Parameter = dict[str, Any]

_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "boolean": {"type": "boolean"},
}


def parameter(name: str, description: str, schema: dict[str, Any], **members: Any) -> Parameter:
    """Describe one parameter of a query."""
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema,
        "style": "form",
        "explode": False,
        **members,
    }


def in_path(name: str, description: str, schema: dict[str, Any], **members: Any) -> Parameter:
    """Describe one parameter of a path."""
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": schema,
        **members,
    }


def _one_of(values: Sequence[str], **members: Any) -> dict[str, Any]:
    return {"type": "string", "enum": list(values), **members}


def common(offers: Sequence[Offer]) -> list[Parameter]:
    """Describe the parameters that every resource takes."""
    return [
        parameter(
            "f",
            "Format of the answer; wins over the header Accept.",
            _one_of([o.key for o in offers]),
        ),
        parameter("lang", "Language of pages.", _one_of(languages())),
        parameter(
            "as-of",
            "Moment (RFC 3339) whose state of the register is wanted.",
            {"type": "string", "format": "date-time"},
        ),
        parameter("boundaries", "Edition of the boundaries.", {"type": "string", "minLength": 1}),
    ]


def _crs(name: str, description: str) -> Parameter:
    return parameter(name, description, {**_one_of(URIS), "default": URIS[0]})


def paging(max_limit: int) -> list[Parameter]:
    """Describe limit, offset and token."""
    return [
        parameter(
            "limit",
            "Most features of one page; more than the maximum means the maximum. Files hold all "
            "features unless it is given.",
            {
                "type": "integer",
                "minimum": 1,
                "maximum": max_limit,
                "default": min(DEFAULT_LIMIT, max_limit),
            },
        ),
        parameter(
            "offset", "Features to pass over.", {"type": "integer", "minimum": 0, "default": 0}
        ),
        parameter(
            "token",
            "From the links next and prev; do not make one.",
            {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"},
        ),
    ]


def selecting() -> list[Parameter]:
    """Describe box, time, filters and their systems."""
    number = {"type": "number"}
    # The bounds beside the alternatives are those that CITE's tests look for.
    sizes = {
        "minItems": 4,
        "maxItems": 6,
        "oneOf": [{"minItems": n, "maxItems": n} for n in (4, 6)],
    }
    return [
        parameter(
            "bbox",
            "West, south, east, north (or with heights between) in bbox-crs; west may be above "
            "east, over the antimeridian. Features without a geometry belong to every box; "
            "filter=geometry IS NOT NULL leaves them out.",
            {"type": "array", "items": number, **sizes},
            example=[44.7, 38.3, 50.9, 41.9],
        ),
        _crs("bbox-crs", "System of bbox, in the axis order of its authority."),
        parameter(
            "datetime",
            "A day, a moment or a closed interval (RFC 3339), .. for an open end. Features without "
            "a time belong to every interval.",
            {"type": "string", "minLength": 1},
            example="2020-11-10/..",
        ),
        _crs("crs", "System of the answer, in the axis order of its authority."),
    ]


def filtering() -> list[Parameter]:
    """Describe the filter."""
    return [
        parameter(
            "filter",
            "CQL2 over the queryables, text or JSON. Also S_DWITHIN(geometry, POINT(lon lat), "
            "distance, 'km').",
            {"type": "string", "minLength": 1},
        ),
        parameter(
            "filter-lang",
            "Language of the filter; cql-text is an older name, which also takes ILIKE.",
            _one_of(LANGUAGES, default=LANGUAGES[0]),
        ),
        _crs("filter-crs", "System of the coordinates in the filter."),
    ]


def choosing(one: Collection) -> list[Parameter]:
    """Describe `properties` and `sortby`."""
    names = one.schema.names
    signs = [f"{sign}{name}" for name in names for sign in ("", "-")]
    return [
        parameter(
            "properties",
            "Properties to give.",
            {"type": "array", "items": _one_of(names), "uniqueItems": True},
        ),
        parameter(
            "sortby",
            "Properties to sort by; a minus before one sorts it downwards.",
            {"type": "array", "items": {"type": "string", "enum": signs}, "uniqueItems": True},
        ),
    ]


def risk() -> list[Parameter]:
    """Describe the parameters of the risk layers."""
    return [
        parameter("period", "Time counted: an interval; all when absent.", {"type": "string"}),
        parameter("weight", "What is counted.", _one_of(WEIGHTS, default=WEIGHTS[0])),
        parameter("exposure", "What it is divided by.", _one_of(EXPOSURES, default=EXPOSURES[0])),
        parameter("smoothing", "How it is smoothed.", _one_of(SMOOTHINGS, default="eb")),
        parameter(
            "half-life",
            "Days after which an incident counts half.",
            {"type": "number", "minimum": 1, "maximum": 1_000_000},
        ),
        parameter(
            "horizon-days",
            "Days that a forecast looks ahead.",
            {"type": "number", "minimum": 1, "maximum": 3650, "default": 90},
        ),
        parameter(
            "cell-km",
            "Side of a forecast's cells in km; 0 = by district.",
            {"type": "number", "minimum": 0, "maximum": 1000, "default": 10},
        ),
        parameter("where", "CQL2 on incidents.", {"type": "string"}),
        parameter("where-lang", "Language of where.", _one_of(FILTER_LANGUAGES)),
    ]


def queryables(one: Collection) -> list[Parameter]:
    """Describe each property as a parameter that has to be equal."""
    return [
        parameter(c.name, f"{c.description}: equal to this value.", column_schema(c))
        for c in one.schema.columns
    ]


def column_schema(column: Column) -> dict[str, Any]:
    """Describe the values of a column."""
    found = dict(_TYPES[column.kind])
    if column.codes:
        found["enum"] = list(column.codes)
    return found


def full() -> Parameter:
    """Describe the choice of the full view for what is handed out."""
    text = (
        "What is handed out shows what everybody may see; true = restricted records in full, "
        "marked as not for distribution (needs a key with the role analyst)."
    )
    return parameter(ASKED, text, {"type": "boolean", "default": False})


def files() -> list[Parameter]:
    """Describe what only files take."""
    switch = {"type": "string", "enum": ["0", "1"]}
    return [
        parameter("hxl", "CSV and XLSX: a row of HXL tags (with f=csv or xlsx).", switch),
        parameter("bom", "CSV: begin with a byte order mark (with f=csv).", switch),
        parameter("wkt", "CSV: a column WKT (with f=csv).", switch),
    ]
