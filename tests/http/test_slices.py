"""What lies in a buffer is sent as if it had been joined."""

import socket

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.http.slices import MOST_PARTS, Slices, flat, written

HELD = memoryview(bytes(range(256)) * 64)
SPANS = st.tuples(st.integers(0, len(HELD)), st.integers(0, 300)).map(
    lambda span: (span[0], min(sum(span), len(HELD)))
)


def of(spans: list[tuple[int, int]]) -> Slices:
    starts, ends = np.array(spans, dtype=np.int64).reshape(-1, 2).T
    return Slices(HELD, starts, ends)


PARTS = st.lists(st.one_of(st.binary(max_size=40), st.lists(SPANS, max_size=30).map(of)))


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        yield ours, theirs


def read(theirs: socket.socket, size: int) -> bytes:
    return theirs.recv(size, socket.MSG_WAITALL) if size else b""


@given(parts=PARTS)
def test_all_of_it_is_sent_as_joined(parts) -> None:
    whole = b"".join(flat(parts))
    assert sum(map(len, parts)) == len(whole)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert written(ours.fileno(), parts) == len(whole)
        assert read(theirs, len(whole)) == whole


def test_of_more_parts_than_the_system_takes_the_first_are_sent(pair) -> None:
    ours, theirs = pair
    many = of([(7, 8)] * (2 * MOST_PARTS))
    sent = written(ours.fileno(), (b"head", many))
    assert sent == 4 + MOST_PARTS - 1
    assert read(theirs, sent) == (b"head" + bytes(many.buffer[7:8]) * len(many))[:sent]
    assert written(ours.fileno(), [b"a"] * (2 * MOST_PARTS)) == MOST_PARTS


@pytest.mark.parametrize("parts", [(HELD,), (of([(0, len(HELD))]),)], ids=["bytes", "slices"])
def test_what_is_full_takes_a_part_and_then_nothing(pair, parts) -> None:
    ours, theirs = pair
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
    taken = []
    while (sent := written(ours.fileno(), parts)) > 0:
        taken.append(sent)
    assert sent == 0
    assert 0 < sum(taken) < 10**7
    for one in taken:
        assert read(theirs, one) == bytes(HELD[:one])


@pytest.mark.parametrize("parts", [(b"gone",), (of([(0, 9)]),)], ids=["bytes", "slices"])
def test_what_is_broken_takes_nothing(pair, parts) -> None:
    ours, theirs = pair
    theirs.close()
    assert written(ours.fileno(), parts) == 0
