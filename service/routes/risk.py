"""Risk beyond its layers: the explanation of a number, and the surface as a raster."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Depends
from starlette.responses import RedirectResponse, Response

from geodata.errors import Undefined
from geodata.risk import explain, surface_of
from geodata.risk.surface.geotiff import geotiff_bytes
from service.handouts import marked
from service.http.media import RESOURCE, Offer
from service.http.parameters import HandoutQuery, RiskQuery
from service.http.request import Asked, HandoutDep, Reads, SnapshotDep

router = APIRouter(tags=["risk"])
RASTER = (Offer("tif", "image/tiff; application=geotiff", "GeoTIFF", ("image/tiff",), ("tiff",)),)
RasterDep = Annotated[Asked[HandoutQuery], Depends(Reads(RASTER, model=HandoutQuery))]
ExplainDep = Annotated[Asked[RiskQuery], Depends(Reads(RESOURCE, model=RiskQuery))]


@router.get("/risk/surface.tif", response_class=Response, operation_id="getRaster")
def surface_tif(snapshot: HandoutDep, context: RasterDep) -> Response:
    """Give the risk surface as a GeoTIFF: intensity per km2 per year, equal-area."""
    parameters = context.asked.risk
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


@router.get("/risk/{district_id:path}/explain", response_class=Response, operation_id="explain")
def explained(district_id: str, snapshot: SnapshotDep, context: ExplainDep) -> Response:
    """Unfold a district's number: incidents, weights, exposure, prior, interval.

    People are shown the same on the district's page.
    """
    parameters = context.asked.risk
    if context.html:
        query = {name: text for name, text in context.query.pairs if name != "f"}
        return RedirectResponse(context.view.href(f"/districts/{district_id}", **query), 303)
    return context.answer(
        lambda: orjson.dumps(explain(snapshot, district_id, parameters)),
        tag=context.tag(snapshot, daily=True),
    )
