"""What handlers ask for: the settings, the register, and a snapshot they may see."""

from typing import Annotated

from fastapi import Depends, Request

from geodata.intervals import parse_interval
from geodata.register import Register, Snapshot
from service.auth import CallerDep
from service.settings import Settings


def settings(request: Request) -> Settings:
    """Give the application's settings."""
    found: Settings = request.app.state.settings
    return found


def register(request: Request) -> Register:
    """Give the application's register, for writes and for history."""
    found: Register = request.app.state.register
    return found


SettingsDep = Annotated[Settings, Depends(settings)]
RegisterDep = Annotated[Register, Depends(register)]


def snapshot(request: Request, held: RegisterDep, who: CallerDep) -> Snapshot:
    """Give the snapshot asked for (`as-of`, `boundaries`), in the view of the caller's role.

    Every layer, map, tile and export is made from this and nothing else: what a role may
    not see is not in it.
    """
    text = request.query_params.get("as-of")
    as_of = parse_interval(text, field="as-of").end if text else None
    edition = request.query_params.get("boundaries")
    found = held.snapshot(as_of, boundaries=edition)
    location = request.app.state.settings.restricted_location
    return found if who.may("analyst") else found.public(location)


SnapshotDep = Annotated[Snapshot, Depends(snapshot)]
