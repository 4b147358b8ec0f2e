"""Land and sea around the districts, also where the map of the world is cut."""

import geopandas as gpd
import pytest
import shapely

from geodata.errors import NotFound
from geodata.risk.surface import projected_land
from geodata.schemas import DISTRICTS, conform
from service.drawing import outlines
from service.drawing.outlines import land_around
from tests.maps.snapshots import FakeSnapshot

pytestmark = pytest.mark.usefixtures("assets")


def around(west, south, east, north):
    frame = gpd.GeoDataFrame(
        {"district_id": ["x"]}, geometry=[shapely.box(west, south, east, north)], crs=4326
    )
    return land_around(frame)


def holds(shape, lon, lat):
    return bool(shapely.contains_xy(shape, lon, lat))


def test_the_caspian_is_sea_and_the_neighbours_are_land():
    shape = around(44.8, 38.4, 50.8, 41.9)
    assert shape.is_valid
    assert not holds(shape, 51.2, 40.5)
    for lon, lat in ((44.8, 41.7), (44.5, 40.2), (46.3, 38.1), (46.5, 43.0), (47.5, 40.3)):
        assert holds(shape, lon, lat)


@pytest.mark.parametrize(
    ("frame", "land_at", "sea_at"),
    [
        ((176, -19, 180, -15), [(178.0, -17.8)], [(176.5, -16.5), (177.0, -20.5)]),
        ((170, 62, 180, 69), [(175.0, 67.0), (178.0, 66.0)], [(178.0, 61.5)]),
        ((-180, 62, -170, 69), [(-175.0, 66.8)], [(-174.0, 69.5)]),
        ((-12, -13, 48, 25), [(20.0, 5.0), (14.0, -15.0)], [(-5.0, -15.0), (0.0, -17.0)]),
    ],
    ids=["fiji", "chukotka", "chukotka from the other side", "africa"],
)
def test_land_over_the_antimeridian_is_no_band_around_the_world(frame, land_at, sea_at):
    shape = around(*frame)
    assert shape.is_valid
    assert all(holds(shape, *at) for at in land_at)
    assert not any(holds(shape, *at) for at in sea_at)


def test_it_is_light_enough_for_a_page():
    for frame in ((44.8, 38.4, 50.8, 41.9), (-12, -13, 48, 25), (-180, -60, 180, 80)):
        assert shapely.get_num_coordinates(around(*frame)) < 10_000


def test_no_districts_have_no_land():
    assert land_around(gpd.GeoDataFrame({"district_id": []}, geometry=[], crs=4326)) is None


def test_without_the_atlas_the_map_has_no_land_and_no_sea(monkeypatch):
    def missing(name):
        raise NotFound(name)

    monkeypatch.setattr(outlines, "asset_path", missing)
    outlines._land.cache_clear()
    assert around(1, 1, 2, 2) is None
    outlines._land.cache_clear()


@pytest.mark.parametrize(
    ("west_of_it", "east_of_it", "land_at", "sea_at"),
    [
        (
            (172, 64, 180, 68),
            (-180, 64, -170, 66.5),
            [(175.0, 67.0), (185.0, 66.8)],
            [(-175.0, 66.8), (178.0, 61.5)],
        ),
        (  # islands on either side, of which only some lie on the meridian
            (176.8, -19.3, 180, -15.7),
            (-180, -19.3, -178.2, -15.7),
            [(178.0, -17.8), (179.4, -16.5), (180.05, -16.84), (181.06, -17.23), (180.95, -17.98)],
            [(-178.94, -17.23), (180.5, -16.84), (183.0, -17.23)],
        ),
    ],
    ids=["chukotka", "fiji"],
)
def test_land_runs_on_over_the_180th_meridian(west_of_it, east_of_it, land_at, sea_at):
    boxes = [shapely.box(*west_of_it), shapely.box(*east_of_it)]
    shape = land_around(gpd.GeoDataFrame({"district_id": ["x", "y"]}, geometry=boxes, crs=4326))
    assert all(holds(shape, *at) for at in land_at)
    assert not any(holds(shape, *at) for at in sea_at)


def test_districts_whose_sides_cross_when_projected_are_drawn():
    """A straight side in degrees is a bow on the map: a corner may cross it."""
    notched = shapely.Polygon([(0, 50), (20, 50), (20, 55), (10, 50.0001), (0, 55)])
    rows = {"district_id": ["XX-1"], "name": ["One"], "area_km2": [1.0]}
    country = conform(
        gpd.GeoDataFrame(rows, geometry=[shapely.MultiPolygon([notched])], crs="OGC:CRS84"),
        DISTRICTS,
    )
    assert notched.is_valid
    drawn = outlines.outlines_of(FakeSnapshot(country, None))
    projected, whole = projected_land(country)[1:]
    for shapes in (drawn.shapes, drawn.rough, projected, [whole]):
        assert shapely.is_valid(shapes).all()
        assert shapely.area(shapes[0]) > 1e10
