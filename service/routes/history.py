"""What changed: of one incident, revision by revision; of the register, between two dates."""

from functools import partial
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Response

from geodata.errors import InvalidInput
from geodata.intervals import parse_interval
from geodata.register import Snapshot, steps
from service.content.changes import step_document
from service.http.parameters import Parameters, RiskQuery, plain, takes
from service.http.representation import RESOURCE
from service.http.request import Asked, DeskDep, Reads, RegisterDep, SnapshotDep, View
from service.jobs import Answer
from service.pages.incidents import incident_html

router = APIRouter(tags=["history"])


HistoryDep = Annotated[Asked[Parameters], Depends(Reads(RESOURCE, model=plain("saved")))]


class Dates(RiskQuery):
    """The two dates, and the parameters of the ranking that is compared."""

    from_: str = takes(
        "First date; it means the day's start.",
        {"type": "string", "format": "date", "example": "2021-01-01"},
        name="from",
        default=...,
    )
    to: str | None = takes(
        "Last date; it means the day's end. Now when absent.", {"type": "string", "format": "date"}
    )


DatesDep = Annotated[Asked[Dates], Depends(Reads(RESOURCE[:1], model=Dates))]


@router.get("/incidents/{incident_id}/history", operation_id="getHistory")
def incident_history(snapshot: SnapshotDep, context: HistoryDep, incident_id: str) -> Response:
    """Give every revision of an incident, with what differs from the one before.

    Without a key no author is named, and what is hidden or withdrawn now is hidden in
    older versions too.
    """

    def make() -> bytes | str:
        revisions = snapshot.history(incident_id)
        told = steps(revisions)
        if context.html:
            return incident_html(snapshot, revisions[-1].record(), context.view, history=told)
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


@router.get("/diff", operation_id="getDifference")
def difference(
    register: RegisterDep, snapshot: SnapshotDep, context: DatesDep, desk: DeskDep
) -> Response:
    """Give what changed from one date to another (`from`, `to`; default now).

    A day as `from` means its start, as `to` its end.
    """
    earlier, later = _ends(context.asked, register, snapshot)

    def make(answer: Answer, _: View) -> bytes:
        links = orjson.dumps({"links": context.self_links()})
        return answer.body[:-1] + b"," + links[1:]

    ask = partial(desk.ask, "changes", (earlier, later), context.asked.risk, None)
    tag = context.tag(later, earlier.key, daily=True)
    return context.made_apart(lambda older: ask(register=register, older=older), make, tag=tag)


def _ends(asked: Dates, register: RegisterDep, snapshot: Snapshot) -> tuple[Snapshot, Snapshot]:
    """Give the snapshots of both dates in the view that the caller has."""
    start = parse_interval(asked.from_, field="from").start
    end = parse_interval(asked.to, field="to").end if asked.to else None
    if start and end and end < start:
        raise InvalidInput(
            "to is before from. Exchange them.",
            code="bad-to",
            details=[{"field": "to", "reason": "is before from"}],
        )
    both = [register.snapshot(moment, boundaries=asked.boundaries) for moment in (start, end)]
    both = [one.in_view_of(snapshot) for one in both]
    return both[0], both[1]
