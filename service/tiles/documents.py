"""What is said about tiles: tileset metadata and TileJSON."""

from typing import Any

import numpy as np

from geodata.crs import CRS84_URI, parse_crs, transform_xy
from geodata.schemas import FrameSchema
from service.collections import VALUE_TYPES
from service.tiles.grid import MOST_ZOOM, TMS, limits_of
from service.tiles.layer import TileLayer

MVT = "application/vnd.mapbox-vector-tile"
JSON = "application/json"
TMS_URI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
EPSG_3857 = "http://www.opengis.net/def/crs/EPSG/0/3857"
REL_SCHEME = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
REL_GEODATA = "http://www.opengis.net/def/rel/ogc/1.0/geodata"
REL_SCHEMA = "http://www.opengis.net/def/rel/ogc/1.0/schema"
DISCLAIMER = "Boundaries and names imply no opinion on the status of any territory."

_TILEJSON_TYPES = {"integer": "Number", "number": "Number", "boolean": "Boolean"}
_DIMENSION = {"Point": 0, "MultiPolygon": 2}


def tileset(
    layer: TileLayer, title: str, description: str, base: str, path: str, query: str = ""
) -> dict[str, Any]:
    """Describe the tiles of one collection (OGC 17-083r4, tileset metadata).

    With the template of the tiles' addresses and the limits of each level.
    """
    found: dict[str, Any] = {
        **entry(title, base, path, query),
        "description": _described(description, layer),
        "attribution": DISCLAIMER,
        "layers": [_layer(layer.schema, title)],
    }
    bounds = layer.bounds()
    if bounds is not None:
        west, south, east, north = in_degrees(bounds)
        found["boundingBox"] = {
            "lowerLeft": [west, south],
            "upperRight": [east, north],
            "crs": CRS84_URI,
        }
        found["tileMatrixSetLimits"] = limits_of(bounds)
    return found


def entry(title: str, base: str, path: str, query: str = "") -> dict[str, Any]:
    """Describe the tiles in short, as the list of tilesets does; see `tileset`."""
    own = f"{base}{path}/tiles/{TMS}"
    template = f"{own}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}{query}"
    return {
        "title": title,
        "dataType": "vector",
        "crs": EPSG_3857,
        "tileMatrixSetId": TMS,
        "tileMatrixSetURI": TMS_URI,
        "links": [
            _link(own + query, "self", JSON, f"{title}: tiles in {TMS}"),
            _link(f"{base}/tileMatrixSets/{TMS}", REL_SCHEME, JSON, TMS),
            _link(f"{base}{path}", REL_GEODATA, JSON, title),
            _link(f"{base}{path}/schema", REL_SCHEMA, "application/schema+json", "Schema"),
            {**_link(template, "item", MVT, "Vector tiles"), "templated": True},
            _link(_with(own, query, "f=tilejson"), "alternate", JSON, "TileJSON"),
        ],
    }


def tilejson(
    layer: TileLayer, title: str, description: str, base: str, path: str, query: str = ""
) -> dict[str, Any]:
    """Describe the tiles as TileJSON 3.0, as MapLibre and QGIS read it; see `tileset`."""
    schema = layer.schema
    fields = {c.name: _TILEJSON_TYPES.get(c.kind, "String") for c in schema.columns}
    found: dict[str, Any] = {
        "tilejson": "3.0.0",
        "name": title,
        "description": _described(description, layer),
        "attribution": DISCLAIMER,
        "scheme": "xyz",
        "tiles": [f"{base}{path}/tiles/{TMS}/{{z}}/{{y}}/{{x}}{query}"],
        "minzoom": 0,
        "maxzoom": MOST_ZOOM,
        "vector_layers": [
            {
                "id": schema.name,
                "description": title,
                "minzoom": 0,
                "maxzoom": MOST_ZOOM,
                "fields": fields | _extra(schema),
            }
        ],
    }
    bounds = layer.bounds()
    if bounds is not None:
        west, south, east, north = in_degrees(bounds)
        found["bounds"] = [west, south, east, north]
        found["center"] = [round((west + east) / 2, 6), round((south + north) / 2, 6), 6]
    return found


def in_degrees(bounds: tuple[float, float, float, float]) -> list[float]:
    """Give a box in metres of EPSG:3857 as west, south, east, north in degrees."""
    x, y = transform_xy(
        np.array(bounds[0::2]),
        np.array(bounds[1::2]),
        parse_crs("EPSG:3857"),
        parse_crs("OGC:CRS84"),
    )
    return [round(float(v), 6) for v in (x[0], y[0], x[1], y[1])]


def _extra(schema: FrameSchema) -> dict[str, str]:
    return {"count": "Number"} if schema.geometry != "MultiPolygon" else {}


def _layer(schema: FrameSchema, title: str) -> dict[str, Any]:
    properties = {
        c.name: {**VALUE_TYPES[c.kind], "description": c.description} for c in schema.columns
    }
    if _extra(schema):
        text = "Points gathered here; people are sums, other attributes then are absent"
        properties["count"] = {"type": "integer", "description": text}
    found: dict[str, Any] = {
        "id": schema.name,
        "title": title,
        "dataType": "vector",
        "minTileMatrix": "0",
        "maxTileMatrix": str(MOST_ZOOM),
        "propertiesSchema": {"type": "object", "properties": properties},
    }
    if schema.geometry in _DIMENSION:
        found["geometryDimension"] = _DIMENSION[schema.geometry]
    return found


def _described(description: str, layer: TileLayer) -> str:
    missing = len(layer.frame) - layer.placed
    if not missing:
        return description
    return (
        f"{description} {missing} of {len(layer.frame)} features have no geometry and are in "
        "no tile: take them from the items."
    )


def _with(address: str, query: str, more: str) -> str:
    return f"{address}{query}&{more}" if query else f"{address}?{more}"


def _link(href: str, rel: str, media_type: str, title: str) -> dict[str, Any]:
    return {"href": href, "rel": rel, "type": media_type, "title": title}
