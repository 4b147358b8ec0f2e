"""Tiles cut from layers: every point once, shapes whole, rings the right way round."""

import geopandas as gpd
import mapbox_vector_tile
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import shape

from geodata import schemas
from geodata.schemas import conform
from service.tiles.grid import EXTENT, HALF, Tile, index_of
from service.tiles.layer import (
    BUFFER,
    CELLS,
    MOST_POINTS,
    TileLayer,
    districts_at,
    shapes_at,
    tile_bytes,
)
from tests.conftest import make_country
from tests.laws import examples


def point_layer(lon, lat, **columns) -> TileLayer:
    rows = pd.DataFrame({"incident_id": [f"p{n}" for n in range(len(lon))], **columns})
    rows["date_start"] = rows["date_end"] = "2021-02-04"
    frame = gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(lon, lat), crs="OGC:CRS84")
    return TileLayer(conform(frame, schemas.INCIDENTS), schemas.INCIDENTS, shapes_at)


def country_layer() -> TileLayer:
    return TileLayer(make_country(), schemas.DISTRICTS, districts_at)


def features_of(content: bytes, name: str) -> list[dict]:
    if not content:
        return []
    return mapbox_vector_tile.decode(content, default_options={"y_coord_down": True})[name][
        "features"
    ]


def tiles_of(layer: TileLayer, zoom: int) -> set[Tile]:
    """All tiles of a level that the layer's box touches, and those around them."""
    west, south, east, north = layer.bounds()
    columns = index_of(np.array([west, east]), zoom, southward=False)
    rows = index_of(np.array([north, south]), zoom, southward=True)
    last = 2**zoom - 1
    return {
        Tile(zoom, row, column)
        for row in range(max(rows[0] - 1, 0), min(rows[1] + 1, last) + 1)
        for column in range(max(columns[0] - 1, 0), min(columns[1] + 1, last) + 1)
    }


def level(layer: TileLayer, zoom: int, mask=None) -> list[dict]:
    name = layer.schema.name
    tiles = tiles_of(layer, zoom)
    return [f for tile in tiles for f in features_of(tile_bytes(layer, tile, mask), name)]


@given(
    st.lists(st.tuples(st.floats(-180, 180), st.floats(-89.9, 89.9)), min_size=1, max_size=30),
    st.integers(0, 4),
)
@examples(40)
def test_every_point_is_in_exactly_one_tile_of_a_level(points, zoom):
    lon, lat = zip(*points, strict=True)
    layer = point_layer(lon, lat)
    n = 2**zoom
    found = [
        f["properties"]["incident_id"]
        for row in range(n)
        for column in range(n)
        for f in features_of(tile_bytes(layer, Tile(zoom, row, column)), "incidents")
    ]
    assert sorted(found) == sorted(layer.frame.index)


@pytest.mark.parametrize("zoom", [0, 5, 8, 10])
def test_gathered_points_keep_their_count_and_sums(zoom):
    random = np.random.default_rng(7)
    n = 4 * MOST_POINTS
    killed = pd.array(random.integers(0, 3, n), dtype="Int64")
    killed[::3] = pd.NA
    layer = point_layer(random.uniform(46, 48, n), random.uniform(39, 41, n), killed=killed)
    found = level(layer, zoom)
    assert sum(f["properties"]["count"] for f in found) == n
    assert sum(f["properties"].get("killed", 0) for f in found) == killed.sum()
    if zoom == 0:
        assert len(found) < CELLS**2
        assert all("injured" not in f["properties"] for f in found)  # nobody states it


def test_a_number_that_nobody_states_is_absent_and_not_zero():
    killed = pd.array([pd.NA] * (MOST_POINTS + 1), dtype="Int64")
    layer = point_layer([47.0] * len(killed), [40.0] * len(killed), killed=killed)
    (one,) = features_of(tile_bytes(layer, Tile(0, 0, 0)), "incidents")
    assert one["properties"]["count"] == len(killed)
    assert "killed" not in one["properties"]


def test_up_to_the_limit_points_keep_all_they_say():
    layer = point_layer([47.0] * 3, [40.0] * 3, device="at_mine", killed=[1, 0, None])
    found = features_of(tile_bytes(layer, Tile(0, 0, 0)), "incidents")
    assert [f["properties"]["device"] for f in found] == ["at_mine"] * 3
    assert [f["properties"].get("killed") for f in found] == [1, 0, None]
    assert {f["properties"]["date_start"] for f in found} == {"2021-02-04"}


def test_a_lonely_point_among_gathered_ones_keeps_its_attributes():
    many = MOST_POINTS
    layer = point_layer([47.0] * many + [-100.0], [40.0] * many + [-40.0], device="uxo")
    found = features_of(tile_bytes(layer, Tile(0, 0, 0)), "incidents")
    assert sorted(f["properties"]["count"] for f in found) == [1, many]
    alone = next(f for f in found if f["properties"]["count"] == 1)
    assert alone["properties"]["incident_id"] == f"p{many}"


def test_a_mask_leaves_out_what_was_not_asked_for():
    layer = point_layer([47.0, 47.0, 48.0], [40.0, 40.0, 40.0])
    mask = np.array([True, False, True])
    found = features_of(tile_bytes(layer, Tile(0, 0, 0), mask), "incidents")
    assert {f["properties"]["incident_id"] for f in found} == {"p0", "p2"}


def test_rows_without_a_place_are_in_no_tile(incidents):
    layer = TileLayer(incidents, schemas.INCIDENTS, shapes_at)
    found = features_of(tile_bytes(layer, Tile(0, 0, 0)), "incidents")
    assert [f["properties"]["incident_id"] for f in found] == ["i1"]
    assert layer.placed == 1


def test_an_empty_tile_is_empty():
    assert tile_bytes(country_layer(), Tile(3, 0, 0)) == b""


@pytest.mark.parametrize("zoom", range(16))
def test_no_district_disappears_at_any_level(zoom):
    layer = country_layer()
    if zoom < 13:
        found = level(layer, zoom)
    else:
        corners = [Tile(zoom, *_tile_at(lon, lat, zoom)) for lon, lat in _middles()]
        found = [f for t in corners for f in features_of(tile_bytes(layer, t), "districts")]
    assert {f["properties"]["district_id"] for f in found} == set(make_country().index)


def _middles():
    return [(p.x, p.y) for p in make_country().geometry.map(shapely.point_on_surface)]


def _tile_at(lon, lat, zoom):
    x = np.array([lon / 180 * HALF])
    y = np.array([np.log(np.tan(np.pi / 4 + np.radians(lat) / 2)) / np.pi * HALF])
    row = index_of(y, zoom, southward=True)[0]
    return int(row), int(index_of(x, zoom, southward=False)[0])


@pytest.mark.parametrize("zoom", [0, 5, 9, 11])
def test_shapes_are_valid_on_whole_units_and_within_the_buffer(zoom):
    for feature in level(country_layer(), zoom):
        drawn = shape(feature["geometry"])
        assert drawn.is_valid
        assert not drawn.is_empty
        coordinates = shapely.get_coordinates(drawn)
        assert (coordinates == np.round(coordinates)).all()
        assert coordinates.min() >= -BUFFER
        assert coordinates.max() <= EXTENT + BUFFER


def test_exterior_rings_are_clockwise_on_the_screen_and_holes_are_not():
    hole = shapely.Polygon(
        shapely.box(46, 39, 48, 41).exterior, [shapely.box(46.5, 39.5, 47.5, 40.5).exterior]
    )
    frame = make_country().iloc[:1].copy()
    frame.geometry = [shapely.MultiPolygon([hole])]
    layer = TileLayer(frame, schemas.DISTRICTS, districts_at)
    (one,) = features_of(tile_bytes(layer, Tile(5, 12, 20)), "districts")
    # The decoder gives y downwards; MVT wants a positive area by the surveyor's formula there.
    outer, inner = one["geometry"]["coordinates"]
    assert _surveyor(outer) > 0
    assert _surveyor(inner) < 0


def _surveyor(ring):
    x, y = np.array(ring, dtype=float).T
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) / 2)


def test_neighbours_share_their_edge_after_generalising():
    layer = country_layer()
    found = features_of(tile_bytes(layer, Tile(8, *_tile_at(47.1, 40.1, 8))), "districts")
    shapes = [shape(f["geometry"]) for f in found]
    whole = shapely.union_all(shapes)
    assert len(shapes) == 4
    assert whole.area == pytest.approx(sum(s.area for s in shapes))
    assert whole.geom_type == "Polygon"
    assert not whole.interiors


def test_the_same_tile_is_the_same_bytes():
    tile = Tile(8, *_tile_at(47.1, 40.1, 8))
    assert tile_bytes(country_layer(), tile) == tile_bytes(country_layer(), tile)
