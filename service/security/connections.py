"""What a connection may cost before anybody has shown a key: bytes, time and number.

uvicorn bounds the idle time between two requests and the number of connections in all; its
parser (llhttp) takes a head of any size and any age, and its connections may be opened and
left. `BoundedProtocol` is uvicorn's own protocol with these bounds:

==================  ===================================================================
connections         in all, and from one address (a proxy that is trusted is exempt)
head of a request   bytes, header fields, seconds; requests sent ahead of their answers
body                no slower than a kibibyte in ten seconds; closed soon after an answer
                    that did not wait for its end
answer              read within a minute, or the connection is cut: it lies in memory
requests            a minute and address, counted with the head's first byte
==================  ===================================================================

What is refused here is answered with a short problem and closed; nothing of it reaches the
application, and no more than one piece of 256 KiB of it ever lies in memory.
"""

import asyncio
import ipaddress
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from geodata.errors import InvalidInput
from service.http.problems import RETRY_AFTER
from service.http.representation import Header, size_of
from service.http.slices import Bytes, Part, flat, written
from service.security import telemetry
from service.security.guard import Direct, RateLimit, who_is
from service.settings import Settings

MOST_KNOWN, LONGEST_KNOWN = 256, 4_096
"""Headers that are known by their bytes, and the most bytes of a request with one of them."""
STATE = "gate"
"""Name of the gate in the state that the application's lifespan gives the server."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bounds of every connection; those of `Settings` are for operators to choose."""

    connections: int = 800
    per_address: int = 200
    head_bytes: int = 64 * 1024
    head_fields: int = 100
    head_seconds: float = 10.0
    ahead: int = 16
    """Requests that may wait for the answers before them."""
    body_seconds: float = 10.0
    body_bytes: int = 1024
    """Least bytes of a body in `body_seconds`."""
    linger_seconds: float = 5.0
    """How long the rest of a body is read past an answer that did not need it: closing at
    once would lose the answer with most clients."""
    answer_seconds: float = 60.0
    tick_seconds: float = 1.0


class Gate:
    """Counts the connections of one process and says which of them may stay.

    Parameters
    ----------
    settings
        Numbers of connections and requests, and the proxies that are trusted.
    bounds
        All others.
    """

    def __init__(self, settings: Settings, bounds: Bounds | None = None) -> None:
        self.bounds = bounds or Bounds(
            connections=settings.max_connections,
            per_address=settings.max_connections_per_address,
        )
        self.rate = RateLimit(settings.rate_per_minute)
        self._proxies = networks_of(settings.trusted_proxies)
        self.direct: Direct | None = None
        """Answers what is ready without the application; None = nothing is."""
        self.known: dict[bytes, Header] = {}
        """Headers that were parsed, by their bytes with the line's end before them."""
        self._own: tuple[Any, bytes] = (None, b"")
        self._open: Counter[str] = Counter()
        self._in_all = 0

    def lines_of(self, fields: list[tuple[bytes, bytes]]) -> bytes:
        """Write what the server puts into every header; it makes it anew each second."""
        if fields is not self._own[0]:
            self._own = fields, b"".join(b"%b: %b\r\n" % field for field in fields)
        return self._own[1]

    def enter(self, address: str) -> bool:
        """Count a new connection; False where it is one too many, and then not counted."""
        who, bounds = who_is(address), self.bounds
        if self._in_all >= bounds.connections:
            return False
        if self._open[who] >= bounds.per_address and not self.is_proxy(address):
            return False
        self._in_all += 1
        self._open[who] += 1
        return True

    def leave(self, address: str) -> None:
        """Forget a connection that was counted."""
        who = who_is(address)
        self._in_all -= 1
        self._open[who] -= 1
        if not self._open[who]:
            del self._open[who]

    def is_proxy(self, address: str) -> bool:
        """Say whether an address is that of a proxy which is trusted to name its clients."""
        if not self._proxies:
            return False
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self._proxies)


def networks_of(text: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Read addresses and networks, joined by commas.

    Raises
    ------
    InvalidInput
        One of them is neither.

    Examples
    --------
    >>> networks_of("10.0.0.7, fd00::/8")
    [IPv4Network('10.0.0.7/32'), IPv6Network('fd00::/8')]
    """
    found = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        try:
            found.append(ipaddress.ip_network(part))
        except ValueError:
            raise InvalidInput(
                f"HAZARDMAP_TRUSTED_PROXIES: {part[:60]!r} is neither an address nor a network. "
                "Write e.g. 127.0.0.1,10.0.0.0/8.",
                code="bad-proxy",
            ) from None
    return found


_PLAIN_LINE = re.compile(rb"(GET|HEAD) (/collections/[\w\-./:?=&,]+) HTTP/1\.1")


class BoundedProtocol(HttpToolsProtocol):
    """A connection as uvicorn has it, within the bounds of the gate.

    Without a gate (of an application that gives none) it is uvicorn's own.

    Clients send the same header with each request. Where a piece is one whole request, with a
    plain first line, and the parser has seen these very bytes behind another such line, they are
    not parsed again: a call for each field is most of what a short answer would cost.
    """

    _gate: Gate | None = None
    _address = ""
    _refused = False
    _head = 0
    """Bytes of the head that is arriving; not counted while none is."""
    _arriving = True
    """Whether a head is awaited: from the first byte, or from the connection's opening."""
    _since = 0.0
    _body_due = 0.0
    _body = 0
    _unread = False
    """Whether the body of the last request has not ended."""
    _direct = False
    """Whether the request that is being read has its answer already."""
    _header: Header | None = None
    """The header of that request, as it is known by then."""
    _between = False
    """Whether the parser has read nothing since the last direct answer, or at all."""
    _begun = 0
    """Requests that the parser has begun."""
    _used = 0.0
    """When the last request was answered whose end did not set the timer of uvicorn."""
    _tried = False
    """Whether the request that is being read was counted and has no ready answer."""
    _socket: int | None = None
    """Where bytes may be written as they are."""
    _trusted = False
    """Whether a proxy has opened the connection that is trusted to name its clients."""
    _stuck: tuple[int, float] | None = None
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Take a connection, unless it is one too many."""
        super().connection_made(transport)
        self._gate = self.app_state.get(STATE)
        if self._gate is None:
            return
        self._address = self.client[0] if self.client else "-"
        if not self._gate.enter(self._address):
            self._gate = None
            self._refuse(503, "too-many-connections", "Too many connections: close some of yours.")
            return
        self._since = self.loop.time()
        self._trusted = self._gate.is_proxy(self._address)
        self._between = not self._trusted
        plain = transport.get_extra_info("socket") if self.scheme == "http" else None
        self._socket = None if plain is None else plain.fileno()
        self._timer = self.loop.call_later(self._gate.bounds.tick_seconds, self._tick)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        if self._gate is not None:
            self._gate.leave(self._address)
            self._gate = None
        self._socket = None
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came, unless the head has grown too large."""
        if self._refused or self.parser is None:
            return
        if self._gate is None:
            super().data_received(data)
            return
        between, begun = self._between and len(data) <= LONGEST_KNOWN, self._begun
        if between and self._answered_unparsed(self._gate, data):
            return
        if not self._arriving and not self._unread:  # the first byte of a further request
            self._begin()
        if self._arriving:
            self._head += len(data)
        self._body += len(data)
        super().data_received(data)
        self._tried = False
        if between and self._between and self._begun == begun + 1:
            self._keep(self._gate, data)
        if self._gate is not None and self._arriving and self._head > self._gate.bounds.head_bytes:
            self._too_large()

    def _answered_unparsed(self, gate: Gate, data: bytes) -> bool:
        """Answer a whole request whose header is known."""
        end = data.find(b"\r\n")
        header = gate.known.get(data[end:])
        line = header and _PLAIN_LINE.fullmatch(data, 0, end)
        if header is None or not line or self.flow.write_paused or gate.direct is None:
            return False
        if not self._counted(gate):
            return True
        method, url = line.groups()
        self._tried = not self._given(gate, gate.direct, method.decode("ascii"), url, header)
        if self._tried:
            return False
        self._arriving = False
        self.server_state.total_requests += 1
        self._used = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._wait_for_more(self.timeout_keep_alive)
        return True

    def _wait_for_more(self, seconds: float) -> None:
        wake = self.timeout_keep_alive_handler
        self.timeout_keep_alive_task = self.loop.call_later(seconds, wake)

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection that was not used for long."""
        rest = self._used + self.timeout_keep_alive - self.loop.time()
        if rest > 0:
            self._wait_for_more(rest)
        else:
            super().timeout_keep_alive_handler()

    def _keep(self, gate: Gate, data: bytes) -> None:
        """Remember the header of a request that was parsed and answered at once."""
        header, end = self._header, data.find(b"\r\n")
        # What names one request or one answer does not come again.
        if header is None or header.request_id or header.known_tags:
            return
        if _PLAIN_LINE.fullmatch(data, 0, end):
            if len(gate.known) >= MOST_KNOWN:
                gate.known.clear()
            gate.known[data[end:]] = header

    def _begin(self) -> None:
        self._arriving, self._head, self._since = True, 0, self.loop.time()

    def on_message_begin(self) -> None:
        """Count a request with its first byte."""
        super().on_message_begin()
        self._between, self._begun = False, self._begun + 1
        # Armed by the answer to a request that came in the same piece.
        self._unset_keepalive_if_required()
        if not self._arriving:  # its first byte came in one piece with another request
            self._begin()
            self._head = 1
        if self._gate is None or self._refused or self._trusted:
            return
        if self._tried or self._counted(self._gate):
            self.scope["state"]["counted"] = self._address

    def _counted(self, gate: Gate) -> bool:
        """Count a request; False where it is one too many, which is said then."""
        try:
            gate.rate.check(who_is(self._address))
        except InvalidInput as error:
            self._refuse(429, error.code, error.message)
            return False
        return True

    def on_headers_complete(self) -> None:
        """Start the request, if its head is within the bounds."""
        if self._refused:
            return
        gate = self._gate
        if gate is not None:
            size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
            many = len(self.headers) > gate.bounds.head_fields
            if many or size > gate.bounds.head_bytes or len(self.pipeline) >= gate.bounds.ahead:
                self._too_large()
                return
            self._arriving, self._unread, self._body = False, True, 0
            self._body_due = self.loop.time() + gate.bounds.body_seconds
            self._direct = self._answered(gate)
            if self._direct:
                return
        super().on_headers_complete()

    def _answered(self, gate: Gate) -> bool:
        """Answer at once what is ready, in its turn and while the client takes what it is sent."""
        self._header = None
        if gate.direct is None or self._trusted or self._tried or self.flow.write_paused:
            return False
        if self.cycle is not None and not self.cycle.response_complete:
            return False
        parser = self.parser
        if parser.get_http_version() != "1.1" or not parser.should_keep_alive():
            return False
        self._header = gate.direct.read(self.headers)
        method = parser.get_method().decode("ascii")
        direct, header = gate.direct, self._header
        if header is None or not self._given(gate, direct, method, self.url, header):
            return False
        self._unread = False
        self.on_response_complete()
        return True

    def _given(self, gate: Gate, direct: Direct, method: str, url: bytes, header: Header) -> bool:
        """Give an answer that is ready; False where there is none."""
        where: Any = {"client": self._address, "server": self.server, "scheme": self.scheme}
        try:
            answer = direct.answer(method, url, header, **where)
        except Exception:  # noqa: BLE001 - it fails in the application, too, which says so
            return False
        if answer is None:
            return False
        own = gate.lines_of(self.server_state.default_headers)
        head = b"%b%b%b\r\n" % (STATUS_LINE[answer.status], own, answer.head)
        self._send((head,) if method == "HEAD" else (head, *answer.body))
        return True

    def _send(self, parts: tuple[Part, ...]) -> None:
        """Send an answer: what the system takes of it at once, as it lies, and then the rest.

        The transport would take as long for each part as the system for a copy of it.
        """
        rest = size_of(parts)
        if self._socket is not None and not self.transport.get_write_buffer_size():
            # None of it where it is full, or broken, as the transport finds and says.
            rest -= written(self._socket, parts)
        if rest:
            self.transport.writelines(last_of(list(flat(parts)), rest))

    def on_body(self, body: bytes) -> None:
        """Hand a piece of the body on."""
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """End a request's body; another request may follow in the same piece."""
        self._unread = False
        self._between = self._direct
        if not self._refused and not self._direct:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Go on to the next request; do not read a body for long that no one wants."""
        if self._gate is not None and self._unread:
            self.loop.call_later(self._gate.bounds.linger_seconds, self._close_unread, self.cycle)
        super().on_response_complete()

    def _close_unread(self, cycle: object) -> None:
        if self._unread and self.cycle is cycle and not self.transport.is_closing():
            self.transport.close()

    def _tick(self) -> None:
        gate = self._gate
        if gate is None or self._refused:
            return
        now, bounds = self.loop.time(), gate.bounds
        self._timer = self.loop.call_later(bounds.tick_seconds, self._tick)
        # What is closing is not closed before the rest of its answers is read.
        self._watch_answer(now, bounds)
        if self.transport.is_closing():
            return
        if self._arriving and self.flow.read_paused:
            self._since = now  # the client waits for us and not we for it
        elif self._arriving and now - self._since > bounds.head_seconds:
            if not self._head:  # opened in advance and never used, as browsers do
                self.transport.close()
                return
            self._refuse(408, "too-slow", "The head of the request did not arrive in time.")
        elif self._unread and now > self._body_due:
            # Where the application has not read yet, the client waits for us and not we for it.
            if self._body < bounds.body_bytes and not self.flow.read_paused:
                telemetry.REFUSED.labels("slow").inc()
                self.transport.abort()
                return
            self._body, self._body_due = 0, now + bounds.body_seconds

    def _watch_answer(self, now: float, bounds: Bounds) -> None:
        """Cut a connection whose reader takes nothing of the answer."""
        waiting = self.transport.get_write_buffer_size()
        if not waiting or self._stuck is None or waiting != self._stuck[0]:
            self._stuck = (waiting, now) if waiting else None
        elif now - self._stuck[1] > bounds.answer_seconds:
            telemetry.REFUSED.labels("slow").inc()
            self.transport.abort()

    def _too_large(self) -> None:
        text = "The head of the request is too large: shorten the address or send fewer headers."
        self._refuse(431, "head-too-large", text)

    def _refuse(self, status: int, code: str, text: str) -> None:
        """Answer and close; what comes afterwards is not looked at."""
        self._refused = True
        telemetry.REFUSED.labels(code).inc()
        if self.transport.is_closing():
            return
        if self.cycle is not None and not self.cycle.response_complete:
            self.transport.abort()  # in the middle of an answer there is no place for another
            return
        self._unset_keepalive_if_required()
        self.transport.write(short_problem(status, code, text))
        if self._gate is None or not self.transport.can_write_eof():
            self.transport.close()
            return
        # Closed at once, the answer would be lost while the client is still sending.
        self.flow.resume_reading()
        self.transport.write_eof()
        self.loop.call_later(self._gate.bounds.linger_seconds, self._close)

    def _close(self) -> None:
        if not self.transport.is_closing():
            self.transport.abort()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, unless it was refused already."""
        if not self._refused:
            super().send_400_response(msg)


def last_of(parts: Sequence[Bytes], size: int) -> list[Bytes]:
    """Give the last bytes of some parts.

    Examples
    --------
    >>> last_of([b"ab", b"cde"], 4)
    [b'b', b'cde']
    """
    found: list[Bytes] = []
    for part in reversed(parts):
        found.append(part[max(len(part) - size, 0) :])
        size -= len(found[-1])
        if not size:
            break
    return found[::-1]


def short_problem(status: int, code: str, text: str) -> bytes:
    """Write a problem as a whole answer, for connections that end with it."""
    title = HTTPStatus(status).phrase
    members = {"type": "about:blank", "title": title, "status": status, "detail": text}
    body = orjson.dumps(members | {"code": code, "description": text})
    wait = RETRY_AFTER.get(status)
    again = f"Retry-After: {wait}\r\n" if wait else ""
    head = (
        f"HTTP/1.1 {status} {title}\r\nContent-Type: application/problem+json\r\n{again}"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body
