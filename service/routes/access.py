"""Who may do what: sign in with a key and out again; keys, for administrators."""

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Body, Form, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from geodata.errors import Forbidden, InvalidInput
from service.http.dependencies import AdminDep
from service.http.problems import wants_html
from service.http.request import root_of, same_origin, view_of_error
from service.pages.about import login_html
from service.security.guard import tried
from service.security.keys import expiry_of

router = APIRouter()


@router.get("/keys", tags=["keys"])
def list_keys(request: Request, _who: AdminDep) -> dict[str, Any]:
    """List the keys with their roles and last use; never their secrets."""
    return {"keys": [asdict(key) for key in request.app.state.keys.listing()]}


@router.post("/keys", tags=["keys"], status_code=201)
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


@router.post("/keys/{name}/rotate", tags=["keys"])
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


@router.delete("/keys/{name}", tags=["keys"], status_code=204)
def revoke_key(request: Request, _who: AdminDep, name: str) -> Response:
    """Revoke a key."""
    request.app.state.keys.revoke(name)
    return Response(status_code=204)


@router.post("/session", tags=["session"])
async def log_in(
    request: Request,
    key: Annotated[str, Form(max_length=200)],
    next_page: Annotated[str, Form(alias="next", max_length=500)] = "/",
) -> Response:
    """Check a key and start a session; then show the page that asked for it."""
    state = request.app.state
    if not same_origin(request, state.settings.public_url):
        raise Forbidden("This form came from another site's page and was not taken.")
    found = await tried(request, state.keys, key.strip())
    if found is None and wants_html(request):
        html = login_html(view_of_error(request), next_page, refused=True)
        return Response(html, 401, {"Cache-Control": "no-store"}, "text/html; charset=utf-8")
    if found is None:
        raise InvalidInput(
            "The key is not valid, has expired, or was revoked: ask your administrator for one.",
            code="unauthorised",
        )
    response = RedirectResponse(_root(request) + _local(next_page), 303)
    secure = request.url.scheme == "https" or state.settings.public_url.startswith("https:")
    token = await run_in_threadpool(state.keys.begin_session, str(found.key_id))
    state.sessions.start(response, token, secure=secure)
    return response


@router.post("/session/end", tags=["session"])
def log_out(request: Request) -> Response:
    """End the session, on the server: every copy of its cookie ends with it."""
    state = request.app.state
    token = state.sessions.token(request)
    if token:
        state.keys.end_session(token)
    response = RedirectResponse(_root(request) + "/", 303)
    state.sessions.end(response)
    return response


def _root(request: Request) -> str:
    # Behind a proxy the service may stand below a path.
    return urlsplit(root_of(request)).path


def _local(target: str) -> str:
    # Only a path of this service: never "//elsewhere" or "/\\elsewhere".
    if target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable():
        return target
    return "/"
