"""Who is asking, and what that role may do."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from fastapi import Depends, Request

from geodata.errors import Forbidden, InvalidInput

Role = Literal["public", "analyst", "editor", "admin"]
ORDER: tuple[Role, ...] = ("public", "analyst", "editor", "admin")


@dataclass(frozen=True, slots=True)
class Caller:
    """The key's name and role; without a key the public."""

    name: str = "public"
    role: Role = "public"
    key_id: str | None = field(default=None, compare=False)
    session: str | None = field(default=None, compare=False)
    """Id of the browser's session; None where a key came with the request itself."""

    def may(self, role: Role) -> bool:
        """Say whether the caller has at least `role`."""
        return ORDER.index(self.role) >= ORDER.index(role)

    def require(self, role: Role) -> None:
        """Raise unless the caller has at least `role`.

        Raises
        ------
        InvalidInput
            No key was given (401).
        Forbidden
            The key's role is too low (403).
        """
        if self.may(role):
            return
        if self.role == "public":
            raise InvalidInput(
                f"This needs a key with the role {role}: send it as 'Authorization: Bearer KEY'.",
                code="unauthorised",
            )
        raise Forbidden(f"This needs the role {role}; the key {self.name!r} has {self.role}.")


def caller(request: Request) -> Caller:
    """Find the caller by the request's key; the middleware has put it there."""
    found = getattr(request.state, "caller", None)
    return found if isinstance(found, Caller) else Caller()


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
