"""Ready features: a page is a join of slices, whatever was asked before, and memory is bounded."""

import gc
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from weakref import ref

import numpy as np
import orjson
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from geodata import growing, schemas
from geodata.disk import no_room
from geodata.filters import Columns, compile_filter, mask_during
from geodata.intervals import Interval
from geodata.register import Change
from geodata.register.public import public_incidents
from geodata.register.redaction import Redaction
from geodata.register.snapshot import Memo
from geodata.risk import RiskParameters
from service.collections import COLLECTIONS
from service.ogc import ready as ready_module
from service.ogc import selection
from service.ogc.features import feature_documents
from service.ogc.query import Area, ItemsQuery
from service.ogc.ready import BLOCK, Budget, Ready, ready_of
from tests.conftest import founded, make_incidents, nothing
from tests.laws import examples
from tests.made import feature_bytes
from tests.register.conftest import blast

QUERY = ItemsQuery(
    COLLECTIONS["incidents"], RiskParameters(), 1, 0, None, None, None, (), (), None, None
)
ROWS = BLOCK + 40


@pytest.fixture(scope="module")
def frame():
    rows = pd.concat([make_incidents()] * (ROWS // 5 + 1)).iloc[:ROWS]
    rows["incident_id"] = [f"i{number}" for number in range(ROWS)]
    return rows.set_index("incident_id", drop=False).rename_axis(None)


@pytest.fixture(scope="module")
def alone(frame):
    return feature_bytes(frame, schemas.INCIDENTS)


@given(st.lists(st.lists(st.integers(0, ROWS - 1), max_size=12), max_size=5), st.booleans())
@examples(25)
def test_any_rows_in_any_order_are_the_features_joined(frame, alone, pages, kept) -> None:
    ready = Ready(frame, QUERY, Budget(10**9 if kept else 0))
    for page in pages:
        found = b"".join(ready.slices(np.array(page, dtype=np.int64)))
        assert found == b",".join(alone[row] for row in page)
    assert (ready.kept > 0) == (kept and any(pages))


def test_neighbours_made_together_are_one_slice(frame, alone) -> None:
    ready = Ready(frame, QUERY, Budget(10**9))
    everything = np.arange(ROWS)
    assert len(ready.slices(everything)) == 1
    assert len(ready.slices(everything[3:200])) == 1
    assert b"".join(ready.slices(everything)) == b",".join(alone)


@pytest.mark.parametrize("least", [0, 2**40], ids=["in a file", "in memory"])
@given(st.randoms(), st.lists(st.lists(st.integers(0, ROWS - 1), max_size=12), max_size=5))
@examples(10)
def test_what_is_laid_by_place_is_given_alike(frame, alone, least, random, pages) -> None:
    by_place = np.array(random.sample(range(ROWS), ROWS))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ready_module, "LEAST_FILE", least)
        patch.setattr(ready_module, "PIECE", 100)
        ready = Ready(frame, QUERY, Budget(10**9), by_place=lambda: by_place)
        for page in [*pages, range(ROWS), *pages]:
            found = b"".join(ready.slices(np.array(page, dtype=np.int64)))
            assert found == b",".join(alone[row] for row in page)
            ready.leave()
        assert len(ready.slices(by_place)) == 1


def test_a_layer_that_is_walked_in_order_is_made_in_few_steps(frame, alone, monkeypatch) -> None:
    made = []
    segment = ready_module._segment
    monkeypatch.setattr(ready_module, "PIECE", 20)
    monkeypatch.setattr(ready_module, "AHEAD", 80)
    monkeypatch.setattr(
        ready_module, "_segment", lambda *of: made.append(len(of[1])) or segment(*of)
    )
    ready = Ready(frame, QUERY, Budget(10**9))
    for start in range(0, ROWS, 20):
        rows = np.arange(start, min(start + 20, ROWS))
        assert b"".join(ready.slices(rows)) == b",".join(alone[row] for row in rows)
    # The first tells how large the layer is.
    assert made == [20, 100, 100, 76]
    assert sum(made) == ROWS


def test_without_room_on_the_disk_they_are_given_and_not_kept(frame, alone, monkeypatch) -> None:
    def full(*_given: object) -> int:
        raise no_room()

    monkeypatch.setattr(ready_module, "LEAST_FILE", 0)
    monkeypatch.setattr(ready_module.os, "pwrite", full)
    ready = Ready(frame, QUERY, Budget(10**9))
    for _ in range(2):
        assert b"".join(ready.slices(np.arange(20))) == b",".join(alone[:20])
    assert ready.kept == 0


def test_one_feature_is_made_with_its_neighbours(frame) -> None:
    ready = Ready(frame, QUERY, Budget(10**9))
    ready.slices(np.array([BLOCK + 1]))
    size = ready.kept
    ready.slices(np.arange(BLOCK, ROWS))
    assert ready.kept == size


def test_the_least_lately_used_gives_way_and_the_bound_holds(frame, alone) -> None:
    whole = sum(len(feature) + 1 for feature in alone)
    budget = Budget(int(whole * 2.5))
    first, second, third = (Ready(frame, QUERY, budget) for _ in range(3))
    everything = np.arange(ROWS)
    for one in (first, second, third):
        assert b"".join(one.slices(everything)) == b",".join(alone)
        assert budget.used() <= whole * 2.5
    assert [one.kept for one in (first, second, third)] == [0, whole, whole]
    assert b"".join(first.slices(everything)) == b",".join(alone)
    del second, third, one
    gc.collect()
    assert budget.used() == whole


def test_a_layer_larger_than_the_bound_keeps_none_beyond_it(frame, alone) -> None:
    ready = Ready(frame, QUERY, Budget(100_000))
    for _ in range(2):
        for start in range(0, ROWS, 20):
            rows = np.arange(start, min(start + 20, ROWS))
            assert b"".join(ready.slices(rows)) == b",".join(alone[r] for r in rows)
    assert 0 < ready.kept <= 100_000


def test_what_is_ready_is_carried_over_by_whatever_is_written(tmp_path, alone, monkeypatch) -> None:
    """Each revision gives its own, also the earlier ones, and only what changed is made."""
    laid = []
    made = ready_module._segment

    def counted(frame, rows, query):
        laid.append(len(rows))
        return made(frame, rows, query)

    monkeypatch.setattr(ready_module, "_segment", counted)
    register = founded(tmp_path / "data", nothing)
    register.append([Change("incident", blast(f"b{n:03d}")) for n in range(ROWS)], author="ann")

    def all_of(snapshot):
        frame = snapshot.incidents
        laid.clear()
        found = b"".join(ready_of(snapshot, frame, QUERY).slices(np.arange(len(frame))))
        assert found == b",".join(feature_bytes(frame, schemas.INCIDENTS))
        return sum(laid)

    seen = [register.snapshot(), register.snapshot().public()]
    assert [all_of(one) for one in seen] == [ROWS, ROWS]
    rng = np.random.default_rng(5)
    for step in range(20):
        name = f"b{rng.integers(0, ROWS):03d}"
        match step % 3:
            case 0:
                register.create(blast(f"n{step}"), author="ann")
            case 1:
                register.dispute(name, author="ann", reason="heard")
            case _:
                record = register.snapshot().incident(name)
                hidden = record.model_copy(update={"sensitivity": "restricted", "note": "x" * step})
                register.replace(hidden, author="ann")
        if step % 4:
            seen += [register.snapshot(), register.snapshot().public()]
            assert all_of(seen[-2]) <= 2
            assert all_of(seen[-1]) <= 2
    for earlier in seen[::7]:
        all_of(earlier)
    register.retract("b007", author="ann")
    register.dispute("b009", author="ann", reason="heard")
    register.retract("b100", author="ann")
    register.create(blast("last"), author="ann")
    for snapshot in (register.snapshot(), register.snapshot().public()):
        assert all_of(snapshot) <= 4  # the last two steps before it among them
    for earlier in seen[-2:]:
        all_of(earlier)
    register.close()


@pytest.fixture(params=[1_000, 7], ids=["for long", "for a while"])
def kept_apart(request, monkeypatch) -> None:
    """Keep what changed of a layer apart, however small it is."""
    monkeypatch.setattr(growing, "LEAST_LONG", 0)
    monkeypatch.setattr(growing, "MOST_APART", request.param)


@pytest.mark.parametrize("location", ["district", "drop"])
def test_the_public_view_after_writes_is_the_one_made_anew(tmp_path, location) -> None:
    """Frames and ids, whatever becomes restricted, public again, retracted or new."""
    register = founded(tmp_path / "data", nothing)
    rng = np.random.default_rng(7)

    def of(name):
        hidden = "restricted" if rng.random() < 0.3 else "public"
        where = {} if rng.random() < 0.3 else {"longitude": 46.0, "latitude": 40.0}
        return blast(name, sensitivity=hidden, note=f"n{rng.integers(9)}", **where)

    register.append([Change("incident", blast(f"b{n}")) for n in range(8)], author="ann")
    for step in range(28):
        if step % 4 == 0:
            register.create(of(f"{'abcz'[step % 3]}{step}n"), author="ann")
        elif step % 9 == 8:
            register.retract(any_of(register, rng).incident_id, author="ann")
        else:
            register.replace(of(any_of(register, rng).incident_id), author="ann")
        if step % 5 == 3:
            continue  # two writes between reads
        snapshot = register.snapshot()
        frame, public = snapshot.incidents, snapshot.public(location)
        wanted = public_incidents(frame, register.id_key, location)
        assert_frame_equal(public.incidents, wanted, check_column_type=False)
        assert list(public.incidents.geometry.isna()) == list(wanted.geometry.isna())
        ids = public.ids("incidents")
        assert [ids.row(name) for name in wanted.index] == list(range(len(wanted)))
        names = {*frame.index, "a", "none"} - {*wanted.index}
        assert {ids.row(name) for name in names} <= {None}
        assert list(wanted.index[ids.rows]) == sorted(wanted.index)
    register.close()


def any_of(register, rng):
    """One of the incidents that count."""
    snapshot = register.snapshot()
    return snapshot.incident(str(rng.choice(snapshot.incidents.index)))


def gone_now_and_then(register, rng, step) -> None:
    """Retract one at every fourth step."""
    if step % 4 == 0:
        register.retract(any_of(register, rng).incident_id, author="ann")


@pytest.mark.usefixtures("kept_apart")
def test_boxes_after_writes_are_those_of_a_layer_made_anew(tmp_path) -> None:
    """Points that come, move and go, in both views, some of one place."""
    register = founded(tmp_path / "data", nothing)
    rng = np.random.default_rng(9)

    def somewhere():
        if rng.random() < 0.3:
            return {"longitude": None, "latitude": None}
        return {
            "longitude": 46 + float(rng.integers(0, 3)),
            "latitude": 40 + float(rng.integers(0, 3)),
        }

    made = [blast(f"b{n:03d}", **somewhere()) for n in rng.permutation(60)]
    register.append([Change("incident", one) for one in made], author="ann")
    query = replace(QUERY, limit=1_000, area=Area(((45.5, 39.5, 47.5, 41.5),)))
    for step in range(28):
        if step % 3 == 0:
            register.create(blast(f"a{rng.integers(0, 10**9)}", **somewhere()), author="ann")
            gone_now_and_then(register, rng, step)
        else:
            record = any_of(register, rng)
            change = somewhere() if step % 3 == 1 else {"note": f"read {step}"}
            if step % 10 == 2:
                change["sensitivity"] = "restricted"
            register.replace(record.model_copy(update=change), author="ann")
        for snapshot in (register.snapshot(), register.snapshot().public()):
            frame = snapshot.incidents
            layer = selection._geometries(snapshot, query, frame)
            by_id = np.argsort(frame.index.to_numpy(dtype=object)).astype(np.int64)
            wanted = selection.Geometries(frame, by_id)
            assert sorted(layer.none) == sorted(wanted.none)
            assert layer.order(frame).positions.tolist() == wanted.order(frame).positions.tolist()
            assert layer.rows_in(query.area).tolist() == wanted.rows_in(query.area).tolist()
            page = selection.page_of(snapshot, query)
            inside = set(wanted.rows_in(query.area).tolist())
            order = layer.order(frame).positions.tolist()
            assert page.rows.tolist() == [row for row in order if row in inside]
    register.close()


def test_what_is_kept_apart_is_merged_beside_the_reads(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(growing, "LEAST_LONG", 0)
    monkeypatch.setattr(growing, "MOST_APART", 20)
    register = founded(tmp_path / "data", nothing)
    made = [blast(f"b{n}", longitude=46.0 + n, latitude=40.0) for n in range(30)]
    register.append([Change("incident", one) for one in made[:10]], author="ann")
    kept = {"geometries": selection._geometries, "order": selection._order}
    for one in made[10:]:
        register.create(one, author="ann")
        snapshot = register.snapshot()
        frame = snapshot.incidents
        for find in kept.values():
            find(snapshot, QUERY, frame)
        for thread in threading.enumerate():
            if thread.name == "merging":
                thread.join(10)
    for find in kept.values():
        found = find(snapshot, QUERY, frame)
        # Each time that there were more than ten.
        assert found.apart <= 11
    assert selection._order(snapshot, QUERY, frame).positions.tolist() == (
        selection.usual_order(frame, schemas.INCIDENTS).positions.tolist()
    )
    register.close()


@pytest.mark.usefixtures("kept_apart")
@pytest.mark.parametrize("sample", [3, 5_000])
def test_lists_after_writes_are_those_of_a_layer_made_anew(tmp_path, monkeypatch, sample) -> None:
    """The order with its front, and the columns that filters read, in both views."""
    monkeypatch.setattr(selection, "SAMPLE", sample)
    register = founded(tmp_path / "data", nothing)
    rng = np.random.default_rng(4)

    def of(name, **more):
        placed = rng.random() < 0.6
        where = {"longitude": 46.0, "latitude": 40.0} if placed else {}
        return blast(name, **where, **more)

    made = [of(f"b{n:03d}") for n in rng.permutation(60)]
    register.append([Change("incident", one) for one in made], author="ann")
    query = replace(QUERY, limit=1_000)
    chosen = []
    choose = selection._fronted
    monkeypatch.setattr(selection, "_fronted", lambda *of: chosen.append(of) or choose(*of))
    for step in range(27):
        if step % 3 == 0:
            name = f"{'abcz'[step % 4]}{rng.integers(0, 10**6)}"
            device = "uxo" if step % 2 else "ap_mine"
            register.create(of(name, device=device, note="n" if step > 20 else None), author="ann")
            gone_now_and_then(register, rng, step)
        else:
            record = any_of(register, rng)
            days = {"date_end": record.date_end + timedelta(days=step)}
            change = days if step % 5 else {"longitude": None, "latitude": None, "uncertainty_m": 9}
            if step % 11 == 2:
                change["sensitivity"] = "restricted"
            register.replace(record.model_copy(update=change), author="ann")
        for snapshot in (register.snapshot(), register.snapshot().public()):
            frame = snapshot.incidents
            order = selection._order(snapshot, query, frame)
            fronts = len(chosen)
            wanted = selection.usual_order(frame, schemas.INCIDENTS)
            del chosen[fronts:]
            assert order.front == wanted.front
            assert order.positions.tolist() == wanted.positions.tolist()
            each = order.positions.places_of(np.arange(len(frame)))
            assert each.tolist() == np.argsort(wanted.positions).tolist()
            columns, anew = selection._columns(snapshot, query, frame), Columns(frame)
            for name in ("date_start", "date_end"):
                assert (columns.first_days(name) == anew.first_days(name)).all()
                assert (columns.last_days(name) == anew.last_days(name)).all()
            for name in ("device", "record_status", "district_id", "note"):
                for text in ("uxo", "ap_mine", "draft", "XX-A", "n", "none"):
                    one, other = (c.codes(name).equal(text) for c in (columns, anew))
                    assert (one.true == other.true).all()
                    assert (one.false == other.false).all()
            assert np.array_equal(columns.number("killed"), anew.number("killed"), equal_nan=True)
    # Of 54 orders; with a small sample some changes lie beyond it.
    assert (len(chosen) < 54) == (sample == 3)
    register.close()


@pytest.mark.usefixtures("kept_apart")
def test_days_after_writes_are_those_of_a_layer_made_anew(tmp_path) -> None:
    """Intervals that are asked for again and again, alone and with a filter, in both views."""
    register = founded(tmp_path / "data", nothing)
    register.append([Change("incident", blast(f"b{n:02d}")) for n in range(40)], author="ann")
    rng = np.random.default_rng(6)
    uxo = compile_filter("device = 'uxo' OR killed > 1", "cql2-text", schemas.INCIDENTS)
    middle = datetime(2021, 3, 10, tzinfo=UTC)
    days = [Interval(datetime(2021, 2, 1, tzinfo=UTC), middle), Interval(middle, None)]
    asked = [
        replace(QUERY, limit=1_000, interval=one, filters=some)
        for one in days
        for some in ((), (uxo,))
    ]
    for step in range(21):
        first = date(2021, 3, 1) + timedelta(days=int(rng.integers(0, 20)))
        change = {"date_start": first, "date_end": first + timedelta(days=step % 3)}
        change["device"] = "uxo" if step % 2 else "ap_mine"
        if step % 3 == 0:
            register.create(blast(f"a{step}", **change), author="ann")
            gone_now_and_then(register, rng, step)
        else:
            record = any_of(register, rng)
            change["sensitivity"] = "restricted" if step % 7 == 2 else "public"
            register.replace(record.model_copy(update=change), author="ann")
        for snapshot in (register.snapshot(), register.snapshot().public())[step % 4 // 3 :]:
            columns = Columns(snapshot.incidents)
            for query in asked:
                during = (query.interval.start, query.interval.end)
                mask = mask_during(columns, "date_start", "date_end", *during)
                for one in query.filters:
                    mask &= one.mask(columns)
                rows = set(np.flatnonzero(mask).tolist())
                order = selection._order(snapshot, query, snapshot.incidents).positions.tolist()
                for _ in range(2):
                    page = selection.page_of(snapshot, query)
                    assert page.rows.tolist() == [row for row in order if row in rows]
    register.close()


def test_a_snapshot_goes_with_its_last_reader(tmp_path) -> None:
    """Without waiting for a search for garbage: it holds much, and one comes with each write."""
    register = founded(tmp_path / "data", nothing)
    made = [blast(f"b{n}", longitude=46.0 + n, latitude=40.0) for n in range(4)]
    register.append([Change("incident", one) for one in made], author="ann")
    gc.collect()
    gc.disable()
    try:
        for step in range(3):
            snapshot = register.snapshot()
            frame = snapshot.incidents
            selection.page_of(snapshot, replace(QUERY, limit=3))
            ready_of(snapshot, frame, QUERY).slices(np.arange(2))
            before = ref(snapshot)
            register.create(blast(f"n{step}", longitude=47.0, latitude=40.0), author="ann")
            del snapshot, frame
            register.snapshot()
            assert before() is None
    finally:
        gc.enable()
    register.close()


def test_one_that_changed_is_made_alone(tmp_path, monkeypatch) -> None:
    register = founded(tmp_path / "data", nothing)
    register.append([Change("incident", blast(f"b{n:03d}")) for n in range(ROWS)], author="ann")
    before = register.snapshot()
    ready_of(before, before.incidents, QUERY).slices(np.arange(ROWS))
    register.dispute("b011", author="ann", reason="heard")
    now = register.snapshot()
    ready = ready_of(now, now.incidents, QUERY)
    size = ready.kept
    row = now.ids("incidents").row("b011")
    assert b'"disputed"' in bytes(ready.one(row))
    assert ready.kept - size == len(ready.one(row)) + 1
    assert b'"disputed"' not in bytes(ready_of(before, before.incidents, QUERY).one(row))
    register.close()


def test_what_was_taken_back_is_not_carried_over(tmp_path) -> None:
    register = founded(tmp_path / "data", nothing)
    register.append(
        [Change("incident", blast(f"b{n}", note="secret")) for n in range(3)], author="ann"
    )
    before = register.snapshot()
    ready_of(before, before.incidents, QUERY).slices(np.arange(3))
    register.redact(Redaction("incident", "b1", ("note",), "ann", "asked"))
    now = register.snapshot()
    ready = ready_of(now, now.incidents, QUERY)
    assert ready.kept == 0
    assert b"secret" not in bytes(ready.one(now.ids("incidents").row("b1")))
    register.close()


def test_features_as_values_are_those_of_the_bytes(frame, alone) -> None:
    class Held:
        def __init__(self) -> None:
            self.memo = Memo()

        def cached(self, key, make):
            return self.memo.get(key, make)

        def carried(self, name, key, make, follow):
            return self.memo.get(key, make)

    held = Held()
    kept = ready_of(held, frame, QUERY)
    # What is kept is given without a look at the frame, which would cost as much as an answer.
    assert ready_of(held, None, QUERY) is kept
    rows = np.array([7, 3, 3])
    assert feature_documents(Held(), frame, rows, QUERY) == [orjson.loads(alone[r]) for r in rows]
    assert feature_documents(Held(), frame, rows[:0], QUERY) == []
