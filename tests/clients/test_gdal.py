"""Debian's ogrinfo and ogr2ogr (GDAL 3.6), and the GDAL inside pyogrio."""

import json
import subprocess
import sys
from urllib.request import urlretrieve

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest

from tests import needs
from tests.clients.conftest import FOUNDING, MADE

pytestmark = pytest.mark.clients


def run(*command: str) -> str:
    """Run a program; its complaints are failures."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr, done.stderr
    return done.stdout + done.stderr


def ogrinfo(*arguments: str) -> str:
    return run(needs.gdal(), *arguments)


PAGES = ("-oo", "PAGE_SIZE=100")
"""Debian's GDAL asks for ten at a time, and so a hundred times for what these tests read."""


def ogr2ogr(*arguments: str) -> str:
    return run(needs.program("ogr2ogr"), *arguments)


def count_of(text: str) -> int:
    return int(text.split("Feature Count: ")[1].split(maxsplit=1)[0])


def test_ogrinfo_lists_every_layer(address):
    told = ogrinfo("-ro", f"OAPIF:{address}")
    for layer in ("districts", "incidents", "risk", "risk-surface", "places", "operations"):
        assert f": {layer} " in told, told
    assert "Warning" not in told


def test_ogrinfo_counts_all_features(address):
    told = ogrinfo("-ro", "-so", f"OAPIF:{address}", "incidents")
    assert count_of(told) == FOUNDING + MADE
    assert "date_start: Date" in told
    assert "killed: Integer" in told


def test_a_geopackage_made_over_the_wire_equals_the_source(address, tmp_path, source):
    path = tmp_path / "i.gpkg"
    told = ogr2ogr("-f", "GPKG", str(path), f"OAPIF:{address}", "incidents", *PAGES)
    assert "Warning" not in told
    read = pyogrio.read_dataframe(path).set_index("incident_id")
    assert sorted(read.index) == sorted(source.index), "each page once"
    read = read.loc[source.index]
    for name in ("device", "description", "districts", "record_status"):
        assert read[name].fillna("").tolist() == source[name].fillna("").tolist(), name
    for name in ("injured", "killed", "version", "longitude"):
        expected = source[name].to_numpy("float64", na_value=np.nan)
        assert np.array_equal(read[name].to_numpy("float64"), expected, equal_nan=True), name
    assert (read["date_start"] == source["date_start"]).all()
    assert (read["date_end"] == source["date_end"]).all()
    assert read.geometry.isna().tolist() == source.geometry.isna().tolist()
    known = ~source.geometry.isna()
    assert read.geometry[known].geom_equals_exact(source.geometry[known], 1e-7).all()


@pytest.mark.parametrize("layer", ["districts", "risk"])
def test_polygons_are_one_type_without_a_warning(address, tmp_path, layer):
    path = tmp_path / "d.gpkg"
    told = ogr2ogr("-f", "GPKG", str(path), f"OAPIF:{address}", layer)
    info = pyogrio.read_info(path)
    assert "Warning" not in told
    assert info["features"] == 77
    assert info["geometry_type"] == "MultiPolygon"


def test_a_box_selects_on_the_server(address, source):
    told = ogrinfo("-ro", "-so", *PAGES, f"OAPIF:{address}", "incidents",
                   "-spat", "46.5", "39.5", "47.0", "40.0")  # fmt: skip
    inside = source.cx[46.5:47.0, 39.5:40.0]
    assert count_of(told) == len(inside) > 0


@pytest.mark.parametrize(
    ("where", "test"),
    [
        ("device = 'at_mine'", lambda f: f["device"] == "at_mine"),
        ("injured > 1", lambda f: f["injured"] > 1),
        ("incident_id LIKE 'T00%'", lambda f: f.index.str.startswith("T00")),
        ("date_start >= '2022/06/01'", lambda f: f["date_start"] >= "2022-06-01"),
        (
            "device = 'at_mine' AND NOT injured = 3",
            lambda f: (f["device"] == "at_mine") & ~(f["injured"] == 3) & f["injured"].notna(),
        ),
    ],
)
def test_attribute_filters(address, source, where, test):
    told = ogrinfo("-ro", "-so", *PAGES, f"OAPIF:{address}", "incidents", "-where", where)
    expected = test(source)
    assert count_of(told) == int(pd.array(expected, dtype="boolean").fillna(False).sum()) > 0


def test_another_crs_is_asked_of_the_server(address, tmp_path):
    path = tmp_path / "d.gpkg"
    ogr2ogr("-f", "GPKG", "-t_srs", "EPSG:32638", str(path), f"OAPIF:{address}", "districts")
    read = gpd.read_file(path)
    own = gpd.read_file(f"{address}/collections/districts/items?limit=1000").to_crs("EPSG:32638")
    assert np.allclose(np.sort(read.total_bounds), np.sort(own.total_bounds), atol=1.0)


def test_plain_geojson_of_the_items_address(address):
    told = ogrinfo("-ro", "-so", "-al", f"{address}/collections/districts/items?limit=1000")
    assert count_of(told) == 77


@pytest.fixture(scope="module")
def newer(address):
    """What a newer GDAL reads, in a process of its own: it is in no hurry to free the lock."""
    code = f"""
import json, warnings, pyogrio
warnings.simplefilter("error")
source = "OAPIF:{address}"
layers = [str(name) for name in pyogrio.list_layers(source)[:, 0]]
all_ = pyogrio.read_dataframe(source, layer="incidents")
box = pyogrio.read_dataframe(source, layer="incidents", bbox=(46.5, 39.5, 47.0, 40.0))
some = pyogrio.read_dataframe(source, layer="incidents", where="injured > 1")
warnings.simplefilter("default")
source = "OGCAPI:{address}/collections/districts"
tiles = pyogrio.read_dataframe(source, layer="Zoom level 0", API="TILES")
print(json.dumps({{"layers": layers, "all": len(all_), "ids": all_["incident_id"].nunique(),
    "box": len(box), "some": len(some), "dates": str(all_["date_start"].dtype),
    "tiles": [len(tiles), tiles["district_id"].nunique()]}}))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_newer_gdal_pages_counts_and_filters(newer):
    assert {"districts", "incidents", "risk"} <= set(newer["layers"])
    assert newer["all"] == newer["ids"] == FOUNDING + MADE
    assert 0 < newer["box"] < newer["all"]
    assert 0 < newer["some"] < newer["all"]
    assert newer["dates"].startswith("datetime64")


def test_geopandas_reads_the_items_address(address, source):
    frame = gpd.read_file(f"{address}/collections/incidents/items?limit=5000")
    assert sorted(frame["incident_id"]) == sorted(source.index)
    assert str(frame["date_start"].dtype).startswith("datetime64")


@pytest.mark.parametrize("key", ["gpkg", "fgb", "kml", "csv", "xlsx", "shp", "jsonl"])
def test_downloads_open_in_debians_gdal(address, tmp_path, key):
    suffix = {"shp": "shp.zip", "jsonl": "geojsons"}.get(key, key)
    path = tmp_path / f"districts.{suffix}"
    urlretrieve(f"{address}/collections/districts/items?f={key}", path)
    told = ogrinfo("-ro", "-so", str(path), "districts")
    assert count_of(told) == 77
    assert "Warning" not in told
    if key in ("gpkg", "fgb"):
        assert "Multi Polygon" in told


def test_vector_tiles_decode_in_debians_gdal(address, tmp_path):
    path = tmp_path / "6" / "40" / "24.mvt"  # zoom, column, row: so GDAL knows where it is
    path.parent.mkdir(parents=True)
    urlretrieve(f"{address}/collections/districts/tiles/WebMercatorQuad/6/24/40", path)
    told = ogrinfo("-ro", "-so", "-al", f"MVT:{path}")
    assert "Layer name: districts" in told
    assert count_of(told) > 20
    assert "district_id: String" in told
    assert "area_km2: Real" in told
    own = gpd.read_file(f"{address}/collections/districts/items/AZ-AGM").to_crs("EPSG:3857")
    read = pyogrio.read_dataframe(f"MVT:{path}", where="district_id = 'AZ-AGM'", CLIP="NO")
    unit = 2 * 20037508.342789244 / 2**6 / 4096
    assert np.allclose(read.total_bounds, own.total_bounds, atol=6 * unit)


def test_the_newer_ogcapi_driver_reads_tiles(newer):
    # GDAL compares the layer's box in degrees with the tiles' metres, so that it finds the
    # first levels only; level 0 is one tile and whole.
    assert newer["tiles"] == [77, 77]


def test_the_gdal_inside_pyogrio_reads_one_file_of_tiles_over_http(address):
    found = pyogrio.read_info(f"/vsicurl/{address}/collections/risk/items?f=pmtiles")
    assert pyogrio.__gdal_version__ >= (3, 8)
    assert found["layer_name"] == "risk"
    assert {"district_id", "risk_class"} <= {*found["fields"]}
    assert found["features"] >= 77
