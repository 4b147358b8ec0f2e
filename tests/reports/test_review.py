"""Deciding on what was read: records made, linked, rejected, undone; one transaction each."""

from datetime import date

import pytest

from geodata.errors import Conflict, InvalidInput, NotFound
from geodata.model import Casualty, DistrictWeight, Incident, Operation, Report, Statistic
from geodata.reports import review
from geodata.reports.candidates import (
    CasualtyCount,
    IncidentCandidate,
    OperationCandidate,
    PlaceShare,
    Reading,
    Span,
    StatisticCandidate,
)
from geodata.reports.copies import Copies
from geodata.reports.linking import joined, known_incidents
from geodata.reports.review import proposed

TEXT = "A tractor hit a mine near Qalaq village, Aghdam, on May 3.  One man\ndied, two were hurt."
DAY = date(2023, 5, 3)


def span(field, words):
    start = TEXT.index(words)
    return Span(field, start, start + len(words))


def reading(killed=1, injured=2):
    blast = IncidentCandidate(
        date_start=DAY,
        date_end=DAY,
        date_precision=1,
        date_basis="resolved",
        date_text="on May 3",
        places=(PlaceShare("Qalaq village", "AZ-AGM", "Aghdam", country="AZ"),),
        where_precision=4,
        casualties=(
            CasualtyCount("civilian", None, "killed", best=killed, sex="male"),
            CasualtyCount("unknown", None, "injured", best=injured),
        ),
        killed=killed,
        injured=injured,
        device="at_mine",
        accident_type="mine",
        source_chain="Police, cited by an agency",
        evidence=(span("date_start", "on May 3"), span("casualties.0", "One man\ndied")),
    )
    total = StatisticCandidate("civilian", "killed", 38, "over", date(2020, 11, 10), DAY)
    work = OperationCandidate("clearance", "under_way", "a crew", 20, ("AZ-AGM",), 1e6)
    return Reading("en", date(2023, 5, 4), ("Look at the date.",), (blast,), (total,), (work,))


def file(register, **numbers):
    details = {"text": TEXT, "published": "2023-05-04", "publisher": "A paper", "title": ""}
    return review.file_report(register, details, reading(**numbers), author="ann")


def test_a_candidate_becomes_a_record_with_the_words_it_rests_on(register):
    report = file(register)
    record = proposed(report, 0, "inc-1")
    assert isinstance(record, Incident)
    review.accept(register, report.report_id, 0, record, author="ben")

    held = register.newest().incident("inc-1")
    assert (held.count("killed"), held.count("injured"), held.device) == (1, 2, "at_mine")
    assert [d.district_id for d in held.districts] == ["AZ-AGM"]
    # A line break inside the words is one blank; the page shows them on one line.
    assert [(e.field, e.quote) for e in held.evidence] == [
        ("date_start", "on May 3"),
        ("casualties.0", "One man died"),
    ]
    source = held.reports[0]
    assert (source.publisher, source.chain) == ("A paper", "Police, cited by an agency")
    assert held.casualties[0].sex == "male"

    decided = register.get("report", report.report_id)
    assert decided.status == "in_review"
    assert (decided.candidates[0].state, decided.candidates[0].record_id) == ("accepted", "inc-1")


def test_figures_become_statistics_and_work_becomes_operations_never_incidents(register):
    before = len(register.newest().incidents)
    report = file(register)
    figure, work = (proposed(report, n, i) for n, i in ((1, "stat-1"), (2, "op-1")))
    assert isinstance(figure, Statistic)
    assert isinstance(work, Operation)
    review.accept(register, report.report_id, 1, figure, author="ben")
    review.accept(register, report.report_id, 2, work, author="ben")
    newest = register.newest()
    assert len(newest.incidents) == before
    assert (
        newest.statistics.loc[newest.statistics["statistic_id"] == "stat-1", "value"].item() == 38
    )
    assert register.get("operation", "op-1").area_planned_m2 == 1e6


def test_filing_alone_changes_no_figure(register):
    before = register.newest()
    file(register)
    after = register.newest()
    assert len(after.incidents) == len(before.incidents)
    assert len(after.statistics) == len(before.statistics)


def test_the_same_words_filed_again_are_a_copy_of_the_first(register):
    first = file(register)
    again = review.file_report(
        register,
        {"text": TEXT.upper().replace(",", " "), "published": "2023-05-09"},
        reading(),
        author="ann",
    )
    third = file(register)
    assert first.copy_of is None
    assert again.copy_of == third.copy_of == first.report_id


def test_a_filing_adds_to_the_table_of_copies_what_was_filed_since(register, monkeypatch):
    added = []
    add = Copies.add
    monkeypatch.setattr(
        Copies, "add", lambda self, name, of: added.append(name) or add(self, name, of)
    )

    def file(text):
        details = {"text": text, "published": "2023-05-04"}
        return review.file_report(register, details, reading(), author="ann")

    words = "A mine went off under a lorry near the village of number {}, police said on Monday."
    filed = [
        file(words.format(n) + f" The road {n} is closed for {n} days, they said.")
        for n in range(3)
    ]
    assert added == [one.report_id for one in filed[:2]]
    again = file(filed[0].text)
    assert again.copy_of == filed[0].report_id
    assert added == [one.report_id for one in filed]


def decide(register, what, report_id, **seen):
    """Decide on the first candidate: take it, add it to an incident held, or reject it."""
    told = proposed(register.get("report", report_id), 0, "inc-1")
    if what == "accept":
        review.accept(register, report_id, 0, told, author="ben", **seen)
    elif what == "link":
        review.link(register, report_id, 0, "known", told, counts=True, author="ben", **seen)
    else:
        review.reject(register, report_id, 0, author="ben", reason="no", **seen)


@pytest.mark.parametrize("what", ["accept", "link", "reject"])
def test_a_decision_that_rests_on_an_older_version_of_the_report_is_refused(register, what):
    register.create(held_incident(), author="ann")
    report = file(register)
    review.add_candidate(register, report.report_id, author="cyn")
    before = register.revision
    with pytest.raises(Conflict):
        decide(register, what, report.report_id, version=1)
    assert register.revision == before
    decide(register, what, report.report_id, version=2)


@pytest.mark.parametrize("what", ["accept", "link", "reject"])
def test_of_two_who_decide_at_once_one_wins(register, monkeypatch, what):
    """The other has read the report before the first wrote."""
    register.create(held_incident(), author="ann")
    report = file(register)
    read = review.filed

    def late(*given):
        found = read(*given)
        monkeypatch.setattr(review, "filed", read)
        review.reject(register, report.report_id, 0, author="cyn", reason="a coal mine")
        return found

    monkeypatch.setattr(review, "filed", late)
    with pytest.raises(Conflict):
        decide(register, what, report.report_id)
    assert register.get("report", report.report_id).candidates[0].state == "rejected"


def test_what_somebody_changed_while_it_was_added_to_is_not_written_over(register, monkeypatch):
    register.create(held_incident(), author="ann")
    report = file(register)
    join = review.joined

    def late(*given, **named):
        register.verify("known", author="cyn")
        return join(*given, **named)

    monkeypatch.setattr(review, "joined", late)
    with pytest.raises(Conflict):
        decide(register, "link", report.report_id)
    assert register.get("incident", "known").record_status == "verified"
    assert register.get("report", report.report_id).status == "new"


def test_a_candidate_becomes_a_record_of_its_own_kind(register):
    report = file(register)
    with pytest.raises(InvalidInput, match="of the kind incident"):
        review.accept(register, report.report_id, 0, proposed(report, 1, "stat-1"), author="ben")


def test_undoing_brings_back_the_version_before_and_not_an_earlier_one(register):
    register.create(held_incident(), author="ann")
    register.replace(held_incident(device="uxo"), author="ann")
    report = file(register)
    decide(register, "link", report.report_id)
    review.reopen(register, report.report_id, 0, author="ben")
    assert register.newest().incident("known").device == "uxo"


def test_a_decision_is_taken_once_and_can_be_undone(register):
    report = file(register)
    record = proposed(report, 0, "inc-1")
    review.accept(register, report.report_id, 0, record, author="ben")
    with pytest.raises(Conflict, match="accepted before, by ben"):
        review.reject(register, report.report_id, 0, author="cyn", reason="no")
    with pytest.raises(Conflict):
        review.accept(register, report.report_id, 0, record, author="cyn")

    again = review.reopen(register, report.report_id, 0, author="ben")
    assert again.candidates[0].state == "open"
    with pytest.raises(NotFound):
        register.newest().incident("inc-1")
    assert [r.change for r in register.history("inc-1")] == ["create", "retract"]
    assert register.get("incident", "inc-1").record_status == "retracted"
    with pytest.raises(Conflict, match="open already"):
        review.reopen(register, report.report_id, 0, author="ben")


def test_undoing_leaves_a_record_alone_that_somebody_changed_since(register):
    report = file(register)
    record = proposed(report, 0, "inc-1")
    review.accept(register, report.report_id, 0, record, author="ben")
    register.verify("inc-1", author="cyn")
    with pytest.raises(Conflict, match="changed since"):
        review.reopen(register, report.report_id, 0, author="ben")
    assert register.get("incident", "inc-1").record_status == "verified"


def test_rejecting_needs_a_reason_and_keeps_it(register):
    report = file(register)
    with pytest.raises(InvalidInput, match="Say why"):
        review.reject(register, report.report_id, 0, author="ben", reason="  ")
    done = review.reject(register, report.report_id, 0, author="ben", reason="a coal mine")
    assert (done.candidates[0].state, done.candidates[0].reason) == ("rejected", "a coal mine")


def held_incident(**members):
    return Incident(
        **{
            "incident_id": "known",
            "date_start": DAY,
            "date_end": DAY,
            "districts": (DistrictWeight(district_id="AZ-AGM"),),
            "casualties": (
                Casualty(group="civilian", outcome="killed", best=0),
                Casualty(group="civilian", outcome="injured", best=3),
            ),
            "reports": (Report(publisher="First paper", report_id="r0"),),
        }
        | members
    )


def row(outcome, number):
    return Casualty(group="civilian", outcome=outcome, low=number, best=number, high=number)


def test_the_incident_told_again_is_offered_with_what_differs(register):
    register.create(held_incident(), author="ann")
    report = file(register)
    known = known_incidents(proposed(report, 0, "inc-1"), register.newest())
    assert [(k.incident.incident_id, k.likely, k.differences) for k in known] == [
        ("known", True, {"killed": (0, 1), "injured": (3, 2)})
    ]


@pytest.mark.parametrize(
    "members",
    [
        {"date_start": date(2023, 5, 9), "date_end": date(2023, 5, 9)},
        {"districts": (DistrictWeight(district_id="AZ-FUZ"),)},
    ],
)
def test_another_day_or_district_is_no_telling_of_the_same(register, members):
    register.create(held_incident(**members), author="ann")
    report = file(register)
    assert known_incidents(proposed(report, 0, "inc-1"), register.newest()) == []


def test_a_later_death_raises_the_count_by_a_revision_and_both_figures_stay(register):
    register.create(held_incident(), author="ann")
    report = file(register)
    told = proposed(report, 0, "inc-1")
    review.link(register, report.report_id, 0, "known", told, counts=True, author="ben")

    after = register.newest().incident("known")
    assert after.version == 2
    assert (after.count("killed"), after.count("injured")) == (1, 2)
    ranges = {c.outcome: (c.low, c.best, c.high) for c in after.casualties}
    assert ranges == {"killed": (0, 1, 1), "injured": (2, 2, 3)}
    assert [r.publisher for r in after.reports] == ["First paper", "A paper"]
    assert len(register.newest().incidents.query("incident_id == 'inc-1'")) == 0

    review.reopen(register, report.report_id, 0, author="ben")
    assert register.newest().incident("known").count("killed") == 0


def test_who_died_later_is_not_counted_among_the_injured_too(register):
    held = held_incident().model_copy(update={"casualties": (row("injured", 2),)})
    told = held.model_copy(update={"casualties": (row("killed", 1),)})
    after = joined(held, told, counts=True)
    assert (after.count("killed"), after.count("injured")) == (1, 1)
    injured = next(c for c in after.casualties if c.outcome == "injured")
    assert (injured.low, injured.high) == (1, 2)


def test_figures_of_another_source_stand_beside_those_held(register):
    held = held_incident().model_copy(update={"casualties": (row("injured", 2),)})
    told = held.model_copy(update={"casualties": (row("injured", 3),)})
    (after,) = joined(held, told, counts=False).casualties
    assert (after.low, after.best, after.high) == (2, 2, 3)


def test_further_evidence_changes_no_number(register):
    held = held_incident()
    report = file(register)
    after = joined(held, proposed(report, 0, "inc-1"), counts=False)
    assert [c.best for c in after.casualties] == [c.best for c in held.casualties]
    assert {e.field for e in after.evidence} == {"date_start", "casualties.0"}
    assert len(after.reports) == 2


def test_two_districts_left_open_stay_half_and_half(register):
    halves = (
        PlaceShare("Tartar", "AZ-TAR", weight=0.5),
        PlaceShare("Aghdam", "AZ-AGM", weight=0.5),
    )
    blast = IncidentCandidate(DAY, DAY, 4, "resolved", places=halves, disputed=True)
    read = Reading("en", DAY, incidents=(blast,))
    report = review.file_report(register, {"text": "t", "published": DAY}, read, author="ann")
    record = proposed(report, 0, "inc-2")
    assert {d.district_id: d.weight for d in record.districts} == {"AZ-TAR": 0.5, "AZ-AGM": 0.5}
    assert record.record_status == "disputed"


def test_what_the_reader_missed_can_be_added_by_hand(register):
    read = Reading("en", DAY)
    report = review.file_report(register, {"text": "t", "published": DAY}, read, author="ann")
    assert report.status == "nothing_found"
    more = review.add_candidate(register, report.report_id, author="ann")
    assert (more.status, len(more.candidates)) == ("new", 1)
