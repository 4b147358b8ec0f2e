"""Risk beyond its layers: the explanation of a number, and the surface as a raster."""

from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from geodata.errors import Undefined
from geodata.risk import RiskParameters, explain, surface_of
from geodata.risk.geotiff import geotiff_bytes
from service.dependencies import SnapshotDep

router = APIRouter(tags=["risk"])
TIFF = "image/tiff; application=geotiff"


@router.get("/risk/surface.tif", response_class=Response)
def surface_tif(request: Request, snapshot: SnapshotDep) -> Response:
    """Give the risk surface as a GeoTIFF: intensity per km2 per year, equal-area."""
    parameters = RiskParameters.parse(request.query_params)

    def make() -> bytes:
        surface = surface_of(snapshot, parameters)
        if surface is None:
            raise Undefined(
                "The register holds no incident, so there is no surface. Add incidents, or "
                "give a period with both ends.",
                reason="empty-register",
            )
        return geotiff_bytes(surface)

    content = snapshot.cached(("surface.tif", parameters), make)
    headers = {"Content-Disposition": 'attachment; filename="risk-surface.tif"'}
    return Response(content, media_type=TIFF, headers=headers)


@router.get("/risk/{district_id}/explain")
def explained(district_id: str, request: Request, snapshot: SnapshotDep) -> Response:
    """Unfold a district's number: incidents, weights, exposure, prior, interval."""
    parameters = RiskParameters.parse(request.query_params)
    found: dict[str, Any] = explain(snapshot, district_id, parameters)
    return Response(orjson.dumps(found), media_type="application/json")
