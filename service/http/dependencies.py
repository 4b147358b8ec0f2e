"""What handlers depend on: the caller, what the application was built with, snapshots, forms."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import Request

from geodata.intervals import parse_interval
from geodata.register import Register, Snapshot
from service.handouts import handed_out
from service.http.request import Caller, Role, asks_full, caller
from service.jobs import Desk
from service.layers import Layers
from service.settings import Settings

CallerDep = Annotated[Caller, Depends(caller)]


@dataclass(frozen=True)
class Needs:
    """Lets only callers through that have at least a role; the API's definition says so."""

    role: Role

    async def __call__(self, who: CallerDep) -> Caller:
        """Give the caller; raises as `Caller.require` does."""
        who.require(self.role)
        return who


EditorDep = Annotated[Caller, Depends(Needs("editor"))]
AdminDep = Annotated[Caller, Depends(Needs("admin"))]


def _of_application(name: str) -> Any:
    """Depend on what the application was built with."""

    async def given(request: Request) -> Any:
        return getattr(request.app.state, name)

    return Depends(given)


DeskDep = Annotated[Desk, _of_application("desk")]
"""What makes heavy answers."""
LayersDep = Annotated[Layers, _of_application("layers")]
"""The operator's own layers."""
SettingsDep = Annotated[Settings, _of_application("settings")]
RegisterDep = Annotated[Register, _of_application("register")]
"""The register, for writes and for history."""


def snapshot(request: Request, held: RegisterDep, who: CallerDep) -> Snapshot:
    """Give the snapshot asked for (`as-of`, `boundaries`), in the view of the caller's role.

    Every layer, map, tile and export is made from this and nothing else: what a role may
    not see is not in it.
    """
    text = request.query_params.get("as-of")
    as_of = parse_interval(text, field="as-of").end if text else None
    edition = request.query_params.get("boundaries") or None
    found = held.snapshot(as_of, boundaries=edition)
    location = request.app.state.settings.restricted_location
    shown = found if who.may("analyst") else found.public(location)
    request.state.view = shown.view
    return shown


SnapshotDep = Annotated[Snapshot, Depends(snapshot)]


def handout(request: Request, held: RegisterDep, who: CallerDep) -> Snapshot:
    """Give the snapshot that a map or sheet to be handed out is made from."""
    full = asks_full(request, who)
    location = request.app.state.settings.restricted_location
    shown = handed_out(snapshot(request, held, who), location, full=full)
    request.state.view = shown.view
    return shown


HandoutDep = Annotated[Snapshot, Depends(handout)]
"""Public whoever asks, unless ``full=true`` says otherwise (see `service.handouts`)."""


async def form_of(request: Request) -> dict[str, str]:
    """Give the texts of a form; of a name that comes twice the last, and no files."""
    sent = (await request.form()).multi_items()
    return {name: value for name, value in sent if isinstance(value, str)}


FormDep = Annotated[dict[str, str], Depends(form_of)]
