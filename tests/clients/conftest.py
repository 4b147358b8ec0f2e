"""A register of 1,305 incidents, served to real clients."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from urllib.request import urlopen

import geopandas as gpd
import pytest

from geodata.model import Casualty, DistrictWeight, Incident
from geodata.register import Change, open_register
from tests.conftest import founded
from tests.live import served

MADE = 1_300
FOUNDING = 5


def incident(n: int) -> Incident:
    """Incident of a lattice: two of three have a point, every 40th text is awkward."""
    day = date(2021, 1, 1) + timedelta(days=n % 700)
    placed = n % 3 > 0
    return Incident(
        incident_id=f"T{n:04d}",
        date_start=day,
        date_end=day + timedelta(days=n % 3),
        longitude=46 + (n % 60) / 40 if placed else None,
        latitude=39 + (n // 60) / 20 if placed else None,
        where_precision=1 if placed else 4,
        coordinate_method="gps" if placed else "district",
        districts=(DistrictWeight(district_id="AZ-AGM"),),
        device="at_mine" if n % 2 else "ap_mine",
        casualties=(Casualty(outcome="injured", best=n % 4),) if n % 5 else (),
        description='Ağdam: "köhnə" yol, =1+1' if n % 40 == 0 else None,
    )


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data directory with the founding records and the lattice."""
    folder = tmp_path_factory.mktemp("clients") / "data"
    register = founded(folder)
    register.append([Change("incident", incident(n)) for n in range(MADE)], author="test")
    register.close()
    return folder


@pytest.fixture(scope="session")
def source(data: Path) -> gpd.GeoDataFrame:
    """What the register holds, as the public sees it."""
    register = open_register(data)
    frame = register.snapshot().public().incidents
    register.close()
    return frame


@pytest.fixture(scope="session")
def address(data: Path) -> Iterator[str]:
    """Address of the service."""
    with served(data) as url:
        with urlopen(f"{url}/conformance", timeout=150) as answer:  # waits until it serves
            assert json.load(answer)["conformsTo"]
        yield url
