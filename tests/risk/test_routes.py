"""The risk resources over HTTP, on the founding register."""

import json

import numpy as np
import pytest
import rasterio
from starlette.testclient import TestClient

from geodata.errors import InvalidInput
from geodata.risk import of_snapshot
from service.app import create_app
from service.settings import Settings


def test_the_explanation_of_a_district(reading):
    answer = reading.get("/risk/AZ-AGM/explain")
    assert answer.status_code == 200
    found = answer.json()
    assert found["result"]["incidents"] == 2
    assert {i["incident_id"] for i in found["incidents"]} == {"I2b", "I4"}
    assert "Aghdam" in found["text"]
    again = reading.get("/risk/AZ-AGM/explain", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_the_explanation_follows_the_risk_parameters(reading):
    found = reading.get("/risk/AZ-FUZ/explain?weight=casualties&smoothing=none").json()
    assert found["sums"]["total_weight"] == 3
    assert found["smoothing"]["method"] == "none"


def test_a_half_life_of_a_day_is_no_error(reading):
    found = reading.get("/risk/AZ-AGM/explain?smoothing=none&half-life=1")
    assert found.status_code == 200
    assert 0 < found.json()["sums"]["total_weight"] < 2


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/risk/AZ-NOWHERE/explain", 404),
        ("/risk/AZ-AGM/explain?weight=fear", 400),
        ("/risk/AZ-AGM/explain?half-life=x", 400),
        ("/risk/AZ-AGM/explain?half-life=0.01", 400),
        ("/risk/AZ-AGM/explain?period=2199-01-01/2199-12-31", 400),
        ("/risk/AZ-AGM/explain?where=nonsense(", 400),
        ("/risk/AZ-AGM/explain?colour=red", 400),
        ("/risk/surface.tif?period=never", 400),
        ("/backtest?horizon=3", 400),
        ("/reconciliation?sources=Nobody,Azernews", 400),
    ],
)
def test_what_cannot_be_answered_is_a_problem(reading, url, status):
    answer = reading.get(url)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["code"]


@pytest.mark.parametrize(
    "url", ["/risk/AZ-NOWHERE/explain", "/districts/AZ-NOWHERE", "/maps/districts/AZ-NOWHERE.pdf"]
)
def test_nothing_is_estimated_for_a_district_that_there_is_not(reading, url, monkeypatch):
    estimated = []
    monkeypatch.setattr(of_snapshot, "estimate_of", lambda *asked: estimated.append(asked))
    answer = reading.get(url, params={"half-life": 777})
    assert (answer.status_code, estimated) == (404, [])


def test_the_surface_as_geotiff_holds_the_incidents(reading):
    answer = reading.get("/risk/surface.tif")
    assert answer.headers["content-type"].startswith("image/tiff")
    with rasterio.MemoryFile(answer.content) as file, file.open() as raster:
        cell_km2 = raster.res[0] * raster.res[1] / 1e6
        # 4 different days span 74: an observation of 74 x 4 / 2 days is estimated
        years = 148 / 365.25
        assert np.nansum(raster.read(1)) * cell_km2 * years == pytest.approx(5, rel=1e-4)


def test_the_backtest_of_five_incidents_cannot_tell(reading):
    found = reading.get("/backtest").json()
    assert found["status"] == "cannot_tell"
    assert found["reason"]
    picture = reading.get("/backtest?f=png")
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")


def test_the_reconciliation_of_the_founding_statistics(reading):
    found = reading.get("/reconciliation").json()
    rows = {row["statistic_id"]: row for row in found["rows"]}
    assert rows["S1-military-killed"]["held"] == 1
    assert rows["S1-military-killed"]["expected"] == 6
    assert rows["S3-killed"]["status"] == "not_mine_related"
    assert found["capture_recapture"] is None


def test_risk_of_the_register(reading):
    answer = reading.get("/collections/risk/items?limit=100&f=json")
    rows = [feature["properties"] for feature in answer.json()["features"]]
    known = {row["district_id"]: row for row in rows if row["incidents"]}
    assert {name: row["incidents"] for name, row in known.items()} == {
        "AZ-AGM": 2, "AZ-TAR": 2, "AZ-FUZ": 1,
    }  # fmt: skip
    assert sum(row["killed"] for row in known.values()) == 3
    assert sum(row["injured"] for row in known.values()) == 11
    others = [row for row in rows if not row["incidents"]]
    assert len(others) == 74
    assert {row["risk_class"] for row in others} == {"no_information"}
    assert {row["hotspot"] for row in rows} == {"not_enough_data"}


def test_the_operators_own_layers_stand_in_a_districts_explanation(register, tmp_path):
    road = tmp_path / "main road.geojson"
    line = {"type": "LineString", "coordinates": [[46.9, 39.5], [46.9, 40.5]]}
    road.write_text(json.dumps(line))
    app = create_app(Settings(data=tmp_path / "data", near=str(road)), register)
    with TestClient(app) as client:
        told = client.get("/risk/AZ-AGM/explain").json()["layers"]["main road"]
        assert told["incidents"] == 0
        assert 0 < told["ground_near"] < 1
        page = client.get("/districts/AZ-AGM", headers={"Accept": "text/html"}).text
        share = round(told["ground_near"] * 100)
        assert f"main road: So near is {share} % of the district’s ground" in page


def test_a_layer_that_is_not_there_stops_the_start(tmp_path):
    with pytest.raises(InvalidInput, match="there is no file"):
        create_app(Settings(data=tmp_path, near=str(tmp_path / "roads.gpkg")))
