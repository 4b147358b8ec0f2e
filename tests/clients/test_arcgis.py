"""Clients of ArcGIS's interface: GDAL, Esri's own library, and a decoder of its buffers."""

import json
import subprocess

import pytest
from shapely import from_geojson

from geodata.districts import bundled_districts
from service.assets import asset_path
from tests import needs
from tests.clients.conftest import FOUNDING, MADE

pytestmark = pytest.mark.clients


@pytest.fixture(scope="module")
def server(address):
    return f"{address}/arcgis/rest/services/hazardmap/FeatureServer"


def test_gdal_pages_through_every_feature(server):
    query = "where=1%3D1&outFields=*&orderByFields=OBJECTID&resultRecordCount=500&f=json"
    done = subprocess.run(
        [needs.gdal(), "-so", "-al", f"ESRIJSON:{server}/1/query?{query}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert f"Feature Count: {MADE + FOUNDING}" in done.stdout
    assert "Geometry: Point" in done.stdout
    assert "killed: Integer" in done.stdout


def test_esris_client_reads_json_and_buffers_alike(server):
    modules = asset_path("arcgis-pbf-parser/package.json").parents[1]
    done = subprocess.run(
        [needs.program("node"), "tests/clients/arcgis_client.mjs", str(modules), server],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["name"], found["features"], found["exceeded"]) == ("Incidents", 50, True)
    assert found["count"] == sum(1 for n in range(MADE) if n % 3)
    assert found["same"]
    districts = bundled_districts()
    held = districts.geometry[districts["district_id"] == "AZ-AGM"].iloc[0]
    area = from_geojson(json.dumps(found["area"]))
    assert area.is_valid
    assert area.symmetric_difference(held).area / held.area < 1e-4
