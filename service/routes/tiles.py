"""Tiles and the styles to draw them with (OGC API – Tiles, – Styles); what QGIS opens in one step.

=====================================  ===================================================
``/tileMatrixSets``                    the grids; ``/collections/{id}/tiles`` is a layer's
``/styles``                            all styles; each has the id of its layer
``/styles/{id}``                       `f`: mapbox (default), maplibre, sld10, sld11, qml
``/styles/{id}/metadata``              title, description, and where each form lies
``/styles/sprite[@2x].json|.png``      patterns of the MapLibre styles
``/collections/{id}/styles``           the style of one layer, and the same below it
``/qgis/hazardmap.qgz``, ``….qlr``     a project, or its layers alone, ready to open
=====================================  ===================================================

A style takes the risk parameters of its layer: unit and limits are in its legend.
"""

from collections.abc import Callable
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Response

from geodata.errors import NotFound
from geodata.register import Snapshot
from geodata.risk import RiskParameters
from service.collections import COLLECTIONS, Collection, extent_of
from service.collections import collection as find
from service.http.dependencies import SettingsDep, SnapshotDep
from service.http.representation import JSON, RESOURCE, TILE, VECTOR_TILE, Offer
from service.http.request import (
    Context,
    Link,
    Parameters,
    ParsedRequest,
    Reads,
    ReadsLayer,
    RiskQuery,
    segment,
)
from service.i18n import translator_of
from service.ogc.descriptions import DESCRIPTION, TITLE
from service.ogc.query import ItemsQuery, read_items, tile_parameters
from service.pages.ogc import landing_html
from service.settings import Settings
from service.styles import DESCRIPTION as DESCRIPTION_OF_STYLES
from service.styles import STYLED, Style, qgis, style_of
from service.styles.maplibre import MAPBOX, MAPLIBRE, maplibre, sprite_index, sprite_picture
from service.styles.sld import sld
from service.tiles import documents
from service.tiles.answers import layer_of, spatial, tile_answer
from service.tiles.grid import TMS, matrix_set, tile_of

router = APIRouter(tags=["tiles"])

DOCUMENT = (Offer("json", JSON, "JSON"),)
TILESET = (*DOCUMENT, Offer("tilejson", JSON, "TileJSON"))
TILEJSON = (Offer("tilejson", JSON, "TileJSON", aliases=("json",)),)
SetsDep = Annotated[ParsedRequest[Parameters], Depends(Reads(DOCUMENT))]
TilesetsDep = Annotated[Context, Depends(ReadsLayer(DOCUMENT, model_of=tile_parameters))]
TilesetDep = Annotated[Context, Depends(ReadsLayer(TILESET, model_of=tile_parameters))]
TilejsonDep = Annotated[Context, Depends(ReadsLayer(TILEJSON, model_of=tile_parameters))]
TileDep = Annotated[Context, Depends(ReadsLayer(TILE, model_of=tile_parameters))]


@router.get("/tileMatrixSets", operation_id="getTileMatrixSets")
def tile_matrix_sets(context: SetsDep) -> Response:
    """List the tile matrix sets."""
    links = [context.links.to(f"/tileMatrixSets/{TMS}", "self", JSON, TMS)]
    uri = documents.TMS_URI
    sets = [{"id": TMS, "title": TMS, "uri": uri, "crs": documents.EPSG_3857, "links": links}]
    body = {"links": context.self_links(), "tileMatrixSets": sets}
    return context.answer(lambda: orjson.dumps(body), tag=context.fixed_tag())


@router.get("/tileMatrixSets/{tile_matrix_set_id}", operation_id="getTileMatrixSet")
def tile_matrix_set(context: SetsDep, tile_matrix_set_id: str) -> Response:
    """Describe a tile matrix set."""
    _known(tile_matrix_set_id)
    body = matrix_set(context.links.root)
    return context.answer(lambda: orjson.dumps(body), tag=context.fixed_tag())


@router.get("/collections/{collection_id}/tiles", operation_id="tilesetsOf_{layer}")
def tilesets(
    snapshot: SnapshotDep, settings: SettingsDep, context: TilesetsDep, collection_id: str
) -> Response:
    """List the tilesets of a layer."""
    one = spatial(collection_id)
    context.query.only(tile_parameters(one, settings.max_limit).names())
    path, query = _address(one), _carried(context)
    found = documents.entry(one.title, context.links.root, path, query)
    body = {"links": context.self_links(), "tilesets": [found]}
    return context.answer(lambda: orjson.dumps(body), tag=context.tag(snapshot))


@router.get(
    "/collections/{collection_id}/tiles/{tile_matrix_set_id}", operation_id="tilesetOf_{layer}"
)
def tileset(
    snapshot: SnapshotDep,
    settings: SettingsDep,
    context: TilesetDep,
    collection_id: str,
    tile_matrix_set_id: str,
) -> Response:
    """Describe the tiles of a layer, as OGC's tileset metadata or as TileJSON."""
    return _described(snapshot, settings, context, collection_id, tile_matrix_set_id)


@router.get(
    "/collections/{collection_id}/tiles/{tile_matrix_set_id}/tilejson.json",
    operation_id="tilejsonOf_{layer}",
)
def tilejson(
    snapshot: SnapshotDep,
    settings: SettingsDep,
    context: TilejsonDep,
    collection_id: str,
    tile_matrix_set_id: str,
) -> Response:
    """Describe the tiles of a layer as TileJSON, where map libraries look for it."""
    return _described(snapshot, settings, context, collection_id, tile_matrix_set_id)


def _described(
    snapshot: Snapshot,
    settings: Settings,
    context: Context,
    collection_id: str,
    tile_matrix_set_id: str,
) -> Response:
    one = spatial(collection_id)
    _known(tile_matrix_set_id)
    asked = _read(context, one, settings.max_limit)
    describe = documents.tilejson if context.offer.key == "tilejson" else documents.tileset

    def make() -> bytes:
        layer = layer_of(snapshot, one, asked.risk)
        path, query = _address(one), _carried(context)
        return orjson.dumps(
            describe(layer, one.title, one.description, context.links.root, path, query)
        )

    return context.answer(make, tag=context.tag(snapshot, daily=one.computed))


@router.get(
    "/collections/{collection_id}/tiles/{tile_matrix_set_id}/{tile_matrix}/{tile_row}/{tile_col}",
    operation_id="tileOf_{layer}",
    responses={204: {"description": "There is nothing."}},
)
def tile(
    snapshot: SnapshotDep,
    settings: SettingsDep,
    context: TileDep,
    collection_id: str,
    tile_matrix_set_id: str,
    tile_matrix: str,
    tile_row: str,
    tile_col: str,
) -> Response:
    """Give one tile; 204 where the layer has nothing."""
    one = spatial(collection_id)
    _known(tile_matrix_set_id)
    where = tile_of(tile_matrix, tile_row, tile_col)
    asked = _read(context, one, settings.max_limit)
    return tile_answer(context, snapshot, asked, where)


def _read(context: Context, one: Collection, max_limit: int) -> ItemsQuery:
    context.query.only(tile_parameters(one, max_limit).names())
    return read_items(context.query, one, max_limit=max_limit, paged=False)


def _known(tms: str) -> None:
    if tms != TMS:
        raise NotFound(f"There is no tile matrix set {tms[:60]!r}; there is {TMS}.")


def _address(one: Collection) -> str:
    return f"/collections/{segment(one.id)}"


def _carried(context: Context) -> str:
    """Give the parameters that go on to each tile, with the ``?``."""
    given: Any = context.links.here("item", VECTOR_TILE, "", drop=("f", "lang"))["href"]
    _, mark, query = given.partition("?")
    return f"{mark}{query}"


styles_router = APIRouter(tags=["styles"])
STYLESHEETS = (
    Offer("mapbox", MAPBOX, "Mapbox and MapLibre style", (JSON,), ("json",)),
    Offer("maplibre", MAPLIBRE, "MapLibre style with names"),
    Offer("sld10", "application/vnd.ogc.sld+xml;version=1.0", "SLD 1.0", aliases=("sld",)),
    Offer("sld11", "application/vnd.ogc.sld+xml;version=1.1", "SLD 1.1"),
    Offer("qml", qgis.QML, "QGIS style (.qml)"),
)
PROJECT, LAYERS = (
    (Offer("qgz", qgis.QGZ, "QGIS project"),),
    (Offer("qlr", qgis.QLR, "Layers for QGIS"),),
)
ListDep = Annotated[ParsedRequest[Parameters], Depends(Reads(RESOURCE))]
StyleDep = Annotated[ParsedRequest[RiskQuery], Depends(Reads(STYLESHEETS, model=RiskQuery))]
AboutDep = Annotated[ParsedRequest[RiskQuery], Depends(Reads(DOCUMENT, model=RiskQuery))]
ProjectDep = Annotated[ParsedRequest[Parameters], Depends(Reads(PROJECT, lenient=True))]
LayersDep = Annotated[ParsedRequest[Parameters], Depends(Reads(LAYERS, lenient=True))]
_SHOWN = ("incidents", "risk")
"""Layers of the project that are switched on at first."""


@styles_router.get("/styles", operation_id="getStyles")
def styles(snapshot: SnapshotDep, context: ListDep) -> Response:
    """List the styles."""
    return _list(context, snapshot, STYLED)


@styles_router.get("/styles/sprite{suffix}", include_in_schema=False)
def sprite(suffix: str) -> Response:
    """Give the patterns of the MapLibre styles: their picture or where each lies in it."""
    ratio = 2 if suffix.startswith("@2x") else 1
    kinds: dict[str, tuple[Callable[[int], bytes], str]] = {
        ".json": (sprite_index, JSON),
        ".png": (sprite_picture, "image/png"),
    }
    made = kinds.get(suffix.removeprefix("@2x"))
    if made is None:
        raise NotFound("The sprite is sprite.json, sprite.png, sprite@2x.json and sprite@2x.png.")
    make, media_type = made
    headers = {"Cache-Control": "public, max-age=86400"}
    return Response(make(ratio), media_type=media_type, headers=headers)


@styles_router.get("/styles/{style_id}", operation_id="getStyle")
def style(snapshot: SnapshotDep, context: StyleDep, style_id: str) -> Response:
    """Give one style as MapLibre, SLD or QGIS have it."""
    return _stylesheet(context, snapshot, style_id)


@styles_router.get("/styles/{style_id}/metadata", operation_id="getStyleMetadata")
def metadata(snapshot: SnapshotDep, context: AboutDep, style_id: str) -> Response:
    """Describe one style."""
    return _metadata(context, snapshot, style_id)


@styles_router.get("/collections/{collection_id}/styles", operation_id="getStylesOfLayer")
def styles_of_layer(snapshot: SnapshotDep, context: ListDep, collection_id: str) -> Response:
    """List the styles of a layer: one, or none where it has no geometry."""
    one = find(collection_id)
    return _list(context, snapshot, [name for name in STYLED if name == one.id])


@styles_router.get("/collections/{collection_id}/styles/{style_id}", operation_id="getStyleOfLayer")
def style_of_layer(
    snapshot: SnapshotDep, context: StyleDep, collection_id: str, style_id: str
) -> Response:
    """Give the style of a layer, as `/styles/{styleId}` does."""
    return _stylesheet(context, snapshot, _own(collection_id, style_id))


@styles_router.get("/qgis/hazardmap.qgz", operation_id="getQgisProject")
def project(snapshot: SnapshotDep, context: ProjectDep) -> Response:
    """Give a QGIS project with every layer as the map shows it."""
    layers = _layers(context, snapshot)
    about = translator_of(context.view.lang).gettext(DESCRIPTION_OF_STYLES)
    return _for_qgis(context, snapshot, lambda: qgis.qgz(layers(), TITLE, about))


@styles_router.get("/qgis/hazardmap.qlr", operation_id="getQgisLayers")
def layer_definition(snapshot: SnapshotDep, context: LayersDep) -> Response:
    """Give the layers alone, to be added to a project that is open in QGIS."""
    layers = _layers(context, snapshot)
    return _for_qgis(context, snapshot, lambda: qgis.qlr(layers()))


def _list(context: Context, snapshot: Snapshot, names: Any) -> Response:
    listed = [_entry(context, name) for name in names]

    def make() -> bytes | str:
        if not context.html:
            body = {"links": context.self_links(), "styles": listed}
            return orjson.dumps(body | ({"default": listed[0]["id"]} if listed else {}))
        links = [*context.self_links(), *(link for one in listed for link in one["links"])]
        page = {"title": "Styles", "description": DESCRIPTION, "links": links}
        return landing_html(page, context.view)

    return context.answer(make, tag=context.tag(snapshot))


def _entry(context: Context, name: str) -> dict[str, Any]:
    title = COLLECTIONS[name].title
    return {"id": name, "title": title, "links": _links(context, name)}


def _links(context: Context, name: str) -> list[Link]:
    path, title = f"/styles/{segment(name)}", COLLECTIONS[name].title
    found = [
        context.links.to(path, "stylesheet", one.media_type, f"{title}: {one.title}", f=one.key)
        for one in STYLESHEETS
    ]
    about = context.links.to(f"{path}/metadata", "describedby", JSON, f"{title}: about the style")
    return [*found, about]


def _own(collection_id: str, style_id: str) -> str:
    one = find(collection_id)
    if style_id != one.id or style_id not in STYLED:
        own = f"its style is {one.id}" if one.id in STYLED else "it has none: it has no geometry"
        raise NotFound(f"The layer {one.id} has no style {style_id[:60]!r}; {own}.")
    return style_id


def _stylesheet(context: ParsedRequest[RiskQuery], snapshot: Snapshot, style_id: str) -> Response:
    made = _style(context, snapshot, style_id)
    key, root = context.offer.key, context.links.root

    def make() -> bytes:
        if key in ("mapbox", "maplibre"):
            return maplibre(made, root, names=key == "maplibre")
        return qgis.qml(made) if key == "qml" else sld(made, f"1.{key[-1]}.0")

    suffix = {"mapbox": "json", "maplibre": "json", "qml": "qml"}.get(key, "sld")
    named = {"Content-Disposition": f'inline; filename="{style_id}.{suffix}"'}
    tag = context.tag(snapshot, context.view.lang, daily=True)
    return context.answer(make, tag=tag, headers=named)


def _style(context: ParsedRequest[RiskQuery], snapshot: Snapshot, style_id: str) -> Style:
    here = context.links.here("item", JSON, "", drop=("f", "lang"))["href"].partition("?")
    query = "".join(here[1:])
    risk = context.asked.risk
    return style_of(snapshot, style_id, risk, lang=context.view.lang, query=query)


def _metadata(context: ParsedRequest[RiskQuery], snapshot: Snapshot, style_id: str) -> Response:
    made = _style(context, snapshot, style_id)
    forms = {one.key: one for one in STYLESHEETS}
    body = {
        "id": made.id,
        "title": made.title,
        "description": made.description,
        "scope": "style",
        "stylesheets": [
            {
                "title": forms[link["href"].rpartition("f=")[2]].title,
                "native": True,
                "link": link,
            }
            for link in _links(context, style_id)
            if link["rel"] == "stylesheet"
        ],
        "layers": [{"id": made.id, "type": made.geometry.removeprefix("Multi").lower()}],
        "legend": [{"id": rule.name, "title": rule.title} for rule in made.rules],
        "links": context.self_links(),
    }
    tag = context.tag(snapshot, context.view.lang, daily=True)
    return context.answer(lambda: orjson.dumps(body), tag=tag)


def _layers(context: Context, snapshot: Snapshot) -> Callable[[], list[qgis.Layer]]:
    return lambda: [_layer(context, snapshot, name) for name in STYLED]


def _layer(context: Context, snapshot: Snapshot, name: str) -> qgis.Layer:
    one, lang = COLLECTIONS[name], context.view.lang
    spatial = extent_of(snapshot, one).get("spatial")
    return qgis.Layer(
        style=style_of(snapshot, name, RiskParameters(), lang=lang),
        title=translator_of(lang).gettext(one.title),
        service=context.links.root,
        shown=name in _SHOWN,
        extent=tuple(spatial["bbox"][0]) if spatial else None,
    )


def _for_qgis(context: Context, snapshot: Snapshot, make: Callable[[], bytes]) -> Response:
    named = {"Content-Disposition": f'attachment; filename="hazardmap.{context.offer.key}"'}
    tag = context.tag(snapshot, context.view.lang, daily=True)
    return context.answer(make, tag=tag, headers=named)
