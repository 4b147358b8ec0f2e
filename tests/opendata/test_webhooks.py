"""Notices of changes: signed, in order, again until they are taken, nothing restricted."""

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from geodata.errors import InvalidInput
from geodata.register import Change, Register
from service.opendata import feed
from service.opendata.feed import SIGNATURE, Webhooks, addresses_of, signature
from tests.live import answering
from tests.opendata.test_opendata import blast


class Receiver:
    """Keeps what it is told, and answers as it is asked to."""

    def __init__(self) -> None:
        self.told: list[tuple[str, bytes, str]] = []
        self.statuses: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                """Take a notice."""
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.told.append((self.path, body, self.headers[SIGNATURE]))
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 204)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.handler = Handler
        self.address = ""

    @property
    def events(self) -> list[tuple[str, str]]:
        notices = [json.loads(body)["events"] for _, body, _ in self.told]
        return [(one["type"], one["incident_id"]) for events in notices for one in events]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    with answering(made.handler) as site:
        made.address = f"{site}/hook?a=1"
        yield made


@pytest.fixture
def hooks(register: Register, receiver: Receiver, tmp_path: Path) -> Webhooks:
    made = Webhooks(register, tmp_path, (receiver.address,), "key", "https://example.org")
    made.tell()
    return made


def test_what_was_there_before_is_not_told(hooks, receiver) -> None:
    hooks.tell()
    assert receiver.told == []


def test_changes_are_told_in_order_and_signed(hooks, receiver, register) -> None:
    register.append([Change("incident", blast(n)) for n in range(2)], author="test")
    hooks.tell()
    register.replace(blast(1, description="more"), author="test", expected_version=1)
    register.retract("N0", author="test", reason="twice")
    hooks.tell()
    assert receiver.events == [
        ("incident.added", "N0"), ("incident.added", "N1"),
        ("incident.changed", "N1"), ("incident.retracted", "N0"),
    ]  # fmt: skip
    path, body, signed = receiver.told[0]
    moment = int(signed.partition(",")[0].removeprefix("t="))
    assert signed == signature("key", moment, body)
    assert abs(moment - time.time()) < 60
    assert path == "/hook?a=1"
    href = json.loads(body)["events"][0]["href"]
    assert href == "https://example.org/collections/incidents/items/N0"


def test_nothing_restricted_is_named(hooks, receiver, register) -> None:
    secret = blast(7, sensitivity="restricted", description="a secret mark")
    register.append([Change("incident", secret), Change("incident", blast(8))], author="test")
    hooks.tell()
    register.retract("N7", author="test", reason="x")
    hidden = blast(8, sensitivity="restricted")
    register.replace(hidden, author="test", expected_version=1)
    hooks.tell()
    assert receiver.events == [("incident.added", "N8")]
    assert b"secret" not in b"".join(body for _, body, _ in receiver.told)


def test_what_came_back_restricted_is_not_named_as_retracted(
    hooks, receiver, register, monkeypatch
) -> None:
    monkeypatch.setattr(feed, "MOST_SENT", 1)
    register.append([Change("incident", blast(9))], author="test")
    hooks.tell()
    register.retract("N9", author="test", reason="x")
    hidden = blast(9, sensitivity="restricted")
    register.replace(hidden, author="test", expected_version=2)
    hooks.tell()
    assert receiver.events == [("incident.added", "N9")]


@pytest.mark.parametrize("refusal", [500, 301, 307, 404])
def test_what_is_not_taken_is_told_again_and_nothing_is_skipped(
    hooks, receiver, register, refusal, monkeypatch
) -> None:
    monkeypatch.setattr(feed, "_FIRST_WAIT_S", 0.0)
    receiver.statuses = [refusal]
    register.append([Change("incident", blast(1))], author="test")
    hooks.tell()
    register.append([Change("incident", blast(2))], author="test")
    hooks.tell()
    assert receiver.events[1:] == [("incident.added", "N1"), ("incident.added", "N2")]
    assert {path for path, *_ in receiver.told} == {"/hook?a=1"}


def test_a_notice_that_may_have_come_is_told_again_by_the_same_id(
    hooks, receiver, register, tmp_path
) -> None:
    receiver.statuses = [500]
    register.append([Change("incident", blast(1))], author="test")
    hooks.tell()
    register.append([Change("incident", blast(2))], author="test")
    again = Webhooks(register, tmp_path, (receiver.address,), "key")
    again.tell()
    first, once_more, new = (json.loads(body) for _, body, _ in receiver.told)
    assert (once_more["id"], once_more["revision"]) == (first["id"], first["revision"])
    assert [one["incident_id"] for one in new["events"]] == ["N2"]


def test_how_far_earlier_versions_told_is_read(hooks, receiver, register, tmp_path) -> None:
    state = tmp_path / feed.STATE_NAME
    state.write_text(json.dumps({receiver.address: register.newest().revision}))
    register.append([Change("incident", blast(1))], author="test")
    hooks.tell()
    assert receiver.events == [("incident.added", "N1")]


def test_the_next_start_goes_on_where_this_one_ended(hooks, receiver, register, tmp_path) -> None:
    register.append([Change("incident", blast(1))], author="test")
    hooks.tell()
    register.append([Change("incident", blast(2))], author="test")
    again = Webhooks(register, tmp_path, (receiver.address,), "key")
    again.tell()
    assert receiver.events == [("incident.added", "N1"), ("incident.added", "N2")]


def test_one_who_is_away_does_not_keep_the_others_waiting(receiver, register, tmp_path) -> None:
    nobody = "http://127.0.0.1:9/hook"
    made = Webhooks(register, tmp_path, (nobody, receiver.address), "key")
    made.tell()
    register.append([Change("incident", blast(1))], author="test")
    made.tell()
    assert receiver.events == [("incident.added", "N1")]


def test_an_address_named_later_is_told_what_comes_then(
    hooks, receiver, register, tmp_path
) -> None:
    register.append([Change("incident", blast(1))], author="test")
    other = receiver.address.replace("/hook", "/other")
    made = Webhooks(register, tmp_path, (receiver.address, other), "key")
    made.tell()
    register.append([Change("incident", blast(2))], author="test")
    made.tell()
    told = [
        (path.partition("?")[0], json.loads(body)["revision"]) for path, body, _ in receiver.told
    ]
    newest = register.newest().revision
    assert told == [("/hook", newest - 1), ("/hook", newest), ("/other", newest)]


def test_the_service_tells_by_itself(receiver, register, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(feed, "_LOOK_S", 0.05)
    from starlette.testclient import TestClient

    from service.app import create_app
    from service.settings import Settings

    settings = Settings(data=tmp_path, webhooks=receiver.address, webhook_secret="key")
    with TestClient(create_app(settings, register)):
        deadline = time.monotonic() + 60
        while not (tmp_path / feed.STATE_NAME).exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        register.append([Change("incident", blast(1))], author="test")
        while not receiver.events:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    assert receiver.events == [("incident.added", "N1")]


@pytest.mark.parametrize("text", ["ftp://example.org", "example.org/hook", "https://", "file:///x"])
def test_an_address_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="HAZARDMAP_WEBHOOKS"):
        addresses_of(text)


@pytest.mark.parametrize("secret", ["", " ", ","])
def test_without_a_secret_nobody_is_told(register, tmp_path, secret: str) -> None:
    with pytest.raises(InvalidInput, match="SECRET"):
        Webhooks(register, tmp_path, ("https://example.org",), secret)


def test_a_notice_is_signed_by_the_new_and_the_old_secret() -> None:
    moment, *parts = signature("new, old", 7, b"{}").split(",")
    alone = [signature(one, 7, b"{}").split(",")[1] for one in ("new", "old")]
    assert (moment, parts) == ("t=7", alone)


def test_one_of_a_directory_tells_and_another_goes_on_after_its_end(
    hooks, receiver, register, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(feed, "_LOOK_S", 0.02)

    def told(name: str) -> bool:
        until = time.monotonic() + 20
        while ("incident.added", name) not in receiver.events and time.monotonic() < until:
            time.sleep(0.02)
        return ("incident.added", name) in receiver.events

    other = Webhooks(register, tmp_path, (receiver.address,), "key")
    hooks.start()
    hooks.start()
    register.append([Change("incident", blast(1))], author="test")
    assert told("N1")
    other.start()
    register.append([Change("incident", blast(2))], author="test")
    assert told("N2")
    hooks.stop()
    register.append([Change("incident", blast(3))], author="test")
    assert told("N3")
    other.stop()
    register.append([Change("incident", blast(4))], author="test")
    time.sleep(0.1)
    assert [name for _, name in receiver.events] == ["N1", "N2", "N3"]
