"""A start reads the checkpoint and the log's tail, and holds what the whole log says."""

import json
import os
import shutil
import stat
import threading
from datetime import date, timedelta

import numpy as np
import pytest
from geopandas.testing import assert_geodataframe_equal

from geodata.model import Casualty, DistrictWeight, Incident
from geodata.register import Change, open_register, state
from geodata.register import register as register_module
from geodata.register.reference import edition_of_document
from geodata.register.register import LiveState
from tests.conftest import founded

DAY = date(2021, 1, 1)


def blast(number, **members):
    located = number % 3 != 0
    return Incident(
        incident_id=f"m{number}",
        date_start=DAY + timedelta(days=number),
        date_end=DAY + timedelta(days=number),
        longitude=46.0 + number / 100 if located else None,
        latitude=40.0 if located else None,
        districts=(DistrictWeight(district_id="AZ-AGM"),),
        casualties=(Casualty(outcome="killed", best=number),) if number % 2 else (),
        description=None if number % 4 else f"Şuşa {number}",
        **members,
    )


@pytest.fixture(scope="module")
def _first(tmp_path_factory):
    register = founded(tmp_path_factory.mktemp("first") / "data")
    register.append([Change("incident", blast(n)) for n in range(40)], author="ann")
    register._live.save(least=1)
    register.append([Change("incident", blast(n)) for n in range(40, 45)], author="ann")
    register.replace(blast(7, note="corrected"), author="ann")
    register.retract("m8", author="ann")
    register.retract("m44", author="ann")
    register.store.close()  # as a kill leaves it
    return register.store.path.parent


@pytest.fixture
def folder(_first, tmp_path):
    """A register with a checkpoint, and a tail behind it: new, corrected and gone records."""
    return shutil.copytree(_first, tmp_path / "data")


def both(folder):
    """The state with the checkpoint, and from the whole log."""
    quick = open_register(folder)
    whole = LiveState(quick.store)
    return quick, quick.newest(), whole.newest()


def test_the_state_is_that_of_the_whole_log(folder):
    register, quick, whole = both(folder)
    assert register._live._saved > 0
    assert (quick.revision, quick.recorded_at) == (whole.revision, whole.recorded_at)
    for name in ("incidents", "places", "operations", "statistics", "districts"):
        assert_geodataframe_equal(quick.frame(name), whole.frame(name))
    assert quick.incident("m7").note == "corrected"
    register.close()


def test_a_start_reads_no_outlines_and_a_correction_behind_it_counts(folder, monkeypatch):
    register = open_register(folder)
    held = register.newest().districts
    register.add_boundaries(held.iloc[:20], author="ann", edition="AZ-2030", valid_to=DAY)
    register._live.save(least=1)
    register.add_boundaries(held.iloc[:30], author="ann", edition="AZ-2031")
    told = register.editions()
    register.close()
    read = []
    monkeypatch.setattr(
        state, "edition_of_document", lambda one: read.append(one) or edition_of_document(one)
    )
    quick = open_register(folder)
    assert quick.editions() == told
    # Of those in the checkpoint there are no features, only how many.
    assert [isinstance(one["features"], range) for one in read] == [True, True, False]
    assert len(quick.newest().districts) == 30
    assert_geodataframe_equal(quick.snapshot(boundaries="AZ-2030").districts, held.iloc[:20])
    quick.close()


def test_writing_goes_on_from_it(folder):
    register, quick, _ = both(folder)
    before = quick.incidents
    register.replace(blast(3, note="later"), author="ann")
    register.retract("m5", author="ann")
    register.create(blast(60), author="ann")
    after = register.newest().incidents
    assert len(after) == len(before)
    assert after.loc["m3", "note"] == "later"
    assert "m5" not in after.index
    assert before.loc["m5", "killed"] == 5
    register.close()
    register, quick, whole = both(folder)
    assert_geodataframe_equal(quick.incidents, whole.incidents)
    register.close()


def spoil_manifest(folder, **members):
    path = folder / "checkpoint" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | members))


def cut(folder):
    path = folder / "checkpoint" / "incidents.arrow"
    os.truncate(path, path.stat().st_size // 2)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: spoil_manifest(folder, digest="0" * 64),
        lambda folder: spoil_manifest(folder, revision=10**6),
        lambda folder: spoil_manifest(folder, epoch="another"),
        lambda folder: spoil_manifest(folder, shape="another"),
        lambda folder: (folder / "checkpoint" / "manifest.json").write_text("{"),
        lambda folder: (folder / "checkpoint" / "places.arrow").unlink(),
        cut,
    ],
)
def test_one_that_does_not_fit_the_log_is_left_aside(folder, spoil):
    spoil(folder)
    register, quick, whole = both(folder)
    assert register._live._saved == 0
    assert_geodataframe_equal(quick.incidents, whole.incidents)
    register.close()


def test_it_is_for_the_owner_alone(folder):
    made = folder / "checkpoint"
    assert stat.S_IMODE(made.stat().st_mode) == 0o700


def test_what_a_kill_left_half_written_does_not_count(folder):
    half = folder / ".checkpoint-abc"
    half.mkdir()
    (half / "incidents.arrow").write_bytes(b"ARROW1")
    register, quick, whole = both(folder)
    assert_geodataframe_equal(quick.incidents, whole.incidents)
    register.close()


def test_a_folder_that_cannot_be_written_costs_only_time(folder, monkeypatch, caplog):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(state, "_write", full)
    register = open_register(folder)
    register.create(blast(70), author="ann")
    register._live.save(least=1)
    assert "no checkpoint was written" in caplog.text
    assert not list(folder.glob(".checkpoint-*"))
    register.close()


def test_closing_waits_for_a_checkpoint_that_is_being_written(tmp_path, monkeypatch):
    begun, go_on = threading.Event(), threading.Event()
    write = state.save_checkpoint

    def slowly(*given):
        begun.set()
        assert go_on.wait(20)
        write(*given)

    monkeypatch.setattr(register_module, "save_checkpoint", slowly)
    register = founded(tmp_path)
    register.append([Change("incident", blast(n)) for n in range(9)], author="ann")
    writing = threading.Thread(target=register._live.save, args=(1,))
    writing.start()
    assert begun.wait(20)
    closing = threading.Thread(target=register.close)
    closing.start()
    closing.join(0.1)
    assert closing.is_alive()
    go_on.set()
    closing.join(20)
    writing.join(20)
    register = open_register(tmp_path)
    assert register._live._saved == register.revision
    register.close()


def test_a_start_behind_rows_that_went_leaves_a_checkpoint_without_them(folder):
    """Else each start would copy all columns; that of what only came lies behind them."""
    register = open_register(folder)
    revision = register.revision
    assert register._live._saved < revision
    register.close()
    register = open_register(folder)
    assert register._live._saved == revision
    register.append([Change("incident", blast(60))], author="ann")
    register.close()
    register = open_register(folder)
    assert register._live._saved == revision
    register.retract("m9", author="ann")
    register.close()
    register = open_register(folder)
    assert register._live._saved == register.revision
    assert "m9" not in register.newest().incidents.index
    register.close()


def test_the_first_writes_after_a_start_go_into_the_file_s_room_and_leave_the_file(folder):
    register = open_register(folder)
    register._live.save(least=1)
    register.close()
    path = folder / "checkpoint" / "incidents.arrow"
    content = path.read_bytes()
    register = open_register(folder)
    before = register.newest().incidents
    register.append([Change("incident", blast(n)) for n in range(70, 75)], author="ann")
    after = register.newest().incidents
    assert np.shares_memory(before["version"].array._data, after["version"].array._data)
    assert after["killed"].iloc[-4:].tolist()[0::2] == [71, 73]
    assert len(after) == len(before) + 5
    register.close()
    assert path.read_bytes() == content


def test_a_state_of_the_past_reads_rows_only_when_they_are_looked_at(folder, monkeypatch):
    register = open_register(folder)
    moment = register.history("m44")[0].recorded_at
    whole = LiveState(register.store)._state
    asked = []
    read = LiveState._of_kind
    monkeypatch.setattr(
        LiveState, "_of_kind", lambda self, *given: asked.append(given[0]) or read(self, *given)
    )
    past = register.snapshot(moment)
    assert past.revision == register.history("m44")[0].seq
    assert not past.diff(past).added
    assert not asked
    assert "m44" in past.incidents.index
    assert past.incidents.loc["m7", "note"] is None or past.incidents["note"].isna().loc["m7"]
    assert_geodataframe_equal(past.places, register.snapshot().places)
    assert set(asked) == {"incident", "place"}
    assert past.recorded_at == moment
    assert whole.revision > past.revision
    register.close()
