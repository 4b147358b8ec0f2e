"""The definition of the API: what FastAPI says of the routes, a layer each, as OpenAPI 3.0.

Parameters come from the models that requests are read with (`service.http.request`), forms
and bodies from what handlers take, answers from what a resource can be given as. Written by
hand is only what FastAPI cannot know: schemas of GeoJSON, and examples that run.
"""

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from geodata.register import Snapshot
from geodata.risk import RiskParameters
from geodata.schemas import FrameSchema
from service.collections import COLLECTIONS, Collection, value_schema
from service.http.dependencies import Needs
from service.http.request import Door, Parameters, Reads, ReadsLayer, Schema, one_of
from service.ogc.descriptions import ATTRIBUTION, DESCRIPTION, TITLE

OPENAPI_VERSION = "3.0.3"
PROBLEM = {"$ref": "#/components/responses/Problem"}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "Tag of the version that the change rests on; another version is 412.",
    "schema": {"type": "string"},
}
_FORMAT = {
    "name": "f",
    "in": "query",
    "required": False,
    "description": "Format of the answer; wins over the header Accept.",
}
_ETAG = {"schema": {"type": "string"}, "description": "Stays while the answer does."}
_LINK_HEADERS = {
    "Link": {"schema": {"type": "string"}, "description": "Links self, next and prev."},
    "Content-Crs": {"schema": {"type": "string"}, "description": "System of the geometries."},
    "OGC-NumberMatched": {"schema": {"type": "integer"}},
    "OGC-NumberReturned": {"schema": {"type": "integer"}},
}
_OPEN = ("/session", "/healthz", "/readyz", "/metrics")
_BOUNDS = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
_UNKNOWN = ("$defs", "$schema", "propertyNames", "prefixItems", "contentMediaType", "title")
_TEXT = {"type": "string"}
_KINDS = {
    "Point": ["Point"],
    "MultiPolygon": ["MultiPolygon"],
    "Geometry": [
        "Point",
        "MultiPoint",
        "LineString",
        "MultiLineString",
        "Polygon",
        "MultiPolygon",
        "GeometryCollection",
    ],
}
_REQUIRED = ("date_start", "date_end")
_PLAIN = (
    "record_status",
    "date_start",
    "date_end",
    "date_basis",
    "accident_type",
    "device",
    "activity",
    "sensitivity",
    "source_reliability",
    "description",
    "place_as_reported",
)
EXAMPLE = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [46.95, 40.05]},
    "properties": {
        "date_start": "2021-03-01",
        "date_end": "2021-03-01",
        "device": "at_mine",
        "killed": 0,
        "injured": 1,
        "place_as_reported": "Aghdam",
    },
}


@dataclass(frozen=True, slots=True)
class Described:
    """One route of the definition."""

    route: APIRoute
    """As FastAPI describes it: with the parameters as a model, and for one layer."""
    door: Door | None
    """What reads its requests."""
    layer: Collection | None
    """The layer, where it is one's."""
    model: type[Parameters] | None
    """What it takes; None where FastAPI says it all."""
    keyed: bool
    """Whether it needs a key."""


class Definition:
    """The definition of one application's routes."""

    def __init__(self, routes: Sequence[BaseRoute], max_limit: int) -> None:
        shown = [one for one in routes if isinstance(one, APIRoute) and one.include_in_schema]
        self._described = [one for route in shown for one in _described(route, max_limit)]

    @cached_property
    def _found(self) -> dict[str, Any]:
        routes = [one.route for one in self._described]
        return get_openapi(title=TITLE, version=_version(), routes=routes)

    def document(self, snapshot: Snapshot, root: str) -> dict[str, Any]:
        """Give the definition."""
        described = {
            (one.route.path_format, method): one
            for one in self._described
            for method in one.route.methods or ()
        }
        paths = {
            _camel_in(path): {
                method: self._operation(method, one, described[path, method.upper()], snapshot)
                for method, one in item.items()
            }
            for path, item in self._found["paths"].items()
        }
        return _whole(paths, root, self._found.get("components", {}).get("schemas", {}))

    def _operation(
        self, method: str, operation: dict[str, Any], one: Described, snapshot: Snapshot
    ) -> dict[str, Any]:
        if one.door is not None and one.model is not None:
            formats = one_of(offer.key for offer in one.door.offers)
            own = operation.get("parameters", [])
            taken = [*own, _FORMAT | {"schema": formats}, *one.model.described()]
            operation = operation | {"parameters": taken}
        return _operation(method, operation, one, snapshot)


def _whole(paths: dict[str, Any], root: str, bodies: dict[str, Any]) -> dict[str, Any]:
    text = str(paths)
    bodies = lowered(bodies)
    tags = [tag for item in paths.values() for one in item.values() for tag in one["tags"]]
    return {
        "openapi": OPENAPI_VERSION,
        "info": {
            "title": TITLE,
            "version": _version(),
            "description": f"{DESCRIPTION} {ATTRIBUTION}",
            "license": {"name": "Apache-2.0"},
        },
        "servers": [{"url": root}],
        "tags": [{"name": name} for name in dict.fromkeys(tags)],
        "paths": paths,
        "components": {
            "schemas": {
                **_shared(),
                **{n: one for layer in COLLECTIONS.values() for n, one in _of_layer(layer).items()},
                **{n: one for n, one in bodies.items() if f"schemas/{n}'" in text},
            },
            "responses": _responses(),
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "An access key."}
            },
        },
    }


def _version() -> str:
    try:
        return version("hazardmap")
    except PackageNotFoundError:
        return "0"


def _described(route: APIRoute, max_limit: int) -> Iterator[Described]:
    """Give a route as FastAPI can describe it: once, or once a layer."""
    calls = [one.call for one in route.dependant.dependencies]
    door = next((call for call in calls if isinstance(call, Door)), None)
    keyed = any(isinstance(call, Needs) for call in calls)
    if isinstance(door, Reads):
        yield Described(_shadow(route, route.path), door, None, door.model, keyed)
    elif isinstance(door, ReadsLayer):
        for layer in COLLECTIONS.values():
            if layer.schema.geometry is None and "/tiles" in route.path:
                continue
            path = route.path.replace("{collection_id}", layer.id)
            path = path.replace("/tiles/{tile_matrix_set_id}", "/tiles/WebMercatorQuad")
            shadow, model = _shadow(route, path, layer), door.model(layer, max_limit)
            yield Described(shadow, door, layer, model, keyed)
    else:
        yield Described(route, None, None, None, keyed or not route.path.startswith(_OPEN))


def _endpoint(names: Sequence[str], description: str | None) -> Callable[..., None]:
    """Make a handler that is never called, only described."""

    def endpoint() -> None: ...

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    arguments = [inspect.Parameter(name, kind, annotation=str) for name in names]
    endpoint.__signature__ = inspect.Signature(arguments)  # type: ignore[attr-defined]
    endpoint.__doc__ = description
    return endpoint


def _shadow(route: APIRoute, path: str, layer: Collection | None = None) -> APIRoute:
    """Make a route that is only described, with the parameters of its path alone."""
    operation_id = route.operation_id or _camel(route.name)
    if layer is not None:
        name = "".join(part.capitalize() for part in layer.id.split("-"))
        operation_id = operation_id.replace("{Layer}", name)
        operation_id = operation_id.replace("{layer}", layer.id.replace("-", "_"))
    return APIRoute(
        path,
        _endpoint(re.findall(r"\{(\w+)", path), route.description),
        methods=route.methods,
        name=route.name,
        operation_id=operation_id,
        tags=[layer.title] if layer and not route.tags else list(route.tags),
        status_code=route.status_code,
        responses=route.responses,
        openapi_extra=route.openapi_extra,
    )


def _operation(
    method: str, operation: dict[str, Any], one: Described, snapshot: Snapshot
) -> dict[str, Any]:
    """Complete what FastAPI says of one operation."""
    found: dict[str, Any] = lowered(operation)
    summary, _, rest = found.pop("description", "").partition("\n")
    summary = (summary or found["summary"]).removesuffix(".")
    taken = [_parameter(p, one, snapshot) for p in found.get("parameters", [])]
    statuses = ("400", "401", "403", "404", "406", "409", "412", "415", "422")
    answers = {s: a for s, a in found["responses"].items() if s.startswith("2")}
    if one.door is not None:
        success = str(one.route.status_code or 200)
        answers = {**answers, success: _answer(one, one.door, success)}
    return found | {
        "operationId": one.route.operation_id or _camel(one.route.name),
        "summary": f"{one.layer.title}: {summary}" if one.layer else summary,
        **({"description": rest.strip()} if rest.strip() else {}),
        "tags": [tag[:1].upper() + tag[1:] for tag in found.get("tags", ["service"])],
        "parameters": taken,
        "security": [{"key": []}] if one.keyed else [{}, {"key": []}],
        "responses": {
            **answers,
            **({"304": {"$ref": "#/components/responses/NotModified"}} if method == "get" else {}),
            **dict.fromkeys(statuses if one.keyed else statuses[:5], PROBLEM),
            "default": PROBLEM,
        },
    }


def _answer(one: Described, door: Door, status: str) -> dict[str, Any]:
    """Describe a success: a body for each representation."""
    if status == "204":
        return {"description": "Done; there is nothing to give."}
    layer = one.layer.id if one.layer else ""
    schema = _ref(door.schema.replace("{layer}", layer)) if door.schema else {}
    content: dict[str, Any] = {}
    for offer in door.offers:
        if offer.media_type.startswith("text/"):
            content[offer.media_type] = {"schema": _TEXT}
        elif offer.key == "json":
            content[offer.media_type] = {"schema": schema}
        elif offer.media_type.endswith("+json"):
            content[offer.media_type] = {"schema": {"type": "object"}}
        else:
            content[offer.media_type.partition(";")[0]] = {"schema": _TEXT | {"format": "binary"}}
    headers: dict[str, Any] = {"ETag": _ETAG}
    if door.schema.startswith("{layer}"):
        headers |= {n: h for n, h in _LINK_HEADERS.items() if not n.startswith("OGC")}
    if door.schema.endswith("Features"):
        headers |= _LINK_HEADERS
    return {"description": "Success.", "headers": headers, "content": content}


def _parameter(found: dict[str, Any], one: Described, snapshot: Snapshot) -> dict[str, Any]:
    """Complete one parameter: an example that runs, and arrays with commas."""
    schema = found["schema"]
    if one.model is None:
        schema.pop("default", None)  # said by models alone
    example = schema.pop("example", None)
    if found["in"] == "path":
        example = _example(found["name"], one.layer.id if one.layer else "incidents", snapshot)
        found |= {"name": _camel(found["name"]), "description": f"{found['name']} of the address."}
        whole = isinstance(example, int)
        schema = {"type": "integer", "minimum": 0} if whole else {"type": "string", "minLength": 1}
    elif schema.get("type") == "array":
        found |= {"style": "form", "explode": False}
    return found | {"schema": schema} | ({} if example is None else {"example": example})


def _example(name: str, layer_id: str, snapshot: Snapshot) -> Any:
    """Give a value for a part of a path that exists."""
    fixed = {"tile_matrix_set_id": "WebMercatorQuad", "tile_matrix": 6, "tile_row": 24}
    fixed |= {"tile_col": 40, "collection_id": "risk", "style_id": "risk"}
    fixed |= {"record_id": "risk"}
    if name in fixed:
        return fixed[name]
    if name == "district_id":
        return example_id(snapshot, "districts")
    if name in ("feature_id", "incident_id"):
        return example_id(snapshot, layer_id)
    return "1"


def example_id(snapshot: Snapshot, layer_id: str) -> str:
    """Give the id of a feature of a layer that exists, so that the example runs."""
    # What is dear to compute has ids that are known without it.
    if layer_id == "risk-surface":
        return "no_information"
    layer = COLLECTIONS[layer_id]
    if layer.computed and layer.schema.id_column != "district_id":
        # No feature's id depends on what ranks best, which takes a backtest to say.
        frame = layer.frame(snapshot, RiskParameters(rank_by="rate"))
    else:
        frame = snapshot.frame("districts" if layer.computed else layer_id)
    return str(frame.index[0]) if len(frame) else "none"


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def _camel_in(path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: f"{{{_camel(found[1])}}}", path)


def lowered(schema: Any) -> Any:
    """Bring JSON Schema 2020-12, as OpenAPI 3.1 has it, down to what 3.0 knows.

    Examples
    --------
    >>> lowered({"anyOf": [{"type": "string"}, {"type": "null"}]})
    {'type': 'string', 'nullable': True}
    """
    if isinstance(schema, list):
        return [lowered(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "properties" in schema and "$ref" in schema:
        # A route that says itself what its form holds.
        schema = {key: one for key, one in schema.items() if key != "$ref"}
    found = {key: lowered(one) for key, one in schema.items() if key not in _UNKNOWN or _named(one)}
    if "contentMediaType" in schema:
        found["format"] = "binary"
    if "const" in found:
        found["enum"] = [found.pop("const")]
    for exclusive, bound in _BOUNDS.items():
        if isinstance(found.get(exclusive), int | float):
            found[bound], found[exclusive] = found[exclusive], True
    choices = found.get("anyOf")
    if isinstance(choices, list) and {"type": "null"} in choices:
        rest = [one for one in choices if one != {"type": "null"}]
        del found["anyOf"]
        found |= {**(rest[0] if len(rest) == 1 else {"anyOf": rest}), "nullable": True}
    if found.get("default", 0) is None:
        del found["default"]
    return found


def _named(value: Any) -> bool:
    """Say whether a member is a property that only has a keyword's name."""
    return isinstance(value, dict) and bool({"type", "anyOf", "$ref"} & set(value))


def sent_feature(media_type: str, *, whole: bool, conditional: bool = False) -> dict[str, Any]:
    """Describe the body of a write; see `EXAMPLE`."""
    example = EXAMPLE if whole else {"type": "Feature", "properties": {"device": "uxo"}}
    content = {media_type: {"schema": _body_schema(whole=whole), "example": example}}
    headers = {"parameters": [IF_MATCH]} if conditional else {}
    return {"requestBody": {"required": True, "content": content}, **headers}


def _body_schema(*, whole: bool) -> dict[str, Any]:
    """Describe an incident as it is sent: a feature with flat properties.

    Further properties (counts by group, districts) are taken too.
    """
    columns = COLLECTIONS["incidents"].schema.by_name
    statuses = {"type": "string", "enum": ["draft", "verified", "disputed"]}
    described = {name: value_schema(columns[name]) for name in _PLAIN}
    count = {"type": "integer", "minimum": 0, "maximum": 10_000_000}
    described |= {"record_status": statuses, "killed": count, "injured": count}
    properties: dict[str, Any] = {"type": "object", "properties": described}
    if whole:
        properties["required"] = list(_REQUIRED)
    position = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    point = {
        "type": "object",
        "nullable": True,
        "required": ["type", "coordinates"],
        "properties": {"type": {"type": "string", "enum": ["Point"]}, "coordinates": position},
    }
    return {
        "type": "object",
        **({"required": ["type", "properties"]} if whole else {}),
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string", "pattern": "^[A-Za-z0-9_.:-]{1,120}$"},
            "geometry": point,
            "properties": properties,
        },
    }


def _ref(name: str) -> dict[str, str]:
    """Point to a shared schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def _array(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def _object(required: list[str], **properties: Schema) -> Schema:
    # OpenAPI 3.0 allows no empty list of required members.
    needed = {"required": required} if required else {}
    return {"type": "object", **needed, "properties": properties}


_LINKS = _array(_ref("link"))


def _shared() -> dict[str, Schema]:
    """Give the schemas that are alike for all layers."""
    return {
        "link": _object(["href", "rel"], href=_TEXT, rel=_TEXT, type=_TEXT, title=_TEXT),
        "problem": _object(
            ["title", "status", "code", "description"],
            type=_TEXT,
            title=_TEXT,
            status={"type": "integer"},
            detail=_TEXT,
            code=_TEXT,
            description=_TEXT,
            errors=_array({"type": "object"}),
        ),
        "landingPage": _object(
            ["links"], title=_TEXT, description=_TEXT, attribution=_TEXT, links=_LINKS
        ),
        "confClasses": _object(["conformsTo"], conformsTo=_array(_TEXT), links=_LINKS),
        "jsonSchema": _object(
            ["$schema", "$id", "type", "properties"], properties={"type": "object"}
        ),
        **_descriptions(),
    }


def _descriptions() -> dict[str, Schema]:
    """Give the schemas of the layers' descriptions."""
    box = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    moment = {"type": "string", "format": "date-time", "nullable": True}
    interval = {"type": "array", "items": moment, "minItems": 2, "maxItems": 2}
    return {
        "extent": _object(
            [],
            spatial=_object(["bbox"], bbox=_array(box), crs=_TEXT),
            temporal=_object(["interval"], interval=_array(interval), trs=_TEXT),
        ),
        "collection": _object(
            ["id", "links"],
            id=_TEXT,
            title=_TEXT,
            description=_TEXT,
            attribution=_TEXT,
            itemType=_TEXT,
            extent=_ref("extent"),
            crs=_array(_TEXT),
            storageCrs=_TEXT,
            links=_LINKS,
        ),
        "collections": _object(
            ["links", "collections"],
            title=_TEXT,
            description=_TEXT,
            links=_LINKS,
            crs=_array(_TEXT),
            collections=_array(_ref("collection")),
        ),
    }


def _of_layer(one: Collection) -> dict[str, Schema]:
    """Give the schemas of a layer's feature and feature collection."""
    properties: Schema = {
        "type": "object",
        "properties": {
            c.name: _nullable(value_schema(c)) | ({"readOnly": True} if c.read_only else {})
            for c in one.schema.columns
        },
        "additionalProperties": False,
    }
    feature = _object(
        ["type", "id", "geometry", "properties"],
        type={"type": "string", "enum": ["Feature"]},
        id=_TEXT,
        geometry=_geometry(one.schema),
        properties=properties,
        links=_LINKS,
    )
    count = {"type": "integer", "minimum": 0}
    features = _object(
        ["type", "features", "links", "timeStamp", "numberMatched", "numberReturned"],
        type={"type": "string", "enum": ["FeatureCollection"]},
        features=_array(_ref(f"{one.id}Feature")),
        links=_LINKS,
        timeStamp={"type": "string", "format": "date-time"},
        numberMatched=count,
        numberReturned=count,
    )
    return {f"{one.id}Feature": feature, f"{one.id}Features": features}


def _nullable(schema: Schema) -> Schema:
    if "enum" in schema:
        schema = schema | {"enum": [*schema["enum"], None]}
    return schema | {"nullable": True}


def _geometry(schema: FrameSchema) -> Schema:
    kinds = _KINDS[schema.geometry or "Point"]
    return {
        "type": "object",
        "nullable": True,
        "required": ["type"],
        "properties": {
            "type": {"type": "string", "enum": kinds},
            "coordinates": {"type": "array", "items": {}},
            "geometries": {"type": "array", "items": {"type": "object"}},
        },
    }


def _responses() -> dict[str, Any]:
    """Give the responses that are alike for all operations."""
    content = {"application/problem+json": {"schema": _ref("problem")}}
    html = {"text/html": {"schema": _TEXT}}
    return {
        "Problem": {
            "description": "What went wrong, in a sentence; `errors` name the fields.",
            "content": content | html,
        },
        "NotModified": {"description": "The client has the current answer already."},
    }
