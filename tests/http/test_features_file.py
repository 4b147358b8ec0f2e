"""Features that lie in a file are those that would be made, whatever was written since."""

import os

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import schemas
from geodata.register import Change, open_register
from geodata.register.redaction import Redaction
from service import heavy
from service.jobs import ORDER
from service.ogc import features_file
from service.ogc import ready as ready_module
from service.ogc.quick import QUERIES
from service.ogc.ready import is_written, ready_of, write_features
from service.ogc.selection import _geometries
from service.settings import Settings
from tests.conftest import founded
from tests.laws import examples
from tests.made import feature_bytes
from tests.register.conftest import blast

QUERY = QUERIES["incidents"]
COUNT = 60


@pytest.fixture
def made(monkeypatch):
    """Rows whose features are made, not read."""
    found: list[int] = []
    segment = ready_module._segment

    def counted(frame, rows, query):
        found.extend(rows.tolist())
        return segment(frame, rows, query)

    monkeypatch.setattr(ready_module, "_segment", counted)
    return found


def scattered(register) -> None:
    """Write incidents, three in four of them at some place."""
    rng = np.random.default_rng(3)
    some = [
        blast(
            f"b{n:03d}",
            longitude=46 + float(rng.random()) if n % 4 else None,
            latitude=40.0 if n % 4 else None,
            note=f"word{n:03d}",
        )
        for n in rng.permutation(COUNT)
    ]
    register.append([Change("incident", one) for one in some], author="ann")


def alike(register) -> None:
    """Write incidents that differ by their ids."""
    rows = [Change("incident", blast(f"b{n:03d}", note="secret")) for n in range(COUNT)]
    register.append(rows, author="ann")


@pytest.fixture
def folder(tmp_path):
    """A register whose features lie in a file."""
    register = founded(tmp_path, scattered)
    write_features(register.snapshot().public(), QUERY)
    register.close()
    return tmp_path


def file_in(folder):
    return folder / "features" / "incidents-district"


def all_of(snapshot, ready=None) -> bytes:
    """All features, held against those that are made of the frame."""
    frame = snapshot.incidents
    ready = ready or ready_of(snapshot, frame, QUERY)
    found = b"".join(ready.slices(np.arange(len(frame))))
    each = feature_bytes(frame, schemas.INCIDENTS)
    assert found == b",".join(each)
    order = _geometries(snapshot, QUERY, frame).order(frame)
    for places in (np.arange(len(frame)), np.arange(0, len(frame), 3), np.arange(0)):
        boxed = ready.made(order, places)
        # Without room they are not kept.
        if boxed is not None:
            assert b"".join(boxed) == b",".join(each[row] for row in order.positions[places])
    return found


def test_a_start_reads_them_and_makes_none(folder, made) -> None:
    register = open_register(folder)
    snapshot = register.snapshot().public()
    all_of(snapshot)
    assert made == []
    by_place = ready_module.rows_by_place(snapshot, QUERY)
    assert len(ready_of(snapshot, snapshot.incidents, QUERY).slices(by_place)) == 1
    assert ready_of(snapshot, snapshot.incidents, QUERY).kept == 0
    register.close()


def test_what_lies_by_place_is_found_there_without_its_rows(folder, monkeypatch) -> None:
    register = open_register(folder)
    snapshot = register.snapshot().public()
    all_of(snapshot)
    frame = snapshot.incidents
    ready, order = (
        ready_of(snapshot, frame, QUERY),
        _geometries(snapshot, QUERY, frame).order(frame),
    )
    monkeypatch.setattr(ready._held, "number", None)  # who looks a row up fails
    assert b"".join(ready.made(order, np.array([3, 4]))).count(b'"type":"Feature"') == 2
    register.close()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["create", "dispute", "restrict", "move", "retract", "return"]),
        st.integers(0, 59) | st.integers(7, 9),
    ),
    max_size=8,
)


def done(register, what, name, number) -> None:
    """Do one of the steps, where it can be done."""
    held = name in register.snapshot().own_ids("incidents")
    match what:
        case "create":
            register.create(blast(f"n{number}"), author="ann")
        case "return" if not held:
            version = register.snapshot().history(name)[-1].version
            back = Change("incident", blast(name), "correct", version)
            register.append([back], author="ann")
        case "retract" if held:
            register.retract(name, author="ann")
        case "dispute" if held:
            register.dispute(name, author="ann", reason="heard")
        case "move" | "restrict" if held:
            change = {"longitude": 47.0 + number, "latitude": 40.0}
            if what == "restrict":
                change["sensitivity"] = "restricted"
            one = register.snapshot().incident(name).model_copy(update=change)
            register.replace(one, author="ann")


@given(before=STEPS, after=STEPS)
@examples(25)
def test_what_was_written_before_or_after_a_start_is_made_and_nothing_else(
    tmp_path_factory, before, after
) -> None:
    folder = tmp_path_factory.mktemp("register")
    register = founded(folder, alike)
    write_features(register.snapshot().public(), QUERY)
    with pytest.MonkeyPatch.context() as patch:
        made: set[str] = set()
        segment = ready_module._segment

        def noted(frame, rows, query):
            made.update(register.snapshot().own_ids("incidents")[rows])
            return segment(frame, rows, query)

        patch.setattr(ready_module, "_segment", noted)
        for number, (what, n) in enumerate([*before, ("", 0), *after]):
            if what:
                done(register, what, f"b{n:03d}", number)
            else:
                register.close()
                register = open_register(folder)
                all_of(register.snapshot().public())
            if number > len(before):
                all_of(register.snapshot().public())
    # What lies between two that are missing is made with them.
    assert len(made) <= 2 * len([*before, *after])
    register.close()


def spoilt(folder, **members) -> None:
    path = file_in(folder)
    about = features_file.about(path) | members
    with path.open("r+b") as file:
        file.write(orjson.dumps(about) + b"\n")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: spoilt(folder, digest="0" * 64),
        lambda folder: spoilt(folder, revision=10**6),
        lambda folder: spoilt(folder, epoch="another"),
        lambda folder: spoilt(folder, program="another"),
        lambda folder: spoilt(folder, view="drop"),
        lambda folder: spoilt(folder, rows=COUNT - 1),
        lambda folder: spoilt(folder, format=0),
        lambda folder: os.truncate(file_in(folder), 5_000),
        lambda folder: os.truncate(file_in(folder), 0),
        lambda folder: file_in(folder).unlink(),
    ],
)
def test_one_that_does_not_fit_the_log_is_left_aside_and_written_again(folder, spoil, made) -> None:
    spoil(folder)
    register = open_register(folder)
    snapshot = register.snapshot().public()
    all_of(snapshot)
    assert len(made) == COUNT
    write_features(snapshot, QUERY)
    assert is_written(snapshot, QUERY)
    register.close()


def test_where_records_went_the_others_are_read_at_the_next_start(folder, made) -> None:
    register = open_register(folder)
    register.merge("b008", "b009", author="ann")
    register.retract("b007", author="ann")
    register.close()
    register = open_register(folder)
    snapshot = register.snapshot().public()
    assert is_written(snapshot, QUERY)
    all_of(snapshot)
    merged_into = [snapshot.own_ids("incidents").get_loc("b009")]
    assert made in ([], merged_into)
    register.close()


def test_one_whose_marks_are_those_of_other_records_is_written_again(folder, made) -> None:
    """Rows that nobody can tell apart must not give one record's feature for another's."""
    register = open_register(folder)
    register.retract("b007", author="ann")
    laid = features_file.read(file_in(folder), features_file.about(file_in(folder)))
    with file_in(folder).open("r+b") as file:
        file.seek(features_file._places(COUNT)[1])
        file.write(np.zeros_like(laid.marks).tobytes())
    snapshot = register.snapshot().public()
    assert not is_written(snapshot, QUERY)
    all_of(snapshot)
    assert len(set(made)) == COUNT - 1
    write_features(snapshot, QUERY)
    assert is_written(snapshot, QUERY)
    register.close()


def test_only_everybody_s_newest_view_is_read(folder, made) -> None:
    register = open_register(folder)
    moment = register.snapshot().recorded_at
    hidden = register.snapshot().incident("b001").model_copy(update={"sensitivity": "restricted"})
    register.replace(hidden, author="ann")
    for snapshot in (
        register.snapshot(),
        register.snapshot(moment).public(),
        register.snapshot().public("drop"),
    ):
        made.clear()
        all_of(snapshot)
        assert len(set(made)) == COUNT
    register.close()


def test_one_that_makes_features_reads_them_as_soon_as_they_are_written(
    folder, made, monkeypatch
) -> None:
    monkeypatch.setattr(ready_module, "LOOK_SECONDS", 0.0)
    file_in(folder).rename(folder / "aside")
    register = open_register(folder)
    snapshot = register.snapshot().public()
    ready = ready_of(snapshot, snapshot.incidents, QUERY)
    first = bytes(ready.slices(np.arange(3))[0])
    (folder / "aside").rename(file_in(folder))
    made.clear()
    assert all_of(snapshot).startswith(first)
    assert (made, ready.kept) == ([], 0)
    register.close()


def test_what_a_file_has_stays_when_others_need_room(folder, made) -> None:
    register = open_register(folder)
    all_of(register.snapshot().public())
    register.dispute("b003", author="ann", reason="heard")
    snapshot = register.snapshot().public()
    all_of(snapshot)
    ready = ready_of(snapshot, snapshot.incidents, QUERY)
    assert ready.kept > 0
    under_way = ready.slices(np.arange(COUNT))
    before = b"".join(under_way)
    ready.empty()
    register.dispute("b004", author="ann", reason="heard")
    made.clear()
    all_of(register.snapshot().public())
    assert set(made) == {snapshot.ids("incidents").row(name) for name in ("b003", "b004")}
    assert b"".join(under_way) == before
    register.close()


def test_without_room_behind_it_they_are_given_and_not_kept(folder, monkeypatch) -> None:
    monkeypatch.setattr(features_file, "ROOM", 0)
    file_in(folder).unlink()
    register = open_register(folder)
    write_features(register.snapshot().public(), QUERY)
    all_of(register.snapshot().public())
    register.dispute("b003", author="ann", reason="heard")
    for _ in range(2):
        snapshot = register.snapshot().public()
        all_of(snapshot)
        assert ready_of(snapshot, snapshot.incidents, QUERY).kept == 0
    register.close()


def test_what_was_taken_back_lies_in_no_file(folder, monkeypatch) -> None:
    register = open_register(folder)
    all_of(register.snapshot().public())
    assert b"word005" in file_in(folder).read_bytes()
    register.redact(Redaction("incident", "b005", ("note",), "ann", "asked"))
    snapshot = register.snapshot().public()
    assert not file_in(folder).exists()
    assert b"word005" not in all_of(snapshot)

    def meanwhile(*of):
        register.redact(Redaction("incident", "b006", ("note",), "ann", "asked"))
        return write(*of)

    write = features_file.write
    monkeypatch.setattr(features_file, "write", meanwhile)
    write_features(snapshot, QUERY)
    assert not file_in(folder).exists()
    register.close()


def test_what_a_kill_left_is_not_read_and_goes_with_the_next(folder, made) -> None:
    half = folder / "features" / ".hazardmap-abc"
    half.mkdir()
    file_in(folder).rename(half / "incidents-district")
    register = open_register(folder)
    snapshot = register.snapshot().public()
    all_of(snapshot)
    assert len(made) == COUNT
    write_features(snapshot, QUERY)
    assert [one.name for one in (folder / "features").iterdir()] == ["incidents-district"]
    assert file_in(folder).stat().st_mode & 0o077 == 0
    register.close()


def test_two_do_not_write_it_at_once(folder) -> None:
    register = open_register(folder)
    file_in(folder).unlink()
    with features_file.alone_in(folder / "features"):
        write_features(register.snapshot().public(), QUERY)
        assert not file_in(folder).exists()
    register.close()


def test_it_is_made_before_somebody_asks_and_again_when_much_has_changed(
    folder, monkeypatch
) -> None:
    monkeypatch.setattr(ready_module, "MOST_CHANGED", 4)
    register = open_register(folder)
    wanted = ("features", ("incidents",))
    assert ORDER[0] == "features"

    def asked():
        return heavy.made_again(register.snapshot().public())

    assert asked() == []
    assert wanted not in heavy.made_first(Settings(), register.snapshot().public())
    register.retract("b001", author="ann")
    assert asked() == []
    register.retract("b002", author="ann")
    assert asked() == [wanted]
    assert heavy.made_first(Settings(), register.snapshot().public())[0] == wanted
    heavy.KINDS["features"]([register.snapshot().public()], "incidents")
    assert asked() == []
    register.close()
