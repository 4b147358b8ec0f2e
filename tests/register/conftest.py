"""Both stores, for the contract suite; incidents to write."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from geodata.model import Casualty, DistrictWeight, Incident, Report
from geodata.register import Register, open_register
from geodata.register.connection import Connection
from tests.conftest import founded, nothing


@pytest.fixture(params=["sqlite", pytest.param("postgis", marks=pytest.mark.postgis)])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Register]]:
    """Opens one and the same register, as often as wanted, in either store."""
    opened: list[Register] = []
    url = request.getfixturevalue("database") if request.param == "postgis" else None

    def open_it(*, empty: bool = True) -> Register:
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
