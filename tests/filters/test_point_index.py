"""A box finds the same points as looking at each of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.filters import columns
from geodata.filters.columns import PointIndex


def looked_at_each(lon, lat, box):
    west, south, east, north = box
    with np.errstate(invalid="ignore"):
        return np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))


# Few distinct values, so that points share edges, strips share longitudes, and some are no point.
coordinate = st.sampled_from([-90.0, -10.5, -1e-7, 0.0, 0.0, 1.0, 2.0, 2.5, 90.0, np.nan])


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(coordinate, coordinate), max_size=40),
    st.tuples(coordinate, coordinate, coordinate, coordinate),
    st.sampled_from([1, 2, 5]),
)
def test_every_point_in_the_box_is_found_once_in_order(points, box, per_strip):
    lon, lat = np.array(points, dtype=float).reshape(-1, 2).T
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "_PER_STRIP", per_strip)
        index = PointIndex(lon, lat)
    box = tuple(0.0 if np.isnan(one) else one for one in box)
    assert index.within(*box).tolist() == looked_at_each(lon, lat, box).tolist()


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
            assert np.array_equal(index.within(*box), looked_at_each(*points.T, box))
