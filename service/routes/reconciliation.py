"""The register's sums beside each published statistic."""

from dataclasses import asdict
from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from geodata.risk import reconciliation_of
from geodata.risk.reconciliation.capture import linked
from service.http.media import RESOURCE
from service.http.reader import view_of
from service.http.request import SnapshotDep, context_of
from service.pages.reports import reconciliation_html

router = APIRouter(tags=["risk"])


@router.get("/reconciliation", response_class=Response)
def reconciliation(request: Request, snapshot: SnapshotDep) -> Response:
    """Set expected beside held, with overlaps and contradictions of the claims.

    With ``sources=A,B`` also the capture-recapture estimate from two publishers.
    """
    context = context_of(request, RESOURCE, ("sources",))
    names = context.query.text("sources")

    def _make() -> bytes | str:
        found: dict[str, Any] = dict(reconciliation_of(snapshot))
        found["capture_recapture"] = None
        if names is not None:
            first, _, second = names.partition(",")
            found["capture_recapture"] = asdict(linked(snapshot.incidents, first, second))
        return reconciliation_html(found, view_of(request)) if context.html else orjson.dumps(found)

    return context.answer(_make, tag=context.tag(snapshot))
