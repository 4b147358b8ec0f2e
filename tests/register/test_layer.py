"""A layer that grew change by change is what a dictionary would be, and so is its file."""

from datetime import UTC, date, datetime

import numpy as np
import orjson
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from geodata import schemas
from geodata.growing import grown, without
from geodata.incidents import document
from geodata.model import Casualty, Incident
from geodata.register import layer as module
from geodata.register.layer import Layer
from geodata.register.revision import Row
from geodata.register.state import State
from tests.laws import examples

NAMES = [f"{letter}-{n}" for letter in "aZëя" for n in (1, 2, 10)]
STEP = st.tuples(
    st.sampled_from(NAMES), st.sampled_from(["say", "say", "say", "retract"]),
    st.none() | st.integers(0, 9), st.booleans(), st.booleans(),
)  # fmt: skip


def revision(seq: int, name: str, change: str, killed: int | None, placed: bool) -> Row:
    day = date(2021, 1, 1 + seq % 28)
    incident = Incident(
        incident_id=name,
        date_start=day,
        date_end=day,
        longitude=49.0 if placed else None,
        latitude=40.0 if placed else None,
        where_precision=1 if placed else 4,
        casualties=()
        if killed is None
        else (Casualty(group="civilian", outcome="killed", best=killed),),
    )
    text = orjson.dumps(document(incident)).decode()
    moment = datetime(2024, 1, 1, tzinfo=UTC)
    return Row(seq, "incident", name, 1, moment, "ann", change, None, text, "")


@examples(40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(STEP, max_size=25))
def test_a_layer_follows_its_changes_like_a_dictionary(
    monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, str, int | None, bool, bool]]
) -> None:
    for name, value in (("_MOST_CHUNKS", 3), ("_LARGE_CHUNK", 2), ("_MOST_FRESH", 3)):
        monkeypatch.setattr(module, name, value)
    held: dict[str, tuple[int | None, bool]] = {}
    layer: Layer = State().incidents
    earlier: list[tuple[Layer, list[str]]] = []
    for seq, (name, what, killed, placed, looked_at) in enumerate(steps):
        gone = what == "retract"
        layer = layer.changed([revision(seq, name, what if gone else "correct", killed, placed)])
        held.pop(name, None) if gone else held.__setitem__(name, (killed, placed))
        if looked_at:
            check(layer, held)
            earlier.append((layer, list(held)))
    check(layer, held)
    check(State().incidents.filled(layer.table.arrow(schemas.INCIDENTS)), held)
    for one, names in earlier:
        assert list(one.frame.index) == names


def check(layer: Layer, held: dict[str, tuple[int | None, bool]]) -> None:
    frame = layer.frame
    assert list(frame.index) == list(held)
    killed = frame["killed"].array.to_numpy(dtype=object, na_value=None)
    assert list(killed) == [number for number, _ in held.values()]
    assert (~frame.geometry.isna()).tolist() == [placed for _, placed in held.values()]
    ids = layer.table.ids
    assert [ids.row(name) for name in NAMES] == [
        list(held).index(name) if name in held else None for name in NAMES
    ]
    known = frame["killed"].to_numpy(dtype="float64", na_value=-1)

    def follow(before, rows):
        return grown(before, rows, known[rows], len(known))

    carried = layer.table.carried("killed", known.copy, follow)
    assert carried.tolist() == known.tolist()
    in_order = frame.index.to_numpy(dtype=object)[ids.rows.astype(np.int64)]
    assert list(in_order) == sorted(held)


def test_columns_of_which_nothing_is_known_share_their_memory() -> None:
    layer = State().incidents.changed([revision(n, f"a-{n}", "create", None, True) for n in (1, 2)])
    layer = State().incidents.filled(layer.table.arrow(schemas.INCIDENTS))
    layer = layer.changed([revision(3, "a-3", "create", None, True)])
    frame = layer.frame
    one, other = (frame[name].array._data for name in ("injured", "killed_police"))
    assert np.shares_memory(one, other)
    assert not frame["injured"].notna().any()


@given(st.data())
@examples(30)
def test_steps_that_follow_each_other_are_one(data: st.DataObject) -> None:
    """Rows lost and changed, one table after the other: what stays of the first, and the rest."""
    first = list(range(data.draw(st.integers(0, 90))))
    rows, size, fresh, steps = first, len(first), 1_000, []
    for _ in range(data.draw(st.integers(0, 5))):
        at = st.lists(st.integers(0, max(len(rows) - 1, 0)), unique=True, max_size=len(rows))
        lost = np.array(sorted(data.draw(at)), dtype=np.int64)
        rows = [row for place, row in enumerate(rows) if place not in set(lost.tolist())]
        at = st.lists(st.integers(0, len(rows) + 1), unique=True, max_size=4)
        changed = sorted({p for p in data.draw(at) if p < len(rows)})
        changed += range(len(rows), len(rows) + data.draw(st.integers(0, 2)))
        rows = rows + [0] * (1 + max([*changed, len(rows) - 1]) - len(rows))
        for place in changed:
            rows[place] = fresh = fresh + 1
        steps += [module.Step(lost=lost), module.Step(changed=np.array(changed, dtype=np.int64))]
    both = module.Step.of(steps, size)
    found = grown(without(np.array(first, dtype=np.int64), both.lost), both.changed,
                  np.array(rows, dtype=np.int64)[both.changed], len(rows))  # fmt: skip
    assert found.tolist() == rows
