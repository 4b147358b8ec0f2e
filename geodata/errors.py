"""The one error tree of the project.

::

    GeodataError            code, message, details
    ├── InvalidInput        what was given cannot be taken; details name field and row
    ├── NotFound            no such record, collection, edition
    ├── Ambiguous           more than one answer; carries the candidates
    ├── Undefined           the question has no answer for this data
    ├── Conflict            somebody else changed the record first
    ├── Forbidden           the caller's role does not allow it
    └── StoreError          the register's storage failed; nothing was written

The domain knows slugs (`code`), never HTTP: one table in the service maps each
class to a status.
"""

from collections.abc import Sequence
from typing import Any


class GeodataError(Exception):
    """Base of all errors that a caller can act on.

    Parameters
    ----------
    message
        A sentence that says what is wrong and what to do.
    code
        A stable slug, e.g. ``bad-bbox``; defaults to the class's own.
    details
        Problems, each with the field and where known the row.
    """

    default_code = "error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        details: Sequence[dict[str, Any]] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.details = list(details)


class InvalidInput(GeodataError):
    """What was given cannot be taken; nothing was changed."""

    default_code = "invalid-input"


class NotFound(GeodataError):
    """No such thing."""

    default_code = "not-found"


class Ambiguous(GeodataError):
    """More than one thing fits; `candidates` holds them, best first."""

    default_code = "ambiguous"

    def __init__(self, message: str, candidates: Sequence[Any], *, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.candidates = list(candidates)


class Undefined(GeodataError):
    """The number asked for is not defined for this data; `reason` is a slug."""

    default_code = "undefined"

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message, code=self.default_code)
        self.reason = reason


class Conflict(GeodataError):
    """The record was changed since it was read; read it again."""

    default_code = "conflict"


class Forbidden(GeodataError):
    """The caller's role does not allow this."""

    default_code = "forbidden"


class StoreError(GeodataError):
    """The register's storage failed; what was not acknowledged is not stored."""

    default_code = "store-error"
