"""What handlers ask for: the settings, the register, and a snapshot they may see."""

from typing import Annotated

from fastapi import Depends, Request

from geodata.errors import InvalidInput
from geodata.intervals import parse_interval
from geodata.register import Register, Snapshot
from service.auth import Caller, CallerDep
from service.handouts import ASKED, handed_out
from service.settings import Settings

_SWITCHES = {"1": True, "true": True, "0": False, "false": False}


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
    edition = request.query_params.get("boundaries") or None
    found = held.snapshot(as_of, boundaries=edition)
    location = request.app.state.settings.restricted_location
    shown = found if who.may("analyst") else found.public(location)
    request.state.view = shown.view
    return shown


SnapshotDep = Annotated[Snapshot, Depends(snapshot)]


def asks_full(request: Request, who: Caller, *, otherwise: bool = False) -> bool:
    """Say whether something to be handed out was asked for in full, on purpose (``full``).

    Parameters
    ----------
    request
        With ``full=true`` or ``full=false``, or neither.
    who
        Has to be an analyst at least to ask for it.
    otherwise
        What is meant where nothing is said.

    Raises
    ------
    InvalidInput
        It is neither true nor false; or nobody with a key asks (401).
    Forbidden
        The role does not see restricted records.
    """
    text = request.query_params.get(ASKED)
    if text is None:
        return otherwise
    if text.lower() not in _SWITCHES:
        raise InvalidInput(
            f"{ASKED} is true or false, not {text[:40]!r}.",
            code="bad-full",
            details=[{"field": ASKED, "reason": "is neither true nor false"}],
        )
    if _SWITCHES[text.lower()]:
        who.require("analyst")
    return _SWITCHES[text.lower()]


def handout(request: Request, held: RegisterDep, who: CallerDep) -> Snapshot:
    """Give the snapshot that a map or sheet to be handed out is made from."""
    full = asks_full(request, who)
    location = request.app.state.settings.restricted_location
    shown = handed_out(snapshot(request, held, who), location, full=full)
    request.state.view = shown.view
    return shown


HandoutDep = Annotated[Snapshot, Depends(handout)]
"""Public whoever asks, unless ``full=true`` says otherwise (see `service.handouts`)."""
