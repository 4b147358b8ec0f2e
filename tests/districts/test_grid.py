"""Point in district: exactly one district for each point."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from geodata.districts import DistrictGrid, grid_of, load_districts
from geodata.errors import InvalidInput
from geodata.schemas import CRS84
from tests.laws import examples


def frame(shapes: list, ids: list[str] | None = None) -> gpd.GeoDataFrame:
    ids = ids or [f"d{i}" for i in range(len(shapes))]
    return gpd.GeoDataFrame({"district_id": ids}, geometry=shapes, crs=CRS84)


def brute(districts: gpd.GeoDataFrame, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Each point tested against each district, smallest id first."""
    answer = np.full(len(x), -1)
    for position in np.argsort(districts["district_id"].to_numpy())[::-1]:
        inside = shapely.intersects_xy(districts.geometry.iloc[position], x, y)
        answer[inside] = position
    return answer


def test_points_are_found_in_their_squares(country: gpd.GeoDataFrame) -> None:
    grid = DistrictGrid(country)
    found = grid.locate([47.05, 47.15, 47.05, 47.15, 46.0], [40.15, 40.15, 40.05, 40.05, 40.1])
    assert found.tolist() == [0, 1, 2, 3, -1]


def test_a_shared_border_belongs_to_the_smallest_id(country: gpd.GeoDataFrame) -> None:
    # The centre lies in all four, the others on the border of two.
    lon, lat = [47.1, 47.1, 47.05, 47.15, 47.1], [40.1, 40.15, 40.1, 40.1, 40.05]
    assert DistrictGrid(country).locate(lon, lat).tolist() == [0, 0, 0, 1, 2]
    turned = country.iloc[::-1]
    assert DistrictGrid(turned).locate(lon, lat).tolist() == [3, 3, 3, 2, 1]


def test_the_outer_border_belongs_to_the_country(country: gpd.GeoDataFrame) -> None:
    found = DistrictGrid(country).locate([47.0, 47.2, 47.0, 47.2], [40.2, 40.2, 40.0, 40.0])
    assert found.tolist() == [0, 1, 2, 3]


def test_what_is_missing_or_far_away_is_in_no_district(country: gpd.GeoDataFrame) -> None:
    lon = [np.nan, 47.05, np.inf, -np.inf, 1e300, 47.05, 180.0, -180.0]
    lat = [40.15, np.nan, 40.15, 40.15, 40.15, -1e300, 90.0, -90.0]
    assert (DistrictGrid(country).locate(lon, lat) == -1).all()


def test_no_points_and_no_districts_are_fine(country: gpd.GeoDataFrame) -> None:
    assert DistrictGrid(country).locate([], []).tolist() == []
    assert DistrictGrid(country.iloc[:0]).locate([47.0], [40.0]).tolist() == [-1]
    missing = frame([None, Polygon(), box(47, 40, 48, 41)])
    assert DistrictGrid(missing).locate([47.5], [40.5]).tolist() == [2]


def test_lengths_that_differ_are_refused(country: gpd.GeoDataFrame) -> None:
    with pytest.raises(InvalidInput):
        DistrictGrid(country).locate([47.0], [40.0, 41.0])


def test_holes_enclaves_islands_and_needles_are_exact() -> None:
    hole = box(0, 0, 10, 10).difference(box(4, 4, 6, 6))
    shapes = [
        MultiPolygon([hole, box(20, 0, 20.001, 0.001)]),
        box(4, 4, 6, 6),
        Polygon([(12, 0), (12.00001, 10), (12.00002, 0)]),
    ]
    districts = frame(shapes)
    rng = np.random.default_rng(1)
    x = np.concatenate([rng.uniform(-1, 21, 4000), rng.uniform(11.9999, 12.0001, 1000), [20.0005]])
    y = np.concatenate([rng.uniform(-1, 11, 4000), rng.uniform(0, 10, 1000), [0.0005]])
    found = DistrictGrid(districts, cells=64).locate(x, y)
    assert (found == brute(districts, x, y)).all()
    assert found[-1] == 0


def test_districts_on_both_sides_of_the_antimeridian() -> None:
    fiji = MultiPolygon([box(177, -19, 180, -16), box(-180, -19, -178, -16)])
    found = DistrictGrid(frame([fiji])).locate([179, -179, 0, 180, -180], [-17] * 5)
    assert found.tolist() == [0, 0, -1, 0, 0]


def test_overlapping_districts_count_once_for_the_smallest_id() -> None:
    districts = frame([box(0, 0, 2, 2), box(1, 1, 3, 3)], ["b", "a"])
    found = DistrictGrid(districts).locate([0.5, 1.5, 2.5], [0.5, 1.5, 2.5])
    assert found.tolist() == [0, 1, 1]


def test_bundled_districts_agree_with_the_exact_test() -> None:
    districts = load_districts()
    west, south, east, north = districts.total_bounds
    rng = np.random.default_rng(7)
    x, y = rng.uniform(west, east, 20_000), rng.uniform(south, north, 20_000)
    vertices = shapely.get_coordinates(districts.geometry.to_numpy())
    jitter = rng.normal(0, 1e-4, vertices.shape)
    x = np.concatenate([x, vertices[:, 0], vertices[:, 0] + jitter[:, 0]])
    y = np.concatenate([y, vertices[:, 1], vertices[:, 1] + jitter[:, 1]])
    assert (grid_of(districts).locate(x, y) == brute(districts, x, y)).all()


@examples(40)
@given(
    corners=st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 4), st.integers(1, 4)),
        min_size=1,
        max_size=6,
    ),
    points=st.lists(st.tuples(st.integers(-2, 28), st.integers(-2, 28)), min_size=1, max_size=30),
    cells=st.integers(2, 40),
)
def test_any_boxes_any_grid_any_lattice_points(corners: list, points: list, cells: int) -> None:
    districts = frame([box(x, y, x + w, y + h) for x, y, w, h in corners])
    x, y = np.array(points, float).T / 2
    found = DistrictGrid(districts, cells=cells).locate(x, y)
    assert (found == brute(districts, x, y)).all()


def test_the_order_of_points_changes_nothing(country: gpd.GeoDataFrame) -> None:
    rng = np.random.default_rng(3)
    x, y = rng.uniform(46.9, 47.3, 500), rng.uniform(39.9, 40.3, 500)
    order = rng.permutation(500)
    grid = DistrictGrid(country)
    assert (grid.locate(x[order], y[order]) == grid.locate(x, y)[order]).all()


def test_inputs_are_not_changed(country: gpd.GeoDataFrame) -> None:
    x, y = np.array([47.05, np.nan]), np.array([40.15, 40.0])
    before = country.copy()
    grid_of(country).locate(x, y)
    assert x[0] == 47.05
    assert np.isnan(x[1])
    assert country.equals(before)


def test_equal_boundaries_share_one_grid(country: gpd.GeoDataFrame) -> None:
    assert grid_of(country) is grid_of(country.copy())
    assert grid_of(country) is not grid_of(country.iloc[:3])
