"""What every store's register keeps to. The suite runs against SQLite and PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from pandas.testing import assert_frame_equal

from geodata.errors import Conflict, InvalidInput, NotFound
from geodata.model import (
    Candidate,
    DistrictWeight,
    FiledReport,
    Incident,
    Operation,
    Report,
    Statistic,
)
from geodata.register import Change, Register
from tests.conftest import make_country
from tests.register.conftest import blast, change_row

Opener = Callable[..., Register]


def test_a_created_incident_is_in_the_next_snapshot(held: Register) -> None:
    revision = held.create(blast(), author="ann", reason="reported")

    snapshot = held.snapshot()
    assert (revision.seq, revision.version, revision.change) == (1, 1, "create")
    assert list(snapshot.incidents.index) == ["b1"]
    assert snapshot.incident("b1") == blast()
    assert snapshot.revision == 1


def test_a_snapshot_does_not_change_when_the_register_does(held: Register) -> None:
    held.create(blast(), author="ann")
    before = held.snapshot()
    seen = before.incidents.copy()

    held.replace(blast(device="at_mine"), author="bob")
    held.create(blast("b2"), author="bob")

    assert_frame_equal(before.incidents, seen)
    assert before.incident("b1").device == "unknown"
    assert held.snapshot().incident("b1").device == "at_mine"


def test_a_correction_keeps_the_place_in_the_order_and_counts_up(held: Register) -> None:
    held.append([Change("incident", blast(f"b{n}")) for n in range(3)], author="ann")

    held.replace(blast("b1", device="uxo"), author="bob", expected_version=1)

    frame = held.snapshot().incidents
    assert list(frame.index) == ["b0", "b1", "b2"]
    assert frame.loc["b1", "version"] == 2
    assert frame.loc["b1", "device"] == "uxo"


def test_history_tells_who_did_what_and_why(held: Register) -> None:
    held.create(blast(), author="ann", reason="reported")
    held.replace(blast(device="uxo"), author="bob", reason="photo seen")
    held.verify("b1", author="eve", reason="called the office")
    held.dispute("b1", author="bob")
    held.retract("b1", author="ann", reason="was a rumour")

    told = [(r.version, r.change, r.author, r.reason) for r in held.history("b1")]
    assert told == [
        (1, "create", "ann", "reported"),
        (2, "correct", "bob", "photo seen"),
        (3, "verify", "eve", "called the office"),
        (4, "dispute", "bob", None),
        (5, "retract", "ann", "was a rumour"),
    ]
    statuses = [r.payload["record_status"] for r in held.history("b1")]
    assert statuses == ["draft", "draft", "verified", "disputed", "retracted"]


def test_a_retracted_incident_does_not_count_but_is_kept(held: Register) -> None:
    held.create(blast(), author="ann")
    held.retract("b1", author="ann")

    assert len(held.snapshot().incidents) == 0
    with pytest.raises(NotFound):
        held.snapshot().incident("b1")
    assert held.get("incident", "b1").record_status == "retracted"


def test_a_retracted_incident_comes_back_only_on_purpose(held: Register) -> None:
    held.create(blast(), author="ann")
    held.retract("b1", author="ann")

    with pytest.raises(Conflict, match="retracted"):
        held.replace(blast(), author="bob")
    held.replace(blast(), author="bob", expected_version=2)

    assert list(held.snapshot().incidents.index) == ["b1"]


@pytest.mark.parametrize("looked", [True, False])
def test_the_order_is_the_same_whenever_somebody_looks(opener: Opener, looked: bool) -> None:
    register = opener()
    for name in ("b1", "b2", "b3"):
        register.create(blast(name), author="ann")
    register.retract("b1", author="ann")
    if looked:
        assert len(register.snapshot().incidents) == 2
    register.replace(blast("b1"), author="ann", expected_version=2)
    register.replace(blast("b2", device="uxo"), author="ann")

    assert list(register.snapshot().incidents.index) == ["b2", "b3", "b1"]
    assert list(opener().snapshot().incidents.index) == ["b2", "b3", "b1"]


def test_a_merged_incident_comes_back_only_on_purpose(held: Register) -> None:
    held.append([Change("incident", blast(name)) for name in ("b1", "b2")], author="ann")
    held.merge("b2", "b1", author="ann")

    with pytest.raises(Conflict, match="merged"):
        held.replace(blast("b2"), author="bob")
    with pytest.raises(Conflict, match="merged"):
        held.merge("b1", "b2", author="bob")
    assert list(held.snapshot().incidents.index) == ["b1"]
    held.replace(blast("b2"), author="bob", expected_version=2)

    assert list(held.snapshot().incidents.index) == ["b1", "b2"]


def test_a_merge_points_to_the_other_and_joins_the_reports(held: Register) -> None:
    other = Report(publisher="Herald", url="https://example.org/2")
    held.create(blast("b1"), author="ann")
    held.create(blast("b2", reports=(*blast().reports, other)), author="ann")

    revision = held.merge("b2", "b1", author="bob", reason="the same blast")

    assert (revision.record_id, revision.change) == ("b2", "merge")
    assert list(held.snapshot().incidents.index) == ["b1"]
    assert held.get("incident", "b2").merged_into == "b1"
    assert held.snapshot().incident("b1").reports == (*blast().reports, other)


@pytest.mark.parametrize(("loser", "into"), [("b1", "b1"), ("b1", "none"), ("none", "b1")])
def test_a_merge_needs_two_incidents(held: Register, loser: str, into: str) -> None:
    held.create(blast(), author="ann")
    with pytest.raises((InvalidInput, NotFound)):
        held.merge(loser, into, author="bob")
    assert held.revision == 1


def test_a_stale_writer_is_refused(held: Register) -> None:
    held.create(blast(), author="ann")
    held.replace(blast(device="uxo"), author="bob", expected_version=1)

    with pytest.raises(Conflict, match="version 2"):
        held.replace(blast(device="axo"), author="eve", expected_version=1)

    assert held.snapshot().incident("b1").device == "uxo"


@pytest.mark.parametrize(("name", "expected"), [("b1", 0), ("b1", 2), ("b2", 1)])
def test_a_version_that_is_not_held_yet_is_refused_like_one_that_has_passed(
    held: Register, name: str, expected: int
) -> None:
    held.create(blast(), author="ann")
    with pytest.raises(Conflict, match=f"not {expected}"):
        held.replace(blast(name, device="uxo"), author="bob", expected_version=expected)
    assert held.revision == 1


def test_an_id_is_given_once(held: Register) -> None:
    held.create(blast(), author="ann")
    with pytest.raises(Conflict, match="exists"):
        held.create(blast(), author="bob")
    with pytest.raises(InvalidInput, match="twice"):
        held.append([Change("incident", blast("b2"))] * 2, author="bob")


def test_records_of_two_kinds_may_have_one_id(held: Register) -> None:
    total = Statistic(statistic_id="b1", metric="mine casualties", value=6)
    held.append([Change("incident", blast()), Change("statistic", total)], author="ann")
    held.retract("b1", author="ann", kind="statistic")

    assert list(held.snapshot().incidents.index) == ["b1"]
    assert held.get("statistic", "b1") == total
    assert len(held.snapshot().statistics) == 0


def test_an_append_is_all_or_nothing(held: Register) -> None:
    held.create(blast("b2"), author="ann")
    changes = [Change("incident", blast(f"b{n}")) for n in (1, 2, 3)]

    with pytest.raises(Conflict):
        held.append(changes, author="bob")

    assert held.revision == 1
    assert list(held.snapshot().incidents.index) == ["b2"]


def test_changing_what_is_not_there_is_refused(held: Register) -> None:
    for change in (held.retract, held.verify, held.dispute):
        with pytest.raises(NotFound):
            change("none", author="ann")
    with pytest.raises(NotFound):
        held.replace(blast(), author="ann")
    with pytest.raises(NotFound):
        held.history("none")
    with pytest.raises(NotFound):
        held.get("incident", "none")


def test_the_past_can_be_asked(held: Register) -> None:
    first = held.create(blast(), author="ann")
    held.replace(blast(device="uxo"), author="bob")
    held.create(blast("b2"), author="bob")
    held.retract("b1", author="bob")

    then = held.snapshot(first.recorded_at)

    assert list(then.incidents.index) == ["b1"]
    assert then.incident("b1").device == "unknown"
    assert then.revision == 1
    assert held.get("incident", "b1", as_of=first.recorded_at).device == "unknown"
    long_ago = held.snapshot(datetime(1990, 1, 1, tzinfo=UTC))
    assert (long_ago.revision, len(long_ago.incidents)) == (0, 0)


@pytest.mark.parametrize("back", [timedelta(0), timedelta(days=1)])
def test_times_follow_the_numbers_even_if_the_clock_stands_or_goes_back(
    held: Register, monkeypatch: pytest.MonkeyPatch, back: timedelta
) -> None:
    first = held.create(blast(), author="ann")

    class EarlyClock(datetime):
        @classmethod
        def now(cls, tz=None):
            return first.recorded_at - back

    monkeypatch.setattr("geodata.register.register.datetime", EarlyClock)
    second = held.create(blast("b2"), author="ann")

    assert second.recorded_at > first.recorded_at


def test_a_time_in_microseconds_as_they_were_recorded_once_is_found_by_its_millisecond(
    held: Register,
) -> None:
    first = held.create(blast(), author="ann")
    held.create(blast("b2"), author="ann")
    with held.store.write() as connection:
        fine = first.recorded_at + timedelta(microseconds=400)
        change_row(connection, first.seq, recorded_at=connection.moment(fine))

    assert held.snapshot(first.recorded_at).revision == 1
    assert held.snapshot(first.recorded_at + timedelta(microseconds=399)).revision == 0


def test_what_is_written_is_read_after_opening_again(opener: Opener) -> None:
    full = Incident.model_validate(
        blast().model_dump()
        | {
            "longitude": 47.05000000000001,
            "latitude": 40.15,
            "districts": [
                DistrictWeight(district_id="XX-A", weight=1 / 3),
                DistrictWeight(district_id="XX-B", weight=2 / 3),
            ],
            "place_as_reported": "Ağdam 'rayonu' \"x\" ; Агдам\n\t\\ \u2028",
            "note": "%00 :name ?",
        }
    )
    first = opener()
    first.create(full, author="ann")
    frame = first.snapshot().incidents
    first.close()

    again = opener()

    assert again.snapshot().incident("b1") == full
    assert_frame_equal(again.snapshot().incidents, frame)


def test_two_registers_on_one_store_follow_each_other(opener: Opener) -> None:
    ours, theirs = opener(), opener()

    ours.create(blast("b1"), author="ann")
    assert list(theirs.snapshot().incidents.index) == ["b1"]
    theirs.create(blast("b2"), author="bob")
    # The writer saw the other's revision too.
    ours.create(blast("b3"), author="ann")

    assert list(ours.snapshot().incidents.index) == ["b1", "b2", "b3"]
    assert list(theirs.snapshot().incidents.index) == ["b1", "b2", "b3"]


def test_an_acknowledged_write_is_in_every_later_read_of_any_thread(opener: Opener) -> None:
    """Also while other threads read: nobody gets what somebody else looked up before."""
    ours, theirs = opener(), opener()
    acknowledged, behind = [0], []

    def read() -> None:
        while acknowledged[0] < 30:
            known = acknowledged[0]
            if len(theirs.snapshot().incidents) < known:
                behind.append(known)

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read) for _ in range(4)]
        for number in range(30):
            ours.create(blast(f"b{number}"), author="ann")
            acknowledged[0] = number + 1
        for reader in readers:
            reader.result(60)
    assert not behind


def test_a_revision_is_found_by_its_own_time_and_has_a_time_of_its_own(opener: Opener) -> None:
    register = opener()
    for device in ("unknown", "uxo", "axo", "at_mine"):
        if device == "unknown":
            register.create(blast(), author="ann")
        else:
            register.replace(blast(device=device), author="ann")
    history = register.history("b1")
    assert len({revision.recorded_at for revision in history}) == 4
    for revision in history:
        then = register.snapshot(revision.recorded_at)
        assert then.incident("b1").version == revision.version
        served = then.incidents.loc["b1", "recorded_at"]
        assert served == revision.recorded_at
        assert register.snapshot(served.to_pydatetime()).revision == then.revision


def test_of_two_writers_with_one_expectation_one_wins(opener: Opener) -> None:
    ours, theirs = opener(), opener()
    ours.create(blast(), author="ann")

    ours.replace(blast(device="uxo"), author="ann", expected_version=1)
    with pytest.raises(Conflict):
        theirs.replace(blast(device="axo"), author="bob", expected_version=1)


def test_statistics_and_operations_are_held_and_corrected(held: Register) -> None:
    claim = Statistic(statistic_id="s1", metric="mine casualties", value=6)
    work = Operation(
        operation_id="o1",
        kind="clearance",
        status="under_way",
        geometry_wkt="POLYGON ((47 40, 47.1 40, 47.1 40.1, 47 40))",
        devices_found={"at_mine": 3},
    )
    held.append([Change("statistic", claim), Change("operation", work)], author="ann")
    done = work.model_copy(update={"status": "completed"})
    held.append([Change("operation", done, "correct")], author="ann")

    snapshot = held.snapshot()
    assert snapshot.statistics.loc["s1", "value"] == 6
    assert snapshot.operations.loc["o1", "status"] == "completed"
    assert snapshot.operations.loc["o1", "devices_found"] == "at_mine:3"
    assert snapshot.operations.geometry.loc["o1"].area > 0
    assert len(snapshot.incidents) == 0
    held.retract("o1", author="ann", kind="operation")
    assert len(held.snapshot().operations) == 0


def test_records_of_other_kinds_are_kept_as_documents(held: Register) -> None:
    survey = {"survey_id": "s1", "text": "t", "answers": [{"n": 1}]}
    held.append([Change("survey", survey)], author="ann")
    held.append([Change("survey", survey | {"text": "u"}, "correct", 1)], author="ann")

    assert held.get("survey", "s1")["text"] == "u"
    assert [r.version for r in held.history("s1", "survey")] == [1, 2]


def test_filed_reports_are_listed_with_their_state_and_never_in_the_public_view(
    held: Register,
) -> None:
    reading = Candidate(kind="incident", reading={"killed": 1})
    report = FiledReport(
        report_id="r1", text="A mine.", published="2021-02-04", candidates=(reading, reading)
    )
    [filed] = held.append([Change("report", report)], author="ann")
    assert held.newest().reports["r1"].status == "new"

    decided = report.model_copy(
        update={"candidates": (reading, reading.model_copy(update={"state": "rejected"}))}
    )
    held.append([Change("report", decided, "correct", 1)], author="ann")
    newest = held.newest()
    assert (newest.reports["r1"].status, newest.reports["r1"].version) == ("in_review", 2)
    assert newest.reports["r1"].states == {"open": 1, "rejected": 1}
    assert newest.reports["r1"].filed_at == filed.recorded_at
    assert newest.public().reports == {}
    assert held.get("report", "r1") == decided


def test_a_document_that_is_no_record_is_refused(held: Register) -> None:
    with pytest.raises(InvalidInput) as caught:
        held.append([Change("incident", {"incident_id": "x"})], author="ann")
    assert {d["field"] for d in caught.value.details} == {"date_start", "date_end"}


def test_boundaries_are_editions_and_the_past_keeps_its_own(held: Register) -> None:
    country = make_country()
    held.add_boundaries(country, edition="XX-1", author="ann")
    first = held.snapshot()
    held.create(blast(), author="ann")
    held.add_boundaries(country.iloc[:3], edition="XX-2", author="ann")

    assert_frame_equal(first.districts, country)
    assert held.snapshot().edition == "XX-2"
    assert len(held.snapshot().districts) == 3
    assert len(held.snapshot(boundaries="XX-1").districts) == 4
    assert held.snapshot(first.recorded_at).edition == "XX-1"
    assert [e.edition for e in held.editions()] == ["XX-1", "XX-2"]
    with pytest.raises(NotFound, match="XX-1, XX-2"):
        held.snapshot(boundaries="XX-3")
    with pytest.raises(Conflict):
        held.add_boundaries(country, edition="XX-1", author="ann")


def test_an_edition_that_ended_does_not_become_the_current_one(held: Register) -> None:
    held.add_boundaries(make_country(), edition="XX-2", author="ann")
    ended = datetime(2019, 12, 31, tzinfo=UTC).date()
    held.add_boundaries(make_country(), edition="XX-1", author="ann", valid_to=ended)
    assert held.snapshot().edition == "XX-2"


def test_a_new_register_holds_the_founding_records(opener: Opener) -> None:
    snapshot = opener(empty=False).snapshot()

    assert list(snapshot.incidents.index) == ["I1", "I2a", "I2b", "I3", "I4"]
    assert snapshot.incidents["killed"].sum() == 3
    assert snapshot.incidents["injured"].sum() == 11
    assert len(snapshot.districts) == 77
    assert len(snapshot.places) > 300
    assert snapshot.gazetteer.find("Agdam region").district_id == "AZ-AGM"


def test_a_write_of_an_incident_leaves_the_gazetteer_as_it_is(held: Register) -> None:
    """It takes longer to make than all the rest of a write."""
    held.add_boundaries(make_country(), edition="XX-1", author="ann")
    before = held.snapshot()
    held.create(blast(), author="ann")
    after = held.snapshot()
    assert after.revision > before.revision
    assert after.gazetteer is before.gazetteer
    assert after.public().gazetteer is before.public().gazetteer
    held.add_boundaries(make_country().iloc[:2], edition="XX-2", author="ann")
    assert held.snapshot().gazetteer is not before.gazetteer


def test_an_emptied_register_is_not_filled_again(opener: Opener) -> None:
    opener(empty=True).close()
    assert opener(empty=False).revision == 0
