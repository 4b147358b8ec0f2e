"""Limits of a request: its body's size, how often a caller may ask, and wrong keys."""

import hashlib
import ipaddress

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from geodata.errors import InvalidInput
from service.security import metrics

SMALL_BODY = 64 * 1024
"""Most bytes of a body without a key: as much as the form of the login needs, and more."""
MEMORY_BODY = 8 * 2**20
"""Most bytes of a body that is held in memory; only files are streamed to disk."""
WRONG_OF_ADDRESS = 20
"""Wrong keys a minute from one address before it has to wait."""
WRONG_OF_KEY = 10
"""Wrong secrets a minute for one key's id before it is not tried further."""


class RateLimit:
    """Requests a minute for one key or address, counted in each worker.

    Parameters
    ----------
    per_minute
        0 = no limit.
    """

    def __init__(self, per_minute: int) -> None:
        self._rule = parse(f"{per_minute}/minute") if per_minute else None
        # Two counters for each identity, whatever the limit: a list of hits would grow with it.
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

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


class Brake:
    """Slows down who tries keys, without locking out those whose key worked before.

    Wrong keys are counted for an address and for the id that they name. Over the limit
    nothing is compared for a minute, but for keys that were right since the start: a wrong
    script in an office, or a stranger who knows a key's id, stops nobody at work.
    """

    def __init__(self) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._address = parse(f"{WRONG_OF_ADDRESS}/minute")
        self._key = parse(f"{WRONG_OF_KEY}/minute")
        self._right: dict[bytes, None] = {}

    def check(self, address: str, key_id: str, text: str) -> None:
        """Say whether a key may be tried now.

        Raises
        ------
        InvalidInput
            Too many wrong ones were tried in the last minute (429).
        """
        if _digest(text) in self._right:
            return
        free = self._limiter.test(self._address, "address", address)
        if free and (not key_id or self._limiter.test(self._key, "key", key_id)):
            return
        metrics.REFUSED.labels("wrong-keys").inc()
        raise InvalidInput(
            "Too many wrong keys were tried: wait a minute and try again.",
            code="too-many-requests",
        )

    def note(self, address: str, key_id: str, text: str, *, right: bool) -> None:
        """Note what a key that was tried turned out to be."""
        if right:
            if len(self._right) > 10_000:
                self._right.clear()
            self._right[_digest(text)] = None
            return
        self._right.pop(_digest(text), None)
        self._limiter.hit(self._address, "address", address)
        if key_id:
            self._limiter.hit(self._key, "key", key_id)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def who_is(address: str) -> str:
    """Give what an address counts as: one host has a whole /64 of IPv6 addresses to choose from.

    Examples
    --------
    >>> who_is("2001:db8::17"), who_is("192.0.2.7")
    ('2001:db8::/64', '192.0.2.7')
    """
    if ":" not in address:
        return address
    try:
        found = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))


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
