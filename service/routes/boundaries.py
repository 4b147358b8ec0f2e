"""Editions of the districts over HTTP: list them, choose the current one, withdraw a mistake."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import JSONResponse, RedirectResponse

from geodata.register import Register
from service.auth import CallerDep
from service.http.problems import wants_html
from service.http.reader import view_of
from service.http.request import RegisterDep

router = APIRouter(prefix="/boundaries", tags=["boundaries"])
ReasonForm = Annotated[str | None, Form(max_length=2_000, description="Why, for the history")]


@router.get("", summary="Editions of the districts")
def list_editions(register: RegisterDep) -> dict[str, Any]:
    """List the editions in the order added; the current one is marked."""
    return {"editions": editions_of(register)}


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


@router.post("/{edition}/withdraw", summary="Withdraw an edition")
def withdraw(
    request: Request,
    edition: str,
    register: RegisterDep,
    who: CallerDep,
    reason: ReasonForm = None,
) -> Response:
    """Withdraw an edition that was a mistake; the one before it is current again."""
    who.require("editor")
    register.withdraw_boundaries(edition, author=who.name, reason=reason or None)
    return _answer(request, register)


@router.post("/{edition}/choose", summary="Make an edition current")
def choose(
    request: Request,
    edition: str,
    register: RegisterDep,
    who: CallerDep,
    reason: ReasonForm = None,
) -> Response:
    """Make an edition current, also one that was withdrawn."""
    who.require("editor")
    register.choose_boundaries(edition, author=who.name, reason=reason or None)
    return _answer(request, register)


def _answer(request: Request, register: Register) -> Response:
    if wants_html(request):
        return RedirectResponse(view_of(request).href("/import"), 303)
    return JSONResponse({"editions": editions_of(register)})
