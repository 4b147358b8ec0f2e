"""Arrays that share their memory with others never see what came after them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import growing
from geodata.growing import Spliced, grown
from tests.laws import examples

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


@pytest.mark.parametrize(("least", "most"), [(0, 1_000), (0, 3), (8, 1_000)])
@given(st.data())
@examples(60)
def test_values_taken_out_and_put_in_are_those_of_a_copy(least, most, data) -> None:
    """Many changes one after the other, of which each leaves what was there before as it was."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(growing, "LEAST_LONG", least)
        patch.setattr(growing, "MOST_APART", most)
        wanted = np.arange(data.draw(st.integers(0, 12)))
        found = Spliced(wanted)
        earlier = []
        for step in range(data.draw(st.integers(0, 8))):
            earlier.append((found, wanted))
            if data.draw(st.booleans()) and len(wanted):
                places = st.lists(st.integers(0, len(wanted) - 1), unique=True, max_size=4)
                gone = np.array(sorted(data.draw(places)), dtype=np.int64)
                found, wanted = found.without(gone), np.delete(wanted, gone)
            else:
                places = st.lists(st.integers(0, len(wanted)), max_size=4)
                at = sorted(data.draw(places))
                values = 100 * (step + 1) + np.arange(len(at))
                found = found.with_values(at, values)
                wanted = np.insert(wanted, np.array(at, dtype=np.int64), values)
            earlier.append((found, wanted))
        for one, values in earlier:
            assert len(one) == len(values)
            assert one.tolist() == values.tolist()
            some = np.arange(len(values))[::-2]
            assert one[some].tolist() == values[some].tolist()
            assert [one[at] for at in range(len(values))] == values.tolist()
            splice = one.splice
            base = splice.held(np.arange(splice.size))
            assert one[splice.place_of(base)].tolist() == one.base[base].tolist()
            assert one[splice.places].tolist() == one.put.tolist()
