"""What a connection may cost without a key: bytes, time and number, over real sockets."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from threading import Thread
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request
from starlette.responses import PlainTextResponse, StreamingResponse

from service.commands.serve import server_options
from service.http.representation import Answer, header_of
from service.security.connections import STATE, Bounds, Gate
from service.security.guard import who_is
from service.settings import Settings

BOUNDS = Bounds(
    connections=12,
    per_address=8,
    head_bytes=4_096,
    head_fields=20,
    head_seconds=0.4,
    body_seconds=0.4,
    body_bytes=100,
    linger_seconds=0.3,
    answer_seconds=0.4,
    tick_seconds=0.05,
)
ROOMY = replace(BOUNDS, connections=40, per_address=40)
HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n"
READY = b"GET /ready HTTP/1.1\r\nHost: x\r\n\r\n"


KNOWN = b"/collections/known"
LARGE = b"x" * (16 << 20)
"""More than lies between the two ends of a connection."""


class Ready:
    """Gives some answers before the application, as `Direct` does."""

    read = staticmethod(header_of)

    def answer(self, _method: str, url: bytes, *_given: Any, **_named: Any) -> Answer | None:
        if url == b"/broken":
            raise RuntimeError(url)
        body = {b"/ready": b"ready", KNOWN: b"ready", b"/ready-large": LARGE}.get(url)
        if body is None:
            return None
        return Answer(200, b"Content-Length: %d\r\n" % len(body), (body,), "/ready")


class Running:
    """A small application behind the protocol, on a thread of its own."""

    def __init__(self, bounds: Bounds, **settings: Any) -> None:
        made = Settings(**settings)
        self.gate = Gate(made, bounds)
        self.gate.direct = Ready()  # type: ignore[assignment]
        options = server_options(made) | {"app": self._app(), "factory": False}
        self.listening = socket.socket()
        self.listening.bind(("127.0.0.1", 0))
        self.listening.listen(64)
        config = uvicorn.Config(**options, log_level="error", timeout_keep_alive=1)
        self.server = uvicorn.Server(config)
        self.thread = Thread(target=self.server.run, kwargs={"sockets": [self.listening]})
        self.thread.start()

    def _app(self) -> FastAPI:
        @asynccontextmanager
        async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
            yield {STATE: self.gate}

        app = FastAPI(lifespan=lifespan)

        async def endless() -> AsyncIterator[bytes]:
            while True:
                yield b"x" * 65_536
                await asyncio.sleep(0)

        async def slow(_: Request) -> PlainTextResponse:
            await asyncio.sleep(3 * BOUNDS.head_seconds)
            return PlainTextResponse("slow")

        app.add_route("/", lambda request: PlainTextResponse(f"{request.client.host}"))
        app.add_route("/refused", lambda _: PlainTextResponse("no", 401), methods=["POST"])
        app.add_route("/ready", lambda _: PlainTextResponse("ready"))
        app.add_route("/large", lambda _: PlainTextResponse(LARGE))
        app.add_route("/broken", lambda _: PlainTextResponse("mended"))
        app.add_route("/slow", slow)
        app.add_route("/endless", lambda _: StreamingResponse(endless()))

        async def read(request: Request) -> PlainTextResponse:
            return PlainTextResponse(str(len(await request.body())))

        app.add_route("/read", read, methods=["POST"])
        return app

    def connect(self) -> socket.socket:
        return socket.create_connection(self.listening.getsockname(), timeout=5)

    def ask(self, *pieces: bytes) -> bytes:
        """Send pieces and read until the server closes."""
        with self.connect() as client:
            try:
                for piece in pieces:
                    client.sendall(piece)
            except OSError:
                pass
            return until_closed(client)

    def is_to_end(self) -> None:
        self.server.should_exit = True
        self.server.force_exit = True

    def end(self) -> None:
        self.thread.join(10)
        self.listening.close()


def until_closed(client: socket.socket) -> bytes:
    found = b""
    try:
        while piece := client.recv(65_536):
            found += piece
    except ConnectionError:
        pass
    return found


Start = Callable[..., Running]


@pytest.fixture(scope="module")
def start() -> Iterator[Start]:
    """Starts servers, which end together after the last test: each takes its time for it."""
    started: list[Running] = []

    def one(bounds: Bounds = ROOMY, **settings: Any) -> Running:
        started.append(Running(bounds, **settings))
        return started[-1]

    yield one
    for server in started:
        server.is_to_end()
    for server in started:
        server.end()


@pytest.fixture(scope="module")
def running(start: Start) -> Running:
    return start()


Exchange = Callable[[Start, Running], Any]
_waiting: list[Exchange] = []


def waits(exchange: Exchange) -> Exchange:
    """Let an exchange that waits for a time limit begin with the others of its kind."""
    _waiting.append(exchange)
    return exchange


@pytest.fixture(scope="module")
def outcome(start: Start, running: Running) -> Iterator[Callable[[Exchange], Any]]:
    """What an exchange that waits came to: all of them go on at once."""
    with ThreadPoolExecutor(len(_waiting)) as pool:
        begun = {exchange: pool.submit(exchange, start, running) for exchange in _waiting}
        yield lambda exchange: begun[exchange].result()


def test_a_head_within_the_bounds_is_answered(running: Running) -> None:
    answer = running.ask(HEAD + b"Connection: close\r\nX-A: " + b"a" * 3_000 + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "pieces",
    [
        (HEAD + b"X-A: " + b"a" * 5_000 + b"\r\n\r\n",),
        (HEAD + b"X-A: ", *[b"a" * 1_000] * 40),  # never finished
        (b"GET /" + b"a" * 5_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",),
        (HEAD + b"".join(b"X-%d: a\r\n" % i for i in range(30)) + b"\r\n",),
    ],
    ids=["whole", "unfinished", "address", "fields"],
)
def test_a_head_over_the_bounds_is_431(running: Running, pieces: tuple[bytes, ...]) -> None:
    answer = running.ask(*pieces)
    assert answer.startswith(b"HTTP/1.1 431")
    assert b'"code":"head-too-large"' in answer


def test_requests_sent_far_ahead_of_their_answers_are_refused(running: Running) -> None:
    answer = running.ask(*[(HEAD + b"\r\n") * 100])
    assert answer.count(b"HTTP/1.1 200") < 30


@waits
def nothing(_: Start, running: Running) -> bytes:
    return running.ask()


@waits
def half_a_head(_: Start, running: Running) -> bytes:
    return running.ask(b"GET / HTTP/1.1\r\nHo")


@waits
def half_a_body(_: Start, running: Running) -> bytes:
    return running.ask(b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nabc")


@pytest.mark.parametrize(
    ("exchange", "status"),
    [(nothing, b""), (half_a_head, b"HTTP/1.1 408"), (half_a_body, b"")],
)
def test_what_is_left_unfinished_is_closed(
    outcome: Callable[[Exchange], bytes], exchange: Exchange, status: bytes
) -> None:
    assert outcome(exchange)[:12] == status


@waits
def further_head(_: Start, running: Running) -> tuple[bytes, bytes]:
    with running.connect() as client:
        client.sendall(HEAD + b"\r\n")
        first = client.recv(4_096)
        client.sendall(b"GET / HT")
        return first, until_closed(client)


def test_a_further_head_on_the_same_connection_has_its_own_time(
    outcome: Callable[[Exchange], tuple[bytes, bytes]],
) -> None:
    first, rest = outcome(further_head)
    assert b"200 OK" in first
    assert rest.startswith(b"HTTP/1.1 408")


@waits
def head_behind_a_ready_answer(_: Start, running: Running) -> bytes:
    return running.ask(READY + b"GET / HT")


def test_a_head_begun_behind_a_ready_answer_has_its_own_time(
    outcome: Callable[[Exchange], bytes],
) -> None:
    answers = outcome(head_behind_a_ready_answer)
    assert answers.startswith(b"HTTP/1.1 200")
    assert b"ready" + b"HTTP/1.1 408" in answers


@waits
def head_that_waits(_: Start, running: Running) -> tuple[bytes, bytes]:
    slow = b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"
    with running.connect() as client:
        client.sendall(slow + READY + b"GET /ready HT")
        stream = client.makefile("rb")
        first = stream.readline()
        client.sendall(b"TP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return first, stream.read()


def test_a_head_that_waits_for_the_answers_before_it_is_waited_for(
    outcome: Callable[[Exchange], tuple[bytes, bytes]],
) -> None:
    first, rest = outcome(head_that_waits)
    assert first.startswith(b"HTTP/1.1 200")
    assert rest.count(b"HTTP/1.1 ") == 2


def test_what_fails_before_the_application_is_left_to_it(running: Running) -> None:
    broken = b"GET /broken HTTP/1.1\r\nHost: x\r\n\r\n"
    answers = running.ask(broken + HEAD + b"Connection: close\r\n\r\n")
    assert answers.count(b"HTTP/1.1 200") == 2
    assert b"mended" in answers


@waits
def used_and_left(_: Start, running: Running) -> list[bytes]:
    answers = []
    with running.connect() as client:
        for _turn in range(5):
            client.sendall(b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n" % KNOWN)
            answers.append(client.recv(4_096))
            time.sleep(0.3)
        return [*answers, until_closed(client)]


def test_a_connection_is_kept_while_it_is_used_and_closed_afterwards(
    running: Running, outcome: Callable[[Exchange], list[bytes]]
) -> None:
    *answers, rest = outcome(used_and_left)
    assert all(answer.endswith(b"ready") for answer in answers)
    assert running.gate.known
    assert rest == b""


@waits
def steady_body(_: Start, running: Running) -> bytes:
    with running.connect() as client:
        client.sendall(
            b"POST /read HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2000\r\n\r\n"
        )
        for _turn in range(10):
            client.sendall(b"x" * 200)
            time.sleep(0.1)
        return until_closed(client)


def test_a_body_that_arrives_steadily_is_taken_however_long(
    outcome: Callable[[Exchange], bytes],
) -> None:
    assert outcome(steady_body).endswith(b"2000")


@waits
def refused_body(_: Start, running: Running) -> bytes:
    with running.connect() as client:
        client.sendall(b"POST /refused HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\nabc")
        return until_closed(client)


def test_the_rest_of_a_refused_body_is_not_read_for_long(
    outcome: Callable[[Exchange], bytes],
) -> None:
    assert outcome(refused_body).startswith(b"HTTP/1.1 401")


@waits
def unread_answers(start: Start, _: Running) -> int:
    # It waits for an answer to be read for longer than for the next request.
    running, paths = (
        start(replace(BOUNDS, answer_seconds=2)),
        (b"/endless", b"/large", b"/ready-large"),
    )
    with ExitStack() as open_ones:
        for path in paths:
            client = open_ones.enter_context(running.connect())
            client.sendall(b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n" % path)
        until(lambda: running.gate._in_all == len(paths))
        until(lambda: running.gate._in_all == 0)
        return running.gate._in_all


def test_answers_that_nobody_reads_are_cut(outcome: Callable[[Exchange], int]) -> None:
    assert outcome(unread_answers) == 0


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@waits
def too_many(start: Start, _: Running) -> tuple[int, bytes]:
    running = start(BOUNDS)
    clients = [running.connect() for _turn in range(10)]
    refused = [client for client in clients if b" 503 " in until_closed(client)]
    for client in clients:
        client.close()
    until(lambda: running.gate._in_all == 0)
    return len(refused), running.ask(HEAD + b"Connection: close\r\n\r\n")


def test_connections_of_one_address_are_bounded_and_come_back(
    outcome: Callable[[Exchange], tuple[int, bytes]],
) -> None:
    refused, again = outcome(too_many)
    assert refused == 2
    assert again.startswith(b"HTTP/1.1 200")


def test_the_rate_is_counted_with_the_heads_first_byte(start: Start) -> None:
    running = start(rate_per_minute=3)
    codes = [running.ask(HEAD + b"Connection: close\r\n\r\n")[9:12] for _ in range(4)]
    half = running.ask(b"GET")
    assert codes == [b"200", b"200", b"200", b"429"]
    assert b" 429 " in half


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [("", b"127.0.0.1"), ("10.0.0.0/8", b"127.0.0.1"), ("127.0.0.1", b"9.9.9.9")],
)
def test_only_a_trusted_proxy_names_its_clients(start: Start, proxies: str, seen: bytes) -> None:
    running = start(trusted_proxies=proxies)
    answer = running.ask(HEAD + b"X-Forwarded-For: 9.9.9.9\r\nConnection: close\r\n\r\n")
    assert answer.endswith(seen)


def test_a_trusted_proxy_may_open_more_connections_than_an_address() -> None:
    gate = Gate(Settings(trusted_proxies="10.0.0.1"), BOUNDS)
    assert [gate.enter("10.0.0.1") for _ in range(12)] == [True] * 12
    assert not gate.enter("10.0.0.2")  # but not more than there are in all
    for _ in range(12):
        gate.leave("10.0.0.1")
    assert [gate.enter("192.0.2.1") for _ in range(9)] == [True] * 8 + [False]


def test_the_many_addresses_of_one_host_count_as_one() -> None:
    assert who_is("2001:db8::1") == who_is("2001:db8::2:1") != who_is("2001:db8:0:1::1")
    assert who_is("::ffff:192.0.2.1") == "192.0.2.1"
    assert who_is("testclient") == "testclient"


def test_whom_a_trusted_proxy_names_is_not_counted_as_the_proxy(start: Start) -> None:
    running = start(trusted_proxies="127.0.0.1", rate_per_minute=3)
    named = HEAD + b"X-Forwarded-For: 9.9.9.9\r\nConnection: close\r\n\r\n"
    codes = [running.ask(named)[9:12] for _ in range(5)]
    assert codes == [b"200"] * 5


def test_connections_of_one_host_count_together_whichever_address_it_chooses() -> None:
    gate = Gate(Settings(), BOUNDS)
    taken = [gate.enter(f"2001:db8::{n}:0:0:1") for n in range(1, 10)]
    assert taken == [True] * 8 + [False]
    assert gate.enter("2001:db8:0:1::1")
