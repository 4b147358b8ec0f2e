"""Access keys over HTTP, for administrators."""

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Request
from starlette.responses import Response

from service.auth import AdminDep
from service.security.keys import expiry_of

router = APIRouter(prefix="/keys", tags=["keys"])


@router.get("")
def list_keys(request: Request, _who: AdminDep) -> dict[str, Any]:
    """List the keys with their roles and last use; never their secrets."""
    return {"keys": [asdict(key) for key in request.app.state.keys.listing()]}


@router.post("", status_code=201)
def add_key(
    request: Request,
    _who: AdminDep,
    name: Annotated[str, Body(max_length=120)],
    role: Annotated[Literal["analyst", "editor", "admin"], Body()],
    expires: Annotated[str | None, Body(max_length=40)] = None,
) -> dict[str, str]:
    """Make a key; the answer holds its text, which is never shown again."""
    text = request.app.state.keys.add(name, role, expiry_of(expires))
    return {"name": name, "role": role, "key": text}


@router.post("/{name}/rotate")
def rotate_key(
    request: Request,
    _who: AdminDep,
    name: str,
    overlap_hours: Annotated[float, Body(ge=0, le=720, embed=True)] = 0,
    expires: Annotated[str | None, Body(max_length=40)] = None,
) -> dict[str, str]:
    """Give a key a new secret; the old one works for the hours of the overlap."""
    overlap = timedelta(hours=overlap_hours)
    return {"name": name, "key": request.app.state.keys.rotate(name, overlap, expiry_of(expires))}


@router.delete("/{name}", status_code=204)
def revoke_key(request: Request, _who: AdminDep, name: str) -> Response:
    """Revoke a key."""
    request.app.state.keys.revoke(name)
    return Response(status_code=204)
