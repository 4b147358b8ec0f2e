"""Arrays that share their memory with longer ones never see what came after them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geodata.growing import grown

STEPS = st.lists(st.tuples(st.integers(0, 3), st.sets(st.integers(0, 9))), max_size=12)


@given(STEPS, STEPS)
def test_each_array_is_the_copy_that_it_would_be(some, others) -> None:
    """Two lines of arrays grow from one, in turns: both would use the same room."""
    first = grown(np.zeros(0, np.int16), np.arange(3), [1, 2, 3], 3)
    lines = [first, first]
    seen = [(first, first.copy())]
    number = 10
    for both in zip(some, others, strict=False):
        for which, (more, changed) in enumerate(both):
            held = lines[which]
            size = len(held) + more
            rows = np.array(
                sorted({row for row in changed if row < len(held)} | set(range(len(held), size))),
                dtype=np.int64,
            )
            values = np.arange(number, number + len(rows))
            number += len(rows)
            wanted = np.concatenate([held, np.zeros(more, held.dtype)])
            wanted[rows] = values
            lines[which] = grown(held, rows, values, size)
            seen.append((lines[which], wanted))
    for found, wanted in seen:
        assert found.tolist() == wanted.tolist()


def test_a_part_or_another_order_of_an_array_is_copied() -> None:
    whole = grown(np.arange(4), np.array([4]), [4], 5)
    backwards = grown(whole[::-1], np.array([5]), [5], 6)
    assert backwards.tolist() == [4, 3, 2, 1, 0, 5]
    assert grown(whole[1:], np.array([4]), [9], 5).tolist() == [1, 2, 3, 4, 9]
    assert whole.tolist() == [0, 1, 2, 3, 4]
    assert np.shares_memory(grown(whole, np.array([5]), [5], 6), whole)


def test_days_and_truths_grow_too() -> None:
    for kind in ("datetime64[D]", "bool", "float64"):
        values = np.arange(3).astype(kind)
        once = grown(values[:1], np.array([1]), values[1:2], 2)
        assert (grown(once, np.array([2]), values[2:], 3) == values).all()
