"""Both stores, for the contract suite; incidents to write."""

import multiprocessing
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from geodata.model import Casualty, DistrictWeight, Incident, Report
from geodata.register import Register, open_register
from geodata.register.connection import Connection
from tests.conftest import founded, nothing
from tests.register.cluster import Cluster

# A fork has loaded what it needs and begins at once; it opens a register of its own.
FORK = multiprocessing.get_context("fork")


class _Emptied:
    """A database with an empty register for one test after the other.

    A database of its own takes a tenth of a second, of which most tests need a third.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._url = cluster.create(_EMPTIED, "template_postgis")
        open_register(url=self._url, empty=True).close()
        with cluster.connect(_EMPTIED) as connection:
            self._tables = connection.execute(_TABLES).fetchall()
            self._settings = connection.execute(_SETTINGS).fetchall()

    def again(self) -> str:
        """Make it as it was at first, whatever a test left of it; gives its URL."""
        with self._cluster.connect(_EMPTIED) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            for table in connection.execute(_TABLES).fetchall():
                if table not in self._tables:
                    connection.execute(f"DROP TABLE {table[0]}")
            connection.execute("TRUNCATE revisions, incident_heads RESTART IDENTITY")
            # What the views were made of stays: an opening makes them anew where that differs.
            connection.execute("DELETE FROM register_settings WHERE name <> 'projection'")
            for kept in self._settings:
                connection.execute("INSERT INTO register_settings VALUES (%s, %s)", kept)
        return self._url


_EMPTIED = "emptied"
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
_SETTINGS = "SELECT name, value FROM register_settings WHERE name <> 'projection'"


@pytest.fixture(scope="session")
def _emptied(cluster: Cluster) -> _Emptied:
    return _Emptied(cluster)


@pytest.fixture
def emptied(_emptied: _Emptied) -> str:
    """URL of a database with an empty register."""
    return _emptied.again()


@pytest.fixture(params=["sqlite", pytest.param("postgis", marks=pytest.mark.postgis)])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Register]]:
    """Opens one and the same register, as often as wanted, in either store."""
    opened: list[Register] = []
    url = None

    def open_it(*, empty: bool = True) -> Register:
        nonlocal url
        if request.param == "postgis" and url is None:
            url = request.getfixturevalue("emptied" if empty else "database")
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
