"""The answer with one tile, and what is kept for it with the snapshot."""

from starlette.responses import Response

from geodata.errors import NotFound
from geodata.register import Snapshot
from geodata.register.snapshot import Memo
from geodata.risk import RiskParameters
from service.collections import Collection
from service.collections import collection as find
from service.http.representation import coded
from service.http.request import Context
from service.ogc.query import ItemsQuery
from service.ogc.selection import mask_of
from service.tiles.grid import Tile
from service.tiles.layer import TileLayer, districts_at, shapes_at, tile_bytes

KEPT = 512
"""Tiles of one snapshot that are remembered."""
MASKS = 32
"""Selections of one snapshot that are remembered for tiles."""


def tile_answer(context: Context, snapshot: Snapshot, asked: ItemsQuery, where: Tile) -> Response:
    """Give one tile; 204 where the layer has nothing."""
    tag = context.tag(snapshot, daily=asked.collection.computed)
    answer = context.answer(lambda: tile_content(snapshot, asked, where), tag=tag)
    if answer.status_code == 200 and not answer.body:
        return Response(status_code=204, headers=context.cache_headers(tag))
    return answer


def tile_kept(snapshot: Snapshot, asked: ItemsQuery, where: Tile) -> bool:
    """Say whether a tile is remembered."""
    return (asked.selection_key, where) in _tiles(snapshot)


def layer_of(snapshot: Snapshot, one: Collection, risk: RiskParameters) -> TileLayer:
    """Give a collection's layer, made once for a snapshot and its parameters."""
    generalise = districts_at if one.id in ("districts", "risk") else shapes_at
    return snapshot.cached(
        ("tile-layer", one.id, risk),
        lambda: TileLayer(one.frame(snapshot, risk), one.schema, generalise),
    )


def spatial(collection_id: str) -> Collection:
    """Find a layer that has tiles.

    Raises
    ------
    NotFound
        There is no such layer, or it has no geometry.
    """
    one = find(collection_id)
    if one.schema.geometry is None:
        raise NotFound(f"The layer {one.id} has no geometry, so it has no tiles.")
    return one


def _tiles(snapshot: Snapshot) -> Memo:
    return snapshot.cached("tiles", lambda: Memo(KEPT))


def tile_content(
    snapshot: Snapshot, asked: ItemsQuery, where: Tile, coding: str | None = None
) -> bytes:
    """Give one tile, remembered as it is and in each coding; empty where there is nothing."""
    if coding is not None:
        packed: Memo = snapshot.cached("tiles-coded", lambda: Memo(KEPT))
        key = (asked.selection_key, where, coding)
        return packed.get(key, lambda: coded(coding, tile_content(snapshot, asked, where)))
    return _tiles(snapshot).get((asked.selection_key, where), lambda: _cut(snapshot, asked, where))


def _cut(snapshot: Snapshot, asked: ItemsQuery, where: Tile) -> bytes:
    layer = layer_of(snapshot, asked.collection, asked.risk)
    if not asked.selects:
        return tile_bytes(layer, where)
    masks: Memo = snapshot.cached("tile-masks", lambda: Memo(MASKS))
    mask = masks.get(asked.selection_key, lambda: mask_of(snapshot, asked, layer.frame))
    return tile_bytes(layer, where, mask)
