"""How well the ranking would have foreseen the next period: as JSON and as a plot."""

import importlib
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends
from starlette.responses import Response

from geodata.risk import backtest_of
from service.http.media import RESOURCE, Offer
from service.http.parameters import ForecastParameters
from service.http.request import Asked, Reads, SnapshotDep
from service.pages.reports import backtest_html

router = APIRouter(tags=["risk"])
OFFERS = (*RESOURCE, Offer("png", "image/png", "PNG"))


BacktestDep = Annotated[Asked[ForecastParameters], Depends(Reads(OFFERS, model=ForecastParameters))]


@router.get("/backtest", response_class=Response, operation_id="getBacktest")
def backtest(snapshot: SnapshotDep, context: BacktestDep) -> Response:
    """Score the ranking on periods it has not seen, or say that nobody can tell."""
    parameters = context.asked.risk
    horizon = None if context.asked.horizon_days is None else parameters.horizon_days

    def _make() -> bytes | str:
        report = backtest_of(snapshot, parameters, horizon_days=horizon, cell_km=parameters.cell_km)
        if context.html:
            return backtest_html(report, context.view)
        return (
            _plotter().backtest_png(report) if context.offer.key == "png" else orjson.dumps(report)
        )

    return context.answer(_make, tag=context.tag(snapshot))


def _plotter() -> Any:
    """Load the plot's module: matplotlib costs a second, which only those who draw pay."""
    return importlib.import_module("geodata.risk.backtest.plot")
