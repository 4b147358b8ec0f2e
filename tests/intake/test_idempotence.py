"""The same file twice changes nothing; what people corrected stays corrected."""

import csv

import pytest

from geodata.intake import Choices, FileReport, import_file, layers, records
from geodata.intake.identity import earlier_content_id
from geodata.register import Redaction, open_register
from tests.conftest import make_country
from tests.intake.conftest import TODAY

TABLE = "id,date,district,killed,injured,description\n1,2021-02-04,Aghali,1,2,first\n2,2021-03-04,Dara,0,1,second\n3,2021-04-04,Chayli,,,third\n"  # noqa: E501


def outcome(report: FileReport) -> dict[str, int]:
    return {name: number for name, number in report.counts.items() if number}


def test_the_same_file_twice_changes_nothing(take, write, held) -> None:
    take(write(TABLE))
    before = held.revision
    assert outcome(take(write(TABLE))) == {"unchanged": 3}
    assert held.revision == before


def test_rows_without_ids_are_told_by_what_they_say_whatever_the_file_is_called(
    take, write, held
) -> None:
    text = TABLE.replace("id,", "nothing,", 1)
    assert outcome(take(write(text, "a.csv"))) == {"taken": 3}
    shuffled = "\n".join([text.splitlines()[0], *reversed(text.splitlines()[1:])])
    assert outcome(take(write(shuffled, "b.csv"))) == {"unchanged": 3}


def test_two_files_with_the_same_numbers_do_not_share_incidents(take, write, held) -> None:
    take(write(TABLE, "north.csv"))
    take(write("id,date,district\n1,2019-01-01,Boyuk\n", "south.csv"))
    assert {"north-1", "south-1"} <= set(held.snapshot().incidents.index)


def test_ids_that_differ_only_in_punctuation_stay_apart(take, write, held) -> None:
    report = take(write("id,date,district\nA/1,2021-02-04,Aghali\nA-1,2021-05-04,Aghali\n"))
    assert outcome(report) == {"taken": 2}


def test_a_changed_row_updates_its_incident_and_only_it(take, write, held) -> None:
    take(write(TABLE))
    report = take(write(TABLE.replace("1,2,first", "1,3,first")))
    assert outcome(report) == {"updated": 1, "unchanged": 2}
    incident = held.get("incident", "table-1")
    assert (incident.version, incident.count("injured")) == (2, 3)


def test_a_correction_by_people_survives_the_same_file(take, write, held) -> None:
    take(write(TABLE))
    mine = held.get("incident", "table-1").model_copy(update={"description": "by hand"})
    held.replace(mine, author="editor")
    report = take(write(TABLE))
    assert outcome(report) == {"unchanged": 3}
    assert report.left_alone[0]["incident_id"] == "table-1"
    assert held.get("incident", "table-1").description == "by hand"


def test_a_change_of_the_source_joins_a_correction_by_people_again_and_again(
    take, write, held
) -> None:
    take(write(TABLE))
    mine = held.get("incident", "table-1").model_copy(update={"description": "by hand"})
    held.replace(mine, author="editor")
    changed = TABLE.replace("1,2,first", "1,3,first")
    assert outcome(take(write(changed))) == {"updated": 1, "unchanged": 2}
    now = held.get("incident", "table-1")
    assert (now.description, now.count("injured")) == ("by hand", 3)
    assert outcome(take(write(changed))) == {"unchanged": 3}
    assert held.get("incident", "table-1").description == "by hand"


def test_the_same_member_changed_on_both_sides_is_refused(take, write, held) -> None:
    take(write(TABLE))
    mine = held.get("incident", "table-1").model_copy(update={"description": "by hand"})
    held.replace(mine, author="editor")
    report = take(write(TABLE.replace("first", "by source")))
    assert outcome(report) == {"refused": 1, "unchanged": 2}
    assert "description" in report.refused[0]["errors"][0]["reason"]


def test_verified_stays_verified(take, write, held) -> None:
    take(write(TABLE))
    held.verify("table-1", author="editor")
    take(write(TABLE.replace("1,2,first", "1,3,first")))
    assert held.get("incident", "table-1").record_status == "verified"


@pytest.mark.parametrize("how", ["retract", "merge"])
def test_retracted_and_merged_incidents_do_not_come_back(take, write, held, how) -> None:
    take(write(TABLE))
    if how == "retract":
        held.retract("table-1", author="editor")
    else:
        held.merge("table-1", "table-2", author="editor")
    report = take(write(TABLE.replace("1,2,first", "1,9,first")))
    assert "table-1" not in held.snapshot().incidents.index
    assert report.counts["updated"] == 0


def test_rejects_keep_the_columns_and_say_why_and_come_back_corrected(
    take, write, held, tmp_path
) -> None:
    text = (
        "nr,when,rayon,killed\n1,02/13/2021,Aghali,1\n2,02/04/2021,Dara,-5\n3,03/03/2021,Chayli,x\n"
    )
    first = take(write(text), mapping={"id": "nr", "date": "when"})
    assert outcome(first) == {"taken": 1, "refused": 2}
    rejects = tmp_path / "rejects.csv"
    rows = list(csv.DictReader(rejects.open(encoding="utf-8-sig")))
    assert [r["nr"] for r in rows] == ["2", "3"]
    assert "killed" in rows[0]["import_error"]
    corrected = rejects.read_text(encoding="utf-8-sig").replace(",-5,", ",5,").replace(",x,", ",,")
    second = take(write(corrected, "corrected.csv"))
    assert outcome(second) == {"taken": 2}
    # Alone, 02/04/2021 would be read day first: the rejects remember the column's order.
    assert str(held.get("incident", "table-2").date_start) == "2021-02-04"
    assert outcome(take(write(text), mapping={"id": "nr", "date": "when"}))["unchanged"] == 1


def test_a_file_without_refused_rows_writes_no_rejects(take, write, tmp_path) -> None:
    assert take(write(TABLE)).rejects is None
    assert not (tmp_path / "rejects.csv").exists()


def test_the_id_of_a_row_without_one_cannot_be_made_without_the_registers_key(
    take, write, held, tmp_path
) -> None:
    """Else the point of a restricted row is found by making the ids of all points."""
    text = "date,longitude,latitude,sensitivity\n2021-02-04,47.05,40.15,restricted\n"
    take(write(text))
    other = open_register(tmp_path / "other", empty=True)
    other.add_boundaries(make_country(), edition="XX-1", author="test")
    import_file(other, write(text), author="tester", choices=Choices(today=TODAY))
    ours, theirs = (set(one.snapshot().incidents.index) for one in (held, other))
    other.close()
    assert len(ours) == len(theirs) == 1
    assert not ours & theirs


@pytest.mark.parametrize("kind", ["incidents", "operations"])
def test_rows_that_earlier_versions_recorded_keep_their_ids(
    take, write, held, monkeypatch, kind
) -> None:
    table = {
        "incidents": "date,district,killed\n2021-02-04,Aghali,1\n",
        "operations": "kind,status,note\nclearance,planned,here\n",
    }[kind]
    module = {"incidents": records, "operations": layers}[kind]
    with monkeypatch.context() as earlier:

        def unkeyed(said, key, kind="row") -> str:
            return earlier_content_id(said, kind)

        earlier.setattr(module, "content_id", unkeyed)
        take(write(table), kind)
    before = set(held.snapshot().frame(kind).index)
    assert outcome(take(write(table), kind)) == {"unchanged": 1}
    assert set(held.snapshot().frame(kind).index) == before


def test_what_was_taken_back_does_not_come_back_with_the_same_file(take, write, held) -> None:
    take(write(TABLE))
    wanted = Redaction("incident", "table-1", ("description",), "admin", "names a person")
    assert held.redact(wanted)
    assert outcome(take(write(TABLE))) == {"unchanged": 3}
    assert take(write(TABLE.replace("1,2,first", "1,3,first"))).counts["updated"] == 1
    record = held.get("incident", "table-1")
    assert (record.count("injured"), record.description) == (3, None)
    place = "place_id,name,aliases,lat,lon\np1,Zorbakənd,zqx7,40.15,47.05\n"
    take(write(place), "places")
    held.redact(Redaction("place", "p1", ("aliases",), "admin", "names a person"))
    assert take(write(place), "places").counts["unchanged"] == 1
