"""How well the ranking would have foreseen the next period: as JSON and as a plot."""

import importlib
from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from geodata.risk import RiskParameters, backtest_of
from service.http.media import RESOURCE, Offer
from service.http.reader import view_of
from service.http.request import SnapshotDep, context_of
from service.pages.reports import backtest_html

router = APIRouter(tags=["risk"])
OFFERS = (*RESOURCE, Offer("png", "image/png", "PNG"))


@router.get("/backtest", response_class=Response)
def backtest(request: Request, snapshot: SnapshotDep) -> Response:
    """Score the ranking on periods it has not seen, or say that nobody can tell."""
    context = context_of(request, OFFERS, ("where", "where-lang", "horizon-days", "cell-km"))
    parameters = RiskParameters.parse(context.query.values())

    horizon = parameters.horizon_days if context.query.text("horizon-days") else None

    def _make() -> bytes | str:
        report = backtest_of(snapshot, parameters, horizon_days=horizon, cell_km=parameters.cell_km)
        if context.html:
            return backtest_html(report, view_of(request))
        return (
            _plotter().backtest_png(report) if context.offer.key == "png" else orjson.dumps(report)
        )

    return context.answer(_make, tag=context.tag(snapshot))


def _plotter() -> Any:
    """Load the plot's module: matplotlib costs a second, which only those who draw pay."""
    return importlib.import_module("geodata.risk.backtest.plot")
