"""What changed: of one incident, revision by revision; of the register, between two dates."""

import orjson
from fastapi import APIRouter, Request, Response

from geodata.errors import InvalidInput
from geodata.intervals import parse_interval
from geodata.register import Snapshot, steps
from geodata.risk import RiskParameters
from geodata.risk.parameters import NAMES as RISK_NAMES
from service.changes import difference_document, step_document
from service.http import media
from service.http.reader import view_of
from service.http.request import RegisterDep, SnapshotDep, context_of
from service.pages.incidents import incident_html

router = APIRouter(tags=["history"])


@router.get("/incidents/{incident_id}/history")
def incident_history(request: Request, snapshot: SnapshotDep, incident_id: str) -> Response:
    """Give every revision of an incident, with what differs from the one before.

    Without a key no author is named, and what is hidden or withdrawn now is hidden in
    older versions too.
    """
    context = context_of(request, media.RESOURCE, ("as-of", "boundaries", "lang", "saved"))

    def make() -> bytes | str:
        revisions = snapshot.history(incident_id)
        told = steps(revisions)
        if context.html:
            return incident_html(
                snapshot, revisions[-1].record(), view_of(request, ("saved",)), history=told
            )
        newest = revisions[-1]
        return orjson.dumps(
            {
                "id": incident_id,
                "version": newest.version,
                "record_status": newest.payload["record_status"],
                "revisions": [step_document(step) for step in told],
                "links": context.self_links(),
            }
        )

    return context.answer(make, tag=context.tag(snapshot))


@router.get("/diff")
def difference(request: Request, register: RegisterDep, snapshot: SnapshotDep) -> Response:
    """Give what changed from one date to another (`from`, `to`; default now).

    A day as `from` means its start, as `to` its end.
    """
    allowed = ("from", "to", "boundaries", "lang", *RISK_NAMES)
    context = context_of(request, media.RESOURCE[:1], allowed)
    parameters = RiskParameters.parse(request.query_params)
    earlier, later = _ends(request, register, snapshot)

    def make() -> bytes:
        return orjson.dumps(
            difference_document(earlier, later, parameters) | {"links": context.self_links()}
        )

    tag = context.tag(later, earlier.key, daily=True)
    return context.answer(make, tag=tag)


def _ends(request: Request, register: RegisterDep, snapshot: Snapshot) -> tuple[Snapshot, Snapshot]:
    """Give the snapshots of both dates in the view that the caller has."""
    query = request.query_params
    if not query.get("from"):
        raise InvalidInput(
            "from is missing. Write /diff?from=2024-01-01&to=2024-02-01.",
            code="bad-from",
            details=[{"field": "from", "reason": "is missing"}],
        )
    start = parse_interval(query["from"], field="from").start
    end = parse_interval(query["to"], field="to").end if query.get("to") else None
    if start and end and end < start:
        raise InvalidInput(
            "to is before from. Exchange them.",
            code="bad-to",
            details=[{"field": "to", "reason": "is before from"}],
        )
    edition = query.get("boundaries")
    both = [register.snapshot(moment, boundaries=edition) for moment in (start, end)]
    both = [one.in_view_of(snapshot) for one in both]
    return both[0], both[1]
