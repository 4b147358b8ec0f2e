"""Paths of one layer: description, items, one feature, queryables, schema."""

from typing import Any

from service.collections import Collection
from service.http import media
from service.ogc.openapi import parameters as p
from service.ogc.openapi.operations import content_of, get
from service.ogc.openapi.schemas import ref

_LINK_HEADERS = {
    "Link": {"schema": {"type": "string"}, "description": "Links self, next and prev."},
    "Content-Crs": {"schema": {"type": "string"}, "description": "System of the geometries."},
    "OGC-NumberMatched": {"schema": {"type": "integer"}},
    "OGC-NumberReturned": {"schema": {"type": "integer"}},
}


def layer_paths(one: Collection, *, max_limit: int, example_id: str) -> dict[str, Any]:
    """Describe the paths of a layer that only read.

    Parameters
    ----------
    one
        The layer.
    max_limit
        Most features of one page.
    example_id
        Id of a feature that exists.

    Returns
    -------
    dict
        Path items by path.
    """
    base = f"/collections/{one.id}"
    name = "".join(part.capitalize() for part in one.id.split("-"))
    schema_content = content_of(media.JSON_SCHEMA, ref("jsonSchema"))
    common = p.common(media.JSON_SCHEMA)
    return {
        base: {
            "get": get(
                f"describe{name}",
                f"{one.title}: what the layer is",
                one.title,
                p.common(media.RESOURCE),
                content_of(media.RESOURCE, ref("collection")),
            )
        },
        f"{base}/items": {"get": _items(one, name, max_limit)},
        f"{base}/items/{{featureId}}": {"get": _item(one, name, example_id)},
        f"{base}/queryables": {
            "get": get(
                f"queryablesOf{name}",
                f"{one.title}: what filters can use",
                one.title,
                common,
                schema_content,
            )
        },
        f"{base}/schema": {
            "get": get(
                f"schemaOf{name}",
                f"{one.title}: schema of a feature's properties",
                one.title,
                common,
                schema_content,
            )
        },
    }


def _items(one: Collection, name: str, max_limit: int) -> dict[str, Any]:
    parameters = [
        *p.common(media.ITEMS),
        p.full(),
        *p.paging(max_limit),
        *p.selecting(),
        *p.filtering(),
        *p.choosing(one),
        *(p.risk() if one.computed else []),
        *p.queryables(one),
    ]
    content = content_of(media.ITEMS, ref(f"{one.id}Features"))
    return get(
        f"get{name}",
        f"{one.title}: features",
        one.title,
        parameters,
        content,
        headers=_LINK_HEADERS,
    )


def feature_id(example: str) -> p.Parameter:
    """Describe the id of a feature in a path."""
    schema = {"type": "string", "minLength": 1}
    return p.in_path("featureId", "Id of the feature.", schema, example=example)


def _item(one: Collection, name: str, example_id: str) -> dict[str, Any]:
    chosen = [p.choosing(one)[0], p.selecting()[3]]
    parameters = [
        feature_id(example_id),
        *p.common(media.FEATURE),
        *chosen,
        *(p.risk() if one.computed else []),
    ]
    content = content_of(media.FEATURE, ref(f"{one.id}Feature"))
    headers = {k: _LINK_HEADERS[k] for k in ("Link", "Content-Crs")}
    return get(
        f"getOne{name}",
        f"{one.title}: one feature",
        one.title,
        parameters,
        content,
        headers=headers,
        not_found=True,
    )
