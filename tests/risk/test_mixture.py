"""The forecast by cell: mass kept, future unseen, near repeats foreseen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, box
from shapely.affinity import translate

from geodata.errors import InvalidInput
from geodata.risk.forecast import cell_intensity
from geodata.statistics.kernels import Grid
from geodata.statistics.mixture import cell_forecast
from tests.laws import examples

SIDE = 200_000.0
WINDOW = box(0, 0, SIDE, SIDE)


def _repeats(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Events near twenty places, each busy for a while."""
    rng = np.random.default_rng(seed)
    places = rng.random((20, 2)) * SIDE
    peak = rng.random(20) * 1500
    day = np.sort(rng.random(n) * 1500)
    busy = np.exp(-0.5 * ((day[:, None] - peak) / 150) ** 2) + 0.02
    chosen = np.array([rng.choice(20, p=row / row.sum()) for row in busy])
    return places[chosen] + rng.normal(0, 2_000, (n, 2)), day


@pytest.fixture(scope="module")
def events():
    return _repeats(1_500, 3)


def _density(grid, xy, transform):
    columns = ((xy[:, 0] - transform.c) // transform.a).astype(int)
    rows = ((xy[:, 1] - transform.f) // transform.e).astype(int)
    return grid[rows.clip(0, grid.shape[0] - 1), columns.clip(0, grid.shape[1] - 1)]


def test_it_foresees_better_than_all_counts_so_far(events):
    xy, day = events
    grid, transform = cell_intensity(xy, day, WINDOW, 1400, 90, 10_000)
    ahead = (day > 1400) & (day <= 1490)
    past, rows, columns = np.zeros(grid.shape), grid.shape[0], grid.shape[1]
    known = day <= 1400
    np.add.at(
        past,
        (
            np.clip(((SIDE - xy[known, 1]) // 10_000).astype(int), 0, rows - 1),
            np.clip((xy[known, 0] // 10_000).astype(int), 0, columns - 1),
        ),
        1.0,
    )
    plain = 0.98 * past / past.sum() + 0.02 / past.size
    ours = _density(grid / grid.sum(), xy[ahead], transform)
    theirs = _density(plain, xy[ahead], transform)
    assert np.mean(np.log(ours / theirs)) > 0.15


def test_what_comes_after_the_cutoff_is_not_looked_at(events):
    xy, day = events
    whole, _ = cell_intensity(xy, day, WINDOW, 900, 60, 20_000)
    known = day <= 900
    cut, _ = cell_intensity(xy[known], day[known], WINDOW, 900, 60, 20_000)
    np.testing.assert_array_equal(whole, cut)


def test_the_cells_sum_to_the_expected_total_and_none_is_impossible(events):
    found = cell_forecast(*events, WINDOW, 1400, 90, 20_000)
    assert found.expected.sum() == pytest.approx(found.total.mean[0])
    assert (found.expected > 0).all()
    assert sum(found.weights.values()) == pytest.approx(1.0)


def test_other_events_foretell_what_the_own_past_does_not():
    xy, day = _repeats(1_500, 8)
    few = np.arange(len(day)) % 15 == 0
    ahead = few & (day > 1400) & (day <= 1490)
    alone, transform = cell_intensity(xy[few], day[few], WINDOW, 1400, 90, 10_000)
    both, _ = cell_intensity(xy[few], day[few], WINDOW, 1400, 90, 10_000, xy[~few], day[~few])
    gain = np.log(_density(both, xy[ahead], transform) / _density(alone, xy[ahead], transform))
    assert gain.mean() > 0.1


@examples(12)
@given(st.integers(0, 40), st.integers(0, 10**6), st.sampled_from([1.0, 45.0, 400.0]))
def test_any_points_give_a_finite_forecast(n, seed, horizon):
    rng = np.random.default_rng(seed)
    xy = rng.integers(-3, 12, (n, 2)) * 1_000.0
    day = rng.integers(-50, 400, n).astype(float)
    if n > 2:
        xy[0], day[1] = np.nan, np.nan
    window = MultiPolygon([box(0, 0, 4_000, 4_000), translate(box(0, 0, 3_000, 3_000), 6_500, 500)])
    grid, transform = cell_intensity(xy, day, window, 300, horizon, 1_000)
    assert np.isfinite(grid).all()
    assert grid.min() >= 0 < grid.sum()
    assert (transform.a, transform.e) == (1_000, -1_000)


def test_moving_everything_moves_the_forecast(events):
    xy, day = events
    grid, _ = cell_intensity(xy, day, WINDOW, 1400, 90, 20_000)
    moved, transform = cell_intensity(
        xy + 500_000, day + 9_000, translate(WINDOW, 500_000, 500_000), 10_400, 90, 20_000
    )
    np.testing.assert_allclose(grid, moved, rtol=1e-6)
    assert (transform.c, transform.f) == (500_000, 700_000)


@pytest.mark.parametrize(
    ("horizon", "cell", "days"), [(0, 10_000, [1.0]), (30, -1, [1.0]), (30, 10_000, [1.0, 2.0])]
)
def test_what_cannot_be_foreseen_is_refused(horizon, cell, days):
    with pytest.raises(InvalidInput):
        cell_intensity([[1.0, 1.0]], days, WINDOW, 10, horizon, cell)


def test_a_covariate_that_tells_where_gets_weight_and_one_that_tells_nothing_does_not():
    """Events come anywhere along a road, never twice at one place."""
    rng = np.random.default_rng(8)
    window = box(0, 0, 400e3, 400e3)
    grid = Grid.over(window, 10_000)
    row = np.mgrid[: grid.mask.shape[0], : grid.mask.shape[1]][0]
    xy = np.column_stack([rng.uniform(0, 400e3, 120), rng.uniform(190e3, 210e3, 120)])
    day = np.sort(rng.uniform(0, 2_000, 120))
    road = np.abs(row - grid.mask.shape[0] / 2 + 0.5) * 10.0
    said = {"road": road, "chance": rng.random(grid.mask.shape)}
    found = cell_forecast(xy, day, window, 2_000, 90, 10_000, covariates=said)
    plain = cell_forecast(xy, day, window, 2_000, 90, 10_000)
    assert found.weights["road"] > 0.3
    assert found.weights["chance"] < 0.1
    along = road < 15
    assert found.expected[along].std() < plain.expected[along].std()
    assert found.expected.sum() == pytest.approx(plain.expected.sum())


def test_a_covariate_of_another_grid_is_refused_by_name():
    with pytest.raises(InvalidInput, match="roads"):
        cell_forecast(
            [[5, 5]] * 9, range(9), box(0, 0, 20, 20), 9, 3, 10, covariates={"roads": [[1.0]]}
        )
