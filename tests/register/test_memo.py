"""What is remembered stays within its count and its bytes, and is made once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geodata.register.snapshot import Memo, size_of
from tests.laws import examples


@examples(50)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 60)), max_size=40))
def test_what_is_kept_is_bounded_by_bytes_but_for_the_newest(asked: list[tuple[int, int]]) -> None:
    memo = Memo(5, most_bytes=100)
    for key, size in asked:
        found = memo.get((key, size), lambda size=size: b"x" * size)
        assert len(found) == size
        held = [cell.value for cell in memo._cells.values()]
        assert len(held) <= 5
        assert sum(map(len, held)) <= 100
        assert memo._bytes == sum(map(len, held))


def test_a_result_larger_than_the_budget_is_kept_alone_and_small_ones_beside_it() -> None:
    memo = Memo(most_bytes=100)
    made: list[str] = []

    def get(key: str, value: object) -> None:
        memo.get(key, lambda: made.append(key) or value)

    get("small", object())
    get("old", b"x" * 90)
    get("large", b"x" * 500)
    for key in ("small", "large"):
        get(key, None)
    assert made == ["small", "old", "large"]
    get("old", b"x")
    assert made[-1] == "old"


def test_arrays_tell_their_bytes() -> None:
    assert size_of(np.zeros(10, dtype=np.int64)) == 80
