"""The definition as a whole."""

from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from starlette.routing import BaseRoute

from geodata.register import Snapshot
from geodata.risk import RiskParameters
from service.collections import COLLECTIONS
from service.http import media
from service.ogc.descriptions import ATTRIBUTION, DESCRIPTION, TITLE
from service.ogc.openapi import parameters as p
from service.ogc.openapi import schemas
from service.ogc.openapi.derived import derived
from service.ogc.openapi.edits import collection_edits, item_edits
from service.ogc.openapi.layers import layer_paths
from service.ogc.openapi.operations import content_of, get
from service.ogc.openapi.others import other_paths

OPENAPI_VERSION = "3.0.3"


def document(
    snapshot: Snapshot, root: str, *, max_limit: int, routes: Sequence[BaseRoute]
) -> dict[str, Any]:
    """Give the definition of the API.

    Parameters
    ----------
    snapshot
        Gives ids that exist, for examples that run.
    root
        Address of the service.
    max_limit
        Most features of one page.
    routes
        Of the application; those that are not described here describe themselves.

    Returns
    -------
    dict
        OpenAPI 3.0.
    """
    layers: dict[str, Any] = {}
    features: dict[str, Any] = {}
    for one in COLLECTIONS.values():
        example = example_id(snapshot, one.id)
        layers |= layer_paths(one, max_limit=max_limit, example_id=example)
        features |= schemas.of_layer(one)
    incidents = "/collections/incidents/items"
    layers[incidents] |= collection_edits()
    layers[f"{incidents}/{{featureId}}"] |= item_edits(example_id(snapshot, "incidents"))
    paths = {**_resources(), **layers, **other_paths()}
    further, bodies = derived(routes, paths)
    return {
        "openapi": OPENAPI_VERSION,
        "info": {
            "title": TITLE,
            "version": _version(),
            "description": f"{DESCRIPTION} {ATTRIBUTION}",
            "license": {"name": "Apache-2.0"},
        },
        "servers": [{"url": root}],
        "tags": _tags(further),
        "paths": {**paths, **further},
        "components": {
            "schemas": {**schemas.shared(), **features, **bodies},
            "responses": schemas.responses(),
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "An access key."}
            },
        },
    }


def example_id(snapshot: Snapshot, collection_id: str) -> str:
    """Give an id that exists, so that the example runs."""
    name = "districts" if collection_id == "risk" else collection_id
    if name == "risk-surface":
        return "no_information"
    if name in ("clusters", "forecast"):
        frame = COLLECTIONS[name].frame(snapshot, RiskParameters())
        return str(frame.index[0]) if len(frame) else "none"
    frame = snapshot.frame(name)
    return str(frame.index[0]) if len(frame) else "none"


def _tags(further: Mapping[str, Any]) -> list[dict[str, str]]:
    names = ["Service", *(one.title for one in COLLECTIONS.values()), "Risk", "Tiles", "Maps"]
    names += [tag for item in further.values() for one in item.values() for tag in one["tags"]]
    return [{"name": name} for name in dict.fromkeys(names)]


def _resources() -> dict[str, Any]:
    rows = (
        ("/", "getLandingPage", "Landing page", "landingPage"),
        ("/conformance", "getConformance", "Conformance classes", "confClasses"),
        ("/collections", "getCollections", "Layers", "collections"),
    )
    found: dict[str, Any] = {}
    for path, operation_id, summary, name in rows:
        content = content_of(media.RESOURCE, schemas.ref(name))
        common = p.common(media.RESOURCE)
        found[path] = {"get": get(operation_id, summary, "Service", common, content)}
    return found


def _version() -> str:
    try:
        return version("hazardmap")
    except PackageNotFoundError:
        return "0"
