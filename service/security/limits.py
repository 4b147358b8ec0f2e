"""Limits of a request: its body's size and how often a caller may ask."""

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from geodata.errors import InvalidInput
from service.security import metrics


class RateLimit:
    """Requests a minute for one key or address, counted in each worker.

    Parameters
    ----------
    per_minute
        0 = no limit.
    """

    def __init__(self, per_minute: int) -> None:
        self._rule = parse(f"{per_minute}/minute") if per_minute else None
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def check(self, identity: str) -> None:
        """Count one request.

        Raises
        ------
        InvalidInput
            Too many in the last minute (429).
        """
        if self._rule is None or self._limiter.hit(self._rule, identity):
            return
        metrics.REFUSED.labels("rate").inc()
        raise InvalidInput(
            f"More than {self._rule.amount} requests a minute: wait a minute and go on.",
            code="too-many-requests",
        )


def too_large(limit: int) -> HTTPException:
    """Make the error of a body over the limit; the framework's own kind passes its parsers."""
    metrics.REFUSED.labels("body").inc()
    return HTTPException(
        413, f"The body is larger than {limit / 2**20:g} MiB: send less at a time."
    )


def counted(receive: Receive, limit: int) -> Receive:
    """Wrap `receive` so that a body stops at `limit` bytes, whatever its header said.

    Raises
    ------
    HTTPException
        From the wrapped call, with the first byte over the limit (413).
    """
    seen = 0

    async def wrapped() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise too_large(limit)
        return message

    return wrapped
