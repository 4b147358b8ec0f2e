"""What changed between two revisions: all of it, some of it, and without reading more than that."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.register import Register, Snapshot
from geodata.register.log import LogReader
from tests.conftest import founded, nothing
from tests.laws import examples
from tests.register.conftest import blast

KINDS = ("added", "changed", "retracted")
STEPS = st.lists(
    st.tuples(st.sampled_from(["create", "correct", "secret", "retract"]), st.integers(0, 5)),
    max_size=12,
)


def took(register: Register, steps: list[tuple[str, int]]) -> list[Snapshot]:
    """Write the steps that can be taken, and give the snapshots between them."""
    held: dict[str, bool] = {}
    versions: Counter[str] = Counter()
    found = [register.snapshot()]
    for number, (what, which) in enumerate(steps):
        name = f"n{which}"
        day = blast().date_start + timedelta(days=number)
        if what == "create" and name not in held:
            register.create(blast(name), author="ann")
            held[name] = True
            versions[name] += 1
        elif what == "retract" and held.get(name):
            register.retract(name, author="ann")
            held[name] = False
            versions[name] += 1
        elif what in ("correct", "secret") and name in held:
            kept = "restricted" if what == "secret" else "public"
            one = blast(name, date_start=day, date_end=day, sensitivity=kept)
            register.replace(one, author="ann", expected_version=versions[name])
            held[name] = True
            versions[name] += 1
        found.append(register.snapshot())
    return found


@examples(25)
@given(steps=STEPS, most=st.integers(0, 4), data=st.data())
def test_some_of_a_difference_are_its_first_and_all_are_counted(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[str, int]],
    most: int,
    data: st.DataObject,
) -> None:
    folder = tmp_path_factory.mktemp("register")
    register = founded(folder, nothing)
    try:
        between = took(register, steps)
        first = data.draw(st.integers(0, len(between) - 1))
        last = data.draw(st.integers(first, len(between) - 1))
        for view in (lambda s: s, lambda s: s.public("district"), lambda s: s.public("drop")):
            earlier, later = view(between[first]), view(between[last])
            whole, some = later.diff(earlier), later.diff(earlier, most)
            recent = later.diff(earlier, newest_first=True)
            for kind in KINDS:
                every = getattr(whole, kind)
                assert getattr(some, kind) == every[:most]
                assert some.counts[kind] == whole.counts[kind] == len(every)
                assert sorted(every, key=lambda one: -one.last.seq) == getattr(recent, kind)
    finally:
        register.close()


def test_records_that_are_only_counted_are_not_read(
    held: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = held.snapshot()
    for number in range(30):
        held.create(blast(f"n{number}"), author="ann")
    read = 0
    heads = LogReader.heads

    def counting(self: LogReader, kind: str, ids: list[str], seq: int) -> object:
        nonlocal read
        found = heads(self, kind, ids, seq)
        read += len(found)
        return found

    monkeypatch.setattr(LogReader, "heads", counting)
    found = held.snapshot().public().diff(start.public(), 3)
    assert found.counts == {"added": 30, "changed": 0, "retracted": 0}
    assert [one.record_id for one in found.added] == ["n0", "n1", "n2"]
    assert read == 3
