"""Heavy answers: which is being made, which wait, which are kept."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Response

from service.http.parameters import Parameters
from service.http.representation import RESOURCE
from service.http.request import Asked, DeskDep, Reads, SnapshotDep
from service.pages.about import jobs_html

router = APIRouter(tags=["health"])
JobsDep = Annotated[Asked[Parameters], Depends(Reads(RESOURCE, model=Parameters))]


@router.get("/jobs", response_class=Response, operation_id="getJobs")
def jobs(snapshot: SnapshotDep, context: JobsDep, desk: DeskDep) -> Response:
    """Say which heavy answers are made, wait or are kept, with their revisions.

    Each is a backtest, a difference, a map or an atlas; whoever reads the public view is told
    of those of the public view only.
    """
    told = desk.told(snapshot.view)

    def make() -> bytes | str:
        if context.html:
            return jobs_html(told, context.view)
        return orjson.dumps(told | {"links": context.self_links()})

    response = context.answer(make)
    response.headers["Cache-Control"] = "no-store"
    return response
