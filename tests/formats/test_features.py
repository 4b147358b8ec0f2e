"""GeoJSON features: what they say, in which order and precision."""

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geodata import schemas
from geodata.errors import InvalidInput
from geodata.formats import collection_bytes
from geodata.formats.geojson import geometry_texts
from geodata.schemas import conform
from tests.conftest import make_country, make_incidents
from tests.formats.layers import operations
from tests.made import feature_bytes


def _features(frame, schema, **options):
    return [orjson.loads(f) for f in feature_bytes(frame, schema, **options)]


def test_a_feature_has_its_id_and_all_properties_in_their_order(incidents):
    feature = _features(incidents, schemas.INCIDENTS)[0]
    assert feature["type"] == "Feature"
    assert feature["id"] == "i1"
    assert list(feature["properties"]) == schemas.INCIDENTS.names
    assert feature["geometry"] == {"type": "Point", "coordinates": [47.05, 40.15]}


def test_dates_are_days_moments_are_utc_and_unknown_is_null(incidents):
    properties = _features(incidents, schemas.INCIDENTS)[4]["properties"]
    assert properties["date_start"] == "2021-06-01"
    assert properties["recorded_at"] == "2022-01-01T00:00:00Z"
    for name in ("killed", "longitude", "description", "districts"):
        assert properties[name] is None


def test_zero_is_not_unknown(incidents):
    assert _features(incidents, schemas.INCIDENTS)[1]["properties"]["killed"] == 0


def test_no_geometry_and_an_empty_geometry_are_null():
    frame = operations().iloc[:2].copy()
    frame.geometry = [None, shapely.from_wkt("POLYGON EMPTY")]
    assert [f["geometry"] for f in _features(frame, schemas.OPERATIONS)] == [None, None]


def test_four_by_four_in_epsg_4326_is_latitude_first(country):
    first = _features(country, schemas.DISTRICTS)[0]["geometry"]["coordinates"][0][0]
    swapped = _features(country, schemas.DISTRICTS, crs="EPSG:4326")[0]["geometry"]
    assert swapped["coordinates"][0][0] == [[y, x] for x, y in first]


def test_files_have_longitude_first_whatever_the_authority_says(country):
    plain = _features(country, schemas.DISTRICTS)
    assert _features(country, schemas.DISTRICTS, crs="EPSG:4326", lon_first=True) == plain


def test_utm_is_in_metres_with_millimetres(country):
    x, y = _features(country, schemas.DISTRICTS, crs="EPSG:32638")[0]["geometry"]["coordinates"][0][
        0
    ][0]
    assert 600_000 < x < 700_000
    assert 4_400_000 < y < 4_500_000
    assert round(x, 3) == x


def test_an_unknown_crs_is_refused_by_name(country):
    with pytest.raises(InvalidInput, match="EPSG:999999"):
        feature_bytes(country, schemas.DISTRICTS, crs="EPSG:999999")


def test_exterior_rings_run_counterclockwise_and_holes_clockwise():
    frame = operations().iloc[[1]].copy()
    frame.geometry = shapely.orient_polygons(frame.geometry.array, exterior_cw=True)
    outer, hole = _features(frame, schemas.OPERATIONS)[0]["geometry"]["coordinates"]
    assert shapely.LinearRing(outer).is_ccw
    assert not shapely.LinearRing(hole).is_ccw


def test_coordinates_keep_seven_decimals_and_no_negative_zero():
    shapes = gpd.GeoSeries([shapely.Point(47.123456789, -0.00000000001)], crs="OGC:CRS84")
    text = geometry_texts(gpd.GeoDataFrame(geometry=shapes)).to_pylist()
    assert text == ['{"type":"Point","coordinates":[47.1234568,0.0]}']


def test_chosen_properties_come_in_the_order_asked_for(incidents):
    found = _features(incidents, schemas.INCIDENTS, properties=["device", "killed"])
    assert list(found[0]["properties"]) == ["device", "killed"]


def test_a_collection_of_nothing_and_of_many_is_valid_json(incidents):
    assert orjson.loads(b"".join(collection_bytes([]))) == {
        "type": "FeatureCollection",
        "features": [],
    }
    some = b",".join(feature_bytes(incidents, schemas.INCIDENTS) * 100)
    pieces = list(collection_bytes([[some]] * 3, {"numberReturned": 1500}))
    assert len(pieces) == 3
    document = orjson.loads(b"".join(pieces))
    assert document["numberReturned"] == 1500
    assert len(document["features"]) == 1500


def test_rows_are_independent_of_their_neighbours():
    frame = make_incidents()
    whole = feature_bytes(frame, schemas.INCIDENTS)
    apart = [feature_bytes(frame.iloc[[n]], schemas.INCIDENTS)[0] for n in range(len(frame))]
    assert whole == apart


def test_the_frame_is_not_changed():
    frame = make_country()
    feature_bytes(frame, schemas.DISTRICTS, crs="EPSG:32638")
    pd.testing.assert_frame_equal(frame, make_country())


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_characters="\x00")) | st.none(),
            st.integers(0, 2**53) | st.none(),
            st.floats(allow_nan=False, allow_infinity=False) | st.none(),
            st.dates(min_value=pd.Timestamp("0001-01-01").date()) | st.none(),
        ),
        max_size=8,
    )
)
def test_any_value_comes_back_from_the_json(rows):
    ids = [f"o{n}" for n in range(len(rows))]
    data = pd.DataFrame(rows, columns=["note", "personnel", "area_done_m2", "announced"])
    data["operation_id"] = ids
    data["announced"] = np.array([r[3] for r in rows], dtype="datetime64[s]")
    data["personnel"] = pd.array([r[1] for r in rows], dtype="Int64")
    found = _features(conform(data, schemas.OPERATIONS), schemas.OPERATIONS)
    assert [f["id"] for f in found] == ids
    for feature, (note, personnel, area, announced) in zip(found, rows, strict=True):
        properties = feature["properties"]
        assert properties["note"] == note
        assert properties["personnel"] == personnel
        assert properties["area_done_m2"] == area
        assert properties["announced"] == (announced and announced.isoformat())
