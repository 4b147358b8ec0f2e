"""Rows become incidents: people, kinds, places, and reasons where they do not."""

from contextlib import closing
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import InvalidInput
from geodata.intake import Choices, Limits, import_file
from geodata.register import open_register
from tests.conftest import founded, squares
from tests.laws import examples

HEAD = "id,date,district,lat,lon,device,killed,injured,civilians killed,description\n"


def only(held):
    frame = held.snapshot().incidents
    assert len(frame) == 1
    return held.get("incident", frame.index[0])


def test_a_full_row_becomes_the_incident_it_states(take, write, held) -> None:
    report = take(write(HEAD + "7,04.02.2021,Aghali,40.15,47.05,TM-62,2,3,1,Tractor\n"))
    incident = only(held)
    assert report.counts["taken"] == 1
    assert incident.incident_id == "table-7"
    assert incident.external_id == "7"
    assert str(incident.date_start) == str(incident.date_end) == "2021-02-04"
    assert (incident.longitude, incident.latitude) == (47.05, 40.15)
    assert (incident.device, incident.accident_type) == ("at_mine", "mine")
    assert incident.districts[0].district_id == "XX-A"
    assert (incident.count("killed"), incident.count("injured")) == (2, 3)
    assert incident.count("killed", "civilian") == 1
    assert incident.record_status == "draft"


def test_blank_numbers_of_people_are_null_and_zero_is_zero(take, write, held) -> None:
    take(write("id,date,district,killed,injured\n1,2021-02-04,Aghali,0,\n"))
    incident = only(held)
    assert incident.count("killed") == 0
    assert incident.count("injured") is None


def test_victims_beyond_killed_and_injured_have_no_stated_outcome(take, write, held) -> None:
    take(write("id,date,district,killed,victims\n1,2021-02-04,Aghali,1,4\n"))
    assert only(held).count("unknown") == 3


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ("1,,Aghali,,,,,,,", "date", "no date"),
        ("1,soon,Aghali,,,,,,,", "date", "not a date"),
        ("1,2030-01-01,Aghali,,,,,,,", "date", "cannot be meant"),
        ("1,2021-02-04,Aghali,91,47,,,,,", "lat", "beyond 90"),
        ("1,2021-02-04,Aghali,NaN,47,,,,,", "lat", "finite"),
        ("1,2021-02-04,Aghali,,,,-1,,,", "killed", "whole number"),
        ("1,2021-02-04,Aghali,,,,Infinity,,,", "killed", "finite"),
        ("1,2021-02-04,Aghali,,,,1e30,,,", "killed", "more people"),
        ("1,2021-02-04,Aghali,,,,1,,2,", "killed", "by group"),
        ("1,2021-02-04,Aghali,,,,,,,=HYPERLINK(0)", "description", "formula"),
        ("1,2021-02-04,Aghali,,,,,,,@SUM(1+1)", "description", "formula"),
        ("1,2021-02-04,Aghali,,,,,,,\uff1dHYPERLINK(0)", "description", "formula"),
        ("1,2021-02-04,Aghali,,,,,,, =1+1", "description", "formula"),
        ("1,2021-02-04,Aghali,,,,,,,+cmd|' /C calc'!A0", "description", "formula"),
        ("1,2021-02-04,Aghali,,,,,,,a,b,c", "row", "12 cells"),
    ],
)
def test_a_row_that_cannot_be_taken_names_field_and_reason(
    take, write, held, row, field, reason
) -> None:
    report = take(write(HEAD + row + "\n2,2021-02-04,Dara,,,,,,,ok\n"))
    assert report.counts["refused"] == 1
    assert report.counts["taken"] == 1
    error = report.refused[0]["errors"][0]
    assert report.refused[0]["row"] == 2
    assert error["field"] == field
    assert reason in error["reason"]
    assert len(held.snapshot().incidents) == 1


def test_counts_of_outcomes_sum_to_the_rows(take, write) -> None:
    rows = ["1,2021-02-04,Aghali", "2,bad,Dara", "3,2021-02-05,Nowhere", "1,2021-02-06,Dara"]
    report = take(write("id,date,district\n" + "\n".join(rows) + "\n\n  \n"))
    assert report.rows == sum(report.counts.values()) == 4


def test_an_id_that_occurs_twice_is_refused_the_second_time(take, write) -> None:
    report = take(write("id,date,district\n1,2021-02-04,Aghali\n1,2021-05-04,Dara\n"))
    assert "row 2" in report.refused[0]["errors"][0]["reason"]


def test_unknown_words_count_as_unknown_and_are_said(take, write, held) -> None:
    report = take(write("id,date,district,device,activity\n1,2021-02-04,Aghali,Zorblax,herding\n"))
    incident = only(held)
    assert (incident.device, incident.activity) == ("unknown", "herding")
    assert report.as_json()["values_not_understood"] == [
        {"field": "device", "column": "device", "value": "Zorblax", "rows": 1}
    ]


@pytest.mark.parametrize("word", ["secret-ish", "half public"])
def test_an_unknown_sensitivity_restricts_the_row_rather_than_publish_it(
    take, write, held, word
) -> None:
    report = take(write(f"id,date,district,sensitivity\n1,2021-02-04,Aghali,{word}\n"))
    assert report.counts["taken"] == 1
    assert only(held).sensitivity == "restricted"
    assert report.unknown_values == {("sensitivity", word): 1}


def test_a_row_of_a_country_that_is_not_understood_counts_only_by_its_point(tmp_path) -> None:
    with closing(open_register(tmp_path / "register")) as register:
        path = tmp_path / "table.csv"
        path.write_text(
            "id,date,country,district,lat,lon\n1,2021-02-04,Zorblax,Aghdam,,\n"
            "2,2021-02-05,Zorblax,,40.02,46.95\n3,2021-02-06,Azerbaijan,Aghdam,,\n"
        )
        report = import_file(register, path, author="t", choices=Choices(today=date(2024, 1, 1)))
        frame = register.snapshot().incidents
        assert frame["districts"].isna()["table-1"]
        assert "'Zorblax' is not known" in frame.loc["table-1", "district_note"]
        assert frame.loc["table-2", "districts"] == frame.loc["table-3", "districts"] == "AZ-AGM:1"
        assert report.reasons_unplaced == {"not_understood": 1}


@pytest.mark.parametrize("header", ["Status", "Verified", "Geo Precision", "Version", "State"])
@pytest.mark.parametrize("stated", [{}, {"status": "draft"}])
def test_a_column_of_another_system_never_rules_the_register_s_own(
    take, write, held, header, stated
) -> None:
    report = take(
        write(
            f"id,date,district,{header}\n1,2021-02-04,Aghali,Closed\n2,2021-02-05,Dara,verified\n"
        ),
        **stated,
    )
    assert report.counts["taken"] == 2
    frame = held.snapshot().incidents
    assert frame["record_status"].tolist() == ["draft", "draft"]
    assert frame["district_id"].tolist() == ["XX-A", "XX-D"]


def test_a_status_mapped_on_purpose_is_taken_and_unknown_words_are_reported(
    take, write, held
) -> None:
    report = take(
        write(
            "id,date,district,Status\n1,2021-02-04,Aghali,verified\n2,2021-02-05,Dara,Affected\n"
        ),
        mapping={"record_status": "Status"},
    )
    assert held.snapshot().incidents["record_status"].tolist() == ["verified", "draft"]
    assert report.unknown_values == {("record_status", "Affected"): 1}


@pytest.mark.parametrize(
    ("policy", "districts", "status"),
    [
        ("dispute", {"XX-A": 0.5, "XX-D": 0.5}, "disputed"),
        ("point", {"XX-A": 1.0}, "draft"),
        ("name", {"XX-D": 1.0}, "draft"),
    ],
)
def test_a_point_and_a_name_that_contradict_are_settled_as_the_user_chose(
    take, write, held, policy, districts, status
) -> None:
    report = take(
        write("id,date,district,lat,lon\n1,2021-02-04,Dara,40.15,47.05\n"), on_conflict=policy
    )
    incident = only(held)
    assert {d.district_id: d.weight for d in incident.districts} == districts
    assert incident.record_status == status
    assert "7 km from Dərə (XX-D)" in (incident.district_note or "")
    assert report.conflict_count == 1
    assert report.matches[0]["text"] == "Dara"
    assert report.matches[0]["disputed"] == 1


def test_a_point_near_a_border_names_the_neighbour(take, write, held) -> None:
    report = take(write("id,date,lat,lon\n1,2021-02-04,40.15,47.099\n"))
    assert report.uncertain == 1
    assert "XX-B" in (only(held).district_note or "")


def test_a_point_outside_every_district_is_unplaced_counted_and_listed(take, write, held) -> None:
    report = take(write("id,date,lat,lon\n1,2021-02-04,41.5,46.2\n2,2021-02-04,40.15,47.05\n"))
    assert report.unplaced_count == 1
    assert report.unplaced[0]["incident_id"] == "table-1"
    assert held.snapshot().incidents["districts"].isna().sum() == 1


def test_rows_of_another_country_are_all_unplaced_with_a_hint(take, write) -> None:
    report = take(write("id,date,lat,lon\n1,2021-02-04,5.5,20.2\n2,2021-02-04,5.6,20.3\n"))
    assert report.unplaced_count == 2
    assert any("--as boundaries" in note for note in report.notes)


def test_a_stated_district_id_is_taken_as_it_is(take, write, held) -> None:
    take(write("id,date,district id\n1,2021-02-04,XX-B\n2,2021-08-04,XX-A:0.5;XX-B:0.5\n"))
    assert sorted(held.snapshot().incidents["districts"]) == ["XX-A:0.5;XX-B:0.5", "XX-B:1"]


@pytest.mark.parametrize("text", ["XX-A:0.9;XX-B:0.5", "XX-A:7", "XX-A:0.5;XX-A:0.5"])
def test_districts_whose_weights_are_wrong_lose_neither_the_row_nor_the_file(
    take, write, text
) -> None:
    report = take(write(f"id,date,district id\n1,2021-02-04,{text}\n2,2021-02-05,XX-B\n"))
    assert sum(report.counts[name] for name in ("taken", "refused")) == report.rows == 2
    assert report.counts["taken"] >= 1


def test_a_dry_run_says_what_would_be_done_and_does_nothing(take, write, held) -> None:
    before = held.revision
    report = take(write(HEAD + "1,2021-02-04,Aghali,,,,,,,\n"), dry_run=True)
    assert report.counts["taken"] == 1
    assert report.written == 0
    assert report.preview[0]["incident_id"] == "table-1"
    assert held.revision == before


def test_all_or_nothing_takes_nothing_when_one_row_is_refused(take, write, held) -> None:
    text = "id,date,district\n" + "".join(f"{i},2021-02-04,Aghali\n" for i in range(5))
    before = held.revision
    assert take(write(text + "9,bad,Dara\n"), all_or_nothing=True).written == 0
    assert held.revision == before
    report = take(write(text), all_or_nothing=True)
    assert report.written == 5
    assert held.revision == before + 5


def test_too_many_rows_are_refused_before_anything_is_written(take, write, held) -> None:
    text = "id,date,district\n" + "".join(f"{i},2021-02-04,Aghali\n" for i in range(11))
    before = held.revision
    with pytest.raises(InvalidInput) as error:
        take(write(text), limits=Limits(rows=10))
    assert error.value.code == "too-many-rows"
    assert held.revision == before


def test_a_cell_that_is_too_long_is_refused(take, write) -> None:
    with pytest.raises(InvalidInput) as error:
        take(
            write("id,date,description\n1,2021-02-04," + "x" * 2_000 + "\n"),
            limits=Limits(field_chars=1_000),
        )
    assert error.value.code == "field-too-long"


def test_too_many_columns_are_refused(take, write) -> None:
    with pytest.raises(InvalidInput) as error:
        take(write(",".join(f"c{i}" for i in range(600)) + "\n" + "," * 599 + "x\n"))
    assert error.value.code == "too-many-columns"


def test_progress_is_told_in_rows(take, write) -> None:
    told = []
    take(write(HEAD + "1,2021-02-04,Aghali,,,,,,,\n"), progress=lambda *state: told.append(state))
    assert told[-1] == ("import", 1, 1)


@examples(20)
@given(st.lists(st.tuples(st.sampled_from(["2021-02-04", "bad", "", "04.02.2021"]),
                          st.sampled_from(["Aghali", "Nowhere", ""]),
                          st.sampled_from(["1", "", "-4", "x"])), min_size=1, max_size=12))  # fmt: skip  # noqa: E501
def test_whatever_the_rows_hold_each_has_one_outcome(tmp_path_factory, rows) -> None:
    folder = tmp_path_factory.mktemp("rows")
    path = folder / "t.csv"
    lines = [f"{i},{','.join(row)}" for i, row in enumerate(rows)]
    path.write_text("id,date,district,killed\n" + "\n".join(lines) + "\n", encoding="utf-8")
    register = founded(folder / "r", squares)
    report = import_file(register, path, author="t")
    held = register.snapshot().incidents
    register.close()
    assert sum(report.counts.values()) == report.rows == len(rows)
    assert len(held) == report.counts["taken"] + report.counts["duplicate"] == report.written
    assert report.unplaced_count == held["districts"].isna().sum()
