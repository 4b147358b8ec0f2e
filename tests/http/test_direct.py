"""Answers given by the connection itself, before the application: the same, and only what is
ready for everybody."""

import logging
import re
import socket
import time
from collections.abc import Callable, Iterator
from threading import Thread

import orjson
import pytest
import uvicorn

from geodata.errors import InvalidInput
from service.commands.serve import server_options
from service.security import telemetry
from service.security.connections import LONGEST_KNOWN, MOST_KNOWN
from service.security.guard import RateLimit
from service.security.telemetry import AccessLog, Answered, JsonLines
from tests.http.conftest import COUNT, World, made, open_world
from tests.http.test_quick import HEADERS, ITEMS, TILES
from tests.http.test_quick import PATHS as ALL_PATHS

# What is computed has to be made first, and is given by the application in any case.
PATHS = [path for path in ALL_PATHS if "/risk/" not in path]
READY = [
    f"{ITEMS}/m0001",
    f"{ITEMS}?limit=7&offset=3",
    f"{ITEMS}?bbox=46,39,47,40&limit=500",
    "/collections/districts/items?limit=90000",
    f"{TILES}/8/97/160",
]


class Served:
    """The application behind its own protocol, on a port of its own."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.gate = world.client.app.state.gate
        self.direct = self.gate.direct
        self.gate.rate = RateLimit(0)
        self.answered = 0
        options = server_options(world.client.app.state.settings)
        options |= {"app": world.client.app, "factory": False, "log_config": None}
        self.listening = socket.socket()
        # What is not read yet lies with the service, not with the system.
        self.listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
        self.listening.bind(("127.0.0.1", 0))
        self.listening.listen(16)
        self.server = uvicorn.Server(uvicorn.Config(**options, log_level="error"))
        self.thread = Thread(
            target=self.server.run, kwargs={"sockets": [self.listening]}, daemon=True
        )
        self.thread.start()
        self.answer, self.read = self.counted, self.direct.read

    def counted(self, *given, **named):
        found = self.direct.answer(*given, **named)
        self.answered += found is not None
        return found

    def exchange(self, *requests: bytes) -> list[tuple[int, dict[str, str], bytes]]:
        """Send requests at once over one connection; gives their answers in order."""
        with socket.create_connection(self.listening.getsockname(), timeout=30) as client:
            client.sendall(b"".join(requests))
            stream = client.makefile("rb")
            return [self._read(stream, head=one.startswith(b"HEAD")) for one in requests]

    @staticmethod
    def _read(stream, *, head: bool) -> tuple[int, dict[str, str], bytes]:
        status = int(stream.readline().split()[1])
        fields = {}
        while (line := stream.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode().strip().partition(": ")
            assert name.lower() not in fields, name
            fields[name.lower()] = value
        if head or status in (204, 304):
            return status, fields, b""
        if "content-length" in fields:
            return status, fields, stream.read(int(fields["content-length"]))
        pieces = []
        while size := int(stream.readline(), 16):
            pieces.append(stream.read(size))
            stream.readline()
        stream.readline()
        return status, fields, b"".join(pieces)


def request(path: str, headers: dict[str, str] | None = None, method: str = "GET") -> bytes:
    fields = {"Host": "testserver"} | (headers or {})
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    world = open_world(tmp_path_factory.mktemp("direct"), COUNT)
    found = Served(world)
    try:
        found.gate.direct = found
        for path in PATHS * 2:
            found.exchange(request(path))
        yield found
    finally:
        found.server.should_exit = True
        found.thread.join(10)
        found.listening.close()
        world.register.close()


def told(answer) -> tuple:
    status, fields, body = answer
    fields = {k: v for k, v in fields.items() if k not in ("x-request-id", "date")}
    body = re.sub(rb'"timeStamp":"[^"]*"', b"", body)
    if "ogc-numbermatched" in fields:
        fields.pop("content-length", None)
        if "content-encoding" in fields:
            body = b""
    return status, fields, body


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        *(("GET", headers) for headers in HEADERS),
        ("GET", {"Accept-Encoding": "gzip"}),
        ("GET", {"Accept-Encoding": "zstd, br"}),
        ("GET", {"Host": "other.example:81"}),
        ("GET", {"Host": "evil.example/%22<script>"}),
        ("HEAD", {}),
        ("HEAD", {"If-None-Match": "*"}),
        ("HEAD", {"Accept-Encoding": "gzip"}),
    ],
    ids=str,
)
def test_the_application_gives_the_same(served, method, headers) -> None:
    for path in PATHS:
        asked = request(path, headers, method)
        [short] = served.exchange(asked)
        served.gate.direct = None
        try:
            [long] = served.exchange(asked)
        finally:
            served.gate.direct = served
        assert told(short) == told(long), path


@pytest.mark.parametrize("path", READY)
def test_what_is_ready_needs_no_application(served, path) -> None:
    before = served.answered
    [(status, fields, _)] = served.exchange(request(path, {"X-Request-ID": "abcdefgh"}))
    assert (status, served.answered) == (200, before + 1)
    assert fields["x-request-id"] == "abcdefgh"
    assert fields["hazardmap-view"] == "public"


@pytest.mark.parametrize("path", READY)
def test_what_the_client_has_is_confirmed(served, path) -> None:
    for coding in ("identity", "gzip"):
        headers = {"Accept-Encoding": coding}
        [(_, fields, _)] = served.exchange(request(path, headers))
        before = served.answered
        again = headers | {"If-None-Match": fields["etag"]}
        [(status, confirmed, _)] = served.exchange(request(path, again))
        assert (status, confirmed["etag"]) == (304, fields["etag"])
        assert served.answered == before + 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer nothing"},
        {"Cookie": "session=nothing"},
        {"Connection": "close"},
        {"Content-Length": "0"},
        {"Transfer-Encoding": "chunked"},
        {"Expect": "100-continue"},
        {"Range": "bytes=0-9"},
        {"Accept": "text/html"},
    ],
    ids=str,
)
def test_the_application_looks_at_the_rest(served, headers) -> None:
    before = served.answered
    asked = request(f"{ITEMS}/m0001", headers)
    if "Transfer-Encoding" in headers:
        asked += b"0\r\n\r\n"
    served.exchange(asked)
    assert served.answered == before


def test_requests_sent_ahead_are_answered_in_their_turn(served) -> None:
    slow = request("/", {"Accept": "text/html"})
    ready = request(f"{ITEMS}/m0001")
    answers = served.exchange(ready, slow, ready, ready, slow)
    kinds = [fields["content-type"].partition(";")[0] for _, fields, _ in answers]
    json, html = "application/geo+json", "text/html"
    assert kinds == [json, html, json, json, html]


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


LINE = f"GET {READY[0]} HTTP/1.1".encode()


@pytest.mark.parametrize(
    "line",
    [
        LINE,
        LINE.replace(b"GET", b"HEAD"),
        LINE.replace(b"GET", b"get"),
        LINE.replace(b"GET", b"POST"),
        LINE.replace(b"GET ", b"GET  "),
        LINE.replace(b"1.1", b"1.0"),
        LINE.replace(b"1.1", b"1.2"),
        LINE.replace(b" HTTP", b"\tHTTP"),
        LINE.replace(b" HTTP", b"#there HTTP"),
        LINE.replace(b" HTTP", b"%20 HTTP"),
        LINE.replace(b" HTTP", b"\xc3\xa9 HTTP"),
        LINE + b" ",
        b"\r\n" + LINE,
        b" " + LINE,
        b"",
    ],
)
def test_a_known_header_makes_no_other_line_acceptable(served, line) -> None:
    header = request("/", {"X-Known": "yes"}).partition(b"\r\n")[2]
    served.exchange(LINE + b"\r\n" + header)
    until(lambda: b"\r\n" + header in served.gate.known)
    behind_one = [served.exchange(LINE + b"\r\n" + header, line + b"\r\n" + header)[1]]
    known = served.exchange(line + b"\r\n" + header)
    served.gate.known.clear()
    for given in (known, behind_one):
        assert [told(one) for one in given] == [
            told(one) for one in served.exchange(line + b"\r\n" + header)
        ]
        served.gate.known.clear()


def test_a_known_header_is_known_in_one_piece_alone(served) -> None:
    asked = request(READY[1], {"X-Known": "in pieces"})
    [whole] = served.exchange(asked)
    for at in (3, asked.index(b"\r\n"), asked.index(b"\r\n") + 2, len(asked) - 2):
        with socket.create_connection(served.listening.getsockname(), timeout=30) as client:
            stream = client.makefile("rb")
            for piece in (asked[:at], asked[at:], asked, asked + asked[:at], asked[at:]):
                client.sendall(piece)
                time.sleep(0.02)
            for _ in range(4):
                assert told(served._read(stream, head=False)) == told(whole)


def test_headers_that_come_once_are_not_remembered(served) -> None:
    served.gate.known.clear()
    [(_, fields, _)] = served.exchange(request(READY[0]))
    # It is remembered after its answer is given.
    until(lambda: len(served.gate.known) > 0)
    served.gate.known.clear()
    for once in ({"X-Request-ID": "abcdefgh"}, {"If-None-Match": fields["etag"]}):
        served.exchange(request(READY[0], once))
    served.exchange(request(READY[0], {"X-Long": "x" * LONGEST_KNOWN}))
    asked = [request(READY[0], {"X-Number": str(number)}) for number in range(MOST_KNOWN + 1)]
    served.exchange(asked[0])
    until(lambda: len(served.gate.known) > 0)
    assert list(served.gate.known) == [asked[0][asked[0].index(b"\r\n") :]]
    for one in asked[1:]:
        served.exchange(one)
        assert len(served.gate.known) <= MOST_KNOWN


class Counting(RateLimit):
    """Lets some requests pass, and counts."""

    def __init__(self, most: int) -> None:
        super().__init__(0)
        self.most, self.count = most, 0

    def check(self, _identity: str) -> None:
        self.count += 1
        if self.count > self.most:
            raise InvalidInput("too many", code="too-many-requests")


def test_a_request_is_counted_once_whoever_answers_it(served, monkeypatch) -> None:
    ready, slow = request(READY[0]), request(f"{ITEMS}?sortby=killed&limit=3")
    served.exchange(ready, slow)
    rate = Counting(5)
    monkeypatch.setattr(served.gate, "rate", rate)
    for asked in (ready, slow, ready, slow, ready):
        [(status, _, _)] = served.exchange(asked)
        assert status == 200
    assert rate.count == 5
    for asked in (ready, slow):
        [(status, _, _)] = served.exchange(asked)
        assert status == 429


def test_no_name_that_is_none_gets_into_a_link(served) -> None:
    before = served.answered
    [(_, fields, body)] = served.exchange(request(READY[1], {"Host": 'evil.example/"<x>'}))
    assert served.answered == before + 1
    assert b"evil" not in body
    assert "evil" not in fields["link"]
    [(_, fields, body)] = served.exchange(request(READY[1], {"Host": "other.example:81"}))
    assert b'"http://other.example:81/collections/' in body
    assert "http://other.example:81/collections/" in fields["link"]


def test_answers_that_nobody_reads_do_not_pile_up(served) -> None:
    path = f"{ITEMS}?limit={COUNT}"
    [(_, _, whole)] = served.exchange(request(path))
    ahead = 14
    before = served.answered
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        client.connect(served.listening.getsockname())
        client.sendall(request(path) * ahead)
        most = 0
        for _ in range(20):
            time.sleep(0.01)
            open_now = list(served.server.server_state.connections)
            most = max([most, *(one.transport.get_write_buffer_size() for one in open_now)])
        assert 0 < most <= len(whole) + 2**17  # one answer, and what is taken before it is full
        stream = client.makefile("rb")
        for _ in range(ahead):
            assert served._read(stream, head=False)[2][-300:] == whole[-300:]
    assert served.answered > before


def test_nothing_is_given_of_a_damaged_register(served, monkeypatch) -> None:
    integrity = served.world.register.watch.integrity
    monkeypatch.setattr(type(integrity), "damage", property(lambda _: "a line was altered"))
    [(status, _, _)] = served.exchange(request(f"{ITEMS}/m0001"))
    assert status == 503


def test_a_write_is_in_the_next_answer(served) -> None:
    path = f"{ITEMS}/m0003"
    [(_, before, _)] = served.exchange(request(path))
    changed = served.world.register.newest().incident("m0003")
    changed = changed.model_copy(update={"device": "ied"})
    served.world.register.replace(changed, author="test")
    for _ in range(2):
        [(_, after, body)] = served.exchange(request(path))
        assert orjson.loads(body)["properties"]["device"] == "ied"
        assert after["etag"] != before["etag"]


def test_what_is_restricted_is_given_to_nobody(served) -> None:
    place = {"longitude": 46.987654, "latitude": 39.876543}
    hidden = made(1).model_copy(
        update={"sensitivity": "restricted", "incident_id": "hidden", **place}
    )
    served.world.register.create(hidden, author="test")
    for path in (f"{ITEMS}/hidden", f"{ITEMS}?limit=900", f"{ITEMS}?device={hidden.device}"):
        for _ in range(3):
            [(_, _, body)] = served.exchange(request(path))
            assert b"46.987" not in body
            assert b"39.876" not in body


def test_requests_are_counted_and_logged_alike(served, caplog) -> None:
    caplog.set_level(logging.INFO, "hazardmap.access")
    served.exchange(request(f"{ITEMS}/m0001", {"X-Request-ID": "logged-12"}))
    lines: list[dict] = []
    for _ in range(100):
        time.sleep(AccessLog.MOMENT / 4)
        lines = [
            orjson.loads(one)
            for record in caplog.records
            if hasattr(record, "requests")
            for one in JsonLines().format(record).splitlines()
        ]
        if any(one["request_id"] == "logged-12" for one in lines):
            break
    line = next(one for one in lines if one["request_id"] == "logged-12")
    assert (line["status"], line["path"], line["caller"]) == (200, f"{ITEMS}/m0001", "public")
    assert line["client"] == "127.0.0.1"


def answered(at: float) -> Answered:
    return Answered(at, 0.001, "request-1", "GET", "/x", "/bound", 200, "127.0.0.1")


def test_waiting_lines_have_a_bound() -> None:
    log = AccessLog()
    log._log = logging.getLogger("tests.access")
    log._log.setLevel(logging.INFO)
    log._waiting.append(answered(1e12))
    log._since = 1e12
    for _ in range(AccessLog.MOST - 1):
        log.add(answered(1e12))
    assert not log._waiting


def test_whoever_asks_for_numbers_gets_those_of_the_requests_before(served) -> None:
    served.exchange(request(f"{ITEMS}/m0001"))
    route = (
        '{method="GET",route="/collections/{collection_id}/items/{feature_id:path}",status="200"}'
    )

    def told() -> float:
        lines = telemetry.exposition().decode().splitlines()
        counted = f"hazardmap_requests_total{route} "
        return next(float(line.removeprefix(counted)) for line in lines if line.startswith(counted))

    before = told()
    served.exchange(request(f"{ITEMS}/m0001"))
    assert told() == before + 1
