"""A box finds the same points as looking at each of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.filters import columns
from geodata.filters.columns import PointIndex, place_keys
from tests.laws import examples


def looked_at_each(lon, lat, box):
    west, south, east, north = box
    with np.errstate(invalid="ignore"):
        return np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))


# Few distinct values, so that points share edges and cells, and some are no point.
coordinate = st.sampled_from([-90.0, -10.5, -1e-7, 0.0, 0.0, 1.0, 2.0, 2.5, 90.0, np.nan])


def rows_within(index, *box):
    places = index.within(*box)
    assert (np.diff(places) > 0).all()
    return np.sort(index.rows[places])


@examples(150)
@given(
    st.lists(st.tuples(coordinate, coordinate), max_size=40),
    st.tuples(coordinate, coordinate, coordinate, coordinate),
    st.sampled_from([1, 2, 5]),
)
def test_every_point_in_the_box_is_found_once_in_order(points, box, block):
    lon, lat = np.array(points, dtype=float).reshape(-1, 2).T
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "_LEAST_BLOCK", block)
        index = PointIndex(lon, lat)
    box = tuple(0.0 if np.isnan(one) else one for one in box)
    assert rows_within(index, *box).tolist() == looked_at_each(lon, lat, box).tolist()


@given(st.lists(st.tuples(coordinate, coordinate), max_size=40), st.randoms())
def test_points_lie_along_the_curve_and_in_the_order_given_within_a_cell(points, random):
    lon, lat = np.array(points, dtype=float).reshape(-1, 2).T
    given_order = np.array(random.sample(range(len(lon)), len(lon)), dtype=np.int64)
    index = PointIndex(lon, lat, given_order)
    rank = {row: number for number, row in enumerate(given_order.tolist())}
    rows = index.rows.tolist()[: len(index)]
    at = [(int(key), rank[row]) for key, row in zip(index.keys, rows, strict=True)]
    assert at == sorted(at)
    assert index.keys.tolist() == place_keys(lon[rows], lat[rows]).tolist()


def test_the_curve_visits_each_cell_once_and_goes_from_neighbour_to_neighbour():
    across, up = np.meshgrid(np.arange(256), np.arange(256))
    lon, lat = (across.ravel() + 0.5) / 65_536 * 360 - 180, (up.ravel() + 0.5) / 65_536 * 180 - 90
    keys = place_keys(lon, lat)
    assert sorted(keys.tolist()) == list(range(65_536))
    along = np.argsort(keys)
    steps = np.abs(np.diff(across.ravel()[along])) + np.abs(np.diff(up.ravel()[along]))
    assert (steps == 1).all()


def test_a_box_is_few_runs_of_the_curve():
    lon, lat = np.random.default_rng(3).uniform((45, 38), (49, 42), (40_000, 2)).T
    places = PointIndex(lon, lat).within(46.0, 39.0, 46.7, 39.7)
    assert len(places) > 1_000
    assert (np.diff(places) > 1).sum() < len(places) / 12


def test_many_points_in_clusters():
    rng = np.random.default_rng(7)
    centres = rng.uniform(-60, 60, (5, 2))
    points = centres[rng.integers(0, 5, 30_000)] + rng.normal(0, 0.5, (30_000, 2))
    # Half a point is none, and disturbs no other.
    points[::7, 1], points[3::7, 0] = np.nan, np.nan
    index = PointIndex(*points.T)
    assert len(index) == np.isfinite(points).all(axis=1).sum()
    for x, y in centres:
        for size in (0.01, 1.0, 50.0):
            box = (x - size, y - size, x + size, y + size)
            assert np.array_equal(rows_within(index, *box), looked_at_each(*points.T, box))


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.booleans()), max_size=60),
    st.lists(
        st.lists(
            st.tuples(st.integers(0, 65), st.integers(0, 4), st.integers(0, 4), st.booleans()),
            max_size=6,
            unique_by=lambda change: change[0],
        ),
        max_size=4,
    ),
    st.randoms(use_true_random=False),
)
def test_an_index_that_follows_is_the_one_made_anew(held, steps, random) -> None:
    """Whatever is added, moved, or loses its point, many of one cell among them."""
    names = [f"n{number}" for number in range(70)]
    random.shuffle(names)

    def coordinates(places):
        x = np.array([44 + a / 1e4 * (1 + b) if there else np.nan for a, b, there in places])
        y = np.array([40.0 + b / 2 if there else np.nan for _, b, there in places])
        return x.astype(float), y.astype(float)

    def anew(places):
        order = np.array(sorted(range(len(places)), key=names.__getitem__), dtype=np.int64)
        return PointIndex(*coordinates(places), order)

    index = anew(held)
    for changes in steps:
        before = (index.rows.tolist(), index.keys.tolist())
        now = list(held)
        moved = set()
        for row, *place in changes:
            at = min(row, len(now))
            now[at : at + 1] = [tuple(place)]
            moved.add(at)
        rows = np.array(sorted(moved), dtype=np.int64)
        was, at = (np.column_stack(coordinates(places)) for places in (held, now))
        found = index.followed(rows, was[rows[rows < len(held)]], at[rows], names.__getitem__)
        wanted = anew(now)
        assert (index.rows.tolist(), index.keys.tolist()) == before
        assert found.rows.tolist() == wanted.rows.tolist()
        assert found.keys.tolist() == wanted.keys.tolist()
        every = np.arange(len(wanted))
        assert (found.coordinates(every) == wanted.coordinates(every)).all()
        for box in ((44, 40, 44.0004, 41), (43, 39, 45, 43), (44.0002, 40.5, 44.001, 42)):
            assert found.within(*box).tolist() == wanted.within(*box).tolist()
        held, index = now, found
