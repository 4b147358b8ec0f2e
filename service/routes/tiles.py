"""Tile matrix sets, tilesets and tiles (OGC API – Tiles)."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Response

from geodata.errors import NotFound
from geodata.register import Snapshot
from service.collections import Collection
from service.http.parameters import Parameters
from service.http.representation import JSON, TILE, VECTOR_TILE, Offer
from service.http.request import (
    Asked,
    Context,
    Reads,
    ReadsLayer,
    SettingsDep,
    SnapshotDep,
    segment,
)
from service.ogc.query import ItemsQuery, read_items, tile_parameters
from service.settings import Settings
from service.tiles import documents
from service.tiles.answers import layer_of, spatial, tile_answer
from service.tiles.grid import TMS, matrix_set, tile_of

router = APIRouter(tags=["tiles"])

DOCUMENT = (Offer("json", JSON, "JSON"),)
TILESET = (*DOCUMENT, Offer("tilejson", JSON, "TileJSON"))
TILEJSON = (Offer("tilejson", JSON, "TileJSON", aliases=("json",)),)
SetsDep = Annotated[Asked[Parameters], Depends(Reads(DOCUMENT))]
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
