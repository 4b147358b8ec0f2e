"""Points kept as coordinates are to a frame what geometries are."""

import pickle

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geopandas.array import GeometryArray
from hypothesis import given
from hypothesis import strategies as st

from geodata.formats.geojson import geometry_texts
from geodata.schemas import CRS84, Points
from tests.laws import examples

ROWS = st.lists(
    st.none() | st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1, max_size=8
)


def both(rows: list[tuple[float, float] | None]) -> tuple[Points, GeometryArray]:
    placed = np.array([row is not None for row in rows])
    # A coordinate that is no place stays hidden.
    lon, lat = np.array([row or (1.0, 2.0) for row in rows]).T
    shapes = np.array([None if row is None else shapely.Point(row) for row in rows], dtype=object)
    return Points(lon.copy(), lat.copy(), placed), GeometryArray(shapes, crs=CRS84)


def same(one: object, other: object) -> bool:
    return bool(np.all(shapely.equals_identical(np.asarray(one), np.asarray(other))
                       | (shapely.is_missing(np.asarray(one))
                          & shapely.is_missing(np.asarray(other)))))  # fmt: skip


@examples(40)
@given(ROWS, st.data())
def test_points_answer_like_geometries_and_make_none_for_it(
    rows: list[tuple[float, float] | None], data: st.DataObject
) -> None:
    points, shapes = both(rows)
    some = data.draw(st.lists(st.integers(-1, len(rows) - 1), max_size=6))
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))))
    assert len(points) == len(shapes)
    assert same(points.take(some), shapes.take(some))
    assert same(points.take(some, allow_fill=True), shapes.take(some, allow_fill=True))
    assert same(points[mask], shapes[mask])
    assert same(points[1:], shapes[1:])
    assert same([points[i] for i in some], [shapes[i] for i in some])
    for name in ("x", "y", "bounds"):
        np.testing.assert_array_equal(getattr(points, name), getattr(shapes, name))
    np.testing.assert_array_equal(points.isna(), shapes.isna())
    if not shapes.isna().all():
        np.testing.assert_array_equal(points.total_bounds, shapes.total_bounds)
    hidden, plain = points.copy(), shapes.copy()
    hidden[np.flatnonzero(mask)] = None
    plain[np.flatnonzero(mask)] = None
    np.testing.assert_array_equal(hidden.isna(), plain.isna())
    assert points._made is None
    assert hidden._made is None
    assert same(points, shapes)
    assert same(hidden, plain)


def test_points_stand_in_a_frame_are_changed_joined_and_sent_to_other_processes() -> None:
    points, shapes = both([(49.0, 40.0), None, (47.5, 39.5)])
    frame = gpd.GeoDataFrame({"n": [1, 2, 3], "geometry": points})
    assert isinstance(frame.geometry.array, Points)
    assert isinstance(frame.copy(deep=False).geometry.array, Points)
    assert same(frame.iloc[[2, 0]].geometry.array, shapes.take([2, 0]))
    assert same(pd.concat([frame, frame]).geometry.array, np.concatenate([shapes, shapes]))
    assert same(pickle.loads(pickle.dumps(frame)).geometry.array, shapes)
    assert frame.to_crs(3857).geometry.iloc[1] is None
    assert list(frame.cx[48:50, 39:41].n) == [1]
    moved = frame.copy()
    moved.loc[1, "geometry"] = shapely.Point(1, 2)
    assert moved.geometry.x.tolist() == [49.0, 1.0, 47.5]
    assert same(frame.geometry.array, shapes)


@examples(40)
@given(ROWS, st.data())
def test_points_are_written_as_geometries_are(
    rows: list[tuple[float, float] | None], data: st.DataObject
) -> None:
    points, shapes = both(rows)
    some = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=6))
    crs = data.draw(st.sampled_from([None, "EPSG:4326"]))
    frames = [gpd.GeoDataFrame(geometry=one, crs=CRS84).iloc[some] for one in (points, shapes)]
    ours, theirs = (geometry_texts(frame, crs=crs).to_pylist() for frame in frames)
    assert ours == theirs
    if crs is None:
        assert points._made is None
