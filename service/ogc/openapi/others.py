"""Paths beside the layers: one row each."""

from typing import Any

from service.ogc.openapi import parameters as p
from service.ogc.openapi.operations import PROBLEM

_JSON = "application/json"
_RISK = "risk"
_TEXT = {"type": "string"}
_DAY = {"type": "string", "format": "date"}

_PATHS: tuple[tuple[str, str, str, str, tuple[str, ...], str], ...] = (
    ("/healthz", "isAlive", "Whether the process answers", "Service", (_JSON,), ""),
    ("/readyz", "isReady", "Whether it can serve", "Service", (_JSON,), ""),
    ("/metrics", "getMetrics", "Metrics for Prometheus", "Service", ("text/plain",), ""),
    ("/maps/risk", "getMap", "Map of the risk, self-contained", "Maps", ("text/html",), _RISK),
    ("/maps/risk.html", "getMapFile", "The map as a download", "Maps", ("text/html",), _RISK),
    ("/maps/risk.png", "getMapPicture", "The map as a picture", "Maps", ("image/png",), _RISK),
    ("/maps/risk.pdf", "getMapPage", "The map on A4", "Maps", ("application/pdf",), _RISK),
    ("/reconciliation", "reconcile", "Published totals beside ours", "Risk", (_JSON,), ""),
    ("/backtest", "getBacktest", "How well rankings foresaw", "Risk", (_JSON,), ""),
)


def other_paths() -> dict[str, Any]:
    """Describe the paths that are no layers.

    Returns
    -------
    dict
        Path items by path; only those that everybody may read.
    """
    found: dict[str, Any] = {}
    for path, operation_id, summary, tag, kinds, takes in _PATHS:
        found[path] = {"get": _get(operation_id, summary, tag, kinds, takes)}
    found["/risk/{districtId}/explain"] = {
        "get": _get("explainRisk", "What a number rests on", "Risk", (_JSON,), _RISK)
        | {"parameters": [_district(), *p.risk()]}
    }
    found["/incidents/{incidentId}/history"] = {
        "get": _get("getHistory", "Revisions of an incident", "Incidents", (_JSON,), "")
        | {"parameters": [p.in_path("incidentId", "Id of the incident.", _TEXT, example="I1")]}
    }
    return found


def _district() -> p.Parameter:
    return p.in_path("districtId", "Id of the district.", _TEXT, example="AZ-AGM")


def _get(
    operation_id: str, summary: str, tag: str, kinds: tuple[str, ...], takes: str
) -> dict[str, Any]:
    return {
        "operationId": operation_id,
        "summary": summary,
        "tags": [tag],
        "parameters": p.risk() if takes == _RISK else [],
        "security": [{}, {"key": []}],
        "responses": {
            "200": {"description": "Success.", "content": {kind: {} for kind in kinds}},
            "default": PROBLEM,
        },
    }
