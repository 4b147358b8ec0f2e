"""What the service says to bad requests stays as the golden has it."""

import json

import pytest
from starlette.testclient import TestClient

from tests.http.bad_requests import GOLDEN, Bad, every
from tests.http.conftest import keys_of, open_world

SAID = json.loads(GOLDEN.read_text("utf-8"))


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    world = open_world(tmp_path_factory.mktemp("bad"), 0)
    yield TestClient(world.client.app, raise_server_exceptions=False), keys_of(world)
    world.register.close()


def test_the_golden_holds_each_request_once() -> None:
    names = [str(one) for one in every()]
    assert len(set(names)) == len(names) >= 60
    assert set(SAID) == set(names), "renew it: python -m tests.http.bad_requests"


def test_no_bad_request_is_a_failure_of_the_service() -> None:
    assert [name for name, said in SAID.items() if said["status"] >= 500] == []


@pytest.mark.parametrize("one", every(), ids=str)
def test_a_bad_request_is_answered_as_ever(asked, one: Bad) -> None:
    assert one.said(*asked) == SAID[str(one)]
