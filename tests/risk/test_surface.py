import numpy as np
import pytest
import rasterio
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, box

from geodata.errors import InvalidInput
from geodata.risk import RiskParameters, surface
from geodata.risk.surface import geotiff_bytes, risk_surface, surface_frame
from geodata.risk.tally import Window
from geodata.schemas import RISK_SURFACE
from geodata.statistics.kernels import DEFAULT_M, cross_validated, rule_of_thumb
from tests.conftest import make_country, make_incidents
from tests.laws import examples

SQUARE = box(0, 0, 10_000, 10_000)
BEAN = Point(0, 0).buffer(6_000).difference(Point(4_000, 0).buffer(3_000))
YEAR = Window(*(np.datetime64(d).astype(object) for d in ("2021-01-01", "2021-12-31")))
LIMITS = (0.0003, 0.001, 0.003, 0.01)


def inside(window, n, seed):
    rng = np.random.default_rng(seed)
    west, south, east, north = window.bounds
    found = np.empty((0, 2))
    while len(found) < n:
        xy = rng.uniform((west, south), (east, north), (4 * n, 2))
        found = np.vstack([found, xy[shapely.contains_xy(window, *xy.T)]])
    return found[:n]


@examples(30)
@given(
    st.sampled_from([SQUARE, BEAN, MultiPolygon([SQUARE, box(20_000, 0, 21_000, 9_000)])]),
    st.floats(20, 30_000),
    st.sampled_from([130.0, 250.0, 470.0]),
    st.integers(0, 50),
)
def test_the_surface_integrates_to_the_number_of_points(window, bandwidth, cell, seed):
    xy = inside(window, 40, seed)
    grid, _ = surface.intensity(xy, window, bandwidth, cell)
    assert grid.sum() * cell**2 == pytest.approx(40, rel=1e-9)
    assert (grid >= 0).all()


@pytest.mark.parametrize("cells", [1.0, 1.4, 1.6, 2.5, 7.0, 13.0])
def test_no_binning_shows_at_any_bandwidth(cells):
    """At most 0.1 % of the peak against the sum of all kernels at the cells' centres."""
    window, cell = box(0, 0, 40_000, 30_000), 250.0
    xy = np.random.default_rng(3).normal((20_000, 15_000), 900, (60, 2))
    x = np.arange(cell / 2, 40_000, cell)
    y = 30_000 - np.arange(cell / 2, 30_000, cell)
    h = cells * cell
    across = np.exp(-((x - xy[:, :1]) ** 2) / (2 * h * h))
    down = np.exp(-((y - xy[:, 1:]) ** 2) / (2 * h * h))
    for points in (slice(None), slice(1)):
        exact = down[points].T @ across[points] / (2 * np.pi * h * h)
        grid, _ = surface.intensity(xy[points], window, h, cell)
        assert abs(grid - exact).max() <= 0.001 * exact.max()


def test_points_on_the_border_count_and_beside_it_do_not():
    edge = [[0, 0], [10_000, 10_000], [10_000, 40], [0, 9_970], [5_000, 10_000]]
    grid, _ = surface.intensity(edge, SQUARE, 300, 70)
    assert grid.sum() * 70**2 == pytest.approx(5)
    beside, _ = surface.intensity(np.array(edge) * 1.001 - 4, SQUARE, 300, 70)
    assert beside.sum() * 70**2 == pytest.approx(0)


def test_all_points_count_where_cells_fit_the_window():
    xy = inside(SQUARE, 500, 1)
    grid, _ = surface.intensity(xy, SQUARE, 900, 100)
    assert grid.shape == (100, 100)
    assert grid.sum() * 100**2 == pytest.approx(500)


def test_points_outside_or_without_place_are_left_out():
    grid, _ = surface.intensity([[5_000, 5_000], [-1, 5], [np.nan, 5]], SQUARE, 500, 100)
    assert grid.sum() * 1e4 == pytest.approx(1)


def test_far_from_the_edge_it_is_the_gaussian():
    grid, transform = surface.intensity([[5_050, 5_050]], SQUARE, 800, 100)
    row, column = np.mgrid[:100, :100]
    x, y = transform @ (column + 0.5, row + 0.5)
    exact = np.exp(-((x - 5_050) ** 2 + (y - 5_050) ** 2) / (2 * 800**2)) / (2 * np.pi * 800**2)
    assert np.abs(grid - exact).max() < 2e-3 * exact.max()


def test_the_first_row_is_in_the_north():
    grid, transform = surface.intensity([[1_050, 9_050]], SQUARE, 300, 100)
    row, column = np.unravel_index(np.argmax(grid), grid.shape)
    assert transform @ (column + 0.5, row + 0.5) == (1_050, 9_050)
    assert row < 50


def test_correction_gives_the_edge_back_most_of_what_its_kernel_loses():
    xy = np.array([(x, y) for x in range(50, 10_000, 100) for y in range(50, 10_000, 100)], float)
    grid, _ = surface.intensity(xy, SQUARE, 700, 100)
    assert grid[50, 50] == pytest.approx(1e-4, rel=1e-3)
    # uncorrected, the edge would hold a half and the corner a quarter of the intensity
    assert grid[50, 0] > 0.7e-4
    assert grid[0, 0] > 0.5e-4
    assert grid.max() < 1.15e-4


def test_wide_and_narrow_kernels_agree_where_the_method_changes():
    xy = inside(BEAN, 60, 3)
    filtered, _ = surface.intensity(xy, BEAN, 1_170, 100)
    multiplied, _ = surface.intensity(xy, BEAN, 1_190, 100)
    assert np.abs(filtered - multiplied).max() < 0.05 * filtered.max()


def test_the_order_of_points_changes_nothing():
    xy = inside(BEAN, 80, 4)
    one, _ = surface.intensity(xy, BEAN, 600, 150)
    two, _ = surface.intensity(xy[::-1], BEAN, 600, 150)
    np.testing.assert_allclose(one, two, atol=1e-18)


@pytest.mark.parametrize(
    ("bandwidth", "cell"), [(0, 100), (-1, 100), (np.nan, 100), (5, 0), (5, np.nan)]
)
def test_impossible_widths_are_refused(bandwidth, cell):
    with pytest.raises(InvalidInput):
        surface.intensity([[1, 1]], SQUARE, bandwidth, cell)


def test_too_many_cells_are_refused_with_what_to_do():
    with pytest.raises(InvalidInput, match="larger cells"):
        surface.intensity([[1, 1]], SQUARE, 10, 1)


def test_bandwidth_by_rule_follows_the_spread():
    xy = np.random.default_rng(0).normal(0, 5_000, (400, 2))
    found = rule_of_thumb(xy)
    assert found == pytest.approx(5_000 * 400 ** (-1 / 6), rel=0.1)
    assert rule_of_thumb(xy * 3) == pytest.approx(found * 3)


def test_few_places_give_the_stated_default_however_often_they_repeat():
    assert rule_of_thumb([[0, 0], [1, 1]] * 50) == DEFAULT_M
    assert cross_validated([[0, 0], [1, 1]] * 50, SQUARE, 100) == DEFAULT_M


def test_cross_validation_finds_the_width_of_clumps():
    rng = np.random.default_rng(2)
    centres = rng.uniform(10_000, 90_000, (12, 2))
    xy = np.vstack([c + rng.normal(0, 1_500, (60, 2)) for c in centres])
    window = box(0, 0, 100_000, 100_000)
    found = cross_validated(xy, window, 500)
    assert 600 < found < 2_500
    assert found < rule_of_thumb(xy)


def test_gridded_and_exact_cross_validation_agree():
    rng = np.random.default_rng(2)
    xy = rng.normal(50_000, 9_000, (1_400, 2))
    more = np.vstack([xy, rng.normal(50_000, 9_000, (400, 2))])
    window = box(0, 0, 100_000, 100_000)
    assert cross_validated(more, window, 400) == pytest.approx(
        cross_validated(xy, window, 400), rel=0.5
    )


def test_repeated_places_do_not_draw_the_bandwidth_to_nothing():
    xy = np.random.default_rng(5).normal(50_000, 9_000, (60, 2))
    window = box(0, 0, 100_000, 100_000)
    assert cross_validated(np.repeat(xy, 5, axis=0), window, 500) > 1_000


def estimated(incidents=None, **options):
    found = make_incidents() if incidents is None else incidents
    return risk_surface(found, make_country(), RiskParameters(), YEAR, **options)


def _towns(country):
    """Incidents close about five towns, each at a place of its own, and some far off."""
    rng = np.random.default_rng(6)
    towns = rng.uniform((47.02, 40.02), (47.18, 40.18), (5, 2))
    xy = np.vstack([towns[rng.integers(0, 5, 150)] + rng.normal(0, 0.0015, (150, 2)),
                    rng.uniform((47.02, 40.02), (47.18, 40.18), (15, 2))])  # fmt: skip
    rows = make_incidents().iloc[[0] * len(xy)].copy()
    rows["incident_id"] = [f"t{n}" for n in range(len(xy))]
    return rows.assign(longitude=xy[:, 0], latitude=xy[:, 1])


def test_the_bandwidth_follows_what_foresees_best_and_not_the_spread_of_the_country():
    country = make_country()
    incidents = _towns(country)
    widths = {
        rule: risk_surface(incidents, country, RiskParameters(bandwidth=rule), YEAR).bandwidth_m
        for rule in ("cross-validated", "scott", "2.5")
    }
    assert widths["2.5"] == 2_500
    assert 100 <= widths["cross-validated"] < widths["scott"] / 2


def test_an_adaptive_surface_is_wider_far_off_and_loses_nothing():
    country = make_country()
    incidents = _towns(country)
    common, adaptive = (
        risk_surface(incidents, country, RiskParameters(bandwidth=rule), YEAR)
        for rule in ("cross-validated", "adaptive")
    )
    assert adaptive.mass.sum() == pytest.approx(common.mass.sum())
    # the lone ones spread over more ground, and the towns stand out no less
    assert (adaptive.intensity > 0.01).sum() > (common.intensity > 0.01).sum()
    assert np.nanmax(adaptive.intensity) >= np.nanmax(common.intensity)


def test_every_incident_is_in_the_surface_or_left_out():
    found = estimated()
    assert (found.points, found.spread, found.left_out) == (1, 3, 1)
    assert found.mass.sum() == pytest.approx(4)
    per_cell = found.grid.cell_m**2 / 1e6 * YEAR.years
    assert np.nansum(found.intensity) * per_cell == pytest.approx(4)


def test_a_district_only_incident_is_spread_over_its_district_and_nowhere_else():
    incidents = make_incidents()
    found = estimated(incidents[incidents["incident_id"] == "i4"])
    position = list(make_country().index).index("XX-D") + 1
    here = found.labels == position
    assert found.mass[here].sum() == pytest.approx(1)
    assert found.mass[~here].sum() == 0
    assert np.ptp(found.mass[here]) < 1e-12


def test_a_centroid_of_low_precision_is_spread_and_no_point():
    incidents = make_incidents().iloc[[0]].assign(where_precision=4)
    found = estimated(incidents)
    assert (found.points, found.spread) == (0, 1)
    assert np.ptp(found.mass[found.mass > 0]) < 1e-12


def test_an_uncertain_point_is_wider_than_a_sure_one():
    sure = make_incidents().iloc[[0]]
    vague = sure.assign(uncertainty_m=8_000.0)
    one, two = (estimated(frame, bandwidth_m=1_000.0) for frame in (sure, vague))
    assert two.mass.max() < one.mass.max() / 4
    assert two.mass.sum() == pytest.approx(one.mass.sum())


def test_a_district_smaller_than_a_cell_keeps_its_incidents():
    incidents = make_incidents()
    found = estimated(incidents[incidents["incident_id"] == "i4"], cell_m=60_000.0)
    assert found.mass.sum() == pytest.approx(1)


def test_bands_cover_the_country_once_and_sum_to_the_incidents():
    found = estimated(bandwidth_m=2_000.0)
    bands = surface_frame(found, LIMITS)
    assert list(bands.columns) == [*RISK_SURFACE.names, "geometry"]
    assert bands.is_valid.all()
    assert set(bands.geom_type) == {"MultiPolygon"}
    assert bands["area_km2"].sum() == pytest.approx(found.outline.area / 1e6, rel=1e-6)
    assert bands["expected"].sum() == pytest.approx(found.mass.sum())
    assert bands["intensity_low"].is_monotonic_increasing


def test_far_from_every_record_is_no_information():
    incidents = make_incidents().iloc[[0]]
    bands = surface_frame(estimated(incidents, bandwidth_m=500.0), LIMITS)
    corner = bands[bands.contains(Point(47.19, 40.01))]
    assert corner["band"].tolist() == ["no_information"]
    near = bands[bands.contains(Point(47.05, 40.15))]
    assert near["band"].tolist() != ["no_information"]


def test_the_geotiff_is_the_surface():
    found = estimated(bandwidth_m=2_000.0)
    with rasterio.MemoryFile(geotiff_bytes(found)) as file, file.open() as raster:
        assert raster.crs.to_dict()["proj"] == "laea"
        assert raster.transform == found.grid.transform
        np.testing.assert_allclose(raster.read(1), found.intensity.astype("float32"))
        assert raster.tags()["UNIT"] == "incidents per km2 per year"
        assert np.isnan(raster.nodata)
