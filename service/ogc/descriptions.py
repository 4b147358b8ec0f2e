"""Bodies of the landing page, the collections and the declaration of conformance."""

from collections.abc import Mapping
from typing import Any

from geodata.register import Snapshot
from service.collections import COLLECTIONS, Collection
from service.http.media import GEOJSON, HTML, ITEMS, JSON, OPENAPI, SCHEMA
from service.http.request import OGC_REL, Context, Link, Links, segment
from service.ogc.conformance import CLASSES
from service.ogc.space import URIS, extent_of, systems_of

TITLE = "hazardmap"
DESCRIPTION = (
    "A register of landmine and UXO blasts, with risk per district and its uncertainty. "
    "No record is not the same as safe."
)
ATTRIBUTION = "Boundaries and names shown imply no opinion on the status of any territory."

_LANDING: tuple[tuple[str, str, str, str], ...] = (
    ("/api", "service-desc", OPENAPI, "Definition of the API (OpenAPI 3.0)"),
    ("/api.html", "service-doc", HTML, "Reference of the API"),
    ("/conformance", "conformance", JSON, "Conformance classes"),
    ("/conformance", f"{OGC_REL}conformance", JSON, "Conformance classes"),
    ("/collections", "data", JSON, "Layers"),
    ("/collections", f"{OGC_REL}data", JSON, "Layers"),
    ("/tileMatrixSets", f"{OGC_REL}tiling-schemes", JSON, "Tile matrix sets"),
    ("/maps/risk", "related", HTML, "Map of the risk"),
    ("/reconciliation", "related", JSON, "Published totals beside the register's"),
    ("/backtest", "related", JSON, "How well past rankings foresaw what followed"),
)


def landing(context: Context) -> dict[str, Any]:
    """Give the body of the landing page."""
    links = [context.links.to(path, rel, kind, title) for path, rel, kind, title in _LANDING]
    return {
        "title": TITLE,
        "description": DESCRIPTION,
        "attribution": ATTRIBUTION,
        "links": [*context.self_links(), *links],
    }


def conformance(context: Context) -> dict[str, Any]:
    """Give the body of the declaration of conformance."""
    return {"links": context.self_links(), "conformsTo": list(CLASSES)}


def conformance_page(context: Context) -> dict[str, Any]:
    """Give the declaration as a page has it: each class is a link."""
    classes: list[Link] = [
        {"href": uri, "rel": "conforms-to", "title": uri.split("/spec/")[1]} for uri in CLASSES
    ]
    return {
        "title": "Conformance classes",
        "description": "What of the standards this service does, as its tests prove.",
        "links": [*context.self_links(), *classes],
    }


def collections(context: Context, snapshot: Snapshot) -> dict[str, Any]:
    """Give the body of the list of layers."""
    described = [
        collection(one, snapshot, context.links, global_crs=True) for one in COLLECTIONS.values()
    ]
    return {
        "title": "Layers",
        "description": DESCRIPTION,
        "links": context.self_links(),
        "crs": list(URIS),
        "collections": described,
    }


def collection_resource(context: Context, snapshot: Snapshot, one: Collection) -> Mapping[str, Any]:
    """Give the body of one layer, with links to itself."""
    body = collection(one, snapshot, context.links)
    return body | {"links": [*context.self_links(), *body["links"][1:]]}


def collection(
    one: Collection, snapshot: Snapshot, links: Links, *, global_crs: bool = False
) -> dict[str, Any]:
    """Describe one layer.

    Parameters
    ----------
    one
        The layer.
    snapshot
        Says what it holds.
    links
        Makes its links.
    global_crs
        Whether the list around it states the coordinate reference systems.

    Returns
    -------
    dict
        As OGC API – Features has it; the first link is the layer's own.
    """
    body: dict[str, Any] = {
        "id": one.id,
        "title": one.title,
        "description": one.description,
        "attribution": _attribution(snapshot),
        "itemType": "feature",
        "extent": extent_of(snapshot, one),
        "links": _links(one, links),
    }
    if one.schema.geometry is not None:
        systems = systems_of(snapshot, one)
        body["crs"] = ["#/crs"] if global_crs and systems == URIS else list(systems)
        body["storageCrs"] = URIS[0]
    return body


def _attribution(snapshot: Snapshot) -> str:
    origin = snapshot.attribution
    return f"Boundaries: {origin}. {ATTRIBUTION}" if origin else ATTRIBUTION


def _links(one: Collection, links: Links) -> list[Link]:
    path = f"/collections/{segment(one.id)}"
    found = [
        links.to(path, "self", JSON, one.title),
        # Clients append the feature's id to this link: it has no query.
        links.to(f"{path}/items", "items", GEOJSON, f"{one.title} as GeoJSON"),
        links.to(f"{path}/items", "items", HTML, f"{one.title} as a table", f="html"),
    ]
    found += [
        links.to(f"{path}/items", "items", offer.media_type, f"{one.title}: {offer.title}", f=key)
        for offer in ITEMS
        if (key := offer.key) not in ("json", "html")
    ]
    found += [
        links.to(f"{path}/queryables", f"{OGC_REL}queryables", SCHEMA, "Queryables"),
        links.to(f"{path}/schema", f"{OGC_REL}schema", SCHEMA, "Schema of the features"),
        links.to(f"{path}/schema", "describedby", SCHEMA, "Schema of the features"),
    ]
    if one.schema.geometry is not None:
        tiles = f"{OGC_REL}tilesets-vector"
        found.append(links.to(f"{path}/tiles", tiles, JSON, f"{one.title} as vector tiles"))
    return found
