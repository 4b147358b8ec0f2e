"""Every layer in every format, read back by GDAL, equals what was written.

Within what the format can hold: a Shapefile cuts texts and names, KML and CSV hold texts
instead of types, FlatGeobuf has no type for a day, a workbook no shapes.
"""

import zipfile
from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import pytest
import shapely

from geodata.formats import FORMATS, FormatOptions, stream, write
from geodata.formats.formulas import restored
from geodata.formats.table import short_names
from tests.formats.layers import layers

LAYERS = layers()
KEYS = list(FORMATS)
TYPED = ["gpkg", "fgb", "parquet", "arrow"]


def _written(folder, name, key, options=None):
    frame, schema = LAYERS[name]
    path = folder / f"{schema.name}{FORMATS[key].suffix}"
    write(frame, schema, path, options=options)
    return path


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Each layer in each format, in a folder of its own, written once."""
    return cache(lambda name, key: _written(tmp_path_factory.mktemp("layer"), name, key))


def _read(path: Path, key: str, schema) -> pd.DataFrame:
    if key == "parquet":
        read = pd.read_parquet if schema.geometry is None else gpd.read_parquet
        return read(path)
    if key == "arrow":
        table = pa.ipc.open_stream(path.read_bytes()).read_all()
        return table.to_pandas() if schema.geometry is None else gpd.GeoDataFrame.from_arrow(table)
    if key == "shp":
        short = {v: k for k, v in short_names(schema.names).items()}
        parts = [
            pyogrio.read_dataframe(f"/vsizip/{path}/{n}", datetime_as_string=True)
            for n in sorted(zipfile.ZipFile(path).namelist())
            if n.endswith(".shp") or (n.endswith(".dbf") and schema.geometry is None)
        ]
        return pd.concat(parts, ignore_index=True).rename(columns=short)
    options = {"AUTODETECT_TYPE": "NO"} if key == "csv" else {}
    if key in ("csv", "geojson"):
        return pyogrio.read_dataframe(path, datetime_as_string=True, **options)
    return pyogrio.read_dataframe(path, layer=0, datetime_as_string=True)


def _texts(values: pd.Series, kind: str) -> list[str | None]:
    """Values as comparable texts: one notation for each kind, None for unknown."""
    if kind in ("date", "datetime"):
        moments = pd.to_datetime(values, format="mixed", utc=True)
        form = "%Y-%m-%d" if kind == "date" else "%Y-%m-%dT%H:%M:%S"
        return [None if pd.isna(m) else m.strftime(form) for m in moments]
    if kind in ("integer", "number", "boolean"):
        words = {"true": 1, "false": 0, True: 1, False: 0}
        return [
            None if pd.isna(v) or v == "" else repr(float(words.get(v, v)))
            for v in values.astype(object)
        ]
    return [None if pd.isna(v) or v == "" else restored(str(v)) for v in values.astype(object)]


def _expected(frame, schema, key, column):
    found = _texts(frame[column.name], column.kind)
    if key == "shp" and column.kind == "text":
        return [t and t.encode()[:254].decode(errors="ignore") for t in found]
    return found


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("name", ["districts", "incidents", "operations", "statistics"])
def test_values_come_back_with_nulls_as_nulls(written, name, key):
    frame, schema = LAYERS[name]
    back = _read(written(name, key), key, schema)
    back = back.set_index(schema.id_column, drop=False).loc[frame.index]
    for column in schema.columns:
        if column.name not in back.columns and frame[column.name].isna().all():
            continue  # KML leaves out fields that no row has
        source = "Name" if key == "kml" and column.name == "name" else column.name
        if column.name == "description" and key == "kml":
            source = "description"
        if source not in back.columns and frame[column.name].isna().all():
            continue
        found = _texts(back[source], column.kind)
        assert found == _expected(frame, schema, key, column), column.name


@pytest.mark.parametrize("key", [k for k in KEYS if k not in ("xlsx", "csv")])
@pytest.mark.parametrize("name", ["districts", "incidents", "operations"])
def test_shapes_come_back(written, name, key):
    frame, schema = LAYERS[name]
    back = _read(written(name, key), key, schema)
    back = gpd.GeoDataFrame(back, geometry=back.geometry)
    back = back.set_index(schema.id_column).loc[frame.index]
    shapes = shapely.force_2d(back.geometry.array)
    assert shapely.is_missing(shapes).tolist() == frame.geometry.isna().tolist()
    known = ~frame.geometry.isna().to_numpy()
    source = np.asarray(frame.geometry.array)[known]
    assert shapely.equals(shapely.set_precision(shapes[known], 1e-7), source).all()


@pytest.mark.parametrize("name", ["districts", "incidents", "operations"])
def test_csv_holds_the_place_as_columns_or_as_wkt(written, name):
    frame, _schema = LAYERS[name]
    back = pd.read_csv(written(name, "csv"))
    if name == "incidents":
        assert "WKT" not in back.columns
        assert back["longitude"].tolist()[0] == 47.05
    else:
        shapes = shapely.from_wkt([w if isinstance(w, str) else None for w in back["WKT"]])
        known = ~frame.geometry.isna().to_numpy()
        assert shapely.equals(shapes[known], np.asarray(frame.geometry.array)[known]).all()


@pytest.mark.parametrize("key", TYPED)
def test_types_are_true_in_typed_formats_even_without_rows(written, key):
    _, _schema = LAYERS["empty-incidents"]
    path = written("empty-incidents", key)
    if key == "parquet":
        kinds = gpd.read_parquet(path).dtypes.astype(str).to_dict()
        assert kinds["killed"] in ("int64", "Int64", "int64[pyarrow]")
        assert "date32" in str(__import__("pyarrow.parquet").parquet.read_schema(path))
        return
    if key == "arrow":
        fields = pa.ipc.open_stream(path.read_bytes()).schema
        assert [str(fields.field(n).type) for n in ("killed", "longitude", "date_start")] == [
            "int64",
            "double",
            "date32[day]",
        ]
        assert fields.field("geometry").metadata[b"ARROW:extension:name"] == b"geoarrow.wkb"
        return
    info = pyogrio.read_info(path)
    kinds = dict(zip(info["fields"], info["ogr_types"], strict=True))
    assert info["features"] in (0, -1)  # FlatGeobuf does not say
    assert info["geometry_type"] == "Point"
    assert kinds["killed"] == "OFTInteger64"
    assert kinds["longitude"] == "OFTReal"
    assert kinds["date_start"] == ("OFTDate" if key == "gpkg" else "OFTDateTime")


@pytest.mark.parametrize("key", ["geojson", "jsonl", "gpkg", "shp"])
def test_dates_are_dates_for_gdal(written, key):
    path = written("incidents", key)
    source = f"/vsizip/{path}/incidents.shp" if key == "shp" else path
    info = pyogrio.read_info(source)
    kinds = dict(zip(info["fields"], info["ogr_types"], strict=True))
    assert kinds["date_start"] == "OFTDate"


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("name", list(LAYERS))
def test_the_same_layer_is_the_same_bytes_as_file_and_as_stream(written, name, key):
    frame, schema = LAYERS[name]
    path = written(name, key)
    assert b"".join(stream(frame, schema, key)) == path.read_bytes()
    assert [p.name for p in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("key", ["geojson", "gpkg", "fgb", "parquet", "shp", "jsonl"])
def test_another_crs_has_its_name_and_easting_first(tmp_path, key):
    path = _written(tmp_path, "districts", key, FormatOptions(crs="EPSG:32638"))
    frame, _schema = LAYERS["districts"]
    if key == "parquet":
        back = gpd.read_parquet(path)
    else:
        back = pyogrio.read_dataframe(f"/vsizip/{path}/districts.shp" if key == "shp" else path)
    expected = frame.geometry.to_crs("EPSG:32638")
    assert np.allclose(sorted(back.total_bounds), sorted(expected.total_bounds), atol=0.001)
    if key != "jsonl":  # a sequence has no place to say it
        assert back.crs.to_epsg() == 32638


@pytest.mark.parametrize("key", ["gpkg", "fgb", "parquet", "geojson"])
def test_the_crs_is_wgs_84_longitude_first(written, key):
    path = written("districts", key)
    back = gpd.read_parquet(path) if key == "parquet" else gpd.read_file(path)
    assert back.crs.to_authority() in (("OGC", "CRS84"), ("EPSG", "4326"))
    assert back.total_bounds.tolist() == pytest.approx([47.0, 40.0, 47.2, 40.2])
