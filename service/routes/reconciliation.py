"""The register's sums beside each published statistic."""

from dataclasses import asdict
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends
from starlette.responses import Response

from geodata.risk import reconciliation_of
from geodata.risk.reconciliation.capture import linked
from service.http.media import RESOURCE
from service.http.parameters import Parameters, takes
from service.http.request import Asked, Reads, SnapshotDep
from service.pages.reports import reconciliation_html

router = APIRouter(tags=["risk"])


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
