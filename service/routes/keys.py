"""Access keys over HTTP, for administrators."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Request
from starlette.responses import Response

from service.auth import CallerDep

router = APIRouter(prefix="/keys", tags=["keys"])


@router.get("")
def list_keys(request: Request, who: CallerDep) -> dict[str, Any]:
    """List the keys with their roles and last use; never their secrets."""
    who.require("admin")
    return {"keys": [asdict(key) for key in request.app.state.keys.listing()]}


@router.post("", status_code=201)
def add_key(
    request: Request,
    who: CallerDep,
    name: Annotated[str, Body(max_length=120)],
    role: Annotated[Literal["analyst", "editor", "admin"], Body()],
) -> dict[str, str]:
    """Make a key; the answer holds its text, which is never shown again."""
    who.require("admin")
    return {"name": name, "role": role, "key": request.app.state.keys.add(name, role)}


@router.delete("/{name}", status_code=204)
def revoke_key(request: Request, who: CallerDep, name: str) -> Response:
    """Revoke a key."""
    who.require("admin")
    request.app.state.keys.revoke(name)
    return Response(status_code=204)
