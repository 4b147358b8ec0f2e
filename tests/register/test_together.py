"""Writes that wait for each other share one transaction, and each is acknowledged after it."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import pytest

from geodata.errors import Conflict, NotFound, StoreError
from geodata.register import verify
from tests.register.conftest import blast


@pytest.fixture
def slow(held, monkeypatch):
    """A register whose first transaction lasts until it is let go, and how many there were."""
    begun, go, count = Event(), Event(), []
    write = held.store.write

    @contextmanager
    def slowly():
        with write() as connection:
            yield connection
            count.append(1)
            begun.set()
            go.wait(10)

    monkeypatch.setattr(held.store, "write", slowly)
    return held, begun, go, count


def waiting(register, number: int) -> None:
    """Wait until so many writes are waiting for the one under way."""
    for _ in range(1_000):
        if len(register._commits._waiting) == number:
            return
        Event().wait(0.01)
    raise AssertionError("they do not come")


def test_those_that_come_meanwhile_are_written_by_one_transaction(slow) -> None:
    register, begun, go, count = slow
    with ThreadPoolExecutor(8) as threads:
        first = threads.submit(register.create, blast("a0"), author="t")
        assert begun.wait(10)
        later = [threads.submit(register.create, blast(f"b{n}"), author=f"t{n}") for n in range(6)]
        waiting(register, 6)
        assert not any(one.done() for one in later)
        go.set()
        assert first.result(10).record_id == "a0"
        found = [one.result(10) for one in later]
    assert len(count) == 2
    assert [one.record_id for one in found] == [f"b{n}" for n in range(6)]
    assert [one.author for one in found] == [f"t{n}" for n in range(6)]
    # As if each had come alone: asked for its own time, each gives what it left.
    for one in found:
        then = register.snapshot(one.recorded_at)
        assert then.revision == one.seq
        assert then.incidents.index[-1] == one.record_id
    assert verify(register.store).revisions == 7
    assert len(register.snapshot().incidents) == 7


def test_one_that_does_not_fit_disturbs_no_other(slow) -> None:
    register, begun, go, count = slow
    with ThreadPoolExecutor(8) as threads:
        first = threads.submit(register.create, blast("a0"), author="t")
        assert begun.wait(10)
        one = threads.submit(register.create, blast("b1"), author="t")
        waiting(register, 1)
        again = threads.submit(register.create, blast("b1", note="again"), author="t")
        none = threads.submit(register.retract, "b7", author="t")
        changed = threads.submit(register.dispute, "a0", author="t")
        waiting(register, 4)
        go.set()
        first.result(10)
        assert one.result(10).version == 1
        with pytest.raises(Conflict):
            again.result(10)
        with pytest.raises(NotFound):
            none.result(10)
        assert changed.result(10).version == 2
    assert len(count) == 2
    assert register.snapshot().incident("b1").note == blast("b1").note
    assert verify(register.store).revisions == 3


def test_one_that_breaks_a_constraint_is_refused_and_the_others_are_written(slow) -> None:
    """What only the table refuses takes the whole transaction back."""
    register, begun, go, _ = slow
    text = blast("a0").model_dump_json(exclude_none=True)
    with ThreadPoolExecutor(8) as threads:
        first = threads.submit(register.create, blast("a0"), author="t")
        assert begun.wait(10)
        held = threads.submit(register.append, [], author="t", fresh=[("a0", text)])
        other = threads.submit(register.create, blast("b1"), author="t")
        waiting(register, 2)
        go.set()
        first.result(10)
        with pytest.raises(Conflict):
            held.result(10)
        assert other.result(10).record_id == "b1"
    assert list(register.snapshot().incidents.index) == ["a0", "b1"]
    assert verify(register.store).revisions == 2


def test_where_the_store_fails_none_of_them_is_acknowledged(slow, monkeypatch) -> None:
    register, begun, go, _ = slow

    def full(*_given: object) -> None:
        raise StoreError("The disk is full.", code="disk-full")

    with ThreadPoolExecutor(8) as threads:
        first = threads.submit(register.create, blast("a0"), author="t")
        assert begun.wait(10)
        later = [threads.submit(register.create, blast(f"b{n}"), author="t") for n in range(3)]
        waiting(register, 3)
        monkeypatch.setattr(register.store, "insert", full)
        go.set()
        first.result(10)
        for one in later:
            with pytest.raises(StoreError):
                one.result(10)
    monkeypatch.undo()
    assert register.create(blast("b0"), author="t").version == 1
    assert list(register.snapshot().incidents.index) == ["a0", "b0"]
