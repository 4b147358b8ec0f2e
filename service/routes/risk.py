"""Risk beyond its layers: a number's arithmetic, the raster, the backtest, published totals."""

import importlib
from dataclasses import asdict
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends
from starlette.responses import RedirectResponse, Response

from geodata.errors import Undefined
from geodata.risk import explain, reconciliation_of, surface_of
from geodata.risk.reconciliation import linked
from geodata.risk.surface import geotiff_bytes
from service.handouts import marked
from service.http.parameters import ForecastParameters, HandoutQuery, Parameters, RiskQuery, takes
from service.http.representation import RESOURCE, Offer
from service.http.request import (
    Asked,
    DeskDep,
    HandoutDep,
    LayersDep,
    Reads,
    RegisterDep,
    SnapshotDep,
    View,
)
from service.jobs import Answer
from service.pages.comparisons import backtest_html, reconciliation_html

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
def explained(
    district_id: str, snapshot: SnapshotDep, layers: LayersDep, context: ExplainDep
) -> Response:
    """Unfold a district's number: incidents, weights, exposure, prior, interval.

    People are shown the same on the district's page.
    """
    parameters = context.asked.risk
    if context.html:
        query = {name: text for name, text in context.query.pairs if name != "f"}
        return RedirectResponse(context.view.href(f"/districts/{district_id}", **query), 303)
    return context.answer(
        lambda: orjson.dumps(explain(snapshot, district_id, parameters, layers.shapes)),
        tag=context.tag(snapshot, layers.state, daily=True),
    )


OFFERS = (*RESOURCE, Offer("png", "image/png", "PNG"))


BacktestDep = Annotated[Asked[ForecastParameters], Depends(Reads(OFFERS, model=ForecastParameters))]


@router.get("/backtest", response_class=Response, operation_id="getBacktest")
def backtest(
    register: RegisterDep, snapshot: SnapshotDep, context: BacktestDep, desk: DeskDep
) -> Response:
    """Score the ranking on periods it has not seen, or say that nobody can tell.

    What was made of an earlier revision is given to whoever takes it by
    ``Cache-Control: max-stale`` while a newer one is made.
    """
    parameters = context.asked.risk
    horizon = None if context.asked.horizon_days is None else parameters.horizon_days
    options = (parameters, horizon, parameters.cell_km)

    def _make(answer: Answer, view: View) -> bytes | str:
        if context.html:
            return backtest_html(orjson.loads(answer.body), view)
        if context.offer.key == "png":
            made: bytes = _plotter().backtest_png(orjson.loads(answer.body))
            return made
        return answer.body

    return context.made_apart(
        lambda older: desk.ask("backtest", [snapshot], *options, register=register, older=older),
        _make,
        tag=context.tag(snapshot),
        older=True,
    )


def _plotter() -> Any:
    """Load the plot's module: matplotlib costs a second, which only those who draw pay."""
    return importlib.import_module("geodata.risk.backtest.plot")


class Reconciliation(Parameters):
    """What the comparison takes."""

    sources: str | None = takes(
        "Two publishers with a comma between them, for the capture-recapture estimate.",
        {"type": "string"},
    )


ReconciliationDep = Annotated[Asked[Reconciliation], Depends(Reads(RESOURCE, model=Reconciliation))]


@router.get("/reconciliation", response_class=Response, operation_id="reconcile")
def reconciliation(snapshot: SnapshotDep, context: ReconciliationDep) -> Response:
    """Set expected beside held, with overlaps and contradictions of the claims.

    With ``sources=A,B`` also the capture-recapture estimate from two publishers.
    """
    names = context.asked.sources

    def _make() -> bytes | str:
        found: dict[str, Any] = dict(reconciliation_of(snapshot))
        found["capture_recapture"] = None
        if names is not None:
            first, _, second = names.partition(",")
            found["capture_recapture"] = asdict(linked(snapshot.incidents, first, second))
        return reconciliation_html(found, context.view) if context.html else orjson.dumps(found)

    return context.answer(_make, tag=context.tag(snapshot))
