"""Ranks: who has one, and between which ranks what comes next would put a district."""

import numpy as np

from geodata.statistics.rates import competition_rank, ranks


def drawn_with(behind: float) -> np.ndarray:
    """Two districts, the first behind the second in this share of a hundred draws."""
    first = np.where(np.arange(100) < round(behind * 100), 0.0, 2.0)
    return np.column_stack([first, np.ones(100)])


def test_a_district_without_information_or_value_has_no_rank_and_takes_none():
    value = np.array([3.0, np.nan, 9.0, 1.0])
    ranked = np.array([True, True, False, True])
    found = ranks(value, np.tile([3.0, 5.0, 9.0, 1.0], (10, 1)), ranked)
    np.testing.assert_array_equal(found.rank, [1, np.nan, np.nan, 2])
    np.testing.assert_array_equal(found.low, [1, np.nan, np.nan, 2])
    np.testing.assert_array_equal(found.high, [1, np.nan, np.nan, 2])


def test_where_nobody_is_ranked_nothing_is_said():
    found = ranks(np.array([1.0, 2.0]), np.ones((4, 2)), np.zeros(2, bool))
    assert np.isnan([found.rank, found.low, found.high]).all()


def test_a_district_that_one_draw_leaves_open_keeps_its_own_rank_alone():
    drawn = np.tile([1.0, 2.0, 3.0], (10, 1))
    drawn[0, 2] = np.nan
    found = ranks(np.array([3.0, 2.0, 1.0]), drawn, np.ones(3, bool))
    # The third is not drawn, and is in nobody's way.
    assert (found.low.tolist(), found.high.tolist()) == ([1, 1, 3], [2, 2, 3])


def test_the_limits_leave_out_half_of_what_the_level_leaves_at_each_end():
    value, everybody = np.array([2.0, 1.0]), np.ones(2, bool)
    for behind, level, high in ((0.04, 0.9, 1), (0.06, 0.9, 2), (0.06, 0.8, 1)):
        found = ranks(value, drawn_with(behind), everybody, level=level)
        assert (found.low[0], found.high[0]) == (1, high), (behind, level)


def test_rows_are_ranked_each_by_itself_and_equals_alike():
    rows = np.random.default_rng(1).integers(0, 4, (50, 6)).astype(float)
    by_hand = [[1.0 + (row > value).sum() for value in row] for row in rows]
    np.testing.assert_array_equal(competition_rank(rows), by_hand)
    assert competition_rank(np.zeros((3, 0))).shape == (3, 0)
