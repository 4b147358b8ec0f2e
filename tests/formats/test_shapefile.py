"""Zipped Shapefiles: what the format forces, and how the file says so."""

import csv
import io
import zipfile

import pyogrio
import pytest

from geodata import schemas
from geodata.formats import FormatOptions, write
from geodata.formats.table import short_names
from tests.formats.layers import layers, operations


def _zip(tmp_path, name):
    frame, schema = layers()[name]
    path = tmp_path / "x.zip"
    write(frame, schema, path)
    return zipfile.ZipFile(path)


@pytest.mark.parametrize("schema", schemas.SCHEMAS.values(), ids=lambda s: s.name)
def test_short_names_are_unique_whatever_the_case_and_ten_long_at_most(schema):
    short = short_names(schema.names)
    assert list(short) == schema.names
    assert len({name.lower() for name in short.values()}) == len(short)
    assert max(map(len, short.values())) <= 10
    assert all(name.encode().isascii() and name[0] != "_" for name in short.values())


def test_names_that_collide_are_numbered():
    names = ["population_2020", "population_2021", "population_2022"]
    assert len(set(short_names(names).values())) == 3


def test_the_key_of_the_names_is_in_the_zip(tmp_path):
    archive = _zip(tmp_path, "incidents")
    rows = list(csv.DictReader(io.TextIOWrapper(archive.open("fields.csv"), "utf-8")))
    key = {row["name"]: row["field"] for row in rows}
    assert key == short_names(schemas.INCIDENTS.names)
    assert archive.read("incidents.cpg").strip() == b"UTF-8"


def test_each_shape_type_has_its_file_and_rows_without_shape_are_kept(tmp_path):
    archive = _zip(tmp_path, "operations")
    shapes = sorted(n for n in archive.namelist() if n.endswith(".shp"))
    assert shapes == ["operations_point.shp", "operations_polygon.shp"]
    counts = [pyogrio.read_info(f"/vsizip/{archive.filename}/{n}")["features"] for n in shapes]
    assert sum(counts) == len(operations())


def test_texts_are_cut_between_characters_and_counted(tmp_path):
    frame = operations()
    frame["note"] = ["ə" * 200, "x" * 254, "x" * 255, None]
    path = tmp_path / "x.zip"
    write(frame, schemas.OPERATIONS, path, options=FormatOptions(properties=("note",)))
    archive = zipfile.ZipFile(path)
    assert "texts cut short here: 2." in archive.read("README.txt").decode()
    read = pyogrio.read_dataframe(f"/vsizip/{path}/operations_point.shp")
    assert read["note"][0] == "ə" * 127


def test_a_layer_without_geometry_is_a_table(tmp_path):
    names = _zip(tmp_path, "statistics").namelist()
    assert "statistics.dbf" in names
    assert not [n for n in names if n.endswith(".shp")]
