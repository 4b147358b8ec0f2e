"""Areas, neighbours, borders and simplification: nothing is measured in degrees."""

from collections import OrderedDict
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import Geod
from shapely import MultiPolygon, Point, box

from geodata.crs import local_equal_area
from geodata.districts import (
    contiguity,
    copies,
    drawable,
    edition_of,
    generalised,
    geodesic_area_km2,
    grid_of,
    load_districts,
    near_border,
    shape_key,
    simplified,
)
from geodata.districts.copies import MOST_VERTICES
from geodata.districts.geometry import kept_by_shapes
from geodata.errors import InvalidInput
from geodata.schemas import CRS84

GEOD = Geod(ellps="WGS84")


def frame(shapes: list, ids: list[str] | None = None) -> gpd.GeoDataFrame:
    ids = ids or [f"d{i}" for i in range(len(shapes))]
    return gpd.GeoDataFrame({"district_id": ids}, geometry=shapes, crs=CRS84)


def test_the_whole_globe_has_its_published_area() -> None:
    corners = [(lon, lat) for lon in range(-180, 180, 90) for lat in (-90, 0)]
    octants = [box(lon, lat, lon + 90, lat + 90) for lon, lat in corners]
    # WGS 84 has 510,065,621.7 km2; edges along parallels become geodesics, so go by meridians.
    assert geodesic_area_km2(octants).sum() == pytest.approx(510_065_622, rel=1e-6)


def test_ring_direction_and_holes_are_respected() -> None:
    square = box(46, 40, 47, 41)
    hole = box(46.4, 40.4, 46.6, 40.6)
    pierced = square.difference(hole)
    areas = geodesic_area_km2([square, shapely.reverse(square), hole, pierced, None, Point(0, 0)])
    assert areas[0] == pytest.approx(areas[1])
    assert areas[3] == pytest.approx(areas[0] - areas[2], rel=1e-9)
    assert np.isnan(areas[4])
    assert areas[5] == 0
    assert geodesic_area_km2([]).shape == (0,)


def test_a_degree_is_smaller_in_the_north() -> None:
    equator, north = geodesic_area_km2([box(0, 0, 1, 1), box(0, 60, 1, 61)])
    assert north / equator == pytest.approx(0.5, abs=0.02)


def test_squares_touch_by_edge_and_by_corner(country: gpd.GeoDataFrame) -> None:
    matrix = contiguity(country)
    assert (matrix.toarray() == 1 - np.eye(4)).all()
    assert (matrix != matrix.T).nnz == 0


def test_islands_have_no_neighbour_and_slivers_do_not_part() -> None:
    # 1e-5 degrees are about a metre; 1e-3 about a hundred.
    shapes = [box(0, 0, 1, 1), box(1.00001, 0, 2, 1), box(2.001, 0, 3, 1), None]
    assert contiguity(frame(shapes)).toarray().tolist() == [
        [0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0],
    ]  # fmt: skip


def test_contiguity_of_nothing_is_empty(country: gpd.GeoDataFrame) -> None:
    assert contiguity(country.iloc[:0]).shape == (0, 0)


def test_changing_a_matrix_does_not_change_the_next_one(country: gpd.GeoDataFrame) -> None:
    contiguity(country).data[:] = 9
    assert contiguity(country).max() == 1


def test_what_is_made_of_shapes_is_kept_while_they_are_among_the_last_few() -> None:
    made: list[str] = []

    @kept_by_shapes(most=2)
    def first_id(districts: gpd.GeoDataFrame) -> str:
        made.append(districts["district_id"].iloc[0])
        return made[-1]

    one, two, three = (frame([box(0, 0, 1, 1)], [name]) for name in ("a", "b", "c"))
    assert [first_id(f) for f in (one, two, one.copy(), three, one, two)] == list("abacab")
    assert made == ["a", "b", "c", "b"]


def test_what_is_made_of_shapes_and_a_number_is_kept_for_this_number() -> None:
    made: list[float] = []

    @kept_by_shapes()
    def sized(_: gpd.GeoDataFrame, size: float = 1.0) -> float:
        made.append(size)
        return size

    one = frame([box(0, 0, 1, 1)], ["a"])
    assert [sized(one, 2.0), sized(one, 3.0), sized(one.copy(), 2.0)] == [2.0, 3.0, 2.0]
    assert [sized(one), sized(one, size=2.0), sized(one)] == [1.0, 2.0, 1.0]
    assert made == [2.0, 3.0, 1.0, 2.0]


def test_contiguity_follows_the_order_of_rows() -> None:
    districts = load_districts()
    order = np.random.default_rng(2).permutation(len(districts))
    direct = contiguity(districts).toarray()
    assert (contiguity(districts.iloc[order]).toarray() == direct[np.ix_(order, order)]).all()


@pytest.mark.parametrize(("metres", "near"), [(1900, -1), (2100, 1)])
def test_a_border_is_near_by_geodesic_metres(
    country: gpd.GeoDataFrame, metres: float, near: int
) -> None:
    # 2000 m west of the border between A and B.
    lon, lat, _ = GEOD.fwd(47.1, 40.15, 270, 2000)
    assert near_border([lon], [lat], [0], country, metres).tolist() == [near]


def test_the_nearest_of_several_neighbours_is_named(country: gpd.GeoDataFrame) -> None:
    assert near_border([47.095], [40.11], [0], country).tolist() == [1]
    assert near_border([47.085], [40.105], [0], country).tolist() == [2]


def test_a_point_outside_gets_the_nearest_district(country: gpd.GeoDataFrame) -> None:
    assert near_border([46.99, 46.9], [40.15, 40.15], [-1, -1], country).tolist() == [0, -1]


def test_the_outer_border_is_not_a_neighbour(country: gpd.GeoDataFrame) -> None:
    assert near_border([47.001], [40.199], [0], country).tolist() == [-1]


def test_missing_points_have_no_neighbour(country: gpd.GeoDataFrame) -> None:
    assert near_border([np.nan, 47.0], [40.0, np.inf], [-1, -1], country).tolist() == [-1, -1]
    assert near_border([], [], [], country).tolist() == []


def test_borders_of_the_bundled_districts_agree_with_plain_distances() -> None:
    districts = load_districts()
    rng = np.random.default_rng(5)
    west, south, east, north = districts.total_bounds
    x, y = rng.uniform(west, east, 400), rng.uniform(south, north, 400)
    flat = districts.to_crs(local_equal_area(districts.total_bounds))
    points = gpd.GeoSeries(gpd.points_from_xy(x, y), crs=CRS84).to_crs(flat.crs)
    own = grid_of(districts).locate(x, y)
    found = near_border(x, y, own, districts)
    for i, point in enumerate(points):
        away = flat.boundary.distance(point).to_numpy().copy()
        if own[i] >= 0:
            away[own[i]] = np.inf
        expected = int(np.argmin(away)) if away.min() <= 2000 else -1
        assert found[i] == expected or abs(away.min() - 2000) < 5


@pytest.mark.parametrize("tolerance", [50, 500, 3000])
def test_simplified_districts_keep_their_neighbours(tolerance: float) -> None:
    districts = load_districts()
    light = simplified(districts, tolerance)
    shapes = light.geometry.to_numpy()
    assert shapely.get_num_coordinates(shapes).sum() < 4506
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    assert (contiguity(light) != contiguity(districts)).nnz == 0
    assert (light["area_km2"] == districts["area_km2"]).all()
    assert set(light.geom_type) == {"MultiPolygon"}


def test_zero_tolerance_keeps_everything(country: gpd.GeoDataFrame) -> None:
    assert simplified(country, 0).equals(country)


@pytest.mark.parametrize("tolerance", [-1, float("nan"), float("inf")])
def test_a_tolerance_without_sense_is_refused(country: gpd.GeoDataFrame, tolerance: float) -> None:
    with pytest.raises(InvalidInput):
        simplified(country, tolerance)


def test_missing_shapes_stay_missing_when_simplified() -> None:
    light = simplified(frame([None, MultiPolygon([box(0, 0, 1, 1)])]), 100)
    assert light.geometry.isna().tolist() == [True, False]


def test_the_edition_changes_with_any_content(country: gpd.GeoDataFrame) -> None:
    changed = country.copy()
    changed.loc["XX-A", "name"] = "other"
    assert edition_of(country) == edition_of(country.copy())
    assert edition_of(country).startswith("XX-2020-01-")
    assert edition_of(changed) != edition_of(country)
    assert shape_key(changed) == shape_key(country)
    assert shape_key(country.iloc[::-1]) != shape_key(country)


def test_very_detailed_districts_are_drawn_in_a_lighter_form_that_covers_the_same() -> None:
    angle = np.linspace(0, 2 * np.pi, 30_000, endpoint=False)
    island = shapely.Polygon(np.column_stack([47 + 0.4 * np.cos(angle), 40 + 0.4 * np.sin(angle)]))
    around = shapely.box(46, 39, 48, 41).difference(island)
    frame = gpd.GeoDataFrame({"district_id": ["A", "B"]}, geometry=[island, around], crs=CRS84)
    light = drawable(frame)
    assert shapely.get_num_coordinates(light.geometry.array).sum() <= MOST_VERTICES
    assert drawable(frame) is light
    before, after = (geodesic_area_km2(f.geometry.array) for f in (frame, light))
    assert after == pytest.approx(before, rel=1e-3)
    assert shapely.coverage_is_valid(light.geometry.array)
    few = frame.iloc[:0]
    assert drawable(few) is few


def test_each_scale_does_not_go_through_all_vertices_again(monkeypatch) -> None:
    rng = np.random.default_rng(3)
    angle = np.linspace(0, 2 * np.pi, 26_000, endpoint=False)
    radius = 0.4 + rng.uniform(0, 1e-5, len(angle))
    shore = np.column_stack([7 + radius * np.cos(angle), 5 + radius * np.sin(angle)])
    around = shapely.box(6, 4, 8, 6).difference(shapely.Polygon(shore))
    shapes = [shapely.Polygon(shore), around]
    frame = gpd.GeoDataFrame({"district_id": ["A", "B"]}, geometry=shapes, crs=CRS84)
    wanted = simplified(frame, 500).geometry.to_numpy()
    gone_through: list[int] = []
    simplify = shapely.coverage_simplify

    def counted(shapes, *given):
        gone_through.append(int(shapely.get_num_coordinates(shapes).sum()))
        return simplify(shapes, *given)

    monkeypatch.setattr(shapely, "coverage_simplify", counted)
    for metres in (30, 60, 120, 500, 2_000):
        light = generalised(frame, metres)
        assert shapely.coverage_is_valid(light.geometry.to_numpy())
    drawable(frame)
    assert sum(count > MOST_VERTICES for count in gone_through) == 1
    off = shapely.symmetric_difference(generalised(frame, 500).geometry.to_numpy(), wanted)
    assert (shapely.area(off) < 1e-3 * shapely.area(shapes)).all()


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A data directory for copies, and nothing in memory."""

    def forget() -> None:
        monkeypatch.setattr(copies, "_COPIES", OrderedDict())

    forget()
    monkeypatch.setattr(copies, "_FOLDERS", [tmp_path / copies.FOLDER])
    return tmp_path / copies.FOLDER, forget


def coast(seed: int) -> gpd.GeoDataFrame:
    rng = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, 26_000, endpoint=False)
    radius = 0.4 + rng.uniform(0, 1e-5, len(angle))
    shore = np.column_stack([7 + radius * np.cos(angle), 5 + radius * np.sin(angle)])
    around = shapely.box(6, 4, 8, 6).difference(shapely.Polygon(shore))
    shapes = [shapely.Polygon(shore), around, None]
    return gpd.GeoDataFrame({"district_id": ["A", "B", "C"]}, geometry=shapes, crs=CRS84)


def damaged(path: Path, how: str) -> None:
    held = path.read_bytes()
    path.write_bytes(
        {"cut": held[: len(held) // 2], "empty": b"", "short": held[:7], "whole": held,
         "turned": held[:-9] + bytes([held[-9] ^ 1]) + held[-8:]}[how]
    )  # fmt: skip


def test_lighter_copies_are_kept_on_the_disk_and_made_anew_when_damaged(kept, monkeypatch) -> None:
    folder, forget = kept
    frame, made = coast(5), []
    simplify = shapely.coverage_simplify

    def counted(shapes, *given):
        made.append(len(shapes))
        return simplify(shapes, *given)

    monkeypatch.setattr(shapely, "coverage_simplify", counted)
    first = {metres: generalised(frame, metres) for metres in (4, 30, 400)}
    light = drawable(frame)
    (path,) = folder.iterdir()
    assert path.stat().st_mode & 0o077 == 0
    for how in ("whole", "cut", "empty", "short", "turned", "gone"):
        if how == "gone":
            path.unlink()
        else:
            damaged(path, how)
        forget()
        made.clear()
        again = drawable(frame)
        assert bool(made) == (how != "whole"), how
        assert shapely.equals_identical(again.geometry.array, light.geometry.array)[:2].all()
        assert again.geometry.isna().tolist() == [False, False, True]
        assert again["district_id"].tolist() == ["A", "B", "C"]
        for metres, wanted in first.items():
            found = generalised(frame, metres).geometry.array
            assert shapely.equals_identical(found, wanted.geometry.array)[:2].all()
    assert [p.name for p in folder.iterdir()] == [path.name]


def test_where_copies_cannot_be_kept_they_are_made_all_the_same(kept, tmp_path) -> None:
    folder, _ = kept
    folder.write_text("a file where the folder should be")
    assert len(drawable(coast(6))) == 3


def test_only_the_newest_copies_stay_on_the_disk(kept, monkeypatch) -> None:
    folder, forget = kept
    monkeypatch.setattr(copies, "MOST_KEPT", 2)
    for seed in (7, 8, 9):
        drawable(coast(seed))
        forget()
    assert len(list(folder.iterdir())) == 2
