"""Media types, and what each resource can be given as."""

from dataclasses import dataclass

from geodata.formats import FORMATS

JSON = "application/json"
GEOJSON = "application/geo+json"
HTML = "text/html"
SCHEMA = "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
MERGE_PATCH = "application/merge-patch+json"
VECTOR_TILE = "application/vnd.mapbox-vector-tile"


@dataclass(frozen=True, slots=True)
class Offer:
    """One representation: the value of `f`, its media type, and others it answers to."""

    key: str
    media_type: str
    title: str
    also: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


RESOURCE = (Offer("json", JSON, "JSON"), Offer("html", HTML, "HTML"))
"""Landing page, collections and the like."""

FEATURE = (
    Offer("json", GEOJSON, "GeoJSON", (JSON, "application/vnd.geo+json"), ("geojson",)),
    Offer("html", HTML, "HTML"),
)
"""One feature."""

ITEMS = (
    *FEATURE,
    *(Offer(f.key, f.media_type, f.title) for f in FORMATS.values() if f.key != "geojson"),
)
"""Features of a collection."""

JSON_SCHEMA = (Offer("json", SCHEMA, "JSON Schema", (JSON,)), Offer("html", HTML, "HTML"))
"""Queryables and schema."""
