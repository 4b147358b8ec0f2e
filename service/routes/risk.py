"""Risk beyond its layers: the explanation of a number, and the surface as a raster."""

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from geodata.errors import Undefined
from geodata.risk import RiskParameters, explain, surface_of
from geodata.risk.parameters import NAMES
from geodata.risk.surface.geotiff import geotiff_bytes
from service.handouts import ASKED, marked
from service.http.media import JSON, Offer
from service.http.request import HandoutDep, SnapshotDep, context_of

router = APIRouter(tags=["risk"])
RASTER = (Offer("tif", "image/tiff; application=geotiff", "GeoTIFF", ("image/tiff",), ("tiff",)),)
DATA = (Offer("json", JSON, "JSON"),)


@router.get("/risk/surface.tif", response_class=Response)
def surface_tif(request: Request, snapshot: HandoutDep) -> Response:
    """Give the risk surface as a GeoTIFF: intensity per km2 per year, equal-area."""
    context = context_of(request, RASTER, (*NAMES, ASKED))
    parameters = RiskParameters.parse(context.query.values())

    name = marked("risk-surface.tif", snapshot)

    def _make() -> bytes:
        surface = surface_of(snapshot, parameters)
        if surface is None:
            raise Undefined(
                "The register holds no incident, so there is no surface. Add incidents, or "
                "give a period with both ends.",
                reason="empty-register",
            )
        return geotiff_bytes(surface)

    return context.answer(
        lambda: snapshot.cached(("surface.tif", parameters), _make),
        tag=context.tag(snapshot, daily=True),
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get("/risk/{district_id:path}/explain", response_class=Response)
def explained(district_id: str, request: Request, snapshot: SnapshotDep) -> Response:
    """Unfold a district's number: incidents, weights, exposure, prior, interval."""
    context = context_of(request, DATA, NAMES)
    parameters = RiskParameters.parse(context.query.values())
    return context.answer(
        lambda: orjson.dumps(explain(snapshot, district_id, parameters)),
        tag=context.tag(snapshot, daily=True),
    )
