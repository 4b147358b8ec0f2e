"""Addresses in pages come from one checked reading of the request."""

import re
from datetime import date
from html import unescape
from urllib.parse import quote

import geopandas as gpd
import pandas as pd
import pytest
from shapely import MultiPolygon, box
from starlette.testclient import TestClient

from geodata.model import DistrictWeight, Incident, Operation
from geodata.register import Change, open_register
from geodata.schemas import DISTRICTS, conform
from service.app import create_app
from service.settings import Settings

HTML = {"accept": "text/html"}
FORGED = ['evil.example"><b>', "evil.example/x?", "a@evil.example", "evil example", "evil:99999999"]


@pytest.mark.parametrize("host", FORGED)
@pytest.mark.parametrize("path", ["/about", "/", "/incidents", "/nowhere", "/qr.svg?link=/about"])
def test_a_host_that_is_none_is_not_echoed(reader, path, host):
    assert "evil" not in reader.get(path, headers=HTML | {"host": host}).text


@pytest.mark.parametrize("host", ["map.example", "map.example:8443", "[::1]:80"])
def test_a_host_that_is_one_stands_in_the_page(reader, host):
    page = reader.get("/about", headers=HTML | {"host": host}).text
    assert f'content="http://{host}/about"' in page


def test_behind_a_proxy_the_configured_address_counts(register, tmp_path):
    settings = Settings(data=tmp_path / "data", public_url="https://mines.example/register/")
    with TestClient(create_app(settings, register)) as client:
        for path in ("/about", "/nowhere"):
            page = client.get(path, headers=HTML | {"host": "evil.example"}).text
            assert 'href="/register/incidents"' in page
            assert "https://mines.example/register" in page
            assert "evil" not in page


def test_an_error_page_knows_who_is_signed_in(client):
    key = client.app.state.keys.add("field office", "editor")
    client.post("/session", data={"key": key})
    page = client.get("/incidents/none?lang=ru", headers=HTML)
    assert page.status_code == 404
    assert "field office" in page.text
    assert '<html lang="ru"' in page.text
    assert client.get("/nowhere?lang=xx", headers=HTML).status_code == 404


AWKWARD = (
    "KE104/2-149",
    "A B",
    "x#1",
    "y?2",
    "z&3",
    "q+1",
    "d'e",
    "Ü/ö",
    "items",
    "50%;x",
    "A_B",
    "AxB",
)


@pytest.fixture(scope="module")
def awkward(tmp_path_factory):
    """A register of districts whose ids hold what addresses part at."""
    folder = tmp_path_factory.mktemp("awkward")
    register = open_register(folder / "data", empty=True)
    squares = [box(20 + i, 40, 21 + i, 41) for i in range(len(AWKWARD))]
    frame = pd.DataFrame({"district_id": AWKWARD, "name": [f"Unit {i}" for i in AWKWARD]})
    districts = gpd.GeoDataFrame(
        frame, geometry=[MultiPolygon([s]) for s in squares], crs="OGC:CRS84"
    )
    register.add_boundaries(conform(districts, DISTRICTS), edition="X-1", author="t")
    day = date(2021, 3, 4)
    for place, name in enumerate(AWKWARD):
        there = (DistrictWeight(district_id=name, weight=1.0),)
        blast = Incident(incident_id=f"I{place}", date_start=day, date_end=day, districts=there)
        cleared = Operation(
            operation_id=f"O{place}",
            kind="clearance",
            status="completed",
            organisation=f"Team {place}.",
            districts=(name,),
        )
        register.append([Change("incident", blast), Change("operation", cleared)], author="t")
    with TestClient(create_app(Settings(data=folder), register)) as client:
        yield client
    register.close()


@pytest.mark.parametrize("name", AWKWARD)
def test_a_district_opens_by_its_own_links_whatever_its_id_holds(awkward, name) -> None:
    code = quote(name, safe="")
    feature = awkward.get(f"/collections/districts/items/{code}").json()
    own = next(link["href"] for link in feature["links"] if link["rel"] == "self")
    assert awkward.get(own).json()["id"] == name
    page = awkward.get(f"/districts/{code}", headers={"accept": "text/html"})
    assert f"Unit {name}" in unescape(page.text)
    links = [unescape(link) for link in re.findall(r'href="([^"]*/explain[^"]*)"', page.text)]
    assert links
    for link in (*links, f"/risk/{code}/explain"):
        assert awkward.get(link).json()["district"]["district_id"] == name


@pytest.mark.parametrize("name", AWKWARD)
def test_what_lies_in_a_district_is_found_whatever_its_id_holds(awkward, name) -> None:
    place = AWKWARD.index(name)
    listed = awkward.get("/incidents", params={"district": name}, headers=HTML).text
    assert set(re.findall(r'href="/incidents/(I\d+)', listed)) == {f"I{place}"}
    page = awkward.get(f"/districts/{quote(name, safe='')}", headers=HTML).text
    assert set(re.findall(r"Team (\d+)\.", page)) == {str(place)}
