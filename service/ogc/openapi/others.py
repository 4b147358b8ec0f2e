"""Paths beside the layers: one row each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from service.collections import COLLECTIONS
from service.http.media import HTML, JSON, VECTOR_TILE
from service.ogc.openapi import parameters as p
from service.ogc.openapi.operations import PROBLEM

_TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
_PAGE = (JSON, HTML)


@dataclass(frozen=True, slots=True)
class Row:
    """One path that everybody may read."""

    path: str
    operation_id: str
    summary: str
    tag: str
    kinds: tuple[str, ...] = (JSON,)
    takes: tuple[str, ...] = ()
    """Names of groups of parameters, or of single texts."""
    example: str = ""
    """Of the parameter in the path."""
    empty: bool = False
    """Whether the answer may be 204."""


_ROWS = (
    Row("/healthz", "isAlive", "Whether the process answers", "Service"),
    Row("/readyz", "isReady", "Whether it can serve", "Service"),
    Row("/metrics", "getMetrics", "Metrics for Prometheus", "Service", ("text/plain",)),
    Row("/maps/risk", "getMap", "The map, self-contained", "Maps", (HTML,), ("risk", "lang")),
    Row(
        "/maps/risk.html",
        "getMapFile",
        "The map as a file",
        "Maps",
        (HTML,),
        ("risk", "full", "lang"),
    ),
    Row("/maps/embed", "getFrame", "The map for a frame", "Maps", (HTML,), ("risk", "lang")),
    Row(
        "/maps/risk.png",
        "getPicture",
        "A picture",
        "Maps",
        ("image/png",),
        ("risk", "full", "lang"),
    ),
    Row(
        "/maps/risk.pdf",
        "getSheet",
        "A sheet to print",
        "Maps",
        ("application/pdf",),
        ("risk", "full", "lang", "size"),
    ),
    Row(
        "/maps/districts.pdf",
        "getAtlas",
        "An index and a page for each district",
        "Maps",
        ("application/pdf",),
        ("risk", "full", "lang", "size", "districts"),
    ),
    Row(
        "/risk/{districtId}/explain",
        "explain",
        "One number",
        "Risk",
        _PAGE[:1],
        ("risk",),
        "AZ-AGM",
    ),
    Row("/risk/surface.tif", "getRaster", "Surface", "Risk", ("image/tiff",), ("risk",)),
    Row("/reconciliation", "reconcile", "Published totals beside ours", "Risk", _PAGE, ("lang",)),
    Row(
        "/backtest",
        "getBacktest",
        "How well rankings foresaw what followed",
        "Risk",
        (*_PAGE, "image/png"),
        ("lang", "horizon-days", "cell-km"),
    ),
    Row(
        "/incidents/{incidentId}/history",
        "getHistory",
        "Revisions of an incident",
        "Incidents",
        _PAGE,
        ("lang",),
        "I1",
    ),
    Row(
        "/diff",
        "getDifference",
        "What changed between two dates",
        "Incidents",
        _PAGE[:1],
        ("dates",),
    ),
    Row("/boundaries", "getEditions", "Editions of the districts", "Districts"),
    Row("/tileMatrixSets", "getTileMatrixSets", "Tile matrix sets", "Tiles"),
    Row(
        "/tileMatrixSets/{tileMatrixSetId}",
        "getTileMatrixSet",
        "One tile matrix set",
        "Tiles",
        example="WebMercatorQuad",
    ),
)
_CELL = ("tileMatrix", 6), ("tileRow", 24), ("tileCol", 40)


_SHEET = Row(
    "/maps/districts/{districtId}.pdf",
    "getDistrictSheet",
    "One page for a district",
    "Maps",
    ("application/pdf",),
    ("risk", "full", "lang", "size"),
    "AZ-AGM",
)


def other_paths() -> dict[str, Any]:
    """Describe the paths that are no layers.

    Returns
    -------
    dict
        Path items by path.
    """
    found: dict[str, Any] = {row.path: {"get": _read(row)} for row in _ROWS}
    for one in COLLECTIONS.values():
        if one.schema.geometry is not None:
            found |= _tiles(one.id)
    found["/maps/districts/{districtId}.pdf"] = {"get": _read(_SHEET)}
    return found


def _tiles(collection_id: str) -> dict[str, Any]:
    base = f"/collections/{collection_id}/tiles"
    name = collection_id.replace("-", "_")
    rows = (
        Row(base, f"tilesetsOf_{name}", f"Tilesets of {collection_id}", "Tiles"),
        Row(base + "/WebMercatorQuad", f"tilesetOf_{name}", f"Tiles of {collection_id}", "Tiles"),
    )
    cell = f"{base}/WebMercatorQuad/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"
    tile = Row(cell, f"tileOf_{name}", "One vector tile", "Tiles", (VECTOR_TILE,), empty=True)
    whole = {"type": "integer", "minimum": 0}
    described = _read(tile) | {
        "parameters": [p.in_path(part, "Of the tile.", whole, example=at) for part, at in _CELL]
    }
    return {**{row.path: {"get": _read(row)} for row in rows}, cell: {"get": described}}


def _read(row: Row) -> dict[str, Any]:
    empty = {"204": {"description": "There is nothing."}} if row.empty else {}
    return {
        "operationId": row.operation_id,
        "summary": row.summary,
        "tags": [row.tag],
        "parameters": _parameters(row),
        "security": [{}, {"key": []}],
        "responses": {
            "200": {"description": "Success.", "content": {kind: {} for kind in row.kinds}},
            **empty,
            "304": {"$ref": "#/components/responses/NotModified"},
            "400": PROBLEM,
            "default": PROBLEM,
        },
    }


def _parameters(row: Row) -> list[p.Parameter]:
    found: list[p.Parameter] = []
    if row.example:
        name = row.path.partition("{")[2].partition("}")[0]
        found.append(p.in_path(name, "Id.", _TEXT, example=row.example))
    return found + _taken(row.takes)


def _taken(names: Sequence[str]) -> list[p.Parameter]:
    found: list[p.Parameter] = []
    for name in names:
        if name == "risk":
            found += p.risk()
        elif name == "full":
            found.append(p.full())
        elif name == "lang":
            found.append(p.common(())[1])
        elif name == "size":
            found.append(p.parameter("size", "Paper.", {"type": "string", "enum": ["A4", "A3"]}))
        elif name == "districts":
            ids = "Ids with commas between them; all with a record."
            found.append(p.parameter("districts", ids, _TEXT, example="AZ-AGM,AZ-TAR"))
        elif name == "dates":
            day = {"type": "string", "format": "date"}
            first = p.parameter("from", "First date.", day, example="2021-01-01")
            found += [first | {"required": True}, p.parameter("to", "Last date; now.", day)]
    return found
