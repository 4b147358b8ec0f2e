"""Boundary files that nobody should open: rubbish, bombs, files that point elsewhere."""

import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import box

from geodata.districts import load_districts
from geodata.errors import InvalidInput
from geodata.schemas import CRS84


@pytest.mark.parametrize("content", [b"", b"not a file", b"{}", b"\x00" * 100])
@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.zip", "a.parquet", "a.fgb", "a.shp"])
def test_rubbish_is_refused_with_a_sentence(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InvalidInput) as caught:
        load_districts(path)
    assert caught.value.code == "bad-boundaries"


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="there is no file"):
        load_districts(tmp_path / "none.gpkg")


def test_an_archive_that_swells_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.geojson", b"0" * 20_000_000)
    with pytest.raises(InvalidInput, match="unpacks to"):
        load_districts(path)


@pytest.mark.parametrize("name", ["../a.geojson", "/a.geojson"])
def test_an_archive_that_points_outside_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, "{}")
    with pytest.raises(InvalidInput, match="leaves the archive"):
        load_districts(path)


def test_an_archive_of_several_data_sets_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.geojson", "{}")
        archive.writestr("b.geojson", "{}")
    with pytest.raises(InvalidInput, match="one data set"):
        load_districts(path)


def test_a_file_that_points_at_other_files_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "a.gpkg"
    shape = gpd.GeoDataFrame({"adm1_pcode": ["A"]}, geometry=[box(0, 0, 1, 1)], crs=CRS84)
    shape.to_file(target)
    path = tmp_path / "b.geojson"
    path.write_text(
        f'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>{target}</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>"
    )
    with pytest.raises(InvalidInput, match="not followed"):
        load_districts(path)
