"""Editions of the districts over HTTP: list them, choose the current one, withdraw a mistake."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Form, Request, Response
from starlette.responses import JSONResponse, RedirectResponse

from geodata.register import Register
from service.http.parameters import Parameters
from service.http.problems import wants_html
from service.http.representation import RESOURCE
from service.http.request import Asked, EditorDep, Reads, RegisterDep, view_of

router = APIRouter(prefix="/boundaries", tags=["boundaries"])
ReasonForm = Annotated[str | None, Form(max_length=2_000, description="Why, for the history")]


@router.get("", operation_id="getEditions")
def list_editions(
    register: RegisterDep,
    asked: Annotated[Asked[Parameters], Depends(Reads(RESOURCE[:1]))],
) -> Response:
    """List the editions of the districts in the order added; the current one is marked."""
    editions = editions_of(register)
    return asked.answer(lambda: orjson.dumps({"editions": editions}), tag=asked.fixed_tag(editions))


def editions_of(register: Register) -> list[dict[str, Any]]:
    """Give each edition's own members as plain JSON values."""
    current = register.snapshot().edition
    return [
        {
            "edition": one.edition,
            "districts": one.districts,
            "valid_from": one.valid_from.isoformat() if one.valid_from else None,
            "valid_to": one.valid_to.isoformat() if one.valid_to else None,
            "source": one.source,
            "current": one.edition == current,
        }
        for one in register.editions()
    ]


@router.post(
    "/{edition}/withdraw",
    operation_id="withdraw",
    description="Withdraw an edition that was a mistake; the one before it is current again.",
)
@router.post(
    "/{edition}/choose",
    operation_id="choose",
    description="Make an edition current, also one that was withdrawn.",
)
def decide(
    request: Request,
    edition: str,
    register: RegisterDep,
    who: EditorDep,
    reason: ReasonForm = None,
) -> Response:
    """Withdraw an edition, or make it current."""
    withdrawn = request.scope["path"].endswith("/withdraw")
    write = register.withdraw_boundaries if withdrawn else register.choose_boundaries
    write(edition, author=who.name, reason=reason or None)
    return _answer(request, register)


def _answer(request: Request, register: Register) -> Response:
    if wants_html(request):
        return RedirectResponse(view_of(request).href("/import"), 303)
    return JSONResponse({"editions": editions_of(register)})
