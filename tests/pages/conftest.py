"""One application for all tests that only read, and one that holds a restricted incident."""

import pytest
from starlette.testclient import TestClient

from geodata.model import Casualty, DistrictWeight, Incident, Report
from geodata.register import open_register
from service.app import create_app
from service.settings import Settings


@pytest.fixture(scope="package")
def reader(tmp_path_factory):
    """A client of the founding register, without a key; tests do not write through it."""
    folder = tmp_path_factory.mktemp("reader")
    opened = open_register(folder)
    with TestClient(create_app(Settings(data=folder), opened)) as client:
        yield client
    opened.close()


@pytest.fixture(scope="package")
def guarded(tmp_path_factory):
    """A client without a key of a register whose incident X2 is restricted."""
    folder = tmp_path_factory.mktemp("guarded")
    opened = open_register(folder)
    opened.create(
        Incident(
            incident_id="X2",
            date_start="2021-03-01",
            date_end="2021-03-01",
            longitude=46.512345,
            latitude=39.654321,
            districts=(DistrictWeight(district_id="AZ-LAC"),),
            place_as_reported="zqmarkerplace",
            description="zqmarkertext",
            note="zqmarkernote",
            sensitivity="restricted",
            casualties=(Casualty(group="civilian", outcome="injured", best=1),),
            reports=(Report(publisher="zqmarkerpublisher", url="https://zqmarker.example/"),),
        ),
        author="zqmarkerauthor",
        reason="zqmarkerreason",
    )
    with TestClient(create_app(Settings(data=folder), opened)) as client:
        yield client
    opened.close()
