"""Say whether the process is alive, whether it can serve, and how it fares."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from geodata.errors import GeodataError, StoreError
from service.http import problems
from service.http.request import RegisterDep
from service.security import telemetry

router = APIRouter(tags=["health"])


@router.get("/healthz", operation_id="isAlive")
def healthz() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "ok"}


@router.get("/readyz", response_model=None, operation_id="isReady")
def readyz(register: RegisterDep) -> dict[str, Any] | Response:
    """Say whether the register can be read now and is whole; 503 with the reason where not."""
    known = register.watch.integrity
    try:
        register.check()
        snapshot = register.snapshot()
        if known.damage:
            # Where its file lies is for the log.
            told = known.damage.replace(f" ({register.store.where})", "")
            raise StoreError(told, code="corrupt")
    except GeodataError as error:
        return problems.problem(503, error.code, error.message, headers={"Retry-After": "5"})
    return {
        "status": "ready",
        "revision": snapshot.revision,
        "edition": snapshot.edition,
        "incidents": len(snapshot.incidents),
        "verified": {"revision": known.revision, "at": known.at, "whole_at": known.whole_at},
    }


@router.get("/metrics", operation_id="getMetrics", response_class=PlainTextResponse)
def prometheus(register: RegisterDep) -> Response:
    """Give the numbers for Prometheus."""
    try:
        snapshot = register.snapshot()
    except GeodataError:
        return Response(telemetry.exposition(), media_type=telemetry.MEDIA_TYPE)
    telemetry.REVISION.set(snapshot.revision)
    telemetry.INCIDENTS.set(len(snapshot.incidents))
    return Response(telemetry.exposition(), media_type=telemetry.MEDIA_TYPE)
