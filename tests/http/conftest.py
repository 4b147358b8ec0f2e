"""One service for the tests that read, a fresh one for those that write."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import BaseRoute
from starlette.testclient import TestClient

from geodata.model import Casualty, DistrictWeight, Incident
from geodata.register import Change, Register
from service.app import create_app
from service.routes import landing
from service.settings import Settings
from tests.conftest import founded

COUNT = 250
DEVICES = ("at_mine", "ap_mine", "uxo", "unknown")


@dataclass
class World:
    """A running service with its register."""

    client: TestClient
    register: Register
    editor: dict[str, str]
    analyst: dict[str, str]


def made(number: int) -> Incident:
    """An incident whose fields follow from its number; every fifth has no point."""
    day = date(2022, 1, 1) + timedelta(days=number % 1_500)
    has_point = number % 5 != 0
    return Incident(
        incident_id=f"m{number:04d}",
        record_status="verified",
        date_start=day,
        date_end=day + timedelta(days=number % 3),
        longitude=46.0 + (number % 25) * 0.05 if has_point else None,
        latitude=39.2 + (number // 25) * 0.1 if has_point else None,
        districts=(DistrictWeight(district_id="AZ-AGM"),),
        device=DEVICES[number % 4],
        casualties=() if number % 7 == 0 else (Casualty(outcome="killed", best=number % 4),),
    )


def keys_of(world: World) -> dict[str, dict[str, str]]:
    """Headers of a key of each role; an administrator's is made on the way."""
    key = world.client.app.state.keys.add("admin", "admin")
    admin = {"Authorization": f"Bearer {key}"}
    return {"editor": world.editor, "analyst": world.analyst, "admin": admin}


def open_world(folder: Path, count: int) -> World:
    register = founded(folder)
    if count:
        changes = [Change("incident", made(number)) for number in range(count)]
        register.append(changes, author="test")
    app = create_app(Settings(data=folder), register)
    keys = {role: app.state.keys.add(role, role) for role in ("editor", "analyst")}
    headers = {role: {"Authorization": f"Bearer {key}"} for role, key in keys.items()}
    return World(TestClient(app), register, headers["editor"], headers["analyst"])


@pytest.fixture(scope="session", autouse=True)
def _routes_are_described_once() -> Iterator[None]:
    """Let applications, whose routes are the same, share what is said of them.

    It takes a third of a second, and is a function of the largest page alone.
    """
    described: dict[int, Any] = {}
    definition = landing.Definition

    def shared(routes: Sequence[BaseRoute], max_limit: int) -> Any:
        if max_limit not in described:
            described[max_limit] = definition(routes, max_limit)
        return described[max_limit]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(landing, "Definition", shared)
        yield


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Founding records and 250 more; do not write to it."""
    opened = open_world(tmp_path_factory.mktemp("world"), COUNT)
    with opened.client:  # else each request makes threads, a loop and their PROJ of its own
        yield opened
    opened.register.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[World]:
    """Founding records alone, to be written to."""
    opened = open_world(tmp_path, 0)
    yield opened
    opened.register.close()


@pytest.fixture
def reader(world: World) -> TestClient:
    return world.client
