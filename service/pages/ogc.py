"""HTML of the OGC API resources, made from the bodies of their JSON answers.

Each function takes the body as a mapping, and the reader's view.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import shapely

from geodata.schemas import SCHEMAS, Column, FrameSchema
from service.collections import Collection
from service.drawing.map import small_map
from service.http.request import View
from service.i18n import Translator, is_missing, label, translator_of
from service.pages.environment import render

Body = Mapping[str, Any]
Links = list[dict[str, Any]]

FORMATS = {
    "json": "GeoJSON",
    "jsonl": "GeoJSON lines",
    "csv": "CSV",
    "xlsx": "Excel",
    "gpkg": "GeoPackage",
    "fgb": "FlatGeobuf",
    "parquet": "GeoParquet",
    "arrow": "Arrow",
    "kml": "KML",
    "shp": "Shapefile",
    "pmtiles": "PMTiles",
}
"""Value of `f` → what readers call the format."""


def landing_html(page: Body, view: View) -> str:
    """Give the landing page for the body of ``/``: its title, and all its links."""
    translator = translator_of(view.lang)
    return render(
        "landing.html",
        view,
        title=translator.gettext(str(page.get("title", "hazardmap"))),
        lead=translator.gettext(str(page.get("description", ""))),
        links=_links(page),
    )


def collections_html(page: Body, view: View) -> str:
    """Give the page for the body of ``/collections``."""
    translator = translator_of(view.lang)
    layers = [_layer(c, translator) for c in page.get("collections", ())]
    return render("collections.html", view, layers=layers)


def collection_html(page: Body, view: View, dataset: Body | None = None) -> str:
    """Give the page for the body of ``/collections/{id}``."""
    layer = _layer(page, translator_of(view.lang))
    schema = SCHEMAS.get(layer["id"])
    return render(
        "collection.html",
        view,
        layer=layer,
        columns=schema.columns if schema else (),
        dataset=dataset,
        links=_links(page),
        downloads=_downloads(view, f"/collections/{layer['id']}/items"),
    )


def items_html(page: Body, view: View, collection: Collection, outlines: Any = None) -> str:
    """Give the page for a feature collection: a table of this page's features, a small map."""
    translator = translator_of(view.lang)
    layer, schema = _about(collection, translator), collection.schema
    features = list(page.get("features", ()))
    names = _shown(features, schema)
    rows = [
        {
            "id": feature.get("id"),
            "href": view.href(f"/collections/{layer['id']}/items/{feature.get('id')}", f="html"),
            "cells": [_cell(translator, schema, n, feature["properties"].get(n)) for n in names],
        }
        for feature in features
    ]
    return render(
        "items.html",
        view,
        layer=layer,
        matched=page.get("numberMatched"),
        rows=rows,
        columns=[_cell(translator, schema, name, None) for name in names],
        paging={k["rel"]: k["href"] for k in _all(page) if k["rel"] in ("prev", "next")}
        | {r: None for r in ("prev", "next") if not any(k["rel"] == r for k in _all(page))},
        drawing=small_map([geometry_of(f) for f in features], outlines=outlines),
        downloads=_downloads(view, view.path, dict(view.query)),
    )


def item_html(page: Body, view: View, collection: Collection, outlines: Any = None) -> str:
    """Give the page for one feature; parameters as in `items_html`."""
    translator = translator_of(view.lang)
    layer, schema = _about(collection, translator), collection.schema
    feature_id = str(page.get("id"))
    own = {"incidents": "/incidents/", "districts": "/districts/", "risk": "/districts/"}
    return render(
        "item.html",
        view,
        layer=layer,
        feature_id=feature_id,
        cells=[_cell(translator, schema, n, v) for n, v in page.get("properties", {}).items()],
        drawing=small_map([geometry_of(dict(page))], outlines=outlines),
        person_page=view.href(own[layer["id"]] + feature_id) if layer["id"] in own else None,
        downloads=[{"href": view.here(f="json"), "title": "GeoJSON", "download": False}],
    )


def _about(collection: Collection, translator: Translator) -> dict[str, Any]:
    members = ("id", "title", "description")
    return _layer({name: getattr(collection, name) for name in members}, translator)


def _layer(collection: Body, translator: Translator) -> dict[str, Any]:
    extent = collection.get("extent") or {}
    times = ((extent.get("temporal") or {}).get("interval") or [[None, None]])[0]
    boxes = (extent.get("spatial") or {}).get("bbox") or [None]
    return {
        "id": str(collection.get("id", "")),
        "title": translator.gettext(str(collection.get("title") or collection.get("id", ""))),
        "description": translator.gettext(str(collection.get("description") or "")),
        "period": translator.interval_of_days(*times) if any(times) else None,
        "bbox": boxes[0],
        "crs": collection.get("crs"),
    }


def _all(page: Body) -> Links:
    return [dict(link) for link in page.get("links", ())]


def _links(page: Body) -> Links:
    return [{"title": "", "rel": "", "type": "", **link} for link in _all(page)]


def _downloads(view: View, path: str, query: dict[str, str] | None = None) -> Links:
    # The whole selection, not the page: paging parameters go.
    dropped = ("f", "lang", "limit", "offset", "token")
    keep = {k: v for k, v in (query or {}).items() if k not in dropped}
    return downloads(View(lang=view.lang, root=view.root), path, **keep)


def downloads(view: View, path: str, **query: str) -> Links:
    """Give the links to a layer's features in all formats."""
    return [
        {
            # Excel knows UTF-8 by the byte order mark only.
            "href": view.href(path, **query, f=key, bom="1" if key == "csv" else None),
            "title": title,
            "download": key != "json",
        }
        for key, title in FORMATS.items()
    ]


def _shown(features: Sequence[Body], schema: FrameSchema | None) -> list[str]:
    """Names of the properties that some feature of the page states, in their order."""
    names = list(features[0].get("properties", {})) if features else []
    if schema is None:
        return names
    stated = {
        name
        for feature in features
        for name, value in feature.get("properties", {}).items()
        if not is_missing(value)
    }
    return [n for n in names if n in stated and n != schema.id_column]


def _cell(
    translator: Translator, schema: FrameSchema | None, name: str, value: Any
) -> dict[str, Any]:
    column = schema.by_name.get(name) if schema else None
    column = column or Column(name, "text", "")
    numeric = column.kind in ("integer", "number")
    return {
        "name": name,
        "description": translator.gettext(column.description) if column.description else "",
        "unit": translator.gettext(column.unit) if column.unit else "",
        "numeric": numeric,
        "linked": name == "sources",
        "text": _text(translator, column, value),
    }


def _text(translator: Translator, column: Column, value: Any) -> str:
    if is_missing(value):
        return translator.number(None)
    if column.codes:
        return label(translator, column.name, value)
    if column.kind == "date":
        return translator.date(value)
    if column.kind == "datetime":
        return translator.datetime(value)
    if column.kind == "integer" and column.unit is None:
        return str(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return translator.number(value)
    return str(value)


def geometry_of(feature: Mapping[str, Any]) -> Any:
    """Read the geometry of a GeoJSON feature; null stays null."""
    found = feature.get("geometry")
    return None if found is None else shapely.geometry.shape(found)
