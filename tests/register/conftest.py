"""Both stores, for the contract suite; incidents to write."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from geodata.model import Casualty, DistrictWeight, Incident, Report
from geodata.register import Register, open_register
from geodata.register.connection import Connection
from tests.conftest import founded, nothing
from tests.register.cluster import Cluster

_databases = count(1)


@pytest.fixture(scope="session")
def empty_register(cluster: Cluster) -> str:
    """Name of a database with an empty register, of which others are copies."""
    open_register(url=cluster.create("empty_register", "template_postgis"), empty=True).close()
    return "empty_register"


@pytest.fixture(params=["sqlite", pytest.param("postgis", marks=pytest.mark.postgis)])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Register]]:
    """Opens one and the same register, as often as wanted, in either store."""
    opened: list[Register] = []
    create, url = None, None
    if request.param == "postgis":
        server, made = map(request.getfixturevalue, ("cluster", "empty_register"))
        create = partial(server.create, f"opened{next(_databases)}")

    def open_it(*, empty: bool = True) -> Register:
        nonlocal url
        if create is not None and url is None:
            url = create(made if empty else "template_postgis")
        if url is None and empty and not (tmp_path / "data").exists():
            register = founded(tmp_path / "data", nothing)
        else:
            register = open_register(tmp_path / "data", url=url, empty=empty)
        opened.append(register)
        return register

    yield open_it
    for register in opened:
        register.close()


@pytest.fixture
def held(opener: Callable[..., Register]) -> Register:
    """A new, empty register in either store."""
    return opener()


def blast(incident_id: str = "b1", **members: object) -> Incident:
    """An incident of the synthetic country: a mine in XX-A, one killed and two injured."""
    values: dict[str, object] = {
        "incident_id": incident_id,
        "date_start": date(2021, 3, 1),
        "date_end": date(2021, 3, 1),
        "districts": (DistrictWeight(district_id="XX-A"),),
        "accident_type": "mine",
        "casualties": (
            Casualty(group="civilian", outcome="killed", low=1, best=1, high=2),
            Casualty(outcome="injured", best=2),
        ),
        "reports": (Report(publisher="Gazette", url="https://example.org/1"),),
        **members,
    }
    return Incident.model_validate(values)


def change_row(connection: Connection, seq: int, **values: object) -> None:
    """Change a revision where it lies, as nobody may."""
    named = ", ".join(f"{name} = :{name}" for name in values)
    connection.execute(f"UPDATE revisions SET {named} WHERE seq = :seq", {"seq": seq, **values})
